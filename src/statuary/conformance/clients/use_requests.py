"""requests, a Session for each case. An iterator is how content of unknown length is given to it."""

import requests
from pull_loop import Began, run

session = requests.Session()


def begin():
    global session
    session.close()
    session = requests.Session()
    session.trust_env = False


def obey(request, seconds, trust):
    content = request["content"]
    data = None if content is None else content.encode("latin-1")
    response = session.request(
        request["method"],
        request["url"],
        headers=dict(request["fields"]),
        data=iter([data]) if request["unsized"] else data,
        auth=tuple(request["credentials"]) if request["credentials"] else None,
        proxies={"http": request["proxy"], "https": request["proxy"]} if request["proxy"] else None,
        verify=trust,
        timeout=seconds,
        allow_redirects=True,
        stream=True,
    )
    try:
        return response.status_code, response.content, response.url
    except requests.RequestException as error:
        raise Began(response.status_code) from error


run(obey, begin)
