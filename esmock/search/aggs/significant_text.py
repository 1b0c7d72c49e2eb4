"""Words of texts that are more frequent in a set than in the background: significant_text.

Docs: search-aggregations-bucket-significanttext-aggregation. Source: recordings of 7.10.2.
Differs: words come from the index, not from analysing the source again, which is the same unless the mapping's analyzer is another one.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from esmock.errors import Unsupported
from esmock.search.aggs import parse as p
from esmock.search.aggs.collecting import Leaf, ShardContext
from esmock.search.aggs.parse import BodyParser, Declared, ParseContext
from esmock.search.aggs.significant_terms import SignificantTermsAgg
from esmock.search.aggs.values import BYTES, Source, Values, field_of

Json = Any


class TextSource(Source):
    """The words of an analysed field, each once per document."""

    def _stored(self, leaf: Leaf) -> Values:
        if self.field is None or not self.field.is_text:
            return super()._stored(leaf)
        column = leaf.segment.postings(self.field.path).fielddata(leaf.n_docs)
        return Values(np.asarray(column.values), np.asarray(column.starts, np.int64), column.dictionary)


class SignificantTextAgg(SignificantTermsAgg):
    name = "significant_text"
    parser = BodyParser(
        "significant_text",
        {
            **{key: one for key, one in SignificantTermsAgg.parser.fields.items() if key not in ("missing", "value_type", "format")},
            "filter_duplicate_text": Declared(p.BOOLEAN, p.boolean),
            "source_fields": Declared(p.STRING_ARRAY, lambda value: value),
        },
    )

    def setup(self, given: dict[str, Any], ctx: ParseContext) -> None:
        if given.pop("filter_duplicate_text", False):
            raise Unsupported("significant_text with filter_duplicate_text")
        if given.pop("source_fields", None) is not None:
            raise Unsupported("significant_text with source_fields")
        super().setup(given, ctx)

    def resolve(self, ctx: ShardContext) -> Source:
        found = field_of(ctx, self.source.field or "")
        if found is None:
            raise Unsupported("significant_text over an unmapped field")
        source = TextSource(kind=BYTES, config=self.source, field=found)
        source.prepare(ctx)
        return source


AGGREGATIONS = (SignificantTextAgg,)
