"""Against nginx, where it is installed: what another hand wrote, on real sockets."""

from __future__ import annotations

import contextlib
import gzip
import os
import shutil
import socket
import subprocess
import time
from collections.abc import Iterator

import pytest

from statuary.message.fields import Fields
from statuary.semantics.reaction import GiveUp, Login, Policy, Stored
from statuary.transport.clock import ManualClock
from statuary.user_agent.timeouts import Timeouts

from .conftest import Patience, agent, run

NGINX = shutil.which("nginx", path=os.pathsep.join([os.environ.get("PATH", ""), "/usr/sbin", "/usr/local/sbin"]))
TEXT = b"a file of nginx\n" * 4000
CONFIGURATION = """
daemon off; master_process off; worker_processes 1; pid {work}/pid; error_log {work}/error.log;
events {{ worker_connections 64; }}
http {{
    access_log off; types {{ text/plain txt; }}
    client_body_temp_path {work}/a; proxy_temp_path {work}/b; fastcgi_temp_path {work}/c;
    uwsgi_temp_path {work}/d; scgi_temp_path {work}/e;
    client_max_body_size 1000;
    server {{
        listen 127.0.0.1:{port}; root {work}/root;
        location / {{ }}
        location /zipped/ {{ alias {work}/root/; gzip on; gzip_min_length 1; gzip_types text/plain; }}
        location /moved {{ return 308 /a.txt; }}
        location /round {{ return 302 /round; }}
        location /private/ {{ alias {work}/root/; auth_basic "r"; auth_basic_user_file {work}/users; }}
        location /upload/ {{ alias {work}/root/; dav_methods PUT; }}
    }}
}}
"""


@pytest.fixture(scope="module")
def nginx(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    if NGINX is None:
        pytest.skip("nginx is not installed")
    work = tmp_path_factory.mktemp("nginx")
    (work / "root").mkdir()
    (work / "root" / "a.txt").write_bytes(TEXT)
    os.utime(work / "root" / "a.txt", (1_700_000_000, 1_700_000_000))
    (work / "users").write_text("alice:{PLAIN}wonderland\n")
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    configuration = work / "nginx.conf"
    configuration.write_text(CONFIGURATION.format(work=work, port=port))
    process = subprocess.Popen([NGINX, "-e", str(work / "error.log"), "-p", str(work), "-c", str(configuration)])
    try:
        while process.poll() is None:
            with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), timeout=5):
                break
        yield f"http://127.0.0.1:{port}"
    finally:
        process.terminate()
        process.wait(10)


def test_many_things_on_one_connection(nginx: str) -> None:
    async def test() -> None:
        async with agent(policy=Policy(logins=(Login(nginx, "alice", "wonderland"),))) as mine:
            whole = await mine.fetch("GET", f"{nginx}/a.txt")
            assert (whole.status, whole.content) == (200, TEXT)
            zipped = await mine.fetch("GET", f"{nginx}/zipped/a.txt")
            assert (zipped.content, zipped.fields.get("content-encoding")) == (TEXT, "gzip")
            assert zipped.fields.get("transfer-encoding") == "chunked"
            bare = await mine.fetch("GET", f"{nginx}/zipped/a.txt", fields={"Accept-Encoding": "identity"})
            assert (bare.content, gzip.decompress(zipped.response.content)) == (TEXT, TEXT)
            head = await mine.fetch("HEAD", f"{nginx}/a.txt")
            assert (head.content, head.fields.get("content-length")) == (b"", str(len(TEXT)))
            moved = await mine.fetch("GET", f"{nginx}/moved")
            assert [one.final.status for one in moved.attempts if one.final] == [308, 200]
            private = await mine.fetch("GET", f"{nginx}/private/a.txt")
            assert [one.final.status for one in private.attempts if one.final] == [401, 200]
            missing = await mine.fetch("GET", f"{nginx}/missing")
            assert isinstance(missing.reaction, GiveUp)
            everything = (whole, zipped, bare, head, moved, private, missing)
            steps = [step for fetched in everything for step in fetched.steps]
            assert [step.is_reused for step in steps] == [False] + [True] * (len(steps) - 1)

    run(test())


def test_validators_and_ranges(nginx: str) -> None:
    async def test() -> None:
        async with agent() as mine:
            whole = await mine.fetch("GET", f"{nginx}/a.txt")
            etag = whole.fields.get("etag") or ""
            stored = Stored(whole.uri, whole.response, 0)
            same = await mine.fetch("GET", whole.uri, fields={"If-None-Match": etag}, stored=stored)
            assert (same.status, same.content) == (200, TEXT)
            assert [one.final.status for one in same.attempts if one.final] == [304]
            cut = Stored(
                whole.uri, type(whole.response)(200, Fields([("ETag", etag)]), TEXT[:99]), 0, is_complete=False
            )
            rest = await mine.fetch("GET", whole.uri, fields={"Range": "bytes=99-", "If-Range": etag}, stored=cut)
            assert (rest.status, rest.content) == (200, TEXT)
            assert [one.final.status for one in rest.attempts if one.final] == [206]

    run(test())


def test_what_is_stored_is_used_and_validated(nginx: str) -> None:
    async def test() -> None:
        # nginx has the machine's time, and what is to be fresh is compared with that
        async with agent(Patience(ManualClock(time.time())), cache=":memory:") as mine:
            first = await mine.fetch("GET", f"{nginx}/a.txt")
            again = await mine.fetch("GET", f"{nginx}/a.txt")
            asked = await mine.fetch("GET", f"{nginx}/a.txt", fields={"Cache-Control": "no-cache"})
            assert [one.content for one in (first, again, asked)] == [TEXT] * 3
            assert [one.is_cached for one in (first, again, asked)] == [False, True, True]
            came = asked.steps[-1].came
            assert (again.steps[-1].peer, came and came.status) == ("", 304)

    run(test())


def test_content_is_refused_before_it_is_sent(nginx: str) -> None:
    async def test() -> None:
        limits = Timeouts(for_continue=20)
        async with agent(timeouts=limits) as mine:
            fetched = await mine.fetch("PUT", f"{nginx}/upload/b.txt", content=b"a" * 2000, expects_continue=True)
            assert fetched.status == 413
            assert isinstance(fetched.reaction, GiveUp)

    run(test())


def test_circles_end(nginx: str) -> None:
    async def test() -> None:
        async with agent(policy=Policy(most_retries=1)) as mine:
            fetched = await mine.fetch("GET", f"{nginx}/round")
            assert isinstance(fetched.reaction, GiveUp)
            assert len(fetched.steps) == 1

    run(test())
