"""A page for every status code: what a plain GET gets, and what the request gets that the page names."""

from __future__ import annotations

import gzip
import shlex
from collections.abc import Mapping
from pathlib import Path

import pytest

from statuary import status as statuses
from statuary.message.fields import Fields
from statuary.message.request import UNKNOWN_LENGTH, Request
from statuary.message.response import has_content
from statuary.origin_server.path_patterns import parse_pattern
from statuary.origin_server.site import Site
from statuary.origin_server.status_pages import StatusPages, accepts_gzip_manipulation, rows
from statuary.semantics.decision import Respond, decide

from .configured import NOW, ask, configured, octets, resource_of

PAGES = StatusPages(parse_pattern("/status/*"))
ROWS = rows("/status/")

# What a plain GET gets where it is not the code itself
INSTEAD = {101: 426} | {code: 200 for code, row in ROWS.items() if row.why_not is not None and code != 101}


def get(code: int, method: str = "GET", *, version: tuple[int, int] = (1, 1), **fields: str) -> Respond:
    lines = [(name.replace("_", "-"), value) for name, value in fields.items()]
    request = Request(method, f"/status/{code}", Fields(lines), authority="example.org", version=version)
    decision = decide(request, PAGES.resource(request, (str(code),)), NOW)
    assert isinstance(decision, Respond)
    return decision


@pytest.mark.parametrize("code", range(100, 600))
def test_a_plain_get_gets_the_code_or_is_told_how(code: int) -> None:
    answer = get(code)
    if code < 200 and code != 101:
        assert ([response.status for response in answer.interim], answer.status) == ([code], 200)
    else:
        assert (answer.status, answer.interim) == (INSTEAD.get(code, code), ())
    if code in INSTEAD and INSTEAD[code] == 200:
        assert f"does not get {code}".encode() in octets(answer)
    if has_content("GET", answer.status) and answer.status != 205:
        assert octets(answer)
        assert answer.field("Content-Type") is not None
        assert answer.field("Content-Length") == str(len(octets(answer)))


@pytest.mark.parametrize("code", range(100, 600))
def test_head_gets_the_same_without_content(code: int) -> None:
    found, head = get(code), get(code, "HEAD")
    assert (head.status, head.interim) == (found.status, found.interim)
    assert head.fields == found.fields
    assert not head.content


@pytest.mark.parametrize("code", range(100, 600))
def test_every_answer_has_the_fields_that_its_code_demands(code: int) -> None:
    answer = get(code)
    # Date and Connection come with the connection, and what a 200 would have had is compared elsewhere
    demanded = [
        rule.name
        for rule in statuses.lookup(answer.status).required_fields
        if rule.when is None or answer.status in (401, 405, 426)
    ]
    assert [name for name in demanded if name not in ("Connection", "Date") and answer.field(name) is None] == []


def test_no_interim_response_for_http_1_0() -> None:
    for code in (100, 102, 103, 150):
        answer = get(code, version=(1, 0))
        assert (answer.status, answer.interim) == (200, ())


@pytest.mark.parametrize(
    ("code", "fields"),
    [
        (202, {"Link": '</status/200>; rel="monitor"', "Retry-After": "1"}),
        (205, {"Content-Length": "0"}),
        (301, {"Location": "/status/200"}),
        (302, {"Location": "/status/200"}),
        (303, {"Location": "/status/200"}),
        (307, {"Location": "/status/200"}),
        (308, {"Location": "/status/200"}),
        (401, {"WWW-Authenticate": 'Basic realm="Status pages", charset="UTF-8"'}),
        (405, {"Allow": "OPTIONS"}),
        (426, {"Upgrade": "websocket"}),
        (429, {"Retry-After": "1"}),
        (451, {"Link": '<https://court.invalid/>; rel="blocked-by"'}),
        (503, {"Retry-After": "1"}),
    ],
)
def test_fields(code: int, fields: Mapping[str, str]) -> None:
    answer = get(code)
    assert {name: answer.field(name) for name in fields} == fields


def test_hints() -> None:
    assert [response.fields.get("link") for response in get(103).interim] == ["</status/200>; rel=preload; as=document"]


def test_credentials_open_the_page_for_401() -> None:
    assert get(401, Authorization="Basic YWxpY2U6d29uZGVybGFuZA==").status == 200


def test_instance_manipulation() -> None:
    plain, packed = get(226), get(226, A_IM="vcdiff, gzip;q=0.5")
    assert (packed.status, packed.field("IM")) == (226, "gzip")
    assert packed.field("ETag") == plain.field("ETag")
    assert gzip.decompress(octets(packed)) == octets(plain)


@pytest.mark.parametrize(
    ("value", "accepted"),
    [
        ("gzip", True),
        ("GZIP ; q=1", True),
        ("gzip;q=0", False),
        ("gzip; q=0.00", False),
        ("vcdiff", False),
        ('"', False),
    ],
)
def test_a_im(value: str, accepted: bool) -> None:
    assert accepts_gzip_manipulation(Request("GET", "/", Fields([("A-IM", value)]))) is accepted


NAMED = [code for code, row in ROWS.items() if row.command is not None and code not in (101, 408)]


@pytest.mark.parametrize("code", NAMED)
def test_the_command_that_a_page_names_gets_the_code(tmp_path: Path, code: int) -> None:
    command = ROWS[code].command
    assert command is not None
    site = configured(tmp_path, "[status]\n")
    answer = ask_as_curl(site, command.format(url=f"http://example.org/status/{code}"))
    assert answer.status == code
    assert command.partition("{url}")[0].partition("$(")[0] in unescaped(octets(ask(site, f"/status/{code}")))


def ask_as_curl(site: Site, command: str) -> Respond:
    """Ask what curl would ask, as far as these commands go."""
    words = shlex.split(command.replace("$(printf '%05000d' 0)", "0" * 5000))[2:]
    method, content, path = None, None, ""
    fields: dict[str, str] = {}
    while words:
        match words.pop(0):
            case "-X":
                method = words.pop(0)
            case "-d":
                content = words.pop(0).encode()
                fields.setdefault("Content-Type", "application/x-www-form-urlencoded")
            case "-r":
                fields["Range"] = f"bytes={words.pop(0)}"
            case "-H":
                name, _, value = words.pop(0).partition(": ")
                fields[name] = value
            case url:
                path = url.removeprefix("http://example.org")
    path, _, query = path.partition("?")
    chunked = fields.pop("Transfer-Encoding", None) is not None
    asked = method or ("GET" if content is None else "POST")
    return ask(site, path, asked, content, fields=fields, query=query or None, chunked=chunked)


def unescaped(page: bytes) -> str:
    return page.decode().replace("&#x27;", "'").replace("&quot;", '"').replace("&amp;", "&")


def test_a_websocket_handshake_gets_101() -> None:
    answer = get(
        101,
        Connection="Upgrade",
        Upgrade="websocket",
        Sec_WebSocket_Version="13",
        Sec_WebSocket_Key="dGhlIHNhbXBsZSBub25jZQ==",
    )
    assert (answer.status, answer.field("Sec-WebSocket-Accept")) == (101, "s3pPLMBiTxaQ9kYGzzhZRbK+xOo=")


def test_without_the_library_no_websocket_is_offered(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("statuary.origin_server.status_pages.find_spec", lambda name: None)
    table = rows("/status/")
    assert table[101].why_not is not None
    assert "statuary[websocket]" in table[101].why_not
    assert table[426].reason == {}


@pytest.mark.parametrize("code", [201, 409, 411, 413, 415, 422])
def test_a_post_with_nothing_against_it_is_done(tmp_path: Path, code: int) -> None:
    site = configured(tmp_path, "[status]\n")
    answer = ask(site, f"/status/{code}", "POST", b"x", fields={"Content-Type": "text/plain"})
    assert answer.status == (code if code in (201, 409, 422) else 204)
    if code == 201:
        assert answer.field("Location") == "/status/200"


def test_a_put_with_a_precondition_is_done(tmp_path: Path) -> None:
    site = configured(tmp_path, "[status]\n")
    assert ask(site, "/status/428", "PUT", b"x", fields={"If-Match": "*"}).status == 204


def test_the_index_links_every_registered_code(tmp_path: Path) -> None:
    site = configured(tmp_path, "[status]\n")
    moved, index = ask(site, "/status"), ask(site, "/status/")
    assert (moved.status, moved.field("Location")) == (301, "/status/")
    assert index.status == 200
    assert [code for code in statuses.PHRASES if f'href="{code}"' not in octets(index).decode()] == []
    assert ask(site, "/status/", fields={"If-None-Match": index.field("ETag") or ""}).status == 304


@pytest.mark.parametrize("name", ["99", "600", "abc", "0200", "20", "200/", "200/x", "", "%32%30%30"])
def test_other_names(tmp_path: Path, name: str) -> None:
    site = configured(tmp_path, "[status]\npath = '/s/'\n")
    expected = {"%32%30%30": 200, "": 200}
    assert ask(site, f"/s/{name}").status == expected.get(name, 404)
    assert ask(site, "/status/200").status == 404


def test_redirects_stay_below_the_path_that_is_configured(tmp_path: Path) -> None:
    site = configured(tmp_path, "[status]\npath = '/a b/'\n")
    assert ask(site, "/a%20b/301").field("Location") == "/a%20b/200"


def test_misdirected_whatever_the_authority(tmp_path: Path) -> None:
    site = configured(tmp_path, "authorities = ['example.org']\n[status]\n")
    assert [ask(site, f"/status/{code}").status for code in (421, 200)] == [421, 200]


def test_rules_are_over_the_pages_too(tmp_path: Path) -> None:
    site = configured(tmp_path, "[status]\n[[forbidden]]\npath = '/status/418'\n")
    assert [ask(site, f"/status/{code}").status for code in (418, 419)] == [403, 419]


def test_a_page_is_made_once(tmp_path: Path) -> None:
    site = configured(tmp_path, "[status]\n")
    assert resource_of(site, "/status/404") is resource_of(site, "/status/404")


def test_content_that_comes_with_an_unknown_length_is_bounded(tmp_path: Path) -> None:
    site = configured(tmp_path, "[status]\n")
    assert ask(site, "/status/201", "POST", b"x" * (1024 * 1024 + 1), chunked=True).status == 413
    request = Request("POST", "/status/201", authority="example.org", content_length=UNKNOWN_LENGTH)
    assert not isinstance(decide(request, PAGES.resource(request, ("201",)), NOW), Respond)
