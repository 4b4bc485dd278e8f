"""The story of a request that went through an adapter: each attempt at it, and what was made of that.

``Course`` asks ``react`` after each attempt and keeps the story. It knows nothing of any client.
"""

from __future__ import annotations

import random
import secrets
import time
from collections.abc import Callable
from dataclasses import dataclass, field, replace

from statuary.message.request import Request
from statuary.message.response import Response
from statuary.semantics.reaction import Attempt, Failure, Memory, Policy, Reaction, Send, Wait, react
from statuary.semantics.target_uri import uri_of


def _cnonce() -> str:
    return secrets.token_hex(8)


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What comes from outside of the messages.

    clock   gives the seconds since the epoch
    jitter  gives a number from 0 to 1, which spreads repetitions
    cnonce  gives a text that nobody can guess, for Digest
    """

    clock: Callable[[], float] = time.time
    jitter: Callable[[], float] = random.random
    cnonce: Callable[[], str] = _cnonce


@dataclass(frozen=True, slots=True, repr=False)
class Step:
    """One attempt and the reaction to it. The content of responses is not kept."""

    attempt: Attempt
    reaction: Reaction

    def __str__(self) -> str:
        attempt = self.attempt
        came = attempt.failure if attempt.final is None else attempt.final.status
        return f"{attempt.request.method} {uri_of(attempt.request)} → {came}. {self.reaction.says}"


@dataclass(frozen=True, slots=True, repr=False)
class Story:
    """What happened. ``stopped`` says why a last request, which was due, was not sent; None where none was due."""

    steps: tuple[Step, ...]
    stopped: str | None = None

    @property
    def waited(self) -> float:
        """Seconds that were waited between attempts."""
        return sum(step.attempt.waited for step in self.steps)

    @property
    def remember(self) -> tuple[Memory, ...]:
        """What is worth remembering: URIs that moved or are gone for good."""
        reactions = [step.reaction for step in self.steps]
        return tuple(memory for one in reactions if not isinstance(one, Wait) for memory in one.remember)

    def __str__(self) -> str:
        lines = [str(step) for step in self.steps]
        return "\n".join(lines if self.stopped is None else [*lines, self.stopped])

    def __repr__(self) -> str:
        return f"<Story of {len(self.steps)} attempts>"  # fields may hold secrets


@dataclass(slots=True)
class Course:
    """All attempts for one request of the user, so far."""

    policy: Policy
    surroundings: Surroundings
    fragment: str | None = None
    _steps: list[Step] = field(default_factory=list)
    _stopped: str | None = None
    _waited: float = 0.0

    def __post_init__(self) -> None:
        if self.policy.stored is not None:
            raise ValueError("an adapter stores nothing: its policy has no stored response")

    def react(
        self,
        request: Request,
        *,
        final: Response | None = None,
        failure: Failure | None = None,
        interim: tuple[Response, ...] = (),
        proxy: str | None = None,
        can_repeat_content: bool = True,
        can_use_proxy: bool = False,
    ) -> Send | None:
        """The request to send next, or None if this attempt was the last."""
        attempt = Attempt(
            request,
            interim,
            final,
            failure,
            at=int(self.surroundings.clock()),
            content="none" if request.content_length is None else "sent",
            proxy=proxy,
            fragment=self.fragment,
            waited=self._waited,
        )
        policy = replace(self.policy, jitter=self.surroundings.jitter(), cnonce=self.surroundings.cnonce())
        reaction = react([*(step.attempt for step in self._steps), attempt], policy)
        self._steps.append(Step(attempt, reaction))
        if not isinstance(reaction, Send):
            return None
        if reaction.keeps_content and not can_repeat_content:
            self._stopped = "The content can't be sent a second time."
        elif reaction.proxy is not None and not can_use_proxy:
            self._stopped = "A single request can't be sent through another proxy here."
        elif self._redirects() > self.policy.most_redirects:
            # Those that lead to the same URI, and set a cookie each time, count too
            self._stopped = "There were too many redirects."
        if self._stopped is not None:
            return None
        self.fragment, self._waited = reaction.fragment, reaction.after
        return reaction

    def stop(self, says: str) -> None:
        """The next request can't be made."""
        self._stopped = says

    @property
    def story(self) -> Story:
        """What happened until now."""
        return Story(tuple(self._steps), self._stopped)

    @property
    def is_begun(self) -> bool:
        """Whether anything was tried yet."""
        return bool(self._steps)

    def _redirects(self) -> int:
        finals = [step.attempt.final for step in self._steps if isinstance(step.reaction, Send)]
        return sum(final is not None and final.status // 100 == 3 for final in finals)
