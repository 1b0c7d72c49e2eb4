"""One module per API namespace; each declares its endpoints, this adds them up."""

from __future__ import annotations

import functools

from esmock.api import bulk, document, multi_get, root
from esmock.http.router import Router
from esmock.version import behaviour

MODULES = (bulk, document, multi_get, root)
ENDPOINTS = tuple(endpoint for module in MODULES for endpoint in module.endpoint)


@functools.cache
def router_for(version: str) -> Router:
    """The routes of a version, built once: routers are immutable and shared by all spaces."""
    return Router(ENDPOINTS, behaviour(version))
