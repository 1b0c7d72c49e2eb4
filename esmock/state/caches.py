"""What a shard keeps in memory for the next search: the field data it has loaded, and the answers of its request cache.

Only an account of it: who has loaded what, and which searches were answered before. Columns and answers themselves stay with
segments and readers.
Source: answers of 7.10.2. Differs: sizes are estimates; what a refresh has made useless goes at once, not with the next cleaning.
"""

from __future__ import annotations

from collections.abc import Collection, Hashable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

_BYTES_OF_ORDINALS = 160
_BYTES_OF_TEXT, _BYTES_OF_TEXT_PER_DOC = 264, 12
_BYTES_OF_ANSWER = 600

View = tuple[Any, frozenset[int]]


@dataclass(frozen=True, slots=True)
class Caches:
    """Never changed: every event makes another one, so that clones of a shard part by themselves.

    Attributes:
        answers: bytes by what was asked, of the documents as they were last published.
        fielddata: bytes by field and segment; None in a segment's place: global ordinals over all of them.
    """

    answers: Mapping[Hashable, int] = field(default_factory=dict)
    fielddata: Mapping[str, Mapping[Any, int]] = field(default_factory=dict)

    @property
    def answer_bytes(self) -> int:
        return sum(self.answers.values())

    @property
    def fielddata_bytes(self) -> dict[str, int]:
        """By field; one that was loaded once is told ever after."""
        return {name: sum(parts.values()) for name, parts in self.fielddata.items()}

    def answered(self, key: Hashable, size: int) -> Caches:
        """With an answer to a search.

        Args:
            size: bytes of what was asked.
        """
        return replace(self, answers={**self.answers, key: _BYTES_OF_ANSWER + size})

    def without_answers(self) -> Caches:
        return replace(self, answers={})

    def loaded(self, name: str, views: Sequence[View], *, is_uninverted: bool) -> Caches:
        """With the field data of a field: that of text by segment, and ordinals over several segments for the whole shard."""
        parts = dict(self.fielddata.get(name, {}))
        if is_uninverted:
            for segment, _ in views:
                parts[segment] = _BYTES_OF_TEXT + _BYTES_OF_TEXT_PER_DOC * len(segment)
        else:
            parts[None] = _BYTES_OF_ORDINALS * len(views)
        return replace(self, fielddata={**self.fielddata, name: parts})

    def without_fielddata(self, names: Collection[str] = ()) -> Caches:
        """Without that of some fields; of all where none is named."""
        kept = {name: {} if not names or name in names else parts for name, parts in self.fielddata.items()}
        return replace(self, fielddata=kept)

    def published(self, views: Sequence[View]) -> Caches:
        """After a refresh or merge: field data of the segments that are still there remains."""
        if not self.answers and not self.fielddata:
            return self
        present = {segment for segment, _ in views}
        kept = {
            name: {segment: size for segment, size in parts.items() if segment in present}
            for name, parts in self.fielddata.items()
        }
        return Caches({}, kept)


NOTHING = Caches()
