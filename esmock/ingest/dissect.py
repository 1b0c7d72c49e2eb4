"""The processor ``dissect``. Docs: dissect-processor."""

from __future__ import annotations

from typing import ClassVar

from esmock.errors import IllegalArgument
from esmock.ingest.configuration import Configuration
from esmock.ingest.document import IngestDocument
from esmock.ingest.processor import Processor
from esmock.script.dissect import FindMatch, assemble, dissect, parse_pattern


class Dissect(Processor):
    name: ClassVar[str] = "dissect"

    def __init__(self, config: Configuration) -> None:
        super().__init__(config)
        self.field = config.string("field")
        self.pattern = config.string("pattern")
        self.separator = config.string("append_separator", "")
        self.ignore_missing = config.boolean("ignore_missing", False)
        self.leading, self.keys = parse_pattern(self.pattern)

    def execute(self, document: IngestDocument) -> None:
        value = document.text(self.field, ignore_missing=self.ignore_missing)
        if value is None:
            if self.ignore_missing:
                return
            raise IllegalArgument(f"field [{self.field}] is null, cannot process it.")
        values = dissect(self.leading, self.keys, value)
        if values is None or (not value and len(self.keys) > 1):
            raise FindMatch(f"Unable to find match for dissect pattern: {self.pattern} against source: {value}")
        for name, found in assemble(self.keys, values, self.separator).items():
            document.set(name, found)


PROCESSORS = (Dissect,)
