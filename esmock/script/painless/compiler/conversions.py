"""Casts in generated code."""

from __future__ import annotations

import ast
from typing import Any

from esmock import errors
from esmock.script.painless import casts
from esmock.script.painless.allowlist import PRIMITIVES
from esmock.script.painless.casts import INTEGERS, UNBOX
from esmock.script.painless.compiler.emit import Emitter, Value
from esmock.script.painless.failure import CompileFailure
from esmock.script.painless.runtime import convert, operators
from esmock.script.painless.runtime.values import Byte, Char, Float, Long, Short

_BOXERS: dict[str, Any] = {"long": Long, "float": Float, "byte": Byte, "short": Short, "char": Char}
_NARROW = {
    "byte": operators.to_byte,
    "short": operators.to_short,
    "char": operators.to_char,
    "int": operators.int32,
    "long": operators.int64,
}
_SIZES = {"byte": 1, "short": 2, "char": 2, "int": 3, "long": 4}


class Conversions(Emitter):
    """Adds ``cast``."""

    def cast(
        self, value: Value, expected: str, at: int, *, explicit: bool = False, internal: bool = False
    ) -> Value:
        """The value as the expected type. Raises CompileFailure when the language forbids it."""
        casts.check(self.lookup, at, value.type, expected, explicit=explicit, internal=internal)
        if value.type in (expected, "null"):
            return value
        if value.type == "def" and expected == "java.lang.Object":
            self.line = value.at if value.at >= 0 else at
            return Value(value.code, expected, at=value.at)
        kept = value.constant if value.type in PRIMITIVES and expected in PRIMITIVES else None
        folded = kept is not None or (value.type == casts.STRING and value.constant is not None and expected == "char")
        if not folded:
            self.line = value.at if value.at >= 0 else at
        return Value(self._convert(value, expected, explicit=explicit), expected, kept)

    def _convert(self, value: Value, expected: str, *, explicit: bool) -> ast.expr:
        actual, code = value.type, value.code
        if actual == "def":
            return code if expected == "void" else self._from_def(code, expected, explicit=explicit)
        if actual in PRIMITIVES:
            if expected in PRIMITIVES:
                return self.numeric(code, actual, expected, value.constant)
            if expected == casts.STRING:
                return self.call(chr, code)
            target = UNBOX.get(expected, actual)
            return self.box(self.numeric(code, actual, target, value.constant), target)
        if expected in PRIMITIVES:
            if actual == casts.STRING:
                if isinstance(value.constant, str) and len(value.constant) != 1:
                    raise CompileFailure(-1, errors.ClassCast(convert.NOT_ONE_CHARACTER))
                if isinstance(value.constant, str):
                    return self.bind(Char(ord(value.constant)))
                return self.call(convert.string_to_char, code)
            return self.call(convert.unboxer(actual, expected, value.because), code)
        if actual in UNBOX and expected in UNBOX:
            unboxed = self.call(convert.unboxer(actual, UNBOX[expected], value.because), code)
            return self.box(unboxed, UNBOX[expected])
        if self.lookup.is_subtype(actual, expected) or expected in ("def", casts.OBJECT):
            return code
        return self.call(convert.checked(expected, self.lookup.is_subtype), code)

    def box(self, code: ast.expr, primitive: str) -> ast.expr:
        """A primitive as an object."""
        boxer = _BOXERS.get(primitive)
        return self.call(boxer, code) if boxer is not None else code

    def boxed(self, value: Value) -> ast.expr:
        """The code of a value as an object, whatever its type."""
        return self.box(value.code, value.type)

    def numeric(self, code: ast.expr, actual: str, expected: str, constant: Any = None) -> ast.expr:
        """A primitive as another primitive."""
        if actual == expected:
            return code
        if actual in INTEGERS:
            if expected in INTEGERS:
                if actual == "char" and expected in ("int", "long"):
                    return self.call(int, code)
                if _SIZES[expected] > _SIZES[actual] and expected != "char":
                    return code
                return self.call(_NARROW[expected], code)
            if isinstance(constant, int) and expected == "double":
                return self.const(float(constant))
            return self.call(float if expected == "double" else operators.float32, code)
        if expected == "double":
            return code
        if expected == "float":
            return self.call(operators.float32, code)
        if expected == "long":
            return self.call(operators.to_long, code)
        whole = self.call(operators.to_int, code)
        return whole if expected == "int" else self.call(_NARROW[expected], whole)

    def _from_def(self, code: ast.expr, expected: str, *, explicit: bool) -> ast.expr:
        converter = convert.from_def(expected, explicit)
        if converter is not None:
            return self.call(converter, code)
        if expected == casts.OBJECT:
            return code
        return self.call(convert.checked(expected, self.lookup.is_subtype), code)
