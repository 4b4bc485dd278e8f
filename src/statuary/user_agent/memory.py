"""What a user agent remembers from one fetch to the next: moves for good, what is gone, protection spaces it entered."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Iterable

from statuary.semantics.reaction import Freshened, Gone, Memory, Moved
from statuary.user_agent.spaces import Spaces

MOST_REMEMBERED = 1000


class Remembered:
    """Bounded: the oldest is forgotten for the newest."""

    def __init__(self, most: int = MOST_REMEMBERED) -> None:
        self._most = most
        self.moved: OrderedDict[str, str] = OrderedDict()
        self.gone: OrderedDict[str, None] = OrderedDict()
        self.without_continue: OrderedDict[str, None] = OrderedDict()
        self.old: OrderedDict[str, None] = OrderedDict()
        self.spaces = Spaces(most)

    def note(self, memories: Iterable[Memory]) -> None:
        """Keep what a reaction says is to be remembered."""
        for memory in memories:
            match memory:
                case Moved(uri, to):
                    self.moved[uri] = to
                    self._bound(self.moved)
                case Gone(uri):
                    self.gone[uri] = None
                    self._bound(self.gone)
                case Freshened():
                    pass  # a cache's business

    def found_at(self, uri: str) -> str:
        """Where a URI leads by the moves that are remembered; itself where there are none, or they go in a circle."""
        if uri not in self.moved:
            return uri
        seen = {uri}
        to = uri
        while (following := self.moved.get(to)) is not None:
            if following in seen:
                return uri
            seen.add(following)
            to = following
        return to

    def expects_nothing(self, origin: str) -> None:
        """The origin does not answer to 100-continue: RFC 9110 section 10.1.1 permits not to wait for it again."""
        self.without_continue[origin] = None
        self._bound(self.without_continue)

    def speaks(self, origin: str, version: tuple[int, int] | None) -> None:
        """The version of an origin's last response: one of HTTP/1.0 is sent nothing in chunks, rfc9112-6.1-10."""
        if version is not None and version < (1, 1):
            self.old[origin] = None
            self._bound(self.old)
        elif self.old:
            self.old.pop(origin, None)

    def _bound(self, memory: OrderedDict[str, str] | OrderedDict[str, None]) -> None:
        while len(memory) > self._most:
            memory.popitem(last=False)
