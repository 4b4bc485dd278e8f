"""Which edits are made, file by file: as was decided beforehand, or as somebody at a terminal says."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal
from urllib.parse import urlsplit

from statuary.link_editor.edit import Changed, Edit, Finder, applied, diff, patch, write
from statuary.link_editor.find import Overrides, find, format_of
from statuary.link_editor.link import Link, Unreadable
from statuary.link_editor.report import Report, Result
from statuary.link_editor.run import read

Answer = Literal["yes", "no", "each", "kind", "host", "quit"]
"""To a proposal: it, not it; its URLs one by one; all of its kind from now on; all of its host; nothing more."""


@dataclass(frozen=True, slots=True)
class Proposal:
    """What is decided on at once: in one file, all its moves for good, or one URL; ``diff`` shows what would change."""

    file: str
    results: tuple[Result, ...]
    diff: Callable[[], str]

    @property
    def kind(self) -> str:
        """The kind of all of them."""
        return self.results[0].verdict.kind

    @property
    def urls(self) -> Sequence[str]:
        """Each URL once."""
        return list(dict.fromkeys(one.link.url for one in self.results))

    @property
    def host(self) -> str | None:
        """The host of all of them, None where there are several."""
        first, *others = {_host(one) for one in self.results}
        return None if others else first

    @property
    def asks(self) -> bool:
        """Whether no answer to another proposal is one to this."""
        return _asks(self.results[0])


def _host(result: Result) -> str:
    return urlsplit(result.link.url).netloc.lower()


def _asks(result: Result) -> bool:
    return result.verdict.asks or result.verdict.kind == "gone"


@dataclass(slots=True)
class Fixed:
    """What became of it: links edited, patches of what was or would be written, and what went wrong, by file."""

    edited: list[Result] = field(default_factory=list)
    patches: list[bytes] = field(default_factory=list)
    problems: list[tuple[str, str]] = field(default_factory=list)


class Decider:
    """Decides on proposals: without anybody to ask, moves for good are made, and removals if ``drops_gone``."""

    def __init__(self, ask: Callable[[Proposal], Answer] | None, *, drops_gone: bool = False) -> None:
        self._ask = ask
        self._drops_gone = drops_gone
        self._kinds: set[str] = set()
        self._hosts: set[str] = set()
        self.is_over = False

    def is_decided(self, result: Result) -> bool:
        """Whether its edit is to be made without a question."""
        if result.verdict.kind == "gone" and self._drops_gone:
            return True
        if _asks(result):
            return False
        return self._ask is None or result.verdict.kind in self._kinds or _host(result) in self._hosts

    def considers(self, result: Result) -> bool:
        """Whether its edit may be made at all."""
        return self._ask is not None or self.is_decided(result)

    def decides(self, proposal: Proposal) -> bool | None:
        """Whether it is to be made; None where its URLs are to be decided on one by one."""
        if self.is_over or self._ask is None:
            return False
        answer = self._ask(proposal)
        self.is_over = answer == "quit"
        if answer == "kind":
            self._kinds.add(proposal.kind)
        if answer == "host" and proposal.host is not None:
            self._hosts.add(proposal.host)
        return None if answer == "each" else answer in ("yes", "kind", "host")


def is_editable(result: Result) -> bool:
    """Whether there is an edit that could mend it."""
    if result.waived is not None:
        return False
    return result.verdict.to is not None or (result.verdict.kind == "gone" and result.link.removal is not None)


def fix(report: Report, decider: Decider, *, writes: bool, overrides: Overrides = ()) -> Fixed:
    """Go through all files with something to mend. Without ``writes`` files stay as they are."""
    fixed = Fixed()
    by_file: dict[str, list[Result]] = {}
    for result in report.results:
        if is_editable(result):
            by_file.setdefault(result.file, []).append(result)
    for file, results in by_file.items():
        if decider.is_over:
            break
        try:
            _fix_file(Path(file), results, decider, fixed, overrides, writes=writes)
        except Changed as error:
            fixed.problems.append((file, f"{error.args[0]}: it is left alone"))
        except Unreadable as error:
            fixed.problems.append((file, str(error)))
        except OSError as error:
            fixed.problems.append((file, error.strerror or str(error)))
    return fixed


def _fix_file(
    path: Path, results: Sequence[Result], decider: Decider, fixed: Fixed, overrides: Overrides, *, writes: bool
) -> None:
    content = read(path)
    if content is None:
        raise Changed(f"{path} was changed meanwhile")
    octets, text = content
    format = format_of(path.name, overrides) or "plain"

    def finder(text: str) -> Sequence[Link]:
        return find(text, format, path.name)

    there = set(finder(text.text))
    if not all(result.link in there for result in results):
        raise Changed(f"{path} was changed meanwhile")
    name = path.as_posix()
    considered = [one for one in results if decider.considers(one)]
    possible = _made(text.text, considered, finder)[1]
    for one in _without(considered, possible):
        fixed.problems.append((name, f"line {one.line}: {one.link.url} can't be written otherwise there"))

    def proposal(group: Sequence[Result]) -> Proposal:
        return Proposal(name, tuple(group), lambda: diff(name, text.text, _made(text.text, group, finder)[0]))

    changed, made = _made(text.text, _accepted(possible, decider, proposal), finder)
    if not made:
        return
    if writes:
        write(path, octets, text.encoded(changed))
    made_patch = patch(_from_here(path), text, changed)
    if not (made_patch or writes):
        fixed.problems.append((name, "it is UTF-16, which no patch can have in it"))
    fixed.patches.append(made_patch)
    fixed.edited += made


def _from_here(path: Path) -> str:
    """Its name in a patch, which is made to be applied where this runs."""
    if path.is_absolute() and path.is_relative_to(Path.cwd()):
        path = path.relative_to(Path.cwd())
    return path.as_posix().lstrip("/")


def _accepted(
    results: Sequence[Result], decider: Decider, proposal: Callable[[Sequence[Result]], Proposal]
) -> list[Result]:
    """Those of a file whose edits are to be made: what moved for good at once, then whatever is asked about by itself."""
    accepted = [one for one in results if decider.is_decided(one)]
    open_ones = _without(results, accepted)
    moves = [one for one in open_ones if not _asks(one)]
    decision = decider.decides(proposal(moves)) if moves else False
    groups = _grouped([one for one in open_ones if _asks(one)])
    if decision:
        accepted += moves
    elif decision is None:
        groups = [*_grouped(moves), *groups]
    for group in groups:
        if decider.is_decided(group[0]) or decider.decides(proposal(group)):
            accepted += group
    return accepted


def _made(text: str, results: Sequence[Result], finder: Finder) -> tuple[str, list[Result]]:
    """The text with those edits that can be made, and whose they are."""
    edits = [Edit(result.link, result.verdict.to) for result in results]
    changed, made = applied(text, edits, finder)
    kept = {id(edit) for edit in made}
    return changed, [one for one, edit in zip(results, edits, strict=True) if id(edit) in kept]


def _without(results: Sequence[Result], others: Sequence[Result]) -> list[Result]:
    left_out = {id(one) for one in others}
    return [one for one in results if id(one) not in left_out]


def _grouped(results: Sequence[Result]) -> list[list[Result]]:
    """Those of one URL together."""
    groups: dict[str, list[Result]] = {}
    for result in results:
        groups.setdefault(result.link.url, []).append(result)
    return list(groups.values())
