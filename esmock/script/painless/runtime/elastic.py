"""Elasticsearch's own classes: doc values, places."""

from __future__ import annotations

from typing import Any

from esmock.script.painless.runtime.decay import arc_distance
from esmock.script.painless.runtime.values import Byte, JavaArray


def _first(values: Any) -> Any:
    return values.first()


def _at(values: Any, index: int) -> Any:
    return values.at(index)


_KINDS = ("Booleans", "BytesRefs", "Dates", "Doubles", "GeoPoints", "Longs", "Strings")


def _arc(points: Any, lat: float, lon: float) -> float:
    point = points.first()
    return arc_distance(point.lat, point.lon, lat, lon)


def _plane(points: Any, lat: float, lon: float) -> float:
    from esmock.mapping.sphere import plane_metres

    point = points.first()
    return float(plane_metres(point.lat, point.lon, [lat], [lon])[0])


def _or_default(measure: Any) -> Any:
    return lambda points, lat, lon, default: measure(points, lat, lon) if len(points) else default


class BytesRef(bytes):
    """org.apache.lucene.util.BytesRef: bytes in an array."""

    java_class = "org.apache.lucene.util.BytesRef"

    def j_utf8ToString(self) -> str:
        return self.decode("utf-8", "replace")

    def j_bytesEquals(self, other: BytesRef) -> bool:
        return self == other

    def j_compareTo(self, other: BytesRef) -> int:
        return int(self > other) - int(self < other)

    def j_equals(self, other: Any) -> bool:
        return isinstance(other, BytesRef) and self == other

    def j_field_bytes(self) -> JavaArray:
        return JavaArray("byte", [Byte((one ^ 0x80) - 0x80) for one in self])

    def j_field_length(self) -> int:
        return len(self)

    def j_field_offset(self) -> int:
        return 0

    def j_toString(self) -> str:
        return "[" + " ".join(f"{one:x}" for one in self) + "]"


def _of_geohash(measure: Any) -> Any:
    from esmock.mapping.points import decode_geohash

    return lambda points, geohash: measure(points, *decode_geohash(geohash))


def _lats(points: Any) -> list[float]:
    return [point.lat for point in points]


def _lons(points: Any) -> list[float]:
    return [point.lon for point in points]


def _explain(holder: Any, text: str) -> None:
    if holder is not None:
        holder(text)


METHODS: dict[str, Any] = (
    {f"ScriptDocValues.{kind}.getValue/0": _first for kind in _KINDS}
    | {f"ScriptDocValues.{kind}.get/1": _at for kind in _KINDS}
    | {
        "IpFieldMapper.IpFieldType.IpScriptDocValues.getValue/0": _first,
        "IpFieldMapper.IpFieldType.IpScriptDocValues.get/1": _at,
        "ScriptDocValues.Dates.getValues/0": lambda values: values,
        "ScriptDocValues.Longs.getValues/0": lambda values: values,
        "ScriptDocValues.Doubles.getValues/0": lambda values: values,
        "ScriptDocValues.GeoPoints.getLat/0": lambda points: points.first().lat,
        "ScriptDocValues.GeoPoints.getLon/0": lambda points: points.first().lon,
        "ScriptDocValues.GeoPoints.getLats/0": _lats,
        "ScriptDocValues.GeoPoints.getLons/0": _lons,
        "ScriptDocValues.GeoPoints.geohashDistance/1": _of_geohash(_arc),
        "ScriptDocValues.GeoPoints.geohashDistanceWithDefault/2": lambda points, geohash, default: (
            _of_geohash(_arc)(points, geohash) if len(points) else default
        ),
        "ScriptDocValues.GeoPoints.arcDistance/2": _arc,
        "ScriptDocValues.GeoPoints.arcDistanceWithDefault/3": _or_default(_arc),
        "ScriptDocValues.GeoPoints.planeDistance/2": _plane,
        "ScriptDocValues.GeoPoints.planeDistanceWithDefault/3": _or_default(_plane),
        "DenseVectorScriptDocValues.getVectorValue/0": lambda vector: JavaArray("float", list(vector.first())),
        "DenseVectorScriptDocValues.getMagnitude/0": lambda vector: vector.magnitude(),
        "DenseVectorScriptDocValues.size/0": len,
        "DenseVectorScriptDocValues.isEmpty/0": lambda vector: not len(vector),
        "ScoreScript.ExplanationHolder.set/1": _explain,
        "ScriptedSimilarity.Query.getBoost/0": lambda query: query.boost,
        "ScriptedSimilarity.Field.getDocCount/0": lambda field: field.docCount,
        "ScriptedSimilarity.Field.getSumDocFreq/0": lambda field: field.sumDocFreq,
        "ScriptedSimilarity.Field.getSumTotalTermFreq/0": lambda field: field.sumTotalTermFreq,
        "ScriptedSimilarity.Term.getDocFreq/0": lambda term: term.docFreq,
        "ScriptedSimilarity.Term.getTotalTermFreq/0": lambda term: term.totalTermFreq,
        "ScriptedSimilarity.Doc.getLength/0": lambda doc: doc.length,
        "ScriptedSimilarity.Doc.getFreq/0": lambda doc: doc.freq,
        "GeoPoint.getLat/0": lambda point: point.lat,
        "GeoPoint.getLon/0": lambda point: point.lon,
        "AnalysisPredicateScript.Token.getEndOffset/0": lambda token: token.end,
        "AnalysisPredicateScript.Token.getPosition/0": lambda token: token.position,
        "AnalysisPredicateScript.Token.getPositionIncrement/0": lambda token: token.increment,
        "AnalysisPredicateScript.Token.getPositionLength/0": lambda token: token.length,
        "AnalysisPredicateScript.Token.getStartOffset/0": lambda token: token.start,
        "AnalysisPredicateScript.Token.getTerm/0": lambda token: token.term,
        "AnalysisPredicateScript.Token.getType/0": lambda token: token.type,
        "AnalysisPredicateScript.Token.isKeyword/0": lambda token: token.keyword,
        "IntervalFilterScript.Interval.getStart/0": lambda interval: interval.found[0],
        "IntervalFilterScript.Interval.getEnd/0": lambda interval: interval.found[1],
        "IntervalFilterScript.Interval.getGaps/0": lambda interval: interval.found[2],
    }
)
