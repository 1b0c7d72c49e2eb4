"""Processors that turn one string into another. Docs: ingest processor reference."""

from __future__ import annotations

import re
from typing import Any, ClassVar

from esmock.errors import IllegalArgument, NullPointer, PatternSyntax
from esmock.ingest.configuration import Configuration
from esmock.ingest.document import IngestDocument
from esmock.ingest.java import class_name, text
from esmock.ingest.processor import Processor


class StringProcessor(Processor):
    """``field`` to ``target_field``; lists element by element."""

    def __init__(self, config: Configuration) -> None:
        super().__init__(config)
        self.field = config.string("field")
        self.ignore_missing = config.boolean("ignore_missing", False)
        self.target = config.string("target_field", self.field)

    def process(self, value: str) -> Any:
        """The new value."""
        raise NotImplementedError

    def execute(self, document: IngestDocument) -> None:
        value = document.get(self.field, ignore_missing=self.ignore_missing)
        if type(value) is str:
            changed: Any = self.process(value)
        elif isinstance(value, list):
            changed = [self._element(one) for one in value]
        else:
            value = document.text(self.field, ignore_missing=self.ignore_missing)
            if value is None:
                if self.ignore_missing:
                    return
                raise IllegalArgument(f"field [{self.field}] is null, cannot process it.")
            changed = self.process(value)
        document.set(self.target, changed)

    def _element(self, value: Any) -> Any:
        if isinstance(value, str):
            return self.process(value)
        if value is None:
            raise NullPointer('Cannot invoke "Object.getClass()" because "value" is null')
        raise IllegalArgument(
            f"value [{text(value)}] of type [{class_name(value)}] in list field [{self.field}] cannot be cast to [java.lang.String]"
        )


class Lowercase(StringProcessor):
    name: ClassVar[str] = "lowercase"

    def process(self, value: str) -> str:
        return value.lower()


class Uppercase(StringProcessor):
    name: ClassVar[str] = "uppercase"

    def process(self, value: str) -> str:
        return value.upper()


_TRIMMED = "".join(map(chr, range(33)))


class Trim(StringProcessor):
    name: ClassVar[str] = "trim"

    def process(self, value: str) -> str:
        return value.strip(_TRIMMED)


class Bytes(StringProcessor):
    """``1kb`` to 1024."""

    name: ClassVar[str] = "bytes"

    def process(self, value: str) -> int:
        from esmock.xcontent.java_number import parse_long
        from esmock.xcontent.units import byte_sizes, parse_byte_size

        plain = value.strip().lower()
        if plain.endswith("b") and plain[-2:-1] not in tuple("kmgtp"):
            parse_long(plain[:-1].strip())

        return parse_byte_size(value, "Ingest Field", sizes=byte_sizes(self.environment.behaviour))


class HtmlStrip(StringProcessor):
    name: ClassVar[str] = "html_strip"

    def process(self, value: str) -> str:
        if "<" not in value or ">" not in value:
            return value
        from esmock.ingest.stripping import strip_html

        return strip_html(value)


_ESCAPE = re.compile(r"(?:%[0-9a-fA-F]{2})+")
_PERCENT = re.compile(r"%(?![0-9a-fA-F]{2})")


class UrlDecode(StringProcessor):
    name: ClassVar[str] = "urldecode"

    def process(self, value: str) -> str:
        from urllib.parse import unquote_plus

        bad = _PERCENT.search(value)
        if bad is not None:
            digits = value[bad.end() : bad.end() + 2]
            if len(digits) < 2:
                raise IllegalArgument("URLDecoder: Incomplete trailing escape (%) pattern")
            at = next(place for place, char in enumerate(digits) if char not in "0123456789abcdefABCDEF")
            raise IllegalArgument(
                f"URLDecoder: Illegal hex characters in escape (%) pattern - Error at index {at} in: \"{digits}\""
            )
        return unquote_plus(value, errors="replace")


class Gsub(StringProcessor):
    """Replace what a Java regular expression matches."""

    name: ClassVar[str] = "gsub"

    def __init__(self, config: Configuration) -> None:
        super().__init__(config)
        from esmock.analysis.java_pattern import compile_java
        from esmock.analysis.java_replacement import compile_replacement

        pattern = config.string("pattern")
        replacement = config.string("replacement")
        try:
            self._pattern = compile_java(pattern)
        except PatternSyntax as error:
            raise config.error("pattern", f"Invalid regex pattern. {error.reason}") from None
        self._parts = compile_replacement(replacement, self._pattern)

    def process(self, value: str) -> str:
        from esmock.analysis.java_pattern import replace_all
        from esmock.analysis.java_replacement import expand

        return replace_all(self._pattern, lambda match: expand(self._parts, match), value)


PROCESSORS = (Bytes, Gsub, HtmlStrip, Lowercase, Trim, Uppercase, UrlDecode)
