"""What a configuration makes of a site: which status, to whom, at what cost."""

from __future__ import annotations

import asyncio
import gzip
import logging
import zlib
from collections.abc import Awaitable, Mapping
from hashlib import sha256
from pathlib import Path

import pytest

from statuary.fields.authentication import format_basic, parse_challenges
from statuary.message.request import Request
from statuary.origin_server.configuration import Configuration, ConfigurationError, parse_configuration
from statuary.origin_server.configured_site import MOST_NONCES, MOST_PATHS, ConfiguredSite, aliases, site_of
from statuary.origin_server.directory import DirectorySite
from statuary.origin_server.server import OriginServer
from statuary.origin_server.site import Site
from statuary.semantics.authentication import Authenticated, secret_hash
from statuary.semantics.resource import Representation, Resource
from statuary.transport.clock import ManualClock
from statuary.transport.memory import MemoryTransport

from .configured import NOW, ask, configured, configured_over, octets, resource_of

FILES = {
    "index.html": "index",
    "page.html": "page",
    "private/index.html": "secret",
    "private/a b.txt": "secret",
    "style.css": "style",
    "style.css.gz": "packed",
}

ALICE = {"Authorization": format_basic("alice", "wonderland")}
BOB = {"Authorization": format_basic("bob", "builder")}

ACCESS = """
[[access]]
path = "{path}"
realm = "Staff"
users = {{alice = "wonderland", bob = "builder"}}
{more}
"""


def table(name: str, path: str = "/page.html", more: str = "") -> str:
    return f'[[{name}]]\npath = "{path}"\n{more}\n'


# What each table does


@pytest.mark.parametrize(
    ("toml", "path", "status", "expected"),
    [
        (table("moved", more='to = "/new"'), "/page.html", 301, {"Location": "/new"}),
        (table("moved", more='to = "/new"\nstatus = 308'), "/page.html", 308, {"Location": "/new"}),
        (table("moved", "/x/*", 'to = "/y/*"'), "/x/a%20b/%C3%A9/", 301, {"Location": "/y/a%20b/%C3%A9/"}),
        (table("moved", "/x/*", 'to = "/y/*"'), "/x", 301, {"Location": "/y/"}),
        (table("moved", "/x/*", 'to = "/y/*"'), "/x/", 301, {"Location": "/y/"}),
        (table("moved", "/x/*", 'to = "https://a.example/*"'), "/x/b", 301, {"Location": "https://a.example/b"}),
        (table("moved", "/*", 'to = "/*"'), "//evil.example/a", 404, {}),
        (table("moved", "/*", 'to = "/y/*"'), "/%2e%2e/a", 404, {}),
        (table("gone", more='detail = "It was burnt."'), "/page.html", 410, {}),
        (table("forbidden"), "/page.html", 403, {}),
        (table("payment"), "/page.html", 402, {}),
        (
            table("legal", more='blocked_by = "https://a.example/"'),
            "/page.html",
            451,
            {"Link": '<https://a.example/>; rel="blocked-by"'},
        ),
        (table("unavailable", "/*", "retry_after = 60"), "/page.html", 503, {"Retry-After": "60"}),
        (table("unavailable", "/*"), "/no/such/thing", 503, {"Retry-After": None}),
        (table("unavailable", "/*"), "//", 503, {}),
        (
            ACCESS.format(path="/private/*", more=""),
            "/private/",
            401,
            {"WWW-Authenticate": 'Basic realm="Staff", charset="UTF-8"'},
        ),
        (
            table("fields", more='set = {"Cache-Control" = "max-age=60"}'),
            "/page.html",
            200,
            {"Cache-Control": "max-age=60"},
        ),
        (table("trace"), "/page.html", 200, {}),
        (table("upgrade", "/ws"), "/ws", 200, {}),
        (table("upgrade", "/ws", "required = true"), "/ws", 426, {"Upgrade": "websocket"}),
        (table("gone"), "/other", 404, {}),
        (table("form"), "/page.html", 200, {}),
        (table("form", "/submit"), "/submit", 405, {"Allow": "OPTIONS, POST"}),
    ],
)
def test_what_a_get_gets(tmp_path: Path, toml: str, path: str, status: int, expected: Mapping[str, str | None]) -> None:
    site = configured(tmp_path, toml, FILES)
    answer = ask(site, path)
    assert (answer.status, {name: answer.field(name) for name in expected}) == (status, expected)
    assert ask(site, path) == answer, "what is remembered is no other"


def test_details_are_told(tmp_path: Path) -> None:
    site = configured(tmp_path, table("gone", more='detail = "It was burnt."'))
    assert b"It was burnt." in octets(ask(site, "/page.html"))


@pytest.mark.parametrize(
    ("more", "request_more", "status"),
    [
        ("content = 3", {"content": b"abcd"}, 413),
        ("needs_length = true", {"content": b"abcd", "chunked": True}, 411),
        ("query = 3", {"query": "abcd"}, 414),
        ("query = 3", {"query": "abc"}, 405),
        ("fields = 100", {"fields": {"X": "y" * 101}}, 431),
        ('media_types = ["text/*"]', {"content": b"a", "fields": {"Content-Type": "image/png"}}, 415),
        ('media_types = ["text/*"]', {"content": b"a", "fields": {"Content-Type": "text/plain"}}, 200),
        ('codings = ["gzip"]', {"content": b"a", "fields": {"Content-Encoding": "br"}}, 415),
    ],
)
def test_limits(tmp_path: Path, more: str, request_more: dict[str, object], status: int) -> None:
    path = "/page.html" if status == 405 else "/form"
    # A form of another type of content than its own: the limits come first
    toml = table("limits", "/*", more) + table("form", "/form")
    site = configured(tmp_path, toml, FILES)
    answer = ask(site, path, "POST", **request_more)  # type: ignore[arg-type]
    assert answer.status in (status, 400 if status == 200 else status)


def test_a_temporary_limit_says_when_to_come_back(tmp_path: Path) -> None:
    site = configured(tmp_path, table("limits", "/form", "content = 3\nretry_after = 60") + table("form", "/form"))
    answer = ask(site, "/form", "POST", b"abcd")
    assert (answer.status, answer.field("Retry-After")) == (413, "60")


def test_hints_and_fields_add_up_and_the_more_specific_wins(tmp_path: Path) -> None:
    toml = (
        table("hints", "/*", 'links = ["</a.css>; rel=preload"]')
        + table("hints", "/page.html", 'links = ["</b.css>; rel=preload"]')
        + table("fields", "/*", 'set = {"Cache-Control" = "no-cache", "X-A" = "a"}')
        + table("fields", "/page.html", 'set = {"cache-control" = "max-age=9"}')
    )
    answer = ask(configured(tmp_path, toml, FILES), "/page.html")
    assert [response.fields.get("link") for response in answer.interim] == [
        "</a.css>; rel=preload, </b.css>; rel=preload"
    ]
    assert [line for line in answer.fields if line[0].lower() in ("cache-control", "x-a")] == [
        ("X-A", "a"),
        ("cache-control", "max-age=9"),
    ]


def test_early_data_is_refused_even_for_a_get(tmp_path: Path) -> None:
    site = configured(tmp_path, table("early_data"), FILES)
    assert ask(site, "/page.html", fields={"Early-Data": "1"}).status == 425
    assert ask(site, "/page.html").status == 200
    assert ask(site, "/", fields={"Early-Data": "1"}).status == 200


def test_trace_is_allowed(tmp_path: Path) -> None:
    site = configured(tmp_path, table("trace"), FILES)
    answer = ask(site, "/page.html", "TRACE", fields=ALICE)
    assert answer.status == 200
    assert b"alice" not in octets(answer)
    assert b"Authorization" not in octets(answer)
    assert ask(site, "/", "TRACE").status == 405


def test_the_query_goes_along_unless_told_not_to(tmp_path: Path) -> None:
    toml = table("moved", "/a", 'to = "/b"') + table("moved", "/c", 'to = "/d"\nkeep_query = false')
    site = configured(tmp_path, toml)
    assert ask(site, "/a", query="x=1").field("Location") == "/b?x=1"
    assert ask(site, "/c", query="x=1").field("Location") == "/d"


def test_only_its_own_authorities_are_answered_for(tmp_path: Path) -> None:
    site = configured(tmp_path, 'authorities = ["example.org", "localhost:8080"]', FILES)
    wanted = ("example.org", "example.org:81", "localhost:8080", "localhost", "evil.example", None)
    assert [ask(site, authority=authority).status for authority in wanted] == [200, 200, 200, 421, 421, 200]
    assert ask(site, "//", authority="evil.example").status == 421
    assert ask(site, "*", "OPTIONS", authority="evil.example").status == 421
    assert ask(site, "*", "OPTIONS").status == 204


def test_the_name_of_the_server_is_for_whoever_runs_it(tmp_path: Path) -> None:
    site = configured_over(tmp_path, 'server = "Statuary"\n' + table("gone"))
    assert site.server_name == "Statuary"


# Access


def test_access_by_basic(tmp_path: Path) -> None:
    site = configured(tmp_path, ACCESS.format(path="/private/*", more='allowed = ["alice"]'), FILES)
    assert [ask(site, "/private/", fields=who).status for who in ({}, ALICE, BOB)] == [401, 200, 403]
    wrong = {"Authorization": format_basic("alice", "x")}
    assert ask(site, "/private/", fields=wrong).status == 401


def test_access_by_the_hash_of_a_password(tmp_path: Path) -> None:
    hashed = secret_hash("alice", "Staff", "wonderland")
    toml = table("access", "/*", f'realm = "Staff"\nusers.alice = "sha256:{hashed.upper()}"')
    assert ask(configured(tmp_path, toml, FILES), fields=ALICE).status == 200


def test_access_by_token(tmp_path: Path) -> None:
    toml = table("access", "/*", 'realm = "API"\ntokens = {"mF_9.B5f" = "alice"}')
    site = configured(tmp_path, toml, FILES)
    assert ask(site).field("WWW-Authenticate") == 'Bearer realm="API"'
    assert ask(site, fields={"Authorization": "Bearer mF_9.B5f"}).status == 200


def test_access_for_some_methods(tmp_path: Path) -> None:
    toml = ACCESS.format(path="/*", more='methods = ["PUT"]')
    site = configured(tmp_path, toml, FILES, writable=True)
    assert ask(site, "/new.txt", "PUT", b"a").status == 401
    assert ask(site, "/new.txt", "PUT", b"a", fields=ALICE).status == 201
    assert ask(site, "/new.txt").status == 200


@pytest.mark.parametrize(
    "path",
    [
        "/private",
        "/private/",
        "/private/a%20b.txt",
        "/%70rivate/a%20b.txt",
        "/%70%72%69%76%61%74%65/",
        "/private/./a%20b.txt",
        "//private/",
        "/private//",
        "/a/../private/",
        "/./private/",
        "/%2e/private/",
        "/x%2f..%2fprivate/",
        "/private%2f",
        "/private/a%20b.txt/",
        "/private%00",
        "/private/%c0%af",
    ],
)
def test_no_spelling_of_a_path_gets_around_a_rule(tmp_path: Path, path: str) -> None:
    site = configured(tmp_path, ACCESS.format(path="/private/*", more=""), FILES)
    answer = ask(site, path)
    assert answer.status in (401, 404)
    assert b"secret" not in octets(answer)


def test_a_guarded_file_is_guarded_by_its_other_names(tmp_path: Path) -> None:
    toml = table("forbidden", "/index.html") + table("forbidden", "/style.css") + table("gone", "/private/index.html")
    site = configured(tmp_path, toml, FILES)
    assert [ask(site, path).status for path in ("/index.html", "/", "/style.css", "/style.css.gz")] == [403] * 4
    # What keeps nobody out is about that one path
    assert [ask(site, path).status for path in ("/private/index.html", "/private/")] == [410, 200]
    assert aliases(()) == []


def test_the_most_specific_guard_counts(tmp_path: Path) -> None:
    toml = ACCESS.format(path="/*", more="") + ACCESS.format(path="/index.html", more='allowed = ["bob"]')
    site = configured(tmp_path, toml, FILES)
    assert [ask(site, path, fields=ALICE).status for path in ("/page.html", "/index.html", "/")] == [200, 403, 403]


def digest(challenge: str, method: str, target: str, count: int = 1, cnonce: str = "c") -> dict[str, str]:
    challenges = parse_challenges(challenge)
    assert isinstance(challenges, tuple)
    nonce = challenges[0].parameter("nonce")
    action = sha256(f"{method}:{target}".encode()).hexdigest()
    secret = secret_hash("alice", "Staff", "wonderland")
    response = sha256(f"{secret}:{nonce}:{count:08x}:{cnonce}:auth:{action}".encode()).hexdigest()
    value = (
        f'Digest username="alice", realm="Staff", uri="{target}", algorithm=SHA-256, nonce="{nonce}", '
        f'nc={count:08x}, cnonce="{cnonce}", qop=auth, response="{response}"'
    )
    return {"Authorization": value}


def test_digest_is_not_replayed(tmp_path: Path) -> None:
    site = configured_over(tmp_path, ACCESS.format(path="/*", more='schemes = ["Digest"]'), FILES)
    challenge = ask(site).field("WWW-Authenticate")
    assert challenge is not None
    credentials = digest(challenge, "GET", "/")
    assert ask(site, fields=credentials).status == 200
    statuses = [served(site, "/", credentials, log_in=True) for _ in range(2)]
    assert statuses == [200, 401]
    assert served(site, "/", digest(challenge, "GET", "/", 2)) == 200


def served(site: Site, path: str, fields: Mapping[str, str], *, log_in: bool = True) -> int:
    """The status over a connection, which tells the site who was authenticated."""

    async def exchange() -> int:
        transport = MemoryTransport(OriginServer(site, clock=ManualClock(NOW)).connect())
        lines = "".join(f"{name}: {value}\r\n" for name, value in fields.items())
        transport.receive(f"GET {path} HTTP/1.1\r\nHost: example.org\r\n{lines}\r\n".encode())
        return int(transport.sent.split(b" ")[1])

    return asyncio.run(exchange())


def test_two_sites_share_no_nonces(tmp_path: Path) -> None:
    toml = ACCESS.format(path="/*", more='schemes = ["Digest"]')
    one, other = (configured(tmp_path, toml, FILES) for _ in range(2))
    challenge = ask(one).field("WWW-Authenticate")
    assert challenge is not None
    assert ask(other, fields=digest(challenge, "GET", "/")).status == 401


def test_counts_of_nonces_are_bounded(tmp_path: Path) -> None:
    site = configured_over(tmp_path, ACCESS.format(path="/*", more=""))
    for number in range(MOST_NONCES + 10):
        site.authenticated(Authenticated("alice", str(number), 1))
    assert len(site._nonce_counts) == MOST_NONCES


# Rates


def test_rates_are_for_each_peer_and_rule(tmp_path: Path) -> None:
    toml = table("rate", "/a/*", "requests = 1\nseconds = 60") + table(
        "rate", "/page.html", "requests = 1\nseconds = 9"
    )
    site = configured(tmp_path, toml, FILES)
    first = [ask(site, path, peer="192.0.2.1").status for path in ("/a/b", "/page.html", "/", "/")]
    assert first == [404, 200, 200, 200]
    answer = ask(site, "/a/c", peer="192.0.2.1", now=NOW + 20)
    assert (answer.status, answer.field("Retry-After")) == (429, "40")
    assert ask(site, "/a/c", peer="192.0.2.2").status == 404
    assert ask(site, "/a/c", peer="192.0.2.1", now=NOW + 60).status == 404


def test_the_connection_tells_who_the_peer_is(tmp_path: Path) -> None:
    site = configured(tmp_path, table("rate", "/*", "requests = 1\nseconds = 60"), FILES)

    async def exchange(peer: str) -> bytes:
        transport = MemoryTransport(OriginServer(site, clock=ManualClock(NOW)).connect(), peer=peer)
        transport.receive(b"GET / HTTP/1.1\r\nHost: a\r\n\r\n")
        return bytes(transport.sent).split(b" ")[1]

    assert [asyncio.run(exchange(peer)) for peer in ("192.0.2.1", "192.0.2.2", "192.0.2.1")] == [b"200", b"200", b"429"]


# Writing


def test_a_part_can_be_written_to(tmp_path: Path) -> None:
    site = configured(tmp_path, table("writable", "/notes/*", "tombstones = true"), FILES)
    assert ask(site, "/other.txt", "PUT", b"a").status == 405
    assert ask(site, "/notes/a.txt", "PUT", b"a").status == 201
    assert octets(ask(site, "/notes/a.txt")) == b"a"
    assert ask(site, "/notes/a.txt", "DELETE").status == 204
    assert ask(site, "/notes/a.txt").status == 410
    assert ask(site, "/notes/a.txt", "PUT", b"b").status == 201


def test_a_change_may_need_a_precondition(tmp_path: Path) -> None:
    toml = table("writable", "/notes/*") + table("precondition", "/notes/*")
    site = configured(tmp_path, toml)
    assert ask(site, "/notes/a.txt", "PUT", b"a").status == 428
    assert ask(site, "/notes/a.txt", "PUT", b"a", fields={"If-None-Match": "*"}).status == 201


@pytest.mark.parametrize("chunked", [False, True])
def test_a_quota_is_for_all_files_together(tmp_path: Path, chunked: bool) -> None:
    site = configured(tmp_path, table("writable", "/notes/*", "quota = 10"))
    assert ask(site, "/notes/a.txt", "PUT", b"a" * 8, chunked=chunked).status == 201
    assert ask(site, "/notes/sub/b.txt", "PUT", b"b" * 3, chunked=chunked).status == 507
    assert ask(site, "/notes/sub/b.txt", "PUT", b"b" * 2, chunked=chunked).status == 201
    # What is replaced makes room for what replaces it
    assert ask(site, "/notes/a.txt", "PUT", b"c" * 9, chunked=chunked).status == 507
    assert octets(ask(site, "/notes/a.txt")) == b"a" * 8
    assert ask(site, "/notes/a.txt", "PUT", b"c" * 8, chunked=chunked).status == 204


def test_content_with_a_coding_is_stored_without_it(tmp_path: Path) -> None:
    toml = table("limits", "/*", 'codings = ["gzip", "deflate"]\ncontent = 1000')
    site = configured(tmp_path, toml, writable=True)
    for coding, packed in (("gzip", gzip.compress(b"hello", mtime=0)), ("deflate", zlib.compress(b"hello"))):
        answer = ask(site, f"/{coding}.txt", "PUT", packed, fields={"Content-Encoding": coding})
        assert (answer.status, answer.field("ETag")) == (201, None)
        assert octets(ask(site, f"/{coding}.txt")) == b"hello"
    twice = zlib.compress(gzip.compress(b"hello", mtime=0))
    assert ask(site, "/both.txt", "PUT", twice, fields={"Content-Encoding": "gzip, deflate"}).status == 201
    for broken in (b"hello", gzip.compress(b"hello", mtime=0)[:-1], gzip.compress(b"hello", mtime=0) + b"x", b""):
        assert ask(site, "/bad.txt", "PUT", broken, fields={"Content-Encoding": "gzip"}).status == 400
    bomb = gzip.compress(b"0" * 10_000, mtime=0)
    assert ask(site, "/bomb.txt", "PUT", bomb, fields={"Content-Encoding": "gzip"}).status == 413
    assert ask(site, "/bad.txt").status == ask(site, "/bomb.txt").status == 404
    assert ask(site, "/new.txt", "PUT", b"hello", fields={"Content-Encoding": "identity"}).status == 201


# The handler fails


def test_a_failure_is_logged_and_says_nothing(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    site = configured(tmp_path, table("fail", "/broken"), FILES)
    assert served(site, "/broken", {}) == 500
    assert served(site, "/", {}) == 200
    (record,) = caplog.records
    assert record.levelno == logging.ERROR
    assert not record.exc_info
    assert record.getMessage() == "the site failed on GET '/broken': [[fail]] wants it to"


def test_maintenance_comes_before_a_failure(tmp_path: Path) -> None:
    assert ask(configured(tmp_path, table("fail") + table("unavailable")), "/page.html").status == 503


# What it costs


def test_without_rules_there_is_nothing_in_between(tmp_path: Path) -> None:
    site = configured(tmp_path, "[directory]\nlistings = false\n", FILES)
    assert isinstance(site, DirectorySite)
    assert not site.options.listings


def test_the_command_line_and_the_file_agree_on_options(tmp_path: Path) -> None:
    (tmp_path / "statuary.toml").write_text("[directory]\nwritable = true\n")
    site = site_of(tmp_path, writable=False, listings=False)
    assert isinstance(site, DirectorySite)
    assert (site.options.writable, site.options.listings) == (True, False)


def test_errors_come_out(tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError):
        configured(tmp_path, "[[gone]]\n")


class Counting(Site):
    """Gives the same Resource for everything, and counts how often."""

    def __init__(self, resource: Resource) -> None:
        self.given = resource
        self.asked = 0

    def resource(self, request: Request, now: int) -> Resource:
        self.asked += 1
        return self.given


PAGE = Resource(variants=(Representation(b"page", "text/plain", 4),))


def test_a_path_without_rules_gets_what_the_site_gives() -> None:
    below = Counting(PAGE)
    site = ConfiguredSite(below, parse_configuration(table("gone", "/a/*")))
    assert resource_of(site, "/b") is PAGE
    assert site._places == {"/b": None}


def test_what_rules_make_of_a_resource_is_remembered_as_long_as_it_is_the_same() -> None:
    below = Counting(PAGE)
    site = ConfiguredSite(below, parse_configuration(table("fields", "/*", 'set = {"X" = "y"}')))
    made = resource_of(site, "/b")
    assert made.fields == (("X", "y"),)
    assert resource_of(site, "/b") is made
    below.given = Resource(variants=PAGE.variants)
    assert resource_of(site, "/b") is not made
    assert resource_of(site, "/b") is resource_of(site, "/b")
    assert below.asked == 5


def test_what_a_rule_answers_alone_asks_nobody() -> None:
    below = Counting(PAGE)
    site = ConfiguredSite(below, parse_configuration(table("gone", "/a") + table("moved", "/b", 'to = "/c"')))
    assert resource_of(site, "/a") is resource_of(site, "/a")
    assert ask(site, "/b").status == 301
    assert below.asked == 0


def test_what_is_remembered_is_bounded() -> None:
    big = Resource(variants=(Representation(bytes(1024 * 1024), "text/plain", 1024 * 1024),))
    site = ConfiguredSite(Counting(PAGE), parse_configuration(table("gone", "/a/*")))
    for number in range(MOST_PATHS + 10):
        resource_of(site, f"/{number}")
        resource_of(site, f"/a/{number}")
    assert len(site._places) <= MOST_PATHS
    resource_of(site, "/a/" + "x" * 1000)
    assert all(len(path) < 1000 for path in site._places)
    site = ConfiguredSite(Counting(big), parse_configuration(table("fields", "/*", 'set = {"X" = "y"}')))
    for number in range(100):
        site._below.given = Resource(variants=big.variants)  # type: ignore[attr-defined]
        resource_of(site, f"/{number}")
    assert sum(place is not None and place.over is not None for place in site._places.values()) <= 64


# Other sites


class Later(Site):
    """Answers in a coroutine, as a site that asks a database does."""

    def resource(self, request: Request, now: int) -> Awaitable[Resource]:
        async def look() -> Resource:
            await asyncio.sleep(0)
            return PAGE

        return look()


def test_rules_are_put_over_any_site() -> None:
    toml = table("fields", "/*", 'set = {"X" = "y"}') + table("gone", "/a") + table("forbidden", "/b/*")
    site = ConfiguredSite(Later(), parse_configuration(toml))
    assert ask(site, "/c").field("X") == "y"
    assert ask(site, "/a").status == 410
    # A site of another kind may take such paths to be the same: they are not let through to it
    assert [ask(site, path).status for path in ("//b/x", "/a/../b/x", "/%2e/b/x", "/b%2fx")] == [404] * 4


def test_only_a_directory_can_be_made_writable() -> None:
    with pytest.raises(ValueError, match="is for a directory"):
        ConfiguredSite(Later(), parse_configuration(table("writable", "/*")))


def test_an_empty_configuration_changes_nothing() -> None:
    assert resource_of(ConfiguredSite(Counting(PAGE), Configuration()), "/x") is PAGE
