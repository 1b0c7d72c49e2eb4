"""The models of moving_avg: averages of a window and what they foretell.

Docs: search-aggregations-pipeline-movavg-aggregation. Source: recordings of 7.10.2.
"""

from __future__ import annotations

from typing import Any, ClassVar

from esmock.errors import ApiError, ElasticsearchParse, IllegalArgument
from esmock.script.painless.runtime import moving

Json = Any


class SettingsError(ApiError):
    """java.text.ParseException: a model's setting that cannot be read."""

    java, package, is_elasticsearch = "ParseException", "java.text", False


class Model:
    """One model with its settings."""

    java: ClassVar[str]
    can_be_minimized: ClassVar[bool] = True
    minimizes: ClassVar[bool] = False
    """Whether it looks for better settings unless told not to."""
    weights: ClassVar[tuple[tuple[str, float], ...]] = ()
    """Its weights with their defaults."""

    def __init__(self, *weights: float) -> None:
        self.chosen = weights or tuple(default for _, default in self.weights)

    @classmethod
    def parse(cls, settings: dict[str, Json], window: int) -> Model:
        """From ``settings``. Raises SettingsError."""
        out = cls(*(_weight(settings, name, default) for name, default in cls.weights))
        _nothing_left(settings)
        return out

    def has_value(self, count: int) -> bool:
        """Whether a window of so many values is enough."""
        return count > 0

    def predict(self, window: list[float], count: int) -> list[float]:
        """The next ``count`` values."""
        return [self.average(window)] * count

    def average(self, window: list[float]) -> float:
        """The next value."""
        raise NotImplementedError(type(self).__name__)


class Simple(Model):
    java, can_be_minimized = "SimpleModel", False

    def average(self, window: list[float]) -> float:
        total = 0.0
        for one in window:
            total += one
        return total / len(window)


class Linear(Model):
    java, can_be_minimized = "LinearModel", False

    def average(self, window: list[float]) -> float:
        return moving.FUNCTIONS["linearWeightedAvg"][1](window)


class Ewma(Model):
    java = "EwmaModel"
    weights = (("alpha", 0.3),)

    def average(self, window: list[float]) -> float:
        return moving.FUNCTIONS["ewma"][1](window, *self.chosen)


class Holt(Model):
    java = "HoltLinearModel"
    weights = (("alpha", 0.3), ("beta", 0.1))

    def predict(self, window: list[float], count: int) -> list[float]:
        level, trend = moving.level_and_trend(window, *self.chosen)
        return [level + step * trend for step in range(count)]


class HoltWinters(Model):
    java, minimizes = "HoltWintersModel", True
    weights = (("alpha", 0.3), ("beta", 0.1), ("gamma", 0.3))
    period = 1
    is_multiplicative = False
    padding = 0.0

    @classmethod
    def parse(cls, settings: dict[str, Json], window: int) -> HoltWinters:
        out = cls(*(_weight(settings, name, default) for name, default in cls.weights))
        out.period = _integer(settings, "period", cls.period)
        if window < 2 * out.period:
            raise IllegalArgument(
                f"Field [window] must be at least twice as large as the period when using Holt-Winters.  Value provided was [{window}], "
                f"which is less than (2*period) == {2 * out.period}"
            )
        season = settings.pop("type", "add")
        if not isinstance(season, str):
            raise SettingsError(f"Parameter [type] must be a String, type `{_java_type(season)}` provided instead")
        if season not in ("add", "mult"):
            raise ElasticsearchParse(f"failed to parse seasonality type [{season}]. accepted values are [[add, mult]]")
        out.is_multiplicative = season == "mult"
        pads = _boolean(settings, "pad", out.is_multiplicative)
        out.padding = moving.PADDING if out.is_multiplicative and pads else 0.0
        _nothing_left(settings)
        return out

    def has_value(self, count: int) -> bool:
        return count >= 2 * self.period

    def predict(self, window: list[float], count: int) -> list[float]:
        return moving.forecast(
            window,
            (self.chosen[0], self.chosen[1], self.chosen[2]),
            self.period,
            count,
            is_multiplicative=self.is_multiplicative,
            padding=self.padding,
        )


def _java_type(value: Json) -> str:
    if isinstance(value, bool):
        return "Boolean"
    if isinstance(value, int):
        return "Integer" if -(1 << 31) <= value < 1 << 31 else "Long"
    names = {float: "Double", str: "String", list: "ArrayList", dict: "HashMap"}
    return next((name for kind, name in names.items() if isinstance(value, kind)), "Object")


def _weight(settings: dict[str, Json], name: str, default: float) -> float:
    value = settings.pop(name, None)
    if value is None:
        return default
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise SettingsError(f"Parameter [{name}] must be a double, type `{_java_type(value)}` provided instead")
    if not 0 <= value <= 1:
        raise SettingsError(f"Parameter [{name}] must be between 0-1 inclusive.  Providedvalue was [{float(value)}]")
    return float(value)


def _integer(settings: dict[str, Json], name: str, default: int) -> int:
    value = settings.pop(name, None)
    if value is None:
        return default
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise SettingsError(f"Parameter [{name}] must be an integer, type `{_java_type(value)}` provided instead")
    return int(value)


def _boolean(settings: dict[str, Json], name: str, default: bool) -> bool:
    value = settings.pop(name, None)
    if value is None:
        return default
    if not isinstance(value, bool):
        raise SettingsError(f"Parameter [{name}] must be a boolean, type `{_java_type(value)}` provided instead")
    return value


def _nothing_left(settings: dict[str, Json]) -> None:
    if settings:
        raise SettingsError(f"Unrecognized parameter(s): [[{', '.join(settings)}]]")


MODELS = {"simple": Simple, "linear": Linear, "ewma": Ewma, "holt": Holt, "holt_winters": HoltWinters}
