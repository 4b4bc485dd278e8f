"""urllib3, a PoolManager for each case, with its usual retries."""

import urllib3
from pull_loop import run

pool = urllib3.PoolManager()


def begin():
    global pool
    pool.clear()
    pool = None


def obey(request, seconds, trust):
    global pool
    if pool is None:
        proxy = request["proxy"]
        pool = urllib3.ProxyManager(proxy, ca_certs=trust) if proxy else urllib3.PoolManager(ca_certs=trust)
    fields = dict(request["fields"])
    if request["credentials"]:
        fields |= urllib3.make_headers(basic_auth=":".join(request["credentials"]))
    content = request["content"]
    data = None if content is None else content.encode("latin-1")
    response = pool.request(
        request["method"],
        request["url"],
        headers=fields,
        body=iter([data]) if request["unsized"] else data,
        timeout=seconds,
    )
    return response.status, response.data


run(obey, begin)
