"""The corpus: judge gives each entry its labels and nothing else, and the corpus has what it claims to have."""

from __future__ import annotations

import importlib.util
import sys
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from statuary import requirements
from statuary.message.response import Response
from statuary.semantics.judgement import RULES, judge
from statuary.semantics.judgement.rule import Rule, Seen, SequenceRule
from statuary.status import PHRASES

if TYPE_CHECKING:
    from corpus.reading import Entry

FOLDER = Path(__file__).parent.parent / "corpus"

_spec = importlib.util.spec_from_file_location("corpus.reading", FOLDER / "reading.py")
assert _spec is not None
assert _spec.loader is not None
reading = importlib.util.module_from_spec(_spec)
sys.modules[_spec.name] = reading  # where dataclasses look for their module
_spec.loader.exec_module(reading)

ENTRIES = reading.read_corpus()


@pytest.mark.parametrize("entry", ENTRIES, ids=lambda entry: f"{entry.topic}-{entry.id}")
def test_judge_finds_what_the_label_says(entry: Entry) -> None:
    findings = judge(entry.exchanges(), entry.role)
    assert {finding.requirement for finding in findings} == entry.findings, findings


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: f"{rule.requirement}-{rule.name}")
def test_every_rule_finds_something(rule: Rule | SequenceRule) -> None:
    labelled = [entry for entry in ENTRIES if rule.requirement in entry.findings and entry.role in rule.roles]
    assert any(speaks(rule, entry) for entry in labelled)


def speaks(rule: Rule | SequenceRule, entry: Entry) -> bool:
    """Whether this rule, and not just another one for the same requirement, finds something in the entry."""
    exchanges = entry.exchanges()
    if isinstance(rule, SequenceRule):
        return bool(list(rule.check([Seen(one, one.final) for one in exchanges if one.final is not None])))
    has_clock = any(one.final is not None and "date" in one.final.fields for one in exchanges)
    for one in exchanges:
        messages: list[tuple[str, Response | None]] = [("request", None), *(("interim", each) for each in one.interim)]
        if one.final is not None:
            messages.append(("response", one.final))
        for part, response in messages:
            seen = Seen(one, response, has_clock and part == "response")
            names, asked = frozenset(seen.fields), frozenset(seen.request.fields.by_name)
            status = seen.status if 100 <= seen.status <= 599 else 0
            if rule.pertains(part, status, seen.method, names, asked) and rule.check(seen) is not None:  # type: ignore[arg-type]
                return True
    return False


def test_every_registered_code_occurs() -> None:
    codes = {int(message.start[1]) for entry in ENTRIES for message in entry.messages if message.is_response}
    assert codes >= set(PHRASES)


def test_there_is_enough_of_it_and_half_of_it_is_right() -> None:
    assert len(ENTRIES) >= 900
    assert sum(not entry.findings for entry in ENTRIES) >= 0.45 * len(ENTRIES)
    by_role = Counter(entry.role for entry in ENTRIES)
    assert all(by_role[role] >= 20 for role in ("server", "client", "intermediary"))


def test_ids_are_unique_and_labels_are_requirements() -> None:
    assert [id for id, count in Counter(entry.id for entry in ENTRIES).items() if count > 1] == []
    for entry in ENTRIES:
        for finding in entry.findings:
            assert requirements.lookup(finding).id == finding


def test_no_two_entries_are_the_same() -> None:
    seen = Counter((entry.role, entry.scheme, entry.messages) for entry in ENTRIES)
    repeated = {key for key, count in seen.items() if count > 1}
    assert [entry.id for entry in ENTRIES if (entry.role, entry.scheme, entry.messages) in repeated] == []


@pytest.mark.parametrize(
    ("text", "wrong"),
    [
        ('id = "a"', "messages"),
        ('id = "a"\ntitle = "t"\nfindings = []\nmessages = []', "no request"),
        ('id = "a"\ntitle = "t"\nfindings = []\nmessages = ["HTTP/1.1 200 OK\\n\\n"]', "no request"),
        ('id = "a"\ntitle = "t"\nfindings = []\nmessages = ["GET / HTTP/1.1\\n"]', "empty line"),
        ('id = "a"\ntitle = "t"\nfindings = []\nmessages = ["GET / HTTP/1.1\\nHost\\n\\n"]', "colon"),
        ('id = "a"\nname = "b"', "unknown keys"),
        ('id = "a"\ntitle = "t"\nrole = "peer"\nfindings = []\nmessages = []', "a role"),
    ],
)
def test_an_entry_that_is_not_in_the_format_is_named(tmp_path: Path, text: str, wrong: str) -> None:
    (tmp_path / "topic.toml").write_text(f"[[entry]]\n{text}\n")
    with pytest.raises(ValueError, match=rf"topic\.toml, a: .*{wrong}"):
        reading.read_corpus(tmp_path)


def test_line_ends_can_be_as_written(tmp_path: Path) -> None:
    message = r'"GET / HTTP/1.1\r\nHost: a\r\n\r\nb\nc"'
    text = f'[[entry]]\nid = "a"\ntitle = "t"\nfindings = []\nline_ends = "written"\nmessages = [{message}]\n'
    (tmp_path / "topic.toml").write_text(text)
    (entry,) = reading.read_corpus(tmp_path)
    assert entry.messages[0].content == b"b\nc"
