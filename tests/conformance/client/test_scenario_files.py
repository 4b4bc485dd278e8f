"""Scenarios for clients in files: all that ship can be read, and mistakes are named."""

from __future__ import annotations

from importlib import resources

import pytest

from statuary.conformance.client.scenario_files import packaged, read_scenarios
from statuary.conformance.entries import ScenarioError

RIGHT = """
[[scenario]]
id = "topic.name"
title = "Something"
ask = "GET /start"
serve = "200 || fine"
outcomes = [{ why = "It is right", status = 200 }]
"""


def test_all_that_ship_can_be_read() -> None:
    assert len(packaged()) > 380
    assert all(any(outcome.breaks is None for outcome in one.outcomes) for one in packaged())


def test_they_are_short() -> None:
    folder = resources.files("statuary.conformance") / "client_scenarios"
    for file in folder.iterdir():
        for text in file.read_text("utf-8").split("[[scenario]]")[1:]:
            assert len(text.strip().splitlines()) <= 16, text


@pytest.mark.parametrize(
    ("old", "new", "mistake"),
    [
        ("topic.name", "Topic", "an id is topic.name"),
        ('"GET /start"', '"GET start"', "a target begins with"),
        ('"GET /start"', '"GET /start HTTP/1.0"', "the version of a request is for the client to choose"),
        ('"GET /start"', '{ send = "GET /start", proxy = "c" }', "proxy is one of"),
        ('"200 || fine"', '"sleep"', "not an action"),
        ('"200 || fine"', '"pause 100"', "at most"),
        ('"200 || fine"', '"200 || {file}"', "no such placeholder"),
        ("status = 200", "status = 20", "is neither a status code"),
        ("status = 200", 'breaks = "rfc9110-0"', "there is no requirement"),
        ("status = 200", 'holds = "nothing"', "there is no judgement"),
        ("status = 200", 'requests = ["/start"]', "a request seen is METHOD place"),
        ("status = 200", 'count = "many"', "count is a number"),
        ("status = 200", "stat = 200", "unknown key 'stat'"),
        ('title = "Something"', 'title = "Something"\nneeds = ["magic"]', "able to 'magic'"),
    ],
)
def test_mistakes_are_named(old: str, new: str, mistake: str) -> None:
    assert read_scenarios(RIGHT, "x.toml")[0].id == "topic.name"
    with pytest.raises(ScenarioError, match=mistake):
        read_scenarios(RIGHT.replace(old, new), "x.toml")
