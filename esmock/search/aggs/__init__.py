"""Aggregations: ``parse_aggregations(body, ctx)`` reads them, ``Aggregations`` runs them.

numpy is imported with the submodules, so this package imports them on first use.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from esmock.xcontent.value_reader import Reading

if TYPE_CHECKING:
    from esmock.search.aggs.request import Aggregations
    from esmock.xcontent.value_reader import Reading


def parse_aggregations(body: Any, ctx: Reading) -> Aggregations:
    """Read the value of ``aggs``. See ``request.Aggregations`` for what to do with it."""
    from esmock.search.aggs.request import parse_aggregations as parse

    return parse(body, ctx)
