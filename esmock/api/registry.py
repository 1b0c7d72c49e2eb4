"""Every endpoint, module by module. A module that declares ``endpoint`` and is missing here fails a test."""

from __future__ import annotations

from esmock.api import (
    aliases,
    bulk,
    cat,
    cluster,
    document,
    indices,
    indices_inspect,
    indices_mapping,
    indices_resize,
    indices_settings,
    indices_stats,
    multi_get,
    multi_search,
    nodes,
    point_in_time,
    rollup,
    root,
    scroll,
    search,
    tasks,
    templates,
)

MODULES = (
    aliases,
    bulk,
    cat,
    cluster,
    document,
    indices,
    indices_inspect,
    indices_mapping,
    indices_resize,
    indices_settings,
    indices_stats,
    multi_get,
    multi_search,
    nodes,
    point_in_time,
    rollup,
    root,
    scroll,
    search,
    tasks,
    templates,
)
ENDPOINTS = tuple(endpoint for module in MODULES for endpoint in module.endpoint)
