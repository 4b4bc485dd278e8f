"""What is tried before a check: whether anything comes through, and what the subject offers that nobody told."""

from __future__ import annotations

from importlib import resources

from statuary.conformance.intermediary.scenario import ForwardingScenario
from statuary.conformance.intermediary.scenario_files import read_scenarios

_TEXT = (resources.files("statuary.conformance.intermediary") / "probes.toml").read_text("utf-8")
_BY_NAME = {scenario.id.partition(".")[2]: scenario for scenario in read_scenarios(_TEXT, "probes.toml")}

PLAIN: ForwardingScenario = _BY_NAME["plain"]
"""A GET that has to come through."""

PROBES = {name: scenario for name, scenario in _BY_NAME.items() if scenario is not PLAIN}
"""Scenarios by the fact (facts.py) that holds if they pass."""
