"""Responses that concern what is stored: 304, 206 and 416 (RFC 9110 sections 15.3.7, 15.4.5 and 15.5.17)."""

from __future__ import annotations

from statuary.fields.ranges import ContentRange, parse_content_range
from statuary.fields.validators import EntityTag, parse_entity_tag, strongly_equal
from statuary.message.fields import Fields
from statuary.message.response import Response
from statuary.semantics.reaction.reactions import Deliver, Freshened, GiveUp, Reaction, Send
from statuary.semantics.reaction.situation import Situation
from statuary.semantics.stored_response import combined, freshened, is_current

_CONDITIONAL = frozenset({"if-none-match", "if-modified-since", "if-range", "range"})


def use_stored(situation: Situation) -> Reaction:
    """304: what is stored is current, and takes over the new fields."""
    stored, response = situation.policy.stored, situation.response
    if stored is None:
        if _CONDITIONAL.isdisjoint(situation.request.fields.by_name):
            return GiveUp("rfc9110-15.4.5", "A 304, though nothing was asked on condition.", response)
        return Deliver(response, "rfc9110-15.4.5", "It has not changed.", view="keep", fragment=situation.last.fragment)
    if stored.uri != situation.uri or not is_current(stored.response, response):
        return _without_condition(situation, "The 304 is about something else than what is stored.")
    whole = freshened(stored.response, response)
    if not stored.is_complete:
        return _without_condition(situation, "What is stored is current, but not complete.")
    return Deliver(
        whole,
        "rfc9111-4.3.4",
        "What is stored is current, and was freshened.",
        fragment=situation.last.fragment,
        remember=(Freshened(situation.uri, whole),),
    )


def take_part(situation: Situation) -> Reaction:
    """206: combined with the beginning that is stored, if both are certainly of the same representation."""
    stored, response = situation.policy.stored, situation.response
    if "range" not in situation.request.fields:
        return GiveUp("rfc9110-15.3.7", "A 206, though no part was asked for: it is not the whole.", response)
    if stored is None or stored.is_complete or stored.uri != situation.uri:
        return Deliver(response, "rfc9110-15.3.7", "A part, as it was asked for.", fragment=situation.last.fragment)
    if stored.elsewhere is not None:
        if not _goes_on(stored.response, stored.elsewhere, response):
            return _without_condition(situation, "The part doesn't fit what is stored.")
        says = "The rest comes, to be put to what is stored."
        return Deliver(response, "rfc9110-15.3.7.3", says, fragment=situation.last.fragment)
    whole = combined(stored.response, response)
    if whole is None:
        return _without_condition(situation, "The part doesn't fit what is stored.")
    says = "The rest came, and was put to what is stored." if whole.status == 200 else "More came; there is still more."
    return Deliver(
        whole,
        "rfc9110-15.3.7.3",
        says,
        fragment=situation.last.fragment,
        remember=(Freshened(situation.uri, whole),),
    )


def start_again(situation: Situation) -> Reaction:
    """416: what is stored can't be gone on with; all of it is asked for."""
    if situation.policy.stored is None or "range" not in situation.request.fields:
        return GiveUp("rfc9110-15.5.17", "There is no such part.", situation.response)
    return _without_condition(situation, "There is nothing after what is stored.")


def _goes_on(beginning: Response, length: int, part: Response) -> bool:
    """Whether a part begins where the beginning ends, and is certainly of the same representation."""
    old, new = (parse_entity_tag(one.fields.get("etag")) for one in (beginning, part))
    if not isinstance(old, EntityTag) or not isinstance(new, EntityTag) or not strongly_equal(old, new):
        return False
    span = parse_content_range(part.fields.get("content-range"))
    return isinstance(span, ContentRange) and span.unit == "bytes" and span.first == length


def _without_condition(situation: Situation, says: str) -> Reaction:
    lines = [line for line in situation.request.fields if line[0].lower() not in _CONDITIONAL]
    if len(lines) == len(situation.request.fields):
        return GiveUp("rfc9110-15.4.5", says, situation.response)
    return Send(
        situation.request.with_fields(Fields(lines)),
        "rfc9111-4.3.3",
        f"{says} Once more, without condition.",
        fragment=situation.last.fragment,
    )
