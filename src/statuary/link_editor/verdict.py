"""The verdict on a link, from the whole chain of what was asked and answered. Pure.

A link is edited where its URL moved for good (301, 308), exactly as far as that goes: the first hop that is for now only
(302, 303, 307) ends it, since what is behind it may be elsewhere tomorrow. And only where all of the chain was seen to end
well: nobody is led to something that was not seen to be fine.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import Literal, get_args
from urllib.parse import urlsplit

from statuary import status
from statuary.semantics.reaction import Attempt, Failure
from statuary.semantics.target_uri import is_http, resolve, uri_of

Kind = Literal[
    "fine",
    "unchecked",
    "elsewhere for now",
    "moved for good",
    "suspicious move",
    "gone",
    "missing",
    "refused",
    "broken move",
    "loop",
    "unreachable",
    "invalid URL",
    "unsupported scheme",
]
KINDS: tuple[Kind, ...] = get_args(Kind)
QUIET: tuple[Kind, ...] = ("fine", "unchecked", "elsewhere for now")
"""The kinds about which there is nothing to do."""
MOST_REDIRECTS = 10

_PERMANENT = (301, 308)
_REDIRECTS = (301, 302, 303, 307, 308)
# What is there answers in its way, but not to whoever asks like this
_REFUSED = frozenset({401, 402, 403, 405, 406, 407, 426, 428, 451, 511})
# It may be there another time
_FOR_NOW = frozenset({408, 421, 425, 429})
_LOGIN = re.compile(
    r"(?:^|[/._-])(?:log-?in|log_in|sign-?in|sign_in|signon|sso|saml2?|oauth2?|openid|account/begin|session/new|authenticate)"
    r"(?:$|[/._-])",
    re.IGNORECASE,
)
_FRONT = re.compile(r"/?(?:([a-z]{2})(?:[-_][A-Za-z]{2})?/?)?(?:(?:index|default|home)\.\w+)?", re.ASCII)
# The languages that sites have front pages in, ISO 639-1: /en/ is one, and /go is none
_LANGUAGES = re.compile(
    r"a[fr]|az|b[egns]|c[asy]|d[ae]|e[lnostu]|f[air]|g[alu]|h[eiruy]|i[dst]|ja|k[akmnoy]|l[tv]|m[klnrst]|n[belno]"
    r"|p[alt]|r[ou]|s[ikqlrvw]|t[aehr]|u[krz]|vi|z[hu]"
)


@dataclass(frozen=True, slots=True)
class Hop:
    """A URI that was asked for, and what came of it in the end.

    uri       without fragment
    status    of its final response, None without one
    failure   why there was none
    to        where its Location leads, None where it has none that can be read
    fragment  of the Location, None where it has none
    problem   the failure in words, where more is known than its kind
    """

    uri: str
    status: int | None = None
    failure: Failure | None = None
    to: str | None = None
    fragment: str | None = None
    problem: str = ""

    @property
    def is_for_good(self) -> bool:
        """Whether it moved for good."""
        return self.status in _PERMANENT

    @property
    def next(self) -> str | None:
        """The URI to be asked for next; None where it leads nowhere, or where nobody should be led: to http from https."""
        if self.status not in _REDIRECTS or self.to is None or not is_http(self.to):
            return None
        return None if _is_downgrade(self.uri, self.to) else self.to


@dataclass(frozen=True, slots=True)
class Verdict:
    """What a link is, and what can be done about it.

    kind    see Kind
    why     a sentence
    to      the URL, with its fragment, that is to stand in its place; None where it stays as it is
    asks    whether a person has to look at it first, whatever was said to be done about others
    chain   the hops, the first being what was asked for first
    """

    kind: Kind
    why: str
    to: str | None = None
    asks: bool = False
    chain: tuple[Hop, ...] = ()

    @property
    def is_quiet(self) -> bool:
        """Whether there is nothing to do."""
        return self.kind in QUIET


def verdict_of(attempts: Sequence[Attempt], fragment: str | None = None) -> Verdict:
    """The verdict on a link with that fragment, from all attempts at it. Raises ValueError without an attempt."""
    return verdict_of_chain(chain_of(attempts), fragment)


def chain_of(attempts: Sequence[Attempt]) -> tuple[Hop, ...]:
    """The URIs in the order in which they were asked for; of repetitions the last counts."""
    hops: list[Hop] = []
    for attempt in attempts:
        hop = hop_of(attempt)
        if hops and hops[-1].uri == hop.uri:
            hops.pop()
        hops.append(hop)
    return tuple(hops)


def chain_from(uri: str, hops: Mapping[str, Hop]) -> tuple[Hop, ...]:
    """The chain that begins at a URI, as far as its hops are known: to its end, or to where it begins to go in a circle."""
    chain: dict[str, Hop] = {}
    following: str | None = uri
    while following is not None and following in hops and following not in chain and len(chain) <= MOST_REDIRECTS:
        chain[following] = hops[following]
        following = hops[following].next
    return tuple(chain.values())


def is_circle(chain: Sequence[Hop]) -> bool:
    """Whether it ends where it leads back to one of its own URIs."""
    return bool(chain) and any(hop.uri == chain[-1].next for hop in chain)


def sought(chain: Sequence[Hop], fragment: str | None) -> str | None:
    """The fragment that is looked for where the chain ends: that of the link, or of a Location that an edit would take over.

    None where a Location has one that is for now: the link could not be mended.
    """
    is_for_good = True
    for hop in chain[:-1]:
        is_for_good = is_for_good and hop.is_for_good
        if hop.fragment is not None:
            fragment = hop.fragment if is_for_good else None
    return fragment


def hop_of(attempt: Attempt, problem: str = "") -> Hop:
    """The hop that an attempt is."""
    uri, final = uri_of(attempt.request), attempt.final
    if final is None:
        return Hop(uri, failure=attempt.failure or "timeout", problem=problem)
    locations = final.fields.all("location")
    # Several Locations are none: there is no telling which
    found = resolve(uri, locations[0]) if final.status // 100 == 3 and len(locations) == 1 else None
    to, fragment = found if found is not None else (None, None)
    # A response whose content was cut is one: nothing but its head is needed here
    return Hop(uri, final.status, None, to, fragment)


def verdict_of_chain(chain: Sequence[Hop], fragment: str | None = None, *, is_named: bool = True) -> Verdict:
    """The verdict on a link with that fragment, from the hops. Raises ValueError without any.

    ``is_named`` tells whether there is something with the name of the fragment where the chain ends.
    """
    if not chain:
        raise ValueError("nothing was asked: there is nothing to judge")
    chain = tuple(chain)
    if not is_named:
        return _unnamed(chain, fragment)
    end = _end(chain)
    moves = _moves(chain)
    if end is None and len(chain) == 1:
        return Verdict("fine", _said(chain[-1]), chain=chain)
    if end is None:
        return _led(chain, moves, fragment)
    kind, why = end
    if kind == "suspicious move" or kind == "loop":
        return Verdict(kind, why, chain=chain)
    if moves:
        return Verdict("broken move", f"It moved for good, but {why[0].lower()}{why[1:]}", chain=chain)
    if kind == "gone" and len(chain) > 1:
        # Not this URI was removed, but what it leads to for now
        return Verdict("missing", f"It leads elsewhere for now, and there: {why}", chain=chain)
    return Verdict(kind, why, chain=chain)


def without_user(verdict: Verdict) -> Verdict:
    """The verdict on a link with a name and a password in it: they are not sent, and an edit would lose them."""
    why = f"{verdict.why.removesuffix('.')}; the user's name in it would be lost."
    return replace(verdict, kind="suspicious move", why=why, asks=True)


def _unnamed(chain: tuple[Hop, ...], fragment: str | None) -> Verdict:
    """The page is there, but not what the fragment names in it."""
    plain = verdict_of_chain(chain, fragment)
    why = f"Nothing in {chain[-1].uri} is called #{sought(chain, fragment)}."
    match plain.kind:
        case "fine" | "elsewhere for now":
            return Verdict("missing", why, chain=chain)
        case "moved for good":
            return Verdict("broken move", f"It moved for good, but nothing in {why[11:]}", chain=chain)
        case _:
            return plain


def _led(chain: tuple[Hop, ...], moves: int, fragment: str | None) -> Verdict:
    """The chain has hops, and ends well."""
    first, target, last = chain[0], chain[moves], chain[-1]
    if not moves or target.uri == first.uri:
        why = f"{_codes(chain)}: for now it is at {last.uri}"
        suspicion = _suspicion(first, last)
        if suspicion is not None:
            return Verdict("suspicious move", f"{why}; {suspicion}.", chain=chain)
        return Verdict("elsewhere for now", f"{why}.", chain=chain)
    if any(hop.uri == first.uri for hop in chain[moves:]):
        return Verdict("suspicious move", "It moved for good, and from there leads back.", chain=chain)
    why = f"{_codes(chain)}: it moved for good to {target.uri}"
    if moves < len(chain) - 1:
        why += f"; from there it is, for now, at {chain[-1].uri}"
    to = _with_fragment(chain, moves, fragment)
    if any(_is_downgrade(one.uri, other.uri) for one, other in pairwise(chain)):
        return Verdict("suspicious move", f"{why}; that leads from https to http.", chain=chain)
    suspicion = next((says for hop in chain[1:] if (says := _suspicion(first, hop)) is not None), None)
    if suspicion is not None:
        return Verdict("suspicious move", f"{why}; {suspicion}.", to, asks=True, chain=chain)
    return Verdict("moved for good", f"{why}.", to, chain=chain)


def _moves(chain: tuple[Hop, ...]) -> int:
    """How many hops from the first on are for good."""
    moves = 0
    while moves < len(chain) and chain[moves].is_for_good and chain[moves].to is not None:
        moves += 1
    return moves


def _end(chain: tuple[Hop, ...]) -> tuple[Kind, str] | None:
    """What is wrong with where it ended; None for nothing."""
    last = chain[-1]
    if last.status is None:
        says = _FAILURES[last.failure or "timeout"].format(host=urlsplit(last.uri).netloc)
        return "unreachable", f"{says} {last.problem}".strip()
    if last.status in _REDIRECTS:
        return _stranded(chain, last)
    says = _said(last)
    match last.status:
        case code if code // 100 == 2 or code == 300:
            return None
        case 410:
            return "gone", f"{says}: it was removed for good."
        case code if code in _REFUSED:
            return "refused", f"{says}."
        case code if code in _FOR_NOW:
            return "unreachable", f"{says}: it may be better another time."
        case code if code // 100 == 4:
            return "missing", f"{says}."
        case code if code // 100 == 5:
            return "unreachable", f"{says}: it may be better another time."
        case _:
            return "unreachable", f"{says}, which is no answer to such a request."


def _stranded(chain: tuple[Hop, ...], last: Hop) -> tuple[Kind, str]:
    """A redirect that wasn't followed."""
    if last.to is None:
        return "unreachable", f"{_said(last)} without a Location that leads anywhere."
    if any(hop.uri == last.to for hop in chain):
        return "loop", f"{_codes(chain)}: it leads in a circle, back to {last.to}."
    if not is_http(last.to):
        return "unreachable", f"{_said(last)}: it leads to {last.to}, which is not HTTP."
    if _is_downgrade(last.uri, last.to):
        return "suspicious move", f"{_said(last)}: it leads from https to {last.to}."
    if len(chain) > MOST_REDIRECTS:
        return "loop", f"{len(chain)} redirects, and no end: the last leads to {last.to}."
    return "unreachable", f"{_said(last)}: it leads to {last.to}, which was not followed."


_FAILURES = {
    "unreachable": "No connection to {host} could be made.",
    "dropped": "{host} ended the connection without an answer.",
    "timeout": "{host} gave no answer in time.",
    "malformed": "What {host} answers is not HTTP.",
    "incomplete": "{host} ended the connection within its answer.",
}


_FRONT_PAGE = "that is a front page, and it was none"


def _suspicion(first: Hop, hop: Hop) -> str | None:
    """Why a redirect looks as if it were not about the resource any more."""
    if _LOGIN.search(urlsplit(hop.uri).path) and not _LOGIN.search(urlsplit(first.uri).path):
        return "that looks like a page to log in at"
    return _FRONT_PAGE if _is_front_page(hop) and not _is_front_page(first) else None


def _is_front_page(hop: Hop) -> bool:
    parts = urlsplit(hop.uri)
    front = _FRONT.fullmatch(parts.path)
    return not parts.query and front is not None and (front[1] is None or _LANGUAGES.fullmatch(front[1]) is not None)


def _is_downgrade(uri: str, to: str) -> bool:
    return urlsplit(uri).scheme.lower() == "https" and urlsplit(to).scheme.lower() == "http"


def _with_fragment(chain: tuple[Hop, ...], moves: int, fragment: str | None) -> str:
    """The target of the moves; a fragment is inherited unless a Location has one of its own, rfc9110-10.2.2-1."""
    for hop in chain[:moves]:
        fragment = hop.fragment if hop.fragment is not None else fragment
    uri = chain[moves].uri
    return uri if fragment is None else f"{uri}#{fragment}"


def _said(hop: Hop) -> str:
    code = hop.status or 0
    phrase = status.phrase(code) if 100 <= code <= 599 else ""
    return f"{code} {phrase}".strip()


def _codes(chain: tuple[Hop, ...]) -> str:
    return " → ".join(str(hop.status) for hop in chain)
