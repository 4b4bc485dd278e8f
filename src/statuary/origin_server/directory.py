"""A directory as a site: its files as resources with strong validators, ranges and variants; read-only, or written to.

What a path means is found out once and remembered with the identity of every file it rests on; each request then costs a
stat for each of these. Writing is in storage.py, the list of a directory in listing.py.
"""

from __future__ import annotations

import errno
import os
import re
import stat
import time
from dataclasses import dataclass, replace
from hashlib import blake2b

from statuary.fields.validators import EntityTag
from statuary.message.request import Request
from statuary.origin_server.listing import listing
from statuary.origin_server.media_types import OCTETS, is_text, media_type_of
from statuary.origin_server.paths import inside, names_in, path_of
from statuary.origin_server.site import RequestContent, Site
from statuary.origin_server.sources import File, identity_of
from statuary.origin_server.storage import Storage
from statuary.semantics.decision.outcome import Outcome
from statuary.semantics.resource import ContentRules, Gone, Moved, Representation, Resource

CODINGS = ((".br", "br", 1000), (".zst", "zstd", 999), (".gz", "gzip", 998))
"""Endings of precompressed variants, their content coding, and our preference; without coding it is 997."""

_LANGUAGE = re.compile(r"[a-z]{2,3}(?:-[A-Za-z0-9]{2,8})*")

TICK_NS = 20_000_000
"""Nanoseconds within which a file system may give two changes the same time: twice the slowest kernel's."""

Identity = tuple[int, int, int, int, int]


@dataclass(frozen=True, slots=True)
class DirectoryOptions:
    """How a directory is served. Sizes in octets."""

    writable: bool = False
    listings: bool = True
    tombstones: bool = False
    """Whether what was deleted answers 410 from then on."""
    languages: bool = True
    """Whether page.en.html and page.de.html are variants of page.html, where that is no file itself."""
    types: bool = False
    """Whether page.html and page.json are variants of page, where that is no file itself."""
    choice: bool = True
    """Whether variants equally preferred are offered as a list (300), rather than the first sent."""
    most_content: int = 1024 * 1024 * 1024
    """The largest content that may be PUT (413)."""
    in_memory: int = 1024 * 1024
    """Files up to this size are kept in memory..."""
    cache: int = 64 * 1024 * 1024
    """...as long as all of them together are no larger than this."""
    hashed: int = 8 * 1024 * 1024
    """Files up to this size have an ETag made from their content, larger ones from their identity."""


class Entry:
    """What a path means, and the files that this rests on: their directory first."""

    __slots__ = ("_files", "resource", "seen", "size", "watched")

    def __init__(self, resource: Resource, watched: tuple[tuple[str, Identity], ...], size: int) -> None:
        self.resource = resource
        self.watched = watched
        self._files = watched[1:] or watched
        self.size = size
        self.seen = -1

    def is_current(self, now: int) -> bool:
        """Whether none of the files has changed. The directory is looked at once a second: what can be new there is
        only another variant."""
        looked_at = self.watched if now != self.seen else self._files
        try:
            for path, identity in looked_at:
                status = os.stat(path)
                if identity != (status.st_dev, status.st_ino, status.st_size, status.st_mtime_ns, status.st_ctime_ns):
                    return False
        except OSError:
            return False
        self.seen = now
        return bool(self.watched)


class DirectorySite(Site):
    """Serves the files below ``root``."""

    def __init__(self, root: str | os.PathLike[str], options: DirectoryOptions | None = None) -> None:
        self.root = os.path.realpath(root)
        self.options = options if options is not None else DirectoryOptions()
        self._entries: dict[str, Entry] = {}
        self._cached = 0
        self._listed: dict[str, tuple[Identity, dict[str, list[str]]]] = {}
        self._storage = Storage(self.root) if self.options.writable else None
        self._methods: tuple[str, ...] = ("GET", "HEAD", "OPTIONS")
        if self._storage is not None:
            self._methods += ("PUT", "DELETE")

    def prepare(self) -> None:
        """Make sure that it can be written to, where that is wanted. Raises OSError."""
        if self._storage is not None:
            self._storage.prepare()

    async def open(self) -> None:
        self.prepare()

    def resource(self, request: Request, now: int) -> Resource:
        path = request.path
        entry = self._entries.get(path)
        if entry is None or not entry.is_current(now):
            entry = self._look(path, now)
        if self._storage is None or request.method in ("GET", "HEAD"):
            return entry.resource
        return self._for_change(request, entry.resource)

    def _for_change(self, request: Request, resource: Resource) -> Resource:
        """What matters only to a request that would change something."""
        assert self._storage is not None
        names = names_in(request.path)
        if request.method != "PUT" or names is None or "PUT" not in resource.methods:
            return resource
        return replace(
            resource,
            conflict=self._storage.conflict(names),
            free_octets=self._storage.free_octets(),
            content=ContentRules(most=self.options.most_content, media_types=_types_for(names[-1])),
        )

    async def perform(self, request: Request, resource: Resource, content: RequestContent) -> Outcome:
        names = names_in(request.path)
        assert self._storage is not None
        assert names is not None
        if request.method == "DELETE":
            return self._storage.delete(request, names, self, tombstone=self.options.tombstones)
        return await self._storage.put(request, names, self, content)

    # Looking a path up

    def _look(self, path: str, now: int) -> Entry:
        self._forget(path)
        names = names_in(path)
        real = inside(self.root, [name for name in names if name]) if names is not None else None
        if names is None or real is None:
            return Entry(Resource(exists=False, methods=("GET", "HEAD", "OPTIONS")), (), 0)
        try:
            entry = self._look_at(names, real, now)
        except PermissionError:
            return Entry(Resource(forbidden="This may not be read."), (), 0)
        except OSError:
            # A name too long, a loop of links, a file in a directory's place: nothing that could be served
            return self._missing(names)
        self._remember(path, entry)
        return entry

    def _look_at(self, names: list[str], real: str, now: int) -> Entry:
        try:
            status = os.stat(real)
        except FileNotFoundError:
            return self._variants_of_missing(names, now) or self._missing(names)
        if stat.S_ISDIR(status.st_mode):
            return self._directory(names, real, now)
        if not stat.S_ISREG(status.st_mode):
            return Entry(Resource(forbidden="This is no file."), (), 0)
        if names[-1] == "":
            return self._missing(names)
        where = os.path.join(self.root, *names)
        parent = os.path.dirname(where)
        watched = (parent, identity_of(os.stat(parent)))
        return self._entry(self._variants(where, real, path_of(names), None, now), watched)

    def _missing(self, names: list[str]) -> Entry:
        if self._storage is None or names[-1] == "":
            return Entry(Resource(exists=False), (), 0)
        gone = Gone() if self.options.tombstones and self._storage.is_buried(names) else None
        return Entry(Resource(exists=False, methods=self._methods, creatable_by=("PUT",), gone=gone), (), 0)

    def _directory(self, names: list[str], real: str, now: int) -> Entry:
        watched = (real, identity_of(os.stat(real)))
        reading = ("GET", "HEAD", "OPTIONS")
        if names[-1]:
            location = path_of([*names, ""])
            moved = Moved(301, location, frozenset({"GET", "HEAD"}))
            return Entry(Resource(moved=moved, methods=reading), (watched,), 0)
        index = os.path.join(self.root, *names[:-1], "index.html")
        real_index = inside(self.root, [*names[:-1], "index.html"])
        if real_index is not None and os.path.isfile(real_index):
            found = self._variants(index, real_index, path_of([*names[:-1], "index.html"]), None, now)
            return replace_methods(self._entry(found, watched), reading)
        entry = self._variants_of_missing([*names[:-1], "index.html"], now)
        if entry is not None:
            return replace_methods(entry, reading)
        if not self.options.listings:
            return Entry(Resource(methods=reading, forbidden="This directory has no index."), (watched,), 0)
        content = listing(self.root, real, path_of(names))
        tag = EntityTag(blake2b(content, digest_size=12).hexdigest(), weak=False)
        page = Representation(content, "text/html;charset=utf-8", len(content), tag)
        # Sizes and dates of files change without their directory: made anew each time
        return Entry(Resource(variants=(page,), methods=reading), (), 0)

    def _variants_of_missing(self, names: list[str], now: int) -> Entry | None:
        """page.en.html for page.html, and page.html for page, where nothing of that very name exists."""
        name = names[-1]
        if not name or not (self.options.languages or self.options.types):
            return None
        parent = os.path.join(self.root, *names[:-1])
        try:
            watched = (parent, identity_of(os.stat(parent)))
            siblings = self._siblings(*watched)
        except OSError:
            return None
        found: list[tuple[str, Representation]] = []
        for sibling in siblings.get(name.partition(".")[0], ()):
            is_variant, language = self._language_of(sibling, name)
            real = inside(self.root, [*names[:-1], sibling]) if is_variant else None
            if real is not None and os.path.isfile(real):
                where = os.path.join(parent, sibling)
                found += self._variants(where, real, path_of([*names[:-1], sibling]), language, now, located=True)
        if not found:
            return None
        entry = self._entry(found, watched)
        return Entry(replace(entry.resource, prefers_choice=self.options.choice), entry.watched, entry.size)

    def _siblings(self, directory: str, identity: Identity) -> dict[str, list[str]]:
        """The names in a directory, by what stands before their first dot; read again only when it has changed."""
        remembered = self._listed.get(directory)
        if remembered is not None and remembered[0] == identity:
            return remembered[1]
        siblings: dict[str, list[str]] = {}
        for sibling in sorted(os.listdir(directory)):
            siblings.setdefault(sibling.partition(".")[0], []).append(sibling)
        if time.time_ns() - identity[4] >= TICK_NS:
            self._listed.pop(directory, None)
            while len(self._listed) >= 100:
                del self._listed[next(iter(self._listed))]
            self._listed[directory] = (identity, siblings)
        return siblings

    def _language_of(self, sibling: str, name: str) -> tuple[bool, str | None]:
        """Whether a file is a variant of ``name``, and its language, if it has one."""
        stem, ending = os.path.splitext(name)
        if self.options.languages and ending and sibling.startswith(stem + ".") and sibling.endswith(ending):
            language = sibling[len(stem) + 1 : -len(ending)]
            if _LANGUAGE.fullmatch(language):
                return True, language
        if self.options.types and sibling.startswith(name + ".") and media_type_of(sibling) != OCTETS:
            parts = sibling[len(name) + 1 :].split(".")
            if len(parts) == 1 and "." + parts[0] not in {ending for ending, _, _ in CODINGS}:
                return True, None
            if len(parts) == 2 and self.options.languages and _LANGUAGE.fullmatch(parts[0]):
                return True, parts[0]
        return False, None

    def _entry(self, found: list[tuple[str, Representation]], directory: tuple[str, Identity]) -> Entry:
        variants = tuple(variant for _, variant in found)
        varies = tuple(
            field
            for attribute, field in (
                ("media_type", "Accept"),
                ("language", "Accept-Language"),
                ("coding", "Accept-Encoding"),
            )
            if len({getattr(variant, attribute) for variant in variants}) > 1
        )
        watched = (directory, *((path, identity_of(os.stat(path))) for path, _ in found))
        # What may still change without a sign of it is not remembered
        settled = time.time_ns() - max(identity[4] for _, identity in watched) >= TICK_NS
        size = sum(len(variant.source) for variant in variants if isinstance(variant.source, bytes))
        resource = Resource(variants=variants, methods=self._methods, varies_by=varies)
        return Entry(resource, watched if settled else (), size)

    def _variants(
        self, where: str, real: str, path: str, language: str | None, now: int, *, located: bool = False
    ) -> list[tuple[str, Representation]]:
        """The file and its precompressed forms, those that are not older than it."""
        plain = self._representation(real, media_type_of(real), None, now, language, path if located else None, 997)
        # Watched by the name it was asked for: a symbolic link on the way may be turned to another file
        found = [(where, plain)]
        made = os.stat(real).st_mtime_ns
        for ending, coding, preference in CODINGS:
            packed = real + ending
            try:
                status = os.lstat(packed)
            except OSError:
                continue
            if stat.S_ISREG(status.st_mode) and status.st_mtime_ns >= made:
                location = path + ending if located else None
                media_type = plain.media_type or OCTETS
                found.append(
                    (packed, self._representation(packed, media_type, coding, now, language, location, preference))
                )
        return found

    def _representation(
        self,
        real: str,
        media_type: str,
        coding: str | None,
        now: int,
        language: str | None,
        location: str | None,
        preference: int,
    ) -> Representation:
        with open(real, "rb") as file:
            status = os.fstat(file.fileno())
            content = file.read(status.st_size + 1) if status.st_size <= self.options.hashed else None
            if content is not None and identity_of(os.fstat(file.fileno())) != identity_of(status):
                raise OSError(errno.EAGAIN, "the file is being written")
        source: bytes | File = File(real, identity_of(status))
        if content is not None:
            etag = EntityTag(blake2b(content, digest_size=12).hexdigest(), weak=False)
            if len(content) <= self.options.in_memory:
                source = content
            if coding is None and is_text(media_type) and _is_utf8(content):
                media_type += ";charset=utf-8"
        else:
            # A change within the same tick of the file system's clock would go unseen: until that has passed, only weak
            unsettled = time.time_ns() - max(status.st_mtime_ns, status.st_ctime_ns) < TICK_NS
            identity = "-".join(f"{part:x}" for part in identity_of(status)[1:])
            etag = EntityTag(identity, weak=unsettled)
        return Representation(
            source,
            media_type,
            status.st_size,
            etag,
            # Never in the future, which would make it newer than any Date: RFC 9110 section 8.8.2.1
            min(int(status.st_mtime), now),
            coding,
            language,
            location,
            preference=preference,
        )

    # Remembering

    def _remember(self, path: str, entry: Entry) -> None:
        if not entry.watched or entry.size > self.options.cache:
            return
        while self._entries and (self._cached + entry.size > self.options.cache or len(self._entries) >= 10_000):
            self._forget(next(iter(self._entries)))
        self._entries[path] = entry
        self._cached += entry.size

    def _forget(self, path: str) -> None:
        entry = self._entries.pop(path, None)
        if entry is not None:
            self._cached -= entry.size


def replace_methods(entry: Entry, methods: tuple[str, ...]) -> Entry:
    return Entry(replace(entry.resource, methods=methods), entry.watched, entry.size)


def _types_for(name: str) -> tuple[str, ...] | None:
    """The media types that may be stored under ``name``, whose ending says as what it will be served (rfc9110-9.3.4-3)."""
    expected = media_type_of(name)
    return None if expected == OCTETS else (expected, OCTETS)


def _is_utf8(content: bytes) -> bool:
    try:
        content.decode()
    except UnicodeDecodeError:
        return False
    return True
