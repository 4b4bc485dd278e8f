"""Runs one of the other checkers over the corpus, in a process of its own: started by benchmarks.judge, with their Python.

The first line of standard input has the entries as JSON; each line after it a number of repetitions. The first answer
has the version and what was found, the others the seconds taken, each a line of JSON. Statuary is not imported here.
"""

import importlib
import json
import sys
import time
from calendar import timegm
from collections.abc import Callable, Sequence
from email.utils import parsedate
from importlib.metadata import version
from typing import Any

Found = tuple[str, str, str]
"""The message (request, response or exchange), the level, and the note's own name."""


class Httplint:
    """httplint: a linter is made for each message, and the response's is told of the request's."""

    package = "httplint"

    def __init__(self) -> None:
        self._message = importlib.import_module("httplint.message")

    def lint(self, entry: dict[str, Any]) -> list[Any]:
        return [linter for exchange in entry["exchanges"] for linter in self._exchange(exchange)]

    def _exchange(self, exchange: dict[str, Any]) -> list[Any]:
        request, responses = exchange["request"], exchange["responses"]
        asked = self._message.HttpRequestLinter()
        asked.process_request_topline(request["method"], request["target"], request["version"])
        asked.process_headers(request["fields"])
        asked.feed_content(request["content"])
        asked.finish_content(True)
        linters = [asked]
        for response in responses:
            linter = self._message.HttpResponseLinter(start_time=response["clock"])
            linter.request = asked
            linter.is_head_response = request["method"] == b"HEAD"
            linter.process_response_topline(response["version"], response["status"], response["reason"])
            linter.process_headers(response["fields"])
            linter.feed_content(response["content"])
            linter.finish_content(True, response["trailers"])
            linters.append(linter)
        return linters

    def found(self, linters: list[Any]) -> list[Found]:
        # A subnote tells more of its note
        return [
            (linter.message_type, note.level.value, type(note).__name__)
            for linter in linters
            for outer in linter.notes
            for note in (outer, *outer.subnotes)
        ]


class Httpolice:
    """HTTPolice: messages are values, which it marks, so that they are made anew each time."""

    package = "HTTPolice"

    def __init__(self) -> None:
        self._police = importlib.import_module("httpolice")

    def lint(self, entry: dict[str, Any]) -> list[Any]:
        return [self._exchange(entry["scheme"], exchange) for exchange in entry["exchanges"]]

    def _exchange(self, scheme: str, exchange: dict[str, Any]) -> Any:
        police, request = self._police, exchange["text_request"]
        asked = police.Request(
            scheme, request["method"], request["target"], request["version"], request["fields"], request["content"]
        )
        answers = [
            police.Response(
                one["version"], one["status"], one["reason"], one["fields"], one["content"], one["trailers"]
            )
            for one in exchange["text_responses"]
        ]
        seen = police.Exchange(asked, answers)
        police.check_exchange(seen)
        return seen

    def found(self, exchanges: list[Any]) -> list[Found]:
        return [
            (kind, complaint.severity.name, str(complaint.id))
            for seen in exchanges
            for kind, boards in (("request", [seen.request]), ("response", seen.responses), ("exchange", [seen]))
            for board in boards
            for complaint in board.complaints
        ]


CHECKERS: dict[str, Callable[[], Any]] = {"httplint": Httplint, "httpolice": Httpolice}


def prepare(entry: dict[str, Any]) -> None:
    """Adds the messages in the forms that the two take: octets for httplint, text for HTTPolice."""
    for exchange in entry["exchanges"]:
        exchange["text_request"] = {**exchange["request"], "content": octets(exchange["request"]["content"])}
        exchange["text_responses"] = [
            {**one, "content": octets(one["content"]), "status": int(one["status"]), "fields": pairs(one["fields"])}
            for one in exchange["responses"]
        ]
        exchange["text_request"]["fields"] = pairs(exchange["request"]["fields"])
        exchange["request"] = as_octets(exchange["request"])
        exchange["responses"] = [{**as_octets(one), "clock": clock(one)} for one in exchange["responses"]]


def as_octets(message: dict[str, Any]) -> dict[str, Any]:
    lines = {name: octet_pairs(message[name]) for name in ("fields", "trailers")}
    return {name: octets(value) for name, value in message.items() if isinstance(value, str)} | lines


def octets(text: str) -> bytes:
    return text.encode("latin-1")


def pairs(lines: Sequence[Sequence[str]]) -> list[tuple[str, str]]:
    return [(name, value) for name, value in lines]


def octet_pairs(lines: Sequence[Sequence[str]]) -> list[tuple[bytes, bytes]]:
    return [(octets(name), octets(value)) for name, value in lines]


def clock(response: dict[str, Any]) -> float | None:
    """When the response was received, for httplint: as soon as it was sent, so that its clock agrees with ours."""
    dates = [value for name, value in response["fields"] if name.lower() == "date"]
    parsed = parsedate(dates[0]) if dates else None
    return float(timegm((*parsed[:6], 0, 0, 0))) if parsed else None


def main() -> None:
    checker = CHECKERS[sys.argv[1]]()
    entries = json.loads(sys.stdin.readline())
    for entry in entries:
        prepare(entry)
    found: dict[str, list[Found]] = {}
    failures: dict[str, str] = {}
    for entry in entries:
        try:
            found[entry["id"]] = checker.found(checker.lint(entry))
        except Exception as error:  # a checker that can't cope with a message says so, and is not timed on it
            failures[entry["id"]] = f"{type(error).__name__}: {error}"[:200]
    print(json.dumps({"version": version(checker.package), "found": found, "failures": failures}), flush=True)
    sound = [entry for entry in entries if entry["id"] not in failures]
    for line in sys.stdin:
        before = time.perf_counter()
        for _ in range(int(line)):
            for entry in sound:
                checker.lint(entry)
        print(json.dumps(time.perf_counter() - before), flush=True)


if __name__ == "__main__":
    main()
