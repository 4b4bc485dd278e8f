"""``statuary explain``: what a status code means, who sends it with what, and what a client does about it.

It answers quickly because it imports little: no argparse for a plain question, no json without --json, and no
requirement rows unless they are shown.

With --json a single code is an object, and several codes, a class, a search or the whole list are an array of such
objects, even when only one matches. Members are added in later versions, never renamed or removed:

    code, phrase, meaning   phrase is "" where the code is not registered
    class                   "4xx"
    registered, registry    a boolean, and the state of the registration
    treated_as              the code as which a client treats it
    final                   false for interim responses
    spec, section           "rfc9110", "15.5.17"; section may be null
    introduced              {"year", "spec"} or null
    rfc2616                 {"section", "changed"} or null; changed may be null
    older_phrases           [{"spec", "phrase"}]
    generators              who may generate it
    fields                  [{"name", "level", "when"}]; level MUST, SHOULD, MAY, stated, typical
    content                 forbidden, required, expected, recommended, typical, optional
    ends_at_header_section  whether framing ends the message there
    cache                   {"heuristic": boolean, "rule"}
    redirect                {"location", "method", "relink"} or null
    auto_retry, client_action, also, note
    requirements            [{"id", "level", "binds", "codes", "paraphrase", "testable", "mechanism", "secondary"}],
                            those that name the code and those that name its class
"""

from __future__ import annotations

import os
import sys

from statuary import status

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable

    from statuary.requirements import Requirement
    from statuary.status.code import FieldRule, StatusCode

FOUND, NOTHING_FOUND, MISUSED = 0, 1, 2

CLASSES = {
    1: ("Informational", "Interim responses: the request is in progress and a final response follows."),
    2: ("Successful", "The request was received, understood and accepted."),
    3: ("Redirection", "The user agent has something left to do before the request is fulfilled."),
    4: ("Client Error", "Something is wrong with the request."),
    5: ("Server Error", "The server failed at a request that seems to be in order."),
}

GENERATORS = {
    "any": "any server, gateways and proxies included",
    "origin": "the origin server",
    "gateway": "a gateway",
    "proxy": "a proxy",
    "cache": "a cache",
}

CONTENT = {
    "forbidden": "None, ever.",
    "required": "Always.",
    "expected": "Expected, though it may be empty; none in answer to HEAD.",
    "recommended": "Should explain the situation, except in answer to HEAD.",
    "typical": "Usually a short note.",
    "optional": "Nothing is said about it.",
}

CACHE = {
    "heuristic": "May be stored and reused even without explicit freshness.",
    "explicit-only": "Reused only where the response gives its freshness explicitly.",
    "never-store": "Never stored.",
    "partial": "Stored by caches that support ranges, and combined with other parts of the same representation.",
    "updates-stored": "Not stored itself: it freshens the response that is stored.",
    "only-if-understood": "Stored only by caches that know how it is to be combined.",
}

REDIRECT_METHOD = {
    "keep": "same method, same content",
    "may-change-post-to-get": "same method, except that POST may become GET",
    "get-or-head": "always GET or HEAD",
    "unspecified": "the method is not laid down",
}

REDIRECT_LOCATION = {
    "recommended": "Location should say where",
    "expected": "Location says where",
    "optional": "Location may say where",
}

AUTO_RETRY = {
    "no": "Not by itself.",
    "not-specified": "Nothing special: requests with an idempotent method may be repeated.",
    "allowed": "The same request may be repeated, on a new connection if need be.",
    "with-new-credentials": "Only with new credentials.",
    "not-with-same-credentials": "Not with the same credentials.",
    "with-content-length": "With a Content-Length.",
    "without-expectation": "Without the expectation.",
    "after-retry-after": "After the time in Retry-After, if there is one.",
    "other-connection-any-method": "On another connection, whatever the method.",
    "required-if-early-data-used": "Yes, once the handshake is done, if early data was used.",
    "not-without-user": "Not before the user asks for it again.",
}

CLIENT_ACTION = {
    "add-length": "adds a Content-Length",
    "add-precondition": "fetches the current state and adds a condition such as If-Match",
    "adjust-range": "corrects the range, or takes up the whole from the start",
    "authenticate": "answers the challenge with credentials for this origin and realm",
    "authenticate-proxy": "answers the challenge with credentials for this proxy",
    "change-content": "sends other content, or in another format",
    "change-version": "uses a version that the server speaks",
    "choose": "chooses from the list, or lets the user choose",
    "combine": "combines it with what it has stored",
    "deliver": "hands the response over",
    "extend-request": "repeats the request with the extensions that the response names",
    "fix-request": "corrects the request",
    "forget": "gives up, and may delete its links with the user's consent",
    "give-up": "gives up and shows why",
    "inspect-parts": "looks at each outcome in the content",
    "login-network": "lets the user log in to the network",
    "monitor": "may look at the status monitor until the work is done",
    "other-connection": "uses another connection, made for this origin",
    "redirect-get": "fetches the other resource",
    "redirect-post-to-get-allowed": "follows Location",
    "redirect-same-method": "follows Location without changing the request",
    "refetch": "reads the current state before it decides what to do",
    "relink": "replaces the links it keeps by the new URI",
    "resend-without-expect": "repeats the request without Expect",
    "reset-view": "resets the form or view that sent the request",
    "resolve-and-resubmit": "resolves the conflict, with the user's help, and submits again",
    "retry-later": "waits and tries again",
    "retry-now": "may repeat the request",
    "retry-without-early-data": "repeats the request after the handshake",
    "send-body": "sends the content it was holding back",
    "shrink-fields": "sends fewer or smaller fields",
    "stay": "keeps its current view",
    "switch": "speaks the new protocol from here on",
    "upgrade": "upgrades to the protocol in Upgrade",
    "use-allowed-method": "uses a method that Allow lists",
    "use-cached": "uses the response it has stored, freshened",
    "use-hints": "may use the hints while it waits",
    "wait": "waits for the final response",
}

REGISTRY = {
    "assigned": "",
    "unused": "Reserved and not to be used.",
    "deprecated": "Deprecated.",
    "obsoleted": "Obsoleted.",
    "temporary": "Registered for the time being only.",
    "unassigned": "Not registered.",
}

COLOURS = {1: "36", 2: "32", 3: "33", 4: "31", 5: "35"}


def main(arguments: list[str]) -> int:
    """Run the command; the exit status is 0, 1 where nothing was found, 2 where the question makes no sense."""
    flags = [argument for argument in arguments if argument.startswith("-")]
    if set(flags) <= {"--json", "--requirements"}:
        words = [argument for argument in arguments if not argument.startswith("-")]
        as_json, with_requirements = "--json" in flags, "--requirements" in flags
    else:
        try:
            words, as_json, with_requirements = _parse(arguments)
        except SystemExit as leaving:
            return leaving.code if isinstance(leaving.code, int) else MISUSED
    query = " ".join(" ".join(words).split())
    try:
        found = find(query)
    except ValueError as wrong:
        print(f"statuary explain: {wrong}", file=sys.stderr)
        return MISUSED
    if not found:
        print(f"statuary explain: no status code is called anything like {query!r}", file=sys.stderr)
        return NOTHING_FOUND
    if as_json:
        return _print(_json(found, is_single=query.isdecimal()))
    return _print(_text(query, found, with_requirements=with_requirements))


def find(query: str) -> tuple[StatusCode, ...]:
    """The codes that a question means: a code or several, a class, words to look for, or "" for all of them.

    ValueError for a number or a class that HTTP does not have. A whole phrase, current or older, wins over parts of
    one, and phrases over what is said about a code.
    """
    if not query:
        return status.REGISTERED
    if query.isdecimal() and query.isascii():
        if len(query) != 3 or not "100" <= query <= "599":
            raise ValueError(f"{query} is not a status code: they run from 100 to 599 (RFC 9110 section 15)")
        return (status.lookup(int(query)),)
    if _are_codes(query):
        return tuple(row for code in dict.fromkeys(query.split()) for row in find(code))
    wanted = query.lower()
    if len(wanted) == 3 and wanted[0].isdigit() and wanted.endswith("xx"):
        if wanted[0] not in "12345":
            raise ValueError(f"{query} is not a class of status codes: they are 1xx to 5xx (RFC 9110 section 15)")
        return tuple(row for row in status.REGISTERED if row.status_class == int(wanted[0]))
    named = [(row, _names(row)) for row in status.REGISTERED]
    return (
        tuple(row for row, names in named if wanted in names)
        or tuple(row for row, names in named if any(wanted in name for name in names))
        or tuple(row for row in status.REGISTERED if wanted in f"{row.meaning} {row.note or ''}".lower())
    )


def _are_codes(query: str) -> bool:
    """Whether it is several numbers, and nothing besides."""
    words = query.split()
    return len(words) > 1 and all(word.isdecimal() and word.isascii() for word in words)


def _names(row: StatusCode) -> list[str]:
    return [row.phrase.lower(), *(phrase.lower() for _, phrase in row.older_phrases)]


def _parse(arguments: list[str]) -> tuple[list[str], bool, bool]:
    import argparse

    parser = argparse.ArgumentParser(
        prog="statuary explain",
        description="Explain an HTTP status code: what it means, who sends it with what, and what a client does.",
        epilog="examples: statuary explain 416; statuary explain 307 308; statuary explain 4xx; statuary explain gone",
    )
    parser.add_argument("question", nargs="*", help="codes, a class such as 4xx, or words; without it, every code")
    parser.add_argument("--json", action="store_true", help="print the facts as JSON, requirements included")
    parser.add_argument("--requirements", action="store_true", help="add what the RFCs require about the code")
    options = parser.parse_intermixed_args(arguments)
    return options.question, options.json, options.requirements


def _print(text: str) -> int:
    try:
        sys.stdout.write(text)
        sys.stdout.flush()
    except BrokenPipeError:
        # The reader had enough, as head does. What is still buffered must not fail again when Python shuts down.
        nowhere = os.open(os.devnull, os.O_WRONLY)
        os.dup2(nowhere, sys.stdout.fileno())
        os.close(nowhere)
    return FOUND


# Text


def _text(query: str, found: tuple[StatusCode, ...], *, with_requirements: bool) -> str:
    width = _width()
    if not query:
        lines = _overview(found)
    elif len(found) == 1:
        lines = _explanation(found[0], width)
    elif _are_codes(query):
        lines = [line for row in found for line in ("", *_explanation(row, width))][1:]
    else:
        lines = _list(query, found, width)
    if with_requirements:
        lines += _requirements(query, found, width)
    return "\n".join(lines) + "\n"


def _overview(rows: Iterable[StatusCode]) -> list[str]:
    lines: list[str] = []
    number = 0
    for row in rows:
        if row.status_class != number:
            number = row.status_class
            lines += ["", *_class_heading(number)] if lines else _class_heading(number)
        lines.append(f"  {_coloured(str(row.code), number)}  {row.phrase}")
    return lines


def _class_heading(number: int) -> list[str]:
    name, says = CLASSES[number]
    return [_coloured(f"{number}xx {name}", number, bold=True), *_wrapped(says, _width())]


def _list(query: str, rows: tuple[StatusCode, ...], width: int) -> list[str]:
    classes = {row.status_class for row in rows}
    whole_class = query[1:].lower() == "xx"
    lines = [*_class_heading(classes.pop()), ""] if whole_class else []
    indent = 4 + max(len(row.phrase) for row in rows) + 2
    for row in rows:
        first, *rest = _wrapped(row.meaning, width - indent)
        code = _coloured(str(row.code), row.status_class, bold=True)
        lines.append(f"{code} {row.phrase:<{indent - 4}}{first}")
        lines += [" " * indent + line for line in rest]
    return lines


def _explanation(row: StatusCode, width: int) -> list[str]:
    title = f"{row.code} {row.phrase or '(not registered)'}"
    lines = [_coloured(title, row.status_class, bold=True), *_wrapped(_provenance(row), width), ""]
    lines += [*_wrapped(row.meaning, width), ""]
    for label, text in _facts(row):
        first, *rest = _wrapped(text, width - 16)
        lines += [f"  {_faint(f'{label:<14}')}{first}", *(" " * 16 + line for line in rest)]
    return lines


def _provenance(row: StatusCode) -> str:
    name = CLASSES[row.status_class][0]
    where = _citation(row.spec, row.section)
    if row.rfc2616:
        where += f" (in RFC 2616, section {row.rfc2616})"
    since = f" First in {_spec(row.introduced[1])}, {row.introduced[0]}." if row.introduced else ""
    state = f" {REGISTRY[row.registry]}" if row.is_registered and REGISTRY[row.registry] else ""
    return f"{row.status_class}xx {name}. {where}.{since}{state}"


def _facts(row: StatusCode) -> list[tuple[str, str]]:
    """The labelled lines of an explanation, those without content left out."""
    sent_by = " or ".join(GENERATORS[name] for name in row.generators) or "nobody"
    facts = [("Sent by", f"{sent_by[0].upper()}{sent_by[1:]}.")]
    facts += [("Field", _field(rule)) for rule in (*row.required_fields, *row.recommended_fields)]
    facts.append(("Content", CONTENT[row.content]))
    if row.ends_at_header_section:
        facts.append(("Framing", "The message ends with its header section, whatever its fields say."))
    facts.append(("Caches", CACHE[row.cache_rule]))
    if row.redirect is not None:
        for_good = "; for good" if row.redirect.relink else ""
        location, method = REDIRECT_LOCATION[row.redirect.location], REDIRECT_METHOD[row.redirect.method]
        facts.append(("Redirects", f"{location}; {method}{for_good}."))
    actions = "; ".join(CLIENT_ACTION[name] for name in (row.client_action, *row.also))
    facts.append(("A client", f"{actions}."))
    facts.append(("Repeating", AUTO_RETRY[row.auto_retry]))
    if row.older_phrases:
        older = ", ".join(f"{phrase} ({_spec(spec)})" for spec, phrase in row.older_phrases)
        facts.append(("Was called", f"{older}."))
    if row.changed:
        facts.append(("Since 2616", row.changed))
    if row.note:
        note = row.note.replace("rfc", "RFC ")
        facts.append(("Note", f"{note[0].upper()}{note[1:]}."))
    return facts


def _field(rule: FieldRule) -> str:
    when = f": {rule.when}" if rule.when else ""
    return f"{rule.name} ({rule.level}){when}."


def _requirements(query: str, rows: tuple[StatusCode, ...], width: int) -> list[str]:
    from statuary.requirements import of_code

    single = query.isdecimal() or len(rows) == 1
    about: list[int | str] = [row.code for row in rows]
    if single or query[1:].lower() == "xx":
        about.append(f"{rows[0].status_class}xx")
    lines: list[str] = []
    for code in about:
        required = of_code(code)
        if required:
            lines += ["", f"What is required about {code} ({len(required)}):"]
            lines += [line for row in required for line in _requirement(row, width)]
    return lines


def _requirement(row: Requirement, width: int) -> list[str]:
    remark = f" (RFC 2616; since then {row.fate})" if row.fate else ""
    head = f"  {_faint(row.id)}  {row.level}, {' '.join(row.binds)}{remark}"
    return [head, *("    " + line for line in _wrapped(f"{row.paraphrase}.", width - 4))]


def _citation(spec: str, section: str | None) -> str:
    return f"{_spec(spec)} section {section}" if section else _spec(spec)


def _spec(name: str) -> str:
    return f"RFC {name[3:]}" if name.startswith("rfc") else name


def _wrapped(text: str, width: int) -> list[str]:
    lines = [""]
    for word in text.split():
        if lines[-1] and len(lines[-1]) + 1 + len(word) > width:
            lines.append(word)
        else:
            lines[-1] = f"{lines[-1]} {word}" if lines[-1] else word
    return lines


def _width() -> int:
    columns = os.environ.get("COLUMNS", "")
    if columns.isdecimal():
        width = int(columns)
    else:
        try:
            width = os.get_terminal_size(sys.stdout.fileno()).columns
        except (OSError, ValueError):
            width = 80
    return min(max(width, 40), 100)


def _has_colour() -> bool:
    return sys.stdout.isatty() and not os.environ.get("NO_COLOR") and os.environ.get("TERM") != "dumb"


def _coloured(text: str, number: int, *, bold: bool = False) -> str:
    return f"\x1b[{'1;' if bold else ''}{COLOURS[number]}m{text}\x1b[0m" if _has_colour() else text


def _faint(text: str) -> str:
    return f"\x1b[2m{text}\x1b[0m" if _has_colour() else text


# JSON


def _json(found: tuple[StatusCode, ...], *, is_single: bool) -> str:
    import json

    objects = [as_object(row) for row in found]
    return json.dumps(objects[0] if is_single else objects, indent=2, ensure_ascii=False) + "\n"


def as_object(row: StatusCode) -> dict[str, object]:
    """A code as the JSON object that the module's docstring describes."""
    from statuary.requirements import of_code

    status_class = f"{row.status_class}xx"
    redirect = row.redirect
    return {
        "code": row.code,
        "phrase": row.phrase,
        "meaning": row.meaning,
        "class": status_class,
        "registered": row.is_registered,
        "registry": row.registry,
        "treated_as": row.treated_as,
        "final": row.is_final,
        "spec": row.spec,
        "section": row.section,
        "introduced": {"year": row.introduced[0], "spec": row.introduced[1]} if row.introduced else None,
        "rfc2616": {"section": row.rfc2616, "changed": row.changed} if row.rfc2616 else None,
        "older_phrases": [{"spec": spec, "phrase": phrase} for spec, phrase in row.older_phrases],
        "generators": list(row.generators),
        "fields": [
            {"name": rule.name, "level": rule.level, "when": rule.when}
            for rule in (*row.required_fields, *row.recommended_fields)
        ],
        "content": row.content,
        "ends_at_header_section": row.ends_at_header_section,
        "cache": {"heuristic": row.is_heuristically_cacheable, "rule": row.cache_rule},
        "redirect": (
            {"location": redirect.location, "method": redirect.method, "relink": redirect.relink} if redirect else None
        ),
        "auto_retry": row.auto_retry,
        "client_action": row.client_action,
        "also": list(row.also),
        "note": row.note,
        "requirements": [_requirement_object(rule) for rule in (*of_code(row.code), *of_code(status_class))],
    }


def _requirement_object(row: Requirement) -> dict[str, object]:
    return {
        "id": row.id,
        "level": row.level,
        "binds": list(row.binds),
        "codes": list(row.codes),
        "paraphrase": row.paraphrase,
        "testable": row.testable,
        "mechanism": row.mechanism,
        "secondary": row.secondary,
    }
