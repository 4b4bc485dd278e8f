"""CPU time a request of `statuary gateway` beside nginx's proxy_pass, in front of one nginx that answers from memory."""

import argparse
import contextlib
import http.client
import re
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

from benchmarks.processes import HOST, DidNotStartError, Program, find_tool, free_port, running

ORIGIN = "location / {{ default_type text/plain; return 200 '{content}'; }}"
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


def nginx(work: Path, port: int, behind: int, location: str, *, logs: bool) -> list[str]:
    """The command of an nginx of its own in `work`."""
    work.mkdir()
    access = work / "access.log" if logs else "off"
    settings = NGINX.format(work=work, port=port, host=HOST, behind=behind, location=location, access=access)
    (work / "nginx.conf").write_text(settings)
    return [
        find_tool("nginx") or "nginx",
        "-e",
        str(work / "error.log"),
        "-p",
        str(work),
        "-c",
        str(work / "nginx.conf"),
    ]


def statuary(port: int, behind: int) -> list[str]:
    to = f"http://{HOST}:{behind}"
    return [sys.executable, "-m", "statuary", "gateway", "--to", to, "--host", HOST, "--port", str(port)]


def load(port: int, connections: int, seconds: int) -> tuple[int, float]:
    """Requests that wrk had answered, and how many a second. Raises ValueError for errors in between."""
    command = ["wrk", "-t", "1", "-c", str(connections), "-d", f"{seconds}s", f"http://{HOST}:{port}/"]
    said = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    if "Non-2xx" in said or "Socket errors" in said:
        raise ValueError(f"not all was answered rightly: {said}")
    count, rate = re.search(r"(\d+) requests in", said), re.search(r"Requests/sec:\s+([0-9.]+)", said)
    if count is None or rate is None:
        raise ValueError(f"wrk said something else: {said}")
    return int(count[1]), float(rate[1])


def measure(program: Program, port: int, connections: int, seconds: int) -> tuple[float, float]:
    """Microseconds of CPU time a request, and requests a second."""
    before = program.cpu_seconds()
    requests, rate = load(port, connections, seconds)
    return (program.cpu_seconds() - before) / requests * 1e6, rate


def is_right(port: int, content: str) -> bool:
    with contextlib.closing(http.client.HTTPConnection(HOST, port, timeout=10)) as connection:
        connection.request("GET", "/")
        return connection.getresponse().read() == content.encode()


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.gateway", description=__doc__)
    parser.add_argument("--octets", type=int, default=1000, help="of content in each response (default: %(default)s)")
    parser.add_argument("--connections", type=int, default=64, help="(default: %(default)s)")
    parser.add_argument("--seconds", type=int, default=3, help="of each round (default: %(default)s)")
    parser.add_argument("--rounds", type=int, default=3, help="(default: %(default)s)")
    options = parser.parse_args(arguments)
    if not find_tool("nginx") or not find_tool("wrk"):
        print("nginx and wrk are needed", file=sys.stderr)
        return 2
    content = "x" * options.octets
    with tempfile.TemporaryDirectory() as folder, contextlib.ExitStack() as stack:
        work = Path(folder)
        behind, ports = free_port(), {"nginx": free_port(), "statuary": free_port()}
        commands = {
            "nginx": nginx(work / "proxy", ports["nginx"], behind, PROXY.format(), logs=True),
            "statuary": statuary(ports["statuary"], behind),
        }
        origin = nginx(work / "origin", behind, behind, ORIGIN.format(content=content), logs=False)
        try:
            stack.enter_context(running(origin, work / "origin.log", behind, 1, {}))
            programs = {
                name: stack.enter_context(running(command, work / f"{name}.log", ports[name], 0, {}))
                for name, command in commands.items()
            }
        except DidNotStartError as error:
            print(error, file=sys.stderr)
            return 2
        if not all(is_right(port, content) for port in ports.values()):
            print("a wrong answer", file=sys.stderr)
            return 1
        found: dict[str, list[tuple[float, float]]] = {name: [] for name in programs}
        for _ in range(options.rounds):
            for name, program in programs.items():
                found[name].append(measure(program, ports[name], options.connections, options.seconds))
    print(f"{'':10} {'us CPU/request':>15} {'requests/s':>12}")
    medians = {name: statistics.median(cpu for cpu, _ in rounds) for name, rounds in found.items()}
    for name, rounds in found.items():
        print(f"{name:10} {medians[name]:15.1f} {statistics.median(rate for _, rate in rounds):12.0f}")
    print(f"statuary takes {medians['statuary'] / medians['nginx']:.1f} times the CPU time of nginx")
    return 0


if __name__ == "__main__":
    sys.exit(main())
