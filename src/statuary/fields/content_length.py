"""Content-Length: RFC 9110 section 8.6."""

from statuary.fields.grammar import Invalid, parse_digits


# Content-Length = 1*DIGIT: RFC 9110 section 8.6
def parse_content_length(text: str | None) -> int | Invalid | None:
    """The number of octets, at most HUGE. A list is INVALID, even one of equal numbers: rfc9110-8.6-13 permits that."""
    return None if text is None else parse_digits(text)


def format_content_length(length: int) -> str:
    """The value of Content-Length. ValueError below 0."""
    if length < 0:
        raise ValueError(f"not a length: {length}")
    return str(length)
