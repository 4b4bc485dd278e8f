"""What fragments name in AsciiDoc and reStructuredText, by the default rules of their tools and what can be set in them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from statuary.link_editor.find import asciidoc_anchors, restructuredtext_anchors
from statuary.link_editor.names import Anchors

ASCIIDOC = """= The Doc
:product: Kettle

[[explicit]]
== First *bold* `code` & "quotes" -- (C) it's

[#short.role%step]
== Again

[quote#quotation,Somebody]
Text [[inline,Reference Text]]here, anchor:macro[], [#phrase]*words*.

Underlined
~~~~~~~~~~

[id=named,reftext="Another Text"]
== Using the {product}

== Again
=== See https://a.example/[the site] and <<explicit,this>>
== Getränke[[drinks]]
== With image:cup.png[a cup], kbd:[Enter] and [.role]#words#

* [[[book,1]]] A book.

A note.footnote:fn[Text.]

[source#listing,sh]
----
== Listed
[[listed]]
----
"""


@pytest.mark.parametrize(
    "name",
    [
        *("explicit", "short", "quotation", "inline", "macro", "phrase", "named", "book", "drinks", "listing"),
        *("_first_bold_code_quotes_it_s", "first-bold-code-quotes-its", "_firstboldcodequotesits"),
        *("_again", "_again_2", "again-2"),
        *("_underlined", "underlined"),
        *("_using_the_kettle", "_see_the_site_and_this", "_getränke", "_getranke"),
        *("_with_enter_and_words", "_with_kbdenter_and_words"),
        # As cross references name them
        *("Underlined", "Reference Text", "Another Text", "Using the Kettle"),
        *("toc", "header", "_footnotedef_1", "_footnote_fn"),
    ],
)
def test_what_is_named_in_asciidoc(name: str) -> None:
    anchors = asciidoc_anchors.anchors(ASCIIDOC)
    assert anchors is not None
    assert anchors.has(name)


@pytest.mark.parametrize("name", ["_again_3", "_Again", "listed", "_listed", "none", "_first", "", "_footnotedef_x"])
def test_what_is_not_named_in_asciidoc(name: str) -> None:
    anchors = asciidoc_anchors.anchors(ASCIIDOC)
    assert anchors is not None
    assert not anchors.has(name)


def test_prefix_of_ids_in_asciidoc() -> None:
    anchors = asciidoc_anchors.anchors(":idprefix: sect-\n:idseparator: -\n\n== A title\n")
    assert anchors is not None
    assert anchors.has("sect-a-title")


@pytest.mark.parametrize("text", ["== The {unknown}\n", "[[{unknown}]]\nText\n", "== Noted footnote:[x]\n"])
def test_what_an_asciidoc_document_does_not_tell(text: str) -> None:
    assert asciidoc_anchors.anchors(text) is None


RST = """=======
The Doc
=======

.. _Explicit Target:
.. _`quoted: target`:

First *section*, ``code``
-------------------------

.. note:: Text with an _`inline target` [#f1]_
   :name: A named note

.. [#f1] A footnote
.. [CIT2002] A citation

.. contents:: What is here

3. Größe of `links <https://a.example/>`_
~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~

Again
-----

Again
-----

.. raw:: html

   <a id="raw_HTML"></a>
"""


@pytest.mark.parametrize(
    "name",
    [
        *("the-doc", "explicit-target", "quoted-target", "first-section-code", "inline-target", "a-named-note"),
        *("f1", "cit2002", "what-is-here", "grosze-of-links", "again", "again-1", "raw_HTML"),
        *("id1", "footnote-1", "toc-entry-2"),
        "Explicit Target",
    ],
)
def test_what_is_named_in_restructuredtext(name: str) -> None:
    anchors = restructuredtext_anchors.anchors(RST)
    assert anchors is not None
    assert anchors.has(name)


@pytest.mark.parametrize("name", ["again-2", "The-Doc", "none", "first", "id", ""])
def test_what_is_not_named_in_restructuredtext(name: str) -> None:
    anchors = restructuredtext_anchors.anchors(RST)
    assert anchors is not None
    assert not anchors.has(name)


@pytest.mark.parametrize(
    "text",
    [
        ".. automodule:: tea\n",
        ".. py:function:: brew()\n",
        "About :mod:`tea`\n================\n",
        "About |tea|\n===========\n",
    ],
)
def test_what_a_restructuredtext_document_does_not_tell(text: str) -> None:
    assert restructuredtext_anchors.anchors(text) is None


@given(st.text("[]{}#=-~:.,_`<>|ab \n\t\\\"'", max_size=80), st.text(max_size=10))
def test_whatever_the_text_there_is_an_answer(text: str, name: str) -> None:
    for anchors in (asciidoc_anchors.anchors(text), restructuredtext_anchors.anchors(text)):
        assert anchors is None or anchors.has(name) in (True, False)


def test_letters() -> None:
    anchors = Anchors(frozenset({"Exact"}), frozenset({"atitle"}), ("id",))
    assert [anchors.has(one) for one in ("Exact", "exact", "a-title", "_a_title", "A title", "A-title")] == [
        *(True, False, True, True, True, False)
    ]
    assert [anchors.has(one) for one in ("id1", "id", "id1x")] == [True, False, False]
