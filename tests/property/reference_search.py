"""A slow and obvious matcher of documents, to hold against the engine."""

from __future__ import annotations

import re
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


_KINDS = {
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
