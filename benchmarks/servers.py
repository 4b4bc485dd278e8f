"""The servers compared, and how each is started: one row a server, with what it needs and what it logs as shipped.

A server gets the directory to serve and a port; everything else is its default, except that it runs one worker and logs
to a file.
"""

import contextlib
import importlib.metadata
import os
import re
import subprocess
import sys
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from benchmarks.processes import HOST, Program, find_tool, running

NGINX = "nginx"


@dataclass(frozen=True, slots=True)
class Place:
    """Where a server runs: the directory it serves, a directory of its own for logs and settings, and its port."""

    root: Path
    work: Path
    port: int


@dataclass(frozen=True, slots=True)
class Server:
    name: str
    title: str
    command: Callable[[Place], list[str]]
    made_of: tuple[str, ...]
    """What tells the figures apart when it changes: Python distributions, or NGINX."""
    log: str
    """Whether it logs each request as shipped."""
    is_asked_for: bool = False
    """Takes part only when named: not a product, but a bound for one."""


def serve_with_statuary(*options: str) -> Callable[[Place], list[str]]:
    def command(place: Place) -> list[str]:
        where = ["--host", HOST, "--port", str(place.port)]
        return [sys.executable, "-m", "statuary", "serve", str(place.root), *where, *options]

    return command


def serve_with_uvicorn(place: Place) -> list[str]:
    return [sys.executable, "-m", "uvicorn", "benchmarks.starlette_app:app", "--host", HOST, "--port", str(place.port)]


def serve_with_granian(place: Place) -> list[str]:
    where = ["--host", HOST, "--port", str(place.port)]
    return [sys.executable, "-m", "granian", "--interface", "asgi", *where, "benchmarks.starlette_app:app"]


def serve_with_aiohttp(place: Place) -> list[str]:
    return [sys.executable, "-m", "benchmarks.aiohttp_app", str(place.root), HOST, str(place.port)]


def answer_from_memory(loop: str) -> Callable[[Place], list[str]]:
    def command(place: Place) -> list[str]:
        return [sys.executable, "-m", "benchmarks.floor_app", str(place.root), HOST, str(place.port), loop]

    return command


# The settings of Debian's nginx.conf, for one worker and with its files in one directory
NGINX_CONFIGURATION = """
daemon off;
worker_processes 1;
pid {work}/nginx.pid;
error_log {work}/error.log;
events {{ worker_connections 768; }}
http {{
    sendfile {sendfile};
    tcp_nopush on;
    types_hash_max_size 2048;
    types {{ text/html html; text/plain txt; }}
    default_type application/octet-stream;
    access_log {work}/access.log;
    gzip on;
    client_body_temp_path {work}/client_body;
    proxy_temp_path {work}/proxy;
    fastcgi_temp_path {work}/fastcgi;
    uwsgi_temp_path {work}/uwsgi;
    scgi_temp_path {work}/scgi;
    {file_cache}
    server {{
        listen {host}:{port};
        root {root};
        location / {{ try_files $uri $uri/ =404; }}
    }}
}}
"""
OPEN_FILE_CACHE = "open_file_cache max=1000 inactive=60s; open_file_cache_valid 60s;"


def serve_with_nginx(sendfile: str, file_cache: str) -> Callable[[Place], list[str]]:
    def command(place: Place) -> list[str]:
        configuration = place.work / "nginx.conf"
        configuration.write_text(
            NGINX_CONFIGURATION.format(
                host=HOST, port=place.port, root=place.root, work=place.work, sendfile=sendfile, file_cache=file_cache
            )
        )
        # -e, because nginx opens an error log before it reads where that should be
        errors = str(place.work / "error.log")
        return [find_tool("nginx") or "nginx", "-e", errors, "-p", str(place.work), "-c", str(configuration)]

    return command


SERVERS: dict[str, Server] = {
    server.name: server
    for server in (
        Server("statuary", "statuary (uvloop)", serve_with_statuary("--loop", "uvloop"), ("statuary", "uvloop"), "yes"),
        Server(
            "statuary-asyncio", "statuary (asyncio)", serve_with_statuary("--loop", "asyncio"), ("statuary",), "yes"
        ),
        Server(
            "uvicorn",
            "uvicorn + Starlette",
            serve_with_uvicorn,
            ("uvicorn", "starlette", "uvloop", "httptools"),
            "yes",
        ),
        Server("granian", "granian + Starlette", serve_with_granian, ("granian", "starlette", "uvloop"), "no"),
        Server("aiohttp", "aiohttp static", serve_with_aiohttp, ("aiohttp",), "no"),
        Server("nginx", "nginx as packaged", serve_with_nginx("on", ""), (NGINX,), "yes"),
        Server("nginx-cache", "nginx, open_file_cache", serve_with_nginx("on", OPEN_FILE_CACHE), (NGINX,), "yes"),
        Server(
            "nginx-cache-copy",
            "nginx, open_file_cache, sendfile off",
            serve_with_nginx("off", OPEN_FILE_CACHE),
            (NGINX,),
            "yes",
        ),
        Server("floor", "fixed octets (uvloop)", answer_from_memory("uvloop"), ("uvloop",), "no", True),
        Server("floor-asyncio", "fixed octets (asyncio)", answer_from_memory("asyncio"), (), "no", True),
    )
}


@contextlib.contextmanager
def serving(server: Server, place: Place, core: int | None = None) -> Iterator[Program]:
    """Run the server for the time of the block; raises `LookupError` or `DidNotStartError` if it can't be."""
    versions(server)
    log = place.work / "access.log"
    with running(server.command(place), log, place.port, core, {"BENCHMARK_ROOT": str(place.root)}) as program:
        yield program


def make_files(root: Path, sizes: Sequence[int]) -> Path:
    """Make the directory to serve, with a text file of each size named for it."""
    root.mkdir()
    for size in sizes:
        file = root / f"{size}.txt"
        file.write_bytes((b"All work and no play makes a dull file.\n" * (size // 40 + 1))[:size])
        # A file changed within the last second may get a weak validator, or none
        os.utime(file, (1_700_000_000, 1_700_000_000))
    return root


def versions(server: Server) -> str:
    """The versions of what the server is made of; raises `LookupError`, saying what to install, if there is none."""
    return ", ".join(f"{part} {version(part)}" for part in server.made_of)


def version(part: str) -> str:
    if part == NGINX:
        return nginx_version()
    try:
        return importlib.metadata.version(part)
    except importlib.metadata.PackageNotFoundError:
        raise LookupError(f"{part} is missing: pip install -r benchmarks/requirements.txt") from None


def nginx_version() -> str:
    nginx = find_tool("nginx")
    if nginx is None:
        raise LookupError("nginx is missing: apt-get install nginx-light")
    said = subprocess.run([nginx, "-v"], capture_output=True, text=True, check=True).stderr
    found = re.search(r"nginx/(\S+)", said)
    return found[1] if found else said.strip()
