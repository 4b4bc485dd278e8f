"""``python -m interop links``: our link editor, linkinator and linkchecker on the same documentation, and what differs.

The hosts that the links lead to are played on this machine (playing.py): nobody else is asked for anything.
"""

from __future__ import annotations

import argparse
import contextlib
import json
import random
import tempfile
import tomllib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any
from urllib.parse import urldefrag

from interop.checking import COULD_NOT_RUN, say
from interop.installing import REPOSITORY, CannotInstallError, cache_folder
from interop.links import checking
from interop.links.checking import Said, hrefs, plain, played
from interop.links.compared import OURS, Compared
from interop.links.installing import Installed, install
from interop.links.page import page
from interop.links.playing import BROKEN, kind_of
from interop.links.trees import Tree
from interop.links.trees import install as install_trees

PAGE = REPOSITORY / "docs" / "interop-links.md"
BY_HAND = Path(__file__).with_name("by_hand.toml")
SEED, DRAWN = 9110, 25


def main(arguments: list[str]) -> int:
    """0 nothing was missed and nothing falsely called broken; 1 something was; 2 it could not be compared."""
    options = _parser().parse_args(arguments)
    try:
        installed = install(options.cache, say)
        trees = install_trees(options.cache, say)
        with contextlib.ExitStack() as stack:
            results = options.results or Path(
                stack.enter_context(tempfile.TemporaryDirectory(prefix="statuary-interop-"))
            )
            results.mkdir(parents=True, exist_ok=True)
            compared = [compare(tree, installed, results) for tree in trees]
    except (CannotInstallError, ChildProcessError) as error:
        say(str(error))
        return COULD_NOT_RUN
    text = page(compared, installed.versions(), tomllib.loads(BY_HAND.read_text("utf-8")))
    if options.page is None:
        print(text, end="")
    else:
        options.page.write_text(text, "utf-8")
        say(f"wrote {options.page}")
    return 1 if any(one.missed or one.falsely_broken(OURS) or one.unseen(OURS) for one in compared) else 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m interop links",
        description="Compare statuary links with linkinator and linkchecker on large documentation.",
        epilog="exit status: 0 nothing missed and nothing falsely called broken; 1 something; 2 it could not be compared",
    )
    parser.add_argument("--cache", type=Path, default=cache_folder(), metavar="DIR", help="default: %(default)s")
    parser.add_argument(
        "--results", type=Path, metavar="DIR", help="keep what each said there; what is there is not asked for again"
    )
    parser.add_argument("--page", type=Path, default=PAGE, metavar="FILE", help="default: docs/interop-links.md")
    return parser


def compare(tree: Tree, installed: Installed, results: Path) -> Compared:
    """Run all on one tree, but those whose results are there. Raises ChildProcessError."""
    urls = hrefs(tree.pages())
    said = {}
    for check in (checking.statuary, checking.linkinator, checking.linkchecker):
        file = results / f"{tree.name}-{check.__name__}.json"
        if not file.exists():
            # Each meets hosts that were asked for nothing yet
            with _played(urls, installed) as (environment, work):
                one = check(tree, installed, environment, work)
            file.write_text(json.dumps(asdict(one), default=sorted), "utf-8")
        one = Said(**json.loads(file.read_text("utf-8")))
        say(f"{tree.name}: {one.name} took {one.seconds:.0f} s for {len(one.urls)} URLs")
        said[one.name] = one
    file = results / f"{tree.name}-sources.json"
    if not file.exists():
        with _played(urls, installed) as (environment, work):
            file.write_text(json.dumps(checking.sources(tree, environment, work)), "utf-8")
    links = json.loads(file.read_text("utf-8"))
    return Compared(tree, said, truth(urls), draw(links, tree), len(links))


@contextlib.contextmanager
def _played(urls: Iterable[str], installed: Installed) -> Iterator[tuple[dict[str, str], Path]]:
    """The environment in which hosts are played, and a folder to work in."""
    with tempfile.TemporaryDirectory(prefix="statuary-interop-") as folder:
        # Linkchecker gives up being root
        Path(folder).chmod(0o755)
        with played(urls, installed, Path(folder)) as environment:
            yield environment, Path(folder)


def truth(urls: Iterable[str]) -> dict[str, bool]:
    """Which URLs lead to nothing that can be read, by the seed of the played hosts."""
    found: dict[str, bool] = {}
    for url in urls:
        uri = urldefrag(url)[0]
        is_broken = kind_of(uri) in BROKEN
        found[plain(url)] = found.get(plain(url), False) or is_broken
    return found


def draw(links: Sequence[Mapping[str, Any]], tree: Tree) -> list[dict[str, Any]]:
    """Links of the sources by chance, the same each time, in their order."""
    chosen = sorted(random.Random(SEED).sample(range(len(links)), DRAWN))  # noqa: S311 - no secret
    return [
        {**links[index], "file": Path(links[index]["file"]).relative_to(tree.sources).as_posix()} for index in chosen
    ]
