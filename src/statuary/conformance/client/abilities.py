"""What clients are able to do: the names that scenarios ask for and client files give."""

from __future__ import annotations

ABILITIES: dict[str, str] = {
    "head": "send HEAD",
    "post": "send POST",
    "methods": "send any method",
    "fields": "be given header fields",
    "content": "be given content",
    "unsized": "be given content whose length isn't known beforehand",
    "expect": "send the expectation 100-continue and wait",
    "credentials": "be given user name and password",
    "proxy": "use a forward proxy",
    "resume": "resume what was begun",
    "tls": "trust the checker's certificate",
    "several": "make several requests one after the other, as one program does",
    "tells content": "tell the content that it got",
    "retries": "repeat requests that failed, by itself, as it is configured",
    "decodes": "decode gzip",
    "caches": "keep responses and use them again",
    "tells url": "tell the URI that it ended at",
    "shows errors": "tell the content of responses with 4xx and 5xx",
}
"""Names, and what each means after "able to"."""
