"""``_explanation`` of hits: the query's tree, and what rescoring made of it.

Source: recordings of 7.10.2.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from esmock.search.explain.tree import Explainer, node
from esmock.search.query.refusals import noting

if TYPE_CHECKING:
    from esmock.search.request import SearchRequest
    from esmock.search.result import Hit, ShardResult

Json = Any


def explanation(request: SearchRequest, hit: Hit, shard: ShardResult, *, is_own: bool = True) -> Json:
    """The explanation of one hit's score; ``is_own``: it is one of the search's own, not of an aggregation."""
    from esmock.search.query.compound import MatchAll

    explainer = Explainer(shard.search)
    segment = hit.leaf.segment
    explain = explainer.top if is_own and segment.path is None and not request.is_related else explainer.query
    with noting(shard.search, segment):
        tree = explain(request.query or MatchAll(), segment, hit.doc)
        for step in request.rescore:
            tree = _rescored(step, tree, explainer, segment, hit.doc, counts=step in hit.rescored_by)
    return tree


def _rescored(step: Any, first: Json, explainer: Explainer, segment: Any, doc: int, *, counts: bool) -> Json:
    """The tree after one step; ``counts``: the hit stood in the step's window."""
    own = node(
        float(first["value"]) * step.query_weight, "product of:", [first, node(step.query_weight, "primaryWeight")]
    )
    if not counts:
        return own
    second = explainer.query(step.query, segment, doc)
    if not explainer.matches(step.query, segment, doc):
        return own
    other = node(
        float(second["value"]) * step.rescore_weight, "product of:", [second, node(step.rescore_weight, "secondaryWeight")]
    )
    words = {"total": "sum of:", "multiply": "product of:"}.get(step.mode, f"{step.mode} of:")
    return node(step.joined(float(first["value"]), float(second["value"])), words, [own, other])
