"""Reading the configuration of pipelines and processors, with Elasticsearch's errors."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from esmock.errors import ApiError, ElasticsearchParse, NumberFormat
from esmock.ingest.java import class_name, text
from esmock.xcontent.java_number import parse_int

if TYPE_CHECKING:
    from esmock.ingest.environment import Environment
    from esmock.ingest.template import Template

Json = Any
_REQUIRED: Any = object()


class Configuration:
    """The options of one processor (or pipeline); reading an option takes it away.

    Args:
        kind: the processor's type; None for a pipeline.
        values: the options; changed.
        environment: what processors are made with.
    """

    def __init__(self, kind: str | None, values: dict[str, Json], environment: Environment) -> None:
        self.kind = kind
        self.values = values
        self.environment = environment
        self.tag: str | None = None
        self.description: str | None = None

    def error(self, name: str | None, reason: str) -> ElasticsearchParse:
        """A configuration error of an option, or of the whole."""
        shown = reason if name is None else f"[{name}] {reason}"
        return ElasticsearchParse(shown, metadata=self._metadata(name))

    def _metadata(self, name: str | None) -> dict[str, str]:
        found = {"property_name": name, "processor_type": self.kind, "processor_tag": self.tag}
        return {key: value for key, value in found.items() if value is not None}

    def framed(self, error: ApiError, name: str | None = None) -> ApiError:
        """An error of another part, with this processor's place."""
        if not error.is_elasticsearch:
            java = f"{self.package_of(error)}.{error.java}"
            error = ApiError(f"{java}: {error.reason}" if error.reason else java, cause=error)
        error.metadata.update(self._metadata(name))
        return error

    def package_of(self, error: ApiError) -> str:
        """The Java package of an error's class in this version."""
        moved = self.environment.behaviour.has((7, 16))
        return error.package if moved else error.package.replace("org.elasticsearch.xcontent", "org.elasticsearch.common.xcontent")

    def has(self, name: str) -> bool:
        return name in self.values

    def _take(self, name: str, default: Any) -> Any:
        value = self.values.pop(name, None)
        if value is not None:
            return value
        if default is _REQUIRED:
            raise self.error(name, "required property is missing")
        return None

    def string(self, name: str, default: Any = _REQUIRED) -> Any:
        """A string."""
        value = self._take(name, default)
        if value is None:
            return default
        if not isinstance(value, str):
            raise self.error(name, f"property isn't a string, but of type [{class_name(value)}]")
        return value

    def string_or_number(self, name: str, default: Any = _REQUIRED) -> Any:
        """A string, or an int as text."""
        value = self._take(name, default)
        if value is None:
            return default
        if isinstance(value, bool) or not isinstance(value, str | int):
            raise self.error(name, f"property isn't a string or int, but of type [{class_name(value)}]")
        return str(value)

    def boolean(self, name: str, default: bool) -> bool:
        value = self._take(name, None)
        if value is None:
            return default
        if not isinstance(value, bool):
            raise self.error(name, f"property isn't a boolean, but of type [{class_name(value)}]")
        return value

    def integer(self, name: str, default: Any = _REQUIRED) -> Any:
        value = self._take(name, default)
        if value is None:
            return default
        try:
            return parse_int(text(value))
        except NumberFormat:
            raise self.error(name, f"property cannot be converted to an int [{text(value)}]") from None

    def list(self, name: str, default: Any = _REQUIRED) -> Any:
        value = self._take(name, default)
        if value is None:
            return default
        if not isinstance(value, list):
            raise self.error(name, f"property isn't a list, but of type [{class_name(value)}]")
        return value

    def map(self, name: str, default: Any = _REQUIRED) -> Any:
        value = self._take(name, default)
        if value is None:
            return default
        if not isinstance(value, dict):
            raise self.error(name, f"property isn't a map, but of type [{class_name(value)}]")
        return value

    def any(self, name: str, default: Any = _REQUIRED) -> Any:
        value = self._take(name, default)
        return default if value is None else value

    def template(self, name: str, value: str) -> Template:
        """Compile a string that may be a template. Raises the script's error with the option's place."""
        from esmock.ingest.template import Template

        return self.guarded(name, lambda: Template(value, self.environment))

    def template_string(self, name: str) -> Template:
        """A required string that may be a template."""
        return self.template(name, self.string(name))

    def guarded(self, name: str | None, make: Callable[[], Any]) -> Any:
        """What ``make`` gives; its errors get the option's place."""
        try:
            return make()
        except ApiError as error:
            raise self.framed(error, name) from None
