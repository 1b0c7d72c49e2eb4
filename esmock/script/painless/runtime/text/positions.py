"""java.text's positions and attributes: ParsePosition, FieldPosition, the Field constants, Annotation."""

from __future__ import annotations

from typing import Any

from esmock.script.painless.runtime import throwables as t


class ParsePosition:
    java_class = "java.text.ParsePosition"

    def __init__(self, index: int) -> None:
        self.index, self.error = index, -1

    def j_getIndex(self) -> int:
        return self.index

    def j_setIndex(self, index: int) -> None:
        self.index = index

    def j_getErrorIndex(self) -> int:
        return self.error

    def j_setErrorIndex(self, index: int) -> None:
        self.error = index

    def j_equals(self, other: Any) -> bool:
        return isinstance(other, ParsePosition) and (self.index, self.error) == (other.index, other.error)

    def j_hashCode(self) -> int:
        return (self.error << 16) | self.index

    def j_toString(self) -> str:
        return f"java.text.ParsePosition[index={self.index},errorIndex={self.error}]"


class FieldPosition:
    java_class = "java.text.FieldPosition"

    def __init__(self, field: Any, number: int | None = None) -> None:
        self.attribute = field if isinstance(field, Attribute) else None
        self.field = number if number is not None else field if isinstance(field, int) else -1
        self.begin = self.end = 0

    def j_getField(self) -> int:
        return self.field

    def j_getFieldAttribute(self) -> Any:
        return self.attribute

    def j_getBeginIndex(self) -> int:
        return self.begin

    def j_getEndIndex(self) -> int:
        return self.end

    def j_setBeginIndex(self, index: int) -> None:
        self.begin = index

    def j_setEndIndex(self, index: int) -> None:
        self.end = index

    def j_toString(self) -> str:
        attribute = self.attribute.j_toString() if self.attribute is not None else "null"
        return (
            f"java.text.FieldPosition[field={self.field},attribute={attribute},beginIndex={self.begin},endIndex={self.end}]"
        )


class Attribute:
    """AttributedCharacterIterator.Attribute and the Field classes of the formats."""

    java_class = "java.text.AttributedCharacterIterator.Attribute"

    def __init__(self, name: str, kind: str = "java.text.AttributedCharacterIterator$Attribute") -> None:
        self.name, self._kind = name, kind

    def j_toString(self) -> str:
        return f"{self._kind}({self.name})"


class DateField(Attribute):
    java_class = "java.text.DateFormat.Field"

    def __init__(self, name: str, calendar_field: int) -> None:
        super().__init__(name, "java.text.DateFormat$Field")
        self.calendar_field = calendar_field

    def j_getCalendarField(self) -> int:
        return self.calendar_field


class NumberField(Attribute):
    java_class = "java.text.NumberFormat.Field"

    def __init__(self, name: str) -> None:
        super().__init__(name, "java.text.NumberFormat$Field")


class MessageField(Attribute):
    java_class = "java.text.MessageFormat.Field"

    def __init__(self, name: str) -> None:
        super().__init__(name, "java.text.MessageFormat$Field")


class Annotation:
    java_class = "java.text.Annotation"

    def __init__(self, value: Any) -> None:
        self.value = value

    def j_getValue(self) -> Any:
        return self.value

    def j_toString(self) -> str:
        from esmock.script.painless.runtime.values import to_text

        return f"java.text.Annotation[value={to_text(self.value)}]"


_DATE_FIELDS = {
    name: DateField(label, number)
    for name, label, number in (
        ("ERA", "era", 0),
        ("YEAR", "year", 1),
        ("MONTH", "month", 2),
        ("DAY_OF_MONTH", "day of month", 5),
        ("HOUR_OF_DAY1", "hour of day 1", -1),
        ("HOUR_OF_DAY0", "hour of day", 11),
        ("MINUTE", "minute", 12),
        ("SECOND", "second", 13),
        ("MILLISECOND", "millisecond", 14),
        ("DAY_OF_WEEK", "day of week", 7),
        ("DAY_OF_YEAR", "day of year", 6),
        ("DAY_OF_WEEK_IN_MONTH", "day of week in month", 8),
        ("WEEK_OF_YEAR", "week of year", 3),
        ("WEEK_OF_MONTH", "week of month", 4),
        ("AM_PM", "am pm", 9),
        ("HOUR1", "hour 1", -1),
        ("HOUR0", "hour", 10),
        ("TIME_ZONE", "time zone", -1),
    )
}


def _of_calendar_field(number: int) -> DateField | None:
    if not 0 <= number <= 16:
        raise t.IllegalArgument(f"Unknown Calendar constant {number}")
    return next((one for one in _DATE_FIELDS.values() if one.calendar_field == number), None)


CONSTRUCTORS: dict[str, Any] = {
    "ParsePosition/1": ParsePosition,
    "FieldPosition/1": FieldPosition,
    "FieldPosition/2": FieldPosition,
    "Annotation/1": Annotation,
}
STATICS: dict[str, Any] = {"DateFormat.Field.ofCalendarField/1": _of_calendar_field}
_NUMBER_FIELDS = (
    "INTEGER:integer FRACTION:fraction EXPONENT:exponent DECIMAL_SEPARATOR:decimal_separator SIGN:sign "
    "GROUPING_SEPARATOR:grouping_separator EXPONENT_SYMBOL:exponent_symbol PERCENT:percent PERMILLE:per_mille "
    "CURRENCY:currency EXPONENT_SIGN:exponent_sign"
)
CONSTANTS: dict[str, Any] = (
    {f"DateFormat.Field.{name}": one for name, one in _DATE_FIELDS.items()}
    | {
        f"NumberFormat.Field.{name}": NumberField(label.replace("_", " "))
        for name, _, label in (part.partition(":") for part in _NUMBER_FIELDS.split())
    }
    | {
        "MessageFormat.Field.ARGUMENT": MessageField("message argument field"),
        "AttributedCharacterIterator.Attribute.LANGUAGE": Attribute("language"),
        "AttributedCharacterIterator.Attribute.READING": Attribute("reading"),
        "AttributedCharacterIterator.Attribute.INPUT_METHOD_SEGMENT": Attribute("input_method_segment"),
        "NumberFormat.INTEGER_FIELD": 0,
        "NumberFormat.FRACTION_FIELD": 1,
    }
)
METHODS: dict[str, Any] = {"ParseException.getErrorOffset/0": lambda error: getattr(error, "offset", 0)}
