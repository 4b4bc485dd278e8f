"""What all formats say in the same words: texts made printable, citations, counts, and which verdict counts as worse."""

from __future__ import annotations

from collections.abc import Iterable

from statuary import requirements, status
from statuary.conformance.report import Answer, Report, Result
from statuary.requirements import Requirement
from statuary.semantics.judgement.finding import strength_of

MARKS = {
    "fail": "✗",
    "warn": "!",
    "harness error": "E",
    "inconclusive": "?",
    "note": "i",
    "waived": "w",
    "pass": "✓",
    "not applicable": "–",
}
"""A mark for every verdict, and for ``waived``, those first that need attention most."""

STANDINGS = tuple(MARKS)
LEVELS = {"fail": "MUST", "warn": "SHOULD", "note": "MAY"}


def printable(text: str) -> str:
    """Text from elsewhere as it may be printed: control and format characters shown as escapes, never obeyed."""
    if text.isprintable():
        return text
    return "".join(character if character.isprintable() else _escape(character) for character in text)


def _escape(character: str) -> str:
    number = ord(character)
    return f"\\x{number:02x}" if number < 0x100 else f"\\u{number:04x}" if number < 0x10000 else f"\\U{number:08x}"


def worst(results: Iterable[Result]) -> str | None:
    """The standing among the results that needs attention most; None where there are none."""
    return min((one.standing for one in results), key=STANDINGS.index, default=None)


def by_code(report: Report) -> dict[int, list[Result]]:
    """What was found about each code: those of RFC 9110 section 15, and those that results are about."""
    codes = {row.code for row in status.REGISTERED if row.spec == "rfc9110" and row.phrase != "(Unused)"}
    found: dict[int, list[Result]] = {code: [] for code in sorted(codes.union(*(one.codes for one in report.results)))}
    for one in report.results:
        for code in one.codes:
            found[code].append(one)
    return found


def weight(result: Result) -> str:
    """How much is at stake: ``fail`` where some answer to the scenario would break a MUST, and so on."""
    at_stake = {answer.verdict for answer in result.answers} | {result.verdict}
    at_stake |= {strength_of(requirements.lookup(one).level) for one in result.shows}
    return next((strength for strength in ("fail", "warn") if strength in at_stake), "note")


def right_answers(result: Result) -> list[Answer]:
    """Every answer that the scenario accepts."""
    return [answer for answer in result.answers if answer.breaks is None]


def wrong_answers(result: Result) -> list[Answer]:
    """The answers that the scenario knows to be wrong."""
    return [answer for answer in result.answers if answer.breaks is not None]


def rule_of(result: Result) -> Requirement | None:
    """The requirement that the subject departs from."""
    return None if result.breaks is None else requirements.lookup(result.breaks)


def document(row: Requirement) -> str:
    """``RFC 9110``."""
    return f"RFC {row.spec[3:]}" if row.spec.startswith("rfc") else row.spec


def citation(row: Requirement) -> str:
    """``RFC 9110 section 15.5.6``."""
    return f"{document(row)} section {row.section}"


def address(row: Requirement) -> str:
    """Where the section can be read."""
    if row.spec.startswith("rfc"):
        return f"https://www.rfc-editor.org/rfc/{row.spec}.html#section-{row.section}"
    return f"https://datatracker.ietf.org/doc/html/{row.spec}#section-{row.section}"


def chapter(result: Result) -> str:
    """The group of a result: what stands before the first dot of its id."""
    return result.id.partition(".")[0]


def counted(counts: dict[str, int]) -> str:
    """``2 fail, 1 warn, 80 pass``, the worst first."""
    return ", ".join(f"{counts[name]} {name}" for name in STANDINGS if counts.get(name)) or "nothing"


def summary(report: Report) -> str:
    """One line: how many results, and how many of each standing."""
    number = len(report.results)
    return f"{number} result{'' if number == 1 else 's'} in {report.seconds:.1f} s: {counted(report.counts())}"


def described(report: Report) -> str:
    """The subject in one line: name, version, URL."""
    name = " ".join(part for part in (report.subject, report.version) if part)
    return printable(f"{name} at {report.url}" if report.url else name)
