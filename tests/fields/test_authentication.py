import pytest
from hypothesis import given
from hypothesis import strategies as st

from statuary.fields.authentication import (
    Challenge,
    Credentials,
    format_authentication_info,
    format_basic,
    format_challenge,
    format_challenges,
    format_credentials,
    parse_authentication_info,
    parse_basic,
    parse_challenges,
    parse_credentials,
)
from statuary.fields.grammar import INVALID, Invalid, Parameters

from .strategies import lower_tokens, quotable_text

SIMPLE = Challenge("basic", None, (("realm", "simple"),))
NEWAUTH = Challenge("newauth", None, (("realm", "apps"), ("type", "1"), ("title", 'Login to "apps"')))


@pytest.mark.parametrize(
    ("text", "value"),
    [
        (None, None),
        ("", ()),
        ('Basic realm="simple"', (SIMPLE,)),
        # the example of RFC 9110 section 11.6.1
        (r'Basic realm="simple", Newauth realm="apps", type=1, title="Login to \"apps\""', (SIMPLE, NEWAUTH)),
        (r'Newauth realm="apps",type=1,,title="Login to \"apps\"" , Basic realm=simple', (NEWAUTH, SIMPLE)),
        ('BASIC   REALM = "simple"', (SIMPLE,)),
        ('Basic , realm="simple"', (SIMPLE,)),
        ("Negotiate", (Challenge("negotiate"),)),
        ("Negotiate, NTLM", (Challenge("negotiate"), Challenge("ntlm"))),
        ("Negotiate YQ==", (Challenge("negotiate", "YQ=="),)),
        ('Negotiate YQ==, Basic realm="simple"', (Challenge("negotiate", "YQ=="), SIMPLE)),
        ('A realm="a, B realm=c", B', (Challenge("a", None, (("realm", "a, B realm=c"),)), Challenge("b"))),
        ("a b=c", (Challenge("a", None, (("b", "c"),)),)),
        ("a b=", (Challenge("a", "b="),)),
        ('realm="simple"', INVALID),  # no scheme
        ('Negotiate YQ==, realm="a"', INVALID),  # token68 and parameters
        ('Basic realm="a", realm="b"', INVALID),
        ('Basic realm="a", Realm="a"', INVALID),
        ('Basic realm="a" charset="UTF-8"', INVALID),
        ('Basic realm="a', INVALID),
        ('Basic\trealm="a"', INVALID),
        ("Basic a b", INVALID),
        ("Bas(ic", INVALID),
        ('Basic realm="a"; charset="UTF-8"', INVALID),
        ("Basic YQ==\n", INVALID),
    ],
)
def test_parse_challenges(text: str | None, value: tuple[Challenge, ...] | Invalid | None) -> None:
    assert parse_challenges(text) == value


@pytest.mark.parametrize(
    ("text", "value"),
    [
        (None, None),
        ("Basic QWxhZGRpbjpvcGVuIHNlc2FtZQ==", Credentials("basic", "QWxhZGRpbjpvcGVuIHNlc2FtZQ==")),
        ("Bearer mF_9.B5f-4.1JqM", Credentials("bearer", "mF_9.B5f-4.1JqM")),
        ('Digest username="a", qop=auth', Credentials("digest", None, (("username", "a"), ("qop", "auth")))),
        ("Basic", Credentials("basic")),
        ("", INVALID),
        (",", INVALID),
        ("Basic YQ==, Basic YQ==", INVALID),
        ("Basic YQ== ==", INVALID),
        ('Digest a="1", A="2"', INVALID),
    ],
)
def test_parse_credentials(text: str | None, value: Credentials | Invalid | None) -> None:
    assert parse_credentials(text) == value


def test_a_parameter_by_name() -> None:
    assert SIMPLE.parameter("realm") == "simple"
    assert Credentials("digest", None, (("nc", "00000001"),)).parameter("nc") == "00000001"
    assert Credentials("digest").parameter("nc") is None


def test_digest_is_quoted_as_its_readers_expect() -> None:
    # RFC 7616 sections 3.3 to 3.5: a challenge's qop is quoted, that of credentials is not.
    challenge = Challenge(
        "digest",
        None,
        (("realm", "a"), ("qop", "auth"), ("algorithm", "SHA-256"), ("nonce", "b"), ("opaque", "c"), ("stale", "true")),
    )
    assert format_challenge(challenge) == (
        'Digest realm="a", qop="auth", algorithm=SHA-256, nonce="b", opaque="c", stale=true'
    )
    credentials = Credentials(
        "digest",
        None,
        (("username", "M"), ("uri", "/d"), ("algorithm", "MD5"), ("nc", "00000001"), ("qop", "auth"), ("cnonce", "e")),
    )
    assert format_credentials(credentials) == (
        'Digest username="M", uri="/d", algorithm=MD5, nc=00000001, qop=auth, cnonce="e"'
    )
    info = (("nextnonce", "f"), ("qop", "auth"), ("nc", "00000001"))
    assert format_authentication_info(info) == 'nextnonce="f", qop=auth, nc=00000001'


def test_registered_schemes_are_spelled_as_registered() -> None:
    assert format_challenge(SIMPLE) == 'Basic realm="simple"'
    assert format_challenge(Challenge("newauth")) == "newauth"
    assert format_credentials(Credentials("bearer", "abc")) == "Bearer abc"


pairs = st.lists(st.tuples(lower_tokens, quotable_text), max_size=4, unique_by=lambda pair: pair[0]).map(tuple)
token68s = st.from_regex(r"[A-Za-z0-9._~+/-]{1,12}={0,2}", fullmatch=True)
schemes = lower_tokens.filter(lambda scheme: scheme != "digest")
challenges = st.builds(Challenge, schemes, st.none(), pairs) | st.builds(Challenge, schemes, token68s)


@given(st.lists(challenges, max_size=4).map(tuple))
def test_challenges_are_read_as_written(value: tuple[Challenge, ...]) -> None:
    assert parse_challenges(format_challenges(value)) == value


@given(schemes, pairs, token68s)
def test_credentials_are_read_as_written(scheme: str, parameters: Parameters, token68: str) -> None:
    for value in (Credentials(scheme, None, parameters), Credentials(scheme, token68)):
        assert parse_credentials(format_credentials(value)) == value


@pytest.mark.parametrize(
    "challenge",
    [
        Challenge("a b"),
        Challenge("a", "b c"),
        Challenge("a", ""),
        Challenge("a", "b", (("c", "d"),)),
        Challenge("a", None, (("b", "c"), ("B", "c"))),
        Challenge("a", None, (("b", "\r\n"),)),
        Challenge("digest", None, (("algorithm", "SHA 256"),)),
    ],
)
def test_what_no_challenge_can_say(challenge: Challenge) -> None:
    with pytest.raises(ValueError, match=r"\w"):
        format_challenge(challenge)


@pytest.mark.parametrize(
    ("text", "value"),
    [
        (None, None),
        ("", ()),
        ('nextnonce="a", nc=00000001', (("nextnonce", "a"), ("nc", "00000001"))),
        ("a", INVALID),
        ("a=1, A=2", INVALID),
        ('a="', INVALID),
    ],
)
def test_parse_authentication_info(text: str | None, value: Parameters | Invalid | None) -> None:
    assert parse_authentication_info(text) == value


@given(pairs)
def test_authentication_info_is_read_as_written(parameters: Parameters) -> None:
    info = tuple(pair for pair in parameters if pair[0] not in ("qop", "nc"))
    assert parse_authentication_info(format_authentication_info(info)) == info


def test_authentication_info_repeats_no_name() -> None:
    with pytest.raises(ValueError, match="repeated"):
        format_authentication_info((("a", "1"), ("a", "1")))


@pytest.mark.parametrize(
    ("credentials", "value"),
    [
        (Credentials("basic", "QWxhZGRpbjpvcGVuIHNlc2FtZQ=="), ("Aladdin", "open sesame")),  # RFC 7617 section 2
        (Credentials("Basic", "dGVzdDoxMjPCow=="), ("test", "123£")),  # RFC 7617 section 2.1
        (Credentials("basic", "Og=="), ("", "")),
        (Credentials("basic", "YTpiOmM="), ("a", "b:c")),
        (Credentials("basic", "YQ=="), INVALID),  # no colon
        (Credentials("basic", "YTpi\n"), INVALID),
        (Credentials("basic", "YTpi===="), INVALID),
        (Credentials("basic", "YTp"), INVALID),
        (Credentials("basic", "YTr/"), INVALID),  # not UTF-8
        (Credentials("basic", "YToA"), INVALID),  # NUL
        (Credentials("basic", "_-~."), INVALID),
        (Credentials("basic", "é"), INVALID),
        (Credentials("basic"), INVALID),
        (Credentials("bearer", "YTpi"), INVALID),
    ],
)
def test_parse_basic(credentials: Credentials, value: tuple[str, str] | Invalid) -> None:
    assert parse_basic(credentials) == value


printable = st.text(st.characters(exclude_categories=("Cs", "Cc")), max_size=12)


@given(printable.filter(lambda user: ":" not in user), printable)
def test_basic_is_read_as_written(user: str, password: str) -> None:
    credentials = parse_credentials(format_basic(user, password))
    assert credentials
    assert parse_basic(credentials) == (user, password)


@given(st.text())
def test_any_token68_is_basic_or_invalid(token68: str) -> None:
    assert parse_basic(Credentials("basic", token68)) is INVALID or ":" not in token68


@pytest.mark.parametrize(("user", "password"), [("a:b", "c"), ("a", "\0"), ("a\n", ""), ("\ud800", "")])
def test_what_basic_can_not_say(user: str, password: str) -> None:
    with pytest.raises(ValueError, match=r"\w"):
        format_basic(user, password)
