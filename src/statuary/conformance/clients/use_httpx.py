"""httpx, a Client for each case, told to follow redirections."""

import httpx
from pull_loop import Began, run

client = httpx.Client()


def begin():
    global client
    client.close()
    client = None


def obey(request, seconds, trust):
    global client
    if client is None:
        proxy = request["proxy"]
        client = httpx.Client(verify=trust, follow_redirects=True, trust_env=False, proxy=proxy, timeout=seconds)
    content = request["content"]
    data = None if content is None else content.encode("latin-1")
    auth = tuple(request["credentials"]) if request["credentials"] else None
    body = iter([data]) if request["unsized"] else data
    with client.stream(
        request["method"], request["url"], headers=request["fields"], content=body, auth=auth
    ) as response:
        try:
            return response.status_code, response.read(), str(response.url)
        except httpx.HTTPError as error:
            raise Began(response.status_code) from error


run(obey, begin)
