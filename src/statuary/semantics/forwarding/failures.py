"""No response, or not all of one: 502, 503, 504, another attempt, or the end of the connection (RFC 9110 section 15.6).

Failures go by the names of RFC 9209 section 2.3, so that Proxy-Status says what is meant.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from types import MappingProxyType
from typing import Literal, NamedTuple, TypeAlias, get_args

from statuary import methods
from statuary.message.request import Request
from statuary.semantics.forwarding.answering import answer
from statuary.semantics.forwarding.hop import Hop
from statuary.semantics.forwarding.outcomes import Abandon, Again, Answer, Cut, Framing
from statuary.semantics.forwarding.passage import Inbound

FailureKind = Literal[
    "client_gone",
    "connection_limit_reached",
    "connection_read_timeout",
    "connection_refused",
    "connection_terminated",
    "connection_timeout",
    "connection_write_timeout",
    "destination_ip_prohibited",
    "destination_ip_unroutable",
    "destination_not_found",
    "destination_unavailable",
    "dns_error",
    "dns_timeout",
    "http_protocol_error",
    "http_response_body_size",
    "http_response_header_section_size",
    "http_response_incomplete",
    "http_response_timeout",
    "http_response_transfer_coding",
    "proxy_internal_error",
    "tls_alert_received",
    "tls_certificate_error",
    "tls_protocol_error",
]
"""What kept the response from coming, or from coming whole. ``client_gone``, the one that RFC 9209 has no name for: there is
nobody to answer."""


class _Meaning(NamedTuple):
    status: int
    because: str
    says: str
    is_unsent: bool = False
    """Whether nothing of the request has been sent: any request may be sent once more."""


_BAD, _AWAY, _LATE = "rfc9110-15.6.3-s1", "rfc9110-15.6.4-s1", "rfc9110-15.6.5-s1"

MEANINGS = MappingProxyType(
    {
        "dns_timeout": _Meaning(504, _LATE, "The next server's name could not be resolved in time.", True),
        "dns_error": _Meaning(502, _BAD, "The next server's name could not be resolved.", True),
        "destination_not_found": _Meaning(500, "rfc9110-15.6.1-s1", "There is no server to forward to."),
        "destination_unavailable": _Meaning(503, _AWAY, "No server is there to answer at the moment.", True),
        "destination_ip_prohibited": _Meaning(502, _BAD, "The next server's address is one that is not gone to."),
        "destination_ip_unroutable": _Meaning(502, _BAD, "There is no way to the next server.", True),
        "connection_refused": _Meaning(502, _BAD, "The next server takes no connections.", True),
        "connection_terminated": _Meaning(502, _BAD, "The next server closed the connection without an answer."),
        "connection_timeout": _Meaning(504, _LATE, "No connection to the next server could be made in time.", True),
        "connection_read_timeout": _Meaning(504, _LATE, "The next server did not answer in time."),
        "connection_write_timeout": _Meaning(504, _LATE, "The next server did not take the request in time."),
        "connection_limit_reached": _Meaning(503, _AWAY, "All connections to the next server are in use.", True),
        "tls_protocol_error": _Meaning(502, _BAD, "No secure connection to the next server could be made."),
        "tls_certificate_error": _Meaning(502, _BAD, "The next server's certificate is not trusted.", True),
        "tls_alert_received": _Meaning(502, _BAD, "The next server refused the secure connection."),
        "http_response_incomplete": _Meaning(502, _BAD, "The next server's response ended before it was complete."),
        "http_response_header_section_size": _Meaning(502, _BAD, "The header section of the response is too large."),
        "http_response_body_size": _Meaning(502, _BAD, "The content of the response is too large."),
        "http_response_transfer_coding": _Meaning(502, _BAD, "The content of the response can't be decoded."),
        "http_response_timeout": _Meaning(504, _LATE, "The next server's response did not end in time."),
        "http_protocol_error": _Meaning(502, _BAD, "What the next server sent is not HTTP."),
        "proxy_internal_error": _Meaning(500, "rfc9110-15.6.1-s1", "Something went wrong here, not at the server."),
    }
)
"""The status code for each kind, as RFC 9209 section 2.3 recommends and RFC 9110 section 15.6 means 502, 503 and 504."""


@dataclass(frozen=True, slots=True)
class Failure:
    """A failure, and how far the exchange had got.

    kind             what happened
    attempts         how often the request has been sent, or tried to be
    was_idle         whether its connection had been used before: the next hop may have closed it just then
    has_alternative  whether there is another next hop
    is_repeatable    whether the content of the request, if there is any, could be sent once more
    begun            how the content of the final response is delimited, whose header section the client has already; None
                     while it has none
    """

    kind: FailureKind
    attempts: int = 1
    was_idle: bool = False
    has_alternative: bool = False
    is_repeatable: bool = True
    begun: Framing | None = None

    def __post_init__(self) -> None:
        if self.kind not in get_args(FailureKind):
            raise ValueError(f"not a kind of failure: {self.kind!r}")


Outcome: TypeAlias = "Answer | Again | Cut | Abandon"
Question: TypeAlias = Callable[[Inbound, Failure], "Outcome | None"]


def is_anybody_waiting(inbound: Inbound, failure: Failure) -> Abandon | None:
    if failure.kind != "client_gone":
        return None
    return Abandon("rfc9112-9.5-2", "The client has closed its connection.")


def is_response_unbegun(inbound: Inbound, failure: Failure) -> Cut | None:
    """A response that was begun can't be taken back; it must not look complete: rfc9112-6.3-8, rfc9112-8-s2."""
    if failure.begun is None:
        return None
    says = "The response stopped in its middle, and so does what the client gets."
    # The end of the connection would be the end of the content: only a reset tells otherwise
    return Cut("rfc9112-8-s2", says, resets=failure.begun in ("close", "switched"))


def can_it_be_repeated(inbound: Inbound, failure: Failure) -> Again | None:
    """Once more, where no harm can come of it: never what is not idempotent, once it was sent (rfc9110-9.2.2-2)."""
    if failure.attempts >= inbound.hop.most_attempts or not _has_its_content(inbound.request, failure):
        # And not for ever: rfc9110-9.2.2-3
        return None
    if MEANINGS[failure.kind].is_unsent:
        # It is no repetition of a request that never left. The same server would refuse it again.
        return (
            Again("rfc9110-9.2.2-2", "Nothing was sent: another server is tried.", True)
            if failure.has_alternative
            else None
        )
    method = methods.lookup(inbound.request.method)
    if failure.kind != "connection_terminated" or method is None or not method.is_idempotent:
        return None
    if not (failure.was_idle or failure.has_alternative):
        return None
    says = "The connection ended without an answer, and the method is idempotent: it is sent once more."
    return Again("rfc9110-9.2.2-2", says, elsewhere=not failure.was_idle)


def _has_its_content(request: Request, failure: Failure) -> bool:
    return failure.is_repeatable or not request.content_length


def say_what_failed(inbound: Inbound, failure: Failure) -> Answer:
    """502, 503 or 504, with the advice to come back where that may help: rfc9110-15.6.4-1."""
    status, because, says, _ = MEANINGS[failure.kind]
    seconds = inbound.hop.retry_after if status == 503 else None
    lines = () if seconds is None else (("Retry-After", str(seconds)),)
    return answer(inbound, status, because, says, *lines, error=failure.kind)


QUESTIONS: tuple[Question, ...] = (
    is_anybody_waiting,
    is_response_unbegun,
    can_it_be_repeated,
)
"""The first that has an answer ends it. Where none has, the client is told what failed: 502, 503, 504, or 500."""


def forward_failure(request: Request, failure: Failure, hop: Hop, now: int) -> Outcome:
    """What is done when the response does not come, or not whole.

    ``request`` is as it came from the client, ``now`` in seconds since the epoch. Total: it never raises.
    """
    inbound = Inbound(request, hop, now)
    for question in QUESTIONS:
        outcome = question(inbound, failure)
        if outcome is not None:
            return outcome
    return say_what_failed(inbound, failure)
