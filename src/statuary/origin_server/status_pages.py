"""Pages that answer with every status code."""

from __future__ import annotations

from statuary.message.request import Request
from statuary.origin_server.path_patterns import Names, PathPattern
from statuary.origin_server.site import RequestContent
from statuary.semantics.decision.outcome import Outcome
from statuary.semantics.resource import Resource


class StatusPages:
    def __init__(self, pattern: PathPattern) -> None:
        self.pattern = pattern

    def resource(self, request: Request, rest: Names) -> Resource:
        return Resource(exists=False)

    async def perform(self, request: Request, rest: Names, content: RequestContent) -> Outcome:
        raise NotImplementedError
