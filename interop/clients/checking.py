"""``python -m interop clients [NAME...]``: check real clients with Statuary, and compare what was found."""

from __future__ import annotations

import tempfile
from pathlib import Path

from interop.checking import checked
from interop.clients.installing import arguments as told
from interop.clients.installing import environment, install
from interop.clients.page import HEAD, where
from interop.clients.subjects import SUBJECTS, Subject
from interop.comparing import Comparison
from interop.installing import REPOSITORY, cache_folder
from interop.page import page

from statuary.conformance.report import Report


def _check(subject: Subject, cache: Path) -> tuple[int, Report | None]:
    with tempfile.TemporaryDirectory(prefix="statuary-interop-") as folder:
        return checked(told(subject, cache), subject.waivers, environment(cache), Path(folder))


main = Comparison(
    program="python -m interop clients",
    about="Install and check real clients, and write the comparison page.",
    subjects=SUBJECTS,
    install=install,
    check=_check,
    page=lambda reports: page(reports, HEAD, where),
    file=REPOSITORY / "docs" / "interop-clients.md",
    cache=cache_folder() / "clients",
).main
