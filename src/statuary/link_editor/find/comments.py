"""Sources of programs: the URLs in their comments and documentation strings. Pygments tells these from strings and code."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from importlib import import_module

from statuary.link_editor.find import plain
from statuary.link_editor.find.mapped import replaced
from statuary.link_editor.link import Link, Unreadable

_LINE_END = re.compile(r"\r\n?")


def finder(name: str) -> Callable[[str], Sequence[Link]]:
    """What finds the links in a source that is called so."""

    def find(text: str) -> Sequence[Link]:
        if "://" not in text:
            return []
        # Its lexers take \n for the end of a line
        mapped = replaced(text, 0, _LINE_END, lambda end: "\n") if "\r" in text else None
        source = text if mapped is None else mapped.text
        found: list[Link] = []
        for start, end in _comments(source, name):
            found += plain.find_in(source, start, end, what="comment")
        return found if mapped is None else [mapped.back(link) for link in found]

    return find


def _comments(source: str, name: str) -> Iterator[tuple[int, int]]:
    """Where comments are; what follows each other is one."""
    begin: int | None = None
    position = 0
    for position, is_comment in _tokens(source, name):
        if is_comment and begin is None:
            begin = position
        elif not is_comment and begin is not None:
            yield begin, position
            begin = None
    if begin is not None:
        yield begin, len(source)


def _tokens(source: str, name: str) -> Iterator[tuple[int, bool]]:
    """Where each token begins, and whether it belongs to a comment."""
    try:
        lexers, kinds = import_module("pygments.lexers"), import_module("pygments.token")
    except ImportError:
        raise Unreadable("comments need a library: pip install 'statuary[links]'") from None
    lexer = lexers.find_lexer_class_for_filename(name, source)
    if lexer is None:
        raise Unreadable("its language is not known")
    comment, instruction, documentation = kinds.Comment, kinds.Comment.Preproc, kinds.String.Doc
    # Some comments end with their line and not with the text
    for position, kind, _ in lexer().get_tokens_unprocessed(f"{source}\n"):
        is_comment = (kind in comment and kind not in instruction) or kind in documentation
        yield position, is_comment and kind is not comment.PreprocFile
