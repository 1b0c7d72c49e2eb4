"""java.text.StringCharacterIterator, AttributedString and Normalizer."""

from __future__ import annotations

import unicodedata
from typing import Any

from esmock.script.painless.runtime import throwables as t
from esmock.script.painless.runtime.containers import JavaSet
from esmock.script.painless.runtime.enums import JavaEnum, constants_of, enum_constants, enum_statics
from esmock.script.painless.runtime.values import Char, HashMap, text_of

DONE = Char(0xFFFF)


class StringCharacterIterator:
    """A place in a text between two bounds."""

    java_class = "java.text.StringCharacterIterator"

    def __init__(self, text: str, *bounds: int) -> None:
        if text is None:
            raise t.NullPointer(None)
        self.text = text
        self.begin, self.end, self.at = (bounds if len(bounds) == 3 else (0, len(text), bounds[0] if bounds else 0))
        if not 0 <= self.begin <= self.end <= len(text):
            raise t.IllegalArgument("Invalid substring range")
        if not self.begin <= self.at <= self.end:
            raise t.IllegalArgument("Invalid position")

    def j_setText(self, text: str) -> None:
        self.__init__(text)  # type: ignore[misc]

    def j_current(self) -> Char:
        return Char(ord(self.text[self.at])) if self.begin <= self.at < self.end else DONE

    def j_first(self) -> Char:
        self.at = self.begin
        return self.j_current()

    def j_last(self) -> Char:
        self.at = max(self.end - 1, self.begin) if self.end != self.begin else self.end
        return self.j_current()

    def j_next(self) -> Char:
        self.at = min(self.at + 1, self.end)
        return self.j_current()

    def j_previous(self) -> Char:
        if self.at <= self.begin:
            return DONE
        self.at -= 1
        return self.j_current()

    def j_setIndex(self, index: int) -> Char:
        if not self.begin <= index <= self.end:
            raise t.IllegalArgument("Invalid index")
        self.at = index
        return self.j_current()

    def j_getIndex(self) -> int:
        return self.at

    def j_getBeginIndex(self) -> int:
        return self.begin

    def j_getEndIndex(self) -> int:
        return self.end

    def j_clone(self) -> Any:
        made = StringCharacterIterator(self.text, self.begin, self.end, self.at)
        made.__class__ = type(self)
        vars(made).update(vars(self))
        return made


class AttributedIterator(StringCharacterIterator):
    """AttributedCharacterIterator: runs of characters with the same attributes."""

    java_class = "java.text.AttributedString.AttributedStringIterator"
    java_parents = ("java.text.AttributedCharacterIterator",)

    def __init__(self, owner: AttributedString, begin: int, end: int) -> None:
        super().__init__(owner.text, begin, end, begin)
        self._owner = owner

    def _at(self, index: int, names: Any = None) -> list[tuple[Any, Any]]:
        values = self._owner.values[index] if index < len(self._owner.values) else {}
        return [(key, value) for key, value in values.items() if names is None or key in names]

    def _run(self, names: Any, step: int) -> int:
        at, own = self.at, self._at(self.at, names)
        while self.begin <= at + step < self.end and self._at(at + step, names) == own:
            at += step
        return at if step < 0 else min(at + 1, self.end)

    def j_getRunStart(self, names: Any = None) -> int:
        return self._run(_names(names), -1)

    def j_getRunLimit(self, names: Any = None) -> int:
        return self._run(_names(names), 1)

    def j_getAttributes(self) -> Any:
        return HashMap(self._at(self.at))

    def j_getAttribute(self, name: Any) -> Any:
        return dict(self._at(self.at)).get(name)

    def j_getAllAttributeKeys(self) -> JavaSet:
        return JavaSet(key for index in range(self.begin, self.end) for key, _ in self._at(index))


def _names(given: Any) -> Any:
    return None if given is None else tuple(given) if not hasattr(given, "j_toString") else (given,)


class AttributedString:
    java_class = "java.text.AttributedString"

    def __init__(self, text: str, attributes: Any = None) -> None:
        if text is None:
            raise t.NullPointer(None)
        self.text = text
        self.values: list[dict[Any, Any]] = [{} for _ in text]
        for key, value in (attributes or {}).items():
            self.j_addAttribute(key, value)

    def j_addAttribute(self, name: Any, value: Any, begin: int = 0, end: int | None = None) -> None:
        end = len(self.text) if end is None else end
        if not self.text or not 0 <= begin < end <= len(self.text):
            whole = begin == 0 and end == len(self.text)
            raise t.IllegalArgument("Can't add attribute to 0-length text" if whole else "Invalid substring range")
        for at in range(begin, end):
            self.values[at][name] = value

    def j_addAttributes(self, attributes: Any, begin: int, end: int) -> None:
        for key, value in attributes.items():
            self.j_addAttribute(key, value, begin, end)

    def j_getIterator(self, names: Any = None, begin: int = 0, end: int | None = None) -> AttributedIterator:
        return AttributedIterator(self, begin, len(self.text) if end is None else end)


class Form(JavaEnum):
    java_class = "java.text.Normalizer.Form"
    __slots__ = ()


_FORMS = constants_of(Form, "NFD NFC NFKD NFKC")
_NULL_FORM = 'Cannot invoke "java.text.Normalizer$Form.ordinal()" because "{}" is null'


def _normalize(text: Any, form: Any) -> str:
    if form is None:
        raise t.NullPointer(_NULL_FORM.format("form"))
    return unicodedata.normalize(form.name, text_of(text))


def _is_normalized(text: Any, form: Any) -> bool:
    return unicodedata.is_normalized(form.name, text_of(text))


CONSTRUCTORS: dict[str, Any] = {f"StringCharacterIterator/{count}": StringCharacterIterator for count in (1, 2, 4)} | {
    "AttributedString/1": AttributedString,
    "AttributedString/2": AttributedString,
}
STATICS: dict[str, Any] = {
    "Normalizer.normalize/2": _normalize,
    "Normalizer.isNormalized/2": _is_normalized,
} | enum_statics(_FORMS)
CONSTANTS: dict[str, Any] = {"CharacterIterator.DONE": DONE} | enum_constants(_FORMS)
