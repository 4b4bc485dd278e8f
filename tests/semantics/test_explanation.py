from __future__ import annotations

import json
from html.parser import HTMLParser

import pytest

from statuary import status as statuses
from statuary.message.fields import NO_FIELDS, Fields
from statuary.semantics.explanation import TEMPORARY, explanation, prefers_html

HTML = Fields([("Accept", "text/html")])
ERRORS = [row.code for row in statuses.REGISTERED if row.code >= 400]


@pytest.mark.parametrize(
    ("accept", "is_html"),
    [
        (None, False),
        ("*/*", False),
        ("text/html", True),
        ("text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8", True),
        ("application/json, text/html;q=0.5", True),
        ("application/problem+json, text/html;q=0.5", False),
        ("application/problem+json, text/html", False),
        ("text/html;q=0", False),
        ("", False),
        ("html", False),
    ],
)
def test_prefers_html(accept: str | None, is_html: bool) -> None:
    assert prefers_html(Fields(() if accept is None else (("Accept", accept),))) is is_html


@pytest.mark.parametrize("status", ERRORS)
def test_json_says_what_is_wrong_and_whether_it_may_pass(status: int) -> None:
    lines, content = explanation(status, "Because.", NO_FIELDS)
    assert dict(lines) == {
        "Content-Type": "application/problem+json",
        "Content-Language": "en",
        "Content-Length": str(len(content)),
        "Vary": "Accept",
    }
    assert json.loads(content) == {
        "title": statuses.phrase(status),
        "status": status,
        "detail": "Because.",
        "temporary": status in TEMPORARY,
    }


@pytest.mark.parametrize("status", ERRORS)
def test_html_says_so_as_well(status: int) -> None:
    lines, content = explanation(status, "Because.", HTML)
    assert dict(lines)["Content-Type"] == "text/html;charset=utf-8"
    text = read(content).text
    assert f"{status} {statuses.phrase(status)}" in text
    assert "Because." in text
    assert ("may pass" in text) == (status in TEMPORARY)
    assert ("will not help" in text) == (status not in TEMPORARY)


@pytest.mark.parametrize("fields", [NO_FIELDS, HTML], ids=["JSON", "HTML"])
@pytest.mark.parametrize(("status", "temporary"), [(413, True), (413, False), (503, False), (404, True)])
def test_a_limit_may_be_temporary_where_the_code_is_not(fields: Fields, status: int, temporary: bool) -> None:
    _, content = explanation(status, "Because.", fields, temporary=temporary)
    says_so = json.loads(content)["temporary"] if fields is NO_FIELDS else b"may pass" in content
    assert says_so is temporary


@pytest.mark.parametrize("status", [202, 300, 301, 302, 303, 307, 308])
def test_below_400_it_is_a_page_with_a_link_and_no_talk_of_errors(status: int) -> None:
    lines, content = explanation(status, "Over there.", NO_FIELDS, links=(("/a?b=c&d", "there"),))
    page = read(content)
    assert page.links == ["/a?b=c&d"]
    assert dict(lines)["Content-Type"] == "text/html;charset=utf-8"
    assert "Vary" not in dict(lines)
    assert "may pass" not in page.text
    assert "will not help" not in page.text


HOSTILE = "<script>alert('&\"')</script>\x00{title}%s\u2028é"


def test_nothing_breaks_out_of_the_page() -> None:
    _, content = explanation(404, HOSTILE, HTML, links=((f'"><img src="{HOSTILE}', HOSTILE),))
    page = read(content)
    assert page.tags.isdisjoint({"script", "img"})
    assert page.links == [f'"><img src="{HOSTILE}']
    assert page.text.count(HOSTILE.replace("\x00", "")) + page.text.count(HOSTILE) == 2


def test_nothing_breaks_out_of_the_json() -> None:
    lines, content = explanation(404, HOSTILE, NO_FIELDS, links=((HOSTILE, HOSTILE),))
    problem = json.loads(content)
    assert (problem["detail"], problem["links"]) == (HOSTILE, [{"href": HOSTILE, "title": HOSTILE}])
    assert dict(lines)["Content-Length"] == str(len(content))


def test_an_unregistered_code_is_explained_without_a_phrase() -> None:
    _, content = explanation(471, "Odd.", NO_FIELDS)
    assert json.loads(content)["title"] == ""
    assert "471" in read(explanation(471, "Odd.", HTML)[1]).text


class _Page(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.text, self.links, self.tags = "", list[str](), set[str]()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        self.links += [value or "" for name, value in attrs if name == "href"]

    def handle_data(self, data: str) -> None:
        self.text += data


def read(content: bytes) -> _Page:
    page = _Page()
    page.feed(content.decode("utf-8"))
    page.close()
    return page
