"""Judgements that scenarios for clients name, for what their vocabulary of requests, fields and statuses can't say.

Each looks at what was seen and says what is wrong with it, or nothing. Its name reads as what holds.
"""

from __future__ import annotations

import base64
import hashlib
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import pairwise

from statuary.conformance.client.case import Told
from statuary.conformance.scripted.received import GARBAGE, Received


@dataclass(frozen=True, slots=True)
class Sight:
    """What a judgement is given: all requests seen, the one that the outcome is about, and what the client told."""

    received: Sequence[Received]
    of: Received | None
    told: Sequence[Told]


Judgement = Callable[[Sight], str | None]
JUDGEMENTS: dict[str, Judgement] = {}


def judgement(check: Judgement) -> Judgement:
    """Makes a function available to scenarios under its name."""
    JUDGEMENTS[check.__name__] = check
    return check


@judgement
def has_basic_credentials(sight: Sight) -> str | None:
    """Authorization has the Basic credentials that the client was given."""
    expected = base64.b64encode(b"alice:wonderland").decode("ascii")
    scheme, _, value = (sight.of.fields.get("authorization", "") if sight.of is not None else "").partition(" ")
    return None if (scheme.lower(), value.strip()) == ("basic", expected) else "Authorization is another"


@judgement
def has_digest_credentials(sight: Sight) -> str | None:
    """Authorization answers the Digest challenge that was sent last, with the credentials given: RFC 7616 section 3.4."""
    challenge = next(
        (one.final.fields.get("www-authenticate", "") for one in reversed(sight.received[:-1]) if one.final), ""
    )
    asked, answered = _parameters(challenge), _parameters(sight.received[-1].fields.get("authorization", ""))
    algorithm = asked.get("algorithm", "MD5")

    def hashed(*parts: str) -> str:
        text = ":".join(parts).encode("latin-1", "replace")
        return (
            hashlib.sha256(text) if algorithm == "SHA-256" else hashlib.md5(text, usedforsecurity=False)
        ).hexdigest()

    if answered.get("qop") and not re.fullmatch("[0-9A-Fa-f]{8}", answered.get("nc", "")):
        return "nc has not eight digits"
    secret = hashed("alice", asked.get("realm", ""), "wonderland")
    action = hashed(sight.received[-1].method, sight.received[-1].target)
    rest = [answered.get(name, "") for name in ("nc", "cnonce", "qop")]
    expected = hashed(secret, asked.get("nonce", ""), *(rest if rest[-1] else ()), action)
    return None if answered.get("response") == expected else "the digest is another"


def _parameters(value: str) -> dict[str, str]:
    """The parameters of a challenge or of credentials, without quotes and escapes."""
    found = re.findall(r'(\w+)=(?:"((?:[^"\\]|\\.)*)"|([^\s,]+))', value)
    return {name.lower(): re.sub(r"\\(.)", r"\1", quoted) or token for name, quoted, token in found}


@judgement
def waits_as_long_as_retry_after_says(sight: Sight) -> str | None:
    """The second request came no sooner than a second after the first was answered; scenarios ask for one or more."""
    if len(sight.received) < 2:
        return None
    waited = sight.received[1].at - sight.received[0].answered
    return f"it waited {waited:.2f} seconds" if waited < 0.9 else None


@judgement
def speaks_1_1(sight: Sight) -> str | None:
    """All requests say HTTP/1.1."""
    return next((f"a request says {one.version}" for one in sight.received if one.version != "HTTP/1.1"), None)


@judgement
def says_an_unknown_version(sight: Sight) -> str | None:
    """A request says neither HTTP/1.0 nor HTTP/1.1: RFC 9110 section 6.2."""
    return None if any(one.version not in ("HTTP/1.0", "HTTP/1.1") for one in sight.received) else "all are known"


@judgement
def announces_length_or_chunks(sight: Sight) -> str | None:
    """The request says how long its content is, even if it has none."""
    if sight.of is None or not {"content-length", "transfer-encoding"}.isdisjoint(sight.of.fields.names()):
        return None
    return "neither Content-Length nor Transfer-Encoding"


@judgement
def says_close_or_uses_the_connection_again(sight: Sight) -> str | None:
    """Each request says close, by its version or its fields, or all are on one connection: RFC 9112 section 9.3."""
    if len({one.connection for one in sight.received}) == 1:
        return None
    lasting = [one for one in sight.received if one.version != "HTTP/1.0" or "connection" in one.fields]
    lacking = [one for one in lasting if "close" not in one.fields.get("connection", "").lower()]
    return f"{lacking[0].method} {lacking[0].place} does not say close" if lacking else None


@judgement
def sends_no_fragment(sight: Sight) -> str | None:
    """No request target has a fragment: RFC 9112 section 3.2."""
    return next((f"the target {one.target}" for one in sight.received if "#" in one.target), None)


_NO_TRAILERS = (
    {"connection", "content-length", "host", "te", "trailer", "transfer-encoding", "upgrade"}
    | {"content-encoding", "content-range", "content-type"}
    | {"cache-control", "expect", "max-forwards", "range"}
    | {"if-match", "if-modified-since", "if-none-match", "if-range", "if-unmodified-since"}
    | {"authorization", "cookie", "proxy-authorization"}
)


@judgement
def sends_trailers_that_may_be_none(sight: Sight) -> str | None:
    """A trailer frames, routes, conditions or authenticates, or says how to read the content: RFC 9110 section 6.5.1."""
    found = [name for one in sight.received if one.trailers is not None for name in one.trailers.names()]
    return None if _NO_TRAILERS.intersection(map(str.lower, found)) else "no trailer is one of these"


@judgement
def begins_tls_without_tunnel(sight: Sight) -> str | None:
    """TLS came on the connection of a CONNECT that was refused: RFC 9110 section 9.3.6."""
    for one, following in pairwise(sight.received):
        is_begun = following.connection == one.connection and following.octets.startswith(b"\x16\x03")
        if one.method == "CONNECT" and one.final is not None and one.final.status >= 300 and is_begun:
            return None
    return "no TLS came there"


@judgement
def a_request_came_in_place_of_content(sight: Sight) -> str | None:
    """Where announced content should have come, the next request did."""
    for one, following in pairwise(sight.received):
        is_out_of_step = following.method == GARBAGE and following.connection == one.connection
        if b" HTTP/1." in one.content or (one.announces_content and is_out_of_step):
            return None
    return "content came where it was announced"


@judgement
def became_another_method(sight: Sight) -> str | None:
    """The last request has another method than the first."""
    return "the method is the same" if sight.received[-1].method == sight.received[0].method else None


@judgement
def decodes_only_the_first(sight: Sight) -> str | None:
    """Of two responses with the same octets the first was decoded, and the second not: RFC 9110 section 8.4.1.1."""
    first, second = (one.content for one in (*sight.told, Told(), Told())[:2])
    return None if first == b"hello" != second else "both were, or none"


@judgement
def tells_another_code(sight: Sight) -> str | None:
    """The status told in the end is neither the one sent nor the x00 of its class: RFC 9110 section 15."""
    told = sight.told[-1].status if sight.told and sight.told[-1].error is None else None
    sent = sight.received[-1].final
    if told is None or sent is None:
        return "no status was told"
    return "that is the code" if told in (sent.status, sent.status // 100 * 100) else None


@judgement
def asks_for_one_target(sight: Sight) -> str | None:
    """All requests have the same target."""
    return None if len({one.target for one in sight.received}) == 1 else "another target was asked for"


@judgement
def is_asked_as_a_proxy(sight: Sight) -> str | None:
    """The request has a target in absolute form: RFC 9112 section 3.2.2."""
    return None if sight.of is not None and "://" in sight.of.target else "the target is not in absolute form"


@judgement
def speaks_without_tls_to_b(sight: Sight) -> str | None:
    """A request came at the second origin as it is, where an https URI was to be asked for: RFC 9110 section 4.2.2."""
    is_plain = any(one.origin == "b" and one.method != GARBAGE for one in sight.received)
    return None if is_plain else "no request came there"


@judgement
def connects_without_port(sight: Sight) -> str | None:
    """A CONNECT has a target without port: RFC 9110 section 9.3.6."""
    targets = [one.target for one in sight.received if one.method == "CONNECT"]
    return None if any(not re.search(r":\d+$", target) for target in targets) else "all have a port"
