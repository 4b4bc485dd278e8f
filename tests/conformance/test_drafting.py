"""The draft of a subject file: it can be read, says what was found, and every hint in it is one that could be taken."""

from __future__ import annotations

import asyncio
import re
from pathlib import Path

from tests.conformance.memory_peer import MemoryPeer, always

from statuary.conformance.drafting import draft
from statuary.conformance.exchanging import Bounds
from statuary.conformance.subject import read_subject

OK = b'HTTP/1.1 200 OK\r\nETag: "1"\r\nContent-Length: 5\r\n\r\nhello'


def drafted(octets: bytes = OK) -> str:
    return asyncio.run(draft("http://a.test/f", MemoryPeer(always(octets)), Bounds(0.2, 2)))


def test_it_can_be_read_as_it_is(tmp_path: Path) -> None:
    (tmp_path / "s.toml").write_text(drafted())
    subject = read_subject(tmp_path / "s.toml")
    assert (subject.name, subject.url, subject.facts) == ("a.test", "http://a.test/f", {"file": "/f"})


def test_it_says_what_was_found() -> None:
    assert 'file = "/f"     # found to have a strong entity tag' in drafted()
    assert "nothing like that was found" in drafted(OK.replace(b"200", b"403"))


def test_every_hint_can_be_taken(tmp_path: Path) -> None:
    (tmp_path / "s.toml").write_text(re.sub(r"^# (\w+ = )", r"\1", drafted(), flags=re.MULTILINE))
    subject = read_subject(tmp_path / "s.toml")
    assert subject.start
    assert {"large", "protected.credentials", "meets.413", "limited.octets", "patience"} <= subject.facts.keys()
