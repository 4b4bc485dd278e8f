"""``statuary fetch``: curl's options, what is shown and saved, the story, and how it ends."""

from __future__ import annotations

import http.server
import json
import os
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from statuary.cli.main import main
from statuary.cli.saving import Part

CONTENT = bytes(range(256)) * 8


@dataclass
class Seen:
    """A request as the server received it."""

    method: str
    path: str
    fields: dict[str, str]
    content: bytes


@dataclass
class Site:
    """A server in a thread; ``cuts`` makes it end the next response early."""

    url: str = ""
    seen: list[Seen] = field(default_factory=list)
    cuts: int = 0

    @property
    def last(self) -> Seen:
        return self.seen[-1]


@pytest.fixture(scope="module")
def running() -> Iterator[Site]:
    site = Site()

    class Handler(http.server.BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def any(self) -> None:
            length = int(self.headers.get("Content-Length", 0))
            content = self.rfile.read(length)
            if self.headers.get("Transfer-Encoding") == "chunked":
                while size := int(self.rfile.readline(), 16):
                    content += self.rfile.read(size)
                    self.rfile.readline()
                self.rfile.readline()
            fields = {name.lower(): value for name, value in self.headers.items()}
            site.seen.append(Seen(self.command, self.path, fields, content))
            answer = answers.get(self.path.partition("?")[0].strip("/"), ok)
            answer(self)

        do_GET = do_HEAD = do_POST = do_PUT = do_DELETE = do_PATCH = any  # noqa: N815

        def log_message(self, format: str, *args: object) -> None:
            pass

        def answer(self, status: int, content: bytes = b"", **fields: str) -> None:
            self.send_response(status)
            for name, value in fields.items():
                self.send_header(name.replace("_", "-"), value)
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            if self.command == "HEAD":
                return
            if site.cuts:
                site.cuts -= 1
                self.wfile.write(content[: len(content) // 2])
                self.close_connection = True
            else:
                self.wfile.write(content)

    def ok(handler: Handler) -> None:
        handler.answer(200, b"hello\n", ETag='"1"', Content_Type="text/plain")

    def moved(handler: Handler) -> None:
        handler.answer(302, b"no", Location="/there#part")

    def large(handler: Handler) -> None:
        first = handler.headers.get("Range", "bytes=0-")[6:-1]
        if handler.headers.get("If-Range", '"v1"') == '"v1"' and first != "0":
            part = CONTENT[int(first) :]
            if not part:
                handler.answer(416, b"", Content_Range=f"bytes */{len(CONTENT)}")
                return
            span = f"bytes {first}-{len(CONTENT) - 1}/{len(CONTENT)}"
            handler.answer(206, part, ETag='"v1"', Content_Range=span)
        else:
            handler.answer(200, CONTENT, ETag='"v1"')

    def kept(handler: Handler) -> None:
        if handler.headers.get("If-None-Match") == '"k"':
            handler.answer(304, ETag='"k"')
        else:
            handler.answer(200, b"kept\n", ETag='"k"', Cache_Control="max-age=60")

    def failing(handler: Handler) -> None:
        if len(site.seen) > 1:
            handler.answer(502)
        else:
            handler.answer(200, b"kept\n", Cache_Control="max-age=0, stale-if-error=600")

    def bits(handler: Handler) -> None:
        first = int(handler.headers["Range"][6:-1])
        span = f"bytes {first}-{first + 9}/{len(CONTENT)}"
        handler.answer(206, CONTENT[first : first + 10], ETag='"v1"', Content_Range=span)

    def evil(handler: Handler) -> None:
        handler.answer(404, b"\x1b[31mred\x07\nplain\n", X="\x9b31mevil")

    answers: dict[str, Callable[[Handler], None]] = {
        "moved": moved,
        "large.bin": large,
        "evil": evil,
        "bits.bin": bits,
        "kept": kept,
        "failing": failing,
        "cookie": lambda handler: handler.answer(200, b"", Set_Cookie="a=b; Path=/"),
        "busy": lambda handler: handler.answer(503, b"", Retry_After="3600"),
        "basic": lambda handler: (
            ok(handler)
            if handler.headers.get("Authorization") == "Basic YWxpY2U6d29uZGVybGFuZA=="
            else handler.answer(401, b"", WWW_Authenticate='Basic realm="r"')
        ),
    }

    class Server(http.server.ThreadingHTTPServer):
        def handle_error(self, request: object, client_address: object) -> None:
            """A client that leaves early is what some tests want."""

    server = Server(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    site.url = f"http://127.0.0.1:{server.server_port}"
    try:
        yield site
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


@pytest.fixture
def site(running: Site, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Site:
    for name in [*os.environ]:
        if name.lower().endswith("_proxy"):
            monkeypatch.delenv(name)
    monkeypatch.chdir(tmp_path)
    running.seen.clear()
    running.cuts = 0
    return running


def fetch(*arguments: str) -> int:
    return main(["fetch", *arguments])


def test_content_goes_to_standard_output(site: Site, capfdbinary: pytest.CaptureFixture[bytes]) -> None:
    assert fetch(f"{site.url}/a") == 0
    assert capfdbinary.readouterr() == (b"hello\n", b"")
    assert (site.last.method, site.last.path) == ("GET", "/a")


@pytest.mark.parametrize(
    ("arguments", "method", "path", "content", "fields"),
    [
        (["-X", "DELETE"], "DELETE", "/a", b"", {}),
        (["-I"], "HEAD", "/a", b"", {}),
        (["-H", "X-A: b"], "GET", "/a", b"", {"x-a": "b"}),
        (["-H", "X-A;"], "GET", "/a", b"", {"x-a": ""}),
        (["-H", "Accept:"], "GET", "/a", b"", {"accept": None}),
        (["-A", "me/1"], "GET", "/a", b"", {"user-agent": "me/1"}),
        (["-e", "http://b.test/"], "GET", "/a", b"", {"referer": "http://b.test/"}),
        (["-b", "a=b", "-b", "c=d"], "GET", "/a", b"", {"cookie": "a=b; c=d"}),
        (["--no-compressed"], "GET", "/a", b"", {"accept-encoding": None}),
        (
            ["-d", "a=b", "-d", "c=d e"],
            "POST",
            "/a",
            b"a=b&c=d e",
            {"content-type": "application/x-www-form-urlencoded", "content-length": "9"},
        ),
        (["--data-urlencode", "a=b c&d"], "POST", "/a", b"a=b+c%26d", {}),
        (["--data-raw", "@x"], "POST", "/a", b"@x", {}),
        (["-d", "@lines"], "POST", "/a", b"onetwo", {}),
        (["--data-binary", "@lines"], "POST", "/a", b"one\ntwo\n", {}),
        (["-G", "-d", "a=b"], "GET", "/a?a=b", b"", {"content-type": None}),
        (["-X", "PATCH", "-d", "x"], "PATCH", "/a", b"x", {}),
        (["-T", "lines"], "PUT", "/a", b"one\ntwo\n", {"content-length": "8"}),
        (["-d", "x", "-H", "Transfer-Encoding: chunked"], "POST", "/a", b"x", {"transfer-encoding": "chunked"}),
        (["-r", "0-1"], "GET", "/a", b"", {"range": "bytes=0-1"}),
        (["-z", "2026-01-02"], "GET", "/a", b"", {"if-modified-since": "Fri, 02 Jan 2026 00:00:00 GMT"}),
        (["--etag-compare", "tag"], "GET", "/a", b"", {"if-none-match": '"9"'}),
        (["--etag-compare", "none"], "GET", "/a", b"", {"if-none-match": None}),
    ],
)
def test_options_of_the_request(
    site: Site,
    arguments: list[str],
    method: str,
    path: str,
    content: bytes,
    fields: dict[str, str | None],
    capfdbinary: pytest.CaptureFixture[bytes],
) -> None:
    Path("lines").write_bytes(b"one\ntwo\n")
    Path("tag").write_text('"9"\n')
    assert fetch(*arguments, "--expect100-timeout", "0.01", f"{site.url}/a") == 0
    seen = site.last
    assert (seen.method, seen.path, seen.content) == (method, path, content)
    assert {name: seen.fields.get(name) for name in fields} == fields


def test_a_file_is_uploaded_under_its_name(site: Site, capfdbinary: pytest.CaptureFixture[bytes]) -> None:
    Path("up.txt").write_bytes(b"up")
    assert fetch("-T", "up.txt", f"{site.url}/dir/") == 0
    assert (site.last.path, site.last.content) == ("/dir/up.txt", b"up")


def test_the_header_section_is_shown_on_demand(site: Site, capsys: pytest.CaptureFixture[str]) -> None:
    assert fetch("-I", f"{site.url}/a") == 0
    out = capsys.readouterr().out
    assert out.startswith("HTTP/1.1 200 OK\n")
    assert 'ETag: "1"\n' in out


def test_redirects(site: Site, capfdbinary: pytest.CaptureFixture[bytes]) -> None:
    assert fetch(f"{site.url}/moved") == 0
    assert [one.path for one in site.seen] == ["/moved", "/there"]
    assert fetch("--no-location", f"{site.url}/moved") == 0
    assert fetch("--max-redirs", "0", f"{site.url}/moved") == 1


def test_what_is_not_delivered_says_why(site: Site, capsys: pytest.CaptureFixture[str]) -> None:
    assert fetch("--retry-max-time", "1", f"{site.url}/busy") == 1
    assert "503 Service Unavailable: The 503 asks to wait 3600 seconds." in capsys.readouterr().err
    assert fetch("-s", "--retry-max-time", "1", f"{site.url}/busy") == 1
    assert capsys.readouterr().err == ""


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (["gopher://a.test/"], "http://"),
        (["http://127.0.0.1:1/", "--retry", "0"], "Connection refused"),
        (["http://a\nb/"], "control characters"),
        (["-H", "no colon", "URL"], "Name: value"),
        (["-H", "Host:", "URL"], "Host"),
        (["-H", "Host: other.test", "URL"], "Host"),
        (["-H", "X: a\r\nY: b", "URL"], "field"),
        (["-X", "GET /", "URL"], "method"),
        (["-d", "@missing", "URL"], "No such file"),
        (["-d", "x", "-T", "missing", "URL"], "two contents"),
        (["-o", "missing/file", "URL"], "can't write"),
        (["-C", "-", "URL"], "-o"),
        (["-O", "URL/"], "no name"),
        (["-z", "never", "URL"], "-z"),
        (["--connect-to", "x", "URL"], "--connect-to"),
        (["-x", "socks5://a.test", "URL"], "http"),
        (["--max-filesize", "2", "URL"], "larger"),
        (["-b", "missing", "URL"], "No such file"),
    ],
)
def test_what_can_not_be_done_is_said_without_a_traceback(
    site: Site, capsys: pytest.CaptureFixture[str], arguments: list[str], says: str
) -> None:
    assert fetch(*(one.replace("URL", f"{site.url}/a" if one == "URL" else site.url) for one in arguments)) == 2
    err = capsys.readouterr().err
    assert says in err
    assert err.startswith("statuary fetch: ")
    assert err.count("\n") == 1


def test_a_reader_that_has_had_enough_is_no_error(site: Site) -> None:
    read, write = os.pipe()
    os.close(read)
    with os.fdopen(write, "wb") as output:
        command = [sys.executable, "-m", "statuary", "fetch", f"{site.url}/large.bin"]
        done = subprocess.run(command, stdout=output, stderr=subprocess.PIPE, timeout=60)
    assert (done.returncode, done.stderr) == (0, b"")


class TestSaving:
    def test_a_file_is_there_when_it_is_whole(self, site: Site) -> None:
        Path("f").write_bytes(b"old")
        site.cuts = 1
        assert fetch("-s", "-o", "f", "--retry", "0", f"{site.url}/large.bin") == 2
        assert (Path("f").read_bytes(), os.listdir(".")) == (b"old", ["f"])
        assert fetch("-o", "f", f"{site.url}/large.bin") == 0
        assert (Path("f").read_bytes(), os.listdir(".")) == (CONTENT, ["f"])

    @pytest.mark.parametrize("continued", [(), ("-C", "-")])
    def test_what_is_no_file_stays_what_it_is(self, site: Site, continued: tuple[str, ...]) -> None:
        """A device such as /dev/null; here, a pipe."""
        os.mkfifo("pipe")
        reader = os.open("pipe", os.O_RDONLY | os.O_NONBLOCK)
        try:
            assert fetch("-o", "pipe", *continued, f"{site.url}/large.bin") == 0
            assert os.read(reader, 65536) == CONTENT
        finally:
            os.close(reader)
        assert (os.listdir("."), Path("pipe").is_fifo()) == (["pipe"], True)
        Path("directory").mkdir()
        assert fetch("-s", "-o", "directory", *continued, f"{site.url}/a") == 2

    def test_a_symbolic_link_stays_one(self, site: Site) -> None:
        Path("f").write_bytes(b"old")
        Path("link").symlink_to("f")
        assert fetch("-o", "link", f"{site.url}/large.bin") == 0
        assert (Path("f").read_bytes(), Path("link").is_symlink()) == (CONTENT, True)

    def test_under_the_name_in_the_url(self, site: Site) -> None:
        assert fetch("-O", f"{site.url}/large.bin?x=/etc/passwd") == 0
        assert os.listdir(".") == ["large.bin"]
        assert fetch("-s", "-O", f"{site.url}/..%2f..%2fx") == 2

    def test_what_is_not_delivered_is_not_saved(self, site: Site, capfdbinary: pytest.CaptureFixture[bytes]) -> None:
        assert fetch("-s", "-o", "f", f"{site.url}/evil") == 1
        assert os.listdir(".") == []

    def test_a_download_that_was_cut_goes_on(self, site: Site) -> None:
        site.cuts = 1
        assert fetch("-s", "-C", "-", "-o", "f", "--retry", "0", f"{site.url}/large.bin") == 2
        assert sorted(os.listdir(".")) == ["f.part", "f.part.json"]
        assert fetch("-C", "-", "-o", "f", f"{site.url}/large.bin") == 0
        assert site.last.fields["range"] == f"bytes={len(CONTENT) // 2}-"
        assert site.last.fields["if-range"] == '"v1"'
        assert (Path("f").read_bytes(), os.listdir(".")) == (CONTENT, ["f"])

    def test_it_goes_on_as_often_as_it_takes(self, site: Site) -> None:
        for size in (1024, 1536):
            site.cuts = 1
            assert fetch("-s", "-C", "-", "-o", "f", "--retry", "0", f"{site.url}/large.bin") == 2
            assert Path("f.part").read_bytes() == CONTENT[:size]
        assert fetch("-C", "-", "-o", "f", f"{site.url}/large.bin") == 0
        assert (Path("f").read_bytes(), os.listdir(".")) == (CONTENT, ["f"])

    def test_a_beginning_is_not_taken_into_memory(self, site: Site) -> None:
        Path("f.part").write_bytes(CONTENT[:2000])
        Path("f.part.json").write_text(json.dumps({"uri": f"{site.url}/large.bin", "etag": '"v1"'}))
        stored = Part("f", f"{site.url}/large.bin").stored()
        assert stored is not None
        assert (stored.elsewhere, stored.response.content) == (2000, b"")

    def test_less_than_the_rest_is_not_the_whole(self, site: Site, capsys: pytest.CaptureFixture[str]) -> None:
        Path("f.part").write_bytes(CONTENT[:1000])
        Path("f.part.json").write_text(json.dumps({"uri": f"{site.url}/bits.bin", "etag": '"v1"'}))
        assert fetch("-C", "-", "-o", "f", f"{site.url}/bits.bin") == 2
        assert "1010 of 2048 octets are there" in capsys.readouterr().err
        assert (Path("f.part").read_bytes(), Path("f").exists()) == (CONTENT[:1010], False)

    def test_what_is_whole_already_is_fetched_anew(self, site: Site) -> None:
        Path("f.part").write_bytes(CONTENT + b"more")
        Path("f.part.json").write_text(json.dumps({"uri": f"{site.url}/large.bin", "etag": '"v1"'}))
        assert fetch("-C", "-", "-o", "f", f"{site.url}/large.bin") == 0
        assert (Path("f").read_bytes(), os.listdir(".")) == (CONTENT, ["f"])

    def test_it_does_not_go_on_with_something_else(self, site: Site) -> None:
        Path("f.part").write_bytes(b"other")
        Path("f.part.json").write_text(json.dumps({"uri": f"{site.url}/large.bin", "etag": '"v0"'}))
        assert fetch("-C", "-", "-o", "f", f"{site.url}/large.bin") == 0
        assert Path("f").read_bytes() == CONTENT

    def test_entity_tags_and_cookies(self, site: Site, capfdbinary: pytest.CaptureFixture[bytes]) -> None:
        assert fetch("--etag-save", "tag", f"{site.url}/a") == 0
        assert Path("tag").read_text() == '"1"\n'
        assert fetch("-c", "jar", f"{site.url}/cookie") == 0
        assert fetch("-b", "jar", f"{site.url}/a") == 0
        assert site.last.fields["cookie"] == "a=b"


class TestStory:
    def test_for_people(self, site: Site, capsys: pytest.CaptureFixture[str]) -> None:
        assert fetch("--explain", f"{site.url}/moved") == 0
        out = capsys.readouterr().out
        assert f"1. GET {site.url}/moved\n   on a new connection, to 127.0.0.1:" in out
        assert "   < 302 Found\n     Location: /there#part\n" in out
        assert f"   = sent again: 302: GET {site.url}/there. (RFC 9110 section 15.4.3)\n" in out
        assert f"2. GET {site.url}/there\n   on the same connection, to 127.0.0.1:" in out
        assert out.endswith("   = delivered: A success: 200. (RFC 9110 section 15.3.1)\n")
        assert "hello" not in out

    def test_for_programs(self, site: Site, capsys: pytest.CaptureFixture[str]) -> None:
        assert fetch("--json", f"{site.url}/moved") == 0
        story = json.loads(capsys.readouterr().out)
        assert (story["outcome"], story["status"], story["fragment"]) == ("delivered", 200, "part")
        assert [step["status"] for step in story["steps"]] == [302, 200]
        assert [step["reaction"] for step in story["steps"]] == ["sent again", "delivered"]

    @pytest.mark.parametrize("form", ["--explain", "--json"])
    def test_there_is_one_without_a_response_too(
        self, site: Site, capsys: pytest.CaptureFixture[str], form: str
    ) -> None:
        assert fetch(form, "--retry", "0", "http://127.0.0.1:1/") == 2
        assert "unreachable" in capsys.readouterr().out

    @pytest.mark.parametrize("form", ["--explain", "--json"])
    def test_it_tells_no_secrets(self, site: Site, capsys: pytest.CaptureFixture[str], form: str) -> None:
        assert fetch(form, "-b", "crumb=secret", "-u", "alice:wonderland", f"{site.url}/basic") == 0
        out = capsys.readouterr().out
        assert "Basic (not shown)" in out
        assert "wonderland" not in out
        assert "YWxpY2U6" not in out
        assert "secret" not in out


class TestCache:
    def test_it_answers_and_tells(self, site: Site, capsys: pytest.CaptureFixture[str]) -> None:
        for form in ("--explain", "--json"):
            site.seen.clear()
            cache = ["--cache", f"cache{form}", form]
            assert fetch(*cache, f"{site.url}/kept") == 0
            assert "It is stored, fresh for 60 seconds." in capsys.readouterr().out
            assert fetch(*cache, f"{site.url}/kept") == 0
            out = capsys.readouterr().out
            assert "It is taken from the cache: " in out
            assert ("   < stored: 200 OK\n" if form == "--explain" else '"cached": true') in out
            assert len(site.seen) == 1

    def test_what_is_validated_shows_the_condition(self, site: Site, capsys: pytest.CaptureFixture[str]) -> None:
        assert fetch("--cache", "c", f"{site.url}/kept") == 0
        assert fetch("--cache", "c", "-H", "Cache-Control: no-cache", "--explain", f"{site.url}/kept") == 0
        out = capsys.readouterr().out
        assert out.index("it is asked whether it has changed") < out.index('> If-None-Match: "k"') < out.index("< 304")
        assert site.last.fields["if-none-match"] == '"k"'

    def test_what_is_stale_is_said(self, site: Site, capsys: pytest.CaptureFixture[str]) -> None:
        assert fetch("-s", "--cache", "c", f"{site.url}/failing") == 0
        assert fetch("--cache", "c", f"{site.url}/failing") == 0
        out, err = capsys.readouterr()
        assert out == "kept\n" * 2
        assert "It is no answer, but a 502: what is stored is used" in err

    @pytest.mark.parametrize("name", ["missing/cache", "letter"])
    def test_what_is_no_cache(self, site: Site, capsys: pytest.CaptureFixture[str], name: str) -> None:
        Path("letter").write_text("Dear reader")
        assert fetch("--cache", name, f"{site.url}/kept") == 2
        assert capsys.readouterr().err.startswith(f"statuary fetch: can't keep responses in {name}: ")
        assert Path("letter").read_text() == "Dear reader"
        assert site.seen == []


@pytest.mark.parametrize("arguments", [["-i"], ["--explain"], []])
def test_a_terminal_obeys_no_peer(
    site: Site, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, arguments: list[str]
) -> None:
    monkeypatch.setenv("NO_COLOR", "1")
    monkeypatch.setattr(sys.stdout, "isatty", lambda: True)
    assert fetch(*arguments, f"{site.url}/evil") == 1
    out, err = capsys.readouterr()
    assert not {"\x1b", "\x07", "\x9b"} & set(out + err)
    if not arguments:
        assert out == "\\x1b[31mred\\x07\nplain\n"
