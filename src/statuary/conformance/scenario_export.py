"""All scenarios as JSON for other languages: shorthands expanded, placeholders left, each request in its parts.

``scenario.schema.json`` says how the JSON looks.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from importlib import resources
from typing import Any

from statuary import __version__, requirements
from statuary.conformance.conversation import BUSY
from statuary.conformance.facts import FACTS
from statuary.conformance.judgements import JUDGEMENTS
from statuary.conformance.requests import WHOLE, split_request
from statuary.conformance.scenario import Outcome, Scenario, Step
from statuary.semantics.judgement.finding import strength_of

FORMAT_VERSION = 1


def schema() -> str:
    """The JSON Schema of what ``export`` gives."""
    return (resources.files("statuary.conformance") / "scenario.schema.json").read_text("utf-8")


def export(scenarios: Iterable[Scenario]) -> str:
    """The scenarios as JSON text, with all that is needed to play them: facts, judgements and requirements they name."""
    chosen = list(scenarios)
    cited = sorted({id for scenario in chosen for id in scenario.requirements | {scenario.astray or scenario.shows[0]}})
    value = {
        "format": "statuary-scenarios",
        "version": FORMAT_VERSION,
        "statuary": __version__,
        "inconclusive_unless_named": [int(status) for status in BUSY],
        "facts": FACTS,
        "judgements": {name: " ".join((check.__doc__ or "").split()) for name, check in sorted(JUDGEMENTS.items())},
        "requirements": {id: _requirement(id) for id in cited},
        "scenarios": [_scenario(scenario) for scenario in chosen],
    }
    return json.dumps(value, indent=1, ensure_ascii=True) + "\n"


def _requirement(id: str) -> dict[str, str]:
    row = requirements.lookup(id)
    return {
        "level": row.level,
        "verdict": strength_of(row.level),
        "spec": row.spec,
        "section": row.section,
        "text": row.paraphrase,
    }


def _scenario(scenario: Scenario) -> dict[str, Any]:
    return {
        "id": scenario.id,
        "title": scenario.title,
        "codes": list(scenario.codes),
        "shows": list(scenario.shows),
        "needs": list(scenario.needs),
        "after": list(scenario.after),
        "astray": scenario.astray,
        "fix": scenario.fix,
        "steps": [_step(step) for step in scenario.steps],
    }


def _step(step: Step) -> dict[str, Any]:
    return {
        "connection": step.connection,
        "pause": step.pause,
        "send": [_request(text) for text in step.send],
        "raw": list(step.raw),
        "methods": list(step.method),
        "half_close": step.half_close,
        "read": step.read,
        "repeat": step.repeat,
        "until": list(step.until),
        "seconds": step.seconds,
        "keep": dict(step.keep),
        "answers": [_outcome(outcome) for outcome in step.answers],
        "otherwise": step.otherwise,
    }


def _request(text: str) -> dict[str, Any]:
    whole = WHOLE.match(text)
    if whole is not None:
        # What is added to the request that the subject names for a code
        (_, lines, content) = split_request(f"GET /{text[whole.end() :]}")
        return {"as": whole[0][1:-1], "fields": [list(line) for line in lines], "content": content}
    (method, target, *version), lines, content = split_request(text)
    return {
        "method": method,
        "target": target,
        "version": version[0] if version else "HTTP/1.1",
        "fields": [list(line) for line in lines],
        "content": content,
    }


def _outcome(outcome: Outcome) -> dict[str, Any]:
    return {
        "status": list(outcome.status),
        "interim": None if outcome.interim is None else list(outcome.interim),
        "has": list(outcome.has),
        "lacks": list(outcome.lacks),
        "fields": dict(outcome.fields),
        "content": outcome.content,
        "whole": outcome.whole,
        "end": outcome.end,
        "holds": list(outcome.holds),
        "finishes": outcome.finishes,
        "breaks": outcome.breaks,
        "why": outcome.why,
    }
