"""``statuary lint``: judges HTTP messages in archives, in text, or as a URL answers them, and says which rules they break.

With --json one object is printed. Members are added in later versions of Statuary, never renamed or removed without a
new ``version``:

    format, version     "statuary-lint", 1
    statuary            the version of Statuary
    role, level         as they were asked for
    sources             [{"name", "error", "remarks", "exchanges"}], one for each FILE or URL in order
        error           why it could not be read, or null
        remarks         sentences about what was left out
        exchanges       [{"method", "url", "interim", "status", "content_known", "request_known", "findings"}]
            url         where the authority is known, else the request target
            interim     the status codes of the interim responses
            status      of the final response, null without one
            findings    [{"requirement", "level", "strength", "message", "detail", "rule", "spec", "section"}]
                        strength "fail", "warn", "note"; message "request", "interim", "response"; rule is the requirement
                        in our words
    summary             {"sources", "unreadable", "exchanges", "fail", "warn", "note"}, of what is shown
"""

from __future__ import annotations

import argparse
import asyncio
import json
import sys
import textwrap
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import BinaryIO, get_args

from statuary import __version__, requirements, status
from statuary.cli.failing import COULD_NOT_RUN, fail
from statuary.cli.output import coloured, write
from statuary.conformance import linting
from statuary.conformance.fetch import Bounds, CannotFetch, explore
from statuary.conformance.reports.github import KINDS, annotation
from statuary.conformance.reports.wording import citation, printable
from statuary.semantics.judgement import Finding, Role
from statuary.wire.transcript import Seen

CLEAN, VIOLATED = 0, 1

SHOWN = {"must": ("fail",), "should": ("fail", "warn"), "may": ("fail", "warn", "note")}
COLOURS = {"fail": "31", "warn": "33", "note": "36"}


@dataclass(frozen=True, slots=True)
class Source:
    """What one FILE or URL brought: exchanges and the findings that are to be shown, or why there are none."""

    name: str
    seen: tuple[Seen, ...] = ()
    findings: tuple[Finding, ...] = ()
    remarks: tuple[str, ...] = ()
    error: str | None = None
    is_file: bool = False

    def exchanges(self) -> Iterator[tuple[Seen, list[Finding]]]:
        """Each exchange with its findings."""
        by_exchange: dict[int, list[Finding]] = {}
        for finding in self.findings:
            by_exchange.setdefault(finding.exchange, []).append(finding)
        return ((one, by_exchange.get(index, [])) for index, one in enumerate(self.seen))


def main(arguments: list[str]) -> int:
    """Run the command: 0 nothing is violated, 1 something is, 2 something could not be read or fetched."""
    try:
        options = _parser().parse_intermixed_args(arguments)
    except SystemExit as leaving:
        return leaving.code if isinstance(leaving.code, int) else COULD_NOT_RUN
    sources = [_source(name, options) for name in options.sources]
    match options.format:
        case "json":
            text = _json(sources, options)
        case "github":
            text = _github(sources)
        case _:
            text = _text(sources)
    for source in sources:
        if source.error is not None:
            fail("lint", f"{source.name}: {source.error}")
    write(text)
    if any(source.error is not None for source in sources):
        return COULD_NOT_RUN
    held_against = ("fail", "warn") if options.strict else ("fail",)
    found = any(finding.strength in held_against for source in sources for finding in source.findings)
    return VIOLATED if found else CLEAN


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="statuary lint",
        description="Judge HTTP messages: HAR files, raw HTTP/1.x text (curl -v and curl -i too), or what a URL answers.",
        epilog="exit status: 0 nothing is violated; 1 a MUST is (with --strict, a SHOULD); 2 something could not be read. "
        "Details are in docs/lint.md.",
    )
    parser.add_argument(
        "sources",
        metavar="FILE|URL",
        nargs="+",
        help="a .har, .har.gz or text file; - for standard input; http(s)://...",
    )
    parser.add_argument(
        "--role", choices=get_args(Role), default="server", help="whose messages are judged (default: %(default)s)"
    )
    parser.add_argument(
        "--level", choices=tuple(SHOWN), default="should", help="the weakest rules shown (default: %(default)s)"
    )
    parser.add_argument("--strict", action="store_true", help="exit status 1 for a SHOULD, too")
    parser.add_argument("--format", choices=("text", "json", "github"), default="text", help="default: %(default)s")
    parser.add_argument("--json", action="store_const", const="json", dest="format", help="same as --format json")
    parser.add_argument("--method", type=str, help="the method that responses without a request answer")
    parser.add_argument("--insecure", action="store_true", help="take any certificate of an https URL")
    parser.add_argument(
        "--timeout",
        type=_seconds,
        default=Bounds().seconds,
        metavar="S",
        help="for each fetch (default: %(default)g s)",
    )
    return parser


def _seconds(text: str) -> float:
    number = float(text)
    if not 0 < number < 1e6:
        raise argparse.ArgumentTypeError("must be more than 0")
    return number


# Sources


def _source(name: str, options: argparse.Namespace) -> Source:
    is_url = name.lower().startswith(("http://", "https://"))
    is_file = not is_url and name != "-"
    try:
        if is_url:
            bounds = Bounds(seconds=options.timeout)
            seen, remarks = asyncio.run(explore(name, bounds, verify=not options.insecure))
        else:
            seen, remarks = linting.read(_octets_of(name), method=options.method)
    except (linting.Unreadable, CannotFetch, ValueError) as error:
        return Source(name, error=str(error), is_file=is_file)
    except OSError as error:
        return Source(name, error=error.strerror or str(error), is_file=is_file)
    except MemoryError:
        return Source(name, error="more than fits into memory", is_file=is_file)
    findings = linting.examine(seen, options.role)
    shown = tuple(finding for finding in findings if finding.strength in SHOWN[options.level])
    return Source(name, seen, shown, remarks, is_file=is_file)


def _octets_of(name: str) -> bytes:
    if name == "-":
        return _bounded(sys.stdin.buffer)
    with open(name, "rb") as file:
        return _bounded(file)


def _bounded(file: BinaryIO) -> bytes:
    data = file.read(linting.MOST_OCTETS + 1)
    if len(data) > linting.MOST_OCTETS:
        raise linting.Unreadable(linting.too_large(linting.MOST_OCTETS))
    return data


# Text


def where(one: Seen) -> str:
    """The URL of an exchange where it is known, else the request target."""
    request = one.exchange.request
    if request.authority and request.target.startswith("/") and one.is_request_known:
        return f"{request.scheme}://{request.authority}{request.target}"
    return request.target


def _text(sources: list[Source]) -> str:
    lines: list[str] = []
    for source in sources:
        if source.error is not None:
            continue
        lines += [_bold(printable(source.name))] if len(sources) > 1 else []
        lines += [f"  ({printable(remark)})" for remark in source.remarks]
        for one, findings in source.exchanges():
            lines.append(_exchange_line(one))
            for finding in findings:
                lines += _finding_lines(finding)
    return "\n".join([*lines, "", _summary_line(sources), ""])


def _exchange_line(one: Seen) -> str:
    exchange = one.exchange
    codes = [str(response.status) for response in exchange.interim]
    if exchange.final is None:
        codes.append("no final response")
    else:
        phrase = status.phrase(exchange.final.status) if 100 <= exchange.final.status <= 599 else ""
        codes.append(f"{exchange.final.status} {phrase}".strip())
    request = f"{exchange.request.method} {where(one)}" if one.is_request_known else "(response without a request)"
    return f"{_bold(printable(request))} → {_bold(' → '.join(codes))}"


def _finding_lines(finding: Finding) -> list[str]:
    about = "" if finding.message == "response" else f" ({finding.message})"
    label = coloured(f"{finding.strength:<5}", COLOURS[finding.strength])
    first, *more = _wrapped(f"{printable(finding.detail)}{about}")
    rule = [_faint(f"        {line}") for line in _rule_lines(finding.requirement)]
    return [f"  {label} {first}", *(f"        {line}" for line in more), *rule]


@lru_cache(maxsize=256)
def _rule_lines(requirement: str) -> list[str]:
    row = requirements.lookup(requirement)
    return _wrapped(f"{row.level}: {row.paraphrase}. {citation(row)} [{row.id}]")


def _wrapped(text: str) -> list[str]:
    return textwrap.wrap(text, 110) or [""]


def _summary_line(sources: list[Source]) -> str:
    counts = _counts(sources)
    found = ", ".join(f"{counts[strength]} {strength}" for strength in COLOURS if counts[strength])
    return f"{counts['exchanges']} exchange{'' if counts['exchanges'] == 1 else 's'}: {found or 'nothing found'}"


def _counts(sources: list[Source]) -> Counter[str]:
    counts = Counter[str](finding.strength for source in sources for finding in source.findings)
    counts["exchanges"] = sum(len(source.seen) for source in sources)
    return counts


def _bold(text: str) -> str:
    return coloured(text, "1")


def _faint(text: str) -> str:
    return coloured(text, "2")


# JSON


def _json(sources: list[Source], options: argparse.Namespace) -> str:
    counts = _counts(sources)
    report = {
        "format": "statuary-lint",
        "version": 1,
        "statuary": __version__,
        "role": options.role,
        "level": options.level,
        "sources": [
            {
                "name": source.name,
                "error": source.error,
                "remarks": list(source.remarks),
                "exchanges": [_exchange_object(one, findings) for one, findings in source.exchanges()],
            }
            for source in sources
        ],
        "summary": {
            "sources": len(sources),
            "unreadable": sum(source.error is not None for source in sources),
            **{name: counts[name] for name in ("exchanges", "fail", "warn", "note")},
        },
    }
    return json.dumps(report, indent=2) + "\n"


def _exchange_object(one: Seen, findings: list[Finding]) -> dict[str, object]:
    exchange = one.exchange
    return {
        "method": exchange.request.method,
        "url": where(one),
        "interim": [response.status for response in exchange.interim],
        "status": exchange.final.status if exchange.final is not None else None,
        "content_known": one.is_content_known,
        "request_known": one.is_request_known,
        "findings": [_finding_object(finding) for finding in findings],
    }


def _finding_object(finding: Finding) -> dict[str, object]:
    row = requirements.lookup(finding.requirement)
    return {
        "requirement": finding.requirement,
        "level": finding.level,
        "strength": finding.strength,
        "message": finding.message,
        "detail": finding.detail,
        "rule": row.paraphrase,
        "spec": row.spec,
        "section": row.section,
    }


# Annotations of GitHub's workflows


def _github(sources: list[Source]) -> str:
    lines = []
    for source in sources:
        if source.error is not None:
            lines.append(_annotation("error", source, "not read", source.error))
        for finding in source.findings:
            row = requirements.lookup(finding.requirement)
            one = source.seen[finding.exchange]
            said = f"{one.exchange.request.method} {where(one)}: {finding.detail} {row.paraphrase} ({citation(row)})"
            lines.append(_annotation(KINDS[finding.strength], source, finding.requirement, said))
    return "".join(f"{line}\n" for line in [*lines, _summary_line(sources)])


def _annotation(kind: str, source: Source, title: str, message: str) -> str:
    return annotation(kind, f"statuary lint: {title}", message, source.name if source.is_file else None)
