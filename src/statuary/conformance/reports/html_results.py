"""What one scenario showed, as part of the HTML page: the rule, what was seen octet by octet, every answer it knows."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from urllib.parse import quote

from statuary import requirements
from statuary.conformance.report import Answer, Event, Result
from statuary.conformance.reports.comparison import Row
from statuary.conformance.reports.markup import Child, Markup, h
from statuary.conformance.reports.octets import BRIEF, Bounds, Piece, has_several, labelled, lines_of, merged
from statuary.conformance.reports.wording import (
    LEVELS,
    MARKS,
    address,
    citation,
    printable,
    right_answers,
    wrong_answers,
)

# Where nothing is wrong, what was sent and the start of what came is enough; it keeps the page small
_PASSED = Bounds(lines=6, columns=120, octets=240)
_MOST_OF_PASSED = 120_000
_FAILED = Bounds(lines=60, columns=400, octets=4000)


def class_of(standing: str) -> str:
    """The standing as the name of a CSS class."""
    return standing.replace(" ", "-")


def link_to(id: str) -> str:
    """The reference to the part of the page that bears that id."""
    return f"#{quote(printable(id))}"


def badge(standing: str) -> Markup:
    """A standing with its mark and colour."""
    return h("span", f"{MARKS[standing]} {standing}", class_=f"badge {class_of(standing)}")


def bounds_of_passed(number: int) -> Bounds:
    """What is shown of octets where nothing is wrong, for so many scenarios."""
    return replace(_PASSED, octets=max(min(_MOST_OF_PASSED // max(number, 1), _PASSED.octets), 60))


def article(row: Row, subjects: Sequence[str], parts: Sequence[str], about: dict[str, str], passed: Bounds) -> Markup:
    """One scenario, closed unless a MUST is violated. ``parts`` of fragments and ``subjects`` go with the row's results."""
    first = max(row.known, key=lambda one: len(one.answers))
    codes = sorted({code for one in row.known for code in one.codes})
    return h(
        "article",
        h(
            "details",
            h(
                "summary",
                badge(row.worst),
                " ",
                h("h3", row.title),
                " ",
                h("code", row.id),
                " ",
                h("span", ", ".join(map(str, codes)), class_="soft") if codes else None,
            ),
            h(
                "div",
                _alone(row.known[0], passed) if len(subjects) == 1 else _compared(row, subjects, parts),
                _answers(first),
                _shown(first),
                h(
                    "p",
                    _played(first),
                    h("a", "Link to this scenario", href=link_to(row.id), class_="link"),
                    class_="meta",
                ),
                class_="body",
            ),
            open=row.worst == "fail",
        ),
        id=row.id,
        **about,
    )


def _played(one: Result) -> str:
    return f"Played {one.plays} times. " if one.plays > 1 else ""


def _alone(one: Result, passed: Bounds) -> Child:
    return h("div", _found(one, _FAILED if one.is_violation else passed), class_=class_of(one.standing))


def _compared(row: Row, subjects: Sequence[str], parts: Sequence[str]) -> Child:
    return [
        h(
            "section",
            h("h4", badge(one.standing), f" {name}"),
            # Nine subjects that do the same right thing need not be read nine times
            _found(one, BRIEF) if one.standing not in ("pass", "not applicable") else _text(one.detail),
            class_=f"subject {class_of(one.standing)}",
            id=f"{row.id}--{part}",
        )
        for one, name, part in zip(row.results, subjects, parts, strict=True)
        if one is not None
    ]


def _found(one: Result, bounds: Bounds) -> Child:
    return [
        _text(one.detail, class_="seen"),
        h("p", h("b", "Waived: "), one.waived) if one.waived is not None else None,
        _rule(one.breaks) if one.breaks is not None else None,
        h("p", h("b", "What to change: "), one.fix, class_="change") if one.fix else None,
        _seen_in(one.seen_in),
        _events(one.events, bounds),
    ]


def _text(text: str, **attributes: str) -> Markup | None:
    return h("p", text, **attributes) if text else None


def _rule(id: str) -> Markup:
    row = requirements.lookup(id)
    source = h("a", citation(row), href=address(row))
    return h("div", h("p", h("b", row.level), f" {row.paraphrase}. ", source, " ", h("code", row.id)), class_="rule")


def _seen_in(ids: Sequence[str]) -> Child:
    if not ids:
        return None
    links = [[", " if number else "", h("a", id, href=link_to(id))] for number, id in enumerate(ids[:12])]
    more = f" and {len(ids) - 12} more" if len(ids) > 12 else ""
    return h("p", "Seen in ", links, more, class_="meta")


def _answers(one: Result) -> Child:
    right, wrong = right_answers(one), wrong_answers(one)
    return [
        [h("h4", "Right answers"), h("ul", [h("li", _answer(answer)) for answer in right])] if right else None,
        [h("h4", "Wrong answers"), h("ul", [h("li", _wrong(answer)) for answer in wrong])] if wrong else None,
    ]


def _answer(answer: Answer) -> Child:
    return [h("b", answer.looks), f": {answer.why}" if answer.why else ""]


def _wrong(answer: Answer) -> Child:
    row = requirements.lookup(answer.breaks or "")
    level = LEVELS.get(answer.verdict, answer.verdict)
    return [_answer(answer), " (", level, ", ", h("a", citation(row), href=address(row)), ")"]


def _shown(one: Result) -> Child:
    ids = [id for id in one.shows if id != one.breaks]
    return [h("h4", "What it is about"), [_rule(id) for id in ids]] if ids else None


# Octets


def _events(events: Iterable[Event], bounds: Bounds) -> Child:
    shown = merged(events)
    if not shown:
        return None
    several = has_several(shown)
    return [h("h4", "What went over the wire"), [_event(event, several, bounds) for event in shown]]


def _event(event: Event, several: bool, bounds: Bounds) -> Child:
    label = h("p", labelled(event, several=several), class_="event")
    if not event.data and not event.cut:
        return label
    lines: list[Child] = []
    for number, line in enumerate(lines_of(event.data, event.cut, bounds)):
        lines += ["\n" if number else None, [_piece(piece) for piece in line]]
    return [label, h("pre", lines)]


def _piece(piece: Piece) -> Child:
    match piece.kind:
        case "escape":
            return h("i", piece.text)
        case "remark":
            return h("em", piece.text)
        case _:
            return piece.text
