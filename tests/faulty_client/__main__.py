"""Obey cases of the pull protocol, right or with a fault: ``python -m tests.faulty_client BASE --fault interim-is-final``.

The fault can be named in the environment as well, as FAULT, which is how client.toml is told of it.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
from collections.abc import Sequence
from typing import Any

from .client import Client
from .faults import FAULTS, client_with
from .message import Failure, Task

_FOR_PROTOCOL = 600.0  # seconds that the next case may take


def main(arguments: Sequence[str] | None = None) -> int:
    """Ask for cases and obey them, until there are none."""
    parser = argparse.ArgumentParser(prog="python -m tests.faulty_client", description=__doc__)
    parser.add_argument("base", nargs="?", default="", help="URL of the checker")
    parser.add_argument("--fault", choices=sorted(FAULTS), metavar="NAME", help="the fault to plant (see --list)")
    parser.add_argument("--list", action="store_true", help="print all faults, and stop")
    options = parser.parse_args(arguments)
    if options.list:
        for fault in FAULTS.values():
            print(f"{fault.name:36} {fault.requirement:18} {fault.level:10} {fault.sentence}")
        return 0
    made = client_with(options.fault or os.environ.get("FAULT") or None)
    asking = Client()
    while True:
        status, content, _ = asking.obey(Task("GET", f"{options.base}/next"), _FOR_PROTOCOL)
        if status != 200:
            return 0
        case = json.loads(content or b"")
        report = json.dumps({"id": case["id"], "results": obeyed(made, case)}).encode("ascii")
        asking.obey(Task("POST", f"{options.base}/report", content=report), _FOR_PROTOCOL)


def obeyed(made: type[Client], case: dict[str, Any]) -> list[dict[str, Any]]:
    """The results of a case, which one client obeys."""
    client = made(case["trust"])
    try:
        return [result(client, task(one), case["seconds"] - 0.2) for one in case["requests"]]
    finally:
        client.close()


def task(one: dict[str, Any]) -> Task:
    """What the user wants, from JSON, in which each character stands for an octet."""
    return Task(
        one["method"],
        one["url"],
        tuple((name, value) for name, value in one["fields"]),
        None if one["content"] is None else one["content"].encode("latin-1"),
        one["expect"],
        None if one["credentials"] is None else (one["credentials"][0], one["credentials"][1]),
        one["proxy"],
        None if one["resume"] is None else one["resume"].encode("latin-1"),
        one["unsized"],
    )


def result(client: Client, asked: Task, seconds: float) -> dict[str, Any]:
    """What came of it, as JSON."""
    try:
        status, content, url = client.obey(asked, seconds)
    except Failure as failure:
        return {"status": failure.status, "error": str(failure)}
    except Exception as error:  # whatever a fault brings about
        return {"status": None, "error": f"{type(error).__name__}: {error}"}
    return {
        "status": status,
        "content": None if content is None else content.decode("latin-1"),
        "error": None,
        "url": url,
    }


if __name__ == "__main__":
    sys.exit(main())
