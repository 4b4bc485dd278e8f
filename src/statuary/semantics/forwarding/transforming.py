"""Transformed content: when it is permitted, and how it is told (RFC 9110 section 7.7, 203 in section 15.3.4)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from statuary.fields.validators import EntityTag, format_entity_tag, parse_entity_tag
from statuary.message.fields import Fields
from statuary.message.request import Request
from statuary.message.response import Response
from statuary.semantics.forwarding.edits import Edit

if TYPE_CHECKING:
    from statuary.semantics.forwarding.passage import Outbound

# What is true of the octets as they came, and not of those that go
_OF_THE_OCTETS = frozenset({"accept-ranges", "content-md5", "digest", "content-digest", "repr-digest", "etag"})


def is_to_be_transformed(request: Request, response: Response) -> bool:
    """Only a 200, which becomes a 203, and never against no-transform: rfc9110-7.7-4, rfc9110-7.7-5."""
    if response.status != 200 or request.method == "CONNECT":
        return False
    return not any(_forbids(section) for section in (request.fields, response.fields))


def _forbids(fields: Fields) -> bool:
    """Also where Cache-Control can't be read: the word is enough."""
    return "no-transform" in fields.get("cache-control", "").lower()


def next_status(outbound: Outbound) -> int:
    """The status code that goes on: as it came, known or not, but for 203 where the content was changed."""
    # rfc9110-15.3.4-s1
    return 203 if outbound.transforms else outbound.response.status


def mark_transformation(outbound: Outbound) -> Edit | None:
    """What told of the octets goes; a strong validator becomes weak, since other octets have it now (section 8.8.1)."""
    if not outbound.transforms:
        return None
    tag = parse_entity_tag(outbound.response.fields.get("etag"))
    weak = (("ETag", format_entity_tag(EntityTag(tag.opaque, weak=True))),) if isinstance(tag, EntityTag) else ()
    return Edit("rfc9110-15.3.4-s1", _OF_THE_OCTETS, weak)
