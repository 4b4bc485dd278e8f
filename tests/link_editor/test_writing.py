"""Files that are edited: whatever happens in the middle, the file is what it was or what it should be."""

from __future__ import annotations

import os
import stat
import subprocess
import sys
from pathlib import Path

import pytest

from statuary.link_editor.edit import Changed, write

LARGE = 1_000_000
# Writes one and the other in turn, and says so after each, until it is ended
WRITER = f"""
import sys
from pathlib import Path
from statuary.link_editor.edit import write
path, both = Path(sys.argv[1]), [b"a" * {LARGE}, b"b" * {LARGE}]
while True:
    write(path, *both)
    both.reverse()
    print(flush=True)
"""


def test_who_is_killed_while_writing_loses_nothing(tmp_path: Path) -> None:
    file = tmp_path / "a.md"
    for number in range(8):
        file.write_bytes(b"a" * LARGE)
        file.chmod(0o640)
        with subprocess.Popen([sys.executable, "-c", WRITER, str(file)], stdout=subprocess.PIPE) as writer:
            assert writer.stdout is not None
            for _ in range(1 + number):
                writer.stdout.readline()
            # It is writing the next already, and nobody knows how far it came
            writer.kill()
            writer.wait()
        assert file.read_bytes() in (b"a" * LARGE, b"b" * LARGE)
        assert stat.S_IMODE(file.stat().st_mode) == 0o640


def test_a_read_only_file_is_left_alone(tmp_path: Path) -> None:
    file = tmp_path / "a.md"
    file.write_bytes(b"old")
    file.chmod(0o444)
    with pytest.raises(PermissionError, match="read-only"):
        write(file, b"old", b"new")
    assert file.read_bytes() == b"old"
    assert [one.name for one in tmp_path.iterdir()] == ["a.md"]


def test_extended_attributes_stay(tmp_path: Path) -> None:
    file = tmp_path / "a.md"
    file.write_bytes(b"old")
    if sys.platform != "linux":
        pytest.skip("only Linux has them for Python")
    try:
        os.setxattr(file, "user.statuary", b"kept")
    except OSError:
        pytest.skip("this file system has none")
    write(file, b"old", b"new")
    assert file.read_bytes() == b"new"
    assert os.getxattr(file, "user.statuary") == b"kept"


@pytest.mark.parametrize("mode", [0o600, 0o644, 0o755, 0o4755, 0o2775, 0o200])
def test_permissions_stay_whatever_they_are(tmp_path: Path, mode: int) -> None:
    file = tmp_path / "a.md"
    file.write_bytes(b"old")
    file.chmod(mode)
    if not os.access(file, os.R_OK):
        pytest.skip("who may not read it does not come that far")
    write(file, b"old", b"new")
    assert stat.S_IMODE(file.stat().st_mode) == mode


def test_links_to_links_stay(tmp_path: Path) -> None:
    (tmp_path / "elsewhere").mkdir()
    file = tmp_path / "elsewhere" / "real.md"
    file.write_bytes(b"old")
    (tmp_path / "one.md").symlink_to("elsewhere/real.md")
    (tmp_path / "two.md").symlink_to("one.md")
    write(tmp_path / "two.md", b"old", b"new")
    assert file.read_bytes() == b"new"
    assert os.readlink(tmp_path / "two.md") == "one.md"
    assert os.readlink(tmp_path / "one.md") == "elsewhere/real.md"
    assert [one.name for one in file.parent.iterdir()] == ["real.md"]


def test_a_file_that_is_gone_or_other_than_it_was(tmp_path: Path) -> None:
    file = tmp_path / "a.md"
    with pytest.raises(FileNotFoundError):
        write(file, b"old", b"new")
    assert list(tmp_path.iterdir()) == []
    file.write_bytes(b"old, and more")
    with pytest.raises(Changed):
        write(file, b"old", b"new")
    assert file.read_bytes() == b"old, and more"


def test_a_long_name(tmp_path: Path) -> None:
    file = tmp_path / f"{'n' * 250}.md"
    file.write_bytes(b"old")
    write(file, b"old", b"new")
    assert file.read_bytes() == b"new"
