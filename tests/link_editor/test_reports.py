"""What is said of a run, in each format: nothing is left out, and nothing that was found is obeyed by who reads it."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from xml.etree import ElementTree

import pytest

from statuary.link_editor.find import find
from statuary.link_editor.report import STRENGTHS, Report, Result
from statuary.link_editor.reports import FORMATS, render, terminal
from statuary.link_editor.text import Text
from statuary.link_editor.verdict import Hop, Verdict

OLD, NEW = "http://old.example/x", "https://new.example/y?a=1&b=2"
MOVED = Verdict("moved for good", f"It moved to {NEW}.", NEW, chain=(Hop(OLD, 301, None, NEW), Hop(NEW, 200)))
EVIL = "http://evil.example/\x1b[31m</a>|`::error::%0A]]>&amp;\ud800"


def result(verdict: Verdict, url: str = OLD, file: str = "docs/a b.md", **changes: object) -> Result:
    text = f"[x]({OLD})"
    (link,) = find(text, "markdown")
    made = Result(file, 3, 5, (40, 60), replace(link, url=url), verdict)
    return replace(made, **changes)  # type: ignore[arg-type]


REPORT = Report(
    (
        result(MOVED),
        result(Verdict("gone", "410 Gone.")),
        result(Verdict("fine", "200 OK.")),
        result(Verdict("unchecked", "mailto is not HTTP."), "mailto:x@a.example"),
        result(Verdict("missing", "404 Not Found."), waived="It is an example."),
        result(Verdict("refused", "403 Forbidden."), EVIL, "docs/\x1b[2J\udcff`|.md"),
    ),
    files=2,
    asked=3,
    known=1,
    unread=(("docs/broken.ipynb", "not a notebook"),),
    unused_waivers=("line 9: waives nothing",),
)


@pytest.mark.parametrize("format", FORMATS)
def test_each_format_tells_all_of_it(format: str) -> None:
    text = render(format, REPORT)
    for part in ("old.example/x", "410 Gone", "docs/broken.ipynb", "not a notebook", "waives nothing"):
        assert part in text
    assert "\x1b" not in text
    text.encode("utf-8")


@pytest.mark.parametrize("format", FORMATS)
def test_each_format_of_nothing(format: str) -> None:
    assert render(format, Report(()))


def test_a_format_that_is_none() -> None:
    with pytest.raises(ValueError, match="there is no format 'word'"):
        render("word", REPORT)


def test_terminal() -> None:
    text = terminal.render(REPORT)
    assert text.startswith("docs/a b.md\n  3:5      moved for good   http://old.example/x\n")
    assert f"301 {OLD} → 200 {NEW}\n           should be {NEW}\n" in text
    assert "200 OK" not in text
    assert "It is an example" not in text
    assert (
        "not read: docs/broken.ipynb: not a notebook\nunused waiver: line 9: waives nothing\n6 links in 2 files: "
        in text
    )
    assert "\x1b" not in text
    verbose = terminal.render(REPORT, verbose=True, colour=True)
    assert "200 OK" in verbose
    assert "waived: It is an example." in verbose
    assert set(re.findall(r"\x1b\[[\d;]*[A-Za-z]", verbose)) <= {
        f"\x1b[{style}m" for style in (0, 1, 2, 31, 32, 33, 36)
    }


def test_json() -> None:
    value = json.loads(render("json", REPORT))
    assert value["summary"] | {"kinds": None} == {
        "files": 2,
        "links": 6,
        "asked": 3,
        "known": 1,
        "to_do": 3,
        "kinds": None,
    }
    assert value["summary"]["kinds"]["waived"] == 1
    assert [one["kind"] for one in value["links"]] == [one.verdict.kind for one in REPORT.results]
    assert value["links"][0]["chain"][0] == {"uri": OLD, "status": 301, "failure": None, "to": NEW}


def test_junit() -> None:
    root = ElementTree.fromstring(render("junit", REPORT))
    assert {name: root.get(name) for name in ("tests", "failures", "errors", "skipped")} == {
        "tests": "7",
        "failures": "3",
        "errors": "1",
        "skipped": "2",
    }
    assert "waives nothing" in (root.findtext("testsuite/system-out") or "")


def test_sarif() -> None:
    (run,) = json.loads(render("sarif", REPORT))["runs"]
    rules = [rule["id"] for rule in run["tool"]["driver"]["rules"]]
    assert len(rules) == len(STRENGTHS)
    assert [one["ruleId"] for one in run["results"]] == ["moved-for-good", "gone", "missing", "refused"]
    for one in run["results"]:
        assert rules[one["ruleIndex"]] == one["ruleId"]
        assert one["level"] in ("error", "warning", "note")
        (place,) = one["locations"]
        assert re.fullmatch(r"[!-~]+", place["physicalLocation"]["artifactLocation"]["uri"])
    assert run["invocations"][0]["executionSuccessful"] is False
    assert [one["level"] for one in run["invocations"][0]["toolExecutionNotifications"]] == ["error", "note"]
    assert run["results"][2]["suppressions"][0]["justification"] == "It is an example."


@pytest.mark.parametrize(
    ("format", "text"),
    [
        ("markdown", f"é [x]({OLD})\n"),
        ("html", f"<p>é<a href='{OLD}'>"),
        ("html", f"<p>é<a href='//{OLD.removeprefix('http://')}'>"),
        ("html", "é\n<a href='http://old.\nexample/x'>y"),
        ("restructuredtext", "é\n\n.. _x: http://old.\n   example/x\n"),
    ],
)
def test_fixes_of_sarif_are_the_edits(format: str, text: str) -> None:
    (link,) = find(text, format)
    whole = Text(text, "utf-8")
    octets = whole.octets(link.start, link.end)
    one = Result("a", *whole.place(link.start), octets, link, MOVED)
    (run,) = json.loads(render("sarif", Report((one,))))["runs"]
    (change,) = run["results"][0]["fixes"][0]["artifactChanges"]
    (replacement,) = change["replacements"]
    region = replacement["deletedRegion"]
    start, end = region["byteOffset"], region["byteOffset"] + region["byteLength"]
    edited = text.encode()[:start] + replacement["insertedContent"]["text"].encode() + text.encode()[end:]
    (again,) = find(edited.decode(), format)
    assert again.url in (NEW, NEW.removeprefix("https:"))
    if "endColumn" in region:
        line = text.splitlines()[region["startLine"] - 1]
        assert line[region["startColumn"] - 1 : region["endColumn"] - 1] == link.url


def test_github() -> None:
    lines = render("github", REPORT).splitlines()
    assert lines[0].startswith(
        "::warning file=docs/a b.md,line=3,col=5,title=statuary links%3A moved for good::http://old"
    )
    kinds = [line.split(" ", 1)[0] for line in lines if line.startswith("::")]
    assert kinds == ["::warning", "::error", "::notice", "::error", "::notice"]
    assert len(lines) == 6


def test_markdown() -> None:
    text = render("markdown", REPORT)
    table = [line for line in text.splitlines() if line.startswith("|")]
    assert len(table) == 5
    assert all(len(re.findall(r"(?<!\\)\|", line)) == 5 for line in table)
    assert (
        "\n\n- not read: ` docs/broken.ipynb `: not a notebook\n- unused waiver: line 9: waives nothing\n\n6 links"
        in text
    )
