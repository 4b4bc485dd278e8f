"""The usual request: to read a resource that is nothing but one representation, or to hear whether it has changed.

Its answer depends on nothing but the resource, the method and the preconditions of a cache, so the resource remembers it:
a file is asked for more often than it changes. Whatever else a request may say leads to the questions; that they would give
the same answer is tested wherever decide is.
"""

from __future__ import annotations

from statuary.message.request import Request
from statuary.semantics.decision.answers import Respond
from statuary.semantics.decision.pertinence import Refusal
from statuary.semantics.decision.request_content import is_expectation_met
from statuary.semantics.decision.service import is_early_data_safe, is_origin_of_target
from statuary.semantics.decision.target import is_it_about_the_server
from statuary.semantics.negotiation import accepts_uncoded
from statuary.semantics.preconditions import evaluate
from statuary.semantics.resource import Resource

ALWAYS: tuple[Refusal, ...] = (is_origin_of_target, is_it_about_the_server, is_early_data_safe, is_expectation_met)
"""The refusals that every resource has to fear: of a request that is asked no others, recall knows what to look at."""

UNUSUAL = frozenset({"early-data", "expect", "if-match", "if-unmodified-since", "range"})
"""Fields that make a request unusual: some of those refusals look at them, or some condition."""

LOOKED_AT = UNUSUAL | {"accept-encoding", "if-modified-since", "if-none-match"}
"""All fields that the answer can depend on."""


def recall(request: Request, resource: Resource, now: int) -> Respond | None:
    """The answer that another request like this one got, if this is a usual one, and there was one."""
    answers: dict[str | int | None, Respond] | None = resource.answers.get(request.method)
    if answers is None or request.scheme != request.carried_by or request.path == "*":
        return None
    sent = request.fields.by_name
    if LOOKED_AT.isdisjoint(sent):
        return answers.get(None)
    if not UNUSUAL.isdisjoint(sent):
        return None
    codings = sent.get("accept-encoding")
    if codings is not None and not accepts_uncoded(codings):
        return None
    tag = sent.get("if-none-match")
    if tag is None and "if-modified-since" in sent:
        return answers.get(evaluate(request, resource.variants[0], now))
    # The very tag that was sent, and no other, needs no comparison
    answer = answers.get(tag)
    if answer is None and tag is not None:
        answer = answers.get(evaluate(request, resource.variants[0], now))
    return answer


def remember(request: Request, resource: Resource, asked: tuple[Refusal, ...], answer: Respond) -> None:
    """Keep the ``answer`` for recall, if all usual requests get it. ``asked`` are the refusals that could matter."""
    if answer.status not in (200, 304) or asked != ALWAYS or not _is_plain(resource):
        return
    answers = resource.answers.setdefault(request.method, {})
    if answer.status == 200:
        answers[None] = answer
    else:
        answers[304] = answers[answer.field("ETag") or 304] = answer


def _is_plain(resource: Resource) -> bool:
    return (
        len(resource.variants) == 1
        and resource.variants[0].coding is None
        and resource.scheme is None
        and resource.authorities is None
        and not resource.hints
    )
