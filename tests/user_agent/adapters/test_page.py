"""The Python of docs/adapters.md runs, in the order in which it stands."""

from __future__ import annotations

import re
import textwrap
from pathlib import Path

PAGE = (Path(__file__).parents[3] / "docs" / "adapters.md").read_text()


def test_its_python_runs() -> None:
    blocks = re.findall(r"^ *```python\n(.*?)^ *```", PAGE, re.MULTILINE | re.DOTALL)
    assert len(blocks) == 4
    names: dict[str, object] = {}
    for block in blocks:
        exec(compile(textwrap.dedent(block), "adapters.md", "exec"), names)
