"""urllib3's connections, made to wait for the final response: http.client takes any interim one but 100 for the answer.

Any number of interim responses may come first, asked for or not (RFC 9110 section 15.2). 101 ends HTTP/1.1, and is final.
"""

from __future__ import annotations

import http.client
from http.client import HTTPException, HTTPResponse

from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.connectionpool import HTTPConnectionPool, HTTPSConnectionPool

from statuary.message.fields import Fields
from statuary.message.response import Response

_MOST_INTERIM = 100


class FinalResponse(HTTPResponse):
    """A response that is final; ``interim`` are those before it, the 100s excepted, which http.client swallows itself."""

    interim: tuple[Response, ...] = ()

    def begin(self) -> None:
        """Reads header sections up to the final one's end. Raises HTTPException if there are too many."""
        super().begin()
        while 100 <= self.status < 200 and self.status != 101:
            self.interim += (Response(self.status, Fields(self.headers.items())),)
            if len(self.interim) > _MOST_INTERIM:
                raise HTTPException("too many interim responses")
            self.headers = None  # type: ignore[assignment]  # as it is before begin
            super().begin()


class _Connection(HTTPConnection):
    response_class = FinalResponse


class _SecureConnection(HTTPSConnection):
    response_class = FinalResponse


class _Pool(HTTPConnectionPool):
    ConnectionCls = _Connection


class _SecurePool(HTTPSConnectionPool):
    ConnectionCls = _SecureConnection


APPLIES = issubclass(HTTPConnection, http.client.HTTPConnection)
"""Whether the urllib3 that is installed rests on http.client: some packages put another in its place."""

POOLS: dict[str, type[HTTPConnectionPool]] = {"http": _Pool, "https": _SecurePool}
"""For a PoolManager's ``pool_classes_by_scheme``."""
