"""What a graph is explored by: hops of vertices, each from the terms that the one before it found.

Source: answers of 6.8.23 (``graph/explore.json``) and the class RestGraphAction.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from dataclasses import field as made
from typing import Any

from esmock.errors import ElasticsearchParse
from esmock.xcontent.java_number import to_float
from esmock.xcontent.located import token

Json = Any
_MATCH_ALL: Json = {"match_all": {}}


@dataclass(slots=True)
class Vertices:
    """The terms of a field that a hop looks for.

    Args:
        include: term to boost; empty: all terms.
    """

    field: str
    size: int = 5
    min_doc_count: int = 3
    shard_min_doc_count: int = 2
    include: dict[str, float] = made(default_factory=dict)
    exclude: list[str] = made(default_factory=list)


@dataclass(slots=True)
class Hop:
    """One step: a query that guides it, and what it looks for."""

    query: Json = made(default_factory=lambda: _MATCH_ALL)
    vertices: list[Vertices] = made(default_factory=list)


@dataclass(slots=True)
class Exploration:
    """The whole of a request."""

    hops: list[Hop]
    use_significance: bool = True
    sample_size: int = 100
    diversity_field: str | None = None
    most_per_value: int = 1
    timeout_ms: int | None = None
    with_counts: bool = False


def parse(body: Json) -> Exploration:
    """Read a body. Raises ElasticsearchParse."""
    if not isinstance(body, dict):
        raise ElasticsearchParse(
            f"failed to parse search source. source must be an object, but found [{token(body)}] instead"
        )
    out = Exploration([])
    _hop(body, out)
    return out


def _hop(body: Mapping[str, Json], out: Exploration) -> None:
    hop = Hop()
    is_root = not out.hops
    out.hops.append(hop)
    for name, value in body.items():
        if isinstance(value, list):
            if name != "vertices":
                raise ElasticsearchParse(f"Illegal property in graph definition {name}")
            hop.vertices += [_vertices(one) for one in value if isinstance(one, dict)]
        elif not isinstance(value, dict):
            raise ElasticsearchParse(f"Illegal property in graph definition {name}")
        elif name == "query":
            hop.query = value
        elif name == "connections":
            _hop(value, out)
        elif name == "controls":
            if not is_root:
                raise ElasticsearchParse("Controls are a global setting that can only be set in the root controls")
            _controls(value, out)
        else:
            raise ElasticsearchParse(f"Illegal object property in graph definition {name}")


def _vertices(body: Mapping[str, Json]) -> Vertices:
    out = Vertices("")
    named = None
    for name, value in body.items():
        if isinstance(value, list):
            if name == "include":
                _refuse_both(out.exclude)
                out.include = dict(_included(one) for one in value)
            elif name == "exclude":
                _refuse_both(out.include)
                out.exclude = [one for one in value if isinstance(one, str)]
            else:
                raise ElasticsearchParse(f"Illegal property in graph vertices definition {name}")
        elif isinstance(value, str):
            if name != "field":
                raise ElasticsearchParse(f"Unknown string property: [{name}]")
            named = value
        elif isinstance(value, int | float) and not isinstance(value, bool):
            if name not in ("size", "min_doc_count", "shard_min_doc_count"):
                raise ElasticsearchParse(f"Unknown numeric property: [{name}]")
            setattr(out, name, int(value))
    if named is None:
        raise ElasticsearchParse("Missing field name in graph vertices definition")
    out.field = named
    return out


def _refuse_both(other: Any) -> None:
    if other:
        raise ElasticsearchParse("Graph vertices definition cannot contain both include and exclude clauses")


def _included(one: Json) -> tuple[str, float]:
    """A term and its boost."""
    if isinstance(one, str):
        return one, 1.0
    if not isinstance(one, dict):
        raise ElasticsearchParse(
            "Graph vertices definition include clauses must be string terms or Objects with terms and boosts, not"
            f"{token(one)}"
        )
    for name in one:
        if name not in ("term", "boost"):
            raise ElasticsearchParse(f"Graph vertices definition include clause has invalid property:{name}")
    if "term" not in one:
        raise ElasticsearchParse("Graph vertices definition include clause has missing object property for term")
    return one["term"], to_float(float(one.get("boost", 1.0)))


def _controls(body: Mapping[str, Json], out: Exploration) -> None:
    for name, value in body.items():
        if isinstance(value, bool):
            if name not in ("use_significance", "return_detailed_stats"):
                raise ElasticsearchParse(f"Unknown boolean property: [{name}]")
            if name == "use_significance":
                out.use_significance = value
            else:
                out.with_counts = value
        elif isinstance(value, dict):
            if name != "sample_diversity":
                raise ElasticsearchParse(f"Unknown object property: [{name}]")
            for part, found in value.items():
                if part not in ("field", "max_docs_per_value"):
                    raise ElasticsearchParse(f"Unknown property: [{part}]")
                setattr(out, "diversity_field" if part == "field" else "most_per_value", found)
        elif name == "sample_size" and isinstance(value, int):
            out.sample_size = value
        elif name == "timeout":
            out.timeout_ms = _timeout(value)
        else:
            raise ElasticsearchParse(f"Unknown numeric property: [{name}]")


def _timeout(value: Json) -> int:
    from esmock.xcontent.units import parse_time_ms

    return value if isinstance(value, int) else int(parse_time_ms(str(value), "timeout"))


def faults(exploration: Exploration) -> Iterator[str]:
    """What makes it no request."""
    if not exploration.hops[0].vertices:
        yield "Graph explore hop must have at least one VertexRequest"
