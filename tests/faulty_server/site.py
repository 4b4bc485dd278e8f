"""What there is to be had: a resource for each status code that arises at an origin server, and an area for writing."""

from __future__ import annotations

import gzip
import hashlib
import threading
import time
from dataclasses import dataclass, field, replace

from .message import Resource, Variant

MODIFIED = 1_704_164_645
"""When everything that wasn't written here was last modified: 2024-01-02T03:04:05Z."""

FILE = b"".join(b"line %02d of a plain file with many ranges\n" % number for number in range(30))
LARGE = b"".join(b"%07d\n" % number for number in range(12_500))
HTML_EN = b'<!doctype html><html lang="en"><title>Greeting</title><p>Good morning, and a good day to you</p></html>\n'
HTML_DE = b'<!doctype html><html lang="de"><title>Gru\xc3\x9f</title><p>Guten Morgen und einen guten Tag</p></html>\n'
TEXT_EN = b"Good morning, and a good day to you\n"

READ = ("GET", "HEAD", "OPTIONS")
POSTED = (*READ, "POST")
WRITTEN = (*READ, "PUT", "DELETE")
HTML = "text/html; charset=utf-8"
FORM_TYPE = "application/x-www-form-urlencoded"


def entity_tag(content: bytes) -> str:
    """A strong validator: other octets, another tag. RFC 9110 section 8.8.3."""
    return f'"{hashlib.sha256(content).hexdigest()[:16]}"'


def plain(content: bytes, type: str = "text/plain; charset=utf-8", modified: int | None = MODIFIED) -> Variant:
    """A variant with the validators that it can have."""
    return Variant(content, type, entity_tag(content), modified)


def page(title: str) -> tuple[Variant, ...]:
    """A short page, as the only variant."""
    return (plain(f"<!doctype html><title>{title}</title><p>{title}\n".encode(), HTML),)


def negotiated() -> tuple[Variant, ...]:
    """A greeting in two languages and two media types, the English page compressed as well."""
    text = "text/plain; charset=utf-8"
    zipped = gzip.compress(HTML_EN, mtime=0)
    return (
        replace(plain(HTML_EN, HTML), language="en", location="/greeting.en.html"),
        replace(plain(zipped, HTML), language="en", coding="gzip", location="/greeting.en.html"),
        replace(plain(HTML_DE, HTML), language="de", location="/greeting.de.html"),
        replace(plain(TEXT_EN, text), language="en", location="/greeting.en.txt"),
    )


CACHED = (("Cache-Control", "max-age=60"),)
BASIC = (("WWW-Authenticate", 'Basic realm="wonderland", charset="UTF-8"'),)
DAYS = 86_400

RESOURCES: dict[str, Resource] = {
    # All that a 304 and a 206 have to repeat
    "/file.txt": Resource(
        variants=(replace(plain(FILE), location="/file.txt"),), fields=(*CACHED, ("Vary", "Accept-Encoding"))
    ),
    "/large.bin": Resource(variants=(plain(LARGE, "application/octet-stream"),)),
    "/empty.txt": Resource(variants=(plain(b""),)),
    # A tag that two seemingly equal representations share is weak: RFC 9110 section 8.8.1
    "/weak.txt": Resource(variants=(replace(plain(FILE), etag='W/"about-the-same"', modified=None),)),
    "/unranged.txt": Resource(variants=(plain(FILE),), is_ranged=False),
    "/directory": Resource(status=301, location="/directory/"),
    # Made anew for each request, so nothing is known that could validate it
    "/directory/": Resource(variants=(Variant(page("Directory")[0].content, HTML),), is_chunked=True),
    "/greeting": Resource(variants=negotiated(), fields=CACHED),
    "/greeting.en.html": Resource(variants=negotiated()[:1]),
    "/greeting.de.html": Resource(variants=negotiated()[2:3]),
    "/greeting.en.txt": Resource(variants=negotiated()[3:]),
    "/moved-for-good": Resource(POSTED, status=301, location="/file.txt"),
    "/moved-for-now": Resource(POSTED, status=302, location="/file.txt"),
    "/see-other": Resource(POSTED, status=303, location="/file.txt"),
    "/elsewhere": Resource((*WRITTEN, "POST"), status=307, location="/file.txt"),
    "/renamed": Resource((*WRITTEN, "POST"), status=308, location="/file.txt"),
    "/choices": Resource(status=300, location="/greeting.en.html"),
    "/gone": Resource(status=410),
    "/forbidden": Resource(status=403),
    "/paid": Resource(status=402),
    "/censored": Resource(status=451, fields=(("Link", '<http://127.0.0.1/authority>; rel="blocked-by"'),)),
    "/busy": Resource(status=429, fields=(("Retry-After", "60"),)),
    "/failing": Resource(status=500),
    "/maintenance": Resource(status=503, fields=(("Retry-After", "120"),)),
    "/full": Resource(WRITTEN, status=507),
    "/secret": Resource(variants=page("Down the rabbit-hole"), is_protected=True),
    "/form": Resource(POSTED, page("A form"), posted=303, location="/file.txt", takes=(FORM_TYPE,)),
    "/note": Resource(POSTED, page("Notes"), posted=204),
    "/sheet": Resource(POSTED, page("A sheet"), posted=205),
    "/queue": Resource(POSTED, page("The queue"), posted=202),
    "/orders": Resource(POSTED, page("Orders"), posted=201, needs_length=True),
    "/checked": Resource(POSTED, page("Checked"), posted=200, must_contain=b"name="),
    "/upload": Resource((*READ, "PUT"), page("Small things only"), is_stored=True, needs_length=True, limit=1000),
    "/shared": Resource((*READ, "PUT"), page("Ours"), is_stored=True, needs_condition=True),
    "/hinted": Resource(variants=page("Hinted"), hints="</style.css>; rel=preload; as=style"),
    "/socket": Resource(upgrade="websocket"),
}

WRITABLE = "/scratch/"
CREDENTIALS = "YWxpY2U6d29uZGVybGFuZA=="
"""alice and wonderland, as Basic has it."""


@dataclass
class World:
    """What may change, and is shared by all connections."""

    resources: dict[str, Resource] = field(default_factory=lambda: dict(RESOURCES))
    writable: str = WRITABLE
    traces: bool = False
    patience: float = 2.0
    lock: threading.RLock = field(default_factory=threading.RLock)

    def find(self, path: str) -> Resource | None:
        """The resource at a path; in the writable area there may be one without variants, yet to be created."""
        if path in self.resources:
            return self.resources[path]
        name = path.removeprefix(self.writable)
        if name == path or not name:
            return None
        return Resource(WRITTEN, is_stored=True, takes=("text/plain",))

    def store(self, path: str, resource: Resource, content: bytes, type: str) -> Variant:
        """Put content where a path is."""
        variant = plain(content, type, int(time.time()))
        self.resources[path] = replace(resource, variants=(variant,))
        return variant

    def remove(self, path: str) -> None:
        """Let nothing be there any more."""
        del self.resources[path]
