"""From a file's name to its media type and content coding: a table that does not depend on the machine it runs on."""

from __future__ import annotations

import mimetypes

# A database of the standard library's own entries, without the files of the system that mimetypes would add
_TYPES = mimetypes.MimeTypes(filenames=())
for _ending, _media_type in {
    ".avif": "image/avif",
    ".js": "text/javascript",
    ".json": "application/json",
    ".jsonld": "application/ld+json",
    ".map": "application/json",
    ".md": "text/markdown",
    ".mjs": "text/javascript",
    ".otf": "font/otf",
    ".toml": "application/toml",
    ".ttf": "font/ttf",
    ".wasm": "application/wasm",
    ".webmanifest": "application/manifest+json",
    ".webp": "image/webp",
    ".woff": "font/woff",
    ".woff2": "font/woff2",
    ".xml": "application/xml",
    ".yaml": "application/yaml",
    ".yml": "application/yaml",
}.items():
    _TYPES.add_type(_media_type, _ending)

OCTETS = "application/octet-stream"


def media_type_of(name: str) -> str:
    """The media type that a file's name suggests, without parameters; for an archive, that of the archive."""
    media_type, coding = _TYPES.guess_type(name)
    # What is stored compressed under its own name is sent as what it is, not as its content decoded: /a.tar.gz
    if coding is not None:
        return {"gzip": "application/gzip", "br": OCTETS, "bzip2": "application/x-bzip2", "xz": "application/x-xz"}.get(
            coding, OCTETS
        )
    return media_type or OCTETS


def is_text(media_type: str) -> bool:
    """Whether a charset makes sense for it."""
    return media_type.startswith("text/")
