"""HTTPie as on its command line, with --follow, but without a start of Python for each command. Content comes from a file."""

import io
import json
import re
import sys
import tempfile
from pathlib import Path

from httpie.context import Environment
from httpie.core import main
from pull_loop import Began, run

work = tempfile.TemporaryDirectory()
folder = Path(work.name)
(folder / "config.json").write_text(json.dumps({"disable_update_warnings": True}))


def obey(request, seconds, trust):
    command = ["http", "--ignore-stdin", "--follow", "--timeout", str(seconds), "--verify", trust, "--pretty", "none"]
    command += ["--print", "hb"]
    if request["credentials"]:
        command += ["--auth", ":".join(request["credentials"])]
    if request["proxy"]:
        command += ["--proxy", f"http:{request['proxy']}", "--proxy", f"https:{request['proxy']}"]
    if request["unsized"]:
        command.append("--chunked")
    command += [request["method"], request["url"], *(f"{name}:{value}" for name, value in request["fields"])]
    if request["content"] is not None:
        (folder / "content").write_bytes(request["content"].encode("latin-1"))
        command.append(f"@{folder / 'content'}")
    said, complained = io.BytesIO(), io.StringIO()
    status = main(
        command, Environment(stdin=None, stdout=said, stdout_isatty=False, stderr=complained, config_dir=folder)
    )
    head, _, content = said.getvalue().partition(b"\r\n\r\n")
    found = re.match(rb"HTTP/\S+ (\d+)", head)
    if status != 0:
        reason = RuntimeError(complained.getvalue().strip()[-200:])
        raise Began(int(found[1]) if found else None) from reason
    return int(found[1]), content


sys.argv[0] = "http"
run(obey)
