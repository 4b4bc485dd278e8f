"""A run: the links of files found, asked for once each, and judged."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from statuary.link_editor.ask import Ask, Manners, chain_for, each
from statuary.link_editor.find import Overrides, find, format_of
from statuary.link_editor.link import Link, Unreadable
from statuary.link_editor.local import Files
from statuary.link_editor.references import Local, Remote, reference_of
from statuary.link_editor.remember import Memory
from statuary.link_editor.report import Report, Result
from statuary.link_editor.robots import Robots
from statuary.link_editor.text import Text, decoded
from statuary.link_editor.verdict import Hop, Verdict, verdict_of_chain
from statuary.transport.clock import Clock

Progress = Callable[[int, int], None]
"""Called after each URL with how many are done, of how many."""


@dataclass(frozen=True, slots=True)
class Found:
    """One file and its links, with line, column and octets of each."""

    path: Path
    links: tuple[tuple[Link, int, int, tuple[int, int]], ...]


@dataclass(slots=True)
class Looked:
    """All files, and those that could not be read, with the reason."""

    files: list[Found] = field(default_factory=list)
    unread: list[tuple[str, str]] = field(default_factory=list)


def read(path: Path) -> tuple[bytes, Text] | None:
    """A file's octets and text, None for what is no text. Raises OSError."""
    octets = path.read_bytes()
    text = decoded(octets)
    return None if text is None else (octets, text)


def look(paths: Iterable[Path], *, overrides: Overrides = ()) -> Looked:
    """The links of the files; those of no known format are read as plain text."""
    looked = Looked()
    for path in paths:
        try:
            content = read(path)
            if content is None:
                looked.unread.append((path.as_posix(), "it is not text"))
                continue
            links = find(content[1].text, format_of(path.name, overrides) or "plain", path.name)
        except Unreadable as error:
            looked.unread.append((path.as_posix(), str(error)))
        except OSError as error:
            looked.unread.append((path.as_posix(), error.strerror or str(error)))
        else:
            looked.files.append(Found(path, tuple(_placed(content[1], links))))
    return looked


def _placed(text: Text, links: Sequence[Link]) -> Iterable[tuple[Link, int, int, tuple[int, int]]]:
    """Each link with its place; the text is gone through once."""
    line, begins, at, octet = 1, 0, 0, 0
    for link in sorted(links, key=lambda one: one.start):
        line += text.text.count("\n", at, link.start)
        begins = text.text.rfind("\n", 0, link.start) + 1
        octet += len(text.encoded(text.text[at : link.start]))
        at = link.start
        yield link, line, link.start - begins + 1, (octet, octet + len(text.encoded(text.text[at : link.end])))


class Checker:
    """Verdicts on links: each URI is asked for once, in this run and for as long as the answer is good."""

    def __init__(
        self,
        ask: Ask | None,
        memory: Memory,
        files: Files,
        clock: Clock,
        *,
        manners: Manners | None = None,
        robots: Robots | None = None,
        skips: Callable[[str], bool] = lambda uri: False,
    ) -> None:
        self._ask = ask
        self._memory = memory
        self._files = files
        self._clock = clock
        self._manners = manners if manners is not None else Manners()
        self._robots = robots
        self._skips = skips
        self._chains: dict[str, tuple[Hop, ...]] = {}
        self._unchecked: dict[str, str] = {}
        self.asked = 0
        self.known = 0

    async def check(self, looked: Looked, progress: Progress | None = None) -> Report:
        """Ask for what isn't known, and judge all links. What is known is written down also if it is ended early."""
        uris: dict[str, None] = {}
        for found in looked.files:
            for link, *_ in found.links:
                reference = reference_of(link.url, link.base)
                if isinstance(reference, Remote):
                    uris[reference.uri] = None
        try:
            await self._ask_for(uris, progress)
        finally:
            self._memory.save()
        results = [
            Result(found.path.as_posix(), line, column, octets, link, self._verdict(link, found.path))
            for found in looked.files
            for link, line, column, octets in found.links
        ]
        return Report(tuple(results), len(looked.files), self.asked, self.known, tuple(looked.unread))

    async def _ask_for(self, uris: Iterable[str], progress: Progress | None) -> None:
        unknown = [uri for uri in uris if not self._is_known(uri)]
        done = 0

        async def one(uri: str) -> None:
            nonlocal done
            await self._ask_one(uri)
            done += 1
            if progress is not None:
                progress(done, len(unknown))

        await each(unknown, one, self._manners)

    def _is_known(self, uri: str) -> bool:
        if self._skips(uri):
            self._unchecked[uri] = "It is left out."
        elif uri in self._chains:
            pass
        elif (chain := self._memory.get(uri, int(self._clock.now()))) is not None:
            self._chains[uri] = chain
            self.known += 1
        elif self._ask is None:
            self._unchecked[uri] = "Nothing is asked for, and it isn't known."
        return uri in self._chains or uri in self._unchecked

    async def _ask_one(self, uri: str) -> None:
        assert self._ask is not None
        if self._robots is not None and not await self._robots.permits(uri):
            self._unchecked[uri] = "Its robots.txt keeps robots out."
            return
        try:
            chain = await chain_for(uri, self._ask)
        except ValueError as error:
            self._unchecked[uri] = f"It can't be asked for: {error}"
            return
        self.asked += 1
        self._chains[uri] = chain
        self._memory.put(uri, chain, int(self._clock.now()))

    def _verdict(self, link: Link, file: Path) -> Verdict:
        reference = reference_of(link.url, link.base)
        match reference:
            case Verdict():
                return reference
            case Local():
                return self._files.verdict(reference, file)
            case Remote(uri, fragment):
                if uri in self._unchecked:
                    return Verdict("unchecked", self._unchecked[uri])
                return verdict_of_chain(self._chains[uri], fragment)
