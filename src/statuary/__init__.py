"""HTTP's status codes as working software: the public names, loaded when they are first used."""

__version__ = "0.1.0"

TYPE_CHECKING = False
if TYPE_CHECKING:
    from statuary.message.request import Request
    from statuary.message.response import Response
    from statuary.origin_server.asgi import ASGIApp
    from statuary.origin_server.configured_site import site_of
    from statuary.origin_server.directory import DirectoryOptions, DirectorySite
    from statuary.origin_server.run import serve
    from statuary.origin_server.site import Site
    from statuary.semantics.decision import Perform, Respond, conclude, decide, path_of
    from statuary.semantics.resource import Representation, Resource

_ROOMS = {
    "ASGIApp": "origin_server.asgi",
    "DirectoryOptions": "origin_server.directory",
    "DirectorySite": "origin_server.directory",
    "Perform": "semantics.decision",
    "Representation": "semantics.resource",
    "Request": "message.request",
    "Resource": "semantics.resource",
    "Respond": "semantics.decision",
    "Response": "message.response",
    "Site": "origin_server.site",
    "conclude": "semantics.decision",
    "decide": "semantics.decision",
    "path_of": "semantics.decision",
    "serve": "origin_server.run",
    "site_of": "origin_server.configured_site",
}

__all__ = [
    "ASGIApp",
    "DirectoryOptions",
    "DirectorySite",
    "Perform",
    "Representation",
    "Request",
    "Resource",
    "Respond",
    "Response",
    "Site",
    "__version__",
    "conclude",
    "decide",
    "path_of",
    "serve",
    "site_of",
]


def __getattr__(name: str) -> object:
    # Lazily: "statuary explain" answers in a few milliseconds because it loads none of these
    if name not in _ROOMS:
        raise AttributeError(f"module 'statuary' has no attribute {name!r}")
    from importlib import import_module

    value: object = getattr(import_module(f"statuary.{_ROOMS[name]}"), name)
    return value
