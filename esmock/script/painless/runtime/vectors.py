"""Functions on vectors in the score context. Docs: query-dsl-script-score-query, "Functions for vector fields".

Source: the documentation. Differs: sums are doubles over products of floats, as before 8.0; later releases add floats, and the last
digits of a score may be others.
"""

from __future__ import annotations

import math
import struct
from collections.abc import Callable, Iterator, Sequence
from typing import Any

from esmock.addition import in_order
from esmock.script.doc_values import DenseVectors
from esmock.script.painless.runtime import throwables as t

Vector = Sequence[float]


def single(value: float) -> float:
    """Rounded to a float."""
    return float(struct.unpack("<f", struct.pack("<f", value))[0])


def stored(doc: Any, field: Any) -> DenseVectors:
    """The vector of a field, given by name or as doc values. Raises IllegalArgument: the document has none."""
    found = field if isinstance(field, DenseVectors) else doc.get(str(field))
    if not isinstance(found, DenseVectors):
        raise t.IllegalArgument(f"Cannot retrieve values of a field that is no [dense_vector]: [{field}]")
    if not len(found):
        raise t.IllegalArgument("A document doesn't have a value for a vector field!")
    return found


def _pairs(doc: Any, asked: Any, field: Any) -> Iterator[tuple[float, float]]:
    query = [single(float(one)) for one in asked]
    vector = stored(doc, field).first()
    if len(query) != len(vector):
        raise t.IllegalArgument(
            f"The query vector has a different number of dimensions [{len(query)}] than the document vectors [{len(vector)}]."
        )
    return zip(query, vector, strict=True)


def dot_product(doc: Any, asked: Any, field: Any) -> float:
    return in_order(single(a * b) for a, b in _pairs(doc, asked, field))


def cosine_similarity(doc: Any, asked: Any, field: Any) -> float:
    length = math.sqrt(in_order(single(a * a) for a in map(single, map(float, asked))))
    unit = [single(single(float(one)) / length) for one in asked]
    return dot_product(doc, unit, field) / stored(doc, field).magnitude()


def l1_norm(doc: Any, asked: Any, field: Any) -> float:
    return in_order(abs(single(a - b)) for a, b in _pairs(doc, asked, field))


def l2_norm(doc: Any, asked: Any, field: Any) -> float:
    return math.sqrt(in_order((single(a - b)) ** 2 for a, b in _pairs(doc, asked, field)))


def hamming(doc: Any, asked: Any, field: Any) -> float:
    """Bits that differ, of byte and bit vectors."""
    return float(sum(((int(a) ^ int(b)) & 0xFF).bit_count() for a, b in _pairs(doc, asked, field)))


_PARAMETERS = ("java.util.List", "java.lang.Object")
FUNCTIONS: dict[str, Callable[..., float]] = {
    "cosineSimilarity": cosine_similarity, "dotProduct": dot_product, "l1norm": l1_norm, "l2norm": l2_norm, "hamming": hamming,
}  # fmt: skip


def functions() -> dict[tuple[str, int], tuple[tuple[str, ...], Callable[..., float], str]]:
    """(name, number of arguments) to the kinds of the arguments, the function, and the variable it is given first."""
    return {(name, 2): (_PARAMETERS, function, "doc") for name, function in FUNCTIONS.items()}
