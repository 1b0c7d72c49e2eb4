"""What conditions of processors see of a document: maps and lists that refuse changes."""

from __future__ import annotations

from typing import Any

from esmock.script.painless.runtime.values import HashMap, rebuilt

REFUSAL = "Mutating ingest documents in conditionals is not supported"


_CLASS = "org.elasticsearch.ingest.ConditionalProcessor"
_PUT_FRAMES = (
    _CLASS + ".unmodifiableException(ConditionalProcessor.java:165)",
    _CLASS + ".access$100(ConditionalProcessor.java:47)",
    _CLASS + "$UnmodifiableIngestData.put(ConditionalProcessor.java:203)",
    _CLASS + "$UnmodifiableIngestData.put(ConditionalProcessor.java:168)",
)


class ReadOnlyMap(HashMap):
    __slots__ = ()
    java_class = "org.elasticsearch.ingest.ConditionalProcessor.UnmodifiableIngestData"
    java_parents = ("java.util.Map",)
    frozen = True
    refusal = REFUSAL
    refusal_frames = _PUT_FRAMES


class ReadOnlyList(list[Any]):
    __slots__ = ()
    java_class = "org.elasticsearch.ingest.ConditionalProcessor.UnmodifiableIngestList"
    java_parents = ("java.util.List",)
    frozen = True
    fixed = True
    refusal = REFUSAL


def read_only(value: Any) -> Any:
    """A document's tree as conditions see it: nothing in it can be changed."""
    return rebuilt(value, ReadOnlyMap, ReadOnlyList)
