"""Every format: what it says about an ordinary report, and that nothing a peer chose can break it."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from html.parser import HTMLParser
from xml.etree import ElementTree

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from statuary.conformance.report import Report
from statuary.conformance.reports import github, html, junit, markdown, sarif, terminal

from . import samples

slow = settings(max_examples=60)
SEVERAL = st.lists(samples.HOSTILE_REPORTS, min_size=1, max_size=3)


# The terminal


def test_terminal_has_what_helps_to_mend_a_failure() -> None:
    text = terminal.render(samples.report(unused_waivers=("scenario old: there is no such result",)))
    assert text.startswith("nginx 1.22.1 at http://127.0.0.1:8080/\n")
    for part in (
        "405 ✗",
        "404 !",
        "206 ✓",
        "✗ fail  methods.delete  DELETE of a file",
        "RFC 9110 section 15.5.6 [rfc9110-15.5.6-1]",
        "> DELETE /file.txt HTTP/1.1\\r\\n\n    > Host: a.example\\r\\n\n    > \\r\\n\n",
        "< HTTP/1.1 405 \\xff\\x1b[2J<script>alert(1)</script>\\r\\n",
        "(the subject closed the connection after 0.04 s)",
        "right: 405 with Allow: The method isn't allowed here",
        "right: 2xx: It was deleted, which may be",
        "change: Send Allow with every 405.",
        "! warn  errors.explained",
        "? inconclusive  limits.uri",
        "E harness error  limits.fields",
        "waiver: scenario old",
    ):
        assert part in text
    assert text.rstrip().splitlines()[-1].startswith("7 results in 1.2 s: 1 fail, 1 warn, 1 harness error")
    assert "Nobody learns" not in text
    assert "fields.server" not in text


def test_terminal_leaves_nothing_out_when_asked() -> None:
    text = terminal.render(samples.report(), verbose=True)
    assert "fields.server" in text
    assert "MUST: not 405 without Allow: Nobody learns what is" in text


def test_terminal_cuts_long_octets() -> None:
    long = replace(samples.REFUSED, events=samples.PASSED.events)
    assert "octets …" in terminal.render(samples.report(long))
    assert "x" * 9000 not in terminal.render(samples.report(long))
    assert "x" * 9000 in terminal.render(samples.report(long), verbose=True)


def test_terminal_tells_what_is_waived() -> None:
    text = terminal.render(samples.report(replace(samples.REFUSED, waived="Old devices.")))
    assert "waived fail: methods.delete: Old devices." in text
    assert "✗" not in text


def test_terminal_colours_only_when_asked() -> None:
    assert "\x1b[1;31m✗ fail\x1b[0m" in terminal.render(samples.report(), colour=True)
    assert "\x1b" not in terminal.render(samples.report())


def test_one_result_explained() -> None:
    assert terminal.explained(samples.REFUSED).startswith("✗ fail  methods.delete")


def test_terminal_shows_several_side_by_side() -> None:
    text = terminal.render_several([samples.report(), samples.report(samples.PASSED, subject="Caddy")])
    assert "1  nginx: 7 results" in text
    assert "2  Caddy: 1 result " in text
    assert "✗     methods.delete" in text
    assert "range.first" not in text


@slow
@given(SEVERAL)
def test_terminal_obeys_nothing_that_came(reports: list[Report]) -> None:
    texts = [terminal.render(reports[0]), terminal.render(reports[0], verbose=True), terminal.render_several(reports)]
    for text in texts:
        assert all(line.isprintable() for line in text.split("\n"))


# HTML


class Page(HTMLParser):
    """What a browser would make of a page: its tags, attributes and text."""

    VOID = frozenset({"meta", "input", "br", "link", "img"})

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.open: list[str] = []
        self.text = ""
        self.feed(text)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))
        if tag not in self.VOID:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        if "script" not in self.open and "style" not in self.open:
            self.text += data

    def values(self, name: str) -> list[str]:
        return [value for _, attributes in self.tags if (value := attributes.get(name)) is not None]


TAGS = {tag for tag, _ in Page(html.render([samples.report(), samples.report(subject="Caddy")])).tags} | {
    "em",
    "i",
    "ul",
}


def test_html_says_everything_about_a_result() -> None:
    page = Page(html.render([samples.report()]))
    for part in (
        "DELETE of a file",
        "Answered 405: without Allow.",
        "DELETE /file.txt HTTP/1.1\\r\\n\nHost: a.example\\r\\n\n\\r\\n",
        "405 \\xff\\x1b[2J<script>alert(1)</script>\\r\\n",
        "405 with Allow: The method isn't allowed here",
        "2xx: It was deleted, which may be",
        "405 without Allow: Nobody learns what is",
        "What to change: Send Allow with every 405.",
        "Played 2 times.",
    ):
        assert part in page.text
    assert "https://www.rfc-editor.org/rfc/rfc9110.html#section-15.5.6" in page.values("href")


def test_html_opens_failures_alone() -> None:
    page = Page(html.render([samples.report()]))
    assert sum(tag == "details" and "open" in attributes for tag, attributes in page.tags) == 1


def test_html_links_lead_somewhere() -> None:
    page = Page(html.render([samples.report(), samples.report(subject="Caddy")]))
    ids = page.values("id")
    assert len(ids) == len(set(ids))
    assert {href[1:] for href in page.values("href") if href.startswith("#")} <= set(ids)
    assert {f"{samples.REFUSED.id}--nginx", f"{samples.REFUSED.id}--caddy"} <= set(ids)


def test_html_shows_several_side_by_side() -> None:
    page = Page(html.render([samples.report(), samples.report(samples.PASSED, subject="Caddy", version="2")]))
    assert {"nginx", "Caddy"} <= set(re.findall(r"\w+", page.text))
    assert f"#{samples.PASSED.id}--caddy" in page.values("href")
    assert f"#{samples.REFUSED.id}--caddy" not in page.values("href")


def test_html_loads_nothing() -> None:
    page = Page(html.render([samples.report()]))
    assert page.values("src") == []
    (policy,) = (one for one in page.values("content") if "default-src" in one)
    assert policy.startswith("default-src 'none'; ")
    assert "unsafe" not in policy
    assert {tag for tag, _ in page.tags}.isdisjoint({"link", "img", "iframe", "object"})
    assert page.values("style") == []


def test_html_of_many_scenarios_is_small() -> None:
    passed = [replace(samples.PASSED, id=f"range.{number}") for number in range(450)]
    failed = [replace(samples.REFUSED, id=f"methods.{number}") for number in range(50)]
    assert len(html.render([samples.report(*passed, *failed)]).encode()) < 1_500_000


@slow
@given(SEVERAL)
def test_html_cannot_be_broken_out_of(reports: list[Report]) -> None:
    text = html.render(reports)
    text.encode()
    page = Page(text)
    assert page.open == []
    assert {tag for tag, _ in page.tags} <= TAGS
    assert text.lower().count("<script") == 1
    assert not any(name.startswith("on") for _, attributes in page.tags for name in attributes)
    assert all(href.startswith(("#", "https://www.rfc-editor.org/")) for href in page.values("href"))


# JUnit


def test_junit_has_a_case_for_each_result() -> None:
    waived = replace(samples.REFUSED, id="methods.put", waived="Old devices.")
    root = ElementTree.fromstring(junit.render([samples.report(*samples.RESULTS, waived)]))
    (suite,) = root
    assert [suite.get(name) for name in ("name", "tests", "failures", "errors", "skipped")] == [
        "nginx",
        "8",
        "1",
        "1",
        "3",
    ]
    outcomes = {case.get("name"): [part.tag for part in case] for case in suite.iter("testcase")}
    assert outcomes == {
        "methods.delete": ["failure"],
        "errors.explained": ["system-out"],
        "fields.server": ["system-out"],
        "range.first": [],
        "put.new": ["skipped"],
        "limits.uri": ["skipped"],
        "limits.fields": ["error"],
        "methods.put": ["skipped"],
    }
    failure = suite.find(".//failure")
    assert failure is not None
    assert failure.get("message") == "Answered 405: without Allow."
    assert "\\xff\\x1b[2J" in (failure.text or "")


@slow
@given(SEVERAL)
def test_junit_is_well_formed(reports: list[Report]) -> None:
    text = junit.render(reports)
    root = ElementTree.fromstring(text.encode())
    assert len(list(root.iter("testcase"))) == sum(len(report.results) for report in reports)


# SARIF


def test_sarif_has_rules_and_results() -> None:
    waived = replace(samples.POOR, waived="Old devices.")
    log = json.loads(sarif.render([samples.report(samples.REFUSED, waived, samples.PASSED, samples.BROKEN)]))
    (run,) = log["runs"]
    rules = run["tool"]["driver"]["rules"]
    assert [rule["id"] for rule in rules] == sorted([samples.ALLOW, samples.EXPLAIN])
    first, second = run["results"]
    assert (first["ruleId"], first["level"], second["level"]) == (samples.ALLOW, "error", "warning")
    assert "suppressions" not in first
    assert second["suppressions"][0]["justification"] == "Old devices."
    place = first["locations"][0]
    assert place["physicalLocation"]["artifactLocation"]["uri"] == "http://127.0.0.1:8080/"
    assert place["logicalLocations"][0]["fullyQualifiedName"] == "methods.delete"
    assert run["invocations"][0]["executionSuccessful"] is False


@slow
@given(SEVERAL)
def test_sarif_keeps_to_its_schema(reports: list[Report]) -> None:
    """The parts of the published schema that we use: what is required, and what values there are."""
    log = json.loads(sarif.render(reports))
    assert (log["version"], len(log["runs"])) == ("2.1.0", len(reports))
    for run in log["runs"]:
        driver = run["tool"]["driver"]
        assert set(driver) <= {"name", "version", "rules"}
        assert driver["name"]
        rules = [rule["id"] for rule in driver["rules"]]
        assert len(rules) == len(set(rules))
        for rule in driver["rules"]:
            assert rule["defaultConfiguration"]["level"] in {"none", "note", "warning", "error"}
            assert set(rule["help"]) == {"text", "markdown"}
        for result in run["results"]:
            assert rules[result["ruleIndex"]] == result["ruleId"]
            assert result["level"] in {"none", "note", "warning", "error"}
            assert result["kind"] in {"notApplicable", "pass", "fail", "review", "open", "informational"}
            assert isinstance(result["message"]["text"], str)
            for place in result["locations"]:
                uri = place["physicalLocation"]["artifactLocation"]["uri"]
                assert re.fullmatch(r"[!-~]*", uri)
                assert not set(uri) & set('<>"{}|\\^`')
            for suppression in result.get("suppressions", ()):
                assert suppression["kind"] in {"inSource", "external"}
                assert suppression["status"] in {"accepted", "underReview", "rejected"}
            assert all(isinstance(value, str) for value in result["partialFingerprints"].values())


# GitHub's annotations


def test_annotations_for_what_is_violated() -> None:
    lines = github.render([samples.report()]).splitlines()
    assert lines[0].startswith("::error title=statuary check%3A methods.delete::http://127.0.0.1:8080/ Answered 405")
    assert lines[1].startswith("::warning title=statuary check%3A errors.explained::")
    assert lines[2].startswith("statuary check: nginx 1.22.1 at http://127.0.0.1:8080/: 7 results")
    assert len(lines) == 3


@slow
@given(SEVERAL)
def test_nobody_else_makes_annotations(reports: list[Report]) -> None:
    expected = sum(len(one.violations("fail", "warn")) + len(one.unused_waivers) + 1 for one in reports)
    lines = github.render(reports).split("\n")
    assert lines.pop() == ""
    assert len(lines) == expected
    for line in lines:
        assert line.isprintable()
        assert re.match(r"::(error|warning|notice) title=statuary check%3A [^:,]*::|statuary check: ", line)


# Markdown


def test_markdown_of_one() -> None:
    text = markdown.render([samples.report(replace(samples.REFUSED, id="a.b", waived="Old devices."), samples.REFUSED)])
    assert "### HTTP conformance of nginx 1.22.1" in text
    assert (
        "| ✗ fail | <code>methods.delete</code> | Answered 405: without Allow. | MUST, [RFC 9110 section 15.5.6]("
        in text
    )
    assert "\n> DELETE /file.txt HTTP/1.1\\r\\n\n" in text
    assert "<summary>1 waived</summary>" in text


def test_markdown_of_several() -> None:
    text = markdown.render([samples.report(), samples.report(samples.PASSED, subject="Caddy")])
    assert "| <code>methods.delete</code> | DELETE of a file | ✗ |  |" in text
    assert "| 206 | ✓ | ✓ |" in text


def outside_fences(text: str) -> str:
    return re.sub(r"^(`{3,})text\n.*?^\1$", "", text, flags=re.MULTILINE | re.DOTALL)


@slow
@given(SEVERAL)
def test_markdown_has_no_markup_but_ours(reports: list[Report]) -> None:
    text = outside_fences(markdown.render(reports))
    assert set(re.findall(r"<(?=[a-z/!?])/?([a-z]*)", text, re.IGNORECASE)) <= {"details", "summary", "code"}
    assert not re.search(r"@\w", text)
    for table in re.findall(r"(?:^\|.*\n?)+", text, re.MULTILINE):
        # A bar inside a cell would make one more of it
        assert len({len(re.findall(r"(?<!\\)\|", line)) for line in table.splitlines()}) == 1


def test_a_fence_is_longer_than_any_inside() -> None:
    events = (replace(samples.REFUSED.events[1], data=b"``````\n# heading\n"),)
    assert "```````text\n> ``````" in markdown.render([samples.report(replace(samples.REFUSED, events=events))])


@pytest.mark.parametrize("format", [html, junit, sarif, github, markdown])
def test_a_run_without_results(format: object) -> None:
    assert format.render([samples.report().with_results([])])  # type: ignore[attr-defined]
