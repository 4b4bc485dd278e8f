"""What can be known of a subject: the names that scenarios use, each with what it stands for.

A resource of the subject is a fact whose value is its path; what was found out about it comes after a dot.
"""

from __future__ import annotations

import re

_OF_A_REPRESENTATION = {
    "content": "its content",
    "length": "the octets of its content",
    "last": "the position of its last octet",
    "type": "its Content-Type",
    "etag": "its entity tag, weak or strong",
    "strong": "its entity tag, where that is strong",
    "weak": "its entity tag, where that is weak",
    "other_case": "its entity tag with its letters in the other case, where that is strong",
    "modified": "its Last-Modified",
    "modified_rfc850": "the same date in the form of RFC 850",
    "modified_asctime": "the same date in the form of asctime",
    "earlier": "a date one day before its Last-Modified",
    "later": "a date after its Last-Modified and not in the future",
    "second_earlier": "a date one second before its Last-Modified",
    "second_later": "a date one second after its Last-Modified, and not in the future",
    "ranges": "bytes, where a byte range of it is answered 206",
}

FACTS: dict[str, str] = {
    "host": "the authority in the subject's URL",
    "port": "its port",
    "scheme": "http or https",
    "other_host": "an authority that is surely not the subject's",
    "now": "the current time as an HTTP date",
    "tomorrow": "the time in a day as an HTTP date",
    "long_ago": "an HTTP date of 1994",
    "unique": "a name that no other play uses",
    "file": "path of a resource that GET answers with 200 and always the same content",
    "large": "path of a resource of some 100 KB",
    "missing": "a path that is answered 404",
    "directory": "path of a directory, without the slash at its end",
    "writable": "path of an area in which PUT creates and replaces and DELETE removes, with its slash",
    "writable.type": "media type of what is written there",
    "new": "path of a resource in that area that does not exist yet, another one in each play",
    "protected": "path of a resource that demands credentials",
    "protected.credentials": "value of Authorization that opens it",
    "protected.credentials_lower": "the same with its scheme in lower case",
    "protected.credentials_upper": "the same with its scheme in upper case",
    "protected.wrong": "value of Authorization with a wrong password or token",
    "negotiated": "path of a resource with several representations",
    "negotiated.type1": "media type of one of them",
    "negotiated.type2": "media type of another",
    "negotiated.language1": "language of one of them",
    "negotiated.language2": "language of another",
    "negotiated.coding1": "content coding of one of them",
    "upgrade": "path at which the connection can be upgraded",
    "upgrade.protocol": "the protocol to which",
    "form": "path of a resource that takes POST",
    "form.content": "content that it takes",
    "form.type": "media type of that content",
    "limited": "path of a resource that refuses content above a limit",
    "limited.octets": "the limit",
    "limited.method": "the method for that content",
    "patience": "seconds after which the subject gives up on a request that does not go on",
    **{
        f"{resource}.{name}": f"{text} ({{{resource}}})"
        for resource in ("file", "large")
        for name, text in _OF_A_REPRESENTATION.items()
    },
}

_MEETS = re.compile(r"meets\.[1-5]\d\d(?:\.head|\.target)?")


def is_fact(name: str) -> bool:
    """Whether a scenario may ask for it: one of FACTS, or ``meets.``, a status code and perhaps ``.head`` or ``.target``."""
    return name in FACTS or _MEETS.fullmatch(name) is not None


def meaning(name: str) -> str:
    """What a fact is, for a report that says that it is lacking."""
    if name.endswith((".head", ".target")):
        return f"a GET that is answered {name[6:9]}"
    return FACTS.get(name) or f"a request that is answered {name.removeprefix('meets.')}"
