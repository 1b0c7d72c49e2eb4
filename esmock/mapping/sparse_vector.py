"""Weights of tokens. Docs: sparse-vector. Source: recordings of 8.19.21."""

from __future__ import annotations

from typing import Any

from esmock.errors import ApiError, Unsupported
from esmock.mapping.features import RankFeatures
from esmock.mapping.misplaced import Misplaced
from esmock.mapping.parameter import Parameter, Place, boolean, meta

Json = Any


def _index_options(value: Json, place: Place) -> Any:
    if value is None:
        return None
    raise Unsupported("[index_options] of a [sparse_vector]")


class SparseVector(RankFeatures):
    """Tokens with weights above zero; of several weights of a token the greatest counts. Docs: sparse-vector."""

    name = "sparse_vector"
    takes_words = False
    exists_by_values = True
    parameters = (boolean("store", False), Parameter("index_options", None, _index_options, allows_null=True), meta())
    no_columns = "[sparse_vector] fields do not support sorting, scripting or aggregating"
    __slots__ = ()

    @property
    def is_positive(self) -> bool:
        return True

    def check(self, value: Json) -> None:
        for one in value if isinstance(value, list) else [value]:
            try:
                super().check(one)
            except ApiError as error:
                raise Misplaced(error, self._wrong_part(one)) from None

    def _wrong_part(self, value: Json) -> tuple[Json, Any] | None:
        """The first feature that cannot be one."""
        for name in value if isinstance(value, dict) else ():
            try:
                super().check({name: value[name]})
            except ApiError:
                return value, name
        return None

    def feature_of(self, values: list[Json], name: str) -> float:
        flat = [one for value in values for one in (value if isinstance(value, list) else [value])]
        return max((super(SparseVector, self).feature_of([one], name) for one in flat), default=0.0)

    def fetched_values(self, values: list[Json]) -> list[Json] | None:
        return [one for value in values for one in (value if isinstance(value, list) else [value])]

    def term(self, value: Json) -> Any:
        raise Unsupported("queries of terms on a field of type [sparse_vector]")


FIELDS = (SparseVector,)
