"""The values that keys of a configuration can have: each function takes what TOML says and gives what the rules need.

They raise ValueError with the end of a sentence that begins with the key.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from difflib import get_close_matches
from typing import TypeVar, cast

from statuary.fields.authentication import Credentials, format_credentials
from statuary.fields.grammar import Invalid, is_token, quote
from statuary.fields.links import parse_links
from statuary.fields.media_types import parse_media_type
from statuary.message.fields import FieldLine
from statuary.origin_server.path_patterns import PathPattern, parse_pattern
from statuary.semantics.resource import User

Reader = Callable[[object], object]
T = TypeVar("T")

# URI-reference of RFC 3986 section 4.1, here only the characters that can be in one, absolute or from the root
_URI = re.compile(r"(?:[A-Za-z][A-Za-z0-9+.\-]*:|/)(?:[A-Za-z0-9\-._~:/?#\[\]@!$&'()*+,;=]|%[0-9A-Fa-f]{2})*")
# field-value without obs-text: RFC 9110 section 5.5
_FIELD_VALUE = re.compile(r"[\x21-\x7e](?:[\t\x20-\x7e]*[\x21-\x7e])?")
# uri-host [ ":" port ] of RFC 9110 section 7.2, as far as its characters go
_AUTHORITY = re.compile(r"(?:[A-Za-z0-9\-._~%!$&'()*+,;=]+|\[[0-9A-Fa-f:.]+\])(?::[0-9]{1,5})?")
_CONTROL = re.compile(r"[\x00-\x1f\x7f]")

# Fields that say how this very message is framed, handled or described: the server writes them from what it knows
RESERVED_FIELDS = frozenset(
    {
        "accept-ranges",
        "allow",
        "connection",
        "content-encoding",
        "content-length",
        "content-range",
        "content-type",
        "date",
        "etag",
        "keep-alive",
        "last-modified",
        "location",
        "proxy-authenticate",
        "proxy-connection",
        "server",
        "te",
        "trailer",
        "transfer-encoding",
        "upgrade",
        "www-authenticate",
    }
)

LARGEST = 2**53


def boolean(value: object) -> bool:
    if not isinstance(value, bool):
        raise ValueError(f"must be true or false, not {shown(value)}")
    return value


def whole(least: int) -> Callable[[object], int]:
    """A whole number, no smaller than ``least``."""

    def read(value: object) -> int:
        if not isinstance(value, int) or isinstance(value, bool):
            raise ValueError(f"must be a whole number, not {shown(value)}")
        if not least <= value <= LARGEST:
            raise ValueError(f"must be at least {least}" if value < least else "is too large")
        return value

    return read


def one_of(*choices: T) -> Callable[[object], T]:
    def read(value: object) -> T:
        # Their types as well: True is no 1
        found = next((choice for choice in choices if choice == value and type(choice) is type(value)), None)
        if found is None:
            listed = " or ".join(filter(None, (", ".join(map(str, choices[:-1])), str(choices[-1]))))
            raise ValueError(f"must be {listed}, not {shown(value)}{suggestion(value, choices)}")
        return found

    return read


def string(value: object) -> str:
    if not isinstance(value, str):
        raise ValueError(f"must be a string, not {shown(value)}")
    return value


def sentence(value: object) -> str:
    """Text for people."""
    text = string(value)
    if not text.strip() or not text.isprintable():
        raise ValueError("must be text on one line, without control characters")
    return text


def list_of(read: Callable[[object], T], *, alone: bool = False) -> Callable[[object], tuple[T, ...]]:
    """A list that is not empty; with ``alone``, one member may also stand without its brackets."""

    def read_all(value: object) -> tuple[T, ...]:
        if alone and isinstance(value, str):
            value = [value]
        if not isinstance(value, list) or not value:
            kind = "a string, or a list of strings" if alone else "a list"
            raise ValueError(f"must be {kind} with something in it, not {shown(value)}")
        members = tuple(map(read, value))
        if len(set(members)) < len(members):
            raise ValueError("has a member twice")
        return members

    return read_all


def pattern(value: object) -> PathPattern:
    try:
        return parse_pattern(string(value))
    except UnicodeEncodeError:
        raise ValueError("has a character that no path can have") from None


def directory(value: object) -> PathPattern:
    """A path that ends in a slash, as the pattern of all below it."""
    text = string(value)
    if not text.endswith("/") or text == "/":
        raise ValueError(f'must be the path of a directory and end in "/", unlike {text!r}')
    return pattern(text + "*")


def uri(value: object) -> str:
    text = string(value)
    if not _URI.fullmatch(text):
        raise ValueError(
            f'must be a URI ("https://example.org/new") or a path ("/new") with all else percent-encoded, not {shown(text)}'
        )
    return text


def authority(value: object) -> str:
    text = string(value)
    if not _AUTHORITY.fullmatch(text):
        raise ValueError(f'must be a host with or without a port, such as "example.org:8080", not {shown(text)}')
    return text.lower()


def token(value: object) -> str:
    text = string(value)
    if not is_token(text):
        raise ValueError(f"must be a token, without spaces or separators, not {shown(text)}")
    return text


def method(value: object) -> str:
    text = token(value)
    if text != text.upper():
        raise ValueError(f"must be a method, whose case counts: {text.upper()!r}, not {text!r}")
    return text


def realm(value: object) -> str:
    text = string(value)
    if not text or not text.isprintable() or not text.isascii():
        raise ValueError("must be printable ASCII text")
    quote(text)
    return text


def media_type(value: object) -> str:
    """A media type without parameters, or a range of them such as "image/*"."""
    parsed = parse_media_type(string(value))
    if parsed is None or isinstance(parsed, Invalid) or parsed.parameters:
        raise ValueError(f'must be a media type such as "text/plain" or "image/*", not {shown(value)}')
    return parsed.essence


def link(value: object) -> str:
    text = string(value)
    links = parse_links(text)
    if links is None or isinstance(links, Invalid) or len(links) != 1 or not _FIELD_VALUE.fullmatch(text):
        raise ValueError(f'must be one link such as "</style.css>; rel=preload; as=style", not {shown(text)}')
    return text


def server_name(value: object) -> str:
    text = string(value)
    if not _FIELD_VALUE.fullmatch(text):
        raise ValueError(f"must be one line of printable ASCII, not {shown(text)}")
    return text


def users(value: object) -> Mapping[str, User]:
    if not isinstance(value, dict) or not value:
        raise ValueError('must be a table of names and passwords, such as {alice = "secret"}')
    return {_user_name(name): _secret(name, secret) for name, secret in value.items()}


def _user_name(name: str) -> str:
    if not name or ":" in name or _CONTROL.search(name):
        raise ValueError(f"has the name {name!r}, but a name has no colon and no control characters")
    return name


def _secret(name: str, secret: object) -> User:
    if not isinstance(secret, str) or not secret or _CONTROL.search(secret):
        raise ValueError(f"has for {name!r} no password: it must be a string without control characters")
    if not secret.startswith("sha256:"):
        return User(password=secret)
    hashed = secret.removeprefix("sha256:").lower()
    if not re.fullmatch(r"[0-9a-f]{64}", hashed):
        raise ValueError(f'has for {name!r} a hash that is not "sha256:" and 64 hex digits')
    return User(secret_hash=hashed)


def tokens(value: object) -> Mapping[str, str]:
    if not isinstance(value, dict) or not value:
        raise ValueError('must be a table of tokens and the names they stand for, such as {"mF_9.B5f" = "alice"}')
    for text, name in value.items():
        try:
            format_credentials(Credentials("Bearer", text))
        except ValueError:
            raise ValueError(
                f"has {text!r}, but a token has only letters, digits and -._~+/, with = at the end"
            ) from None
        if not isinstance(name, str) or not name:
            raise ValueError(f"has no name for the token {text!r}")
    return cast("dict[str, str]", value)


def field_lines(value: object) -> tuple[FieldLine, ...]:
    if not isinstance(value, dict) or not value:
        raise ValueError('must be a table of fields, such as {"Cache-Control" = "max-age=60"}')
    for name, text in value.items():
        if not is_token(name):
            raise ValueError(f"has {name!r}, which is not a field name")
        if name.lower() in RESERVED_FIELDS:
            raise ValueError(f"has {name}, which this server writes itself where it is due")
        if not isinstance(text, str) or not _FIELD_VALUE.fullmatch(text):
            raise ValueError(f"has for {name} a value that is not one line of printable ASCII: {shown(text)}")
    return tuple(value.items())


def shown(value: object) -> str:
    """A value in an error message, as TOML would have it and not too long."""
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, dict | list):
        kind = "table" if isinstance(value, dict) else "list"
        return f"a {kind}" if value else f"an empty {kind}"
    text = repr(value)
    return text if len(text) <= 60 else text[:57] + "..."


def suggestion(value: object, choices: tuple[object, ...]) -> str:
    """A hint for somebody who has mistyped one of ``choices``."""
    if not isinstance(value, str):
        return ""
    near = get_close_matches(value.lower(), {str(choice).lower(): None for choice in choices}, n=1)
    match = next((choice for choice in choices if near and str(choice).lower() == near[0]), None)
    return f" (did you mean {str(match)!r}?)" if match is not None and match != value else ""
