"""A file's octets as text and back, so that nothing is changed by it: encoding, byte order mark and line ends stay."""

from __future__ import annotations

import codecs
import re
from dataclasses import dataclass

_MARKS = ((codecs.BOM_UTF16_LE, "utf-16-le"), (codecs.BOM_UTF16_BE, "utf-16-be"))
# Of XML, HTML, CSS, and of sources as Python and Emacs take it; in the beginning, as all of them ask for
_DECLARED = re.compile(
    rb"""(?:<\?xml\b[^>]*?\bencoding|<meta\b[^>]*?\bcharset|@charset|coding)\s*[=: ]\s*["']?([A-Za-z0-9][\w.:-]*)""",
    re.IGNORECASE,
)
_FAR = 1024
# Those that can be taken apart anywhere between two characters, and have ASCII where ASCII has it
_WITHOUT_STATE = re.compile(
    r"iso8859-\d+|cp125\d|cp866|cp437|koi8-[ru]|mac-\w+|shift_jis|cp932|euc_\w+|gb\w+|big5|cp949"
)


@dataclass(frozen=True, slots=True)
class Text:
    """``text``, every octet of the file in it, and the codec that made it and unmakes it."""

    text: str
    codec: str

    def encoded(self, text: str | None = None) -> bytes:
        """The octets of this text, or of another in its encoding."""
        return (self.text if text is None else text).encode(self.codec)

    def octets(self, start: int, end: int) -> tuple[int, int]:
        """Where characters are, counted in octets of the file."""
        before = len(self.encoded(self.text[:start]))
        return before, before + len(self.encoded(self.text[start:end]))

    def place(self, position: int) -> tuple[int, int]:
        """The line and column of a character, both counted from 1."""
        line = self.text.count("\n", 0, position) + 1
        return line, position - self.text.rfind("\n", 0, position)


def decoded(octets: bytes) -> Text | None:
    """The text of a file; None for what looks like no text."""
    for mark, codec in _MARKS:
        if octets.startswith(mark):
            try:
                return Text(octets.decode(codec), codec)
            except UnicodeDecodeError:
                return None
    if b"\0" in octets[:8000]:
        return None
    try:
        return Text(octets.decode("utf-8"), "utf-8")
    except UnicodeDecodeError:
        # Otherwise: whatever it is, its ASCII is ASCII, each octet is a character, and URLs are ASCII
        return _as_declared(octets) or Text(octets.decode("latin-1"), "latin-1")


def _as_declared(octets: bytes) -> Text | None:
    """The text in the encoding that it says it has, if it says one and nothing is lost by it."""
    declared = _DECLARED.search(octets, 0, _FAR)
    if declared is None:
        return None
    try:
        codec = codecs.lookup(declared[1].decode("ascii")).name
        if _WITHOUT_STATE.fullmatch(codec) is None:
            return None
        text = octets.decode(codec)
        return Text(text, codec) if text.encode(codec) == octets else None
    except (LookupError, UnicodeError):
        return None
