import pytest
from hypothesis import given

from statuary.fields.grammar import INVALID, Invalid, Parameters
from statuary.fields.media_types import MediaType, format_media_type, parse_media_type

from .strategies import lower_tokens, parameters


@pytest.mark.parametrize(
    ("text", "value"),
    [
        (None, None),
        ("text/html", MediaType("text", "html")),
        # the four equivalent spellings of RFC 9110 section 8.3.1
        ("text/html;charset=utf-8", MediaType("text", "html", (("charset", "utf-8"),))),
        ('Text/HTML;Charset="utf-8"', MediaType("text", "html", (("charset", "utf-8"),))),
        ('text/html; charset="utf-8"', MediaType("text", "html", (("charset", "utf-8"),))),
        ("text/html;charset=UTF-8", MediaType("text", "html", (("charset", "UTF-8"),))),
        ("a/b;", MediaType("a", "b")),
        ("application/problem+json", MediaType("application", "problem+json")),
        ('multipart/byteranges; boundary="a b;c"', MediaType("multipart", "byteranges", (("boundary", "a b;c"),))),
        ("", INVALID),
        ("text", INVALID),
        ("text/", INVALID),
        ("/html", INVALID),
        ("text / html", INVALID),
        ("text/html/x", INVALID),
        ("text/html charset=utf-8", INVALID),
        ("text/html; charset", INVALID),
        ("text/html; charset=", INVALID),
        ("text/html, text/plain", INVALID),
        ("text/html\n", INVALID),
    ],
)
def test_parse_media_type(text: str | None, value: MediaType | Invalid | None) -> None:
    assert parse_media_type(text) == value


def test_the_parts_of_a_media_type() -> None:
    value = MediaType("text", "html", (("charset", "utf-8"), ("charset", "latin-1")))
    assert value.essence == "text/html"
    assert value.parameter("charset") == "utf-8"
    assert value.parameter("boundary") is None


@given(lower_tokens, lower_tokens, parameters)
def test_media_types_are_read_as_written(type_: str, subtype: str, given_parameters: Parameters) -> None:
    value = MediaType(type_, subtype, given_parameters)
    assert parse_media_type(format_media_type(value)) == value


@pytest.mark.parametrize(
    "value", [MediaType("", "html"), MediaType("text", "a b"), MediaType("a", "b", (("c", "\n"),))]
)
def test_what_no_media_type_can_say(value: MediaType) -> None:
    with pytest.raises(ValueError, match="not"):
        format_media_type(value)
