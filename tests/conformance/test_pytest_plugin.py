"""The pytest plugin, as a project uses it: in a pytest of its own."""

from __future__ import annotations

import pytest

pytest_plugins = ["pytester"]

APPLICATION = """
import pytest
from statuary.conformance.applications import wsgi

def app(environ, start_response):
    if environ["REQUEST_METHOD"] in ("GET", "HEAD"):
        start_response("200 OK", [("Content-Type", "text/plain")])
        return [b"hello, this is a page"]
    start_response("405 Method Not Allowed", [("Content-Type", "text/plain")FIELD])
    return [b"no"]

@pytest.fixture(scope="session")
def statuary_subject():
    return wsgi(app)

@pytest.mark.statuary(only="methods.p*-file"WAIVERS)
def test_http(statuary_scenario):
    statuary_scenario.check()
"""


def run(pytester: pytest.Pytester, text: str, *arguments: str) -> pytest.RunResult:
    pytester.makepyfile(text)
    return pytester.runpytest_subprocess("-p", "no:cacheprovider", "-p", "no:xdist", *arguments)


def test_an_item_for_each_scenario_and_one_for_judge(pytester: pytest.Pytester) -> None:
    good = APPLICATION.replace("FIELD", ', ("Allow", "GET, HEAD")').replace("WAIVERS", "")
    result = run(pytester, good, "-v")
    result.stdout.fnmatch_lines(["*test_http?methods.post-file? PASSED*", "*test_http?judge? PASSED*"])
    assert result.ret == 0


def test_a_departure_fails_and_is_explained(pytester: pytest.Pytester) -> None:
    result = run(pytester, APPLICATION.replace("FIELD", "").replace("WAIVERS", ""))
    assert result.ret == 1
    result.stdout.fnmatch_lines(["*rfc9110-15.5.6-1*", "*HTTP/1.1 405*", "*FAILED*methods.post-file*"])
    result.stdout.no_fnmatch_line("*Traceback*")


def test_waivers_are_honoured(pytester: pytest.Pytester) -> None:
    pytester.makefile(".toml", waivers='[[waiver]]\nrequirement = "rfc9110-15.5.6-1"\nreason = "known"\n')
    result = run(pytester, APPLICATION.replace("FIELD", "").replace("WAIVERS", ', waivers="waivers.toml"'))
    assert result.ret == 0


def test_what_is_not_applicable_is_skipped(pytester: pytest.Pytester) -> None:
    text = APPLICATION.replace("FIELD", "").replace("WAIVERS", "").replace("methods.p*-file", "met.402")
    run(pytester, text, "-rs").stdout.fnmatch_lines(["*SKIPPED*not applicable*"])


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("only=", "olny=", "*only, code, level and waivers*"),
        ("methods.p*-file", "no.such", "*no scenario is like that*"),
        ("return wsgi(app)", "return 7", "*statuary_subject gives a URL*"),
    ],
)
def test_mistakes_are_named(pytester: pytest.Pytester, old: str, new: str, message: str) -> None:
    result = run(pytester, APPLICATION.replace("FIELD", "").replace("WAIVERS", "").replace(old, new))
    assert result.ret != 0
    text = result.stdout.str() + result.stderr.str()
    assert message.strip("*") in text


SERVER = """
from pathlib import Path
import pytest

@pytest.fixture(scope="session")
def statuary_subject():
    return Path("subject.toml")

@pytest.mark.statuary(code=[404])
def test_http(statuary_scenario):
    statuary_scenario.check()
"""


def test_over_a_port(pytester: pytest.Pytester) -> None:
    start = '["{python}", "-m", "statuary", "serve", "--port", "{port}", "--log", "none"]'
    pytester.makefile(".toml", subject=f'url = "http://127.0.0.1:{{port}}/"\nstart = {start}\n')
    result = run(pytester, SERVER, "-k", "get or judge")
    assert result.ret == 0
    assert result.parseoutcomes()["passed"] >= 2


def test_projects_that_do_not_use_it_do_not_load_it(pytester: pytest.Pytester) -> None:
    text = "import sys\ndef test_it():\n    assert 'statuary.conformance.player' not in sys.modules\n"
    assert run(pytester, text).ret == 0


CLIENT = """
import http.client
import pytest
from urllib.parse import urlsplit

@pytest.fixture(scope="session")
def statuary_client():
    def obey(order, seconds):
        uri = urlsplit(order.url)
        connection = http.client.HTTPConnection(uri.hostname, uri.port, timeout=seconds)
        try:
            connection.request(order.method, uri.path, headers=dict(order.fields))
            return connection.getresponse().status
        finally:
            connection.close()

    return obey

@pytest.mark.statuary(only="ONLY")
def test_client(statuary_client_scenario):
    statuary_client_scenario.check()
"""


def test_a_client_is_checked(pytester: pytest.Pytester) -> None:
    result = run(pytester, CLIENT.replace("ONLY", "redirection.303-*"), "-v", "-rs")
    result.stdout.fnmatch_lines(["*test_client?redirection.303-* PASSED*", "*test_client?judge? PASSED*"])
    assert result.ret == 0


def test_a_client_that_takes_an_interim_response_for_the_final_one_fails(pytester: pytest.Pytester) -> None:
    result = run(pytester, CLIENT.replace("ONLY", "interim.103-several"))
    assert result.ret == 1
    result.stdout.fnmatch_lines(["*reported 103*", "*FAILED*interim.103-several*"])
    result.stdout.no_fnmatch_line("*Traceback*")


def test_what_is_no_client_is_told(pytester: pytest.Pytester) -> None:
    text = CLIENT.replace("ONLY", "interim.103-several").replace("return obey", "return 1")
    run(pytester, text).stdout.fnmatch_lines(["*statuary_client gives a function*"])
