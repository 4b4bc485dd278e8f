"""A run: the links of files found, asked for once each, and judged."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from statuary.link_editor.ask import Ask, Manners
from statuary.link_editor.find import Overrides, find, format_of
from statuary.link_editor.link import Link, Unreadable
from statuary.link_editor.local import Files
from statuary.link_editor.names import name_of
from statuary.link_editor.references import Local, Reference, Remote, reference_of
from statuary.link_editor.remember import Memory
from statuary.link_editor.report import Report, Result
from statuary.link_editor.robots import Robots
from statuary.link_editor.survey import Progress, Sleep, Survey
from statuary.link_editor.text import Text, decoded
from statuary.link_editor.verdict import Verdict, sought, verdict_of_chain, without_user
from statuary.transport.clock import Clock


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
    """Verdicts on links. ``fragments`` tells whether other hosts' pages are looked into for them; the rest: Survey."""

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
        sleep: Sleep = asyncio.sleep,
        fragments: bool = True,
    ) -> None:
        self._survey = Survey(
            ask,
            memory,
            clock,
            manners if manners is not None else Manners(),
            robots=robots,
            skips=skips,
            sleep=sleep,
            fragments=fragments,
        )
        self._files = files
        self._fragments = fragments
        self._references: dict[tuple[str, str | None], Reference] = {}

    async def check(self, looked: Looked, progress: Progress | None = None) -> Report:
        """Ask for what isn't known, and judge all links. What was found is kept if it is ended early."""
        for found in looked.files:
            for link, *_ in found.links:
                if (link.url, link.base) not in self._references:
                    self._references[link.url, link.base] = reference_of(link.url, link.base)
        uris: dict[str, tuple[str, ...]] = {}
        for reference in self._references.values():
            if isinstance(reference, Remote):
                names = uris.setdefault(reference.uri, ())
                name = self._name_of(reference.fragment)
                if name is not None:
                    uris[reference.uri] = (*names, name)
        await self._survey.run(uris, progress)
        results = [
            Result(found.path.as_posix(), line, column, octets, link, self._verdict(link, found.path))
            for found in looked.files
            for link, line, column, octets in found.links
        ]
        survey = self._survey
        return Report(tuple(results), len(looked.files), survey.asked, survey.known, tuple(looked.unread))

    def _verdict(self, link: Link, file: Path) -> Verdict:
        reference = self._references[link.url, link.base]
        match reference:
            case Local():
                return self._files.verdict(reference, file)
            case Remote(uri, fragment, has_user):
                verdict = self._remote(uri, fragment)
                if has_user and verdict.to is not None:
                    verdict = without_user(verdict)
                # From now on it is this for all links of that kind
                self._references[link.url, link.base] = verdict
                return verdict
            case Verdict():
                return reference

    def _remote(self, uri: str, fragment: str | None) -> Verdict:
        chain = self._survey.chain(uri)
        ends = uri if not chain else chain[-1].next
        unasked = self._survey.unasked.get(ends) if ends is not None else None
        if unasked is not None:
            why = unasked.why if not chain else f"It leads to {ends}. {unasked.why}"
            return Verdict(unasked.kind, why, chain=chain)
        name = self._name_of(sought(chain, fragment))
        is_named = name is None or self._survey.named(chain[-1].uri, name) is not False
        return verdict_of_chain(chain, fragment, is_named=is_named)

    def _name_of(self, fragment: str | None) -> str | None:
        return name_of(fragment) if self._fragments else None
