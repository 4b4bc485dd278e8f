"""One call that serves a site until it is told to stop: for programs that are nothing but a server."""

from __future__ import annotations

import asyncio
import sys

from statuary.origin_server.access_log import AccessLog, LogStyle
from statuary.origin_server.server import OriginServer, listen, serve_until_signal
from statuary.origin_server.settings import DEFAULT_SETTINGS, Settings
from statuary.origin_server.site import Site


def serve(
    site: Site,
    *,
    host: str = "127.0.0.1",
    port: int = 8080,
    settings: Settings = DEFAULT_SETTINGS,
    log: LogStyle = "common",
) -> None:
    """Serve ``site`` over HTTP/1.1 until SIGTERM or SIGINT, then finish what is in flight. Raises OSError.

    Port 0 takes one that is free; which one is said on stderr. Call it from the main thread, which alone gets signals.
    """
    sockets = listen(host, port)
    for listening in sockets:
        name, number = listening.getsockname()[:2]
        shown = f"[{name}]" if ":" in name else name
        print(f"statuary: serving at http://{shown}:{number}/ (stop with Ctrl-C)", file=sys.stderr, flush=True)
    asyncio.run(serve_until_signal(OriginServer(site, settings, log=AccessLog(log)), sockets))
