"""PUT and DELETE on a directory: done whole or not at all, by one of several at once, and never outside it."""

from __future__ import annotations

import asyncio
import os
import subprocess
import sys
import textwrap
import time
from collections.abc import AsyncIterator, Callable
from pathlib import Path

import pytest

from statuary.message.fields import Fields
from statuary.message.request import UNKNOWN_LENGTH, Request
from statuary.origin_server.directory import DirectoryOptions, DirectorySite
from statuary.origin_server.site import ContentCut, TooMuchContent
from statuary.origin_server.storage import Storage
from statuary.semantics.decision import Perform, Respond, conclude, decide
from statuary.semantics.resource import Resource

from .connected import in_loop

OPTIONS = DirectoryOptions(writable=True, tombstones=True)


class Sent:
    """Request content in pieces. Between them, and before the first and after the last, ``meanwhile`` is called."""

    def __init__(self, *pieces: bytes | BaseException, meanwhile: Callable[[], None] = lambda: None) -> None:
        self.pieces = pieces
        self.meanwhile = meanwhile

    async def __aiter__(self) -> AsyncIterator[bytes]:
        for piece in self.pieces:
            self.meanwhile()
            await asyncio.sleep(0)
            if isinstance(piece, BaseException):
                raise piece
            yield piece
        self.meanwhile()

    async def read(self) -> bytes:
        return b"".join([piece async for piece in self])


def make_request(method: str, path: str, length: int | None = None, /, **fields: str) -> Request:
    lines = [(name.replace("_", "-"), value) for name, value in fields.items()]
    return Request(method, path, Fields(lines), authority="a.example", content_length=length)


async def carry_out(site: DirectorySite, request: Request, content: Sent) -> Respond:
    """What the connection does with a request."""
    now = int(time.time())
    resource = site.resource(request, now)
    decision = decide(request, resource, now)
    if isinstance(decision, Perform):
        return conclude(request, resource, await site.perform(request, resource, content))
    return decision


async def put(site: DirectorySite, path: str, *pieces: bytes | BaseException, **fields: str) -> Respond:
    return await carry_out(site, make_request("PUT", path, UNKNOWN_LENGTH, **fields), Sent(*pieces))


async def delete(site: DirectorySite, path: str, **fields: str) -> Respond:
    return await carry_out(site, make_request("DELETE", path, None, **fields), Sent())


async def get(site: DirectorySite, path: str, **fields: str) -> Respond:
    return await carry_out(site, make_request("GET", path, None, **fields), Sent())


@pytest.fixture
def root(tmp_path: Path) -> Path:
    root = tmp_path / "root"
    (root / "sub").mkdir(parents=True)
    (root / "a.txt").write_text("old")
    (tmp_path / "outside").write_text("outside")
    return root


@pytest.fixture
def site(root: Path) -> DirectorySite:
    return opened(root)


def opened(root: Path) -> DirectorySite:
    site = DirectorySite(root, OPTIONS)
    asyncio.run(site.open())
    return site


def stored(path: Path) -> bytes | None:
    return path.read_bytes() if path.exists() else None


def left_behind(root: Path) -> list[str]:
    return os.listdir(root / ".statuary" / "incoming")


# What a PUT and a DELETE do, RFC 9110 sections 9.3.4 and 9.3.5


@in_loop
async def test_put_replaces_and_creates(site: DirectorySite, root: Path) -> None:
    replaced = await put(site, "/a.txt", b"n", b"ew")
    assert replaced.status == 204
    assert stored(root / "a.txt") == b"new"
    created = await put(site, "/x/y/z.txt", b"new")
    assert created.status == 201
    assert stored(root / "x" / "y" / "z.txt") == b"new"
    # The validators are those of what was stored: rfc9110-9.3.4-6
    for path, answer in (("/a.txt", replaced), ("/x/y/z.txt", created)):
        assert answer.field("ETag") == (await get(site, path)).field("ETag")
        assert answer.field("Last-Modified") == (await get(site, path)).field("Last-Modified")
    assert left_behind(root) == []


@in_loop
async def test_put_of_nothing_is_an_empty_file(site: DirectorySite, root: Path) -> None:
    assert (await put(site, "/empty")).status == 201
    assert os.stat(root / "empty").st_size == 0


@in_loop
async def test_put_keeps_the_permissions_of_what_it_replaces(site: DirectorySite, root: Path) -> None:
    os.chmod(root / "a.txt", 0o640)
    await put(site, "/a.txt", b"new")
    assert os.stat(root / "a.txt").st_mode & 0o777 == 0o640


@in_loop
async def test_put_through_a_link_that_stays_inside(site: DirectorySite, root: Path) -> None:
    link = root / "link"
    link.symlink_to("a.txt")
    await put(site, "/link", b"new")
    assert link.is_symlink()
    assert stored(root / "a.txt") == b"new"


@in_loop
async def test_a_precompressed_form_does_not_outlive_its_file(site: DirectorySite, root: Path) -> None:
    (root / "a.txt.gz").write_text("of the old")
    for name in ("a.txt", "a.txt.gz"):
        # As gzip leaves it: no older than its file, and no newer
        os.utime(root / name, (100, 100))
    assert (await get(site, "/a.txt", accept_encoding="gzip")).field("Content-Encoding") == "gzip"
    await put(site, "/a.txt", b"new")
    assert (await get(site, "/a.txt", accept_encoding="gzip")).field("Content-Encoding") is None


@in_loop
async def test_delete_and_what_is_left(site: DirectorySite, root: Path) -> None:
    assert (await delete(site, "/a.txt")).status == 204
    assert stored(root / "a.txt") is None
    assert (await get(site, "/a.txt")).status == 410
    assert (await delete(site, "/a.txt")).status == 410
    # Other workers, and the same after a restart, know it as well
    assert (await get(DirectorySite(root, OPTIONS), "/a.txt")).status == 410
    assert (await get(DirectorySite(root, DirectoryOptions(writable=True)), "/a.txt")).status == 404
    assert (await put(site, "/a.txt", b"again")).status == 201
    assert (await get(site, "/a.txt")).status == 200
    os.unlink(root / "a.txt")
    assert (await get(site, "/a.txt")).status == 404


@in_loop
async def test_delete_of_a_link_removes_the_link(site: DirectorySite, root: Path) -> None:
    link = root / "link"
    link.symlink_to("a.txt")
    assert (await delete(site, "/link")).status == 204
    assert not link.is_symlink()
    assert stored(root / "a.txt") == b"old"


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("/", 405),
        ("/sub", 405),
        ("/sub/", 405),
        ("/new/", 405),
        ("/a.txt/b", 409),
        ("/a.txt/b/c", 409),
        ("/" + "n" * 300, 409),
        ("/" + "d/" * 20 + "x", 409),
        # Outside, hidden, or not one name for one place
        ("/../outside", 405),
        ("/%2e%2e/outside", 405),
        ("/..%2foutside", 405),
        ("/sub/../../outside", 405),
        ("/a%2fb", 405),
        ("/a%00", 405),
        ("//a", 405),
        ("/.htaccess", 405),
        ("/.statuary/incoming/x", 405),
        ("/statuary.toml", 405),
        ("/out", 405),
        ("/up/outside", 405),
        ("/up/new", 405),
        ("/hidden/x", 405),
        ("/dangling", 405),
    ],
)
@in_loop
async def test_where_nothing_is_stored(site: DirectorySite, root: Path, path: str, status: int) -> None:
    for link, target in (("out", "../outside"), ("up", ".."), ("hidden", ".statuary"), ("dangling", "../new")):
        os.symlink(target, root / link)
    before = tree(root.parent)
    assert (await put(site, path, b"new")).status == status
    assert tree(root.parent) == before
    if status == 405:
        assert (await delete(site, path)).status == 405
        assert tree(root.parent) == before


def tree(top: Path) -> dict[str, bytes]:
    """All there is, but for the lock and what a failed PUT may leave: directories on the way."""
    files = (path for path in top.rglob("*") if path.is_file() and path.name != "lock")
    return {str(path): path.read_bytes() for path in files}


# Preconditions, with others about


@in_loop
async def test_of_two_changes_to_the_same_state_one_is_lost_on_nobody(site: DirectorySite, root: Path) -> None:
    tag = (await get(site, "/a.txt")).field("ETag") or ""
    for other in (site, DirectorySite(root, OPTIONS)):
        await put(site, "/a.txt", b"old")
        answers = await asyncio.gather(
            put(site, "/a.txt", b"on", b"e", if_match=tag), put(other, "/a.txt", b"tw", b"o", if_match=tag)
        )
        assert sorted(answer.status for answer in answers) == [204, 412]
        winner = (b"one", b"two")[[answer.status for answer in answers].index(204)]
        assert stored(root / "a.txt") == winner
    assert left_behind(root) == []


@in_loop
async def test_of_several_who_create_one_does(site: DirectorySite, root: Path) -> None:
    others = [DirectorySite(root, OPTIONS) for _ in range(4)]
    makers = [put(other, "/new/x", b"%d" % number, if_none_match="*") for number, other in enumerate(others)]
    answers = await asyncio.gather(*makers)
    assert sorted(answer.status for answer in answers) == [201, 412, 412, 412]
    winner = [answer.status for answer in answers].index(201)
    assert stored(root / "new" / "x") == b"%d" % winner


@in_loop
async def test_a_change_that_was_overtaken(site: DirectorySite, root: Path) -> None:
    tag = (await get(site, "/a.txt")).field("ETag") or ""
    request = make_request("PUT", "/a.txt", UNKNOWN_LENGTH, if_match=tag)
    content = Sent(b"new", meanwhile=lambda: rewrite(root / "a.txt"))
    assert (await carry_out(site, request, content)).status == 412
    assert stored(root / "a.txt") == b"other"
    assert (await delete(site, "/a.txt", if_match=tag)).status == 412
    assert (await delete(site, "/a.txt", if_match=(await get(site, "/a.txt")).field("ETag") or "")).status == 204


def rewrite(path: Path) -> None:
    path.write_text("other")


@in_loop
async def test_a_place_that_turned_into_another(site: DirectorySite, root: Path) -> None:
    """While the content came, somebody made a directory there, a file in place of a parent, a way out."""

    def directory() -> None:
        (root / "one").mkdir(exist_ok=True)

    def file() -> None:
        (root / "two").touch()

    def way_out() -> None:
        if not (root / "three").exists():
            (root / "three").symlink_to("..")

    for path, meanwhile, status in (
        ("/one", directory, 405),
        ("/two/x", file, 409),
        ("/three/outside", way_out, 405),
    ):
        request = make_request("PUT", path, UNKNOWN_LENGTH)
        assert (await carry_out(site, request, Sent(b"new", meanwhile=meanwhile))).status == status
    assert stored(root.parent / "outside") == b"outside"
    assert left_behind(root) == []


# Failures


@pytest.mark.parametrize("error", [ContentCut(), TooMuchContent(), RuntimeError(), asyncio.CancelledError()])
@pytest.mark.parametrize("pieces", [(), (b"new",)])
@in_loop
async def test_content_that_does_not_come_to_its_end(
    site: DirectorySite, root: Path, pieces: tuple[bytes, ...], error: BaseException
) -> None:
    before = tree(root)
    with pytest.raises(type(error)):
        await put(site, "/a.txt", *pieces, error)
    with pytest.raises(type(error)):
        await put(site, "/new/x", *pieces, error)
    assert tree(root) == before
    assert left_behind(root) == []
    assert "new" not in os.listdir(root)


class Scarce(Storage):
    """Has room for ten octets, less what lies in wait to be stored."""

    def free_octets(self) -> int:
        return 10 - sum(os.stat(os.path.join(self._incoming, name)).st_size for name in os.listdir(self._incoming))


@in_loop
async def test_room_is_counted_before_it_is_taken(root: Path) -> None:
    site = opened_with(root, Scarce(str(root)))
    fits = make_request("PUT", "/a.txt", 8)
    assert (await carry_out(site, fits, Sent(b"12345678"))).status == 204
    assert (await carry_out(site, make_request("PUT", "/a.txt", 11), Sent(b"12345678901"))).status == 507
    assert stored(root / "a.txt") == b"12345678"


def opened_with(root: Path, storage: Storage) -> DirectorySite:
    site = DirectorySite(root, OPTIONS)
    storage.prepare()
    site._storage = storage
    return site


def start(program: str, *arguments: str) -> subprocess.Popen[bytes]:
    """Run ``program``, with all of the above imported, in a process of its own."""
    here = Path(__file__)
    head = f"import sys; sys.path[:0] = {[str(here.parent.parent.parent), *sys.path]!r}\n"
    load = f"from tests.origin_server.{here.stem} import *\n"
    command = [sys.executable, "-c", head + load + textwrap.dedent(program), *arguments]
    return subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE)


def said_by(program: str, *arguments: str) -> list[str]:
    """What it prints, in words."""
    process = start(program, *arguments)
    printed, _ = process.communicate()
    assert process.returncode == 0
    return printed.decode().split()


def test_a_full_disk_leaves_the_old_content(root: Path) -> None:
    """The limit on the size of files stands in for it: the same errors at the same places."""
    opened(root)
    program = """
        import resource, signal
        root = Path(sys.argv[1])
        site = opened(root)
        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        resource.setrlimit(resource.RLIMIT_FSIZE, (1000, 1000))
        for path in ("/a.txt", "/new/x"):
            print(asyncio.run(put(site, path, b"x" * 600, b"x" * 600)).status)
        print(asyncio.run(put(site, "/a.txt", b"x" * 600)).status)
    """
    assert said_by(program, str(root)) == ["507", "507", "204"]
    assert stored(root / "a.txt") == b"x" * 600
    assert not (root / "new").exists()
    assert left_behind(root) == []


def test_what_may_not_be_written() -> None:
    """By somebody who is not root, whom nothing is forbidden."""
    program = """
        import concurrent.futures.thread, tempfile  # before it is too late to read the library
        if os.getuid() == 0:
            os.setgid(65534)
            os.setuid(65534)
        with tempfile.TemporaryDirectory() as name:
            root = Path(name)
            (root / "locked").mkdir()
            (root / "locked" / "a").write_text("old")
            (root / "secret").write_text("secret")
            site = opened(root)
            os.chmod(root / "locked", 0o555)
            os.chmod(root / "secret", 0)
            print(asyncio.run(put(site, "/locked/a", b"new")).status)
            print(asyncio.run(put(site, "/locked/b", b"new")).status)
            print(asyncio.run(put(site, "/locked/c/d", b"new")).status)
            print(asyncio.run(delete(site, "/locked/a")).status)
            print(asyncio.run(get(site, "/secret")).status)
            print((root / "locked" / "a").read_text(), left_behind(root))
            os.chmod(root / "locked", 0o755)
            os.chmod(root / ".statuary" / "incoming", 0o555)
            print(asyncio.run(put(site, "/x", b"new")).status)
    """
    assert said_by(program) == ["403"] * 5 + ["old", "[]", "403"]


@pytest.mark.parametrize(("path", "before"), [("/a.txt", "old"), ("/fresh/x", "none")])
def test_a_process_killed_at_any_step_leaves_the_old_or_the_new(root: Path, path: str, before: str) -> None:
    """Killed for real, by its own hand at each step that the interpreter reports: opening, renaming, removing..."""
    opened(root)
    program = """
        import signal
        root, path = Path(sys.argv[1]), sys.argv[2]
        file = root / path[1:]

        def store_and_die(step):
            site = opened(root)
            steps = iter(range(step))
            def on_step(event, arguments):
                if next(steps, None) is None:
                    signal.raise_signal(signal.SIGKILL)
            sys.addaudithook(on_step)
            asyncio.run(put(site, path, *[b"new" * 10_000] * 5))

        for step in range(1000):
            if sys.argv[3] == "old":
                file.write_bytes(b"old" * 50_000)
            elif file.exists():
                file.unlink()
            child = os.fork()
            if not child:
                store_and_die(step)
                os._exit(0)
            _, status = os.waitpid(child, 0)
            content = file.read_bytes() if file.exists() else None
            print({None: "none", b"old" * 50_000: "old", b"new" * 50_000: "new"}.get(content, "half"))
            if not status:
                break
    """
    states = said_by(program, str(root), path, before)
    # Everything before one step, everything after it
    turn = states.index("new")
    assert turn > 10
    assert states == [before] * turn + ["new"] * (len(states) - turn)
    # What the killed ones left goes away with the next start
    opened(root)
    assert left_behind(root) == []


def test_leftovers_of_the_living_stay(root: Path) -> None:
    opened(root)
    incoming = root / ".statuary" / "incoming"
    for name in (f"{os.getppid()}-a", f"{os.getpid()}-b", "nonsense", "-", "99999999-c"):
        (incoming / name).touch()
    opened(root)
    assert left_behind(root) == [f"{os.getppid()}-a"]


def test_resources_of_a_writable_site(site: DirectorySite) -> None:
    for path, methods in (("/a.txt", "GET, HEAD, OPTIONS, PUT, DELETE"), ("/", "GET, HEAD, OPTIONS")):
        resource = site.resource(make_request("OPTIONS", path), 0)
        assert isinstance(resource, Resource)
        assert ", ".join(resource.methods) == methods


@in_loop
async def test_content_that_is_not_what_its_name_says(site: DirectorySite, root: Path) -> None:
    # rfc9110-9.3.4-3: what is stored would be served as another type
    assert (await put(site, "/a.txt", b"{}", content_type="application/json")).status == 415
    assert (await put(site, "/a.txt", b"new", content_type="text/plain")).status == 204
    assert (await put(site, "/a.unknown", b"new", content_type="application/json")).status == 201
    assert (await put(site, "/a.txt", b"new", content_range="bytes 0-2/3")).status == 400


@in_loop
async def test_more_than_is_taken(root: Path) -> None:
    site = DirectorySite(root, DirectoryOptions(writable=True, most_content=5))
    await site.open()
    assert (await carry_out(site, make_request("PUT", "/a.txt", 6), Sent(b"123456"))).status == 413
    assert (await carry_out(site, make_request("PUT", "/a.txt", 5), Sent(b"12345"))).status == 204


def test_many_changes_at_once_leave_one_of_them(root: Path) -> None:
    """Several processes, without preconditions: any of the contents, and all of it."""
    program = """
        site = opened(Path(sys.argv[1]))
        for _ in range(20):
            assert asyncio.run(put(site, "/a.txt", *[sys.argv[2].encode() * 1000] * 20)).status == 204
    """
    processes = [start(program, str(root), letter) for letter in "abc"]
    while any(process.poll() is None for process in processes):
        content = (root / "a.txt").read_bytes()
        assert content == b"old" or (len(content) == 20_000 and len(set(content)) == 1)
    for process in processes:
        process.communicate()
        assert process.returncode == 0
    assert left_behind(root) == []
