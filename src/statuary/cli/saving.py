"""Files that appear when they are whole; and the beginnings of downloads that were cut, kept to go on with."""

from __future__ import annotations

import contextlib
import json
import os
import stat
import tempfile
import time
from collections.abc import Callable
from io import FileIO
from pathlib import Path
from types import TracebackType
from typing import BinaryIO, Self

from statuary.fields.ranges import ContentRange, parse_content_range
from statuary.fields.validators import EntityTag, parse_entity_tag
from statuary.message.fields import FieldLine, Fields
from statuary.message.request import Request
from statuary.message.response import Response
from statuary.semantics.reaction import Stored
from statuary.semantics.stored_response import resuming


class CannotSave(Exception):  # noqa: N818
    """The content can't be put where it was asked for; the message says why."""


def is_replaceable(name: str) -> bool:
    """Whether a file can take the place of what is there: not that of a device, a pipe or a directory."""
    try:
        return stat.S_ISREG(os.stat(name).st_mode)
    except OSError:
        return True


class Saving:
    """A file that is written under another name beside it, and takes its own once it is whole. A symbolic link leads to it
    afterwards as before; into a device or a pipe, such as /dev/null, it is written as it comes.
    """

    def __init__(self, name: str) -> None:
        self._name = name

    def opened(self, when_cut: Callable[[str], object] | None = None) -> _Writing | _WritingInPlace:
        """A context to ``write`` in. Where an error ends it, ``when_cut`` may take what there is, by its name."""
        if not is_replaceable(self._name):
            return _WritingInPlace(Path(self._name))
        return _Writing(Path(os.path.realpath(self._name)), when_cut)


class _Writer:
    """A file that is open for writing."""

    _file: BinaryIO | FileIO

    def __init__(self, path: Path) -> None:
        self._path = path

    def write(self, data: bytes) -> None:
        rest = memoryview(data)
        try:
            while rest:
                rest = rest[self._file.write(rest) :]
        except OSError as error:
            raise CannotSave(f"can't write {self._path}: {error.strerror}") from None

    def __enter__(self) -> Self:
        return self


class _WritingInPlace(_Writer):
    """What is written is there at once."""

    def __init__(self, name: Path) -> None:
        super().__init__(name)
        try:
            self._file = open(name, "wb", buffering=0)  # noqa: SIM115, closed at the end of the context
        except OSError as error:
            raise CannotSave(f"can't write to {name}: {error.strerror}") from None

    def __exit__(self, *error: object) -> None:
        self._file.close()


class _Writing(_Writer):
    """What is written takes its name when the context ends well."""

    def __init__(self, name: Path, when_cut: Callable[[str], object] | None) -> None:
        super().__init__(name)
        self._name = name
        self._when_cut = when_cut
        try:
            number, self._temporary = tempfile.mkstemp(prefix=f".{name.name[:100]}.", dir=name.parent)
        except OSError as error:
            raise CannotSave(f"can't write to {name.parent}: {error.strerror}") from None
        self._file = os.fdopen(number, "wb")

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        try:
            self._file.close()
            if kind is None:
                os.chmod(self._temporary, _mode(self._name))
                os.replace(self._temporary, self._name)
            elif self._when_cut is not None:
                self._when_cut(self._temporary)
        except OSError as failure:
            raise CannotSave(f"can't write {self._name}: {failure.strerror}") from None
        finally:
            with contextlib.suppress(FileNotFoundError):
                os.unlink(self._temporary)


def _mode(name: Path) -> int:
    """That of the file that is replaced, else the usual one."""
    with contextlib.suppress(OSError):
        return name.stat().st_mode & 0o777
    mask = os.umask(0)
    os.umask(mask)
    return 0o666 & ~mask


class Part:
    """The beginning of a download: ``NAME.part``, with its URI and entity tag in ``NAME.part.json``. It stays in its file."""

    def __init__(self, name: str, uri: str) -> None:
        self._uri = uri
        self._name = Path(name)
        self._content = Path(f"{name}.part")
        self._about = Path(f"{name}.part.json")

    def stored(self) -> Stored | None:
        """What is there, if it is of this URI and can be told from other versions of it."""
        try:
            about = json.loads(self._about.read_text("utf-8"))
            size = self._content.stat().st_size
        except (OSError, ValueError):
            return None
        if not isinstance(about, dict) or about.get("uri") != self._uri or not isinstance(about.get("etag"), str):
            return None
        beginning = Response(200, Fields([("ETag", about["etag"])]))
        return Stored(self._uri, beginning, int(time.time()), is_complete=False, elsewhere=size)

    def lines(self, stored: Stored) -> tuple[FieldLine, ...]:
        """The fields that ask for the rest."""
        request = resuming(Request(), stored.response, stored.elsewhere)
        return () if request is None else request.fields.lines

    def continued(self, response: Response) -> _Continuing:
        """A context to ``write`` the rest in, which a 206 brings."""
        span = parse_content_range(response.fields.get("content-range"))
        return _Continuing(self._name, self._content, span.length if isinstance(span, ContentRange) else None)

    def keep(self, name: str, response: Response) -> None:
        """What came before the cut, to go on with; only where a strong validator will tell that it is the same (RFC 9110
        section 15.3.7.3).
        """
        tag = parse_entity_tag(response.fields.get("etag"))
        if response.status == 200 and isinstance(tag, EntityTag) and not tag.weak and os.stat(name).st_size:
            os.replace(name, self._content)
            self._about.write_text(json.dumps({"uri": self._uri, "etag": response.fields.get("etag")}), "utf-8")

    def discard(self) -> None:
        """It is not needed any more."""
        for name in (self._content, self._about):
            with contextlib.suppress(FileNotFoundError):
                name.unlink()


class _Continuing(_Writer):
    """Puts the rest after the beginning, in its file, which takes the name of the whole once it is that."""

    def __init__(self, name: Path, content: Path, length: int | None) -> None:
        super().__init__(content)
        self._name = name
        self._length = length
        try:
            self._file = open(content, "ab")  # noqa: SIM115, closed at the end of the context
        except OSError as error:
            raise CannotSave(f"can't write {content}: {error.strerror}") from None

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        try:
            self._file.close()
            if kind is not None:
                return  # with what came of it, there is less to ask for next time
            size = self._path.stat().st_size
            if self._length is not None and size != self._length:
                raise CannotSave(f"{size} of {self._length} octets are there: the same call goes on with the rest")
            os.chmod(self._path, _mode(self._name))
            os.replace(self._path, self._name)
        except OSError as failure:
            raise CannotSave(f"can't write {self._name}: {failure.strerror}") from None
