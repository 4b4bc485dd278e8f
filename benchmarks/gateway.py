"""Gateways beside each other: CPU time a request and requests a second, one core each, in front of the same origin server.

The origin is an nginx that answers from memory. It and wrk share a core, the gateways have the other, one after the other.
"""

import argparse
import contextlib
import statistics
import subprocess
import sys
import tempfile
import venv
from collections.abc import Callable, Sequence
from pathlib import Path

from benchmarks.load import CASES, WrongAnswerError, ask, press
from benchmarks.processes import HOST, DidNotStartError, Program, find_tool, free_port, running

ORIGIN = """location / {{ default_type text/plain; add_header X-Count $http_x_count; return 200 '{content}'; }}"""
PROXY = """location / {{
            proxy_pass http://behind; proxy_http_version 1.1; proxy_set_header Connection ""; }}"""
NGINX = """
daemon off;
worker_processes 1;
pid {work}/nginx.pid;
error_log {work}/error.log;
events {{ worker_connections 1024; }}
http {{
    access_log {access};
    keepalive_requests 1000000;
    client_body_temp_path {work}/client_body;
    proxy_temp_path {work}/proxy;
    fastcgi_temp_path {work}/fastcgi;
    uwsgi_temp_path {work}/uwsgi;
    scgi_temp_path {work}/scgi;
    upstream behind {{ server {host}:{behind}; keepalive 256; keepalive_requests 1000000; }}
    server {{
        listen {host}:{port};
        {location}
    }}
}}
"""
HAPROXY = """
global
    nbthread 1
    log stdout format raw local0
defaults
    mode http
    log global
    option httplog
    http-reuse always
    timeout connect 5s
    timeout client 60s
    timeout server 60s
frontend front
    bind {host}:{port}
    default_backend behind
backend behind
    server origin {host}:{behind} pool-max-conn 256
"""
MITMPROXY = "mitmproxy==11.0.2"

Command = Callable[[Path, int, int], list[str]]
"""The command of a gateway that keeps its files in a folder, listens on a port, and forwards to another."""


def nginx(work: Path, port: int, behind: int, location: str = PROXY.format(), *, logs: bool = True) -> list[str]:
    work.mkdir(exist_ok=True)
    access = work / "access.log" if logs else "off"
    settings = NGINX.format(work=work, port=port, host=HOST, behind=behind, location=location, access=access)
    (work / "nginx.conf").write_text(settings)
    program = find_tool("nginx") or "nginx"
    return [program, "-e", str(work / "error.log"), "-p", str(work), "-c", str(work / "nginx.conf")]


def haproxy(work: Path, port: int, behind: int) -> list[str]:
    (work / "haproxy.cfg").write_text(HAPROXY.format(host=HOST, port=port, behind=behind))
    return [find_tool("haproxy") or "haproxy", "-db", "-f", str(work / "haproxy.cfg")]


def mitmproxy(program: str) -> Command:
    def command(work: Path, port: int, behind: int) -> list[str]:
        to = f"reverse:http://{HOST}:{behind}"
        settings = ["--set", f"confdir={work}", "--listen-host", HOST, "--listen-port", str(port)]
        return [program, "--mode", to, *settings]

    return command


def statuary(work: Path, port: int, behind: int) -> list[str]:
    to = f"http://{HOST}:{behind}"
    return [sys.executable, "-m", "statuary", "gateway", "--to", to, "--host", HOST, "--port", str(port)]


def install_mitmproxy(folder: Path) -> str:
    """The path of mitmdump in a virtual environment of its own, made if it isn't there. Needs the network then."""
    program = folder / "bin" / "mitmdump"
    if not program.exists():
        print(f"installing {MITMPROXY} into {folder}", file=sys.stderr)
        venv.create(folder, with_pip=True, clear=True)
        python = str(folder / "bin" / "python")
        subprocess.run([python, "-m", "pip", "install", "--quiet", MITMPROXY], check=True, stdout=sys.stderr)
    return str(program)


def measure(program: Program, port: int, options: argparse.Namespace, work: Path, vary: bool) -> tuple[float, float]:
    """Microseconds of CPU time a request, and requests a second."""
    asked = ask(port, "/", CASES["200"])
    before = program.cpu_seconds()
    load = press(options.wrk, asked, options.seconds, 1, work, vary)
    return (program.cpu_seconds() - before) / load.requests * 1e6, load.requests / load.seconds


def report(title: str, found: dict[str, list[tuple[float, float]]], resident: dict[str, list[int]]) -> None:
    """A row for each gateway; of its memory, what it was after the first round and what it is after the last."""
    print(f"\n{title:28} {'us CPU/request':>15} {'requests/s':>12} {'CPU, nginx = 1':>15} {'MiB, and after':>15}")
    floor = statistics.median(cpu for cpu, _ in found["nginx"])
    for name, rounds in found.items():
        cpu, rate = (statistics.median(numbers) for numbers in zip(*rounds, strict=True))
        first, last = (resident[name][place] / 2**20 for place in (0, -1))
        print(f"{name:28} {cpu:15.1f} {rate:12.0f} {cpu / floor:15.1f} {first:7.0f} {last:7.0f}")


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.gateway", description=__doc__)
    parser.add_argument("--octets", type=int, default=1000, help="of content in each response (default: %(default)s)")
    parser.add_argument("--seconds", type=int, default=3, help="of each round (default: %(default)s)")
    parser.add_argument("--rounds", type=int, default=3, help="(default: %(default)s)")
    parser.add_argument("--mitmdump", metavar="PATH", help="mitmproxy's program (default: the one on the PATH, if any)")
    parser.add_argument("--install-mitmproxy", type=Path, metavar="FOLDER", help="into a virtual environment there")
    options = parser.parse_args(arguments)
    options.wrk = find_tool("wrk")
    if not find_tool("nginx") or not options.wrk:
        print("nginx and wrk are needed", file=sys.stderr)
        return 2
    mitmdump = options.mitmdump or find_tool("mitmdump")
    if options.install_mitmproxy is not None:
        mitmdump = install_mitmproxy(options.install_mitmproxy)
    commands: dict[str, Command] = {"nginx": nginx, "statuary": statuary}
    if find_tool("haproxy"):
        commands["haproxy"] = haproxy
    if mitmdump:
        commands["mitmproxy"] = mitmproxy(mitmdump)
    with tempfile.TemporaryDirectory() as folder, contextlib.ExitStack() as stack:
        work = Path(folder)
        behind = free_port()
        origin = nginx(work / "origin", behind, behind, ORIGIN.format(content="x" * options.octets), logs=False)
        programs: dict[str, tuple[Program, int]] = {}
        try:
            stack.enter_context(running(origin, work / "origin.log", behind, 1, {}))
            for name, command in commands.items():
                (work / name).mkdir()
                port = free_port()
                started = running(command(work / name, port, behind), work / f"{name}.log", port, 0, {})
                programs[name] = stack.enter_context(started), port
            for title, vary in (("the same request each time", False), ("no two requests the same", True)):
                found: dict[str, list[tuple[float, float]]] = {name: [] for name in programs}
                resident: dict[str, list[int]] = {name: [] for name in programs}
                for _ in range(options.rounds):
                    for name, (program, port) in programs.items():
                        found[name].append(measure(program, port, options, work, vary))
                        resident[name].append(program.resident_bytes())
                report(title, found, resident)
        except DidNotStartError as error:
            print(error, file=sys.stderr)
            return 2
        except WrongAnswerError as error:
            print(f"a wrong answer: {error}", file=sys.stderr)
            return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
