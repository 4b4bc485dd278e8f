"""A request as the semantics see it: method, target URI, header section, and what is known of its content beforehand."""

from __future__ import annotations

from statuary.message.fields import NO_FIELDS, Fields

UNKNOWN_LENGTH = -1
"""Of a request's content: there is some, and its length is not announced (chunked)."""


class Request:
    """The header section of a request, its target resolved (RFC 9110 section 7.1).

    ``path`` and ``query`` are as they came, percent-encoding included; ``query`` is None without a question mark. ``path``
    is ``*`` for the asterisk form, and empty for the authority form. ``authority`` is the host and port the client wants,
    lower case, or None where HTTP/1.0 named none. ``content_length`` is None without content, UNKNOWN_LENGTH, or octets.
    ``carried_by`` is the scheme that the connection implies, which may differ from that of the target. ``peer`` is the
    address it came from, where the shell knows it. A value by convention: but for the shell's ``peer``, nothing writes to
    it once it is made. Slots, not a frozen dataclass, since one is made for every request.
    """

    __slots__ = (
        "authority",
        "carried_by",
        "content_length",
        "fields",
        "method",
        "path",
        "peer",
        "query",
        "scheme",
        "target",
        "version",
    )

    def __init__(
        self,
        method: str = "GET",
        path: str = "/",
        fields: Fields = NO_FIELDS,
        *,
        query: str | None = None,
        scheme: str = "http",
        authority: str | None = None,
        version: tuple[int, int] = (1, 1),
        content_length: int | None = None,
        target: str | None = None,
        peer: str | None = None,
        carried_by: str | None = None,
    ) -> None:
        self.method = method
        self.path = path
        self.fields = fields
        self.query = query
        self.scheme = scheme
        self.authority = authority
        self.version = version
        self.content_length = content_length
        self.target = target if target is not None else (path if query is None else f"{path}?{query}")
        self.peer = peer
        self.carried_by = carried_by if carried_by is not None else scheme

    def with_fields(self, fields: Fields, *, content_length: int | None = None) -> Request:
        """The same request with another header section and, where it is given, another length of its content."""
        return Request(
            self.method,
            self.path,
            fields,
            query=self.query,
            scheme=self.scheme,
            authority=self.authority,
            version=self.version,
            content_length=self.content_length if content_length is None else content_length,
            target=self.target,
            peer=self.peer,
            carried_by=self.carried_by,
        )

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Request) and all(getattr(self, n) == getattr(other, n) for n in Request.__slots__)

    def __hash__(self) -> int:
        return hash((self.method, self.target, self.fields))

    def __repr__(self) -> str:
        return f"<Request {self.method} {self.target} {self.fields.lines!r}>"
