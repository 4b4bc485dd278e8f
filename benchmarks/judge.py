"""Scores judge, httplint and HTTPolice on the labelled exchanges in corpus/: `python -m benchmarks.judge --help`.

All three see the same messages. The others run in a virtual environment of their own, in processes that wait while another is
timed: rounds are taken in turn, and the median counts.
"""

import argparse
import datetime
import json
import os
import platform
import subprocess
import sys
import time
import venv
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from typing import Any

from benchmarks.judge_notes import ADVICE, REASONS
from corpus.reading import Entry, Message, read_corpus

from statuary import __version__, requirements
from statuary.message.fields import Fields
from statuary.message.request import Request
from statuary.message.response import Exchange, Response
from statuary.semantics.judgement import Finding, Role, judge

REQUIRED, AIM = 1.0, 5.0
"""Targets for the exchanges a second of judge, as a multiple of the messages a second of httplint."""

PACKAGES = ("httplint==2026.10.4", "HTTPolice==0.9.0", "bitstring<4")
NAMES = {"statuary": "Statuary", "httplint": "httplint", "httpolice": "HTTPolice"}
STRENGTHS = {
    "statuary": {"fail": "fail", "warn": "warn"},
    "httplint": {"bad": "fail", "warning": "warn"},
    "httpolice": {"error": "fail", "comment": "warn"},
}
"""What the levels of each tool are to us; those that are missing are no alarm."""

PARTS: dict[Role, tuple[str, ...]] = {
    "server": ("response", "exchange"),
    "client": ("request",),
    "intermediary": ("request", "response", "exchange"),
}
"""Where the notes of the others have to be, to be about the role of an entry."""


@dataclass(frozen=True, slots=True)
class Alarm:
    """One thing a tool says about a message for which the role of the entry answers."""

    strength: str
    note: str
    reasons: frozenset[str]
    is_advice: bool = False


Alarms = dict[str, list[Alarm]]
"""By id of the entry."""


@dataclass(frozen=True, slots=True)
class Way:
    """A way to count: which alarms of a tool do, and which labels make an entry a violation."""

    tool: str
    title: str
    strengths: tuple[str, ...]
    with_advice: bool = False


WAYS = (
    Way("statuary", "fail, warn", ("fail", "warn")),
    Way("httplint", "BAD, WARN", ("fail", "warn"), with_advice=True),
    Way("httplint", "the same without advice", ("fail", "warn")),
    Way("httpolice", "error, comment", ("fail", "warn"), with_advice=True),
    Way("httpolice", "the same without advice", ("fail", "warn")),
    Way("statuary", "fail", ("fail",)),
    Way("httplint", "BAD", ("fail",)),
    Way("httpolice", "error", ("fail",)),
)


@dataclass(slots=True)
class Score:
    """Entries with a violation and how many of them were flagged, clean ones and how many of them were; ids of the rest."""

    violations: int
    found: int
    for_the_reason: int
    clean: int
    missed: list[str]
    false: list[str]

    @property
    def precision(self) -> float | None:
        flagged = self.found + len(self.false)
        return self.found / flagged if flagged else None

    @property
    def recall(self) -> float | None:
        return self.found / self.violations if self.violations else None


def score(entries: Iterable[Entry], alarms: Alarms, way: Way) -> Score:
    """Entries with weaker labels than those that count here are neither a violation nor clean, and left out."""
    result = Score(0, 0, 0, 0, [], [])
    for entry in entries:
        raised = [
            alarm
            for alarm in alarms.get(entry.id, ())
            if alarm.strength in way.strengths and (way.with_advice or not alarm.is_advice)
        ]
        if not entry.findings:
            result.clean += 1
            if raised:
                result.false.append(entry.id)
        elif any(strength(finding) in way.strengths for finding in entry.findings):
            result.violations += 1
            result.found += bool(raised)
            result.for_the_reason += any(not entry.findings.isdisjoint(alarm.reasons) for alarm in raised)
            if not raised:
                result.missed.append(entry.id)
    return result


def strength(requirement: str) -> str:
    return Finding(requirement, requirements.lookup(requirement).level, 0, "response", "").strength


def our_alarms(entries: Iterable[Entry]) -> Alarms:
    return {
        entry.id: [
            Alarm(finding.strength, finding.requirement, frozenset({finding.requirement}))
            for finding in judge(entry.exchanges(), entry.role)
        ]
        for entry in entries
    }


def their_alarms(tool: str, entries: Iterable[Entry], found: dict[str, list[tuple[str, str, str]]]) -> Alarms:
    reasons, advice = REASONS[tool], ADVICE[tool]
    return {
        entry.id: [
            Alarm(STRENGTHS[tool][level], note, frozenset(reasons.get(note, "").split()), note in advice)
            for part, level, note in found.get(entry.id, ())
            if level in STRENGTHS[tool] and part in PARTS[entry.role]
        ]
        for entry in entries
    }


class Peer:
    """One of the others, running and waiting to be asked."""

    def __init__(self, tool: str, python: Path, lines: str) -> None:
        self._process = subprocess.Popen(
            [str(python), str(Path(__file__).with_name("judge_peers.py")), tool],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        first: dict[str, Any] = self._ask(lines)
        self.version: str = first["version"]
        self.found: dict[str, list[tuple[str, str, str]]] = first["found"]
        self.failures: dict[str, str] = first["failures"]

    def seconds(self, repetitions: int) -> float:
        return float(self._ask(str(repetitions)))

    def end(self) -> None:
        self._process.communicate()

    def _ask(self, line: str) -> Any:
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.write(f"{line}\n")
        self._process.stdin.flush()
        answer = self._process.stdout.readline()
        if not answer:
            raise ChildProcessError(f"exit status {self._process.wait()}")
        return json.loads(answer)


def as_json(entries: Iterable[Entry]) -> str:
    """The entries on one line, for the others."""
    return json.dumps(
        [
            {
                "id": entry.id,
                "scheme": entry.scheme,
                "exchanges": [
                    {"request": _message(request), "responses": [_message(response) for response in responses]}
                    for request, responses in entry.grouped()
                ],
            }
            for entry in entries
        ]
    )


def _message(message: Message) -> dict[str, object]:
    names = ("version", "status", "reason") if message.is_response else ("method", "target", "version")
    return {
        **dict(zip(names, message.start, strict=True)),
        "fields": message.fields,
        "content": message.content.decode("latin-1"),
        "trailers": message.trailers,
    }


def environment(folder: Path) -> Path:
    """The Python of the virtual environment with the others, made and filled if it isn't there. Needs the network then."""
    python = folder / "bin" / "python"
    stamp = folder / "packages"
    if not stamp.exists() or stamp.read_text() != "\n".join(PACKAGES):
        print(f"installing {', '.join(PACKAGES)} into {folder}", file=sys.stderr)
        venv.create(folder, with_pip=True, clear=True)
        subprocess.run([str(python), "-m", "pip", "install", "--quiet", *PACKAGES], check=True, stdout=sys.stderr)
        stamp.write_text("\n".join(PACKAGES))
    return python


def default_folder() -> Path:
    cache = os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache"
    return Path(cache) / "statuary-benchmarks" / "judge"


Work = list[tuple[tuple[Exchange, ...], Role]]


def time_judge(work: Work, repetitions: int) -> float:
    before = time.perf_counter()
    for _ in range(repetitions):
        for exchanges, role in work:
            judge(exchanges, role)
    return time.perf_counter() - before


def time_judge_and_values(work: Work, repetitions: int) -> float:
    """The same with the values made anew each time, as the others make theirs, out of field lines."""
    before = time.perf_counter()
    for _ in range(repetitions):
        for exchanges, role in work:
            judge([_made_anew(exchange) for exchange in exchanges], role)
    return time.perf_counter() - before


def _made_anew(exchange: Exchange) -> Exchange:
    request = exchange.request
    made = Request(
        request.method,
        request.path,
        Fields(request.fields.lines),
        query=request.query,
        scheme=request.scheme,
        authority=request.authority,
        version=request.version,
        content_length=request.content_length,
        target=request.target,
    )
    responses = [
        Response(response.status, Fields(response.fields.lines), response.content, response.trailers)
        for response in (*exchange.interim, *([exchange.final] if exchange.final else []))
    ]
    final = responses.pop() if exchange.final else None
    return Exchange(made, tuple(responses), final)


def timed(entries: Sequence[Entry], peers: dict[str, Peer], options: argparse.Namespace) -> dict[str, float]:
    """Seconds for the whole corpus once, by tool: the median of the rounds."""
    work: Work = [(entry.exchanges(), entry.role) for entry in entries]
    timers: dict[str, Callable[[int], float]] = {
        "judge": lambda repetitions: time_judge(work, repetitions),
        "judge and values": lambda repetitions: time_judge_and_values(work, repetitions),
        **{tool: peer.seconds for tool, peer in peers.items()},
    }
    samples: dict[str, list[float]] = {name: [] for name in timers}
    for number in range(-1, options.rounds):
        for name, timer in timers.items():
            seconds = timer(options.repetitions) / options.repetitions
            # The round before the first warms up
            if number >= 0:
                samples[name].append(seconds)
    return {name: median(times) for name, times in samples.items()}


def row(*cells: object) -> str:
    return f"| {' | '.join(map(str, cells))} |"


def percent(part: float | None) -> str:
    return "-" if part is None else f"{100 * part:.1f} %"


def report_scores(title: str, entries: Sequence[Entry], alarms: dict[str, Alarms]) -> str:
    lines = [
        f"## {title}",
        "",
        row(
            "tool", "what counts", "violations found", "for the reason", "clean entries flagged", "precision", "recall"
        ),
        row("---", "---", "---:", "---:", "---:", "---:", "---:"),
    ]
    for way in WAYS:
        if way.tool not in alarms:
            continue
        result = score(entries, alarms[way.tool], way)
        lines.append(
            row(
                NAMES[way.tool],
                way.title,
                f"{result.found} of {result.violations}",
                result.for_the_reason,
                f"{len(result.false)} of {result.clean}",
                percent(result.precision),
                percent(result.recall),
            )
        )
    return "\n".join(lines)


def report_speed(entries: Sequence[Entry], seconds: dict[str, float], options: argparse.Namespace) -> tuple[str, bool]:
    """The table, and whether what is required is met."""
    exchanges = sum(len(entry.exchanges()) for entry in entries)
    messages = sum(len(entry.messages) for entry in entries)
    lines = [
        "## Speed",
        "",
        f"{exchanges} exchanges of {messages} messages, {options.repetitions} times over in each round; "
        f"medians of {options.rounds} rounds, taken in turn.",
        "",
        row("", "exchanges/s", "messages/s", "times the exchanges/s of httplint"),
        row("---", "---:", "---:", "---:"),
    ]
    theirs = seconds.get("httplint")
    titles = {"judge": "judge", "judge and values": "judge, with its values made from field lines"}
    for name, taken in seconds.items():
        ratio = f"{theirs / taken:.1f}" if theirs else "-"
        lines.append(
            row(titles.get(name) or NAMES[name], f"{exchanges / taken:,.0f}", f"{messages / taken:,.0f}", ratio)
        )
    if not theirs:
        return "\n".join(lines), True
    ratio_of_units = (exchanges / seconds["judge"]) / (messages / theirs)
    reached = "aim reached" if ratio_of_units >= AIM else "required met" if ratio_of_units >= REQUIRED else "**missed**"
    lines += [
        "",
        f"judge's exchanges a second are {ratio_of_units:.1f} times httplint's messages a second: {reached} "
        f"(required {REQUIRED:g}, aim {AIM:g}).",
    ]
    return "\n".join(lines), ratio_of_units >= REQUIRED


def report_details(entries: Sequence[Entry], tool: str, alarms: Alarms) -> str:
    """What a tool missed and what it flagged in vain, with the notes it gave."""
    lines = [f"## {NAMES[tool]}, entry by entry"]
    for way in WAYS:
        if way.tool != tool or way.with_advice:
            continue
        result = score(entries, alarms, way)
        lines += ["", f"### {way.title}", "", "Flagged although clean:", ""]
        for id in result.false:
            notes = sorted(
                {alarm.note for alarm in alarms[id] if alarm.strength in way.strengths and not alarm.is_advice}
            )
            lines.append(f"- {id}: {', '.join(notes)}")
        lines += ["", "Missed:", "", *(f"- {id}" for id in result.missed)]
    return "\n".join(lines)


def report_run(entries: Sequence[Entry], peers: dict[str, Peer]) -> str:
    date = datetime.datetime.now(datetime.UTC).strftime("%Y-%m-%d %H:%M UTC")
    versions = [f"Statuary {__version__}", *(f"{NAMES[tool]} {peer.version}" for tool, peer in peers.items())]
    failed = [
        f"{NAMES[tool]} ended with an error on {len(peer.failures)} (left out when it is timed): {', '.join(peer.failures)}."
        for tool, peer in peers.items()
        if peer.failures
    ]
    return "\n".join(
        [
            f"# Judges of messages, {date}",
            "",
            f"{', '.join(versions)}; {platform.python_implementation()} {platform.python_version()}, "
            f"{platform.system()} {platform.machine()}. {len(entries)} entries.",
            *failed,
        ]
    )


def main() -> int:
    """Exit status: 0 if judge gives all labels and the required speed is met, 1 if not, 2 if another can't be run."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.judge", description=__doc__)
    parser.add_argument("--tools", nargs="*", choices=("httplint", "httpolice"), default=["httplint", "httpolice"])
    parser.add_argument("--rounds", type=int, default=7)
    parser.add_argument("--repetitions", type=int, default=3, help="times that the corpus is judged in one round")
    parser.add_argument("--environment", type=Path, default=default_folder(), help="where the others are installed")
    parser.add_argument("--show", choices=tuple(NAMES), help="also list what this tool missed and flagged in vain")
    options = parser.parse_args()

    entries = read_corpus()
    peers: dict[str, Peer] = {}
    try:
        python = environment(options.environment) if options.tools else Path(sys.executable)
        for tool in options.tools:
            peers[tool] = Peer(tool, python, as_json(entries))
        seconds = timed(entries, peers, options)
    except (OSError, subprocess.CalledProcessError, json.JSONDecodeError) as why:
        print(f"the others can't be run: {why}", file=sys.stderr)
        return 2
    finally:
        for peer in peers.values():
            peer.end()
    alarms = {
        "statuary": our_alarms(entries),
        **{tool: their_alarms(tool, entries, peer.found) for tool, peer in peers.items()},
    }
    speed, is_fast_enough = report_speed(entries, seconds, options)
    servers = [entry for entry in entries if entry.role == "server"]
    parts = [report_run(entries, peers)]
    parts.append(report_scores("All entries", entries, alarms))
    parts.append(report_scores("Entries that judge servers", servers, alarms))
    parts.append(speed)
    if options.show in alarms:
        parts.append(report_details(entries, options.show, alarms[options.show]))
    print("\n\n".join(parts))
    agrees = all({alarm.note for alarm in alarms["statuary"][entry.id]} == entry.findings for entry in entries)
    return 0 if agrees and is_fast_enough else 1


if __name__ == "__main__":
    sys.exit(main())
