"""Finding links in each format: what is one and what isn't, and exactly where it stands."""

from __future__ import annotations

import json

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from statuary.link_editor.edit import cut_up
from statuary.link_editor.find import FORMATS, Format, find, format_of
from statuary.link_editor.find.html import anchors as html_anchors
from statuary.link_editor.find.markdown import anchors as markdown_anchors
from statuary.link_editor.link import Unreadable

# Every URL of http://y.example is a link, in the order of the numbers at its end; none of http://n.example is
MARKDOWN = """\
---
image: http://n.example/front
---
# Heading with [a link](http://y.example/1)

[title](http://y.example/2 "http://n.example") ![image](<http://y.example/3>) <http://y.example/4> `http://n.example`
[text][ref] [ref] [ref][] http://y.example/5. (http://y.example/6) **http://y.example/7** \\[no](/local)

    http://n.example/indented

```
[no](http://n.example/fenced)
```

> quoted [over
> lines](http://y.example/8) and ``two ` http://n.example``

1. item

   ~~~
   http://n.example
   ~~~
   [in an item](
   http://y.example/9)

| a | b |
|---|---|
| [a](http://y.example/10) | x \\| [b](http://y.example/11) |

Raw <a href="http://y.example/12">html</a> <!-- http://n.example --> [a](http://y.example/13_(b)) [e](/n&amp;m)

<div>
  <img src="http://y.example/14"> http://n.example
</div>

[![badge](http://y.example/15)](http://y.example/16)

[ref]: http://y.example/17 'http://n.example'
[^note]: http://y.example/18
>
> [other]:
> http://y.example/19

http://{host}/n.example http://n.example/<id> http:// https://.
"""

HTML = """\
<!DOCTYPE html><!-- <a href="http://n.example"> --><title><a href="http://n.example"></title>
<a class=x href="http://y.example/1">http://n.example</a><A HREF='http://y.example/2'><a href=http://y.example/3>
<link rel=preconnect href="http://n.example"><link rel=stylesheet href="http://y.example/4">
<img src="http://y.example/5" srcset="http://y.example/6 1x, http://y.example/7 2x" data-src="http://n.example">
<source srcset="http://y.example/8,9 100w,http://y.example/9, http://y.example/10">
<meta http-equiv=refresh content="5; URL='http://y.example/11'"><meta name=description content="http://n.example">
<script src="http://y.example/12">"<a href='http://n.example'>"</script><style>a{b:url(http://y.example/13)}/*url(http://n.example)*/</style>
<form action="http://y.example/14"><form method=post action="http://n.example"><blockquote cite="http://y.example/15">
<object data=http://y.example/16><video poster="http://y.example/17" src="http://y.example/18"></video>
<svg><use xlink:href="http://y.example/19"/></svg><textarea><a href="http://n.example"></textarea>
<meta property="og:url" content="http://y.example/20"><iframe src=" http://y.example/21
"></iframe><a href="http://y.example/22" href="http://n.example">x</a><a href="">y</a><p title="<a href='http://n.example'>">
<a href="http://n.example
"""

RST = """\
Title
=====

See `a <http://y.example/1>`_ and http://y.example/2. ``http://n.example`` (http://y.example/3)

.. _x: http://y.example/4
.. __: http://y.example/5
.. image:: http://y.example/6
   :target: http://y.example/7

.. http://n.example/comment
   http://n.example/comment

.. code-block:: sh

   curl http://n.example/

   http://n.example

.. note:: http://y.example/8

   http://y.example/9

Text::

    http://n.example

`Split
<http://y.example/10>`__. :pep:`8` `indirect <x_>`_
"""

ASCIIDOC = """\
= Title
:url: http://y.example/1

http://y.example/2[text] and link:http://y.example/3[t,window=_blank] <http://y.example/4> `http://n.example`
image::http://y.example/5[]
image::local.png[]

----
http://n.example
----

[source,sh]
curl http://n.example/

// http://n.example
 http://n.example

http://y.example/6.
http://{host}/n.example[y]
"""

XML = """\
<?xml version="1.0" encoding="ISO-8859-1"?>
<urlset xmlns="http://n.example/schemas" xmlns:xhtml="http://n.example"><!-- é http://n.example -->
<url><loc> http://y.example/1 </loc><xhtml:link rel="alternate" href="http://y.example/2"/></url>
<url><loc><![CDATA[http://y.example/3]]></loc><lastmod>http://n.example</lastmod></url></urlset>
"""

NOTEBOOK = json.dumps(
    {
        "cells": [
            {
                "cell_type": "markdown",
                "metadata": {"x": [1, {"source": "http://n.example"}]},
                "source": ["# é 😀 [t](http://y.example/1)\n", "http://y.example/2 `http://n.example`"],
            },
            {"cell_type": "code", "source": ["http://n.example"], "outputs": [{"text": ["http://n.example"]}]},
            {"cell_type": "markdown", "source": '<img src="http://y.example/3">'},
        ],
        "nbformat": 4,
    }
)

PLAIN = """\
http://y.example/1 (see http://y.example/2) <http://y.example/3> "http://y.example/4", http://y.example/5_(a); HTTP://y.example/6?
http://y.example/7... [x]: http://y.example/8 *http://y.example/9* xhttp://n.example http:// http://${n.example}
http://y.example/10” 'http://y.example/11').split('://')
"""

PYTHON = (
    '# see http://y.example/1\nx = \'# http://n.example\'  # (http://y.example/2)\n"""about http://y.example/3"""\n'
)
C = 'char *u = "http://n.example // http://n.example"; // http://y.example/1\n/* http://y.example/2\n http://y.example/3 */\n'

EXAMPLES: list[tuple[Format, str, str]] = [
    ("markdown", "a.md", MARKDOWN),
    ("html", "a.html", HTML),
    ("restructuredtext", "a.rst", RST),
    ("asciidoc", "a.adoc", ASCIIDOC),
    ("xml", "a.xml", XML),
    ("notebook", "a.ipynb", NOTEBOOK),
    ("plain", "a.txt", PLAIN),
    ("source", "a.py", PYTHON),
    ("source", "a.c", C),
]


@pytest.mark.parametrize("ends", ["\n", "\r\n"])
@pytest.mark.parametrize(("format", "name", "text"), EXAMPLES, ids=[name for _, name, _ in EXAMPLES])
def test_what_is_a_link_and_what_is_none(format: Format, name: str, text: str, ends: str) -> None:
    text = text.replace("\n", ends)
    assert format_of(name) == format
    links = [link for link in find(text, format, name) if "y.example" in link.url or "n.example" in link.url]
    numbers = [
        int(link.url.lower().removeprefix("http://y.example/").partition("_")[0].partition(",")[0]) for link in links
    ]
    count = text.lower().count("http://y.example/")
    assert numbers == list(range(1, count + 1))
    for link in links:
        assert text[link.start : link.end] == link.url


@pytest.mark.parametrize(
    ("format", "text", "url", "spelt"),
    [
        ("markdown", "[a](http://a.example/?x&amp;y)", "http://a.example/?x&y", "http://a.example/?x&amp;y"),
        ("markdown", "[a](http://a.example/\\(x)", "http://a.example/(x", "http://a.example/\\(x"),
        ("markdown", '<a href="http://a.example/?x&amp;y">', "http://a.example/?x&y", "http://a.example/?x&amp;y"),
        ("html", "<a href='http://a.example/?x&#38;y'>", "http://a.example/?x&y", "http://a.example/?x&#38;y"),
        ("html", "<a href='http://a.example/?x&copy=y'>", "http://a.example/?x&copy=y", "http://a.example/?x&copy=y"),
        ("html", "<a href=/local/x?y>", "/local/x?y", "/local/x?y"),
        ("html", "<img srcset='a&amp;b 1x'>", "a&b", "a&amp;b"),
        (
            "xml",
            "<rss><link>http://a.example/?x&amp;é</link></rss>",
            "http://a.example/?x&é",
            "http://a.example/?x&amp;é",
        ),
        (
            "xml",
            "<feed><link href='http://a.example/?x&amp;y'/></feed>",
            "http://a.example/?x&y",
            "http://a.example/?x&amp;y",
        ),
        ("restructuredtext", "`a <http://a.example/x\\_>`_", "http://a.example/x_", "http://a.example/x\\_"),
    ],
)
def test_escapes_are_undone(format: Format, text: str, url: str, spelt: str) -> None:
    (link,) = find(text, format)
    assert (link.url, text[link.start : link.end]) == (url, spelt)


@pytest.mark.parametrize(
    ("format", "text", "left"),
    [
        ("markdown", 'x [the *text*](http://a.example "t") y', "x the *text* y"),
        ("markdown", "![alt](http://a.example)", "alt"),
        ("markdown", "<http://a.example>", "`http://a.example`"),
        ("markdown", "[t][r] and [r]\n\n[r]: http://a.example\n", "t and r\n\n\n"),
        ("markdown", "> [t\n> u](http://a.example)", "> t\n> u"),
        ("html", "<p><a class=x href=http://a.example>the <b>text</b></a></p>", "<p>the <b>text</b></p>"),
        ("restructuredtext", "x `the text <http://a.example>`_ y", "x the text y"),
        ("asciidoc", "x http://a.example[the text] y", "x the text y"),
        ("asciidoc", "x link:http://a.example[the text] y", "x the text y"),
    ],
)
def test_what_is_left_of_a_link_that_is_removed(format: Format, text: str, left: str) -> None:
    (link,) = find(text, format)
    assert link.removal is not None
    assert cut_up(text, sorted(link.removal, key=lambda cut: cut.start)) == left
    assert list(find(left, format)) == []


@pytest.mark.parametrize(
    ("format", "text"),
    [
        ("plain", "http://a.example"),
        ("html", "<img src=http://a.example>"),
        ("html", "<a href=http://a.example>never ended <a href=x>y</a>"),
        ("markdown", "text[^1]\n\n[^1]: http://a.example\n"),
        ("restructuredtext", "http://a.example"),
        ("xml", "<rss><link>http://a.example</link></rss>"),
    ],
)
def test_what_nobody_knows_how_to_remove(format: Format, text: str) -> None:
    assert find(text, format)[0].removal is None


@pytest.mark.parametrize(
    ("text", "urls"),
    [
        ("<span>http://a.example/x</span>", ["http://a.example/x"]),
        ("http://a.example/x<br>http://a.example/y<BR/>z", ["http://a.example/x", "http://a.example/y"]),
        ("http://a.example/x<!-- c -->", ["http://a.example/x"]),
        ("http://a.example/<name> http://a.example/${name}", []),
        ("x[^1]\n\n[^1]: [y](http://a.example/x)\n", ["http://a.example/x"]),
        ("x[^1]\n\n[^1]: http://a.example/x\n[^2]: <http://a.example/y>", ["http://a.example/x", "http://a.example/y"]),
    ],
)
def test_what_is_around_urls_in_markdown(text: str, urls: list[str]) -> None:
    assert [link.url for link in find(text, "markdown")] == urls


def test_the_first_base_element_with_a_url_counts() -> None:
    links = find("<base target=_blank><base href='http://a.example/d/'><base href='/no'><a href=x>y</a>", "html")
    assert [link.base for link in links] == ["http://a.example/d/"]


def test_the_base_element_counts_for_all_links() -> None:
    links = find("<base href='http://a.example/d/'><a href=x>y</a><img src=z>", "html")
    assert [(link.url, link.base) for link in links] == [("x", "http://a.example/d/"), ("z", "http://a.example/d/")]


@pytest.mark.parametrize(
    ("format", "text"),
    [
        ("xml", "<rss>"),
        ("xml", "<feed><a></feed>"),
        ("notebook", "[]"),
        ("notebook", "{"),
        ("notebook", '{"cells":[1]}'),
    ],
)
def test_what_is_not_of_its_format(format: Format, text: str) -> None:
    with pytest.raises(Unreadable):
        find(text, format)


def test_other_xml_has_no_links() -> None:
    assert list(find("<project><url>http://a.example</url></project>", "xml")) == []
    assert list(find("{% if x %}<project>http://a.example", "xml")) == []


def test_elements_of_feeds_that_html_could_not_have() -> None:
    text = "<rss><_x>y</_x><é/><link>http://a.example</link></rss>"
    assert [link.url for link in find(text, "xml")] == ["http://a.example"]


@pytest.mark.parametrize(
    ("text", "urls"),
    [
        ("a{b:url(\\61  )}", ["a"]),
        ("a{b:url('x\\\ny')}", ["xy"]),
        ("a{b:url(\\0)}", ["\ufffd"]),
        ("a{b:url( '' )} c{d:url()}", []),
        ('@import "a"; @import url(b); @import', ["a", "b"]),
        ("@media x{ a{b:url(c)} }", ["c"]),
        ('a{b:url("never ended', []),
        ("a{b:url(x y)}", []),  # white space within makes it none
    ],
)
def test_css(text: str, urls: list[str]) -> None:
    assert [link.url for link in find(text, "css")] == urls


def test_anchors() -> None:
    assert html_anchors("<p id=a><a name='b&amp;c'></a><!-- <p id=no> -->") == {"a", "b&c"}
    text = "# The `code`, and more!\n\n## Same\n\n## Same\n\n### Named {#own}\n\n<a id=raw></a>\n"
    assert {"the-code-and-more", "same", "same-1", "own", "raw"} <= markdown_anchors(text)


@pytest.mark.parametrize(
    ("heading", "names"),
    [
        ("हिन्दी भाषा", {"हिन्दी-भाषा"}),  # marks are parts of words
        ("x² + 1", {"x--1", "x2-1"}),
        ("🚀 Launch", {"-launch", "launch"}),
        ("1. First -- and last", {"1-first----and-last", "1-first-and-last", "first----and-last"}),
        ("Über_uns", {"über_uns", "uber_uns"}),
    ],
)
def test_headings_as_they_are_named_here_and_there(heading: str, names: set[str]) -> None:
    assert names <= markdown_anchors(f"# {heading}\n")


PIECES = st.sampled_from(
    [
        *(
            "http://a.example/x",
            "https://b.example/?a&b",
            "/local",
            " ",
            "\n",
            "\n\n",
            "\r\n",
            "\t",
            "    ",
            "> ",
            "- ",
            "| ",
            "é",
            "😀",
        ),
        *(
            "[",
            "]",
            "(",
            ")",
            "<",
            ">",
            "`",
            "``",
            "```\n",
            "![",
            "](",
            "[a](",
            "[a]: ",
            "<a href=",
            '"',
            "'",
            "</a>",
            "\\",
            "&amp;",
            "*",
            "_",
        ),
        *(
            "<!--",
            "-->",
            "<script>",
            "</script>",
            "srcset=",
            "<img src=",
            "::\n",
            ".. ",
            ".. _a: ",
            "`_",
            "__",
            "|",
            "----\n",
            "{",
            "}",
            "#",
        ),
        *("<rss>", "</rss>", "<loc>", "</loc>", "<![CDATA[", "]]>", "\x00", "\ufeff", "link:", "text"),
    ]
)


@pytest.mark.parametrize("format", FORMATS)
@given(text=st.lists(PIECES, max_size=30).map("".join) | st.text(max_size=40))
@example(text="")
def test_whatever_the_text_spans_lie_in_it_and_apart(format: Format, text: str) -> None:
    try:
        links = find(text, format, "a.py")
    except Unreadable:
        return
    end = 0
    for link in links:
        assert end <= link.start < link.end <= len(text)
        assert link.url
        end = link.end
        if link.url.isascii() and "&" not in text and "\\" not in text and "\r" not in text:
            assert link.url in text[link.start : link.end].replace("\n", "").replace("\t", "")
