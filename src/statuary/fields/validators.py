"""Entity tags and the fields that list them: RFC 9110 sections 8.8.3, 13.1.1, 13.1.2 and 13.1.5.

Comparing two tags is here, since it is defined on their spelling. What a comparison leads to is not; see the
preconditions.
"""

import re
from enum import Enum
from typing import Final, NamedTuple

from statuary.fields.dates import parse_http_date
from statuary.fields.grammar import INVALID, Invalid, match_list


class EntityTag(NamedTuple):
    """An entity tag: what stands between its quotes, and whether it is weak."""

    opaque: str
    weak: bool


class Any_(Enum):  # noqa: N801 (Any is taken)
    """The type of ANY, which stands for `*`: whatever the current representation is."""

    ANY = "*"

    def __repr__(self) -> str:
        return "ANY"


ANY: Final = Any_.ANY

# entity-tag = [ weak ] opaque-tag: RFC 9110 section 8.8.3
# opaque-tag = DQUOTE *etagc DQUOTE, in which a backslash is a character like any other
_ENTITY_TAG = re.compile(r'(W/)?"([\x21\x23-\x7e\x80-\xff]*+)"')
_matches_one = _ENTITY_TAG.fullmatch


def parse_entity_tag(text: str | None) -> EntityTag | Invalid | None:
    """The value of ETag: RFC 9110 section 8.8.3."""
    if text is None:
        return None
    found = _matches_one(text)
    return EntityTag(found[2], found[1] is not None) if found else INVALID


def format_entity_tag(tag: EntityTag) -> str:
    """The tag as it is sent. ValueError if a character in it can't be."""
    text = f'W/"{tag.opaque}"' if tag.weak else f'"{tag.opaque}"'
    if not _matches_one(text):
        raise ValueError(f"not an entity tag: {text}")
    return text


def parse_entity_tags(text: str | None) -> tuple[EntityTag, ...] | Any_ | Invalid | None:
    """The value of If-Match or If-None-Match: ANY for `*`, otherwise the tags: RFC 9110 sections 13.1.1 and 13.1.2."""
    if text is None:
        return None
    if found := _matches_one(text):
        return (EntityTag(found[2], found[1] is not None),)
    if text == "*":
        return ANY
    members = match_list(_ENTITY_TAG, text)
    if members is INVALID:
        return INVALID
    return tuple(EntityTag(found[2], found[1] is not None) for found in members)


def format_entity_tags(tags: tuple[EntityTag, ...] | Any_) -> str:
    """The value of If-Match or If-None-Match."""
    return "*" if tags is ANY else ", ".join(format_entity_tag(tag) for tag in tags)


def parse_if_range(text: str | None, now: int) -> EntityTag | int | Invalid | None:
    """The value of If-Range, an entity tag or a date in seconds since the epoch: RFC 9110 section 13.1.5."""
    # Only an entity tag has a double quote among its first three characters.
    if text is not None and '"' in text[:3]:
        return parse_entity_tag(text)
    return parse_http_date(text, now)


def strongly_equal(a: EntityTag, b: EntityTag) -> bool:
    """Strong comparison: the same opaque part, and neither is weak. RFC 9110 section 8.8.3.2."""
    return not a.weak and not b.weak and a.opaque == b.opaque


def weakly_equal(a: EntityTag, b: EntityTag) -> bool:
    """Weak comparison: the same opaque part, weak or not. RFC 9110 section 8.8.3.2."""
    return a.opaque == b.opaque
