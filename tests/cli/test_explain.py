"""statuary explain: what it finds, how it prints it, and that it never ends in a traceback."""

import io
import json
import os
import subprocess
import sys
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from statuary import status
from statuary.cli import explain


@pytest.fixture(autouse=True)
def plain_terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "80")
    monkeypatch.delenv("NO_COLOR", raising=False)
    monkeypatch.setenv("TERM", "xterm")


def run(capsys: pytest.CaptureFixture[str], *arguments: str) -> tuple[int, str, str]:
    code = explain.main(list(arguments))
    captured = capsys.readouterr()
    return code, captured.out, captured.err


def run_json(capsys: pytest.CaptureFixture[str], *arguments: str) -> Any:
    code, out, err = run(capsys, *arguments, "--json")
    assert (code, err) == (0, "")
    return json.loads(out)


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


@pytest.mark.parametrize(
    ("query", "codes"),
    [
        ("416", [416]),
        ("471", [471]),
        ("5xx", [500, 501, 502, 503, 504, 505, 506, 507, 508, 510, 511]),
        ("1XX", [100, 101, 102, 103, 104]),
        ("gone", [410]),
        ("not found", [404]),
        ("NOT FOUND", [404]),
        ("Moved Temporarily", [302]),  # an older phrase
        ("payload too large", [413]),
        ("teapot", [418]),
        ("early hints", [103]),
        ("too large", [413, 414, 431]),  # 414 was Request-URI Too Large
        ("multipart", [206, 416]),  # in notes only
        ("zebra", []),
    ],
)
def test_what_a_question_finds(query: str, codes: list[int]) -> None:
    assert [row.code for row in explain.find(query)] == codes


def test_no_question_finds_every_code() -> None:
    assert explain.find("") == status.REGISTERED


@pytest.mark.parametrize("query", ["999", "600", "099", "000", "42", "1000", "0404", "0xx", "6xx", "9XX"])
def test_a_number_that_http_does_not_have_is_an_error(capsys: pytest.CaptureFixture[str], query: str) -> None:
    code, out, err = run(capsys, query)
    assert (code, out) == (2, "")
    assert err.startswith(f"statuary explain: {query} is not a")
    assert err.count("\n") == 1


def test_words_that_nothing_is_called(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(capsys, "zebra") == (1, "", "statuary explain: no status code is called anything like 'zebra'\n")


def test_an_explanation(capsys: pytest.CaptureFixture[str]) -> None:
    code, out, err = run(capsys, "405")
    assert (code, err) == (0, "")
    assert out == (
        "405 Method Not Allowed\n"
        "4xx Client Error. RFC 9110 section 15.5.6 (in RFC 2616, section 10.4.6). First\n"
        "in RFC 2068, 1997.\n"
        "\n"
        "The server knows the method, but this resource does not support it.\n"
        "\n"
        "  Sent by       Any server, gateways and proxies included.\n"
        "  Field         Allow (MUST): may be empty.\n"
        "  Content       Should explain the situation, except in answer to HEAD.\n"
        "  Caches        May be stored and reused even without explicit freshness.\n"
        "  A client      gives up and shows why; uses a method that Allow lists.\n"
        "  Repeating     Not by itself.\n"
        "  Since 2616    Now heuristically cacheable, and only for methods that the\n"
        "                server knows.\n"
    )


def test_an_unknown_code_is_explained_by_its_class(capsys: pytest.CaptureFixture[str]) -> None:
    code, out, _ = run(capsys, "471")
    assert code == 0
    assert out.startswith("471 (not registered)\n")
    assert "treats it as 400 Bad Request." in out


def test_several_words_need_no_quotes(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(capsys, "not", "found") == run(capsys, "not found") == run(capsys, "404")


def test_several_matches_are_listed(capsys: pytest.CaptureFixture[str]) -> None:
    _, out, _ = run(capsys, "redirect")
    assert [line[:3] for line in out.splitlines() if line[0] != " "] == ["307", "308"]


def test_a_class_says_what_it_means_and_lists_its_codes(capsys: pytest.CaptureFixture[str]) -> None:
    _, out, _ = run(capsys, "4xx")
    lines = out.splitlines()
    assert lines[:3] == ["4xx Client Error", "Something is wrong with the request.", ""]
    assert "418 (Unused)" in out
    assert "500" not in out


def test_the_overview_names_every_code(capsys: pytest.CaptureFixture[str]) -> None:
    _, out, _ = run(capsys)
    for code, phrase in status.PHRASES.items():
        assert f"  {code}  {phrase}\n" in out


def test_requirements_are_added(capsys: pytest.CaptureFixture[str]) -> None:
    _, out, _ = run(capsys, "416", "--requirements")
    assert out.startswith(run(capsys, "416")[1])
    assert "What is required about 416 (14):" in out
    assert "What is required about 4xx (37):" in out
    assert "RFC 2616; since then" in out


@pytest.mark.parametrize("code", range(100, 600))
def test_every_code_can_be_explained(capsys: pytest.CaptureFixture[str], code: int) -> None:
    result, out, err = run(capsys, str(code))
    assert (result, err) == (0, "")
    assert max(map(len, out.splitlines())) <= 80
    assert out.isascii()


@given(st.text())
def test_any_question_finds_codes_or_is_refused(query: str) -> None:
    try:
        found = explain.find(query)
    except ValueError as wrong:
        assert "RFC 9110 section 15" in str(wrong)  # noqa: PT017
    else:
        assert isinstance(found, tuple)


@pytest.mark.parametrize("columns", ["1", "40", "100", "5000", "wide"])
def test_lines_fit_the_terminal(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, columns: str
) -> None:
    monkeypatch.setenv("COLUMNS", columns)
    for question in ("101", "206", "4xx", ""):
        out = run(capsys, question, "--requirements")[1]
        width = min(max(int(columns), 40), 100) if columns.isdecimal() else 80
        prose = [line for line in out.splitlines() if not line.startswith("  rfc") and "(4xx" not in line]
        assert max(map(len, prose)) <= max(width, 60)


# Colour


def shown_on(terminal: io.StringIO, monkeypatch: pytest.MonkeyPatch, *arguments: str) -> str:
    monkeypatch.setattr(sys, "stdout", terminal)
    assert explain.main(list(arguments)) == 0
    return terminal.getvalue()


@pytest.mark.parametrize("question", ["404", "4xx", "", "too large"])
def test_colour_on_a_terminal_only(monkeypatch: pytest.MonkeyPatch, question: str) -> None:
    assert "\x1b[" in shown_on(Terminal(), monkeypatch, question)
    assert "\x1b[" not in shown_on(io.StringIO(), monkeypatch, question)


@pytest.mark.parametrize(("name", "value"), [("NO_COLOR", "1"), ("TERM", "dumb")])
def test_colour_can_be_refused(monkeypatch: pytest.MonkeyPatch, name: str, value: str) -> None:
    monkeypatch.setenv(name, value)
    assert "\x1b[" not in shown_on(Terminal(), monkeypatch, "404")


def test_json_is_never_coloured(monkeypatch: pytest.MonkeyPatch) -> None:
    assert "\x1b[" not in shown_on(Terminal(), monkeypatch, "404", "--json")


# JSON

MEMBERS = [
    *("code", "phrase", "meaning", "class", "registered", "registry", "treated_as", "final", "spec", "section"),
    *("introduced", "rfc2616", "older_phrases", "generators", "fields", "content", "ends_at_header_section", "cache"),
    *("redirect", "auto_retry", "client_action", "also", "note", "requirements"),
]


@pytest.fixture(scope="module")
def every_object() -> list[dict[str, Any]]:
    return [explain.as_object(row) for row in status.REGISTERED]


def test_json_of_a_code(capsys: pytest.CaptureFixture[str]) -> None:
    found = run_json(capsys, "308")
    assert list(found) == MEMBERS
    requirements = found.pop("requirements")
    assert {"id", "level", "binds", "codes", "paraphrase", "testable", "mechanism", "secondary"} == set(requirements[0])
    assert all(308 in row["codes"] or "3xx" in row["codes"] for row in requirements)
    assert found == {
        "code": 308,
        "phrase": "Permanent Redirect",
        "meaning": "The resource has a new URI for good; repeat the request there unchanged.",
        "class": "3xx",
        "registered": True,
        "registry": "assigned",
        "treated_as": 308,
        "final": True,
        "spec": "rfc9110",
        "section": "15.4.9",
        "introduced": {"year": 2014, "spec": "rfc7238"},
        "rfc2616": None,
        "older_phrases": [],
        "generators": ["any"],
        "fields": [{"name": "Location", "level": "SHOULD", "when": None}],
        "content": "typical",
        "ends_at_header_section": False,
        "cache": {"heuristic": True, "rule": "heuristic"},
        "redirect": {"location": "recommended", "method": "keep", "relink": True},
        "auto_retry": "no",
        "client_action": "redirect-same-method",
        "also": ["relink"],
        "note": "rfc7538 (2015) before rfc9110; that the method stays is stated, not put as MUST NOT as for 307",
    }


def test_json_of_an_unknown_code(capsys: pytest.CaptureFixture[str]) -> None:
    found = run_json(capsys, "471")
    assert list(found) == MEMBERS
    assert (found["phrase"], found["registered"], found["treated_as"], found["introduced"]) == ("", False, 400, None)


@pytest.mark.parametrize(("question", "count"), [("4xx", 29), ("gone", 1), ("too large", 3), ("", 64)])
def test_json_of_anything_else_is_an_array(capsys: pytest.CaptureFixture[str], question: str, count: int) -> None:
    found = run_json(capsys, question)
    assert len(found) == count
    assert all(list(each) == MEMBERS for each in found)


def test_json_is_described_in_full() -> None:
    assert explain.__doc__ is not None
    for member in MEMBERS:
        assert member in explain.__doc__


def test_every_keyword_has_a_sentence_and_every_sentence_is_used(every_object: list[dict[str, Any]]) -> None:
    def used(member: str) -> set[str]:
        return {each[member] for each in every_object}

    assert used("content") == set(explain.CONTENT)
    assert {each["cache"]["rule"] for each in every_object} == set(explain.CACHE)
    assert used("auto_retry") == set(explain.AUTO_RETRY)
    assert used("client_action") | {name for each in every_object for name in each["also"]} == set(
        explain.CLIENT_ACTION
    )
    assert used("registry") | {"unassigned"} == set(explain.REGISTRY)
    assert {name for each in every_object for name in each["generators"]} == set(explain.GENERATORS)
    redirects = [each["redirect"] for each in every_object if each["redirect"]]
    assert {redirect["method"] for redirect in redirects} == set(explain.REDIRECT_METHOD)
    assert {redirect["location"] for redirect in redirects} == set(explain.REDIRECT_LOCATION)


# As a program


def test_help(capsys: pytest.CaptureFixture[str]) -> None:
    code, out, err = run(capsys, "--help")
    assert (code, err) == (0, "")
    assert out.startswith("usage: statuary explain ")


def test_an_unknown_option(capsys: pytest.CaptureFixture[str]) -> None:
    code, out, err = run(capsys, "404", "--colour")
    assert (code, out) == (2, "")
    assert "--colour" in err


def test_the_longer_way_through_the_options_agrees(capsys: pytest.CaptureFixture[str]) -> None:
    # "--" and abbreviations go through argparse
    assert run(capsys, "--", "404") == run(capsys, "404")
    assert run(capsys, "--js", "404") == run(capsys, "404", "--json")


PROGRAM = "import sys; from statuary.cli.explain import main; sys.exit(main(sys.argv[1:]))"


def test_a_reader_that_leaves_is_no_error() -> None:
    reading, writing = os.pipe()
    os.close(reading)
    try:
        ran = subprocess.run(
            [sys.executable, "-c", PROGRAM, "--requirements"], stdout=writing, stderr=subprocess.PIPE, check=False
        )
    finally:
        os.close(writing)
    assert (ran.returncode, ran.stderr) == (0, b"")


def test_a_plain_question_imports_nothing_heavy() -> None:
    program = f"import sys; sys.path[:0] = {sys.path!r}; from statuary.cli.explain import main; main(['416']); "
    program += "print(*sys.modules, file=sys.stderr)"
    ran = subprocess.run([sys.executable, "-I", "-S", "-c", program], capture_output=True, text=True, check=True)
    heavy = {"argparse", "dataclasses", "enum", "json", "re", "shutil", "typing", "textwrap", "asyncio", "collections"}
    assert heavy & set(ran.stderr.split()) == set()
    assert "statuary.status.server_error" not in ran.stderr.split()


def test_several_codes(capsys: pytest.CaptureFixture[str]) -> None:
    code, out, _ = run(capsys, "308", "307", "308")
    assert code == 0
    assert [line for line in out.splitlines() if line.startswith("30")] == [
        "308 Permanent Redirect",
        "307 Temporary Redirect",
    ]
    code, out, _ = run(capsys, "404 410", "--json")
    assert [row["code"] for row in json.loads(out)] == [404, 410]
    # Words and numbers are words to look for; a number that is no code is told
    assert run(capsys, "404", "gone")[0] == explain.NOTHING_FOUND
    assert "99 is not a status code" in run(capsys, "404", "99")[2]
