"""curl against the exhibit: its options do what curl's manual says they do, as far as that is up to the server."""

from __future__ import annotations

import gzip
import os
import shutil
import subprocess
from email.utils import formatdate, parsedate_to_datetime
from pathlib import Path

import pytest

from statuary.origin_server.exhibit import FILES

from .conftest import Serve, Served

pytestmark = pytest.mark.skipif(shutil.which("curl") is None, reason="curl is not installed")

HELLO = (FILES / "hello.txt").read_bytes()
NUMBERS = (FILES / "numbers.txt").read_bytes()


class Curl:
    """Runs curl in a directory of its own, without the settings of whoever runs the tests."""

    def __init__(self, served: Served, directory: Path) -> None:
        self.served = served
        self.directory = directory

    def __call__(self, target: str, *options: str, stdin: bytes = b"") -> subprocess.CompletedProcess[bytes]:
        command = ["curl", "-q", "--silent", "--show-error", "--max-time", "25", *options, self.served.origin + target]
        environment = {**os.environ, "LC_ALL": "C", "no_proxy": "*"}
        return subprocess.run(
            command, cwd=self.directory, env=environment, input=stdin, capture_output=True, timeout=60
        )

    def status(self, target: str, *options: str, stdin: bytes = b"") -> int:
        return int(self.told("%{http_code}", target, *options, stdin=stdin))

    def told(self, form: str, target: str, *options: str, stdin: bytes = b"") -> str:
        """What --write-out tells of the transfer; its content is thrown away unless an option says where it goes."""
        where = () if "-o" in options else ("-o", os.devnull)
        run = self(target, *options, *where, "--write-out", form, stdin=stdin)
        assert run.returncode == 0, run.stderr
        return run.stdout.decode()


@pytest.fixture
def curl(exhibit: Served, tmp_path: Path) -> Curl:
    return Curl(exhibit, tmp_path)


def test_head(curl: Curl) -> None:
    run = curl("/hello.txt", "-I")
    lines = run.stdout.decode().split("\r\n")
    assert lines[0] == "HTTP/1.1 200 OK"
    assert f"Content-Length: {len(HELLO)}" in lines
    assert lines[-2:] == ["", ""]


def test_head_has_the_fields_of_get(curl: Curl) -> None:
    head = curl("/planets", "-I", "-H", "Accept: text/csv").stdout
    got = curl("/planets", "-D", "-", "-o", os.devnull, "-H", "Accept: text/csv").stdout
    assert [line for line in head.splitlines() if not line.startswith(b"Date")] == [
        line for line in got.splitlines() if not line.startswith(b"Date")
    ]


@pytest.mark.parametrize(
    ("ranges", "expected"),
    [("0-0", NUMBERS[:1]), ("0-499", NUMBERS[:500]), ("500-", NUMBERS[500:]), ("-500", NUMBERS[-500:])],
)
def test_range(curl: Curl, ranges: str, expected: bytes) -> None:
    assert curl("/numbers.txt", "-r", ranges).stdout == expected
    assert curl.status("/numbers.txt", "-r", ranges) == 206


def test_ranges(curl: Curl) -> None:
    run = curl("/numbers.txt", "-r", "0-9,500-509")
    assert NUMBERS[:10] in run.stdout
    assert NUMBERS[500:510] in run.stdout
    assert run.stdout.count(b"Content-Range: bytes ") == 2


def test_range_beyond_the_end(curl: Curl) -> None:
    assert curl.status("/numbers.txt", "-r", "100000-") == 416


def test_resume(curl: Curl) -> None:
    """-C - goes on where the file on disk ends."""
    part = curl.directory / "numbers.txt"
    part.write_bytes(NUMBERS[:1234])
    told = curl.told("%{http_code} %{size_download}", "/numbers.txt", "-C", "-", "-o", "numbers.txt")
    assert told == f"206 {len(NUMBERS) - 1234}"
    assert part.read_bytes() == NUMBERS


def test_resume_from_an_offset(curl: Curl) -> None:
    assert curl("/numbers.txt", "-C", "5000").stdout == NUMBERS[5000:]


def modified(curl: Curl, target: str) -> int:
    date = curl.told("%header{last-modified}", target)
    return int(parsedate_to_datetime(date).timestamp())


def test_time_condition_with_a_date(curl: Curl) -> None:
    """-z DATE asks for what is newer; -z -DATE for what is not."""
    changed = modified(curl, "/hello.txt")
    before, at, after = (formatdate(changed + seconds, usegmt=True) for seconds in (-1, 0, 1))
    assert curl("/hello.txt", "-z", at).stdout == b""
    assert curl.status("/hello.txt", "-z", at) == 304
    assert curl("/hello.txt", "-z", before).stdout == HELLO
    assert curl("/hello.txt", "-z", f"-{after}").stdout == HELLO
    assert curl.status("/hello.txt", "-z", f"-{before}") == 412


def test_time_condition_with_a_file(curl: Curl) -> None:
    """-z FILE takes the date of the file: with -R, nothing is fetched that is there already."""
    copy = curl.directory / "copy.txt"
    assert curl.status("/hello.txt", "-R", "-o", "copy.txt") == 200
    assert int(copy.stat().st_mtime) == modified(curl, "/hello.txt")
    assert curl.status("/hello.txt", "-z", "copy.txt", "-o", "copy.txt") == 304
    assert copy.read_bytes() == HELLO
    os.utime(copy, (0, copy.stat().st_mtime - 1))
    assert curl.status("/hello.txt", "-z", "copy.txt", "-o", "copy.txt") == 200


def test_etags(curl: Curl) -> None:
    """--etag-save keeps an ETag, and --etag-compare sends it in If-None-Match."""
    etag = curl.directory / "etag.txt"
    assert curl("/hello.txt", "--etag-save", "etag.txt").stdout == HELLO
    assert etag.read_text().strip() == curl.told("%header{etag}", "/hello.txt")
    assert curl.status("/hello.txt", "--etag-compare", "etag.txt") == 304
    assert curl("/hello.txt", "--etag-compare", "etag.txt", "--etag-save", "etag.txt").stdout == b""
    etag.write_text('"other"\n')
    assert curl("/hello.txt", "--etag-compare", "etag.txt").stdout == HELLO


def test_upload(curl: Curl) -> None:
    """-T FILE sends a PUT; where the URL ends in a slash, the name of the file is appended."""
    (curl.directory / "upload.txt").write_text("one\n")
    assert curl.status("/notes/", "-T", "upload.txt") == 201
    assert curl("/notes/upload.txt").stdout == b"one\n"
    (curl.directory / "upload.txt").write_text("two\n")
    assert curl.status("/notes/upload.txt", "-T", "upload.txt") == 204
    assert curl("/notes/upload.txt").stdout == b"two\n"


def test_upload_of_unknown_length(curl: Curl) -> None:
    assert curl.status("/notes/stdin.txt", "-T", "-", stdin=NUMBERS) == 201
    assert curl("/notes/stdin.txt").stdout == NUMBERS


def test_upload_where_nothing_may_be_changed(curl: Curl) -> None:
    assert curl.status("/hello.txt", "-T", "-", stdin=b"new") == 405
    assert curl("/hello.txt").stdout == HELLO


def test_basic_credentials(curl: Curl) -> None:
    assert curl.status("/private/") == 401
    assert curl.status("/private/", "-u", "alice:wonderland") == 200
    assert curl.status("/private/", "-u", "alice:guess") == 401
    assert curl.status("/private/", "-u", "bob:builder") == 403
    assert curl("/private/", "-u", "alice:guess", "--fail").returncode == 22


@pytest.mark.parametrize("option", ["--digest", "--anyauth"])
def test_credentials_on_demand(curl: Curl, option: str) -> None:
    """The password is not sent before it is asked for, nor, with Digest, afterwards."""
    run = curl("/private/", option, "-u", "alice:wonderland", "-v")
    said = run.stderr.decode()
    assert "< HTTP/1.1 401 " in said
    assert "< HTTP/1.1 200 " in said
    assert "> Authorization: Digest " in said
    assert curl.told("%{http_code} %{num_connects}", "/private/", option, "-u", "alice:wonderland") == "200 1"
    assert curl.status("/private/", option, "-u", "alice:guess") == 401


def test_bearer_token(curl: Curl) -> None:
    assert curl.status("/private/", "--oauth2-bearer", "down-the-rabbit-hole") == 200
    assert curl.status("/private/", "--oauth2-bearer", "white-rabbit") == 401


def test_expect_100_continue(curl: Curl) -> None:
    """--expect100-timeout is how long curl waits for the 100; it never has to wait so long."""
    run = curl("/forms/answer", "-v", "--expect100-timeout", "1000", "-H", "Expect: 100-continue", "-d", "name=Ada")
    assert run.returncode == 0, run.stderr
    said = run.stderr.decode()
    assert said.index("< HTTP/1.1 100 Continue") < said.index("< HTTP/1.1 200 OK")


def test_expect_100_continue_refused(curl: Curl) -> None:
    """Told the final status first, curl does not send the content."""
    (curl.directory / "long.txt").write_bytes(b"a" * 100_000)
    options = ("--expect100-timeout", "1000", "-H", "Expect: 100-continue", "--data-binary", "@long.txt")
    assert curl.told("%{http_code} %{size_upload}", "/forms/short", *options) == "413 0"


@pytest.mark.parametrize(
    ("target", "method", "options"),
    [
        ("/moved/for-good", "GET", ()),
        ("/moved/for-now", "GET", ()),
        ("/moved/for-now-as-is", "GET", ()),
        ("/moved/for-good-as-is", "GET", ()),
        ("/moved", "GET", ()),
        ("/moved/for-good", "GET", ("-d", "name=Ada")),
        ("/moved/for-good", "POST", ("-d", "name=Ada", "--post301")),
        ("/moved/for-now-as-is", "POST", ("-d", "name=Ada")),
        ("/moved/for-good-as-is", "POST", ("-d", "name=Ada")),
    ],
)
def test_location(curl: Curl, target: str, method: str, options: tuple[str, ...]) -> None:
    """-L goes where the redirect leads, with the method that its status code allows."""
    told = curl.told("%{http_code} %{num_redirects} %{method} %{url_effective}", target, "-L", *options)
    assert told == f"200 1 {method} {curl.served.origin}/moved/"


def test_location_after_a_form(curl: Curl) -> None:
    told = curl.told("%{http_code} %{method} %{url_effective}", "/forms/order", "-L", "-d", "tea=green")
    assert told == f"200 GET {curl.served.origin}/forms/thanks.html"


def test_compressed(serve: Serve, tmp_path: Path) -> None:
    """--compressed asks for the codings curl knows, and writes what they decode to."""
    page = b"<!doctype html><title>Page</title>" + b"<p>Again." * 1000
    curl = Curl(serve(files={"page.html": page, "page.html.gz": gzip.compress(page, mtime=0)}), tmp_path)
    assert curl("/page.html", "--compressed").stdout == page
    assert curl.told("%header{content-encoding}", "/page.html", "--compressed") == "gzip"
    assert curl.told("%header{content-encoding}", "/page.html") == ""
    assert int(curl.told("%{size_download}", "/page.html", "--compressed")) < len(page) / 10


def test_http_1_0(curl: Curl) -> None:
    run = curl("/hello.txt", "--http1.0")
    assert (run.returncode, run.stdout) == (0, HELLO)


def test_several_urls_on_one_connection(curl: Curl) -> None:
    run = curl("/hello.txt?[1-5]", "--write-out", "%{num_connects}", "-o", os.devnull)
    assert run.stdout.replace(HELLO, b"") == b"10000"
