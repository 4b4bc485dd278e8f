"""``statuary scenarios``: the scenarios of the checker as data, for programs in any language."""

from __future__ import annotations

import argparse
import contextlib
import sys
from pathlib import Path

from statuary.conformance.entries import ScenarioError
from statuary.conformance.scenario_export import export, schema
from statuary.conformance.scenario_files import packaged

COULD_NOT_RUN = 2


def main(arguments: list[str]) -> int:
    """Run the command: 0, or 2 if nothing could be written."""
    options = _parser().parse_args(arguments)
    try:
        text = schema() if options.schema else export(packaged())
        if options.output is not None:
            options.output.write_text(text, "utf-8")
            return 0
    except (OSError, ScenarioError) as error:
        print(f"statuary scenarios: {error}", file=sys.stderr)
        return COULD_NOT_RUN
    with contextlib.suppress(BrokenPipeError):
        print(text, end="", flush=True)
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="statuary scenarios",
        description="The scenarios that statuary check plays, as JSON with its JSON Schema. docs/scenarios.md explains them.",
    )
    parser.add_argument("action", choices=("export",), help="write them all")
    parser.add_argument("--schema", action="store_true", help="write the JSON Schema instead")
    parser.add_argument("-o", "--output", type=Path, metavar="FILE", help="to a file (default: standard output)")
    return parser
