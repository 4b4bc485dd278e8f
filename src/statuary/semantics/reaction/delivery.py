"""Responses that end it, and those that still don't: what is given to whoever asked, and how it is to be taken."""

from __future__ import annotations

from statuary import status
from statuary.fields.links import parse_links
from statuary.fields.upgrade import parse_upgrade
from statuary.message.fields import Fields
from statuary.message.request import Request
from statuary.semantics.reaction.reactions import Ask, Deliver, GiveUp, Gone, Reaction, Send, Wait
from statuary.semantics.reaction.situation import Situation
from statuary.semantics.reaction.waiting import asked_delay
from statuary.semantics.target_uri import origin_of, resolve, uri_of

_BETWEEN_POLLS = 1.0
_FOR_THE_MONITOR = ("accept", "accept-language", "authorization")


def wait(situation: Situation) -> Reaction:
    """No final response yet: the content goes out if a 100 asked for it, and any other interim response changes nothing."""
    last = situation.last
    if last.content == "held" and any(one.status == 100 for one in last.interim):
        return Wait("rfc9110-15.2.1-s2", "The 100 asks for the content.", send_content=True)
    if not last.interim:
        return Wait("rfc9110-15", "The answer is still to come.")
    # Any number of them, asked for or not: rfc9110-15.2-2
    code = last.interim[-1].status
    return Wait("rfc9110-15.2-2", f"A {code} {status.phrase(code)}".rstrip() + ": the final response is still to come.")


def deliver(situation: Situation) -> Reaction:
    """200 and all other successes."""
    code = situation.response.status
    known = "" if code in status.PHRASES else ", which is not known and taken as 200"
    because = _section_of(code, "rfc9110-15.3")
    return Deliver(situation.response, because, f"A success: {code}{known}.", fragment=situation.last.fragment)


def mark(situation: Situation) -> Reaction:
    """203: what an intermediary made of it."""
    return Deliver(
        situation.response,
        "rfc9110-15.3.4",
        "An intermediary changed it: it is not what the origin server sent.",
        is_transformed=True,
        fragment=situation.last.fragment,
    )


def keep_view(situation: Situation) -> Reaction:
    """204: done, and nothing to show."""
    return Deliver(situation.response, "rfc9110-15.3.5-s2", "Done; the view stays.", view="keep")


def reset_view(situation: Situation) -> Reaction:
    """205: done, and the form may be filled in again."""
    return Deliver(situation.response, "rfc9110-15.3.6-s1", "Done; the form is to be cleared.", view="reset")


def switch(situation: Situation) -> Reaction:
    """101: only to what was asked for."""
    offered = parse_upgrade(situation.request.fields.get("upgrade"))
    taken = parse_upgrade(situation.get("upgrade"))
    if not offered or not taken:
        return GiveUp("rfc9110-7.8-6", "It switches protocols without having been asked to.", situation.response)
    wanted = {str(protocol).lower() for protocol in offered}
    if not all(str(protocol).lower() in wanted for protocol in taken):
        return GiveUp("rfc9110-7.8-6", "It switches to a protocol that was not offered.", situation.response)
    return Deliver(situation.response, "rfc9110-15.2.2", "The connection speaks the other protocol now.", view="switch")


def monitor(situation: Situation) -> Reaction:
    """202: accepted; its monitor is asked until the work is done, if the policy says so."""
    response, policy = situation.response, situation.policy
    where = _monitor_of(situation)
    accepted = Deliver(
        response, "rfc9110-15.3.3", "Accepted; the work is not finished.", fragment=situation.last.fragment
    )
    asked = sum(attempt.final is not None and attempt.final.status == 202 for attempt in situation.attempts)
    delay = asked_delay(response, situation.now)
    seconds = _BETWEEN_POLLS if delay is None else delay
    if not policy.monitors or where is None or asked > policy.most_monitored:
        return accepted
    if seconds > policy.longest_wait or situation.waited + seconds > policy.most_waiting:
        return accepted
    path, mark_, query = where.partition("://")[2].partition("/")[2].partition("?")
    request = Request(
        "GET",
        f"/{path}",
        Fields(line for line in situation.request.fields if line[0].lower() in _FOR_THE_MONITOR),
        query=query if mark_ else None,
        scheme=situation.request.scheme,
        authority=situation.request.authority,
    )
    return Send(request, "rfc9110-15.3.3-s1", f"Accepted; how the work stands is asked of {where}.", after=seconds)


def _monitor_of(situation: Situation) -> str | None:
    """Where a 202 says that its work can be watched, if that is at the same origin."""
    links = parse_links(situation.get("link"))
    targets = [link.target for link in links or () if "monitor" in link.relations]
    targets += [situation.get("location") or ""] if not targets and situation.get("location") else []
    if not targets and situation.request.method == "GET":
        return uri_of(situation.request)
    found = resolve(situation.uri, targets[0]) if targets else None
    return found[0] if found is not None and origin_of(found[0]) == origin_of(situation.uri) else None


def ask_to_pay(situation: Situation) -> Reaction:
    """402: nothing a program should do by itself."""
    return Ask("pay", "rfc9110-15.5.3", "Payment is required.", situation.response)


def forget(situation: Situation) -> Reaction:
    """410: gone, and not to be asked for again."""
    says = f"{situation.uri} is gone for good."
    return GiveUp("rfc9110-15.5.11", says, situation.response, (Gone(situation.uri),))


_HINTS = {
    403: "It is refused, and other credentials are not asked for.",
    404: "There is nothing there.",
    405: "The method is not allowed here{allow}.",
    406: "There is nothing acceptable there.",
    409: "It conflicts with the state of the resource: look at it, and send the request again.",
    412: "The condition is false: someone changed it. Read it again before you change it.",
    414: "The target is longer than is taken.",
    415: "Content of this type or coding is not taken{accept}.",
    422: "The content was understood, and can't be processed.",
    426: "Another protocol is required{upgrade}.",
    428: "The change has to be made on condition: read the resource, and send its entity tag in If-Match.",
    431: "The fields are larger than is taken.",
    451: "It is withheld for legal reasons.",
    501: "The method or coding is not implemented there.",
    505: "This version of HTTP is not spoken there.",
    507: "There is no room left there.",
    508: "The request went in a circle.",
    511: "The network wants a login first.",
}


def explain(situation: Situation) -> Reaction:
    """4xx and 5xx that nothing can be done about: its content says why."""
    code = situation.response.status
    given = {name: _given(situation, name) for name in ("allow", "accept", "upgrade")}
    hint = _HINTS.get(code)
    if hint is None:
        kind = "the client's" if code // 100 == 4 else "the server's"
        known = "" if code in status.PHRASES else ", which is not known and taken as that"
        return GiveUp(_section_of(code, "rfc9110-15"), f"An error of {kind} side: {code}{known}.", situation.response)
    return GiveUp(_section_of(code, "rfc9110-15"), hint.format(**given), situation.response)


def _section_of(code: int, otherwise: str) -> str:
    """The section that defines a code, in whatever RFC does; ``otherwise`` for one that none defines."""
    if code not in status.PHRASES:
        return otherwise
    fact = status.lookup(code)
    return otherwise if fact.section is None else f"{fact.spec}-{fact.section}"


def _given(situation: Situation, name: str) -> str:
    value = situation.get(name)
    return "" if value is None else f" ({value})"
