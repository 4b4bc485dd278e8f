"""Surveys: each URI is asked for once, hosts are left alone when they ask for it, and what is known is not asked for."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import closing

import pytest
from hypothesis import given
from hypothesis import strategies as st

from statuary.link_editor.ask import Manners, hop_for, walked
from statuary.link_editor.remember import DAY, Memory
from statuary.link_editor.survey import Survey
from statuary.link_editor.verdict import Hop, verdict_of_chain
from statuary.transport.clock import ManualClock

from .fake import Fake, Says, Site, site_of

A, B, C = "http://a.example/x", "http://b.example/y", "http://c.example/z"


class World:
    """A clock that goes on when somebody sleeps, hosts, and what is kept."""

    def __init__(self, site: Site, memory: Memory, now: float = 1000.0) -> None:
        self.fake = Fake(site)
        self.clock = ManualClock(now)
        self.memory = memory

    async def sleep(self, seconds: float) -> None:
        await asyncio.sleep(0)
        self.clock.advance(seconds)

    def survey(
        self,
        uris: Iterable[str] | Mapping[str, set[str]],
        manners: Manners | None = None,
        skips: Callable[[str], bool] = lambda uri: False,
        *,
        offline: bool = False,
    ) -> Survey:
        """Everything that is found out about these URIs."""
        survey = Survey(
            None if offline else self.fake, self.memory, self.clock, manners or Manners(), skips=skips, sleep=self.sleep
        )
        names = uris if isinstance(uris, Mapping) else {uri: set[str]() for uri in uris}
        asyncio.run(survey.run(names))
        return survey


@pytest.fixture
def memory() -> Iterator[Memory]:
    with closing(Memory(None)) as made:
        yield made


def statuses(survey: Survey, uri: str) -> list[int | None]:
    return [hop.status for hop in survey.chain(uri)]


# How one URI is asked for


@pytest.mark.parametrize(
    ("head", "get", "methods", "status"),
    [
        (200, 500, ["HEAD"], 200),
        (204, 500, ["HEAD"], 204),
        (300, 500, ["HEAD"], 300),
        (405, 200, ["HEAD", "GET"], 200),
        (501, 200, ["HEAD", "GET"], 200),
        (404, 200, ["HEAD", "GET"], 200),
        (403, 200, ["HEAD", "GET"], 200),
        (500, 200, ["HEAD", "GET"], 200),
        (302, 200, ["HEAD", "GET"], 200),  # it has no Location
        (None, 200, ["HEAD", "GET"], 200),
        (404, 404, ["HEAD", "GET"], 404),
        (410, 410, ["HEAD", "GET"], 410),
        (429, 200, ["HEAD"], 429),
        (503, 200, ["HEAD"], 503),
    ],
)
def test_head_first_and_get_where_head_may_be_wrong(
    head: int | None, get: int, methods: list[str], status: int
) -> None:
    fake = Fake(lambda method, uri: Says(head if method == "HEAD" else get))
    answered = asyncio.run(hop_for(A, fake))
    assert [method for method, _ in fake.asked] == methods
    assert answered.hop.status == status


def test_a_redirect_is_one_by_head_too() -> None:
    fake = Fake(site_of({A: Says(301, B)}))
    assert asyncio.run(hop_for(A, fake)).hop.to == B
    assert fake.asked == [("HEAD", A)]


# Once each


def test_each_uri_is_asked_for_once_whoever_leads_there(memory: Memory) -> None:
    world = World(site_of({A: Says(301, B), B: Says(301, C), C: Says(200)}), memory)
    survey = world.survey([A, B, C, A])
    assert Counter(world.fake.asked) == {("HEAD", A): 1, ("HEAD", B): 1, ("HEAD", C): 1}
    assert [statuses(survey, uri) for uri in (A, B, C)] == [[301, 301, 200], [301, 200], [200]]
    assert survey.asked == 3


def test_what_is_left_out_is_not_asked_for_whoever_leads_there(memory: Memory) -> None:
    world = World(site_of({A: Says(301, B), B: Says(200)}), memory)
    survey = world.survey([A, C], skips=lambda uri: uri in (B, C))
    assert world.fake.asked == [("HEAD", A)]
    assert {uri: one.kind for uri, one in survey.unasked.items()} == {B: "unchecked", C: "unchecked"}


def test_a_chain_is_followed_so_far_and_no_further(memory: Memory) -> None:
    def site(method: str, uri: str) -> Says:
        return Says(302, f"http://a.example/{int(uri.rpartition('/')[2]) + 1}")

    world = World(site, memory)
    survey = world.survey(["http://a.example/0", "http://a.example/5"])
    assert len(survey.chain("http://a.example/0")) == 11
    # That one is in the middle of another chain doesn't make its own shorter
    assert len(survey.chain("http://a.example/5")) == 11
    assert verdict_of_chain(survey.chain("http://a.example/5")).kind == "loop"


def test_nobody_is_led_from_https_to_http(memory: Memory) -> None:
    world = World(site_of({"https://a.example/": Says(301, B), B: Says(200)}), memory)
    world.survey(["https://a.example/"])
    assert {uri for _, uri in world.fake.asked} == {"https://a.example/"}


# Circles, and cookies


def test_a_circle_is_walked_with_cookies(memory: Memory) -> None:
    gets: Counter[str] = Counter()

    def site(method: str, uri: str) -> Says:
        gets[uri] += method == "GET"
        return Says(200) if gets[A] > 1 else Says(302, A)

    world = World(site, memory)
    assert statuses(world.survey([A]), A) == [200]
    assert Counter(method for method, _ in world.fake.asked) == {"HEAD": 1, "GET": 2}


def test_a_circle_that_is_one_is_left_soon(memory: Memory) -> None:
    world = World(site_of({A: Says(301, B), B: Says(302, A)}), memory)
    survey = world.survey([A])
    assert verdict_of_chain(survey.chain(A)).kind == "loop"
    assert len(world.fake.asked) == 6
    assert asyncio.run(walked(A, world.fake, 10))[-1].next in (A, B)


# Hosts that want to be left alone


def test_who_asks_to_be_left_alone_is(memory: Memory) -> None:
    times: list[float] = []

    def site(method: str, uri: str) -> Says:
        times.append(world.clock.tick())
        return Says(429, after=30) if len(times) == 1 else Says(200)

    world = World(site, memory)
    uris = [f"http://a.example/{n}" for n in range(5)]
    survey = world.survey(uris, Manners(interval=0.0, per_host=1))
    assert all(statuses(survey, uri) == [200] for uri in uris)
    assert times == [1000.0, *[1030.0] * 5]


def test_others_are_asked_meanwhile(memory: Memory) -> None:
    order: list[str] = []

    def site(method: str, uri: str) -> Says:
        order.append(uri)
        return Says(503, after=30) if uri == A and order.count(A) == 1 else Says(200)

    world = World(site, memory)
    survey = world.survey([A, B, C], Manners(jobs=1))
    assert order == [A, B, C, A]
    assert statuses(survey, A) == [200]


def test_who_asks_for_too_much_is_asked_for_nothing_more(memory: Memory) -> None:
    uris = [f"http://a.example/{n}" for n in range(5)]
    world = World(lambda method, uri: Says(429, after=3600), memory)
    survey = world.survey([*uris, B], Manners(per_host=1))
    assert world.fake.asked == [("HEAD", uris[0]), ("HEAD", B)]
    assert [survey.unasked[uri].kind for uri in uris[1:]] == ["unreachable"] * 4
    assert "3600" in survey.unasked[uris[1]].why


def test_without_a_time_to_come_back_it_is_soon(memory: Memory) -> None:
    world = World(lambda method, uri: Says(429), memory)
    survey = world.survey([A])
    assert statuses(survey, A) == [429]
    assert world.fake.asked == [("HEAD", A)] * 2
    assert world.clock.now() == 1001


def test_a_host_is_not_waited_for_for_ever(memory: Memory) -> None:
    uris = [f"http://a.example/{n}" for n in range(100)]
    world = World(lambda method, uri: Says(429, after=60), memory)
    survey = world.survey(uris, Manners(per_host=1, most_waiting=600))
    assert world.clock.now() <= 1000 + 700
    assert len(survey.unasked) > 80


def test_what_failed_is_tried_again(memory: Memory) -> None:
    def site(method: str, uri: str) -> Says:
        return Says(200) if world.clock.now() > 1000 else Says(500)

    world = World(site, memory)
    assert statuses(world.survey([A]), A) == [200]


def test_of_a_host_that_never_answers_nothing_more_is_asked(memory: Memory) -> None:
    uris = [f"http://a.example/{n}" for n in range(100)]
    world = World(lambda method, uri: Says(None if uri != B else 200), memory)
    survey = world.survey([*uris, B])
    asked = {uri for _, uri in world.fake.asked}
    assert B in asked
    assert len(asked) < 10
    assert all(survey.chain(uri) or survey.unasked[uri].kind == "unreachable" for uri in uris)
    assert len(survey.unasked) > 90


def test_who_answers_now_and_then_is_asked_on(memory: Memory) -> None:
    uris = [f"http://a.example/{n}" for n in range(20)]
    world = World(lambda method, uri: Says(503 if uri.endswith(("2", "3", "4", "5")) else 200), memory)
    survey = world.survey(uris, Manners(per_host=1))
    assert not survey.unasked
    assert [statuses(survey, uri) for uri in uris[1:7]] == [[200], [503], [503], [503], [503], [200]]


# Fragments of pages


PAGE = Says(200, anchors=frozenset({"there", "other"}))


def test_pages_are_looked_into_for_names(memory: Memory) -> None:
    world = World(site_of({A: PAGE, B: Says(200)}), memory)
    survey = world.survey({A: {"there", "none"}, B: {"x"}})
    assert world.fake.asked == [("GET", A), ("GET", B)]
    assert [survey.named(A, "there"), survey.named(A, "none"), survey.named(B, "x")] == [True, False, None]


def test_names_go_along_with_a_redirect(memory: Memory) -> None:
    world = World(site_of({A: Says(301, B), C: Says(301, B, "other"), B: PAGE}), memory)
    survey = world.survey({A: {"there"}, C: {"none"}})
    assert survey.named(B, "there") is True
    assert survey.named(B, "none") is None  # the redirect has a fragment of its own
    assert survey.named(B, "other") is True
    assert Counter(uri for _, uri in world.fake.asked)[B] == 2  # the second name was not known of at first


def test_a_page_is_asked_for_again_only_for_what_nobody_has_looked_for(memory: Memory) -> None:
    world = World(site_of({A: PAGE, B: Says(404)}), memory)
    world.survey([A, B])
    assert [method for method, uri in world.fake.asked if uri == A] == ["HEAD"]
    world.fake.asked.clear()
    assert world.survey({A: {"there"}, B: {"x"}}).named(A, "there") is True
    assert world.fake.asked == [("GET", A)]
    world.fake.asked.clear()
    survey = world.survey({A: {"there"}})
    assert (world.fake.asked, survey.known, survey.named(A, "there")) == ([], 1, True)


# What is kept


def test_what_is_well_is_good_for_longer_than_what_is_not(memory: Memory) -> None:
    dead, ill = "http://dead.example/", "http://ill.example/"
    site = site_of({A: Says(301, B), B: Says(200), ill: Says(503, after=0)})

    def asked(now: float, *uris: str) -> set[str]:
        world = World(site, memory, now)
        world.survey(uris)
        return {uri for _, uri in world.fake.asked}

    links = (A, dead, ill)
    assert asked(1000, *links) == {A, B, dead, ill}
    assert asked(1010, *links) == {ill}  # it may be better by now
    assert asked(1010 + DAY // 24, *links) == {dead, ill}  # it may have been mended
    # Where it moved to was seen to be fine: a run after the edit has nothing to ask
    assert asked(2000, B) == set()
    assert asked(1010 + DAY, B) == {B}


def test_offline_what_is_known_counts(memory: Memory) -> None:
    world = World(site_of({A: Says(301, B), B: PAGE}), memory)
    world.survey([A])
    survey = world.survey({A: {"x"}, C: set()}, offline=True)
    assert (statuses(survey, A), survey.named(B, "x")) == ([301, 200], None)
    assert survey.unasked[C].kind == "unchecked"


def test_what_cannot_be_asked_for_is_said(memory: Memory) -> None:
    def site(method: str, uri: str) -> Says:
        raise ValueError("no host")

    survey = World(site, memory).survey([A])
    assert survey.unasked[A].kind == "invalid URL"


def test_progress(memory: Memory) -> None:
    world = World(site_of({A: Says(301, B), B: Says(200)}), memory)
    seen: list[tuple[int, int]] = []
    survey = Survey(world.fake, memory, world.clock, Manners(), sleep=world.sleep)
    asyncio.run(survey.run({A: set(), C: set()}, lambda done, of: seen.append((done, of))))
    assert seen[-1][0] == seen[-1][1] == 3
    assert [done for done, _ in seen] == [1, 2, 3]


# A web of a few URIs that answer as they like


URIS = [*(f"http://{host}.example{path}" for host in "abc" for path in ("/", "/x")), "https://a.example/x"]
webs = st.fixed_dictionaries(
    {uri: st.tuples(st.sampled_from([200, 301, 302, 308, 404, 429, 500, None]), st.sampled_from(URIS)) for uri in URIS}
)


@given(webs, st.lists(st.sampled_from(URIS), min_size=1, unique=True), st.integers(1, 3))
def test_any_web_is_walked_to_its_ends(web: dict[str, tuple[int | None, str]], links: list[str], per_host: int) -> None:
    def site(method: str, uri: str) -> Says:
        status, to = web[uri]
        return Says(status, to if status is not None and status // 100 == 3 else None)

    with closing(Memory(None)) as kept:
        world = World(site, kept)
        survey = world.survey(links, Manners(per_host=per_host, jobs=3))
        for uri in links:
            chain = survey.chain(uri)
            ends = chain[-1].next if chain else uri
            # Its end, a circle, or what was not asked for
            assert ends is None or ends in {hop.uri for hop in chain} or ends in survey.unasked
            assert all(hop.status == web[hop.uri][0] for hop in chain)
        heads = Counter(uri for method, uri in world.fake.asked if method == "HEAD")
        assert max(heads.values()) <= 2  # and more than once only what failed, or was put off
        again = World(site, kept)
        again.survey(links, Manners(per_host=per_host, jobs=3))
        asked = {uri for method, uri in again.fake.asked if method == "HEAD"}
        assert not {uri for uri in asked if web[uri][0] in (200, 404)}


def test_a_memory_gives_what_was_put(memory: Memory) -> None:
    hop = Hop(A, 301, None, B, "f")
    memory.put(hop, 0)
    memory.put(Hop(B, failure="timeout"), 0)
    memory.put(Hop(C, 200), 0, {"x": True, "y": False, "z": None})
    assert memory.get(A, 1) == hop
    assert memory.get(B, 1) is None
    assert memory.names(C, 1) == {"x": True, "y": False, "z": None}
    assert memory.names(C, DAY // 24 + 1) == {"x": True}
    memory.forget(31 * DAY)
    assert memory.get(A, 1) == hop
    memory.forget(32 * DAY)
    assert memory.get(A, 1) is None
