"""``statuary gateway``: a reverse proxy in front of one or several servers."""

from __future__ import annotations

import argparse
import sys

from statuary.cli.forwarding import ForwardingParser, Place, add_common_options, run, settings_of
from statuary.cli.serving import CannotServe
from statuary.intermediary.gateway import gateway
from statuary.intermediary.server import Intermediary
from statuary.origin_server.access_log import AccessLog


def main(arguments: list[str]) -> int:
    try:
        return run(_parser(), arguments, _make)
    except (CannotServe, ValueError) as error:
        print(f"statuary gateway: {error}", file=sys.stderr)
        return 2


def _make(options: argparse.Namespace, place: Place, log: AccessLog) -> Intermediary:
    return gateway(
        options.to,
        settings_of(options),
        name=options.name or place.name,
        keeps_host=options.keep_host,
        maps_locations=options.map_locations,
        tells=options.tell,
        trusts_told=options.trust_told,
        most_content=options.max_content,
        upgrades=options.upgrade or ("websocket",),
        cache=options.cache,
        log=log,
    )


def _parser() -> argparse.ArgumentParser:
    parser = ForwardingParser(
        prog="statuary gateway",
        description="Forward what comes to other servers, over HTTP/1.1: each status code, field and octet of content as "
        "it came, and the right one of 502, 503 and 504 where none comes.",
        epilog="Of several servers, the one with the least to do is asked; one that keeps failing is left out for a while. "
        "@FILE stands for the options in a file; SIGHUP reads it anew.",
    )
    parser.add_argument(
        "--to",
        action="append",
        required=True,
        metavar="URL",
        help="server to forward to, or a place on it, http://host:port/path; repeatable",
    )
    parser.add_argument("--keep-host", action="store_true", help="forward the Host that the client asked for")
    parser.add_argument(
        "--map-locations", action="store_true", help="rewrite Location and Content-Location that name a server behind"
    )
    parser.add_argument(
        "--tell",
        action="append",
        default=[],
        choices=("forwarded", "x-forwarded"),
        help="tell the server of the client, in Forwarded (RFC 7239) or X-Forwarded-*, in place of what came; repeatable",
    )
    parser.add_argument(
        "--trust-told", action="store_true", help="clients are proxies of your own: keep what they tell in these fields"
    )
    add_common_options(parser)
    return parser
