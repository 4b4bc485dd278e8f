"""Which status do I send? decide answers from a request and what the site says of its target; conclude, after a change.

QUESTIONS is the order in which an origin server asks. The first question to give an answer ends it; one that gives None
passes. Three groups, since the later ones need to know the selected representation:

1. REFUSALS: about the service, the sender, the target and the request content.
2. select: proactive negotiation. It answers 300 or 406, or names the representation that the rest is about.
3. CONDITIONS: preconditions and ranges, which count only where the answer would have been a success.

What passes them all is performed: the content is read, the change made once, and conclude says what came of it.
"""

from __future__ import annotations

from collections.abc import Callable

from statuary.message.request import Request
from statuary.message.response import Response
from statuary.semantics.decision.access import (
    are_credentials_sufficient,
    is_access_lawful,
    is_access_permitted,
    is_it_paid_for,
)
from statuary.semantics.decision.answers import Decision, Perform, Respond
from statuary.semantics.decision.conclusion import conclude, failure
from statuary.semantics.decision.pertinence import Refusal, pertinent
from statuary.semantics.decision.representation import is_found, is_part_wanted, is_precondition_true, select
from statuary.semantics.decision.request_content import (
    awaits_continue,
    is_content_coding_taken,
    is_content_complete,
    is_content_small_enough,
    is_content_type_taken,
    is_expectation_met,
    is_length_known,
    is_precondition_given,
    is_state_fit,
    is_there_storage,
)
from statuary.semantics.decision.service import (
    are_fields_within_limit,
    is_early_data_safe,
    is_method_implemented,
    is_origin_of_target,
    is_query_within_limit,
    is_rate_within_limit,
    is_service_available,
)
from statuary.semantics.decision.simulation import is_it_simulated
from statuary.semantics.decision.target import (
    CONTINUE,
    asks_for_options,
    asks_for_trace,
    does_it_exist,
    is_it_about_the_server,
    is_it_here,
    is_it_still_there,
    is_method_allowed,
    is_protocol_switched,
)
from statuary.semantics.decision.usual import recall, remember
from statuary.semantics.resource import Representation, Resource

Condition = Callable[[Request, Resource, Representation | None, int], Respond | None]

REFUSALS: tuple[Refusal, ...] = (
    is_service_available,  # 503
    is_method_implemented,  # 501
    is_origin_of_target,  # 421
    is_it_about_the_server,  # 204 to OPTIONS *, 400 to others
    is_early_data_safe,  # 425
    is_rate_within_limit,  # 429
    is_query_within_limit,  # 414
    are_fields_within_limit,  # 431
    are_credentials_sufficient,  # 401 403
    is_access_permitted,  # 403
    is_access_lawful,  # 451
    is_it_paid_for,  # 402
    is_it_here,  # 301 302 303 305 307 308
    is_it_still_there,  # 410
    is_method_allowed,  # 405
    does_it_exist,  # 404
    is_expectation_met,  # 417
    asks_for_options,  # 204
    asks_for_trace,  # 200
    is_protocol_switched,  # 101 426
    is_it_simulated,  # any, on servers that clients are tested with
    is_length_known,  # 411
    is_content_small_enough,  # 413
    is_content_coding_taken,  # 415
    is_content_type_taken,  # 415
    is_content_complete,  # 400
    is_state_fit,  # 409
    is_there_storage,  # 507
    is_precondition_given,  # 428
)

CONDITIONS: tuple[Condition, ...] = (
    is_precondition_true,  # 304 412
    is_part_wanted,  # 206 416
    is_found,  # 200, 204 where nothing is represented; 103 ahead
)

QUESTIONS: tuple[str, ...] = (
    *(question.__name__ for question in REFUSALS),
    select.__name__,  # 300 406
    *(question.__name__ for question in CONDITIONS),
    "is_performed",  # 201 202 204 205 303 400 403 404 409 413 415 422 500 507, by conclude; 100 ahead
)


def decide(request: Request, resource: Resource, now: int) -> Decision:
    """What to do about ``request``, its header section read and nothing more, given its target at the time ``now``.

    Total: every request gets a Respond, to be sent as it is, or a Perform. Usual requests share theirs: see usual.py.
    """
    recalled = recall(request, resource)
    if recalled is not None:
        return recalled
    refusals = pertinent(REFUSALS, resource, request.method)
    for refuses in refusals:
        answer = refuses(request, resource, now)
        if answer is not None:
            return _asked(answer, refuses.__name__)
    selected = select(request, resource)
    if isinstance(selected, Respond):
        return _asked(selected, select.__name__)
    for condition in CONDITIONS:
        answer = condition(request, resource, selected, now)
        if answer is not None:
            remember(request, resource, refusals, answer)
            return _asked(answer, condition.__name__)
    return Perform(request.method, _before_content(request), selected, resource.content.most)


def _asked(answer: Respond, question: str) -> Respond:
    answer.question = question
    return answer


def _before_content(request: Request) -> tuple[Response, ...]:
    # Only now, and only if content is to come: a client that waits is told to go on (rfc9110-10.1.1-11)
    return (CONTINUE,) if request.content_length and awaits_continue(request) else ()


def path_of(decision: Decision) -> tuple[str, ...]:
    """The questions that were asked, in order; the last one gave the answer."""
    return QUESTIONS[: QUESTIONS.index(decision.question) + 1]


__all__ = [
    "CONDITIONS",
    "QUESTIONS",
    "REFUSALS",
    "Decision",
    "Perform",
    "Respond",
    "conclude",
    "decide",
    "failure",
    "path_of",
]
