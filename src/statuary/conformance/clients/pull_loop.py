"""The pull protocol for Python clients: asks for a case, obeys its requests one after the other, reports, and begins again.

Usage, in a script that is given the base URL: ``run(obey)``, where ``obey(request, seconds, trust)`` makes one request and
returns status and content, and perhaps the URI that it ended at. What it raises is its failure; a status known by then is
told with ``Began``.
"""

import json
import sys
from http.client import HTTPConnection
from urllib.parse import urlsplit


class Began(Exception):
    """A response began, with this status, and then something was wrong with it."""


def ask(base, method, last, content=None):
    connection = HTTPConnection(base.netloc)
    connection.request(method, f"{base.path}/{last}", content, {"Connection": "close"})
    response = connection.getresponse()
    return response.status, response.read()


def told(obey, request, case):
    try:
        status, content, *url = obey(request, case["seconds"], case["trust"])
        return {"status": status, "content": content.decode("latin-1"), "error": None, "url": url[0] if url else None}
    except Began as error:
        return {"status": error.args[0], "content": None, "error": repr(error.__cause__)}
    except Exception as error:
        return {"status": None, "content": None, "error": repr(error)}


def run(obey, begin=lambda: None):
    base = urlsplit(sys.argv[1])
    while True:
        status, content = ask(base, "GET", "next")
        if status != 200:
            return
        case = json.loads(content)
        begin()
        results = [told(obey, request, case) for request in case["requests"]]
        ask(base, "POST", "report", json.dumps({"id": case["id"], "results": results}))
