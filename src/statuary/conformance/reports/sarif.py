"""SARIF 2.1.0, the format of OASIS for findings of analysis programs: requirements are its rules, violations its results.

A server has no source file to point into. So a result's artifact is the subject's URL, and its logical location the
scenario. Waived violations are there, marked as suppressed.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

from statuary import requirements
from statuary.conformance.report import Event, Report, Result
from statuary.conformance.reports.octets import Bounds, labelled, merged, visible
from statuary.conformance.reports.wording import address, citation, printable, right_answers
from statuary.requirements import Requirement
from statuary.semantics.judgement.finding import strength_of

SCHEMA = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"
_LEVELS = {"fail": "error", "warn": "warning", "note": "note"}
_OCTETS = Bounds(lines=40, columns=200, octets=2000)


def render(reports: Sequence[Report]) -> str:
    """The log as JSON text, a run for each report."""
    log = {"$schema": SCHEMA, "version": "2.1.0", "runs": [_run(report) for report in reports]}
    return json.dumps(log, indent=1) + "\n"


def _run(report: Report) -> dict[str, Any]:
    violations = [one for one in report.results if one.is_violation and one.breaks is not None]
    ids = sorted({one.breaks for one in violations if one.breaks is not None})
    broke = [one for one in report.results if one.verdict == "harness error"]
    return {
        "tool": {
            "driver": {
                "name": "Statuary",
                "version": printable(report.statuary),
                "rules": [_rule(requirements.lookup(id)) for id in ids],
            }
        },
        "automationDetails": {"id": f"statuary check/{printable(report.subject)}/"},
        "invocations": [
            {
                "executionSuccessful": not broke,
                "toolExecutionNotifications": [
                    {"level": "error", "message": {"text": printable(f"{one.id}: {one.detail or 'harness error'}")}}
                    for one in broke
                ],
            }
        ],
        "results": [_result(one, ids.index(one.breaks or ""), report) for one in violations],
    }


def _rule(row: Requirement) -> dict[str, Any]:
    return {
        "id": row.id,
        "shortDescription": {"text": f"{row.level}: {row.paraphrase}"},
        "fullDescription": {"text": f"{row.level}: {row.paraphrase} ({citation(row)})"},
        "help": {
            "text": f"{row.level}: {row.paraphrase}. {citation(row)}: {address(row)}",
            "markdown": f"**{row.level}**: {row.paraphrase}. [{citation(row)}]({address(row)})",
        },
        "helpUri": address(row),
        "defaultConfiguration": {"level": _LEVELS[strength_of(row.level)]},
    }


def _result(one: Result, index: int, report: Report) -> dict[str, Any]:
    result: dict[str, Any] = {
        "ruleId": one.breaks,
        "ruleIndex": index,
        "kind": "fail",
        "level": _LEVELS[one.verdict],
        "message": {"text": _message(one)},
        "locations": [
            {
                "physicalLocation": {"artifactLocation": {"uri": _uri(report.url)}},
                "logicalLocations": [{"fullyQualifiedName": printable(one.id), "kind": "resource"}],
            }
        ],
        "partialFingerprints": {"statuary/v1": printable(f"{one.id}/{one.breaks}")},
        "properties": {
            "scenario": printable(one.id),
            "title": printable(one.title),
            "codes": list(one.codes),
            "wire": [line for event in merged(one.events) for line in _wire(event)],
        },
    }
    if one.waived is not None:
        justification = printable(one.waived)
        result["suppressions"] = [{"kind": "external", "status": "accepted", "justification": justification}]
    return result


def _message(one: Result) -> str:
    answers = "; ".join(answer.looks for answer in right_answers(one))
    parts = (f"{one.title}:", one.detail, f"Right: {answers}." if answers else "", one.fix and f"Change: {one.fix}")
    return printable(" ".join(part for part in parts if part))


def _wire(event: Event) -> list[str]:
    if event.kind not in ("sent", "received"):
        return [f"({labelled(event, several=True)})"]
    arrow = ">" if event.kind == "sent" else "<"
    return [f"{arrow} {line}" for line in visible(event.data, event.cut, _OCTETS)]


def _uri(url: str) -> str:
    """The URL with nothing in it that no URI may have."""
    return "".join(one if "!" <= one <= "~" and one not in '<>"{}|\\^`' else f"%{ord(one) % 256:02X}" for one in url)
