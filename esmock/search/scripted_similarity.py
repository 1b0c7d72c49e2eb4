"""The ``scripted`` similarity: a script gives the score of a term in a document."""

from __future__ import annotations

from collections.abc import Callable
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

import numpy as np

from esmock.search.doc_lookup import compile_script

if TYPE_CHECKING:
    from esmock.mapping.similarity import Similarity
    from esmock.search.query.shard import ShardSearch
    from esmock.search.similarity import Statistics

_CLASS = "org.elasticsearch.index.similarity.ScriptedSimilarity."


class Query(SimpleNamespace):
    """``query``: boost."""

    java_class = _CLASS + "Query"


class Field(SimpleNamespace):
    """``field``: docCount, sumDocFreq, sumTotalTermFreq."""

    java_class = _CLASS + "Field"


class Term(SimpleNamespace):
    """``term``: docFreq, totalTermFreq."""

    java_class = _CLASS + "Term"


class Doc(SimpleNamespace):
    """``doc``: length, freq."""

    java_class = _CLASS + "Doc"


def scripted(
    shard: ShardSearch, similarity: Similarity, one: Statistics, boost: float
) -> Callable[[np.ndarray, np.ndarray], np.ndarray]:
    """A function of frequencies and lengths; documents that agree in both are scored once."""
    from esmock.script.painless.runtime.values import Long

    given = {
        "query": Query(boost=boost),
        "field": Field(docCount=Long(one.n_docs), sumDocFreq=Long(one.n_postings), sumTotalTermFreq=Long(one.n_tokens)),
        "term": Term(docFreq=Long(one.doc_freq), totalTermFreq=Long(one.total_freq)),
    }
    weight = 1.0
    if "weight_script" in similarity.options:
        weight = float(_compiled(shard, similarity.options["weight_script"], "similarity_weight").run(**given))
    script = _compiled(shard, similarity.options["script"], "similarity")

    def score(freqs: np.ndarray, length: np.ndarray) -> np.ndarray:
        pairs, back = np.unique(np.stack([freqs, length], axis=1), axis=0, return_inverse=True)
        found = [
            float(script.run(weight=weight, doc=Doc(length=int(size), freq=float(freq)), **given)) for freq, size in pairs.tolist()
        ]
        return np.array(found, np.float64)[back.reshape(-1)]

    return score


def _compiled(shard: ShardSearch, node: dict[str, Any], context: str) -> Any:
    from esmock.script.script import Script

    is_stored = "id" in node
    lang = None if is_stored else str(node.get("lang", "painless"))
    script = Script(str(node["id"] if is_stored else node["source"]), lang, is_stored, dict(node.get("params", {})))
    return compile_script(shard, script, context)
