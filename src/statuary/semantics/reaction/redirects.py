"""Redirects: where a 3xx leads, as which request, and when not to go there (RFC 9110 sections 10.2.2 and 15.4)."""

from __future__ import annotations

from collections.abc import Iterable
from urllib.parse import urlsplit

from statuary.fields.links import parse_links
from statuary.message.fields import Fields
from statuary.message.request import Request
from statuary.semantics.reaction.digest import nonce_of
from statuary.semantics.reaction.policy import Choice
from statuary.semantics.reaction.reactions import Ask, Deliver, GiveUp, Memory, Moved, Reaction, Send
from statuary.semantics.reaction.situation import Situation
from statuary.semantics.reaction.waiting import asked_delay
from statuary.semantics.target_uri import is_http, origin_of, resolve, uri_of

PERMANENT = (301, 308)
# What says how the connection, the proxy or the cache is used is made anew by whoever sends the request: section 15.4
_REMADE = frozenset(
    {
        *(
            "host",
            "connection",
            "keep-alive",
            "te",
            "trailer",
            "transfer-encoding",
            "content-length",
            "upgrade",
            "expect",
        ),
        *("proxy-authorization", "proxy-connection", "referer", "origin", "max-forwards", "http2-settings"),
    }
)
# What is told to one origin is not told to another: sections 15.4 and 17.16.3
_SECRET = frozenset({"authorization", "cookie", "cookie2"})
_VALIDATORS = frozenset({"if-none-match", "if-modified-since", "if-range"})
# They describe content that is not sent any more: section 15.4
_OF_CONTENT = frozenset({"last-modified", "digest", "repr-digest", "expect"})


def follow(situation: Situation) -> Reaction:
    """301, 302, 303, 307 and 308."""
    status = situation.response.status
    because = {301: "rfc9110-15.4.2", 302: "rfc9110-15.4.3", 303: "rfc9110-15.4.4", 307: "rfc9110-15.4.8"}.get(
        status, "rfc9110-15.4.9"
    )
    location = situation.get("location")
    if location is None:
        return GiveUp(because, f"The {status} has no Location: there is nowhere to go.", situation.response)
    if len(situation.response.fields.all("location")) > 1:
        return GiveUp(
            "rfc9110-5.3-1", f"The {status} has several Locations: there is no telling which.", situation.response
        )
    return go_to(situation, location, because, method=_method(situation.request.method, status))


def go_to(situation: Situation, reference: str, because: str, *, method: str | None = None) -> Reaction:
    """The request for what a reference of the response leads to, if the policy permits."""
    response = situation.response
    found = resolve(situation.uri, reference)
    if found is None:
        return GiveUp("rfc9110-10.2.2", "The Location can't be read.", response)
    uri, fragment = found
    if not is_http(uri):
        return GiveUp("rfc9110-10.2.2", f"It leads to {urlsplit(uri).scheme}, which is not HTTP.", response)
    if "@" in urlsplit(uri).netloc:
        return GiveUp("rfc9110-4.2.4-2", "It leads to a URI with user information, which hides where.", response)
    # A reference without a fragment inherits that of the one before: rfc9110-10.2.2-1
    fragment = situation.last.fragment if fragment is None else fragment
    method = method or situation.request.method
    remember = _moved(situation, uri)
    refusal = _refusal(situation, uri, method)
    if refusal is not None:
        return GiveUp(*refusal, response, remember)
    keeps = method == situation.request.method
    send = Send(
        _request(situation, uri, method, keeps_content=keeps),
        because,
        f"{response.status}: {method} {uri}{_kept(situation, keeps)}.",
        after=_delay(situation),
        keeps_content=keeps and situation.last.content != "none",
        fragment=fragment,
        remember=remember,
    )
    return _permitted(situation, uri, send, keeps=keeps)


def _permitted(situation: Situation, uri: str, send: Send, *, keeps: bool) -> Reaction:
    policy, response = situation.policy, situation.response
    if not policy.follows:
        return Deliver(response, "rfc9110-15.4", "It is not followed, as was asked.", remember=send.remember)
    if send.after > policy.longest_wait or situation.waited + send.after > policy.most_waiting:
        return GiveUp(
            "rfc9110-10.2.3-s1", f"It is to be followed in {send.after:g} seconds only.", response, send.remember
        )
    is_downgrade = situation.request.scheme == "https" and urlsplit(uri).scheme == "http"
    concerns: list[tuple[Choice, str]] = [(policy.downgrades, "from https to http")] if is_downgrade else []
    concerns += [(policy.unsafe_redirects, "of an unsafe method")] if keeps and not situation.is_safe else []
    for choice, what in concerns:
        if choice == "leave":
            return GiveUp("rfc9110-15.4", f"A redirect {what} is not followed by itself.", response, send.remember)
    for choice, what in concerns:
        if choice == "ask":
            says = f"A redirect {what}, to {uri}: is it to be followed?"
            return Ask("follow", "rfc9110-15.4", says, response, (uri,), send, send.remember)
    return send


def choose(situation: Situation) -> Reaction:
    """300: by the server's preference, else by asking (RFC 9110 section 15.4.1)."""
    response = situation.response
    location = situation.get("location")
    if location is not None and situation.policy.chooses and situation.is_safe:
        return go_to(situation, location, "rfc9110-15.4.1")
    links = parse_links(situation.get("link"))
    targets = [link.target for link in links or () if "alternate" in link.relations]
    found = [resolve(situation.uri, target) for target in targets]
    options = tuple(dict.fromkeys(one[0] for one in found if one is not None and is_http(one[0])))
    if options:
        return Ask("choose", "rfc9110-15.4.1", f"There are {len(options)} choices.", response, options)
    return Deliver(response, "rfc9110-15.4.1", "There are several choices; its content lists them.")


def use_proxy(situation: Situation) -> Reaction:
    """305: deprecated, so ignored, unless the policy obeys RFC 2616 section 10.3.6, for that one request."""
    response, location = situation.response, situation.get("location")
    found = resolve(situation.uri, location) if location is not None else None
    if not situation.policy.obeys_305 or found is None or situation.last.proxy is not None or not situation.is_safe:
        return GiveUp("rfc9110-15.4.6-s1", "It asks for a proxy, which no response may choose.", response)
    return Send(
        situation.request,
        "rfc2616-10.3.6-1",
        f"305: once more, through the proxy {found[0]}.",
        proxy=found[0],
        fragment=situation.last.fragment,
    )


def _method(method: str, status: int) -> str:
    """The method of the redirected request: sections 15.4.2 to 15.4.4."""
    if status == 303 and method != "HEAD":
        return "GET"
    return "GET" if status in (301, 302) and method == "POST" else method


def _refusal(situation: Situation, uri: str, method: str) -> tuple[str, str] | None:
    """Why it isn't followed, by requirement and sentence."""
    if situation.redirects >= situation.policy.most_redirects:
        return "rfc9110-15.4-3", f"There were {situation.redirects} redirects already."
    # The same request again, and nothing a response set in between could make it another: a loop
    for attempt in reversed(situation.attempts):
        if attempt.final is not None and "set-cookie" in attempt.final.fields:
            return None
        if (attempt.request.method, uri_of(attempt.request)) == (method, uri):
            return "rfc9110-15.4-3", f"It leads in a circle: {uri} was asked for already."
    return None


def _request(situation: Situation, uri: str, method: str, *, keeps_content: bool) -> Request:
    old, parts = situation.request, urlsplit(uri)
    dropped = set(_REMADE) | _nominated(old)
    if origin_of(uri) != origin_of(situation.uri):
        dropped |= _SECRET
    elif nonce_of(old.fields) is not None:
        dropped.add("authorization")  # it proves nothing for another target: RFC 7616 section 3.4.6
    if situation.policy.stored is not None:
        dropped |= _VALIDATORS | {"range"}
    if not keeps_content:
        dropped |= _OF_CONTENT
    lines = [line for line in old.fields if not _is_dropped(line[0].lower(), dropped, keeps_content=keeps_content)]
    return Request(
        method,
        parts.path or "/",
        Fields(lines),
        query=parts.query if "?" in uri else None,
        scheme=parts.scheme.lower(),
        authority=parts.netloc.rpartition("@")[2].lower(),
        content_length=old.content_length if keeps_content else None,
    )


def _nominated(request: Request) -> set[str]:
    return {name.strip().lower() for name in (request.fields.get("connection") or "").split(",")}


def _is_dropped(name: str, dropped: Iterable[str], *, keeps_content: bool) -> bool:
    return name in dropped or (not keeps_content and name.startswith("content-"))


def _moved(situation: Situation, uri: str) -> tuple[Memory, ...]:
    """Moved for good, for all who refer there; the first hop of a chain is remembered by itself."""
    return (Moved(situation.uri, uri),) if situation.response.status in PERMANENT and uri != situation.uri else ()


def _delay(situation: Situation) -> float:
    """The least wait before it is followed: rfc9110-10.2.3-s1."""
    return asked_delay(situation.response, situation.now) or 0.0


def _kept(situation: Situation, keeps: bool) -> str:
    if situation.last.content == "none":
        return ""
    return " with its content" if keeps else " without content"
