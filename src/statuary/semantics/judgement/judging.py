"""judge: which rules pertain to a message, and what they find.

The rules themselves are in the chapters. Which of them could speak of a message follows from its status, the method and
the names of its fields alone; that choice is remembered, since most messages are alike in them.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import lru_cache

from statuary.message.response import Exchange, Response
from statuary.methods import KNOWN
from statuary.semantics.judgement import (
    authentication,
    caching,
    client_error,
    conditional,
    connection,
    dates,
    field_syntax,
    framing,
    interim,
    malformed_request,
    negotiation,
    partial,
    redirection,
    repetition,
    request_fields,
    request_target,
    server_error,
    successful,
)
from statuary.semantics.judgement.finding import Finding, sentence
from statuary.semantics.judgement.rule import Check, Part, Role, Rule, Seen, SequenceRule

# In the order in which findings of one message are given
CHAPTERS = (
    request_target.chapter,
    request_fields.chapter,
    framing.chapter,
    connection.chapter,
    malformed_request.chapter,
    interim.chapter,
    successful.chapter,
    partial.chapter,
    redirection.chapter,
    conditional.chapter,
    client_error.chapter,
    authentication.chapter,
    server_error.chapter,
    negotiation.chapter,
    caching.chapter,
    dates.chapter,
    field_syntax.chapter,
    repetition.chapter,
)
MESSAGE_RULES: tuple[Rule, ...] = tuple(rule for chapter in CHAPTERS for rule in chapter.rules)
SEQUENCE_RULES: tuple[SequenceRule, ...] = tuple(rule for chapter in CHAPTERS for rule in chapter.sequence_rules)
RULES: tuple[Rule | SequenceRule, ...] = (*MESSAGE_RULES, *SEQUENCE_RULES)

# The only names that decide which rules pertain: a bounded choice, whatever a peer sends.
_NAMES = frozenset().union(*(rule.present | rule.absent for rule in MESSAGE_RULES))
_ASKED = frozenset().union(*(rule.asked for rule in MESSAGE_RULES))
_OTHER_METHOD = ""
_OTHER_STATUS = 0


@lru_cache(maxsize=4096)
def _pertinent(
    role: Role, on: Part, status: int, method: str, names: frozenset[str], asked: frozenset[str]
) -> tuple[tuple[str, str, Check], ...]:
    return tuple(
        (rule.requirement, rule.level, rule.check)
        for rule in MESSAGE_RULES
        if role in rule.roles and rule.pertains(on, status, method, names, asked)
    )


def judge(exchanges: Sequence[Exchange], role: Role) -> tuple[Finding, ...]:
    """All that can be said against the messages that ``role`` sent: the responses of a server, the requests of a client,
    both of an intermediary. In the order of the exchanges, what concerns several of them last. Never raises on fields.
    """
    findings: list[Finding] = []
    has_clock = any(exchange.final is not None and "date" in exchange.final.fields.by_name for exchange in exchanges)
    for index, exchange in enumerate(exchanges):
        if role != "server":
            _look(findings, index, role, "request", Seen(exchange, None))
        if role != "client":
            for response in exchange.interim:
                _look(findings, index, role, "interim", Seen(exchange, response))
            if exchange.final is not None:
                _look(findings, index, role, "response", Seen(exchange, exchange.final, has_clock))
    if role != "client" and len(exchanges) > 1:
        findings += _compare(exchanges, role)
    return tuple(findings)


def _look(findings: list[Finding], index: int, role: Role, on: Part, seen: Seen) -> None:
    pertinent = _pertinent(
        role,
        on,
        seen.status if 100 <= seen.status <= 599 else _OTHER_STATUS,
        seen.method if seen.method in KNOWN else _OTHER_METHOD,
        _NAMES.intersection(seen.fields),
        _ASKED.intersection(seen.request.fields.by_name),
    )
    for requirement, level, check in pertinent:
        wrong = check(seen)
        if wrong is not None:
            findings.append(Finding(requirement, level, index, on, sentence(wrong)))


def _compare(exchanges: Sequence[Exchange], role: Role) -> Iterator[Finding]:
    by_target: dict[tuple[str, str | None, str], list[tuple[int, Response]]] = {}
    for index, exchange in enumerate(exchanges):
        if exchange.final is not None:
            request = exchange.request
            by_target.setdefault((request.scheme, request.authority, request.target), []).append(
                (index, exchange.final)
            )
    for finals in by_target.values():
        if len(finals) < 2:
            continue
        seen = [Seen(exchanges[index], final) for index, final in finals]
        for rule in SEQUENCE_RULES:
            if role in rule.roles:
                for place, wrong in rule.check(seen):
                    index = finals[place][0]
                    yield Finding(rule.requirement, rule.level, index, "response", sentence(wrong))
