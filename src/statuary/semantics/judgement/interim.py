"""1xx, and what a status code is at all: RFC 9110 sections 15 and 15.2, 7.8 for 101, 10.1.1 for 100."""

from __future__ import annotations

from statuary.fields.expect import parse_expect
from statuary.fields.upgrade import parse_upgrade
from statuary.semantics.judgement.rule import Chapter, Seen, shown

chapter = Chapter()


@chapter.rule(
    "rfc9110-15-s1",
    on="interim response",
    passes=["GET / => 599", "GET / => 299"],
    fails=["GET / => 600", "GET / => 999"],
)
def code_is_in_range(seen: Seen) -> str | None:
    return None if 100 <= seen.status <= 599 else f"{seen.status} is not a status code: they run from 100 to 599"


@chapter.rule(
    "rfc9110-15.2-1",
    on="interim response",
    status=(1,),
    passes=["GET / HTTP/1.1 => 103 => 200"],
    fails=["GET / HTTP/1.0 => 103 => 200", "GET / HTTP/1.0 => 101"],
)
def no_interim_to_http_1_0(seen: Seen) -> str | None:
    return None if seen.request.version >= (1, 1) else f"a {seen.status} in reply to an HTTP/1.0 request"


@chapter.rule(
    "rfc9110-15.2-s1",
    also=["rfc9110-6.4.1-s1"],
    on="interim response",
    status=(1,),
    passes=["GET / => 103 | Link: </a>; rel=preload => 200"],
    fails=["GET / => 103 || content => 200"],
)
def interim_has_no_content(seen: Seen) -> str | None:
    # After a 101 comes another protocol, which a capture may show as content.
    if seen.status == 101 or not (seen.content or len(seen.trailers)):
        return None
    return f"a {seen.status} with content or trailers"


@chapter.rule(
    "rfc9110-15.2.1-s1",
    on="interim",
    status=(100,),
    passes=["PUT / | Expect: 100-continue | Content-Length: 1 => 100 => 200"],
    fails=["PUT / | Content-Length: 1 => 100 => 200"],
)
def continue_was_expected(seen: Seen) -> str | None:
    return None if _expects_100(seen) else "100 to a request that did not expect it"


@chapter.rule(
    "rfc9110-15-s2",
    on="interim response",
    status=(1,),
    passes=[
        "GET / => 103 => 200",
        "GET / | Upgrade: a => 101 | Upgrade: a",
        "POST / | Upgrade: a | Expect: 100-continue | Content-Length: 1 => 100 => 101 | Upgrade: a",
    ],
    fails=["GET / => 103"],
)
def a_final_response_follows(seen: Seen) -> str | None:
    final = seen.exchange.final
    # After a 101, the final response comes in another protocol.
    if seen.status == 101 or (final is not None and (final.status >= 200 or final.status == 101)):
        return None
    if not seen.exchange.interim or seen.response is not seen.exchange.interim[-1]:
        return None
    return f"no final response was seen after the {seen.status}"


@chapter.rule(
    "rfc9110-15.2.2-1",
    also=["rfc9110-7.8-4"],
    on="interim response",
    status=(101,),
    passes=["GET / | Upgrade: a => 101 | Upgrade: a | Connection: upgrade"],
    fails=["GET / | Upgrade: a => 101 | Connection: upgrade"],
)
def switching_names_the_protocol(seen: Seen) -> str | None:
    return None if seen.get("upgrade") else "101 without Upgrade, so nobody knows which protocol follows"


@chapter.rule(
    "rfc9110-7.8-6",
    also=["rfc9110-7.8-3"],
    on="interim response",
    status=(101,),
    passes=["GET / | Upgrade: WebSocket, a/2 => 101 | Upgrade: websocket"],
    fails=["GET / => 101 | Upgrade: websocket", "GET / | Upgrade: a => 101 | Upgrade: websocket"],
)
def only_what_was_offered(seen: Seen) -> str | None:
    offered = {protocol.name for protocol in parse_upgrade(seen.asked("upgrade")) or ()}
    if not offered:
        return "101 to a request that offered no protocol"
    taken = next((p.name for p in parse_upgrade(seen.get("upgrade")) or () if p.name not in offered), None)
    return f"101 to {shown(taken)}, which the request did not offer" if taken is not None else None


@chapter.rule(
    "rfc9110-7.8-13",
    on="interim response",
    status=(101,),
    asked=["expect"],
    passes=["POST / | Upgrade: a | Expect: 100-continue | Content-Length: 1 => 100 => 101 | Upgrade: a"],
    fails=["POST / | Upgrade: a | Expect: 100-continue | Content-Length: 1 => 101 | Upgrade: a"],
)
def continue_before_switching(seen: Seen) -> str | None:
    if not _expects_100(seen) or any(interim.status == 100 for interim in seen.exchange.interim):
        return None
    return "101 without the 100 that the request expected first"


def _expects_100(seen: Seen) -> bool:
    return any(expectation.name == "100-continue" for expectation in parse_expect(seen.asked("expect")) or ())


@chapter.rule(
    "rfc9110-7.8-12",
    on="interim response",
    status=(101,),
    passes=["GET / | Upgrade: a => 101 | Upgrade: a"],
    fails=["GET / HTTP/1.0 | Upgrade: a => 101 | Upgrade: a"],
)
def no_switching_from_http_1_0(seen: Seen) -> str | None:
    return "101 to an HTTP/1.0 request" if seen.request.version < (1, 1) else None


@chapter.rule(
    "rfc9110-10.1.1-7",
    on="interim",
    status=(100,),
    asked=["expect"],
    passes=["PUT / | Expect: 100-continue | Content-Length: 1 => 100 => 200"],
    fails=["PUT / HTTP/1.0 | Expect: 100-continue | Content-Length: 1 => 100 => 200"],
)
def no_continue_to_http_1_0(seen: Seen) -> str | None:
    return "100 to an HTTP/1.0 request" if seen.request.version < (1, 1) else None
