"""What a reaction rests on: the attempts so far, the policy, and what follows from both."""

from __future__ import annotations

from functools import cached_property

from statuary import methods
from statuary.message.request import Request
from statuary.message.response import Response
from statuary.semantics.reaction.attempt import Attempt
from statuary.semantics.reaction.policy import Policy
from statuary.semantics.target_uri import uri_of


class Situation:
    """All attempts for one request of the user, the last of which is reacted to."""

    def __init__(self, attempts: tuple[Attempt, ...], policy: Policy) -> None:
        self.attempts = attempts
        self.policy = policy
        self.last = attempts[-1]
        self.first = attempts[0]

    @property
    def request(self) -> Request:
        """The request that is reacted to."""
        return self.last.request

    @property
    def response(self) -> Response:
        """Its final response; only where there is one."""
        assert self.last.final is not None
        return self.last.final

    @cached_property
    def uri(self) -> str:
        """Its target URI."""
        return uri_of(self.last.request)

    @property
    def now(self) -> int:
        """When the last of it came, in seconds since the epoch."""
        return self.last.at

    @property
    def is_safe(self) -> bool:
        """RFC 9110 section 9.2.1; a method that isn't known is taken to be unsafe."""
        known = methods.lookup(self.request.method)
        return known is not None and known.is_safe

    @property
    def is_idempotent(self) -> bool:
        """RFC 9110 section 9.2.2; a method that isn't known is taken not to be."""
        known = methods.lookup(self.request.method)
        return known is not None and known.is_idempotent

    @cached_property
    def waited(self) -> float:
        """Seconds that were waited so far."""
        return sum(attempt.waited for attempt in self.attempts)

    @cached_property
    def repetitions(self) -> int:
        """How often the last request was sent before, in a row, for failures and to be put off."""
        same = 0
        for attempt in reversed(self.attempts[:-1]):
            if not _is_repetition(attempt, self.last):
                break
            same += 1
        return same

    @cached_property
    def redirects(self) -> int:
        """How often a redirect was followed so far, be it to the same target."""
        finals = [attempt.final.status for attempt in self.attempts[:-1] if attempt.final is not None]
        return sum(status // 100 == 3 and status != 304 for status in finals)

    def get(self, name: str) -> str | None:
        """A field of the final response, by its name in lower case."""
        return self.response.fields.get(name)


def _is_repetition(attempt: Attempt, last: Attempt) -> bool:
    if (attempt.request.method, uri_of(attempt.request)) != (last.request.method, uri_of(last.request)):
        return False
    return attempt.failure is not None or (attempt.final is not None and attempt.final.status // 100 in (4, 5))
