"""Properties of finding and editing, whatever the document, its encoding and its line ends.

What was put in is found; an edit changes the octets of the URL and no other; and what was edited is found again where it was.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from statuary.link_editor.edit import Edit, applied
from statuary.link_editor.find import find
from statuary.link_editor.link import Link, Unreadable
from statuary.link_editor.text import Text, decoded


@dataclass(frozen=True, slots=True)
class Grammar:
    """Documents of a format: blocks, with {} where there is a link and {no} where there is a URL that is none."""

    format: str
    name: str
    blocks: tuple[str, ...]
    whole: Callable[[list[str]], str] = "".join
    codecs: tuple[str, ...] = ("utf-8", "utf-8-sig", "utf-16", "latin-1", "cp1251")
    ends: tuple[str, ...] = ("\n", "\r\n", "\r")


def between(before: str, after: str) -> Callable[[list[str]], str]:
    return lambda blocks: before + "".join(blocks) + after


def notebook(blocks: list[str]) -> str:
    cells = [{"cell_type": "markdown", "source": block.splitlines(keepends=True)} for block in blocks]
    return json.dumps({"cells": cells, "nbformat": 4}, ensure_ascii=False, indent=1)


_MARKDOWN = (
    "# ü [a *b*]({} 'x')\n\n",
    "{} and ({}), <{}>.\n\n",
    "- ![i](<{}>) `{no}`\n\n",
    "> q [a\n> b]({})\n\n",
    "```\n{no}\n```\n\n",
    "# code\n\n    {no}\n\n",
    "<p title='é'><a href=\"{}\">x</a></p>\n\n",
    "| ü | b |\n|---|---|\n| [x]({}) | {} |\n\n",
    '[r{id}]\n\n[r{id}]: {} "t"\n\n',
)
GRAMMARS = (
    Grammar("markdown", "a.md", _MARKDOWN),
    Grammar(
        "markdown+front-matter",
        "a.md",
        _MARKDOWN,
        between("---\nx: é\n---\n", ""),
        ("utf-8", "utf-8-sig", "utf-16"),
        ("\n", "\r\n"),
    ),
    Grammar(
        "html",
        "a.html",
        (
            '<p>é<a class=x href="{}">t</a>\n',
            "<img src='{}' srcset='{} 1x, {} 2x'>\n",
            "<!-- {no} --> {no} <script>'{no}'</script>\n",
            "<a href={} title=ü>x</a>\n",
            "<div style=\"background: url({}), url('{}')\">\n",
            '<style>a { b: url("{}") } /* {no} */</style>\n',
        ),
    ),
    Grammar(
        "css",
        "a.css",
        ("/* é {no} */\n", '@import "{}";\n', "a { b: url({}) }\n", "a { b: url( '{}' ), url(\"{}\"); c: '{no}' }\n"),
    ),
    Grammar("plain", "a.txt", ("é {} ж\n", '({}), <{}>, "{}".\n', "\t{}\n\n")),
    Grammar(
        "restructuredtext",
        "a.rst",
        (
            "é `t <{}>`_ and {}.\n\n",
            ".. _n{id}: {}\n\n",
            ".. image:: {}\n   :target: {}\n\n",
            "x::\n\n   {no}\n\n",
            ".. {no}\n\n",
            "``{no}``\n\n",
            ".. note:: {}\n\n   ü {}\n\n",
        ),
    ),
    Grammar(
        "asciidoc",
        "a.adoc",
        ("é {}[t] and {}.\n\n", "link:{}[x] `{no}`\n\n", "----\n{no}\n----\n\n", "// {no}\n\n", "image::{}[ü]\n\n"),
    ),
    Grammar(
        "xml",
        "a.xml",
        (
            "<item><link>{}</link><guid>{no}</guid></item>\n",
            "<item><title>é {no}</title><enclosure url='{}'/></item>\n",
            '<item><description>&lt;a href="{}"&gt;ü&lt;/a&gt;</description></item>\n',
            "<item><description><![CDATA[<a href='{}'>ü</a> {no}]]></description></item>\n",
        ),
        between("<rss><channel>\n", "</channel></rss>"),
    ),
    Grammar("notebook", "a.ipynb", _MARKDOWN, notebook, ("utf-8", "utf-8-sig"), ("\n", "\r\n")),
    Grammar(
        "data",
        "a.toml",
        ('k{id} = "{}" # é {}\n', "l{id} = ['{}']\n", 't{id} = """\nü {}\n"""\n'),
        codecs=("utf-8", "utf-8-sig", "utf-16"),
        ends=("\n", "\r\n"),
    ),
    Grammar(
        "data",
        "a.yaml",
        ("k{id}: {} # é {}\n", "l{id}: ['{}', \"{}\"]\n", "t{id}: |\n  ü {}\n"),
        codecs=("utf-8", "utf-8-sig", "utf-16"),
    ),
    Grammar(
        "data",
        "a.json",
        ('"é{id}": "{}",\n', '"l{id}": [1, {"x": "see {}."}],\n', "// {}\n"),
        between("{\n", '"end": null}'),
        codecs=("utf-8", "utf-8-sig", "utf-16"),
    ),
    Grammar("source", "a.py", ("# é {}\n", "x = '{no}'  # {}\n", '"""{}\n\nü"""\n')),
    Grammar("source", "a.c", ("// é {}\n", 'char *x = "{no}"; /* {}\n * {} */\n')),
)
_PLAIN_PATH = st.text("abcdefghijklmnopqrstuvwxyzABC0123456789/-", max_size=12).map(lambda path: f"x{path}y")
# What a server may send in Location, RFC 3986 section 2
_ANY_URL = st.text("ab0/?#&=;:@!$()*+,'~._-%[]", max_size=15).map(lambda path: f"https://new.example/{path}")


@dataclass(frozen=True, slots=True)
class Document:
    octets: bytes
    urls: tuple[str, ...]
    grammar: Grammar


@st.composite
def documents(draw: st.DrawFn, grammar: Grammar) -> Document:
    urls: list[str] = []
    blocks = []
    for number, block in enumerate(draw(st.lists(st.sampled_from(grammar.blocks), max_size=8))):
        parts = block.replace("{no}", "https://no.example/").replace("{id}", str(number)).split("{}")
        filled = parts[0]
        for part in parts[1:]:
            urls.append(f"http://old.example/{draw(_PLAIN_PATH)}")
            filled += urls[-1] + part
        blocks.append(filled)
    text = grammar.whole(blocks)
    if draw(st.booleans()) and text.endswith("\n") and grammar.format != "restructuredtext":
        text = text[:-1]
    codec = draw(st.sampled_from(grammar.codecs))
    octets = text.replace("\n", draw(st.sampled_from(grammar.ends))).encode(codec, "replace")
    return Document(octets, tuple(urls), grammar)


each_grammar = pytest.mark.parametrize("grammar", GRAMMARS, ids=[f"{one.format}-{one.name}" for one in GRAMMARS])
some = settings(max_examples=60)


def opened(document: Document) -> tuple[Text, Callable[[str], Sequence[Link]]]:
    text = decoded(document.octets)
    assert text is not None
    assert text.encoded() == document.octets

    def finder(text: str) -> Sequence[Link]:
        return find(text, document.grammar.format, document.grammar.name)

    return text, finder


@each_grammar
@some
@given(data=st.data())
def test_what_was_put_in_is_found(grammar: Grammar, data: st.DataObject) -> None:
    needs_yaml(grammar)
    document = data.draw(documents(grammar))
    text, finder = opened(document)
    found = finder(text.text)
    assert [one.url for one in found] == list(document.urls)
    for one in found:
        start, end = text.octets(one.start, one.end)
        assert document.octets[start:end].replace(b"\0", b"") == one.url.encode()


@each_grammar
@some
@given(data=st.data())
def test_edits_change_their_urls_and_nothing_else(grammar: Grammar, data: st.DataObject) -> None:
    needs_yaml(grammar)
    document = data.draw(documents(grammar))
    text, finder = opened(document)
    links = finder(text.text)
    new = data.draw(_ANY_URL | _PLAIN_PATH.map(lambda path: f"https://new.example/{path}"))
    chosen = [one for one in links if data.draw(st.booleans())]
    edits = [Edit(one, new) for one in chosen]
    changed, made = applied(text.text, edits, finder)
    if new.removeprefix("https://new.example/").replace("/", "").replace("-", "").isalnum():
        assert len(made) == len(edits)
    again = finder(changed)
    done = {(edit.link.start, edit.link.end) for edit in made}
    assert [one.url for one in again] == [new if (one.start, one.end) in done else one.url for one in links]
    result, whole = text.encoded(changed), Text(changed, text.codec)
    before = [0, *(place for one in links for place in text.octets(one.start, one.end)), len(document.octets)]
    after = [0, *(place for one in again for place in whole.octets(one.start, one.end)), len(result)]
    for index in range(0, len(before), 2):
        assert document.octets[before[index] : before[index + 1]] == result[after[index] : after[index + 1]]
    # The same edits are none any more, and going back is possible
    assert applied(changed, [Edit(one, one.url) for one in again], finder)[0] == changed
    back = [Edit(one, old.url) for one, old in zip(again, links, strict=True) if (old.start, old.end) in done]
    assert applied(changed, back, finder)[0] == text.text


@each_grammar
@some
@given(data=st.data())
def test_removals_leave_the_other_links(grammar: Grammar, data: st.DataObject) -> None:
    needs_yaml(grammar)
    document = data.draw(documents(grammar))
    text, finder = opened(document)
    links = finder(text.text)
    chosen = [one for one in links if one.removal is not None and data.draw(st.booleans())]
    changed, made = applied(text.text, [Edit(one, None) for one in chosen], finder)
    gone = {(edit.link.start, edit.link.end) for edit in made}
    assert [one.url for one in finder(changed)] == [one.url for one in links if (one.start, one.end) not in gone]


def needs_yaml(grammar: Grammar) -> None:
    if grammar.name == "a.yaml":
        pytest.importorskip("yaml", reason="PyYAML comes with statuary[links]")


# Whatever there is


_ODDITIES = st.sampled_from(
    [
        *(
            "http://a.example/x",
            "https:\\/\\/b.example",
            "\n",
            "\r\n",
            "\r",
            " ",
            "\t",
            "é",
            "\x00",
            "\ufeff",
            "🍵",
            "\x85",
        ),
        *(
            '"',
            "'",
            '"""',
            "'''",
            "\\",
            "\\u00e9",
            "#",
            "//",
            "/*",
            "*/",
            "{",
            "}",
            "[",
            "]",
            ",",
            ":",
            ": ",
            "- ",
            "|",
            ">",
        ),
        *("= ", "---\n", "+++\n", "...\n", "&a ", "*a", "!!str ", "? ", "url(", ")", "@import ", ";", "a", "k"),
        *("<rss>", "</rss>", "<link>", "</link>", "<description>", "</description>", "&lt;a href=", "&gt;", "&amp;"),
        *("<![CDATA[", "]]>", "<a href=", "<style>", "</style>", "style=", ".. _a: ", "   ", "`", "<!--", "-->"),
    ]
)
_NAMES = (
    "a.toml",
    "a.yaml",
    "a.json",
    "a.css",
    "a.html",
    "a.xml",
    "a.py",
    "a.js",
    "a.md",
    "a.rst",
    "a.adoc",
    "a.ipynb",
    "a.txt",
)
_FORMATS = {
    **dict.fromkeys(("a.toml", "a.yaml", "a.json"), "data"),
    **dict.fromkeys(("a.py", "a.js"), "source"),
    "a.css": "css",
    "a.html": "html+front-matter",
    "a.xml": "xml",
    "a.md": "markdown+code+front-matter",
    "a.rst": "restructuredtext+code",
    "a.adoc": "asciidoc+code+front-matter",
    "a.ipynb": "notebook+code",
    "a.txt": "plain",
}


@pytest.mark.parametrize("name", _NAMES)
@settings(max_examples=80)
@given(
    octets=st.lists(_ODDITIES, max_size=25).map(lambda parts: "".join(parts).encode()) | st.binary(max_size=80),
    pick=st.integers(0, 3),
)
@example(octets=b"", pick=0)
def test_whatever_the_octets_no_harm_is_done(name: str, octets: bytes, pick: int) -> None:
    text = decoded(octets)
    if text is None:
        return
    format = _FORMATS[name]

    def finder(text: str) -> Sequence[Link]:
        return find(text, format, name)

    try:
        links = finder(text.text)
    except Unreadable:
        return
    end = 0
    for link in links:
        assert end <= link.start < link.end <= len(text.text)
        end = link.end
    edits = [Edit(link, f"https://new.example/{'(&' * pick}") for link in links]
    changed, made = applied(text.text, edits, finder)
    if not made:
        assert text.encoded(changed) == octets
    left = text.text
    for edit in reversed(made):
        left = left[: edit.link.start] + edit.cuts()[0].text + left[edit.link.end :]
    assert left == changed
