"""java.text.Collator: texts in the order of a language, by levels of difference.

Differs: letters are ordered by their base letter, accents and case as the root rules have it; the tailorings of single languages
and a script's own rules (``new RuleBasedCollator``) are not known.
"""

from __future__ import annotations

import copy
import unicodedata
from typing import Any

from esmock.errors import Unsupported
from esmock.script.painless.runtime.time.value import compared
from esmock.script.painless.runtime.util.locale import DEFAULT
from esmock.script.painless.runtime.values import JavaArray, string_hash

PRIMARY, SECONDARY, TERTIARY, IDENTICAL = range(4)


def _primary(char: str) -> tuple[int, int]:
    """The class and place of a character: spaces and signs before digits before letters."""
    kind = unicodedata.category(char)[0]
    order = {"Z": 0, "C": 0, "P": 1, "S": 2, "N": 3, "L": 4}.get(kind, 5)
    return order, ord(char.lower())


def sort_key(text: str, strength: int) -> tuple[Any, ...]:
    """The levels of a text that a strength compares."""
    decomposed = [char for char in unicodedata.normalize("NFD", text) if unicodedata.category(char) != "Cc"]
    bases = [char for char in decomposed if not unicodedata.combining(char)]
    accents = [(i, ord(char)) for i, char in enumerate(decomposed) if unicodedata.combining(char)]
    levels: tuple[Any, ...] = (
        tuple(map(_primary, bases)),
        tuple(accents),
        tuple(char.isupper() for char in bases),
        text,
    )
    return levels[: strength + 1]


class CollationKey:
    java_class = "java.text.RuleBasedCollationKey"
    java_parents = ("java.text.CollationKey",)

    def __init__(self, text: str, strength: int) -> None:
        self.text, self._key = text, sort_key(text, strength)

    def j_compareTo(self, other: CollationKey) -> int:
        return compared(self._key, other._key)

    def j_getSourceString(self) -> str:
        return self.text

    def j_toByteArray(self) -> JavaArray:
        raise Unsupported("the Painless method [java.text.CollationKey, toByteArray/0]")

    def j_equals(self, other: Any) -> bool:
        return isinstance(other, CollationKey) and self._key == other._key

    def j_hashCode(self) -> int:
        return string_hash(self.text)


class Collator:
    """RuleBasedCollator of a locale; also a Comparator."""

    java_class = "java.text.RuleBasedCollator"

    def __init__(self, locale: Any = DEFAULT) -> None:
        self.strength, self.decomposition = TERTIARY, 0

    def __call__(self, a: Any, b: Any) -> int:
        return compared(sort_key(a, self.strength), sort_key(b, self.strength))

    def j_compare(self, a: str, b: str) -> int:
        return self(a, b)

    def j_equals(self, *texts: Any) -> bool:
        if len(texts) == 2:
            return self(*texts) == 0
        return isinstance(texts[0], Collator) and vars(self) == vars(texts[0])

    def j_getCollationKey(self, text: str | None) -> CollationKey | None:
        return None if text is None else CollationKey(text, self.strength)

    def j_getStrength(self) -> int:
        return self.strength

    def j_setStrength(self, strength: int) -> None:
        from esmock.script.painless.runtime import throwables as t

        if strength not in range(4):
            raise t.IllegalArgument("Incorrect comparison level.")
        self.strength = strength

    def j_getDecomposition(self) -> int:
        return self.decomposition

    def j_setDecomposition(self, mode: int) -> None:
        from esmock.script.painless.runtime import throwables as t

        if mode not in range(3):
            raise t.IllegalArgument("Wrong decomposition mode.")
        self.decomposition = mode

    def j_getCollationElementIterator(self, text: Any) -> CollationElements:
        return CollationElements(text)

    def j_getRules(self) -> str:
        raise Unsupported("the Painless method [java.text.RuleBasedCollator, getRules/0]")

    def j_clone(self) -> Any:
        return copy.copy(self)


class CollationElements:
    """CollationElementIterator: one number per character, of its three levels."""

    java_class = "java.text.CollationElementIterator"

    def __init__(self, text: Any) -> None:
        self.j_setText(text)

    def j_setText(self, text: Any) -> None:
        self.text, self.at = text if isinstance(text, str) else text.text, 0

    def _element(self, char: str) -> int:
        order, place = _primary(unicodedata.normalize("NFD", char)[0])
        return ((order * 0x2000 + place) & 0x7FFF) << 16 | int(char.isupper())

    def j_next(self) -> int:
        if self.at >= len(self.text):
            return -1
        self.at += 1
        return self._element(self.text[self.at - 1])

    def j_previous(self) -> int:
        if self.at <= 0:
            return -1
        self.at -= 1
        return self._element(self.text[self.at])

    def j_reset(self) -> None:
        self.at = 0

    def j_getOffset(self) -> int:
        return self.at

    def j_setOffset(self, offset: int) -> None:
        self.at = min(max(offset, 0), len(self.text))

    def j_getMaxExpansion(self, order: int) -> int:
        return 1


def _rules(rules: str) -> Any:
    raise Unsupported("the Painless constructor [java.text.RuleBasedCollator, <init>/1]")




CONSTRUCTORS: dict[str, Any] = {"RuleBasedCollator/1": _rules}
STATICS: dict[str, Any] = {
    "Collator.getInstance/0": Collator,
    "Collator.getInstance/1": Collator,
    "CollationElementIterator.primaryOrder/1": lambda order: (order & 0xFFFFFFFF) >> 16,
    "CollationElementIterator.secondaryOrder/1": lambda order: order >> 8 & 0xFF,
    "CollationElementIterator.tertiaryOrder/1": lambda order: order & 0xFF,
}
CONSTANTS: dict[str, Any] = {
    "Collator.PRIMARY": 0,
    "Collator.SECONDARY": 1,
    "Collator.TERTIARY": 2,
    "Collator.IDENTICAL": 3,
    "Collator.NO_DECOMPOSITION": 0,
    "Collator.CANONICAL_DECOMPOSITION": 1,
    "Collator.FULL_DECOMPOSITION": 2,
    "CollationElementIterator.NULLORDER": -1,
}
