"""The subject file: what it tells, and that every mistake in it is named."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from statuary.conformance.facts import is_fact
from statuary.conformance.subject import SubjectError, read_subject

FULL = """
name = "one"
url = "http://127.0.0.1:{port}/"
start = ["server", "{port}"]
version = ["server", "-v"]
settle = 0.5

[offers]
file = "/f"
large = "/l"
directory = "/d"
writable = "/w"
protected = { path = "/p", user = "alice", password = "wonderland" }
negotiated = { path = "/n", types = ["text/html", "text/plain"], languages = ["en"] }
upgrade = { path = "/u" }
form = { path = "/o", content = "a=b" }
content_limit = { path = "/c", octets = 10 }
patience = 2

[meets]
402 = "GET /paid"
"""


def write(tmp_path: Path, text: str) -> Path:
    path = tmp_path / "subject.toml"
    path.write_text(text)
    return path


def test_everything_that_can_be_told(tmp_path: Path) -> None:
    subject = read_subject(write(tmp_path, FULL))
    assert subject.start == ("server", "{port}")
    assert subject.folder == tmp_path
    assert subject.facts["writable"] == "/w/"
    assert subject.facts["writable.type"] == "text/plain"
    assert subject.facts["protected.credentials"] == "Basic YWxpY2U6d29uZGVybGFuZA=="
    assert subject.facts["protected.wrong"] not in ("", subject.facts["protected.credentials"])
    assert subject.facts["negotiated.language1"] == "en"
    assert subject.facts["limited.method"] == "POST"
    assert subject.facts["patience"] == "2"
    assert subject.facts["protected.credentials_lower"] == "basic YWxpY2U6d29uZGVybGFuZA=="
    assert subject.facts["protected.credentials_upper"] == "BASIC YWxpY2U6d29uZGVybGFuZA=="
    assert subject.facts["meets.402"] == "GET /paid"
    assert subject.facts["meets.402.head"] == "HEAD /paid"
    assert subject.facts["meets.402.target"] == "/paid"
    assert all(is_fact(name) for name in subject.facts)


def test_a_url_that_is_given_counts_and_nothing_is_started(tmp_path: Path) -> None:
    subject = read_subject(write(tmp_path, FULL), url="http://a.test/")
    assert (subject.url, subject.start) == ("http://a.test/", ())


def test_bearer(tmp_path: Path) -> None:
    text = 'url = "http://a/"\n[offers]\nprotected = { path = "/p", token = "t" }\n'
    assert read_subject(write(tmp_path, text)).facts["protected.credentials"] == "Bearer t"


@pytest.mark.parametrize(
    ("text", "mistake"),
    [
        ("[", "Invalid"),
        ("", "it has no url"),
        ('url = "http://a/"\nstrat = []', "key 'strat'"),
        ('url = "http://a/"\nstart = "x"', "start is a list of texts"),
        ('url = "http://a/"\nstart = []', "start is a command"),
        ('url = "http://a/"\nsettle = "x"', "settle is a number"),
        ('url = "http://a/"\nname = 1', "name is a text"),
        ('url = "http://a/"\noffers = 1', "offers is a table"),
        ('url = "http://a/"\n[offers]\nfile = "f"', "file is a path"),
        ('url = "http://a/"\n[offers]\nfile = "/f g"', "file is a path"),
        ('url = "http://a/"\n[offers]\nfilm = "/f"', "key 'film'"),
        ('url = "http://a/"\n[offers]\nprotected = { path = "/f", pass = "x" }', "key 'pass'"),
        ('url = "http://a/"\n[offers]\ncontent_limit = { path = "/f" }', "octets is a number"),
        ('url = "http://a/"\n[meets]\n99 = "GET /"', "'99' is no status code"),
        ('url = "http://a/"\n[meets]\n402 = 1', "402 is a request"),
        ('url = "http://a/"\n[meets]\n402 = "GET"', "402: not a request"),
    ],
)
def test_mistakes_are_named(tmp_path: Path, text: str, mistake: str) -> None:
    path = write(tmp_path, text)
    with pytest.raises(SubjectError, match=re.escape(mistake)) as caught:
        read_subject(path)
    assert str(caught.value).startswith(str(path))
