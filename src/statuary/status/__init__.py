"""The facts of HTTP's status codes: one row for each code in the IANA registry, in the module of its class.

Importing this costs a dictionary. The rows of a class are read when one of them is first asked for, so that a server
which only needs phrases pays for nothing else.
"""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping

    from statuary.status.code import StatusCode

    REGISTERED: tuple[StatusCode, ...]

__all__ = ["PHRASES", "REGISTERED", "code_class", "lookup", "phrase", "treated_as"]

# Every registered code with its reason phrase; the rows take theirs from here.
PHRASES: Mapping[int, str] = {
    100: "Continue",
    101: "Switching Protocols",
    102: "Processing",
    103: "Early Hints",
    104: "Upload Resumption Supported",
    200: "OK",
    201: "Created",
    202: "Accepted",
    203: "Non-Authoritative Information",
    204: "No Content",
    205: "Reset Content",
    206: "Partial Content",
    207: "Multi-Status",
    208: "Already Reported",
    226: "IM Used",
    300: "Multiple Choices",
    301: "Moved Permanently",
    302: "Found",
    303: "See Other",
    304: "Not Modified",
    305: "Use Proxy",
    306: "(Unused)",
    307: "Temporary Redirect",
    308: "Permanent Redirect",
    400: "Bad Request",
    401: "Unauthorized",
    402: "Payment Required",
    403: "Forbidden",
    404: "Not Found",
    405: "Method Not Allowed",
    406: "Not Acceptable",
    407: "Proxy Authentication Required",
    408: "Request Timeout",
    409: "Conflict",
    410: "Gone",
    411: "Length Required",
    412: "Precondition Failed",
    413: "Content Too Large",
    414: "URI Too Long",
    415: "Unsupported Media Type",
    416: "Range Not Satisfiable",
    417: "Expectation Failed",
    418: "(Unused)",
    421: "Misdirected Request",
    422: "Unprocessable Content",
    423: "Locked",
    424: "Failed Dependency",
    425: "Too Early",
    426: "Upgrade Required",
    428: "Precondition Required",
    429: "Too Many Requests",
    431: "Request Header Fields Too Large",
    451: "Unavailable For Legal Reasons",
    500: "Internal Server Error",
    501: "Not Implemented",
    502: "Bad Gateway",
    503: "Service Unavailable",
    504: "Gateway Timeout",
    505: "HTTP Version Not Supported",
    506: "Variant Also Negotiates",
    507: "Insufficient Storage",
    508: "Loop Detected",
    510: "Not Extended",
    511: "Network Authentication Required",
}

_known: dict[int, StatusCode] = {}


def phrase(code: int) -> str:
    """The reason phrase of a code; empty where the code is not registered, which the wire allows."""
    return PHRASES.get(code, "")


def code_class(code: int) -> int:
    """1 to 5, the class of a code from 100 to 599; ValueError for any other number: RFC 9110 section 15."""
    if not 100 <= code <= 599:
        raise ValueError(f"{code} is not a status code: they run from 100 to 599")
    return code // 100


def treated_as(code: int) -> int:
    """The code whose meaning a client gives to a received number: RFC 9110 section 15.

    A registered code is itself and an unknown one is x00 of its class. A number outside 100 to 599 is invalid and is
    processed as 500; this never raises, so that any three digits off the wire can be asked about.
    """
    if code in PHRASES:
        return code
    return code // 100 * 100 if 100 <= code <= 599 else 500


def lookup(code: int) -> StatusCode:
    """All facts of a code from 100 to 599, registered or not; ValueError for any other number.

    An unknown code is a value too: not registered, without a phrase, with the behaviour of x00 of its class.
    """
    known = _known.get(code)
    return known if known is not None else _read(code)


def _read(code: int) -> StatusCode:
    number = code_class(code)
    if code not in PHRASES:
        from statuary.status.unassigned import unassigned

        return unassigned(code)
    for row in _rows(number):
        _known[row.code] = row
    return _known[code]


def _rows(number: int) -> tuple[StatusCode, ...]:
    if number == 1:
        from statuary.status.informational import ROWS
    elif number == 2:
        from statuary.status.successful import ROWS
    elif number == 3:
        from statuary.status.redirection import ROWS
    elif number == 4:
        from statuary.status.client_error import ROWS
    else:
        from statuary.status.server_error import ROWS
    return ROWS


def __getattr__(name: str) -> object:
    if name == "REGISTERED":
        rows = tuple(lookup(code) for code in PHRASES)
        globals()["REGISTERED"] = rows
        return rows
    if name in ("StatusCode", "FieldRule", "Redirect"):
        from statuary.status import code

        return getattr(code, name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
