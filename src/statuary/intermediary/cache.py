"""The shared cache's store, which is that of the user agent's private cache, too."""

from __future__ import annotations

from statuary.transport.response_store import CacheFailed, storable
from statuary.transport.response_store import ResponseStore as Cache

__all__ = ["Cache", "CacheFailed", "opened", "storable"]


def opened(path: str | None) -> Cache | None:
    """The cache in a file, ``:memory:`` for none; None for no cache. Raises ValueError."""
    if path is None:
        return None
    try:
        return Cache(path)
    except CacheFailed as error:
        raise ValueError(f"responses can't be kept in {path}: {error}") from None
