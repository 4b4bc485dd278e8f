"""What all link checkers said of one documentation, side by side, and what differs."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from interop.links.checking import Said
from interop.links.trees import Tree

OURS = "statuary links"


@dataclass(frozen=True, slots=True)
class Compared:
    """What all said of one tree.

    said    by checker
    there   the URLs of the pages, by a parser of none of them, and whether each is broken
    drawn   links of the sources, drawn by chance, as our report has them
    found   how many links there are in the sources
    """

    tree: Tree
    said: Mapping[str, Said]
    there: Mapping[str, bool]
    drawn: Sequence[Mapping[str, Any]]
    found: int

    @property
    def missed(self) -> list[str]:
        """What somebody found and we didn't."""
        ours = self.said[OURS].urls
        others = {url for one in self.said.values() for url in one.urls}
        return sorted((others | set(self.there)) - set(ours))

    def falsely_broken(self, name: str) -> list[str]:
        """What a checker says is broken and isn't."""
        return sorted(url for url, is_broken in self._played(name) if is_broken and not self.there[url])

    def unseen(self, name: str) -> list[str]:
        """What is broken, and a checker says that it is well."""
        return sorted(url for url, is_broken in self._played(name) if not is_broken and self.there[url])

    def _played(self, name: str) -> Iterator[tuple[str, bool]]:
        """What a checker says of the URLs whose hosts are played."""
        for url, is_broken in self.said[name].urls.items():
            if url in self.there and not is_own(url):
                yield url, is_broken


def is_own(url: str) -> bool:
    """Whether it is on this machine, where nobody is played."""
    return url.startswith(("http://localhost", "http://127.0.0.1"))
