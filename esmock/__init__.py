"""esmock: an Elasticsearch in a tenth of a second.

``Server`` runs it in this process; ``ServerSettings`` says what it plays; ``Unsupported`` is what it raises (and answers
with 501) where Elasticsearch knows something that esmock does not.
"""

from __future__ import annotations

from typing import Any

__all__ = ["ApiError", "Clock", "Server", "ServerSettings", "Unsupported", "__version__"]

__version__ = "0.1.0"

_HOMES = {
    "ApiError": "esmock.errors",
    "Clock": "esmock.clock",
    "Server": "esmock.server",
    "ServerSettings": "esmock.settings",
    "Unsupported": "esmock.errors",
}


def __getattr__(name: str) -> Any:
    """Public names are imported when they are used: every pytest run imports this package."""
    if name not in _HOMES:
        raise AttributeError(f"module 'esmock' has no attribute {name!r}")
    import importlib

    return getattr(importlib.import_module(_HOMES[name]), name)
