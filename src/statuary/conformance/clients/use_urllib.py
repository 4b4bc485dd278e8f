"""urllib.request, with the handlers that it has of itself."""

import ssl
from urllib.error import HTTPError
from urllib.request import (
    HTTPBasicAuthHandler,
    HTTPPasswordMgrWithDefaultRealm,
    HTTPSHandler,
    ProxyHandler,
    Request,
    build_opener,
)

from pull_loop import run


def obey(request, seconds, trust):
    handlers = [HTTPSHandler(context=ssl.create_default_context(cafile=trust))]
    proxy = request["proxy"]
    handlers.append(ProxyHandler({"http": proxy, "https": proxy} if proxy else {}))
    if request["credentials"]:
        known = HTTPPasswordMgrWithDefaultRealm()
        known.add_password(None, request["url"], *request["credentials"])
        handlers.append(HTTPBasicAuthHandler(known))
    content = request["content"]
    data = None if content is None else content.encode("latin-1")
    body = iter([data]) if request["unsized"] else data
    asked = Request(request["url"], body, dict(request["fields"]), method=request["method"])
    try:
        with build_opener(*handlers).open(asked, timeout=seconds) as response:
            return response.status, response.read()
    except HTTPError as error:
        return error.code, error.read()


run(obey)
