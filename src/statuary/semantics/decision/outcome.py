"""What came of performing a request: a site returns one of these, and conclude turns it into the response."""

from __future__ import annotations

from dataclasses import dataclass

from statuary.semantics.decision.answers import Respond
from statuary.semantics.resource import Representation


@dataclass(frozen=True, slots=True)
class Created:
    """A new resource exists. ``location`` is its URI; None if it is the target itself.

    ``representation`` gives the validators to send; only if the content was stored as it was sent (rfc9110-9.3.4-6).
    ``report`` is content that describes the result.
    """

    location: str | None = None
    representation: Representation | None = None
    report: Representation | None = None


@dataclass(frozen=True, slots=True)
class Done:
    """It is done. With ``report`` there is something to show (200), without there is not (204)."""

    representation: Representation | None = None
    """The new state, for its validators; as in Created."""
    report: Representation | None = None


@dataclass(frozen=True, slots=True)
class Accepted:
    """It will be done later, or not; ``monitor`` is the URI at which to ask (RFC 9110 section 15.3.3)."""

    monitor: str | None = None
    retry_after: int | None = None


@dataclass(frozen=True, slots=True)
class ResetView:
    """It is done, and the form that sent the request is to be cleared (205)."""


@dataclass(frozen=True, slots=True)
class SeeOther:
    """It is done, and another resource is worth seeing for the answer (303)."""

    location: str


@dataclass(frozen=True, slots=True)
class Malformed:
    """The content is not what its type says it is (400)."""

    detail: str


@dataclass(frozen=True, slots=True)
class Refused:
    """Understood, and not done, whoever asks (403)."""

    detail: str = ""


@dataclass(frozen=True, slots=True)
class Vanished:
    """What was to be changed is not there any more (404)."""


@dataclass(frozen=True, slots=True)
class Conflict:
    """The change can't be made in the present state; ``detail`` says with what it conflicts (409)."""

    detail: str


@dataclass(frozen=True, slots=True)
class TooLarge:
    """The content turned out larger than the resource takes (413)."""


@dataclass(frozen=True, slots=True)
class WrongType:
    """The content is of a type that can't be taken; ``accept`` lists what can (415)."""

    accept: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Unprocessable:
    """Well-formed, and it makes no sense here (422)."""

    detail: str


@dataclass(frozen=True, slots=True)
class StorageFull:
    """No room for it; the old state stands (507)."""


@dataclass(frozen=True, slots=True)
class Failed:
    """Something went wrong on our side; what, is for the log and not for the response (500)."""


@dataclass(frozen=True, slots=True)
class Overtaken:
    """The state changed while the content came; decided again for the new state, and this is the answer."""

    answer: Respond


Outcome = (
    Created
    | Done
    | Accepted
    | ResetView
    | SeeOther
    | Malformed
    | Refused
    | Vanished
    | Conflict
    | TooLarge
    | WrongType
    | Unprocessable
    | StorageFull
    | Failed
    | Overtaken
)
