"""What the library's exceptions know beside their message, and java.lang.StackTraceElement."""

from __future__ import annotations

from typing import Any

from esmock.script.painless.runtime.values import Char, JavaArray


class StackTraceElement:
    java_class = "java.lang.StackTraceElement"

    def __init__(self, class_name: str, method: str, file: str | None, line: int) -> None:
        self.class_name, self.method, self.file, self.line = class_name, method, file, line

    def j_getClassName(self) -> str:
        return self.class_name

    def j_getMethodName(self) -> str:
        return self.method

    def j_getFileName(self) -> str | None:
        return self.file

    def j_getLineNumber(self) -> int:
        return self.line

    def j_isNativeMethod(self) -> bool:
        return self.line == -2

    def j_equals(self, other: Any) -> bool:
        return isinstance(other, StackTraceElement) and vars(self) == vars(other)

    def j_toString(self) -> str:
        if self.j_isNativeMethod():
            where = "Native Method"
        elif self.file is None:
            where = "Unknown Source"
        else:
            where = self.file + (f":{self.line}" if self.line >= 0 else "")
        return f"{self.class_name}.{self.method}({where})"


def _detail(name: str, default: Any = None) -> Any:
    return lambda error: getattr(error, name, default)


def _stack(error: Any) -> JavaArray:
    """Differs: the frames of a script are not told, only that it was one."""
    return JavaArray("java.lang.StackTraceElement", [])


METHODS: dict[str, Any] = {
    "Exception.getStackTrace/0": _stack,
    "EnumConstantNotPresentException.constantName/0": _detail("constant"),
    "TypeNotPresentException.typeName/0": _detail("type_name"),
    "DuplicateFormatFlagsException.getFlags/0": _detail("flags"),
    "FormatFlagsConversionMismatchException.getConversion/0": _detail("conversion", Char(0)),
    "FormatFlagsConversionMismatchException.getFlags/0": _detail("flags"),
    "IllegalFormatCodePointException.getCodePoint/0": _detail("number", 0),
    "IllegalFormatConversionException.getConversion/0": _detail("conversion", Char(0)),
    "IllegalFormatFlagsException.getFlags/0": _detail("flags"),
    "IllegalFormatPrecisionException.getPrecision/0": _detail("number", 0),
    "IllegalFormatWidthException.getWidth/0": _detail("number", 0),
    "MissingFormatArgumentException.getFormatSpecifier/0": _detail("specifier"),
    "MissingFormatWidthException.getFormatSpecifier/0": _detail("specifier"),
    "UnknownFormatConversionException.getConversion/0": _detail("conversion"),
    "UnknownFormatFlagsException.getFlags/0": _detail("flags"),
}
CONSTRUCTORS: dict[str, Any] = {"StackTraceElement/4": StackTraceElement}
