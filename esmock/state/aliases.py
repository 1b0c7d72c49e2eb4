"""Aliases: how they are written, which names are allowed, what a request changes.

Source: recordings of 7.10.2 and 8.19.21; docs page aliases.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, NamedTuple

from esmock.errors import (
    ApiError,
    ClassCast,
    ElasticsearchParse,
    IllegalArgument,
    IllegalState,
    InvalidAliasName,
    InvalidIndexName,
    NotXContent,
)
from esmock.mapping.parameter import cast_message

if TYPE_CHECKING:
    from esmock.mapping.mapping import Mapping
    from esmock.state.cluster import Cluster
    from esmock.version import Behaviour

Json = Any
AliasBody = dict[str, Any]
"""``filter``, ``index_routing``, ``search_routing``, ``is_write_index``, ``is_hidden``: what is set, in this order."""

_FORBIDDEN_SET = (" ", '"', "*", "\\", "<", "|", ",", ">", "/", "?")
_FORBIDDEN_SEVEN = "[ , \", *, \\, <, |, ,, >, /, ?]"
_FORBIDDEN_EIGHT = "[' ','\"','*',',','/','<','>','?','\\','|']"
MAX_NAME_BYTES = 255


class Bearer(NamedTuple):
    """The index that is to bear an alias, as far as its filter is read with it: the index may not be there yet."""

    name: str
    uuid: str
    mapping: Mapping


CheckFilter = Callable[[str, AliasBody, Bearer | None], None]
"""Reads the filter of an alias; without a bearer only as a query."""


def name_problem(name: str, behaviour: Behaviour) -> str | None:
    """What is wrong with the name of an index or alias; None when nothing is."""
    if not name:
        return "must not be empty"
    if any(char in name for char in _FORBIDDEN_SET):
        shown = _FORBIDDEN_EIGHT if behaviour.major >= 8 else _FORBIDDEN_SEVEN
        return f"must not contain the following characters {shown}"
    if "#" in name:
        return "must not contain '#'"
    if ":" in name:
        return "must not contain ':'"
    if name[0] in "_-+":
        return "must not start with '_', '-', or '+'"
    size = len(name.encode("utf-8", "surrogatepass"))
    if size > MAX_NAME_BYTES:
        return f"index name is too long, ({size} > {MAX_NAME_BYTES})"
    if name in (".", ".."):
        return "must not be '.' or '..'"
    return None


def check_index_name(name: str, behaviour: Behaviour) -> None:
    """Raises InvalidIndexName."""
    problem = name_problem(name, behaviour)
    if problem is None and name.lower() != name:
        problem = "must be lowercase"
    if problem is not None:
        raise InvalidIndexName(name, problem)


def check_alias_name(name: str, behaviour: Behaviour) -> None:
    """Raises IllegalArgument, InvalidAliasName."""
    if not name:
        raise IllegalArgument("alias name is required")
    problem = name_problem(name, behaviour)
    if problem is not None:
        raise InvalidAliasName(f"Invalid alias name [{name}]: {problem}")


def check_alias(cluster: Cluster, name: str, body: AliasBody, index: str | None = None) -> None:
    """Refuse names and routings that no alias can have.

    Args:
        index: the index that is to bear it; None for templates.

    Raises:
        IllegalArgument, InvalidAliasName.
    """
    check_alias_name(name, cluster.behaviour)
    if index is not None and name in cluster.indices and name != index:
        if cluster.behaviour.mapping_types:
            raise InvalidAliasName(
                f"Invalid alias name [{name}], an index exists with the same name as the alias",
                metadata={"index_uuid": cluster.indices[name].uuid, "index": name},
            )
        raise InvalidAliasName(
            f"Invalid alias name [{name}]: an index or data stream exists with the same name as the alias"
        )
    routing = body.get("index_routing")
    if routing is not None and "," in str(routing):
        raise IllegalArgument(f"alias [{name}] has several index routing values associated with it")


def self_conflict(name: str, uuid: str, behaviour: Behaviour) -> ApiError:
    """An alias with the name of its own index."""
    if behaviour.major >= 8:
        return IllegalArgument(f"alias name [{name}] self-conflicts with index name")
    return IllegalState(
        "index, alias, and data stream names need to be unique, but the following duplicates were found "
        f"[{name} (alias of [{name}/{uuid}]) conflicts with index]"
    )


def parse_aliases(body: Json, behaviour: Behaviour, *, of_template: bool = False) -> dict[str, AliasBody]:
    """The ``aliases`` object of an index or template.

    Args:
        of_template: what a template says is read leniently; so is all that 7.x reads.

    Raises:
        IllegalArgument: an alias without object. ClassCast, NotXContent: no object at all (7.x).
    """
    if not isinstance(body, dict):
        if behaviour.major >= 8:
            raise ElasticsearchParse("key [aliases] must be an object")
        if body is None:
            raise NotXContent(
                "Compressor detection can only be called on some xcontent bytes or compressed xcontent bytes"
            )
        raise ClassCast(cast_message(body))
    strict = behaviour.major >= 8 and not of_template
    return {name: parse_alias(name, value, strict=strict) for name, value in body.items()}


def parse_alias(name: str, value: Json, *, strict: bool) -> AliasBody:
    """One alias of an index or template.

    Args:
        strict: unknown keys and values that are no text raise IllegalArgument; otherwise they are skipped.
    """
    if not isinstance(value, dict):
        raise IllegalArgument("No alias is specified")
    out: AliasBody = {}
    for key, item in value.items():
        if strict:
            _check_key(name, key, item)
        if key == "filter" and isinstance(item, dict):
            out["filter"] = item or None
        elif key in _ROUTINGS and isinstance(item, str):
            out |= dict.fromkeys(_ROUTINGS[key], item)
        elif key in _FLAGS and isinstance(item, bool):
            out[key] = item
    return ordered(out)


_INDEX, _SEARCH = ("index_routing",), ("search_routing",)
_ROUTINGS = {
    "routing": _INDEX + _SEARCH, "index_routing": _INDEX, "indexRouting": _INDEX, "index-routing": _INDEX,
    "search_routing": _SEARCH, "searchRouting": _SEARCH, "search-routing": _SEARCH,
}  # fmt: skip
_FLAGS = ("is_write_index", "is_hidden")


def _check_key(name: str, key: str, item: Json) -> None:
    """Raises IllegalArgument for an unknown key, and for a value that no key of an alias has."""
    if key not in _ROUTINGS and key not in _FLAGS and key != "filter":
        raise IllegalArgument(f"Unknown field [{key}] in alias [{name}]")
    if isinstance(item, dict):
        for inner, value in item.items() if key != "filter" else ():  # ES: an object that is not expected is looked into
            _check_key(name, inner, value)
    elif item is None or (isinstance(item, int | float | list) and not isinstance(item, bool)):
        kind = "VALUE_NULL" if item is None else "START_ARRAY" if isinstance(item, list) else "VALUE_NUMBER"
        raise IllegalArgument(f"Unknown token [{kind}] in alias [{name}]")


def ordered(body: AliasBody) -> AliasBody:
    """The keys of an alias as they are printed; what is not set is left out."""
    names = ("filter", "index_routing", "search_routing", "is_write_index", "is_hidden")
    return {name: body[name] for name in names if body.get(name) is not None}


def check_filter(name: str, body: AliasBody, parse: Any) -> None:
    """Read an alias's filter as a query, to refuse what is none.

    Args:
        parse: reads a query; raises ApiError.

    Raises:
        IllegalArgument: around the parser's error.
    """
    if body.get("filter"):
        try:
            parse(body["filter"])
        except ApiError as cause:
            raise IllegalArgument(f"failed to parse filter for alias [{name}]", cause=cause) from None


def check_write_marks(holders: dict[str, list[str]]) -> None:
    """Refuse two write indices for one alias.

    Args:
        holders: alias to the indices that mark it.

    Raises:
        IllegalState.
    """
    for alias in sorted(holders):
        if len(holders[alias]) > 1:
            raise IllegalState(f"alias [{alias}] has more than one write index [{','.join(sorted(holders[alias]))}]")


def write_marks(aliases: dict[str, dict[str, AliasBody]]) -> dict[str, list[str]]:
    """Alias to the indices that mark it for writing.

    Args:
        aliases: index to its aliases.
    """
    marks: dict[str, list[str]] = {}
    for index, bodies in aliases.items():
        for alias, body in bodies.items():
            if body.get("is_write_index"):
                marks.setdefault(alias, []).append(index)
    return marks
