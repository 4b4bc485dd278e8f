"""``python -m interop.smuggling``: ambiguous messages through our gateway to real servers, and how many requests each sees.

Those of the list (messages.py), and others made from them at random (mutations.py). Writes docs/interop-smuggling.md.
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import datetime
import signal
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path
from urllib.parse import urlsplit

from interop.checking import COULD_NOT_RUN, end_what_was_started, say
from interop.installing import REPOSITORY, CannotInstallError, cache_folder
from interop.intermediaries.subjects import INTERMEDIARIES, find_installed
from interop.smuggling.messages import MESSAGES, Message
from interop.smuggling.mutations import mutated
from interop.smuggling.origins import ORIGINS, Origin
from interop.smuggling.page import Played, page
from interop.smuggling.playing import compare, noted_in, play
from interop.smuggling.tap import tapping

from statuary.conformance.process import CannotStart, started

GATEWAY = INTERMEDIARIES["statuary"]
PAGE = REPOSITORY / "docs" / "interop-smuggling.md"


def main(arguments: list[str]) -> int:
    """0 they agree; 1 they do not; 2 something could not be run."""
    options = _parser().parse_args(arguments)
    end_what_was_started()
    origins = [ORIGINS[name] for name in options.servers or ORIGINS]
    find_installed(options.cache)
    try:
        if not options.no_install:
            for origin in origins:
                origin.install(options.cache, say)
        all_played = [asyncio.run(_played(origin, _messages(options, origin))) for origin in origins]
    except (CannotInstallError, CannotStart) as error:
        say(str(error))
        return COULD_NOT_RUN
    today = datetime.datetime.now(datetime.UTC).date().isoformat()
    text = page(GATEWAY.title, today, options.seed, len(MESSAGES), options.generated, all_played)
    where = options.page or (PAGE if len(origins) == len(ORIGINS) else None)
    if where is None:
        print(text, end="")
    else:
        where.write_text(text, "utf-8")
        say(f"wrote {where}")
    return int(any(played.tally.disagreements for played in all_played))


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m interop.smuggling",
        description="Play ambiguous messages through our gateway to real servers, and see whether they agree how many "
        "requests there were.",
        epilog="exit status: 0 they agree; 1 they do not; 2 something could not be run",
    )
    parser.add_argument("servers", metavar="NAME", nargs="*", choices=[*ORIGINS, []], help=", ".join(ORIGINS))
    parser.add_argument("--generated", type=int, default=5000, metavar="N", help="default: %(default)s for each server")
    parser.add_argument("--seed", default="1", help="of what is generated (default: %(default)s)")
    parser.add_argument("--no-install", action="store_true", help="use what is there")
    parser.add_argument("--cache", type=Path, default=cache_folder(), metavar="DIR", help="default: %(default)s")
    parser.add_argument("--page", type=Path, metavar="FILE", help=f"default, for all: {PAGE.relative_to(REPOSITORY)}")
    return parser


def _messages(options: argparse.Namespace, origin: Origin) -> list[Message]:
    generated = (mutated(f"{options.seed}/{origin.name}/{number}") for number in range(options.generated))
    return [*MESSAGES, *generated]


async def _played(origin: Origin, messages: Sequence[Message]) -> Played:
    """What came of them all. Raises CannotStart."""
    say(f"playing {len(messages)} messages to {origin.name}")
    with tempfile.TemporaryDirectory(prefix="statuary-interop-") as folder:
        async with started(origin.notes_in(Path(folder))) as url, tapping(_port(url)) as tap:
            async with started(GATEWAY.in_front_of(tap.port, "gateway")) as front:
                heard = await play(messages, _port(front), most_pieces=3)
            await tap.finish()
        # All is noted once the server has ended
        tally = compare(heard, tap.connections, noted_in(Path(folder) / "seen"))
    return Played(origin.title, heard, tally)


def _port(url: str) -> int:
    return urlsplit(url).port or 80


if __name__ == "__main__":
    with contextlib.suppress(KeyboardInterrupt):
        sys.exit(main(sys.argv[1:]))
    sys.exit(128 + signal.SIGINT)
