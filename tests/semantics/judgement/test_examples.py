"""Every rule passes its passing examples and fails its failing ones."""

from __future__ import annotations

import pytest

from statuary.semantics.judgement import RULES, judge
from statuary.semantics.judgement.examples import read_examples
from statuary.semantics.judgement.rule import Role, Rule, SequenceRule

PASSES = [(rule, role, example) for rule in RULES for role in rule.roles for example in rule.passes]
FAILS = [(rule, example) for rule in RULES for example in rule.fails]


def found(example: str, role: Role) -> set[str]:
    return {finding.requirement for finding in judge(read_examples(example), role)}


def name(value: object) -> str | None:
    return f"{value.requirement}-{value.name}" if isinstance(value, (Rule, SequenceRule)) else None


@pytest.mark.parametrize(("rule", "role", "example"), PASSES, ids=name)
def test_what_is_right_passes(rule: Rule | SequenceRule, role: Role, example: str) -> None:
    assert rule.requirement not in found(example, role)


@pytest.mark.parametrize(("rule", "example"), FAILS, ids=name)
def test_what_is_wrong_fails(rule: Rule | SequenceRule, example: str) -> None:
    # A rule about requests and responses is failed by one of them, for which one of the roles answers.
    assert any(rule.requirement in found(example, role) for role in rule.roles)


@pytest.mark.parametrize("rule", RULES, ids=name)
def test_a_rule_is_whole(rule: Rule | SequenceRule) -> None:
    assert rule.passes
    assert rule.fails
    assert rule.roles
