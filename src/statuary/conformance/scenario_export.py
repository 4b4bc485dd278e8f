"""All scenarios as JSON for other languages: shorthands expanded, placeholders left, each request in its parts.

``scenario.schema.json`` says how the JSON looks, ``client-scenario.schema.json`` and ``intermediary-scenario.schema.json``
how that of scenarios for clients and for intermediaries does.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping
from importlib import resources
from typing import Any, Literal

from statuary import __version__, requirements
from statuary.conformance.client.abilities import ABILITIES
from statuary.conformance.client.judgements import JUDGEMENTS as CLIENT_JUDGEMENTS
from statuary.conformance.client.scenario import Ask, ClientScenario
from statuary.conformance.client.scenario import Outcome as ClientOutcome
from statuary.conformance.conversation import BUSY
from statuary.conformance.facts import FACTS
from statuary.conformance.intermediary.facts import OFFERED, PLACES
from statuary.conformance.intermediary.judgements import JUDGEMENTS as INTERMEDIARY_JUDGEMENTS
from statuary.conformance.intermediary.scenario import ForwardingScenario
from statuary.conformance.intermediary.scenario import Outcome as ForwardingOutcome
from statuary.conformance.judgements import JUDGEMENTS
from statuary.conformance.requests import WHOLE, split_request
from statuary.conformance.scenario import Outcome, ResponseSeen, Scenario, Step
from statuary.conformance.scripted.expectation import RequestsSeen
from statuary.conformance.scripted.server import Turns
from statuary.semantics.judgement.finding import strength_of

FORMAT_VERSION = 1


Kind = Literal["server", "client", "intermediary"]
_SCHEMAS: dict[Kind, str] = {
    "server": "scenario.schema.json",
    "client": "client-scenario.schema.json",
    "intermediary": "intermediary-scenario.schema.json",
}


def schema(kind: Kind = "server") -> str:
    """The JSON Schema of what ``export`` gives for scenarios of that kind."""
    return (resources.files("statuary.conformance") / _SCHEMAS[kind]).read_text("utf-8")


def export(scenarios: Iterable[Scenario]) -> str:
    """The scenarios as JSON text, with all that is needed to play them: facts, judgements and requirements they name."""
    chosen = list(scenarios)
    return _text(
        format="statuary-scenarios",
        inconclusive_unless_named=[int(status) for status in BUSY],
        facts=FACTS,
        judgements=_meanings(JUDGEMENTS),
        requirements=_cited(id for one in chosen for id in one.requirements | {one.astray or one.shows[0]}),
        scenarios=[_scenario(scenario) for scenario in chosen],
    )


def export_for_clients(scenarios: Iterable[ClientScenario]) -> str:
    """The same of scenarios for clients."""
    chosen = list(scenarios)
    return _text(
        format="statuary-client-scenarios",
        facts={},
        abilities=ABILITIES,
        judgements=_meanings(CLIENT_JUDGEMENTS),
        requirements=_cited(id for one in chosen for id in one.requirements),
        scenarios=[_client_scenario(scenario) for scenario in chosen],
    )


def export_for_intermediaries(scenarios: Iterable[ForwardingScenario]) -> str:
    """The same of scenarios for gateways and proxies."""
    chosen = list(scenarios)
    return _text(
        format="statuary-intermediary-scenarios",
        facts=PLACES,
        abilities=OFFERED,
        judgements={**_meanings(JUDGEMENTS), **_meanings(INTERMEDIARY_JUDGEMENTS)},
        requirements=_cited(id for one in chosen for id in one.requirements | ({one.astray} if one.astray else set())),
        scenarios=[_forwarding_scenario(scenario) for scenario in chosen],
    )


def _text(*, format: str, **more: Any) -> str:
    value = {"format": format, "version": FORMAT_VERSION, "statuary": __version__, **more}
    return json.dumps(value, indent=1, ensure_ascii=True) + "\n"


def _meanings(judgements: Mapping[str, Callable[..., Any]]) -> dict[str, str]:
    return {name: " ".join((check.__doc__ or "").split()) for name, check in sorted(judgements.items())}


def _cited(ids: Iterable[str]) -> dict[str, Any]:
    return {id: _requirement(id) for id in sorted(set(ids))}


def _requirement(id: str) -> dict[str, str]:
    row = requirements.lookup(id)
    return {
        "level": row.level,
        "verdict": strength_of(row.level),
        "spec": row.spec,
        "section": row.section,
        "text": row.paraphrase,
    }


def _head(scenario: Scenario | ClientScenario | ForwardingScenario) -> dict[str, Any]:
    """What scenarios of every kind have."""
    return {
        "id": scenario.id,
        "title": scenario.title,
        "codes": list(scenario.codes),
        "shows": list(scenario.shows),
        "needs": list(scenario.needs),
        "fix": scenario.fix,
    }


def _scenario(scenario: Scenario) -> dict[str, Any]:
    return {
        **_head(scenario),
        "after": list(scenario.after),
        "astray": scenario.astray,
        "steps": [_step(step) for step in scenario.steps],
    }


def _step(step: Step) -> dict[str, Any]:
    return {
        **_deed(step),
        "answers": [_outcome(outcome) for outcome in step.answers],
        "otherwise": step.otherwise,
    }


def _deed(step: Step) -> dict[str, Any]:
    """What is done in a step."""
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
    return {**_response(outcome), "finishes": outcome.finishes, "breaks": outcome.breaks, "why": outcome.why}


def _response(conditions: ResponseSeen) -> dict[str, Any]:
    return {
        "status": list(conditions.status),
        "interim": None if conditions.interim is None else list(conditions.interim),
        "has": list(conditions.has),
        "lacks": list(conditions.lacks),
        "fields": dict(conditions.fields),
        "content": conditions.content,
        "whole": conditions.whole,
        "end": conditions.end,
        "holds": list(conditions.holds),
    }


def _requests(conditions: RequestsSeen) -> dict[str, Any]:
    return {
        "requests": None if conditions.requests is None else list(conditions.requests),
        "count": conditions.count,
        "connections": conditions.connections,
        "of": conditions.of,
        "target": conditions.target,
        "has": list(conditions.has),
        "lacks": list(conditions.lacks),
        "fields": dict(conditions.fields),
        "content": conditions.content,
        "sent": conditions.sent,
        "held": conditions.held,
    }


def _turns(serve: Turns) -> Any:
    if isinstance(serve, Mapping):
        return {place: list(actions) for place, actions in serve.items()}
    return [list(actions) for actions in serve]


def _client_scenario(scenario: ClientScenario) -> dict[str, Any]:
    return {
        **_head(scenario),
        "otherwise": scenario.otherwise,
        "ask": [_asked(one) for one in scenario.ask],
        "serve": _turns(scenario.serve),
        "seconds": scenario.seconds,
        "outcomes": [_client_outcome(one) for one in scenario.outcomes],
    }


def _asked(ask: Ask) -> dict[str, Any]:
    return {
        **_request(ask.send),
        "expect": ask.expect,
        "credentials": ask.credentials,
        "proxy": ask.proxy,
        "resume": ask.resume,
        "fragment": ask.fragment,
        "unsized": ask.unsized,
    }


def _client_outcome(outcome: ClientOutcome) -> dict[str, Any]:
    return {
        **_requests(outcome),
        "status": list(outcome.status),
        "statuses": None if outcome.statuses is None else list(outcome.statuses),
        "got": outcome.got,
        "url": outcome.url,
        "holds": list(outcome.holds),
        "breaks": outcome.breaks,
        "why": outcome.why,
    }


def _forwarding_scenario(scenario: ForwardingScenario) -> dict[str, Any]:
    return {
        **_head(scenario),
        "otherwise": scenario.otherwise,
        "roles": list(scenario.roles),
        "upstream": scenario.upstream,
        "astray": scenario.astray,
        "steps": [_deed(step) for step in scenario.steps],
        "serve": _turns(scenario.serve),
        "outcomes": [_forwarding_outcome(one) for one in scenario.outcomes],
    }


def _forwarding_outcome(outcome: ForwardingOutcome) -> dict[str, Any]:
    return {
        "received": None if outcome.received is None else _requests(outcome.received),
        "answers": [None if one is None else _response(one) for one in outcome.answers],
        "holds": list(outcome.holds),
        "breaks": outcome.breaks,
        "why": outcome.why,
    }
