"""Which edits are made, file by file: as was decided beforehand, or as somebody at a terminal says."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Literal
from urllib.parse import urlsplit

from statuary.link_editor.edit import Changed, Edit, applied, diff, write
from statuary.link_editor.find import Overrides, find, format_of
from statuary.link_editor.link import Link, Unreadable
from statuary.link_editor.report import Report, Result
from statuary.link_editor.run import read

Answer = Literal["yes", "no", "kind", "host", "quit"]
"""To one proposal: it, not it; all of its kind from now on; all of its host; nothing more."""


@dataclass(frozen=True, slots=True)
class Proposal:
    """One URL of one file, wherever it stands there; ``diff`` shows what would change."""

    file: str
    results: tuple[Result, ...]
    diff: Callable[[], str]

    @property
    def kind(self) -> str:
        return self.results[0].verdict.kind

    @property
    def host(self) -> str:
        return urlsplit(self.results[0].link.url).netloc.lower()

    @property
    def asks(self) -> bool:
        """Whether no answer to another proposal is one to this."""
        return self.results[0].verdict.asks or self.kind == "gone"


@dataclass(slots=True)
class Fixed:
    """What became of it: links edited, diffs of what was or would be written, and what went wrong, by file."""

    edited: list[Result] = field(default_factory=list)
    diffs: list[str] = field(default_factory=list)
    problems: list[tuple[str, str]] = field(default_factory=list)


class Decider:
    """Decides on proposals: without anybody to ask, moves for good are made, and removals if ``drops_gone``."""

    def __init__(self, ask: Callable[[Proposal], Answer] | None, *, drops_gone: bool = False) -> None:
        self._ask = ask
        self._drops_gone = drops_gone
        self._kinds: set[str] = set()
        self._hosts: set[str] = set()
        self.is_over = False

    def accepts(self, proposal: Proposal) -> bool:
        """Whether it is to be made."""
        if self.is_over:
            return False
        if proposal.kind == "gone" and self._drops_gone:
            return True
        if self._ask is None:
            return not proposal.asks
        if not proposal.asks and (proposal.kind in self._kinds or proposal.host in self._hosts):
            return True
        answer = self._ask(proposal)
        self.is_over = answer == "quit"
        if answer == "kind":
            self._kinds.add(proposal.kind)
        if answer == "host":
            self._hosts.add(proposal.host)
        return answer in ("yes", "kind", "host")


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

    def shown(group: Sequence[Result]) -> str:
        return diff(name, text.text, applied(text.text, _edits(group), finder)[0])

    accepted: list[Result] = []
    for group in _grouped(results):
        if decider.accepts(Proposal(name, tuple(group), partial(shown, group))):
            accepted += group
    changed, made = applied(text.text, _edits(accepted), finder)
    for one, edit in zip(accepted, _edits(accepted), strict=True):
        if edit not in made:
            fixed.problems.append((name, f"line {one.line}: {one.link.url} can't be written otherwise there"))
    if not made:
        return
    if writes:
        write(path, octets, text.encoded(changed))
    fixed.diffs.append(diff(name, text.text, changed))
    fixed.edited += [one for one, edit in zip(accepted, _edits(accepted), strict=True) if edit in made]


def _edits(results: Iterable[Result]) -> list[Edit]:
    return [Edit(result.link, result.verdict.to) for result in results]


def _grouped(results: Sequence[Result]) -> list[list[Result]]:
    """Those of one URL together."""
    groups: dict[str, list[Result]] = {}
    for result in results:
        groups.setdefault(result.link.url, []).append(result)
    return list(groups.values())
