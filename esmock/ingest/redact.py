"""The processor ``redact``. Docs: redact-processor.

Differs: the licence always allows it; of the ECS pattern set only those patterns are known that agree with the legacy set,
or are given here.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, ClassVar

from esmock.errors import ApiError, IllegalArgument, Unsupported
from esmock.ingest.configuration import Configuration
from esmock.ingest.document import IngestDocument
from esmock.ingest.processor import Processor
from esmock.script.grok import Expression, legacy_patterns, refuse_cycles

_SHARED = frozenset(
    """
    USERNAME USER EMAILADDRESS INT BASE10NUM NUMBER BASE16NUM BASE16FLOAT POSINT NONNEGINT WORD NOTSPACE SPACE DATA
    GREEDYDATA QUOTEDSTRING QS UUID URN MAC CISCOMAC WINDOWSMAC COMMONMAC IPV4 IPV6 IP HOSTNAME IPORHOST HOSTPORT TTY WINPATH
    URIPROTO URIPATH URIPARAM URIPATHPARAM URI MONTH MONTHNUM MONTHNUM2 MONTHDAY DAY YEAR HOUR MINUTE SECOND TIME DATE_US
    DATE_EU ISO8601_TIMEZONE DATE DATESTAMP TZ HTTPDATE PROG
    """.split()
)
_MAIL = r"[a-zA-Z0-9!#$%&'*+\-/=?^_`{|}~]"
_CHANGED = {
    "EMAILLOCALPART": rf"{_MAIL}{{1,64}}(?:\.{_MAIL}{{1,62}}){{0,63}}",
    "URIHOST": "%{IPORHOST}(?::%{POSINT})?",
}

Region = tuple[int, int, str]


class _Bank(dict[str, str]):
    """Patterns by name. Asking for one whose ECS form is not known raises Unsupported."""

    def get(self, name: str, default: Any = None) -> Any:
        if name not in self and name in legacy_patterns():
            raise Unsupported(f"the ECS form of the grok pattern {name} in the redact processor")
        return super().get(name, default)


def _bank(own: Mapping[str, Any]) -> _Bank:
    shared = {name: body for name, body in legacy_patterns().items() if name in _SHARED}
    return _Bank({**shared, **_CHANGED, **{name: str(value) for name, value in own.items()}})


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
            bank = _bank(own)
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
