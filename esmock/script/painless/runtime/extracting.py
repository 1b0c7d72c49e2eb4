"""``grok`` and ``dissect`` of scripts of runtime fields. Docs: the pages runtime-examples and grok."""

from __future__ import annotations

from typing import Any

from esmock.errors import ApiError
from esmock.script.painless.runtime import throwables as t
from esmock.script.painless.runtime.maps import HashMap


class NamedGroupExtractor:
    """What ``grok`` and ``dissect`` return."""

    java_class = "org.elasticsearch.script.NamedGroupExtractor"

    def j_extract(self, value: Any) -> Any:
        """Name to text, or None where nothing matches."""
        raise NotImplementedError


class _Grok(NamedGroupExtractor):
    def __init__(self, pattern: str) -> None:
        from esmock.script.grok import Expression
        from esmock.script.grok_patterns import later_legacy

        try:
            self._expression = Expression(pattern, later_legacy())
        except ApiError as error:
            raise t.IllegalArgument(error.reason) from None

    def j_extract(self, value: Any) -> Any:
        if value is None:
            raise t.NullPointer(None)
        found = self._expression.match(str(value))
        return None if found is None else HashMap({name: values[0] for name, values in found[1].items()})


class _Dissect(NamedGroupExtractor):
    def __init__(self, pattern: str, separator: str) -> None:
        from esmock.script.dissect import parse_pattern

        try:
            self._leading, self._keys = parse_pattern(pattern)
        except ApiError as error:
            raise t.IllegalArgument(error.reason) from None
        self._separator = separator

    def j_extract(self, value: Any) -> Any:
        from esmock.script.dissect import assemble, dissect

        if value is None:
            raise t.NullPointer(None)
        text = str(value)
        values = dissect(self._leading, self._keys, text)
        if values is None or (not text and len(self._keys) > 1):
            return None
        return HashMap(assemble(self._keys, values, self._separator))


class Extractors:
    """Makes each extractor of a script once."""

    def __init__(self) -> None:
        self._made: dict[tuple[str, ...], NamedGroupExtractor] = {}

    def grok(self, pattern: Any) -> NamedGroupExtractor:
        return self._get("grok", pattern)

    def dissect(self, pattern: Any, separator: Any = "") -> NamedGroupExtractor:
        return self._get("dissect", pattern, "" if separator is None else separator)

    def _get(self, kind: str, pattern: Any, *more: Any) -> NamedGroupExtractor:
        if pattern is None:
            raise t.NullPointer(None)
        key = (kind, pattern, *more)
        found = self._made.get(key)
        if found is None:
            found = self._made[key] = _Grok(pattern) if kind == "grok" else _Dissect(pattern, *more)
        return found
