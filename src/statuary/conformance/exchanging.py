"""The client's side of a play: steps are done one after the other, on as many connections as they name.

What the answers mean is for those who play: player.py for servers, intermediary/ for what stands between.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass

from statuary import methods
from statuary.conformance.channel import Peer
from statuary.conformance.conversation import Answered, Conversation, Record
from statuary.conformance.matching import has_no_response
from statuary.conformance.report import Verdict
from statuary.conformance.requests import Composed, compose
from statuary.conformance.scenario import NO_ANSWER, End, Step
from statuary.conformance.template import Missing, fill

_BETWEEN_PIECES = 0.02
FIRST_PATIENCE = 5
"""How many times as long the first answer of all may take: a subject may have just begun."""


@dataclass(frozen=True, slots=True)
class Bounds:
    """Seconds for an answer, and for a whole play."""

    answer: float = 2.0
    play: float = 30.0

    def times(self, patience: float) -> Bounds:
        """Bounds so many times as long."""
        return Bounds(self.answer * patience, self.play * patience)


@dataclass(frozen=True, slots=True)
class Baseline:
    """A request whose answer is known, to see whether a connection is in step, and the status that it gets."""

    probe: Composed
    status: str


@dataclass(frozen=True, slots=True)
class Conclusion:
    """What a play showed."""

    verdict: Verdict
    detail: str = ""
    breaks: str | None = None


class Over(Exception):  # noqa: N818
    """A play ends here."""

    def __init__(self, conclusion: Conclusion) -> None:
        super().__init__(conclusion)
        self.conclusion = conclusion


class Exchanging:
    """Connections to a peer in one play. ``statuses`` are those of all answers, ``record`` has all that happened."""

    def __init__(
        self, peer: Peer, facts: Mapping[str, str], baseline: Baseline, bounds: Bounds, record: Record
    ) -> None:
        self.peer = peer
        self.facts = dict(facts)
        self.baseline = baseline
        self.bounds = bounds
        self.record = record
        self.statuses: list[int] = []
        self.conversations: dict[str, Conversation] = {}

    async def concluded(
        self, run: Callable[[], Awaitable[Conclusion]], meaning: Callable[[str], str] = str
    ) -> Conclusion:
        """What ``run`` concludes, or why it came to nothing. Never raises, but for cancellation.

        ``meaning`` words the name of a fact that is not known of the subject.
        """
        try:
            async with asyncio.timeout(self.bounds.play):
                return await run()
        except Over as over:
            return over.conclusion
        except Missing as missing:
            return Conclusion("not applicable", f"The subject is not known to have {meaning(str(missing))}.")
        except TimeoutError:
            return Conclusion("inconclusive", f"It was not over after {self.bounds.play:g} seconds.")
        except OSError as error:
            self.record.note("a", "failed")
            return Conclusion("inconclusive", f"No connection: {error.strerror or error}")
        except Exception as error:  # a mistake of ours is no failure of the subject
            return Conclusion("harness error", f"{type(error).__name__}: {error}")
        finally:
            self.close()

    def close(self) -> None:
        """End all connections at once."""
        for conversation in self.conversations.values():
            conversation.close()

    def composed(self, text: str) -> Composed:
        """A request of a step."""
        return compose(text, self.facts, scheme=self.facts.get("scheme", "http"))

    def piece(self, text: str) -> bytes:
        """Octets of a step."""
        return fill(text, self.facts).encode("latin-1")

    async def exchange(self, step: Step) -> Answered | None:
        """Do what the step says once; the answer, if one is read."""
        if step.pause:
            await asyncio.sleep(step.pause)
        requests = [self.composed(text) for text in step.send]
        pieces = [self.piece(text) for text in step.raw]
        conversation = await self.conversation(step.connection, is_sending=bool(requests or pieces))
        is_reused = conversation.has_answered and not conversation.is_waiting
        if requests:
            conversation.ask(*requests)
        if pieces:
            conversation.ask_raw(b"".join(pieces), step.method)
        for number, piece in enumerate(pieces):
            if number:
                await asyncio.sleep(_BETWEEN_PIECES)
            conversation.send(piece)
        if step.half_close:
            conversation.half_close()
        if step.read == "nothing" or not conversation.is_waiting:
            return None
        seconds = self.bounds.answer if step.seconds is None else float(fill(step.seconds, self.facts))
        answered = await conversation.answer(seconds, any_kind=step.read == "interim")
        if is_reused and len(requests) == 1 and self.was_lost(step, answered):
            conversation = await self.conversation(step.connection, is_sending=True)
            conversation.ask(*requests)
            answered = await conversation.answer(seconds, any_kind=step.read == "interim")
        if answered.response is not None:
            self.statuses.append(answered.response.status)
        return answered

    def was_lost(self, step: Step, answered: Answered) -> bool:
        """Whether the peer may have closed the connection while the request was under way: RFC 9112 section 9.3.1."""
        is_known = any(NO_ANSWER in outcome.status or outcome.end is not None for outcome in step.answers)
        method = methods.lookup(answered.asked.method)
        may_repeat = method is not None and method.is_idempotent
        return answered.status == NO_ANSWER and not answered.interim and not is_known and may_repeat

    async def conversation(self, label: str, *, is_sending: bool) -> Conversation:
        """The connection with that label, a new one where it has ended."""
        conversation = self.conversations.get(label)
        if conversation is None or (is_sending and conversation.has_ended and not conversation.is_waiting):
            if conversation is not None:
                conversation.close()
            conversation = Conversation(label, await self.peer.connect(), self.record)
            self.conversations[label] = conversation
        return conversation

    def seconds(self, step: Step) -> float:
        """How long the step waits for what it does not expect."""
        told = step.seconds or ""
        return min(self.bounds.answer, float(told)) if told.replace(".", "").isdigit() else self.bounds.answer

    async def end(self, conversation: Conversation, answered: Answered, seconds: float) -> End:
        """What becomes of a connection after an answer. It is closed afterwards."""
        if has_no_response(answered):
            return "closed" if conversation.has_ended else "open"
        if answered.status == "101" or conversation.is_waiting:
            return "open"
        end = await conversation.end(self.baseline.probe, self.baseline.status, seconds)
        conversation.close()
        conversation.has_ended = True
        return end
