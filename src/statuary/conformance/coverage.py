"""What the checker covers: for each requirement and each status code, the rules and scenarios that could find it broken.

What is counted are the requirements of RFC 9110, 9111 and 9112 that concern status codes, bind an origin server (for
checks of clients: a client or any recipient), and can be seen on the wire. Rows that none of ours can find broken are named
in UNCOVERED and NOT_SHOWN_BY_CLIENTS with the reason.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Literal

from statuary import requirements, status
from statuary.conformance.choosing import Choosable
from statuary.semantics.judgement import RULES

SPECS = ("rfc9110", "rfc9111", "rfc9112")
MUST = ("MUST", "MUST NOT")
SHOULD = ("SHOULD", "SHOULD NOT", "RECOMMENDED")

UNCOVERED: dict[str, str] = {}
"""Requirements without rule or scenario, with the reason. A test holds that each is without one."""

_PRECONDITION = "Preconditions and ranges are evaluated by who receives requests; a client receives none"
_NOT_TOLD = "What becomes of the fields of stored responses is not told by any client"
NOT_SHOWN_BY_CLIENTS: dict[str, str] = {
    **dict.fromkeys(
        (
            *("rfc9110-13.1.2-1", "rfc9110-13.1.3-1", "rfc9110-13.1.3-2", "rfc9110-13.1.3-3", "rfc9110-13.1.3-4"),
            *("rfc9110-13.1.4-1", "rfc9110-13.1.4-2", "rfc9110-13.1.4-3", "rfc9110-13.1.4-4"),
            *("rfc9110-13.1.5-7", "rfc9110-13.1.5-8"),
        ),
        _PRECONDITION,
    ),
    "rfc9110-8.4.1.1-1": "Hardly any client decodes compress, so that there is nothing to compare x-compress with",
    "rfc9110-12.5.1-2": "Accept is evaluated by who receives requests; a client receives none",
    "rfc9110-15.3.7.3-2": _NOT_TOLD,
}
"""The same for checks of clients."""

CheckedRole = Literal["server", "client"]
_BOUND: dict[CheckedRole, frozenset[str]] = {
    "server": frozenset({"origin"}),
    "client": frozenset({"client", "recipient"}),
}

# The status codes of RFC 2616 section 6.1.1
RFC_2616 = (
    *(100, 101, 200, 201, 202, 203, 204, 205, 206),
    *(300, 301, 302, 303, 304, 305, 307),
    *range(400, 418),
    *range(500, 506),
)


@dataclass(frozen=True, slots=True)
class Covered:
    """A requirement, the rules of judge and the scenarios that could find it broken, and why there are none."""

    requirement: requirements.Requirement
    rules: tuple[str, ...]
    scenarios: tuple[str, ...]
    reason: str = ""

    @property
    def is_covered(self) -> bool:
        """Whether there is any."""
        return bool(self.rules or self.scenarios)


@dataclass(frozen=True, slots=True)
class CodeCovered:
    """A status code, the scenarios about it, and the rules that speak of responses with it alone."""

    code: int
    scenarios: tuple[str, ...]
    rules: tuple[str, ...]


def counted(levels: Sequence[str], role: CheckedRole = "server") -> list[requirements.Requirement]:
    """The requirements of these levels that are counted for checks of that role."""
    return [
        row
        for row in requirements.all()
        if row.spec in SPECS
        and row.codes
        and not _BOUND[role].isdisjoint(row.binds)
        and row.is_observable
        and row.level in levels
    ]


def coverage(levels: Sequence[str], scenarios: Iterable[Choosable], role: CheckedRole = "server") -> list[Covered]:
    """What covers each requirement of these levels."""
    rules: dict[str, list[str]] = {}
    for rule in RULES:
        for id in (rule.requirement, *rule.also):
            if role in rule.roles:
                rules.setdefault(id, []).append(rule.name)
    shown: dict[str, list[str]] = {}
    for scenario in scenarios:
        for id in scenario.requirements:
            shown.setdefault(id, []).append(scenario.id)
    reasons = UNCOVERED if role == "server" else NOT_SHOWN_BY_CLIENTS
    return [
        Covered(row, tuple(rules.get(row.id, ())), tuple(shown.get(row.id, ())), reasons.get(row.id, ""))
        for row in counted(levels, role)
    ]


def code_coverage(scenarios: Sequence[Choosable], role: CheckedRole = "server") -> list[CodeCovered]:
    """What covers each registered status code."""
    return [
        CodeCovered(
            code,
            tuple(one.id for one in scenarios if code in one.codes),
            tuple(rule.name for rule in RULES if code in getattr(rule, "statuses", ()) and role in rule.roles),
        )
        for code in status.PHRASES
    ]


_WHAT_IS_COUNTED = """\
Counted are the requirements of RFC 9110, 9111 and 9112 that concern status codes, bind an origin server, and can be seen on
the wire. A requirement is covered by the scenarios that show it or could find it broken, and by the rules with which `judge`
looks at every exchange that a scenario brings about."""
_WHAT_IS_COUNTED_OF_CLIENTS = """\
Counted are the requirements of RFC 9110, 9111 and 9112 that concern status codes, bind a client or any recipient, and can be
seen on the wire. A requirement is covered by the scenarios that show it or could find it broken, and by the rules with which
`judge` looks at every request that a scenario brings about."""


def markdown(scenarios: Sequence[Choosable], role: CheckedRole = "server") -> str:
    """The board as the page docs/coverage.md, or docs/coverage-client.md."""
    must, should = coverage(MUST, scenarios, role), coverage(SHOULD, scenarios, role)
    lines = [
        "# What the checker covers" if role == "server" else "# What the client checker covers",
        "",
        "Generated by `scripts/coverage-board`; do not edit.",
        "",
        _WHAT_IS_COUNTED if role == "server" else _WHAT_IS_COUNTED_OF_CLIENTS,
        "",
        "| level | requirements | covered | by a scenario |",
        "|---|---|---|---|",
        _count_line("MUST, MUST NOT", must),
        _count_line("SHOULD, SHOULD NOT, RECOMMENDED", should),
        "",
        "## Status codes",
        "",
        "| code | scenarios | rules | in RFC 2616 |",
        "|---|---|---|---|",
        *(_code_line(row) for row in code_coverage(scenarios, role)),
    ]
    for title, rows in (("MUST", must), ("SHOULD", should)):
        lines += [
            "",
            f"## {title}",
            "",
            "| requirement | rule in our words | scenarios | rules of judge |",
            "|---|---|---|---|",
        ]
        lines += [_requirement_line(row) for row in rows]
    return "\n".join(lines) + "\n"


def _count_line(title: str, rows: Sequence[Covered]) -> str:
    return f"| {title} | {len(rows)} | {sum(row.is_covered for row in rows)} | {sum(bool(row.scenarios) for row in rows)} |"


def _code_line(row: CodeCovered) -> str:
    old = "yes" if row.code in RFC_2616 else ""
    return f"| {row.code} {status.phrase(row.code)} | {len(row.scenarios) or ''} | {len(row.rules) or ''} | {old} |"


def _requirement_line(row: Covered) -> str:
    one = row.requirement
    if not row.is_covered:
        return f"| {one.id} | {one.paraphrase} | none: {row.reason} | |"
    first = ", ".join(f"`{id}`" for id in row.scenarios[:2])
    more = f" and {len(row.scenarios) - 2} more" if len(row.scenarios) > 2 else ""
    return f"| {one.id} | {one.paraphrase} | {first}{more} | {', '.join(row.rules[:3])} |"
