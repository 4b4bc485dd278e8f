"""Allow: RFC 9110 section 10.2.1."""

from collections.abc import Iterable

from statuary.fields.grammar import INVALID, Invalid, is_list_of_tokens, required_token, split_list


# Allow = #method: RFC 9110 section 10.2.1
# method = token: RFC 9110 section 9.1
def parse_allow(text: str | None) -> tuple[str, ...] | Invalid | None:
    """The methods, whose case counts. An empty list is legal: nothing is allowed now."""
    if text is None:
        return None
    members = split_list(text)
    return INVALID if members is INVALID or not is_list_of_tokens(members) else tuple(members)


def format_allow(methods: Iterable[str]) -> str:
    """The value of Allow in the order given. ValueError if a method is no token."""
    return ", ".join(required_token(method) for method in methods)
