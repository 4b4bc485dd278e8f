"""The story of a fetch: each exchange, what its status code asked for and by which section, and what was done."""

from __future__ import annotations

import json
from collections.abc import Iterable

from statuary import status
from statuary.cli.output import coloured
from statuary.conformance.reports.wording import printable
from statuary.message.fields import FieldLine
from statuary.message.response import Response
from statuary.semantics.reaction import Ask, Deliver, GiveUp, Reaction, Send, Wait
from statuary.semantics.reaction.private_cache import CacheNote
from statuary.semantics.target_uri import uri_of
from statuary.user_agent.fetched import Fetched, Step

_SECRET = frozenset({"authorization", "proxy-authorization", "cookie", "set-cookie"})
# What a status code rests on, and so is worth showing
_TELLING = (
    *("location", "retry-after", "allow", "accept", "accept-encoding", "www-authenticate", "proxy-authenticate"),
    *("upgrade", "content-range", "etag", "link", "connection", "content-type", "content-length", "transfer-encoding"),
    *("age", "cache-control", "expires", "vary", "authentication-info"),
)
_ASKING = (
    *("authorization", "proxy-authorization", "if-match", "if-none-match", "if-modified-since", "if-unmodified-since"),
    *("if-range", "range", "expect", "upgrade", "content-type"),
)


def is_success(fetched: Fetched) -> bool:
    """Whether it is what was asked for."""
    return isinstance(fetched.reaction, Deliver)


def sentence(reaction: Reaction | CacheNote) -> str:
    """What a reaction says, or the cache, with the section that says so; safe to print."""
    return f"{printable(reaction.says)} ({citation(reaction.because)})"


def citation(because: str) -> str:
    """``RFC 9110 section 15.4.2``."""
    spec, section = because.split("-")[:2]
    return f"RFC {spec.removeprefix('rfc')} section {section}"


def story_as_text(steps: tuple[Step, ...], problem: str | None) -> str:
    """The story for people."""
    lines = [line for number, step in enumerate(steps, 1) for line in _told(number, step)]
    return "\n".join([*lines, ""]) if lines else f"{printable(problem or 'Nothing was sent.')}\n"


def _told(number: int, step: Step) -> list[str]:
    attempt, reaction = step.attempt, step.reaction
    request = attempt.request
    head = f"{request.method} {uri_of(request)}"
    lines = [f"{number}. {coloured(printable(head), '1')}"]
    if attempt.waited:
        lines.append(f"   after {attempt.waited:.3g} seconds")
    lines.append(f"   {_connection(step)}")
    lines += [f"   = cache: {sentence(note)}" for note in step.cache if note.is_ahead]
    lines += [
        f"   > {printable(f'{name}: {value}')}" for name, value in _shown([*request.fields, *step.condition], _ASKING)
    ]
    if attempt.content != "none":
        lines.append(f"   > content: {_CONTENT[attempt.content]}")
    for interim in attempt.interim:
        lines += _response(interim)
    for wait in step.waits:
        lines.append(f"   = {sentence(wait)}")
    final = step.came if step.came is not None else attempt.final
    if final is not None and (step.came is not None or not step.is_cached):
        lines += _response(final)
    lines += [f"   = cache: {sentence(note)}" for note in step.cache if not note.is_ahead]
    if step.is_cached and attempt.final is not None:
        lines += _response(attempt.final, of="stored: ")
    if attempt.failure is not None:
        lines.append(f"   < {attempt.failure}{f': {printable(step.problem)}' if step.problem else ''}")
    lines.append(f"   = {coloured(_VERBS[type(reaction)], '36')}: {sentence(reaction)}")
    for memory in getattr(reaction, "remember", ()):
        lines.append(f"   = remembered: {type(memory).__name__.lower()}, {printable(memory.uri)}")
    return lines


_CONTENT = {"sent": "sent", "held": "held back until 100, and not sent"}
_VERBS: dict[type, str] = {
    Deliver: "delivered",
    Send: "sent again",
    Wait: "waited",
    Ask: "to be asked",
    GiveUp: "given up",
}


def _connection(step: Step) -> str:
    through = f" through the proxy {printable(step.attempt.proxy)}" if step.attempt.proxy else ""
    if not step.peer:
        return "nothing is sent" if step.is_cached else f"no connection{through}"
    kind = "on the same connection" if step.is_reused else "on a new connection"
    return f"{kind}, to {printable(step.peer)}{through}"


def _response(response: Response, of: str = "") -> list[str]:
    phrase = f"{response.status} {status.phrase(response.status)}".rstrip()
    colour = {1: "36", 2: "32", 3: "36", 4: "33", 5: "31"}.get(response.status // 100, "0")
    shown = [f"     {printable(f'{name}: {value}')}" for name, value in _shown(response.fields, _TELLING)]
    return [f"   < {of}{coloured(phrase, colour)}", *shown]


def _shown(fields: Iterable[FieldLine], names: tuple[str, ...]) -> list[tuple[str, str]]:
    return [(name, _value(name, value)) for name, value in fields if name.lower() in names]


def _value(name: str, value: str) -> str:
    """A field's value, secrets left out."""
    if name.lower() in _SECRET:
        return f"{value.split(' ')[0]} (not shown)" if "authorization" in name.lower() else "(not shown)"
    return value


def story_as_json(steps: tuple[Step, ...], fetched: Fetched | None, problem: str | None) -> str:
    """The story for programs: the shape is described in docs/fetch.md."""
    story = {
        "outcome": "none" if fetched is None or problem is not None else _OUTCOMES[type(fetched.reaction)],
        "status": None if fetched is None else fetched.status,
        "uri": None if fetched is None else fetched.uri,
        "fragment": None if fetched is None else fetched.fragment,
        "problem": problem,
        "steps": [_step(step) for step in steps],
    }
    return json.dumps(story, indent=2) + "\n"


_OUTCOMES: dict[type, str] = {Deliver: "delivered", GiveUp: "given up", Ask: "asked"}


def _step(step: Step) -> dict[str, object]:
    attempt, reaction = step.attempt, step.reaction
    return {
        "method": attempt.request.method,
        "uri": uri_of(attempt.request),
        "fields": _lines([*attempt.request.fields, *step.condition]),
        "content": attempt.content,
        "proxy": attempt.proxy,
        "waited": attempt.waited,
        "peer": step.peer,
        "reused": step.is_reused,
        "interim": [{"status": one.status, "fields": _lines(one.fields)} for one in attempt.interim],
        "waits": [{"because": wait.because, "says": wait.says} for wait in step.waits],
        "cached": step.is_cached,
        "cache": [{"because": note.because, "says": note.says} for note in step.cache],
        "came": None if step.came is None else step.came.status,
        "status": None if attempt.final is None else attempt.final.status,
        "response_fields": None if attempt.final is None else _lines(attempt.final.fields),
        "failure": attempt.failure,
        "problem": step.problem,
        "reaction": _VERBS[type(reaction)],
        "because": reaction.because,
        "says": reaction.says,
    }


def _lines(fields: Iterable[FieldLine]) -> list[list[str]]:
    return [[name, _value(name, value)] for name, value in fields]
