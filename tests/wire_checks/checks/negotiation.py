"""Proactive negotiation: codings, languages, media types. RFC 9110 section 12."""

from __future__ import annotations

from .. import claims
from ..client import Response
from ..registry import check, check_each
from ..site import ENGLISH, GERMAN, HELLO, PAGE, PAGE_GZIP, Site

CODED = ["precompressed"]
LANGUAGES = ["languages"]


def is_plain(response: Response) -> None:
    """The page without a coding."""
    claims.no_field(response, "Content-Encoding")
    claims.content(response, PAGE)


def is_gzip(response: Response) -> None:
    """The page in its gzip coding."""
    claims.that(response.members("Content-Encoding") in (["gzip"], ["x-gzip"]), "not coded with gzip")
    claims.content(response, PAGE_GZIP)


@check_each(
    "negotiation.coding-gzip",
    "rfc9110-8.4-1",
    needs=CODED,
    rows={
        "alone": "gzip",
        "list": "deflate, gzip, br",
        "capitals": "GZIP",
        "weight": "gzip;q=1.0",
        "spaces": "gzip ; q=0.8",
        "browser": "gzip, deflate, br, zstd",
        "preferred": "identity;q=0.5, gzip;q=1",
        "no-identity": "identity;q=0, gzip",
        "star-refuses-others": "gzip, *;q=0",
    },
)
def coding_gzip(site: Site, value: str) -> None:
    """The precompressed file is sent, as the same page in a coding, where gzip is accepted."""
    response = claims.status(site.ask("GET", "/page.html", f"Accept-Encoding: {value}"), 200)
    is_gzip(response)
    claims.that("text/html" in claims.field(response, "Content-Type"), "the coding changed the Content-Type")


@check_each(
    "negotiation.coding-plain",
    "rfc9110-12.5.3-2",
    "rfc9110-8.4-2",
    needs=CODED,
    rows={
        "refused": "gzip;q=0",
        "refused-decimals": "gzip;q=0.000",
        "refused-star": "gzip;q=0, *",
        "identity": "identity",
        "other": "deflate",
        "unknown": "magic",
        "empty": "",
        "near": "gzipped",
        "refused-by-star": "identity, *;q=0",
        "capitals-refused": "GZIP;Q=0",
    },
)
def coding_plain(site: Site, value: str) -> None:
    """The page is sent uncoded where gzip is not accepted, or refused."""
    accepted = (200, 406) if "*" in value and "identity" not in value else (200,)
    response = claims.status(site.ask("GET", "/page.html", f"Accept-Encoding: {value}"), *accepted)
    if response.status == 200:
        is_plain(response)


@check("negotiation.coding-absent", "rfc9110-12.5.3-2", needs=CODED)
def coding_absent(site: Site) -> None:
    """Without Accept-Encoding the page comes uncoded, or in any coding that says so."""
    response = claims.status(site.ask("GET", "/page.html"), 200)
    if response.field("Content-Encoding") is None:
        claims.content(response, PAGE)
    else:
        is_gzip(response)


@check_each(
    "negotiation.coding-either",
    "rfc9110-12.5.3-2",
    needs=CODED,
    rows={
        "star": "*",
        "star-weight": "*;q=0.1",
        "x-gzip": "x-gzip",
        "identity-preferred": "gzip;q=0.5, identity",
        "invalid-weight": "gzip;q=2",
        "four-decimals": "gzip;q=0.0001",
        "invalid": "gzip;;;",
        "second-line-refuses": "gzip\r\nAccept-Encoding: identity;q=0.1",
    },
)
def coding_either(site: Site, value: str) -> None:
    """Where the page may come either way, its fields say which it is."""
    response = claims.status(site.ask("GET", "/page.html", f"Accept-Encoding: {value}"), 200)
    if response.field("Content-Encoding") is None:
        claims.content(response, PAGE)
    else:
        is_gzip(response)


@check_each(
    "negotiation.coding-preference",
    "rfc9110-12.5.3-2",
    needs=CODED,
    rows={"identity": ("gzip;q=0.2, identity;q=0.9", False), "gzip": ("gzip;q=0.9, identity;q=0.2", True)},
    choice=True,
)
def coding_preference(site: Site, row: tuple[str, bool]) -> None:
    """The coding with the higher weight is chosen."""
    value, coded = row
    response = site.ask("GET", "/page.html", f"Accept-Encoding: {value}")
    claims.that((response.field("Content-Encoding") is not None) == coded, f"{response.field('Content-Encoding')}")


@check_each(
    "negotiation.coding-none",
    "rfc9110-12.4.1-s1",
    rows={
        "identity": "identity;q=0",
        "star": "*;q=0",
        "both": "identity;q=0, *;q=0",
        "unknown-only": "magic, identity;q=0",
    },
)
def coding_none(site: Site, value: str) -> None:
    """Where no coding is acceptable, the answer is 406, or the file as if nothing had been said."""
    response = claims.status(site.ask("GET", "/hello.txt", f"Accept-Encoding: {value}"), 200, 406)
    if response.status == 200:
        claims.content(response, HELLO)


@check_each(
    "negotiation.vary-coding",
    "rfc9110-12.5.5-3",
    "rfc9110-15.4.5-1",
    needs=CODED,
    rows={
        "gzip": ("GET", "Accept-Encoding: gzip", ()),
        "plain": ("GET", "Accept-Encoding: identity", ()),
        "absent": ("GET", "Accept: */*", ()),
        "head": ("HEAD", "Accept-Encoding: gzip", ()),
        "304": ("GET", "Accept-Encoding: gzip", ("If-None-Match: *",)),
        "304-plain": ("GET", "Accept-Encoding: identity", ("If-None-Match: *",)),
        "206": ("GET", "Accept-Encoding: identity", ("Range: bytes=0-9",)),
    },
)
def vary_coding(site: Site, row: tuple[str, str, tuple[str, ...]]) -> None:
    """Every variant, and every answer about it, says that it varies with Accept-Encoding."""
    method, line, fields = row
    response = claims.status(site.ask(method, "/page.html", line, *fields), 200, 206, 304)
    members = response.members("Vary")
    claims.that("accept-encoding" in members or "*" in members, f"Vary: {response.field('Vary')}")


@check("negotiation.tags-differ", "rfc9110-8.8.3-1", needs=CODED)
def tags_differ(site: Site) -> None:
    """Variants have different strong tags: RFC 9110 section 8.8.3.3. (The same weak one would do.)"""
    plain = claims.field(site.ask("GET", "/page.html"), "ETag")
    coded = claims.field(site.ask("GET", "/page.html", "Accept-Encoding: gzip"), "ETag")
    claims.that(plain != coded or plain.startswith("W/"), f"both are {plain}")


@check("negotiation.stored-gzip", "rfc9110-8.4-1")
def the_gzip_file_itself(site: Site) -> None:
    """The precompressed file can be had under its own name, octet by octet."""
    claims.content(claims.status(site.ask("GET", "/page.html.gz"), 200), PAGE_GZIP)


@check_each(
    "negotiation.language",
    "rfc9110-12.5.5-3",
    needs=LANGUAGES,
    rows={
        "english": ("en", (ENGLISH,)),
        "german": ("de", (GERMAN,)),
        "capitals": ("DE", (GERMAN,)),
        "weights": ("en;q=0.3, de;q=0.8", (GERMAN,)),
        "weights-turned": ("en;q=0.8, de;q=0.3", (ENGLISH,)),
        "other-first": ("fr, de;q=0.5", (GERMAN,)),
        "refused": ("de, en;q=0", (GERMAN,)),
        "star-refused": ("*;q=0, de", (GERMAN,)),
        "region-after": ("fr, de;q=0.7, *;q=0.1", (GERMAN,)),
        "star": ("*", (ENGLISH, GERMAN)),
        # Lookup and filtering of RFC 4647 differ here, and a server may use either.
        "region": ("de-CH, de;q=0.5", (GERMAN,)),
        "invalid": ("!!", (ENGLISH, GERMAN)),
    },
)
def language(site: Site, row: tuple[str, tuple[bytes, ...]]) -> None:
    """The variant in the language preferred is sent, and says its language and what it varies with."""
    value, expected = row
    response = site.ask("GET", "/doc.html", f"Accept-Language: {value}")
    if len(expected) > 1 and response.status in (300, 406):
        return
    claims.status(response, 200)
    claims.that(response.content in expected, f"another variant: {response.content[:60]!r}")
    members = response.members("Vary")
    claims.that("accept-language" in members or "*" in members, f"Vary: {response.field('Vary')}")
    told = "de" if response.content == GERMAN else "en"
    claims.that(
        response.field("Content-Language") in (None, told), f"Content-Language: {response.field('Content-Language')}"
    )


@check_each(
    "negotiation.language-none",
    "rfc9110-12.4.1-s1",
    "rfc9110-15.5.7-1",
    "rfc9110-15.4.1-3",
    needs=LANGUAGES,
    rows={"other": "fr", "refused": "en;q=0, de;q=0", "star": "*;q=0"},
)
def language_none(site: Site, value: str) -> None:
    """Where no language suits, the choice is listed with 300 or 406, or one variant sent all the same."""
    response = claims.status(site.ask("GET", "/doc.html", f"Accept-Language: {value}"), 200, 300, 406)
    if response.status == 200:
        claims.that(response.content in (ENGLISH, GERMAN), "another content")
    else:
        claims.that(b"doc.en.html" in response.content, "the variants are not listed")
        claims.that(b"doc.de.html" in response.content, "the variants are not listed")


@check("negotiation.language-absent", "rfc9110-15.4.1-3", "rfc9110-15.4.1-s1", needs=LANGUAGES)
def language_absent(site: Site) -> None:
    """Without a preference one variant is sent, or the choice listed with 300."""
    response = claims.status(site.ask("GET", "/doc.html"), 200, 300)
    if response.status == 300:
        claims.that(b"doc.en.html" in response.content, "the variants are not listed")
        claims.that(b"doc.de.html" in response.content, "the variants are not listed")


@check("negotiation.language-tags-differ", "rfc9110-8.8.3-1", needs=LANGUAGES)
def language_tags_differ(site: Site) -> None:
    """Language variants have different entity tags."""
    tags = [site.ask("GET", "/doc.html", f"Accept-Language: {tag}").field("ETag") for tag in ("en", "de")]
    claims.that(tags[0] != tags[1] or tags[0] is None, f"both are {tags[0]}")


@check("negotiation.language-by-name", "rfc9110-12.5.5-3")
def language_by_name(site: Site) -> None:
    """A variant asked for by its own name comes whatever language is preferred."""
    response = site.ask("GET", "/doc.de.html", "Accept-Language: en")
    claims.content(claims.status(response, 200), GERMAN)


@check("negotiation.language-304", "rfc9110-15.4.5-1", needs=LANGUAGES)
def language_not_modified(site: Site) -> None:
    """The tag of one language is no match for another."""
    english = claims.field(site.ask("GET", "/doc.html", "Accept-Language: en"), "ETag")
    condition = f"If-None-Match: {english}"
    claims.status(site.ask("GET", "/doc.html", "Accept-Language: en", condition), 304)
    claims.status(site.ask("GET", "/doc.html", "Accept-Language: de", condition), 200)


@check_each(
    "negotiation.type",
    "rfc9110-12.5.1-2",
    rows={
        "exact": "text/html",
        "subtype-star": "text/*",
        "star": "*/*",
        "list": "application/json, text/html;q=0.5",
        "capitals": "TEXT/HTML",
        "browser": "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8",
        "other-and-star": "image/png, */*;q=0.1",
        "weight-not-last": "text/html;q=0.5;level=1, */*;q=0.1",
        "quoted": 'text/html;charset="utf-8", */*;q=0.01',
        "two-lines": "image/png\r\nAccept: text/html",
        "empty": "",
    },
)
def media_type(site: Site, value: str) -> None:
    """A page is sent where its type is acceptable."""
    response = claims.status(site.ask("GET", "/page.html", f"Accept: {value}", "Accept-Encoding: identity"), 200)
    claims.content(response, PAGE)


@check_each(
    "negotiation.type-none",
    "rfc9110-12.4.1-s1",
    "rfc9110-15.5.7-s1",
    rows={
        "other": "image/png",
        "refused": "text/html;q=0",
        "refused-by-star": "image/png, */*;q=0",
        "refused-subtype": "text/html;q=0, */*",
        "invalid": "text",
    },
)
def media_type_none(site: Site, value: str) -> None:
    """Where its type is not acceptable, a page is answered 406, or sent as if nothing had been said."""
    claims.status(site.ask("GET", "/page.html", f"Accept: {value}"), 200, 406)


@check("negotiation.charset", "rfc9110-12.4.1-s1")
def charset_is_history(site: Site) -> None:
    """Accept-Charset may be ignored: it does not keep a text from being sent, nor break anything."""
    claims.status(site.ask("GET", "/hello.txt", "Accept-Charset: iso-8859-5;q=1, *;q=0"), 200, 406)
