"""The registered status codes that an origin server has no reason to send, and why: every other one has its question.

The pages that answer a plain GET with any code, for testing clients, are no reason: they pretend.

A code leaves this table when something here begins to send it, and enters it when it is registered and nothing does; a test
sees to both.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

_WEBDAV = "It is for WebDAV (RFC 4918), whose methods are not implemented here."
_GATEWAY = "It tells of a server further inbound, and an origin server has none: gateways and proxies send it."

NOT_SENT: Mapping[int, str] = MappingProxyType(
    {
        102: "RFC 4918 dropped it from WebDAV for want of implementations; long work is answered with 202 and a monitor.",
        104: "It is for resumable uploads, still a draft, whose registration is temporary.",
        203: "An intermediary sends it, when it has transformed what the origin server sent (RFC 9110 section 15.3.4).",
        207: _WEBDAV,
        208: "It is for bindings in WebDAV (RFC 5842), which is not implemented here.",
        226: "It is for instance manipulations asked for in A-IM (RFC 3229), which are not implemented here.",
        306: "It is reserved: a draft before RFC 2616 used it, and nobody does now.",
        407: "A proxy sends it, to ask for credentials of its own.",
        418: "It is reserved for the sake of those who sent it as a joke (RFC 9110 section 15.5.19).",
        423: _WEBDAV,
        424: _WEBDAV,
        502: _GATEWAY,
        504: _GATEWAY,
        506: "It is for transparent negotiation (RFC 2295), which is not implemented here.",
        508: "It is for loops in WebDAV collections (RFC 5842) or between gateways, and a directory site has neither.",
        510: "RFC 2774, the extension framework it belongs to, is historic.",
        511: "An intermediary sends it, to gain control over access to the network (RFC 6585 section 6).",
    }
)
