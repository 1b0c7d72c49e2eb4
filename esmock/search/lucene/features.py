"""Queries on features and distances in Lucene's words, and why they score as they do.

Source: recordings of 7.10.2.
"""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

import numpy as np

from esmock.mapping.parameter import java_text
from esmock.search.lucene.explanation import Explanation, exact, node, single
from esmock.search.lucene.node import Leaf, Lucene, binding, lucene_doc, nothing
from esmock.search.query.shard import is_filled

if TYPE_CHECKING:
    from esmock.search.query.feature import DistanceFeature, RankFeatureQuery
    from esmock.search.query.shard import ShardSearch


def rank_feature(query: RankFeatureQuery, shard: ShardSearch) -> Lucene:
    """``FeatureQuery``; the pivot that is not given is found when it is rewritten."""
    path, feature = query.place(shard)
    if path is None:
        return nothing("")
    pivot = query.pivot(shard)
    is_found = query.function == "saturation" and "pivot" not in (query.options or {})
    words, function = _feature_words(query, path, feature, None if is_found else pivot)
    made = Leaf("FeatureQuery", words)
    if is_found and pivot is None:
        made.becomes = nothing(f"No terms found for feature [{feature}]")
        return made
    if is_found:
        words, function = _feature_words(query, path, feature, pivot)
        made.becomes = Leaf("FeatureQuery", words)
    final = made if made.becomes is None else made.becomes
    assert isinstance(final, Leaf)
    final.bind = binding(query)
    final.explained = partial(_explained_feature, final, query, function, path, feature, pivot)
    return made


def _feature_words(query: RankFeatureQuery, path: str, feature: str, pivot: float | None) -> tuple[str, str]:
    """The query and its function."""
    options = query.options or {}
    shown = "null" if pivot is None else single(pivot)
    function = {
        "saturation": lambda: f"SaturationFunction(pivot={shown})",
        "log": lambda: f"LogFunction(scalingFactor={single(options['scaling_factor'])})",
        "sigmoid": lambda: f"SigmoidFunction(pivot={shown}, a={single(options['exponent'])})",
        "linear": lambda: "LinearFunction",
    }[query.function]()
    return f"FeatureQuery(field={path}, feature={feature}, function={function})", function


_FORMULAS = {
    "saturation": ("Saturation", "w * S / (S + k)"),
    "log": ("Log", "w * log(a + S)"),
    "sigmoid": ("Sigmoid", "w * S^a / (S^a + k^a)"),
    "linear": ("Linear", "w * S"),
}
PIVOT = "k, pivot feature value that would give a score contribution equal to w/2"


def _has_features(shard: ShardSearch, segment: Any, path: str) -> bool:
    """Whether a segment has any feature of a field; those of ``rank_feature`` fields are all in one."""
    names = [path]
    if path == "_feature":
        names = [name for name, one in shard.mapping.fields() if one.name == "rank_feature"]
    return any(is_filled(segment, name) for name in names)


def _explained_feature(
    made: Leaf, query: RankFeatureQuery, function: str, path: str, feature: str, pivot: float | None, explainer: Any, segment: Any,
    doc: int, boost: Any,
) -> Explanation:  # fmt: skip
    hits = explainer.bound(made, boost).match(segment)
    if not hits.match[doc]:
        at = lucene_doc(segment, doc, explainer.shard.mapping)
        lacks = f"Feature {feature} isn't set"
        if not _has_features(explainer.shard, segment, path):
            lacks = f"Field {path} doesn't exist"
        elif not hits.match.any():
            lacks = f"Feature {feature} doesn't exist"
        return False, node(0.0, f"weight({made.words} in {at}) [{function}]. {lacks}.")
    name, formula = _FORMULAS[query.function]
    details = [node(float(boost), "w, weight of this function")]
    if pivot is not None:
        details.append(node(pivot, PIVOT))
    if pivot is not None and query.function == "sigmoid":
        # ES: the exponent is explained by the pivot's value
        details.append(node(pivot, "a, exponent, higher values make the function grow slower before k and faster after k"))
    if query.function == "log":
        details.append(node((query.options or {})["scaling_factor"], "a, scaling factor"))
    details.append(node(float(query.values(explainer.shard, segment)[doc]), "S, feature value"))
    words = f"{name} function on the {path} field for the {feature} feature, computed as {formula} from:"
    return True, node(float(hits.score[doc]), words, details)


def distance_feature(query: DistanceFeature, shard: ShardSearch) -> Lucene:
    """``LongDistanceFeatureQuery`` of times, ``LatLonPointDistanceFeatureQuery`` of places."""
    field = shard.field(query.field)
    if field is None:
        return nothing("Can't run [distance_feature] query on unmapped fields!")
    query.bind(shard, False)
    made: Leaf
    if field.name == "geo_point":
        lat, lon, pivot = query.place()
        shown = f"originLat={java_text(lat)},originLon={java_text(lon)},pivotDistance={java_text(pivot)}"
        made = Leaf("LatLonPointDistanceFeatureQuery", f"LatLonPointDistanceFeatureQuery(field=,{shown})")
    else:
        origin, pivot = query.moment(shard, field)
        made = Leaf("LongDistanceFeatureQuery", f"LongDistanceFeatureQuery(field=,origin={origin},pivotDistance={pivot})")
    made.explained = partial(_explained_distance, made, query, field)
    return made


def _explained_distance(
    made: Leaf, query: DistanceFeature, field: Any, explainer: Any, segment: Any, doc: int, boost: Any
) -> Explanation:
    hits = explainer.bound(made, boost).match(segment)
    if not hits.match[doc]:
        at = lucene_doc(segment, doc, explainer.shard.mapping)
        return False, node(0.0, f"Document {at} doesn't have a value for field {field.path}")
    column = segment.column(field.path)
    values = column.values[column.starts[doc] : column.starts[doc + 1]]
    weight = node(float(boost), "weight")
    formula = "Distance score, computed as weight * pivotDistance / (pivotDistance + abs({})) from:"
    if field.name == "geo_point":
        from esmock.mapping.sphere import arc_metres

        lat, lon, pivot = query.place()
        metres = np.asarray(arc_metres(lat, lon, values[:, 0], values[:, 1]))
        near = int(np.argmin(metres))
        details = [
            weight, exact(pivot, "pivotDistance"), exact(lat, "originLat"), exact(lon, "originLon"),
            exact(float(values[near, 0]), "current lat"), exact(float(values[near, 1]), "current lon"),
            exact(float(metres[near]), "distance"),
        ]
        return True, node(float(hits.score[doc]), formula.format("distance"), details)
    origin, pivot = query.moment(explainer.shard, field)
    nearest = int(values[int(np.argmin(np.abs(values - origin)))])
    details = [weight, exact(pivot, "pivotDistance"), exact(origin, "origin"), exact(nearest, "current value")]
    return True, node(float(hits.score[doc]), formula.format("value - origin"), details)
