"""A report as values, its exit status, and JSON that is read back as what was written, or refused."""

from __future__ import annotations

import contextlib
import json
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from statuary.conformance.report import (
    FORMAT,
    FORMAT_VERSION,
    NotAReport,
    Report,
    Result,
    exit_status,
    read_json,
    write_json,
)

from .reports import samples


@pytest.mark.parametrize(
    ("results", "status", "strict_status"),
    [
        ((samples.PASSED,), 0, 0),
        ((samples.PASSED, samples.INFORMED), 0, 0),
        ((samples.PASSED, samples.POOR), 0, 1),
        ((samples.PASSED, samples.REFUSED), 1, 1),
        ((samples.PASSED, samples.JUDGED_RESULT), 1, 1),
        ((samples.PASSED, replace(samples.REFUSED, waived="known")), 0, 0),
        ((samples.UNCLEAR, samples.LACKING), 0, 0),
        ((samples.PASSED, samples.BROKEN), 0, 0),
        ((samples.BROKEN,), 2, 2),
    ],
)
def test_exit_status(results: tuple[Result, ...], status: int, strict_status: int) -> None:
    report = samples.report(*results)
    assert (exit_status(report), exit_status(report, strict=True)) == (status, strict_status)


def test_a_run_without_results_could_not_be_run() -> None:
    assert exit_status(samples.report().with_results([])) == 2


def test_counts_tell_waived_ones_apart() -> None:
    report = samples.report(samples.REFUSED, replace(samples.POOR, waived="known"), samples.PASSED)
    assert report.counts() == {"fail": 1, "waived": 1, "pass": 1}
    assert report.violations("fail", "warn") == [samples.REFUSED]


def test_what_is_written_is_read_back() -> None:
    report = samples.report(*samples.RESULTS, samples.JUDGED_RESULT, replace(samples.POOR, id="a", waived="known"))
    assert read_json(write_json(report)) == report


def test_json_names_the_rule_in_our_words() -> None:
    value = json.loads(write_json(samples.report(samples.REFUSED)))
    assert (value["format"], value["version"]) == (FORMAT, FORMAT_VERSION)
    (result,) = value["results"]
    assert (result["rule"]["level"], result["rule"]["spec"], result["rule"]["section"]) == ("MUST", "rfc9110", "15.5.6")
    assert [answer["verdict"] for answer in result["answers"]] == ["pass", "pass", "fail"]


def rounded(report: Report) -> Report:
    """With times as exact as JSON has them."""
    results = [
        replace(one, events=tuple(replace(event, at=round(event.at, 4)) for event in one.events))
        for one in report.results
    ]
    return replace(report.with_results(results, report.unused_waivers), seconds=round(report.seconds, 3))


@given(samples.HOSTILE_REPORTS)
def test_any_report_survives_json(report: Report) -> None:
    text = write_json(report)
    assert text.isascii()
    assert read_json(text) == rounded(report)


def damaged(change: Callable[[Any], None]) -> str:
    value = json.loads(write_json(samples.report()))
    change(value)
    return json.dumps(value)


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (lambda value: value.pop("results"), "results"),
        (lambda value: value.update(version=99), "version 99"),
        (lambda value: value.update(format="statuary-lint"), "not a report"),
        (lambda value: value.update(subject="nginx"), "damaged"),
        (lambda value: value.update(seconds=True), "damaged"),
        (lambda value: value.update(seconds=float("inf")), "damaged"),
        (lambda value: value.update(seconds=10**400), "damaged"),
        (lambda value: value["results"][0].update(title=5), "damaged"),
        (lambda value: value["results"][0].update(verdict="good"), "damaged"),
        (lambda value: value["results"][0].update(verdict=[]), "damaged"),
        (lambda value: value["results"][0].update(codes=["405"]), "damaged"),
        (lambda value: value["results"][0].update(breaks="rfc1-1.0"), "damaged"),
        (lambda value: value["results"][0]["answers"][2].update(breaks="rfc1-1.0"), "damaged"),
        (lambda value: value["results"][0].update(shows=["what"]), "damaged"),
        (lambda value: value["results"][0]["events"][1].update(kind="sang"), "damaged"),
        (lambda value: value["results"][0]["events"][1].update(text="ü"), "damaged"),
        (lambda value: value["results"][0]["events"][3].update(base64="!"), "damaged"),
    ],
)
def test_damaged_reports_are_refused(change: Callable[[Any], None], said: str) -> None:
    with pytest.raises(NotAReport, match=said):
        read_json(damaged(change))


@pytest.mark.parametrize("text", ["", "[]", "{", "[" * 100_000, b"\xff", '"statuary-check"', "1" * 5000])
def test_other_texts_are_refused(text: str | bytes) -> None:
    with pytest.raises(NotAReport):
        read_json(text)


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=5,
)
MEMBERS = sorted(json.loads(write_json(samples.report())))
RESULT_MEMBERS = sorted(json.loads(write_json(samples.report()))["results"][0])


@given(st.sampled_from(MEMBERS), JSON, st.sampled_from(RESULT_MEMBERS), JSON)
def test_reading_raises_nothing_else(member: str, value: object, of_result: str, other: object) -> None:
    for text in (
        damaged(lambda report: report.update({member: value})),
        damaged(lambda report: report["results"][0].update({of_result: other})),
    ):
        with contextlib.suppress(NotAReport):
            read_json(text)
