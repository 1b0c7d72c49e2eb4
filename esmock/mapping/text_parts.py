"""Fields that text fields keep beside themselves: shingles for phrases, beginnings for prefixes."""

from __future__ import annotations

from typing import Any, ClassVar

from esmock.analysis.analyzer import Analyzer
from esmock.mapping.text import Text

MIN_PREFIX, MAX_PREFIX = 1, 20


class TextPart(Text):
    """Text of another field under a longer analysis. Not to be declared.

    ``setup`` needs no parameters; ``wrap`` gives the filters that are added to the owner's analyzers.
    """

    is_implied: ClassVar[bool] = True
    __slots__ = ("for_index", "for_search", "is_hidden", "owner")
    owner: Text
    for_index: tuple[Any, ...]
    for_search: tuple[Any, ...]

    def setup(self) -> None:
        self.implied = {}

    def phrase_part(self, n_positions: int) -> None:
        return None

    @property
    def prefix_part(self) -> Prefixes | None:
        return None

    @classmethod
    def of(cls, owner: Text, leaf: str, for_index: tuple[Any, ...], for_search: tuple[Any, ...]) -> TextPart:
        """A part of a text field.

        Args:
            for_index, for_search: token filters added to the analyzers of the owner.
        """
        kept = ("index", "index_options", "norms", "similarity", "term_vector")
        given = {name: owner.given[name] for name in kept if name in owner.given}
        part = cls(f"{owner.path}.{leaf}", given, owner.context, source_path=owner.source_path)
        part.owner, part.for_index, part.for_search = owner, for_index, for_search
        part.is_hidden = owner.name == "text" and owner.context.behaviour.hides_text_parts
        # ES: these mappers' simple name is their full name
        part.leaf = part.path
        return part

    def to_json(self) -> dict[str, Any]:
        return {"type": self.name, "doc_values": False}

    def defaults_json(self) -> dict[str, Any]:
        """The definition with every parameter, as these mappers print it."""
        return {"type": self.name, "boost": 1.0, "index": True, "doc_values": False, "store": False, "meta": {}}

    @property
    def index_analyzer(self) -> Any:
        return _longer(self.owner.index_analyzer, self.for_index)

    @property
    def search_analyzer(self) -> Any:
        return _longer(self.owner.search_analyzer, self.for_search)

    @property
    def search_quote_analyzer(self) -> Any:
        return _longer(self.owner.search_quote_analyzer, self.for_search)


def _longer(base: Analyzer, filters: tuple[Any, ...]) -> Analyzer:
    return Analyzer(base.name, base.tokenizer, (*base.filters, *filters), base.char_filters)


class Shingles(TextPart):
    """Neighbouring words as one term."""

    name = "shingle"
    family: ClassVar[str | None] = "search_as_you_type"
    __slots__ = ()

    @property
    def prefix_part(self) -> Prefixes | None:
        """Where the beginnings of the longest shingles are looked up."""
        found = self.owner.implied.get("_index_prefix")
        return found if isinstance(found, Prefixes) else None

    @property
    def beginnings(self) -> Prefixes | None:
        return self.prefix_part


class Prefixes(TextPart):
    """The beginnings of words, or of shingles; without norms."""

    name = "prefix"
    takes_phrases = False
    __slots__ = ("bounds",)

    def within(self, value: str) -> bool:
        """Whether a beginning of this length is in the index."""
        least, most = self.bounds
        return bool(least <= len(value) <= most)

    @property
    def search_quote_analyzer(self) -> Any:
        """ES: a phrase is analyzed as for the text itself."""
        return self.owner.search_quote_analyzer

    @property
    def beginnings(self) -> Prefixes:
        return self

    def nearly_within(self, value: str) -> bool:
        """Whether it is in the index, or would be with one letter more."""
        least, most = self.bounds
        return bool(least - 1 <= len(value) <= most)

    def bounded(self, least: int, most: int, gap: int | None = None) -> Prefixes:
        """The part with the lengths of its beginnings told."""
        self.bounds = (least, most)
        self.given = {**self.given, "norms": False, **({} if gap is None else {"position_increment_gap": gap})}
        return self


class Phrases(Shingles):
    """Two words as one term, for ``index_phrases``."""

    name = "phrase"
    family = None
    takes_phrases = False
    __slots__ = ()

    @property
    def prefix_part(self) -> None:
        return None


def shingles_of(owner: Text, leaf: str, size: int) -> TextPart:
    """Shingles of a size."""
    from esmock.analysis.filters.phrase_parts import FixedShingle

    filters = (FixedShingle(size),)
    return Shingles.of(owner, leaf, filters, filters)


def phrases_of(owner: Text, leaf: str) -> TextPart:
    """Each two words; a gap shows."""
    from esmock.analysis.filters.phrase_parts import FixedShingle

    # ES: what is looked for in them as in any other field are single words
    return Phrases.of(owner, leaf, (FixedShingle(2, "_"),), ())


def prefixes_of(owner: Text, leaf: str, size: int) -> TextPart:
    """The beginnings of shingles of a size, for ``search_as_you_type``."""
    from esmock.analysis.filters.phrase_parts import Beginnings, FixedShingle, TrailingWords

    shingle = FixedShingle(size)
    beginnings = Beginnings(MIN_PREFIX, MAX_PREFIX, keeps_longer=True)
    made = Prefixes.of(owner, leaf, (TrailingWords(size - 1), shingle, beginnings), (shingle,))
    return made.bounded(MIN_PREFIX, MAX_PREFIX)  # type: ignore[attr-defined, no-any-return]


def word_prefixes(owner: Text, leaf: str, least: int, most: int) -> TextPart:
    """The beginnings of words, for ``index_prefixes``."""
    from esmock.analysis.filters.phrase_parts import Beginnings

    made = Prefixes.of(owner, leaf, (Beginnings(least, most, keeps_longer=False),), ())
    return made.bounded(least, most, 0)  # type: ignore[attr-defined, no-any-return]
