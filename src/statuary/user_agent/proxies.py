"""Which proxy a request goes through: as it was said, or by the environment, as the standard library reads that."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass, field

from statuary.semantics.reaction import Login
from statuary.semantics.target_uri import origin_of
from statuary.user_agent.target import target_of


@dataclass(frozen=True, slots=True)
class Proxies:
    """The proxy for each scheme, by its URI, an origin; the hosts that are asked straight, as ``no_proxy`` names them;
    credentials for the proxies.
    """

    by_scheme: Mapping[str, str] = field(default_factory=dict)
    bypasses: str = ""
    logins: tuple[Login, ...] = ()

    def find(self, scheme: str, host: str, port: int) -> str | None:
        """The proxy for an origin, None for straight to the origin server."""
        proxy = self.by_scheme.get(scheme) or self.by_scheme.get("all")
        if proxy is None or (self.bypasses and self._is_bypassed(host, port)):
            return None
        return proxy

    def _is_bypassed(self, host: str, port: int) -> bool:
        from urllib import request

        named = f"[{host}]" if ":" in host else host
        return bool(request.proxy_bypass_environment(f"{named}:{port}", {"no": self.bypasses}))  # type: ignore[attr-defined]


NO_PROXIES = Proxies()


def proxies_of(urls: Mapping[str, str], bypasses: str = "") -> Proxies:
    """From URLs by scheme, ``all`` for both; credentials in them become logins. Raises ValueError."""
    by_scheme, logins = {}, []
    for scheme, url in urls.items():
        if scheme not in ("http", "https", "all"):
            continue
        target = target_of(url if "://" in url else f"http://{url}")
        proxy = origin_of(target.uri)
        by_scheme[scheme] = proxy
        if target.userinfo is not None:
            logins.append(Login(proxy, *target.userinfo))
    return Proxies(by_scheme, bypasses, tuple(logins))


def environment() -> Proxies:
    """From http_proxy, https_proxy, all_proxy and no_proxy. Raises ValueError for what names no HTTP proxy."""
    if not any(name.lower().endswith("_proxy") for name in os.environ):
        return NO_PROXIES
    from urllib.request import getproxies_environment

    found = getproxies_environment()
    return proxies_of(found, found.get("no", ""))
