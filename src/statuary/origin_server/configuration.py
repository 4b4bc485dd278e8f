"""statuary.toml: what only a site's owner knows, read into values and checked as a whole.

TABLES says which tables and keys there are. Every error in the file is reported, with its line. What the rules mean is in
site_rules.py, how they are put over a site in configured_site.py.
"""

from __future__ import annotations

import os
import re
import tomllib
from collections.abc import Callable, Iterator, Mapping
from dataclasses import MISSING, dataclass, fields
from importlib.util import find_spec

from statuary.origin_server import configuration_values as values
from statuary.origin_server.configuration_values import Reader, suggestion
from statuary.origin_server.directory import DirectoryOptions
from statuary.origin_server.path_patterns import PathPattern
from statuary.origin_server.paths import CONFIGURATION
from statuary.origin_server.site_rules import (
    AccessRule,
    DropBoxRule,
    EarlyDataRule,
    FailRule,
    FieldsRule,
    ForbiddenRule,
    FormRule,
    GoneRule,
    HintsRule,
    LegalRule,
    LimitsRule,
    MovedRule,
    PaymentRule,
    PreconditionRule,
    RateRule,
    Rule,
    TraceRule,
    UnavailableRule,
    UpgradeRule,
    WritableRule,
)
from statuary.origin_server.toml_lines import Place, line_of, lines_of


class ConfigurationError(Exception):
    """The configuration can't be used; the text has a line for each thing that is wrong with it."""


DEFAULT_OPTIONS = DirectoryOptions()


@dataclass(frozen=True, slots=True)
class Configuration:
    """What a statuary.toml says. ``rules`` are in the order in which they apply to a Resource."""

    authorities: frozenset[str] | None = None
    server: str | None = None
    directory: DirectoryOptions = DEFAULT_OPTIONS
    status: PathPattern | None = None
    """Where the pages of every status code are."""
    rules: tuple[Rule, ...] = ()

    def rules_of(self, kind: type[Rule]) -> Iterator[tuple[PathPattern, Rule]]:
        """Each pattern of the rules of one kind, with its rule."""
        return ((pattern, rule) for rule in self.rules if type(rule) is kind for pattern in rule.path)

    def is_empty(self) -> bool:
        """Whether it says nothing but how to serve the directory."""
        return not self.rules and self.status is None and self.authorities is None and self.server is None


# What keys there are


@dataclass(frozen=True, slots=True)
class Table:
    """A list of tables: the rule that each makes, its keys besides ``path``, and what can be wrong between keys."""

    rule: type[Rule]
    keys: Mapping[str, Reader]
    check: Callable[[Mapping[str, object]], str | None] = lambda table: None


def _check_moved(table: Mapping[str, object]) -> str | None:
    if not str(table["to"]).endswith("/*") or all(pattern.below for pattern in _patterns(table)):
        return None
    return 'to: ends in "/*", so that the rest of the path goes there, but a path does not'


def _check_access(table: Mapping[str, object]) -> str | None:
    schemes = table.get("schemes", ())
    assert isinstance(schemes, tuple)
    known = [*_names(table.get("users")), *(_names(table.get("tokens"), of_values=True))]
    if not known:
        return 'neither users nor tokens: say who may, such as users = {alice = "secret"}'
    if "Bearer" in schemes and "tokens" not in table:
        return "schemes: Bearer needs tokens"
    if {"Basic", "Digest"} & set(schemes) and "users" not in table:
        return "schemes: Basic and Digest need users"
    allowed = table.get("allowed", ())
    assert isinstance(allowed, tuple)
    for name in allowed:
        if name not in known:
            return f"allowed: nobody is called {name!r}{suggestion(name, tuple(known))}"
    return None


def _check_form(table: Mapping[str, object]) -> str | None:
    answer = table.get("answer", 200)
    if answer in (201, 303) and "to" not in table:
        return f"to: is needed for {answer}, to say where to find what came of it"
    if answer not in (201, 303) and "to" in table:
        return f"to: goes with 201 or 303, not with {answer}"
    return None


def _check_upgrade(table: Mapping[str, object]) -> str | None:
    # Found without being imported: this costs the start of a server nothing
    return None if find_spec("wsproto") else "websocket needs a library: pip install 'statuary[websocket]'"


def _check_exact(table: Mapping[str, object]) -> str | None:
    wrong = next((pattern for pattern in _patterns(table) if pattern.below or not pattern.names[-1]), None)
    return (
        None if wrong is None else f'path: must be a single resource, without a "/" or "/*" at its end, unlike {wrong}'
    )


def _check_limits(table: Mapping[str, object]) -> str | None:
    return "retry_after: goes with content" if "retry_after" in table and "content" not in table else None


def _patterns(table: Mapping[str, object]) -> tuple[PathPattern, ...]:
    patterns = table["path"]
    assert isinstance(patterns, tuple)
    return patterns


def _names(table: object, *, of_values: bool = False) -> list[str]:
    return [] if not isinstance(table, Mapping) else list(table.values() if of_values else table)


_detail: Mapping[str, Reader] = {"detail": values.sentence}
_retry: Mapping[str, Reader] = {"retry_after": values.whole(0)}
_paths = values.list_of(values.pattern, alone=True)
_flag = values.boolean

# The order is that in which rules apply: a later one sees what the earlier ones said
TABLES: Mapping[str, Table] = {
    "moved": Table(
        MovedRule,
        {"to": values.uri, "status": values.one_of(301, 302, 303, 305, 307, 308), "keep_query": _flag},
        _check_moved,
    ),
    "gone": Table(GoneRule, _detail),
    "access": Table(
        AccessRule,
        {
            "realm": values.realm,
            "schemes": values.list_of(values.one_of("Basic", "Digest", "Bearer")),
            "users": values.users,
            "tokens": values.tokens,
            "allowed": values.list_of(values.string),
            "methods": values.list_of(values.method),
        },
        _check_access,
    ),
    "forbidden": Table(ForbiddenRule, _detail),
    "payment": Table(PaymentRule, _detail),
    "legal": Table(LegalRule, {**_detail, "blocked_by": values.uri}),
    "unavailable": Table(UnavailableRule, {**_detail, **_retry}),
    "limits": Table(
        LimitsRule,
        {
            **_retry,
            "content": values.whole(0),
            "needs_length": _flag,
            "query": values.whole(0),
            "fields": values.whole(1),
            "media_types": values.list_of(values.media_type),
            "codings": values.list_of(values.one_of("gzip", "deflate")),
        },
        _check_limits,
    ),
    "rate": Table(RateRule, {"requests": values.whole(1), "seconds": values.whole(1)}),
    "hints": Table(HintsRule, {"links": values.list_of(values.link)}),
    "precondition": Table(PreconditionRule, {}),
    "early_data": Table(EarlyDataRule, {}),
    "upgrade": Table(
        UpgradeRule, {"protocols": values.list_of(values.one_of("websocket")), "required": _flag}, _check_upgrade
    ),
    "writable": Table(WritableRule, {"quota": values.whole(0), "tombstones": _flag}),
    "drop_box": Table(DropBoxRule, {"seconds": values.whole(0)}, _check_exact),
    "form": Table(
        FormRule,
        {
            "answer": values.one_of(200, 201, 204, 205, 303),
            "to": values.uri,
            "media_types": values.list_of(values.one_of("application/x-www-form-urlencoded", "multipart/form-data")),
            "required": values.list_of(values.string),
            "conflict": values.sentence,
        },
        _check_form,
    ),
    "trace": Table(TraceRule, {}),
    "fail": Table(FailRule, {}),
    "fields": Table(FieldsRule, {"set": values.field_lines}),
}

DIRECTORY: Mapping[str, Reader] = {
    "listings": _flag,
    "languages": _flag,
    "types": _flag,
    "choice": _flag,
    "tombstones": _flag,
    "writable": _flag,
    "most_content": values.whole(0),
}

STATUS: Mapping[str, Reader] = {"path": values.directory}

TOP: Mapping[str, Reader] = {"authorities": values.list_of(values.authority), "server": values.server_name}

NAMES = (*TOP, "directory", "status", *TABLES)


# How they are read


def read_configuration(directory: str | os.PathLike[str]) -> Configuration:
    """What statuary.toml in ``directory`` says; an empty Configuration if there is none. Raises ConfigurationError."""
    path = os.path.join(directory, CONFIGURATION)
    try:
        with open(path, "rb") as file:
            data = file.read()
    except FileNotFoundError:
        return Configuration()
    except OSError as error:
        raise ConfigurationError(f"{CONFIGURATION}: can't be read: {error.strerror}") from None
    try:
        return parse_configuration(data.decode())
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        raise ConfigurationError(f"{CONFIGURATION}:{line}: this is not UTF-8") from None


def parse_configuration(text: str) -> Configuration:
    """The configuration that ``text`` is. Raises ConfigurationError with all that is wrong."""
    try:
        document = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise ConfigurationError(_syntax_error(str(error), text)) from None
    reading = _Reading(lines_of(text))
    configuration = reading.configuration(document)
    if reading.errors:
        listed = sorted(reading.errors, key=lambda error: error[0])
        raise ConfigurationError("\n".join(f"{CONFIGURATION}:{line}: {message}" for line, message in listed))
    return configuration


def _syntax_error(message: str, text: str) -> str:
    where = re.search(r" \(at (?:line (\d+), column \d+|end of document)\)$", message)
    line = (where and where[1]) or text.count("\n") + 1
    return f"{CONFIGURATION}:{line}: {message[: where.start()] if where else message}"


class _Reading:
    """One reading of a document, collecting what is wrong with it."""

    def __init__(self, lines: dict[Place, int]) -> None:
        self._lines = lines
        self.errors: list[tuple[int, str]] = []

    def configuration(self, document: dict[str, object]) -> Configuration:
        for name in document:
            if name not in NAMES:
                self._wrong((name,), f"there is no table or key {name!r}{suggestion(name, NAMES)}")
        top = self._keys({key: document[key] for key in TOP if key in document}, TOP, (), "")
        options = self._single(document, "directory", DIRECTORY)
        status = self._single(document, "status", STATUS)
        path = status.get("path", values.directory("/status/")) if "status" in document else None
        rules = tuple(rule for name, table in TABLES.items() for rule in self._rules(document, name, table))
        authorities = top.get("authorities")
        server = top.get("server")
        assert isinstance(authorities, tuple | None)
        assert isinstance(server, str | None)
        assert isinstance(path, PathPattern | None)
        return Configuration(
            None if authorities is None else frozenset(authorities),
            server,
            DirectoryOptions(**options),  # type: ignore[arg-type]
            path,
            rules,
        )

    def _single(self, document: dict[str, object], name: str, keys: Mapping[str, Reader]) -> dict[str, object]:
        table = document.get(name, {})
        if isinstance(table, dict):
            return self._keys(table, keys, (name,), f"table [{name}]: ")
        self._wrong((name,), f"{name}: must be a table: [{name}]")
        return {}

    def _rules(self, document: dict[str, object], name: str, table: Table) -> Iterator[Rule]:
        found = document.get(name, [])
        if not isinstance(found, list) or not all(isinstance(item, dict) for item in found):
            self._wrong((name,), f"{name}: must be a list of tables, each headed [[{name}]]")
            return
        seen: set[PathPattern] = set()
        for number, item in enumerate(found):
            where = f"table [[{name}]] number {number + 1}: "
            rule = self._rule(item, table, (name, number), where)
            if rule is None:
                continue
            if not rule.adds_up:
                for pattern in seen & set(rule.path):
                    self._wrong((name, number, "path"), f"{where}path: {pattern} has a [[{name}]] already")
                seen |= set(rule.path)
            yield rule

    def _rule(self, item: dict[str, object], table: Table, place: Place, where: str) -> Rule | None:
        wrong_before = len(self.errors)
        keys = self._keys(item, {"path": _paths, **table.keys}, place, where)
        for attribute in fields(table.rule):
            needed = attribute.default is MISSING and attribute.default_factory is MISSING
            if needed and attribute.name not in item:
                self._wrong(place, f"{where}{attribute.name}: is missing")
        if len(self.errors) == wrong_before:
            message = table.check(keys)
            if message is None:
                return table.rule(**keys)  # type: ignore[arg-type]
            self._wrong((*place, message.partition(":")[0]), where + message)
        return None

    def _keys(
        self, table: dict[str, object], keys: Mapping[str, Reader], place: Place, where: str
    ) -> dict[str, object]:
        read: dict[str, object] = {}
        for key, value in table.items():
            if key not in keys:
                self._wrong((*place, key), f"{where}there is no key {key!r}{suggestion(key, tuple(keys))}")
                continue
            try:
                read[key] = keys[key](value)
            except ValueError as error:
                self._wrong((*place, key), f"{where}{key}: {error}")
        return read

    def _wrong(self, place: Place, message: str) -> None:
        self.errors.append((line_of(place, self._lines), message))
