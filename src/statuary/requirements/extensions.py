"""What is required by the RFCs that extend RFC 9110 and define the other status codes: one row a line, in our words.

A row is: id, level, whom it binds, status codes, paraphrase, how it can be tested, mechanism (see Requirement).
"""

# Rows are read across, so they stay on one line each.
# ruff: noqa: E501
# fmt: off

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from statuary.requirements import Row

ROWS: tuple[Row, ...] = (
    ("rfc2295-8.1-s1", "STATED", ("origin",), (506,), "506 when the chosen variant itself negotiates (misconfiguration)", "no", "negotiation"),
    ("rfc2518-10.1-1", "SHOULD", ("origin",), (102,), "102 only when the request can be expected to take long", "no", "status"),
    ("rfc2518-10.1-2", "SHOULD", ("origin",), (102,), "Past some 20 seconds send a 102 (the figure is guidance)", "no", "status"),
    ("rfc2518-10.1-3", "MUST", ("origin",), (102,), "A final response follows every 102", "server-probe", "status"),
    ("rfc2774-7-s1", "STATED", ("origin",), (510,), "510 when the request falls short of the access policy, as by lacking an extension", "no", "status"),
    ("rfc3229-10.4.1-1", "MUST", ("origin",), (226,), "226 answers only a request whose A-IM lists an instance-manipulation", "message", "content"),
    ("rfc3229-10.4.1-2", "MUST", ("origin",), (226,), "226 carries the current instance's ETag", "message", "content"),
    ("rfc3229-10.4.1-3", "MAY", ("cache",), (226,), "May store and reuse a 226 within expiry, Cache-Control and the rules of section 10.6", "proxy-probe", "caching"),
    ("rfc3229-10.4.1-4", "MAY", ("cache",), (226,), "May build the current instance from a 226 and a cached base", "proxy-probe", "caching"),
    ("rfc4918-11.1-s1", "STATED", ("origin",), (207,), "207 gives the status of several operations, by default in an XML multistatus body", "message", "content"),
    ("rfc4918-11.3-1", "SHOULD", ("origin",), (423,), "423 body holds a fitting precondition or postcondition code", "message", "error-body"),
    ("rfc4918-11.4-s1", "STATED", ("origin",), (424,), "424 when an action it depended on failed", "server-probe", "status"),
    ("rfc4918-11.5-1", "MUST NOT", ("client",), (507,), "507 to a user's action: no repeat until the user asks again", "client-probe", "retry"),
    ("rfc5789-2-1", "MAY", ("origin",), (201,), "PATCH may create a missing resource", "server-probe", "methods"),
    ("rfc5789-2-2", "MUST", ("origin",), (200, 204, "4xx"), "A patch applies atomically; no half-patched state is ever served", "server-probe", "methods"),
    ("rfc5789-2-3", "MUST NOT", ("origin",), (400, 409, 422), "A patch that cannot fully apply changes nothing", "server-probe", "methods"),
    ("rfc5789-2-4", "SHOULD", ("client",), (412,), "Patches needing a base state are sent conditionally", "client-probe", "conditional"),
    ("rfc5789-2-5", "SHOULD", ("cache",), (), "PATCH passing through a cache makes stored responses stale", "proxy-probe", "caching"),
    ("rfc5789-2-6", "MUST NOT", ("cache",), (), "A cached PATCH response serves only GET and HEAD", "proxy-probe", "caching"),
    ("rfc5789-2-7", "MUST", ("origin",), (409, 415), "Check that the patch format suits the resource", "server-probe", "methods"),
    ("rfc5789-2-8", "MUST NOT", ("origin",), (), "Fields of a PATCH request are not applied to the resource", "server-probe", "methods"),
    ("rfc5789-2-9", "SHOULD NOT", ("origin",), (), "Fields of a PATCH request are not stored, save as trace", "server-probe", "methods"),
    ("rfc5789-2.2-1", "SHOULD", ("origin",), (400,), "Malformed patch: 400", "server-probe", "content"),
    ("rfc5789-2.2-2", "SHOULD", ("origin",), (415,), "415 to PATCH lists formats in Accept-Patch", "message", "negotiation"),
    ("rfc5789-2.2-s1", "STATED", ("origin",), (422,), "Well-formed patch that cannot be processed: 422", "server-probe", "content"),
    ("rfc5789-2.2-s2", "STATED", ("origin",), (404,), "Patch on a missing resource that cannot be patched from nothing: 404", "server-probe", "status"),
    ("rfc5789-2.2-s3", "STATED", ("origin",), (409,), "Patch that conflicts with the state: 409 (412 where a condition was sent)", "server-probe", "conditional"),
    ("rfc5789-2.2-3", "SHOULD", ("origin",), ("4xx",), "Errors to PATCH say what went wrong", "message", "error-body"),
    ("rfc5789-3-1", "MAY", ("origin",), (200,), "Allow may list PATCH without Accept-Patch being sent", "no", "methods"),
    ("rfc5789-3.1-1", "SHOULD", ("origin",), (200, 204), "OPTIONS on a patchable resource shows Accept-Patch", "server-probe", "methods"),
    ("rfc5789-5-1", "MUST", ("origin",), (413, 503), "Guard against PATCH used to exhaust resources", "no", "security"),
    ("rfc5842-7.1-s1", "STATED", ("origin",), (208,), "208 stands in a propstat inside a 207 body, for a further binding of a collection already listed", "message", "content"),
    ("rfc5842-7.2-s1", "STATED", ("origin",), (508,), "508 ends a Depth: infinity operation that met a loop; all of it failed", "server-probe", "status"),
    ("rfc6585-3-1", "SHOULD", ("origin",), (428,), "A 428 tells how to resubmit successfully", "message", "error-body"),
    ("rfc6585-3-2", "MUST NOT", ("cache",), (428,), "Do not store a 428", "proxy-probe", "caching"),
    ("rfc6585-4-1", "SHOULD", ("origin", "proxy", "gateway"), (429,), "A 429 explains the limit", "message", "error-body"),
    ("rfc6585-4-2", "MAY", ("origin", "proxy", "gateway"), (429,), "A 429 may carry Retry-After", "no", "retry"),
    ("rfc6585-4-3", "MUST NOT", ("cache",), (429,), "Do not store a 429", "proxy-probe", "caching"),
    ("rfc6585-5-1", "MAY", ("client",), (431,), "May resubmit with smaller fields after 431", "client-probe", "retry"),
    ("rfc6585-5-2", "SHOULD", ("origin", "proxy", "gateway"), (431,), "A 431 over one field names that field", "message", "error-body"),
    ("rfc6585-5-3", "MUST NOT", ("cache",), (431,), "Do not store a 431", "proxy-probe", "caching"),
    ("rfc6585-6-1", "SHOULD", ("proxy",), (511,), "A 511 links to where credentials can be given", "message", "auth"),
    ("rfc6585-6-2", "SHOULD NOT", ("proxy",), (511,), "A 511 holds no challenge and no login form", "message", "auth"),
    ("rfc6585-6-3", "SHOULD NOT", ("origin",), (511,), "Origins do not generate 511; intercepting proxies do", "server-probe", "auth"),
    ("rfc6585-6-4", "MUST NOT", ("cache",), (511,), "Do not store a 511", "proxy-probe", "caching"),
    ("rfc7617-2-1", "MUST", ("origin", "proxy", "gateway"), (401, 407), "A challenge of Basic names its realm", "message", "auth"),
    ("rfc7725-3-1", "SHOULD", ("origin", "proxy", "gateway"), (451,), "A 451 explains the legal demand: who, what law, what it covers", "message", "error-body"),
    ("rfc7725-3-s1", "STATED", ("cache",), (451,), "451 is heuristically cacheable", "proxy-probe", "caching"),
    ("rfc7725-4-1", "SHOULD", ("origin", "proxy", "gateway"), (451,), "The blocking party names itself in a Link field", "message", "error-body"),
    ("rfc7725-4-2", "MUST", ("origin", "proxy", "gateway"), (451,), "The Link naming the blocker has rel blocked-by", "message", "error-body"),
    ("rfc7838-6-1", "MUST", ("client",), (421,), "421 from an alternative service: forget that alternative for the origin", "client-probe", "retry"),
    ("rfc7838-6-2", "MAY", ("client",), (421,), "May retry any method at another alternative or the origin", "client-probe", "retry"),
    ("rfc7838-6-3", "MUST", ("client",), (421,), "Ignore Alt-Svc in a 421", "client-probe", "security"),
    ("rfc8297-2-1", "MUST NOT", ("client",), (103,), "A 103's fields do not alter how the final response is processed", "client-probe", "status"),
    ("rfc8297-2-2", "MUST NOT", ("client",), (103,), "A 103's fields are not taken as metadata of the 103 itself", "client-probe", "status"),
    ("rfc8297-2-3", "MAY", ("origin", "proxy", "gateway"), (103,), "A 103 may give only some of the final fields", "no", "status"),
    ("rfc8297-2-4", "SHOULD NOT", ("client",), (103,), "A field missing in 103 is not taken as missing in the final response", "client-probe", "status"),
    ("rfc8297-2-5", "MAY", ("origin", "proxy", "gateway"), (103,), "Several 103s may be sent for one request", "server-probe", "status"),
    ("rfc8470-3-1", "RECOMMENDED", ("origin",), (425,), "Let resources configure whether early data suits them", "no", "security"),
    ("rfc8470-3-2", "MUST", ("origin",), (425,), "Unconfigured: reject early data or hold requests until the handshake ends", "server-probe", "security"),
    ("rfc8470-3-3", "MUST", ("proxy", "gateway"), (425,), "Intermediary taking early data implements the Early-Data and 425 signalling", "proxy-probe", "security"),
    ("rfc8470-3-4", "MUST", ("origin", "proxy", "gateway"), (425,), "Early data once accepted: process all its requests, if only by 425", "server-probe", "security"),
    ("rfc8470-4-1", "MAY", ("client",), (425,), "May send safe methods in early data", "client-probe", "security"),
    ("rfc8470-4-2", "MUST NOT", ("client",), (425,), "No unsafe or unknown methods in early data", "client-probe", "security"),
    ("rfc8470-4-3", "MUST", ("client",), (), "Early data refused in TLS: start again as on a new connection", "client-probe", "retry"),
    ("rfc8470-4-4", "MUST", ("client",), (425,), "User of early data retries on 425", "client-probe", "retry"),
    ("rfc8470-4-5", "MUST NOT", ("proxy", "gateway"), (425,), "Forward in early data only what came so or is known safe to repeat", "proxy-probe", "security"),
    ("rfc8470-5.1-1", "MUST", ("proxy", "gateway"), (425,), "Forwarding before the handshake ends: add Early-Data: 1", "proxy-probe", "security"),
    ("rfc8470-5.1-2", "MUST", ("proxy", "gateway"), (425,), "Use Early-Data whenever a replay may already have gone out", "proxy-probe", "security"),
    ("rfc8470-5.1-3", "MUST NOT", ("proxy", "gateway"), (425,), "Do not remove Early-Data", "proxy-probe", "forwarding"),
    ("rfc8470-5.1-4", "MUST NOT", ("sender",), (), "Early-Data is not named in Connection", "message", "connection"),
    ("rfc8470-5.1-5", "MUST", ("origin",), (425,), "Early-Data request that is unsafe to process: 425", "server-probe", "security"),
    ("rfc8470-5.1-6", "MUST", ("client",), (), "At most one Early-Data field", "message", "syntax"),
    ("rfc8470-5.1-7", "MUST", ("origin", "proxy", "gateway"), (425,), "Several or invalid Early-Data fields count as one with value 1", "server-probe", "syntax"),
    ("rfc8470-5.1-8", "MUST NOT", ("sender",), (), "No Early-Data in responses or trailers", "message", "syntax"),
    ("rfc8470-5.2-1", "SHOULD", ("client",), (425,), "User agent retries by itself on 425", "client-probe", "retry"),
    ("rfc8470-5.2-2", "MUST NOT", ("client",), (425,), "A retry on 425 does not go in early data", "client-probe", "retry"),
    ("rfc8470-5.2-3", "MUST", ("proxy", "gateway"), (425,), "Forward 425 when the received request had Early-Data", "proxy-probe", "forwarding"),
    ("rfc8470-5.2-4", "MAY", ("proxy", "gateway"), (425,), "No Early-Data received: may retry on 425 for a request that came in early data", "proxy-probe", "retry"),
    ("rfc8470-5.2-5", "MUST", ("proxy", "gateway"), (425,), "An intermediary's retry on 425 waits for the client-side handshake", "proxy-probe", "retry"),
    ("rfc8470-5.2-6", "SHOULD NOT", ("origin", "proxy", "gateway"), (425,), "No 425 unless early data or Early-Data: 1 was involved", "server-probe", "status"),
    ("rfc8470-6.1-1", "MUST NOT", ("gateway",), (425,), "Do not forward early data to an origin not known to answer 425 rightly", "proxy-probe", "security"),
    ("rfc8470-6.1-2", "SHOULD", ("gateway",), (425,), "In doubt delay until the handshake ends or answer 425", "proxy-probe", "security"),
    ("rfc8470-6.2-1", "MUST NOT", ("origin", "proxy", "gateway"), (425,), "No action on early data that another instance could judge differently", "no", "security"),
    ("rfc8470-6.3-1", "SHOULD", ("origin", "proxy", "gateway"), (425, 503), "Under load refuse early data in TLS as a whole rather than by request", "no", "security"),
    ("rfc8470-6.4-1", "MAY", ("origin", "proxy", "gateway"), (), "May process early-data requests after the handshake if other instances handle replays", "no", "security"),
    ("rfc9457-3-1", "RECOMMENDED", ("origin",), ("4xx", "5xx"), "Several unlike problems: report the most relevant or urgent one", "no", "error-body"),
    ("rfc9457-3.1-1", "MUST", ("client",), ("4xx", "5xx"), "Ignore a member whose value has the wrong type", "client-probe", "error-body"),
    ("rfc9457-3.1.1-1", "MUST", ("client",), ("4xx", "5xx"), "The resolved type URI is the problem's primary identifier", "client-probe", "error-body"),
    ("rfc9457-3.1.1-2", "SHOULD", ("origin",), (), "A locator type URI leads to readable documentation", "no", "error-body"),
    ("rfc9457-3.1.1-3", "SHOULD NOT", ("client",), (), "Do not fetch the type URI automatically", "client-probe", "error-body"),
    ("rfc9457-3.1.1-4", "RECOMMENDED", ("origin",), (), "Use absolute type URIs", "message", "error-body"),
    ("rfc9457-3.1.2-1", "MUST", ("origin",), ("4xx", "5xx"), "The status member equals the response's status code", "message", "error-body"),
    ("rfc9457-3.1.3-1", "SHOULD NOT", ("origin",), ("4xx", "5xx"), "Title stays the same for a type, localisation aside", "server-probe", "error-body"),
    ("rfc9457-3.1.4-1", "SHOULD NOT", ("client",), ("4xx", "5xx"), "Do not parse the detail text", "client-probe", "error-body"),
    ("rfc9457-3.1.5-1", "RECOMMENDED", ("origin",), (), "Use absolute instance URIs", "message", "error-body"),
    ("rfc9457-3.2-1", "MUST", ("client",), ("4xx", "5xx"), "Ignore unknown extension members", "client-probe", "error-body"),
    ("rfc9457-4.2.1-1", "SHOULD", ("origin",), ("4xx", "5xx"), "With about:blank the title is the code's usual phrase", "message", "error-body"),
)

# The same requirement as an earlier row: count one of the two.
SAME_AS: dict[str, str] = {}

# What became of a rule of RFC 2616, and the section that covers the matter now.
FATE: dict[str, tuple[str, str | None]] = {}

# Rows whose RFC was read in quotations only; docs/corrections.md says which.
SECONDARY: frozenset[str] = frozenset()
