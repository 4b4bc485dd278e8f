"""304, 412, and success where a precondition was false: RFC 9110 sections 13, 15.4.5 and 15.5.13."""

from __future__ import annotations

from statuary.fields.dates import parse_http_date
from statuary.fields.grammar import INVALID
from statuary.fields.validators import ANY, EntityTag, parse_entity_tag, parse_entity_tags, strongly_equal, weakly_equal
from statuary.semantics.judgement.dates import instant
from statuary.semantics.judgement.rule import Chapter, Seen, shown

chapter = Chapter()

_EARLIER = "Sun, 06 Nov 1994 08:49:37 GMT"
_LATER = "Mon, 07 Nov 1994 08:49:37 GMT"


def _is_none_match_false(seen: Seen) -> bool | None:
    """Whether If-None-Match is false of the representation that this response describes; None if unknown."""
    tags, tag = parse_entity_tags(seen.asked("if-none-match")), parse_entity_tag(seen.get("etag"))
    if tags is ANY:
        return True
    if not tags or not isinstance(tag, EntityTag):
        return None
    return any(weakly_equal(tag, known) for known in tags)


@chapter.rule(
    "rfc9110-15.4.5-s1",
    status=(304,),
    passes=['GET / | If-None-Match: "1" => 304 | ETag: "1"', f"HEAD / | If-Modified-Since: {_LATER} => 304"],
    fails=["GET / => 304"],
)
def not_modified_needs_a_condition(seen: Seen) -> str | None:
    if seen.asked("if-none-match") is not None or seen.asked("if-modified-since") is not None:
        return None
    return "304 to a request without If-None-Match or If-Modified-Since"


@chapter.rule(
    "rfc9110-13.1.2-5",
    also=["rfc9110-13.1.2-3", "rfc9110-13.1.2-4"],
    status=(200, 206, 304, 412),
    asked=["if-none-match"],
    passes=[
        'GET / | If-None-Match: "1" => 304 | ETag: "1"',
        "PUT / | If-None-Match: * => 412 || exists",
        'GET / | If-None-Match: "1" => 200 | ETag: "2" || b',
        'GET / | If-None-Match: "1" | If-Match: "2" => 412 || no',
        'PUT / | If-None-Match: "1" => 200 | ETag: "1"',
    ],
    fails=[
        'GET / | If-None-Match: "1" => 412 || no',
        "PUT / | If-None-Match: * => 304",
        'GET / | If-None-Match: "0", W/"1" => 200 | ETag: "1" || a',
        "GET / | If-None-Match: * => 200 || a",
        # Range comes after the preconditions: section 13.2.2
        'GET / | If-None-Match: "1" | Range: bytes=0-1 => 206 | ETag: "1" | Content-Range: bytes 0-1/9 || ab',
    ],
)
def none_match_answers_by_method(seen: Seen) -> str | None:
    is_read = seen.method in ("GET", "HEAD")
    if seen.status == 304:
        return None if is_read else f"304 to {shown(seen.method)}: where If-None-Match is false, that is 412"
    if not is_read or seen.asked("if-match") is not None or seen.asked("if-unmodified-since") is not None:
        return None
    if seen.status == 412:
        return f"412 to {seen.method}: where If-None-Match is false, that is 304"
    return f"{seen.status}, though If-None-Match is false" if _is_none_match_false(seen) else None


@chapter.rule(
    "rfc9110-13.1.2-1",
    also=["rfc9110-13.1.3-1"],
    status=(304,),
    asked=["if-none-match"],
    passes=['GET / | If-None-Match: "0", W/"1" => 304 | ETag: "1"', 'GET / | If-None-Match: * => 304 | ETag: "1"'],
    fails=['GET / | If-None-Match: "0" => 304 | ETag: "1"'],
)
def not_modified_has_a_known_tag(seen: Seen) -> str | None:
    if _is_none_match_false(seen) is not False:
        return None
    return f"304 with ETag {shown(seen.get('etag') or '')}, which If-None-Match does not list"


@chapter.rule(
    "rfc9110-15.4.5-1",
    status=(304,),
    asked=["if-none-match"],
    absent=["etag"],
    passes=['GET / | If-None-Match: "1" => 304 | ETag: "1"', f"GET / | If-Modified-Since: {_LATER} => 304"],
    fails=['GET / | If-None-Match: "1" => 304'],
)
def not_modified_says_which_tag(seen: Seen) -> str | None:
    if not parse_entity_tags(seen.asked("if-none-match")) or seen.asked("if-none-match") == "*":
        return None
    return "304 without ETag, though a tag of If-None-Match must have matched one"


@chapter.rule(
    "rfc9110-13.1.3-2",
    status=(304,),
    asked=["if-modified-since"],
    passes=[f"GET / | If-Modified-Since: {_LATER} => 304", 'GET / | If-None-Match: "1" | If-Modified-Since: x => 304'],
    fails=["GET / | If-Modified-Since: yesterday => 304", f"POST / | If-Modified-Since: {_LATER} => 304"],
)
def modified_since_was_usable(seen: Seen) -> str | None:
    if seen.asked("if-none-match") is not None:
        return None
    if seen.method not in ("GET", "HEAD"):
        return f"304 to {shown(seen.method)}, for which If-Modified-Since means nothing"
    if parse_http_date(seen.asked("if-modified-since"), 0) is INVALID:
        return "304, though the date of If-Modified-Since is invalid"
    return None


@chapter.rule(
    "rfc9110-13.1.3-5",
    status=(304,),
    asked=["if-modified-since"],
    present=["last-modified"],
    passes=[
        f"GET / | If-Modified-Since: {_LATER} => 304 | Last-Modified: {_EARLIER}",
        "GET / | If-Modified-Since: Tuesday, 03-Mar-26 10:00:00 GMT => 304 | Date: Wed, 04 Mar 2026 10:00:00 GMT "
        "| Last-Modified: Mon, 02 Mar 2026 10:00:00 GMT",
        "GET / | If-Modified-Since: Tuesday, 03-Mar-26 10:00:00 GMT => 304 | Last-Modified: Mon, 02 Mar 2026 10:00:00 GMT",
    ],
    fails=[f"GET / | If-Modified-Since: {_EARLIER} => 304 | Last-Modified: {_LATER}"],
)
def not_modified_since(seen: Seen) -> str | None:
    since, modified = instant(seen, seen.asked("if-modified-since")), instant(seen, seen.get("last-modified"))
    if seen.asked("if-none-match") is not None or since is None or modified is None or modified <= since:
        return None
    return "304, though Last-Modified is later than If-Modified-Since"


@chapter.rule(
    "rfc9110-13.1.3-7",
    also=["rfc9110-13.1.3-6"],
    status=(200, 206),
    method=["GET", "HEAD"],
    asked=["if-modified-since"],
    present=["last-modified"],
    passes=[f"GET / | If-Modified-Since: {_EARLIER} => 200 | Last-Modified: {_LATER} || a"],
    fails=[f"GET / | If-Modified-Since: {_LATER} => 200 | Last-Modified: {_EARLIER} || a"],
)
def unmodified_is_304(seen: Seen) -> str | None:
    since, modified = instant(seen, seen.asked("if-modified-since")), instant(seen, seen.get("last-modified"))
    if seen.asked("if-none-match") is not None or since is None or modified is None or modified > since:
        return None
    return f"{seen.status}, though Last-Modified is not later than If-Modified-Since"


@chapter.rule(
    "rfc9110-15.4.5-s2",
    also=["rfc9110-6.4.1-s1"],
    status=(304,),
    passes=['GET / | If-None-Match: "1" => 304 | ETag: "1" | Content-Length: 9'],
    fails=['GET / | If-None-Match: "1" => 304 | ETag: "1" || content'],
)
def not_modified_has_no_content(seen: Seen) -> str | None:
    return "304 with content or trailers" if seen.content or len(seen.trailers) else None


@chapter.rule(
    "rfc9110-15.4.5-2",
    status=(304,),
    present=["content-encoding", "content-language", "content-type", "content-range"],
    passes=['GET / | If-None-Match: "1" => 304 | ETag: "1" | Vary: Accept | Expires: 0'],
    fails=['GET / | If-None-Match: "1" => 304 | ETag: "1" | Content-Type: text/html'],
)
def not_modified_has_no_metadata(seen: Seen) -> str | None:
    names = ("content-encoding", "content-language", "content-type", "content-range")
    return f"304 with {next(name for name in names if name in seen.fields)}, which the stored response has"


@chapter.rule(
    "rfc9110-13.2.1-5",
    status=(304, 412),
    method=["OPTIONS", "TRACE", "CONNECT"],
    passes=["OPTIONS / | If-Match: * => 204 | Allow: GET", "PUT / | If-Match: * => 412 || no"],
    fails=["OPTIONS / | If-None-Match: * => 412 || no", 'OPTIONS / | If-None-Match: "1" => 304 | ETag: "1"'],
)
def no_conditions_without_a_representation(seen: Seen) -> str | None:
    return f"{seen.status} to {seen.method}, for which preconditions mean nothing"


@chapter.rule(
    "rfc9110-15.5.13-s1",
    status=(412,),
    passes=["PUT / | If-Match: * => 412 || no", "COPY / | If: (<a>) => 412 || no"],
    fails=["PUT / => 412 || no"],
)
def precondition_was_given(seen: Seen) -> str | None:
    names = seen.request.fields.by_name
    if any(name == "if" or name.startswith(("if-", "overwrite", "prefer")) for name in names):
        return None
    return "412 to a request without a precondition"


@chapter.rule(
    "rfc9110-13.1.1-3",
    also=["rfc9110-13.1.1-1", "rfc9110-13.1.1-2"],
    status=(200, 206),
    method=["GET", "HEAD"],
    asked=["if-match"],
    present=["etag"],
    passes=['GET / | If-Match: "0", "1" => 200 | ETag: "1" || a', 'GET / | If-Match: * => 200 | ETag: W/"1" || a'],
    fails=['GET / | If-Match: "0" => 200 | ETag: "1" || a', 'GET / | If-Match: W/"1" => 200 | ETag: W/"1" || a'],
)
def match_was_true(seen: Seen) -> str | None:
    tags, tag = parse_entity_tags(seen.asked("if-match")), parse_entity_tag(seen.get("etag"))
    if not tags or tags is ANY or not isinstance(tag, EntityTag) or any(strongly_equal(tag, known) for known in tags):
        return None
    return f"{seen.status}, though no tag of If-Match is strongly equal to the ETag"


@chapter.rule(
    "rfc9110-13.1.4-6",
    also=["rfc9110-13.1.4-5"],
    status=(200, 206),
    method=["GET", "HEAD"],
    asked=["if-unmodified-since"],
    present=["last-modified"],
    passes=[f"GET / | If-Unmodified-Since: {_LATER} => 200 | Last-Modified: {_EARLIER} || a"],
    fails=[f"GET / | If-Unmodified-Since: {_EARLIER} => 200 | Last-Modified: {_LATER} || a"],
)
def unmodified_since_was_true(seen: Seen) -> str | None:
    since, modified = instant(seen, seen.asked("if-unmodified-since")), instant(seen, seen.get("last-modified"))
    if seen.asked("if-match") is not None or since is None or modified is None or modified <= since:
        return None
    return f"{seen.status}, though Last-Modified is later than If-Unmodified-Since"


@chapter.rule(
    "rfc9110-13.1.4-2",
    status=(412,),
    asked=["if-unmodified-since"],
    passes=[f"PUT / | If-Unmodified-Since: {_EARLIER} => 412 || no"],
    fails=["PUT / | If-Unmodified-Since: yesterday => 412 || no"],
)
def unmodified_since_was_usable(seen: Seen) -> str | None:
    if any(seen.asked(name) is not None for name in ("if-match", "if-none-match", "if")):
        return None
    if parse_http_date(seen.asked("if-unmodified-since"), 0) is not INVALID:
        return None
    return "412, though the date of If-Unmodified-Since is invalid"


@chapter.rule(
    "rfc9110-13.1.4-1",
    status=(412,),
    method=["GET", "HEAD"],
    asked=["if-match"],
    present=["etag"],
    passes=[f'GET / | If-Match: "0" | If-Unmodified-Since: {_EARLIER} => 412 | ETag: "1" || no'],
    fails=[f'GET / | If-Match: "1" | If-Unmodified-Since: {_EARLIER} => 412 | ETag: "1" || no'],
)
def match_goes_before_dates(seen: Seen) -> str | None:
    tags, tag = parse_entity_tags(seen.asked("if-match")), parse_entity_tag(seen.get("etag"))
    if seen.asked("if-unmodified-since") is None or seen.asked("if-none-match") is not None:
        return None
    if not tags or tags is ANY or not isinstance(tag, EntityTag) or not any(strongly_equal(tag, t) for t in tags):
        return None
    return "412, though If-Match is true and If-Unmodified-Since does not count beside it"


# The validators of a 412 are those of the representation that the condition was about, which was not changed:
# RFC 9110 section 8.8. One condition alone, since any other may have been the false one.
_CONDITIONS = ("if-match", "if-none-match", "if-unmodified-since", "if-modified-since", "if")


def _is_only(seen: Seen, name: str) -> bool:
    return all(seen.asked(other) is None for other in _CONDITIONS if other != name)


@chapter.rule(
    "rfc9110-13.1.1-s1",
    also=["rfc9110-13.2.2-s1"],
    status=(412,),
    asked=["if-match"],
    present=["etag"],
    passes=[
        'PUT / | If-Match: "0" => 412 | ETag: "1" || no',
        'PUT / | If-Match: W/"1" => 412 | ETag: W/"1" || no',
        'PUT / | If-Match: "1" | If: (<a>) => 412 | ETag: "1" || no',
    ],
    fails=['PUT / | If-Match: "0", "1" => 412 | ETag: "1" || no'],
)
def failed_match_was_false(seen: Seen) -> str | None:
    tags, tag = parse_entity_tags(seen.asked("if-match")), parse_entity_tag(seen.get("etag"))
    if not tags or tags is ANY or not isinstance(tag, EntityTag) or not _is_only(seen, "if-match"):
        return None
    return "412, though If-Match lists the ETag" if any(strongly_equal(tag, known) for known in tags) else None


@chapter.rule(
    "rfc9110-13.1.2-s1",
    also=["rfc9110-13.2.2-s3"],
    roles=("server",),
    status=(412,),
    asked=["if-none-match"],
    present=["etag"],
    passes=[
        'PUT / | If-None-Match: W/"1" => 412 | ETag: "1" || no',
        'PUT / | If-None-Match: * => 412 | ETag: "1" || no',
    ],
    fails=['PUT / | If-None-Match: "0" => 412 | ETag: "1" || no'],
)
def failed_none_match_was_false(seen: Seen) -> str | None:
    if _is_none_match_false(seen) is not False or not _is_only(seen, "if-none-match"):
        return None
    return "412, though If-None-Match does not list the ETag"


@chapter.rule(
    "rfc9110-13.1.4-s1",
    also=["rfc9110-13.2.2-s2"],
    status=(412,),
    asked=["if-unmodified-since"],
    present=["last-modified"],
    passes=[f"PUT / | If-Unmodified-Since: {_EARLIER} => 412 | Last-Modified: {_LATER} || no"],
    fails=[f"PUT / | If-Unmodified-Since: {_LATER} => 412 | Last-Modified: {_LATER} || no"],
)
def failed_unmodified_since_was_false(seen: Seen) -> str | None:
    since, modified = instant(seen, seen.asked("if-unmodified-since")), instant(seen, seen.get("last-modified"))
    if since is None or modified is None or modified > since or not _is_only(seen, "if-unmodified-since"):
        return None
    return "412, though Last-Modified is not later than If-Unmodified-Since"
