"""2xx but 206: RFC 9110 sections 15.3 and 9.3, RFC 3229 for 226, RFC 4918 for 207."""

from __future__ import annotations

from statuary.fields.grammar import parse_tokens
from statuary.fields.media_types import parse_media_type
from statuary.semantics.judgement.content import is_known_empty
from statuary.semantics.judgement.rule import Chapter, Seen

chapter = Chapter()

# What tells of features of a resource: RFC 9110 section 9.3.7; Allow above all
_FEATURES = (
    "allow",
    "accept",
    "accept-ranges",
    "accept-patch",
    "accept-post",
    "accept-encoding",
    "dav",
    "accept-query",
)


@chapter.rule(
    "rfc9110-15.3.5-s1",
    also=["rfc9110-6.4.1-s1"],
    status=(204,),
    passes=["DELETE / => 204"],
    fails=["DELETE / => 204 || gone", "DELETE / => 204 |  ||  || A: b"],
)
def no_content_has_none(seen: Seen) -> str | None:
    return "204 with content or trailers" if seen.content or len(seen.trailers) else None


@chapter.rule(
    "rfc9110-15.3.6-1",
    status=(205,),
    passes=["POST / => 205 | Content-Length: 0", "POST / => 205", "POST / => 205 | Transfer-Encoding: chunked"],
    fails=["POST / => 205 | Content-Length: 4 || done"],
)
def reset_has_no_content(seen: Seen) -> str | None:
    if seen.content or (seen.method != "HEAD" and (seen.get("content-length") or "0").strip("0")):
        return "205 with content"
    return None


@chapter.rule(
    "rfc9110-9.3.3-1",
    status=(201,),
    method=["POST"],
    absent=["location"],
    passes=["POST / => 201 | Location: /1 || created", "PUT /1 => 201"],
    fails=["POST / => 201 || created"],
)
def created_by_post_has_a_location(seen: Seen) -> str | None:
    return "201 to POST without Location: it claims that the target itself was created"


@chapter.rule(
    "rfc9110-15.3.3-s1",
    status=(202,),
    absent=["location", "link", "content-location"],
    passes=["POST / => 202 | Location: /jobs/1", "POST / => 202 || see /jobs/1"],
    fails=["POST / => 202"],
)
def accepted_points_to_a_monitor(seen: Seen) -> str | None:
    return "202 with nothing to tell how the work is getting on" if is_known_empty(seen) else None


@chapter.rule(
    "rfc9110-9.3.7-1",
    status=(200, 204),
    method=["OPTIONS"],
    absent=_FEATURES,
    passes=["OPTIONS /a => 204 | Allow: GET", "OPTIONS * => 200 | DAV: 1", "OPTIONS * => 204"],
    fails=["OPTIONS /a => 204"],
)
def options_tells_of_features(seen: Seen) -> str | None:
    if seen.request.target == "*" or any(name.startswith("access-control-") for name in seen.fields):
        return None
    return "a successful OPTIONS without Allow or anything else about the target"


@chapter.rule(
    "rfc9110-9.3.8-1",
    status=(200,),
    method=["TRACE"],
    passes=[r"TRACE / => 200 | Content-Type: message/http || TRACE / HTTP/1.1\r\n\r\n"],
    fails=["TRACE / => 200 | Content-Type: text/html || page", "TRACE / => 200"],
)
def trace_reflects_the_request(seen: Seen) -> str | None:
    if seen.content and not seen.content.lstrip().startswith(b"TRACE "):
        return "200 to TRACE with content that is not the request"
    return "200 to TRACE without the request as content" if is_known_empty(seen) else None


@chapter.rule(
    "rfc9110-9.3.8-3",
    status=(200,),
    method=["TRACE"],
    asked=["cookie", "authorization", "proxy-authorization"],
    passes=[r"TRACE / | Cookie: abcdef => 200 | Content-Type: message/http || TRACE / HTTP/1.1\r\n\r\n"],
    fails=[r"TRACE / | Cookie: abcdef => 200 | Content-Type: message/http || TRACE / HTTP/1.1\r\ncookie: abcdef\r\n"],
)
def trace_leaves_secrets_out(seen: Seen) -> str | None:
    for name in ("cookie", "authorization", "proxy-authorization"):
        secret = (seen.asked(name) or "").encode("utf-8", "replace")
        if secret and secret in seen.content:
            return f"the reflection of TRACE contains the request's {name}"
    return None


@chapter.rule(
    "rfc4918-11.1-s1",
    status=(207,),
    passes=["PROPFIND / => 207 | Content-Type: application/xml || <multistatus/>"],
    fails=["PROPFIND / => 207 | Content-Type: text/html || ok", "PROPFIND / => 207"],
)
def multi_status_is_xml(seen: Seen) -> str | None:
    if is_known_empty(seen):
        return "207 without content, which would hold the status of each resource"
    media_type = parse_media_type(seen.get("content-type"))
    if media_type and media_type.subtype != "xml" and not media_type.subtype.endswith("+xml"):
        return "207 with content that is not XML"
    return None


@chapter.rule(
    "rfc3229-10.4.1-1",
    status=(226,),
    passes=['GET / | A-IM: vcdiff => 226 | ETag: "1" | IM: vcdiff || d'],
    fails=['GET / => 226 | ETag: "1" | IM: vcdiff || d', 'GET / | A-IM: gzip => 226 | ETag: "1" | IM: vcdiff || d'],
)
def manipulation_was_asked_for(seen: Seen) -> str | None:
    asked = {member.partition(";")[0].strip().lower() for member in (seen.asked("a-im") or "").split(",")} - {""}
    if not asked:
        return "226 to a request without A-IM"
    used = parse_tokens(seen.get("im")) or ()
    return "226 with a manipulation that A-IM does not list" if not asked.issuperset(used) else None


@chapter.rule(
    "rfc3229-10.4.1-2",
    status=(226,),
    absent=["etag"],
    passes=['GET / | A-IM: vcdiff => 226 | ETag: "1" | IM: vcdiff || d'],
    fails=["GET / | A-IM: vcdiff => 226 | IM: vcdiff || d"],
)
def manipulated_instance_has_a_tag(seen: Seen) -> str | None:
    return "226 without the ETag of the current instance"


@chapter.rule(
    "rfc9110-9.3.5-1",
    status=(200,),
    method=["DELETE"],
    passes=["DELETE / => 204", "DELETE / => 200 || gone", "DELETE / => 202 || soon"],
    fails=["DELETE / => 200 | Content-Length: 0"],
)
def deleted_in_silence_is_204(seen: Seen) -> str | None:
    return "200 to DELETE with nothing to say: that is 204" if is_known_empty(seen) else None
