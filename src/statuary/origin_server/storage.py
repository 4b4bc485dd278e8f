"""Changing a directory: content is stored whole or not at all, and is durable before it is answered for.

New content is written to a file of its own in the state directory, flushed to disk, and then renamed into place: a reader,
and a machine that crashes at any moment, see the old content or the new. Between the last look at the preconditions and
the renaming nobody else changes anything: a lock holds off the other workers.
"""

from __future__ import annotations

import asyncio
import contextlib
import errno
import fcntl
import os
import secrets
import time
from collections.abc import Iterator
from dataclasses import replace
from hashlib import sha256
from typing import TYPE_CHECKING

from statuary.message.request import Request
from statuary.origin_server.paths import STATE_DIRECTORY, inside
from statuary.origin_server.site import RequestContent
from statuary.semantics.decision import Respond, decide
from statuary.semantics.decision.outcome import (
    Conflict,
    Created,
    Done,
    Outcome,
    Overtaken,
    Refused,
    StorageFull,
)

if TYPE_CHECKING:
    from statuary.origin_server.directory import DirectorySite

MOST_PARENTS = 16
"""Directories that one PUT may make on the way to its file."""

_FORBIDDEN = frozenset({errno.EACCES, errno.EPERM, errno.EROFS})
_FULL = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EFBIG})


class Storage:
    """Writes below the real path ``root``, keeping its own state in a hidden directory there."""

    def __init__(self, root: str) -> None:
        self._root = root
        self._state = os.path.join(root, STATE_DIRECTORY)
        self._incoming = os.path.join(self._state, "incoming")
        self._graves = os.path.join(self._state, "gone")

    def prepare(self) -> None:
        """Make the state directory, and remove what was left behind half-written. Raises OSError."""
        for directory in (self._incoming, self._graves):
            os.makedirs(directory, exist_ok=True)
        for name in os.listdir(self._incoming):
            if not _is_running(name.partition("-")[0]):
                os.unlink(os.path.join(self._incoming, name))

    def conflict(self, names: list[str]) -> str | None:
        """Why nothing can be stored under ``names`` in the present state."""
        path = self._root
        for name in names[:-1]:
            path = os.path.join(path, name)
            if os.path.lexists(path) and not os.path.isdir(path):
                return "What would have to be a directory is a file."
        return None

    def free_octets(self) -> int:
        """Octets that fit on the disk."""
        status = os.statvfs(self._root)
        return status.f_bavail * status.f_frsize

    async def put(self, request: Request, names: list[str], site: DirectorySite, content: RequestContent) -> Outcome:
        """Store content under ``names``."""
        loop = asyncio.get_running_loop()
        temporary = os.path.join(self._incoming, f"{os.getpid()}-{secrets.token_hex(8)}")
        try:
            descriptor = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o666)
            try:
                async for data in content:
                    _write_all(descriptor, data)
                await loop.run_in_executor(None, os.fsync, descriptor)
            finally:
                os.close(descriptor)
            outcome = self._put_in_place(request, names, site, temporary)
            return await self._with_validators(outcome, request, site)
        except OSError as error:
            if error.errno in _FULL:
                return StorageFull()
            if error.errno in _FORBIDDEN:
                return Refused("This may not be written.")
            if error.errno in (errno.ENOTDIR, errno.EISDIR, errno.EEXIST, errno.ENAMETOOLONG):
                return Conflict("No file can have this name in the present state.")
            raise
        finally:
            with contextlib.suppress(FileNotFoundError):
                os.unlink(temporary)

    def _put_in_place(self, request: Request, names: list[str], site: DirectorySite, temporary: str) -> Outcome:
        with self._alone():
            overtaken = self._decide_again(request, site)
            if overtaken is not None:
                return overtaken
            real = inside(self._root, names)
            if real is None:
                return Refused("This may not be written.")
            existed = os.path.exists(real)
            if existed:
                os.chmod(temporary, os.stat(real).st_mode & 0o777)
            parents = self._make_parents(os.path.dirname(real))
            os.replace(temporary, real)
            for directory in (*parents, os.path.dirname(real)):
                _flush_directory(directory)
            self._unbury(names)
        return Done() if existed else Created()

    async def _with_validators(self, outcome: Outcome, request: Request, site: DirectorySite) -> Outcome:
        """``outcome`` with the validators of what was stored, exactly as it was sent (rfc9110-9.3.4-6)."""
        if not isinstance(outcome, (Done, Created)):
            return outcome
        for _ in range(3):
            resource = site.resource(Request("GET", request.path), int(time.time()))
            stored = next((variant for variant in resource.variants if variant.coding is None), None)
            if stored is None or stored.etag is None or not stored.etag.weak:
                break
            # Strong as soon as the file system's clock has gone on
            await asyncio.sleep(0.02)
        return replace(outcome, representation=stored)

    def delete(self, request: Request, names: list[str], site: DirectorySite, *, tombstone: bool) -> Outcome:
        """Remove the file called ``names``; with ``tombstone`` it is remembered as gone."""
        with self._alone():
            overtaken = self._decide_again(request, site)
            if overtaken is not None:
                return overtaken
            real = inside(self._root, names)
            if real is None or not os.path.isfile(real):
                return Refused("Only files can be deleted.")
            try:
                os.unlink(os.path.join(self._root, *names))
            except OSError as error:
                if error.errno not in _FORBIDDEN:
                    raise
                return Refused("This may not be deleted.")
            _flush_directory(os.path.dirname(os.path.join(self._root, *names)))
            if tombstone:
                self._bury(names)
        return Done()

    def _decide_again(self, request: Request, site: DirectorySite) -> Overtaken | None:
        """The state may have changed since it was decided: preconditions hold now or not at all (rfc9110-13.2.1-1)."""
        now = int(time.time())
        # Its content is on the disk by now, so there was room for it
        resource = replace(site.resource(request, now), free_octets=None)
        decision = decide(request, resource, now)
        return Overtaken(decision) if isinstance(decision, Respond) else None

    @contextlib.contextmanager
    def _alone(self) -> Iterator[None]:
        descriptor = os.open(os.path.join(self._state, "lock"), os.O_WRONLY | os.O_CREAT | os.O_CLOEXEC, 0o600)
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX)
            yield
        finally:
            os.close(descriptor)

    def _make_parents(self, directory: str) -> list[str]:
        """Make the missing directories; gives those that now have a new entry."""
        missing = []
        while not os.path.isdir(directory):
            missing.append(directory)
            directory = os.path.dirname(directory)
        if len(missing) > MOST_PARENTS:
            raise OSError(errno.ENAMETOOLONG, "too many directories to make", directory)
        for path in reversed(missing):
            os.mkdir(path)
        return [os.path.dirname(path) for path in missing]

    # What is gone: an empty file for each path, named by its digest, so that all workers see the same

    def _grave(self, names: list[str]) -> str:
        return os.path.join(self._graves, sha256("/".join(names).encode("utf-8", "surrogateescape")).hexdigest())

    def is_buried(self, names: list[str]) -> bool:
        return os.path.exists(self._grave(names))

    def _bury(self, names: list[str]) -> None:
        os.close(os.open(self._grave(names), os.O_WRONLY | os.O_CREAT | os.O_CLOEXEC, 0o600))
        _flush_directory(self._graves)

    def _unbury(self, names: list[str]) -> None:
        with contextlib.suppress(FileNotFoundError):
            os.unlink(self._grave(names))


def _is_running(process: str) -> bool:
    """Whether the server with this process id, which begins the names of its files, may still be at work on them."""
    try:
        # Our own id was that of another before us, since we have only begun: in a container, it is always the same
        if int(process) == os.getpid():
            return False
        os.kill(int(process), 0)
    except (ValueError, ProcessLookupError):
        return False
    except PermissionError:
        return True
    return True


def _write_all(descriptor: int, data: bytes) -> None:
    view = memoryview(data)
    while view:
        view = view[os.write(descriptor, view) :]


def _flush_directory(path: str) -> None:
    descriptor = os.open(path, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
