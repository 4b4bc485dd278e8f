"""http.client: a connection for each origin, used again as long as it may be. It follows nothing."""

import ssl
from http.client import HTTPConnection, HTTPException, HTTPSConnection
from urllib.parse import urlsplit

from pull_loop import Began, run

connections = {}


def obey(request, seconds, trust):
    uri = urlsplit(request["url"])
    connection = connections.get(uri.netloc)
    if connection is None:
        if uri.scheme == "https":
            connection = HTTPSConnection(uri.netloc, context=ssl.create_default_context(cafile=trust), timeout=seconds)
        else:
            connection = HTTPConnection(uri.netloc, timeout=seconds)
        connections[uri.netloc] = connection
    content = request["content"]
    data = None if content is None else content.encode("latin-1")
    target = (uri.path or "/") + (f"?{uri.query}" if uri.query else "")
    body = iter([data]) if request["unsized"] else data
    connection.request(
        request["method"], target, body, dict(request["fields"]), encode_chunked=bool(request["unsized"])
    )
    response = connection.getresponse()
    try:
        return response.status, response.read()
    except (HTTPException, OSError) as error:
        raise Began(response.status) from error


run(obey, connections.clear)
