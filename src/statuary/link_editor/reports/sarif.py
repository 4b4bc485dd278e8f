"""SARIF 2.1.0: kinds of verdicts are its rules, links to do something about its results; moves for good come with a fix."""

from __future__ import annotations

import json
from typing import Any
from urllib.parse import quote

from statuary import __version__
from statuary.conformance.reports.sarif import SCHEMA
from statuary.conformance.reports.wording import printable
from statuary.link_editor.edit import Edit
from statuary.link_editor.report import STRENGTHS, Report, Result

_LEVELS = {"fail": "error", "warn": "warning", "note": "note"}
_RULES = list(STRENGTHS)


def render(report: Report) -> str:
    """The log as JSON text."""
    said = [("error", f"{name}: {why}") for name, why in report.unread]
    said += [("note", f"unused waiver: {text}") for text in report.unused_waivers]
    run = {
        "tool": {
            "driver": {"name": "Statuary links", "version": __version__, "rules": [_rule(kind) for kind in _RULES]}
        },
        "columnKind": "unicodeCodePoints",
        "invocations": [
            {
                "executionSuccessful": not report.unread,
                "toolExecutionNotifications": [
                    {"level": level, "message": {"text": printable(text)}} for level, text in said
                ],
            }
        ],
        "results": [_result(one) for one in report.results if not one.verdict.is_quiet],
    }
    return json.dumps({"$schema": SCHEMA, "version": "2.1.0", "runs": [run]}, indent=1) + "\n"


def _id(kind: str) -> str:
    return kind.lower().replace(" ", "-")


def _rule(kind: str) -> dict[str, Any]:
    level = _LEVELS[STRENGTHS[kind]]  # type: ignore[index]
    return {"id": _id(kind), "shortDescription": {"text": f"Link: {kind}"}, "defaultConfiguration": {"level": level}}


def _result(one: Result) -> dict[str, Any]:
    kind = one.verdict.kind
    artifact = {"uri": quote(one.file.encode("utf-8", "surrogateescape"))}
    octets = {"byteOffset": one.octets[0], "byteLength": one.octets[1] - one.octets[0]}
    region = {"startLine": one.line, "startColumn": one.column, **octets}
    # What isn't spelt as it reads may go on in the next line
    is_plain = len(one.link.url) == one.link.end - one.link.start
    if is_plain:
        region["endColumn"] = one.column + len(one.link.url)
    result: dict[str, Any] = {
        "ruleId": _id(kind),
        "ruleIndex": _RULES.index(kind),
        "level": _LEVELS[STRENGTHS[kind]],
        "message": {"text": printable(f"{one.link.url}: {one.verdict.why}")},
        "locations": [{"physicalLocation": {"artifactLocation": artifact, "region": region}}],
        "partialFingerprints": {"statuary/v1": printable(f"{one.file}/{kind}/{one.link.url}")},
    }
    if one.verdict.to is not None:
        replacement = {
            "deletedRegion": region if is_plain else octets,
            "insertedContent": {"text": Edit(one.link, one.verdict.to).cuts()[0].text},
        }
        result["fixes"] = [
            {
                "description": {"text": printable(f"{one.verdict.to}")},
                "artifactChanges": [{"artifactLocation": artifact, "replacements": [replacement]}],
            }
        ]
    if one.waived is not None:
        result["suppressions"] = [{"kind": "external", "status": "accepted", "justification": printable(one.waived)}]
    return result
