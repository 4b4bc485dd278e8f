"""What waivers are of."""

from __future__ import annotations

import pytest

from statuary.link_editor.waivers import fits


@pytest.mark.parametrize(
    ("text", "pattern", "it_does"),
    [
        ("http://a.example/x", "http://a.example/*", True),
        ("http://a.example/x", "http://?.example/x", True),
        ("http://a.example/x?a[]=1", "http://a.example/x?a[]=1", True),
        ("http://[::1]:8080/x", "http://[::1]:*", True),
        ("http://a.example/x", "http://[abc].example/x", False),
        ("http://a.example/x", "http://A.example/x", False),
    ],
)
def test_brackets_stand_for_themselves(text: str, pattern: str, it_does: bool) -> None:
    assert fits(text, pattern) is it_does
