"""Judgements that scenarios for intermediaries name, for what compares what was sent on one side with what came on the other.

Each looks at a play and says what is wrong with it, or nothing. Its name reads as what holds.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from statuary.conformance.conversation import Answered
from statuary.conformance.scripted.received import GARBAGE, Received
from statuary.fields.dates import parse_http_date
from statuary.fields.grammar import INVALID
from statuary.fields.via import parse_via
from statuary.message.fields import Fields
from statuary.message.request import Request
from statuary.message.response import Response


@dataclass(frozen=True, slots=True)
class Sight:
    """What a judgement is given: the requests that reached the upstream, what came back for each step, and the facts.

    ``sent`` and ``received`` are the last request on the client's side, None if it can't be read, and at the upstream.
    """

    received: Sequence[Received]
    answers: Sequence[Answered | None]
    facts: Mapping[str, str]

    @property
    def answer(self) -> Answered | None:
        """The last answer."""
        return next((one for one in reversed(self.answers) if one is not None), None)

    @property
    def sent(self) -> Request | None:
        """The request that the last answer is for."""
        return self.answer.asked.request if self.answer is not None else None

    @property
    def said(self) -> Response | None:
        """The last final response of the upstream."""
        return self.received[-1].final if self.received else None

    @property
    def got(self) -> Response | None:
        """The last final response that came back."""
        return self.answer.response if self.answer is not None else None


CUT = "The content ends "
"""What begins all that is said of contents that end early: so an incomplete response is passed on, RFC 9112 section 8."""

_MOST_ASTRAY = 1800  # seconds; who takes local time for UTC errs by more, but for few zones
_VERSION = re.compile(r"(?:^|,)\s*(?:[A-Za-z]+/)?(\d+(?:\.\d+)?)\s")

Judgement = Callable[[Sight], str | None]
JUDGEMENTS: dict[str, Judgement] = {}

HOP_BY_HOP = frozenset(
    {
        *("connection", "keep-alive", "proxy-connection", "te", "transfer-encoding", "upgrade", "trailer"),
        *("proxy-authenticate", "proxy-authorization", "proxy-authentication-info", "via", "content-length"),
    }
)
"""Fields that an intermediary removes, changes or makes anew: RFC 9110 section 7.6.1."""


def judgement(check: Judgement) -> Judgement:
    """Makes a function available to scenarios under its name."""
    JUDGEMENTS[check.__name__] = check
    return check


@judgement
def content_is_kept(sight: Sight) -> str | None:
    """The content of the last answer is what the upstream said: RFC 9110 section 7.7 without a transformation."""
    if sight.said is None or sight.got is None:
        return "there is nothing to compare"
    if sight.said.content != sight.got.content:
        return f"{len(sight.got.content)} octets came of {len(sight.said.content)}, or others"
    return None


@judgement
def request_content_is_kept(sight: Sight) -> str | None:
    """The content of the last request reached the upstream as it was sent."""
    if not sight.received or sight.answer is None:
        return "there is nothing to compare"
    _, _, content = sight.answer.asked.octets.partition(b"\r\n\r\n")
    return None if sight.received[-1].content == content else "other content reached the upstream"


@judgement
def end_to_end_fields_are_kept(sight: Sight) -> str | None:
    """All fields of the upstream's response that are for the client came with their values: RFC 9110 section 7.6."""
    if sight.said is None or sight.got is None:
        return "there is nothing to compare"
    return _lost(sight.said.fields, sight.got.fields)


@judgement
def via_was_added_to_the_request(sight: Sight) -> str | None:
    """Via of the last request at the upstream has one member more, or more, in the end: RFC 9110 section 7.6.3."""
    if not sight.received:
        return "nothing reached the upstream"
    before = sight.sent.fields.get("via") if sight.sent is not None else None
    return _added(before, sight.received[-1].fields.get("via"))


@judgement
def via_was_added_to_the_response(sight: Sight) -> str | None:
    """The same for the last response."""
    if sight.got is None:
        return "no response came"
    return _added(sight.said.fields.get("via") if sight.said is not None else None, sight.got.fields.get("via"))


def _added(before: str | None, after: str | None) -> str | None:
    old, new = parse_via(before), parse_via(after)
    if new is None or new is INVALID:
        return "Via is missing" if new is None else f"Via can't be read: {after!r}"
    known = list(old) if old else []
    if len(new) <= len(known):
        return f"Via has nothing more: {after!r}"
    return None if list(new)[: len(known)] == known else f"Via was changed: {after!r}"


def _lost(before: Fields, after: Fields) -> str | None:
    nominated = {name.strip().lower() for name in before.get("connection", "").split(",")}
    for name in dict.fromkeys(name.lower() for name, _ in before):
        if name in HOP_BY_HOP or name in nominated:
            continue
        if before.get(name) != after.get(name):
            return f"{name} was {before.get(name)!r} and is {after.get(name)!r}"
    return None


@judgement
def upstream_speaks_1_1(sight: Sight) -> str | None:
    """The last request that reached the upstream is of HTTP/1.1."""
    if not sight.received:
        return "nothing reached the upstream"
    return None if sight.received[-1].version == "HTTP/1.1" else f"it is of {sight.received[-1].version}"


@judgement
def set_cookie_lines_are_kept(sight: Sight) -> str | None:
    """Each Set-Cookie line came as a line of its own, and in order, perhaps with others: RFC 9110 section 5.3."""
    if sight.said is None or sight.got is None:
        return "there is nothing to compare"
    before, after = sight.said.fields.all("set-cookie"), sight.got.fields.all("set-cookie")
    kept = [line for line in after if line in before]
    return None if kept == list(before) else f"{len(before)} lines became {len(after)}, or others"


@judgement
def interim_fields_are_kept(sight: Sight) -> str | None:
    """All fields of the interim responses that are for the client came with their values: RFC 9110 section 15.2."""
    said, got = _interim(sight)
    if [one.status for one in said] != [one.status for one in got]:
        return "other interim responses came"
    return next((lost for one, other in zip(said, got, strict=True) if (lost := _lost(one.fields, other.fields))), None)


@judgement
def interim_responses_lack_hop_fields(sight: Sight) -> str | None:
    """No interim response came with a field that Connection named in those of the upstream: RFC 9110 section 7.6.1."""
    said, got = _interim(sight)
    options = ",".join(one.fields.get("connection", "") for one in said).lower().split(",")
    return _has_any(got, frozenset(option.strip() for option in options) - {"", "close"})


@judgement
def interim_responses_lack_framing(sight: Sight) -> str | None:
    """No interim response came with a field about content: RFC 9110 section 8.6, RFC 9112 section 6.1."""
    return _has_any(_interim(sight)[1], frozenset({"content-length", "transfer-encoding"}))


@judgement
def interim_responses_lack_connection(sight: Sight) -> str | None:
    """No interim response came with an option of Connection that the upstream's had: RFC 9110 section 7.6.1."""
    said, got = (
        {option.strip().lower() for one in responses for option in one.fields.get("connection", "").split(",")}
        for responses in _interim(sight)
    )
    kept = sorted((said & got) - {"", "close", "keep-alive"})
    return f"an interim response has Connection: {kept[0]}" if kept else None


@judgement
def interim_responses_lack_known_hop_fields(sight: Sight) -> str | None:
    """No interim response came with a field that is for one connection, named or not: RFC 9110 section 7.6.1."""
    return _has_any(_interim(sight)[1], frozenset({"keep-alive", "proxy-connection", "te"}))


def _interim(sight: Sight) -> tuple[Sequence[Response], Sequence[Response]]:
    """The interim responses that the upstream sent last, and those that came."""
    return sight.received[
        -1
    ].interim if sight.received else (), sight.answer.interim if sight.answer is not None else ()


def _has_any(responses: Sequence[Response], names: frozenset[str]) -> str | None:
    found = next((name for one in responses for name in sorted(names) if name in one.fields), None)
    return None if found is None else f"an interim response has {found}"


@judgement
def answer_is_of_1_1(sight: Sight) -> str | None:
    """The last answer is of HTTP/1.1, whatever the version of the upstream's response: RFC 9112 section 2.3."""
    if sight.answer is None or sight.answer.version is None:
        return "no response came"
    return None if sight.answer.version == (1, 1) else "it is of HTTP/{}.{}".format(*sight.answer.version)


@judgement
def answer_is_well_formed(sight: Sight) -> str | None:
    """Nothing is wrong with the octets of the last answer, but that its content may end early: RFC 9110 section 2.2."""
    problems = sight.answer.problems if sight.answer is not None else ()
    return next((one.detail for one in problems if not one.detail.startswith(CUT)), None)


@judgement
def via_names_the_received_version(sight: Sight) -> str | None:
    """The last member of Via at the upstream has the version in which the request came: RFC 9110 section 7.6.3."""
    if not sight.received or sight.sent is None:
        return "there is nothing to compare"
    major, minor = sight.sent.version
    text = sight.received[-1].fields.get("via", "")
    via = parse_via(text)
    # Some name themselves outside the grammar, and the version all the same
    versions = [one.protocol_version for one in via] if via else _VERSION.findall(text)
    return None if versions[-1:] == [f"{major}.{minor}"] else f"Via says {text!r}"


@judgement
def nominated_trailers_are_removed(sight: Sight) -> str | None:
    """No trailer that Connection of the request named reached the upstream: RFC 9110 section 7.6.1."""
    if not sight.received or sight.sent is None:
        return "there is nothing to compare"
    nominated = {name.strip().lower() for name in sight.sent.fields.get("connection", "").split(",")}
    trailers = sight.received[-1].trailers or ()
    return next((f"the trailer {name} was passed on" for name, _ in trailers if name.lower() in nominated), None)


@judgement
def nominated_response_trailers_are_removed(sight: Sight) -> str | None:
    """No trailer that Connection of the response named reached the client: RFC 9110 section 7.6.1."""
    if sight.said is None or sight.got is None:
        return "there is nothing to compare"
    nominated = {name.strip().lower() for name in sight.said.fields.get("connection", "").split(",")}
    trailers = sight.got.trailers or ()
    return next((f"the trailer {name} was passed on" for name, _ in trailers if name.lower() in nominated), None)


@judgement
def upstream_is_sent_1_0(sight: Sight) -> str | None:
    """The last request at the upstream is of HTTP/1.0."""
    version = sight.received[-1].version if sight.received else "nothing"
    return None if version == "HTTP/1.0" else f"it was sent {version}"


@judgement
def upstream_is_sent_another_version(sight: Sight) -> str | None:
    """The last request at the upstream is of no version of HTTP/1 that there is: RFC 9112 section 2.3."""
    version = sight.received[-1].version if sight.received else "nothing"
    return None if version not in ("HTTP/1.0", "HTTP/1.1", "nothing") else f"it was sent {version}"


@judgement
def what_reached_the_upstream_is_malformed(sight: Sight) -> str | None:
    """Octets of a request at the upstream fit no message: RFC 9110 section 2.2."""
    return None if _problem(sight) is not None else "nothing is wrong with what reached the upstream"


@judgement
def what_reached_the_upstream_is_well_formed(sight: Sight) -> str | None:
    """Nothing is wrong with the octets of any request at the upstream: RFC 9110 section 2.2."""
    return _problem(sight)


def _problem(sight: Sight) -> str | None:
    if any(one.method == GARBAGE for one in sight.received):
        return "octets reached the upstream that are no request"
    return next((problem.detail for one in sight.received for problem in one.problems), None)


@judgement
def octets_are_kept(sight: Sight) -> str | None:
    """The last request reached the upstream octet by octet, as in a tunnel: RFC 9110 section 9.3.6."""
    if not sight.received or sight.answer is None:
        return "there is nothing to compare"
    head, _, _ = sight.answer.asked.octets.partition(b"\r\n\r\n")
    return None if sight.received[-1].octets == head + b"\r\n\r\n" else "other octets reached the upstream"


@judgement
def it_has_a_cache(sight: Sight) -> str | None:
    """The subject is known to have a cache: RFC 9111."""
    return None if "cache" in sight.facts else "it is not known to have a cache"


@judgement
def content_fields_are_kept(sight: Sight) -> str | None:
    """What the last response says of its content is what the upstream said: RFC 9110 section 7.7."""
    if sight.said is None or sight.got is None:
        return "there is nothing to compare"
    for name in ("content-encoding", "content-type", "content-range"):
        before, after = sight.said.fields.get(name), sight.got.fields.get(name)
        if before != after:
            return f"{name} was {before!r} and is {after!r}"
    return None


@judgement
def max_forwards_is_one_less_or_the_most(sight: Sight) -> str | None:
    """Max-Forwards of each request at the upstream is one less, or the most that is supported: RFC 9110 section 7.6.2."""
    sent = [
        one.asked.request.fields.get("max-forwards") for one in sight.answers if one is not None and one.asked.request
    ]
    numbers = [
        (int(before) - 1, int(after))
        for before, one in zip(sent, sight.received, strict=False)
        if before is not None and (after := one.fields.get("max-forwards", "")).isdecimal()
    ]
    most = max((after for _, after in numbers), default=0)
    wrong = next((after for one_less, after in numbers if after != min(one_less, most)), None)
    return None if wrong is None else f"{wrong} is neither one less nor {most}"


@judgement
def only_the_last_content_was_held_back(sight: Sight) -> str | None:
    """The content of the last request came once the upstream had said something, that of others before: section 10.1.1."""
    if not sight.received or not sight.received[-1].held:
        return "the last content was not held back"
    return "others were held back, too" if any(one.held for one in sight.received[:-1]) else None


@judgement
def a_request_followed_close(sight: Sight) -> str | None:
    """A request reached the upstream on a connection on which one before had said close: RFC 9112 section 9.6."""
    closed: set[int] = set()
    for one in sight.received:
        if one.connection in closed:
            return None
        if "close" in (option.strip().lower() for option in one.fields.get("connection", "").split(",")):
            closed.add(one.connection)
    return "no request followed one that said close"


@judgement
def date_is_of_now(sight: Sight) -> str | None:
    """Date of the last answer is about the time of the play, however badly clocks are set: RFC 9110 section 6.6.1."""
    now = parse_http_date(sight.facts.get("now"), 0)
    if sight.got is None or not isinstance(now, int):
        return "there is nothing to compare"
    text = sight.got.fields.get("date")
    date = parse_http_date(text, now)
    return None if isinstance(date, int) and abs(date - now) <= _MOST_ASTRAY else f"Date is {text!r}"
