"""Many clients at once through our gateway, whose servers are killed meanwhile: `python -m benchmarks.gateway_load`.

Each answer has to be the one to its request and whole, or 502, 503 or 504, or visibly cut; and afterwards the gateway has
to have as many open files as before, and no more memory from round to round. Linux only.
"""

import argparse
import asyncio
import contextlib
import hashlib
import random
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Sequence
from pathlib import Path

from benchmarks.identified_server import content_of
from benchmarks.processes import HOST, DidNotStartError, Program, allow_open_files, free_port

PATIENCE = 120.0
"""Seconds for one answer: beyond all time limits of the gateway, so that only what hangs is that late."""
PAUSE = 0.25
"""Seconds before a client asks again that was told 503: fewer than Retry-After says, so that there is load."""
REFUSALS = (502, 503, 504)
GROWTH = 1.1
"""How much more memory the last round may leave than the one before."""
SETTLED = 30.0
"""Seconds in which the gateway has to have closed what it had opened."""


class WrongAnswerError(Exception):
    """Not the answer to the request, or not all of it, and nothing shows that."""


class Servers:
    """The gateway's servers, which die and come again."""

    def __init__(self, ports: Sequence[int], folder: Path) -> None:
        self._ports = ports
        self._log = folder / "servers.log"
        self._programs: dict[int, Program] = {}
        self.killed = 0

    def start(self, port: int) -> None:
        argv = [sys.executable, "-m", "benchmarks.identified_server", str(port)]
        self._programs[port] = Program(argv, self._log, None, {})

    def start_all(self) -> None:
        for port in self._ports:
            self.start(port)
        for port in self._ports:
            self._programs[port].wait_until_listening(port)

    def kill(self, port: int) -> None:
        # At once, whatever it is doing
        self._programs[port].stop(seconds=0)

    def kill_all(self) -> None:
        for port in self._ports:
            self.kill(port)

    async def trouble(self, chance: random.Random) -> None:
        """Kill one, sometimes all, and start it again; until cancelled."""
        while True:
            await asyncio.sleep(chance.uniform(0.2, 0.8))
            struck = self._ports if chance.random() < 0.1 else [chance.choice(self._ports)]
            for port in struck:
                self.kill(port)
            self.killed += len(struck)
            await asyncio.sleep(chance.uniform(0.05, 0.4))
            for port in struck:
                self.start(port)


async def client(number: int, port: int, requests: int, seen: Counter[str]) -> None:
    """Asks that often, on one connection as long as that lasts. Raises WrongAnswerError."""
    chance = random.Random(number)
    left = requests
    while left > 0:
        try:
            incoming, outgoing = await asyncio.open_connection(HOST, port)
        except OSError:
            seen["not connected"] += 1
            left -= 1
            continue
        try:
            goes_on = True
            while goes_on and left > 0:
                left -= 1
                async with asyncio.timeout(PATIENCE):
                    what, goes_on = await exchange(incoming, outgoing, f"/{number}/{left}", chance)
                seen[what] += 1
                if what == "503":
                    await asyncio.sleep(PAUSE)
        except (ConnectionError, asyncio.IncompleteReadError):
            seen["cut"] += 1
        except TimeoutError:
            raise WrongAnswerError(f"/{number}/{left}: no answer in {PATIENCE:g} s") from None
        finally:
            outgoing.close()


async def exchange(
    incoming: asyncio.StreamReader, outgoing: asyncio.StreamWriter, target: str, chance: random.Random
) -> tuple[str, bool]:
    """What came, and whether the connection goes on."""
    method = chance.choice(("GET", "GET", "GET", "HEAD", "POST"))
    sent = chance.randbytes(chance.randrange(1, 50_000)) if method == "POST" else b""
    length = f"Content-Length: {len(sent)}\r\n" if sent else ""
    outgoing.write(f"{method} {target} HTTP/1.1\r\nHost: {HOST}\r\n{length}\r\n".encode("ascii") + sent)
    await outgoing.drain()
    head = (await incoming.readuntil(b"\r\n\r\n")).decode("latin-1")
    line, *lines = head.split("\r\n")
    fields = dict(one.lower().split(": ", 1) for one in lines if one)
    content = b"" if method == "HEAD" else await content_in(incoming, fields)
    status = int(line.split(" ", 2)[1])
    goes_on = "close" not in fields.get("connection", "")
    if status in REFUSALS:
        return str(status), goes_on
    expected = content_of(target, sent)
    if status != 200 or fields.get("x-target") != target:
        raise WrongAnswerError(f"{method} {target} got {line} for {fields.get('x-target')}")
    if method != "HEAD" and content != expected:
        raise WrongAnswerError(f"{method} {target} got {len(content)} octets, not {len(expected)}, or others")
    if fields.get("x-digest") != hashlib.sha256(expected).hexdigest():
        raise WrongAnswerError(f"{method} {target} got the digest of another")
    return "200", goes_on


async def content_in(incoming: asyncio.StreamReader, fields: dict[str, str]) -> bytes:
    """Raises IncompleteReadError where it is cut."""
    if "transfer-encoding" not in fields:
        return await incoming.readexactly(int(fields["content-length"]))
    pieces = []
    while size := int(await incoming.readuntil(b"\r\n"), 16):
        pieces.append((await incoming.readexactly(size + 2))[:-2])
    await incoming.readuntil(b"\r\n")
    return b"".join(pieces)


async def load(port: int, servers: Servers, clients: int, requests: int, seed: int) -> Counter[str]:
    """A round. Raises WrongAnswerError."""
    seen: Counter[str] = Counter()
    trouble = asyncio.ensure_future(servers.trouble(random.Random(seed)))
    try:
        async with asyncio.TaskGroup() as group:
            for number in range(clients):
                group.create_task(client(seed * 1_000_000 + number, port, requests, seen))
    except* WrongAnswerError as wrong:
        raise wrong.exceptions[0] from None
    finally:
        trouble.cancel()
    return seen


def settled(gateway: Program, before: int) -> int:
    """Open files once they are as many as before, or after a while."""
    deadline = time.monotonic() + SETTLED
    while gateway.open_files() > before and time.monotonic() < deadline:
        time.sleep(0.2)
    return gateway.open_files()


def main() -> int:
    options = _parser().parse_args()
    if not allow_open_files(4 * options.clients + 200):
        print("so many clients need more open files than this system allows", file=sys.stderr)
        return 2
    with tempfile.TemporaryDirectory() as folder:
        ports = [free_port() for _ in range(options.servers)]
        servers = Servers(ports, Path(folder))
        port = free_port()
        to = [word for one in ports for word in ("--to", f"http://{HOST}:{one}")]
        argv = [sys.executable, "-m", "statuary", "gateway", *to, "--port", str(port), "--log", "none"]
        gateway = Program([*argv, "--idle-timeout", "30"], Path(folder) / "gateway.log", None, {})
        try:
            servers.start_all()
            gateway.wait_until_listening(port)
            return run(options, gateway, port, servers)
        except (DidNotStartError, WrongAnswerError) as error:
            print(error, file=sys.stderr)
            return 1
        finally:
            with contextlib.suppress(KeyError):
                servers.kill_all()
            gateway.stop()
            said = (Path(folder) / "gateway.log").read_text(errors="replace")
            if "Traceback" in said:
                print(said[-4000:], file=sys.stderr)


def run(options: argparse.Namespace, gateway: Program, port: int, servers: Servers) -> int:
    """The rounds, with a line for each; 1 where something was left behind."""
    # Once it has answered, it has whatever it needs
    asyncio.run(client(0, port, 1, Counter()))
    servers.kill_all()
    time.sleep(1)
    before = gateway.open_files()
    servers.start_all()
    memory = []
    for number in range(1, options.rounds + 1):
        began = time.monotonic()
        killed = servers.killed
        seen = asyncio.run(load(port, servers, options.clients, options.requests, number))
        seconds = time.monotonic() - began
        # Nothing to be connected to any more: what is open then is left over
        servers.kill_all()
        left = settled(gateway, before)
        memory.append(gateway.resident_bytes() / 2**20)
        told = ", ".join(f"{what}: {count}" for what, count in sorted(seen.items()))
        print(
            f"round {number}: {told}; {servers.killed - killed} times a server was killed; {seconds:.0f} s, "
            f"{sum(seen.values()) / seconds:.0f} requests/s; open files {before} before, {left} after; "
            f"{memory[-1]:.0f} MiB",
            flush=True,
        )
        if left > before:
            print(f"{left - before} files were left open", file=sys.stderr)
            return 1
        servers.start_all()
    if len(memory) > 2 and memory[-1] > memory[-2] * GROWTH:
        print("memory grows from round to round", file=sys.stderr)
        return 1
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.gateway_load", description=__doc__)
    parser.add_argument("--clients", type=int, default=1000, help="at once (default: %(default)s)")
    parser.add_argument("--requests", type=int, default=20, help="of each client a round (default: %(default)s)")
    parser.add_argument("--rounds", type=int, default=4, help="default: %(default)s")
    parser.add_argument("--servers", type=int, default=3, help="behind the gateway (default: %(default)s)")
    return parser


if __name__ == "__main__":
    sys.exit(main())
