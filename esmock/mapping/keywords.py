"""Relatives of keyword: wildcard, constant_keyword, version. Docs: keyword family, version.

Source: documentation pages; of 8.19.21 and 7.17.29 no engine with these modules was at hand.
"""

from __future__ import annotations

import re
from typing import Any

from esmock.errors import IllegalArgument, MapperParsing
from esmock.mapping.exact import ignore_above, need_scalar
from esmock.mapping.field import ORDINALS, Field
from esmock.mapping.parameter import Parameter, Place, java_text, meta, string
from esmock.xcontent.java_length import is_longer

Json = Any


class Wildcard(Field):
    """Text for wildcard and regexp searches, scored as a constant. Docs: keyword, wildcard field type."""

    name = "wildcard"
    family = "keyword"
    column_kind = ORDINALS
    takes_patterns = True
    parameters = (
        string("null_value", None, allows_null=True),
        ignore_above(),
        meta(),
    )
    __slots__ = ("ignore_above",)

    def setup(self) -> None:
        self.ignore_above = self.get("ignore_above")

    @property
    def has_doc_values(self) -> bool:
        return True

    def check(self, value: Json) -> None:
        need_scalar(value)

    def column_values(self, values: list[Json]) -> list[str]:
        texts = [value if isinstance(value, str) else java_text(value) for value in values]
        return [text for text in texts if not is_longer(text, self.ignore_above)]

    def term(self, value: Json) -> str:
        return java_text(value)


def _constant(value: Json, place: Place) -> str:
    if isinstance(value, bool | int | float | str):
        return java_text(value)
    leaf = place.path.rsplit(".", 1)[-1]
    raise MapperParsing(f"Property [value] on field [{leaf}] must be a number or a string, but got [{java_text(value)}]")


class ConstantKeyword(Field):
    """One value for all documents of an index. Docs: keyword, constant keyword field type."""

    name = "constant_keyword"
    learns = True
    family = "keyword"
    column_kind = ORDINALS
    takes_patterns = True
    parameters = (Parameter("value", None, _constant), meta())
    __slots__ = ()

    @property
    def has_doc_values(self) -> bool:
        return True

    @property
    def constant(self) -> str | None:
        """The value of every document; None until one is known."""
        found = self.get("value")
        return None if found is None else str(found)

    def learned(self, value: Json) -> ConstantKeyword | None:
        """The field once the first document has told the value."""
        if self.constant is not None:
            return None
        given = {**self.given, "value": java_text(value)}
        return ConstantKeyword(self.path, given, self.context, copy_to=self.copy_to, source_path=self.source_path)

    def may_change(self, parameter: Parameter, mine: Any, theirs: Any) -> bool:
        return parameter.name == "value" and (mine is None or theirs is None)

    def merged_parameters(self, other: Field) -> dict[str, Any]:
        kept = {} if self.constant is None else {"value": self.constant}
        return {**kept, **other.given}

    def check(self, value: Json) -> None:
        need_scalar(value)
        if self.constant is not None and java_text(value) != self.constant:
            raise IllegalArgument(
                f"[constant_keyword] field [{self.path}] only accepts values that are equal to the value defined in the mappings "
                f"[{self.constant}], but got [{java_text(value)}]"
            )

    def column_values(self, values: list[Json]) -> list[str]:
        return [] if self.constant is None else [self.constant]

    def term(self, value: Json) -> str:
        return java_text(value)


_VERSION = re.compile(r"(\d+(?:\.\d+)*)(?:-([0-9A-Za-z.-]+))?(?:\+([0-9A-Za-z.-]+))?")
_END, _RELEASE, _PRERELEASE = "\0", "\x03", "\x02"


def encoded_version(text: str) -> str:
    """A version as text that sorts as versions do: numbers by size, pre-releases before releases, invalid ones last."""
    found = _VERSION.fullmatch(text)
    if found is None:
        return "\x7f" + text
    main = ".".join(_number(part) for part in found[1].split("."))
    tail = _RELEASE
    if found[2] is not None:
        tail = _PRERELEASE + ".".join(_number(part) if part.isdigit() else "~" + part for part in found[2].split("."))
    return f"{main}{tail}{_END}{text}"


def _number(digits: str) -> str:
    plain = digits.lstrip("0") or "0"
    return f"{len(plain):03d}{plain}"


def shown_version(encoded: str) -> str:
    """The version as it was given."""
    return encoded[1:] if encoded.startswith("\x7f") else encoded.rpartition(_END)[2]


class VersionField(Field):
    """Software versions in their order. Docs: version."""

    name = "version"
    column_kind = ORDINALS
    takes_patterns = True
    parameters = (meta(),)
    __slots__ = ()

    @property
    def has_doc_values(self) -> bool:
        return True

    def check(self, value: Json) -> None:
        need_scalar(value)

    def column_values(self, values: list[Json]) -> list[str]:
        return [encoded_version(value if isinstance(value, str) else java_text(value)) for value in values]

    def term(self, value: Json) -> str:
        return encoded_version(java_text(value))

    def matched(self, term: str) -> str:
        """The text that patterns look at."""
        return shown_version(term)

    def format_value(self, value: Any, format: str | None = None, zone: Any = None) -> Json:
        return shown_version(value)


FIELDS = (Wildcard, ConstantKeyword, VersionField)
