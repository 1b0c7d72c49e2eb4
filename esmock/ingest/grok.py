"""The processor ``grok``. Docs: grok-processor."""

from __future__ import annotations

from typing import Any, ClassVar

from esmock.errors import ApiError, IllegalArgument, Unsupported
from esmock.ingest.configuration import Configuration
from esmock.ingest.document import IngestDocument
from esmock.ingest.processor import Processor
from esmock.script.grok import Expression, refuse_cycles
from esmock.script.grok_patterns import ECS_MODES, with_own


class Grok(Processor):
    name: ClassVar[str] = "grok"

    def __init__(self, config: Configuration) -> None:
        super().__init__(config)
        self.field = config.string("field")
        patterns = config.list("patterns")
        self.traces = config.boolean("trace_match", False)
        self.ignore_missing = config.boolean("ignore_missing", False)
        self.only_validates = config.environment.behaviour.has((9, 4)) and config.boolean("validate_only", False)
        if not patterns:
            raise config.error("patterns", "List of patterns must not be empty")
        own = config.map("pattern_definitions", {})
        behaviour = config.environment.behaviour
        # ES: the values of a name that is given twice are a list since 8.7
        self.lists_all = behaviour.has((8, 7))
        mode = config.string("ecs_compatibility", "disabled") if behaviour.has((7, 13)) else "disabled"
        if mode not in ECS_MODES:
            raise config.error("ecs_compatibility", f"unsupported mode '{mode}'")
        bank = with_own(behaviour, mode, own)
        try:
            refuse_cycles(own, bank)
            self.expressions = [Expression(str(one), bank) for one in patterns]
        except Unsupported:
            raise
        except ApiError as error:
            shown = ", ".join(map(str, patterns))
            raise config.error("patterns", f"Invalid regex pattern found in: [{shown}]. {error.reason}") from None

    def execute(self, document: IngestDocument) -> None:
        value = document.text(self.field, ignore_missing=self.ignore_missing)
        if value is None:
            if self.ignore_missing:
                return
            raise IllegalArgument(f"field [{self.field}] is null, cannot process it.")
        best: tuple[int, int, dict[str, list[Any]]] | None = None
        for number, expression in enumerate(self.expressions):
            found = expression.match(value)
            if found is not None and (best is None or found[0] < best[0]):
                best = (found[0], number, found[1])
        if best is not None and self.only_validates:
            return
        if best is not None:
            for field, values in best[2].items():
                document.set(field, values if self.lists_all and len(values) > 1 else values[0])
            if self.traces:
                document.set("_ingest._grok_match_index", str(best[1]))
            return
        raise IllegalArgument(f"Provided Grok expressions do not match field value: [{value}]")


PROCESSORS = (Grok,)
