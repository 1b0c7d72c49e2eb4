"""Several vectors of a document, as late interaction models give them. Docs: rank-vectors.

Source: documentation, the published source and the makers' tests (rank_vectors/*.yml); no engine here has the type.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from esmock.errors import IllegalArgument
from esmock.mapping.dense_vector import DenseVector, NotAVector
from esmock.mapping.field import HIDDEN
from esmock.mapping.parameter import Parameter
from esmock.xcontent.json_writer import F32

if TYPE_CHECKING:
    import numpy as np

    from esmock.mapping.context import MappingContext

Json = Any
_OWN = ("element_type", "dims", "meta")


class RankVectors(DenseVector):
    """A list of vectors of one length, which scripts compare with those of a query; nothing is indexed."""

    name = "rank_vectors"
    parameters = tuple(one for one in DenseVector.parameters if one.name in _OWN)
    __slots__ = ()

    @classmethod
    def parameter_table(cls, context: MappingContext) -> dict[str, Parameter]:
        return {one.name: one for one in cls.parameters}

    def get(self, name: str) -> Any:
        return {"index": False, "similarity": None}[name] if name in ("index", "similarity") else super().get(name)

    @property
    def has_doc_values(self) -> bool:
        return True

    @property
    def lacks_columns(self) -> bool:
        return True

    def printed(self, parameter: Parameter) -> Json:
        value = self.given.get(parameter.name)
        return HIDDEN if value is None or value == parameter.default else value

    def learned(self, value: Json) -> RankVectors | None:
        if self.dims is not None or not value:
            return None
        found = super().learned(value[0])
        assert found is None or isinstance(found, RankVectors)
        return found

    def check(self, value: Json) -> None:
        if not isinstance(value, list):
            raise NotAVector(f"Field [{self.path}] of type [rank_vectors] cannot be indexed with a single value", None)
        for at, one in enumerate(value):
            try:
                super().check(one)
            except NotAVector as wrong:
                raise NotAVector(wrong.error, wrong.index, outer=at) from None
            if self._given_dims(one) != self._given_dims(value[0]):
                text = f"Field [{self.path}] of type [rank_vectors] cannot be indexed with vectors of different dimensions"
                raise NotAVector(text, at)

    def vectors(self, value: Json) -> np.ndarray:
        """A value of the source: float32[n, dims]; bytes of byte and bit vectors as they are."""
        import numpy as np

        return np.stack([self.vector(one) for one in value])

    def kept_vector(self, value: Json) -> list[Json]:
        return [[int(one) if self.is_of_bytes else F32(one) for one in self.vector(part)] for part in value]

    @property
    def is_kept_beside_source(self) -> bool:
        return True

    def fetched_values(self, values: list[Json]) -> list[Json] | None:
        return [one for value in values for one in value]

    @property
    def no_columns(self) -> str:
        return f"Field [{self.path}] of type [rank_vectors] doesn't support sort"

    def term(self, value: Json) -> Any:
        raise IllegalArgument(f"Field [{self.path}] of type [rank_vectors] doesn't support term queries")


FIELDS = (RankVectors,)
