"""Challenges and credentials: RFC 9110 section 11, RFC 7617, RFC 7616."""

from __future__ import annotations

import base64
import hashlib
import re
import secrets

from .message import Fields, Request, Response, Uri, uri

Challenge = tuple[str, dict[str, str]]
"""A scheme in lower case, and its parameters."""

_PART = re.compile(
    r"[ \t]*(?:,[ \t]*)*"
    r'(?:(?P<name>[!#$%&\'*+.^_`|~\w-]+)[ \t]*=[ \t]*(?:"(?P<quoted>(?:[^"\\]|\\.)*)"|(?P<token>[!#$%&\'*+.^_`|~\w-]+))'
    r"|(?P<scheme>[!#$%&'*+.^_`|~\w-]+)(?:[ \t]+(?P<token68>[A-Za-z0-9._~+/-]+=*)(?=[ \t]*(?:,|$)))?)"
    r"(?=[ \t]*(?:,|$)|[ \t]+)"
)


class Answering:
    """Answers challenges of the origin that the user gave credentials for, once each."""

    SCHEMES: tuple[str, ...] = ("digest", "basic")
    """Those that are known, the best one first."""

    def __init__(self) -> None:
        self.spaces: dict[tuple[str, str, int], Challenge] = {}
        """Challenges that were answered, by origin; later requests to it have credentials at once."""

    def after_challenge(self, request: Request, response: Response) -> Request | None:
        """The same request with credentials; None where there are none, or they were refused."""
        if response.status != 401 or not self.has_credentials(request) or self.was_refused(request):
            return None
        challenge = self.chosen(self.challenges(response.get("WWW-Authenticate")))
        if challenge is None:
            return None
        self.spaces[request.uri.origin] = challenge
        return request.after("challenge", own=self.without_credentials(request))

    def was_refused(self, request: Request) -> bool:
        """Whether credentials were sent already."""
        return "challenge" in request.tried

    def challenges(self, value: str | None) -> list[Challenge]:
        """The challenges of a field: RFC 9110 section 11.6.1."""
        found: list[Challenge] = []
        for part in _PART.finditer(value or ""):
            if part["scheme"] is not None:
                found.append((part["scheme"].lower(), {}))
            elif found:
                text = part["token"] if part["quoted"] is None else self.unquoted(part["quoted"])
                found[-1][1].setdefault(part["name"].lower(), text)
        return found

    def unquoted(self, text: str) -> str:
        """What is within quotes, without its escapes: RFC 9110 section 5.6.4."""
        return re.sub(r"\\(.)", r"\1", text)

    def has_credentials(self, request: Request) -> bool:
        """The user's credentials are for the origin of the URI that they came with: RFC 9110 section 11.5."""
        return request.task.credentials is not None and request.uri.origin == uri(request.task.url).origin

    def without_credentials(self, request: Request) -> Fields:
        """The client's own fields without its credentials."""
        return [(name, value) for name, value in request.own if name != "Authorization"]

    def chosen(self, offered: list[Challenge]) -> Challenge | None:
        """The best challenge that can be answered."""
        for scheme in self.SCHEMES:
            for challenge in offered:
                if challenge[0] == scheme and self.is_known(challenge):
                    return challenge
        return None

    def is_known(self, challenge: Challenge) -> bool:
        """Whether it can be answered, however it is asked for."""
        scheme, parameters = challenge
        if scheme == "basic":
            return True
        qop = [one.strip() for one in parameters.get("qop", "auth").split(",")]
        algorithm = parameters.get("algorithm", "MD5").upper()
        return algorithm in ("MD5", "SHA-256") and "auth" in qop and {"realm", "nonce"} <= set(parameters)

    def credential_fields(self, request: Request) -> Fields:
        """What goes along with a request to an origin whose challenge is known; nothing in TRACE."""
        challenge = self.spaces.get(request.uri.origin)
        if challenge is None or not self.has_credentials(request) or request.method == "TRACE":
            return []
        return [("Authorization", self.credentials(challenge, request))]

    def credentials(self, challenge: Challenge, request: Request) -> str:
        """Scheme and credentials."""
        assert request.task.credentials is not None
        if challenge[0] == "basic":
            return self.basic(*request.task.credentials)
        return self.digest(challenge[1], request.method, request.uri, *request.task.credentials)

    def basic(self, user: str, password: str) -> str:
        """RFC 7617 section 2."""
        return "Basic " + base64.b64encode(f"{user}:{password}".encode()).decode("ascii")

    def digest(self, given: dict[str, str], method: str, target: Uri, user: str, password: str) -> str:
        """RFC 7616 section 3.4."""
        algorithm = given.get("algorithm", "MD5")
        make = hashlib.sha256 if algorithm.upper() == "SHA-256" else hashlib.md5

        def hashed(text: str) -> str:
            return make(text.encode()).hexdigest()

        cnonce, count = secrets.token_hex(8), "00000001"
        secret = hashed(f"{user}:{given['realm']}:{password}")
        action = hashed(f"{self.digest_method(method)}:{self.digest_uri(target)}")
        proof = hashed(f"{secret}:{given['nonce']}:{count}:{cnonce}:auth:{action}")
        parameters = {
            "username": f'"{user}"',
            "realm": f'"{given["realm"]}"',
            "nonce": f'"{given["nonce"]}"',
            "uri": f'"{self.digest_uri(target)}"',
            "qop": "auth",
            "nc": count,
            "cnonce": f'"{cnonce}"',
            "response": f'"{proof}"',
            "algorithm": algorithm,
        }
        if "opaque" in given:
            parameters["opaque"] = f'"{given["opaque"]}"'
        return "Digest " + ", ".join(f"{name}={value}" for name, value in parameters.items())

    def digest_method(self, method: str) -> str:
        """The method that the digest is about."""
        return method

    def digest_uri(self, target: Uri) -> str:
        """The target that the digest is about."""
        return target.target or "/"
