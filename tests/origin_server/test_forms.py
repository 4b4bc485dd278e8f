"""Forms: strictly read, and answered as configured."""

from __future__ import annotations

import json
from pathlib import Path
from urllib.parse import urlencode

import pytest
from hypothesis import given
from hypothesis import strategies as st

from statuary.origin_server.forms import (
    MOST_FIELDS,
    Entry,
    NoForm,
    parse_form,
    parse_multipart,
    parse_urlencoded,
)

from .configured import ask, configured, octets

URLENCODED = {"Content-Type": "application/x-www-form-urlencoded"}
MULTIPART = {"Content-Type": 'multipart/form-data; boundary="b b"'}


def part(value: bytes = b"1", disposition: str = 'form-data; name="a"', more: str = "") -> bytes:
    return f"--b b\r\nContent-Disposition: {disposition}\r\n{more}\r\n".encode() + value + b"\r\n"


@pytest.mark.parametrize(
    ("more", "status", "location"),
    [
        ("answer = 200", 200, None),
        ('answer = 201\nto = "/made"', 201, "/made"),
        ("answer = 204", 204, None),
        ("answer = 205", 205, None),
        ('answer = 303\nto = "/thanks"', 303, "/thanks"),
        ('conflict = "This name is taken."', 409, None),
        ('required = ["a"]', 200, None),
        ('required = ["a", "b"]', 422, None),
        ('required = ["c"]', 422, None),
    ],
)
def test_the_answer_is_as_configured(tmp_path: Path, more: str, status: int, location: str | None) -> None:
    site = configured(tmp_path, f'[[form]]\npath = "/form"\n{more}\n')
    answer = ask(site, "/form", "POST", b"a=1&c=", fields=URLENCODED)
    assert (answer.status, answer.field("Location")) == (status, location)


def test_what_was_sent_is_shown(tmp_path: Path) -> None:
    site = configured(tmp_path, '[[form]]\npath = "/form"\n')
    answer = ask(site, "/form", "POST", b"a=b+%C3%A9&a=", fields=URLENCODED)
    assert answer.field("Content-Type") == "application/json"
    assert json.loads(octets(answer))["fields"] == [{"name": "a", "value": "b é"}, {"name": "a", "value": ""}]
    content = part(b"\x00\xff", 'form-data; name="f"; filename="x.bin"', "Content-Type: image/png\r\n") + b"--b b--"
    answer = ask(site, "/form", "POST", content, fields=MULTIPART)
    assert json.loads(octets(answer))["fields"] == [
        {"name": "f", "filename": "x.bin", "type": "image/png", "octets": 2}
    ]


def test_what_is_missing_is_named(tmp_path: Path) -> None:
    site = configured(tmp_path, '[[form]]\npath = "/form"\nrequired = ["name", "mail"]\n')
    answer = ask(site, "/form", "POST", b"name=x&mail=", fields=URLENCODED)
    assert b"missing or empty: mail." in octets(answer)


@pytest.mark.parametrize(
    ("content", "fields", "status"),
    [
        (b"a=%zz", URLENCODED, 400),
        (b"a=\xff", URLENCODED, 400),
        (b"x", MULTIPART, 400),
        (b"x", {"Content-Type": "multipart/form-data"}, 400),
        (b"x", {"Content-Type": "text/plain"}, 415),
        (b"x", {}, 415),
        (b"", {}, 422),
        (None, {}, 422),
    ],
)
def test_content_that_is_no_form(tmp_path: Path, content: bytes | None, fields: dict[str, str], status: int) -> None:
    site = configured(tmp_path, '[[form]]\npath = "/form"\nrequired = ["a"]\n')
    assert ask(site, "/form", "POST", content, fields=fields).status == status


def test_one_type_only(tmp_path: Path) -> None:
    toml = '[[form]]\npath = "/form"\nmedia_types = ["multipart/form-data"]\n'
    answer = ask(configured(tmp_path, toml), "/form", "POST", b"a=1", fields=URLENCODED)
    assert (answer.status, answer.field("Accept")) == (415, "multipart/form-data")


def test_a_form_takes_no_more_than_its_limit(tmp_path: Path) -> None:
    site = configured(tmp_path, '[[form]]\npath = "/form"\n')
    assert ask(site, "/form", "POST", b"a" * (1024 * 1024 + 1), fields=URLENCODED).status == 413
    assert ask(site, "/form", "POST", b"a" * (1024 * 1024 + 1), fields=URLENCODED, chunked=True).status == 413


@pytest.mark.parametrize(
    ("data", "entries"),
    [
        (b"", []),
        (b"a=b&c=d", [("a", b"b"), ("c", b"d")]),
        (b"a", [("a", b"")]),
        (b"a=b=c", [("a", b"b=c")]),
        (b"&&a=1&", [("a", b"1")]),
        (b"a+b=%26%3D+", [("a b", b"&= ")]),
        (b"%C3%A9=%E2%82%AC", [("é", "€".encode())]),
        (b"a;b=c", [("a;b", b"c")]),
    ],
)
def test_urlencoded(data: bytes, entries: list[tuple[str, bytes]]) -> None:
    assert parse_urlencoded(data) == [Entry(name, value) for name, value in entries]


@pytest.mark.parametrize("data", [b"a=%", b"a=%4", b"a b", b"a=\n", b"a=%FF", b"\xc3\xa9", b"a=1&" * (MOST_FIELDS + 1)])
def test_not_urlencoded(data: bytes) -> None:
    with pytest.raises(NoForm):
        parse_urlencoded(data)


@given(
    st.lists(
        st.tuples(
            st.text(st.characters(exclude_categories=["Cs"]), min_size=1),
            st.text(st.characters(exclude_categories=["Cs"])),
        )
    )
)
def test_what_is_urlencoded_is_read_back(pairs: list[tuple[str, str]]) -> None:
    assert parse_urlencoded(urlencode(pairs).encode()) == [Entry(name, value.encode()) for name, value in pairs]


@pytest.mark.parametrize(
    ("data", "entries"),
    [
        (b"--b b--", []),
        (part() + b"--b b--\r\n", [Entry("a", b"1")]),
        (b"before\r\n" + part() + b"--b b--\r\nafter", [Entry("a", b"1")]),
        (part() + b"--b b-- \t", [Entry("a", b"1")]),
        (part().replace(b"b b\r", b"b b \t\r") + b"--b b--", [Entry("a", b"1")]),
        (part(b"1\r\n--b\r\n--b c\r\n") + b"--b b--", None),
        (part(b"") + part(b"\r\n") + b"--b b--", [Entry("a", b""), Entry("a", b"\r\n")]),
        (part(disposition='FORM-DATA;name=a; filename="q\\"x"') + b"--b b--", [Entry("a", b"1", 'q"x')]),
        (part(disposition='form-data; name="é"') + b"--b b--", [Entry("é", b"1")]),
        (part(more="Content-Type: text/plain\r\n") + b"--b b--", [Entry("a", b"1")]),
    ],
)
def test_multipart(data: bytes, entries: list[Entry] | None) -> None:
    if entries is None:
        # What only looks like the boundary is content, unless the boundary begins so
        entries = [Entry("a", b"1\r\n--b\r\n--b c\r\n")]
    assert parse_multipart("b b", data) == entries


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"--b b",
        b"--b b\r\n",
        part(),
        part() + b"--b b",
        b"--b bx\r\n\r\n--b b--",
        b"--b b\r\n\r\n1\r\n--b b--",
        b"--b b\r\nContent-Disposition: form-data; name=a\r\n--b b--",
        b"--b b\nContent-Disposition: form-data; name=a\n\n1\n--b b--",
        part(disposition="form-data") + b"--b b--",
        part(disposition="attachment; name=a") + b"--b b--",
        part(disposition='form-data; name="a') + b"--b b--",
        part(more="broken\r\n") + b"--b b--",
        part(more="X: y\r\n" * 17) + b"--b b--",
        part().replace(b'"a"', b'"\xff"') + b"--b b--",
        part() * (MOST_FIELDS + 1) + b"--b b--",
    ],
)
def test_not_multipart(data: bytes) -> None:
    with pytest.raises(NoForm):
        parse_multipart("b b", data)


@pytest.mark.parametrize("boundary", [None, "", "a ", "b" * 71, "b\r\n", 'b"'])
def test_no_boundary(boundary: str | None) -> None:
    with pytest.raises(NoForm):
        parse_multipart(boundary, b"--b--")


@given(st.lists(st.tuples(st.text(st.characters(codec="ascii", categories=["L", "N"]), min_size=1), st.binary())))
def test_what_is_in_parts_is_read_back(pairs: list[tuple[str, bytes]]) -> None:
    boundary = "0" * 70
    content = b"".join(
        f'--{boundary}\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n'.encode() + value + b"\r\n"
        for name, value in pairs
    )
    assert parse_multipart(boundary, content + f"--{boundary}--".encode()) == [Entry(n, v) for n, v in pairs]


@given(
    st.one_of(
        st.none(), st.sampled_from(["application/x-www-form-urlencoded", "multipart/form-data;boundary=b"]), st.text()
    ),
    st.one_of(
        st.binary(),
        st.lists(st.sampled_from([b"--b", b"\r\n", b"--", b"a: b", b'Content-Disposition: form-data; name="a"'])).map(
            b"".join
        ),
    ),
)
def test_anything_is_a_form_or_none(content_type: str | None, data: bytes) -> None:
    try:
        entries = parse_form(content_type, data)
    except NoForm:
        return
    assert all(isinstance(entry, Entry) for entry in entries)
