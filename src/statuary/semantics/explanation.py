"""What a response says to whoever reads it when there is no representation to send: problem details (RFC 9457) or a small
HTML page, as the request prefers.

Every 4xx and 5xx explains itself and says whether it is temporary, as RFC 9110 sections 15.5 and 15.6 ask; a redirect shows
its link.
"""

from __future__ import annotations

import html
from functools import lru_cache

from statuary import status as statuses
from statuary.fields.grammar import Invalid
from statuary.fields.problem import Problem, format_problem
from statuary.message.fields import FieldLine, Fields
from statuary.semantics.negotiation import media_type_weight, read_accept

# Those that may go away by themselves; the others last until somebody changes something
TEMPORARY = frozenset({408, 421, 423, 425, 429, 500, 502, 503, 504, 507})

_PAGE = """<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<title>{title}</title>
<style>body{{font:1.1rem/1.5 system-ui,sans-serif;max-width:40rem;margin:4rem auto;padding:0 1rem;color:#222;background:#fff}}
h1{{font-size:1.6rem}}@media(prefers-color-scheme:dark){{body{{color:#ddd;background:#181818}}a{{color:#8bf}}}}</style>
<h1>{title}</h1>
{paragraphs}
</html>
"""


def explanation(
    status: int,
    detail: str,
    fields: Fields,
    *,
    links: tuple[tuple[str, str], ...] = (),
    temporary: bool | None = None,
) -> tuple[tuple[FieldLine, ...], bytes]:
    """Fields and content of an explanation of ``status``, for a request with ``fields``.

    ``links`` are pairs of URI and label. ``temporary`` overrides what the code itself suggests; a 3xx says nothing of it.
    """
    if temporary is None:
        temporary = status in TEMPORARY
    as_html = status < 400 or prefers_html(fields)
    if links:
        return _explanation(status, detail, links, temporary, as_html)
    return _remembered_explanation(status, detail, links, temporary, as_html)


def _explanation(
    status: int, detail: str, links: tuple[tuple[str, str], ...], temporary: bool, as_html: bool
) -> tuple[tuple[FieldLine, ...], bytes]:
    if as_html:
        media_type, text = "text/html;charset=utf-8", _page(status, detail, links, temporary)
    else:
        extensions: dict[str, object] = {"temporary": temporary}
        if links:
            extensions["links"] = [{"href": uri, "title": label} for uri, label in links]
        problem = Problem(title=statuses.phrase(status), status=status, detail=detail, extensions=extensions)
        media_type, text = "application/problem+json", format_problem(problem) + "\n"
    content = text.encode()
    lines = (("Content-Type", media_type), ("Content-Language", "en"), ("Content-Length", str(len(content))))
    return lines + ((("Vary", "Accept"),) if status >= 400 else ()), content


# The same few, most of the time; but for those with links, which hold what the request said
_remembered_explanation = lru_cache(maxsize=256)(_explanation)


def prefers_html(fields: Fields) -> bool:
    """Whether the request would rather have HTML than JSON: browsers say so, programs mostly do not."""
    accept = read_accept(fields.get("accept"))
    if accept is None or isinstance(accept, Invalid):
        return False
    return media_type_weight("text/html", accept) > media_type_weight("application/problem+json", accept)


def _page(status: int, detail: str, links: tuple[tuple[str, str], ...], temporary: bool) -> str:
    paragraphs = [f"<p>{html.escape(detail)}</p>"]
    if links:
        items = "".join(f'<li><a href="{html.escape(uri)}">{html.escape(label)}</a>' for uri, label in links)
        paragraphs.append(f"<ul>{items}</ul>")
    if status >= 400:
        # In words for people what "temporary" is in the JSON
        lasting = "This may pass: try again later." if temporary else "Repeating the same request will not help."
        paragraphs.append(f"<p>{lasting}</p>")
    return _PAGE.format(title=f"{status} {html.escape(statuses.phrase(status))}", paragraphs="\n".join(paragraphs))
