"""java.text.MessageFormat and ChoiceFormat."""

from __future__ import annotations

import math
from typing import Any

from esmock.script.painless.runtime import throwables as t
from esmock.script.painless.runtime.text import dates, numbers
from esmock.script.painless.runtime.text.format import Format
from esmock.script.painless.runtime.util.date import Date
from esmock.script.painless.runtime.util.locale import DEFAULT
from esmock.script.painless.runtime.values import Char, JavaArray, to_text


def next_double(value: float, up: bool = True) -> float:
    return math.nextafter(value, math.inf if up else -math.inf)


class ChoiceFormat(Format):
    """A text for each interval of numbers, from a limit on."""

    java_class = "java.text.ChoiceFormat"

    def __init__(self, *given: Any) -> None:
        self.limits: list[float] = []
        self.texts: list[str] = []
        if len(given) == 1:
            self.j_applyPattern(given[0])
        else:
            self.j_setChoices(*given)

    def j_applyPattern(self, pattern: str) -> None:
        limits: list[float] = []
        texts: list[str] = []
        for part in _split(pattern, "|"):
            at = next((i for i, char in enumerate(part) if char in "#<\u2264"), -1)
            if at < 0:
                continue
            number = part[:at].strip()
            try:
                limit = math.inf if number == "\u221e" else -math.inf if number == "-\u221e" else float(number)
            except ValueError:
                raise t.IllegalArgument(None) from None
            limit = next_double(limit) if part[at] == "<" and math.isfinite(limit) else limit
            if limits and limit <= limits[-1]:
                raise t.IllegalArgument(None)
            limits.append(limit)
            texts.append(part[at + 1 :].replace("''", "\0").replace("'", "").replace("\0", "'"))
        self.limits, self.texts = limits, texts

    def j_setChoices(self, limits: Any, texts: Any) -> None:
        if len(limits) != len(texts):
            raise t.IllegalArgument("Input arrays must be of the same length.")
        self.limits, self.texts = list(limits), list(texts)

    def j_getLimits(self) -> JavaArray:
        return JavaArray("double", self.limits)

    def j_getFormats(self) -> JavaArray:
        return JavaArray("java.lang.String", self.texts)

    def j_toPattern(self) -> str:
        out = []
        for limit, text in zip(self.limits, self.texts, strict=True):
            less = next_double(limit, False)
            first, second = abs(math.remainder(limit, 1.0)), abs(math.remainder(less, 1.0))
            shown = f"{to_text(float(limit))}#" if first <= second else f"{to_text(float(less))}<"
            quote = any(char in text for char in "<#\u2264|")
            body = text.replace("'", "''")
            out.append(shown + (f"'{body}'" if quote else body))
        return "|".join(out)

    def write(self, value: Any) -> str:
        if not isinstance(value, int | float) or isinstance(value, bool | Char):
            raise t.IllegalArgument("Cannot format given Object as a Number")
        at = 0
        while at < len(self.limits) and value >= self.limits[at]:
            at += 1
        return self.texts[max(at - 1, 0)]

    def unparsable(self, text: str) -> str:
        return f'Unparseable number: "{text}"'

    def read(self, text: str, at: int) -> tuple[Any, int]:
        best = max((i for i, one in enumerate(self.texts) if text.startswith(one, at)), key=lambda i: len(self.texts[i]), default=-1)
        return (None, ~at) if best < 0 else (self.limits[best], at + len(self.texts[best]))

    def j_equals(self, other: Any) -> bool:
        return isinstance(other, ChoiceFormat) and (self.limits, self.texts) == (other.limits, other.texts)


def _split(pattern: str, mark: str) -> list[str]:
    """Parts between marks that are not quoted."""
    out, quoted = [""], False
    for char in pattern:
        quoted ^= char == "'"
        if char == mark and not quoted:
            out.append("")
        else:
            out[-1] += char
    return out


class MessageFormat(Format):
    """Text with the numbers of arguments and how each is formatted."""

    java_class = "java.text.MessageFormat"

    def __init__(self, pattern: str, locale: Any = DEFAULT) -> None:
        self.locale = locale
        self.literals: list[str] = []
        self.arguments: list[int] = []
        self.formats: list[Any] = []
        self.j_applyPattern(pattern)

    def j_applyPattern(self, pattern: str) -> None:
        if pattern is None:
            raise t.NullPointer(None)
        self.literals, self.arguments, self.formats = [""], [], []
        at, quoted, depth, piece = 0, False, 0, ""
        while at < len(pattern):
            char = pattern[at]
            at += 1
            if char == "'" and depth == 0:
                if pattern[at : at + 1] == "'":
                    self.literals[-1] += "'"
                    at += 1
                else:
                    quoted = not quoted
            elif depth == 0 and (quoted or char != "{"):
                self.literals[-1] += char
            elif char == "{" and not quoted:
                depth += 1
                piece += char if depth > 1 else ""
            elif char == "}" and not quoted:
                depth -= 1
                if depth == 0:
                    self._argument(piece)
                    piece = ""
                else:
                    piece += char
            else:
                quoted ^= char == "'"
                piece += char
        if depth:
            raise t.IllegalArgument("Unmatched braces in the pattern.")

    def _argument(self, piece: str) -> None:
        number, _, rest = piece.partition(",")
        try:
            index = int(number)
        except ValueError:
            raise t.IllegalArgument(f"can't parse argument number: {number}", t.NumberFormat(_unreadable(number))) from None
        if index < 0:
            raise t.IllegalArgument(f"negative argument number: {number}")
        kind, _, style = rest.partition(",")
        self.arguments.append(index)
        self.formats.append(self._made(kind.strip().lower(), style, kind))
        self.literals.append("")

    def _made(self, kind: str, style: str, shown: str) -> Any:
        plain = style.strip().lower()
        if not kind:
            return None
        if kind == "number":
            at = {"": 0, "currency": 1, "percent": 2, "integer": 3}.get(plain)
            if at is not None:
                return numbers._instance(at)(self.locale)
            return numbers.DecimalFormat(style, numbers.DecimalFormatSymbols(self.locale))
        if kind in ("date", "time"):
            styles = {"": 2, "short": 3, "medium": 2, "long": 1, "full": 0}
            make = dates._instance(kind == "date", kind == "time")
            return make(styles[plain], self.locale) if plain in styles else dates.SimpleDateFormat(style, self.locale)
        if kind == "choice":
            try:
                return ChoiceFormat(style)
            except t.IllegalArgument as cause:
                raise t.IllegalArgument(f"Choice Pattern incorrect: {style}", cause) from None
        raise t.IllegalArgument(f"unknown format type: {shown}")

    def write(self, value: Any) -> str:
        values = list(value) if value is not None else None
        out = [self.literals[0]]
        for index, own, literal in zip(self.arguments, self.formats, self.literals[1:], strict=True):
            out.append(self._one(index, own, values))
            out.append(literal)
        return "".join(out)

    def _one(self, index: int, own: Any, values: list[Any] | None) -> str:
        if values is None or index >= len(values):
            return f"{{{index}}}"
        value = values[index]
        if value is None:
            return "null"
        if own is not None:
            text = own.write(value)
            if isinstance(own, ChoiceFormat) and "{" in text:
                return MessageFormat(text, self.locale).write(values)
            return str(text)
        if isinstance(value, int | float) and not isinstance(value, bool | Char):
            return str(numbers._instance(0)(self.locale).write(value))
        if isinstance(value, Date):
            return str(dates._instance(True, True)(3, 3, self.locale).write(value))
        return to_text(value)

    def unparsable(self, text: str) -> str:
        return "MessageFormat parse error!"

    def read(self, text: str, at: int) -> tuple[Any, int]:
        out: list[Any] = [None] * (max(self.arguments, default=-1) + 1)
        if not text.startswith(self.literals[0], at):
            return None, ~at
        at += len(self.literals[0])
        for index, own, literal in zip(self.arguments, self.formats, self.literals[1:], strict=True):
            if own is not None:
                found, end = own.read(text, at)
                if end < 0:
                    return None, end
            else:
                end = text.find(literal, at) if literal else len(text)
                if end < 0:
                    return None, ~at
                found = text[at:end]
                found = None if found == f"{{{index}}}" else found
            if not text.startswith(literal, end):
                return None, ~end
            out[index], at = found, end + len(literal)
        return JavaArray("java.lang.Object", out), at

    def j_toPattern(self) -> str:
        out = [_quoted(self.literals[0])]
        for index, own, literal in zip(self.arguments, self.formats, self.literals[1:], strict=True):
            out.append(f"{{{index}{self._shown(own)}}}")
            out.append(_quoted(literal))
        return "".join(out)

    def _shown(self, own: Any) -> str:
        if own is None:
            return ""
        if isinstance(own, ChoiceFormat):
            return f",choice,{own.j_toPattern()}"
        if isinstance(own, numbers.DecimalFormat):
            for at, name in enumerate(("", "currency", "percent", "integer")):
                if own.j_equals(numbers._instance(at)(self.locale)):
                    return ",number" + (f",{name}" if name else "")
            return f",number,{own.j_toPattern()}"
        for kind in ("date", "time"):
            for style, name in ((2, ""), (3, "short"), (1, "long"), (0, "full")):
                if own.pattern == dates._instance(kind == "date", kind == "time")(style, self.locale).pattern:
                    return f",{kind}" + (f",{name}" if name else "")
        return f",date,{own.pattern}"

    def j_getLocale(self) -> Any:
        return self.locale

    def j_setLocale(self, locale: Any) -> None:
        self.locale = locale

    def j_getFormats(self) -> JavaArray:
        return JavaArray("java.text.Format", self.formats)

    def j_getFormatsByArgumentIndex(self) -> JavaArray:
        out: list[Any] = [None] * (max(self.arguments, default=-1) + 1)
        for index, own in zip(self.arguments, self.formats, strict=True):
            out[index] = own
        return JavaArray("java.text.Format", out)

    def j_setFormat(self, at: int, own: Any) -> None:
        if not 0 <= at < len(self.formats):
            raise t.ArrayIndexOutOfBounds(str(at))
        self.formats[at] = own

    def j_setFormatByArgumentIndex(self, index: int, own: Any) -> None:
        self.formats = [own if at == index else old for at, old in zip(self.arguments, self.formats, strict=True)]

    def j_setFormats(self, formats: Any) -> None:
        self.formats[: len(formats)] = list(formats)[: len(self.formats)]

    def j_setFormatsByArgumentIndex(self, formats: Any) -> None:
        for index, own in enumerate(formats):
            self.j_setFormatByArgumentIndex(index, own)

    def j_equals(self, other: Any) -> bool:
        return isinstance(other, MessageFormat) and self.j_toPattern() == other.j_toPattern()


def _quoted(text: str) -> str:
    text = text.replace("'", "''")
    return "".join(f"'{char}'" if char == "{" else char for char in text)


def _unreadable(text: str) -> str:
    return f'For input string: "{text}"'


def _format(pattern: str, values: Any) -> str:
    return MessageFormat(pattern).write(values)


CONSTRUCTORS: dict[str, Any] = {
    "ChoiceFormat/1": ChoiceFormat,
    "ChoiceFormat/2": ChoiceFormat,
    "MessageFormat/1": MessageFormat,
    "MessageFormat/2": MessageFormat,
}
STATICS: dict[str, Any] = {
    "ChoiceFormat.nextDouble/1": next_double,
    "ChoiceFormat.nextDouble/2": next_double,
    "ChoiceFormat.previousDouble/1": lambda value: next_double(value, False),
    "MessageFormat.format/2": _format,
}
