"""From index expressions to index names: wildcards, aliases, exclusions and the four indices options."""

from __future__ import annotations

import fnmatch
import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from esmock.errors import (
    IllegalArgument,
    IndexClosed,
    IndexNotFound,
    InvalidIndexName,
    NoSuchRemoteCluster,
    Unsupported,
    UnsupportedSelector,
)
from esmock.state.date_math_name import concrete_name
from esmock.xcontent.java_order import hash_order

if TYPE_CHECKING:
    from esmock.state.cluster import Cluster
    from esmock.state.index import Index


@dataclass(frozen=True, slots=True)
class IndicesOptions:
    """How an expression is resolved.

    Args:
        expand: what wildcards expand to: ``open``, ``closed``, ``hidden``.
        ignore_unavailable: missing and closed indices are skipped.
        allow_no_indices: an empty result is fine.
        forbid_closed: a closed index that was named is an error.
        allow_aliases: aliases may stand for their indices.
        data_streams: data streams may stand for theirs; otherwise they count as missing.
        resource: ``resource.type`` of the not-found error.
        selectors: names may tell which part of a data stream is meant.
    """

    expand: tuple[str, ...] = ("open",)
    ignore_unavailable: bool = False
    allow_no_indices: bool = True
    forbid_closed: bool = True
    allow_aliases: bool = True
    resource: str = "index_or_alias"
    data_streams: bool = True
    selectors: bool = True

    def changed(
        self,
        expand: tuple[str, ...] | None = None,
        ignore_unavailable: bool | None = None,
        allow_no_indices: bool | None = None,
    ) -> IndicesOptions:
        """These options with the request's parameters in place of the defaults."""
        if expand is None and ignore_unavailable is None and allow_no_indices is None:
            return self
        return replace(
            self,
            expand=self.expand if expand is None else expand,
            ignore_unavailable=self.ignore_unavailable if ignore_unavailable is None else ignore_unavailable,
            allow_no_indices=self.allow_no_indices if allow_no_indices is None else allow_no_indices,
        )


OPEN = IndicesOptions()
OPEN_CLOSED = IndicesOptions(expand=("open", "closed"), forbid_closed=False)
_ANY_STATE = ("open", "closed", "hidden")
LENIENT = IndicesOptions(expand=("open", "closed"), ignore_unavailable=True, forbid_closed=False)


SELECTS = "::"
"""Stands between a name and which part of a data stream is meant."""


def by_name(indices: Iterable[Index]) -> list[Index]:
    """Indices in the order of their names."""
    return sorted(indices, key=lambda one: one.name)


def in_hash_order(
    indices: Iterable[Index], order: Callable[[Iterable[str]], list[str]] = hash_order
) -> list[Index]:
    """Indices as an answer gives them that is written from a hash map of their names; ``order`` is how that map is made.

    Source: asked of 7.10.2 and 8.19.21 about 2 to 20 indices (``rest/map_orders.json``). Names that fall together, and answers whose
    map has a seed of its own (mappings, shards, the cluster state), come in the order of names: the engine's is random.
    """
    named = {one.name: one for one in by_name(indices)}
    return [named[name] for name in order(named)]


def has_wildcard(name: str) -> bool:
    return "*" in name


def glob(pattern: str) -> re.Pattern[str]:
    """A simple pattern, in which only ``*`` is special."""
    return re.compile(".*".join(map(re.escape, pattern.split("*"))) + r"\Z", re.DOTALL)


def resolve(cluster: Cluster, names: Sequence[str], options: IndicesOptions = OPEN) -> list[Index]:
    """The indices that an expression stands for, in the order of their first mention (wildcards: by name).

    Raises:
        IndexNotFound, IndexClosed, InvalidIndexName: as the options say.
    """
    found = resolve_names(cluster, names, options)
    out: list[Index] = []
    seen: set[str] = set()
    for name, by_wildcard in found:
        for index in cluster.concrete(name):
            if index.name in seen:
                continue
            if index.is_closed:
                if by_wildcard and "closed" not in options.expand:
                    continue
                if options.forbid_closed:
                    if options.ignore_unavailable:
                        continue
                    raise IndexClosed(index.name, index.uuid)
            elif by_wildcard and "open" not in options.expand:
                continue
            seen.add(index.name)
            out.append(index)
    if not out and not options.allow_no_indices:
        raise _nothing(cluster, names, options, found=bool(found))
    return out


def _nothing(cluster: Cluster, names: Sequence[str], options: IndicesOptions, *, found: bool) -> IndexNotFound:
    """The error of an expression that stands for no index at all, where there must be one.

    Args:
        found: some did match, but none of them may be looked at.

    Source: recordings of 7.10.2 and 8.19.21 (``admin/none_left.json``).
    """
    plain = not any(map(has_wildcard, names))
    if not cluster.behaviour.mapping_types:
        if len(names) > 1:
            return IndexNotFound(None, resource="index_expression", expression=list(names))
        none = " and no indices exist" if is_all(names) else ""
        return IndexNotFound(names[0] if names else "_all", resource=options.resource, suffix=none)
    if is_all(names):
        none = "" if found else " and no indices exist"
        return IndexNotFound(None, resource="index_expression", expression=["_all"], suffix=none)
    if len(names) == 1 and plain and not cluster.exists(names[0]):
        return IndexNotFound(names[0], resource="index_expression")
    told = "index_expression" if plain or found or list(names) == ["*"] else options.resource
    return IndexNotFound(None, resource=told, expression=list(names))


def is_all(names: Sequence[str]) -> bool:
    """Whether an expression means every index."""
    return not names or (len(names) == 1 and names[0] in ("_all", ""))


def resolve_names(cluster: Cluster, names: Sequence[str], options: IndicesOptions) -> list[tuple[str, bool]]:
    """(index or alias name, came from a wildcard) in order. Raises as ``resolve``."""
    if not {"open", "closed"}.intersection(options.expand):
        return _unexpanded(cluster, names, options)
    names = ["*"] if is_all(names) else [concrete_name(cluster, name) for name in names]
    if names == ["*"] and cluster.behaviour.mapping_types:
        options = replace(options, allow_aliases=False)  # ES: since 8.0 an alias in sight brings a hidden index with it
    chosen: dict[str, bool] = {}
    wildcard_seen = False
    for name in names:
        excluded = name.startswith("-") and wildcard_seen
        plain = name[1:] if excluded else name
        if SELECTS in plain and cluster.behaviour.selects_components:
            if not options.selectors:
                raise UnsupportedSelector(plain)
            if cluster.gate is not None:
                raise Unsupported("selectors of data streams for users who may not do everything")
            plain, is_failures = _selected(plain)
            if is_failures:
                chosen.update(dict.fromkeys(_failures(cluster, plain, options), True))
                continue
        _check(cluster, plain, options, expands=True)
        if has_wildcard(plain):
            wildcard_seen = True
            matches = _expand(cluster, plain, options)
            if excluded:
                for match in matches:
                    chosen.pop(match, None)
                continue
            if not matches and not options.allow_no_indices:
                _refuse_unmatched(cluster, plain, options)
            for match in matches:
                chosen.setdefault(match, True)
        elif excluded:
            if cluster.behaviour.mapping_types and not (options.ignore_unavailable or cluster.exists(plain)):
                raise _missing(cluster, plain, options)
            chosen.pop(plain, None)
        elif cluster.exists(plain) and _may_stand(cluster, plain, options):
            chosen[plain] = False
        elif not options.ignore_unavailable:
            raise _missing(cluster, plain, options)
    return list(chosen.items())


def _refuse_unmatched(cluster: Cluster, pattern: str, options: IndicesOptions) -> None:
    """Refuse a wildcard without a match, but for ``*``; before 8.0 one matches an index in any state."""
    is_typed = cluster.behaviour.mapping_types
    if pattern == "*" or (is_typed and _expand(cluster, pattern, replace(options, expand=_ANY_STATE))):
        return
    raise unknown(cluster, pattern, options.resource)


def _unexpanded(cluster: Cluster, names: Sequence[str], options: IndicesOptions) -> list[tuple[str, bool]]:
    """Names where wildcards expand to nothing: then they are names as any other.

    Before 8.0 a single one may be missing wherever nothing need be found. Source: asked of 7.10.2 and 8.19.21.
    """
    if is_all(names):
        if options.allow_no_indices:
            return []
        raise IndexNotFound("_all", resource=_alone(cluster, options).resource, suffix=" and no indices exist")
    options = _alone(cluster, options)
    may_miss = options.ignore_unavailable
    if cluster.behaviour.mapping_types and len(names) == 1:
        may_miss = options.allow_no_indices
    chosen: dict[str, bool] = {}
    for expression in names:
        name = concrete_name(cluster, expression)
        _check(cluster, name, options, expands=False)
        if cluster.exists(name) and _may_stand(cluster, name, options):
            chosen[name] = False
        elif not may_miss:
            raise _missing(cluster, name, options)
    return list(chosen.items())


def _alone(cluster: Cluster, options: IndicesOptions) -> IndicesOptions:
    return replace(options, resource="index_expression") if cluster.behaviour.mapping_types else options


def _may_stand(cluster: Cluster, name: str, options: IndicesOptions) -> bool:
    """Whether a name that exists is one of the kind that is looked for."""
    if name in cluster.indices:
        return True
    if name in cluster.stream_aliases:
        return options.data_streams and options.allow_aliases
    return options.data_streams if name in cluster.streams else options.allow_aliases


def _missing(cluster: Cluster, name: str, options: IndicesOptions) -> Exception:
    if name in cluster.streams:
        return IndexNotFound(name, resource=options.resource, excluded_ds=True)
    if not options.allow_aliases and cluster.exists(name):
        return IllegalArgument(
            f"The provided expression [{name}] matches an alias, specify the corresponding concrete indices instead."
        )
    return unknown(cluster, name, options.resource)


def unknown(cluster: Cluster, name: str, resource: str | None) -> IndexNotFound:
    """The error of a name that nothing has; 8.x explains those that look like exclusions."""
    suffix = ""
    if name.startswith("-") and cluster.behaviour.major >= 8:
        suffix = (
            " and if you intended to exclude this index, ensure that you use wildcards that include it before "
            "explicitly excluding it"
        )
    return IndexNotFound(name, resource=resource, suffix=suffix)


def _check(cluster: Cluster, name: str, options: IndicesOptions, *, expands: bool) -> None:
    """Raises for what cannot be a name; ``_all`` beside others may be one only where wildcards are names as well."""
    if not name:
        raise IndexNotFound(name, resource=options.resource)
    if name.startswith("_") and (name != "_all" or expands):
        raise InvalidIndexName(name, "must not start with '_'.")
    if ":" in name and cluster.behaviour.major >= 8 and not has_wildcard(name):
        raise NoSuchRemoteCluster(f"no such remote cluster: [{name.partition(':')[0]}]")


def _selected(expression: str) -> tuple[str, bool]:
    """A name without its selector, and whether that is the one of failure stores. Raises InvalidIndexName."""
    name, _, selector = expression.partition(SELECTS)
    if selector not in ("data", "failures"):
        raise InvalidIndexName(expression, f"invalid usage of :: separator, [{selector}] is not a recognized selector")
    return name, selector == "failures"


def _failures(cluster: Cluster, name: str, options: IndicesOptions) -> list[str]:
    """The indices of the failure stores that a name means. Raises IndexNotFound."""
    if has_wildcard(name):
        regex = glob(name)
        return [one for stream in cluster.streams.values() if regex.match(stream.name) for one in stream.failure_indices]
    if name in cluster.streams and options.data_streams:
        return list(cluster.streams[name].failure_indices)
    if name in cluster.streams and not options.ignore_unavailable:
        raise _missing(cluster, name, options)
    if options.ignore_unavailable:
        return []
    raise IndexNotFound(f"{name}{SELECTS}failures" if cluster.exists(name) else name, resource=options.resource)


def _expand(cluster: Cluster, pattern: str, options: IndicesOptions) -> list[str]:
    """Names of indices (and of aliases' indices) that a wildcard matches, sorted."""
    regex = glob(pattern)
    hidden = "hidden" in options.expand
    out: set[str] = set()
    for name, index in cluster.indices.items():
        if (
            regex.match(name)
            and (hidden or not index.is_hidden or (pattern.startswith(".") and name.startswith(".")))
            and ("closed" in options.expand if index.is_closed else "open" in options.expand)
        ):
            out.add(name)
    if options.data_streams:
        for name, stream in cluster.streams.items():
            if regex.match(name) and (hidden or not stream.is_hidden or (pattern.startswith(".") and name.startswith("."))):
                holders = [cluster.indices[one] for one in stream.indices]
                out |= {one.name for one in holders if ("closed" if one.is_closed else "open") in options.expand}
        for alias in cluster.stream_aliases if options.allow_aliases else ():
            if regex.match(alias):
                out |= {one.name for one in cluster.concrete(alias) if ("closed" if one.is_closed else "open") in options.expand}
    if options.allow_aliases:
        for alias, holders in cluster.aliases().items():
            is_dot = pattern.startswith(".") and alias.startswith(".")
            if regex.match(alias) and (hidden or is_dot or not _is_hidden_alias(holders, alias)):
                for holder in holders:
                    if "closed" in options.expand if holder.is_closed else "open" in options.expand:
                        out.add(holder.name)
    return sorted(out)


def _is_hidden_alias(holders: Iterable[Index], alias: str) -> bool:
    return any(holder.aliases[alias].get("is_hidden") for holder in holders)


def single(cluster: Cluster, name: str, *, resource: str | None = None) -> Index:
    """The one index that a document API names.

    Raises:
        IndexNotFound: none.
        IllegalArgument: an alias of several indices.
    """
    name = concrete_name(cluster, name)
    index = cluster.indices.get(name)
    if index is not None:
        return index
    if resource is None:
        resource = "index_expression" if cluster.behaviour.mapping_types else "index_or_alias"
    holders = cluster.aliases().get(name)
    if name in cluster.streams:
        raise IndexNotFound(name, resource=resource, excluded_ds=True)
    if name == "_all" and not cluster.behaviour.mapping_types:
        raise IllegalArgument(
            "unable to return a single index as the index and options provided got resolved to multiple indices"
        )
    if holders is None:
        if name == "_all":
            raise IndexNotFound(name, resource=resource, suffix=" and no indices exist")
        if name.startswith("_") and not cluster.behaviour.mapping_types:
            raise InvalidIndexName(name, "must not start with '_'.")
        raise unknown(cluster, name, resource)
    if len(holders) > 1:
        names = (holder.name for holder in holders)
        kinds = hash_order(names) if cluster.behaviour.mapping_types else sorted(names)
        raise IllegalArgument(
            f"alias [{name}] has more than one index associated with it [{', '.join(kinds)}], "
            "can't execute a single index op"
        )
    return holders[0]


def write_index(cluster: Cluster, alias: str, holders: Sequence[Index]) -> Index:
    """The index that writes to an alias go to. Raises IllegalArgument where none is marked."""
    if len(holders) == 1:
        only = holders[0]
        if only.aliases[alias].get("is_write_index") is False:
            raise no_write_index(alias)
        return only
    for holder in holders:
        if holder.aliases[alias].get("is_write_index"):
            return holder
    raise no_write_index(alias)


def no_write_index(alias: str) -> IllegalArgument:
    """The error of a write to an alias that does not say where to."""
    return IllegalArgument(
        f"no write index is defined for alias [{alias}]. The write index may be explicitly disabled using "
        "is_write_index=false or the alias points to multiple indices without one being designated as a write index"
    )


def matches(patterns: Iterable[str], name: str) -> bool:
    """Whether a name equals or matches one of several patterns."""
    return any(fnmatch.fnmatchcase(name, pattern) if "*" in pattern else name == pattern for pattern in patterns)
