"""Usual requests share their answer. That it is the one the questions would give is tested by the walk in
test_decide_is_total; here is who shares, and what is kept.
"""

from __future__ import annotations

from dataclasses import replace

import pytest

from statuary.message.fields import FieldLine, Fields
from statuary.message.request import Request
from statuary.semantics.decision import REFUSALS, decide
from statuary.semantics.decision.pertinence import pertinent
from statuary.semantics.decision.usual import ALWAYS
from statuary.semantics.resource import Resource

from .kinds import LENGTH, NOW, ZIPPED, page

PLAIN = page()


def ask(*lines: FieldLine, method: str = "GET", path: str = "/page") -> Request:
    return Request(method, path, Fields(lines))


def is_shared(resource: Resource, *requests: Request) -> bool:
    one, *others = [decide(request, resource, NOW) for request in requests]
    return all(other is one for other in others)


@pytest.mark.parametrize("method", ["GET", "HEAD"])
def test_a_plain_page_has_no_questions_but_those_that_are_looked_after(method: str) -> None:
    assert pertinent(REFUSALS, PLAIN, method) == ALWAYS


@pytest.mark.parametrize(
    "lines",
    [
        (),
        (("User-Agent", "b"), ("Cookie", "c=d")),
        (("Accept-Encoding", "gzip, br"),),
        (("Accept", "image/png"),),  # counts only among variants
        (("If-None-Match", '"b"'),),
        (("If-None-Match", '"b"'), ("If-Modified-Since", "Tue, 14 Nov 2023 22:13:20 GMT")),
    ],
)
def test_what_shares_the_answer_of_any_other_request(lines: tuple[FieldLine, ...]) -> None:
    assert is_shared(page(), ask(), ask(*lines))


@pytest.mark.parametrize("tag", ['"a"', 'W/"a"', '"b", "a"', '"a", "b"'])
def test_what_has_not_changed_is_said_with_one_answer(tag: str) -> None:
    resource = page()
    first = ask(("If-None-Match", '"b","a"'))
    assert is_shared(resource, first, ask(("If-None-Match", tag)))
    assert not is_shared(resource, first, ask())


def test_methods_do_not_share() -> None:
    assert not is_shared(page(), ask(), ask(method="HEAD"))


@pytest.mark.parametrize(
    "line",
    [
        ("Range", f"bytes={LENGTH}-"),
        ("If-Match", '"b"'),
        ("If-Unmodified-Since", "Sun, 06 Nov 1994 08:49:37 GMT"),
        ("Expect", "tea"),
        ("Accept-Encoding", "identity;q=0"),
        ("Early-Data", "1"),
    ],
)
def test_what_is_asked_for_its_own_sake(line: FieldLine) -> None:
    resource = page(refuses_early_data=True)
    assert is_shared(resource, ask(), ask())
    assert decide(ask(line), resource, NOW) == decide(ask(line), replace(resource), NOW)


@pytest.mark.parametrize(
    "resource",
    [
        page(variants=(ZIPPED,)),
        page(variants=()),
        page(hints=("</a.css>; rel=preload",)),
        page(authorities=frozenset({"a.example"})),
        page(scheme="http"),
        page(exists=False),
    ],
)
def test_a_resource_that_is_more_than_a_page_remembers_nothing(resource: Resource) -> None:
    for _ in range(2):
        decide(ask(), resource, NOW)
    assert resource.answers == {}


def test_what_is_remembered_has_an_end() -> None:
    resource = page()
    for number in range(10):
        for method in ("GET", "HEAD", "OPTIONS", "PUT", "BREW"):
            decide(ask(("If-None-Match", f'"a", "{number}"'), method=method, path=f"/{number}"), resource, NOW)
            decide(ask(("X-Number", str(number)), method=method), resource, NOW)
    assert {method: len(answers) for method, answers in resource.answers.items()} == {"GET": 3, "HEAD": 3}


def test_a_changed_resource_has_forgotten() -> None:
    resource = page()
    decide(ask(), resource, NOW)
    assert replace(resource).answers == {}
    assert replace(resource) == resource
