"""What the checks claim of responses and connections, each failing with what was seen instead."""

from __future__ import annotations

from .client import Connection, Deviation, NoAnswer, Response
from .site import HELLO, Site

SUCCESS = (200, 201, 204)


def that(holds: bool, otherwise: str) -> None:
    """Fail with the text unless the condition holds."""
    if not holds:
        raise Deviation(otherwise)


def status(response: Response, *accepted: int) -> Response:
    """The status is among those accepted; the response is handed on."""
    that(response.status in accepted, f"answered {response}, accepted: {' '.join(map(str, accepted))}")
    return response


def refusal(response: Response, *accepted: int) -> Response:
    """The status is any 4xx, 501 or 505, or one of those accepted."""
    that(
        400 <= response.status < 500 or response.status in (501, 505, *accepted),
        f"answered {response}, expected a refusal",
    )
    return response


def content(response: Response, expected: bytes) -> Response:
    """The content is exactly these octets."""
    if response.content != expected:
        got = response.content
        raise Deviation(f"content is {len(got)} octets {got[:40]!r}, not {len(expected)} octets {expected[:40]!r}")
    return response


def field(response: Response, name: str) -> str:
    """The field is there; its combined value is handed on."""
    value = response.field(name)
    if value is None:
        raise Deviation(f"{response} without {name}")
    return value


def no_field(response: Response, *names: str) -> None:
    """None of the fields is there."""
    for name in names:
        that(response.field(name) is None, f"{response} with {name}: {response.field(name)}")


def closed(connection: Connection) -> None:
    """The server ends the connection, sending nothing more on it."""
    that(connection.end() != "open", "the connection stayed open")


def closed_or_in_step(site: Site, connection: Connection, last: Response) -> None:
    """Either the connection ends here, or the next request on it is understood: never anything between."""
    if last.says_close:
        closed(connection)
        return
    connection.send(site.request("GET", "/hello.txt"))
    try:
        following = connection.read_response()
    except NoAnswer as missing:
        that(missing.end != "open", "the next request was neither answered nor the connection closed")
        return
    that(following.status == 200 and following.content == HELLO, f"out of step: the next GET was answered {following}")


def refused(
    site: Site, octets: bytes, *accepted: int, method: str = "GET", fatal: bool = False, reason: str = ""
) -> Response:
    """The octets are refused with an accepted status, and the connection is closed, or (unless fatal) still in step."""
    with site.connect() as connection:
        connection.send(octets)
        response = connection.read_response(method)
        that(
            response.status in accepted,
            f"answered {response}, accepted: {' '.join(map(str, accepted))}{reason and f' ({reason})'}",
        )
        if fatal:
            closed(connection)
        else:
            closed_or_in_step(site, connection, response)
    return response
