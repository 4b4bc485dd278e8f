"""Compares servers of a directory, side by side in one run: `python -m benchmarks.serve --help`.

All servers run at once on one core and are asked in turn, round after round, so that a slow minute of the machine meets
each of them; the load comes from the other core. The median of the rounds counts.
"""

import argparse
import contextlib
import datetime
import json
import os
import platform
import sys
import tempfile
from dataclasses import asdict, dataclass, field
from pathlib import Path
from statistics import median

from benchmarks.load import CASES, Asked, WrongAnswerError, ask, press
from benchmarks.processes import DidNotStartError, Program, find_tool, free_port
from benchmarks.servers import SERVERS, Place, Server, make_files, serving, versions
from benchmarks.targets import TARGETS, Measure, Target

RIVALS = ("uvicorn", "nginx", "nginx-cache", "nginx-cache-copy")
BUSY = 0.95
"""A server that used less of its core than this waited for the load, and could have answered more."""


@dataclass(frozen=True, slots=True)
class Sample:
    """One server under one load for one round."""

    requests_per_second: float
    cpu_microseconds: float
    """CPU time of the server's processes for each request answered."""
    busy: float
    """Share of the time in which the server used its core."""


@dataclass(frozen=True, slots=True)
class Running:
    server: Server
    program: Program
    port: int


Key = tuple[str, int, str]
"""Case, size of the file in bytes, name of the server."""


@dataclass(slots=True)
class Results:
    samples: dict[Key, list[Sample]] = field(default_factory=dict)
    wrong: dict[Key, str] = field(default_factory=dict)
    """Why a server has no figure: it gave another answer than the one asked for."""
    missing: dict[str, str] = field(default_factory=dict)
    """Why a server took no part, by its name."""

    def median(self, key: Key) -> Sample | None:
        samples = self.samples.get(key)
        if not samples:
            return None
        return Sample(
            median(sample.requests_per_second for sample in samples),
            median(sample.cpu_microseconds for sample in samples),
            median(sample.busy for sample in samples),
        )


def compare(options: argparse.Namespace, wrk: str) -> Results:
    results = Results()
    cores = sorted(os.sched_getaffinity(0))
    with contextlib.ExitStack() as stack:
        work = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="benchmark-")))
        # nginx's worker gives up root, and must still get through to the files
        work.chmod(0o755)
        root = make_files(work / "site", options.sizes)
        started = [
            server
            for name in options.servers
            if (server := start(name, root, work / name, cores[-1], stack, results)) is not None
        ]
        asked = first_answers(started, options, results)
        for number in range(-1, options.rounds):
            # The round before the first warms up, and isn't kept
            seconds = options.seconds if number >= 0 else 1
            for key, question in list(asked.items()):
                server = next(one for one in started if one.server.name == key[2])
                try:
                    sample = measure(server, wrk, question, seconds, cores[0], work, options.vary)
                except WrongAnswerError as why:
                    results.wrong[key] = str(why)
                    results.samples.pop(key, None)
                    del asked[key]
                    continue
                if number >= 0:
                    results.samples.setdefault(key, []).append(sample)
            print(f"round {number + 1} of {options.rounds} done", file=sys.stderr)
    return results


def start(
    name: str, root: Path, work: Path, core: int, stack: contextlib.ExitStack, results: Results
) -> Running | None:
    work.mkdir()
    place = Place(root, work, free_port())
    try:
        program = stack.enter_context(serving(SERVERS[name], place, core))
    except (LookupError, DidNotStartError) as why:
        results.missing[name] = str(why.args[0])
        print(f"{name} takes no part: {why.args[0]}", file=sys.stderr)
        return None
    return Running(SERVERS[name], program, place.port)


def first_answers(started: list[Running], options: argparse.Namespace, results: Results) -> dict[Key, Asked]:
    """Each case against each file of each server, in the order in which they are timed: servers in turn."""
    asked: dict[Key, Asked] = {}
    for size in options.sizes:
        for case in options.cases:
            for one in started:
                key = (case, size, one.server.name)
                try:
                    asked[key] = ask(one.port, f"/{size}.txt", CASES[case])
                except (WrongAnswerError, OSError) as why:
                    results.wrong[key] = str(why)
    return asked


def measure(one: Running, wrk: str, asked: Asked, seconds: float, core: int, work: Path, vary: bool) -> Sample:
    before = one.program.cpu_seconds()
    load = press(wrk, asked, seconds, core, work, vary)
    used = one.program.cpu_seconds() - before
    # A million lines a minute would fill the disk
    os.truncate(one.program.log, 0)
    return Sample(load.requests / load.seconds, used / load.requests * 1_000_000, used / load.seconds)


def ratios(results: Results, target: Target) -> dict[Measure, float] | None:
    """How many times better the server did than its rival, by each measure; `None` if one has no figure."""
    ours = results.median((target.case, target.size, target.server))
    theirs = results.median((target.case, target.size, target.rival))
    if ours is None or theirs is None:
        return None
    return {
        "requests/s": ours.requests_per_second / theirs.requests_per_second,
        "CPU": theirs.cpu_microseconds / ours.cpu_microseconds,
    }


def verdict(reached: dict[Measure, float] | None, target: Target) -> str:
    if reached is None:
        return "not measured"
    if reached[target.measure] >= target.aim:
        return "aim reached"
    return "required met" if reached[target.measure] >= target.required else "**missed**"


def describe_size(size: int) -> str:
    return f"{size // 1024} KB" if size % 1024 == 0 else f"{size} B"


def row(*cells: object) -> str:
    return f"| {' | '.join(map(str, cells))} |"


def report(results: Results, options: argparse.Namespace) -> str:
    """The whole run as Markdown."""
    parts = [report_run(results, options)]
    parts += [report_case(results, options, case, size) for size in options.sizes for case in options.cases]
    parts.append(report_targets(results))
    return "\n\n".join(parts)


def report_run(results: Results, options: argparse.Namespace) -> str:
    run = describe_run()
    lines = [
        f"# Servers of a directory, {run['date']}",
        "",
        f"{run['cores']} cores, {run['processor']}, {run['system']}, {run['python']}. "
        f"Servers on one core, wrk on {'another' if run['cores'] != 1 else 'the same'}; "
        f"medians of {options.rounds} interleaved rounds of {options.seconds:g} s.",
        "Each server has its own defaults, one worker, and its log in a file; "
        "those that log no request as shipped have less to do.",
        "",
        row("server", "versions", "access log as shipped"),
        row("---", "---", "---"),
    ]
    for name in options.servers:
        server, absent = SERVERS[name], results.missing.get(name)
        lines.append(row(server.title, f"took no part: {absent}" if absent else versions(server), server.log))
    return "\n".join(lines)


def report_case(results: Results, options: argparse.Namespace, case: str, size: int) -> str:
    rivals = [name for name in RIVALS if name in options.servers and name not in results.missing]
    lines = [
        f"## {case}, {describe_size(size)}",
        "",
        row("server", "requests/s", "CPU µs a request", "core used", *(f"× {SERVERS[name].title}" for name in rivals)),
        row("---", *["---:"] * (3 + len(rivals))),
    ]
    for name in options.servers:
        if name in results.missing:
            continue
        sample = results.median((case, size, name))
        if sample is None:
            lines.append(row(SERVERS[name].title, results.wrong.get((case, size, name), ""), *[""] * (2 + len(rivals))))
            continue
        times = []
        for rival in rivals:
            other = results.median((case, size, rival))
            times.append(f"{sample.requests_per_second / other.requests_per_second:.2f}" if other else "")
        used = f"{sample.busy:.0%}{'' if sample.busy >= BUSY else ' (waited)'}"
        lines.append(
            row(
                SERVERS[name].title,
                f"{sample.requests_per_second:,.0f}",
                f"{sample.cpu_microseconds:.1f}",
                used,
                *times,
            )
        )
    return "\n".join(lines)


def report_targets(results: Results) -> str:
    lines = [
        "## Targets",
        "",
        row("goal", "by requests/s", "by CPU", "required", "aim", "counted by", "verdict"),
        row("---", "---:", "---:", "---:", "---:", "---", "---"),
    ]
    for target in TARGETS:
        reached = ratios(results, target)
        server, rival = SERVERS[target.server], SERVERS[target.rival]
        goal = f"{target.case}, {describe_size(target.size)}: {server.title} × {rival.title}"
        shown = ["", ""] if reached is None else [f"{reached['requests/s']:.2f}", f"{reached['CPU']:.2f}"]
        lines.append(row(goal, *shown, target.required, target.aim, target.measure, verdict(reached, target)))
    return "\n".join(lines)


def describe_run() -> dict[str, str | int]:
    return {
        "date": datetime.datetime.now(datetime.UTC).strftime("%Y-%m-%d %H:%M UTC"),
        "cores": len(os.sched_getaffinity(0)),
        "processor": processor_name(),
        "system": f"{platform.system()} {platform.release()}",
        "python": f"{platform.python_implementation()} {platform.python_version()}",
    }


def processor_name() -> str:
    for line in Path("/proc/cpuinfo").read_text().splitlines():
        if line.startswith("model name"):
            return line.partition(":")[2].strip()
    return platform.machine()


def as_json(results: Results, options: argparse.Namespace) -> dict[str, object]:
    return {
        **describe_run(),
        "seconds": options.seconds,
        "rounds": options.rounds,
        "versions": {name: versions(SERVERS[name]) for name in options.servers if name not in results.missing},
        "missing": results.missing,
        "wrong": [
            {"case": case, "size": size, "server": name, "why": why}
            for (case, size, name), why in results.wrong.items()
        ],
        "measured": [
            {
                "case": case,
                "size": size,
                "server": name,
                "median": asdict(middle),
                "rounds": [asdict(sample) for sample in results.samples[case, size, name]],
            }
            for case, size, name in results.samples
            if (middle := results.median((case, size, name))) is not None
        ],
        "targets": [
            {**asdict(target), "reached": (reached := ratios(results, target)), "verdict": verdict(reached, target)}
            for target in TARGETS
        ],
    }


def parse_arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.serve", description=__doc__)
    names = list(SERVERS)
    default = [name for name, server in SERVERS.items() if not server.is_asked_for]
    parser.add_argument("--servers", nargs="+", choices=names, default=default, metavar="NAME", help=", ".join(names))
    parser.add_argument("--cases", nargs="+", choices=list(CASES), default=list(CASES), metavar="STATUS")
    parser.add_argument("--sizes", nargs="+", type=int, default=[1024, 102400], metavar="BYTES")
    parser.add_argument("--seconds", type=float, default=3, help="of load, for each server, case, size and round")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument(
        "--vary", action="store_true", help="no two requests the same: each has another query and field"
    )
    parser.add_argument("--json", type=Path, metavar="FILE", help="write every figure there too")
    return parser.parse_args()


def main() -> int:
    """Exit status: 0 if every server asked for was measured, 1 if one was not, 2 if nothing can be."""
    options = parse_arguments()
    wrk = find_tool("wrk")
    if wrk is None or find_tool("taskset") is None:
        print("This needs wrk and taskset: apt-get install wrk util-linux", file=sys.stderr)
        return 2
    results = compare(options, wrk)
    print(report(results, options))
    if options.json:
        options.json.write_text(json.dumps(as_json(results, options), indent=2) + "\n")
    return 1 if results.missing or results.wrong else 0


if __name__ == "__main__":
    sys.exit(main())
