"""What others run of the link editor: the hooks of pre-commit, the action of GitHub, and the command as a process."""

from __future__ import annotations

import json
import os
import re
import signal
import socket
import subprocess
import sys
import tomllib
from pathlib import Path
from typing import Any

import pytest

from statuary.cli.links import _parser
from statuary.link_editor.find import BY_OPTION, FORMATS

yaml = pytest.importorskip("yaml", reason="PyYAML comes with statuary[links]")

ROOT = Path(__file__).parents[2]
HOOKS: list[dict[str, Any]] = yaml.safe_load((ROOT / ".pre-commit-hooks.yaml").read_text("utf-8"))
STEPS: list[dict[str, Any]] = yaml.safe_load((ROOT / "action.yml").read_text("utf-8"))["runs"]["steps"]
# As identify, which pre-commit asks, calls our formats
TYPES = {
    "markdown": "markdown",
    "html": "html",
    "svg": "svg",
    "css": "css",
    "restructuredtext": "rst",
    "asciidoc": "asciidoc",
    "notebook": "jupyter",
    "plain": "plain-text",
    "xml": "xml",
}


@pytest.mark.parametrize("hook", HOOKS, ids=[hook["id"] for hook in HOOKS])
def test_hooks(hook: dict[str, Any]) -> None:
    command, subcommand, *arguments = hook["entry"].split()
    assert (command, subcommand) == ("statuary", "links")
    _parser().parse_args([*arguments, "README.md"])
    assert set(hook["types_or"]) == {TYPES[one] for one in FORMATS if one not in BY_OPTION}
    extras = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]["optional-dependencies"]
    assert set(extras["links"]) <= set(hook["additional_dependencies"])


def test_what_the_documentation_shows() -> None:
    text = (ROOT / "docs" / "links.md").read_text("utf-8")
    hooks, steps = (yaml.safe_load(example) for example in re.findall(r"```yaml\n(.*?)```", text, re.DOTALL))
    shown = hooks["repos"][0]["hooks"]
    assert {hook["id"] for hook in shown} == {hook["id"] for hook in HOOKS}
    inputs = yaml.safe_load((ROOT / "action.yml").read_text("utf-8"))["inputs"]
    assert set(steps[-1]["with"]) == set(inputs)
    for arguments in (*(hook.get("args", []) for hook in shown), steps[-1]["with"]["arguments"].split()):
        _parser().parse_args([*arguments, "README.md"])


def run_step(step: dict[str, Any], values: dict[str, str], folder: Path) -> subprocess.CompletedProcess[str]:
    """A step's script as a runner runs it, its expressions having these values."""
    environment = {
        name: re.sub(r"\$\{\{\s*(.*?)\s*\}\}", lambda match: values[match[1]], text)
        for name, text in step["env"].items()
    }
    home = {"HOME": str(folder / "home"), "RUNNER_TEMP": str(folder), "GITHUB_STEP_SUMMARY": str(folder / "summary.md")}
    return subprocess.run(
        ["bash", "--noprofile", "--norc", "-e", "-o", "pipefail", "-c", step["run"]],
        cwd=folder / "workspace",
        env={**os.environ, **home, **environment},
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.mark.parametrize(("content", "status"), [("[x](there.md)", 0), ("[x](nowhere.md)", 1)])
def test_action(tmp_path: Path, content: str, status: int) -> None:
    (tmp_path / "workspace").mkdir()
    (tmp_path / "home").mkdir()
    (tmp_path / "workspace" / "a b.md").write_text(content)
    (tmp_path / "workspace" / "there.md").write_text("x")
    # In place of what the step before installs
    python = tmp_path / "statuary" / "bin" / "python"
    python.parent.mkdir(parents=True)
    python.write_text(f'#!/bin/sh\nexec "{sys.executable}" "$@"\n')
    python.chmod(0o755)
    (step,) = (one for one in STEPS if one.get("name") == "Links")
    done = run_step(step, {"inputs.paths": ".", "inputs.arguments": "--offline -v"}, tmp_path)
    assert (done.returncode, done.stderr) == (status, "")
    assert done.stdout.startswith("::error file=a b.md,line=1,col=5,") is bool(status)
    assert "## Links" in (tmp_path / "summary.md").read_text()
    assert (tmp_path / "home" / ".cache" / "statuary" / "links.sqlite").exists()


def test_action_keeps_what_it_found() -> None:
    restored, saved = (one for one in STEPS if one.get("uses", "").startswith("actions/cache/"))
    assert restored["with"]["path"] == saved["with"]["path"] == "~/.cache/statuary"
    assert restored["with"]["key"] == saved["with"]["key"]
    assert saved["if"] == "always()"


# Where tests run in the background, interrupts are ignored, and who is started there ignores them, too
INTERRUPTIBLE = """
import signal
from statuary.cli.main import run
signal.signal(signal.SIGINT, signal.default_int_handler)
run()
"""


def test_who_has_enough_ends_it(tmp_path: Path) -> None:
    """Ctrl-C while an answer is awaited: no traceback, the usual exit status, and what was known is kept."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        (tmp_path / "a.md").write_text(f"[x](http://127.0.0.1:{server.getsockname()[1]}/)")
        command = [sys.executable, "-c", INTERRUPTIBLE, "links", "a.md", "--cache", "cache.sqlite"]
        with subprocess.Popen(
            command,
            cwd=tmp_path,
            env={**os.environ, "no_proxy": "127.0.0.1"},
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        ) as running:
            connection, _ = server.accept()
            assert connection.recv(4) == b"HEAD"
            running.send_signal(signal.SIGINT)
            out, err = running.communicate(timeout=60)
            connection.close()
    assert (running.returncode, out, err) == (130, "", "")
    assert (tmp_path / "cache.sqlite").exists()


@pytest.mark.parametrize("format", ["json", "sarif"])
def test_reports_to_standard_output_are_nothing_but_that(tmp_path: Path, format: str) -> None:
    (tmp_path / "a.md").write_text("[x](nowhere.md)")
    done = subprocess.run(
        [sys.executable, "-m", "statuary", "links", "a.md", "--offline", "--no-cache", f"--{format}", "-"],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.returncode, done.stderr) == (1, "")
    json.loads(done.stdout)
