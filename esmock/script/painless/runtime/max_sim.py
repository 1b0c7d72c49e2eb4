"""How like the vectors of a document are to those of a query: maxSimDotProduct, maxSimInvHamming.

Of every vector of the query the best of the document's counts, and these are added. Docs: rank-vectors, "Scoring with rank_vectors".
Source: the published source and the makers' tests (rank_vectors/rank_vectors_max_sim.yml).
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from esmock.script.doc_values import RankVectorValues
from esmock.script.painless.runtime import throwables as t

Array = Any
_RAGGED = "The query vector contains inner vectors which have inconsistent number of dimensions."


def _stored(doc: Any, field: Any) -> RankVectorValues:
    found = doc.get(str(field))
    if not isinstance(found, RankVectorValues):
        raise t.ClassCast(f"field [{field}] is no [rank_vectors]")
    return found


def _vectors(stored: RankVectorValues) -> Array:
    """float32[n, m]. Raises IllegalArgument: the document has none."""
    if not len(stored):
        raise t.IllegalArgument("A document doesn't have a value for a multi-vector field!")
    return np.asarray(stored.first(), np.float32)


def _asked(given: Any) -> Array:
    """float32[n, m] of lists of numbers, or of texts of hexadecimal bytes. Raises IllegalArgument."""
    if not isinstance(given, list) or not given or not isinstance(given[0], list | str):
        kind = "java.util.ArrayList" if isinstance(given, list) else type(given).__name__
        raise t.IllegalArgument("The query vector is empty." if given == [] else f"Unsupported input object for byte vectors: {kind}")
    rows = [list(np.frombuffer(bytes.fromhex(one), np.int8)) if isinstance(one, str) else one for one in given]
    if any(len(one) != len(rows[0]) for one in rows):
        raise t.IllegalArgument(_RAGGED)
    return np.array(rows, np.float32)


def _check_dims(asked: Array, dims: int) -> None:
    if asked.shape[1] != dims:
        n = asked.shape[1]
        raise t.IllegalArgument(f"The query vector has a different number of dimensions [{n}] than the document vectors [{dims}].")


def _bits(vectors: Array) -> Array:
    """uint8[n, 8 m]: the bits of byte vectors, the highest of a byte first."""
    return np.unpackbits(vectors.astype(np.int8).view(np.uint8), axis=1)


def _best(products: Array) -> float:
    """Of products float32[asked, stored]: the sum of the greatest of each row."""
    return float(products.max(axis=1).astype(np.float32).sum(dtype=np.float32))


def dot_product(doc: Any, given: Any, field: Any) -> float:
    """maxSimDotProduct."""
    stored = _stored(doc, field)
    asked = _asked(given)
    if stored.element_type == "bit":
        return _bit_product(asked, stored)
    _check_dims(asked, stored.dims)
    vectors = _vectors(stored)
    return _best((asked[:, None, :] * vectors[None, :, :]).sum(axis=2, dtype=np.float32))


def _bit_product(asked: Array, stored: RankVectorValues) -> float:
    dims, n = stored.dims, asked.shape[1]
    if n not in (dims, dims // 8):
        raise t.IllegalArgument(
            f"The query vector contains inner vectors which have incorrect number of dimensions. Must be [{dims // 8}] for bitwise "
            f"operations, or [{dims}] for byte wise operations: provided [{n}]."
        )
    bits = _bits(_vectors(stored)).astype(np.float32)
    mask = asked if n == dims else _bits(asked).astype(np.float32)
    return _best((mask[:, None, :] * bits[None, :, :]).sum(axis=2, dtype=np.float32))


def inverse_hamming(doc: Any, given: Any, field: Any) -> float:
    """maxSimInvHamming: the share of bits that are alike."""
    stored = _stored(doc, field)
    if stored.element_type == "float":
        raise t.IllegalArgument("hamming distance is only supported for byte or bit vectors")
    asked = _asked(given)
    _check_dims(asked, stored.dims // 8 if stored.element_type == "bit" else stored.dims)
    mine, theirs = _bits(asked), _bits(_vectors(stored))
    differing = (mine[:, None, :] != theirs[None, :, :]).sum(axis=2)
    n = mine.shape[1]
    return _best(((n - differing) / np.float32(n)).astype(np.float32))


_PARAMETERS = ("java.lang.Object", "java.lang.String")
FUNCTIONS: dict[tuple[str, int], tuple[tuple[str, ...], Callable[..., float], str]] = {
    ("maxSimDotProduct", 2): (_PARAMETERS, dot_product, "doc"),
    ("maxSimInvHamming", 2): (_PARAMETERS, inverse_hamming, "doc"),
}
