"""A case: what a client is told to do, as values and as the JSON of the pull protocol; and what it tells of it afterwards."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from importlib import resources
from typing import Any

from statuary.conformance.client.scenario import ERROR, NOTHING, Ask, ClientScenario
from statuary.conformance.requests import split_request
from statuary.conformance.template import fill
from statuary.message.fields import FieldLine
from statuary.semantics.judgement.finding import sentence


@dataclass(frozen=True, slots=True)
class Order:
    """One request that the client is to make, in the user's words rather than HTTP's.

    method       of the request
    url          target URI, perhaps with a fragment
    fields       further field lines
    content      what it has to send, None for none
    expect       whether it is to send the expectation 100-continue
    credentials  user name and password, where it has some
    proxy        URI of a forward proxy
    resume       the start of the content that it has already
    unsized      whether the length of its content is not to be known beforehand
    """

    method: str
    url: str
    fields: tuple[FieldLine, ...] = ()
    content: str | None = None
    expect: bool = False
    credentials: tuple[str, str] | None = None
    proxy: str | None = None
    resume: str | None = None
    unsized: bool = False


@dataclass(frozen=True, slots=True)
class Case:
    """The orders of one play, which one client obeys one after the other, and the seconds that it has for them all."""

    id: str
    orders: tuple[Order, ...]
    seconds: float
    frame: str = ""

    def to_json(self) -> str:
        """As the pull protocol gives it."""
        requests = [
            {
                "method": one.method,
                "url": one.url,
                "fields": [list(line) for line in one.fields],
                "content": one.content,
                "expect": one.expect,
                "credentials": list(one.credentials) if one.credentials else None,
                "proxy": one.proxy,
                "resume": one.resume,
                "unsized": one.unsized,
            }
            for one in self.orders
        ]
        return json.dumps(
            {"id": self.id, "seconds": self.seconds, "trust": authority(), "frame": self.frame, "requests": requests}
        )


@dataclass(frozen=True, slots=True)
class Told:
    """What a client says that one order came to: a status, the content if it tells it, or a failure.

    ``status`` and ``error`` may both be there: the client began with a response and then could not go on. ``url`` is the URI
    that it ended at, with its fragment.
    """

    status: int | None = None
    content: bytes | None = None
    error: str | None = None
    url: str | None = None

    @property
    def word(self) -> str:
        """The status, or "error"; "nothing" where it said neither."""
        if self.error is not None:
            return ERROR
        return NOTHING if self.status is None else f"{self.status:03d}"


def authority() -> str:
    """File with the certificate that clients have to trust for the scenarios with TLS."""
    with resources.as_file(resources.files("statuary.conformance.client") / "certificates" / "authority.pem") as path:
        return str(path)


def case_of(scenario: ClientScenario, facts: Mapping[str, str], id: str) -> Case:
    """What a client has to be told. Raises template.Missing."""
    orders = tuple(_order(one, facts) for one in scenario.ask)
    return Case(id, orders, scenario.seconds, f"{facts['a']}/statuary-frame.html")


def _order(ask: Ask, facts: Mapping[str, str]) -> Order:
    (method, target, *_), lines, content = split_request(ask.send)
    origin, slash, path = target.partition("/")
    url = fill(target, facts) if "://" in target or origin.startswith("{") else facts[origin or "a"] + slash + path
    user, _, password = (ask.credentials or "").partition(":")
    return Order(
        method=method,
        url=fill(url, facts) + (f"#{ask.fragment}" if ask.fragment else ""),
        fields=tuple((fill(name, facts), fill(value, facts)) for name, value in lines),
        content=None if content is None else fill(content, facts),
        expect=ask.expect,
        credentials=(user, password) if ask.credentials else None,
        proxy=None if ask.proxy is None else facts[ask.proxy],
        resume=ask.resume,
        unsized=ask.unsized,
    )


def needed_for(scenario: ClientScenario) -> tuple[str, ...]:
    """What a client has to be able to do for a scenario: names of abilities.py."""
    needs = dict.fromkeys(scenario.needs)
    for one in scenario.ask:
        (method, target, *_), lines, content = split_request(one.send)
        asked = {
            "methods": method not in ("GET", "HEAD", "POST"),
            "head": method == "HEAD",
            "post": method == "POST",
            "fields": bool(lines),
            "content": content is not None,
            "expect": one.expect,
            "credentials": one.credentials is not None,
            "proxy": one.proxy is not None,
            "resume": one.resume is not None,
            "unsized": one.unsized,
            "tls": target.startswith(("tls/", "other/")),
            "several": len(scenario.ask) > 1,
        }
        needs |= dict.fromkeys(name for name, is_needed in asked.items() if is_needed)
    return tuple(needs)


class NotTold(ValueError):  # noqa: N818
    """What a client reported can't be read; the message says why."""


def read_told(values: Any) -> tuple[Told, ...]:
    """What a client reported, from JSON. Raises NotTold."""
    if not isinstance(values, Sequence) or isinstance(values, str) or len(values) > 100:
        raise NotTold("results is a list, with one entry for each request of the case")
    return tuple(_told(value) for value in values)


def _told(value: Any) -> Told:
    if not isinstance(value, dict):
        raise NotTold("a result is an object with status, content and error")
    status, content, error = value.get("status"), value.get("content"), value.get("error")
    if status is not None and (not isinstance(status, int) or isinstance(status, bool)):
        raise NotTold("status is a number or null")
    if content is not None and not isinstance(content, str):
        raise NotTold("content is a text, in which each character stands for an octet, or null")
    try:
        octets = None if content is None else content.encode("latin-1")
    except UnicodeEncodeError:
        raise NotTold("content has characters above 255: each stands for an octet") from None
    url = value.get("url")
    return Told(
        status, octets, None if error is None else sentence(str(error)), None if url is None else str(url)[:2000]
    )
