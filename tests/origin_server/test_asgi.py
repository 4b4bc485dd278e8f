"""The ASGI application, event by event, and against our own server: the same requests get the same answers."""

from __future__ import annotations

import asyncio
import logging
import os
from base64 import b64encode
from collections.abc import AsyncIterator, Callable, Sequence
from pathlib import Path

import pytest

from statuary.fields.validators import EntityTag
from statuary.message.request import UNKNOWN_LENGTH, Request
from statuary.origin_server.asgi import ASGIApp, Message, Scope, request_of
from statuary.origin_server.directory import DirectoryOptions, DirectorySite
from statuary.origin_server.site import RequestContent, Site
from statuary.origin_server.sources import Stream
from statuary.semantics.authentication import Authenticated
from statuary.semantics.decision.outcome import Accepted, Created, Done, Outcome, SeeOther
from statuary.semantics.resource import Access, ContentRules, Moved, Representation, Resource, Upgrade, User
from statuary.transport.clock import ManualClock

from .in_memory import NOW, Answer, Ask, answer_in, events_of, never, over_asgi, over_connection, scope_of

BIG = b"0123456789abcdef" * 65536


def make_directory(root: Path) -> Path:
    for name, content in {
        "hello.txt": b"hello\n",
        "big.bin": BIG,
        "page.html": b"<p>page",
        "page.html.gz": b"packed",
        "doc.en.html": b"<p>one",
        "doc.de.html": b"<p>eins",
        "sub/index.html": b"<p>sub",
        "files/a b.txt": b"a",
    }.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
        os.utime(path, (NOW - 1000, NOW - 1000))
    return root


def directory_site(root: Path) -> Site:
    # big.bin is neither kept in memory nor hashed
    return DirectorySite(make_directory(root), DirectoryOptions(writable=True, in_memory=4096, hashed=65536))


def stream_of(*pieces: bytes) -> Callable[[], AsyncIterator[bytes]]:
    async def chunks() -> AsyncIterator[bytes]:
        for piece in pieces:
            yield piece

    return chunks


class Workshop(Site):
    """One path for each thing that can come of a request."""

    def __init__(self) -> None:
        self.seen: list[Authenticated] = []

    def resource(self, request: Request, now: int) -> Resource:
        post = ("GET", "HEAD", "OPTIONS", "POST")
        match request.path:
            case "/secret":
                access = Access("workshop", users={"ada": User("lovelace")})
                return Resource(access=access, variants=(Representation(b"secret", "text/plain", 6),))
            case "/stream":
                return Resource(variants=(Representation(Stream(stream_of(b"one", b"two")), "text/plain"),))
            case "/traced":
                return Resource(methods=("GET", "TRACE"))
            case "/broken":
                raise RuntimeError("a secret of the site")
            case "/unreadable":
                return Resource(variants=(Representation(Stream(_break), "text/plain"),))
            case "/unsendable":
                return Resource(variants=(Representation(b"x", "text/plain", 1),), fields=(("X-Bad", "a\r\nb"),))
            case "/upgrade":
                return Resource(upgrade=Upgrade(("websocket",), required=True))
            case "/optional-upgrade":
                upgrade = Upgrade(("websocket",))
                return Resource(upgrade=upgrade, variants=(Representation(b"plain", "text/plain", 5),))
            case "/moved":
                return Resource(moved=Moved(307, "/there"))
            case "/hinted":
                page = Representation(b"page", "text/html", 4, EntityTag("p", weak=False))
                return Resource(variants=(page,), hints=("</style.css>; rel=preload; as=style",))
            case "/connection":
                lines = (("Keep-Alive", "timeout=5"), ("Transfer-Encoding", "chunked"), ("X-Kept", "yes"))
                return Resource(variants=(Representation(b"x", "text/plain", 1),), fields=lines)
            case "/created" | "/accepted" | "/elsewhere" | "/sum" | "/fails":
                return Resource(methods=post, content=ContentRules(most=8))
        return Resource(exists=False)

    async def perform(self, request: Request, resource: Resource, content: RequestContent) -> Outcome:
        data = await content.read()
        match request.path:
            case "/created":
                return Created("/things/1")
            case "/accepted":
                return Accepted("/monitors/1", retry_after=5)
            case "/elsewhere":
                return SeeOther("/done?ok")
            case "/sum":
                text = b"%d octets" % len(data)
                return Done(report=Representation(text, "text/plain", len(text)))
        raise RuntimeError("a secret of the site")

    def authenticated(self, who: Authenticated) -> None:
        self.seen.append(who)


async def _break() -> AsyncIterator[bytes]:
    raise OSError("a secret of the disk")
    yield b""


class TestSameAsOwnServer:
    @pytest.mark.parametrize(
        "ask",
        [
            Ask(target="/hello.txt"),
            Ask("HEAD", "/hello.txt"),
            Ask("HEAD", "/hello.txt", (("Range", "bytes=0-1"),)),
            Ask(target="/hello.txt?q=1"),
            Ask(target="/nothing"),
            Ask("HEAD", "/nothing"),
            Ask(target="/nothing", fields=(("Accept", "text/html"),)),
            Ask(target="/sub"),
            Ask(target="/sub?x"),
            Ask(target="/sub/"),
            Ask(target="/files/"),
            Ask(target="/files/a%20b.txt"),
            Ask(target="/files%2Fa%20b.txt"),
            Ask(target="/../secret"),
            Ask(target="/a%zz"),
            Ask(target='/a"b'),
            Ask(target="/hello.txt", fields=(("Range", "bytes=1-2"),)),
            Ask(target="/hello.txt", fields=(("Range", "bytes=0-0, 3-4"),)),
            Ask(target="/hello.txt", fields=(("Range", "bytes=9-"),)),
            Ask(target="/hello.txt", fields=(("If-Modified-Since", "Tue, 14 Nov 2023 22:13:20 GMT"),)),
            Ask(target="/hello.txt", fields=(("If-None-Match", "*"),)),
            Ask(target="/hello.txt", fields=(("If-Match", '"other"'),)),
            Ask(target="/hello.txt", fields=(("Expect", "200-ok"),)),
            Ask(target="/page.html", fields=(("Accept-Encoding", "gzip"),)),
            Ask(target="/page.html", fields=(("Accept-Encoding", "identity;q=0"),)),
            Ask(target="/doc.html", fields=(("Accept-Language", "de"),)),
            Ask(target="/doc.html"),
            Ask(target="/big.bin"),
            Ask("HEAD", "/big.bin"),
            Ask(target="/big.bin", fields=(("Range", "bytes=-20"),)),
            Ask(target="/big.bin", fields=(("Range", "bytes=0-0, 1000000-"),)),
            Ask("POST", "/hello.txt", content=b"x"),
            Ask("BREW", "/hello.txt"),
            Ask("OPTIONS", "/hello.txt"),
            Ask("OPTIONS", "*"),
            Ask("TRACE", "/hello.txt"),
            Ask("PUT", "/new/one.txt", content=b"new"),
            Ask("PUT", "/hello.txt", content=b"changed"),
            Ask("PUT", "/hello.txt", (("If-None-Match", "*"),), b"changed"),
            Ask("PUT", "/hello.txt", (("Content-Range", "bytes 0-1/3"),), b"ab"),
            Ask("PUT", "/hello.txt", (("Content-Encoding", "gzip"),), b"ab"),
            Ask("PUT", "/hello.txt", (("Content-Type", "image/png"),), b"ab"),
            Ask("PUT", "/hello.txt/below.txt", content=b"x"),
            Ask("DELETE", "/hello.txt"),
            Ask("DELETE", "/nothing"),
        ],
        ids=lambda ask: f"{ask.method} {ask.target} {' '.join(map(': '.join, ask.fields))}".strip(),
    )
    def test_directory(self, ask: Ask, tmp_path: Path) -> None:
        asgi = over_asgi(directory_site(tmp_path / "one"), ask)
        own = over_connection(directory_site(tmp_path / "two"), ask)
        own_fields = ("etag", "last-modified") if ask.method == "PUT" else ("etag",)
        assert _without(own_fields, asgi) == _without(own_fields, own)

    @pytest.mark.parametrize(
        "ask",
        [
            Ask(target="/secret"),
            Ask(target="/secret", fields=(("Authorization", "Basic " + b64encode(b"ada:lovelace").decode()),)),
            Ask(target="/stream"),
            Ask("HEAD", "/stream"),
            Ask("TRACE", "/traced", (("X-A", "1"), ("Cookie", "c"))),
            Ask(target="/broken"),
            Ask(target="/unreadable"),
            Ask(target="/moved?q"),
            Ask(target="/hinted"),
            Ask(target="/optional-upgrade"),
            Ask("POST", "/created", content=b""),
            Ask("POST", "/accepted", content=b"x"),
            Ask("POST", "/elsewhere", content=b"x"),
            Ask("POST", "/sum", content=b"12345678"),
            Ask("POST", "/sum", content=b"123456789"),
            Ask("POST", "/sum"),
            Ask("POST", "/fails", content=b"x"),
        ],
        ids=lambda ask: f"{ask.method} {ask.target}",
    )
    def test_own_resources(self, ask: Ask) -> None:
        asgi = over_asgi(Workshop(), ask)
        own = over_connection(Workshop(), ask)
        if ask.method == "TRACE":
            # An ASGI server has put the names in lower case, and taken Connection for itself
            assert asgi.status == own.status == 200
        else:
            assert asgi == own


def _without(own_fields: Sequence[str], answer: Answer) -> Answer:
    """Two files are two, made at two times: their ETags differ, and with these the boundary between parts."""
    _, _, boundary = (answer.field("content-type") or "").partition("boundary=")
    fields = tuple(
        (name, "") if name in own_fields or (boundary and name == "content-type") else (name, value)
        for name, value in answer.fields
    )
    return Answer(answer.status, fields, answer.content.replace(boundary.encode(), b"") if boundary else answer.content)


class TestMounted:
    """With a root_path: what the site says of paths comes out prefixed, and what it is asked goes in without."""

    @pytest.mark.parametrize("root", ["/files", "/files/", "/a b", "/ä"])
    def test_directory(self, root: str, tmp_path: Path) -> None:
        site = directory_site(tmp_path)
        prefix = {"/a b": "/a%20b", "/ä": "/%C3%A4"}.get(root, "/files")
        assert over_asgi(site, Ask(target=f"{prefix}/hello.txt"), root_path=root).content == b"hello\n"
        moved = over_asgi(site, Ask(target=f"{prefix}/sub?x"), root_path=root)
        assert (moved.status, moved.field("location")) == (301, f"{prefix}/sub/?x")
        assert f'href="{prefix}/sub/?x"'.encode() in moved.content
        variant = over_asgi(site, Ask(target=f"{prefix}/doc.html", fields=(("Accept-Language", "de"),)), root_path=root)
        assert variant.field("content-location") == f"{prefix}/doc.de.html"
        choice = over_asgi(site, Ask(target=f"{prefix}/doc.html"), root_path=root)
        assert choice.status == 300
        assert f"<{prefix}/doc.de.html>" in (choice.field("link") or "")
        assert f'href="{prefix}/doc.de.html"'.encode() in choice.content

    def test_the_mount_itself_is_redirected(self, tmp_path: Path) -> None:
        answer = over_asgi(directory_site(tmp_path), Ask(target="/files?q"), root_path="/files")
        assert (answer.status, answer.field("location")) == (308, "/files/?q")

    def test_a_site_whose_prefix_a_gateway_took_away(self, tmp_path: Path) -> None:
        answer = over_asgi(directory_site(tmp_path), Ask(target="/sub"), root_path="/behind gateway")
        assert (answer.status, answer.field("location")) == (301, "/behind%20gateway/sub/")

    @pytest.mark.parametrize(
        ("path", "location"),
        [("/created", "/m/things/1"), ("/accepted", "/m/monitors/1"), ("/elsewhere", "/m/done?ok")],
    )
    def test_outcomes(self, path: str, location: str) -> None:
        answer = over_asgi(Workshop(), Ask("POST", f"/m{path}", content=b"x"), root_path="/m")
        assert answer.field("location") == location

    def test_an_encoded_slash_does_not_end_the_prefix(self, tmp_path: Path) -> None:
        assert over_asgi(directory_site(tmp_path), Ask(target="/files%2Fhello.txt"), root_path="/files").status == 404

    def test_digest_covers_the_target_as_it_was_sent(self) -> None:
        request, prefix = request_of(scope_of(Ask(target="/m/x?y"), root_path="/m"), "http")
        assert (request.target, request.path, request.query, prefix) == ("/m/x?y", "/x", "y", "/m")


class TestRequests:
    def test_what_a_server_does_not_give(self) -> None:
        scope = scope_of(Ask(target="/x"))
        for name in ("raw_path", "query_string", "root_path", "client", "scheme", "http_version"):
            del scope[name]
        scope["path"] = "/ä b"
        request, prefix = request_of(scope, "http")
        assert (request.path, request.query, request.peer, prefix) == ("/%C3%A4%20b", None, None, "")

    @pytest.mark.parametrize(
        ("hosts", "status"), [(["a"], 404), (["a", "a"], 404), (["a", "A"], 404), (["a", "b"], 400), ([], 400)]
    )
    def test_host_in_http2(self, hosts: list[str], status: int) -> None:
        headers = [(b"host", host.encode()) for host in hosts]
        assert over_asgi(Workshop(), Ask(target="/x"), http_version="2", headers=headers).status == status

    @pytest.mark.parametrize(("version", "hosts", "status"), [("1.1", 2, 400), ("1.1", 0, 400), ("1.0", 0, 404)])
    def test_host_in_http1(self, version: str, hosts: int, status: int) -> None:
        headers = [(b"host", b"example.org")] * hosts
        assert over_asgi(Workshop(), Ask(target="/x"), http_version=version, headers=headers).status == status

    def test_content_of_unknown_length(self) -> None:
        scope = scope_of(Ask("POST", "/x"), http_version="2")
        assert request_of(scope, "http")[0].content_length == UNKNOWN_LENGTH
        scope = scope_of(Ask("GET", "/x"), http_version="2")
        assert request_of(scope, "http")[0].content_length is None
        scope = scope_of(Ask("POST", "/x", (("Transfer-Encoding", "chunked"),)))
        assert request_of(scope, "http")[0].content_length == UNKNOWN_LENGTH

    def test_nothing_is_smuggled_into_a_field(self) -> None:
        headers = [(b"host", b"a"), (b"x", b"1\r\nauthorization: Basic eDp5")]
        assert over_asgi(Workshop(), Ask(target="/x"), headers=headers).status == 400

    @pytest.mark.parametrize(("scheme", "given"), [(None, "https"), ("https", "http")])
    def test_https(self, scheme: str | None, given: str, tmp_path: Path) -> None:
        app = ASGIApp(directory_site(tmp_path), scheme=scheme)
        sent = asyncio.run(events_of(app, scope_of(Ask(target="/hello.txt"), scheme=given)))
        assert answer_in(sent).status == 200

    def test_credentials_are_noted(self) -> None:
        site = Workshop()
        fields = (("Authorization", "Basic " + b64encode(b"ada:lovelace").decode()),)
        assert over_asgi(site, Ask(target="/secret", fields=fields)).status == 200
        assert site.seen == [Authenticated("ada")]


class TestContent:
    def test_is_only_asked_for_when_it_is_wanted(self) -> None:
        """The server says 100 at that moment."""

        async def receive() -> Message:
            raise AssertionError("content was asked for")

        statuses = []

        async def send(message: Message) -> None:
            statuses.append(message.get("status"))

        scope = scope_of(Ask("POST", "/sum", (("Expect", "100-continue"),), b"123456789"))
        asyncio.run(ASGIApp(Workshop())(scope, receive, send))
        assert statuses == [413, None]

    def test_more_than_announced(self) -> None:
        ask = Ask("POST", "/sum", (("Transfer-Encoding", "chunked"),))
        sent = asyncio.run(events_of(ASGIApp(Workshop()), scope_of(ask), b"123456789"))
        assert answer_in(sent).status == 413

    def test_cut_short_is_not_performed_and_not_answered(self) -> None:
        events: list[Message] = [
            {"type": "http.request", "body": b"123", "more_body": True},
            {"type": "http.disconnect"},
        ]

        async def receive() -> Message:
            return events.pop(0)

        async def send(message: Message) -> None:
            raise AssertionError("there is nobody to answer")

        scope = scope_of(Ask("POST", "/fails", (("Transfer-Encoding", "chunked"),)))
        asyncio.run(ASGIApp(Workshop())(scope, receive, send))


class TestResponses:
    def test_hints(self) -> None:
        scope = scope_of(Ask(target="/m/hinted"), root_path="/m", extensions={"http.response.early_hint": {}})
        first, *rest = asyncio.run(events_of(ASGIApp(Workshop()), scope))
        link = b"</m/style.css>; rel=preload; as=style"
        assert first == {"type": "http.response.early_hint", "links": [link]}
        assert answer_in(rest).status == 200

    def test_trailers(self) -> None:
        class Traced(Site):
            def resource(self, request: Request, now: int) -> Resource:
                source = Stream(stream_of(b"a", b"", b"b"), lambda: (("Digest-Of-It", "x"),))
                return Resource(variants=(Representation(source, "text/plain"),))

        scope = scope_of(Ask(), extensions={"http.response.trailers": {}})
        sent = asyncio.run(events_of(ASGIApp(Traced()), scope))
        assert sent[0]["trailers"] is True
        assert answer_in(sent).content == b"ab"
        trailers = [(b"digest-of-it", b"x")]
        assert sent[-1] == {"type": "http.response.trailers", "headers": trailers, "more_trailers": False}
        assert "trailers" not in asyncio.run(events_of(ASGIApp(Traced()), scope_of(Ask())))[0]

    def test_date_is_the_servers_unless_it_is_ours(self) -> None:
        ours = ASGIApp(Workshop(), date=True, clock=ManualClock(NOW))
        sent = answer_in(asyncio.run(events_of(ours, scope_of(Ask(target="/moved")))))
        assert sent.field("date") == "Tue, 14 Nov 2023 22:13:20 GMT"
        assert over_asgi(Workshop(), Ask(target="/moved")).field("date") is None

    def test_connection_specific_fields_stay_out(self) -> None:
        assert [name for name, _ in over_asgi(Workshop(), Ask(target="/connection")).fields] == [
            "accept-ranges",
            "content-length",
            "content-type",
            "x-kept",
        ]

    def test_upgrade_is_ignored_or_insisted_on(self) -> None:
        key = b64encode(bytes(16)).decode()
        wish = (
            ("Connection", "Upgrade"),
            ("Upgrade", "websocket"),
            ("Sec-WebSocket-Version", "13"),
            ("Sec-WebSocket-Key", key),
        )
        assert over_asgi(Workshop(), Ask(target="/optional-upgrade", fields=wish)).content == b"plain"
        insisting = over_asgi(Workshop(), Ask(target="/upgrade", fields=wish))
        assert (insisting.status, insisting.field("upgrade")) == (426, "websocket")
        assert insisting.field("connection") == "upgrade"
        assert over_asgi(Workshop(), Ask(target="/upgrade"), http_version="2").field("upgrade") is None

    def test_headers_can_be_changed_by_middleware(self, tmp_path: Path) -> None:
        app = ASGIApp(directory_site(tmp_path))
        first = asyncio.run(events_of(app, scope_of(Ask(target="/hello.txt"))))
        first[0]["headers"].clear()
        assert asyncio.run(events_of(app, scope_of(Ask(target="/hello.txt"))))[0]["headers"]

    @pytest.mark.parametrize("path", ["/broken", "/unreadable", "/unsendable", "/fails"])
    def test_failures_are_logged_once_and_kept_secret(self, path: str, caplog: pytest.LogCaptureFixture) -> None:
        answer = over_asgi(Workshop(), Ask("POST" if path == "/fails" else "GET", path, content=b""))
        assert answer.status == 500
        assert b"secret" not in answer.content
        assert [record.levelno for record in caplog.records] == [logging.ERROR]

    def test_a_peer_that_leaves_ends_the_response(self) -> None:
        """Even where the server says nothing when it is given more to send."""
        closed = []

        async def endless() -> AsyncIterator[bytes]:
            try:
                yield b"first"
                await asyncio.get_running_loop().create_future()
            finally:
                closed.append(True)

        class Ticker(Site):
            def resource(self, request: Request, now: int) -> Resource:
                return Resource(variants=(Representation(Stream(endless), "text/plain"),))

        async def leave_after_first() -> None:
            came = asyncio.Event()

            async def receive() -> Message:
                await came.wait()
                return {"type": "http.disconnect"}

            async def send(message: Message) -> None:
                if message.get("body") == b"first":
                    came.set()

            await ASGIApp(Ticker())(scope_of(Ask()), receive, send)

        asyncio.run(leave_after_first())
        assert closed == [True]

    @pytest.mark.parametrize("path", ["/stream", "/moved"])
    def test_a_server_that_tells_of_a_peer_gone_by_an_error(self, path: str) -> None:
        async def exchange() -> None:
            async def send(message: Message) -> None:
                raise ConnectionResetError

            await ASGIApp(Workshop())(scope_of(Ask(target=path)), never, send)

        asyncio.run(exchange())

    def test_content_that_breaks_off_is_not_passed_off_as_whole(self) -> None:
        async def breaks() -> AsyncIterator[bytes]:
            yield b"first"
            raise RuntimeError("broken off")

        class Breaking(Site):
            def resource(self, request: Request, now: int) -> Resource:
                return Resource(variants=(Representation(Stream(breaks), "text/plain"),))

        with pytest.raises(RuntimeError, match="broken off"):
            asyncio.run(events_of(ASGIApp(Breaking()), scope_of(Ask())))


class Opened(Workshop):
    def __init__(self, *, fails: bool = False) -> None:
        super().__init__()
        self.fails = fails
        self.events: list[str] = []

    async def open(self) -> None:
        self.events.append("open")
        if self.fails:
            raise RuntimeError("a secret of the site")

    async def close(self) -> None:
        self.events.append("close")


class TestLifespan:
    def test_opens_and_closes(self) -> None:
        site = Opened()
        assert _live(ASGIApp(site)) == ["lifespan.startup.complete", "lifespan.shutdown.complete"]
        assert site.events == ["open", "close"]

    def test_failure(self) -> None:
        assert _live(ASGIApp(Opened(fails=True))) == ["lifespan.startup.failed"]

    def test_without_it_the_first_request_opens(self) -> None:
        site = Opened()
        app = ASGIApp(site)

        async def two() -> None:
            scope = scope_of(Ask(target="/moved"))
            await asyncio.gather(events_of(app, scope), events_of(app, scope))

        asyncio.run(two())
        assert site.events == ["open"]

    def test_a_site_that_does_not_open_is_tried_again(self) -> None:
        site = Opened(fails=True)
        app = ASGIApp(site)
        scope = scope_of(Ask(target="/moved"))
        assert answer_in(asyncio.run(events_of(app, scope))).status == 500
        site.fails = False
        assert answer_in(asyncio.run(events_of(app, scope))).status == 307


def _live(app: ASGIApp) -> list[str]:
    events: list[Message] = [{"type": "lifespan.startup"}, {"type": "lifespan.shutdown"}]
    sent = []

    async def receive() -> Message:
        return events.pop(0)

    async def send(message: Message) -> None:
        sent.append(message["type"])

    asyncio.run(app({"type": "lifespan"}, receive, send))
    return sent


class TestWebSocket:
    @pytest.mark.parametrize(
        ("extensions", "sent"),
        [
            ({"websocket.http.response": {}}, ["websocket.http.response.start", "websocket.http.response.body"]),
            ({}, ["websocket.close"]),
            (None, ["websocket.close"]),
        ],
    )
    def test_is_refused(self, extensions: dict[str, object] | None, sent: list[str]) -> None:
        messages: list[Message] = []

        async def receive() -> Message:
            return {"type": "websocket.connect"}

        async def send(message: Message) -> None:
            messages.append(message)

        scope: Scope = {"type": "websocket", "path": "/", "headers": [], "extensions": extensions}
        asyncio.run(ASGIApp(Workshop())(scope, receive, send))
        assert [message["type"] for message in messages] == sent
        assert messages[0].get("status", 403) == 403

    def test_other_connections_are_not_served(self) -> None:
        with pytest.raises(ValueError, match="mqtt"):
            asyncio.run(events_of(ASGIApp(Workshop()), {"type": "mqtt"}))
