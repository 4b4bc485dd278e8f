"""A report, or several side by side, as one HTML file that loads nothing and reads well without its script.

The order of the page: what was checked, the board of codes, what is violated, subjects compared, then every scenario.
What a result looks like in itself is in html_results.py, elements and escaping are in markup.py.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from importlib.resources import files
from itertools import groupby

from statuary import status
from statuary.conformance.report import Report, Result
from statuary.conformance.reports.comparison import Row, mark_of, names, rows, slugs
from statuary.conformance.reports.html_results import article, badge, bounds_of_passed, class_of, link_to
from statuary.conformance.reports.markup import Child, Markup, document, h
from statuary.conformance.reports.wording import LEVELS, MARKS, STANDINGS, by_code, described, weight, worst

_MOST_OF_FACT = 160
_CLASSES = {1: "Informational", 2: "Successful", 3: "Redirection", 4: "Client error", 5: "Server error"}
_EXPLAINED = {
    "fail": "departs from a MUST",
    "warn": "departs from a SHOULD",
    "note": "worth knowing, and allowed",
    "pass": "no departure was seen",
    "waived": "a departure that the project has put on its list of known ones, with the reason",
    "not applicable": "the subject lacks what the scenario needs",
    "inconclusive": "nothing could be concluded from what was seen",
    "harness error": "the checker itself broke: nothing is said about the subject",
}


def render(reports: Sequence[Report]) -> str:
    """The page for one report or more."""
    compared = rows(reports)
    subjects = names(reports)
    title = " · ".join(subjects)
    return document(
        f"{title}: HTTP conformance",
        _package_file("page.css"),
        _package_file("page.js"),
        h("a", "Skip to the results", class_="skip", href="#results"),
        h(
            "header",
            h("h1", title if len(reports) > 1 else " ".join(filter(None, (reports[0].subject, reports[0].version)))),
            h("p", "HTTP status codes and semantics, checked by Statuary", class_="soft"),
            _one_subject(reports[0]) if len(reports) == 1 else _subjects(reports, subjects),
        ),
        h(
            "main",
            _board(reports[0]) if len(reports) == 1 else _boards(reports, subjects),
            _violated(reports[0]) if len(reports) == 1 else None,
            _unused_waivers(reports, subjects),
            h("h2", "Every scenario", id="results"),
            _filters(compared),
            _matrix(compared, reports, subjects) if len(reports) > 1 else None,
            _chapters(compared, subjects),
        ),
        _footer(reports),
    )


@cache
def _package_file(name: str) -> str:
    return files(__package__).joinpath(name).read_text("utf-8")


# What was checked


def _one_subject(report: Report) -> Child:
    counts = report.counts()
    return [
        h("p", h("span", report.url, class_="code"), f", {_day(report.date)}"),
        h(
            "ul",
            [
                h("li", h("b", str(counts[name])), " ", name, class_=class_of(name), title=_EXPLAINED[name])
                for name in STANDINGS
                if counts[name]
            ],
            class_="counts",
        ),
        _about(report),
    ]


def _about(report: Report) -> Markup:
    told = {"date": report.date, "took": f"{report.seconds:.1f} s", "Statuary": report.statuary}
    lines = [*told.items(), *report.facts.items(), *report.options.items()]
    return h(
        "details",
        h("summary", "About this run"),
        h("dl", [[h("dt", name), h("dd", _short(value))] for name, value in lines if value]),
        h("dl", [[h("dt", badge(name)), h("dd", text)] for name, text in _EXPLAINED.items()]),
    )


def _short(text: str) -> str:
    return text if len(text) <= _MOST_OF_FACT else f"{text[:_MOST_OF_FACT]}…"


def _subjects(reports: Sequence[Report], subjects: Sequence[str]) -> Child:
    used = [name for name in STANDINGS if any(report.counts()[name] for report in reports)]
    lines = []
    for report, name in zip(reports, subjects, strict=True):
        counts = report.counts()
        lines.append(
            h(
                "tr",
                h("th", h("b", name), scope="row"),
                h("td", report.version),
                h("td", report.date.partition("T")[0], class_="num"),
                h("td", f"{report.seconds:.1f} s", class_="num"),
                [h("td", str(counts[one] or "·"), class_="num") for one in used],
            )
        )
    heads = ["subject", "version", "date", "took"]
    return [
        _table([*(h("th", name, scope="col") for name in heads), *(_verdict_head(one) for one in used)], lines),
        h(
            "details",
            h("summary", "What the verdicts mean"),
            h("dl", [[h("dt", badge(name)), h("dd", text)] for name, text in _EXPLAINED.items()]),
        ),
    ]


def _verdict_head(name: str) -> Markup:
    return h("th", badge(name), scope="col", class_="num", title=_EXPLAINED[name])


def _day(date: str) -> str:
    return date.replace("T", " ").replace("Z", " UTC")


def _table(heads: Sequence[Markup], body: Child) -> Markup:
    return h("div", h("table", h("thead", h("tr", heads)), body), class_="wide", tabindex="0")


# The board


def _board(report: Report) -> Child:
    by_class = groupby(by_code(report).items(), key=lambda one: one[0] // 100)
    return [
        h("h2", "The status codes"),
        h("p", "The worst verdict of all scenarios about each code.", class_="soft"),
        [
            h(
                "div",
                h("h3", f"{number}xx", title=_CLASSES.get(number)),
                h("ul", [h("li", _cell(code, results)) for code, results in codes], class_="board"),
                class_="class",
            )
            for number, codes in by_class
        ],
    ]


def _cell(code: int, results: list[Result]) -> Markup:
    standing = worst(results)
    phrase = h("span", status.phrase(code), class_="phrase")
    if standing is None:
        return h("span", h("b", str(code)), phrase, class_="cell nothing", title="no scenario")
    with_it = [one for one in results if one.standing == standing]
    return h(
        "a",
        h("b", str(code)),
        _mark(standing),
        h("span", f"{len(with_it)} of {len(results)}", class_="of", title=f"{standing}: {_EXPLAINED[standing]}"),
        phrase,
        class_=f"cell {class_of(standing)}",
        href=link_to(with_it[0].id),
        data_code=str(code),
    )


def _mark(standing: str) -> Markup:
    return h("span", h("span", MARKS[standing], aria_hidden="true"), h("span", standing, class_="hidden"))


def _boards(reports: Sequence[Report], subjects: Sequence[str]) -> Child:
    boards = [by_code(report) for report in reports]
    codes = sorted({code for board in boards for code in board})
    lines = []
    for code in codes:
        standings = [worst(board.get(code, [])) for board in boards]
        if any(standings):
            label = h("a", h("b", str(code)), " ", status.phrase(code), href="#results", data_code=str(code))
            lines.append(h("tr", h("th", label, scope="row"), [_marked(standing) for standing in standings]))
    heads = [h("th", "code", scope="col"), *(h("th", name, scope="col") for name in subjects)]
    return [
        h("h2", "The status codes"),
        h("p", "The worst verdict of all scenarios about each code.", class_="soft"),
        _table(heads, h("tbody", lines)),
    ]


def _marked(standing: str | None, href: str | None = None) -> Markup:
    if standing is None:
        return h("td")
    kind = f"m {class_of(standing)}"
    inside = _mark(standing)
    link = h("a", inside, class_=kind, href=href, title=standing)
    return h("td", link if href else h("span", inside, class_=kind, title=standing), class_="mark")


# What is violated


def _violated(report: Report) -> Child:
    found = report.violations("fail", "warn")
    if not found:
        return [h("h2", "What is violated"), h("p", "Nothing.")]
    lines = [
        h(
            "tr",
            h("td", badge(one.verdict)),
            h("th", h("a", one.title, href=link_to(one.id)), scope="row"),
            h("td", one.detail),
            class_=class_of(one.verdict),
        )
        for one in sorted(found, key=lambda one: STANDINGS.index(one.verdict))
    ]
    heads = [h("th", name, scope="col") for name in ("verdict", "scenario", "what was seen")]
    return [h("h2", "What is violated"), _table(heads, h("tbody", lines))]


def _unused_waivers(reports: Sequence[Report], subjects: Sequence[str]) -> Child:
    lines = [
        h("li", f"{name}: " if len(reports) > 1 else "", text)
        for report, name in zip(reports, subjects, strict=True)
        for text in report.unused_waivers
    ]
    return [h("h2", "Waivers that waived nothing"), h("ul", lines)] if lines else None


# Every scenario


def _filters(compared: Sequence[Row]) -> Markup:
    standings = {one.standing for row in compared for one in row.known}
    codes = sorted({code for row in compared for one in row.known for code in one.codes})
    return h(
        "form",
        h(
            "fieldset",
            h("legend", "Verdict"),
            [
                h("label", h("input", type="checkbox", name="verdict", value=class_of(name), checked=True), f" {name}")
                for name in STANDINGS
                if name in standings
            ],
        ),
        h("label", "Code ", _select("code", [(str(code), f"{code} {status.phrase(code)}") for code in codes])),
        h("label", "Level ", _select("level", [(name, level) for name, level in LEVELS.items()])),
        h("label", "Text ", h("input", type="search", name="text", size="16")),
        h("button", "Clear", type="button", data_do="clear"),
        h("button", "Open all", type="button", data_do="open"),
        h("span", id="shown", class_="soft", aria_live="polite"),
        id="filters",
        hidden=True,
        aria_label="Filter the scenarios",
    )


def _select(name: str, options: Sequence[tuple[str, str]]) -> Markup:
    return h(
        "select", h("option", "any", value=""), [h("option", text, value=value) for value, text in options], name=name
    )


def _about_row(row: Row) -> dict[str, str]:
    """What the filters go by."""
    codes = sorted({code for one in row.known for code in one.codes})
    return {
        "data_standing": " ".join(dict.fromkeys(class_of(one.standing) for one in row.known)),
        "data_codes": " ".join(map(str, codes)),
        "data_level": weight(row.known[0]),
    }


def _matrix(compared: Sequence[Row], reports: Sequence[Report], subjects: Sequence[str]) -> Child:
    parts = slugs(subjects)
    heads = [h("th", "scenario", scope="col"), *(h("th", name, scope="col") for name in subjects)]
    bodies = []
    for chapter, in_chapter in groupby(compared, key=lambda row: row.chapter):
        lines = [
            h(
                "tr",
                h("th", h("a", row.title, href=link_to(row.id)), scope="row"),
                [
                    _marked(one.standing, link_to(f"{row.id}--{part}"))
                    if one is not None
                    else h("td", h("span", mark_of(None, row), class_="m"), class_="mark")
                    for one, part in zip(row.results, parts, strict=True)
                ],
                **_about_row(row),
            )
            for row in in_chapter
        ]
        head = h("tr", h("th", chapter, scope="rowgroup", colspan=str(len(subjects) + 1)))
        bodies.append(h("tbody", head, lines, data_group=True))
    return _table(heads, bodies)


def _chapters(compared: Sequence[Row], subjects: Sequence[str]) -> Child:
    parts = slugs(subjects)
    passed = bounds_of_passed(len(compared))
    return [
        h(
            "section",
            h("h2", chapter),
            [article(row, subjects, parts, _about_row(row), passed) for row in in_chapter],
            data_group=True,
        )
        for chapter, in_chapter in groupby(compared, key=lambda row: row.chapter)
    ]


def _footer(reports: Sequence[Report]) -> Markup:
    return h(
        "footer",
        h("p", "Rules are given in our words; the RFC decides. A verdict that looks wrong is a bug of the checker."),
        [
            h("p", f"{described(report)}, checked by Statuary {report.statuary}, {_day(report.date)}")
            for report in reports
        ],
    )
