"""The shared cache's store, which is that of the user agent's private cache, too."""

from __future__ import annotations

from statuary.transport.response_store import CacheFailed, storable
from statuary.transport.response_store import ResponseStore as Cache

__all__ = ["Cache", "CacheFailed", "storable"]
