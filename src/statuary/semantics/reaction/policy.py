"""Policy: what a user agent may do without asking, how much of it, and what it has to show."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from statuary.message.response import Response

Choice = Literal["do", "ask", "leave"]
"""What is done about something that a response asks for: it, a question to a person, nothing."""


@dataclass(frozen=True, slots=True, repr=False)
class Login:
    """Credentials for one origin or proxy: a user and password, or a token.

    ``origin`` is as target_uri.origin_of gives it, or the proxy's; ``realm`` None stands for any realm there.
    """

    origin: str
    user: str = ""
    password: str = ""
    token: str | None = None
    realm: str | None = None

    def __repr__(self) -> str:
        return f"<Login for {self.origin}>"  # never the secret


@dataclass(frozen=True, slots=True)
class Stored:
    """A response that is kept, complete or the beginning of one: ``at`` is when it came, in seconds since the epoch.

    ``elsewhere`` counts the octets of a beginning whose content is not in ``response``, as it is in a file: the rest is then
    given as it comes, for whoever has the beginning to put it there.
    """

    uri: str
    response: Response
    at: int
    is_complete: bool = True
    elsewhere: int | None = None


@dataclass(frozen=True, slots=True)
class Policy:
    """Limits and permissions. The defaults are those of a careful user agent that nobody watches.

    most_redirects    redirects in a row
    most_retries      repetitions of a request that failed, or was put off
    longest_wait      seconds that one Retry-After may ask for
    most_waiting      seconds of waiting in all
    first_backoff     seconds before the first repetition where nothing was asked for; doubled each time
    jitter            a random number from 0 to 1, which spreads repetitions; drawn by the shell
    follows           whether redirects are followed
    unsafe_redirects  a redirect of an unsafe method that keeps it: 307, 308, and 301 or 302 other than of POST
    downgrades        whether a redirect may lead from https to http
    obeys_305         whether the proxy that a 305 names is used for that request (RFC 2616 section 10.3.6)
    repeats_unsafe    a request with an unsafe method that failed after it was sent
    chooses           whether one of the choices of a 300 may be taken without asking
    monitors          whether the monitor of a 202 is asked until the work is done
    most_monitored    times it is asked
    shows_basic       whether a password may be sent in the clear, by Basic without TLS
    cnonce            a random text, for Digest; drawn by the shell
    logins            credentials
    stored            the response with whose validators this request was made conditional, or whose rest it asks for
    """

    most_redirects: int = 20
    most_retries: int = 3
    longest_wait: float = 120.0
    most_waiting: float = 300.0
    first_backoff: float = 0.5
    jitter: float = 0.5
    follows: bool = True
    unsafe_redirects: Choice = "do"
    downgrades: Choice = "leave"
    obeys_305: bool = False
    repeats_unsafe: Choice = "leave"
    chooses: bool = True
    monitors: bool = False
    most_monitored: int = 100
    shows_basic: bool = True
    cnonce: str = "0a4f113b"
    logins: tuple[Login, ...] = ()
    stored: Stored | None = None

    def __post_init__(self) -> None:
        if not 0 <= self.jitter <= 1:
            raise ValueError("jitter is a number from 0 to 1")
        if min(self.most_redirects, self.most_retries, self.longest_wait, self.most_waiting, self.first_backoff) < 0:
            raise ValueError("limits are not negative")
