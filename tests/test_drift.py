"""No registered status code is forgotten: each is provoked here from the code that decides, or it is in the table of those
that an origin server does not send.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable

import pytest

from statuary import status
from statuary.fields.validators import EntityTag
from statuary.message.fields import Fields
from statuary.message.request import UNKNOWN_LENGTH, Request
from statuary.origin_server.server import OriginServer
from statuary.origin_server.site import Site
from statuary.semantics.decision import QUESTIONS, Perform, Respond, conclude, decide, outcome
from statuary.semantics.decision.unsent import NOT_SENT
from statuary.semantics.resource import (
    Access,
    ContentRules,
    Gone,
    LegalBlock,
    Moved,
    Payment,
    Representation,
    Resource,
    TooManyRequests,
    Unavailable,
    Upgrade,
)
from statuary.status.code import StatusCode
from statuary.transport.clock import ManualClock
from statuary.transport.memory import MemoryTransport
from statuary.wire.limits import WireLimits
from statuary.wire.malformed import MalformedMessage
from statuary.wire.request_reader import RequestReader

NOW = 1_700_000_000
PAGE = Representation(b"page", "text/html", 4, EntityTag("a", weak=False), NOW - 1000)
PICTURE = dataclasses.replace(PAGE, media_type="image/png")
GET, POST = Request(), Request("POST", content_length=4)
FOUND = Resource(variants=(PAGE,))
FORM = Resource(methods=("POST", "OPTIONS"))
FILE = Resource(variants=(PAGE,), methods=("GET", "HEAD", "OPTIONS", "PUT"))

Sent = set[int]
Provocation = Callable[[], Sent]


def get(**fields: str) -> Request:
    return Request(fields=Fields((name.replace("_", "-"), value) for name, value in fields.items()))


def post(**fields: str) -> Request:
    return Request("POST", fields=get(**fields).fields, content_length=4)


def decided(request: Request, resource: Resource) -> Provocation:
    """The codes of the interim responses and of the final one, if that is decided already."""

    def provoke() -> Sent:
        decision = decide(request, resource, NOW)
        assert decision.question in QUESTIONS
        sent = {response.status for response in decision.interim}
        return sent | {decision.status} if isinstance(decision, Respond) else sent

    return provoke


def concluded(came: outcome.Outcome) -> Provocation:
    def provoke() -> Sent:
        assert isinstance(decide(POST, FORM, NOW), Perform)
        answer = conclude(POST, FORM, came)
        assert answer.question in QUESTIONS
        return {answer.status}

    return provoke


def read(octets: bytes) -> Provocation:
    """The code that the reader asks for when it can't read a request."""

    def provoke() -> Sent:
        reader = RequestReader(WireLimits())
        reader.feed(octets)
        with pytest.raises(MalformedMessage) as malformed:
            reader.next_request()
        return {malformed.value.status}

    return provoke


def waited() -> Sent:
    """The code that a connection is ended with when a request begins and does not come to its end in time."""
    clock = ManualClock(NOW)
    server = OriginServer(Site(), clock=clock)
    transport = MemoryTransport(server.connect())
    transport.receive(b"GET / HT")
    clock.advance(60)
    server.sweep()
    transport.close()
    return {int(bytes(transport.sent).split(b" ")[1])}


UPGRADE = Upgrade(("chat",), required=True)

PROVOCATIONS: dict[int, Provocation] = {
    100: decided(post(expect="100-continue"), FORM),
    101: decided(get(connection="upgrade", upgrade="chat"), Resource(upgrade=UPGRADE)),
    103: decided(GET, Resource(variants=(PAGE,), hints=("</style.css>; rel=preload",))),
    200: decided(GET, FOUND),
    201: concluded(outcome.Created("/new")),
    202: concluded(outcome.Accepted("/monitor")),
    204: concluded(outcome.Done()),
    205: concluded(outcome.ResetView()),
    206: decided(get(range="bytes=0-1"), FOUND),
    300: decided(GET, Resource(variants=(PAGE, PICTURE), prefers_choice=True)),
    301: decided(GET, Resource(moved=Moved(301, "/new"))),
    302: decided(GET, Resource(moved=Moved(302, "/new"))),
    303: concluded(outcome.SeeOther("/result")),
    304: decided(get(if_none_match='"a"'), FOUND),
    305: decided(GET, Resource(moved=Moved(305, "http://proxy.example/"))),
    307: decided(GET, Resource(moved=Moved(307, "/new"))),
    308: decided(GET, Resource(moved=Moved(308, "/new"))),
    400: read(b"GET / HTTP/1.1\r\n\r\n"),
    401: decided(GET, Resource(access=Access("realm"))),
    402: decided(GET, Resource(payment=Payment())),
    403: decided(GET, Resource(forbidden="")),
    404: decided(GET, Resource(exists=False)),
    405: decided(POST, FOUND),
    406: decided(get(accept="text/plain"), Resource(variants=(PAGE, PICTURE))),
    408: waited,
    409: decided(POST, dataclasses.replace(FORM, conflict="It is taken.")),
    410: decided(GET, Resource(exists=False, gone=Gone())),
    411: decided(
        Request("POST", content_length=UNKNOWN_LENGTH),
        dataclasses.replace(FORM, content=ContentRules(needs_length=True)),
    ),
    412: decided(get(if_match='"b"'), FOUND),
    413: decided(POST, dataclasses.replace(FORM, content=ContentRules(most=3))),
    414: read(b"GET /" + b"a" * 20_000),
    415: decided(
        post(content_type="text/plain"), dataclasses.replace(FORM, content=ContentRules(media_types=("a/b",)))
    ),
    416: decided(get(range="bytes=4-"), FOUND),
    417: decided(get(expect="more"), FOUND),
    421: decided(Request(authority="other.example"), Resource(authorities=frozenset({"example.org"}))),
    422: concluded(outcome.Unprocessable("It says nothing.")),
    425: decided(post(early_data="1"), FORM),
    426: decided(GET, Resource(upgrade=UPGRADE)),
    428: decided(Request("PUT", content_length=4), dataclasses.replace(FILE, needs_precondition=True)),
    429: decided(GET, Resource(too_many=TooManyRequests(1))),
    431: read(b"GET / HTTP/1.1\r\nHost: a\r\nLong: " + b"a" * 70_000),
    451: decided(GET, Resource(legal_block=LegalBlock())),
    500: concluded(outcome.Failed()),
    501: decided(Request("BREW"), FOUND),
    503: decided(GET, Resource(unavailable=Unavailable())),
    505: read(b"GET / HTTP/2.0\r\n\r\n"),
    507: concluded(outcome.StorageFull()),
}


@pytest.mark.parametrize("code", PROVOCATIONS)
def test_the_code_is_sent_when_it_is_provoked(code: int) -> None:
    assert code in PROVOCATIONS[code]()


@pytest.mark.parametrize("row", status.REGISTERED, ids=lambda row: str(row.code))
def test_a_registered_code_is_provoked_or_said_not_to_be_sent(row: StatusCode) -> None:
    assert (row.code in PROVOCATIONS) != (row.code in NOT_SENT)


def test_nothing_is_said_of_codes_that_are_not_registered() -> None:
    assert PROVOCATIONS.keys() | NOT_SENT.keys() == status.PHRASES.keys()


@pytest.mark.parametrize("code", NOT_SENT)
def test_the_reason_is_a_sentence(code: int) -> None:
    assert NOT_SENT[code].endswith(".")
