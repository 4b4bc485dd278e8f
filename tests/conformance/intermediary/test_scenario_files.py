"""Scenarios for intermediaries in files: what may be said, and that each mistake is named."""

from __future__ import annotations

from importlib import resources

import pytest

from statuary.conformance.entries import UNDECIDED, ScenarioError
from statuary.conformance.intermediary.scenario_files import packaged, read_scenarios

RIGHT = """
[[scenario]]
id = "topic.name"
title = "Something"
roles = ["proxy"]
send = "GET /start"
serve = "200 || fine"
outcomes = [{ received = { count = 1 }, answer = { status = 200 }, why = "It is right" }]
"""


def test_all_that_ship_can_be_read() -> None:
    assert len({scenario.id for scenario in packaged()}) == len(packaged())


def test_they_are_short() -> None:
    for file in (resources.files("statuary.conformance") / "intermediary_scenarios").iterdir():
        for text in file.read_text("utf-8").split("[[scenario]]")[1:]:
            assert len(text.strip().splitlines()) <= 16, text


def test_every_one_can_find_something_and_says_what_is_right() -> None:
    for scenario in packaged():
        finds = any(outcome.breaks for outcome in scenario.outcomes) or scenario.otherwise not in UNDECIDED
        assert scenario.astray or finds, scenario.id
        assert any(not outcome.breaks for outcome in scenario.outcomes), scenario.id


def test_conditions_on_the_answer_are_about_the_last() -> None:
    text = RIGHT.replace('send = "GET /start"', 'steps = [{ send = "GET /a" }, { send = "GET /b" }]')
    (scenario,) = read_scenarios(text, "x.toml")
    first, last = scenario.outcomes[0].answers
    assert first is None
    assert last is not None
    assert last.status == ("200",)
    assert scenario.roles == ("proxy",)


@pytest.mark.parametrize(
    ("old", "new", "mistake"),
    [
        ("topic.name", "Topic", "an id is topic.name"),
        ('"proxy"', '"cache"', "a role is gateway or proxy, not 'cache'"),
        ('"GET /start"', '"GET"', "not a request"),
        ('"GET /start"', '"GET /{file}"', "there is no fact 'file'"),
        ('"200 || fine"', '"sleep"', "not an action"),
        ('"200 || fine"', '"200 || {file}"', "there is no fact 'file'"),
        ("status = 200", "status = 20", "is neither a status code"),
        ("status = 200", "stat = 200", "unknown key 'stat'"),
        ("count = 1", "counts = 1", "unknown key 'counts'"),
        ("count = 1", 'count = "many"', "count is a number"),
        ("received =", 'breaks = "rfc9110-0", received =', "there is no requirement"),
        ("received =", 'holds = "nothing", received =', "there is no judgement"),
        ("answer =", "answers = [200, 200], other =", "unknown key 'other'"),
        ("answer = { status = 200 }", "answers = [200, 200]", "conditions on 2 answers, and 1 are read"),
        ("roles", 'needs = ["magic"]\nroles', "to have 'magic'"),
        ("roles", 'upstream = "asleep"\nroles', "upstream is one of"),
        ("serve", "served", "unknown key 'served'"),
        ("[[scenario]]", "[[scenarios]]", "and nothing else"),
    ],
)
def test_mistakes_are_named(old: str, new: str, mistake: str) -> None:
    assert read_scenarios(RIGHT, "x.toml")[0].id == "topic.name"
    with pytest.raises(ScenarioError, match=mistake):
        read_scenarios(RIGHT.replace(old, new, 1), "x.toml")
