"""Answers of two servers side by side: without what changes from run to run, and where they first differ."""

from __future__ import annotations

import json
import re
from typing import Any, NamedTuple

from tests.scripts import recorder

Json = Any
_AROUND = recorder("around")
_ADDRESS = re.compile(r"@[0-9a-f]{5,8}\b")
_IDS = re.compile(r'"(node_id|id|ephemeral_id|transport_address)":"(?:[\w-]{20,22}|127[^"]*)"')
_NODES = re.compile(r'"[\w-]{22}":\{')
_ATTRIBUTES = re.compile(r'"attributes":\{[^}]*\}')
_UUID = re.compile(r"(\[[\w.-]+/)[\w-]{22}\]")
_POINT_IN_TIME = re.compile(r'("(?:pit_)?id":")[\w=-]{40,}"')
_IN_NO_ORDER = (".breakdown", ".debug")
"""Parts of a profile that 8.x takes from maps whose order is drawn when a node starts."""
_SHOWN = 160
OF_MODULES = ("has_child", "has_parent", "parent_id", "percolate", "rank_feature", "pinned", "rule", "distance_feature")
"""Kinds of queries that come with modules."""
LACKS = re.compile(
    r"no handler found|unknown query \[(has_child|has_parent|parent_id|percolate|rank_feature|pinned|rule)\]"
    r"|unknown named object category \[org.elasticsearch.search.rank|expected a rank name|script_lang not supported"
    r"|Unknown NamedWriteable|(failed to find|Could not find|unknown).{0,20} analyzer"
    r"|analyzer \[\w+\] (has not been configured|not found)|unknown retriever \[|Incorrect HTTP method"
    r"|unrecognized parameter: \[wait_for_completion_timeout\]|unknown field \[(rrf|linear|pinned)\]|No handler for type \[",
    re.IGNORECASE,
)
"""What a node says that has not the module for a request: no comparison."""


class Answer(NamedTuple):
    """Status, text, and the texts of its warnings."""

    status: int
    text: str
    warnings: list[str]

    @property
    def tree(self) -> Json:
        """What is compared: numbers as they are spelled, no times, ids, nodes or counts of the profiler; text as it is."""
        try:
            tree = json.loads(_without_ids(self.text), parse_float=_Spelled, object_pairs_hook=dict)
        except ValueError:
            return self.text
        return _AROUND.steady(_of_any_shard(tree))


def _of_any_shard(tree: Json) -> Json:
    """An answer with what was validated by index: of each, a shard drawn by chance answers, and the numbers of these give the order."""
    told = tree.get("explanations") if isinstance(tree, dict) else None
    if not isinstance(told, list) or any("shard" in one for one in told):
        return tree
    return {**tree, "explanations": sorted(told, key=lambda one: str(one.get("index")))}


def _without_ids(text: str) -> str:
    """An answer without the ids of nodes and allocations."""
    for pattern, told in (
        (_IDS, r'"\1":"ID"'), (_NODES, '"NODE":{'), (_ATTRIBUTES, '"attributes":{}'), (_UUID, r"\1UUID]"), (_POINT_IN_TIME, r'\1PIT"'),
    ):  # fmt: skip
        text = pattern.sub(told, text)
    return text


class _Spelled(str):
    """A number with a point or exponent."""

    __slots__ = ()


def first_difference(real: Answer, mock: Answer) -> str | None:
    """Where two answers differ: a path and both values; None: nowhere."""
    if real.status != mock.status:
        return f"status: {real.status} | {mock.status} {mock.text[:_SHOWN]}"
    found = _within(real.tree, mock.tree, "")
    if found is None and real.warnings != mock.warnings:
        return f"warnings: {real.warnings} | {mock.warnings}"
    return found


def _within(real: Json, mock: Json, path: str) -> str | None:
    if isinstance(real, dict) and isinstance(mock, dict):
        if path.endswith(_IN_NO_ORDER):
            real, mock = ({name: one[name] for name in sorted(one)} for one in (real, mock))
        for name in real:
            if name not in mock:
                return f"{path}.{name}: missing"
            if found := _within(real[name], mock[name], f"{path}.{name}"):
                return found
        if list(real) != list(mock):
            more = [name for name in mock if name not in real]
            return (
                f"{path}: {'too many' if more else 'order of'} keys {_brief(list(real))} | {_brief(more or list(mock))}"
            )
        return None
    if isinstance(real, list) and isinstance(mock, list):
        for number, (one, other) in enumerate(zip(real, mock, strict=False)):
            if found := _within(one, other, f"{path}[{number}]"):
                return found
        return None if len(real) == len(mock) else f"{path}: {len(real)} items | {len(mock)}"
    if isinstance(real, str) and isinstance(mock, str):
        real, mock = type(real)(_ADDRESS.sub("@", real)), type(mock)(_ADDRESS.sub("@", mock))
    if type(real) is not type(mock) or real != mock:
        return f"{path}: {_brief(real, mock)} | {_brief(mock, real)}"
    return None


def _brief(value: Json, beside: Json = None) -> str:
    """A value, or of a long text where it begins to differ from another."""
    if isinstance(value, str) and isinstance(beside, str) and len(value) > _SHOWN:
        at = next((at for at, (a, b) in enumerate(zip(value, beside, strict=False)) if a != b), 0)
        value = "…" + value[max(0, at - 40) : at + _SHOWN]
    text = json.dumps(value, ensure_ascii=False)
    return text if len(text) <= _SHOWN * 2 else text[: _SHOWN * 2] + "…"


def cause(difference: str) -> str:
    """A difference without numbers and values: what many have in common."""
    path, _, told = difference.partition(":")
    kind = told.split(" ")[1] if path != "status" and told[:4] in (" too", " ord") else ""
    values = told[:12] if path == "status" else kind
    return re.sub(r"(\.details)+", "…", re.sub(r"\[\d+\]", "", path)) + values
