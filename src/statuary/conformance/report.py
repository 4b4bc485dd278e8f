"""What a run of the checker found: a result for each scenario, and one for each requirement that judge saw broken.

Values only, and how they are written as JSON and read back; docs/check.md documents that format. How reports look is for reports/.
"""

from __future__ import annotations

import base64
import json
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Literal, get_args

from statuary import requirements
from statuary.semantics.judgement.finding import strength_of

Verdict = Literal["pass", "fail", "warn", "note", "not applicable", "inconclusive", "harness error"]
"""What a scenario showed: no departure, or one from a MUST, a SHOULD, anything weaker; the subject lacks what it needs; nothing
could be concluded; we broke."""

VERDICTS: tuple[Verdict, ...] = get_args(Verdict)
VIOLATIONS: tuple[Verdict, ...] = ("fail", "warn", "note")
FORMAT = "statuary-check"
FORMAT_VERSION = 1


class NotAReport(ValueError):  # noqa: N818
    """It isn't a report of the checker, or one of a version that isn't known here. The message says which."""


@dataclass(frozen=True, slots=True)
class Event:
    """Something that happened on a connection.

    at          seconds since the scenario began
    connection  its label in the scenario
    kind        "sent" or "received" octets; "opened", "half-closed" by us, "ended" (closed by the peer), "reset", "silent" (nothing more
                came in time), or "failed" (it could not be opened)
    data        the octets, cut to what is kept
    cut         how many more there were
    """

    at: float
    connection: str
    kind: Literal["opened", "sent", "received", "half-closed", "ended", "reset", "silent", "failed"]
    data: bytes = b""
    cut: int = 0


@dataclass(frozen=True, slots=True)
class Answer:
    """One of the answers that a scenario knows: what it looks like, why it is right or wrong, and what it breaks (None if it is right)."""

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


@dataclass(frozen=True, slots=True)
class Report:
    """A run against one subject.

    ``date`` is ISO 8601, UTC. ``options`` are the command's, for the reader. ``unused_waivers`` names the waivers that waived nothing.
    ``facts`` are what was found out or told about the subject.
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
        return Counter("waived" if one.waived is not None else one.verdict for one in self.results)

    def violations(self, *verdicts: Verdict) -> list[Result]:
        """The results with one of the verdicts that are not waived."""
        return [one for one in self.results if one.verdict in verdicts and one.waived is None]

    def with_results(self, results: Iterable[Result], unused_waivers: Iterable[str] = ()) -> Report:
        """The same run with results that have been looked at, such as by waivers."""
        return replace(self, results=tuple(results), unused_waivers=tuple(unused_waivers))


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


def read_json(text: str) -> Report:
    """The report in JSON text. Raises NotAReport."""
    try:
        value = json.loads(text)
    except ValueError as error:
        raise NotAReport(f"not JSON: {error}") from None
    if not isinstance(value, dict) or value.get("format") != FORMAT:
        raise NotAReport("not a report of statuary check")
    if value.get("version") != FORMAT_VERSION:
        raise NotAReport(
            f"a report in version {value.get('version')!r} of the format; this Statuary reads {FORMAT_VERSION}"
        )
    try:
        subject = value["subject"]
        return Report(
            subject=subject["name"],
            url=subject["url"],
            version=subject["version"],
            facts=subject["facts"],
            date=value["date"],
            statuary=value["statuary"],
            seconds=value["seconds"],
            options=value["options"],
            unused_waivers=tuple(value["unused_waivers"]),
            results=tuple(_result(one) for one in value["results"]),
        )
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise NotAReport(f"a damaged report: {type(error).__name__} {error}") from None


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


def _result(value: dict[str, Any]) -> Result:
    if value["verdict"] not in VERDICTS:
        raise ValueError(f"verdict {value['verdict']!r}")
    if value["breaks"] is not None:
        requirements.lookup(value["breaks"])
    return Result(
        id=value["id"],
        title=value["title"],
        verdict=value["verdict"],
        detail=value["detail"],
        breaks=value["breaks"],
        fix=value["fix"],
        shows=tuple(value["shows"]),
        codes=tuple(value["codes"]),
        statuses=tuple(value["statuses"]),
        answers=tuple(Answer(one["looks"], one["why"], one["breaks"]) for one in value["answers"]),
        events=tuple(_event(one) for one in value["events"]),
        plays=value["plays"],
        seconds=value["seconds"],
        waived=value["waived"],
        seen_in=tuple(value["seen_in"]),
    )


def _event(value: dict[str, Any]) -> Event:
    data = base64.b64decode(value["base64"]) if "base64" in value else value.get("text", "").encode("ascii")
    return Event(value["at"], value["connection"], value["kind"], data, value.get("cut", 0))
