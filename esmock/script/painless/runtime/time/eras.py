"""The eras of java.time.chrono."""

from __future__ import annotations

from typing import Any

from esmock.script.painless.runtime.enums import constants_of
from esmock.script.painless.runtime.time.fields import FIELDS, ChronoField
from esmock.script.painless.runtime.time.temporal import Constant


class Era(Constant):
    """An era by its number, which is the first constant's ``start`` for Japan and 0 elsewhere."""

    java_parents = ("java.time.chrono.Era",)
    too_wide = None
    start = 0
    __slots__ = ()

    precision = "ERAS"

    def supports(self, field: ChronoField) -> bool:
        return field.name == "ERA"

    def number(self, field: ChronoField) -> int:
        return self.j_getValue()

    def j_getValue(self) -> int:
        return self.ordinal + self.start

    def j_adjustInto(self, temporal: Any) -> Any:
        return temporal.j_with(FIELDS["ERA"], self.j_getValue())

    def j_getDisplayName(self, style: Any, locale: Any) -> str:
        from esmock.script.painless.runtime.time.texts import field_text

        if isinstance(self, IsoEra):
            return field_text(FIELDS["ERA"], self.ordinal, style, locale) or str(self.ordinal)
        return self.label


def _era_class(name: str, start: int = 0) -> type[Era]:
    return type(name, (Era,), {"java_class": f"java.time.chrono.{name}", "start": start, "__slots__": ()})


class IsoEra(Era):
    java_class = "java.time.chrono.IsoEra"
    __slots__ = ()


ERAS: dict[str, dict[str, Any]] = {
    "ISO": constants_of(IsoEra, "BCE CE"),
    "Minguo": constants_of(_era_class("MinguoEra"), "BEFORE_ROC ROC"),
    "ThaiBuddhist": constants_of(_era_class("ThaiBuddhistEra"), "BEFORE_BE BE"),
    "Hijrah-umalqura": constants_of(_era_class("HijrahEra", 1), "AH"),
    "Japanese": constants_of(_era_class("JapaneseEra", -1), "MEIJI:Meiji TAISHO:Taisho SHOWA:Showa HEISEI:Heisei REIWA:Reiwa"),
}
