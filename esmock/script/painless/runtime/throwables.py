"""Java's exceptions as Python classes, so that a script's ``catch`` is Python's ``except``.

Only classes that a script can name or meet are here; ``to_error`` turns one into the error of the answer.
"""

from __future__ import annotations

from types import MappingProxyType
from typing import Any

from esmock import errors

_LANG = "java.lang."
_PARENTS = {
    "Exception": "Throwable",
    "Error": "Throwable",
    "CloneNotSupportedException": "Exception",
    "InterruptedException": "Exception",
    "ReflectiveOperationException": "Exception",
    "ClassNotFoundException": "ReflectiveOperationException",
    "IllegalAccessException": "ReflectiveOperationException",
    "InstantiationException": "ReflectiveOperationException",
    "NoSuchFieldException": "ReflectiveOperationException",
    "NoSuchMethodException": "ReflectiveOperationException",
    "RuntimeException": "Exception",
    "ArithmeticException": "RuntimeException",
    "ArrayStoreException": "RuntimeException",
    "ClassCastException": "RuntimeException",
    "EnumConstantNotPresentException": "RuntimeException",
    "IllegalArgumentException": "RuntimeException",
    "IllegalThreadStateException": "IllegalArgumentException",
    "NumberFormatException": "IllegalArgumentException",
    "IllegalMonitorStateException": "RuntimeException",
    "IllegalStateException": "RuntimeException",
    "IndexOutOfBoundsException": "RuntimeException",
    "ArrayIndexOutOfBoundsException": "IndexOutOfBoundsException",
    "StringIndexOutOfBoundsException": "IndexOutOfBoundsException",
    "NegativeArraySizeException": "RuntimeException",
    "NullPointerException": "RuntimeException",
    "SecurityException": "RuntimeException",
    "TypeNotPresentException": "RuntimeException",
    "UnsupportedOperationException": "RuntimeException",
    "StackOverflowError": "Error",
    "OutOfMemoryError": "Error",
    "invoke.WrongMethodTypeException": "RuntimeException",
    "java.util.ConcurrentModificationException": "RuntimeException",
    "java.util.EmptyStackException": "RuntimeException",
    "java.util.NoSuchElementException": "RuntimeException",
    "java.util.InputMismatchException": "java.util.NoSuchElementException",
    "java.util.MissingResourceException": "RuntimeException",
    "java.util.IllformedLocaleException": "RuntimeException",
    "java.util.TooManyListenersException": "Exception",
    "java.util.IllegalFormatException": "IllegalArgumentException",
    "java.util.DuplicateFormatFlagsException": "java.util.IllegalFormatException",
    "java.util.FormatFlagsConversionMismatchException": "java.util.IllegalFormatException",
    "java.util.IllegalFormatCodePointException": "java.util.IllegalFormatException",
    "java.util.IllegalFormatConversionException": "java.util.IllegalFormatException",
    "java.util.IllegalFormatFlagsException": "java.util.IllegalFormatException",
    "java.util.IllegalFormatPrecisionException": "java.util.IllegalFormatException",
    "java.util.IllegalFormatWidthException": "java.util.IllegalFormatException",
    "java.util.MissingFormatArgumentException": "java.util.IllegalFormatException",
    "java.util.MissingFormatWidthException": "java.util.IllegalFormatException",
    "java.util.UnknownFormatConversionException": "java.util.IllegalFormatException",
    "java.util.UnknownFormatFlagsException": "java.util.IllegalFormatException",
    "java.util.FormatterClosedException": "IllegalStateException",
    "java.util.regex.PatternSyntaxException": "IllegalArgumentException",
    "java.text.ParseException": "Exception",
    "java.time.DateTimeException": "RuntimeException",
    "java.time.format.DateTimeParseException": "java.time.DateTimeException",
    "java.time.temporal.UnsupportedTemporalTypeException": "java.time.DateTimeException",
    "java.time.zone.ZoneRulesException": "java.time.DateTimeException",
    "org.elasticsearch.painless.PainlessError": "Error",
    "org.elasticsearch.painless.PainlessExplainError": "Error",
    "org.elasticsearch.ElasticsearchException": "RuntimeException",
    "org.elasticsearch.ElasticsearchParseException": "RuntimeException",
    "org.elasticsearch.common.breaker.CircuitBreakingException": "RuntimeException",
}


class Throwable(Exception):
    """java.lang.Throwable.

    Args:
        message: Java's message, or None.
        cause: the Throwable behind it.
        origin: offset in the script of the ``new`` expression, when a script made it: its stack trace starts there.

    Attributes:
        frames: the Java frames above the script's own, as the answer shows them.
    """

    frames: tuple[str, ...] = ()

    java_class = "java.lang.Throwable"
    wire = errors.ApiError

    def __init__(self, message: str | None = None, cause: Throwable | None = None, *, origin: int | None = None) -> None:
        super().__init__(message)
        self.message = message
        self.cause = cause
        self.origin = origin
        self.extra: dict[str, Any] = {}


def _full(name: str) -> str:
    return name if name.startswith(("java.", "org.")) else _LANG + name


def _status(name: str, parents: dict[str, str]) -> int:
    while name in parents:
        if name == "IllegalArgumentException":
            return 400
        name = parents[name]
    return 500


def _build() -> dict[str, type[Throwable]]:
    out: dict[str, type[Throwable]] = {"java.lang.Throwable": Throwable}
    for name, parent in _PARENTS.items():
        full = _full(name)
        package, _, simple = full.rpartition(".")
        wire = type(
            simple,
            (errors.ApiError,),
            {"java": simple, "package": package, "is_elasticsearch": False, "status": _status(name, _PARENTS)},
        )
        out[full] = type(simple, (out[_full(parent)],), {"java_class": full, "wire": wire})
    return out


CLASSES: MappingProxyType[str, type[Throwable]] = MappingProxyType(_build())

ArithmeticError_ = CLASSES["java.lang.ArithmeticException"]
ClassCast = CLASSES["java.lang.ClassCastException"]
IllegalArgument = CLASSES["java.lang.IllegalArgumentException"]
IllegalState = CLASSES["java.lang.IllegalStateException"]
NumberFormat = CLASSES["java.lang.NumberFormatException"]
IndexOutOfBounds = CLASSES["java.lang.IndexOutOfBoundsException"]
ArrayIndexOutOfBounds = CLASSES["java.lang.ArrayIndexOutOfBoundsException"]
StringIndexOutOfBounds = CLASSES["java.lang.StringIndexOutOfBoundsException"]
NegativeArraySize = CLASSES["java.lang.NegativeArraySizeException"]
NullPointer = CLASSES["java.lang.NullPointerException"]
UnsupportedOperation = CLASSES["java.lang.UnsupportedOperationException"]
NoSuchElement = CLASSES["java.util.NoSuchElementException"]
EmptyStack = CLASSES["java.util.EmptyStackException"]
ConcurrentModification = CLASSES["java.util.ConcurrentModificationException"]
PatternSyntax = CLASSES["java.util.regex.PatternSyntaxException"]
DateTime = CLASSES["java.time.DateTimeException"]
DateTimeParse = CLASSES["java.time.format.DateTimeParseException"]
UnsupportedTemporalType = CLASSES["java.time.temporal.UnsupportedTemporalTypeException"]
ZoneRules = CLASSES["java.time.zone.ZoneRulesException"]
WrongMethodType = CLASSES["java.lang.invoke.WrongMethodTypeException"]
StackOverflow = CLASSES["java.lang.StackOverflowError"]
OutOfMemory = CLASSES["java.lang.OutOfMemoryError"]
PainlessError = CLASSES["org.elasticsearch.painless.PainlessError"]
PainlessExplain = CLASSES["org.elasticsearch.painless.PainlessExplainError"]
Elasticsearch = CLASSES["org.elasticsearch.ElasticsearchException"]
CircuitBreaking = CLASSES["org.elasticsearch.common.breaker.CircuitBreakingException"]
CircuitBreaking.wire = errors.CircuitBreaking
ParseException = CLASSES["java.text.ParseException"]


def to_error(thrown: Throwable) -> errors.ApiError:
    """The error that stands under ``caused_by`` for a thrown exception."""
    cause = to_error(thrown.cause) if thrown.cause is not None else None
    return thrown.wire(thrown.message, cause=cause, extra=thrown.extra)
