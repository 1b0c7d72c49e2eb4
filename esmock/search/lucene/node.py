"""Lucene's queries: their text, what they are rewritten to, and the parts that a profile shows.

Source: recordings of 7.10.2.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any, ClassVar

import numpy as np

from esmock.xcontent.java_number import java_float

if TYPE_CHECKING:
    from esmock.errors import ApiError

Binding = Callable[[Any, Any], Any]
Explained = Callable[..., Any]
"""(explainer, segment, doc, boost) to whether the document matches, and why."""


def number(value: float) -> str:
    """A 32-bit number as Java writes it."""
    return java_float(float(np.float32(value)))


def binding(query: Any) -> Binding:
    """A query of the DSL, bound without its own boost."""
    return lambda shard, boost: replace(query, boost=1.0).bind(shard, True, boost)


class Lucene:
    """A query.

    Attributes:
        kind: the class's name.
    """

    kind: str

    def text(self) -> str:
        raise NotImplementedError(type(self).__name__)

    def rewritten(self) -> Lucene:
        """What Lucene runs in its place."""
        return self

    def parts(self) -> Sequence[Lucene]:
        """The children that a profile shows."""
        return ()

    def roots(self, segment: Any, shard: Any) -> list[Lucene]:
        """Queries that are made for one segment and profiled beside the query itself."""
        return [one for part in self.parts() for one in part.roots(segment, shard)]


@dataclass(slots=True)
class Leaf(Lucene):
    """A query without clauses.

    Args:
        becomes: what it is rewritten to.
        expands_to: the terms that it stands for, on the whole shard.
        in_segment: what is made of it for one segment, and profiled beside it.
        doc_freq: how many documents are said to have the term, where that is not what the index says.
        bind: the query bound to a shard under a boost, for explanations.
        by_values: its text where it looks at doc values instead of the index: documents are explained so.
        explained: why a document scores as it does, where no constant says it.
        score: a document's score, where the explanation's value is another number.
        may_be_nested: nested objects could match, whatever its kind.
        unscored: its children where no scores are wanted of it.
    """

    kind: str
    words: str
    becomes: Lucene | None = None
    expands_to: Boolean | None = None
    in_segment: Callable[[Any], Lucene | None] | None = None
    doc_freq: int | None = None
    children: tuple[Lucene, ...] = ()
    unscored: tuple[Lucene, ...] = ()
    bind: Binding | None = None
    by_values: str | None = None
    explained: Explained | None = None
    score: Callable[[Any, int], float] | None = None
    may_be_nested: bool = False
    path: str | None = None
    """The field that it looks at, where its text does not begin with it."""
    before: Lucene | None = None
    """What was run while it was rewritten."""
    sought: tuple[Lucene, ...] = ()
    """What a segment must hold any of."""

    def text(self) -> str:
        return self.words

    def rewritten(self) -> Lucene:
        return self if self.becomes is None else self.becomes.rewritten()

    def parts(self) -> Sequence[Lucene]:
        return self.children

    def roots(self, segment: Any, shard: Any) -> list[Lucene]:
        own = None if self.in_segment is None else self.in_segment(segment)
        return [*([] if own is None else [own.rewritten()]), *Lucene.roots(self, segment, shard)]


@dataclass(slots=True)
class Nothing(Leaf):
    """No document, for a reason."""

    reason: str = ""


def everything() -> Leaf:
    return Leaf("MatchAllDocsQuery", "*:*")


def nothing(reason: str) -> Nothing:
    return Nothing("MatchNoDocsQuery", f'MatchNoDocsQuery("{reason}")', reason=reason)


def failure(name: str, error: ApiError) -> str:
    """Why a query on a field that was let pass finds nothing."""
    return f"failed [{name}] query, caused by {error.type}:[{error.reason}]"


def term(path: str, value: str, raw: Any = None, words: str | None = None) -> Leaf:
    """A term query.

    Args:
        raw: the value as the field reads it, where its term is written otherwise.
        words: what is shown, where that is not the path and the value.
    """

    def bind(shard: Any, boost: Any) -> Any:
        from esmock.search.query.terms import term_query

        return term_query(shard, path, value if raw is None else raw, boost, True)

    return Leaf("TermQuery", f"{path}:{value}" if words is None else words, bind=bind)


def field_exists(shard: Any, by: str, path: str) -> Leaf:
    """Documents that have a field, by its ``DocValues`` or ``Norms``."""
    kind = "FieldExistsQuery" if shard.behaviour.lucene_nine else f"{by}FieldExistsQuery"

    def bind(shard: Any, boost: Any) -> Any:
        from esmock.search.query.base import MatchEverything
        from esmock.search.query.term_level import Exists

        return MatchEverything(boost) if path == "_primary_term" else Exists(path).bind(shard, True, boost)

    return Leaf(kind, f"{kind} [field={path}]", bind=bind)


@dataclass(slots=True)
class Boost(Lucene):
    """A query whose score is multiplied."""

    inner: Lucene
    boost: float
    kind: str = "BoostQuery"
    late: bool = False
    """Whether it is rewritten as Lucene 9 does: what finds nothing stands alone."""

    def text(self) -> str:
        return f"({self.inner.text()})^{number(self.boost)}"

    def rewritten(self) -> Lucene:
        inner = self.inner.rewritten()
        if self.boost == 1.0 or (self.late and inner.kind == "MatchNoDocsQuery"):
            return inner
        if isinstance(inner, Boost) and inner.kind == "BoostQuery":
            boost = float(np.float32(inner.boost) * np.float32(self.boost))
            return inner.inner if boost == 1.0 else replace(self, inner=inner.inner, boost=boost)
        if self.boost == 0.0 and not isinstance(inner, Constant):
            inner = Constant(inner, late=self.late)
        return replace(self, inner=inner)

    def parts(self) -> Sequence[Lucene]:
        return self.inner.parts()

    def roots(self, segment: Any, shard: Any) -> list[Lucene]:
        return self.inner.roots(segment, shard)


@dataclass(slots=True)
class Constant(Lucene):
    """A query with one score for all."""

    inner: Lucene
    by_values: str | None = None
    bind: Binding | None = None
    late: bool = False
    """Whether it is rewritten as Lucene 9 does: what finds nothing stands alone."""

    kind: ClassVar[str] = "ConstantScoreQuery"  # type: ignore[misc]

    def text(self) -> str:
        return f"ConstantScore({self.inner.text()})"

    def rewritten(self) -> Lucene:
        inner = self.inner.rewritten()
        while inner.kind in ("BoostQuery", "ConstantScoreQuery"):
            inner = inner.inner  # type: ignore[attr-defined]
        if isinstance(inner, Boolean) and inner.late:
            from esmock.search.lucene.rewriting import unscored

            inner = unscored(inner)
        return inner if self.late and inner.kind == "MatchNoDocsQuery" else replace(self, inner=inner)

    def parts(self) -> Sequence[Lucene]:
        inner = without_scores(self.inner)
        if isinstance(inner, Around) and isinstance(self.inner, Around) and inner.late:
            # Lucene 9: functions are only left out where scores are unwanted altogether
            inner = replace(inner, others=self.inner.others)
        return (inner,)


@dataclass(slots=True)
class DisMax(Lucene):
    """The best of several queries."""

    queries: list[Lucene]
    tie: float
    late: bool = False
    """Whether it is held as Lucene 9 does: of equal queries, which those without matches are, the first is shown each time."""

    kind: ClassVar[str] = "DisjunctionMaxQuery"  # type: ignore[misc]

    def text(self) -> str:
        words = " | ".join(f"({one.text()})" if isinstance(one, Boolean) else one.text() for one in self.held())
        return f"({words})" + (f"~{number(self.tie)}" if self.tie else "")

    def rewritten(self) -> Lucene:
        queries = [one.rewritten() for one in self.queries]
        if len(queries) == 1:
            return queries[0]
        if self.tie == 1.0:
            return Boolean([("", one) for one in queries], late=self.late).rewritten()
        return DisMax(queries, self.tie, self.late)

    def held(self) -> list[Lucene]:
        """The queries, of those that are equal always the first."""
        if not self.late:
            return self.queries
        none = next((one for one in self.queries if one.kind == "MatchNoDocsQuery"), None)
        return [one if none is None or one.kind != none.kind else none for one in self.queries]

    def parts(self) -> Sequence[Lucene]:
        return self.held()


MUST, SHOULD, MUST_NOT, FILTER = "+", "", "-", "#"


@dataclass(slots=True)
class Boolean(Lucene):
    """Clauses, each with the sign of its occurrence."""

    clauses: list[tuple[str, Lucene]] = field(default_factory=list)
    needed: int = 0
    late: bool = False
    """Whether clauses without scores are rewritten for it (Lucene 9)."""
    is_scored: bool = True
    """Where no scores are wanted, a profile does not show options beside what is required."""

    kind: ClassVar[str] = "BooleanQuery"  # type: ignore[misc]

    def text(self) -> str:
        words = " ".join(
            sign + (f"({one.text()})" if isinstance(one, Boolean) else one.text()) for sign, one in self.clauses
        )
        return f"({words})~{self.needed}" if self.needed > 0 else words

    def of(self, sign: str) -> list[Lucene]:
        return [one for other, one in self.clauses if other == sign]

    def rewritten(self) -> Lucene:
        from esmock.search.lucene.rewriting import rewritten

        clauses = [(sign, one, one.rewritten()) for sign, one in self.clauses]
        if self.late:
            # Lucene 9: what finds nothing is left out
            clauses = [one for one in clauses if one[0] in (MUST, FILTER) or one[2].kind != "MatchNoDocsQuery"]
        return rewritten(Boolean([(sign, run) for sign, _, run in clauses], self.needed, self.late))

    def single(self) -> Lucene:
        """What the only clause is rewritten to."""
        sign, one = self.clauses[0]
        if self.needed > (sign == SHOULD) and not (self.late and sign == SHOULD):
            return self
        if sign == FILTER:
            return Boost(Constant(one, late=self.late), 0.0, late=self.late).rewritten()
        if sign == MUST_NOT:
            return nothing("pure negative BooleanQuery")
        return nothing("SHOULD clause count less than minimumNumberShouldMatch") if self.needed > 1 else one

    def _run(self) -> list[tuple[str, Lucene]]:
        """The clauses that are run."""
        only_scored = not self.is_scored and not self.needed and bool(self.of(MUST) or self.of(FILTER))
        kept = [(sign, one) for sign, one in self.clauses if not (only_scored and sign == SHOULD)]
        return [(sign, without_scores(one) if sign in (FILTER, MUST_NOT) else one) for sign, one in kept]

    def parts(self) -> Sequence[Lucene]:
        return [one for _, one in self._run()]

    def roots(self, segment: Any, shard: Any) -> list[Lucene]:
        from esmock.search.lucene.scorers import makes_scorer

        if self.needed > len(self.of(SHOULD)):
            return []  # more options are needed than there are: nothing is looked for
        out: list[Lucene] = []
        for sign, one in self._run():
            out.extend(one.roots(segment, shard))
            if sign in (MUST, FILTER) and not makes_scorer(one, segment, shard):
                break
        return out

    def unscored(self) -> Boolean:
        """What is run in its place where scores do not count."""
        keeps_options = self.needed > 0 or not (self.of(MUST) or self.of(FILTER))
        clauses = [(FILTER if sign == MUST else sign, one) for sign, one in self.clauses if keeps_options or sign != SHOULD]
        return replace(self, clauses=clauses)


@dataclass(slots=True)
class Around(Lucene):
    """A query that changes the scores of another one.

    Args:
        words: its text, from that of the other one.
        others: what else it looks at.
        within: what else it looks at, of which, as of the inner one, a profile shows the parts alone.
        explained: (query, explainer, segment, doc, boost) to whether the document matches, and why.
    """

    kind: str
    inner: Lucene
    words: Callable[[str], str]
    others: tuple[Lucene | None, ...] = ()
    within: tuple[Lucene, ...] = ()
    explained: Explained | None = None
    bind: Binding | None = None
    late: bool = False
    score: Callable[..., float] | None = None
    """(query, explainer, segment, doc, boost) to a document's score, where the explanation's value is another number."""
    is_only_scoring: bool = False
    """Where scores do not count, the other query stands alone."""
    ignores_scores: bool = False
    """The scores of the other query do not count."""

    def text(self) -> str:
        return self.words(self.inner.text())

    def rewritten(self) -> Lucene:
        others = tuple(None if one is None else one.rewritten() for one in self.others)
        within = tuple(one.rewritten() for one in self.within)
        return replace(self, inner=self.inner.rewritten(), others=others, within=within)

    def parts(self) -> Sequence[Lucene]:
        inner = without_scores(self.inner) if self.ignores_scores else self.inner
        hidden = (part for one in (inner, *self.within) for part in one.parts())
        return [*(without_scores(one) for one in self.others if one is not None), *hidden]

    def roots(self, segment: Any, shard: Any) -> list[Lucene]:
        from esmock.search.lucene.scorers import makes_scorer

        reached: list[Lucene] = [self.inner]
        if makes_scorer(self.inner, segment, shard):
            reached += [*self.within, *(one for one in self.others if one is not None)]
        return [root for one in reached for root in one.roots(segment, shard)]


@dataclass(slots=True)
class Joined(Lucene):
    """Documents by their nested objects or children."""

    kind: str
    before: str
    inner: Lucene
    after: str = ")"
    bind: Binding | None = None
    is_nested: bool = False
    """Whether its documents are themselves nested in others."""
    is_scored: bool = True
    """Where no scores are wanted, a profile shows the query itself, else its parts."""
    late: bool = False
    """Whether the query is rewritten where no scores are wanted of it (Lucene 9)."""

    def text(self) -> str:
        return self.before + self.inner.text() + self.after

    def rewritten(self) -> Lucene:
        return replace(self, inner=self.inner.rewritten())

    def parts(self) -> Sequence[Lucene]:
        from esmock.search.lucene.rewriting import unscored

        if self.is_scored:
            return self.inner.parts()
        inner = self.inner
        while isinstance(inner, Boost | Constant):
            inner = inner.inner
        return (unscored(inner) if self.late else without_scores(inner),)

    def roots(self, segment: Any, shard: Any) -> list[Lucene]:
        return self.inner.roots(segment, shard)


def without_scores(made: Lucene) -> Lucene:
    """The same query where no scores are wanted of it."""
    if isinstance(made, Joined):
        return replace(made, is_scored=False)
    if isinstance(made, Around):
        shown = () if made.is_only_scoring else made.others
        inner = without_scores(made.inner) if made.is_only_scoring or made.ignores_scores else made.inner
        return replace(made, inner=inner, others=shown, within=())
    if isinstance(made, Boolean):
        return replace(made, clauses=[(sign, without_scores(one)) for sign, one in made.clauses], is_scored=False)
    if isinstance(made, DisMax):
        return replace(made, queries=[without_scores(one) for one in made.queries])
    if isinstance(made, Leaf) and made.unscored:
        return replace(made, children=made.unscored)
    return replace(made, inner=without_scores(made.inner)) if isinstance(made, Boost) else made


def lucene_doc(segment: Any, doc: int, mapping: Any) -> int:
    """The number of a document in its Lucene segment, where nested objects stand before their document."""
    if segment.path is not None:
        return _nested_doc(segment, doc, mapping)
    before = doc
    for path in mapping.nested_paths:
        before += int(np.searchsorted(segment.nested(path).root_docs(), doc, side="right"))
    return before


def _nested_doc(view: Any, doc: int, mapping: Any) -> int:
    """The number of a nested object: after those inside it and those before it, as far as they lie on its own path."""
    root = int(view.root_docs()[doc])
    first = lucene_doc(view.root, root - 1, mapping) + 1 if root else 0
    inside = [view.nested(path) for path in mapping.nested_paths if path.startswith(view.path + ".")]
    low = int(np.searchsorted(view.root_docs(), root))
    count = doc - low
    for one in inside:
        owners, _ = one.places_in(view)
        count += int(((owners >= low) & (owners <= doc)).sum())
    return first + count
