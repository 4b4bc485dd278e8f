"""What of interop/clients/ needs no client: its files can be read, each subject has what it names, its page is written."""

from __future__ import annotations

from pathlib import Path

import pytest

from statuary.conformance.client.client_file import read_client, shipped
from statuary.conformance.report import Report, Result
from statuary.conformance.waivers import read_waivers

REPOSITORY = Path(__file__).resolve().parents[2]
FOLDER = REPOSITORY / "interop" / "clients"
WAIVERS = sorted(FOLDER.glob("*-waivers.toml"))


@pytest.fixture(autouse=True)
def _is_importable(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.syspath_prepend(str(REPOSITORY))


def test_every_client_that_ships_is_in_the_table_and_can_be_read() -> None:
    from interop.clients.subjects import SUBJECTS

    assert {path.stem for path in shipped()} == {name for name, one in SUBJECTS.items() if not one.is_ours}
    assert all(read_client(one.file).version for one in SUBJECTS.values())


def test_what_is_installed_is_pinned() -> None:
    from interop.clients.subjects import SUBJECTS

    for file in {one.requirements for one in SUBJECTS.values() if one.venv is not None}:
        assert all("==" in line for line in file.read_text().splitlines() if not line.startswith("#"))


def test_a_client_of_python_is_run_by_the_interpreter_that_has_it(tmp_path: Path) -> None:
    from interop.clients.installing import arguments
    from interop.clients.subjects import SUBJECTS

    assert arguments(SUBJECTS["niquests"], tmp_path)[2:] == ["--python", str(tmp_path / "niquests" / "bin" / "python")]
    assert arguments(SUBJECTS["curl"], tmp_path) == ["client", str(SUBJECTS["curl"].file)]


def test_a_script_of_node_stands_beside_its_modules(tmp_path: Path) -> None:
    from interop.clients.installing import arguments
    from interop.clients.subjects import SUBJECTS

    _, file = arguments(SUBJECTS["axios"], tmp_path)
    assert Path(file).parent.parent == tmp_path / "npm"
    assert Path(file).with_name("use_axios.mjs").exists()


def test_the_page_names_each_client_file() -> None:
    from interop.clients.page import HEAD, where
    from interop.page import page

    broken = Result("a.b", "t", "fail", "Sent x", breaks="rfc9110-15.2-2", codes=(103,))
    one = Report("curl", "", "1.0", "2026-01-02T03:04:05Z", "0.1", (broken,), seconds=1.25)
    other = Report("Chromium", "", "2.0", "2026-01-02T03:04:05Z", "0.1", ())
    lines = page({"curl": one, "chromium": other}, HEAD, where).splitlines()
    assert lines[0] == "# Clients compared"
    assert "| [curl](../src/statuary/conformance/clients/curl.toml) | 1.0 | 1 | 1.2 |" in lines
    assert "| [Chromium](../interop/clients/chromium.toml) | 2.0 | 0 | 0.0 |" in lines
    assert "| 103 | ✗ | – |" in lines


@pytest.mark.parametrize("file", WAIVERS, ids=[file.stem for file in WAIVERS])
def test_every_waiver_can_be_read_and_says_whose_the_departure_is(file: Path) -> None:
    from interop.clients.subjects import SUBJECTS

    assert file.stem.removesuffix("-waivers") in SUBJECTS
    assert all(waiver.reason.startswith(("theirs: ", "choice: ")) for waiver in read_waivers(file))
