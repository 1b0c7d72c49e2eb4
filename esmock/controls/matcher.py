"""What a rule, a stub or a question to the journal looks for in a request."""

from __future__ import annotations

import fnmatch
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from esmock.controls.refusal import ControlError, as_list, as_object, as_texts, no_others, unknown

if TYPE_CHECKING:
    from esmock.controls.exchange import Exchange

Json = Any
ANYTHING = ...
"""Within an expected body: any value will do. In JSON it is written ``"<any>"``."""
_ANY_TEXT = "<any>"
_METHODS = ("GET", "POST", "PUT", "DELETE", "HEAD", "PATCH", "OPTIONS")
_HEADERS_OF_CLIENT = ("user-agent", "x-elastic-client-meta", "x-opaque-id")


@dataclass(frozen=True, slots=True)
class Criterion:
    """One demand: the field's name, what is wanted, and a function that says what is wrong (None: nothing)."""

    field: str
    wanted: Json
    problem: Callable[[Exchange], str | None]


@dataclass(frozen=True, slots=True)
class Matcher:
    """All of some demands. Without any it matches every request."""

    criteria: tuple[Criterion, ...]

    def matches(self, exchange: Exchange) -> bool:
        return all(one.problem(exchange) is None for one in self.criteria)

    def problems(self, exchange: Exchange) -> list[str]:
        """What keeps the exchange from matching, one line each."""
        return [f"{one.field}: {why}" for one in self.criteria if (why := one.problem(exchange)) is not None]

    def spec(self) -> dict[str, Json]:
        """As it was written."""
        return {one.field: one.wanted for one in self.criteria}

    def __str__(self) -> str:
        return ", ".join(f"{one.field}={one.wanted!r}" for one in self.criteria) or "any request"


def parse_matcher(tree: Json, field: str = "match") -> Matcher:
    """A matcher from JSON.

    Fields: ``method``, ``path`` (glob over the path without its query), ``endpoint`` (name or glob, as ``indices.*``),
    ``index`` (name or glob), ``body`` (a part of the request's body), ``query`` (name of a query clause anywhere in the
    body), ``param`` (query parameters), ``header``, ``client`` (glob over User-Agent, client meta and X-Opaque-Id), ``status``
    (of the answer; only where there is one). Where a list is given, one of it must fit.

    Raises:
        ControlError: an unknown field, or a value that can match nothing.
    """
    tree = as_object(tree, field)
    no_others(tree, _FIELDS, field)
    made = [_FIELDS[name](name, wanted, f"{field}.{name}") for name, wanted in tree.items() if wanted is not None]
    return Matcher(tuple(made))


def _glob(value: str, pattern: str) -> bool:
    return fnmatch.fnmatchcase(value, pattern)


def _one_of(wanted: tuple[Json, ...], found: Json) -> str:
    shown = " or ".join(str(one) for one in wanted)
    return f"wanted {shown}, was {found}"


def _method(name: str, value: Json, field: str) -> Criterion:
    wanted = tuple(text.upper() for text in as_texts(value, field))
    for one in wanted:
        if one not in _METHODS:
            raise unknown(field, one, _METHODS, "method")
    return Criterion(name, value, lambda x: None if x.raw.method in wanted else _one_of(wanted, x.raw.method))


def _path(name: str, value: Json, field: str) -> Criterion:
    wanted = as_texts(value, field)
    for one in wanted:
        if not one.startswith(("/", "*")):
            raise ControlError(field, f"a path begins with / or *, found {one!r}")
        if "?" in one:
            raise ControlError(field, "a path has no query; use param for query parameters")
    return Criterion(name, value, lambda x: None if any(_glob(x.path, one) for one in wanted) else _one_of(wanted, x.path))


def _endpoint(name: str, value: Json, field: str) -> Criterion:
    wanted = as_texts(value, field)
    known = endpoint_names()
    for one in wanted:
        if not any(_glob(other, one) for other in known):
            raise unknown(field, one, known, "endpoint")

    def problem(x: Exchange) -> str | None:
        return None if x.endpoint is not None and any(_glob(x.endpoint, one) for one in wanted) else _one_of(wanted, x.endpoint)

    return Criterion(name, value, problem)


def endpoint_names() -> frozenset[str]:
    """The names of all endpoints of all versions."""
    from esmock.api import route_table

    return frozenset(line.split("\t", 2)[1] for line in route_table.FILE.read_text("utf-8").splitlines())


def _index(name: str, value: Json, field: str) -> Criterion:
    wanted = as_texts(value, field)
    for one in wanted:
        if one != one.lower() or "/" in one:
            raise ControlError(field, f"no index can be called {one!r}: names are lower case and without slashes")
    return Criterion(
        name, value, lambda x: None if any(x.names_index(one) for one in wanted) else _one_of(wanted, x.indices or "none")
    )


def _status(name: str, value: Json, field: str) -> Criterion:
    wanted = as_list(value)
    for one in wanted:
        if not isinstance(one, int) or not 100 <= one <= 599:
            raise ControlError(field, f"expected an HTTP status, found {one!r}")
    return Criterion(name, value, lambda x: None if x.status in wanted else _one_of(wanted, x.status))


def _header(name: str, value: Json, field: str) -> Criterion:
    wanted = {key.lower(): as_texts(text, f"{field}.{key}") for key, text in as_object(value, field).items()}

    def problem(x: Exchange) -> str | None:
        for key, patterns in wanted.items():
            values = x.raw.values(key)
            if not any(_glob(found, pattern) for found in values for pattern in patterns):
                return f"{key}: {_one_of(patterns, ', '.join(values) or 'absent')}"
        return None

    return Criterion(name, value, problem)


def _param(name: str, value: Json, field: str) -> Criterion:
    wanted = {
        key: as_texts(str(text).lower() if isinstance(text, bool | int) else text, f"{field}.{key}")
        for key, text in as_object(value, field).items()
    }

    def problem(x: Exchange) -> str | None:
        found = _params(x)
        for key, patterns in wanted.items():
            if key not in found or not any(_glob(found[key], pattern) for pattern in patterns):
                return f"{key}: {_one_of(patterns, found.get(key, 'absent'))}"
        return None

    return Criterion(name, value, problem)


def _params(x: Exchange) -> Mapping[str, str]:
    from urllib.parse import parse_qsl

    return dict(parse_qsl(x.raw.target.partition("?")[2], keep_blank_values=True))


def _client(name: str, value: Json, field: str) -> Criterion:
    wanted = as_texts(value, field)

    def problem(x: Exchange) -> str | None:
        found = [text for key in _HEADERS_OF_CLIENT for text in x.raw.values(key)]
        fits = any(_glob(text, one) or one in text for text in found for one in wanted)
        return None if fits else _one_of(wanted, "; ".join(found) or "unknown")

    return Criterion(name, value, problem)


def _body(name: str, value: Json, field: str) -> Criterion:
    def problem(x: Exchange) -> str | None:
        documents = x.documents
        if not documents:
            return "there is no JSON body"
        if isinstance(value, list) and len(documents) > 1:
            return _list_difference(documents, value, "")
        misses = [difference(document, value) for document in documents]
        return None if None in misses else misses[0]

    return Criterion(name, value, problem)


def difference(found: Json, wanted: Json, place: str = "") -> str | None:
    """Where ``wanted`` is no part of ``found``: the first place, in words; None where it is."""
    if wanted is ANYTHING or wanted == _ANY_TEXT:
        return None
    if isinstance(wanted, Mapping):
        if not isinstance(found, Mapping):
            return f"{place or 'body'}: wanted an object, was {_shown(found)}"
        for key, inner in wanted.items():
            where = f"{place}.{key}" if place else str(key)
            if key not in found:
                return f"{where} is missing; there are {', '.join(map(str, found)) or 'no keys'}"
            why = difference(found[key], inner, where)
            if why is not None:
                return why
        return None
    if isinstance(wanted, list):
        return _list_difference(found, wanted, place)
    same = found == wanted and isinstance(found, bool) == isinstance(wanted, bool)
    return None if same else f"{place or 'body'}: wanted {_shown(wanted)}, was {_shown(found)}"


def _list_difference(found: Json, wanted: list[Json], place: str) -> str | None:
    if not isinstance(found, list):
        return f"{place or 'body'}: wanted a list, was {_shown(found)}"
    if len(found) != len(wanted):
        return f"{place or 'body'}: wanted {len(wanted)} elements, were {len(found)}"
    for number, (one, other) in enumerate(zip(found, wanted, strict=True)):
        why = difference(one, other, f"{place}.{number}" if place else str(number))
        if why is not None:
            return why
    return None


def _shown(value: Json) -> str:
    import json

    text = json.dumps(value, ensure_ascii=False, default=str)
    return text if len(text) <= 120 else text[:117] + "..."


def _query(name: str, value: Json, field: str) -> Criterion:
    wanted = as_texts(value, field)

    def problem(x: Exchange) -> str | None:
        kinds = sorted({kind for document in x.documents for kind in clauses(document)})
        return None if any(_glob(kind, one) for kind in kinds for one in wanted) else _one_of(wanted, ", ".join(kinds) or "none")

    return Criterion(name, value, problem)


_HOLDERS = frozenset({"query", "filter", "must", "must_not", "should", "post_filter", "positive", "negative", "queries", "organic"})


def clauses(tree: Json, *, inside: bool = False) -> Iterator[str]:
    """The names of the query clauses in a search body."""
    if isinstance(tree, list):
        for one in tree:
            yield from clauses(one, inside=inside)
    elif isinstance(tree, Mapping):
        for key, value in tree.items():
            if inside and len(tree) == 1 and isinstance(value, Mapping):
                yield str(key)
            yield from clauses(value, inside=key in _HOLDERS)


_FIELDS: Mapping[str, Callable[[str, Json, str], Criterion]] = {
    "method": _method,
    "path": _path,
    "endpoint": _endpoint,
    "index": _index,
    "body": _body,
    "query": _query,
    "param": _param,
    "header": _header,
    "client": _client,
    "status": _status,
}
MATCH_FIELDS = tuple(_FIELDS)
