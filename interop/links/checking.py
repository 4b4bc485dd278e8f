"""Running the link checkers on the same files, with the same played hosts, and what each says: URLs, and which are broken."""

from __future__ import annotations

import csv
import json
import os
import posixpath
import subprocess
import sys
import tempfile
import time
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from html.parser import HTMLParser
from itertools import chain
from pathlib import Path
from typing import Any
from urllib.parse import quote, unquote, urldefrag, urljoin, urlsplit

from interop.links.installing import Installed
from interop.links.trees import Tree

_PARTS = 6
PLAYING = Path(__file__).with_name("playing.py")
_BROKEN = ("missing", "gone", "broken move", "loop", "unreachable", "refused")
_KEPT = "!#$%&'()*+,-./:;=?@[]_~"


@dataclass(frozen=True, slots=True)
class Said:
    """What a checker said of a tree.

    urls       those of http and https, without fragment, and whether each is broken
    local      files that aren't there, and fragments that their files don't have, from the root of the tree
    fragments  URLs whose pages don't have their fragments
    """

    name: str
    seconds: float
    urls: Mapping[str, bool]
    local: Collection[str] = ()
    fragments: Collection[str] = ()


def plain(url: str) -> str:
    """A URL as all are compared: without fragment and default port, its path there, characters escaped."""
    parts = urlsplit(urldefrag(url.strip())[0])
    host = (parts.hostname or "").lower()
    port = f":{parts.port}" if parts.port not in (None, {"http": 80, "https": 443}.get(parts.scheme.lower())) else ""
    path = quote(unquote(parts.path or "/", errors="surrogateescape"), safe="/~", errors="surrogateescape")
    return f"{parts.scheme.lower()}://{host}{port}{path}" + (
        f"?{quote(parts.query, safe=_KEPT)}" if parts.query else ""
    )


class _Hrefs(HTMLParser):
    """What the standard library's parser finds in attributes that hold URLs."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        rel = dict(attributes).get("rel") or ""
        for name, value in attributes:
            if name in ("href", "src") and value and not (tag == "link" and rel in ("preconnect", "dns-prefetch")):
                self.found.append(value)


def hrefs(pages: Iterable[Path]) -> set[str]:
    """All http and https URLs of the pages, by a parser that nobody else here uses."""
    found: set[str] = set()
    for page in pages:
        parser = _Hrefs()
        parser.feed(page.read_text("utf-8", "replace"))
        found |= {urljoin("file:///", one) for one in parser.found}
    return {one for one in found if one.startswith(("http://", "https://"))}


@contextmanager
def played(urls: Iterable[str], installed: Installed, work: Path) -> Iterator[dict[str, str]]:
    """The hosts, while the context lasts; gives the environment that leads there."""
    fragments: dict[str, list[str]] = {}
    for url in sorted(urls):
        uri, fragment = urldefrag(url)
        if fragment:
            fragments.setdefault(uri, []).append(fragment)
    (work / "fragments.json").write_text(json.dumps(fragments))
    certificate = work / "certificate.pem"
    command = [str(installed.python), str(PLAYING), str(work / "fragments.json"), str(certificate)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as playing:  # noqa: S603
        assert playing.stdin is not None
        assert playing.stdout is not None
        proxy = f"http://127.0.0.1:{int(playing.stdout.readline())}"
        try:
            yield {
                **os.environ,
                **{
                    name: proxy
                    for scheme in ("http", "https")
                    for name in (f"{scheme}_proxy", f"{scheme}_PROXY".upper())
                },
                **dict.fromkeys(("no_proxy", "NO_PROXY"), "127.0.0.1,localhost"),
                **dict.fromkeys(("SSL_CERT_FILE", "REQUESTS_CA_BUNDLE", "NODE_EXTRA_CA_CERTS"), str(certificate)),
            }
        finally:
            playing.stdin.close()


def statuary(tree: Tree, installed: Installed, environment: Mapping[str, str], work: Path) -> Said:
    """Our own, on the HTML."""
    seconds, links = _links([str(tree.html), "--format", "html", "--root", str(tree.html)], environment, work)
    return said_by_statuary(tree, seconds, links)


def sources(tree: Tree, environment: Mapping[str, str], work: Path) -> list[dict[str, Any]]:
    """Our own, on the sources: the links as its report has them."""
    return _links([str(tree.sources), "--read-as", tree.read_as, "--format", "restructuredtext"], environment, work)[1]


def _links(arguments: Sequence[str], environment: Mapping[str, str], work: Path) -> tuple[float, list[dict[str, Any]]]:
    report = work / "report.json"
    command = [sys.executable, "-m", "statuary", "links", *arguments, "--no-cache", "--quiet", "--json", str(report)]
    started = time.monotonic()
    done = subprocess.run(command, env=environment, check=False, cwd=work)  # noqa: S603 - ours
    if done.returncode > 1:
        raise ChildProcessError(f"statuary links ended with {done.returncode}")
    links: list[dict[str, Any]] = json.loads(report.read_text())["links"]
    return time.monotonic() - started, links


def said_by_statuary(tree: Tree, seconds: float, links: Iterable[Mapping[str, Any]]) -> Said:
    """Its links as its report has them."""
    urls: dict[str, bool] = {}
    local, fragments = set(), set()
    for link in links:
        url, is_broken, is_about_name = str(link["url"]), link["kind"] in _BROKEN, "is called #" in link["why"]
        if url.startswith(("http://", "https://", "//")):
            url = f"https:{url}" if url.startswith("//") else url
            uri = plain(url)
            urls[uri] = urls.get(uri, False) or (is_broken and not is_about_name)
            if is_broken and is_about_name:
                fragments.add(f"{uri}#{unquote(urldefrag(url)[1])}")
        elif is_broken:
            folder = Path(link["file"]).relative_to(tree.html).parent
            local.add(
                _in_tree(posixpath.normpath(posixpath.join("/", folder.as_posix(), url)), is_about_name=is_about_name)
            )
    return Said("statuary links", seconds, urls, sorted(local), sorted(fragments))


def _in_tree(path: str, *, is_about_name: bool) -> str:
    """A file from the root of the tree, with its fragment where that is what is missing."""
    path = unquote(path).lstrip("/")
    return path if is_about_name else urldefrag(path)[0]


def linkinator(tree: Tree, installed: Installed, environment: Mapping[str, str], work: Path) -> Said:
    """It serves the folder to itself, and reads pages from there."""
    pages = [one.relative_to(tree.html).as_posix() for one in tree.pages()]
    command = [
        *installed.linkinator,
        *pages,
        "--server-root",
        str(tree.html),
        "--format",
        "json",
        "--verbosity",
        "info",
    ]
    seconds, text = _run([*command, "--retry", "--check-fragments", "--clean-urls"], environment, work)
    return said_by_linkinator(seconds, json.loads(text[text.index("{") :])["links"])


def said_by_linkinator(seconds: float, links: Iterable[Mapping[str, Any]]) -> Said:
    """Its links as its report has them."""
    urls: dict[str, bool] = {}
    local, fragments = set(), set()
    for link in links:
        url, is_broken = link["url"], link["state"] == "BROKEN"
        is_about_name = bool(is_broken and link.get("status") == 200 and urldefrag(url)[1])
        if url.startswith(("http://", "https://")):
            uri = plain(url)
            urls[uri] = urls.get(uri, False) or (is_broken and not is_about_name)
            if is_about_name:
                fragments.add(f"{uri}#{unquote(urldefrag(url)[1])}")
        elif is_broken:
            local.add(_in_tree(url, is_about_name=is_about_name))
    return Said("linkinator", seconds, urls, sorted(local), sorted(fragments))


def linkchecker(tree: Tree, installed: Installed, environment: Mapping[str, str], work: Path) -> Said:
    """It is given the files one by one; it doesn't look for fragments without being told to, and isn't."""
    configuration = work / "linkcheckerrc"
    configuration.write_text(
        f"[checking]\nsslverify={work / 'certificate.pem'}\nthreads=100\nmaxrequestspersecond=1000\n"
    )
    command = [
        *installed.linkchecker,
        "--config",
        str(configuration),
        "--check-extern",
        "--recursion-level=1",
        "--verbose",
    ]
    # It would look up hosts for mail and other protocols, which nobody plays
    command += ["--no-robots", "--no-status", "--output=csv", "--ignore-url=^(?!https?:|file:)"]
    # All its threads wait for a host that one of them waits for: several of it are done sooner
    pages = tree.pages()
    with ThreadPoolExecutor(_PARTS) as parts:
        runs = [
            parts.submit(_run, [*command, *map(str, pages[part::_PARTS])], environment, work) for part in range(_PARTS)
        ]
    results = [run.result() for run in runs]
    return said_by_linkchecker(tree, max(seconds for seconds, _ in results), [text for _, text in results])


def said_by_linkchecker(tree: Tree, seconds: float, texts: Iterable[str]) -> Said:
    """Its links as its tables have them."""
    tables = (csv.DictReader((one for one in text.splitlines() if one[:1] != "#"), delimiter=";") for text in texts)
    urls: dict[str, bool] = {}
    local = set()
    for row in chain.from_iterable(tables):
        url, leads_to, is_broken = row["urlname"] or "", row.get("url") or "", row.get("valid") == "False"
        if url.startswith(("http://", "https://")):
            uri = plain(url)
            urls[uri] = urls.get(uri, False) or is_broken
        elif is_broken and leads_to.startswith("file://"):
            local.add(_in_tree(leads_to.removeprefix("file://").removeprefix(str(tree.html)), is_about_name=False))
    return Said("linkchecker", seconds, urls, sorted(local))


def _run(command: Sequence[str], environment: Mapping[str, str], work: Path) -> tuple[float, str]:
    """The seconds that a command took, and what it wrote."""
    started = time.monotonic()
    # Into a file, as some programs end before a pipe has taken all of what they say
    with tempfile.TemporaryFile(dir=work) as output:
        subprocess.run(command, env=environment, check=False, cwd=work, stdout=output)  # noqa: S603 - ours
        output.seek(0)
        return time.monotonic() - started, output.read().decode("utf-8", "replace")
