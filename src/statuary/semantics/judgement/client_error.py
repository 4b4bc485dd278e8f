"""4xx: RFC 9110 section 15.5, RFC 6585, 7725, 8470, and problem details (RFC 9457). 401 and 407 are in authentication."""

from __future__ import annotations

import re

from statuary.fields.allow import parse_allow
from statuary.fields.links import parse_links
from statuary.fields.media_types import parse_media_type
from statuary.fields.problem import Problem, parse_problem
from statuary.semantics.judgement.content import is_coded, is_known_empty
from statuary.semantics.judgement.rule import Chapter, Seen, shown
from statuary.status import phrase

chapter = Chapter()


@chapter.rule(
    "rfc9110-15.5-1",
    status=(4,),
    passes=["GET / => 404 || not here", "HEAD / => 404", "GET / => 404 | Content-Length: 9"],
    fails=["GET / => 404", "GET / => 471 | Content-Length: 0"],
)
def client_error_is_explained(seen: Seen) -> str | None:
    return f"a {seen.status} without content to explain it" if is_known_empty(seen) else None


def _says_what(seen: Seen) -> str | None:
    return f"a {seen.status} without content, which is where it would say what helps" if is_known_empty(seen) else None


for _requirement, _code in (
    ("rfc9110-15.5.7-1", 406),
    ("rfc9110-15.5.10-1", 409),
    ("rfc4918-11.3-1", 423),
    ("rfc6585-3-1", 428),
    ("rfc6585-4-1", 429),
    ("rfc6585-5-2", 431),
    ("rfc7725-3-1", 451),
):
    chapter.rule(_requirement, status=(_code,), passes=[f"GET / => {_code} || why"], fails=[f"GET / => {_code}"])(
        _says_what
    )

chapter.rule(
    "rfc5789-2.2-3",
    status=(4,),
    method=["PATCH"],
    passes=["PATCH / => 422 || why"],
    fails=["PATCH / => 422"],
)(_says_what)


@chapter.rule(
    "rfc9110-15.5.6-1",
    also=["rfc9110-10.2.1-1"],
    status=(405,),
    absent=["allow"],
    passes=["PUT / => 405 | Allow: GET || no", "PUT / => 405 | Allow: || no"],
    fails=["PUT / => 405 || no"],
)
def refused_method_gets_a_list(seen: Seen) -> str | None:
    return "405 without Allow"


@chapter.rule(
    "rfc9110-15.5.6-s1",
    status=(405,),
    present=["allow"],
    passes=["PUT / => 405 | Allow: GET || no"],
    fails=["PUT / => 405 | Allow: GET, PUT || no"],
)
def refused_method_is_not_listed(seen: Seen) -> str | None:
    if seen.method not in (parse_allow(seen.get("allow")) or ()):
        return None
    return f"405 to {shown(seen.method)}, which Allow lists all the same"


@chapter.rule(
    "rfc9110-15.5.7-s1",
    status=(406,),
    passes=["GET / | Accept: a/b => 406 || text/html"],
    fails=["GET / => 406 || text/html"],
)
def something_was_unacceptable(seen: Seen) -> str | None:
    if any(name.startswith(("accept", "prefer", "negotiate", "want-")) for name in seen.request.fields.by_name):
        return None
    return "406 to a request that states no preference"


@chapter.rule(
    "rfc9110-15.5.12-s1",
    status=(411,),
    asked=["content-length"],
    passes=["PUT / | Transfer-Encoding: chunked => 411 || how long"],
    fails=["PUT / | Content-Length: 3 => 411 || how long"],
)
def length_was_missing(seen: Seen) -> str | None:
    return "411 to a request that has Content-Length"


@chapter.rule(
    "rfc9110-12.5.3-3",
    status=(415,),
    present=["accept-encoding"],
    passes=["POST / | Content-Encoding: x => 415 | Accept-Encoding: gzip || no"],
    fails=["POST / | Content-Type: a/b => 415 | Accept-Encoding: gzip || no"],
)
def only_codings_get_accept_encoding(seen: Seen) -> str | None:
    if seen.asked("content-encoding") is not None:
        return None
    return "Accept-Encoding in a 415 to a request without Content-Encoding, so that coding can't be the reason"


@chapter.rule(
    "rfc9110-15.5.16-s2",
    status=(415,),
    absent=["accept", "accept-encoding", "accept-post", "accept-patch"],
    passes=["POST / | Content-Type: a/b => 415 | Accept: a/c || no"],
    fails=["POST / | Content-Type: a/b => 415 || no"],
)
def acceptable_types_are_listed(seen: Seen) -> str | None:
    return "415 without Accept or Accept-Encoding: the client can only guess what is taken"


@chapter.rule(
    "rfc5789-2.2-2",
    status=(415,),
    method=["PATCH"],
    absent=["accept-patch"],
    passes=["PATCH / => 415 | Accept-Patch: a/b || no", "PATCH / | Content-Encoding: x => 415 || no"],
    fails=["PATCH / => 415 || no"],
)
def patch_formats_are_listed(seen: Seen) -> str | None:
    return "415 to PATCH without Accept-Patch" if seen.asked("content-encoding") is None else None


@chapter.rule(
    "rfc9110-15.5.18-s1",
    status=(417,),
    passes=["PUT / | Expect: x => 417 || no"],
    fails=["PUT / => 417 || no"],
)
def something_was_expected(seen: Seen) -> str | None:
    return "417 to a request without Expect" if seen.asked("expect") is None else None


@chapter.rule(
    "rfc8470-5.2-6",
    status=(425,),
    passes=["GET / | Early-Data: 1 => 425 || early"],
    fails=["GET / => 425 || early"],
)
def data_was_early(seen: Seen) -> str | None:
    if seen.asked("early-data") is not None or seen.request.carried_by == "https":
        return None
    return "425 to a request that was not sent in early data"


@chapter.rule(
    "rfc9110-15.5.22-1",
    also=["rfc9110-7.8-8"],
    status=(426,),
    passes=["GET / => 426 | Upgrade: TLS/1.2 | Connection: upgrade || no"],
    fails=["GET / => 426 || no", "GET / => 426 | Upgrade: || no"],
)
def required_protocol_is_named(seen: Seen) -> str | None:
    return None if seen.get("upgrade") else "426 without Upgrade, so nobody knows which protocol is required"


@chapter.rule(
    "rfc7725-4-1",
    also=["rfc7725-4-2"],
    status=(451,),
    passes=["GET / => 451 | Link: <https://a/>; rel=blocked-by || law", 'GET / => 451 | Link: </>; rel="a blocked-by"'],
    fails=["GET / => 451 || law", "GET / => 451 | Link: <https://a/>; rel=help || law"],
)
def blocker_is_named(seen: Seen) -> str | None:
    for link in parse_links(seen.get("link")) or ():
        if any(name == "rel" and "blocked-by" in (value or "").lower().split() for name, value in link.parameters):
            return None
    return "451 without a Link to whoever implements the blocking (rel=blocked-by)"


# An absolute URI begins with a scheme: RFC 3986 section 4.3
_ABSOLUTE = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:")


def _problem(seen: Seen) -> Problem | None:
    value = seen.get("content-type") or ""
    if not seen.content or value[:20].lower() != "application/problem+" or is_coded(seen):
        return None
    media_type = parse_media_type(value)
    if not media_type or media_type.essence != "application/problem+json":
        return None
    return parse_problem(seen.content.decode("utf-8", "replace")) or None


@chapter.rule(
    "rfc9457-3.1.2-1",
    status=(4, 5),
    present=["content-type"],
    passes=['GET / => 404 | Content-Type: application/problem+json || {"status": 404}'],
    fails=['GET / => 404 | Content-Type: application/problem+json || {"status": 400}'],
)
def problem_has_the_same_status(seen: Seen) -> str | None:
    problem = _problem(seen)
    if problem is None or problem.status is None or problem.status == seen.status:
        return None
    return f"the problem's status is {shown(str(problem.status))}, that of the response {seen.status}"


@chapter.rule(
    "rfc9457-3.1.1-4",
    status=(4, 5),
    present=["content-type"],
    passes=['GET / => 404 | Content-Type: application/problem+json || {"type": "https://a.example/b"}'],
    fails=['GET / => 404 | Content-Type: application/problem+json || {"type": "b"}'],
)
def problem_type_is_absolute(seen: Seen) -> str | None:
    problem = _problem(seen)
    if problem is None or not problem.type or _ABSOLUTE.match(problem.type):
        return None
    return f"the problem's type {shown(problem.type)} is relative"


@chapter.rule(
    "rfc9457-3.1.5-1",
    status=(4, 5),
    present=["content-type"],
    passes=['GET / => 404 | Content-Type: application/problem+json || {"instance": "urn:a:b"}'],
    fails=['GET / => 404 | Content-Type: application/problem+json || {"instance": "b"}'],
)
def problem_instance_is_absolute(seen: Seen) -> str | None:
    problem = _problem(seen)
    if problem is None or not problem.instance or _ABSOLUTE.match(problem.instance):
        return None
    return f"the problem's instance {shown(problem.instance)} is relative"


@chapter.rule(
    "rfc9457-4.2.1-1",
    status=(4, 5),
    present=["content-type"],
    passes=[
        'GET / => 404 | Content-Type: application/problem+json || {"title": "Not Found"}',
        'GET / | Accept-Language: de => 404 | Content-Type: application/problem+json || {"title": "Nicht gefunden"}',
    ],
    fails=['GET / => 404 | Content-Type: application/problem+json || {"title": "Oops"}'],
)
def untyped_problem_has_the_usual_title(seen: Seen) -> str | None:
    problem = _problem(seen)
    if problem is None or problem.type not in (None, "about:blank") or not problem.title or not phrase(seen.status):
        return None
    # A title may be in another language, which nobody here can read.
    if "content-language" in seen.fields or seen.asked("accept-language") is not None:
        return None
    if problem.title.lower() == phrase(seen.status).lower():
        return None
    return f"a problem without a type of its own, titled {shown(problem.title)} instead of {phrase(seen.status)}"
