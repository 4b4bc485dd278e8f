"""How much a part of the directory may hold: what is stored there is counted when more is to come."""

from __future__ import annotations

import errno
import os
from collections.abc import AsyncIterator

from statuary.origin_server.path_patterns import Names, PathPattern
from statuary.origin_server.site import RequestContent


class Quota:
    """At most ``octets`` in the files that ``patterns`` cover below ``root``."""

    def __init__(self, root: str, patterns: tuple[PathPattern, ...], octets: int) -> None:
        self._octets = octets
        self._root = root
        self._paths = [os.path.join(root, *pattern.names) for pattern in patterns]

    def free_octets(self, names: Names) -> int:
        """Room for what is to be stored under ``names``; what it replaces makes room too."""
        used = sum(map(_size_of, self._paths))
        return max(0, self._octets - used + _size_of_file(os.path.join(self._root, *names)))


def _size_of(path: str) -> int:
    if not os.path.isdir(path):
        return _size_of_file(path)
    return sum(_size_of_file(os.path.join(parent, name)) for parent, _, names in os.walk(path) for name in names)


def _size_of_file(path: str) -> int:
    try:
        return os.lstat(path).st_size if not os.path.isdir(path) else 0
    except OSError:
        return 0


class BoundedContent:
    """Request content of a length not known beforehand, for which there is room for ``free`` octets."""

    def __init__(self, content: RequestContent, free: int) -> None:
        self._content = content
        self._free = free

    async def __aiter__(self) -> AsyncIterator[bytes]:
        async for data in self._content:
            self._free -= len(data)
            if self._free < 0:
                # As a disk would say it, so that whoever stores it needs to know only one kind of full
                raise OSError(errno.EDQUOT, "the quota is used up")
            yield data

    async def read(self) -> bytes:
        return b"".join([data async for data in self])
