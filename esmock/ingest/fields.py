"""Processors that put, move and take away fields."""

from __future__ import annotations

from typing import Any, ClassVar

from esmock.errors import ApiError, ClassCast, IllegalArgument
from esmock.ingest.configuration import Configuration
from esmock.ingest.document import IngestDocument
from esmock.ingest.java import cast_message, copy
from esmock.ingest.processor import Processor
from esmock.ingest.template import Value

_MEDIA_TYPES = ("application/json", "text/plain", "application/x-www-form-urlencoded")


def _media_type(config: Configuration) -> str | None:
    """The option ``media_type`` (7.12)."""
    if not config.environment.behaviour.has((7, 12)):
        return None
    found: str | None = config.string("media_type", None)
    if found is not None and found not in _MEDIA_TYPES:
        raise config.error(
            "media_type",
            f"property does not contain a supported media type [{found}]; supported media types are "
            f"[{', '.join(_MEDIA_TYPES)}]",
        )
    return found


class Set(Processor):
    name: ClassVar[str] = "set"

    def __init__(self, config: Configuration) -> None:
        super().__init__(config)
        field = config.string("field")
        self.copy_from = config.string("copy_from", None) if config.environment.behaviour.has((7, 11)) else None
        media_type = _media_type(config)
        self.value: Value | None = None
        if self.copy_from is None:
            value = config.any("value")
            self.value = Value(value, config.environment, media_type)
            self.is_template = isinstance(value, str) and "{{" in value
        elif config.values.pop("value", None) is not None:
            raise config.error("copy_from", "cannot set both `copy_from` and `value` in the same processor")
        self.override = config.boolean("override", True)
        self.field = config.template("field", field)
        self.ignore_empty = config.boolean("ignore_empty_value", False)

    def execute(self, document: IngestDocument) -> None:
        path = self.field.render(document)
        if not self.override and document.has(path) and document.get(path) is not None:
            return
        if self.value is None:
            assert self.copy_from is not None
            value: Any = copy(document.get(self.copy_from))
            if self.ignore_empty and (value is None or value == ""):
                return
        else:
            value = self.value.render(document)
            if self.ignore_empty and (value is None or (self.is_template and value == "")):
                return
        document.set(path, value)


class Append(Processor):
    name: ClassVar[str] = "append"

    def __init__(self, config: Configuration) -> None:
        super().__init__(config)
        field = config.string("field")
        value = config.any("value")
        self.allow_duplicates = config.boolean("allow_duplicates", True)
        media_type = _media_type(config)
        self.field = config.template("field", field)
        self.value = Value(value, config.environment, media_type)

    def execute(self, document: IngestDocument) -> None:
        document.append(
            self.field.render(document), self.value.render(document), allow_duplicates=self.allow_duplicates
        )


def _string(value: Any) -> str:
    if isinstance(value, str):
        return value
    raise ClassCast(cast_message(value, "java.lang.String"))


class Remove(Processor):
    name: ClassVar[str] = "remove"

    def __init__(self, config: Configuration) -> None:
        super().__init__(config)
        keeps = config.environment.behaviour.has((8, 6))
        keep = config.any("keep", None) if keeps else None
        if keeps and ("field" in config.values) == (keep is not None):
            reason = "or [field] must be specified" if keep is None else (
                "and [field] cannot both be used in the same processor"
            )
            raise config.error("keep", reason)
        field = config.any("field") if keep is None else None
        names = [] if keep is not None else field if isinstance(field, list) else [field]
        self.fields = [config.template("field", _string(one)) for one in names]
        kept = [] if keep is None else keep if isinstance(keep, list) else [keep]
        self.keep = [config.template("keep", _string(one)) for one in kept]
        self.ignore_missing = config.boolean("ignore_missing", False)

    def execute(self, document: IngestDocument) -> None:
        if self.keep:
            self._keep(document)
            return
        paths = [one.render(document) for one in self.fields]
        for path in paths:
            if self.ignore_missing and not document.has(path):
                continue
            document.remove(path)

    def _keep(self, document: IngestDocument) -> None:
        kept = [one.render(document) for one in self.keep]

        def prune(node: dict[str, Any], prefix: str) -> None:
            for key in list(node):
                path = prefix + key
                if path in kept or (not prefix and key.startswith("_")):
                    continue
                if any(one.startswith(path + ".") for one in kept):
                    if isinstance(node[key], dict):
                        prune(node[key], path + ".")
                else:
                    del node[key]

        prune(document.fields, "")


class Rename(Processor):
    name: ClassVar[str] = "rename"

    def __init__(self, config: Configuration) -> None:
        super().__init__(config)
        self.field = config.template_string("field")
        self.target = config.template_string("target_field")
        self.ignore_missing = config.boolean("ignore_missing", False)
        self.override = config.boolean("override", False) if config.environment.behaviour.has((8, 11)) else False

    def execute(self, document: IngestDocument) -> None:
        path = self.field.render(document)
        if self.ignore_missing and not path and self.environment.behaviour.has((8, 0)):
            return
        if not document.has(path, fail_out_of_range=True):
            if self.ignore_missing:
                return
            raise IllegalArgument(f"field [{path}] doesn't exist")
        target = self.target.render(document)
        if document.has(target, fail_out_of_range=True) and not self.override:
            raise IllegalArgument(f"field [{target}] already exists")
        value = document.get(path)
        document.remove(path)
        try:
            document.set(target, value)
        except ApiError:
            document.set(path, value)
            raise


class DotExpander(Processor):
    """``{"a.b": 1}`` to ``{"a": {"b": 1}}``."""

    name: ClassVar[str] = "dot_expander"
    tells_description: ClassVar[bool] = False

    def __init__(self, config: Configuration) -> None:
        super().__init__(config)
        self.field = config.string("field")
        self.takes_all = self.field == "*" and config.environment.behaviour.has((7, 15))
        if not self.takes_all:
            if "." not in self.field:
                raise config.error("field", "field does not contain a dot")
            if self.field.startswith(".") or self.field.endswith("."):
                raise config.error("field", "Field can't start or end with a dot")
            if ".." in self.field:
                raise config.error("field", "No space between dots")
        self.path = config.string("path", None)
        self.override = config.boolean("override", False) if config.environment.behaviour.has((7, 14)) else False

    def execute(self, document: IngestDocument) -> None:
        holder = document.fields if self.path is None else document.get(self.path, "java.util.Map")
        if self.takes_all:
            for name in [one for one in holder if "." in one]:
                self._expand(document, holder, name)
        else:
            self._expand(document, holder, self.field)

    def _expand(self, document: IngestDocument, holder: dict[str, Any], name: str) -> None:
        if name not in holder:
            return
        path = name if self.path is None else f"{self.path}.{name}"
        document.count()
        if document.has(path):
            value = holder.pop(name, None)
            if self.override:
                document.set(path, value)
            else:
                document.append(path, value)
            return
        at = path.find(".")
        while at >= 0:
            partial = path[:at]
            if not document.has(partial):
                break
            if not isinstance(document.get(partial), dict):
                word = "expand" if self.environment.behaviour.has((7, 14)) else "expend"
                raise IllegalArgument(
                    f"cannot {word} [{path}], because [{partial}] is not an object field, but a value field"
                )
            at = path.find(".", at + 1)
        document.set(path, holder.pop(name, None))


PROCESSORS = (Append, DotExpander, Remove, Rename, Set)
