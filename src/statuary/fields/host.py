"""Host: RFC 9110 section 7.2, with uri-host and port as RFC 3986 section 3.2 has them."""

import re
from typing import NamedTuple

from statuary.fields.grammar import INVALID, Invalid, parse_digits


class Host(NamedTuple):
    """The host in normal form, an IP literal with its brackets; and the port, None if there is none or it is empty.

    Normal form is lower case, percent-encoding only where needed: RFC 3986 section 6.2.2, RFC 9110 section 4.2.3.
    """

    host: str
    port: int | None = None


# reg-name = *( unreserved / pct-encoded / sub-delims ): RFC 3986 section 3.2.2
# An http URI has a host that is not empty: RFC 9110 section 4.2.1. An IPv4address is spelled like a reg-name, and text
# that is almost one is a reg-name, so there is nothing to tell apart.
_REG_NAME = r"(?:[A-Za-z0-9\-._~!$&'()*+,;=]|%[0-9A-Fa-f]{2})++"

# Host = uri-host [ ":" port ]: RFC 9110 section 7.2; port = *DIGIT: RFC 3986 section 3.2.3
# IP-literal = "[" ( IPv6address / IPvFuture ) "]": RFC 3986 section 3.2.2, its inside checked on its own
_HOST = re.compile(rf"(?:({_REG_NAME})|\[([0-9A-Za-z\-._~!$&'()*+,;=:]++)\])(?::([0-9]*+))?")

# IPvFuture = "v" 1*HEXDIG "." 1*( unreserved / sub-delims / ":" ): RFC 3986 section 3.2.2
_IPVFUTURE = re.compile(r"[vV][0-9A-Fa-f]++\.[A-Za-z0-9\-._~!$&'()*+,;=:]++")

# h16 = 1*4HEXDIG: RFC 3986 section 3.2.2
_H16 = re.compile(r"[0-9A-Fa-f]{1,4}")

# IPv4address = dec-octet "." dec-octet "." dec-octet "." dec-octet: RFC 3986 section 3.2.2
_DEC_OCTET = r"(?:25[0-5]|2[0-4][0-9]|1[0-9]{2}|[1-9]?[0-9])"
_IPV4ADDRESS = re.compile(rf"{_DEC_OCTET}(?:\.{_DEC_OCTET}){{3}}")

# unreserved = ALPHA / DIGIT / "-" / "." / "_" / "~": RFC 3986 section 2.3
_UNRESERVED = re.compile(r"[A-Za-z0-9\-._~]")
_PCT_ENCODED = re.compile(r"%([0-9A-Fa-f]{2})")


def parse_host(text: str | None) -> Host | Invalid | None:
    """The value of Host, or an authority without userinfo. INVALID for an empty host, userinfo, a port above 65535."""
    if text is None:
        return None
    found = _HOST.fullmatch(text)
    port = parse_digits(found[3]) or 0 if found and found[3] else None
    if not found or (port or 0) > 65535:
        return INVALID
    if found[1]:
        return Host(_normal_form(found[1]), port)
    literal = found[2]
    return Host(f"[{literal.lower()}]", port) if _IPVFUTURE.fullmatch(literal) or is_ipv6address(literal) else INVALID


def _normal_form(reg_name: str) -> str:
    return _PCT_ENCODED.sub(_decode_unreserved, reg_name.lower()) if "%" in reg_name else reg_name.lower()


def _decode_unreserved(found: re.Match[str]) -> str:
    character = chr(int(found[1], 16))
    return character.lower() if _UNRESERVED.fullmatch(character) else found[0].upper()


def is_ipv6address(text: str) -> bool:
    """Whether the text is an IPv6address: RFC 3986 section 3.2.2. A zone identifier is not part of one."""
    # Nine alternatives in the ABNF come to this: eight groups, or at most seven around one "::"; the last two may be an
    # IPv4address.
    head, shortened, tail = text.partition("::")
    before, after = head.split(":") if head else [], tail.split(":") if tail else []
    groups = before + after
    count = len(groups)
    last_part = after if shortened else before
    if last_part and _IPV4ADDRESS.fullmatch(last_part[-1]):
        groups.pop()
        count += 1
    return (count <= 7 if shortened else count == 8) and all(_H16.fullmatch(group) for group in groups)


def format_host(host: Host) -> str:
    """The value of Host. ValueError if it would not be read back."""
    text = host.host if host.port is None else f"{host.host}:{host.port}"
    if not parse_host(text):
        raise ValueError(f"not a host: {text!r}")
    return text
