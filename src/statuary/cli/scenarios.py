"""``statuary scenarios``: the scenarios of the checkers as data, for programs in any language."""

from __future__ import annotations

import argparse
from collections.abc import Callable
from pathlib import Path

from statuary.cli.failing import fail
from statuary.cli.output import write
from statuary.conformance.client.scenario_files import packaged as for_clients
from statuary.conformance.entries import ScenarioError
from statuary.conformance.intermediary.scenario_files import packaged as for_intermediaries
from statuary.conformance.scenario_export import Kind, export, export_for_clients, export_for_intermediaries, schema
from statuary.conformance.scenario_files import packaged

_EXPORTS: dict[Kind, Callable[[], str]] = {
    "server": lambda: export(packaged()),
    "client": lambda: export_for_clients(for_clients()),
    "intermediary": lambda: export_for_intermediaries(for_intermediaries()),
}


def main(arguments: list[str]) -> int:
    """Run the command: 0, or 2 if nothing could be written."""
    options = _parser().parse_args(arguments)
    try:
        text = schema(options.kind) if options.schema else _EXPORTS[options.kind]()
        if options.output is not None:
            options.output.write_text(text, "utf-8")
            return 0
    except (OSError, ScenarioError) as error:
        return fail("scenarios", error)
    write(text)
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="statuary scenarios",
        description="The scenarios that statuary check plays, as JSON with its JSON Schema. docs/scenarios.md explains them.",
    )
    parser.add_argument("action", choices=("export",), help="write them all")
    which = parser.add_mutually_exclusive_group()
    for kind in ("client", "intermediary"):
        which.add_argument(
            f"--{kind}", action="store_const", const=kind, dest="kind", help=f"those that check a {kind}"
        )
    parser.set_defaults(kind="server")
    parser.add_argument("--schema", action="store_true", help="write the JSON Schema instead")
    parser.add_argument("-o", "--output", type=Path, metavar="FILE", help="to a file (default: standard output)")
    return parser
