"""HTTP's status codes as working software: the public names, loaded when they are first used."""

__version__ = "0.1.0"

TYPE_CHECKING = False
if TYPE_CHECKING:
    from statuary.fields.validators import EntityTag
    from statuary.message.fields import Fields
    from statuary.message.request import Request
    from statuary.message.response import Exchange, Response
    from statuary.origin_server.asgi import ASGIApp
    from statuary.origin_server.configured_site import site_of
    from statuary.origin_server.directory import DirectoryOptions, DirectorySite
    from statuary.origin_server.run import serve
    from statuary.origin_server.settings import Settings
    from statuary.origin_server.site import ContentCut, RequestContent, Site, TooMuchContent
    from statuary.origin_server.sources import File, Stream
    from statuary.semantics.decision import Perform, Respond, conclude, decide, path_of
    from statuary.semantics.decision.outcome import (
        Accepted,
        Conflict,
        Created,
        Done,
        Failed,
        Malformed,
        Outcome,
        Overtaken,
        Refused,
        ResetView,
        SeeOther,
        StorageFull,
        TooLarge,
        Unprocessable,
        Vanished,
        WrongType,
    )
    from statuary.semantics.judgement import Finding, judge
    from statuary.semantics.reaction import Ask, Attempt, Deliver, GiveUp, Login, Policy, Send, Wait, react
    from statuary.semantics.resource import (
        Access,
        ContentRules,
        Gone,
        LegalBlock,
        Moved,
        Payment,
        Representation,
        Resource,
        TooManyRequests,
        Unavailable,
        Upgrade,
        User,
    )
    from statuary.user_agent.agent import UserAgent
    from statuary.user_agent.blocking import fetch

# Lazily: "statuary explain" answers in a few milliseconds because it loads none of these
_ROOMS = {
    "fields.validators": ("EntityTag",),
    "message.fields": ("Fields",),
    "message.request": ("Request",),
    "message.response": ("Exchange", "Response"),
    "origin_server.asgi": ("ASGIApp",),
    "origin_server.configured_site": ("site_of",),
    "origin_server.directory": (
        "DirectoryOptions",
        "DirectorySite",
    ),
    "origin_server.run": ("serve",),
    "origin_server.settings": ("Settings",),
    "origin_server.site": (
        "ContentCut",
        "RequestContent",
        "Site",
        "TooMuchContent",
    ),
    "origin_server.sources": (
        "File",
        "Stream",
    ),
    "semantics.decision": (
        "Perform",
        "Respond",
        "conclude",
        "decide",
        "path_of",
    ),
    "semantics.decision.outcome": (
        "Accepted",
        "Conflict",
        "Created",
        "Done",
        "Failed",
        "Malformed",
        "Outcome",
        "Overtaken",
        "Refused",
        "ResetView",
        "SeeOther",
        "StorageFull",
        "TooLarge",
        "Unprocessable",
        "Vanished",
        "WrongType",
    ),
    "semantics.judgement": ("Finding", "judge"),
    "semantics.reaction": (
        "Ask",
        "Attempt",
        "Deliver",
        "GiveUp",
        "Login",
        "Policy",
        "Send",
        "Wait",
        "react",
    ),
    "semantics.resource": (
        "Access",
        "ContentRules",
        "Gone",
        "LegalBlock",
        "Moved",
        "Payment",
        "Representation",
        "Resource",
        "TooManyRequests",
        "Unavailable",
        "Upgrade",
        "User",
    ),
    "user_agent.agent": ("UserAgent",),
    "user_agent.blocking": ("fetch",),
}

__all__ = [
    "ASGIApp",
    "Accepted",
    "Access",
    "Ask",
    "Attempt",
    "Conflict",
    "ContentCut",
    "ContentRules",
    "Created",
    "Deliver",
    "DirectoryOptions",
    "DirectorySite",
    "Done",
    "EntityTag",
    "Exchange",
    "Failed",
    "Fields",
    "File",
    "Finding",
    "GiveUp",
    "Gone",
    "LegalBlock",
    "Login",
    "Malformed",
    "Moved",
    "Outcome",
    "Overtaken",
    "Payment",
    "Perform",
    "Policy",
    "Refused",
    "Representation",
    "Request",
    "RequestContent",
    "ResetView",
    "Resource",
    "Respond",
    "Response",
    "SeeOther",
    "Send",
    "Settings",
    "Site",
    "StorageFull",
    "Stream",
    "TooLarge",
    "TooManyRequests",
    "TooMuchContent",
    "Unavailable",
    "Unprocessable",
    "Upgrade",
    "User",
    "UserAgent",
    "Vanished",
    "Wait",
    "WrongType",
    "__version__",
    "conclude",
    "decide",
    "fetch",
    "judge",
    "path_of",
    "react",
    "serve",
    "site_of",
]


def __getattr__(name: str) -> object:
    for room, names in _ROOMS.items():
        if name in names:
            from importlib import import_module

            value: object = getattr(import_module(f"statuary.{room}"), name)
            return value
    raise AttributeError(f"module 'statuary' has no attribute {name!r}")
