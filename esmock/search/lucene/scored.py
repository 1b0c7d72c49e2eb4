"""Queries that change the scores of another one, in Lucene's words, and why they score as they do.

Source: recordings of 7.10.2.
Differs: Elasticsearch writes some functions with a hash code of the running machine; here it is one of what they are.
"""

from __future__ import annotations

import zlib
from collections.abc import Callable, Mapping
from functools import partial
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

import numpy as np

from esmock.search.lucene.explanation import Explanation, node, single, too_low, wide
from esmock.search.lucene.node import Around, Boost, Leaf, Lucene, binding, number

if TYPE_CHECKING:
    from esmock.search.query.function_score import FunctionScore
    from esmock.search.query.score_functions import Function
    from esmock.search.query.scored_compound import Boosting
    from esmock.search.query.scripted import ScriptFilter, ScriptScore
    from esmock.search.query.shard import ShardSearch

Json = Any


def script(query: ScriptFilter, shard: ShardSearch) -> Lucene:
    return Leaf("ScriptQuery", f"ScriptQuery({query.script.shown()})")


def script_score(query: ScriptScore, shard: ShardSearch) -> Lucene:
    from esmock.search.lucene.describe import describe

    words = query.script.shown()
    return Around(
        "ScriptScoreQuery", describe(query.query, shard), lambda inner: f"script_score ({inner}, script: {{{words}}}",
        explained=partial(_explained_script, query),
        bind=binding(query),
        is_only_scoring=query.min_score is None,
        ignores_scores="_score" not in query.script.id_or_code,
    )  # fmt: skip


def _explained_script(
    query: ScriptScore, made: Around, explainer: Any, segment: Any, doc: int, boost: Any
) -> Explanation:
    scores = "_score" in query.script.id_or_code
    found, inner = explainer.of(made.inner, segment, doc, explainer.ONE) if scores else explainer.bare(made.inner, segment, doc)
    if not found:
        return False, inner
    bound = explainer.bound(made, explainer.ONE)
    score = float(bound.unlimited(segment)[doc])
    words = words_of(query.script)
    why = _script_node(score, words, inner) if scores else node(score, words)
    if boost != 1.0:
        why = node(score * float(boost), "Boosted score, product of:", [node(float(boost), "boost"), why])
    return _if_enough(query, float(why["value"]), why)


def words_of(found: Any) -> str:
    return f'script score function, computed with script:"{found.shown()}"'


def _script_node(score: float, words: str, inner: Json) -> Json:
    return node(score, words, [node(float(inner["value"]), "_score: ", [inner])])


def boosting(query: Boosting, shard: ShardSearch) -> Lucene:
    from esmock.search.lucene.describe import describe

    negative = describe(query.negative, shard)
    weight = number(query.negative_boost)
    return Around(
        "FunctionScoreQuery", describe(query.positive, shard),
        lambda inner: f"FunctionScoreQuery({inner}, scored by boost(queryboost(score({negative.text()}))^{weight}))",
        within=(negative,),
        explained=partial(_explained_boosting, query, negative),
        bind=binding(query), score=_score_of_both,
        is_only_scoring=True,
    )  # fmt: skip


def _explained_boosting(
    query: Boosting, negative: Lucene, made: Around, explainer: Any, segment: Any, doc: int, boost: Any
) -> Explanation:
    found, inner = explainer.of(made.inner, segment, doc, explainer.ONE)
    if not found:
        return False, inner
    why = inner
    lowering = negative.rewritten()
    while isinstance(lowering, Boost):
        lowering = lowering.inner
    if explainer.of(lowering, segment, doc, explainer.ONE)[0]:
        lowered = node(query.negative_boost, f"Matched boosting query score({lowering.text()})")
        why = wide(float(inner["value"]) * float(lowered["value"]), "product of:", [inner, lowered])
    words = f"weight({made.text()}), "
    if boost != 1.0:
        return True, node(float(why["value"]) * float(boost), words + "product of:", [node(float(boost), "boost"), why])
    as_told = node if why is inner else wide
    return True, as_told(float(why["value"]), words + "result of:", [why])


def function_score(query: FunctionScore, shard: ShardSearch) -> Lucene:
    from esmock.search.lucene.describe import describe

    filters = [
        None if one.filter is None or one.filter.matches_all(shard) else describe(one.filter, shard) for one in query.functions
    ]
    shown = "".join("{" + _function_words(one, filters[at] is not None, shard) + "}" for at, one in enumerate(query.functions))
    return Around(
        "FunctionScoreQuery", describe(query.query, shard), lambda inner: f"function score ({inner}, functions: [{shown}])",
        tuple(filters), explained=partial(_explained_functions, query),
        bind=binding(query), score=_score,
        late=shard.behaviour.lucene_nine, is_only_scoring=query.min_score is None,
        ignores_scores=query.boost_mode == "replace" and not any(map(_needs_scores, query.functions)),
    )  # fmt: skip


def _score_of_both(made: Around, explainer: Any, segment: Any, doc: int, boost: Any) -> float:
    return float(explainer.bound(made, boost).match(segment).score[doc])


def _score(made: Around, explainer: Any, segment: Any, doc: int, boost: Any) -> float:
    return float(explainer.bound(made, boost).explained(segment, doc)[1])


def _needs_scores(function: Function) -> bool:
    return function.kind == "script_score" and "_score" in function.body.id_or_code


_COMMON = "org.elasticsearch.common.lucene.search.function."
_CLASSES = {
    "weight": _COMMON + "WeightFactorFunction",
    "filter": _COMMON + "FunctionScoreQuery$FilterScoreFunction",
    "random_score": _COMMON + "RandomScoreFunction",
    "field_value_factor": _COMMON + "FieldValueFactorFunction",
}


def _function_words(function: Function, is_filtered: bool, shard: ShardSearch) -> str:
    if function.kind == "script_score" and function.weight is None and not is_filtered:
        return f"script{function.body.shown()}"
    kind = "filter" if is_filtered else "weight" if function.weight is not None else function.kind or "weight"
    named = _CLASSES.get(kind)
    if named is None:
        field = shard.field(function.body.field)
        on = "Geo" if field is not None and field.name == "geo_point" else "Numeric"
        named = f"org.elasticsearch.index.query.functionscore.DecayFunctionBuilder${on}FieldDataScoreFunction"
    return f"{named}@{zlib.crc32(repr((kind, function.weight, function.body)).encode()):x}"


def _explained_functions(
    query: FunctionScore, made: Around, explainer: Any, segment: Any, doc: int, boost: Any
) -> Explanation:
    found, inner = explainer.of(made.inner, segment, doc, boost)
    if not found:
        return False, inner
    if not query.functions:
        return _if_enough(query, float(inner["value"]), inner)
    bound = explainer.bound(made, boost)
    subs: list[Json] = []
    for at, (function, scorer) in enumerate(zip(query.functions, bound.scorers, strict=True)):
        if scorer.filter is not None and not scorer.filter.match(segment).match[doc]:
            continue
        why = _of_function(function, scorer, segment, doc, inner)
        around = made.others[at]
        if around is not None:
            why = node(float(why["value"]), "function score, product of:", [node(1.0, f"match filter: {around.text()}"), why])
        subs.append(why)
    factor, score = bound.explained(segment, doc)
    if not subs:
        factor_node = node(1.0, "No function matched")
    elif len(query.functions) == 1 and made.others == (None,):
        factor_node = subs[0]
    else:
        factor_node = node(factor, f"function score, score mode [{query.score_mode}]", subs)
    limited = node(min(factor, query.max_boost), "min of:", [factor_node, node(query.max_boost, "maxBoost")])
    why = limited
    if query.boost_mode != "replace":
        words, join = _JOINED[query.boost_mode]
        # ES: what is told of is joined, not what is added to scores
        why = node(join(np.float32(inner["value"]), np.float32(limited["value"])), words, [inner, limited])
    return _if_enough(query, score, why)


_JOINED: Mapping[str, tuple[str, Callable[[Any, Any], float]]] = MappingProxyType({
    "multiply": ("function score, product of:", lambda one, other: one * other),
    "sum": ("sum of", lambda one, other: one + other),
    "avg": ("avg of", lambda one, other: (float(one) + float(other)) / 2.0),
    "min": ("min of", min),
    "max": ("max of:", max),
})  # fmt: skip
"""What is said of the scores of a query and of its functions, and what they come to."""


def _if_enough(query: FunctionScore | ScriptScore, score: float, why: Json) -> Explanation:
    return too_low(query.min_score, score, why) if query.min_score is not None and score < query.min_score else (True, why)


def _of_function(function: Function, scorer: Any, segment: Any, doc: int, inner: Json) -> Json:
    """Why one function gives what it gives."""
    value = scorer.value(segment, doc, float(inner["value"]))
    if function.kind == "script_score":
        why = _script_node(value, words_of(function.body), inner)
    elif function.kind == "random_score":
        why = node(value, _random_words(function.body or {}, scorer.shard))
    elif function.kind == "field_value_factor":
        why = node(value, _field_words(function.body))
    elif function.kind is None:
        why = node(1.0, "constant score 1.0 - no function provided")
    else:
        why = node(value, f"Function for field {scorer.decay.path}:", [node(value, scorer.decay.words(segment, doc))])
    if function.weight is None:
        return why
    return node(float(why["value"]) * function.weight, "product of:", [why, node(function.weight, "weight")])


def _random_words(body: Json, shard: ShardSearch) -> str:
    from esmock.search.query.random_score import seed_of

    name = body.get("field") or ("_id" if body.get("seed") is not None else "null")
    return f"random score function (seed: {seed_of(body, shard)}, field: {name})"


def _field_words(body: Json) -> str:
    from esmock.mapping.parameter import java_text

    missing = "" if body.get("missing") is None else f"?:{java_text(float(body['missing']))}"
    modifier = str(body.get("modifier", "none")).lower()
    return f"field value function: {modifier}(doc['{body['field']}'].value{missing} * factor={single(float(body.get('factor', 1)))})"
