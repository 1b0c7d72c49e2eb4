"""What was found out about a text, and the pipeline that would index it. Docs: find-structure."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from esmock.features.text_structure.field_stats import mapping_of, stats_of
from esmock.features.text_structure.timestamps import TimestampFormat

Json = Any
_DESCRIPTION = "Ingest pipeline created by text structure finder"


@dataclass(frozen=True, slots=True)
class Overrides:
    """What the request says, so that it need not be found out; None: it does not say."""

    format: str | None = None
    column_names: tuple[str, ...] | None = None
    has_header_row: bool | None = None
    delimiter: str | None = None
    quote: str | None = None
    should_trim_fields: bool | None = None
    grok_pattern: str | None = None
    timestamp_format: str | None = None
    timestamp_field: str | None = None
    ecs_compatibility: str = "disabled"


@dataclass(slots=True)
class Structure:
    """A text's structure.

    Args:
        messages: of which the first two are shown.
        more: what only some formats have, under its name.
        columns: field to its values, in the order of the text.
        steps: what a pipeline does first.
    """

    format: str
    n_lines: int
    messages: list[str]
    columns: dict[str, list[Json]]
    more: dict[str, Json] = field(default_factory=dict)
    steps: list[dict[str, Json]] = field(default_factory=list)
    timestamp_field: str | None = None
    timestamp: TimestampFormat | None = None
    untold: dict[str, Json] = field(default_factory=dict)
    """Mappings of fields whose values are not looked at."""
    explanation: list[str] = field(default_factory=list)

    @property
    def _hides_timestamp(self) -> bool:
        """Whether the timestamp is not kept as a field of its own."""
        return self.format == "semi_structured_text"

    def to_json(self, overrides: Overrides, *, explain: bool, charset: str, has_byte_order_marker: bool) -> dict[str, Json]:
        """The answer."""
        mappings, first = {}, None
        for name, values in self.columns.items():
            mappings[name], found = mapping_of(values, overrides.timestamp_format)
            wanted = overrides.timestamp_field in (None, name)
            if found is not None and first is None and wanted and self.timestamp_field is None:
                first = (name, found)
        if first is not None:
            self.timestamp_field, self.timestamp = first
        out: dict[str, Json] = {
            "num_lines_analyzed": self.n_lines,
            "num_messages_analyzed": len(self.messages),
            "sample_start": "".join(f"{one}\n" for one in self.messages[:2]),
            "charset": charset,
            "has_byte_order_marker": has_byte_order_marker,
            "format": self.format,
            **self.more,
            "ecs_compatibility": overrides.ecs_compatibility,
        }
        if self.timestamp is not None:
            out["timestamp_field"] = self.timestamp_field
            out["joda_timestamp_formats"] = [self.timestamp.joda]
            out["java_timestamp_formats"] = [self.timestamp.java]
        needs_zone = self.timestamp is not None and not self.timestamp.has_zone
        out["need_client_timezone"] = needs_zone
        hidden = (self.timestamp_field,) if self._hides_timestamp else ()
        shown = {name: mapping for name, mapping in mappings.items() if name not in hidden}
        shown |= self.untold
        if self.timestamp is not None:
            shown["@timestamp"] = {"type": "date"}
        out["mappings"] = {"properties": {name: shown[name] for name in sorted(shown)}}
        out["ingest_pipeline"] = {"description": _DESCRIPTION, "processors": self._steps(mappings, needs_zone=needs_zone)}
        out["field_stats"] = {name: stats_of(self.columns[name], mappings[name]) for name in sorted(mappings)}
        if explain:
            out["explanation"] = self.explanation
        return out

    def _steps(self, mappings: dict[str, dict[str, Json]], *, needs_zone: bool) -> list[dict[str, Json]]:
        steps = list(self.steps)
        if self.timestamp is not None:
            zone = {"timezone": "{{ event.timezone }}"} if needs_zone else {}
            steps.append({"date": {"field": self.timestamp_field, **zone, "formats": [self.timestamp.java]}})
            if self._hides_timestamp:
                steps.append({"remove": {"field": self.timestamp_field}})
        if self.format == "delimited":
            for name in sorted(mappings):
                if mappings[name]["type"] in ("long", "double", "boolean"):
                    steps.append({"convert": {"field": name, "type": mappings[name]["type"], "ignore_missing": True}})
            steps.append({"remove": {"field": "message"}})
        return steps
