"""``statuary check gateway`` and ``proxy``: what is chosen, what is written, how it ends, and that mistakes are named."""

from __future__ import annotations

import socket
from pathlib import Path

import pytest

from statuary.cli.main import main
from statuary.conformance.report import read_json

ONLY = ["--only", "hop-by-hop.nominated-*"]


@pytest.mark.parametrize("role", ["gateway", "proxy"])
def test_ours_is_started_where_nothing_is_named(role: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = tmp_path / "report.json"
    assert main(["check", role, *ONLY, "--json", str(file)]) == 0
    assert f"Statuary, the {role}" in capsys.readouterr().out
    report = read_json(file.read_text())
    assert report.options["role"] == role
    assert {one.verdict for one in report.results} == {"pass"}


def test_a_gateway_that_leads_elsewhere_can_not_be_checked(capsys: pytest.CaptureFixture[str]) -> None:
    with socket.socket() as taken, socket.socket() as free:
        taken.bind(("127.0.0.1", 0))
        free.bind(("127.0.0.1", 0))
        free.listen()
        upstream = free.getsockname()[1]
        free.close()
        url = f"http://127.0.0.1:{taken.getsockname()[1]}/"
        assert main(["check", "gateway", url, "--upstream", str(upstream), *ONLY]) == 2
    said = capsys.readouterr().err
    assert f"127.0.0.1:{upstream}" in said
    assert "does not come through" in said


def test_a_port_that_is_taken_is_named(capsys: pytest.CaptureFixture[str]) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = str(taken.getsockname()[1])
        assert main(["check", "gateway", "http://127.0.0.1:1/", "--upstream", port]) == 2
    assert port in capsys.readouterr().err


def test_the_list_has_what_is_for_the_role(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["check", "gateway", "--list"]) == 0
    gateways = capsys.readouterr().out
    assert main(["check", "proxy", "--list"]) == 0
    assert "hop-by-hop.nominated-request-field" in gateways
    assert gateways != capsys.readouterr().out


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["--only", "nothing.like-this"], "no scenario is like that"),
        (["--subject", "/nowhere/subject.toml"], "No such file"),
        (["ftp://127.0.0.1/"], "a URL starts with http"),
    ],
)
def test_mistakes_are_told(arguments: list[str], said: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["check", "proxy", *arguments]) == 2
    assert said in capsys.readouterr().err


def test_a_subject_that_does_not_start_is_told(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = tmp_path / "subject.toml"
    file.write_text('url = "http://127.0.0.1:{port}/"\nstart = ["{python}", "-c", "print(1/0)"]\n')
    assert main(["check", "proxy", "--subject", str(file)]) == 2
    assert "ZeroDivisionError" in capsys.readouterr().err
