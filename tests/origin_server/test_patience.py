"""How long a connection waits, and what becomes of it, by values alone."""

import pytest

from statuary.origin_server.patience import (
    CONTENT,
    DISCARD,
    HEAD,
    IDLE,
    LINGER,
    WORK,
    Patience,
    Verdict,
)
from statuary.origin_server.settings import Settings

SETTINGS = Settings(
    head_timeout=10, idle_timeout=60, content_timeout=20, send_timeout=60, linger_timeout=2, least_rate=100
)


@pytest.mark.parametrize(
    ("state", "unsent", "deadline"),
    [
        (IDLE, False, 60),
        (HEAD, False, 10),
        (LINGER, False, 2),
        (LINGER, True, 20),
        (CONTENT, False, 20),
        (WORK, True, 20),
    ],
)
def test_each_state_has_its_time(state: str, unsent: bool, deadline: float) -> None:
    patience = Patience(SETTINGS)
    patience.begin(state, 1000, 0, unsent)
    assert patience.deadline == 1000 + deadline


@pytest.mark.parametrize(
    ("state", "moved", "unsent", "wanted", "verdict"),
    [
        (IDLE, 0, False, False, Verdict.CLOSE),
        (HEAD, 500, False, False, Verdict.TIMEOUT),
        (LINGER, 0, False, False, Verdict.DROP),
        (WORK, 0, False, False, Verdict.WAIT),  # the site's time is not the peer's
        (CONTENT, 0, False, False, Verdict.WAIT),
        (CONTENT, 1999, False, True, Verdict.TIMEOUT),
        (CONTENT, 2000, False, True, Verdict.WAIT),  # 20 seconds at 100 octets a second
        (DISCARD, 1999, False, False, Verdict.DROP),
        (DISCARD, 2000, False, False, Verdict.WAIT),
        (WORK, 0, True, False, Verdict.WAIT),  # stopped, but not for long enough
        (WORK, 2000, True, False, Verdict.WAIT),
    ],
)
def test_what_becomes_of_it(state: str, moved: int, unsent: bool, wanted: bool, verdict: Verdict) -> None:
    patience = Patience(SETTINGS)
    patience.begin(state, 1000, 0, unsent)
    assert patience.judge(state, patience.deadline, moved, unsent, wanted) is verdict
    if verdict is Verdict.WAIT:
        assert patience.deadline > 1020 - 1


def test_a_response_that_has_stopped_is_dropped_in_the_end() -> None:
    patience = Patience(SETTINGS)
    patience.begin(WORK, 1000, 0, unsent=True)
    assert [patience.judge(WORK, tick, 0, True, False) for tick in (1020, 1040, 1060)] == [
        Verdict.WAIT,
        Verdict.WAIT,
        Verdict.DROP,
    ]
