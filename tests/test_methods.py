"""The facts of the methods, as RFC 9110 section 9 and RFC 5789 have them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from statuary import methods


def names_where(fact: str) -> set[str]:
    return {name for name, method in methods.METHODS.items() if getattr(method, fact)}


def test_known_methods() -> None:
    known = ("GET", "HEAD", "POST", "PUT", "DELETE", "CONNECT", "OPTIONS", "TRACE", "PATCH")
    assert known == methods.IMPLEMENTABLE
    assert set(known) == methods.KNOWN


@pytest.mark.parametrize(
    ("fact", "names"),
    [
        ("is_safe", {"GET", "HEAD", "OPTIONS", "TRACE"}),  # RFC 9110 section 9.2.1
        ("is_idempotent", {"GET", "HEAD", "OPTIONS", "TRACE", "PUT", "DELETE"}),  # RFC 9110 section 9.2.2
        ("is_cacheable", {"GET", "HEAD", "POST", "PATCH"}),  # RFC 9110 section 9.2.3, RFC 5789 section 2
        ("needs_freshness", {"POST", "PATCH"}),
        ("range_applies", {"GET"}),  # RFC 9110 section 14.2
    ],
)
def test_properties(fact: str, names: set[str]) -> None:
    assert names_where(fact) == names


def test_meaning_of_content() -> None:
    by_content: dict[str, set[str]] = {}
    for method in methods.METHODS.values():
        by_content.setdefault(method.content, set()).add(method.name)
    assert by_content == {
        "defined": {"POST", "PUT", "PATCH"},
        "none": {"GET", "HEAD", "DELETE", "OPTIONS"},
        "forbidden": {"CONNECT", "TRACE"},
    }


@given(st.text() | st.sampled_from(methods.IMPLEMENTABLE))
def test_lookup_is_total(name: str) -> None:
    found = methods.lookup(name)
    assert (found is not None) == (name in methods.KNOWN)
    assert found is None or found.name == name


def test_names_are_case_sensitive() -> None:
    # RFC 9110 section 9.1
    assert methods.lookup("get") is None


def test_methods_are_values() -> None:
    get = methods.METHODS["GET"]
    assert repr(get) == "<Method GET>"
    assert get == methods.lookup("GET") != methods.lookup("HEAD")
    with pytest.raises(AttributeError, match="immutable"):
        get.is_safe = False
