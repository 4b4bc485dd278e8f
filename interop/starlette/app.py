"""A Starlette application as its users write one: what it answers beyond that is Starlette's own doing, or its server's.

Both uvicorn and granian serve it. SITE names the directory of its files.
"""

import base64
import binascii
import os
from http import HTTPStatus

from starlette.applications import Starlette
from starlette.endpoints import HTTPEndpoint
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.middleware.gzip import GZipMiddleware
from starlette.requests import Request
from starlette.responses import PlainTextResponse, RedirectResponse, Response
from starlette.routing import Mount, Route, WebSocketRoute
from starlette.staticfiles import StaticFiles
from starlette.websockets import WebSocket

SITE = os.environ["SITE"]

notes: dict[str, bytes] = {}


class Note(HTTPEndpoint):
    async def get(self, request: Request) -> Response:
        name = request.path_params["name"]
        if name not in notes:
            raise HTTPException(404)
        return Response(notes[name], media_type="text/plain")

    async def put(self, request: Request) -> Response:
        name = request.path_params["name"]
        is_new = name not in notes
        notes[name] = await request.body()
        return Response(status_code=201 if is_new else 204)

    async def delete(self, request: Request) -> Response:
        if notes.pop(request.path_params["name"], None) is None:
            raise HTTPException(404)
        return Response(status_code=204)


async def secret(request: Request) -> Response:
    scheme, _, credentials = request.headers.get("Authorization", "").partition(" ")
    try:
        decoded = base64.b64decode(credentials).decode() if scheme.lower() == "basic" else ""
    except (binascii.Error, UnicodeDecodeError):
        decoded = ""
    if decoded != "alice:wonderland":
        raise HTTPException(401, headers={"WWW-Authenticate": 'Basic realm="secret"'})
    return PlainTextResponse("Down the rabbit-hole")


async def form(request: Request) -> Response:
    await request.form()
    return RedirectResponse("/file.txt", 303)


async def upload(request: Request) -> Response:
    return PlainTextResponse(f"{len(await request.body())} octets")


async def job(request: Request) -> Response:
    return PlainTextResponse("It is being worked on", 202)


async def fail(request: Request) -> Response:
    raise RuntimeError("what nobody thought of")


async def refuse(request: Request) -> Response:
    codes = {"paid": 402, "hidden": 403, "gone": 410}
    raise HTTPException(codes[request.path_params["why"]])


async def censored(request: Request) -> Response:
    link = '<https://law.example/>; rel="blocked-by"'
    raise HTTPException(451, "Unavailable because of a court's order of last year.", {"Link": link})


async def calm(request: Request) -> Response:
    raise HTTPException(HTTPStatus.TOO_MANY_REQUESTS, headers={"Retry-After": "60"})


async def maintenance(request: Request) -> Response:
    raise HTTPException(HTTPStatus.SERVICE_UNAVAILABLE, headers={"Retry-After": "120"})


async def echo(websocket: WebSocket) -> None:
    await websocket.accept()
    async for text in websocket.iter_text():
        await websocket.send_text(text)


async def redirect(request: Request) -> Response:
    codes = {"moved-for-good": 301, "moved-for-now": 302, "elsewhere": 307, "renamed": 308}
    return RedirectResponse("/file.txt", codes[request.path_params["how"]])


app = Starlette(
    routes=[
        Route("/scratch/{name}", Note),
        Route("/secret", secret),
        Route("/form", form, methods=["POST"]),
        Route("/upload", upload, methods=["POST"], max_body_size=1000),
        Route("/job", job, methods=["POST"]),
        Route("/broken", fail),
        Route("/censored", censored),
        Route("/calm", calm),
        Route("/maintenance", maintenance),
        Route("/refused/{why}", refuse),
        Route("/redirected/{how}", redirect),
        WebSocketRoute("/echo", echo),
        Mount("/", StaticFiles(directory=SITE, html=True)),
    ],
    middleware=[Middleware(GZipMiddleware, minimum_size=100)],
)
