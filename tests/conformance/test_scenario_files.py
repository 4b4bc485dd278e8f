"""Files of scenarios: every mistake is named, and those that ship with the package keep the rules of docs/scenarios.md."""

from __future__ import annotations

import re
from importlib import resources

import pytest

from statuary.conformance.entries import ScenarioError, together
from statuary.conformance.scenario_files import packaged, read_scenarios

GOOD = """
[[scenario]]
id = "a.b"
title = "t"
send = "GET {file}"
answers = [{ status = 200, why = "w" }]
"""


def test_a_small_one() -> None:
    (scenario,) = read_scenarios(GOOD, "f")
    assert scenario.id == "a.b"
    assert scenario.steps[0].answers[0].looks() == "200"
    assert not scenario.needs_octets


@pytest.mark.parametrize(
    ("old", "new", "mistake"),
    [
        ('id = "a.b"', 'id = "ab"', "an id is topic.name"),
        ('title = "t"', "", "title is a text"),
        ('title = "t"', 'titel = "t"', "unknown key 'titel'"),
        ("{file}", "{fill}", "no fact 'fill'"),
        ("GET {file}", "GET", "not a request"),
        ("status = 200", "status = 20", "'20' is neither a status code"),
        ("status = 200", "code = 200", "unknown key 'code'"),
        ("status = 200", 'breaks = "rfc1-1"', "no requirement 'rfc1-1'"),
        ("status = 200", 'holds = ["nothing"]', "no judgement 'nothing'"),
        ("status = 200", 'end = "ajar"', "end is one of"),
        ('why = "w"', 'why = ""', "why is a text"),
        ('title = "t"', 'title = "t"\nraw = "x"', "send or raw, not both"),
        ('title = "t"', 'title = "t"\nread = "all"', "read is one of"),
        ('title = "t"', 'title = "t"\npause = 11', "pause is a number"),
        ('title = "t"', 'title = "t"\nconnection = "A B"', "a connection is"),
        ('title = "t"', 'title = "t"\nneeds = ["x"]', "no fact 'x'"),
        ('title = "t"', 'title = "t"\ncodes = [99]', "99 is no status code"),
        ('answers = [{ status = 200, why = "w" }]', "", "the last step has no answers"),
        ("[[scenario]]", "[[scenarios]]", "has [[scenario]] and nothing else"),
        ("[[scenario]]", "[[scenario", "Expected"),
    ],
)
def test_mistakes_are_named(old: str, new: str, mistake: str) -> None:
    assert old in GOOD
    with pytest.raises(ScenarioError, match=re.escape(mistake)) as caught:
        read_scenarios(GOOD.replace(old, new), "f.toml")
    assert str(caught.value).startswith("f.toml: ")


def test_ids_are_unique_and_dependencies_exist() -> None:
    (one,) = read_scenarios(GOOD, "f")
    (other,) = read_scenarios(GOOD.replace('title = "t"', 'title = "t"\nafter = ["c.d"]'), "g")
    with pytest.raises(ScenarioError, match="also in f"):
        together([one, one])
    with pytest.raises(ScenarioError, match=r"after c\.d, which does not exist"):
        together([other])


def test_those_of_the_package_can_be_read() -> None:
    assert len({scenario.id for scenario in packaged()}) == len(packaged()) >= 2


def test_a_scenario_shows_something() -> None:
    assert [one.id for one in packaged() if not one.shows and not one.codes] == []


def test_a_scenario_has_a_right_answer() -> None:
    without = [one.id for one in packaged() if all(answer.breaks for answer in one.steps[-1].answers)]
    assert without == []


def test_a_usual_scenario_is_short() -> None:
    lengths = []
    for file in (resources.files("statuary.conformance") / "scenarios").iterdir():
        if file.name.endswith(".toml"):
            entries = file.read_text("utf-8").split("[[scenario]]")[1:]
            lengths += [sum(bool(re.sub(r"^\s*#.*", "", line).strip()) for line in e.splitlines()) + 1 for e in entries]
    assert sum(length <= 15 for length in lengths) >= 0.9 * len(lengths)
    assert max(lengths) <= 40


@pytest.mark.parametrize(
    ("keys", "waits", "writes"),
    [
        ('send = "GET {file}"', False, False),
        ('send = "PUT {new} || x"', False, True),
        ('send = "GET {file}"\npause = 1', True, False),
        ('raw = "GET"\nseconds = "{patience}"', True, False),
    ],
)
def test_what_takes_time_and_what_leaves_something(keys: str, waits: bool, writes: bool) -> None:
    text = f'[[scenario]]\nid = "t.one"\ntitle = "t"\n{keys}\nanswers = [{{ status = 200, why = "w" }}]'
    (one,) = read_scenarios(text, "t")
    assert (one.waits, one.writes) == (waits, writes)
