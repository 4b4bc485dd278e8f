"""What scenarios for intermediaries may ask for: where things are in a play, and what the subject is known to do."""

from __future__ import annotations

from statuary.conformance.scripted.server import moments

PLACES = {
    "to": "what a target that begins with a slash is put behind: a path for a gateway, an origin and a path for a proxy",
    "path": "the path that the resources of a play are under, at the upstream",
    "host": "the Host field of a request: of the gateway, or of the upstream behind a proxy",
    "up": "the URI that the resources of a play are under, at the upstream",
    "up.host": "host and port of the upstream",
    "subject": "host and port of the subject",
    "id": "a name of the play that no other play has",
    **dict.fromkeys(moments(0), "a moment"),
}

OFFERED = {
    "cache": "a cache",
    "credentials": "credentials that it asks for",
    "wrong_credentials": "credentials that it asks for",
    "modern": "HTTP/1.1 towards its upstream",
    "persistent": "connections to its upstream that are used again",
    "tunnel": "CONNECT",
    "upgrade": "Upgrade passed on",
    "upstream_patience": "the seconds that it waits for its upstream",
}
"""What scenarios may need, and what it means, for a report that says that it is lacking."""
