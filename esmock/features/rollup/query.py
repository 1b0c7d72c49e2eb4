"""Rewriting a live query for rollup documents. Source: recordings of 6.8.23 (Q5, Q21, Q22)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from esmock.errors import IllegalArgument

Json = Any


def rewrite(query: dict[str, Json] | None, jobs: Iterable[dict[str, Json]]) -> dict[str, Json]:
    """The query on rolled fields. Raises IllegalArgument for what rollup cannot ask."""
    if not query:
        return {"match_all": {}}
    kind, body = next(iter(query.items()))
    jobs = list(jobs)
    rewrite_leaf = {"term": _leaf, "terms": _leaf, "range": _leaf}.get(kind)
    if kind == "match_all":
        return query
    if rewrite_leaf is not None:
        return {kind: rewrite_leaf(kind, body, jobs)}
    if kind == "bool":
        # ES: only the clauses are copied, minimum_should_match gets lost
        out = {}
        for clause in ("must", "must_not", "should", "filter"):
            if clause in body:
                clauses = body[clause] if isinstance(body[clause], list) else [body[clause]]
                out[clause] = [rewrite(one, jobs) for one in clauses]
        return {"bool": out}
    if kind == "constant_score":
        return {"constant_score": {**body, "filter": rewrite(body.get("filter"), jobs)}}
    if kind == "dis_max":
        return {"dis_max": {**body, "queries": [rewrite(one, jobs) for one in body.get("queries", ())]}}
    if kind == "boosting":
        # ES: the two parts come back swapped (recording: rollup search with boosting)
        swapped = {"positive": rewrite(body.get("negative"), jobs), "negative": rewrite(body.get("positive"), jobs)}
        return {"boosting": {**body, **swapped}}
    raise IllegalArgument(f"Unsupported Query in search request: [{kind}]")


def _leaf(kind: str, body: dict[str, Json], jobs: list[dict[str, Json]]) -> dict[str, Json]:
    out: dict[str, Json] = {}
    for field, value in body.items():
        if field in ("boost", "_name"):
            out[field] = value
        else:
            out[rolled_field(field, "range" if kind == "range" else "term", jobs)] = value
    return out


def rolled_field(field: str, kind: str, jobs: Iterable[dict[str, Json]]) -> str:
    """The rollup document's field for a group field. Raises IllegalArgument."""
    targets: list[str] = []
    for job in jobs:
        targets += [target for target in _targets(job["groups"], field) if target not in targets]
    if not targets:
        raise IllegalArgument(
            f"Field [{field}] in [{kind}] query is not available in selected rollup indices, cannot query."
        )
    if len(targets) > 1:
        raise IllegalArgument(
            "Ambiguous field name resolution when mapping to rolled fields.  "
            f"Field name [{field}] was mapped to: [{','.join(targets)}]."
        )
    return targets[0]


def _targets(groups: dict[str, Json], field: str) -> Iterator[str]:
    """The fields of rollup documents that hold a field of the source, by the groups of one job."""
    if field == groups["date_histogram"]["field"]:
        yield f"{field}.date_histogram.timestamp"
    for kind in ("histogram", "terms"):
        if field in (groups.get(kind) or {}).get("fields", ()):
            yield f"{field}.{kind}.value"
