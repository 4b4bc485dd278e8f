"""Target URIs: that of a request, its origin, what a reference in a response leads to: RFC 9110 sections 4.3, 7.1, 10.2.2."""

from __future__ import annotations

import re
from urllib.parse import quote, urljoin, urlsplit

from statuary.message.request import Request

_DEFAULT_PORTS = {"http": "80", "https": "443"}
# Octets that no URI may contain, percent-encoded as browsers do; what is encoded already stays
_KEPT = "!#$%&'()*+,-./:;=?@[]_~"
# Nothing in it has another spelling: lower case, no port, some path
_NORMAL = re.compile(r"https?://[a-z0-9.-]+/")
_SCHEME = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:")


def uri_of(request: Request) -> str:
    """The target URI of a request, without fragment."""
    if request.path == "*" or request.method == "CONNECT":
        return f"{request.scheme}://{request.authority or ''}"
    query = "" if request.query is None else f"?{request.query}"
    return f"{request.scheme}://{request.authority or ''}{request.path or '/'}{query}"


def normalised(uri: str) -> str:
    """A URI of http in the form that all equivalent ones have: RFC 9110 section 4.2.3. Paths and queries stay as they are.

    The host is in lower case, the default port is left out, an empty path is a slash.
    """
    if _NORMAL.match(uri):
        return uri
    origin = origin_of(uri)
    parts = urlsplit(uri)
    authority = origin.partition("://")[2].removesuffix(f":{_DEFAULT_PORTS.get(parts.scheme.lower())}")
    query = f"?{parts.query}" if "?" in uri else ""
    return f"{parts.scheme.lower()}://{authority}{parts.path or '/'}{query}"


def origin_of(uri: str) -> str:
    """Scheme, host and port of a URI, the host in lower case and the port always there: equal texts are equal origins."""
    parts = urlsplit(uri)
    host = (parts.hostname or "").lower()
    named = f"[{host}]" if ":" in host else host
    port = parts.netloc.rpartition("@")[2].rpartition("]")[2].partition(":")[2]
    return f"{parts.scheme.lower()}://{named}:{port or _DEFAULT_PORTS.get(parts.scheme.lower(), '')}"


def resolve(base: str, reference: str) -> tuple[str, str | None] | None:
    """The URI that a reference leads to and its fragment, None where it has none; None for what is no URI reference.

    Characters that a URI may not contain are encoded, as servers that send them expect.
    """
    reference = reference.strip(" \t")
    if any(character < " " or character == "\x7f" for character in reference):
        return None
    try:
        encoded = quote(reference.encode("latin-1"), safe=_KEPT)
        encoded, mark, fragment = encoded.partition("#")
        named = urlsplit(encoded)
        if named.scheme.lower() in _DEFAULT_PORTS and not named.hostname:
            return None  # rfc9110-4.2.1-2; to take it as relative would lead somewhere else
        joined = urljoin(base, encoded)
        parts = urlsplit(joined)
        _ = parts.port  # raises for what is none
    except ValueError:
        return None
    if _SCHEME.match(joined) is None or (parts.scheme.lower() in _DEFAULT_PORTS and not parts.hostname):
        return None
    return joined.partition("#")[0], fragment if mark else None


def is_http(uri: str) -> bool:
    """Whether it can be asked for by HTTP."""
    return urlsplit(uri).scheme.lower() in _DEFAULT_PORTS
