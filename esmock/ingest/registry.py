"""Every processor by its name."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import TYPE_CHECKING

from esmock.errors import Unsupported
from esmock.families import table
from esmock.ingest import (
    circle,
    conversion,
    dates,
    dissect,
    fields,
    fingerprint,
    flow,
    geoip,
    grok,
    inference,
    network,
    redact,
    registered_domain,
    set_security_user,
    structure,
    text,
    uri,
    user_agent,
)
from esmock.ingest.enrich import processor as enrich

if TYPE_CHECKING:
    from esmock.ingest.processor import Processor
    from esmock.version import Behaviour

PROCESSORS: Mapping[str, type[Processor]] = table(
    circle.PROCESSORS,
    conversion.PROCESSORS,
    dates.PROCESSORS,
    dissect.PROCESSORS,
    enrich.PROCESSORS,
    fields.PROCESSORS,
    fingerprint.PROCESSORS,
    flow.PROCESSORS,
    geoip.PROCESSORS,
    grok.PROCESSORS,
    inference.PROCESSORS,
    network.PROCESSORS,
    redact.PROCESSORS,
    registered_domain.PROCESSORS,
    set_security_user.PROCESSORS,
    structure.PROCESSORS,
    text.PROCESSORS,
    uri.PROCESSORS,
    user_agent.PROCESSORS,
)
NOT_BUILT = MappingProxyType(
    {
        "normalize_for_stream": (9, 2),
        "recover_failure_document": (9, 1),
        "cef": (9, 2),
    }
)
"""Processors that Elasticsearch has and esmock has not, with the version that brought them."""


def check_built(name: str, behaviour: Behaviour) -> None:
    """Raises Unsupported for a processor that Elasticsearch has."""
    since = NOT_BUILT.get(name)
    if since is not None and behaviour.has(since):
        raise Unsupported(f"the {name} processor")
