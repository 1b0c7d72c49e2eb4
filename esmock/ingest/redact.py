"""The processor ``redact``. Docs: redact-processor.

Differs: the licence always allows it.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

from esmock.errors import ApiError, IllegalArgument, Unsupported
from esmock.ingest.configuration import Configuration
from esmock.ingest.document import IngestDocument
from esmock.ingest.processor import Processor
from esmock.script.grok import Expression, refuse_cycles
from esmock.script.grok_patterns import with_own

Region = tuple[int, int, str]


def merged(regions: Sequence[Region]) -> list[Region]:
    """Regions that overlap as one, which bears the name of the longest."""
    out: list[list[Region]] = []
    end = 0
    for region in sorted(regions):
        if region[0] >= end:
            out.append([])
        out[-1].append(region)
        end = max(end, region[1])
    longest = [max(group, key=lambda one: one[1] - one[0]) for group in out]
    return [
        (group[0][0], max(one[1] for one in group), name[2]) for group, name in zip(out, longest, strict=True)
    ]


class Redact(Processor):
    name: ClassVar[str] = "redact"
    since: ClassVar[tuple[int, int]] = (8, 7)

    def __init__(self, config: Configuration) -> None:
        super().__init__(config)
        self.field = config.string("field")
        patterns = config.list("patterns")
        self.ignore_missing = config.boolean("ignore_missing", True)
        self.prefix = config.string("prefix", "<")
        self.suffix = config.string("suffix", ">")
        config.boolean("skip_if_unlicensed", False)
        self.traces = config.boolean("trace_redact", False)
        if not patterns:
            raise config.error("patterns", "List of patterns must not be empty")
        own = config.map("pattern_definitions", {})
        try:
            bank = with_own(config.environment.behaviour, "v1", own)
            refuse_cycles(own, bank)
            self.expressions = [Expression(str(one), bank) for one in patterns]
        except Unsupported:
            raise
        except ApiError as error:
            shown = ", ".join(map(str, patterns))
            raise config.error("patterns", f"Invalid regex pattern found in: [{shown}]. {error.reason}") from None

    def execute(self, document: IngestDocument) -> None:
        value = document.text(self.field, ignore_missing=True)
        if value is None:
            if self.ignore_missing:
                return
            raise IllegalArgument(f"field [{self.field}] is null or missing")
        regions = merged([region for one in self.expressions for region in one.regions(value)])
        if not regions:
            return
        parts, at = [], 0
        for start, end, name in regions:
            parts += [value[at:start], self.prefix, name, self.suffix]
            at = end
        document.set(self.field, "".join([*parts, value[at:]]))
        if self.traces:
            document.set("_ingest._redact._is_redacted", True)


PROCESSORS = (Redact,)
