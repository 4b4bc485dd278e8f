"""5xx: RFC 9110 section 15.6, RFC 6585 for 511."""

from __future__ import annotations

from statuary.semantics.judgement.content import is_known_empty
from statuary.semantics.judgement.rule import Chapter, Seen

chapter = Chapter()


@chapter.rule(
    "rfc9110-15.6-1",
    status=(5,),
    passes=["GET / => 500 || why", "HEAD / => 500", "GET / => 500 | Content-Length: 3"],
    fails=["GET / => 500", "GET / => 599 | Content-Length: 0"],
)
def server_error_is_explained(seen: Seen) -> str | None:
    return f"a {seen.status} without content to explain it" if is_known_empty(seen) else None


@chapter.rule(
    "rfc9110-15.6.2-s1",
    status=(501,),
    method=["GET", "HEAD"],
    passes=["BREW / => 501 || unknown", "GET / | Transfer-Encoding: x => 501 || unknown"],
    fails=["GET / => 501 || unknown"],
)
def get_is_implemented(seen: Seen) -> str | None:
    if seen.asked("transfer-encoding") is not None or seen.asked("upgrade") is not None:
        return None
    return f"501 to {seen.method}, a method that every server has"


@chapter.rule(
    "rfc9110-15.6.6-1",
    status=(505,),
    passes=["GET / HTTP/3.0 => 505 || HTTP/1.1 only"],
    fails=["GET / HTTP/3.0 => 505"],
)
def unsupported_version_is_explained(seen: Seen) -> str | None:
    return "505 without saying which versions are supported" if is_known_empty(seen) else None


@chapter.rule(
    "rfc6585-6-1",
    roles=("server", "intermediary"),
    status=(511,),
    passes=["GET / => 511 || <a href=/login>log in</a>"],
    fails=["GET / => 511"],
)
def network_login_is_linked(seen: Seen) -> str | None:
    return "511 without content that links to a login" if is_known_empty(seen) else None


@chapter.rule(
    "rfc6585-6-2",
    roles=("server", "intermediary"),
    status=(511,),
    passes=["GET / => 511 || <a href=/login>log in</a>"],
    fails=['GET / => 511 | WWW-Authenticate: Basic realm="a" || why', "GET / => 511 || <input type=password>"],
)
def network_login_is_elsewhere(seen: Seen) -> str | None:
    if "www-authenticate" in seen.fields or "proxy-authenticate" in seen.fields:
        return "511 with a challenge, which looks as if the origin server asked"
    return "511 with a login form" if b"type=password" in seen.content.replace(b'"', b"").lower() else None


@chapter.rule(
    "rfc6585-6-3",
    roles=("server",),
    status=(511,),
    passes=["GET / => 503 || busy"],
    fails=["GET / => 511 || log in"],
)
def origin_servers_do_not_send_511(seen: Seen) -> str | None:
    return "511 is for those who control access to the network, not for origin servers"
