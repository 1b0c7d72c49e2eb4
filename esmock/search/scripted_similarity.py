"""The ``scripted`` similarity: a script gives the score of a term in a document."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

import numpy as np

from esmock.search.doc_lookup import compile_script

if TYPE_CHECKING:
    from esmock.mapping.similarity import Similarity
    from esmock.script.script import Script
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


@dataclass(frozen=True, slots=True)
class Scripts:
    """The scripts of a similarity with what they are given about a term.

    Attributes:
        weight: what ``weight_script`` gives; 1.0 without one.
    """

    given: dict[str, Any]
    weight: float
    script: Any

    def score(self, freq: float, length: int) -> float:
        """The score of a document."""
        return float(self.script.run(weight=self.weight, doc=Doc(length=length, freq=freq), **self.given))


def scripts(shard: ShardSearch, similarity: Similarity, one: Statistics, boost: float) -> Scripts:
    """The scripts of a similarity, compiled. Raises what the scripts raise."""
    from esmock.script.painless.runtime.values import Long

    given = {
        "query": Query(boost=boost),
        "field": Field(docCount=Long(one.n_docs), sumDocFreq=Long(one.n_postings), sumTotalTermFreq=Long(one.n_tokens)),
        "term": Term(docFreq=Long(one.doc_freq), totalTermFreq=Long(one.total_freq)),
    }
    weight = 1.0
    if "weight_script" in similarity.options:
        script = script_of(similarity, "weight_script")
        weight = float(compile_script(shard, script, "similarity_weight").run(**given))
    return Scripts(given, weight, compile_script(shard, script_of(similarity, "script"), "similarity"))


def scripted(
    shard: ShardSearch, similarity: Similarity, one: Statistics, boost: float
) -> Callable[[np.ndarray, np.ndarray], np.ndarray]:
    """A function of frequencies and lengths; documents that agree in both are scored once."""
    own = scripts(shard, similarity, one, boost)

    def score(freqs: np.ndarray, length: np.ndarray) -> np.ndarray:
        pairs, back = np.unique(np.stack([freqs, length], axis=1), axis=0, return_inverse=True)
        found = [own.score(float(freq), int(size)) for freq, size in pairs.tolist()]
        return np.array(found, np.float64)[back.reshape(-1)]

    return score


def script_of(similarity: Similarity, name: str) -> Script:
    """One of the scripts of a similarity."""
    from esmock.script.script import Script

    node = similarity.options[name]
    is_stored = "id" in node
    lang = None if is_stored else str(node.get("lang", "painless"))
    return Script(str(node["id"] if is_stored else node["source"]), lang, is_stored, dict(node.get("params", {})))
