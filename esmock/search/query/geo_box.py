"""Bounding boxes as queries and aggregations take them: sides, corners, or well-known text.

Source: recordings of 7.10.2 and 8.19.21.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

from esmock.errors import ElasticsearchParse, IllegalArgument, TextParse
from esmock.mapping.geometry.model import ENVELOPE
from esmock.mapping.points import EARTH, PointReader
from esmock.xcontent.located import at_value, standing
from esmock.xcontent.value_reader import Reading, double, text

if TYPE_CHECKING:
    from esmock.version import Behaviour

Json = Any
_CORNERS = {f"{vertical}_{horizontal}": (vertical, horizontal) for vertical in ("top", "bottom") for horizontal in ("left", "right")}


def parse_box(node: Json, behaviour: Behaviour) -> dict[str, float]:
    """A bounding box as top, left, bottom, right; NaN where a side is missing.

    Raises:
        ElasticsearchParse, JsonParse, XContentParse, NumberFormat: values and names that no box has.
    """
    sides = dict.fromkeys(("top", "left", "bottom", "right"), math.nan)
    by_text: dict[str, float] | None = None
    for key, value in node.items():
        if key == "wkt":
            by_text = _well_known(node, key, Reading(behaviour))
        elif key in sides:
            sides[key] = double(node, key)
        elif key in _CORNERS:
            vertical, horizontal = _CORNERS[key]
            sides[vertical], sides[horizontal] = corner(value, vertical == "top", horizontal == "right", behaviour)
        else:
            refused = ElasticsearchParse(f"failed to parse bounding box. unexpected field [{key}]")
            raise standing(refused, at_value(node, key))
    if by_text is None:
        return sides
    if not all(map(math.isnan, sides.values())):
        raise ElasticsearchParse(
            "failed to parse bounding box. Conflicting definition found using well-known text and explicit corners."
        )
    return by_text


def corner(value: Json, top: bool, right: bool, behaviour: Behaviour) -> tuple[float, float]:
    """A corner of a box as (lat, lon); a geohash stands for the corner of its cell. Raises ElasticsearchParse."""
    code = value.get("geohash") if isinstance(value, dict) else value if isinstance(value, str) and "," not in value else None
    lon, lat = PointReader(EARTH, behaviour, ignore_z=False).one(value)[:2]
    if code is None or code.strip().lower().startswith("point"):
        return lat, lon
    bits = 5 * len(code)
    if top:
        lat += 180.0 / (1 << (bits // 2))
    if right:
        lon += 360.0 / (1 << (bits - bits // 2))
    return lat, lon


def _well_known(node: Json, key: str, reading: Reading) -> dict[str, float]:
    from esmock.mapping.geometry.reader import GeometryReader
    from esmock.mapping.geometry.wkt import read_wkt

    failed = "failed to parse WKT bounding box"
    try:
        found = read_wkt(text(node, key, reading), GeometryReader(reading))
    except (TextParse, IllegalArgument):
        raise ElasticsearchParse(failed) from None
    if found.kind != ENVELOPE:
        raise ElasticsearchParse(f"{failed}. [{found.kind.upper()}] found. expected [ENVELOPE]")
    left, right, top, bottom = found.coordinates
    return {"top": top, "left": left, "bottom": bottom, "right": right}
