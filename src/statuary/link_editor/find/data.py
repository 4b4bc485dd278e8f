"""Data files, and front matter: the URLs in the strings and comments of TOML, YAML and JSON.

Parsers say what is what: PyYAML tells where its scalars are; tomllib and json tell no places, but once they have read a text,
where its strings are can be told by their quotation marks alone.
"""

from __future__ import annotations

import json
import re
import tomllib
from collections.abc import Callable, Iterable, Iterator, Sequence
from importlib import import_module
from pathlib import PurePath

from statuary.link_editor.find import plain
from statuary.link_editor.find.json_strings import unescaped_string, without_comments
from statuary.link_editor.find.mapped import Mapped, replaced
from statuary.link_editor.link import Link, Unreadable

# Longer ones first: three quotation marks begin no empty string
_TOML = re.compile(
    r'(?P<comment>\#[^\n]*)|"""(?P<lines>(?:[^"\\]|\\.|"(?!""))*"{0,2})"""|\'\'\'(?P<raw_lines>(?:[^\']|\'(?!\'\'))*\'{0,2})\'\'\''
    r'|"(?P<basic>(?:[^"\\\n]|\\.)*)"|\'(?P<raw>[^\'\n]*)\'',
    re.DOTALL,
)
_JSON = re.compile(r'"((?:[^"\\]|\\.)*)"', re.DOTALL)
_ESCAPE = re.compile(r"\\(?:u[0-9a-fA-F]{4}|U[0-9a-fA-F]{8}|x[0-9a-fA-F]{2}|.)", re.DOTALL)
_WEB = re.compile(r"https?:", re.IGNORECASE)
_DOUBLED = re.compile("''")
_Scalar = tuple[int, int, str | None]
"""Where it is, with its quotation marks, and its style: a mark, | or >, None for a plain one."""
_NAMED = {"b": "\b", "t": "\t", "n": "\n", "f": "\f", "r": "\r", "e": "\x1b", "a": "\a", "v": "\v", "0": "\0"}


def finder(name: str) -> Callable[[str], Sequence[Link]]:
    """What finds the links in a data file that is called so."""
    in_language = _in_language(name)
    # What has none need not be read, and may be as wrong as it likes
    return lambda text: in_language(text) if _WEB.search(text) else []


def _in_language(name: str) -> Callable[[str], Sequence[Link]]:
    match PurePath(name).suffix.lower():
        case ".toml":
            return in_toml
        case ".yaml" | ".yml":
            return in_yaml
        case ".json" | ".jsonc" | ".geojson" | ".webmanifest":
            return in_json
        case _:
            return plain.find


def in_toml(text: str) -> Sequence[Link]:
    """The links of a TOML document. Raises Unreadable."""
    try:
        tomllib.loads(text)
    except (tomllib.TOMLDecodeError, RecursionError) as error:
        raise Unreadable(f"not TOML: {error}") from None
    found: list[Link] = []
    for match in _TOML.finditer(text):
        kind = match.lastgroup
        assert kind is not None
        if kind == "comment":
            found += plain.find_in(text, *match.span(), what="comment")
        else:
            value = _escaped if kind in ("basic", "lines") else _as_it_is
            found += _in_string(value(match[kind], match.start(kind)))
    return found


def in_json(text: str) -> Sequence[Link]:
    """The links of a JSON document, or one with comments. Raises Unreadable."""
    source = without_comments(text)
    try:
        json.loads(source)
    except (ValueError, RecursionError) as error:
        raise Unreadable(f"not JSON: {error}") from None
    found: list[Link] = []
    last = 0
    for match in _JSON.finditer(source):
        # What isn't there any more was a comment
        found += plain.find_in(text, last, match.start(), what="comment")
        found += _in_string(unescaped_string(match[1], match.start(1)))
        last = match.end()
    return [*found, *plain.find_in(text, last, len(text), what="comment")]


def in_yaml(text: str) -> Sequence[Link]:
    """The links of YAML documents. Raises Unreadable, also where there is no parser."""
    found: list[Link] = []
    last = 0
    for start, end, style in _joined(_yaml_scalars(text), text):
        # Between scalars there are marks of one or two characters, and comments
        found += plain.find_in(text, last, start, what="comment")
        raw = text[start:end]
        match style:
            case '"':
                found += _in_string(_escaped(raw[1:-1], start + 1))
            case "'":
                found += _in_string(replaced(raw[1:-1], start + 1, _DOUBLED, lambda both: "'", "doubled"))
            case _:
                found += _in_string(_as_it_is(raw, start))
        last = end
    return [*found, *plain.find_in(text, last, len(text), what="comment")]


def _joined(scalars: Iterable[_Scalar], text: str) -> Iterator[_Scalar]:
    """YAML 1.2 has plain scalars in brackets with a ? in them, which PyYAML takes apart there."""
    held: _Scalar | None = None
    for start, end, style in scalars:
        if held is not None and style is held[2] is None and text[held[1] : start] == "?":
            held = held[0], end, None
            continue
        if held is not None:
            yield held
        held = start, end, style
    if held is not None:
        yield held


def _yaml_scalars(text: str) -> Iterator[_Scalar]:
    try:
        yaml = import_module("yaml")
    except ImportError:
        raise Unreadable("YAML needs a library: pip install 'statuary[links]'") from None
    try:
        for token in yaml.scan(text, Loader=yaml.SafeLoader):
            if isinstance(token, yaml.ScalarToken):
                yield token.start_mark.index, token.end_mark.index, token.style
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        where = f"line {mark.line + 1}: " if mark is not None else ""
        raise Unreadable(f"not YAML: {where}{getattr(error, 'problem', None) or 'it is not text'}") from None


def _in_string(mapped: Mapped) -> list[Link]:
    return [mapped.back(link) for link in plain.find_in(mapped.text, 0, len(mapped.text), what="string")]


def _as_it_is(raw: str, offset: int) -> Mapped:
    return Mapped.of([(raw, offset, offset + len(raw))])


def _escaped(raw: str, offset: int) -> Mapped:
    return replaced(raw, offset, _ESCAPE, _character)


def _character(escape: str) -> str:
    what = escape[1]
    if what in "uUx" and len(escape) > 2:
        code = int(f"0x{escape[2:]}", 0)
        return chr(code) if code <= 0x10FFFF and not 0xD800 <= code <= 0xDFFF else "\ufffd"
    return _NAMED.get(what, what)
