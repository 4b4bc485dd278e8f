"""``statuary links``: finds links in files, says where they lead, and edits them if asked to."""

from __future__ import annotations

import argparse
import asyncio
import os
import sqlite3
import sys
from collections.abc import Iterable, Iterator
from contextlib import closing
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import get_args

from statuary.cli.failing import fail
from statuary.cli.links_asking import ask
from statuary.cli.output import forget_output, has_colour, write
from statuary.cli.report_files import add_options, write_asked
from statuary.conformance.reports.wording import printable
from statuary.conformance.waivers import NotWaivers
from statuary.link_editor.ask import Manners, asking, user_agent
from statuary.link_editor.files import files_below, usual_formats
from statuary.link_editor.find import BY_OPTION, PARTS, Format, Overrides, is_format, with_parts
from statuary.link_editor.fix import Decider, Fixed, fix
from statuary.link_editor.local import Files
from statuary.link_editor.remember import DAY, Memory
from statuary.link_editor.report import COULD_NOT_RUN, FINE, TO_DO, Report, exit_status
from statuary.link_editor.reports import FORMATS, render, terminal
from statuary.link_editor.reports.terminal import counted
from statuary.link_editor.robots import Robots
from statuary.link_editor.run import Checker, look
from statuary.link_editor.survey import Progress
from statuary.link_editor.waivers import apply, fits, read_waivers
from statuary.transport.clock import SystemClock


def main(arguments: list[str]) -> int:
    """Run the command: 0 all links are fine, 1 there is something to do, 2 it could not be run."""
    options = _parser().parse_intermixed_args(arguments)
    try:
        if options.moves is not None:
            return _moves(options)
        return _links(options)
    except (NotWaivers, ValueError, OSError) as error:
        return fail("links", error)
    except sqlite3.Error as error:
        return fail("links", f"what is kept of results can't be used: {error}; --no-cache does without")


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="statuary links",
        description="Find the links in files, say where they lead, and make them follow what moved for good.",
        epilog="exit status: 0 nothing to do; 1 something to do; 2 it could not be run. docs/links.md tells more.",
    )
    parser.add_argument(
        "paths", metavar="PATH", nargs="*", type=Path, help="files, and folders (what git ignores is left out)"
    )
    parser.add_argument(
        "--moves",
        nargs="+",
        metavar="OLD",
        help="instead: the [[moved]] entries of statuary.toml that a site should have: OLD and NEW folder, or git commits "
        "(v1..v2, or HEAD for what is there now) and the site's folder",
    )
    found = parser.add_argument_group("what is found")
    found.add_argument(
        "--format", action="append", choices=get_args(Format), help="only files of that format; may be repeated"
    )
    found.add_argument(
        "--also",
        action="append",
        default=[],
        choices=(*BY_OPTION, *PARTS),
        help="URLs in data files, in comments of sources, in code, or in front matter, too; may be repeated",
    )
    found.add_argument(
        "--read-as",
        action="append",
        default=[],
        type=_override,
        metavar="GLOB=FORMAT",
        help="files called so are of that format, such as *.txt=restructuredtext",
    )
    found.add_argument("--exclude", action="append", default=[], metavar="GLOB", help="files to leave out")
    found.add_argument("--skip", action="append", default=[], metavar="GLOB", help="URLs not to ask for")
    found.add_argument("--root", type=Path, metavar="DIR", help="where links begin that begin with a slash")
    asked = parser.add_argument_group("how it is asked")
    manners = Manners()
    asked.add_argument("--offline", action="store_true", help="ask for nothing: files nearby, and what is known")
    asked.add_argument(
        "--jobs", type=_positive, default=manners.jobs, metavar="N", help="URLs at once (default: %(default)s)"
    )
    asked.add_argument(
        "--per-host", type=_positive, default=manners.per_host, metavar="N", help="of one host (default: %(default)s)"
    )
    asked.add_argument(
        "--timeout", type=_seconds, default=manners.timeout, metavar="S", help="for an answer (default: %(default)g s)"
    )
    asked.add_argument(
        "--no-fragments", action="store_true", help="don't look into pages of other hosts for what fragments name"
    )
    asked.add_argument("--robots", action="store_true", help="leave alone what robots.txt keeps robots from")
    asked.add_argument(
        "--cache", type=Path, metavar="FILE", help="where results are kept (default: in the user's cache)"
    )
    asked.add_argument("--no-cache", action="store_true", help="keep no results, and use none")
    asked.add_argument(
        "--fresh", type=_seconds, default=DAY, metavar="S", help="how long a result is good (default: a day)"
    )
    edited = parser.add_argument_group("what is edited")
    edited.add_argument("--fix", action="store_true", help="show each edit and ask whether to make it")
    edited.add_argument("--yes", action="store_true", help="make all edits of moves for good without asking")
    edited.add_argument(
        "--drop-gone", action="store_true", help="with --fix or --yes: remove links to what is gone, without asking"
    )
    edited.add_argument("--diff", metavar="FILE", help="write what --yes would do as a patch; - is standard output")
    said = parser.add_argument_group("what is said")
    add_options(said, FORMATS)
    said.add_argument(
        "--waivers", type=Path, metavar="FILE", help="links to leave as they are, each with its reason (TOML)"
    )
    said.add_argument("-v", "--verbose", action="store_true", help="show all links")
    said.add_argument("-q", "--quiet", action="store_true", help="no report on the terminal, only files")
    return parser


def _positive(text: str) -> int:
    number = int(text)
    if not 1 <= number <= 1000:
        raise argparse.ArgumentTypeError("must be from 1 to 1000")
    return number


def _override(text: str) -> tuple[str, str]:
    pattern, mark, format = text.rpartition("=")
    if pattern and mark and is_format(format):
        return pattern, format
    raise argparse.ArgumentTypeError(
        f"must be such as *.txt=restructuredtext or *.md=markdown+code; formats are {', '.join(get_args(Format))}"
    )


def _seconds(text: str) -> float:
    number = float(text)
    if not 0 < number < 1e9:
        raise argparse.ArgumentTypeError("must be more than 0")
    return number


def _links(options: argparse.Namespace) -> int:
    if not options.paths:
        raise ValueError("name files or folders: statuary links docs README.md")
    waivers = read_waivers(options.waivers) if options.waivers is not None else ()
    if options.fix and not options.yes and not sys.stdin.isatty():
        raise ValueError("--fix asks, and there is no terminal to ask at; --yes doesn't")
    clock = SystemClock()
    started = clock.tick()
    report = asyncio.run(_checked(options, clock))
    report = replace(apply(report, waivers, datetime.now(UTC).date()), seconds=clock.tick() - started)
    printed = write_asked(FORMATS, options, lambda name: render(name, report)) or options.diff == "-"
    if not (options.quiet or printed):
        write(terminal.render(report, colour=has_colour(), verbose=options.verbose))
    overrides = _overrides(options)
    if options.diff is not None:
        would = fix(report, Decider(None, drops_gone=options.drop_gone), writes=False, overrides=overrides)
        _put_patch(options.diff, b"".join(would.patches))
        if not (options.fix or options.yes):
            _tell(would.problems)
    if not (options.fix or options.yes):
        return exit_status(report)
    decider = Decider(None if options.yes else ask, drops_gone=options.drop_gone)
    return _after(report, fix(report, decider, writes=True, overrides=overrides))


def _overrides(options: argparse.Namespace) -> Overrides:
    return with_parts(options.read_as, [one for one in options.also if one in PARTS])


def _after(report: Report, fixed: Fixed) -> int:
    """What is left to do when edits have been made."""
    _tell(fixed.problems)
    print(f"{counted(len(fixed.edited), 'link')} edited in {counted(len(fixed.patches), 'file')}", file=sys.stderr)
    if report.unread:
        return COULD_NOT_RUN
    return TO_DO if len(report.to_do()) > len(fixed.edited) else FINE


def _tell(problems: Iterable[tuple[str, str]]) -> None:
    for file, problem in problems:
        print(f"statuary links: {printable(file)}: {printable(problem)}", file=sys.stderr)


def _put_patch(where: str, patch: bytes) -> None:
    """A patch has the octets of many files, whatever their encodings."""
    if where == "-":
        try:
            sys.stdout.flush()
            sys.stdout.buffer.write(patch)
            sys.stdout.buffer.flush()
        except BrokenPipeError:
            forget_output()
    else:
        Path(where).write_bytes(patch)


async def _checked(options: argparse.Namespace, clock: SystemClock) -> Report:
    formats = options.format or [*usual_formats(), *(one for one in options.also if one in BY_OPTION)]
    overrides = _overrides(options)
    files = files_below(options.paths, formats, options.exclude, overrides)
    looked = look(_counted(files) if _is_watched(options) else files, overrides=overrides)
    manners = Manners(options.jobs, options.per_host, options.timeout)
    with closing(Memory(None if options.no_cache else options.cache or _cache(), fresh=int(options.fresh))) as memory:
        async with user_agent(manners) as agent:
            checker = Checker(
                None if options.offline else asking(agent),
                memory,
                Files(options.root),
                clock,
                manners=manners,
                robots=Robots(agent) if options.robots else None,
                fragments=not options.no_fragments,
                skips=lambda uri: any(fits(uri, one) for one in options.skip),
            )
            return await checker.check(looked, _progress(options))


def _cache() -> Path:
    home = os.environ.get("XDG_CACHE_HOME")
    return (Path(home) if home else Path.home() / ".cache") / "statuary" / "links.sqlite"


def _is_watched(options: argparse.Namespace) -> bool:
    return not options.quiet and sys.stderr.isatty()


def _counted(files: Iterable[Path]) -> Iterator[Path]:
    """The files, and progress now and then: reading many takes a while."""
    for number, file in enumerate(files):
        if number and number % 100 == 0:
            print(f"\r\x1b[K{number} files read", end="", file=sys.stderr, flush=True)
        yield file
    print("\r\x1b[K", end="", file=sys.stderr, flush=True)


def _progress(options: argparse.Namespace) -> Progress | None:
    if not _is_watched(options):
        return None

    def show(done: int, all_of_them: int) -> None:
        end = "\r\x1b[K" if done == all_of_them else ""
        print(f"\r\x1b[K{done} of {all_of_them} URLs{end}", end="", file=sys.stderr, flush=True)

    return show


def _moves(options: argparse.Namespace) -> int:
    from statuary.link_editor.moved_entries import entries
    from statuary.link_editor.moves import of_folders, of_git

    names: list[str] = options.moves + [str(path) for path in options.paths]
    first, *rest = names
    if len(rest) > 1:
        raise ValueError("--moves takes two folders, or git commits such as v1..v2 and a folder: nothing else")
    site = Path(rest[0]) if rest else Path()
    moves = of_folders(Path(first), site) if rest and Path(first).is_dir() else of_git(first, site)
    configuration = site / "statuary.toml"
    write(entries(moves, configuration.read_text("utf-8") if configuration.is_file() else ""))
    return FINE
