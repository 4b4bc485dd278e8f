"""statuary.toml: what is read, and what is said of errors."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from statuary.origin_server.configuration import (
    DIRECTORY,
    TABLES,
    TOP,
    Configuration,
    ConfigurationError,
    parse_configuration,
    read_configuration,
)
from statuary.origin_server.directory import DirectoryOptions
from statuary.origin_server.path_patterns import PathIndex, PathPattern, parse_pattern
from statuary.origin_server.site_rules import GoneRule, MovedRule
from statuary.origin_server.toml_lines import lines_of

DOCUMENTATION = Path(__file__).parents[2] / "docs" / "configuration.md"
EXAMPLES = re.findall(r"^```toml\n(.*?)^```", DOCUMENTATION.read_text(), re.DOTALL | re.MULTILINE)


@pytest.mark.parametrize("example", EXAMPLES, ids=[example.partition("\n")[0] for example in EXAMPLES])
def test_every_documented_example_is_read(example: str) -> None:
    parse_configuration(example)


def test_every_table_and_key_is_documented() -> None:
    text = "\n".join(EXAMPLES)
    keys = {key for table in TABLES.values() for key in table.keys} | set(DIRECTORY) | set(TOP)
    assert [name for name in TABLES if f"[[{name}]]" not in text] == []
    assert [key for key in keys if not re.search(rf"^{key}\b", text, re.MULTILINE)] == []


def test_the_example_of_an_error_message_is_true() -> None:
    shown = re.search(r"^    statuary\.toml:(\d+): (.*)$", DOCUMENTATION.read_text(), re.MULTILINE)
    assert shown is not None
    good = '[[moved]]\npath = "/a"\nto = "/b"\n[[moved]]\npath = "/c"\nto = "/d"\nstatus = 304\n'
    assert message(good) == shown[0].strip()


def test_no_file_is_an_empty_configuration(tmp_path: Path) -> None:
    assert read_configuration(tmp_path) == Configuration()
    assert Configuration().is_empty()


def test_rules_hold_what_the_tables_say() -> None:
    configuration = parse_configuration(
        """
        authorities = ["Example.ORG"]
        server = "Statuary"
        directory.listings = false
        [[gone]]
        path = ["/a", "/b/*"]
        [[moved]]
        path = "/c%20d"
        to = "/e"
        [status]
        """
    )
    assert configuration.authorities == frozenset({"example.org"})
    assert configuration.server == "Statuary"
    assert configuration.directory == DirectoryOptions(listings=False)
    assert configuration.status == PathPattern(("status",), below=True)
    # In the order in which they apply, not in that of the file
    assert configuration.rules == (
        MovedRule(path=(PathPattern(("c d",)),), to="/e"),
        GoneRule(path=(PathPattern(("a",)), PathPattern(("b",), below=True))),
    )


def message(text: str) -> str:
    with pytest.raises(ConfigurationError) as caught:
        parse_configuration(text)
    return str(caught.value)


def in_table(name: str, rest: str, path: str = '"/x"') -> str:
    return f"[[{name}]]\npath = {path}\n{rest}\n"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("\n[[movd]]\n[[movd]]", "2: there is no table or key 'movd' (did you mean 'moved'?)"),
        ("[status]\n[gnoe.x]", "2: there is no table or key 'gnoe'"),
        ("# gone\n\n[gone]", "3: gone: must be a list of tables"),
        ("[[movd]]", "1: there is no table or key 'movd' (did you mean 'moved'?)"),
        ("sever = 'x'", "1: there is no table or key 'sever' (did you mean 'server'?)"),
        ("[[directory]]\nlistings = 1", "1: directory: must be a table: [directory]"),
        ("[directory]\nlisting = true", "2: table [directory]: there is no key 'listing' (did you mean 'listings'?)"),
        ("[directory]\n\nlistings = 1", "3: table [directory]: listings: must be true or false, not 1"),
        ("[gone]\npath = '/x'", "1: gone: must be a list of tables, each headed [[gone]]"),
        ("gone = [1]", "1: gone: must be a list of tables, each headed [[gone]]"),
        ("[[gone]]\n", "1: table [[gone]] number 1: path: is missing"),
        ("authorities = ['a b']", "1: authorities: must be a host with or without a port"),
        ("authorities = []", "1: authorities: must be a list with something in it, not an empty list"),
        ("server = 'a\\r\\nb'", None),
        ('server = "a\\r\\nb"', "1: server: must be one line of printable ASCII"),
        ("[status]\npath = '/status'", "2: table [status]: path: must be the path of a directory"),
        (in_table("gone", "", "'x'"), '2: table [[gone]] number 1: path: a path begins with "/"'),
        (in_table("gone", "", "'/a?b'"), "has a query or fragment"),
        (in_table("gone", "", "'/a/../b'"), "can name nothing that is served"),
        (in_table("gone", "", "'/a//b'"), "can name nothing that is served"),
        (in_table("gone", "", "'/.git/*'"), "can name nothing that is served"),
        (in_table("gone", "", "'/%00'"), "can name nothing that is served"),
        (in_table("gone", "", '"/a\\nb"'), "can name nothing that is served"),
        (in_table("gone", "", "'/*.html'"), '"*" stands only at the end, after a slash'),
        (in_table("gone", "", "'/a*'"), '"*" stands only at the end, after a slash'),
        (in_table("gone", "", "'/100%'"), 'has a "%" without two hex digits'),
        (in_table("gone", "", "['/a', '/a']"), "path: has a member twice"),
        (in_table("gone", "", "[]"), "path: must be a string, or a list of strings with something in it"),
        (in_table("gone", "", "[1]"), "path: must be a string, not 1"),
        (in_table("gone", "detail = ' '"), "detail: must be text on one line"),
        (in_table("gone", "detail = 'x'\n[[gone]]\npath = ['/y', '/x']"), "number 2: path: /x has a [[gone]] already"),
        (in_table("gone", "detail = 'x'\n[[gone]]\npath = '/%78'"), "5: table [[gone]] number 2: path: /x has a"),
        (in_table("moved", ""), "1: table [[moved]] number 1: to: is missing"),
        (in_table("moved", "to = '/y'\nstatus = 304"), "status: must be 301, 302, 303, 305, 307 or 308, not 304"),
        (in_table("moved", "to = '/y'\nstatus = true"), "status: must be 301, 302, 303, 305, 307 or 308, not true"),
        (in_table("moved", "to = '/a b'"), "to: must be a URI"),
        (in_table("moved", "to = 'y'"), "to: must be a URI"),
        (in_table("moved", 'to = "/y\\r\\nX: y"'), "to: must be a URI"),
        (in_table("moved", "to = '/é'"), "to: must be a URI"),
        (
            in_table("moved", "to = '/y/*'"),
            'to: ends in "/*", so that the rest of the path goes there, but a path does not',
        ),
        (in_table("access", "realm = 'r'"), "neither users nor tokens"),
        (in_table("access", "users = {a = 'b'}"), "realm: is missing"),
        (in_table("access", "realm = \"a\\nb\"\nusers = {a = 'b'}"), "realm: must be printable ASCII text"),
        (in_table("access", "realm = 'r'\nusers = {'a:b' = 'c'}"), "a name has no colon"),
        (in_table("access", "realm = 'r'\nusers = {a = 1}"), "users: has for 'a' no password"),
        (in_table("access", "realm = 'r'\nusers = {a = ''}"), "users: has for 'a' no password"),
        (in_table("access", "realm = 'r'\nusers = {a = 'sha256:12'}"), "users: has for 'a' a hash that is not"),
        (in_table("access", "realm = 'r'\nusers = 'a'"), "users: must be a table of names and passwords"),
        (in_table("access", "realm = 'r'\ntokens = {'a b' = 'c'}"), "tokens: has 'a b', but a token has only"),
        (in_table("access", "realm = 'r'\ntokens = {ab = ''}"), "tokens: has no name for the token 'ab'"),
        (in_table("access", "realm = 'r'\ntokens = {}"), "tokens: must be a table"),
        (
            in_table("access", "realm = 'r'\nschemes = ['basic']\nusers = {a = 'b'}"),
            "4: table [[access]] number 1: schemes: must be Basic, Digest or Bearer, not 'basic' (did you mean 'Basic'?)",
        ),
        (in_table("access", "realm = 'r'\nschemes = ['Bearer']\nusers = {a = 'b'}"), "schemes: Bearer needs tokens"),
        (in_table("access", "realm = 'r'\nschemes = ['Digest']\ntokens = {a = 'b'}"), "Basic and Digest need users"),
        (
            in_table("access", "realm = 'r'\nusers = {alice = 'b'}\nallowed = ['alcie']"),
            "5: table [[access]] number 1: allowed: nobody is called 'alcie' (did you mean 'alice'?)",
        ),
        (
            in_table("access", "realm = 'r'\nusers = {a = 'b'}\nmethods = ['get']"),
            "whose case counts: 'GET', not 'get'",
        ),
        (in_table("access", "realm = 'r'\nusers = {a = 'b'}\nmethods = ['G T']"), "methods: must be a token"),
        (in_table("legal", "blocked_by = 'a b'"), "blocked_by: must be a URI"),
        (in_table("unavailable", "retry_after = -1"), "retry_after: must be at least 0"),
        (in_table("unavailable", "retry_after = 1.5"), "retry_after: must be a whole number, not 1.5"),
        (in_table("unavailable", "retry_after = true"), "retry_after: must be a whole number, not true"),
        (in_table("unavailable", "retry_after = 99999999999999999"), "retry_after: is too large"),
        (in_table("limits", "retry_after = 1"), "retry_after: goes with content"),
        (in_table("limits", "media_types = ['text']"), "media_types: must be a media type"),
        (in_table("limits", "media_types = ['text/plain;q=1']"), "media_types: must be a media type"),
        (in_table("limits", "codings = ['br']"), "codings: must be gzip or deflate, not 'br'"),
        (in_table("rate", "requests = 1"), "seconds: is missing"),
        (in_table("rate", "requests = 0\nseconds = 1"), "requests: must be at least 1"),
        (in_table("hints", "links = ['style.css']"), "links: must be one link"),
        (in_table("hints", "links = ['</a>; rel=preload, </b>; rel=preload']"), "links: must be one link"),
        (in_table("upgrade", "protocols = ['irc']"), "protocols: must be websocket"),
        (in_table("drop_box", "seconds = 1", "'/box/*'"), "path: must be a single resource"),
        (in_table("drop_box", "seconds = 1", "'/box/'"), "path: must be a single resource"),
        (in_table("form", "answer = 302"), "answer: must be 200, 201, 204, 205 or 303, not 302"),
        (in_table("form", "answer = 303"), "to: is needed for 303"),
        (in_table("form", "answer = 204\nto = '/y'"), "to: goes with 201 or 303, not with 204"),
        (in_table("form", "media_types = ['text/html']"), "media_types: must be"),
        (in_table("fields", "set = {'a b' = 'c'}"), "set: has 'a b', which is not a field name"),
        (
            in_table("fields", "set = {'content-length' = '1'}"),
            "set: has content-length, which this server writes itself",
        ),
        (in_table("fields", 'set = {"A" = "b\\r\\nC: d"}'), "set: has for A a value that is not one line"),
        (in_table("fields", "set = {A = 1}"), "set: has for A a value"),
        (in_table("fields", "set = {}"), "set: must be a table of fields"),
        ("[[gone]]\npath = '/x'\npath = '/y'", "3: Cannot overwrite a value"),
        ("[[gone]\n", "1: "),
        ("a = '''\n\n", "3: "),
    ],
)
def test_what_is_wrong_is_said(text: str, expected: str | None) -> None:
    if expected is None:
        # A literal string: the backslashes are meant
        assert parse_configuration(text).server == "a\\r\\nb"
        return
    said = message(text)
    assert re.match(r"statuary\.toml:\d+: ", said)
    assert f"statuary.toml:{expected}" in said if expected[0].isdigit() else expected in said
    assert "\n" not in said


def test_all_errors_are_reported_at_once_in_the_order_of_their_lines() -> None:
    text = """# a comment with [[gone]] in it
[[gone]]
path = "/x"
detail = \"\"\"several
[[gone]]
lines\"\"\"
[[moved]]
path = "/y"
[[gone]]
path = [
  "/a",
  "b", # [
]
colour = "]"
"""
    assert [line.partition(": ")[0] for line in message(text).split("\n")] == [
        "statuary.toml:4",
        "statuary.toml:7",
        "statuary.toml:10",
        "statuary.toml:14",
    ]


def test_what_is_not_utf_8_is_said_with_its_line(tmp_path: Path) -> None:
    (tmp_path / "statuary.toml").write_bytes(b"# fine\n# \xff\n")
    with pytest.raises(ConfigurationError, match=r"^statuary\.toml:2: this is not UTF-8$"):
        read_configuration(tmp_path)


def test_what_cannot_be_read_is_said(tmp_path: Path) -> None:
    (tmp_path / "statuary.toml").mkdir()
    with pytest.raises(ConfigurationError, match=r"^statuary\.toml: can't be read"):
        read_configuration(tmp_path)


@given(st.text(alphabet="[]{}=\"'#\n\\.,ab1 /"))
def test_a_text_is_a_configuration_or_has_errors_with_lines(text: str) -> None:
    said = ""
    try:
        parse_configuration(text)
    except ConfigurationError as error:
        said = str(error)
    assert re.fullmatch(r"(statuary\.toml:\d+: .+(\n|\Z))*", said)


NAME = st.sampled_from(["a", '"b.c"', "'d'", "e-f"])
VALUE = st.sampled_from(
    [
        "1",
        '"#"',
        "'['",
        '"""x\n[y]\n"" \\""""',
        "'''\n''z\n'''",
        "[1, # ]\n [2]]",
        "{ a = ']' }",
        '"\\""',
        '""',
        '""""""',
    ]
)


@given(st.lists(st.tuples(st.sampled_from(["{}", "[{}]", "[[{}]]"]), NAME, VALUE), max_size=6))
def test_every_header_and_key_is_found_on_its_line(statements: list[tuple[str, str, str]]) -> None:
    text, expected = "", []
    for number, (form, name, value) in enumerate(statements):
        expected.append(text.count("\n") + 1)
        # A number makes each name unlike the others
        unlike = f"k{number}.{name}"
        text += (f"{unlike} = {value}\n" if form == "{}" else form.format(unlike) + "\n") + "\n"
    tomllib.loads(text)
    found = lines_of(text)
    for number, line in enumerate(expected):
        assert line in [found[place] for place in found if f"k{number}" in place]


def test_lines_are_counted_alike_with_cr_lf() -> None:
    assert lines_of("a = 1\r\n\r\n[b]\r\nc = 2\r\n") == {("a",): 1, ("b",): 3, ("b", "c"): 4}


@pytest.mark.parametrize(
    ("pattern", "covered", "others"),
    [
        ("/a", ["a"], ["a/", "a/b", "", "A"]),
        ("/a/", ["a/"], ["a", "a/b"]),
        ("/a/*", ["a", "a/", "a/b", "a/b/c/"], ["", "ab", "b/a"]),
        ("/*", ["", "a", "a/b/"], []),
        ("/", [""], ["a"]),
        ("/%61%2A", ["a*"], ["a"]),
    ],
)
def test_patterns_cover_names(pattern: str, covered: list[str], others: list[str]) -> None:
    parsed = parse_pattern(pattern)
    assert [path for path in covered if not parsed.covers(tuple(path.split("/")))] == []
    assert [path for path in others if parsed.covers(tuple(path.split("/")))] == []


def test_the_most_specific_pattern_counts() -> None:
    patterns = [parse_pattern(text) for text in ("/*", "/a/*", "/a/b/*", "/a/b", "/c")]
    index = PathIndex((pattern, str(pattern)) for pattern in patterns)
    assert [text for _, text in index.covering(("a", "b"))] == ["/a/b", "/a/b/*", "/a/*", "/*"]
    assert [text for _, text in index.covering(("x",))] == ["/*"]
