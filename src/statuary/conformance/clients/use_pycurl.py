"""pycurl, a handle for each case, told to follow redirections."""

from io import BytesIO

import pycurl
from pull_loop import Began, run

handle = None


def begin():
    global handle
    if handle is not None:
        handle.close()
    handle = pycurl.Curl()


def obey(request, seconds, trust):
    handle.reset()
    got = BytesIO()
    options = {
        pycurl.URL: request["url"],
        pycurl.TIMEOUT: int(seconds),
        pycurl.FOLLOWLOCATION: 1,
        pycurl.CAINFO: trust,
        pycurl.PROXY: request["proxy"] or "",
        pycurl.NOPROXY: "" if request["proxy"] else "*",
        pycurl.WRITEFUNCTION: got.write,
    }
    data = None if request["content"] is None else request["content"].encode("latin-1")
    if request["method"] == "POST" and not request["unsized"]:
        options |= {pycurl.POST: 1, pycurl.POSTFIELDS: data or b""}
    elif data is not None:
        options |= {pycurl.UPLOAD: 1, pycurl.READFUNCTION: BytesIO(data).read}
        options |= {} if request["unsized"] else {pycurl.INFILESIZE: len(data)}
    fields = [f"{name}: {value}" for name, value in request["fields"]]
    fields += ["Expect: 100-continue" if request["expect"] else "Expect:"]
    options[pycurl.HTTPHEADER] = fields
    if request["method"] == "HEAD":
        options[pycurl.NOBODY] = 1
    elif request["method"] != "GET" and pycurl.POST not in options:
        options[pycurl.CUSTOMREQUEST] = request["method"]
    if request["credentials"]:
        options |= {pycurl.USERPWD: ":".join(request["credentials"]), pycurl.HTTPAUTH: pycurl.HTTPAUTH_ANY}
    for option, value in options.items():
        handle.setopt(option, value)
    try:
        handle.perform()
    except pycurl.error as error:
        raise Began(handle.getinfo(pycurl.RESPONSE_CODE) or None) from error
    return handle.getinfo(pycurl.RESPONSE_CODE), got.getvalue()


run(obey, begin)
