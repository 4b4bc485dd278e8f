"""Preconditions: If-Match, If-None-Match and their kin, evaluated in the order of RFC 9110 section 13.2.2.

Everything that compares a validator with a request lives here. Parsing an entity tag does not; see fields/validators.py.
"""

from __future__ import annotations

from statuary.fields.dates import parse_http_date
from statuary.fields.grammar import Invalid
from statuary.fields.validators import (
    ANY,
    EntityTag,
    parse_entity_tags,
    parse_if_range,
    strongly_equal,
    weakly_equal,
)
from statuary.message.fields import Fields
from statuary.message.request import Request
from statuary.semantics.resource import Representation

PRECONDITION_FIELDS = ("if-match", "if-unmodified-since", "if-none-match", "if-modified-since")


def has_precondition(fields: Fields) -> bool:
    """Whether a request says under which condition it may change something (RFC 6585 section 3)."""
    return any(name in fields for name in ("if-match", "if-unmodified-since", "if-none-match"))


def evaluate(request: Request, current: Representation | None, now: int) -> int | None:
    """304 or 412 if a precondition is false, None if all hold. ``current`` is None where nothing exists."""
    fields = request.fields.by_name
    reads = request.method in ("GET", "HEAD")
    if "if-match" in fields:
        if not if_match_holds(fields.get("if-match"), current):
            return 412
    elif "if-unmodified-since" in fields and not if_unmodified_since_holds(
        fields.get("if-unmodified-since"), current, now
    ):
        return 412
    if "if-none-match" in fields:
        if not if_none_match_holds(fields.get("if-none-match"), current, reads):
            return 304 if reads else 412
    elif (
        reads
        and "if-modified-since" in fields
        and not if_modified_since_holds(fields.get("if-modified-since"), current, now)
    ):
        return 304
    return None


def if_match_holds(value: str | None, current: Representation | None) -> bool:
    """RFC 9110 section 13.1.1. An invalid value protects a change all the same: it matches nothing."""
    tags = parse_entity_tags(value)
    if current is None or tags is None or isinstance(tags, Invalid):
        return False
    if tags is ANY:
        return True
    return current.etag is not None and any(strongly_equal(tag, current.etag) for tag in tags)


def if_none_match_holds(value: str | None, current: Representation | None, reads: bool) -> bool:
    """RFC 9110 section 13.1.2. An invalid value is ignored by a read, and refused for a change, which it was to protect."""
    tags = parse_entity_tags(value)
    if tags is None or isinstance(tags, Invalid):
        return reads
    if tags is ANY:
        return current is None
    return current is None or current.etag is None or not any(weakly_equal(tag, current.etag) for tag in tags)


def if_modified_since_holds(value: str | None, current: Representation | None, now: int) -> bool:
    """RFC 9110 section 13.1.3: ignored, that is true, for an invalid date or where no modification date is known."""
    date = parse_http_date(value, now)
    if not isinstance(date, int) or current is None or current.last_modified is None:
        return True
    return current.last_modified > date


def if_unmodified_since_holds(value: str | None, current: Representation | None, now: int) -> bool:
    """RFC 9110 section 13.1.4: ignored likewise."""
    date = parse_http_date(value, now)
    if not isinstance(date, int) or current is None or current.last_modified is None:
        return True
    return current.last_modified <= date


def if_range_holds(value: str | None, current: Representation, now: int) -> bool:
    """RFC 9110 section 13.1.5: absent is true; a tag is compared strongly, a date must be the very one, and strong."""
    validator = parse_if_range(value, now)
    match validator:
        case None:
            return True
        case EntityTag():
            return current.etag is not None and strongly_equal(validator, current.etag)
        case int():
            # A date is strong once the second it names is over: RFC 9110 section 8.8.2.2
            return validator == current.last_modified and now > validator + 1
        case _:
            return False
