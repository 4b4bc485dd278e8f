"""``serve`` as a program's one call: it says where it listens, serves, and ends when told to."""

from __future__ import annotations

import re
import signal
import subprocess
import sys
from http.client import HTTPConnection

PROGRAM = """
from statuary.message.request import Request
from statuary.origin_server.run import serve
from statuary.origin_server.site import Site
from statuary.semantics.resource import Representation, Resource

class Hello(Site):
    def resource(self, request: Request, now: int) -> Resource:
        return Resource(variants=(Representation(b"hello", "text/plain", 5),))

    async def close(self) -> None:
        print("closed")

serve(Hello(), port=0)
"""


def test_serve() -> None:
    command = [sys.executable, "-c", PROGRAM]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:
        try:
            assert process.stderr is not None
            said = re.fullmatch(r"statuary: serving at http://127\.0\.0\.1:(\d+)/ .*\n", process.stderr.readline())
            assert said is not None
            connection = HTTPConnection("127.0.0.1", int(said[1]), timeout=30)
            connection.request("GET", "/")
            assert connection.getresponse().read() == b"hello"
            connection.close()
            process.send_signal(signal.SIGTERM)
            written, _ = process.communicate(timeout=30)
        finally:
            process.kill()
    assert process.returncode == 0
    assert '"GET / HTTP/1.1" 200 5' in written
    assert "closed" in written
