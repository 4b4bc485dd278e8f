"""The exhibit: a site in the package, nothing but files and a statuary.toml, in which every status code that an origin server
can send is met at a URL of its own. Its index page names each of them, and the command that meets it.
"""

from __future__ import annotations

import contextlib
import re
import shutil
import tempfile
from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path

from statuary.origin_server.paths import CONFIGURATION

FILES = Path(__file__).with_name("exhibit_files")

_UPGRADE = re.compile(r"\[\[upgrade\]\]\n(?:.+\n)+")
_WITHOUT_LIBRARY = """\
[[unavailable]]
path = "/echo"
detail = "WebSocket needs a library: pip install 'statuary[websocket]', and start the server again."
"""


@contextlib.contextmanager
def exhibit_directory() -> Iterator[str]:
    """The exhibit as a directory to serve, for as long as the context lasts.

    It is a copy of its own in a temporary directory, since parts of it can be written to, and is removed at the end.
    ``large.txt`` is made there: 100 KB, for ranges.
    """
    with tempfile.TemporaryDirectory(prefix="statuary-exhibit-", ignore_cleanup_errors=True) as copy:
        shutil.copytree(FILES, copy, dirs_exist_ok=True)
        Path(copy, "large.txt").write_text("".join(f"{number:>7}\n" for number in range(1, 12_801)), "ascii")
        if find_spec("wsproto") is None:
            _do_without_websocket(Path(copy, CONFIGURATION))
        yield copy


def _do_without_websocket(configuration: Path) -> None:
    """Everything else can be shown without the library, so its one resource says what it lacks."""
    configuration.write_text(_UPGRADE.sub(_WITHOUT_LIBRARY, configuration.read_text("utf-8")), "utf-8")
