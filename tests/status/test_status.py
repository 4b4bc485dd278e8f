"""The facts of the status codes: complete, consistent, and as the registry and RFC 9110 have them."""

import copy
import pickle
import subprocess
import sys

import pytest
from hypothesis import given
from hypothesis import strategies as st

from statuary import status
from statuary.requirements import of_code
from statuary.status.code import FieldRule, Redirect, StatusCode

# The IANA registry, as ranges.
REGISTRY = (
    *range(100, 105),
    *range(200, 209),
    226,
    *range(300, 309),
    *range(400, 419),
    *range(421, 427),
    *(428, 429, 431, 451),
    *range(500, 509),
    *(510, 511),
)
# RFC 9110 section 15.1, and 451 by RFC 7725 section 3
HEURISTICALLY_CACHEABLE = {200, 203, 204, 206, 300, 301, 308, 404, 405, 410, 414, 451, 501}


def test_every_registered_code_has_a_row_in_order() -> None:
    assert tuple(row.code for row in status.REGISTERED) == REGISTRY
    assert tuple(status.PHRASES) == REGISTRY


@pytest.mark.parametrize("row", status.REGISTERED, ids=str)
class TestEveryRow:
    def test_is_what_lookup_finds(self, row: StatusCode) -> None:
        assert status.lookup(row.code) is row
        assert row.is_registered
        assert row.treated_as == status.treated_as(row.code) == row.code

    def test_has_a_phrase_and_a_meaning(self, row: StatusCode) -> None:
        assert row.phrase == status.phrase(row.code) != ""
        assert row.meaning.endswith(".")
        assert row.phrase not in [phrase for _, phrase in row.older_phrases]

    def test_uses_known_words(self, row: StatusCode) -> None:
        assert row.registry in {"assigned", "unused", "deprecated", "obsoleted", "temporary"}
        assert set(row.generators) <= {"any", "origin", "gateway", "proxy", "cache"}
        assert row.content in {"forbidden", "required", "expected", "recommended", "typical", "optional"}
        assert row.cache_rule in {
            *("heuristic", "explicit-only", "never-store", "partial", "updates-stored", "only-if-understood"),
        }
        assert all(rule.level == "MUST" for rule in row.required_fields)
        assert all(rule.level in {"SHOULD", "MAY", "stated", "typical"} for rule in row.recommended_fields)

    def test_is_defined_in_the_section_of_its_class(self, row: StatusCode) -> None:
        # RFC 9110 gives section 15.2 to 1xx, and so on to 15.6
        if row.spec == "rfc9110":
            assert row.section is not None
            assert row.section.startswith(f"15.{row.status_class + 1}.")

    def test_is_said_to_have_changed_only_if_rfc_2616_had_it(self, row: StatusCode) -> None:
        if row.rfc2616 is not None:
            assert row.rfc2616.startswith(f"10.{row.status_class}.")
            assert row.introduced is not None
            assert row.introduced[0] <= 1999
        else:
            assert row.changed is None

    def test_nobody_sends_a_reserved_code(self, row: StatusCode) -> None:
        assert (row.generators == ()) == (row.registry == "unused")

    def test_has_content_that_fits_its_framing(self, row: StatusCode) -> None:
        if row.ends_at_header_section:
            assert row.content == "forbidden"

    def test_explains_an_error(self, row: StatusCode) -> None:
        # RFC 9110 sections 15.5 and 15.6
        if row.status_class >= 4 and row.registry != "unused":
            assert row.content == "recommended"


def test_rfc_2616_had_forty_codes() -> None:
    sections = [row.rfc2616 for row in status.REGISTERED if row.rfc2616]
    expected = [(1, 2), (2, 7), (3, 8), (4, 18), (5, 6)]
    assert sections == [f"10.{number}.{place}" for number, last in expected for place in range(1, last + 1)]


def test_framing_ends_at_the_header_section_of_interim_204_and_304() -> None:
    assert {row.code for row in status.REGISTERED if row.ends_at_header_section} == {100, 101, 102, 103, 104, 204, 304}


def test_205_forbids_content_without_ending_at_the_header_section() -> None:
    assert status.lookup(205).content == "forbidden"
    assert not status.lookup(205).ends_at_header_section


def test_heuristic_cacheability() -> None:
    assert {row.code for row in status.REGISTERED if row.is_heuristically_cacheable} == HEURISTICALLY_CACHEABLE


@pytest.mark.parametrize("code", [428, 429, 431, 511])
def test_what_rfc_6585_forbids_to_store(code: int) -> None:
    assert status.lookup(code).cache_rule == "never-store"


@pytest.mark.parametrize(
    ("code", "expected"),
    [
        (300, Redirect("optional", "unspecified")),
        (301, Redirect("recommended", "may-change-post-to-get", relink=True)),
        (302, Redirect("recommended", "may-change-post-to-get")),
        (303, Redirect("expected", "get-or-head")),
        (304, None),
        (305, None),
        (306, None),
        (307, Redirect("recommended", "keep")),
        (308, Redirect("recommended", "keep", relink=True)),
    ],
)
def test_redirects(code: int, expected: Redirect | None) -> None:
    assert status.lookup(code).redirect == expected


def test_only_redirections_redirect() -> None:
    assert {row.code for row in status.REGISTERED if row.redirect} == {300, 301, 302, 303, 307, 308}


@pytest.mark.parametrize(
    ("code", "names"),
    [
        (101, {"Upgrade", "Connection"}),
        (226, {"ETag"}),
        (304, {"Date", "ETag", "Content-Location", "Vary", "Cache-Control", "Expires"}),
        (401, {"WWW-Authenticate"}),
        (405, {"Allow"}),
        (407, {"Proxy-Authenticate"}),
        (426, {"Upgrade", "Connection"}),
    ],
)
def test_fields_that_must_be_there(code: int, names: set[str]) -> None:
    assert {rule.name for rule in status.lookup(code).required_fields} == names


def test_no_other_code_must_carry_a_field() -> None:
    demanding = {row.code for row in status.REGISTERED if row.required_fields}
    assert demanding == {101, 206, 226, 304, 401, 405, 407, 426}


@pytest.mark.parametrize("row", [row for row in status.REGISTERED if row.code not in (104, 422, 424)], ids=str)
def test_every_code_has_a_requirement(row: StatusCode) -> None:
    assert of_code(row.code)


@given(st.integers())
def test_lookup_takes_any_number(code: int) -> None:
    if not 100 <= code <= 599:
        with pytest.raises(ValueError, match="100 to 599"):
            status.lookup(code)
        with pytest.raises(ValueError, match="100 to 599"):
            status.code_class(code)
        assert status.treated_as(code) == 500
        assert status.phrase(code) == ""
        return
    assert_is_sound(code)


@pytest.mark.parametrize("code", range(100, 600))
def test_every_code_is_a_value(code: int) -> None:
    assert_is_sound(code)


def assert_is_sound(code: int) -> None:
    row = status.lookup(code)
    assert row.code == int(row) == code
    assert row == status.lookup(code)
    assert hash(row) == hash(status.lookup(code))
    assert row.status_class == status.code_class(code) == code // 100
    assert row.is_final == (code >= 200)
    assert row.is_registered == (code in REGISTRY)
    assert row.treated_as == status.treated_as(code)
    assert status.treated_as(code) in {code, code // 100 * 100}
    assert row.phrase == status.phrase(code)
    assert row.meaning


def test_an_unknown_code_behaves_as_x00_of_its_class() -> None:
    row = status.lookup(471)
    assert not row.is_registered
    assert row.registry == "unassigned"
    assert row.treated_as == 400
    assert row.phrase == ""
    assert (row.content, row.client_action) == (status.lookup(400).content, status.lookup(400).client_action)


def test_an_unknown_interim_code_is_waited_out() -> None:
    row = status.lookup(199)
    assert (row.ends_at_header_section, row.is_final, row.client_action) == (True, False, "wait")


def test_an_unknown_redirection_may_be_followed_but_not_reused_by_heuristics() -> None:
    # rfc9110-15.4 allows it wherever there is a Location
    row = status.lookup(399)
    assert row.redirect == Redirect("optional", "unspecified")
    assert not row.is_heuristically_cacheable


def test_rows_are_immutable() -> None:
    row = status.lookup(404)
    with pytest.raises(AttributeError, match="immutable"):
        row.phrase = "Lost"
    with pytest.raises(AttributeError, match="immutable"):
        del row.phrase
    assert row.phrase == "Not Found"


def test_rows_compare_by_content_and_sort_by_code() -> None:
    mine = StatusCode(404, "Lost", "It is lost.", section=None)
    assert mine == StatusCode(404, "Lost", "It is lost.", section=None)
    assert mine != status.lookup(404)
    assert mine != 404
    assert min(status.lookup(500), status.lookup(200)).code == 200
    assert status.lookup(200) < status.lookup(204) <= status.lookup(204)
    assert status.lookup(204) > status.lookup(200) >= status.lookup(200)
    for compare in (row_less, row_at_most, row_more, row_at_least):
        with pytest.raises(TypeError):
            compare(mine, 404)


def row_less(row: StatusCode, other: object) -> bool:
    return row < other  # type: ignore[operator]


def row_at_most(row: StatusCode, other: object) -> bool:
    return row <= other  # type: ignore[operator]


def row_more(row: StatusCode, other: object) -> bool:
    return row > other  # type: ignore[operator]


def row_at_least(row: StatusCode, other: object) -> bool:
    return row >= other  # type: ignore[operator]


def test_rows_survive_copying() -> None:
    row = status.lookup(301)
    assert copy.copy(row) is copy.deepcopy(row) is row
    assert pickle.loads(pickle.dumps(row)) == row


def test_rows_say_what_they_are() -> None:
    assert repr(status.lookup(404)) == "<StatusCode 404 Not Found>"
    assert repr(status.lookup(471)) == "<StatusCode 471>"
    assert repr(FieldRule("Allow", "MUST")) == "<FieldRule Allow MUST>"
    assert repr(Redirect("recommended", "keep")) == "<Redirect keep>"


def test_the_classes_can_be_had_from_the_package() -> None:
    assert status.__getattr__("StatusCode") is StatusCode
    with pytest.raises(AttributeError, match="nonsense"):
        status.__getattr__("nonsense")


def test_importing_the_phrases_loads_nothing_else() -> None:
    program = (
        "import sys; before = set(sys.modules); from statuary import status; status.phrase(404); "
        "print(*sorted(set(sys.modules) - before))"
    )
    ran = subprocess.run([sys.executable, "-I", "-S", "-c", f"import sys; sys.path[:0] = {sys.path!r}; {program}"],
                         capture_output=True, text=True, check=True)  # fmt: skip
    assert ran.stdout.split() == ["__future__", "statuary", "statuary.status"]
