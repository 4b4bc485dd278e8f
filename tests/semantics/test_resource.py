"""What a site says is refused where it says it, if it could never be sent."""

from collections.abc import Callable

import pytest

from statuary.semantics.resource import Access, Moved, Representation, Resource, Simulated


@pytest.mark.parametrize(
    "make",
    [
        lambda: Representation(media_type="text/plain\r\nX: y"),
        lambda: Representation(location="/\u20ac"),
        lambda: Representation(fields=(("X Y", "z"),)),
        lambda: Moved(301, "/a\nb"),
        lambda: Access(realm="a\r\nb"),
        lambda: Access(realm="a", schemes=("Digest",)),  # nonces that anybody could make
        lambda: Simulated(101),
        lambda: Simulated(99),
        lambda: Simulated(200, fields=(("X", "a\0b"),)),
        lambda: Resource(fields=(("X", "a\nb"),)),
        lambda: Resource(hints=("</a>\r\nX: y",)),
    ],
)
def test_what_can_not_be_sent_is_refused(make: Callable[[], object]) -> None:
    with pytest.raises(ValueError, match=r"can|secret"):
        make()


def test_what_can_be_sent_is_taken() -> None:
    page = Representation(media_type="text/plain", location="/caf\u00e9", fields=(("Cache-Control", "no-cache"),))
    assert ("Content-Location", "/caf\u00e9") in page.described
    assert Resource(variants=(page,), fields=(("X", "y"),), hints=("</a>; rel=preload",)).exists
    assert Access(realm="a", schemes=("Digest",), key=b"secret").realm == "a"
