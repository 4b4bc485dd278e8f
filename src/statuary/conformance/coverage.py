"""What the checker covers: for each requirement and each status code, the rules and scenarios that could find it broken.

What is counted are the requirements of RFC 9110, 9111 and 9112 that concern status codes, bind an origin server (for
checks of clients: a client or any recipient; of intermediaries: a proxy, gateway or cache), and can be seen on the wire.
Rows that none of ours can find broken are named in UNCOVERED, NOT_SHOWN_BY_CLIENTS and NOT_SHOWN_BY_INTERMEDIARIES with
the reason.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
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

_NOT_ORDERED = "A client would have to be told to send a date that is none, which it must not"
NOT_SHOWN_BY_CLIENTS: dict[str, str] = {
    "rfc9110-13.1.3-2": _NOT_ORDERED,
    "rfc9110-13.1.4-2": _NOT_ORDERED,
    "rfc9110-12.5.1-2": "Accept is evaluated by who receives requests; a client receives none",
}
"""The same for checks of clients."""

NOT_SHOWN_BY_INTERMEDIARIES: dict[str, str] = {
    "rfc9110-7.8-5": "Who passes an upgrade on does not choose the protocols",
    "rfc9110-14.2-10": "Who has no representation evaluates no ranges; a cache may pass on those that it can't satisfy",
    "rfc9110-15.4.1-1": "Which choice is preferred is known to the origin alone",
    "rfc9110-15.5.14-3": "Whether a refusal is temporary is known to who refuses alone",
}
"""The same for checks of gateways and proxies."""

CheckedRole = Literal["server", "client", "intermediary"]


@dataclass(frozen=True, slots=True)
class _Board:
    """What is counted for checks of a role: whom the requirements bind, as what judge looks, and reasons for holes.

    ``roles`` are those that are counted each by itself as well.
    """

    page: str
    title: str
    binds: frozenset[str]
    who: str
    judged_as: frozenset[str]
    what_is_judged: str
    reasons: Mapping[str, str]
    roles: tuple[str, ...] = ()


_BOARDS: dict[CheckedRole, _Board] = {
    "server": _Board(
        page="coverage.md",
        title="What the checker covers",
        binds=frozenset({"origin"}),
        who="an origin server",
        judged_as=frozenset({"server"}),
        what_is_judged="every exchange",
        reasons=UNCOVERED,
    ),
    "client": _Board(
        page="coverage-client.md",
        title="What the client checker covers",
        binds=frozenset({"client", "recipient"}),
        who="a client or any recipient",
        judged_as=frozenset({"client"}),
        what_is_judged="every request",
        reasons=NOT_SHOWN_BY_CLIENTS,
    ),
    "intermediary": _Board(
        page="coverage-intermediary.md",
        title="What the checker of gateways and proxies covers",
        binds=frozenset({"proxy", "gateway", "cache"}),
        who="a proxy, a gateway or a cache",
        judged_as=frozenset({"client", "server"}),
        what_is_judged="every message",
        reasons=NOT_SHOWN_BY_INTERMEDIARIES,
        roles=("proxy", "gateway", "cache"),
    ),
}
PAGES: dict[str, CheckedRole] = {board.page: role for role, board in _BOARDS.items()}
"""The pages of docs/ that are generated, and for checks of which role."""

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
        and not _BOARDS[role].binds.isdisjoint(row.binds)
        and row.is_observable
        and row.level in levels
    ]


def coverage(levels: Sequence[str], scenarios: Iterable[Choosable], role: CheckedRole = "server") -> list[Covered]:
    """What covers each requirement of these levels."""
    board = _BOARDS[role]
    rules: dict[str, list[str]] = {}
    for rule in RULES:
        for id in (rule.requirement, *rule.also):
            if not board.judged_as.isdisjoint(rule.roles):
                rules.setdefault(id, []).append(rule.name)
    shown: dict[str, list[str]] = {}
    for scenario in scenarios:
        for id in scenario.requirements:
            shown.setdefault(id, []).append(scenario.id)
    return [
        Covered(row, tuple(rules.get(row.id, ())), tuple(shown.get(row.id, ())), board.reasons.get(row.id, ""))
        for row in counted(levels, role)
    ]


def code_coverage(scenarios: Sequence[Choosable], role: CheckedRole = "server") -> list[CodeCovered]:
    """What covers each registered status code."""
    return [
        CodeCovered(
            code,
            tuple(one.id for one in scenarios if code in one.codes),
            tuple(
                rule.name
                for rule in RULES
                if code in getattr(rule, "statuses", ()) and not _BOARDS[role].judged_as.isdisjoint(rule.roles)
            ),
        )
        for code in status.PHRASES
    ]


_WHAT_IS_COUNTED = """\
Counted are the requirements of RFC 9110, 9111 and 9112 that concern status codes, bind {who}, and can be seen on
the wire. A requirement is covered by the scenarios that show it or could find it broken, and by the rules with which `judge`
looks at {what} that a scenario brings about."""


def markdown(scenarios: Sequence[Choosable], role: CheckedRole = "server") -> str:
    """The board as the page of docs/ for that role."""
    board = _BOARDS[role]
    must, should = coverage(MUST, scenarios, role), coverage(SHOULD, scenarios, role)
    lines = [
        f"# {board.title}",
        "",
        "Generated by `scripts/coverage-board`; do not edit.",
        "",
        _WHAT_IS_COUNTED.format(who=board.who, what=board.what_is_judged),
        "",
        "| level | requirements | covered | by a scenario |",
        "|---|---|---|---|",
        _count_line("MUST, MUST NOT", must),
        _count_line("SHOULD, SHOULD NOT, RECOMMENDED", should),
        *_by_role(board, must, should),
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


def _by_role(board: _Board, must: Sequence[Covered], should: Sequence[Covered]) -> list[str]:
    """The counts for each of several roles; a requirement may bind more than one."""
    return [
        _count_line(f"{level} of a {role}", [row for row in rows if role in row.requirement.binds])
        for role in board.roles
        for level, rows in (("MUST", must), ("SHOULD", should))
    ]


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
