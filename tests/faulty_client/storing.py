"""Stored responses, validated each time that they are used: RFC 9110 section 13.1, RFC 9111 section 4.3."""

from __future__ import annotations

from dataclasses import replace

from .message import Fields, Request, Response

CONDITIONS = ("if-match", "if-none-match", "if-modified-since", "if-unmodified-since", "range")


class Storing:
    """Keeps responses that have validators."""

    USEFUL: tuple[str, ...] = ("ETag", "Last-Modified")

    def __init__(self) -> None:
        self.stored: dict[str, Response] = {}

    def key(self, request: Request) -> str:
        """What a stored response is found by."""
        return str(request.uri.without_fragment())

    def store(self, request: Request, response: Response) -> None:
        """Keep a response to GET, unless it says otherwise."""
        if request.method != "GET" or response.status != 200:
            return
        self.stored.pop(self.key(request), None)
        is_useful = any(response.get(name) is not None for name in self.USEFUL)
        if is_useful and "no-store" not in response.tokens("Cache-Control") and response.get("Vary") is None:
            self.stored[self.key(request)] = response

    def known(self, request: Request) -> Response | None:
        """What is stored for a request that has no condition of the user's."""
        if request.method != "GET" or any(name.lower() in CONDITIONS for name, _ in request.fields + request.own):
            return None
        return self.stored.get(self.key(request))

    def validation_fields(self, stored: Response) -> Fields:
        """The condition: the entity tag, or the date if there is none."""
        if (tag := stored.get("ETag")) is not None:
            return [("If-None-Match", tag)]
        return [("If-Modified-Since", stored.get("Last-Modified") or "")]

    def revived(self, stored: Response, response: Response) -> Response | None:
        """The stored response, freshened; None where the 304 is about another one: RFC 9111 section 4.3.4."""
        tag = response.get("ETag")
        if tag is not None and tag.removeprefix("W/") != (stored.get("ETag") or "").removeprefix("W/"):
            return None
        names = {name.lower() for name, _ in response.fields}
        kept = [(name, value) for name, value in stored.fields if name.lower() not in names]
        return replace(stored, fields=kept + [line for line in response.fields if line[0].lower() != "content-length"])
