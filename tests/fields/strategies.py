"""What the tests of the fields draw from: text in which the delimiters of the grammar abound, and legal pieces."""

from hypothesis import strategies as st

DELIMITERS = " \t,;=\"'\\()<>@:/[]?{}*-+.%~_!\r\n\0\x7f\x80\xff\u0660\u2028\U0001f600"

# Whole words raise the odds that a piece of the text is legal and the rest of the parser is reached.
WORDS = (
    *("bytes", "W/", '"a"', "q=0.5", "Q=1", "gzip", "text/html", "*/*", "en-GB", "Basic", "Digest", "realm", "a=b"),
    *("max-age=5", "<http://a/b,c>", "rel=next", "[::1]", "127.0.0.1", "HTTP/1.1", "1.1 a", "(c)", "100-continue"),
    *("Sun, 06 Nov 1994 08:49:37 GMT", "Sunday, 06-Nov-94 08:49:37 GMT", "Sun Nov  6 08:49:37 1994", "0-4/5"),
    *('{"type":', '"status": 4', "null", "[", "}", "1e999", "NaN", "9" * 5000, "YQ=="),
)

_pieces = st.one_of(st.sampled_from(DELIMITERS), st.sampled_from(WORDS), st.characters())
any_text = st.one_of(
    st.text(max_size=40),
    st.text(alphabet=DELIMITERS + "ab09W", max_size=20),
    st.lists(_pieces, max_size=12).map("".join),
)

TCHAR = "!#$%&'*+-.^_`|~0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
tokens = st.text(alphabet=TCHAR, min_size=1, max_size=8)
lower_tokens = tokens.map(str.lower)

_quotable = st.characters(min_codepoint=0x20, max_codepoint=0xFF, exclude_characters="\x7f")
quotable_text = st.text(alphabet=_quotable | st.just("\t"), max_size=12)

parameters = st.lists(st.tuples(lower_tokens, st.one_of(tokens, quotable_text)), max_size=4).map(tuple)

positions = st.integers(min_value=0, max_value=10**18 - 1)
