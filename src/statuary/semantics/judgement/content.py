"""Whether a message came with content, as far as it can be told from what was seen."""

from __future__ import annotations

from statuary.semantics.judgement.rule import Seen


def has_request_content(seen: Seen) -> bool:
    """Whether the request has content, announced or not."""
    return bool(seen.request.content_length)


def is_known_empty(seen: Seen) -> bool:
    """Whether a response that could have content has none. A capture without the content it announces proves nothing."""
    return (
        not seen.content
        and seen.method != "HEAD"
        and seen.get("content-length") in (None, "0")
        and "transfer-encoding" not in seen.fields
    )


def is_coded(seen: Seen) -> bool:
    """Whether octets may have been decoded by the tool that captured them, so that counting them proves nothing."""
    return "content-encoding" in seen.fields


def is_http_1(seen: Seen) -> bool:
    """Whether the framing and connections of HTTP/1 apply."""
    return seen.request.version < (2, 0)
