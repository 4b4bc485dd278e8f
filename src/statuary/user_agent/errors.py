"""What a fetch can end with besides a response."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from statuary.user_agent.fetched import Step


class FetchError(Exception):
    """The message is a sentence that says why. ``steps`` is what happened until then, the last of it last."""

    def __init__(self, says: str, steps: tuple[Step, ...] = ()) -> None:
        super().__init__(says)
        self.steps = steps


class NoResponse(FetchError):  # noqa: N818
    """No final response came, however often it was tried."""


class ContentFailed(FetchError):  # noqa: N818
    """A response came, but its content was cut, is larger than was permitted, or can't be decoded."""


class ConnectionFailed(Exception):  # noqa: N818
    """Inside the user agent: what became of a connection.

    ``is_final`` where another attempt would end the same way: no such host, a certificate that is not trusted.
    """

    def __init__(self, kind: str, says: str, *, is_final: bool = False) -> None:
        super().__init__(says)
        self.kind = kind
        self.is_final = is_final
