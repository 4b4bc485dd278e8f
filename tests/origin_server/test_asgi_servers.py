"""The ASGI application under uvicorn on a socket, with either of its parsers; and mounted in Starlette and FastAPI."""

from __future__ import annotations

import contextlib
import os
import socket
import threading
from collections.abc import Iterator
from http.client import HTTPConnection, HTTPResponse
from pathlib import Path
from typing import Any, NamedTuple

import pytest
import uvicorn
from fastapi import FastAPI
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.middleware.gzip import GZipMiddleware
from starlette.routing import Mount

from statuary.origin_server.asgi import ASGIApp
from statuary.origin_server.directory import DirectoryOptions, DirectorySite

BIG = os.urandom(1024) * 24 * 1024
"""24 MB: more than all the buffers on the way."""


class Uvicorn(NamedTuple):
    """Where it listens, and the directory behind it."""

    port: int
    root: Path

    def ask(self, method: str, target: str, content: bytes | None = None, **fields: str) -> tuple[HTTPResponse, bytes]:
        """One exchange on a connection of its own; ``fields`` with underscores for hyphens."""
        with contextlib.closing(HTTPConnection("127.0.0.1", self.port, timeout=30)) as connection:
            headers = {name.replace("_", "-"): value for name, value in fields.items()}
            connection.request(method, target, content, headers)
            response = connection.getresponse()
            return response, response.read()

    def connect(self) -> socket.socket:
        return socket.create_connection(("127.0.0.1", self.port), timeout=30)


@contextlib.contextmanager
def under_uvicorn(app: Any, root: Path, http: str, **options: Any) -> Iterator[Uvicorn]:
    with socket.create_server(("127.0.0.1", 0)) as listening:
        # Listening already: whoever connects before uvicorn is ready waits in the queue
        config = uvicorn.Config(app, http=http, ws="none", log_level="warning", **options)
        server = uvicorn.Server(config)
        running = threading.Thread(target=server.run, kwargs={"sockets": [listening]})
        running.start()
        try:
            yield Uvicorn(listening.getsockname()[1], root)
        finally:
            server.should_exit = True
            running.join()


def make_root(root: Path) -> Path:
    (root / "hello.txt").write_bytes(b"hello\n")
    (root / "big.bin").write_bytes(BIG)
    (root / "sub").mkdir()
    (root / "sub" / "a b.txt").write_bytes(b"a b")
    return root


@pytest.fixture(scope="module", params=["h11", "httptools"])
def served(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Uvicorn]:
    root = make_root(tmp_path_factory.mktemp("site"))
    app = ASGIApp(DirectorySite(root, DirectoryOptions(writable=True, most_content=1_000_000)))
    with under_uvicorn(app, root, request.param, lifespan="on") as running:
        yield running


def test_200(served: Uvicorn) -> None:
    response, content = served.ask("GET", "/hello.txt")
    assert (response.status, content) == (200, b"hello\n")
    assert response.getheader("Accept-Ranges") == "bytes"
    # uvicorn's own, and no second one
    assert len(response.headers.get_all("Date", [])) == 1


def test_head(served: Uvicorn) -> None:
    response, content = served.ask("HEAD", "/hello.txt", Range="bytes=0-1")
    assert (response.status, response.getheader("Content-Length"), content) == (200, "6", b"")


def test_206(served: Uvicorn) -> None:
    response, content = served.ask("GET", "/hello.txt", Range="bytes=1-2")
    assert (response.status, response.getheader("Content-Range"), content) == (206, "bytes 1-2/6", b"el")


def test_206_in_parts(served: Uvicorn) -> None:
    response, content = served.ask("GET", "/big.bin", Range="bytes=0-9,100-109")
    assert response.status == 206
    assert response.headers.get_content_type() == "multipart/byteranges"
    assert BIG[:10] in content
    assert BIG[100:110] in content


def test_416(served: Uvicorn) -> None:
    response, _ = served.ask("GET", "/hello.txt", Range="bytes=6-")
    assert (response.status, response.getheader("Content-Range")) == (416, "bytes */6")


def test_304(served: Uvicorn) -> None:
    etag = served.ask("GET", "/hello.txt")[0].getheader("ETag")
    assert etag is not None
    response, content = served.ask("GET", "/hello.txt", If_None_Match=f'"other", {etag}')
    assert (response.status, response.getheader("ETag"), content) == (304, etag, b"")
    assert response.getheader("Content-Length") is None


def test_412(served: Uvicorn) -> None:
    response, _ = served.ask("PUT", "/hello.txt", b"lost", If_Match='"other"')
    assert response.status == 412
    assert (served.root / "hello.txt").read_bytes() == b"hello\n"


def test_404_and_405(served: Uvicorn) -> None:
    response, _ = served.ask("GET", "/nothing")
    assert (response.status, response.getheader("Content-Type")) == (404, "application/problem+json")
    response, _ = served.ask("POST", "/hello.txt", b"x")
    assert response.status == 405
    assert response.getheader("Allow") == "GET, HEAD, OPTIONS, PUT, DELETE"


def test_redirect_and_listing(served: Uvicorn) -> None:
    response, _ = served.ask("GET", "/sub")
    assert (response.status, response.getheader("Location")) == (301, "/sub/")
    assert b'href="./a%20b.txt"' in served.ask("GET", "/sub/")[1]


def test_put_get_delete(served: Uvicorn) -> None:
    assert served.ask("PUT", "/new/one.txt", b"one")[0].status == 201
    assert served.ask("GET", "/new/one.txt")[1] == b"one"
    assert served.ask("PUT", "/new/one.txt", b"two", If_None_Match="*")[0].status == 412
    assert served.ask("PUT", "/new/one.txt", b"two")[0].status == 204
    assert served.ask("DELETE", "/new/one.txt")[0].status == 204
    assert served.ask("GET", "/new/one.txt")[0].status == 404


def test_expect_is_answered_with_100_when_content_is_wanted(served: Uvicorn) -> None:
    with served.connect() as connection, connection.makefile("rb") as lines:
        connection.sendall(_put("/expected.txt", b"Expect: 100-continue", 3))
        assert lines.readline().startswith(b"HTTP/1.1 100 ")
        assert lines.readline() == b"\r\n"
        connection.sendall(b"abc")
        assert lines.readline().startswith(b"HTTP/1.1 201 ")


def test_expect_is_answered_with_the_refusal_when_it_is_not(served: Uvicorn) -> None:
    with served.connect() as connection, connection.makefile("rb") as lines:
        connection.sendall(_put("/expected.bin", b"Expect: 100-continue", 1_000_001))
        assert lines.readline().startswith(b"HTTP/1.1 413 ")


def test_content_of_unknown_length_is_bounded(served: Uvicorn) -> None:
    with served.connect() as connection, connection.makefile("rb") as lines:
        connection.sendall(b"PUT /c.txt HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\n\r\n")
        assert lines.readline().startswith(b"HTTP/1.1 201 ")
    with served.connect() as connection, connection.makefile("rb") as lines:
        head = b"PUT /d.txt HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n"
        connection.sendall(head + b"f4241\r\n" + bytes(1_000_001) + b"\r\n")
        assert lines.readline().startswith(b"HTTP/1.1 413 ")
    assert not (served.root / "d.txt").exists()


def test_content_cut_short_changes_nothing(served: Uvicorn) -> None:
    with served.connect() as connection:
        connection.sendall(_put("/cut.txt", b"X: y", 10) + b"abc")
        connection.shutdown(socket.SHUT_WR)
        connection.recv(1)
    assert not (served.root / "cut.txt").exists()


def test_a_large_file_is_streamed(served: Uvicorn) -> None:
    with served.connect() as connection, connection.makefile("rb") as octets:
        connection.sendall(b"GET /big.bin HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n")
        # While nobody reads it, others are served: back pressure holds that one response, not the server
        assert served.ask("GET", "/hello.txt")[1] == b"hello\n"
        content = octets.read()
    assert content.endswith(BIG)


def test_a_large_file_may_be_left(served: Uvicorn) -> None:
    with served.connect() as connection:
        connection.sendall(b"GET /big.bin HTTP/1.1\r\nHost: a\r\n\r\n")
        assert connection.recv(1) == b"H"
    assert served.ask("GET", "/hello.txt")[0].status == 200


def test_host_is_checked(served: Uvicorn) -> None:
    with served.connect() as connection, connection.makefile("rb") as lines:
        connection.sendall(b"GET /hello.txt HTTP/1.1\r\nHost: a b\r\n\r\n")
        assert lines.readline().startswith(b"HTTP/1.1 400 ")


def _put(target: str, field: bytes, length: int) -> bytes:
    return b"PUT %b HTTP/1.1\r\nHost: a\r\n%b\r\nContent-Length: %d\r\n\r\n" % (target.encode(), field, length)


# Below /files, as users of these frameworks have StaticFiles


class Mounted(NamedTuple):
    """``prefix`` begins the targets sent to the server: none, where a gateway has taken it away."""

    server: Uvicorn
    prefix: str

    def ask(self, method: str, target: str, content: bytes | None = None) -> tuple[HTTPResponse, bytes]:
        return self.server.ask(method, self.prefix + target, content)


@pytest.fixture(params=["starlette", "fastapi", "gateway"])
def mounted(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Mounted]:
    root = make_root(tmp_path)
    files = ASGIApp(DirectorySite(root, DirectoryOptions(writable=True)))
    options = {}
    if request.param == "starlette":
        app: Any = Starlette(routes=[Mount("/files", app=files)], lifespan=files.lifespan)
    elif request.param == "fastapi":
        # Without its lifespan: the first request opens the site
        app = FastAPI()
        app.mount("/files", files)
    else:
        app, options = files, {"root_path": "/files"}
    with under_uvicorn(app, root, "h11", **options) as running:
        yield Mounted(running, "" if options else "/files")


def test_mounted(mounted: Mounted) -> None:
    assert mounted.ask("GET", "/hello.txt")[1] == b"hello\n"
    assert mounted.ask("GET", "/sub/a%20b.txt")[1] == b"a b"
    assert mounted.ask("GET", "/nothing")[0].status == 404
    response, _ = mounted.ask("POST", "/hello.txt", b"")
    assert (response.status, response.getheader("Allow")) == (405, "GET, HEAD, OPTIONS, PUT, DELETE")
    response, content = mounted.ask("GET", "/sub?x=1")
    assert (response.status, response.getheader("Location")) == (301, "/files/sub/?x=1")
    assert b'href="/files/sub/?x=1"' in content
    assert mounted.ask("PUT", "/mine.txt", b"mine")[0].status == 201
    assert (mounted.server.root / "mine.txt").read_bytes() == b"mine"
    assert mounted.ask("DELETE", "/mine.txt")[0].status == 204


def test_under_middleware(tmp_path: Path) -> None:
    """Which changes header sections in place, and here the content."""
    root = make_root(tmp_path)
    routes = [Mount("/files", app=ASGIApp(DirectorySite(root)))]
    app = Starlette(routes=routes, middleware=[Middleware(GZipMiddleware, minimum_size=1)])
    with under_uvicorn(app, root, "h11") as running:
        for _ in range(2):
            response, content = running.ask("GET", "/files/hello.txt", Accept_Encoding="gzip")
            assert (response.status, response.getheader("Content-Encoding")) == (200, "gzip")
        response, content = running.ask("GET", "/files/hello.txt")
        assert (response.getheader("Content-Encoding"), content) == (None, b"hello\n")
