"""A status that is only pretended; that the question is asked at all is in test_questions."""

from __future__ import annotations

import pytest

from statuary.message.response import Whole
from statuary.semantics.decision import Respond, decide
from statuary.semantics.resource import Resource, Simulated

from .kinds import NOW, PAGE, Kind, page

HINTS = page(simulated=Simulated(103, fields=(("Link", "</a.css>; rel=preload"),)))
ANOTHER = page(simulated=Simulated(203, fields=(("X-A", "b"),), content=PAGE), fields=(("X-C", "d"),))


def ask(resource: Resource, method: str = "GET", version: tuple[int, int] = (1, 1)) -> Respond:
    answer = decide(Kind("", resource).ask(method, version=version), resource, NOW)
    assert isinstance(answer, Respond)
    return answer


@pytest.mark.parametrize(("version", "statuses"), [((1, 1), [103]), ((1, 0), [])])
def test_an_interim_response_goes_ahead_of_a_200(version: tuple[int, int], statuses: list[int]) -> None:
    # None to HTTP/1.0: RFC 9110 section 15.2
    answer = ask(HINTS, version=version)
    assert answer.status == 200
    assert [interim.status for interim in answer.interim] == statuses


@pytest.mark.parametrize(("method", "content"), [("GET", Whole(PAGE)), ("HEAD", None)])
def test_content_and_fields_are_sent_as_given(method: str, content: Whole | None) -> None:
    answer = ask(ANOTHER, method)
    assert (answer.status, answer.content) == (203, content)
    assert (answer.field("X-A"), answer.field("X-C"), answer.field("ETag")) == ("b", "d", '"a"')


def test_without_content_it_explains_itself() -> None:
    answer = ask(page(simulated=Simulated(471, "Odd.", links=(("/b", "b"),)), fields=(("X-C", "d"),)))
    assert (answer.status, answer.detail, answer.field("X-C")) == (471, "Odd.", "d")
    assert isinstance(answer.content, bytes)
    assert b'"/b"' in answer.content
