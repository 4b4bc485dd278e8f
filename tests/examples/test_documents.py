"""What pages in docs/ show works: each block of Python runs as it stands."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

DOCS = Path(__file__).parents[2] / "docs"
# docs/library.md and docs/forwarding.md have tests of their own
PAGES = [page for page in sorted(DOCS.glob("*.md")) if page.name in ("reaction.md", "judgement.md")]


@pytest.mark.parametrize("page", PAGES, ids=[page.name for page in PAGES])
def test_its_python_runs(page: Path) -> None:
    blocks = re.findall(r"^```python\n(.*?)^```", page.read_text("utf-8"), re.MULTILINE | re.DOTALL)
    runnable = [block for block in blocks if re.search(r"^(?:from|import) ", block, re.MULTILINE)]
    assert runnable
    for block in runnable:
        exec(compile(block, page.name, "exec"), {})
