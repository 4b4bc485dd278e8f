"""aiohttp's static route as its documentation adds it: `python -m benchmarks.aiohttp_app DIR HOST PORT`."""

import sys

from aiohttp import web


def main(directory: str, host: str, port: str) -> None:
    app = web.Application()
    app.router.add_static("/", directory)
    web.run_app(app, host=host, port=int(port))


if __name__ == "__main__":
    main(*sys.argv[1:])
