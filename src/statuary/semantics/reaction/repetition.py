"""Asking once more: what failed, what was put off, what was refused for a reason that can be mended."""

from __future__ import annotations

from statuary.message.fields import Fields
from statuary.message.request import UNKNOWN_LENGTH
from statuary.semantics.reaction.reactions import Ask, GiveUp, Reaction, Send
from statuary.semantics.reaction.situation import Situation
from statuary.semantics.reaction.waiting import asked_delay, back_off, is_within_budget

_SAYS = {
    "unreachable": "No connection could be made.",
    "dropped": "The connection ended before there was an answer.",
    "timeout": "There was no answer in time.",
    "malformed": "What came is not HTTP.",
    "incomplete": "The connection ended within the content.",
}


def repeat_what_failed(situation: Situation) -> Reaction:
    """There is no whole final response: once more, if that can't do harm."""
    failure = situation.last.failure
    assert failure is not None
    says = _SAYS[failure]
    if failure == "malformed":
        return GiveUp("rfc9110-2.4-2", says, situation.last.final)
    if failure == "dropped" and situation.last.is_reused and not situation.last.interim and situation.is_idempotent:
        # The peer closed an idle connection, which says nothing of the request: RFC 9112 section 9.3.1
        return _once_more(situation, "rfc9110-9.2.2-1", says, 0.0, new_connection=True)
    before = situation.attempts[-2] if situation.repetitions else None
    if failure != "unreachable" and before is not None and before.failure not in (None, "unreachable"):
        return GiveUp("rfc9110-9.2.2-3", f"{says} That was a repetition already.", situation.last.final)
    # What was never sent can be sent again, whatever it is: rfc9110-9.2.2-1
    if failure == "unreachable" or situation.is_idempotent:
        return _again(situation, "rfc9110-9.2.2-1", says, back_off(situation), new_connection=True)
    return _unsafe(situation, says)


def wait_and_repeat(situation: Situation) -> Reaction:
    """429 and 503: when the server says, else after a while."""
    status = situation.response.status
    because = "rfc6585-4-1" if status == 429 else "rfc9110-15.6.4"
    asked = asked_delay(situation.response, situation.now)
    delay = back_off(situation) if asked is None else asked
    says = (
        f"The {status} asks to come back later." if asked is None else f"The {status} asks to wait {asked:g} seconds."
    )
    return _again(situation, because, says, delay) if situation.is_idempotent else _unsafe(situation, says, delay)


def repeat_if_idempotent(situation: Situation) -> Reaction:
    """500, 502 and 504: it may be better another time."""
    status = situation.response.status
    says = f"The {status} may pass."
    if not situation.is_idempotent:
        return GiveUp(
            f"rfc9110-15.6.{status - 499}", f"A {status}, and it would be unsafe to repeat.", situation.response
        )
    asked = asked_delay(situation.response, situation.now)
    return _again(situation, "rfc9110-9.2.2", says, back_off(situation) if asked is None else asked)


def repeat_on_new_connection(situation: Situation) -> Reaction:
    """408 and 421: the request wasn't taken, so it can be sent again; 421 does nothing to unsafe ones either."""
    status = situation.response.status
    because = "rfc9110-15.5.9" if status == 408 else "rfc9110-15.5.20"
    if status == 408 and not situation.is_idempotent:
        return _unsafe(situation, "The request did not arrive in time.")
    if situation.repetitions:
        return GiveUp(because, f"Another {status}, on another connection.", situation.response)
    return _again(situation, because, f"The {status} permits a new connection.", 0.0, new_connection=True)


def repeat_late(situation: Situation) -> Reaction:
    """425: once more, not in early data (RFC 8470 section 5.2)."""
    if situation.repetitions:
        return GiveUp("rfc8470-5.2", "Another 425, though this was no early data.", situation.response)
    delay = asked_delay(situation.response, situation.now) or 0.0
    return _again(situation, "rfc8470-5.2", "The 425 wants it when the handshake is done.", delay, new_connection=True)


def repeat_without_expectation(situation: Situation) -> Reaction:
    """417: the same without Expect, for which it wasn't done: rfc9110-10.1.1-6."""
    request = situation.request
    if "expect" not in request.fields:
        return GiveUp("rfc9110-15.5.18", "A 417, though nothing was expected.", situation.response)
    lines = [line for line in request.fields if line[0].lower() != "expect"]
    return Send(
        request.with_fields(Fields(lines)),
        "rfc9110-10.1.1-6",
        "The 417 refuses the expectation: once more without it.",
        keeps_content=request.content_length is not None,
        fragment=situation.last.fragment,
    )


def repeat_with_length(situation: Situation) -> Reaction:
    """411: the same with Content-Length, if it was sent without one: RFC 9110 section 15.5.12."""
    request = situation.request
    if request.content_length != UNKNOWN_LENGTH:
        return GiveUp("rfc9110-15.5.12", "A 411, though the length was there.", situation.response)
    lines = [line for line in request.fields if line[0].lower() != "transfer-encoding"]
    return Send(
        request.with_fields(Fields(lines), content_length=0),
        "rfc9110-15.5.12",
        "The 411 wants the length of the content: once more, with it.",
        keeps_content=True,
        fragment=situation.last.fragment,
    )


def wait_for_room(situation: Situation) -> Reaction:
    """413: given up, unless Retry-After says that it is temporary: rfc9110-15.5.14-3."""
    asked = asked_delay(situation.response, situation.now)
    if asked is None or not situation.is_idempotent:
        return GiveUp("rfc9110-15.5.14", "The content is larger than is taken.", situation.response)
    return _again(situation, "rfc9110-15.5.14-3", f"Too large for now: in {asked:g} seconds again.", asked)


def _again(situation: Situation, because: str, says: str, after: float, *, new_connection: bool = False) -> Reaction:
    if not is_within_budget(situation, after):
        return GiveUp(because, f"{says} That was tried, or would take too long.", situation.last.final)
    return _once_more(situation, because, says, after, new_connection=new_connection)


def _once_more(situation: Situation, because: str, says: str, after: float, *, new_connection: bool) -> Send:
    return Send(
        situation.request,
        because,
        f"{says} Once more{f' in {after:.3g} seconds' if after else ''}.",
        after=after,
        keeps_content=situation.last.content != "none",
        new_connection=new_connection,
        fragment=situation.last.fragment,
    )


def _unsafe(situation: Situation, says: str, after: float = 0.0) -> Reaction:
    """An unsafe request that may have been acted upon already: rfc9110-9.2.2-1."""
    choice = situation.policy.repeats_unsafe
    again = _again(situation, "rfc9110-9.2.2-1", says, after, new_connection=True) if choice != "leave" else None
    if choice == "do" and again is not None:
        return again
    if choice == "ask" and isinstance(again, Send):
        what = f"{says} Is {situation.request.method} to be sent again? It may have been acted upon."
        return Ask("repeat", "rfc9110-9.2.2-1", what, situation.last.final, then=again)
    return GiveUp(
        "rfc9110-9.2.2-1", f"{says} To repeat {situation.request.method} would be unsafe.", situation.last.final
    )
