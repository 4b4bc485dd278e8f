"""URLs as people write them: what they name, made ready to be asked for (RFC 3986, RFC 9110 section 4.2, RFC 5891)."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from urllib.parse import quote, unquote, urlsplit

from statuary.fields.host import parse_host

PORTS = {"http": 80, "https": 443}
# Characters that stay as they are in a target; everything else is percent-encoded in UTF-8, as browsers do
_KEPT = "!$&'()*+,-./:;=?@_~%[]"
# Characters that IDNA 2003 maps to others or to nothing, and later rules keep: UTS 46 section 2.3
_OTHERWISE_IN_2003 = frozenset("ß\u1e9eς\u200c\u200d")
_CONTROL = re.compile(r"[\x00-\x20\x7f]")
# Most URLs are of this kind, and need no second look: no userinfo, and nothing to encode
_PLAIN = re.compile(
    r"(https?)://([a-z0-9.-]+)(?::([0-9]{1,4}|[1-5][0-9]{4}))?(/[A-Za-z0-9!$&'()*+,\-./:;=@_~%]*)?(?:\?([A-Za-z0-9!$&'()*+,\-./:;=?@_~%]*))?"
)


@dataclass(frozen=True, slots=True)
class Target:
    """What an http or https URL names.

    ``host`` is as it is connected to, without brackets; ``authority`` as Host has it, its port left out where it is the
    scheme's. ``userinfo`` is what was written ahead of the host, decoded, and no part of ``uri``.
    """

    scheme: str
    host: str
    port: int
    authority: str
    path: str
    query: str | None
    fragment: str | None
    userinfo: tuple[str, str] | None

    @property
    def uri(self) -> str:
        """The target URI, without fragment."""
        return f"{self.scheme}://{self.authority}{self.path}" + ("" if self.query is None else f"?{self.query}")


@lru_cache(maxsize=256)
def target_of(url: str) -> Target:
    """The target of a URL. Raises ValueError, saying what is wrong with it."""
    plain = _PLAIN.fullmatch(url)
    if plain is not None:
        scheme, host, digits, path, query = plain.groups()
        host, port = _known_host(host), PORTS[scheme] if digits is None else int(digits)
        return Target(scheme, host, port, authority_of(scheme, host, port), path or "/", query, None, None)
    return _any_target_of(url)


def _any_target_of(url: str) -> Target:
    url = url.strip(" ")
    if _CONTROL.search(url.replace(" ", "%20")):
        raise ValueError("a URL has no control characters in it")
    try:
        parts = urlsplit(url)
        port, host = parts.port, parts.hostname
    except ValueError as error:
        raise ValueError(f"not a URL: {error}") from None
    scheme = parts.scheme.lower()
    if scheme not in PORTS or not host:
        raise ValueError("a URL starts with http:// or https:// and a host")
    host, port = ascii_host(host), PORTS[scheme] if port is None else port
    before, mark, fragment = url.partition("#")
    user, at, _ = parts.netloc.rpartition("@")
    name, _, password = user.partition(":")
    return Target(
        scheme,
        host,
        port,
        authority_of(scheme, host, port),
        quote(parts.path, safe=_KEPT) or "/",
        quote(parts.query, safe=_KEPT) if "?" in before else None,
        quote(fragment, safe=_KEPT) if mark else None,
        (unquote(name), unquote(password)) if at else None,
    )


def authority_of(scheme: str, host: str, port: int) -> str:
    """Host and port as Host has them."""
    named = f"[{host}]" if ":" in host else host
    return named if port == PORTS[scheme] else f"{named}:{port}"


def ascii_host(host: str) -> str:
    """A host as it is looked up and sent, in lower case: Unicode labels in their ASCII form, percent-encoding decoded.

    Raises ValueError for what is no host.
    """
    if "%" in host and ":" not in host:
        host = unquote(host, errors="strict")
    if not host.isascii():
        host = _to_ascii(host)
    host = host.lower()
    if not parse_host(f"[{host}]" if ":" in host else host):
        raise ValueError("not a host name")
    return host


_known_host = lru_cache(maxsize=1024)(ascii_host)


def _to_ascii(host: str) -> str:
    """By UTS 46 and IDNA 2008 where the library for that is installed, else by IDNA 2003, which the standard library has.

    Where the two lead to different hosts, only the first will do.
    """
    try:
        import idna
    except ImportError:
        if not _OTHERWISE_IN_2003.isdisjoint(host):
            raise ValueError("for this host name a library is needed: pip install 'statuary[idna]'") from None
        try:
            return host.encode("idna").decode("ascii")
        except UnicodeError:
            raise ValueError("not a host name") from None
    try:
        return idna.encode(host, uts46=True).decode("ascii")
    except idna.IDNAError:
        raise ValueError("not a host name") from None
