"""java.text.Format: what all formats share."""

from __future__ import annotations

import copy
from typing import Any

from esmock.script.painless.runtime import throwables as t
from esmock.script.painless.runtime.text.positions import FieldPosition, ParsePosition
from esmock.script.painless.runtime.values import text_of


def parse_failure(message: str, offset: int) -> t.Throwable:
    """A ParseException."""
    raised = t.ParseException(message)
    raised.offset = offset  # type: ignore[attr-defined]
    return raised


class Format:
    """A format ``write``s an object and ``read``s one at a position: (object, end), or (None, ``~error``)."""

    java_class = "java.text.Format"

    def write(self, value: Any) -> str:
        raise NotImplementedError

    def read(self, text: str, at: int) -> tuple[Any, int]:
        raise NotImplementedError

    def unparsable(self, text: str) -> str:
        return "Format.parseObject(String) failed"

    def j_format(self, value: Any, buffer: Any = None, position: FieldPosition | None = None) -> Any:
        text = self.write(value)
        return text if buffer is None else buffer.j_append(text)

    def j_parseObject(self, text: Any, position: ParsePosition | None = None) -> Any:
        found, end = self.read(text_of(text), position.index if position is not None else 0)
        if position is None:
            if end <= 0:
                raise parse_failure("Format.parseObject(String) failed", ~end if end < 0 else 0)
            return found
        if end < 0:
            position.error = ~end
            return None
        position.index = end
        return found

    def j_parse(self, text: Any, position: ParsePosition | None = None) -> Any:
        if position is not None:
            return self.j_parseObject(text, position)
        found, end = self.read(text_of(text), 0)
        if end <= 0:
            raise parse_failure(self.unparsable(text_of(text)), ~end if end < 0 else 0)
        return found

    def j_formatToCharacterIterator(self, value: Any) -> Any:
        from esmock.script.painless.runtime.text.attributed import AttributedString

        return AttributedString(self.write(value)).j_getIterator()

    def j_clone(self) -> Any:
        return copy.copy(self)


class TemporalFormat(Format):
    """What DateTimeFormatter.toFormat makes."""

    java_class = "java.time.format.DateTimeFormatter.ClassicFormat"
    java_parents = ("java.text.Format",)

    def __init__(self, formatter: Any, query: Any = None) -> None:
        self._formatter, self._query = formatter, query

    def write(self, value: Any) -> str:
        if not hasattr(value, "j_getLong"):
            raise t.IllegalArgument("Format target must implement TemporalAccessor")
        try:
            return str(self._formatter.j_format(value))
        except t.DateTime as cause:
            raise t.IllegalArgument(cause.message, cause) from None

    def j_parseObject(self, text: Any, position: ParsePosition | None = None) -> Any:
        if position is None:
            try:
                return self._formatter.j_parse(text, self._query)
            except t.DateTimeParse as cause:
                raise parse_failure(cause.message or "", getattr(cause, "index", 0)) from None
        parsed = self._formatter.j_parseUnresolved(text, position)
        if parsed is None:
            return None
        parsed.resolve(self._formatter.resolver)
        return parsed if self._query is None else self._query(parsed)

    def j_toString(self) -> str:
        return f"java.time.format.DateTimeFormatter$ClassicFormat@{id(self) & 0xFFFFFFF:x}"
