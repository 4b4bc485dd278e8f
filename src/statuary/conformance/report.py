"""What a run of the checker found: a result for each scenario, and one for each requirement that judge saw broken.

Values only, and how they are written as JSON and read back; docs/reports.md documents that format. How reports look is
for reports/.
"""

from __future__ import annotations

import base64
import json
import math
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Literal, TypeVar, get_args

from statuary import requirements
from statuary.semantics.judgement.finding import strength_of

Verdict = Literal["pass", "fail", "warn", "note", "not applicable", "inconclusive", "harness error"]
"""What a scenario showed: no departure, or one from a MUST, a SHOULD, anything weaker; the subject lacks what it needs;
nothing could be concluded; we broke."""

VERDICTS: tuple[Verdict, ...] = get_args(Verdict)
VIOLATIONS: tuple[Verdict, ...] = ("fail", "warn", "note")
JUDGED = "judge."
"""What the ids begin with of what judge found; such a result exists only where something is wrong."""
NOTHING_VIOLATED, VIOLATED, COULD_NOT_RUN = 0, 1, 2
FORMAT = "statuary-check"
FORMAT_VERSION = 1


class NotAReport(ValueError):  # noqa: N818
    """It isn't a report of the checker, or one of a version that isn't known here. The message says which."""


EventKind = Literal["opened", "sent", "received", "half-closed", "ended", "reset", "silent", "failed"]
EVENT_KINDS: tuple[EventKind, ...] = get_args(EventKind)


@dataclass(frozen=True, slots=True)
class Event:
    """Something that happened on a connection.

    at          seconds since the scenario began
    connection  its label in the scenario
    kind        "sent" or "received" octets; "opened", "half-closed" by us, "ended" (closed by the peer), "reset",
                "silent" (nothing more came in time), or "failed" (it could not be opened)
    data        the octets, cut to what is kept
    cut         how many more there were
    """

    at: float
    connection: str
    kind: EventKind
    data: bytes = b""
    cut: int = 0


@dataclass(frozen=True, slots=True)
class Answer:
    """One of the answers that a scenario knows: what it looks like, and why it is right or wrong.

    ``breaks`` is the id of the requirement that it departs from, None where it is right.
    """

    looks: str
    why: str
    breaks: str | None = None

    @property
    def verdict(self) -> Verdict:
        """What a subject that answers so gets."""
        return "pass" if self.breaks is None else strength_of(requirements.lookup(self.breaks).level)


@dataclass(frozen=True, slots=True)
class Result:
    """What one scenario showed of the subject, or what judge said of all exchanges seen.

    id        of the scenario; "judge." and the requirement's id where judge found it
    title     what is tried, in a few words
    verdict   see Verdict
    detail    a sentence: what was seen, and why that is wrong or inconclusive; visible ASCII
    breaks    id of the requirement departed from, None where nothing is
    shows     ids of the requirements that the scenario shows
    codes     the status codes that it is about
    statuses  of the final responses seen, in order
    answers   every answer that the scenario knows, right ones too
    events    what went over the wire, of the play that is reported
    fix       what to change in the subject; empty where nothing is
    plays     how often it was played
    seconds   that the last play took
    waived    the reason for which the finding is waived, None if it isn't
    seen_in   ids of the scenarios in which judge saw it
    """

    id: str
    title: str
    verdict: Verdict
    detail: str = ""
    breaks: str | None = None
    shows: tuple[str, ...] = ()
    codes: tuple[int, ...] = ()
    statuses: tuple[int, ...] = ()
    answers: tuple[Answer, ...] = ()
    events: tuple[Event, ...] = ()
    fix: str = ""
    plays: int = 1
    seconds: float = 0.0
    waived: str | None = None
    seen_in: tuple[str, ...] = ()

    @property
    def is_violation(self) -> bool:
        """Whether it departs from a requirement, be it waived or not."""
        return self.verdict in VIOLATIONS

    @property
    def standing(self) -> str:
        """The verdict, or ``waived`` where a waiver takes it back."""
        return self.verdict if self.waived is None else "waived"


@dataclass(frozen=True, slots=True)
class Report:
    """A run against one subject.

    ``date`` is ISO 8601, UTC. ``options`` are the command's, for the reader. ``unused_waivers`` says of each waiver that
    waived nothing which it is and why. ``facts`` are what was found out or told about the subject.
    """

    subject: str
    url: str
    version: str
    date: str
    statuary: str
    results: tuple[Result, ...]
    seconds: float = 0.0
    facts: Mapping[str, str] = field(default_factory=dict)
    options: Mapping[str, str] = field(default_factory=dict)
    unused_waivers: tuple[str, ...] = ()

    def counts(self) -> Counter[str]:
        """How many results have each verdict; those waived count as ``waived`` instead."""
        return Counter(one.standing for one in self.results)

    def violations(self, *verdicts: Verdict) -> list[Result]:
        """The results with one of the verdicts that are not waived."""
        return [one for one in self.results if one.verdict in verdicts and one.waived is None]

    def with_results(self, results: Iterable[Result], unused_waivers: Iterable[str] = ()) -> Report:
        """The same run with results that have been looked at, such as by waivers."""
        return replace(self, results=tuple(results), unused_waivers=tuple(unused_waivers))


def exit_status(report: Report, *, strict: bool = False) -> int:
    """0 nothing is violated; 1 a MUST is (with ``strict``, a SHOULD too) and not waived; 2 nothing could be run."""
    if all(one.verdict == "harness error" for one in report.results):
        return COULD_NOT_RUN
    held_against: tuple[Verdict, ...] = ("fail", "warn") if strict else ("fail",)
    return VIOLATED if report.violations(*held_against) else NOTHING_VIOLATED


# JSON


def write_json(report: Report) -> str:
    """The report as JSON text, ending in a line end."""
    value = {
        "format": FORMAT,
        "version": FORMAT_VERSION,
        "statuary": report.statuary,
        "subject": {"name": report.subject, "url": report.url, "version": report.version, "facts": dict(report.facts)},
        "date": report.date,
        "seconds": round(report.seconds, 3),
        "options": dict(report.options),
        "counts": dict(report.counts()),
        "unused_waivers": list(report.unused_waivers),
        "results": [_result_value(one) for one in report.results],
    }
    return json.dumps(value, indent=1, ensure_ascii=True) + "\n"


def read_json(text: str | bytes) -> Report:
    """The report in JSON text. Raises NotAReport, and nothing else, whatever the text."""
    try:
        value = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise NotAReport(f"not JSON: {error}") from None
    if not isinstance(value, dict) or value.get("format") != FORMAT:
        raise NotAReport("not a report of statuary check")
    if value.get("version") != FORMAT_VERSION:
        version = str(value.get("version"))[:20]
        raise NotAReport(f"a report in version {version} of the format; this Statuary reads {FORMAT_VERSION}")
    try:
        return _report(value)
    except KeyError as error:
        raise NotAReport(f"a damaged report: {error} is missing or unknown here") from None
    except (TypeError, ValueError, OverflowError) as error:
        raise NotAReport(f"a damaged report: {error}") from None


def _result_value(one: Result) -> dict[str, Any]:
    row = requirements.lookup(one.breaks) if one.breaks is not None else None
    return {
        "id": one.id,
        "title": one.title,
        "verdict": one.verdict,
        "detail": one.detail,
        "breaks": one.breaks,
        "rule": None
        if row is None
        else {"level": row.level, "spec": row.spec, "section": row.section, "text": row.paraphrase},
        "fix": one.fix,
        "shows": list(one.shows),
        "codes": list(one.codes),
        "statuses": list(one.statuses),
        "answers": [{"looks": a.looks, "why": a.why, "breaks": a.breaks, "verdict": a.verdict} for a in one.answers],
        "events": [_event_value(event) for event in one.events],
        "plays": one.plays,
        "seconds": round(one.seconds, 4),
        "waived": one.waived,
        "seen_in": list(one.seen_in),
    }


def _event_value(event: Event) -> dict[str, Any]:
    value: dict[str, Any] = {"at": round(event.at, 4), "connection": event.connection, "kind": event.kind}
    if event.data:
        try:
            value["text"] = event.data.decode("ascii")
        except UnicodeDecodeError:
            value["base64"] = base64.b64encode(event.data).decode("ascii")
    if event.cut:
        value["cut"] = event.cut
    return value


# What is read has the types that it is said to have, since reports come from elsewhere too


def _report(value: dict[str, Any]) -> Report:
    subject = _is(dict, value["subject"])
    return Report(
        subject=_is(str, subject["name"]),
        url=_is(str, subject["url"]),
        version=_is(str, subject["version"]),
        facts=_strings(subject["facts"]),
        date=_is(str, value["date"]),
        statuary=_is(str, value["statuary"]),
        seconds=_seconds(value["seconds"]),
        options=_strings(value["options"]),
        unused_waivers=_tuple(str, value["unused_waivers"]),
        results=tuple(_result(one) for one in _tuple(dict, value["results"])),
    )


def _result(value: dict[str, Any]) -> Result:
    if value["verdict"] not in VERDICTS:
        raise ValueError(f"verdict {value['verdict']!r}")
    shows = _tuple(str, value["shows"])
    for requirement in shows:
        requirements.lookup(requirement)
    return Result(
        id=_is(str, value["id"]),
        title=_is(str, value["title"]),
        verdict=value["verdict"],
        detail=_is(str, value["detail"]),
        breaks=_requirement(value["breaks"]),
        fix=_is(str, value["fix"]),
        shows=shows,
        codes=_tuple(int, value["codes"]),
        statuses=_tuple(int, value["statuses"]),
        answers=tuple(
            Answer(_is(str, one["looks"]), _is(str, one["why"]), _requirement(one["breaks"]))
            for one in _tuple(dict, value["answers"])
        ),
        events=tuple(_event(one) for one in _tuple(dict, value["events"])),
        plays=_is(int, value["plays"]),
        seconds=_seconds(value["seconds"]),
        waived=None if value["waived"] is None else _is(str, value["waived"]),
        seen_in=_tuple(str, value["seen_in"]),
    )


def _event(value: dict[str, Any]) -> Event:
    if value["kind"] not in EVENT_KINDS:
        raise ValueError(f"event {value['kind']!r}")
    if "base64" in value:
        data = base64.b64decode(_is(str, value["base64"]), validate=True)
    else:
        data = _is(str, value.get("text", "")).encode("ascii")
    connection = _is(str, value["connection"])
    return Event(_seconds(value["at"]), connection, value["kind"], data, _is(int, value.get("cut", 0)))


_T = TypeVar("_T")


def _is(kind: type[_T], value: object) -> _T:
    if not isinstance(value, kind) or isinstance(value, bool):
        raise TypeError(f"{str(value)[:40]!r} where {kind.__name__} belongs")
    return value


def _tuple(kind: type[_T], values: object) -> tuple[_T, ...]:
    return tuple(_is(kind, one) for one in _is(list, values))


def _strings(value: object) -> dict[str, str]:
    return {name: _is(str, one) for name, one in _is(dict, value).items()}


def _seconds(value: object) -> float:
    number = float(value) if type(value) is int else _is(float, value)
    if not math.isfinite(number):
        raise ValueError(f"{number} seconds")
    return number


def _requirement(value: object) -> str | None:
    return None if value is None else requirements.lookup(_is(str, value)).id
