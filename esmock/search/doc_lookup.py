"""What ``doc['field']`` reads in a search: the columns of a segment, by the kinds that scripts know.

Source: recordings of 7.10.2.
"""

from __future__ import annotations

import base64
import itertools
from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from esmock.errors import IllegalArgument, NullPointer, Unsupported
from esmock.mapping import field as kinds
from esmock.mapping import fielddata
from esmock.mapping.metadata_fields import metadata_names
from esmock.script.deprecation import TYPE_LOOKED_UP, deprecated
from esmock.script.painless.deciding import are_single, deciding_fields
from esmock.script.painless.runtime import throwables as t

if TYPE_CHECKING:
    from esmock.mapping.field import Field
    from esmock.search.query.shard import ShardSearch

_BY_NAME = {"boolean": "boolean", "date": "date", "date_nanos": "date", "ip": "ip", "geo_point": "geo_point", "binary": "binary"}
_FLOATS = ("float", "half_float")


class SegmentDocs:
    """The doc values of one segment (or nested view): a ``DocLookup`` and ``Columns``.

    Args:
        shard: whose mapping tells the fields.
        segment: what is read.
    """

    def __init__(self, shard: ShardSearch, segment: Any) -> None:
        self._shard = shard
        self._segment = segment
        self._readers: dict[str, Callable[[int], Sequence[Any]]] = {}

    def kind(self, field: str) -> str | None:
        """See ``DocLookup.kind``."""
        found = self._shard.field(field)
        if found is None:
            return self._metadata_kind(field)
        if found.name in ("dense_vector", "rank_vectors"):
            return str(found.name)
        self._refuse(found)
        if found.column_kind == kinds.SHAPE or found.name == "point":
            raise Unsupported(f"scripts that read fields of type [{found.name}]")
        if found.name in _BY_NAME:
            return _BY_NAME[found.name]
        if found.column_kind == kinds.LONG:
            return "long"
        if found.column_kind == kinds.DOUBLE:
            return "float" if found.name in _FLOATS else "double"
        return "keyword"

    def _metadata_kind(self, name: str) -> str | None:
        """The kind of a metadata field's values. Raises IllegalArgument for one without."""
        if name == "_type" and self._shard.behaviour.mapping_types:
            return "keyword"
        if name == "_version" and not self._shard.behaviour.has_apache_build:
            return "long"
        if name in _METADATA:
            return _METADATA[name]
        if name in metadata_names(self._shard.behaviour):
            raise _thrown(fielddata.not_supported(name, name), _METADATA_FRAMES)
        return None

    def _refuse(self, field: Field) -> None:
        from esmock.mapping.numeric import Number
        refused = getattr(field, "no_columns", None)
        if refused is not None:
            raise _thrown(refused, ())
        if field.is_text:
            if not field.get("fielddata"):
                raise _thrown(fielddata.disabled(field, self._shard.index, self._shard.behaviour), _TEXT_FRAMES)
            self._shard.load_fielddata(field.path, is_uninverted=True)
        if field.has("doc_values") and not field.get("doc_values"):
            raise _thrown(
                fielddata.unsupported(field),
                _NUMBER_FRAMES if isinstance(field, Number) else _NO_DOC_VALUES_FRAMES,
            )

    def column(self, field: str) -> tuple[Any, Any]:
        """See ``Columns.column``."""
        column = self._segment.column(self._path(field))
        values = column.values
        found = self._shard.field(field)
        if found is not None and found.name == "date_nanos":
            values = values // 1_000_000
        elif found is not None:
            values = found.script_numbers(values)
        return values, column.starts

    def dictionary(self, field: str) -> list[str] | None:
        """The terms that the ordinals of a keyword's column stand for."""
        found: list[str] | None = self._segment.column(self._path(field)).dictionary
        return found

    def alike(self, compiled: Any, params: Mapping[str, Any], docs: np.ndarray) -> tuple[np.ndarray, np.ndarray] | None:
        """Documents between which a script makes no difference, as its fields have the same values in them.

        Args:
            docs: int[n], ascending.

        Returns:
            int64[m], places in ``docs`` of one document of each kind, ascending; int64[n], the kind of each document. None where
            something else decides, or nearly every document is of a kind of its own.
        """
        fields = None
        if len(docs) >= _WORTH_COMPARING and hasattr(compiled, "program") and are_single(params):
            fields = deciding_fields(compiled.program.source, self._shard.behaviour.script_fields_api)
        if fields is None:
            return None
        codes = np.zeros(len(docs), np.int64)
        for field in fields:
            found = self._single(field, docs)
            if found is None:
                return None
            codes = np.unique(codes * (int(found.max()) + 1) + found, return_inverse=True)[1].reshape(-1)
            if int(codes.max()) * 4 > len(docs):
                return None
        first = np.unique(codes, return_index=True)[1]
        order = np.argsort(first)
        kinds = np.empty(len(order), np.int64)
        kinds[order] = np.arange(len(order))
        return first[order], kinds[codes]

    def _single(self, field: str, docs: np.ndarray) -> np.ndarray | None:
        """int64[n], numbers that tell the values of a field apart, 0 for none; None where some documents have several."""
        try:
            if self.kind(field) not in ("long", "double", "float", "boolean", "keyword", "date", "ip"):
                return None
        except t.Throwable:
            return None
        column = self._segment.column(self._path(field))
        starts = column.starts[docs]
        counts = column.starts[docs + 1] - starts
        if counts.max() > 1:
            return None
        has = counts > 0
        values = np.asarray(column.values)[starts[has]]
        out = np.zeros(len(docs), np.int64)
        out[has] = np.unique(values.view(np.int64) if values.dtype == np.float64 else values, return_inverse=True)[1].reshape(-1) + 1
        return out

    def _path(self, field: str) -> str:
        found = self._shard.field(field)
        return field if found is None else found.path

    def values(self, field: str, doc: int) -> Sequence[Any]:
        """See ``DocLookup.values``."""
        reader = self._readers.get(field)
        if reader is None:
            reader = self._readers[field] = self._reader(field)
        return reader(doc)

    def source(self, doc: int) -> Any:
        """See ``DocLookup.source``."""
        return self._segment.sources()[doc]

    def stored(self, field: str, doc: int) -> list[Any] | None:
        """See ``DocLookup.stored``."""
        from esmock.mapping.stored import stored_values

        found = self._shard.field(field)
        if found is None:
            return None
        return stored_values(self._shard.mapping, self._segment.docs[doc], [field]).get(found.path, [])

    def random(self, seed: int, doc: int, value: str | None) -> float:
        """See ``DocLookup.random``."""
        from esmock.search.query import random_score

        text = str(random_score.base(self._shard, self._segment) + doc) if value is None else value
        return random_score.of_text(self._shard, int(seed), text)

    def _reader(self, name: str) -> Callable[[int], Sequence[Any]]:
        if name == "_index":
            return lambda doc: [self._shard.index]
        if name == "_type":
            from esmock.search.query.shard import TYPE_DEPRECATED

            deprecated(TYPE_LOOKED_UP)
            deprecated(TYPE_DEPRECATED)
            return lambda doc: [self._shard.type_name]
        if self.kind(name) == "dense_vector":
            return self._vectors(self._path(name))
        if self.kind(name) == "rank_vectors":
            return self._rank_vectors(self._path(name))
        column = self._segment.column(self._path(name))
        starts = column.starts.tolist()
        if column.dictionary is not None:
            dictionary, ordinals = column.dictionary, column.values.tolist()
            field = self._shard.field(name)
            if field is not None and field.name == "ip":
                dictionary = [str(field.format_value(one)) for one in dictionary]
            return lambda doc: [dictionary[at] for at in ordinals[starts[doc] : starts[doc + 1]]]
        values = self.column(name)[0].tolist()
        if self.kind(name) == "date":
            field = self._shard.field(name)
            is_fine = field is not None and field.name == "date_nanos"
            values = column.values.tolist() if is_fine else [one * 1_000_000 for one in values]
        if self.kind(name) == "binary":
            values = [base64.b64decode(one) for one in values]
        if self.kind(name) == "boolean":
            values = list(map(bool, values))
        return lambda doc: values[starts[doc] : starts[doc + 1]]  # type: ignore[no-any-return]

    def _vectors(self, path: str) -> Callable[[int], Sequence[Any]]:
        """The vector of a document as a list of floats."""
        from esmock.search.query.knn import vectors_of

        docs, vectors = vectors_of(self._segment, path)
        rows = {doc: row for row, doc in enumerate(docs.tolist())}
        return lambda doc: [vectors[rows[doc]].tolist()] if doc in rows else []

    def _rank_vectors(self, path: str) -> Callable[[int], Sequence[Any]]:
        """Dimensions and element type, and the vectors of a document where it has some."""
        values, found = self._segment.values(path)
        head = (found.dims, found.element_type)
        return lambda doc: [head, *(found.vectors(one) for one in values[doc] if one)]


_METADATA = {"_id": "keyword", "_index": "keyword", "_seq_no": "long"}
_METADATA_FRAMES = ("org.elasticsearch.index.mapper.MappedFieldType.fielddataBuilder(MappedFieldType.java:100)",)
_MAPPER = "org.elasticsearch.index.mapper."
_TEXT_FRAMES = (_MAPPER + "TextFieldMapper$TextFieldType.fielddataBuilder(TextFieldMapper.java:823)",)
_NO_DOC_VALUES_FRAMES = (_MAPPER + "MappedFieldType.failIfNoDocValues(MappedFieldType.java:343)",)
_NUMBER_FRAMES = (*_NO_DOC_VALUES_FRAMES, _MAPPER + "NumberFieldMapper$NumberFieldType.fielddataBuilder(NumberFieldMapper.java:965)")
_LOADING_FRAMES = (
    "org.elasticsearch.index.fielddata.IndexFieldDataService.getForField(IndexFieldDataService.java:120)",
    "org.elasticsearch.index.query.QueryShardContext.lambda$lookup$1(QueryShardContext.java:328)",
    "org.elasticsearch.search.lookup.SearchLookup.lambda$new$1(SearchLookup.java:68)",
    "org.elasticsearch.search.lookup.LeafDocLookup$1.run(LeafDocLookup.java:95)",
    "org.elasticsearch.search.lookup.LeafDocLookup$1.run(LeafDocLookup.java:92)",
    "java.base/java.security.AccessController.doPrivileged(AccessController.java:318)",
    "org.elasticsearch.search.lookup.LeafDocLookup.get(LeafDocLookup.java:92)",
    "org.elasticsearch.search.lookup.LeafDocLookup.get(LeafDocLookup.java:40)",
)


def _thrown(reason: str, frames: tuple[str, ...]) -> t.Throwable:
    error = t.IllegalArgument(reason)
    error.frames = (*frames, *_LOADING_FRAMES)
    return error


_WORTH_COMPARING = 256
"""For fewer documents a script runs as quickly for each."""


class ScriptRunner:
    """A script bound to a shard: one value per document.

    Args:
        shard: whose documents it runs on.
        compiled: what the script service made of it.
        params: its parameters.
        variables: further variables by name, the same for all documents.
    """

    def __init__(self, shard: ShardSearch, compiled: Any, params: dict[str, Any], **variables: Any) -> None:
        from esmock.script.painless.runtime.values import hash_maps
        from esmock.script.tree import fixed_params

        self.shard = shard
        self._compiled = compiled
        self._raw_params = params
        self._fixed = fixed_params(hash_maps(params))
        self._variables = variables
        self._linked: dict[int, Any] = {}
        if hasattr(compiled, "bind"):
            # an expression that does not link fails before any document is looked at
            for segment in itertools.islice(shard.segments(), 1):
                self._link(segment)

    def _link(self, segment: Any) -> Any:
        """An expression bound to the columns of a segment."""
        linked = self._linked.get(id(segment))
        if linked is None:
            linked = self._compiled.bind(SegmentDocs(self.shard, segment), self._raw_params)
            self._linked[id(segment)] = linked
        return linked

    def values(self, segment: Any, wanted: np.ndarray, scores: np.ndarray | None = None) -> np.ndarray:
        """float64[n_docs] (bool for filters): the script's value for the wanted documents, 0 elsewhere.

        Args:
            wanted: bool[n_docs].
            scores: float32[n_docs]; None where the script gets none.

        Raises:
            ApiError: what the script throws.
        """
        score = None if scores is None else scores.astype(np.float64)
        if hasattr(self._compiled, "bind"):
            found = self._link(segment)(**({} if score is None else {"_score": score}))
            return np.where(wanted, np.broadcast_to(found, wanted.shape), 0)
        lookup = SegmentDocs(self.shard, segment)
        fast = None if self._variables else self._vectorised(lookup, wanted, score)
        return self._each(segment, lookup, wanted, score) if fast is None else fast

    def texts(self, segment: Any, wanted: np.ndarray, scores: np.ndarray | None = None) -> np.ndarray:
        """object[n_docs]: the text that the script gives for the wanted documents, None elsewhere.

        Raises:
            ApiError: what the script throws; NullPointer: it gives null.
        """
        out = np.full(segment.n_docs, None, object)
        self._fill(out, SegmentDocs(self.shard, segment), wanted, scores)
        return out

    def _vectorised(self, lookup: SegmentDocs, wanted: np.ndarray, score: np.ndarray | None) -> np.ndarray | None:
        run = self._compiled.vectorised(lookup)
        try:
            found = None if run is None else run(self._raw_params, len(wanted), score, wanted=wanted)
        except t.Throwable:
            return None
        if found is None or (self._is_filter and found.dtype != bool):
            return None
        return np.where(wanted, found, found.dtype.type(0))

    @property
    def _is_filter(self) -> bool:
        return bool(self._compiled.program.context.returns == "boolean")

    def _each(self, segment: Any, lookup: SegmentDocs, wanted: np.ndarray, score: np.ndarray | None) -> np.ndarray:
        out = np.zeros(segment.n_docs, bool if self._is_filter else np.float64)
        self._fill(out, lookup, wanted, score)
        return out

    def _fill(self, out: np.ndarray, lookup: SegmentDocs, wanted: np.ndarray, score: np.ndarray | None) -> None:
        from esmock.script.doc_values import Doc
        from esmock.script.search_params import PLAIN, SearchParams

        program = self._compiled.program
        doc = Doc(lookup)
        params = self._fixed if program.context.name in PLAIN else SearchParams(self._raw_params, doc, program.context.name)
        given = {"doc": doc, "params": params, **self._variables}
        values = [given.get(name) for name in program.names]
        place = program.names.index("_score") if score is not None and "_score" in program.names else None
        execute, start = program.execute, program.start
        docs = np.flatnonzero(wanted)
        alike = None if self._variables else lookup.alike(self._compiled, self._raw_params, docs)
        chosen = docs if alike is None else docs[alike[0]]
        try:
            for at in chosen.tolist():
                doc.doc = at
                if place is not None and score is not None:
                    values[place] = float(score[at])
                start()
                found = out[at] = execute(*values)
                if found is None and out.dtype == object:
                    raise NullPointer('Cannot invoke "java.lang.CharSequence.length()" because "text" is null')
        except program.THROWN as thrown:
            raise program.failure(thrown) from thrown
        if alike is not None:
            out[docs] = out[chosen][alike[1]]


def compile_script(shard: ShardSearch, script: Any, context: str) -> Any:
    """A script compiled for a shard. Raises what the script service raises, IllegalArgument where scripts are off."""
    if shard.scripts is None:
        raise IllegalArgument("cannot execute scripts here")
    return shard.scripts.service.compile(script, context)
