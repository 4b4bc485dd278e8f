"""The one error of wire/: a message that breaks its grammar or exceeds a limit, with the status to answer it with."""

from __future__ import annotations


class MalformedMessage(Exception):  # noqa: N818 - the word of RFC 9112
    """What arrived is no message we process. The connection can't be trusted to be in step: answer, then close.

    ``status`` is the code to answer with, ``because`` the requirement or section that says so, ``detail`` our sentence
    for whoever sent it, free of anything they sent. ``location`` is the URI to try instead, with a 301.
    """

    def __init__(self, status: int, because: str, detail: str, *, location: str | None = None) -> None:
        super().__init__(detail)
        self.status = status
        self.because = because
        self.detail = detail
        self.location = location
