"""``statuary fetch``: one URL, by our user agent; and the story of it, where that is wanted.

Options have curl's names where they do what curl's do. Here they are read; what is sent is made in fetch_request.py, the
story is told in fetch_story.py, content is saved in saving.py.
"""

from __future__ import annotations

import argparse
import asyncio
import codecs
import contextlib
import sys
from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext
from http.cookiejar import CookieJar, LoadError, MozillaCookieJar

from statuary import status
from statuary.cli.asking import Person, can_ask
from statuary.cli.fetch_request import Asked, CannotAsk, asked_by
from statuary.cli.fetch_story import is_success, sentence, story_as_json, story_as_text
from statuary.cli.output import forget_output, write
from statuary.cli.saving import CannotSave, Part, Saving, is_replaceable
from statuary.conformance.reports.wording import printable
from statuary.message.response import Response
from statuary.semantics.reaction import Choice, Policy
from statuary.transport.response_store import CacheFailed
from statuary.user_agent.agent import UserAgent
from statuary.user_agent.errors import ContentFailed, FetchError
from statuary.user_agent.fetched import Fetched, Step, Streamed
from statuary.user_agent.proxies import Proxies, environment, proxies_of
from statuary.user_agent.timeouts import Timeouts


def main(arguments: list[str]) -> int:
    """Exit status 0: delivered; 1: given up with a response; 2: there is none, or it couldn't be tried."""
    options = parser().parse_args(arguments)
    try:
        with contextlib.ExitStack() as files:
            asked = asked_by(options, files)
            return asyncio.run(_fetch(options, asked))
    except (CannotAsk, CannotSave, ValueError) as error:
        return _complain(options, str(error))
    except CacheFailed as error:
        return _complain(options, f"can't keep responses in {options.cache}: {error}")
    except BrokenPipeError:
        forget_output()  # whoever reads it has had enough
        return 0
    except (OSError, LoadError) as error:
        return _complain(options, _of_files(error))


def parser() -> argparse.ArgumentParser:
    """The command line."""
    made = argparse.ArgumentParser(
        prog="statuary fetch",
        description="Fetch a URL, and do what the status codes on the way ask for.",
        epilog="Exit status: 0 if the response is what was asked for, 1 if it is not (its content is shown), 2 if there is "
        "none. Redirects are followed, and what is put off is asked for again; --explain tells the story.",
    )
    add = made.add_argument
    add("url", metavar="URL", help="what to fetch")
    add("--explain", "-v", "--verbose", action="store_true", help="tell what was asked, answered and done, for content")
    add("--json", action="store_true", help="the same story, as JSON")
    group = made.add_argument_group("the request")
    add = group.add_argument
    add("-X", "--request", metavar="METHOD", help="method (default: GET, or what the other options call for)")
    add(
        "-H",
        "--header",
        action="append",
        default=[],
        metavar="LINE",
        help='"Name: value"; "Name:" takes a default away',
    )
    add("-I", "--head", action="store_true", help="HEAD: the header section alone")
    add("-d", "--data", action=_Data, metavar="DATA", help="content of a POST, as a form; @FILE for that of a file")
    add("--data-raw", action=_Data, metavar="DATA", help="the same, @ being nothing special")
    add("--data-binary", action=_Data, metavar="DATA", help="the same, line ends of a file kept")
    add("--data-urlencode", action=_Data, metavar="DATA", help="the same, encoded: content, =content or name=content")
    add("-G", "--get", action="store_true", help="the data into the query, and GET")
    add("-T", "--upload-file", metavar="FILE", help="PUT this file; - for standard input")
    add("-A", "--user-agent", metavar="NAME", help="User-Agent")
    add("-e", "--referer", metavar="URL", help="Referer")
    add("-r", "--range", metavar="RANGE", help="a part: 0-99, 100-, -100")
    add("-z", "--time-cond", metavar="DATE", help="only if modified since this date, or since this file was")
    add("--etag-compare", metavar="FILE", help="only if the entity tag is not that in the file")
    add("--etag-save", metavar="FILE", help="write the entity tag to the file")
    add("--compressed", action=argparse.BooleanOptionalAction, default=True, help="content codings (default: yes)")
    add("-u", "--user", metavar="USER:PASSWORD", help="credentials for the origin, sent once it asks for them")
    add("--oauth2-bearer", metavar="TOKEN", help="a bearer token for the origin")
    add("-b", "--cookie", action="append", default=[], metavar="DATA|FILE", help='"name=value", or a file of cookies')
    add("-c", "--cookie-jar", metavar="FILE", help="save the cookies to the file")
    group = made.add_argument_group("the content")
    add = group.add_argument
    add("-o", "--output", metavar="FILE", help="save it; the file is there when it is whole")
    add("-O", "--remote-name", action="store_true", help="save it under the last name of the URL's path")
    add("-C", "--continue-at", choices=("-",), help="with -o: keep what came of a download that was cut, and go on")
    add("-i", "--include", "--show-headers", action="store_true", help="show the header section, too")
    add("-s", "--silent", action="store_true", help="say nothing on standard error")
    add(
        "--cache",
        metavar="FILE",
        help="answer from the responses kept in this file where RFC 9111 permits, and keep more",
    )
    add("--max-filesize", type=_positive, metavar="OCTETS", help="give up on more than this")
    group = made.add_argument_group("what may be done")
    add = group.add_argument
    add("-L", "--location", action=argparse.BooleanOptionalAction, default=True, help="follow redirects (default: yes)")
    add("--max-redirs", type=_count, default=20, metavar="N", help="redirects (default: %(default)s)")
    add("--retry", type=_count, default=2, metavar="N", help="repetitions of what failed or is put off (default: 2)")
    add("--retry-max-time", type=_seconds, default=30.0, metavar="S", help="seconds of waiting for that (default: 30)")
    add("--ask", action=argparse.BooleanOptionalAction, help="ask what only a person can say (default: on a terminal)")
    add("--repeat-unsafe", action="store_true", help="repeat an unsafe request that may have been acted upon")
    add("--monitor", action="store_true", help="poll the monitor that a 202 names, until the work is done")
    add("--obey-305", action="store_true", help="use the proxy that a 305 names, as RFC 2616 had it")
    group = made.add_argument_group("the connection")
    add = group.add_argument
    add("-m", "--max-time", type=_seconds, metavar="S", help="seconds for all of it")
    add("--connect-timeout", type=_seconds, default=10.0, metavar="S", help="for a connection (default: 10)")
    add("--expect100-timeout", type=_seconds, default=1.0, metavar="S", help="for a 100 (default: 1)")
    add("-x", "--proxy", metavar="URL", help='proxy; "" for none (default: as the environment says)')
    add("-U", "--proxy-user", metavar="USER:PASSWORD", help="credentials for the proxy")
    add("--noproxy", metavar="HOSTS", help="hosts to ask straight, by commas; * for all")
    add("-k", "--insecure", action="store_true", help="don't check certificates")
    add("--cacert", metavar="FILE", help="trust the certificates in the file")
    add("--connect-to", action="append", default=[], metavar="HOST:PORT:HOST:PORT", help="connect to the latter")
    return made


class _Data(argparse.Action):
    """Keeps the pieces of data in their order, whatever option they came by."""

    def __call__(self, parser: object, options: argparse.Namespace, value: object, name: str | None = None) -> None:
        options.pieces = [*getattr(options, "pieces", []), (name, value)]


def _positive(text: str) -> int:
    number = int(text)
    if number < 1:
        raise argparse.ArgumentTypeError("must be at least 1")
    return number


def _count(text: str) -> int:
    number = int(text)
    if number < 0:
        raise argparse.ArgumentTypeError("must not be negative")
    return number


def _seconds(text: str) -> float:
    number = float(text)
    if not 0 < number < 1e7:
        raise argparse.ArgumentTypeError("must be more than 0")
    return number


async def _fetch(options: argparse.Namespace, asked: Asked) -> int:
    jar = _cookies(options)
    saving = Saving(asked.output) if asked.output is not None else None
    part = None
    if options.continue_at and asked.output is not None and is_replaceable(asked.output):
        part = Part(asked.output, asked.uri)
    stored = part.stored() if part is not None else None
    asks = Person() if can_ask(options.ask) else None
    agent = UserAgent(
        _policy(options, asked, is_asked=asks is not None),
        ask=asks,
        timeouts=Timeouts(
            connect=options.connect_timeout, for_continue=options.expect100_timeout, whole=options.max_time
        ),
        proxies=_proxies(options),
        cookies=jar,
        verify=not options.insecure,
        tls=asked.tls,
        decodes=options.compressed and part is None,
        omits=asked.omitted,
        cache=options.cache,
        most_content=options.max_filesize or 2**62,
        addresses=asked.addresses,
    )
    lines = [*asked.lines, *(part.lines(stored) if part is not None and stored is not None else ())]
    steps: tuple[Step, ...] = ()
    fetched: Fetched | None = None
    problem: str | None = None
    async with agent:
        try:
            async with agent.stream(
                asked.method,
                asked.url,
                fields=lines,
                content=asked.content,
                stored=stored,
                expects_continue=asked.expects_continue,
            ) as streamed:
                fetched, steps = streamed, streamed.steps
                await _take(options, streamed, saving, part)
        except FetchError as error:
            steps, problem = error.steps or steps, str(error)
    if isinstance(jar, MozillaCookieJar) and options.cookie_jar:
        jar.save(options.cookie_jar, ignore_discard=True)
    return _conclude(options, fetched, steps, problem)


def _conclude(
    options: argparse.Namespace, fetched: Fetched | None, steps: tuple[Step, ...], problem: str | None
) -> int:
    code = 2 if fetched is None or problem is not None else 0 if is_success(fetched) else 1
    if options.json:
        write(story_as_json(steps, fetched, problem))
    elif options.explain:
        write(story_as_text(steps, problem))
    if problem is not None:
        return _complain(options, problem)
    if options.silent or options.explain or options.json or fetched is None:
        return code
    for note in (note for step in fetched.steps for note in step.cache if note.is_warning):
        print(f"statuary fetch: {sentence(note)}", file=sys.stderr)
    if code:
        phrase = f"{fetched.status} {status.phrase(fetched.status)}".rstrip()
        print(f"statuary fetch: {phrase}: {sentence(fetched.reaction)}", file=sys.stderr)
    return code


async def _take(options: argparse.Namespace, streamed: Streamed, saving: Saving | None, part: Part | None) -> None:
    """The head and content to where they belong."""
    tells = options.explain or options.json
    if (options.include or options.head) and not tells:
        _show(_head(streamed.response, streamed.version))
    if options.etag_save and (etag := streamed.fields.get("etag")):
        with Saving(options.etag_save).opened() as file:
            file.write(etag.encode("latin-1") + b"\n")
    if streamed.switched is not None:
        return  # what is spoken there now is not for us
    size, most = 0, options.max_filesize
    takes, context = _taker(options, streamed, saving, part)
    with context:
        async for piece in streamed:
            size += len(piece)
            if most is not None and size > most:
                raise ContentFailed(f"The content is larger than {most} octets.", streamed.steps)
            takes(piece)
        takes(b"")
    if part is not None and is_success(streamed):
        part.discard()


def _taker(
    options: argparse.Namespace, streamed: Streamed, saving: Saving | None, part: Part | None
) -> tuple[Callable[[bytes], object], AbstractContextManager[object]]:
    """What takes the pieces, the last being empty, and the context that it needs."""
    if part is not None and is_success(streamed) and streamed.status == 206:
        rest = part.continued(streamed.response)
        return rest.write, rest
    if saving is not None and is_success(streamed):
        context = saving.opened(None if part is None else lambda file: part.keep(file, streamed.response))
        return context.write, context
    if options.explain or options.json:
        return len, nullcontext()
    if sys.stdout.isatty():
        return _for_terminal(), nullcontext()
    return _to_stdout, nullcontext()


def _to_stdout(piece: bytes) -> None:
    sys.stdout.flush()
    sys.stdout.buffer.write(piece)
    sys.stdout.buffer.flush()


def _for_terminal() -> Callable[[bytes], object]:
    """Text for a terminal: what would be obeyed by it is shown instead, and what is no text is not shown at all."""
    decoder = codecs.getincrementaldecoder("utf-8")("backslashreplace")

    def show(piece: bytes) -> None:
        if b"\0" in piece:
            raise CannotSave("the content is no text: save it with -o FILE, or pipe it")
        _show(decoder.decode(piece, final=not piece))

    return show


def _show(text: str) -> None:
    """Lines, each made printable."""
    write("\n".join("\t".join(map(printable, line.split("\t"))) for line in text.replace("\r\n", "\n").split("\n")))


def _head(response: Response, version: tuple[int, int] | None) -> str:
    major, minor = version or (1, 1)
    first = f"HTTP/{major}.{minor} {response.status} {status.phrase(response.status)}".rstrip()
    return "\n".join([first, *(f"{name}: {value}" for name, value in response.fields), "", ""])


def _policy(options: argparse.Namespace, asked: Asked, *, is_asked: bool) -> Policy:
    doubtful: Choice = "ask" if is_asked else "leave"
    return Policy(
        most_redirects=options.max_redirs,
        most_retries=options.retry,
        longest_wait=options.retry_max_time,
        most_waiting=options.retry_max_time,
        follows=options.location,
        obeys_305=options.obey_305,
        downgrades=doubtful,
        repeats_unsafe="do" if options.repeat_unsafe else doubtful,
        monitors=options.monitor,
        logins=asked.logins,
    )


def _proxies(options: argparse.Namespace) -> Proxies:
    proxies = environment() if options.proxy is None else proxies_of({"all": options.proxy} if options.proxy else {})
    bypasses = proxies.bypasses if options.noproxy is None else options.noproxy
    return Proxies(proxies.by_scheme, bypasses, proxies.logins)


def _cookies(options: argparse.Namespace) -> CookieJar:
    jar = MozillaCookieJar()
    for given in options.cookie:
        if "=" not in given and given:
            jar.load(given, ignore_discard=True, ignore_expires=True)
    return jar


def _of_files(error: Exception) -> str:
    """What went wrong with a file, and with which."""
    if isinstance(error, OSError) and error.strerror:
        return f"{error.filename}: {error.strerror}" if error.filename else error.strerror
    return str(error)


def _complain(options: argparse.Namespace, says: str) -> int:
    if not options.silent:
        print(f"statuary fetch: {printable(says)}", file=sys.stderr)
    return 2
