"""What a link refers to: something to be asked for over HTTP, a file nearby, or nothing that is looked into. Pure."""

from __future__ import annotations

import re
from dataclasses import dataclass
from urllib.parse import quote, unquote, urljoin, urlsplit

from statuary.link_editor.verdict import Verdict

_SCHEME = re.compile(r"([A-Za-z][A-Za-z0-9+.-]*):")
_TEMPLATE = re.compile(r"\{\{|\{%|<%|\$\{|['\"] ?\+ ")
# What is no mistake, and nothing that HTTP could ask for
_OTHERS = frozenset(
    {
        *("about", "blob", "cid", "data", "dns", "doi", "file", "ftp", "ftps"),
        *("geo", "git", "gopher", "irc", "ircs", "jabber", "javascript", "ldap", "magnet"),
        *("mailto", "mid", "news", "nntp", "sftp", "sip", "sips", "sms", "ssh"),
        *("svn", "tel", "telnet", "urn", "vbscript", "view-source", "ws", "wss", "xmpp"),
    }
)
_NEVER = re.compile(r"""[\x00-\x20\x7f<>"{}|\\^`]""")
_PORTS = {"http": 80, "https": 443}
_HOST = re.compile(r"(?!-)[A-Za-z0-9_.-]{1,253}")
_KEPT = "!#$%&'()*+,-./:;=?@[]_~"


@dataclass(frozen=True, slots=True)
class Remote:
    """To be asked for by HTTP: an absolute URI without fragment, and the fragment, None where there is none.

    ``has_user`` tells whether a user's name stood before the host, which is not in the URI.
    """

    uri: str
    fragment: str | None
    has_user: bool = False


@dataclass(frozen=True, slots=True)
class Local:
    """A file: the path as it is written, unescaped, empty for the one it stands in; and the fragment, unescaped."""

    path: str
    fragment: str | None


Reference = Remote | Local | Verdict


def reference_of(url: str, base: str | None = None) -> Reference:
    """What a URL in a text refers to, or the verdict where there is nothing to look into."""
    if _TEMPLATE.search(url):
        return Verdict("unchecked", "It is made from a template.")
    if base is not None and (_is_web(base) or not _SCHEME.match(base)):
        try:
            url = urljoin(base, url)
        except ValueError:
            return Verdict("invalid URL", "It can't be put together with the base URL.")
    url = url.strip(" \t\n\r\f")
    scheme = _SCHEME.match(url)
    if url.startswith("//"):
        return _remote(f"https:{url}")
    if scheme is None:
        path, mark, fragment = url.partition("#")
        return Local(unquote(path.partition("?")[0]), unquote(fragment) if mark else None)
    if _is_web(url):
        return _remote(url)
    if scheme[1].lower() in _OTHERS:
        return Verdict("unchecked", f"{scheme[1].lower()} is not HTTP.")
    return Verdict("unsupported scheme", f"There is no scheme {scheme[1]!r} that is known here.")


def _is_web(url: str) -> bool:
    return url[:8].lower().startswith(("http:", "https:"))


def _remote(url: str) -> Remote | Verdict:
    try:
        parts = urlsplit(url)
        host, port = parts.hostname or "", parts.port
    except ValueError as error:
        return Verdict("invalid URL", f"{error}.")
    if not host or not url[len(parts.scheme) + 1 :].startswith("//"):
        return Verdict("invalid URL", "It names no host.")
    if _NEVER.search(url):
        return Verdict("invalid URL", "It has characters in it that no URL may have.")
    try:
        name = host if host.isascii() else host.encode("idna").decode("ascii")
    except UnicodeError:
        return Verdict("invalid URL", f"There can't be a host called {host!r}.")
    if ":" not in name and not _HOST.fullmatch(name):
        return Verdict("invalid URL", f"There can't be a host called {host!r}.")
    authority = f"[{name}]" if ":" in name else name
    authority = authority if port in (None, _PORTS[parts.scheme.lower()]) else f"{authority}:{port}"
    query = f"?{parts.query}" if parts.query else ""
    path = _without_dots(parts.path) if "/." in parts.path else parts.path or "/"
    uri = quote(f"{parts.scheme.lower()}://{authority}{path}{query}", safe=_KEPT)
    fragment = quote(parts.fragment, safe=_KEPT) if "#" in url else None
    # One text for both, which are many
    return Remote(url if uri == url else uri, fragment, "@" in parts.netloc)


def _without_dots(path: str) -> str:
    """A path without its segments . and .., which clients take out before they ask: RFC 3986 section 5.2.4."""
    _, *segments = path.split("/")
    left: list[str] = []
    for segment in segments:
        if segment == "..":
            del left[-1:]
        elif segment != ".":
            left.append(segment)
    end = "/" if segments[-1] in (".", "..") and left else ""
    return f"/{'/'.join(left)}{end}"
