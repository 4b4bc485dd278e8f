"""Waivers: what they take back, when they no longer count or aren't needed, and what is wrong with a file of them."""

from __future__ import annotations

import contextlib
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from statuary.conformance.report import Result, exit_status
from statuary.conformance.waivers import NotWaivers, Waiver, apply, parse_waivers, read_waivers, waived

from .reports import samples

TODAY = date(2026, 11, 22)


def by_scenario(scenario: str, until: date | None = None) -> Waiver:
    return Waiver(scenario, None, "Old devices.", until, 3)


def by_requirement(requirement: str) -> Waiver:
    return Waiver(None, requirement, "Old devices.", None, 3)


@pytest.mark.parametrize(
    ("waiver", "result", "is_waived"),
    [
        (by_scenario("methods.delete"), samples.REFUSED, True),
        (by_scenario("methods.*"), samples.REFUSED, True),
        (by_scenario("*"), samples.INFORMED, True),
        (by_scenario("methods.del"), samples.REFUSED, False),
        (by_scenario("errors.*"), samples.POOR, True),
        (by_requirement(samples.ALLOW), samples.REFUSED, True),
        (by_requirement(samples.ALLOW), samples.JUDGED_RESULT, True),
        (by_requirement(samples.EXPLAIN), samples.REFUSED, False),
        (by_scenario("methods.delete", TODAY), samples.REFUSED, True),
        (by_scenario("methods.delete", date(2026, 11, 21)), samples.REFUSED, False),
        # Only what is violated can be waived
        (by_scenario("*"), samples.PASSED, False),
        (by_scenario("*"), samples.UNCLEAR, False),
        (by_scenario("*"), samples.BROKEN, False),
        (by_scenario("*"), samples.LACKING, False),
    ],
)
def test_what_is_waived(waiver: Waiver, result: Result, is_waived: bool) -> None:
    assert waived([result], [waiver], TODAY) == [replace(result, waived="Old devices." if is_waived else None)]


def test_waived_violations_do_not_count() -> None:
    report = samples.report(samples.REFUSED, samples.PASSED)
    assert exit_status(report) == 1
    assert exit_status(apply(report, [by_scenario("methods.delete")], TODAY)) == 0


@pytest.mark.parametrize(
    ("waiver", "remark"),
    [
        (by_scenario("methods.delete"), None),
        (by_scenario("methods.delete", date(2026, 11, 21)), "no longer counts, it ended on 2026-11-21"),
        (by_scenario("range.first"), "nothing to waive any more"),
        (by_requirement("rfc9110-14.2-2"), "nothing to waive any more"),
        (by_scenario("old.*"), "no such result"),
        # Nothing was seen of these, so that nobody can tell
        (by_scenario("limits.uri"), None),
        (by_scenario("limits.fields"), None),
        (by_scenario("put.new"), None),
    ],
)
def test_unused_waivers_are_told(waiver: Waiver, remark: str | None) -> None:
    told = apply(samples.report(), [waiver], TODAY).unused_waivers
    assert len(told) == (remark is not None)
    if remark is not None:
        assert told[0].startswith(waiver.about)
        assert remark in told[0]


def test_scenarios_that_were_not_chosen_are_no_surprise() -> None:
    assert apply(samples.report(), [by_scenario("old.*")], TODAY, is_whole=False).unused_waivers == ()


FILE = """\
# What we know of

[[waiver]]
scenario = "framing.bare-lf"
reason = "We proxy for old devices."
until = 2027-01-31

[[waiver]]
requirement = "rfc9110-15.5.6-1"
reason = "The framework's."
"""


def test_reading(tmp_path: Path) -> None:
    path = tmp_path / "waivers.toml"
    path.write_text(FILE)
    assert read_waivers(path) == (
        Waiver("framing.bare-lf", None, "We proxy for old devices.", date(2027, 1, 31), 3),
        Waiver(None, "rfc9110-15.5.6-1", "The framework's.", None, 8),
    )
    assert parse_waivers("", "empty") == ()


NAMED = 'scenario = "a.b"\n'
REASONED = 'reason = "r"\n'


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("[[waiver]\n", "f: not TOML: "),
        ("waiver = 1\n", "f:1: waivers are tables that begin with [[waiver]]"),
        ("[waiver]\n" + NAMED + REASONED, "f:1: waivers are tables"),
        ("[[waivers]]\n" + NAMED + REASONED, "f:1: there is no key 'waivers'; did you mean 'waiver'?"),
        ("[[waiver]]\n" + NAMED, "f:1: a waiver needs a reason"),
        ("[[waiver]]\n" + NAMED + 'reason = " "\n', "f:3: reason must be a text that isn't empty"),
        ("[[waiver]]\n" + NAMED + "reason = 1\n", "f:3: reason must be a text that isn't empty"),
        ("[[waiver]]\n" + REASONED, "f:1: a waiver names either a scenario or a requirement"),
        (
            "[[waiver]]\n" + NAMED + REASONED + 'requirement = "rfc9110-15.5.6-1"\n',
            "f:1: a waiver names either a scenario or a requirement",
        ),
        ("[[waiver]]\n" + REASONED + 'requirement = "rfc1-1.0"\n', "f:3: there is no requirement 'rfc1-1.0'"),
        ("[[waiver]]\n" + REASONED + 'scenario = "a*b"\n', "f:3: the * may only come last"),
        ("[[waiver]]\n" + NAMED + REASONED + 'until = "2027-01-31"\n', "f:4: until must be a date"),
        ("[[waiver]]\n" + NAMED + REASONED + "until = 2027-01-31T00:00:00Z\n", "f:4: until must be a date"),
        (
            "[[waiver]]\n" + NAMED + REASONED + "\n[[waiver]]\n" + NAMED + 'reson = "r"\n',
            "f:7: there is no key 'reson'",
        ),
    ],
)
def test_what_is_wrong_is_told_with_its_line(text: str, said: str) -> None:
    with pytest.raises(NotWaivers) as told:
        parse_waivers(text, "f")
    assert any(line.startswith(said) for line in str(told.value).split("\n"))


def test_files_that_cannot_be_read(tmp_path: Path) -> None:
    with pytest.raises(NotWaivers, match="No such file"):
        read_waivers(tmp_path / "missing")
    (tmp_path / "latin").write_bytes(b"# \xff")
    with pytest.raises(NotWaivers, match="not UTF-8"):
        read_waivers(tmp_path / "latin")


TOML_VALUES = st.sampled_from(
    ['"a"', "1", "true", "2027-01-31", "[]", "{}", '""', '"rfc9110-15.5.6-1"', "nan", "[[1]]"]
)
LINES = st.builds(
    "{} = {}".format, st.sampled_from(["scenario", "requirement", "reason", "until", "x", '"a b"']), TOML_VALUES
)


@given(st.lists(LINES | st.sampled_from(["[[waiver]]", "[waiver]", "[[x]]", "", "#"]), max_size=8).map("\n".join))
def test_reading_raises_nothing_else(text: str) -> None:
    with contextlib.suppress(NotWaivers):
        read = parse_waivers(text, "f")
        assert all(one.reason.strip() and (one.scenario is None) != (one.requirement is None) for one in read)
