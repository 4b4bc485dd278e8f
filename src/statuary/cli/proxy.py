"""``statuary proxy``: a forward proxy, for http and for tunnels, open to nobody by default."""

from __future__ import annotations

import argparse
import ipaddress
import sys
from pathlib import Path

from statuary.cli.forwarding import ForwardingParser, Place, add_common_options, run, settings_of
from statuary.cli.serving import CannotServe, port
from statuary.intermediary.proxy import proxy
from statuary.intermediary.server import Intermediary
from statuary.origin_server.access_log import AccessLog


def main(arguments: list[str]) -> int:
    try:
        return run(_parser(), arguments, _make)
    except (CannotServe, ValueError) as error:
        print(f"statuary proxy: {error}", file=sys.stderr)
        return 2


def _make(options: argparse.Namespace, place: Place, log: AccessLog) -> Intermediary:
    users = None if options.users is None else read_users(options.users)
    if users is None and options.allow is None and not options.open and not is_loopback(options.host):
        raise CannotServe(
            f"at {options.host}, everybody could go anywhere through it: say who may (--users) or where to "
            "(--allow), or that this is meant (--open)"
        )
    return proxy(
        settings_of(options),
        name=options.name or place.name,
        names=place.authorities,
        hosts=options.allow,
        tunnel_ports=options.tunnel_port or (443,),
        allows_private=options.allow_private,
        users=users,
        most_content=options.max_content,
        upgrades=options.upgrade or ("websocket",),
        cache=options.cache,
        log=log,
    )


def read_users(path: str) -> dict[str, str]:
    """Names and passwords from a file with a ``name:password`` in each line. Raises CannotServe."""
    try:
        lines = Path(path).read_text(encoding="utf-8").splitlines()
    except (OSError, UnicodeError) as error:
        raise CannotServe(f"can't read {path}: {error}") from None
    pairs = [line.partition(":") for line in lines if line and not line.startswith("#")]
    if not pairs or any(not name or not colon for name, colon, _ in pairs):
        raise CannotServe(f"{path} needs a name:password in each line")
    return {name: password for name, _, password in pairs}


def is_loopback(host: str) -> bool:
    """Whether only this machine can connect to it."""
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def _parser() -> argparse.ArgumentParser:
    parser = ForwardingParser(
        prog="statuary proxy",
        description="A forward proxy: takes http URLs in absolute form, and CONNECT for tunnels.",
        epilog="It connects to no private, loopback or link-local address unless told to, whatever a name resolves to. "
        "@FILE stands for the options in a file; SIGHUP reads it, and --users, anew.",
    )
    parser.add_argument(
        "--allow", action="append", metavar="HOST[:PORT]", help="lead there only; .domain for all below it; repeatable"
    )
    parser.add_argument(
        "--tunnel-port", action="append", type=port, metavar="PORT", help="tunnels may lead to it (default: 443)"
    )
    parser.add_argument("--allow-private", action="store_true", help="connect to addresses of this network, too")
    parser.add_argument(
        "--users", metavar="FILE", help="who may use it, a name:password in each line (407; Digest and Basic)"
    )
    parser.add_argument("--open", action="store_true", help="let everybody who can connect use it")
    add_common_options(parser)
    return parser
