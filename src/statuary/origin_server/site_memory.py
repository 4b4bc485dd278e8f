"""What a configured site keeps while its configuration is read anew, and shares among workers: its secrets, and counts."""

from __future__ import annotations

import atexit
import os
import secrets
import shutil
import tempfile
from collections.abc import Iterable
from hashlib import sha256

from statuary.origin_server.paths import STATE_DIRECTORY
from statuary.origin_server.rate_limit import RateLimit
from statuary.origin_server.site_rules import RateRule


class SiteMemory:
    """Make it before workers are forked, and give it to each site that takes another's place."""

    def __init__(self) -> None:
        self.key = secrets.token_bytes(32)
        """What nonces are made with."""
        self.nonce_counts: dict[str, int] = {}
        self._rates: dict[RateRule, RateLimit] = {}

    def rates(self, rules: Iterable[RateRule]) -> dict[RateRule, RateLimit]:
        """A count for each of the rules: that of the same rule where there is one, and other ones are forgotten."""
        self._rates = {rule: self._rates.get(rule) or RateLimit(rule.requests, rule.seconds) for rule in rules}
        return self._rates

    def state_directory(self, root: str | None) -> str:
        """Where to keep state for the site at ``root``: hidden in it if that can be written, or else for this run only,
        where no one else can guess, and all workers look.
        """
        if root is not None and os.access(root, os.W_OK):
            return os.path.join(root, STATE_DIRECTORY)
        path = os.path.join(tempfile.gettempdir(), f"statuary-{sha256(self.key).hexdigest()[:24]}")
        try:
            os.mkdir(path, 0o700)
        except FileExistsError:
            return path
        atexit.register(_remove_tree, path, os.getpid())
        return path


def _remove_tree(path: str, made_by: int) -> None:
    # Not at the end of a worker, which has it from the process that made it
    if os.getpid() == made_by:
        shutil.rmtree(path, ignore_errors=True)
