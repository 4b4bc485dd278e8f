"""The usual request: to read a resource that is nothing but its representations, or to hear whether it has changed.

Its answer depends on the resource, the method and a few fields alone, so the resource remembers it by the values of these: a
file is asked for more often than it changes, and most clients ask alike. Whatever else a request may say leads to the
questions; that they would give the same answer is tested wherever decide is.
"""

from __future__ import annotations

from statuary.message.request import Request
from statuary.semantics.decision.answers import Respond
from statuary.semantics.decision.pertinence import Refusal
from statuary.semantics.decision.request_content import is_expectation_met
from statuary.semantics.decision.service import is_early_data_safe, is_origin_of_target
from statuary.semantics.decision.target import is_it_about_the_server
from statuary.semantics.resource import Representation, Resource

ALWAYS: tuple[Refusal, ...] = (is_origin_of_target, is_it_about_the_server, is_early_data_safe, is_expectation_met)
"""The refusals that every resource has to fear: of a request that is asked no others, recall knows what to look at."""

UNUSUAL = frozenset({"early-data", "expect", "if-match", "if-unmodified-since", "range"})
"""Fields that make a request unusual: one of those refusals, or a condition, looks at them."""

MOST = 8
"""Answers remembered of each resource and method..."""
LONGEST = 256
"""...and octets of field values, all together, by which one is: who asks otherwise is one of few, or wants memory."""


class Answers:
    """What usual requests with one method were answered, by the values of the ``fields`` on which that depends."""

    __slots__ = ("fields", "given")

    def __init__(self, variants: tuple[Representation, ...]) -> None:
        self.fields = ("if-none-match", *negotiated(variants))
        self.given: dict[tuple[str | None, ...] | None, Respond] = {}


def negotiated(variants: tuple[Representation, ...]) -> tuple[str, ...]:
    """The fields by which one of the variants is selected: see negotiation.rank."""
    fields = ["accept-encoding"]
    if len({variant.media_type for variant in variants}) > 1:
        fields.append("accept")
    if len({variant.language for variant in variants}) > 1:
        fields.append("accept-language")
    return tuple(fields)


def recall(request: Request, resource: Resource) -> Respond | None:
    """The answer that another request like this one got, if this is a usual one, and there was one."""
    answers: Answers | None = resource.answers.get(request.method)
    return None if answers is None else answers.given.get(_likeness(request, answers))


def remember(request: Request, resource: Resource, asked: tuple[Refusal, ...], answer: Respond) -> None:
    """Keep the ``answer`` for recall, if usual requests get it. ``asked`` are the refusals that could matter."""
    if answer.status not in (200, 304) or asked != ALWAYS or not _is_plain(resource):
        return
    answers: Answers | None = resource.answers.get(request.method)
    if answers is None:
        answers = resource.answers[request.method] = Answers(resource.variants)
    likeness = _likeness(request, answers)
    if likeness is None or sum(len(value) for value in likeness if value) > LONGEST:
        return
    if len(answers.given) >= MOST:
        answers.given.clear()
    answers.given[likeness] = answer


def _likeness(request: Request, answers: Answers) -> tuple[str | None, ...] | None:
    """What a usual request has in common with all that get the same answer; None for another."""
    sent = request.fields.by_name
    if not UNUSUAL.isdisjoint(sent) or request.scheme != request.carried_by or request.path == "*":
        return None
    # With If-None-Match it counts for nothing (RFC 9110 section 13.1.3); alone, what it says may depend on the time
    if "if-modified-since" in sent and "if-none-match" not in sent:
        return None
    return tuple(map(sent.get, answers.fields))


def _is_plain(resource: Resource) -> bool:
    return bool(resource.variants) and resource.scheme is None and resource.authorities is None and not resource.hints
