"""Subject files of intermediaries: what they tell, and that each mistake is named."""

from __future__ import annotations

from pathlib import Path

import pytest

from statuary.conformance.intermediary.subject import read_subject
from statuary.conformance.subject import SubjectError

RIGHT = """
name = "one"
role = "proxy"
url = "http://127.0.0.1:{port}/"
start = ["one", "{port}", "{upstream}"]

[offers]
cache = true
upgrade = false
upstream_patience = 1.5
credentials = { user = "alice", password = "wonderland" }
"""


def test_what_it_offers_becomes_facts(tmp_path: Path) -> None:
    file = tmp_path / "subject.toml"
    file.write_text(RIGHT)
    subject = read_subject(file, "proxy")
    assert subject.start == ("one", "{port}", "{upstream}")
    assert subject.facts["cache"] == "yes"
    assert subject.facts["upgrade"] == ""
    assert subject.facts["upstream_patience"] == "1.5"
    assert subject.facts["credentials"].startswith("Basic ")
    assert subject.facts["credentials"] != subject.facts["wrong_credentials"]
    assert read_subject(file, "proxy", url="http://127.0.0.1:1/").start == ()


@pytest.mark.parametrize(
    ("old", "new", "mistake"),
    [
        ('"proxy"', '"gateway"', "it is of a gateway, not of a proxy"),
        ("url =", "urls =", "has the key 'urls'"),
        ('url = "http://127.0.0.1:{port}/"', "", "it has no url"),
        ("cache = true", 'cache = "much"', "cache is true or false"),
        ("upstream_patience = 1.5", 'upstream_patience = "long"', "a number of seconds"),
        ("user =", "name =", "has the key 'name'"),
        ("[offers]", "[offer]", "has the key 'offer'"),
        ("[offers]", "[offers", "subject.toml: "),
    ],
)
def test_mistakes_are_named(tmp_path: Path, old: str, new: str, mistake: str) -> None:
    file = tmp_path / "subject.toml"
    file.write_text(RIGHT.replace(old, new, 1))
    with pytest.raises(SubjectError, match=mistake):
        read_subject(file, "proxy")
