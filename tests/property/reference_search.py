"""A slow and obvious matcher of documents, to hold against the engine."""

from __future__ import annotations

import itertools
import re
from fnmatch import fnmatchcase
from typing import Any

Json = Any


def values(source: Json, name: str) -> list[Json]:
    """The scalars of a field."""
    found = source.get(name)
    if found is None:
        return []
    return [one for one in found if one is not None] if isinstance(found, list) else [found]


def words(source: Json, name: str) -> list[str]:
    """The terms of a text field."""
    return [word for value in values(source, name) for word in re.findall(r"[a-z]+", value.lower())]


def positions(source: Json, name: str) -> list[tuple[int, str]]:
    """The terms of a text field with their places; values lie a hundred places apart."""
    out: list[tuple[int, str]] = []
    at = 0
    for value in values(source, name):
        for word in re.findall(r"[a-z]+", value.lower()):
            out.append((at, word))
            at += 1
        at += 100
    return out


def matches(query: Json, source: Json) -> bool:
    """Whether a document matches a query."""
    kind, body = next(iter(query.items()))
    return _KINDS[kind](body, source)


def _term(body: Json, source: Json) -> bool:
    name, wanted = next(iter(body.items()))
    return wanted in values(source, name)


def _range(body: Json, source: Json) -> bool:
    name, limits = next(iter(body.items()))
    return any(
        ("gte" not in limits or one >= limits["gte"]) and ("lt" not in limits or one < limits["lt"])
        for one in values(source, name)
    )


def _match(body: Json, source: Json) -> bool:
    name, text = next(iter(body.items()))
    if isinstance(text, dict):
        return _match_text(body, source)
    return bool(set(text.split()) & set(words(source, name)))


def _phrase(body: Json, source: Json) -> bool:
    name, text = next(iter(body.items()))
    wanted = text.split()
    for value in values(source, name):
        have = re.findall(r"[a-z]+", value.lower())
        if any(have[at : at + len(wanted)] == wanted for at in range(len(have))):
            return True
    return False


def _bool(body: Json, source: Json) -> bool:
    must = [*body.get("must", []), *body.get("filter", [])]
    should = body.get("should", [])
    if not all(matches(one, source) for one in must):
        return False
    if any(matches(one, source) for one in body.get("must_not", [])):
        return False
    return bool(must) or not should or any(matches(one, source) for one in should)


def _match_text(body: Json, source: Json) -> bool:
    """``match`` with an operator or a count of words."""
    (_name, rest), have = next(iter(body.items())), set(words(source, next(iter(body))))
    wanted = rest["query"].split()
    least = len(wanted) if rest.get("operator") == "and" else rest.get("minimum_should_match", 1)
    return sum(word in have for word in wanted) >= least


def _match_bool_prefix(body: Json, source: Json) -> bool:
    name, text = next(iter(body.items()))
    *first, last = text.split()
    have = words(source, name)
    return any(word in have for word in first) or any(word.startswith(last) for word in have)


def _phrase_prefix(body: Json, source: Json) -> bool:
    name, text = next(iter(body.items()))
    *first, last = text.split()
    places = positions(source, name)
    have = set(places)
    return any(
        word.startswith(last) and all((at - back, one) in have for back, one in enumerate(reversed(first), 1))
        for at, word in places
    )


def _one_edit(one: str, other: str) -> bool:
    """At most one letter put in, left out or changed, or two neighbours swapped."""
    if one == other:
        return True
    if len(one) == len(other):
        wrong = [at for at in range(len(one)) if one[at] != other[at]]
        if len(wrong) == 1:
            return True
        return len(wrong) == 2 and wrong[1] == wrong[0] + 1 and one[wrong[0]] == other[wrong[1]] and one[wrong[1]] == other[wrong[0]]
    short, long = sorted((one, other), key=len)
    return len(long) == len(short) + 1 and any(long[:at] + long[at + 1 :] == short for at in range(len(long)))


def _terms_set(body: Json, source: Json) -> bool:
    name, rest = next(iter(body.items()))
    found = sum(one in values(source, name) for one in rest["terms"])
    if "minimum_should_match_field" in rest:
        least = values(source, rest["minimum_should_match_field"])
        return bool(least) and found >= max(1, min(least))
    return bool(found >= max(1, rest["minimum_should_match_script"]["params"]["least"]))


Interval = tuple[int, int]


def _smallest(found: set[Interval]) -> set[Interval]:
    """The intervals that hold no other."""
    return {
        one for one in found if not any(other != one and one[0] <= other[0] and other[1] <= one[1] for other in found)
    }


def _intervals_of(rule: Json, places: list[tuple[int, str]]) -> set[Interval]:
    kind, body = next(iter(rule.items()))
    if kind == "any_of":
        return _smallest({one for inner in body["intervals"] for one in _intervals_of(inner, places)})
    if kind == "prefix":
        return {(at, at) for at, word in places if word.startswith(body["prefix"])}
    words_ = body["query"].split()
    each = [[at for at, word in places if word == one] for one in words_]
    gaps = body.get("max_gaps", -1)
    found = set()
    for picked in itertools.product(*each):
        is_rising = all(a < b for a, b in itertools.pairwise(picked))
        if is_rising or not body.get("ordered"):
            found.add((min(picked), max(picked)))
    return {one for one in _smallest(found) if gaps < 0 or one[1] - one[0] + 1 - len(words_) <= gaps}


def _intervals(body: Json, source: Json) -> bool:
    name, rule = next(iter(body.items()))
    return bool(_intervals_of(rule, positions(source, name)))


def _script(body: Json, source: Json) -> bool:
    """The one script that the tests use: a number's least value above a limit."""
    found = values(source, "n")
    return bool(found) and min(found) > body["script"]["params"]["limit"]


_KINDS = {
    "wildcard": lambda body, source: any(fnmatchcase(one, text) for name, text in body.items() for one in values(source, name)),
    "regexp": lambda body, source: any(
        re.fullmatch(text, one) is not None for name, text in body.items() for one in values(source, name)
    ),
    "fuzzy": lambda body, source: any(
        _one_edit(rest["value"], one) for name, rest in body.items() for one in words(source, name)
    ),
    "constant_score": lambda body, source: matches(body["filter"], source),
    "dis_max": lambda body, source: any(matches(one, source) for one in body["queries"]),
    "boosting": lambda body, source: matches(body["positive"], source),
    "function_score": lambda body, source: matches(body["query"], source),
    "script_score": lambda body, source: matches(body["query"], source),
    "match_bool_prefix": _match_bool_prefix,
    "match_phrase_prefix": _phrase_prefix,
    "multi_match": lambda body, source: any(_match({name: body["query"]}, source) for name in body["fields"]),
    "terms_set": _terms_set,
    "intervals": _intervals,
    "script": _script,
    "match_all": lambda _body, _source: True,
    "term": _term,
    "terms": lambda body, source: any(_term({name: one}, source) for name, many in body.items() for one in many),
    "range": _range,
    "exists": lambda body, source: bool(values(source, body["field"])),
    "prefix": lambda body, source: any(
        str(one).startswith(text) for name, text in body.items() for one in values(source, name)
    ),
    "match": _match,
    "match_phrase": _phrase,
    "bool": _bool,
}
