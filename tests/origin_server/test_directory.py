"""A directory as a site: what each path means, that changes show, and that nothing else does."""

from __future__ import annotations

import gzip
import os
import re
import time
from html.parser import HTMLParser
from pathlib import Path

import pytest

from statuary.message.fields import Fields
from statuary.message.request import Request
from statuary.message.response import Multipart, Whole
from statuary.origin_server.directory import DirectoryOptions, DirectorySite
from statuary.origin_server.media_types import media_type_of
from statuary.origin_server.octets import octets_at_hand
from statuary.origin_server.sources import File
from statuary.semantics.decision import Respond, decide

BINARY = bytes(range(256))


def ask(site: DirectorySite, path: str, method: str = "GET", **fields: str) -> Respond:
    lines = [(name.replace("_", "-"), value) for name, value in fields.items()]
    request = Request(method, path, Fields(lines), authority="a.example")
    now = int(time.time())
    answer = decide(request, site.resource(request, now), now)
    assert isinstance(answer, Respond)
    return answer


def content_of(answer: Respond) -> bytes:
    assert not isinstance(answer.content, Multipart)
    return b"".join(octets_at_hand(answer.content))


@pytest.fixture
def root(tmp_path: Path) -> Path:
    root = tmp_path / "root"
    (root / "sub" / "empty").mkdir(parents=True)
    (root / ".git").mkdir()
    (root / ".statuary").mkdir()
    (root / "indexed").mkdir()
    (tmp_path / "outside").write_text("outside")
    for place in (
        "a.txt",
        "sub/b.html",
        ".git/config",
        ".hidden",
        ".statuary/lock",
        "statuary.toml",
        "indexed/index.html",
    ):
        (root / place).write_text(place)
    (root / "binary").write_bytes(BINARY)
    (root / "out").symlink_to("../outside")
    (root / "up").symlink_to("..")
    (root / "in").symlink_to("a.txt")
    (root / "loop").symlink_to("loop")
    return root


@pytest.fixture
def site(root: Path) -> DirectorySite:
    return DirectorySite(root)


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("/", 200),
        ("/a.txt", 200),
        ("/%61.txt", 200),
        ("/in", 200),
        ("/binary", 200),
        ("/sub", 301),
        ("/sub/", 200),
        ("/sub/b.html", 200),
        ("/indexed/", 200),
        ("/indexed/index.html", 200),
        ("/none", 404),
        ("/none/none", 404),
        ("/a.txt/", 404),
        ("/a.txt/b", 404),
        ("/A.TXT", 404),
        ("/" + "n" * 300, 404),
        ("/" + "n/" * 3000, 404),
        ("/%ff", 404),
        # What is outside, hidden, or another spelling of what is there
        ("/../outside", 404),
        ("/%2e%2e/outside", 404),
        ("/..%2foutside", 404),
        ("/sub/../a.txt", 404),
        ("/./a.txt", 404),
        ("//a.txt", 404),
        ("/sub//b.html", 404),
        ("/sub%2fb.html", 404),
        ("/a.txt%00", 404),
        ("/a.txt%00.html", 404),
        ("/out", 404),
        ("/up/outside", 404),
        ("/up/", 404),
        ("/loop", 404),
        ("/.git/config", 404),
        ("/.hidden", 404),
        ("/.statuary/lock", 404),
        ("/up/root/.git/config", 404),
        ("/statuary.toml", 404),
    ],
)
def test_what_a_path_means(site: DirectorySite, path: str, status: int) -> None:
    for method in ("GET", "HEAD"):
        answer = ask(site, path, method)
        assert answer.status == status
        assert b"outside" not in (content_of(answer) if isinstance(answer.content, Whole) else b"")


def test_a_directory_is_redirected_to_its_own_path(site: DirectorySite) -> None:
    answer = ask(site, "/sub")
    assert answer.field("Location") == "/sub/"
    assert ask(site, "/sub", "HEAD").status == 301
    assert ask(site, "/sub", "OPTIONS").status == 204


def test_the_content_and_what_is_said_of_it(site: DirectorySite, root: Path) -> None:
    os.utime(root / "a.txt", (784111777, 784111777))
    answer = ask(site, "/a.txt")
    assert content_of(answer) == b"a.txt"
    assert answer.field("Content-Type") == "text/plain;charset=utf-8"
    assert answer.field("Content-Length") == "5"
    assert answer.field("Last-Modified") == "Sun, 06 Nov 1994 08:49:37 GMT"
    assert answer.field("Accept-Ranges") == "bytes"
    assert re.fullmatch(r'"[0-9a-f]+"', answer.field("ETag") or "")
    assert ask(site, "/in").field("ETag") == answer.field("ETag")
    assert ask(site, "/binary").field("Content-Type") == "application/octet-stream"


def test_text_is_called_utf_8_only_if_it_is(site: DirectorySite, root: Path) -> None:
    (root / "latin.txt").write_bytes(b"caf\xe9")
    assert ask(site, "/latin.txt").field("Content-Type") == "text/plain"


def test_a_file_from_the_future_was_modified_by_now(site: DirectorySite, root: Path) -> None:
    # RFC 9110 section 8.8.2.1
    os.utime(root / "a.txt", (4102444800, 4102444800))
    request = Request("GET", "/a.txt")
    (variant,) = site.resource(request, 784111777).variants
    assert variant.last_modified == 784111777


def test_the_index_of_a_directory(site: DirectorySite, root: Path) -> None:
    assert content_of(ask(site, "/indexed/")) == b"indexed/index.html"
    assert b"<h1>Index of /sub/</h1>" in content_of(ask(site, "/sub/"))
    (root / "sub" / "index.html").symlink_to("../../outside")
    assert b"outside" not in content_of(ask(site, "/sub/"))
    (root / "sub" / "index.html").unlink()
    (root / "sub" / "index.html").write_text("new")
    assert content_of(ask(site, "/sub/")) == b"new"


def test_no_list_where_none_is_wanted(root: Path) -> None:
    site = DirectorySite(root, DirectoryOptions(listings=False))
    assert ask(site, "/sub/").status == 403
    assert ask(site, "/indexed/").status == 200


def test_nothing_but_files_is_served(site: DirectorySite, root: Path) -> None:
    os.mkfifo(root / "sub" / "fifo")
    (root / "sub" / "link").symlink_to("fifo")
    for name in ("fifo", "link"):
        assert ask(site, f"/sub/{name}").status == 403
        assert name.encode() not in content_of(ask(site, "/sub/"))


# Changes show


@pytest.mark.parametrize("size", [5, 3000])
def test_a_change_that_leaves_size_and_time_alone(root: Path, size: int) -> None:
    """Content is remembered by more than what os.utime can put back."""
    site = DirectorySite(root, DirectoryOptions(hashed=1000, in_memory=1000))
    file = root / "a.txt"
    file.write_bytes(b"x" * size)
    before = ask(site, "/a.txt")
    times = os.stat(file)
    for number in range(50):
        with open(file, "r+b") as there:
            there.write(b"%d" % (number % 10))
        os.utime(file, ns=(times.st_atime_ns, times.st_mtime_ns))
        after = ask(site, "/a.txt")
        assert after.field("ETag") != before.field("ETag")
        if size == 5:
            assert content_of(after)[:1] == b"%d" % (number % 10)
        before = after


def test_the_same_content_has_the_same_tag(site: DirectorySite, root: Path) -> None:
    """So that a copy of a site, or a rewrite of the same, makes no client read it again."""
    before = ask(site, "/a.txt")
    (root / "a.txt").write_text("a.txt")
    os.utime(root / "a.txt", (1, 1))
    after = ask(site, "/a.txt")
    assert after.field("ETag") == before.field("ETag")
    assert after.field("Last-Modified") != before.field("Last-Modified")


def test_files_that_come_and_go(site: DirectorySite, root: Path) -> None:
    assert ask(site, "/new").status == 404
    (root / "new").write_text("new")
    assert content_of(ask(site, "/new")) == b"new"
    (root / "new").unlink()
    assert ask(site, "/new").status == 404
    (root / "new").mkdir()
    assert ask(site, "/new").status == 301
    (root / "a.txt").unlink()
    (root / "a.txt").symlink_to("../outside")
    assert ask(site, "/a.txt").status == 404


def test_large_files_are_read_while_they_are_sent(root: Path) -> None:
    site = DirectorySite(root, DirectoryOptions(hashed=100, in_memory=10))
    content = ask(site, "/binary").content
    assert isinstance(content, Whole)
    assert isinstance(content.of.source, File)
    assert isinstance(ask(DirectorySite(root), "/binary").content, Whole)


def test_what_is_remembered_is_bounded(root: Path) -> None:
    site = DirectorySite(root, DirectoryOptions(cache=600))
    for number in range(5):
        (root / f"f{number}").write_bytes(BINARY)
        os.utime(root / f"f{number}", (1, 1))
    for _ in range(2):
        for number in range(5):
            assert content_of(ask(site, f"/f{number}")) == BINARY
    assert site._cached <= 600


# Variants


def test_precompressed_forms(site: DirectorySite, root: Path) -> None:
    packed = gzip.compress(b"a.txt", mtime=0)
    (root / "a.txt.gz").write_bytes(packed)
    answer = ask(site, "/a.txt", accept_encoding="gzip")
    assert content_of(answer) == packed
    assert answer.field("Content-Encoding") == "gzip"
    assert answer.field("Content-Type") == "text/plain;charset=utf-8"
    assert answer.field("Vary") == "Accept-Encoding"
    plain = ask(site, "/a.txt")
    assert content_of(plain) == b"a.txt"
    assert plain.field("Vary") == "Accept-Encoding"
    assert plain.field("ETag") != answer.field("ETag")
    assert content_of(ask(site, "/a.txt", accept_encoding="br, gzip;q=0")) == b"a.txt"
    # By its own name it is what it is
    itself = ask(site, "/a.txt.gz")
    assert (itself.field("Content-Type"), itself.field("Content-Encoding")) == ("application/gzip", None)


def test_the_best_coding_that_is_there(site: DirectorySite, root: Path) -> None:
    for ending in ("br", "zst", "gz"):
        (root / f"a.txt.{ending}").write_text(ending)
    assert content_of(ask(site, "/a.txt", accept_encoding="gzip, br, zstd")) == b"br"
    assert content_of(ask(site, "/a.txt", accept_encoding="gzip, zstd")) == b"zst"
    assert content_of(ask(site, "/a.txt", accept_encoding="br;q=0.5, gzip")) == b"gz"


def test_a_precompressed_form_older_than_its_file_is_not_used(site: DirectorySite, root: Path) -> None:
    packed = root / "a.txt.gz"
    packed.write_bytes(gzip.compress(b"a.txt", mtime=0))
    assert ask(site, "/a.txt", accept_encoding="gzip").field("Content-Encoding") == "gzip"
    os.utime(root / "a.txt", (200, 200))
    os.utime(packed, (100, 100))
    assert ask(site, "/a.txt", accept_encoding="gzip").field("Content-Encoding") is None
    os.utime(packed, (300, 300))
    assert ask(site, "/a.txt", accept_encoding="gzip").field("Content-Encoding") == "gzip"


def test_a_precompressed_form_is_no_link_and_not_alone(site: DirectorySite, root: Path) -> None:
    (root / "a.txt.gz").symlink_to("../outside")
    (root / "alone.txt.gz").write_text("alone")
    assert ask(site, "/a.txt", accept_encoding="gzip").field("Content-Encoding") is None
    assert ask(site, "/alone.txt", accept_encoding="gzip").status == 404


def test_language_variants(root: Path) -> None:
    site = DirectorySite(root)
    for language in ("en", "de", "pt-BR"):
        (root / f"page.{language}.html").write_text(language)
    (root / "page.css.html").write_text("no language")  # three letters are one, by their form
    german = ask(site, "/page.html", accept_language="de, en;q=0.5")
    assert content_of(german) == b"de"
    assert german.field("Content-Language") == "de"
    assert german.field("Content-Location") == "/page.de.html"
    assert german.field("Vary") == "Accept-Language"
    assert ask(site, "/page.html").status == 300
    assert ask(DirectorySite(root, DirectoryOptions(choice=False)), "/page.html").status == 200
    assert ask(DirectorySite(root, DirectoryOptions(languages=False)), "/page.html").status == 404
    (root / "page.html").write_text("itself")
    assert content_of(ask(site, "/page.html", accept_language="de")) == b"itself"


def test_type_variants(root: Path) -> None:
    for ending in ("html", "json"):
        (root / f"data.{ending}").write_text(ending)
    site = DirectorySite(root, DirectoryOptions(types=True))
    assert content_of(ask(site, "/data", accept="application/json")) == b"json"
    assert ask(site, "/data", accept="image/png").status == 406
    assert ask(DirectorySite(root), "/data").status == 404


def test_variants_lie_inside_too(root: Path) -> None:
    (root / "page.en.html").symlink_to("../outside")
    (root / "page.de.html").write_text("de")
    assert content_of(ask(DirectorySite(root), "/page.html", accept_language="en, de;q=0.1")) == b"de"


# Listings

HOSTILE = (
    '"><script>alert(1)',
    "'onmouseover='x",
    "<b>",
    "&amp;",
    "a b",
    "a?b#c",
    "%41",
    "javascript:alert(1)",
    "\r\nSet-Cookie: a",
    "\u202egnp.exe",
    "caf\xe9",
    "\udcff",
    "\\",
    "a;b",
)


class Links(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.tags: set[str] = set()
        self.hrefs: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        assert not {name for name, _ in attrs if name.startswith("on")}
        self.hrefs += [value or "" for name, value in attrs if name == "href"]


def test_hostile_names_are_listed_harmlessly_and_linked_rightly(site: DirectorySite, root: Path) -> None:
    for name in HOSTILE:
        (root / "sub" / "empty" / name).write_bytes(os.fsencode(name))
    page = content_of(ask(site, "/sub/empty/")).decode()
    links = Links()
    links.feed(page)
    assert links.tags == {"html", "meta", "title", "style", "h1", "table", "tr", "td", "a"}
    assert links.hrefs.pop(0) == "../"
    found = set()
    for href in links.hrefs:
        assert href.startswith("./")
        found.add(content_of(ask(site, "/sub/empty/" + href[2:])))
    assert found == {os.fsencode(name) for name in HOSTILE}


def test_a_directory_with_a_hostile_name(site: DirectorySite, root: Path) -> None:
    (root / "<script>").mkdir()
    answer = ask(site, "/%3Cscript%3E")
    assert answer.field("Location") == "/%3Cscript%3E/"
    assert b"<script>" not in content_of(ask(site, "/%3Cscript%3E/"))


def test_a_list_shows_what_is_served_and_no_more(site: DirectorySite, root: Path) -> None:
    (root / "dangling").symlink_to("nothing")
    (root / "secret").symlink_to(".hidden")
    (root / "configuration").symlink_to("statuary.toml")
    (root / "sub" / "statuary.toml").write_text("no configuration here")
    links = Links()
    links.feed(content_of(ask(site, "/")).decode())
    assert links.hrefs == ["./indexed/", "./sub/", "./a.txt", "./binary", "./in"]
    for href in links.hrefs:
        assert ask(site, href[1:]).status == 200
    assert b"./statuary.toml" in content_of(ask(site, "/sub/"))


def test_a_list_is_as_new_as_the_directory(site: DirectorySite, root: Path) -> None:
    before = ask(site, "/sub/")
    (root / "sub" / "b.html").write_text("longer than before")
    after = ask(site, "/sub/")
    assert after.field("ETag") != before.field("ETag")
    assert b"<td>18<td>" in content_of(after)
    assert ask(site, "/sub/", if_none_match=after.field("ETag") or "").status == 304


# Reading only


@pytest.mark.parametrize("method", ["PUT", "DELETE", "POST", "PATCH"])
@pytest.mark.parametrize("path", ["/a.txt", "/sub/", "/sub", "/none", "/../outside"])
def test_nothing_is_changed_unless_it_may_be(site: DirectorySite, path: str, method: str) -> None:
    answer = ask(site, path, method)
    assert answer.status == 405
    assert answer.field("Allow") == "GET, HEAD, OPTIONS"


# Media types


@pytest.mark.parametrize(
    ("name", "media_type"),
    [
        ("a.html", "text/html"),
        ("A.HTML", "text/html"),
        ("a.js", "text/javascript"),
        ("a.mjs", "text/javascript"),
        ("a.css", "text/css"),
        ("a.json", "application/json"),
        ("a.svg", "image/svg+xml"),
        ("a.webp", "image/webp"),
        ("a.wasm", "application/wasm"),
        ("a.woff2", "font/woff2"),
        ("a.md", "text/markdown"),
        ("a.toml", "application/toml"),
        ("a.tar.gz", "application/gzip"),
        ("a.tgz", "application/gzip"),
        ("a.tar.bz2", "application/x-bzip2"),
        ("a.tar.xz", "application/x-xz"),
        ("a.html.br", "application/octet-stream"),
        ("a.Z", "application/octet-stream"),
        ("a", "application/octet-stream"),
        ("a.unknown", "application/octet-stream"),
        (".html", "application/octet-stream"),
    ],
)
def test_the_media_type_of_a_name(name: str, media_type: str) -> None:
    assert media_type_of(name) == media_type
