"""What only a person can say, asked at a terminal: a choice of a 300, a login, whether something unsafe may be done."""

from __future__ import annotations

import getpass
import signal
import sys
from collections.abc import Iterator
from contextlib import contextmanager

from statuary.conformance.reports.wording import printable
from statuary.semantics.reaction import Ask, Login


def can_ask(wanted: bool | None) -> bool:
    """Whether there is somebody to ask; None for who has not said whether that is wanted."""
    return wanted if wanted is not None else sys.stdin.isatty() and sys.stderr.isatty()


class Person:
    """Answers what a user agent asks. Questions go to standard error, so that content can go elsewhere.

    Nothing else happens meanwhile: there is one fetch, and it waits for the answer.
    """

    async def __call__(self, ask: Ask) -> object:
        """A Login, one of the options, or True; None leaves it as it is."""
        with _interruptible():
            try:
                return self._answer(ask)
            except EOFError:
                self._say("")
                return None

    def _answer(self, ask: Ask) -> object:
        self._say(f"statuary fetch: {printable(ask.says)}")
        match ask.question:
            case "choose":
                return self._choice(ask.options)
            case "log in" if ask.origin is not None:
                return self._login(ask.origin, ask.options)
            case "follow" | "repeat":
                return self._read("Shall it be done? [y/N] ").lower() in ("y", "yes") or None
        return None  # nobody can pay here

    def _choice(self, options: tuple[str, ...]) -> str | None:
        for number, option in enumerate(options, 1):
            self._say(f"  {number}  {printable(option)}")
        while text := self._read(f"Which one? [1-{len(options)}, or none] "):
            if text.isdecimal() and 1 <= int(text) <= len(options):
                return options[int(text) - 1]
        return None

    def _login(self, origin: str, realms: tuple[str, ...]) -> Login | None:
        named = " or ".join(repr(printable(realm)) for realm in realms if realm)
        user = self._read(f"User{f' of {named}' if named else ''}: ")
        if not user:
            return None
        return Login(origin, user, getpass.getpass("Password: ", stream=sys.stderr))

    def _say(self, text: str) -> None:
        print(text, file=sys.stderr)

    def _read(self, prompt: str) -> str:
        print(prompt, end="", file=sys.stderr, flush=True)
        line = sys.stdin.readline()
        if not line:
            raise EOFError
        return line.strip()


@contextmanager
def _interruptible() -> Iterator[None]:
    """An interrupt ends a question at once, which an event loop would take note of only."""
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before)
