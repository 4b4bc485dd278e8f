"""JSON, for programs. Members are added in later versions, never renamed or removed without a new ``version``.

format, version   "statuary-links", 1
statuary          the version of Statuary
summary           {"files", "links", "asked", "known", "to_do", "kinds"}, kinds being how many there are of each
unread            [{"file", "why"}]
unused_waivers    sentences
links             [{"file", "line", "column", "octets", "url", "what", "kind", "why", "to", "asks", "waived", "chain"}]
    octets        where the URL is in the file, [first, after the last]
    to            what the link should be, or null
    chain         [{"uri", "status", "failure", "to"}]
"""

from __future__ import annotations

import json
from typing import Any

from statuary import __version__
from statuary.link_editor.report import Report, Result


def render(report: Report) -> str:
    """The report as JSON text, ending in a line end."""
    value = {
        "format": "statuary-links",
        "version": 1,
        "statuary": __version__,
        "summary": {
            "files": report.files,
            "links": len(report.results),
            "asked": report.asked,
            "known": report.known,
            "to_do": len(report.to_do()),
            "kinds": dict(report.counts()),
        },
        "unread": [{"file": name, "why": why} for name, why in report.unread],
        "unused_waivers": list(report.unused_waivers),
        "links": [],
    }
    # There may be very many: each is text before the next is a value
    links = ",\n".join("  " + json.dumps(_link(one), indent=1).replace("\n", "\n  ") for one in report.results)
    text = json.dumps(value, indent=1) + "\n"
    return text.removesuffix("[]\n}\n") + f"[\n{links}\n ]\n}}\n" if links else text


def _link(one: Result) -> dict[str, Any]:
    verdict = one.verdict
    return {
        "file": one.file,
        "line": one.line,
        "column": one.column,
        "octets": list(one.octets),
        "url": one.link.url,
        "what": one.link.what,
        "kind": verdict.kind,
        "why": verdict.why,
        "to": verdict.to,
        "asks": verdict.asks,
        "waived": one.waived,
        "chain": [
            {"uri": hop.uri, "status": hop.status, "failure": hop.failure, "to": hop.to} for hop in verdict.chain
        ],
    }
