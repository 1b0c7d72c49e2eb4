"""What single contexts add to the allow list: classes, and functions that scripts call by their bare name."""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Any

from esmock.script.doc_values import DenseVectors
from esmock.script.painless.allowlist import ClassInfo, Lookup, Method
from esmock.script.painless.runtime import moving, scoring
from esmock.script.painless.runtime.extracting import Extractors, NamedGroupExtractor

_MOVING = "org.elasticsearch.search.aggregations.pipeline.MovingFunctions"
_STRING = "java.lang.String"
_AUGMENTATION = "org.elasticsearch.painless.api.Augmentation"


def _moving_functions() -> ClassInfo:
    info = ClassInfo(_MOVING, "c", True, ("java.lang.Object",), None)
    for name, (parameters, _) in moving.FUNCTIONS.items():
        info.statics[name, len(parameters)] = Method(_MOVING, name, "double", parameters, _MOVING)
    return info


def _extractor() -> ClassInfo:
    name = NamedGroupExtractor.java_class
    info = ClassInfo(name, "c", True, ("java.lang.Object",), None)
    info.methods["extract", 1] = Method(name, "extract", "java.util.Map", ("java.lang.CharSequence",), name)
    return info


def _vectors() -> ClassInfo:
    name = DenseVectors.java_class
    info = ClassInfo(name, "c", True, ("java.lang.Object",), None)
    info.methods["getVectorValue", 0] = Method(name, "getVectorValue", "float[]", (), name)
    info.methods["getMagnitude", 0] = Method(name, "getMagnitude", "float", (), name)
    info.methods["size", 0] = Method(name, "size", "int", (), name)
    info.methods["isEmpty", 0] = Method(name, "isEmpty", "boolean", (), name)
    return info


@functools.cache
def lookup(context: str, fields_api: bool = False) -> Lookup:
    """The allow list of a context; contexts without additions share their class table through ``allowlist``."""
    fields = _fields() if fields_api else {}
    if context == "moving-function":
        return Lookup({_MOVING: _moving_functions()})
    if context == "ingest":
        added = {
            (_STRING, name, 0): Method(_STRING, name, _STRING, (), _AUGMENTATION, True) for name in ("sha1", "sha256")
        }
        return Lookup(_write_fields() if fields_api else None, added)
    if context == "update" and fields_api:
        return Lookup(_write_fields())
    if context == "processor_conditional" and fields_api:
        return Lookup(_source_fields())
    if context in _EMITS:
        return Lookup({NamedGroupExtractor.java_class: _extractor(), **fields})
    return Lookup({DenseVectors.java_class: _vectors(), **fields})


def _write_fields() -> dict[str, ClassInfo]:
    from esmock.script.write_field import classes

    return classes()


def _source_fields() -> dict[str, ClassInfo]:
    from esmock.script.source_field import classes

    return classes()


def _fields() -> dict[str, ClassInfo]:
    from esmock.script.script_field import classes

    return classes()


_EMITS: dict[str, tuple[tuple[str, ...], ...]] = {
    "boolean_field": (("boolean",),),
    "composite_field": (("java.util.Map",), (_STRING, "java.lang.Object")),
    "date_field": (("long",),),
    "double_field": (("double",),),
    "geo_point_field": (("double", "double"),),
    "ip_field": ((_STRING,),),
    "keyword_field": ((_STRING,),),
    "long_field": (("long",),),
}
"""The parameters that ``emit`` takes in the contexts of runtime fields."""


class Imports:
    """Functions by bare name."""

    def __init__(self, context: str, *, fields_api: bool = False) -> None:
        self._fields_api = fields_api
        self._functions = scoring.functions(of_vectors=fields_api) if context == "score" else {}
        self.emitted: list[Any] = []
        """What ``emit`` has been called with since it was last cleared; pairs and names with values as tuples."""
        self._emits = _EMITS.get(context, ())
        self._extractors = Extractors()
        self._on_source: dict[tuple[str, int], tuple[Method, Callable[..., Any], str]] = {}
        if fields_api and context in ("ingest", "update"):
            from esmock.script.write_field import functions

            self._fields_api = False
            self._on_source = functions(context)
        elif fields_api and context == "processor_conditional":
            from esmock.script import source_field

            self._fields_api = False
            self._on_source = source_field.functions()

    def find(self, name: str, count: int) -> tuple[Method, Callable[..., Any], str] | None:
        """(signature, function, name of a hidden first argument or nothing)."""
        if (name, count) in self._on_source:
            return self._on_source[name, count]
        if self._fields_api and (name, count) in (("field", 1), ("$", 2)):
            return self._field_function(name)
        found = self._functions.get((name, count))
        if found is None and self._emits:
            if name == "emit":
                parameters = next((one for one in self._emits if len(one) == count), None)
                if parameters is not None:
                    return Method("", name, "void", parameters, ""), self._emit, ""
            elif name in ("grok", "dissect") and 1 <= count <= (1 if name == "grok" else 2):
                signature = Method("", name, NamedGroupExtractor.java_class, (_STRING,) * count, "")
                return signature, getattr(self._extractors, name), ""
        if found is None:
            return None
        parameters, function, hidden = found
        return Method("", name, "double", parameters, ""), function, hidden

    @staticmethod
    def _field_function(name: str) -> tuple[Method, Callable[..., Any], str]:
        from esmock.script import script_field

        if name == "field":
            return Method("", name, "def", (_STRING,), ""), script_field.field, "doc"
        return Method("", name, "def", (_STRING, "def"), ""), script_field.value, "doc"

    def _emit(self, *values: Any) -> None:
        if len(values) == 2:
            self.emitted.append(values)
        elif isinstance(values[0], dict):
            self.emitted.extend(values[0].items())
        else:
            self.emitted.append(values[0])
