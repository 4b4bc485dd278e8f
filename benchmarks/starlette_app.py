"""Starlette's StaticFiles as its documentation mounts it, over the directory named by BENCHMARK_ROOT."""

import os

from starlette.applications import Starlette
from starlette.routing import Mount
from starlette.staticfiles import StaticFiles

app = Starlette(routes=[Mount("/", app=StaticFiles(directory=os.environ["BENCHMARK_ROOT"]))])
