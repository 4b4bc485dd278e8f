"""How ``statuary links --fix`` asks at the terminal: the change as a diff, why, and a question."""

from __future__ import annotations

import sys

from statuary.cli.output import coloured, write
from statuary.conformance.reports.wording import printable
from statuary.link_editor.fix import Answer, Proposal

_ANSWERS: dict[str, Answer] = {"y": "yes", "n": "no", "o": "each", "k": "kind", "h": "host", "q": "quit"}
_MOST_REASONS = 10
_COLOURS = {"+": "32", "-": "31", "@": "36"}


def ask(proposal: Proposal) -> Answer:
    """Show the change, and ask whether to make it; who has nothing more to say quits."""
    write(f"\n{_shown(proposal.diff())}{_reasons(proposal)}\n")
    question, answers = _question(proposal)
    while True:
        # Standard output may be a file: the question is for whoever types
        print(question, end="", file=sys.stderr, flush=True)
        line = sys.stdin.readline()
        if not line:
            print(file=sys.stderr)
            return "quit"
        answer = line.strip().lower()[:1]
        if answer and answer in answers:
            return _ANSWERS[answer]


def _question(proposal: Proposal) -> tuple[str, str]:
    """The question, and the letters that answer it."""
    number = len(proposal.urls)
    if proposal.asks:
        what = "Remove the link, and keep its text" if proposal.kind == "gone" else "Change it all the same"
        return f"{what}? [y]es, [n]o, [q]uit: ", "ynq"
    choices = [("y", "[y]es"), ("n", "[n]o")]
    if number > 1:
        choices.append(("o", "[o]ne by one"))
    choices.append(("k", f"[k] all that {proposal.kind}"))
    if proposal.host is not None:
        choices.append(("h", f"[h] all of {printable(proposal.host)}"))
    choices.append(("q", "[q]uit"))
    what = "Change it" if number == 1 else f"Change these {number} URLs"
    return f"{what}? {', '.join(text for _, text in choices)}: ", "".join(letter for letter, _ in choices)


def _reasons(proposal: Proposal) -> str:
    reasons = {one.link.url: one.verdict.why for one in proposal.results}
    lines = [printable(f"{url}: {why}" if len(reasons) > 1 else why) for url, why in reasons.items()]
    more = [f"and {len(lines) - _MOST_REASONS} more"] if len(lines) > _MOST_REASONS else []
    return "".join(f"{line}\n" for line in [*lines[:_MOST_REASONS], *more])


def _shown(diff: str) -> str:
    lines = [(printable(line), _COLOURS.get(line[:1])) for line in diff.split("\n")[:-1]]
    return "".join(f"{text if colour is None else coloured(text, colour)}\n" for text, colour in lines)
