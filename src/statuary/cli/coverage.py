"""``statuary coverage``: which requirements and status codes the checker covers, and which it doesn't, and why."""

from __future__ import annotations

import argparse
import json
from collections.abc import Sequence

from statuary import __version__, status
from statuary.cli.output import write
from statuary.conformance.choosing import Choosable
from statuary.conformance.client.scenario_files import packaged as client_scenarios
from statuary.conformance.coverage import (
    MUST,
    RFC_2616,
    SHOULD,
    CheckedRole,
    CodeCovered,
    Covered,
    code_coverage,
    coverage,
    markdown,
)
from statuary.conformance.intermediary.scenario_files import packaged as intermediary_scenarios
from statuary.conformance.scenario_files import packaged

_COLUMNS = 6


def main(arguments: list[str]) -> int:
    """Run the command: always 0."""
    options = _parser().parse_args(arguments)
    match options.format:
        case "markdown":
            text = markdown(scenarios_for(options.role), options.role)
        case "json":
            text = _json(options.role)
        case _:
            text = _text(options.role, all_of_them=options.all)
    write(text)
    return 0


def scenarios_for(role: CheckedRole) -> Sequence[Choosable]:
    """The scenarios of the checker of that role."""
    match role:
        case "client":
            return client_scenarios()
        case "intermediary":
            return intermediary_scenarios()
        case _:
            return packaged()


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="statuary coverage",
        description="Of the requirements on status codes that bind an origin server and can be seen on the wire: which have "
        "a scenario or a rule, which don't, and why. The same for each status code.",
    )
    parser.add_argument(
        "--client", action="store_const", const="client", default="server", dest="role", help="what check client covers"
    )
    parser.add_argument(
        "--intermediary",
        action="store_const",
        const="intermediary",
        dest="role",
        help="what check gateway, proxy cover",
    )
    parser.add_argument("--all", action="store_true", help="list the requirements that are covered, too")
    parser.add_argument("--json", action="store_const", const="json", dest="format", help="everything, as JSON")
    parser.add_argument(
        "--markdown",
        action="store_const",
        const="markdown",
        dest="format",
        help="as the pages of docs/",
    )
    return parser


def _text(role: CheckedRole, *, all_of_them: bool) -> str:
    scenarios = scenarios_for(role)
    lines = [f"{len(scenarios)} scenarios", ""]
    for title, levels in (("MUST", MUST), ("SHOULD", SHOULD)):
        rows = coverage(levels, scenarios, role)
        covered = sum(row.is_covered for row in rows)
        lines.append(f"{title:<7}{covered} of {len(rows)} requirements covered")
        lines += [_line(row) for row in rows if all_of_them or not row.is_covered]
    lines += ["", "scenarios for each status code (* not in RFC 2616):", *_codes(code_coverage(scenarios, role))]
    return "\n".join(lines) + "\n"


def _line(row: Covered) -> str:
    what = f"{row.requirement.id:<22} {row.requirement.paraphrase}"
    if row.is_covered:
        return f"  ✓ {what} ({', '.join([*row.scenarios[:3], *row.rules[:2]])})"
    return f"  – {what}{row.reason and f'{chr(10)}      {row.reason}'}"


def _codes(rows: Sequence[CodeCovered]) -> list[str]:
    cells = [f"{row.code}{' ' if row.code in RFC_2616 else '*'} {len(row.scenarios) or '–':>3}" for row in rows]
    return ["  " + "   ".join(cells[start : start + _COLUMNS]) for start in range(0, len(cells), _COLUMNS)]


def _json(role: CheckedRole) -> str:
    scenarios = scenarios_for(role)
    value = {
        "format": "statuary-coverage",
        "version": 1,
        "statuary": __version__,
        "role": role,
        "requirements": [
            {
                "id": row.requirement.id,
                "level": row.requirement.level,
                "text": row.requirement.paraphrase,
                "covered": row.is_covered,
                "scenarios": list(row.scenarios),
                "rules": list(row.rules),
                "reason": row.reason,
            }
            for levels in (MUST, SHOULD)
            for row in coverage(levels, scenarios, role)
        ],
        "codes": [
            {
                "code": row.code,
                "phrase": status.phrase(row.code),
                "rfc2616": row.code in RFC_2616,
                "scenarios": list(row.scenarios),
                "rules": list(row.rules),
            }
            for row in code_coverage(scenarios, role)
        ],
    }
    return json.dumps(value, indent=1) + "\n"
