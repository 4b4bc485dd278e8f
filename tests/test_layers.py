"""Imports point up the list only, and everything through wire/ is pure: clocks, chance, files, sockets are for shells."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

import statuary

LAYERS = (
    "status",
    "methods",
    "requirements",
    "fields",
    "message",
    "semantics",
    "wire",
    "transport",
    "origin_server",
    "user_agent",
    "intermediary",
    "conformance",
    "link_editor",
    "cli",
)
PURE = LAYERS[: LAYERS.index("wire") + 1]

# What could reach a clock, chance, a file, a process or a socket
IMPURE = frozenset(
    {
        *("asyncio", "concurrent", "ctypes", "fcntl", "fileinput", "glob", "importlib", "io", "locale", "logging"),
        *("mmap", "multiprocessing", "os", "pathlib", "platform", "pkgutil", "queue", "random", "resource", "secrets"),
        *("select", "selectors", "shutil", "signal", "site", "socket", "socketserver", "sqlite3", "ssl", "subprocess"),
        *("sysconfig", "tempfile", "threading", "time", "urllib", "uuid", "zoneinfo"),
    }
)
IMPURE_CALLS = frozenset({"open", "print", "input", "exec", "eval", "breakpoint"})
PURE_PARTS = ("urllib.parse.",)
CLOCKS = frozenset({"now", "today", "utcnow"})

ROOT = Path(next(iter(statuary.__path__)))
MODULES = {path.relative_to(ROOT).with_suffix("").parts: path for path in sorted(ROOT.rglob("*.py"))}
IN_LAYERS = [parts for parts in MODULES if parts[0] in LAYERS]
IN_PURE_LAYERS = [parts for parts in MODULES if parts[0] in PURE]


def name_of(parts: tuple[str, ...]) -> str:
    return ".".join(parts)


def imported(tree: ast.Module) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, "imports are absolute"
            # `from statuary import status` imports a layer just as `import statuary.status` does
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


@pytest.mark.parametrize("parts", IN_LAYERS, ids=name_of)
def test_imports_point_up_the_list_only(parts: tuple[str, ...]) -> None:
    ours = [name.split(".") for name in imported(ast.parse(MODULES[parts].read_text())) if name.startswith("statuary.")]
    above = {*LAYERS[: LAYERS.index(parts[0]) + 1], "__version__"}
    assert [".".join(name) for name in ours if name[1] not in above] == []


@pytest.mark.parametrize("parts", IN_PURE_LAYERS, ids=name_of)
def test_everything_through_wire_is_pure(parts: tuple[str, ...]) -> None:
    tree = ast.parse(MODULES[parts].read_text())
    used = {name.partition(".")[0] for name in imported(tree) if not name.startswith(PURE_PARTS)}
    assert used & IMPURE == set()
    calls = [node.func for node in ast.walk(tree) if isinstance(node, ast.Call)]
    assert {call.id for call in calls if isinstance(call, ast.Name)} & IMPURE_CALLS == set()
    assert {call.attr for call in calls if isinstance(call, ast.Attribute)} & CLOCKS == set()


def test_every_module_has_a_layer() -> None:
    assert {parts[0] for parts in MODULES} <= {*LAYERS, "__init__", "__main__"}
    assert {parts[0] for parts in IN_LAYERS} == set(LAYERS)
