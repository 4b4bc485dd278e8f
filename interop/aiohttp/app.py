"""An aiohttp application as its users write one: `python app.py PORT SITE`. The rest of it is aiohttp's doing."""

import base64
import binascii
import sys
from pathlib import Path

from aiohttp import web

SITE, PORT = sys.argv[2], int(sys.argv[1])
PAGE = Path(SITE, "page.html").read_text()

routes = web.RouteTableDef()
notes: dict[str, bytes] = {}


@routes.get("/scratch/{name}")
async def read_note(request: web.Request) -> web.Response:
    name = request.match_info["name"]
    if name not in notes:
        raise web.HTTPNotFound
    return web.Response(body=notes[name], content_type="text/plain")


@routes.put("/scratch/{name}")
async def write_note(request: web.Request) -> web.Response:
    name = request.match_info["name"]
    is_new = name not in notes
    notes[name] = await request.read()
    return web.Response(status=201 if is_new else 204)


@routes.delete("/scratch/{name}")
async def remove_note(request: web.Request) -> web.Response:
    if notes.pop(request.match_info["name"], None) is None:
        raise web.HTTPNotFound
    return web.Response(status=204)


@routes.get("/secret")
async def secret(request: web.Request) -> web.Response:
    scheme, _, credentials = request.headers.get("Authorization", "").partition(" ")
    try:
        decoded = base64.b64decode(credentials).decode() if scheme.lower() == "basic" else ""
    except (binascii.Error, UnicodeDecodeError):
        decoded = ""
    if decoded != "alice:wonderland":
        raise web.HTTPUnauthorized(headers={"WWW-Authenticate": 'Basic realm="secret"'})
    return web.Response(text="Down the rabbit-hole")


@routes.post("/form")
async def form(request: web.Request) -> web.Response:
    await request.post()
    raise web.HTTPSeeOther("/file.txt")


@routes.post("/upload")
async def upload(request: web.Request) -> web.Response:
    return web.Response(text=f"{len(await request.read())} octets")


@routes.post("/job")
async def job(request: web.Request) -> web.Response:
    raise web.HTTPAccepted(text="It is being worked on")


@routes.post("/reset")
async def reset(request: web.Request) -> web.Response:
    raise web.HTTPResetContent


@routes.get("/broken")
async def fail(request: web.Request) -> web.Response:
    raise RuntimeError("what nobody thought of")


@routes.get("/calm")
async def calm(request: web.Request) -> web.Response:
    raise web.HTTPTooManyRequests(headers={"Retry-After": "60"})


@routes.get("/maintenance")
async def maintenance(request: web.Request) -> web.Response:
    raise web.HTTPServiceUnavailable(headers={"Retry-After": "120"})


@routes.get("/refused/{why}")
async def refuse(request: web.Request) -> web.Response:
    match request.match_info["why"]:
        case "paid":
            raise web.HTTPPaymentRequired
        case "hidden":
            raise web.HTTPForbidden
        case "gone":
            raise web.HTTPGone
        case "censored":
            raise web.HTTPUnavailableForLegalReasons("https://law.example/", text="Because of a court's order.")
        case _:
            raise web.HTTPNotFound


@routes.get("/redirected/{how}")
async def redirect(request: web.Request) -> web.Response:
    match request.match_info["how"]:
        case "moved-for-good":
            raise web.HTTPMovedPermanently("/file.txt")
        case "moved-for-now":
            raise web.HTTPFound("/file.txt")
        case "elsewhere":
            raise web.HTTPTemporaryRedirect("/file.txt")
        case "renamed":
            raise web.HTTPPermanentRedirect("/file.txt")
        case _:
            raise web.HTTPNotFound


@routes.get("/echo")
async def echo(request: web.Request) -> web.WebSocketResponse:
    websocket = web.WebSocketResponse()
    await websocket.prepare(request)
    async for message in websocket:
        if message.type is web.WSMsgType.TEXT:
            await websocket.send_str(message.data)
    return websocket


@routes.get("/page.html")
async def page(request: web.Request) -> web.Response:
    response = web.Response(text=PAGE, content_type="text/html")
    response.enable_compression()
    return response


routes.static("/", SITE, show_index=True)

app = web.Application(client_max_size=10_000)
app.add_routes(routes)
web.run_app(app, host="127.0.0.1", port=PORT, print=None, access_log=None)
