"""Processors between strings, lists and objects."""

from __future__ import annotations

import re
from typing import Any, ClassVar

from esmock.analysis.java_pattern import compile_java
from esmock.errors import ApiError, IllegalArgument, NullPointer
from esmock.ingest.configuration import Configuration
from esmock.ingest.document import IngestDocument
from esmock.ingest.java import text
from esmock.ingest.java_sort import java_sort
from esmock.ingest.processor import Processor

_LIST = "java.util.List"


def java_split(pattern: re.Pattern[str], value: str, limit: int = 0) -> list[str]:
    """``Pattern.split``; limit 0 takes empty parts off the end, -1 keeps them."""
    parts = _split_by_literal(pattern.pattern, value, limit) or _split_by_matches(pattern, value, limit)
    while limit == 0 and len(parts) > 1 and not parts[-1]:
        parts.pop()
    if limit == 0 and parts == [""] and value:
        parts.pop()
    return parts


_PLAIN = re.compile(r"[^\\.\[\]{}()*+?^$|#&\s]+")


def _split_by_literal(separator: str, value: str, limit: int) -> list[str] | None:
    """The quick way, where the separator stands for itself."""
    return value.split(separator, limit - 1 if limit > 0 else -1) if _PLAIN.fullmatch(separator) else None


def _split_by_matches(pattern: re.Pattern[str], value: str, limit: int) -> list[str]:
    parts: list[str] = []
    at = 0
    for match in pattern.finditer(value):
        if limit > 0 and len(parts) == limit - 1:
            break
        if match.end() == 0:
            continue
        parts.append(value[at : match.start()])
        at = match.end()
    parts.append(value[at:])
    return parts


def _splitter(separator: str) -> re.Pattern[str]:
    """What ``String.split`` makes of a separator: single characters without meaning stand for themselves."""
    return compile_java(separator)


class Split(Processor):
    name: ClassVar[str] = "split"

    def __init__(self, config: Configuration) -> None:
        super().__init__(config)
        self.field = config.string("field")
        self.ignore_missing = config.boolean("ignore_missing", False)
        self.target = config.string("target_field", self.field)
        self.preserve_trailing = config.boolean("preserve_trailing", False)
        self.separator = config.string("separator")
    def execute(self, document: IngestDocument) -> None:
        value = document.text(self.field, ignore_missing=self.ignore_missing)
        if value is None:
            if self.ignore_missing:
                return
            raise IllegalArgument(f"field [{self.field}] is null, cannot split.")
        parts = java_split(_splitter(self.separator), value, -1 if self.preserve_trailing else 0)
        document.set(self.target, parts)


class Join(Processor):
    name: ClassVar[str] = "join"

    def __init__(self, config: Configuration) -> None:
        super().__init__(config)
        self.field = config.string("field")
        self.separator = config.string("separator")
        self.target = config.string("target_field", self.field)

    def execute(self, document: IngestDocument) -> None:
        values = document.get(self.field, _LIST)
        if values is None:
            raise IllegalArgument(f"field [{self.field}] is null, cannot join.")
        if None in values:
            raise NullPointer(None)
        document.set(self.target, self.separator.join(map(text, values)))


class Sort(Processor):
    name: ClassVar[str] = "sort"

    def __init__(self, config: Configuration) -> None:
        super().__init__(config)
        self.field = config.string("field")
        self.target = config.string("target_field", self.field)
        order = config.string("order", "asc")
        if order not in ("asc", "desc"):
            raise config.error("order", f"Sort direction [{order}] not recognized. Valid values are: [asc, desc]")
        self.is_descending = order == "desc"

    def execute(self, document: IngestDocument) -> None:
        values = document.get(self.field, _LIST)
        if values is None:
            raise IllegalArgument(f"field [{self.field}] is null, cannot sort.")
        document.set(self.target, java_sort(values, is_descending=self.is_descending))


class ParseJson(Processor):
    name: ClassVar[str] = "json"

    def __init__(self, config: Configuration) -> None:
        super().__init__(config)
        behaviour = config.environment.behaviour
        self.field = config.string("field")
        target = config.string("target_field", None)
        self.to_root = config.boolean("add_to_root", False)
        self.merges = self.allows_duplicates = False
        self.is_strict = True
        if behaviour.has((7, 15)):
            strategy = config.string("add_to_root_conflict_strategy", None)
            if strategy is not None and not self.to_root:
                raise config.error(
                    "add_to_root_conflict_strategy",
                    "Cannot set `add_to_root_conflict_strategy` if `add_to_root` is false",
                )
            self.merges = (strategy or "replace").lower() == "merge"
            self.allows_duplicates = config.boolean("allow_duplicate_keys", False)
        if behaviour.has((8, 10)):
            self.is_strict = config.boolean("strict_json_parsing", True)
        if self.to_root and target is not None:
            raise config.error("target_field", "Cannot set a target field while also setting `add_to_root` to true")
        self.target = target or self.field

    def execute(self, document: IngestDocument) -> None:
        if not self.to_root:
            document.set(self.target, self._parse(text(document.get(self.field))))
            return
        parsed = self._parse(text(document.fields.get(self.field)))
        if not isinstance(parsed, dict):
            raise IllegalArgument("cannot add non-map fields to root of document")
        if self.merges:
            _merge(document.fields, parsed)
        else:
            document.fields.update(parsed)
        document.count()

    def _parse(self, value: str) -> Any:
        from esmock.xcontent import reading

        if not value.strip():
            return None
        try:
            if self.allows_duplicates:
                import json

                return json.loads(value)
            tree = reading.read_all(value.encode("utf-8", "surrogatepass"), "json", self.environment.behaviour, label="stream")
        except ApiError as cause:
            if value[:1] not in "{[" and not self.is_strict:
                return value
            raise IllegalArgument(f"{cause.package}.{cause.java}: {cause.reason}", cause=cause) from None
        return tree


def _merge(target: dict[str, Any], source: dict[str, Any]) -> None:
    for key, value in source.items():
        if isinstance(target.get(key), dict) and isinstance(value, dict):
            _merge(target[key], value)
        else:
            target[key] = value


_BRACKETS = re.compile(r"""^[(\[<"']|[)\]>"']$""")
"""What ``strip_brackets`` takes away at either end, whether the two belong together or not."""


class KeyValue(Processor):
    name: ClassVar[str] = "kv"

    def __init__(self, config: Configuration) -> None:
        super().__init__(config)
        self.field = config.template_string("field")
        target = config.string("target_field", None)
        self.target = config.template("target_field", target) if target is not None else None
        self.field_split = config.string("field_split")
        self.value_split = config.string("value_split")
        for separator in (self.field_split, self.value_split):
            if len(separator) > 2 or (len(separator) == 2 and separator[0] != "\\"):
                compile_java(separator)
        self.trim_key = config.string("trim_key", None)
        self.trim_value = config.string("trim_value", None)
        self.strip_brackets = config.boolean("strip_brackets", False)
        self.prefix = config.string("prefix", None)
        self.include = _names(config.list("include_keys", None))
        self.exclude = _names(config.list("exclude_keys", None))
        self.ignore_missing = config.boolean("ignore_missing", False)

    def execute(self, document: IngestDocument) -> None:
        path = self.field.render(document)
        if self.ignore_missing and not path:
            return
        value = document.text(path, ignore_missing=self.ignore_missing)
        if value is None:
            if self.ignore_missing:
                return
            raise IllegalArgument(f"field [{path}] is null, cannot extract key-value pairs.")
        target = self.target.render(document) if self.target is not None else ""
        prefix = (f"{target}." if target else "") + (self.prefix or "")
        for part in java_split(_splitter(self.field_split), value):
            pair = java_split(_splitter(self.value_split), part, 2)
            if len(pair) != 2:
                raise IllegalArgument(f"field [{path}] does not contain value_split [{self.value_split}]")
            key = _trimmed(pair[0], self.trim_key)
            if (self.include is not None and key not in self.include) or (self.exclude and key in self.exclude):
                continue
            self._put(document, prefix + key, _trimmed(pair[1], self.trim_value))

    def _put(self, document: IngestDocument, path: str, value: str) -> None:
        if self.strip_brackets:
            value = _BRACKETS.sub("", value)
        if document.has(path):
            document.append(path, value)
        else:
            document.set(path, value)


def _names(values: list[Any] | None) -> frozenset[str] | None:
    return None if values is None else frozenset(map(str, values))


def _trimmed(value: str, chars: str | None) -> str:
    return value if not chars else value.strip(chars)


class Csv(Processor):
    name: ClassVar[str] = "csv"

    def __init__(self, config: Configuration) -> None:
        super().__init__(config)
        self.field = config.string("field")
        self.quote = _single(config, "quote", '"')
        self.separator = _single(config, "separator", ",")
        self.trim = config.boolean("trim", False)
        self.empty = config.any("empty_value") if config.has("empty_value") else None
        self.ignore_missing = config.boolean("ignore_missing", False)
        self.targets = config.list("target_fields")
        if not self.targets:
            raise config.error("target_fields", "target fields list can't be empty")

    def execute(self, document: IngestDocument) -> None:
        line = document.text(self.field, ignore_missing=self.ignore_missing)
        if line is None:
            if self.ignore_missing:
                return
            raise IllegalArgument(f"field [{self.field}] is null, cannot process it.")
        if not self.targets or not line:
            return
        from esmock.ingest.csv_line import read_line

        values = read_line(line, self.separator, self.quote, trim=self.trim)
        for name, value in zip(self.targets, values, strict=False):
            if value == "":
                if self.empty in (None, ""):
                    continue
                value = self.empty
            document.set(name, value)


def _single(config: Configuration, name: str, default: str) -> str:
    value: str = config.string(name, default)
    if len(value) != 1:
        raise config.error(name, f"{name} has to be single character like {default} or {chr(39) if name == 'quote' else ';'}")
    return value


PROCESSORS = (Csv, Join, KeyValue, ParseJson, Sort, Split)
