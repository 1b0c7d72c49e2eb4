"""Queries on exact values. Docs: term-level-queries."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from dataclasses import field as member
from typing import TYPE_CHECKING, Any

import numpy as np

from esmock.errors import ApiError, IllegalArgument, Parsing, UnsupportedOperation
from esmock.mapping.date import Date
from esmock.mapping.mapping import wildcard
from esmock.mapping.metadata_fields import NAMES, OF_TIME_SERIES
from esmock.mapping.parameter import java_text
from esmock.search.query.base import Bound, Constant, MatchEverything, MatchNothing, ParseContext, Query
from esmock.search.query.date_relation import DISJOINT, date_relation
from esmock.search.query.parse import boolean_value, float_value, members, met, one_field, options, raw, scalar, text
from esmock.search.query.terms import (
    docs_with,
    has_no_term,
    ids_mask,
    is_unmapped,
    metadata_term,
    require_indexed,
    term_query,
)
from esmock.xcontent.located import at_end, at_value, token, token_after
from esmock.xcontent.object_parser import Parser, string
from esmock.xcontent.value_reader import Reading

if TYPE_CHECKING:
    from esmock.search.query.shard import ShardSearch

Json = Any


def no_field() -> IllegalArgument:
    return IllegalArgument("field name is null or empty")


@dataclass(slots=True)
class Term(Query):
    """Docs: query-dsl-term-query."""

    name = "term"
    field: str
    value: Json
    case_insensitive: bool = False

    @classmethod
    def parse(cls, body: Json, ctx: ParseContext) -> Term:
        def read(field: str, holder: Json, key: Any) -> dict[str, Any]:
            value = holder[key]
            if not isinstance(value, dict):
                return {"value": value}
            if "term" in value and "value" not in value:
                value = {("value" if name == "term" else name): one for name, one in value.items()}
            if ctx.behaviour.major >= 8 and isinstance(value.get("value"), list):
                raise Parsing(
                    "[term] query does not support arrays for value - use a bool query with multiple term clauses in the should section "
                    "or use a Terms query if scoring is not required",
                    at_value(value, "value"),
                )
            known: dict[str, Any] = {"value": raw("term")}
            if ctx.behaviour.version >= type(ctx.behaviour.version)(7, 10, 0):
                known["case_insensitive"] = lambda inner, name, _ctx: boolean_value(inner, name)
            return options("term", value, ctx, known)

        found = one_field("term", cls._met(body), read)
        if not found.get("field"):
            raise no_field()
        if found.get("value") is None:
            raise IllegalArgument("value cannot be null")
        return cls(**found)

    @staticmethod
    def _met(body: Json) -> Iterator[tuple[str, Json, Any]]:
        """What the parser meets: nulls are nothing to it, and arrays are refused wherever they stand."""
        for name, holder, key in members(body):
            if isinstance(holder[key], list):
                raise Parsing("[term] query does not support array of values", at_value(holder, key))
            if holder[key] is not None:
                yield name, holder, key

    def matches_none(self, shard: ShardSearch) -> bool:
        return has_no_term(shard, self.field, lambda: wildcard(java_text(self.value)))

    def bind_boosted(self, shard: ShardSearch, scored: bool, boost: Any) -> Bound:
        if self.case_insensitive:
            from esmock.search.query.multi_term import case_insensitive_term

            return case_insensitive_term(shard, self.field, self.value, boost)
        return term_query(shard, self.field, self.value, boost, scored)


_PLACE = (string("index", required=True), string("id", required=True), string("path", required=True), string("routing"))
_LOOKUP = Parser("terms_lookup", *_PLACE)
_UNUSED = "Deprecated field [type] used, this field is unused and will be removed entirely"
_LOOKUP_WITH_TYPE = Parser("terms_lookup", *_PLACE, string("type", gone=_UNUSED))


@dataclass(slots=True)
class Terms(Query):
    """Docs: query-dsl-terms-query."""

    name = "terms"
    field: str
    values: list[Json] = member(default_factory=list)
    lookup: dict[str, Json] | None = None
    looked_up: list[Json] | None = None
    """What the lookup found, once it was made."""

    @classmethod
    def parse(cls, body: Json, ctx: ParseContext) -> Terms:
        found: dict[str, Any] = {}
        for key in body:
            value = body[key]
            if isinstance(value, list):
                if "field" in found:
                    raise Parsing("[terms] query does not support multiple fields", at_value(body, key))
                for index, one in enumerate(value):
                    if one is None:
                        raise Parsing("No value specified for terms query", at_value(value, index))
                    if isinstance(one, list):
                        # ES: the end of an inner array is taken for that of the values
                        kind, at = token_after(value, index)
                        raise Parsing(f"[terms] unknown token [{kind}] after [{key}]", at)
                found["field"], found["values"] = key, list(value)
            elif isinstance(value, dict):
                if "field" in found:
                    raise Parsing(
                        f"[terms] query does not support more than one field. Already got: [{found['field']}] "
                        f"but also found [{key}]",
                        at_value(body, key),
                    )
                parser = _LOOKUP_WITH_TYPE if ctx.behaviour.mapping_types else _LOOKUP
                found["field"], found["lookup"] = key, parser.parse(value, Reading(ctx.behaviour, ctx.warn))
            elif value is None:
                raise Parsing(f"[terms] unknown token [VALUE_NULL] after [{key}]", at_value(body, key))
            elif key == "boost":
                found["boost"] = float_value(body, key)
            elif key == "_name":
                found["query_name"] = text(body, key, ctx)
            else:
                raise Parsing(f"[terms] query does not support [{key}]", at_value(body, key))
        if "field" not in found:
            raise Parsing(
                "[terms] query requires a field name, followed by array of terms or a document lookup specification",
                at_end(body),
            )
        query = cls(**found)
        if query.lookup is not None:
            ctx.pending.append(query)
        return query

    def rewritten(self, resources: Any) -> None:
        """Look up the values. Raises IndexNotFound, Security (403)."""
        if self.lookup is not None:
            self.looked_up = resources.terms_lookup(self.lookup)

    def matches_none(self, shard: ShardSearch) -> bool:
        if self.lookup is not None:
            return self.looked_up == [] or is_unmapped(shard, self.field)
        return not self.values or has_no_term(shard, self.field, lambda: _any_of(self.values))

    def bind_boosted(self, shard: ShardSearch, scored: bool, boost: Any) -> Bound:
        values = self.values if self.lookup is None else self.found(shard)
        limit = int(shard.settings.get("index.max_terms_count", 65536))
        if len(values) > limit:
            raise IllegalArgument(
                f"The number of terms [{len(values)}] used in the Terms Query request has exceeded the allowed maximum of "
                f"[{limit}]. This maximum can be set by changing the [index.max_terms_count] index level setting."
            )
        if not values:
            return MatchNothing()
        found = shard.field(self.field)
        if found is None:
            return metadata_term(shard, self.field, values, boost)
        if found.name == "ip" and not found.is_indexed and shard.behaviour.major < 8:
            return MatchNothing()  # ES: addresses are looked for among points, of which there are none
        require_indexed(shard, found, found.path)
        path = found.path
        if found.column_kind == "range" or found.name in ("date", "date_nanos") or (found.name == "ip" and any("/" in str(one) for one in values)):
            each = [term_query(shard, path, value, boost, False) for value in values]
            return Constant(lambda segment: np.any([one.match(segment).match for one in each], axis=0), boost)
        listed = getattr(found, "listed", found.term)
        converted = [one for one in (listed(value) for value in values) if one is not None]
        if found.is_text:
            return Constant(lambda segment: _text_mask(segment, path, converted), boost)
        return Constant(lambda segment: docs_with(segment.column(path), converted), boost)

    def found(self, shard: ShardSearch) -> list[Json]:
        """The values that stand in the document of a lookup. Raises IndexNotFound, Security."""
        if self.looked_up is not None:
            return self.looked_up
        if shard.resources is None:
            from esmock.errors import Unsupported

            raise Unsupported("terms lookup here")
        found: list[Json] = shard.resources.terms_lookup(self.lookup)
        return found


def _text_mask(segment: Any, path: str, terms: list[str]) -> np.ndarray:
    out = np.zeros(segment.n_docs, bool)
    postings = segment.postings(path)
    for term in terms:
        out[postings.of(term)[0]] = True
    return out


@dataclass(slots=True)
class Ids(Query):
    """Docs: query-dsl-ids-query."""

    name = "ids"
    values: list[str]

    @classmethod
    def parse(cls, body: Json, ctx: ParseContext) -> Ids:
        from esmock.search.query.declarative import parse_declared

        strings = ("strings", ("VALUE_STRING", "START_ARRAY"))
        types = {"type": strings} if ctx.behaviour.mapping_types else {}
        found = parse_declared("ids", body, ctx, {"values": strings, **types})
        named = found.pop("type", None)
        if named:
            ctx.warn("[types removal] Types are deprecated in [ids] queries.")
            if not {"_doc", "_all"} & set(named):
                found["values"] = []
        return cls(found.pop("values", []), **found)

    def matches_none(self, shard: ShardSearch) -> bool:
        return not self.values or shard.has_no_mapping

    def bind_boosted(self, shard: ShardSearch, scored: bool, boost: Any) -> Bound:
        values = self.values
        if "" in values:
            raise IllegalArgument("Ids can't be empty")
        return Constant(lambda segment: ids_mask(segment, values), boost)


def _any_of(values: Sequence[Json]) -> Callable[[str], bool]:
    """A test of names by patterns of which one is enough."""
    tests = [wildcard(java_text(one)) for one in values]
    return lambda name: any(test(name) for test in tests)


def _ignoring(segment: Any) -> np.ndarray:
    """bool[n_docs]: documents of which a value was left out."""
    from esmock.store.ignored import ignored_fields

    return np.fromiter((bool(ignored_fields(doc)) for doc in segment.docs), bool, segment.n_docs)


@dataclass(slots=True)
class Exists(Query):
    """Documents with at least one indexed value. Docs: query-dsl-exists-query."""

    name = "exists"
    field: str

    @classmethod
    def parse(cls, body: Json, ctx: ParseContext) -> Exists:
        found: dict[str, Any] = {}
        for key in body:
            if not scalar(body[key]):
                raise Parsing(f"[exists] unknown token [{token(body[key])}] after [{key}]", at_value(body, key))
            if key == "field":
                found["field"] = text(body, key, ctx)
            elif key == "boost":
                found["boost"] = float_value(body, key)
            elif key == "_name":
                found["query_name"] = text(body, key, ctx)
            else:
                raise Parsing(f"[exists] query does not support [{key}]", at_value(body, key))
        if "field" not in found:
            raise Parsing("[exists] must be provided with a [field]", at_end(body))
        if not found["field"]:
            raise no_field()
        return cls(**found)

    def matches_none(self, shard: ShardSearch) -> bool:
        if self.field in NAMES or (self.field in ("_id", "_index", "_seq_no", "_version")):
            return False
        return shard.mapping.object(self.field) is None and not any(shard.mapping.fields(self.field))

    def bind_boosted(self, shard: ShardSearch, scored: bool, boost: Any) -> Bound:
        if self.field == "_source":
            raise shard.error("The _source field is not searchable")
        if self.field == "_field_names":
            raise UnsupportedOperation("Cannot run exists query on _field_names")
        if shard.identity(self.field) is not None:
            return MatchEverything(boost)
        if self.field == "_ignored":
            return Constant(_ignoring, boost)
        if self.field in OF_TIME_SERIES and shard.field(self.field) is not None:
            return MatchEverything(boost)
        if self.field in ("_id", "_seq_no", "_version"):
            return MatchEverything(boost)
        paths = [path for path, _ in shard.mapping.fields(self.field)]
        for _, found in shard.mapping.fields(self.field):
            if found.name == "rank_features":
                raise IllegalArgument("[rank_features] fields do not support [exists] queries")
        if self.field == "_routing":
            return Constant(lambda segment: segment.column("_routing").has_value, boost)
        paths += [
            path
            for path, _ in shard.mapping.fields("*")
            if any(path.startswith(name + ".") for name in self._objects(shard))
        ]
        if not paths:
            return MatchNothing()
        return Constant(lambda segment: exists_mask(segment, paths), boost)

    def _objects(self, shard: ShardSearch) -> list[str]:

        matches = wildcard(self.field)
        return [path for path in shard.mapping.all_objects() if matches(path)]


def exists_mask(segment: Any, paths: list[str]) -> np.ndarray:
    """bool[n_docs]: documents with a value of any of some fields."""
    out = np.zeros(segment.n_docs, bool)
    for path in paths:
        found = segment.field(path)
        if found is None:
            continue
        if found.exists_by_values:
            out |= np.fromiter(map(bool, segment.values(path)[0]), bool, segment.n_docs)
        elif found.is_text:
            if found.is_indexed:
                postings = segment.postings(path)
                # ES: without norms the names of fields are looked up, where shingles and beginnings have no entry
                if found.get("norms") or not getattr(found, "is_implied", False):
                    out |= postings.has_value
        elif found.is_indexed or found.has_doc_values:
            out |= segment.column(path).has_value
        elif found.name == "binary" and found.is_stored:
            out |= np.fromiter(map(bool, segment.values(path)[0]), bool, segment.n_docs)
    return out


@dataclass(slots=True)
class Range(Query):
    """Docs: query-dsl-range-query."""

    name = "range"
    field: str
    lower: Json = None
    upper: Json = None
    include_lower: bool = True
    include_upper: bool = True
    format: str | None = None
    zone: str | None = None
    relation: str | None = None

    @classmethod
    def parse(cls, body: Json, ctx: ParseContext) -> Range:
        def read(field: str, holder: Json, key: Any) -> dict[str, Any]:
            return cls._read_options(holder[key], ctx)

        found = one_field("range", cls._met(body), read)
        if not found.get("field"):
            raise no_field()
        zone = found.get("zone")
        if zone is not None:
            from esmock.mapping.dates.zone import zone_of

            try:
                zone_of(zone)
            except ApiError as error:
                java = "java.time.zone.ZoneRulesException" if error.java == "ZoneRulesException" else "java.time.DateTimeException"
                raise IllegalArgument(f"{java}: {error.reason}", cause=error) from None
        if found.get("format") is not None:
            from esmock.mapping.dates.formatter import date_formatter

            date_formatter(found["format"])
        relation = found.get("relation")
        if relation is not None and relation.upper() not in ("INTERSECTS", "CONTAINS", "WITHIN", "DISJOINT"):
            raise IllegalArgument(f"{relation} is not a valid relation")
        return cls(**found)

    @staticmethod
    def _met(body: Json) -> Iterator[tuple[str, Json, Any]]:
        for name, holder, key in met(body):
            if not isinstance(holder[key], dict):
                raise Parsing(f"[range] query does not support [{name}]", at_value(holder, key))
            yield name, holder, key

    @staticmethod
    def _read_options(value: Json, ctx: ParseContext) -> dict[str, Any]:
        out: dict[str, Any] = {}
        for key in value:
            one = value[key]
            if key in ("from", "to", "include_lower", "include_upper") and ctx.behaviour.major >= 8:
                if not ctx.behaviour.legacy_range_bounds:
                    raise Parsing(f"[range] query does not support [{key}]", at_value(value, key))
                ctx.warn(f"Deprecated field [{key}] used, this field is unused and will be removed entirely")
            if key in ("from", "gt", "gte", "to", "lt", "lte"):
                one = raw("range")(value, key, ctx)
            if key in ("from", "gt", "gte"):
                out["lower"] = one
                if key != "from":
                    out["include_lower"] = key == "gte"
            elif key in ("to", "lt", "lte"):
                out["upper"] = one
                if key != "to":
                    out["include_upper"] = key == "lte"
            elif key in ("include_lower", "include_upper"):
                out[key] = boolean_value(value, key)
            elif key == "boost":
                out["boost"] = float_value(value, key)
            elif key == "time_zone":
                out["zone"] = text(value, key, ctx)
            elif key == "format":
                out["format"] = text(value, key, ctx)
            elif key == "relation":
                out["relation"] = text(value, key, ctx)
                if out["relation"].lower() == "disjoint":
                    raise IllegalArgument(f"[range] query does not support relation [{out['relation']}]")
            elif key == "_name":
                out["query_name"] = text(value, key, ctx)
            else:
                raise Parsing(f"[range] query does not support [{key}]", at_value(value, key))
        return out

    def matches_none(self, shard: ShardSearch) -> bool:
        if is_unmapped(shard, self.field):
            return True
        found = shard.field(self.field)
        return isinstance(found, Date) and date_relation(self, found, shard) == DISJOINT

    def bind_boosted(self, shard: ShardSearch, scored: bool, boost: Any) -> Bound:
        from esmock.search.query.ranges import range_query

        if self.lower is None and self.upper is None and shard.field(self.field) is not None:
            # ES: open on both sides, it asks whether there is a value
            return Exists(self.field).bind_boosted(shard, scored, boost)
        return range_query(shard, self, boost)


QUERIES = (Term, Terms, Ids, Exists, Range)
