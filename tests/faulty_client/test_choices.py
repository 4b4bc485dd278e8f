"""The checker raises no false alarm on clients that are right in another way than the plain one.

A part of the choices is played; all of them with STATUARY_ALL_CHOICES=1, in some five minutes.
"""

from __future__ import annotations

import os

import pytest

from statuary import requirements

from .choices import CHOICES, Choice
from .choices.playing import alarms_of
from .client import Client

# Those that together make most of the choices
REPRESENTATIVE = ("bare-command", "strict-library", "browser")
PLAYED = tuple(CHOICES) if os.environ.get("STATUARY_ALL_CHOICES") else REPRESENTATIVE
ALL = [pytest.param(choice, id=choice.name) for choice in CHOICES.values()]


@pytest.mark.parametrize("choice", ALL)
def test_it_says_what_permits_it(choice: Choice) -> None:
    assert choice.permitted
    assert choice.sentence
    assert not choice.sentence.endswith(".")
    assert issubclass(choice.client, Client)


@pytest.mark.parametrize("choice", ALL)
def test_only_what_may_have_reasons_is_warned_of(choice: Choice) -> None:
    levels = {requirements.lookup(requirement).level for requirement in choice.warned}
    assert levels <= {"SHOULD", "SHOULD NOT", "RECOMMENDED"}


def test_sentences_tell_choices_apart() -> None:
    sentences = [choice.sentence for choice in CHOICES.values()]
    assert len(sentences) == len(set(sentences))


@pytest.mark.parametrize("name", PLAYED)
def test_no_false_alarm(name: str) -> None:
    assert not alarms_of(name)
