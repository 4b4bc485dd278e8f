"""The page that lists a directory."""

from __future__ import annotations

import html
import os
import time

from statuary.origin_server.paths import CONFIGURATION, inside, is_servable, path_of

_PAGE = """<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<title>{title}</title>
<style>body{{font:1rem/1.5 system-ui,sans-serif;max-width:60rem;margin:2rem auto;padding:0 1rem;color:#222;background:#fff}}
td{{padding:0 1.5rem 0 0}}td+td{{text-align:right;font-variant-numeric:tabular-nums}}
@media(prefers-color-scheme:dark){{body{{color:#ddd;background:#181818}}a{{color:#8bf}}}}</style>
<h1>{title}</h1>
<table>
{rows}
</table>
</html>
"""


def listing(root: str, real: str, path: str) -> bytes:
    """A page with a row for each servable file and directory in ``real``, which is served at ``path``.

    ``root`` is the real path that all lie below; of links that lead elsewhere, and of what is no file, nothing is shown.
    """
    at_root = real == root
    rows = [] if at_root else ['<tr><td><a href="../">../</a><td><td>']
    with os.scandir(real) as entries:
        servable = [entry for entry in entries if _is_shown(entry, root)]
    rows += map(_row, sorted(servable, key=lambda entry: (not entry.is_dir(), os.fsencode(entry.name))))
    title = html.escape("Index of " + path.encode("utf-8", "replace").decode())
    return _PAGE.format(title=title, rows="\n".join(rows)).encode("utf-8", "replace")


def _is_shown(entry: os.DirEntry[str], root: str) -> bool:
    if not is_servable(entry.name):
        return False
    if not entry.is_symlink():
        return entry.path != os.path.join(root, CONFIGURATION) and (entry.is_file() or entry.is_dir())
    real = inside(root, os.path.relpath(entry.path, root).split("/"))
    return real is not None and (os.path.isfile(real) or os.path.isdir(real))


def _row(entry: os.DirEntry[str]) -> str:
    ending = "/" if entry.is_dir() else ""
    # Relative to the directory, with a "./" so that a colon in the name is not taken for a scheme
    href = html.escape("." + path_of([entry.name]) + ending)
    name = html.escape(os.fsencode(entry.name).decode("utf-8", "replace") + ending)
    try:
        status = entry.stat()
        made = time.strftime("%Y-%m-%d %H:%M", time.gmtime(status.st_mtime))
        size = "" if ending else f"{status.st_size:,}"
    except OSError:
        made = size = ""
    return f'<tr><td><a href="{href}">{name}</a><td>{size}<td>{made}'
