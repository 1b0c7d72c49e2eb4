"""Sorts of all kinds."""

from __future__ import annotations

from typing import Any

_ORDER = ("asc", "desc")

FORMATS = ("yyyy", "strict_date", "epoch_millis", "epoch_second", "dd/MM/uuuu HH:mm", "strict_date_time_no_millis")

SORTS: tuple[Any, ...] = (
    "l",
    "_score",
    "k",
    {"k": "desc"},
    ["$sortable", "_doc"],
    [
        {
            "$sortable": {
                "order?8": _ORDER,
                "missing?": ("_first", "_last", 3),
                "mode?": ("min", "max"),
                "unmapped_type?2": ("long", "keyword"),
            }
        },
        {"_doc": "asc"},
    ],
    [{"$number": {"mode": ("avg", "sum", "median", "min", "max"), "order": _ORDER}}, "_score"],
    [
        {
            "n.x": {
                "order": _ORDER,
                "nested?8": {"path": "n", "filter?": "$nested_query", "max_children?2": range(1, 4)},
                "mode?": ("min", "max", "sum", "avg"),
            }
        },
        {"l": "asc"},
    ],
    [{"n.a": {"order": _ORDER, "nested": {"path": "n"}, "mode?": ("min", "max"), "missing?": "zz"}}],
    [{"n.m.y": {"nested": {"path": "n", "nested?8": {"path": "n.m"}}}}],
    [
        {
            "_geo_distance": {
                "g": ([0, 0], [[0, 0], [10, 50]], "s1z0", {"lat": 10, "lon": 20}),
                "unit?7": ("km", "mi", "m"),
                "order?": _ORDER,
                "mode?": ("min", "max", "avg", "median"),
                "distance_type?": ("plane", "arc"),
                "ignore_unmapped?1": True,
            }
        }
    ],
    [{"date": {"order": _ORDER, "format?6": FORMATS, "numeric_type?": ("date_nanos", "date")}}, "i"],
    [
        {
            "nanos": {
                "order": _ORDER,
                "format?5": FORMATS,
                "numeric_type?": ("date", "date_nanos"),
                "missing?2": "_first",
            }
        }
    ],
    [{"l": {"numeric_type": ("double", "long")}}, {"f": {"numeric_type?7": ("double", "long"), "order": "desc"}}],
    [{"nope": {"unmapped_type": ("long", "keyword", "date")}}, "l"],
    {
        "_script": {
            "type": "number",
            "script": {"source": "doc['l'].size() * params.f", "params": {"f": 2}},
            "order": _ORDER,
        }
    },
    {"_script": {"type": "string", "script": "doc['k'].size() == 0 ? 'none' : doc['k'].value", "order": _ORDER}},
    [{"_score": "asc"}, {"i": {"missing": "_first"}}],
    ["_doc"],
    ["_index", "l"],
    ["nope"],
    [{"t": "asc"}],
    [{"ip": "desc"}, "b"],
)

SORTABLE = (
    "l",
    "i",
    "f",
    "d",
    "hf",
    "ls",
    "scaled",
    "date",
    "nanos",
    "b",
    "ip",
    "k",
    "ks",
    "t.raw",
    "alk",
    "data",
    "o.x",
    "novalues",
    "_doc",
    "_score",
    "flat.a",
    "feature",
    "kstored",
)
