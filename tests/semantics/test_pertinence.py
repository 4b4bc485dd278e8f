"""Leaving questions out changes no answer: the walk in test_decide_is_total asks each of them. Here is what is left out."""

from __future__ import annotations

from dataclasses import replace

from statuary.semantics.decision import REFUSALS
from statuary.semantics.decision.pertinence import pertinent
from statuary.semantics.resource import Resource, Unavailable

from .kinds import KINDS, UNKNOWN, page
from .test_decide_is_total import METHODS


def names(resource: Resource, method: str) -> list[str]:
    return [question.__name__ for question in pertinent(REFUSALS, resource, method)]


def test_a_plain_page_has_few_questions() -> None:
    assert len(names(page(), "GET")) <= 5
    assert {"is_early_data_safe", "is_origin_of_target", "is_expectation_met"} <= set(names(page(), "GET"))
    assert "is_service_available" in names(page(unavailable=Unavailable()), "GET")


def test_the_order_is_that_of_the_list() -> None:
    for kind in KINDS:
        for method in METHODS:
            asked = pertinent(REFUSALS, kind.resource, method)
            assert asked == tuple(question for question in REFUSALS if question in asked)


def test_a_resource_remembers_only_for_the_methods_it_has() -> None:
    # A client can think of endless methods
    resource = page()
    first = pertinent(REFUSALS, resource, "GET")
    assert pertinent(REFUSALS, resource, "GET") is first
    pertinent(REFUSALS, resource, UNKNOWN)
    assert set(resource.pertinent) == {"GET"}


def test_a_changed_resource_has_forgotten() -> None:
    resource = page()
    before = names(resource, "GET")
    changed = replace(resource, unavailable=Unavailable())
    assert changed.pertinent == {}
    assert names(changed, "GET") == ["is_service_available", *before]
    assert replace(changed, unavailable=None) == resource
