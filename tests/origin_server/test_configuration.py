"""statuary.toml: what is read, and what is said about errors."""

import re
from pathlib import Path

import pytest

from statuary.origin_server.configuration import TABLES, ConfigurationError, parse_configuration, read_configuration
from statuary.origin_server.path_patterns import PathPattern
from statuary.origin_server.site_rules import GoneRule, MovedRule

DOCUMENTATION = Path(__file__).parents[2] / "docs" / "configuration.md"
EXAMPLES = re.findall(r"^```toml\n(.*?)^```", DOCUMENTATION.read_text(), re.DOTALL | re.MULTILINE)


@pytest.mark.parametrize("example", EXAMPLES, ids=[example.partition("\n")[0] for example in EXAMPLES])
def test_every_documented_example_is_read(example: str) -> None:
    parse_configuration(example)


def test_every_table_and_key_is_documented() -> None:
    text = "\n".join(EXAMPLES)
    for name, table in TABLES.items():
        assert f"[[{name}]]" in text
        for key in table.keys:
            assert re.search(rf"^{key}\b", text, re.MULTILINE), (name, key)
