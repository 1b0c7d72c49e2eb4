"""Reads the rollup transcript of 6.8.23 as 7.10 would have answered.

What 6.8 says otherwise everywhere is written in 7.10's form: legacy intervals, missing index names, ten statistics, five shards
by default, typed mappings, answers of close, scores of empty pages, dates without nanoseconds in messages. What it does otherwise
in single cases is named, and left out here: each of these has a test of its own in tests/unit/features/rollup.
"""

from __future__ import annotations

import re
from typing import Any

Json = Any
_UNITS = ("1m", "1h", "1d", "1w", "1M", "1q", "1y", "minute", "hour", "day", "week", "month", "quarter", "year")
_TEXTS = (
    (", parser not found", ""),
    ("a [date] type across", "one of type [date,date_nanos] across"),
    (" or [date] ", " or [date,date_nanos] "),
    ("Could not find a [date] field with", "Could not find one of [date,date_nanos] fields with"),
    ("MappingMetaData", "MappingMetadata"),
)
_CREATED = {"6082399": "7100299"}
"""Version ids, as ``index.version.created`` has them."""

NAMED = {
    15: "P7: an index without a mapping",
    62: "P26: no interval",
    63: "P27: both intervals",
    64: "P28: interval and fixed_interval",
    65: "P29: calendar 60m",
    66: "P30: fixed 1M",
    67: "P31: calendar abc",
    76: "P26: no interval, with other absent fields",
    119: "P35: what is around an unknown field stands at its value",
    126: "P36: one message where 6.8 has two",
    158: "P46: a bad cron",
    161: "P46: a bad cron",
    162: "P46: a bad cron",
    163: "P46: a bad cron",
    424: "Q14: an error of a live index",
    425: "Q15: an error of the body is found before the indices are looked at",
    438: "Q19: fixed_interval",
    449: "Q24: zones with equal rules",
    531: "Q24: zones with equal rules",
    532: "Q24: zones with equal rules",
}
"""Positions of exchanges that 7.10 is known to answer otherwise, and the case that says how."""


def adapt(entry: dict[str, Json]) -> None:
    """Rewrite one exchange."""
    request, response = entry["request"], entry["response"]
    path, body = request["path"], request.get("body")
    if isinstance(body, dict) and list(body.get("mappings") or ()) in (["doc"], ["_doc"]):
        request["path"] = f"{path}?include_type_name=true"
    answer = response.get("body")
    if answer is None:
        return
    response["body"] = answer = seven(answer)
    if path.endswith("/_close"):
        index = path.strip("/").split("/")[0]
        answer |= {"shards_acknowledged": True, "indices": {index: {"closed": True}}}
    if isinstance(answer, dict) and "hits" in answer:
        if "rest_total_hits_as_int=true" in path:
            answer["hits"]["total"] = answer["hits"]["total"]["value"]
        if "terminated_early" not in answer and not answer["hits"]["hits"]:
            answer["hits"]["max_score"] = None
    if re.fullmatch(r"/[a-z_]+", path) and request["method"] == "GET" and response["status"] == 200:
        for index in answer.values():
            settings = index.get("settings", {}).get("index", {})
            if settings.get("number_of_shards") == "5":
                settings["number_of_shards"] = "1"
            if created := _CREATED.get(settings.get("version", {}).get("created")):
                settings["version"]["created"] = created


def seven(tree: Json) -> Json:
    """What 6.8 prints otherwise, at any depth."""
    if isinstance(tree, list):
        return [seven(one) for one in tree]
    if not isinstance(tree, dict):
        return tree
    out: dict[str, Json] = {}
    for key, value in tree.items():
        if key == "interval" and isinstance(value, str) and ("field" in tree or "agg" in tree):
            key = "calendar_interval" if value in _UNITS else "fixed_interval"
        if key == "reason" and value == "no such index" and "index" in tree:
            value = f"no such index [{tree['index']}]"
        if key == "reason" and isinstance(value, str):
            for old, new in _TEXTS:
                value = value.replace(old, new)
        out[key] = seven(value)
    if "pages_processed" in out:
        out |= {"processing_time_in_ms": 0, "processing_total": out["pages_processed"]}
    return out
