"""Requests to octets: the target in its form, Host, framing, and the fields that the client adds by itself."""

from __future__ import annotations

from .message import Fields, Request, Task, combined, uri

SECRETS = ("authorization", "cookie", "proxy-authorization")


class Asking:
    """Writes requests."""

    VERSION = "HTTP/1.1"
    EXPECTING_CONTENT: tuple[str, ...] = ("POST", "PUT", "PATCH")
    """Methods for which Content-Length: 0 means something: RFC 9110 section 8.6."""

    def __init__(self) -> None:
        self.versions: dict[tuple[str, str, int], tuple[int, int]] = {}
        """The version that each server said last."""

    def first_request(self, task: Task) -> Request:
        """What the user wants, as a request."""
        target = uri(task.url)
        request = Request(task, task.method, target, self.chosen_fields(task), self.chosen_content(task))
        request.expects = self.asks_for_100(task)
        request.chunked = task.unsized and request.content is not None
        if task.resume is not None:
            request.own += self.rest_fields(task)
        return request

    def chosen_fields(self, task: Task) -> Fields:
        """The user's fields, less those that must not be sent: RFC 9110 section 9.3.8."""
        if task.method == "TRACE":
            return [(name, value) for name, value in task.fields if name.lower() not in SECRETS]
        return list(task.fields)

    def chosen_content(self, task: Task) -> bytes | None:
        """The content; none in TRACE: RFC 9110 section 9.3.8."""
        return None if task.method == "TRACE" else task.content

    def asks_for_100(self, task: Task) -> bool:
        """The expectation comes with content only: RFC 9110 section 10.1.1."""
        return task.expect and bool(task.content)

    def rest_fields(self, task: Task) -> Fields:
        """What asks for the rest; there is no validator that If-Range could have."""
        return [("Range", f"bytes={len(task.resume or b'')}-")]

    def head(self, request: Request) -> bytes:
        """Request line and header section."""
        lines = [self.request_line(request)]
        lines += [self.line(name, value) for name, value in self.all_fields(request)]
        return ("\r\n".join(lines) + "\r\n\r\n").encode("latin-1")

    def line(self, name: str, value: str) -> str:
        """RFC 9112 section 5."""
        return f"{name}: {value}"

    def request_line(self, request: Request) -> str:
        """RFC 9112 section 3."""
        return f"{request.method} {self.target(request)} {self.VERSION}"

    def target(self, request: Request) -> str:
        """The target in the form that suits: RFC 9112 section 3.2."""
        if request.task.proxy is not None and request.uri.scheme == "http":
            return self.absolute_form(request)
        if request.method == "OPTIONS" and not request.uri.path and request.uri.query is None:
            return "*"
        return self.origin_form(request)

    def origin_form(self, request: Request) -> str:
        """Path and query; an empty path is sent as a slash: RFC 9112 section 3.2.1."""
        target = request.uri.target
        return target if target.startswith("/") else f"/{target}"

    def absolute_form(self, request: Request) -> str:
        """What a proxy is sent: RFC 9112 section 3.2.2."""
        return f"{request.uri.scheme}://{request.uri.host_and_port}{self.origin_form(request)}"

    def all_fields(self, request: Request) -> Fields:
        """All header fields; Host is the first one: RFC 9110 section 7.2."""
        given = [*request.fields, *request.own]
        fields = self.host(request) + self.user_agent(request)
        fields += [(name, value) for name, value in given if name.lower() not in ("host", "expect")]
        fields += self.framing_fields(request)
        if self.sends_expectation(request):
            fields.append(("Expect", "100-continue"))
        return self.completed(request, fields)

    def sends_expectation(self, request: Request) -> bool:
        """Whether it waits for 100."""
        return request.expects and request.content is not None

    def host(self, request: Request) -> Fields:
        """Host names the authority of the target URI: RFC 9112 section 3.2."""
        return [("Host", request.uri.host_and_port)]

    def user_agent(self, request: Request) -> Fields:
        """RFC 9110 section 10.1.5."""
        return [] if combined(request.fields, "User-Agent") is not None else [("User-Agent", "plain/1.0")]

    def framing_fields(self, request: Request) -> Fields:
        """How the content is delimited: RFC 9110 section 8.6, RFC 9112 section 6."""
        if request.content is None:
            return [("Content-Length", "0")] if request.method in self.EXPECTING_CONTENT else []
        if request.chunked and self.speaks_1_1(request):
            return [("Transfer-Encoding", "chunked")]
        return [("Content-Length", str(len(request.content)))]

    def speaks_1_1(self, request: Request) -> bool:
        """Whether the server is taken for one of HTTP/1.1, as it said last: RFC 9112 section 6.1."""
        return self.versions.get(request.uri.origin, (1, 1)) >= (1, 1)

    def completed(self, request: Request, fields: Fields) -> Fields:
        """What is to be changed in the end."""
        if request.method == "OPTIONS" and request.content is not None and combined(fields, "Content-Type") is None:
            fields.append(("Content-Type", "application/octet-stream"))
        return fields

    def body(self, request: Request) -> bytes:
        """The content as it is sent."""
        content = request.content or b""
        if not (request.chunked and self.speaks_1_1(request)):
            return content
        chunks = b"".join(
            b"%x\r\n%s\r\n" % (len(content[start : start + 1000]), content[start : start + 1000])
            for start in range(0, len(content), 1000)
        )
        return chunks + b"0\r\n\r\n"
