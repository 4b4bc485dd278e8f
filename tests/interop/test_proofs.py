"""What of the intermediaries, of smuggling and of the cache tests needs no other program: tables, messages, pages."""

from __future__ import annotations

import tomllib
from pathlib import Path

import pytest

REPOSITORY = Path(__file__).resolve().parents[2]
FOLDER = REPOSITORY / "interop" / "intermediaries"


def test_every_intermediary_can_be_started_as_what_it_can_be() -> None:
    from interop.intermediaries.subjects import INTERMEDIARIES

    folders = {file.parent.name for file in FOLDER.glob("*/start.sh")}
    assert folders == set(INTERMEDIARIES)
    for one in INTERMEDIARIES.values():
        found = {file.stem for file in (FOLDER / one.name).glob("*.toml") if not file.stem.endswith("waivers")}
        assert found == set(one.modes)
        for mode in one.modes:
            told = tomllib.loads(one.file(mode).read_text("utf-8"))
            assert told["start"] == ["sh", "start.sh", mode, "{port}", "{upstream}", "{work}"]
            assert told["version"]


@pytest.mark.parametrize(
    "file", sorted(FOLDER.glob("*/*-waivers.toml")), ids=lambda file: f"{file.parent.name}-{file.stem}"
)
def test_a_waiver_says_whose_departure_it_is(file: Path) -> None:
    for waiver in tomllib.loads(file.read_text("utf-8"))["waiver"]:
        assert {"requirement", "scenario"} & set(waiver)
        assert waiver["reason"].startswith(("theirs: ", "choice: "))


def test_messages_keep_their_lengths_when_they_get_their_number() -> None:
    from interop.smuggling.messages import MESSAGES, NUMBER, played

    for message in MESSAGES:
        octets = played(message.octets, 7)
        assert len(octets) == len(message.octets)
        assert NUMBER not in octets


def test_a_seed_gives_the_same_message_again() -> None:
    from interop.smuggling.mutations import mutated

    assert mutated("a/1") == mutated("a/1")
    assert len({mutated(f"a/{number}").octets for number in range(50)}) > 40


def test_the_page_about_smuggling_tells_each_disagreement() -> None:
    from interop.smuggling.messages import MESSAGES
    from interop.smuggling.page import Played, page
    from interop.smuggling.playing import Heard, Tally

    answer = b"HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\n\r\n"
    heard = [Heard(message, message.octets, answer, has_ended=True) for message in MESSAGES[:3]]
    tally = Tally(played=3, forwarded=2, refused_there=1, answered=3, disagreements=["sent as `GET /`, seen as []"])
    lines = page("statuary 1", "2026-01-02", "1", 3, 0, [Played("nginx/1", heard, tally)]).splitlines()
    assert "| nginx/1 | 3 | 2 | 1 | 3 | 1 |" in lines
    assert "| both framings | 3 |" in lines
    assert lines[-1] == "- nginx/1: `sent as  GET / , seen as []`"


def test_the_page_about_caches_tells_what_ours_does_not_pass_and_why() -> None:
    from interop.cache_tests.explanations import EXPLAINED
    from interop.cache_tests.page import page
    from interop.cache_tests.running import Cache, Result
    from interop.intermediaries.subjects import INTERMEDIARIES

    name = min(EXPLAINED)
    results = [
        Result("other", "", "", "required", "pass", ""),
        Result(name, "", "", "optimal", "suboptimal", "Not cached"),
        Result("asked", "", "", "check", "no", ""),
    ]
    text = page([(Cache(INTERMEDIARIES["nginx"], "cache"), results)], "2026-01-02", "http-cache-tests 1")
    assert f"| `{name}` | – |" in text.splitlines()
    ours = page([(Cache(INTERMEDIARIES["statuary"], "cache"), results)], "2026-01-02", "http-cache-tests 1")
    assert f"| `{name}` | – | Not cached | {EXPLAINED[name]} |" in ours.splitlines()
    assert "asked" not in ours
