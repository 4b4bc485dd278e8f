"""What the README shows works."""

import re
from pathlib import Path

from statuary.cli.main import USAGE

README = (Path(__file__).parent.parent / "README.md").read_text()


def test_its_python_runs() -> None:
    blocks = re.findall(r"^```python\n(.*?)^```", README, re.MULTILINE | re.DOTALL)
    assert blocks
    for block in blocks:
        exec(compile(block, "README.md", "exec"), {})


def test_its_files_are_there() -> None:
    links = [link for link in re.findall(r"\]\(([^)#]+)\)", README) if "://" not in link]
    assert links
    for link in links:
        assert (Path(__file__).parent.parent / link).exists(), link


def test_its_commands_exist() -> None:
    for command in re.findall(r"^\$ statuary (\w+)", README, re.MULTILINE):
        assert f"\n  {command} " in USAGE
    for script in re.findall(r"^\$ (scripts/\w+)", README, re.MULTILINE):
        assert (Path(__file__).parent.parent / script).exists()
