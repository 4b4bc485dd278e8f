"""Connections and those on the way: Connection, Upgrade, TE, Via, Early-Data (RFC 9110 section 7.6, RFC 9112 section 9)."""

from __future__ import annotations

from statuary.fields.grammar import parse_tokens
from statuary.semantics.judgement.content import is_http_1
from statuary.semantics.judgement.rule import Chapter, Seen, shown

chapter = Chapter()

# Fields meant for whoever is at the end, which no connection option may take away: RFC 9110 section 7.6.1
_END_TO_END = frozenset(
    {
        *("cache-control", "content-type", "content-length", "content-encoding", "content-range", "content-location"),
        *("host", "date", "etag", "last-modified", "location", "vary", "age", "expires", "authorization", "allow"),
        *("www-authenticate", "range", "if-match", "if-none-match", "if-modified-since", "if-range", "set-cookie"),
        *("cookie", "user-agent", "server", "accept", "accept-encoding", "accept-language", "retry-after"),
    }
)


def options(text: str | None) -> tuple[str, ...]:
    """The connection options; none of a field that is absent or invalid."""
    return parse_tokens(text) or ()


@chapter.rule(
    "rfc9110-7.8-11",
    on="request interim response",
    present=["upgrade"],
    passes=["GET / | Upgrade: a | Connection: keep-alive, Upgrade => 101 | Upgrade: a | Connection: upgrade"],
    fails=["GET / | Upgrade: a => 426 | Upgrade: a | Connection: close"],
)
def upgrade_is_a_connection_option(seen: Seen) -> str | None:
    if not is_http_1(seen) or "upgrade" in options(seen.get("connection")):
        return None
    return "Upgrade without the connection option upgrade"


@chapter.rule(
    "rfc9110-10.1.4-1",
    on="request",
    present=["te"],
    passes=["GET / | TE: trailers | Connection: TE => 200"],
    fails=["GET / | TE: trailers => 200", "GET / | TE: trailers | Connection: close => 200"],
)
def te_is_a_connection_option(seen: Seen) -> str | None:
    if not is_http_1(seen) or "te" in options(seen.get("connection")):
        return None
    return "TE without the connection option TE"


@chapter.rule(
    "rfc9112-7.4-1",
    on="request",
    present=["te"],
    passes=["GET / | TE: trailers, gzip | Connection: TE => 200"],
    fails=["GET / | TE: chunked | Connection: TE => 200"],
)
def chunked_is_not_in_te(seen: Seen) -> str | None:
    members = (member.partition(";")[0].strip().lower() for member in (seen.get("te") or "").split(","))
    return "TE lists chunked, which is always acceptable" if "chunked" in members else None


@chapter.rule(
    "rfc9110-7.6.1-4",
    on="request interim response",
    present=["connection"],
    passes=["GET / | Connection: close, x-mine => 200 | Connection: close"],
    fails=["GET / => 200 | Connection: close, Content-Type"],
)
def no_end_to_end_option(seen: Seen) -> str | None:
    found = next((option for option in options(seen.get("connection")) if option in _END_TO_END), None)
    return f"Connection names {found}, which is for the recipient at the end" if found else None


@chapter.rule(
    "rfc9110-7.6.1-1",
    on="request response",
    present=["keep-alive"],
    passes=["GET / => 200 | Keep-Alive: timeout=5 | Connection: keep-alive"],
    fails=["GET / => 200 | Keep-Alive: timeout=5"],
)
def keep_alive_is_a_connection_option(seen: Seen) -> str | None:
    if not is_http_1(seen) or "keep-alive" in options(seen.get("connection")):
        return None
    return "Keep-Alive concerns this connection only, and Connection does not name it"


@chapter.rule(
    "rfc9112-9.6-5",
    status=(2, 3, 4, 5),
    asked=["connection"],
    passes=["GET / | Connection: close => 200 | Connection: close", "GET / | Connection: keep-alive => 200"],
    fails=["GET / | Connection: close => 200", "GET / | Connection: close => 200 | Connection: keep-alive"],
)
def close_is_answered_by_close(seen: Seen) -> str | None:
    if "close" not in options(seen.asked("connection")) or "close" in options(seen.get("connection")):
        return None
    if seen.request.version != (1, 1) or (seen.method == "CONNECT" and seen.status < 300):
        return None
    return "the request asked to close the connection, and the response does not say that it will"


@chapter.rule(
    "rfc9112-9.6-1",
    status=(408,),
    passes=["GET / => 408 | Connection: close || late"],
    fails=["GET / => 408 || late"],
)
def timeout_closes(seen: Seen) -> str | None:
    if not is_http_1(seen) or "close" in options(seen.get("connection")):
        return None
    return "a 408 gives up waiting, and does not say that it closes the connection"


@chapter.rule(
    "rfc9110-7.6.3-3",
    roles=("intermediary",),
    absent=["via"],
    passes=["GET / | Via: 1.1 a => 200", "GET / => 200 | Via: 1.1 a"],
    fails=["GET / => 200"],
)
def via_on_one_side_at_least(seen: Seen) -> str | None:
    return "neither request nor response has Via" if seen.asked("via") is None else None


@chapter.rule(
    "rfc8470-5.1-4",
    on="request interim response",
    present=["connection"],
    passes=["GET / | Early-Data: 1 | Connection: close => 200"],
    fails=["GET / | Early-Data: 1 | Connection: early-data => 200"],
)
def early_data_is_no_connection_option(seen: Seen) -> str | None:
    return "Connection names Early-Data" if "early-data" in options(seen.get("connection")) else None


@chapter.rule(
    "rfc8470-5.1-8",
    on="interim response",
    present=["early-data"],
    roles=("server", "intermediary"),
    passes=["GET / | Early-Data: 1 => 425 || early"],
    fails=["GET / | Early-Data: 1 => 425 | Early-Data: 1 || early"],
)
def no_early_data_in_responses(seen: Seen) -> str | None:
    return "Early-Data in a response"


@chapter.rule(
    "rfc8470-5.1-6",
    on="request",
    present=["early-data"],
    passes=["GET / | Early-Data: 1 => 200"],
    fails=["GET / | Early-Data: 1 | Early-Data: 1 => 200"],
)
def early_data_once(seen: Seen) -> str | None:
    return "more than one Early-Data" if len(seen.section.all("early-data")) > 1 else None


@chapter.rule(
    "rfc8470-4-2",
    on="request",
    method=["POST", "PUT", "DELETE", "PATCH", "CONNECT"],
    present=["early-data"],
    passes=["GET / | Early-Data: 1 => 200"],
    fails=["POST / | Early-Data: 1 | Content-Length: 0 => 425"],
)
def only_safe_methods_early(seen: Seen) -> str | None:
    return f"{shown(seen.method)} was sent in early data, where it may be replayed"
