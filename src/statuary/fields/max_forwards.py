"""Max-Forwards: RFC 9110 section 7.6.2."""

from statuary.fields.grammar import HUGE, Invalid, parse_digits


# Max-Forwards = 1*DIGIT: RFC 9110 section 7.6.2
def parse_max_forwards(text: str | None) -> int | Invalid | None:
    """How many more times the request may be forwarded, at most HUGE."""
    return None if text is None else parse_digits(text)


def format_max_forwards(number: int) -> str:
    """The value of Max-Forwards. ValueError below 0, or for HUGE and more."""
    if not 0 <= number < HUGE:
        raise ValueError(f"not a number of times: {number}")
    return str(number)
