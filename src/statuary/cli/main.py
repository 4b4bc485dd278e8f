"""The command ``statuary``: finds the command that was named, and loads that one alone, so that the quick ones are quick."""

from __future__ import annotations

import errno
import os
import sys

USAGE = """\
usage: statuary COMMAND [ARGUMENT...]

HTTP's status codes as working software.

commands:
  check             test a server on the wire: check server URL; without one, the exhibit;
                    or a client, a gateway, a proxy: check client, check gateway, check proxy
  serve [DIR]       serve a directory; without one, the exhibit of every status code
  explain [WHAT]    what a status code means: explain 416, explain 4xx, explain gone
  fetch URL         what a user agent makes of it: fetch --explain URL tells the story
  gateway --to URL  a reverse proxy in front of one or several servers
  proxy             a forward proxy, for http and tunnels
  lint FILE|URL...  judge HTTP messages: HAR files, raw text, or what a URL answers
  links PATH...     links in files: where they lead, and edits that follow what moved for good
  report FILE...    saved reports of check in any format, several side by side
  diff OLD NEW      what is newly wrong between two saved reports, and what was mended
  scenarios export  the scenarios that check plays, as JSON for other languages
  coverage          which requirements and codes the checks cover

options:
  -h, --help        show this and exit; "statuary COMMAND --help" tells more
  --version         show the version and exit
"""


def main(arguments: list[str]) -> int:
    """Run one command; gives its exit status."""
    command = arguments[0] if arguments else "--help"
    match command:
        case "check":
            from statuary.cli import check

            return check.main(arguments[1:])
        case "coverage":
            from statuary.cli import coverage

            return coverage.main(arguments[1:])
        case "diff":
            from statuary.cli import diff

            return diff.main(arguments[1:])
        case "explain":
            from statuary.cli import explain

            return explain.main(arguments[1:])
        case "fetch":
            from statuary.cli import fetch

            return fetch.main(arguments[1:])
        case "gateway":
            from statuary.cli import gateway

            return gateway.main(arguments[1:])
        case "lint":
            from statuary.cli import lint

            return lint.main(arguments[1:])
        case "links":
            from statuary.cli import links

            return links.main(arguments[1:])
        case "proxy":
            from statuary.cli import proxy

            return proxy.main(arguments[1:])
        case "report":
            from statuary.cli import report

            return report.main(arguments[1:])
        case "scenarios":
            from statuary.cli import scenarios

            return scenarios.main(arguments[1:])
        case "serve":
            from statuary.cli import serve

            return serve.main(arguments[1:])
        case "--version" | "-V":
            from statuary import __version__

            print(f"statuary {__version__}")
            return 0
        case "--help" | "-h" | "help":
            print(USAGE, end="")
            return 0
    print(f"statuary: there is no command {command!r}{_alike(command)}; see statuary --help", file=sys.stderr)
    return 2


def _alike(command: str) -> str:
    from difflib import get_close_matches

    commands = [line.split()[0] for line in USAGE.splitlines() if line.startswith("  ") and line[2].isalpha()]
    near = get_close_matches(command.lower(), commands, n=1)
    return f" (did you mean {near[0]!r}?)" if near else ""


def run() -> None:
    """The entry point: exits with the status of the command."""
    _open_standard_streams()
    try:
        status = _status(sys.argv[1:])
        sys.stdout.flush()
    except OSError as error:
        # What a command opens has a name, and what goes wrong with a peer it tells itself
        if error.filename is not None or error.errno not in (errno.EPIPE, errno.ENOSPC):
            raise
        status = _without_output(error)
    sys.exit(status)


def _open_standard_streams() -> None:
    """Those that were closed go nowhere: or else the next file or connection would have their number."""
    for number, name in enumerate(("stdin", "stdout", "stderr")):
        if getattr(sys, name) is None:
            nowhere = os.open(os.devnull, os.O_RDWR)
            if nowhere != number:
                os.dup2(nowhere, number)
                os.close(nowhere)
            setattr(sys, name, open(number, "w" if number else "r", encoding="utf-8"))  # noqa: SIM115


def _status(arguments: list[str]) -> int:
    try:
        return main(arguments)
    except KeyboardInterrupt:
        return 130
    except SystemExit as end:
        # argparse's, which has told why already
        return end.code if isinstance(end.code, int) else 0


def _without_output(error: OSError) -> int:
    from statuary.cli.output import forget_output

    forget_output()
    if isinstance(error, BrokenPipeError):
        # A reader that has had enough, such as head, is no error
        return 0
    print(f"statuary: standard output can't be written: {error.strerror}", file=sys.stderr)
    return 2
