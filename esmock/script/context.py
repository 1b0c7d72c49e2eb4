"""Script contexts: the variables each gives a script and what it wants back.

Source: ``GET /_script_context`` and ``GET /_script_language`` of 7.10.2.
"""

from __future__ import annotations

from dataclasses import dataclass
from types import MappingProxyType
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from esmock.version import Behaviour

MAP, OBJECT, NUMBER, STRING = "java.util.Map", "java.lang.Object", "java.lang.Number", "java.lang.String"


@dataclass(frozen=True, slots=True)
class Context:
    """``arguments`` are parameters of ``execute``; ``getters`` are read by name (``getDoc`` gives ``doc``)."""

    name: str
    returns: str
    arguments: tuple[tuple[str, str], ...] = ()
    getters: tuple[tuple[str, str], ...] = (("getParams", MAP),)
    cache_rate: str = "75/5m"

    @property
    def variables(self) -> list[tuple[str, str]]:
        """(name, type) of everything a script of this context can read."""
        read = []
        for getter, kind in self.getters:
            name = getter[3:]
            read.append((name if name.startswith("_") else name[:1].lower() + name[1:], kind))
        return [(name, _static_type(kind)) for name, kind in (*self.arguments, *read)]

    def to_json(self) -> dict[str, object]:
        """The entry of ``GET /_script_context``."""
        execute = {
            "name": "execute",
            "return_type": self.returns,
            "params": [{"type": kind, "name": name} for name, kind in self.arguments],
        }
        getters = [{"name": name, "return_type": kind, "params": []} for name, kind in self.getters]
        return {"name": self.name, "methods": [execute, *getters]}


def _static_type(kind: str) -> str:
    """The type by which a script sees a variable: Object is ``def``."""
    return "def" if kind == OBJECT else kind.replace("$", ".")


_PARAMS = ("getParams", MAP)
_DOC = ("getDoc", MAP)
_SIMILARITY = "org.elasticsearch.index.similarity.ScriptedSimilarity$"
_SIMILARITY_ARGUMENTS = (
    ("query", _SIMILARITY + "Query"),
    ("field", _SIMILARITY + "Field"),
    ("term", _SIMILARITY + "Term"),
)

CONTEXTS = (
    Context("aggregation_selector", "boolean"),
    Context("aggs", OBJECT, (), (_DOC, _PARAMS, ("get_score", NUMBER), ("get_value", OBJECT))),
    Context("aggs_combine", OBJECT, (), (_PARAMS, ("getState", MAP))),
    Context("aggs_init", "void", (), (_PARAMS, ("getState", OBJECT))),
    Context("aggs_map", "void", (), (_DOC, _PARAMS, ("getState", MAP), ("get_score", "double"))),
    Context("aggs_reduce", OBJECT, (), (_PARAMS, ("getStates", "java.util.List"))),
    Context("analysis", "boolean", (("token", "org.elasticsearch.analysis.common.AnalysisPredicateScript$Token"),), ()),
    Context("bucket_aggregation", NUMBER),
    Context("field", OBJECT, (), (_DOC, _PARAMS)),
    Context("filter", "boolean", (), (_DOC, _PARAMS)),
    Context("ingest", "void", (("ctx", MAP),), cache_rate="unlimited"),
    Context("interval", "boolean", (("interval", "org.elasticsearch.index.query.IntervalFilterScript$Interval"),), ()),
    Context("moving-function", "double", (("params", MAP), ("values", "double[]")), ()),
    Context("number_sort", "double", (), (_DOC, _PARAMS, ("get_score", "double"))),
    Context("painless_test", OBJECT),
    Context("processor_conditional", "boolean", (("ctx", MAP),), cache_rate="unlimited"),
    Context(
        "score",
        "double",
        (("explanation", "org.elasticsearch.script.ScoreScript$ExplanationHolder"),),
        (_DOC, _PARAMS, ("get_score", "double")),
    ),
    Context("script_heuristic", "double", (("params", MAP),), ()),
    Context("similarity", "double", (("weight", "double"), *_SIMILARITY_ARGUMENTS, ("doc", _SIMILARITY + "Doc")), ()),
    Context("similarity_weight", "double", _SIMILARITY_ARGUMENTS, ()),
    Context("string_sort", STRING, (), (_DOC, _PARAMS, ("get_score", "double"))),
    Context("template", STRING, (), (_PARAMS,), "unlimited"),
    Context("terms_set", NUMBER, (), (_DOC, _PARAMS)),
    Context("update", "void", (), (("getCtx", MAP), _PARAMS)),
)
RUNTIME_CONTEXTS = tuple(
    Context(f"{kind}_field", "void", (), (_DOC, _PARAMS))
    for kind in ("boolean", "composite", "date", "double", "geo_point", "ip", "keyword", "long")
)
"""Contexts of runtime fields (from 7.11), whose scripts call ``emit``."""
WATCHER_CONTEXTS = (
    Context("watcher_condition", "boolean", (), (_PARAMS, ("getCtx", MAP))),
    Context("watcher_transform", OBJECT, (), (_PARAMS, ("getCtx", MAP))),
)
"""Contexts of watches, which the distribution without x-pack lacks: they are not listed. Source: classes WatcherConditionScript and
WatcherTransformScript."""
BY_NAME = MappingProxyType({context.name: context for context in (*CONTEXTS, *RUNTIME_CONTEXTS, *WATCHER_CONTEXTS)})

LANGUAGES = MappingProxyType(
    {
        "expression": (
            "aggregation_selector",
            "aggs",
            "bucket_aggregation",
            "field",
            "filter",
            "number_sort",
            "score",
            "terms_set",
        ),
        "mustache": ("template",),
        "painless": tuple(context.name for context in CONTEXTS),
    }
)


_CTX = ("getCtx", MAP)
_SINCE_7_11 = (*RUNTIME_CONTEXTS, Context("ingest_template", STRING))
_SINCE_8 = (
    Context("bytesref_sort", OBJECT, (), (_DOC, _PARAMS, ("get_score", "double"))),
    Context("composite_field", "void", (), (_DOC, ("getFieldValues", MAP), _PARAMS)),
    Context("double_values", "double", (), ()),
    Context("geometry_field", "void", (), (_DOC, _PARAMS)),
    Context("ingest", "void", (), (_CTX, _PARAMS)),
    Context("keyword_field", "void", (), (_DOC, _PARAMS, ("getValues", "java.util.List"))),
    Context("reindex", "void", (), (_CTX, _PARAMS)),
    Context(
        "score",
        "double",
        BY_NAME["score"].arguments,
        (*BY_NAME["score"].getters, ("get_termStats", "org.elasticsearch.script.ScriptTermStats")),
    ),
    Context("update_by_query", "void", (), (_CTX, _PARAMS)),
)
"""Contexts that came later, or that tell more since. Source: the cores of 7.17.29 and 8.19.21."""


def _told(behaviour: Behaviour) -> list[Context]:
    """The contexts of a version, by name."""
    later = (*(_SINCE_7_11 if behaviour.has((7, 11)) else ()), *(_SINCE_8 if behaviour.has((8, 0)) else ()))
    contexts = {context.name: context for context in (*CONTEXTS, *later)}
    return [contexts[name] for name in sorted(contexts)]


def contexts_json(behaviour: Behaviour) -> dict[str, object]:
    """The answer of ``GET /_script_context``."""
    return {"contexts": [context.to_json() for context in _told(behaviour)]}


def languages_json(behaviour: Behaviour) -> dict[str, object]:
    """The answer of ``GET /_script_language``."""
    names = [context.name for context in _told(behaviour)]
    known = {**LANGUAGES, "painless": tuple(names)}
    known["expression"] = tuple(name for name in names if name in (*LANGUAGES["expression"], "double_values"))
    known["mustache"] = tuple(name for name in names if name in ("ingest_template", "template"))
    languages = [{"language": name, "contexts": list(contexts)} for name, contexts in known.items()]
    return {"types_allowed": ["inline", "stored"], "language_contexts": languages}
