"""What is changed in a message that is passed on: RFC 9110 section 7.6 and what follows from it.

Each rule is a method of its own, so that a fault can be planted by putting another in its place.
"""

from __future__ import annotations

from email.utils import formatdate

from tests.faulty_server.message import Fields, Request, combined, members

from .upstream import Reply

NAME = "faulty"
"""The pseudonym in Via."""


class Forwarding:
    """The rules for fields and targets."""

    host: str
    is_proxy: bool
    HOP_BY_HOP = (
        *("connection", "keep-alive", "proxy-connection", "te", "transfer-encoding", "upgrade"),
        *("proxy-authenticate", "proxy-authorization", "proxy-authentication-info", "trailer"),
    )

    # Requests

    def onward_target(self, request: Request) -> str:
        """Origin form, or the asterisk: RFC 9112 section 3.2."""
        if request.path == "*":
            return "*"
        _, found, rest = request.target.partition("://")
        if not found:
            return request.target
        slash, mark = rest.find("/"), rest.find("?")
        if slash < 0 or 0 <= mark < slash:
            return "/" + rest[mark:] if mark >= 0 else "/"
        return rest[slash:]

    def onward_fields(self, request: Request) -> Fields:
        """The fields of a request for the next hop."""
        fields = list(request.fields)
        fields = self.without_nominated(fields)
        fields = self.without_hop_by_hop(fields)
        fields = self.with_host(request, fields)
        fields = self.with_via(fields, request.version)
        fields = self.with_fewer_forwards(request, fields)
        fields = self.with_upgrade(request, fields)
        return self.with_framing(request, fields)

    def without_nominated(self, fields: Fields) -> Fields:
        """Fields that Connection names are for this hop: RFC 9110 section 7.6.1."""
        named = self.nominated(fields)
        return [(name, value) for name, value in fields if name.lower() not in named]

    def nominated(self, fields: Fields) -> set[str]:
        """The names, in lower case."""
        return {member.lower() for member in members(combined(fields, "Connection"))} - {"close", "keep-alive"}

    def without_hop_by_hop(self, fields: Fields) -> Fields:
        """Fields that are for one hop whoever names them: RFC 9110 section 7.6.1."""
        return [(name, value) for name, value in fields if name.lower() not in self.HOP_BY_HOP]

    def with_host(self, request: Request, fields: Fields) -> Fields:
        """Host is the target's authority: RFC 9112 section 3.2.2."""
        rest = [(name, value) for name, value in fields if name.lower() != "host"]
        return [("Host", request.authority or self.host), *rest]

    def with_via(self, fields: Fields, version: tuple[int, int]) -> Fields:
        """This hop is added to Via: RFC 9110 section 7.6.3."""
        return [*fields, ("Via", self.via(version))]

    def via(self, version: tuple[int, int]) -> str:
        """The member for this hop, with the version in which the message came."""
        return f"{version[0]}.{version[1]} {NAME}"

    def with_fewer_forwards(self, request: Request, fields: Fields) -> Fields:
        """Max-Forwards of TRACE and OPTIONS is one less: RFC 9110 section 7.6.2."""
        value = request.get("Max-Forwards")
        if request.method not in ("TRACE", "OPTIONS") or value is None or not value.isdecimal():
            return fields
        less = str(int(value) - 1)
        return [(name, less if name.lower() == "max-forwards" else value) for name, value in fields]

    def with_upgrade(self, request: Request, fields: Fields) -> Fields:
        """An upgrade that was asked for in HTTP/1.1 is asked for again: RFC 9110 section 7.8."""
        if not self.asks_for_upgrade(request):
            return fields
        return [*fields, ("Connection", "Upgrade"), ("Upgrade", request.get("Upgrade") or "")]

    def asks_for_upgrade(self, request: Request) -> bool:
        """Whether Connection names it, and the version knows it."""
        return request.version >= (1, 1) and "upgrade" in request.tokens("Connection") and bool(request.get("Upgrade"))

    def with_framing(self, request: Request, fields: Fields) -> Fields:
        """The content is framed anew: RFC 9112 section 6."""
        rest = [(name, value) for name, value in fields if name.lower() != "content-length"]
        if request.chunked:
            return [*rest, ("Transfer-Encoding", "chunked")]
        if request.get("Content-Length") is not None:
            return [*rest, ("Content-Length", str(request.length))]
        return rest

    # Responses

    def back_fields(self, request: Request, reply: Reply) -> Fields:
        """The fields of a response for the client, but for its framing."""
        fields = list(reply.fields)
        fields = self.without_nominated(fields)
        fields = self.back_without_hop_by_hop(fields)
        fields = self.with_via(fields, (1, reply.minor))
        fields = self.with_date(reply, fields)
        return self.back_upgrade(request, reply, fields)

    def with_date(self, reply: Reply, fields: Fields) -> Fields:
        """A final response without Date came now: RFC 9110 section 6.6.1."""
        if reply.status < 200 or combined(fields, "Date") is not None:
            return fields
        return [("Date", formatdate(usegmt=True)), *fields]

    def back_without_hop_by_hop(self, fields: Fields) -> Fields:
        """As in requests; what is asked of proxies is passed on, as there may be no other that could answer it."""
        kept = ("proxy-authenticate", "proxy-authentication-info")
        return [(name, value) for name, value in fields if name.lower() in kept or name.lower() not in self.HOP_BY_HOP]

    def back_upgrade(self, request: Request, reply: Reply, fields: Fields) -> Fields:
        """What a 101 switches to, and what a 426 requires, has to be known to the client: RFC 9110 section 7.8."""
        value = reply.get("Upgrade")
        if reply.status not in (101, 426) or value is None:
            return fields
        return [*fields, ("Connection", "Upgrade"), ("Upgrade", value)]
