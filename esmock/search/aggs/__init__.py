"""Aggregations: ``parse_aggregations(body, ctx)`` reads them, ``Aggregations`` runs them.

numpy is imported with the submodules, so this package imports them on first use.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from esmock.search.aggs.parse import ParseContext
    from esmock.search.aggs.request import Aggregations


def parse_aggregations(body: Any, ctx: ParseContext) -> Aggregations:
    """Read the value of ``aggs``. See ``request.Aggregations`` for what to do with it."""
    from esmock.search.aggs.request import parse_aggregations as parse

    return parse(body, ctx)
