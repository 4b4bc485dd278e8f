"""Parts of representations: where they belong and which belong together. RFC 9110 sections 13.1.5, 14.4 and 15.3.7."""

from __future__ import annotations

import re
from dataclasses import replace

from .message import Failure, Request, Response

Part = tuple[int, int, int | None, bytes]
"""First position, last position, complete length if known, and the octets."""


class Partial:
    """Puts parts together."""

    CONTENT_RANGE = re.compile(r"(?i:bytes) ([0-9]+)-([0-9]+)/([0-9]+|\*)")

    # What the user has the start of

    def resumed(self, request: Request, response: Response) -> Response:
        """What the user gets, who had the start of it."""
        start = request.task.resume or b""
        if response.status == 416 and self.is_all(response, len(start)):
            return replace(response, content=start)
        if response.status != 206:
            return response
        whole, is_complete = self.put_together(start, response)
        return replace(response, status=200 if is_complete else 206, content=whole)

    def is_all(self, response: Response, length: int) -> bool:
        """Whether 416 says that there is no more."""
        return (response.get("Content-Range") or "").lower() == f"bytes */{length}"

    def put_together(self, start: bytes, response: Response) -> tuple[bytes, bool]:
        """The start with the parts of a 206, and whether that is all. Raises Failure."""
        whole, complete = start, None
        for first, last, length, octets in self.parts(response):
            if first > len(whole):
                raise Failure("a part that leaves a gap", 206)
            whole = whole[:first] + octets
            complete = length if length is not None else complete
            assert last == first + len(octets) - 1, "each part is as long as it says"
        return whole, self.is_complete(len(whole), complete)

    def is_complete(self, got: int, complete: int | None) -> bool:
        """Whether nothing is missing: RFC 9110 section 15.3.7.3."""
        return got == complete

    def parts(self, response: Response) -> list[Part]:
        """The parts of a 206: RFC 9110 sections 15.3.7.1 and 15.3.7.2. Raises Failure."""
        found = re.search(r'(?i)multipart/byteranges\s*;.*boundary="?([^";]+)"?', response.get("Content-Type") or "")
        if found is None:
            return [self.part(response.get("Content-Range"), response.content)]
        parts: list[Part] = []
        for piece in (b"\r\n" + response.content).split(b"\r\n--" + found[1].encode("latin-1"))[1:]:
            if piece.startswith(b"--"):
                return parts
            head, _, octets = piece.lstrip(b" \t").removeprefix(b"\r\n").partition(b"\r\n\r\n")
            range = re.search(r"(?im)^Content-Range:[ \t]*(.*?)[ \t]*\r?$", head.decode("latin-1"))
            parts.append(self.part(range[1] if range else None, octets))
        raise Failure("parts without an end", 206)

    def part(self, content_range: str | None, octets: bytes) -> Part:
        """One part where Content-Range says: RFC 9110 section 14.4. Raises Failure."""
        found = self.CONTENT_RANGE.fullmatch(content_range or "")
        if found is None:
            raise Failure("an invalid Content-Range", 206)
        first, last = int(found[1]), int(found[2])
        length = None if found[3] == "*" else int(found[3])
        if last < first or (length is not None and last >= length) or len(octets) != last - first + 1:
            raise Failure("an invalid Content-Range", 206)
        return first, last, length, octets

    # What was cut, and goes on by itself

    def after_cut(self, request: Request, partial: Response) -> Request | None:
        """A request for the rest of a response that was cut; None where that makes no sense."""
        if request.method != "GET" or request.get("Range") is not None or "rest" in request.tried:
            return None
        if partial.status != 200 or not partial.content or "bytes" not in partial.tokens("Accept-Ranges"):
            return None
        validator = self.validator(partial)
        if validator is None or partial.get("Content-Encoding") is not None:
            return None
        return request.after(
            "rest",
            own=[*request.own, ("Range", f"bytes={len(partial.content)}-"), ("If-Range", validator)],
            partial=partial,
        )

    def validator(self, partial: Response) -> str | None:
        """A strong entity tag, which is all that If-Range is good with here: RFC 9110 section 13.1.5."""
        return partial.strong_tag

    def completed_by(self, request: Request, response: Response) -> Response:
        """The response that was cut, with its rest; or what came in its place. Raises Failure."""
        assert request.partial is not None
        if response.status != 206:
            return response
        if not self.belongs_together(request.partial, response):
            raise Failure("a part of something else", 206)
        whole, is_complete = self.put_together(request.partial.content, response)
        if not is_complete:
            raise Failure("there is still something missing", 206)
        return replace(response, status=200, content=whole)

    def belongs_together(self, partial: Response, response: Response) -> bool:
        """Only with the same strong validator: RFC 9110 section 15.3.7.3."""
        return response.strong_tag is not None and response.strong_tag == partial.strong_tag
