"""``python app.py PORT SEEN httptools|h11``: an ASGI application under uvicorn that notes each request in the file SEEN.

What uvicorn refuses never comes to the application, and is noted, too; so is what it hands over to another protocol.
"""

from __future__ import annotations

import sys
from typing import Any

import uvicorn
from uvicorn.protocols.http.h11_impl import H11Protocol
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

PORT, SEEN, KIND = sys.argv[1:]
# Buffered by lines: what was seen is there whatever happens next
seen = open(SEEN, "a", buffering=1, encoding="latin-1")  # noqa: SIM115


class NotingH11(H11Protocol):
    def send_400_response(self, msg: str) -> None:
        seen.write(f"{_port(self.client)} 400 -\n")
        super().send_400_response(msg)

    def handle_websocket_upgrade(self, event: Any) -> None:
        _note(self.scope)
        super().handle_websocket_upgrade(event)


class NotingHttpTools(HttpToolsProtocol):
    def send_400_response(self, msg: str) -> None:
        seen.write(f"{_port(self.client)} 400 -\n")
        super().send_400_response(msg)

    def handle_websocket_upgrade(self) -> None:
        _note({**self.scope, "raw_path": self.url, "query_string": b""})
        super().handle_websocket_upgrade()


def _port(client: Any) -> int:
    return int(client[1]) if client else 0


def _note(scope: Any) -> bytes:
    """The request target."""
    query = scope["query_string"]
    target: bytes = scope["raw_path"] + (b"?" + query if query else b"")
    seen.write(
        f"{_port(scope['client'])} 0 {scope['method']} {target.decode('latin-1')} HTTP/{scope['http_version']}\n"
    )
    return target


async def app(scope: dict[str, Any], receive: Any, send: Any) -> None:
    if scope["type"] == "websocket":
        await receive()
        await send({"type": "websocket.close"})
        return
    target = _note(scope)
    while "/early" not in scope["path"]:
        message = await receive()
        if message["type"] == "http.disconnect":
            return
        if not message.get("more_body"):
            break
    fields = [(b"content-length", b"5"), (b"x-target", target)]
    await send({"type": "http.response.start", "status": 200, "headers": fields})
    await send({"type": "http.response.body", "body": b"seen\n"})


if __name__ == "__main__":
    uvicorn.run(
        app,
        host="127.0.0.1",
        port=int(PORT),
        http=NotingHttpTools if KIND == "httptools" else NotingH11,
        lifespan="off",
        proxy_headers=False,
        log_level="critical",
        timeout_keep_alive=60,
        timeout_graceful_shutdown=1,
    )
