"""Challenges, credentials and the parameters of both: RFC 9110 section 11, Basic (RFC 7617) and Digest (RFC 7616).

Whether credentials are any good is not decided here. Schemes and parameter names are read in lower case.
"""

import re
from binascii import a2b_base64, b2a_base64
from collections.abc import Iterable
from dataclasses import dataclass

from statuary.fields.grammar import (
    INVALID,
    OWS,
    QUOTED_STRING,
    TOKEN,
    Invalid,
    Parameters,
    quote,
    required_token,
    split_list,
    value_of,
)


@dataclass(frozen=True, slots=True)
class Challenge:
    """A scheme with either a token68 or parameters: RFC 9110 section 11.3."""

    scheme: str
    token68: str | None = None
    parameters: Parameters = ()

    def parameter(self, name: str) -> str | None:
        """The value of the parameter of that name, given in lower case, or None."""
        return dict(self.parameters).get(name)


@dataclass(frozen=True, slots=True)
class Credentials:
    """A scheme with either a token68 or parameters: RFC 9110 section 11.4."""

    scheme: str
    token68: str | None = None
    parameters: Parameters = ()

    def parameter(self, name: str) -> str | None:
        """The value of the parameter of that name, given in lower case, or None."""
        return dict(self.parameters).get(name)


# token68 = 1*( ALPHA / DIGIT / "-" / "." / "_" / "~" / "+" / "/" ) *"=": RFC 9110 section 11.2
_TOKEN68 = re.compile(r"[A-Za-z0-9\-._~+/]++=*+")

# auth-param = token BWS "=" BWS ( token / quoted-string ): RFC 9110 section 11.2
_AUTH_PARAM = re.compile(rf"({TOKEN}){OWS}={OWS}({TOKEN}|{QUOTED_STRING})")

# challenge   = auth-scheme [ 1*SP ( token68 / #auth-param ) ]: RFC 9110 section 11.3
# credentials = auth-scheme [ 1*SP ( token68 / #auth-param ) ]: RFC 9110 section 11.4
# This much of it stands before the first comma.
_AUTH_SCHEME = re.compile(rf"({TOKEN})(?: ++(.++))?", re.DOTALL)

# CTL = %x00-1F / %x7F: RFC 5234 appendix B.1
_CTL = re.compile(r"[\x00-\x1f\x7f]")

# As registered: a peer that forgets that schemes have no case knows them so.
_SPELLINGS = {scheme.lower(): scheme for scheme in ("Basic", "Bearer", "Digest", "Mutual", "Negotiate", "OAuth")}

# Parameters are sent quoted, for readers that know no other form: RFC 9110 section 11.5 on realm, and the RFCs of the
# schemes. Of Digest, these are sent bare: RFC 7616 sections 3.3, 3.4 and 3.5; for charset and userhash, its examples.
_BARE_IN_DIGEST_CHALLENGE = frozenset({"stale", "algorithm", "charset", "userhash"})
_BARE_IN_DIGEST_CREDENTIALS = frozenset({"algorithm", "qop", "nc", "userhash", "username*"})
_BARE_IN_AUTHENTICATION_INFO = frozenset({"qop", "nc"})
_NONE_BARE: frozenset[str] = frozenset()


def parse_challenges(text: str | None) -> tuple[Challenge, ...] | Invalid | None:
    """The value of WWW-Authenticate or Proxy-Authenticate: RFC 9110 sections 11.6.1 and 11.7.1.

    A comma separates challenges as well as parameters. A member that reads as a parameter belongs to the challenge
    before it, and any other begins a new one.
    """
    if text is None:
        return None
    members = split_list(text)
    if members is INVALID:
        return INVALID
    begun: list[tuple[str, str | None, list[tuple[str, str]]]] = []
    for member in members:
        parameter = _AUTH_PARAM.fullmatch(member)
        if not parameter:
            start = _AUTH_SCHEME.fullmatch(member)
            if not start:
                return INVALID
            rest = start[2] or ""
            token68 = rest if _TOKEN68.fullmatch(rest) else None
            begun.append((start[1].lower(), token68, []))
            if token68 or not rest:
                continue
            parameter = _AUTH_PARAM.fullmatch(rest)
        if not parameter or not begun or begun[-1][1]:
            return INVALID
        begun[-1][2].append((parameter[1].lower(), value_of(parameter[2])))
    if not all(_are_names_unique(parameters) for _, _, parameters in begun):
        return INVALID
    return tuple(Challenge(scheme, token68, tuple(parameters)) for scheme, token68, parameters in begun)


def parse_credentials(text: str | None) -> Credentials | Invalid | None:
    """The value of Authorization or Proxy-Authorization, spelled like one challenge: RFC 9110 section 11.6.2."""
    challenges = parse_challenges(text)
    if challenges is None:
        return None
    if challenges is INVALID or len(challenges) != 1:
        return INVALID
    return Credentials(challenges[0].scheme, challenges[0].token68, challenges[0].parameters)


def parse_authentication_info(text: str | None) -> Parameters | Invalid | None:
    """The parameters of Authentication-Info or Proxy-Authentication-Info: RFC 9110 section 11.6.3."""
    if text is None:
        return None
    members = split_list(text)
    matches = [] if members is INVALID else [_AUTH_PARAM.fullmatch(member) for member in members]
    parameters = tuple((found[1].lower(), value_of(found[2])) for found in matches if found)
    if members is INVALID or len(parameters) < len(members) or not _are_names_unique(parameters):
        return INVALID
    return parameters


def _are_names_unique(parameters: Iterable[tuple[str, str]]) -> bool:
    # A name occurs once in a challenge: RFC 9110 section 11.2
    names = [name.lower() for name, _ in parameters]
    return len(set(names)) == len(names)


def format_challenge(challenge: Challenge) -> str:
    """One challenge. ValueError for both token68 and parameters, a repeated name, or a part that can't be written."""
    bare = _BARE_IN_DIGEST_CHALLENGE if challenge.scheme.lower() == "digest" else _NONE_BARE
    return _format(challenge, bare)


def format_challenges(challenges: Iterable[Challenge]) -> str:
    """The value of WWW-Authenticate. Many user agents read only one challenge in a line: RFC 9110 section 11.6.1."""
    return ", ".join(format_challenge(challenge) for challenge in challenges)


def format_credentials(credentials: Credentials) -> str:
    """The value of Authorization. ValueError as in format_challenge."""
    bare = _BARE_IN_DIGEST_CREDENTIALS if credentials.scheme.lower() == "digest" else _NONE_BARE
    return _format(credentials, bare)


def format_authentication_info(parameters: Parameters) -> str:
    """The value of Authentication-Info. ValueError if a name is repeated or something can't be written."""
    return _format_parameters(parameters, _BARE_IN_AUTHENTICATION_INFO)


def _format(value: Challenge | Credentials, bare: frozenset[str]) -> str:
    scheme = _SPELLINGS.get(value.scheme.lower(), required_token(value.scheme))
    if value.token68 is None:
        return f"{scheme} {_format_parameters(value.parameters, bare)}" if value.parameters else scheme
    if value.parameters or not _TOKEN68.fullmatch(value.token68):
        raise ValueError("a token68 stands alone and has the characters of base64")
    return f"{scheme} {value.token68}"


def _format_parameters(parameters: Parameters, bare: frozenset[str]) -> str:
    if not _are_names_unique(parameters):
        raise ValueError("a parameter name is repeated")
    return ", ".join(
        f"{required_token(name)}={required_token(value) if name.lower() in bare else quote(value)}"
        for name, value in parameters
    )


def parse_basic(credentials: Credentials) -> tuple[str, str] | Invalid:
    """User and password of Basic credentials in UTF-8: RFC 7617 section 2. INVALID for another scheme as well."""
    if credentials.scheme.lower() != "basic" or credentials.token68 is None:
        return INVALID
    try:
        octets = a2b_base64(credentials.token68)
        text = octets.decode()
    except ValueError:
        return INVALID
    # The decoder passes over what it can't use, so only text that it would write itself is right: RFC 4648 section 3.5
    if b2a_base64(octets, newline=False).decode() != credentials.token68:
        return INVALID
    user, colon, password = text.partition(":")
    return (user, password) if colon and not _CTL.search(text) else INVALID


def format_basic(user: str, password: str) -> str:
    """Basic credentials in UTF-8: RFC 7617 section 2. ValueError for a colon in the user, or control characters."""
    text = f"{user}:{password}"
    if ":" in user or _CTL.search(text):
        raise ValueError("Basic takes no colon in the user and no control characters")
    return f"Basic {b2a_base64(text.encode(), newline=False).decode()}"
