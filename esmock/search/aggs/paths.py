"""Paths to aggregations: ``a>b.c`` and ``a>b[c]``, as ``order`` and ``buckets_path`` name them."""

from __future__ import annotations

from dataclasses import dataclass

from esmock.errors import AggregationExecution


@dataclass(frozen=True, slots=True)
class PathElement:
    """One step: the aggregation's name and a key behind it (a metric's name or a bucket's quoted key)."""

    full: str
    name: str
    key: str | None


def parse_path(path: str) -> list[PathElement]:
    """Split a path. Raises AggregationExecution for an element that cannot be read."""
    elements = [one for one in path.split(">") if one]
    out = []
    for place, element in enumerate(elements):
        bracket = element.rfind("[")
        if bracket >= 0:
            if bracket == 0 or bracket > len(element) - 3 or element[-1] != "]":
                raise _invalid(element, path)
            out.append(PathElement(element, element[:bracket], element[bracket + 1 : -1]))
            continue
        dot = element.rfind(".") if place == len(elements) - 1 else -1
        if dot < 0:
            out.append(PathElement(element, element, None))
            continue
        if dot == 0 or dot > len(element) - 2:
            raise _invalid(element, path)
        out.append(PathElement(element, element[:dot], element[dot + 1 :]))
    return out


def _invalid(element: str, path: str) -> AggregationExecution:
    return AggregationExecution(f"Invalid path element [{element}] in path [{path}]")


def flat(path: str) -> list[str]:
    """Names and keys of a path in one list, as properties are looked up."""
    out = []
    for element in parse_path(path):
        out.append(element.name)
        if element.key is not None:
            out.append(element.key)
    return out
