"""How long to wait before another request: what Retry-After asks for, or a back-off of our own (RFC 9110 section 10.2.3)."""

from __future__ import annotations

from statuary.fields.retry_after import parse_retry_after
from statuary.message.response import Response
from statuary.semantics.reaction.situation import Situation


def asked_delay(response: Response, now: int) -> float | None:
    """Seconds from now that the response asks to wait, None where it asks for nothing that can be read."""
    value = parse_retry_after(response.fields.get("retry-after"), now)
    if not value:
        return None
    return float(value.delay if value.delay is not None else max(0, (value.date or 0) - now))


def back_off(situation: Situation) -> float:
    """Seconds to wait where nothing was asked for: twice as long each time, and a random half of it left out."""
    full = situation.policy.first_backoff * 2.0**situation.repetitions
    return full * (0.5 + 0.5 * situation.policy.jitter)


def is_within_budget(situation: Situation, seconds: float) -> bool:
    """Whether the policy permits one more repetition after so many seconds."""
    policy = situation.policy
    return (
        situation.repetitions < policy.most_retries
        and seconds <= policy.longest_wait
        and situation.waited + seconds <= policy.most_waiting
    )
