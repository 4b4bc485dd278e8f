"""Against Apache, where it is installed: Digest as another hand wrote it, WebDAV, and a list of choices."""

from __future__ import annotations

import contextlib
import hashlib
import os
import shutil
import socket
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from statuary.semantics.reaction import Deliver, GiveUp, Login, Policy
from statuary.user_agent.timeouts import Timeouts

from .conftest import agent, run

PATIENT = Timeouts(first_octet=20, between_octets=20, for_continue=20)
PATHS = os.pathsep.join([os.environ.get("PATH", ""), "/usr/sbin", "/usr/local/sbin"])
APACHE = shutil.which("apache2", path=PATHS) or shutil.which("httpd", path=PATHS)
MODULES = next(
    (one for one in ("/usr/lib/apache2", "/usr/lib64/httpd", "/etc/httpd") if Path(one, "modules").is_dir()), None
)
LOADED = [
    "mpm_event",
    "authn_core",
    "authn_file",
    "authz_core",
    "authz_user",
    "auth_digest",
    "mime",
    "dav",
    "dav_fs",
    "speling",
]
CONFIGURATION = """
ServerRoot {modules}
ServerName localhost
Listen 127.0.0.1:{port}
PidFile {work}/pid
ErrorLog {work}/error.log
DefaultRuntimeDir {work}
{loaded}
{user}
TypesConfig /dev/null
AddType text/plain .txt
DocumentRoot {work}/root
DavLockDB {work}/locks/db
<Directory {work}/root>
    Require all granted
</Directory>
<Location /private>
    AuthType Digest
    AuthName r
    AuthDigestDomain /private/
    AuthUserFile {work}/users
    Require user alice
</Location>
<Location /scratch>
    Dav On
</Location>
<Directory {work}/root/spelling>
    CheckSpelling On
</Directory>
"""


@pytest.fixture(scope="module")
def apache() -> Iterator[str]:
    if APACHE is None or MODULES is None:
        pytest.skip("Apache is not installed")
    loaded = [f"LoadModule {one}_module modules/mod_{one}.so" for one in LOADED]
    if not all(Path(MODULES, line.rpartition(" ")[2]).exists() for line in loaded):
        pytest.skip("Apache has not all modules that are needed")
    # Not in a folder of pytest's, which is closed to whom Apache becomes where it is started as root
    with tempfile.TemporaryDirectory(prefix="statuary-apache-", ignore_cleanup_errors=True) as folder:
        work = Path(folder)
        _lay(work)
        user = "" if os.geteuid() else "User nobody\nGroup #65534"
        configuration = work / "httpd.conf"
        port = _free_port()
        configuration.write_text(
            CONFIGURATION.format(work=work, port=port, modules=MODULES, loaded="\n".join(loaded), user=user)
        )
        process = subprocess.Popen([APACHE, "-f", str(configuration), "-D", "FOREGROUND"], stderr=subprocess.DEVNULL)
        try:
            while process.poll() is None:
                with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), timeout=5):
                    break
            yield f"http://127.0.0.1:{port}"
        finally:
            process.terminate()
            process.wait(20)


def _lay(work: Path) -> None:
    """The files, for anybody to read and write."""
    for name in (
        "root/private/a.txt",
        "root/private/b.txt",
        "root/spelling/one.txt",
        "root/spelling/onf.txt",
        "locks/x",
    ):
        (work / name).parent.mkdir(parents=True, exist_ok=True)
        (work / name).write_text(name)
    (work / "root" / "scratch").mkdir()
    secret = hashlib.md5(b"alice:r:wonderland", usedforsecurity=False).hexdigest()
    (work / "users").write_text(f"alice:r:{secret}\n")
    for path in (work, *work.rglob("*")):
        path.chmod(0o777 if path.is_dir() else 0o666)


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def test_one_login_for_many_requests(apache: str) -> None:
    async def test() -> None:
        async with agent(policy=Policy(logins=(Login(apache, "alice", "wonderland"),)), timeouts=PATIENT) as mine:
            first = await mine.fetch("GET", f"{apache}/private/a.txt")
            assert [one.final.status for one in first.attempts if one.final] == [401, 200]
            assert "authentication-info" in first.fields
            for name in ("a", "b", "a"):
                more = await mine.fetch("GET", f"{apache}/private/{name}.txt")
                assert [one.final.status for one in more.attempts if one.final] == [200]
                assert more.content == f"root/private/{name}.txt".encode()
        async with agent(policy=Policy(logins=(Login(apache, "alice", "guess"),)), timeouts=PATIENT) as wrong:
            refused = await wrong.fetch("GET", f"{apache}/private/a.txt")
            assert (type(refused.reaction), len(refused.steps)) == (GiveUp, 2)

    run(test())


def test_a_resource_comes_and_goes(apache: str) -> None:
    async def test() -> None:
        async with agent(cache=":memory:", timeouts=PATIENT) as mine:
            url = f"{apache}/scratch/a.txt"
            made = await mine.fetch("PUT", url, content=b"one", expects_continue=True)
            assert (made.status, [one.status for one in made.interim]) == (201, [100])
            assert (await mine.fetch("GET", url)).content == b"one"
            changed = await mine.fetch("PUT", url, content=b"another")
            assert changed.status == 204
            assert (await mine.fetch("GET", url)).content == b"another"
            assert (await mine.fetch("DELETE", url)).status == 204
            assert (await mine.fetch("GET", url)).status == 404

    run(test())


def test_choices_and_a_redirect_by_spelling(apache: str) -> None:
    async def test() -> None:
        async with agent(timeouts=PATIENT) as mine:
            several = await mine.fetch("GET", f"{apache}/spelling/one")
            assert (several.status, type(several.reaction)) == (300, Deliver)
            one = await mine.fetch("GET", f"{apache}/spelling/one.txx")
            assert [each.final.status for each in one.attempts if each.final] == [301, 200]

    run(test())
