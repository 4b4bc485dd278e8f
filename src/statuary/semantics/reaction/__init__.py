"""Reaction: what a user agent does about a response. ``react`` is all that others need.

The first question that has an answer ends it: is the answer still coming, did it fail, and then what its status code asks
for. A code that isn't known is treated as x00 of its class (RFC 9110 section 15). Pure: the shell sends, waits, asks and
remembers.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TypeAlias

from statuary.semantics.reaction import challenges, delivery, redirects, repetition, storing
from statuary.semantics.reaction.attempt import Attempt, Failure
from statuary.semantics.reaction.policy import Choice, Login, Policy, Stored
from statuary.semantics.reaction.reactions import (
    Ask,
    Deliver,
    Freshened,
    GiveUp,
    Gone,
    Memory,
    Moved,
    Reaction,
    Send,
    View,
    Wait,
)
from statuary.semantics.reaction.situation import Situation

__all__ = [
    "CLASSES",
    "CODES",
    "Ask",
    "Attempt",
    "Choice",
    "Deliver",
    "Failure",
    "Freshened",
    "GiveUp",
    "Gone",
    "Login",
    "Memory",
    "Moved",
    "Policy",
    "Reaction",
    "Send",
    "Stored",
    "View",
    "Wait",
    "follow_choice",
    "react",
]

Rule: TypeAlias = Callable[[Situation], Reaction]

CODES: dict[int, Rule] = {
    101: delivery.switch,
    202: delivery.monitor,
    203: delivery.mark,
    204: delivery.keep_view,
    205: delivery.reset_view,
    206: storing.take_part,
    300: redirects.choose,
    301: redirects.follow,
    302: redirects.follow,
    303: redirects.follow,
    304: storing.use_stored,
    305: redirects.use_proxy,
    307: redirects.follow,
    308: redirects.follow,
    401: challenges.answer_challenge,
    402: delivery.ask_to_pay,
    407: challenges.answer_challenge,
    408: repetition.repeat_on_new_connection,
    410: delivery.forget,
    411: repetition.repeat_with_length,
    413: repetition.wait_for_room,
    416: storing.start_again,
    417: repetition.repeat_without_expectation,
    421: repetition.repeat_on_new_connection,
    425: repetition.repeat_late,
    429: repetition.wait_and_repeat,
    500: repetition.repeat_if_idempotent,
    502: repetition.repeat_if_idempotent,
    503: repetition.wait_and_repeat,
    504: repetition.repeat_if_idempotent,
}
"""What is done about each code for which there is more to do than about its class."""

CLASSES: dict[int, Rule] = {
    2: delivery.deliver,
    3: redirects.choose,  # as 300
    4: delivery.explain,
    5: delivery.explain,
}
"""What is done about all other codes of a class."""


def react(attempts: Sequence[Attempt], policy: Policy | None = None) -> Reaction:
    """What to do next about a request of the user, given all attempts at it, the last of which is the one in question.

    Total: there is a reaction to whatever came. Raises ValueError without an attempt.
    """
    if not attempts:
        raise ValueError("nothing was sent yet: there is nothing to react to")
    situation = Situation(tuple(attempts), policy if policy is not None else Policy())
    last = situation.last
    if last.failure is not None and (last.final is None or last.failure == "incomplete"):
        return repetition.repeat_what_failed(situation)
    if last.final is None:
        return delivery.wait(situation)
    status = last.final.status
    rule = CODES.get(status)
    if rule is None:
        # A code outside 100 to 599 is treated as a 5xx: rfc9110-15-2
        rule = CLASSES.get(status // 100, delivery.explain)
    return rule(situation)


def follow_choice(attempts: Sequence[Attempt], policy: Policy, uri: str) -> Reaction:
    """What to do once a person has chosen one of the options of a 300, by its URI."""
    return redirects.go_to(Situation(tuple(attempts), policy), uri, "rfc9110-15.4.1")
