"""Reports as commands write and read them: an option for each format, which takes the name of a file."""

from __future__ import annotations

import argparse
from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path

from statuary.cli.output import write
from statuary.conformance.report import NotAReport, Report, read_json

FORMATS = {
    "html": "one self-contained page",
    "junit": "JUnit's XML",
    "sarif": "SARIF 2.1.0",
    "markdown": "Markdown for a pull request",
    "github": "annotations of GitHub's workflows",
}


def add_options(parser: argparse._ActionsContainer, formats: Mapping[str, str] = FORMATS) -> None:
    """An option for each format."""
    for name, what in formats.items():
        parser.add_argument(f"--{name}", metavar="FILE", help=f"write {what}; - is standard output")


def write_reports(reports: Sequence[Report], options: argparse.Namespace) -> bool:
    """Write the formats that were asked for; whether any of them went to standard output. Raises OSError."""
    return write_asked(FORMATS, options, lambda name: render(name, reports))


def write_asked(formats: Iterable[str], options: argparse.Namespace, rendered: Callable[[str], str]) -> bool:
    """Write those of the formats that were asked for; whether any of them went to standard output. Raises OSError."""
    asked = [(name, where) for name in formats if (where := getattr(options, name)) is not None]
    for name, where in asked:
        put(where, rendered(name))
    return any(where == "-" for _, where in asked)


def put(where: str, text: str) -> None:
    """Write a text to the file of that name, or to standard output if it is ``-``. Raises OSError."""
    if where == "-":
        write(text)
    else:
        Path(where).write_text(text, "utf-8", newline="")


def render(format: str, reports: Sequence[Report]) -> str:
    """The reports in a format of FORMATS."""
    # Loaded when needed, for the sake of the commands that need none
    match format:
        case "html":
            from statuary.conformance.reports import html

            return html.render(reports)
        case "junit":
            from statuary.conformance.reports import junit

            return junit.render(reports)
        case "sarif":
            from statuary.conformance.reports import sarif

            return sarif.render(reports)
        case "markdown":
            from statuary.conformance.reports import markdown

            return markdown.render(reports)
        case "github":
            from statuary.conformance.reports import github

            return github.render(reports)
    raise ValueError(f"there is no format {format!r}")


def read_report(name: str) -> Report:
    """The report in a JSON file. Raises NotAReport, which names the file, also where it can't be read."""
    try:
        return read_json(Path(name).read_bytes())
    except OSError as error:
        raise NotAReport(f"{name}: {error.strerror or error}") from None
    except NotAReport as error:
        raise NotAReport(f"{name}: {error}") from None
