"""Every endpoint, module by module. A module that declares ``endpoint`` and is missing here fails a test."""

from __future__ import annotations

from esmock.api import bulk, document, indices, indices_mapping, indices_settings, multi_get, rollup, root

MODULES = (bulk, document, indices, indices_mapping, indices_settings, multi_get, rollup, root)
ENDPOINTS = tuple(endpoint for module in MODULES for endpoint in module.endpoint)
