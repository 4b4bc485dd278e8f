"""What a site hands on to the one that takes its place."""

from __future__ import annotations

from pathlib import Path

from statuary.message.request import Request
from statuary.origin_server.configured_site import site_of
from statuary.origin_server.path_patterns import PathPattern
from statuary.origin_server.site_memory import SiteMemory
from statuary.origin_server.site_rules import RateRule
from statuary.semantics.authentication import Authenticated
from statuary.semantics.resource import Resource

HERE = (PathPattern(("here",), below=False),)
THERE = (PathPattern(("there",), below=False),)


def test_state_is_kept_in_the_site_or_for_this_run(tmp_path: Path) -> None:
    memory = SiteMemory()
    assert memory.state_directory(str(tmp_path)) == str(tmp_path / ".statuary")
    for root in (None, str(tmp_path / "missing")):
        temporary = Path(memory.state_directory(root))
        assert temporary.is_dir()
        assert tmp_path not in temporary.parents
    assert Path(SiteMemory().state_directory(None)) != temporary


def test_a_rule_that_stays_goes_on_counting() -> None:
    memory = SiteMemory()
    stays, goes = RateRule(path=HERE, requests=1, seconds=60), RateRule(path=THERE, requests=1, seconds=60)
    before = memory.rates((stays, goes))
    assert [before[rule].take("192.0.2.1", 0) for rule in (stays, goes)] == [None, None]
    other = RateRule(path=THERE, requests=2, seconds=60)
    after = memory.rates((stays, other))
    assert (after[stays].take("192.0.2.1", 1), after[other].take("192.0.2.1", 1)) == (59, None)
    assert set(after) == {stays, other}
    # Who comes back has been forgotten
    assert memory.rates((goes,))[goes].take("192.0.2.1", 2) is None


def test_who_has_logged_in_with_digest_stays_so(tmp_path: Path) -> None:
    access = '[[access]]\npath = "/*"\nrealm = "r"\nschemes = ["Digest"]\nusers.a = "b"\n'
    (tmp_path / "statuary.toml").write_text(access)
    memory = SiteMemory()
    before, after = (site_of(tmp_path, memory=memory) for _ in range(2))
    before.authenticated(Authenticated("a", nonce="n", count=3))
    resource = after.resource(Request("GET", "/"), 0)
    same = before.resource(Request("GET", "/"), 0)
    assert isinstance(resource, Resource)
    assert isinstance(same, Resource)
    assert resource.access is not None
    assert same.access is not None
    assert resource.access.key == same.access.key
    assert resource.access.nonce_counts["n"] == 3
