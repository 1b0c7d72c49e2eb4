"""Functions of addresses and of points. Docs: esql-ip-functions, esql-spatial-functions."""

from __future__ import annotations

import ipaddress
from typing import Any

import numpy as np

from esmock.features.esql.block import Block
from esmock.features.esql.functions.function import (
    Evaluation,
    Failures,
    Function,
    Refused,
    by_single_values,
    objects,
    wrong_type,
)
from esmock.features.esql.tree import Call, Literal
from esmock.features.esql.types import INTEGER, IP, POINT, SPATIAL, STRING

Json = Any


def _range(text: str) -> tuple[int, int]:
    """The first and the last address of a block, as numbers of 128 bits: one of version 4 lies among those of version 6."""
    found = ipaddress.ip_network(text, strict=False)
    offset = 0xFFFF << 32 if found.version == 4 else 0
    return int(found.network_address) + offset, int(found.broadcast_address) + offset


def _cidr_match(run: Evaluation, failures: Failures, addresses: np.ndarray, *blocks: np.ndarray) -> Any:
    out = []
    for value, *ranges in zip(addresses.tolist(), *(block.tolist() for block in blocks), strict=True):
        number = int.from_bytes(value, "big")
        out.append(any(low <= number <= high for low, high in map(_range, ranges)))
    return np.array(out, bool)


def _ranges_problem(call: Call) -> str | None:
    for one in call.arguments[1:]:
        if isinstance(one, Literal) and isinstance(one.value, str):
            try:
                ipaddress.ip_network(one.value, strict=False)
            except ValueError:
                return f"'{one.value.partition('/')[0]}' is not an IP string literal."
    return None


def _prefix(run: Evaluation, failures: Failures, addresses: np.ndarray, fours: np.ndarray, sixes: np.ndarray) -> Any:
    out: list[Json] = []
    for value, four, six in zip(addresses.tolist(), fours.tolist(), sixes.tolist(), strict=True):
        is_four = value[:12] == b"\0" * 10 + b"\xff\xff"
        length, most = (four, 32) if is_four else (six, 128)
        if not 0 <= length <= most:
            kind = "v4" if is_four else "v6"
            failures.add(f"java.lang.IllegalArgumentException: Prefix length {kind} must be in range [0, {most}], found {length}")
            out.append(None)
            continue
        bits = length + (96 if is_four else 0)
        whole = int.from_bytes(value, "big") >> (128 - bits) << (128 - bits)
        out.append(whole.to_bytes(16, "big"))
    return objects(out)


def _coordinate(place: int) -> Any:
    return by_single_values(lambda run, failures, points: np.array([point[place] for point in points.tolist()], np.float64))


def _same_space(call: Call) -> str:
    """The type of a relation of two places, which must lie on one surface. Raises Refused."""
    left, right = call.arguments
    if "null" in (left.type, right.type):
        return "double" if call.name == "st_distance" else "boolean"
    if left.type.partition("_")[0] != right.type.partition("_")[0]:
        wanted = "geo_point or geo_shape" if left.type.startswith("geo") else "cartesian_point or cartesian_shape"
        if call.name == "st_distance":
            wanted = left.type
        raise Refused(wrong_type("second ", call, wanted, right))
    return "double" if call.name == "st_distance" else "boolean"


def _coordinates(points: list[tuple[float, float]], *, is_rounded: bool) -> Any:
    """float64[2, n]: x and y. ES: points on the globe are rounded as a column rounds them."""
    if is_rounded:
        from esmock.mapping.geo import quantized

        pairs = [quantized(y, x) for x, y in points]
        points = [(lon, lat) for lat, lon in pairs]
    return np.array(points, np.float64).reshape(-1, 2).T


def _distance(run: Evaluation, call: Call, blocks: list[Block]) -> Block:
    is_geo = call.arguments[0].type.startswith("geo")

    def kernel(run: Evaluation, failures: Failures, left: np.ndarray, right: np.ndarray) -> Any:
        from esmock.mapping.sphere import arc_metres

        (x1, y1), (x2, y2) = (_coordinates(side.tolist(), is_rounded=is_geo) for side in (left, right))
        return arc_metres(y1, x1, y2, x2) if is_geo else np.hypot(x1 - x2, y1 - y2)

    return by_single_values(kernel)(run, call, blocks)


def _same_point(is_equal: bool) -> Any:
    return by_single_values(
        lambda run, failures, left, right: np.array([(a == b) is is_equal for a, b in zip(left.tolist(), right.tolist(), strict=True)], bool)
    )


FUNCTIONS = (
    Function("cidr_match", (IP, STRING), "boolean", by_single_values(_cidr_match), least=2, most=None, checks=_ranges_problem),
    Function("ip_prefix", (IP, INTEGER, INTEGER), "ip", by_single_values(_prefix), arity="expects two or three arguments"),
    Function("st_x", (POINT,), "double", _coordinate(0)),
    Function("st_y", (POINT,), "double", _coordinate(1)),
    Function("st_xmax", (SPATIAL,), "double", _coordinate(0)),
    Function("st_xmin", (SPATIAL,), "double", _coordinate(0)),
    Function("st_ymax", (SPATIAL,), "double", _coordinate(1)),
    Function("st_ymin", (SPATIAL,), "double", _coordinate(1)),
    Function("st_distance", (POINT, POINT), _same_space, _distance),
    Function("st_intersects", (SPATIAL, SPATIAL), _same_space, _same_point(True)),
    Function("st_contains", (SPATIAL, SPATIAL), _same_space, _same_point(True)),
    Function("st_within", (SPATIAL, SPATIAL), _same_space, _same_point(True)),
    Function("st_disjoint", (SPATIAL, SPATIAL), _same_space, _same_point(False)),
)
"""Shapes other than points are not built: making one answers 501."""
