"""Where the octets of a representation come from: memory, a file, or a stream made while it is sent."""

from __future__ import annotations

import asyncio
import os
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass

from statuary.message.fields import FieldLine

CHUNK = 256 * 1024


@dataclass(frozen=True, slots=True)
class File:
    """A file on disk, and the identity it had when it was described: (device, inode, size, mtime_ns, ctime_ns)."""

    path: str
    identity: tuple[int, int, int, int, int]

    async def octets(self, first: int, last: int) -> AsyncIterator[bytes]:
        """Octets ``first`` to ``last``. Raises OSError if the file is not there, or not what it was."""
        loop = asyncio.get_running_loop()
        descriptor = await loop.run_in_executor(None, os.open, self.path, os.O_RDONLY | os.O_CLOEXEC | os.O_NOFOLLOW)
        try:
            while first <= last:
                data = await loop.run_in_executor(None, os.pread, descriptor, min(CHUNK, last - first + 1), first)
                if not data or identity_of(os.fstat(descriptor)) != self.identity:
                    raise OSError("the file changed while it was being sent")
                yield data
                first += len(data)
        finally:
            os.close(descriptor)


def identity_of(status: os.stat_result) -> tuple[int, int, int, int, int]:
    """What changes whenever a file's content does, by any means but turning back the machine's clock."""
    return status.st_dev, status.st_ino, status.st_size, status.st_mtime_ns, status.st_ctime_ns


@dataclass(frozen=True, slots=True)
class Stream:
    """Content of unknown length: ``chunks`` is called for each response. ``trailers``, if any, when they are through."""

    chunks: Callable[[], AsyncIterator[bytes]]
    trailers: Callable[[], tuple[FieldLine, ...]] | None = None


Source = bytes | File | Stream
