"""Proactive negotiation: which of a resource's variants a request prefers (RFC 9110 section 12).

Parsing Accept and its kin does not live here; see fields/negotiation.py.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import lru_cache
from typing import TypeVar

from statuary.fields.grammar import Invalid
from statuary.fields.media_types import parse_media_type
from statuary.fields.negotiation import (
    WeightedMediaRange,
    parse_accept,
    parse_accept_encoding,
    parse_accept_language,
)
from statuary.message.fields import Fields
from statuary.semantics.resource import Representation

T = TypeVar("T")
Weights = Sequence[tuple[str, int]]

LONGEST_REMEMBERED = 256


def _remembering(parse: Callable[[str | None], T]) -> Callable[[str | None], T]:
    """Clients send the same few values over and over, and reading them costs more than all the rest of the choice."""
    remember = lru_cache(maxsize=256)(parse)

    def read(value: str | None) -> T:
        return remember(value) if value is None or len(value) <= LONGEST_REMEMBERED else parse(value)

    return read


read_accept = _remembering(parse_accept)
_read_languages = _remembering(parse_accept_language)
_read_codings = _remembering(parse_accept_encoding)


def rank(variants: Sequence[Representation], fields: Fields) -> list[tuple[int, Representation]]:
    """The acceptable variants with their quality, best first; those of equal quality keep their order.

    The quality is the product of what the user agent says of media type, language and coding, and of the server's own
    preference; only its order means anything. Media type and language count only where the variants differ in them: the
    fields are preferences, and a resource with one type is not refused for it (section 12.4.1).
    """
    accept = _present(read_accept(fields.get("accept"))) if _differ(variants, "media_type") else None
    languages = _present(_read_languages(fields.get("accept-language"))) if _differ(variants, "language") else None
    codings = _present(_read_codings(fields.get("accept-encoding")))
    ranked = []
    for variant in variants:
        quality = (
            media_type_weight(variant.media_type, accept)
            * language_weight(variant.language, languages)
            * coding_weight(variant.coding, codings)
            * variant.preference
        )
        if quality:
            ranked.append((quality, variant))
    ranked.sort(key=lambda item: -item[0])
    return ranked


def accepts_uncoded(accept_encoding: str) -> bool:
    """Whether a representation without coding is surely acceptable, told at a glance; False where it takes a parser."""
    # It can only be refused by name, or by a weight of "*": section 12.5.3
    return "*" not in accept_encoding and "identity" not in accept_encoding.lower()


def _differ(variants: Sequence[Representation], attribute: str) -> bool:
    return len({getattr(variant, attribute) for variant in variants}) > 1


def _present(value: T | Invalid | None) -> T | None:
    """An invalid preference is no preference."""
    return None if isinstance(value, Invalid) else value


def media_type_weight(media_type: str | None, accept: Sequence[WeightedMediaRange] | None) -> int:
    """0 to 1000: the weight of the most specific media range that matches (section 12.5.1)."""
    if accept is None or media_type is None:
        return 1000
    parsed = parse_media_type(media_type)
    if parsed is None or isinstance(parsed, Invalid):
        return 1000
    best, weight = -1, 0
    for item in accept:
        if item.type not in ("*", parsed.type) or item.subtype not in ("*", parsed.subtype):
            continue
        if not set(item.parameters) <= set(parsed.parameters):
            continue
        specific = (item.type != "*") + (item.subtype != "*") + len(item.parameters)
        if specific > best:
            best, weight = specific, item.weight
    return weight


def language_weight(language: str | None, ranges: Weights | None) -> int:
    """0 to 1000, by the basic filtering of RFC 4647 section 3.3.1, longest range first (section 12.5.4).

    A range more specific than the variant matches it too when nothing better does, as in RFC 4647's look-up: who asks
    for en-GB is served en.
    """
    if ranges is None or language is None:
        return 1000
    tag = language.lower()
    best, weight = -1, 0
    for asked, asked_weight in ranges:
        prefix = asked.lower()
        if prefix == "*":
            length = 0
        elif tag == prefix or tag.startswith(prefix + "-"):
            length = 1000 + len(prefix)
        elif prefix.startswith(tag + "-"):
            length = 1
        else:
            continue
        # Of ranges as close as each other, the one with the greater weight: for en, en-US counts, after "en-GB;q=0" too
        best, weight = max((best, weight), (length, asked_weight))
    return weight


def coding_weight(coding: str | None, accept: Weights | None) -> int:
    """0 to 1000 (section 12.5.3). Without the field any coding is acceptable, and none at all is the safest."""
    if accept is None:
        return 1000 if coding is None else 1
    name = "identity" if coding is None else _canonical(coding)
    other = None
    for listed, weight in accept:
        if _canonical(listed) == name:
            return weight
        if listed == "*":
            other = weight
    if other is not None:
        return other
    # No coding at all is acceptable unless refused, but any coding the user agent names is welcomer
    return 1 if coding is None else 0


def _canonical(coding: str) -> str:
    # The names with x- are to be taken for those without: RFC 9110 sections 8.4.1.1 and 8.4.1.3
    coding = coding.lower()
    return coding[2:] if coding in ("x-gzip", "x-compress") else coding
