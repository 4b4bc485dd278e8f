"""httpx and requests with their adapters, at the exhibit: each code from 200 on, as /status/ sends it to a plain GET."""

from __future__ import annotations

from collections.abc import Iterator

import httpx
import pytest
import requests
from tests.origin_server.conftest import Served, serving

from statuary.semantics.reaction import Policy
from statuary.user_agent.adapters.httpx import ReactTransport, Story
from statuary.user_agent.adapters.requests import mount, story_of

# Where it ends and after how many requests, if that is not at once and with the code itself
ENDS = {
    **dict.fromkeys((301, 302, 303, 307, 308), (200, 2)),
    **dict.fromkeys((421, 425), (None, 2)),
    **dict.fromkeys((429, 500, 502, 503, 504), (None, 4)),
    408: (None, 2),
}
CODES = (*range(200, 207), *range(300, 305), 307, 308, *range(400, 418), 421, 422, 425, 426, 428, 429, 431, 451)
CODES = (*CODES, *range(500, 506), 507)


@pytest.fixture(scope="module")
def exhibit() -> Iterator[Served]:
    with serving() as served:
        yield served


@pytest.mark.parametrize("code", CODES)
def test_both_do_the_same_with_each_code(exhibit: Served, code: int) -> None:
    waits: list[float] = []
    policy = Policy(first_backoff=1.0)
    with httpx.Client(transport=ReactTransport(policy, sleep=waits.append)) as client:
        one = client.get(f"{exhibit.origin}/status/{code}")
    with requests.Session() as session:
        session.trust_env = False
        mount(session, policy, sleep=waits.append)
        other = session.get(f"{exhibit.origin}/status/{code}")
    told, also = one.extensions["statuary"], story_of(other)
    assert isinstance(told, Story)
    assert also is not None
    assert one.status_code == other.status_code
    assert [type(step.reaction) for step in told.steps] == [type(step.reaction) for step in also.steps]
    first = told.steps[0].attempt.final
    assert first is not None
    if first.status == code:
        end, requests_sent = ENDS.get(code, (None, 1))
        assert (one.status_code, len(told.steps)) == (end or code, requests_sent)
