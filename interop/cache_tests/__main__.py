"""``python -m interop.cache_tests``: the npm package http-cache-tests on our caches, and on others in the same run.

Writes docs/interop-cache.md.
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import datetime
import json
import shutil
import signal
import subprocess
import sys
from pathlib import Path

from interop.cache_tests.page import page
from interop.cache_tests.running import CACHES, HERE, PACKAGE, Cache, CouldNotRun, Result, results_of
from interop.checking import COULD_NOT_RUN, end_what_was_started, say
from interop.installing import REPOSITORY, CannotInstallError, cache_folder, install_node
from interop.intermediaries.subjects import find_installed, install

from statuary.conformance.process import CannotStart

PAGE = REPOSITORY / "docs" / "interop-cache.md"
OURS = "statuary"


def main(arguments: list[str]) -> int:
    """0 ours fails no required test; 1 it fails some; 2 something could not be run."""
    options = _parser().parse_args(arguments)
    end_what_was_started()
    chosen = [CACHES[name] for name in options.caches or CACHES]
    find_installed(options.cache)
    try:
        if not options.no_install:
            _install(chosen, options.cache)
        modules = options.cache / "cache-tests" / "node_modules"
        results = asyncio.run(_all_results(chosen, modules))
    except (CannotInstallError, CannotStart, CouldNotRun) as error:
        say(str(error))
        return COULD_NOT_RUN
    text = page(results, datetime.datetime.now(datetime.UTC).date().isoformat(), _version(modules))
    where = options.page or (PAGE if len(chosen) == len(CACHES) else None)
    if where is None:
        print(text, end="")
    else:
        where.write_text(text, "utf-8")
        say(f"wrote {where}")
    ours = [result for cache, found in results if cache.of.name == OURS for result in found]
    return int(any(result.verdict == "fail" for result in ours))


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m interop.cache_tests",
        description="Run the npm package http-cache-tests on real caches, and compare what came of it.",
        epilog="exit status: 0 ours fails no required test; 1 it fails some; 2 something could not be run",
    )
    parser.add_argument("caches", metavar="NAME", nargs="*", choices=[*CACHES, []], help=", ".join(CACHES))
    parser.add_argument("--no-install", action="store_true", help="use what is there")
    parser.add_argument("--cache", type=Path, default=cache_folder(), metavar="DIR", help="default: %(default)s")
    parser.add_argument("--page", type=Path, metavar="FILE", help=f"default, for all: {PAGE.relative_to(REPOSITORY)}")
    return parser


def _install(chosen: list[Cache], cache: Path) -> None:
    for reason in install({one.of.name: one.of for one in chosen}.values(), cache, say).values():
        raise CannotInstallError(reason)
    install_node(cache / "cache-tests", HERE / "package.json", say)


async def _all_results(chosen: list[Cache], modules: Path) -> list[tuple[Cache, list[Result]]]:
    """At the same time: most of the tests wait."""
    say(f"running the tests on {', '.join(one.name for one in chosen)}")
    found = await asyncio.gather(*(results_of(one, modules) for one in chosen))
    return list(zip(chosen, found, strict=True))


def _version(modules: Path) -> str:
    """Of the package, and of Node."""
    package = json.loads((modules / PACKAGE / "package.json").read_text("utf-8"))
    node = subprocess.run([shutil.which("node") or "node", "-v"], capture_output=True, text=True, check=False)  # noqa: S603
    return f"{PACKAGE} {package['version']}, Node {node.stdout.strip()}"


if __name__ == "__main__":
    with contextlib.suppress(KeyboardInterrupt):
        sys.exit(main(sys.argv[1:]))
    sys.exit(128 + signal.SIGINT)
