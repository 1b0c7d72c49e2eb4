"""Numbers made for scoring, and counts of tokens. Docs: rank-feature, rank-features, token-count. Source: recordings of 7.10.2."""

from __future__ import annotations

import math
import struct
from typing import Any, ClassVar

from esmock.errors import IllegalArgument, MapperParsing
from esmock.mapping import coercion
from esmock.mapping.exact import need_scalar
from esmock.mapping.field import DOUBLE, Field
from esmock.mapping.numeric import Integer
from esmock.mapping.parameter import Parameter, Place, boolean, java_text, meta
from esmock.mapping.text import analyzer_parameter
from esmock.xcontent.java_number import java_float
from esmock.xcontent.located import token

Json = Any

_SMALLEST = 1.1754943508222875e-38


def kept(value: float) -> float:
    """A feature as Lucene keeps it: 9 significant bits of a float."""
    bits = struct.unpack(">i", struct.pack(">f", value))[0] >> 15
    return float(struct.unpack(">f", struct.pack(">i", bits << 15))[0])


def feature(value: Json, name: str, field: str, *, positive: bool) -> float:
    """A feature's value. Raises IllegalArgument, NumberFormat."""
    number = coercion.java_float(coercion.read_float(value, coerce=True))
    if not positive:
        number = coercion.java_float(1 / number) if number else math.copysign(math.inf, number)
    if not math.isfinite(number):
        raise IllegalArgument(f"featureValue must be finite, got: {java_float(number)} for feature {name} on field {field}")
    if number < _SMALLEST:
        raise IllegalArgument(
            f"featureValue must be a positive normal float, got: {java_float(number)} for feature {name} on field {field} which is "
            "less than the minimum positive normal float: 1.17549435E-38"
        )
    return kept(number)


class _Feature(Field):
    """What both have in common: a text for them is read by the index's analyzer, though none of its words can be looked for (7.x)."""

    __slots__ = ()

    def read_words(self, text: str) -> list[str]:
        if self.context.behaviour.major >= 8:
            return []
        words: list[str] = self.context.analysis.analyzer("default").terms(text)
        return words

    def words_of(self, text: str) -> Json:
        return text if self.context.behaviour.major >= 8 or self.read_words(text) else None


class RankFeature(_Feature):
    """One positive number that scores. Docs: rank-feature."""

    name = "rank_feature"
    column_kind = DOUBLE
    takes_arrays = True
    parameters = (boolean("positive_score_impact", True), meta())
    __slots__ = ()
    no_columns = "[rank_feature] fields do not support sorting, scripting or aggregating"

    @property
    def is_positive(self) -> bool:
        return bool(self.get("positive_score_impact"))

    def check(self, value: Json) -> None:
        values = [one for one in value if one is not None] if isinstance(value, list) else [value]
        for at, one in enumerate(values):
            need_scalar(one)
            if at:
                wrong = IllegalArgument(
                    f"[rank_feature] fields do not support indexing multiple values for the same field [{self.path}] in the same document"
                )
                wrong.preview = java_text(one)  # type: ignore[attr-defined]
                raise wrong
            feature(one, self.path, "_feature", positive=self.is_positive)

    def column_values(self, values: list[Json]) -> list[float]:
        flat = [one for value in values for one in (value if isinstance(value, list) else [value])]
        return [feature(one, self.path, "_feature", positive=self.is_positive) for one in flat if one is not None][:1]

    def term(self, value: Json) -> Any:
        raise IllegalArgument("Queries on [rank_feature] fields are not supported")


class RankFeatures(_Feature):
    """Positive numbers by name that score. Docs: rank-features."""

    name = "rank_features"
    takes_objects = True
    takes_arrays = True
    parameters: ClassVar[tuple[Parameter, ...]] = (boolean("positive_score_impact", True), meta())
    bare_errors = True
    __slots__ = ()
    no_columns = "[rank_features] fields do not support sorting, scripting or aggregating"

    @classmethod
    def parameter_table(cls, context: Any) -> dict[str, Parameter]:
        known = super().parameter_table(context)
        if context.behaviour.major < 8:
            known.pop("positive_score_impact", None)
        return known

    @property
    def is_positive(self) -> bool:
        return bool(self.get("positive_score_impact"))

    def check(self, value: Json) -> None:
        if not isinstance(value, dict):
            raise IllegalArgument(f"[{self.name}] fields must be json objects, expected a START_OBJECT but got: {token(value)}")
        for name, one in value.items():
            if one is None:
                continue
            if isinstance(one, dict | list):
                raise IllegalArgument(
                    f"[{self.name}] fields take hashes that map a feature to a strictly positive float, but got unexpected token "
                    f"{token(one)}"
                )
            feature(one, name, self.path, positive=self.is_positive)

    def column_values(self, values: list[Json]) -> list[Any]:
        return []

    def fetched_values(self, values: list[Json]) -> list[Json] | None:
        return values

    def feature_of(self, values: list[Json], name: str) -> float:
        """The kept value of one feature; 0 where the document lacks it."""
        for value in values:
            if isinstance(value, dict) and value.get(name) is not None:
                return feature(value[name], name, self.path, positive=self.is_positive)
        return 0.0

    def term(self, value: Json) -> Any:
        raise IllegalArgument("Queries on [rank_features] fields are not supported")


def _count(value: Json, place: Place) -> int | None:
    if value is None:
        return None
    if isinstance(value, float) and value % 1:
        raise IllegalArgument(f"{java_text(value)} is not an integer value")
    shown = java_text(value) if isinstance(value, list | dict | bool) else value
    return coercion.read_integer(shown, "integer", coerce=True)


class TokenCount(Integer):
    """How many tokens a text has. Docs: token-count."""

    name = "token_count"
    family = "integer"
    parameters = (
        boolean("index", True),
        boolean("doc_values", True),
        boolean("store", False),
        analyzer_parameter("analyzer"),
        Parameter("null_value", None, _count, allows_null=True),
        boolean("enable_position_increments", True),
        meta(),
    )
    __slots__ = ()

    @property
    def type_name(self) -> str:
        return "integer"

    def setup(self) -> None:
        self.coerce, self.ignores_malformed = True, False
        if self.given.get("analyzer") is None:
            raise MapperParsing(f"Analyzer must be set for field [{self.leaf}] but wasn't.")

    def check(self, value: Json) -> None:
        need_scalar(value)

    def fetched_values(self, values: list[Json]) -> list[Json] | None:
        return None if self.get("doc_values") else []

    def column_values(self, values: list[Json]) -> list[int]:
        analyzer = self.context.analysis.analyzer(self.given["analyzer"])
        out = []
        for value in values:
            if value is self.null_value:
                out.append(int(value))
                continue
            text = value if isinstance(value, str) else java_text(value)
            if self.get("enable_position_increments"):
                out.append(int(analyzer.batch([text]).end_positions[0]))
            else:
                out.append(len({one.position for one in analyzer.tokens(text)}))
        return out

    def term(self, value: Json) -> int | None:
        from esmock.mapping.numeric import query_number

        number = query_number(value)
        return int(number) if number == int(number) else None


FIELDS = (RankFeature, RankFeatures, TokenCount)
