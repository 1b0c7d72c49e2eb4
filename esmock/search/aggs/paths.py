"""Paths to aggregations: ``a>b.c`` and ``a>b[c]``, as ``order`` and ``buckets_path`` name them."""

from __future__ import annotations

import re
from dataclasses import dataclass

from esmock.errors import AggregationExecution, IllegalArgument


@dataclass(frozen=True, slots=True)
class PathElement:
    """One step: the aggregation's name and a key behind it (a metric's name or a bucket's quoted key)."""

    full: str
    name: str
    key: str | None


_METRIC_OF_KEY = re.compile(r"(?P<first>(?P<name>[^\[\]]+)\[(?P<key>[^\]]+)\])\.(?P<metric>[^.\[\]]+)\Z")


def parse_path(path: str, *, metrics_of_keys: bool = False) -> list[PathElement]:
    """Split a path.

    Args:
        metrics_of_keys: a metric may follow the key of a bucket, as in ``a['b']._count`` (8.x).

    Raises:
        IllegalArgument: it is empty.
        AggregationExecution: an element cannot be read.
    """
    elements = [one for one in path.split(">") if one]
    if not elements:
        raise IllegalArgument("Invalid path []")
    out = []
    for place, element in enumerate(elements):
        found = _METRIC_OF_KEY.match(element) if metrics_of_keys else None
        if found is not None:
            out += [PathElement(found["first"], found["name"], found["key"]), PathElement(found["metric"], found["metric"], None)]
            continue
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


def flat(path: str, *, metrics_of_keys: bool = False) -> list[str]:
    """Names and keys of a path in one list, as properties are looked up."""
    out = []
    for element in parse_path(path, metrics_of_keys=metrics_of_keys) if path else ():
        out.append(element.name)
        if element.key is not None:
            out.append(element.key)
    return out
