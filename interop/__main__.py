"""``python -m interop [NAME...]``: check real servers with Statuary, and compare what was found.

``python -m interop clients`` does it for clients, ``python -m interop intermediaries`` for gateways and proxies;
``python -m interop links`` compares link checkers on documentation.
"""

from __future__ import annotations

import contextlib
import os
import signal
import sys
import tempfile
from pathlib import Path

from interop.checking import checked
from interop.clients.checking import main as clients
from interop.comparing import Comparison
from interop.installing import REPOSITORY, cache_folder, environment, install
from interop.intermediaries.checking import main as intermediaries
from interop.links.comparing import main as links
from interop.page import page
from interop.subjects import SUBJECTS, Subject

from statuary.conformance.report import Report

OTHERS = {"clients": clients, "intermediaries": intermediaries, "links": links}


def main(arguments: list[str]) -> int:
    """What the command named first says, or that for servers; its exit status."""
    command = OTHERS.get(arguments[0]) if arguments else None
    return servers(arguments) if command is None else command(arguments[1:])


def _check(subject: Subject, cache: Path) -> tuple[int, Report | None]:
    with tempfile.TemporaryDirectory(prefix="statuary-interop-") as folder:
        # Servers that give up being root have to get to their files in it
        os.chmod(folder, 0o711)  # noqa: S103 - no more than they need
        arguments = ["server", "--subject", str(subject.file)]
        return checked(arguments, subject.waivers, {**environment(cache), "TMPDIR": folder}, Path(folder))


servers = Comparison(
    program="python -m interop",
    about="Install, start, check and stop real servers, and write the comparison page. "
    "The same is done by: python -m interop clients, python -m interop intermediaries, python -m interop links.",
    subjects=SUBJECTS,
    install=install,
    check=_check,
    page=page,
    file=REPOSITORY / "docs" / "interop.md",
    cache=cache_folder(),
).main


if __name__ == "__main__":
    with contextlib.suppress(KeyboardInterrupt):
        sys.exit(main(sys.argv[1:]))
    sys.exit(128 + signal.SIGINT)
