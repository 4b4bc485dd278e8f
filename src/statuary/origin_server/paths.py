"""From the path of a target URI to a name inside a directory, and to nothing outside it."""

from __future__ import annotations

import os
from urllib.parse import quote_from_bytes, unquote_to_bytes

STATE_DIRECTORY = ".statuary"
CONFIGURATION = "statuary.toml"


def names_in(path: str) -> list[str] | None:
    """The names that ``path`` walks through, percent-decoded; the last one is empty if it ends in a slash.

    None for a path that can name nothing we serve: dot segments, encoded slashes, NUL, empty names, hidden files.
    """
    names = [os.fsdecode(unquote_to_bytes(part)) for part in path.split("/")[1:]]
    if not names or not all(is_servable(name) for name in names[:-1]):
        return None
    if names[-1] and not is_servable(names[-1]):
        return None
    return None if names == [CONFIGURATION] else names


def is_servable(name: str) -> bool:
    """Whether a file or directory of this name is served at all."""
    if not name or "/" in name or "\0" in name:
        return False
    # What begins with a dot is hidden, and so are "." and ".."; all but the well-known URIs of RFC 8615
    return not name.startswith(".") or name == ".well-known"


def inside(root: str, names: list[str]) -> str | None:
    """The real path of the file called ``names`` below ``root``, itself a real path; None if it lies outside.

    Symbolic links are followed, as long as they stay inside and lead to nothing hidden. It need not exist.
    """
    real = os.path.realpath(os.path.join(root, *names))
    if real == root:
        return real
    if not real.startswith(root.rstrip("/") + "/"):
        return None
    below = real[len(root.rstrip("/")) + 1 :].split("/")
    return real if all(is_servable(name) for name in below) and below != [CONFIGURATION] else None


def path_of(names: list[str]) -> str:
    """The path of a target URI that walks through ``names``."""
    return "/" + "/".join(quote_from_bytes(os.fsencode(name), safe="!$&'()*+,;=:@~") for name in names)
