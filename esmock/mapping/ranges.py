"""Ranges as values. Docs: range. Source: recordings of 7.10.2."""

from __future__ import annotations

import ipaddress
import math
from typing import Any, ClassVar

from esmock.errors import ApiError, IllegalArgument, MapperParsing, NumberFormat
from esmock.mapping.coercion import TokenError
from esmock.mapping.date import Date
from esmock.mapping.dates.formatter import DEFAULT, date_formatter
from esmock.mapping.dates.locale import read_locale
from esmock.mapping.exact import Ip, NotText, sortable_ip
from esmock.mapping.field import HIDDEN, RANGE, Field
from esmock.mapping.numeric import Double, Float, Integer, Long
from esmock.mapping.parameter import Parameter, Place, boolean, boost, java_text, meta

Json = Any

_BOUNDS = ("gt", "gte", "lt", "lte")


def _format(value: Json, place: Place) -> str:
    text = java_text(value)
    if place.type != "date_range":
        leaf = place.path.rsplit(".", 1)[-1]
        raise IllegalArgument(f"field [{leaf}] of type [range] should not define a dateTimeFormatter unless it is a DATE type")
    place.context.warn_of_format(text)
    date_formatter(text)
    return text


class NotARange(Exception):
    """A scalar where a range is wanted; the document parser words it with its name."""


class WrongBound(Exception):
    """What is wrong with a bound of a range, told as if it were the field's value.

    Attributes:
        error: the cause.
        holder: the range.
        key: which bound; None: both together, told at the range's end.
    """

    def __init__(self, error: Exception, holder: Json, key: str | None) -> None:
        super().__init__(str(error))
        self.error = error
        self.holder = holder
        self.key = key


class Range(Field):
    """From a lower to an upper bound; columns hold both, inclusive.

    Attributes:
        element: a field of the bounds' type.
        lowest, highest: what an open end stands for.
    """

    column_kind = RANGE
    takes_objects = True
    hidden_defaults: ClassVar[tuple[str, ...]] = ("format", "locale")
    dtype: ClassVar[str] = "int64"
    element_type: ClassVar[type[Field]]
    lowest: ClassVar[Any]
    highest: ClassVar[Any]
    parameters = (
        boolean("index", True),
        boolean("doc_values", True),
        boolean("store", False),
        Parameter("coerce", True, lambda value, place: boolean("coerce", True).read(value, place), True),
        Parameter("format", DEFAULT, _format, is_late=True),
        Parameter("locale", "", lambda value, place: read_locale(java_text(value))),
        boost(),
        meta(),
    )
    __slots__ = ("coerce", "element")

    def setup(self) -> None:
        self.coerce = self.flag("coerce", True)
        given: dict[str, Any] = {name: self.get(name) for name in ("format", "locale")} if issubclass(self.element_type, Date) else {}
        if self.element_type.name in ("integer", "long", "float", "double"):
            given["coerce"] = self.coerce
        self.element = self.element_type(self.path, given, self.context)

    def default_of(self, parameter: Parameter) -> Any:
        if parameter.name == "locale" and self.context.behaviour.major >= 8:
            return "en"
        return parameter.default

    def printed(self, parameter: Parameter) -> Json:
        if parameter.name in self.hidden_defaults:
            return HIDDEN
        if parameter.name == "coerce" and "coerce" in self.given:
            return self.given["coerce"]
        return super().printed(parameter)

    @classmethod
    def parameter_table(cls, context: Any) -> dict[str, Parameter]:
        return {one.name: one for one in cls.parameters if one.name != "boost" or context.behaviour.major < 8}

    def bound(self, value: Json, *, round_up: bool = False) -> Any:
        """One bound as the column holds it.

        Args:
            round_up: what a date leaves out is filled up to its end.

        Raises:
            ApiError: not a value of the bounds' type.
        """
        parsed = self.element.parse(value)  # type: ignore[attr-defined]
        if parsed is None:
            raise NumberFormat("empty String")
        return parsed

    def after(self, value: Any) -> Any:
        """The next value."""
        return self.lowest if value == self.highest else value + 1

    def before(self, value: Any) -> Any:
        """The value before; ES: numbers of Java go round."""
        return self.highest if value == self.lowest else value - 1

    def parse(self, value: Json) -> tuple[Any, Any]:
        """A value of the source as inclusive bounds.

        Raises:
            NotARange: no object. WrongBound: around what is wrong with one of its members, or with both bounds together.
        """
        if not isinstance(value, dict):
            raise NotARange
        low, high = self.lowest, self.highest
        for key, one in value.items():
            if key not in _BOUNDS:
                unknown = MapperParsing(f"error parsing field [{self.path}], with unknown parameter [{key}]")
                raise WrongBound(unknown, value, key)
            if one is None:
                continue
            try:
                bound = self.bound(one, round_up=key in ("gt", "lte"))
            except (ApiError, TokenError, NotText) as error:
                raise WrongBound(error, value, key) from None
            if key[0] == "g":
                low = bound if key == "gte" else self.after(bound)
            else:
                high = bound if key == "lte" else self.before(bound)
        if low > high:
            raise WrongBound(IllegalArgument(self.crossed(low, high)), value, None)
        return low, high

    def crossed(self, low: Any, high: Any) -> str:
        """The text of the error of bounds in the wrong order."""
        return f"min value ({self.shown(low)}) is greater than max value ({self.shown(high)})"

    def shown(self, value: Any) -> str:  # type: ignore[override]
        return java_text(value) if not isinstance(value, Parameter) else super().shown(value)

    def check(self, value: Json) -> None:
        self.parse(value)

    def column_values(self, values: list[Json]) -> list[tuple[Any, Any]]:
        out = []
        for value in values:
            try:
                out.append(self.parse(value))
            except (ApiError, WrongBound, NotARange):
                continue
        return out

    def fetched(self, value: Json, format: str | None) -> Json:
        """A value of the source as ``fields`` prints it."""
        from esmock.xcontent.java_order import hash_order

        if not isinstance(value, dict):
            return value
        shown = {key: self.fetched_bound(one, format) for key, one in value.items() if one is not None}
        return {key: shown[key] for key in hash_order(shown)}

    def fetched_bound(self, value: Json, format: str | None) -> Json:
        return self.element.parse(value)  # type: ignore[attr-defined]

    def term(self, value: Json) -> Any:
        strict = getattr(self.element, "strict", self.element.term)
        return strict(value)


class IntegerRange(Range):
    """Docs: range."""

    name = "integer_range"
    element_type = Integer
    lowest, highest = -(2**31), 2**31 - 1
    __slots__ = ()


class LongRange(Range):
    """Docs: range."""

    name = "long_range"
    element_type = Long
    lowest, highest = -(2**63), 2**63 - 1
    __slots__ = ()


class DoubleRange(Range):
    """Docs: range."""

    name = "double_range"
    element_type: ClassVar[type[Field]] = Double
    dtype = "float64"
    lowest, highest = -math.inf, math.inf
    __slots__ = ()

    def after(self, value: Any) -> Any:
        return math.nextafter(value, math.inf)

    def before(self, value: Any) -> Any:
        return math.nextafter(value, -math.inf)


class FloatRange(DoubleRange):
    """Docs: range."""

    name = "float_range"
    element_type = Float
    __slots__ = ()

    def after(self, value: Any) -> Any:
        import numpy as np

        return float(np.nextafter(np.float32(value), np.float32(math.inf)))

    def before(self, value: Any) -> Any:
        import numpy as np

        return float(np.nextafter(np.float32(value), np.float32(-math.inf)))


class DateRange(Range):
    """Docs: range."""

    name = "date_range"
    hidden_defaults = ()
    element_type = Date
    lowest, highest = -(2**63), 2**63 - 1
    __slots__ = ()

    def bound(self, value: Json, *, round_up: bool = False) -> int:
        if isinstance(value, dict | list):
            raise NotText(value)
        rounds = round_up and self.context.behaviour.date_range_bounds_round_up
        return self.element.query_ns(value, 0, round_up=rounds) // 1_000_000  # type: ignore[attr-defined,no-any-return]

    def fetched_bound(self, value: Json, format: str | None) -> Json:
        return self.element.format_value(self.bound(value), format)


class IpRange(Range):
    """Docs: range."""

    name = "ip_range"
    element_type = Ip
    dtype = "U32"
    lowest, highest = "0" * 32, "f" * 32
    __slots__ = ()

    def bound(self, value: Json, *, round_up: bool = False) -> str:
        if isinstance(value, dict | list):
            raise NotText(value)
        return str(self.element.term(value))

    def crossed(self, low: str, high: str) -> str:
        return "min value cannot be greater than max value for InetAddressRange field"

    def after(self, value: str) -> str:
        return f"{int(value, 16) + 1:032x}"

    def before(self, value: str) -> str:
        return f"{int(value, 16) - 1:032x}"

    def parse(self, value: Json) -> tuple[Any, Any]:
        return cidr_bounds(value) if isinstance(value, str) else super().parse(value)

    def fetched_bound(self, value: Json, format: str | None) -> Json:
        return self.element.format_value(self.bound(value))


def cidr_bounds(text: str) -> tuple[str, str]:
    """The first and the last address of ``address/prefix``. Raises IllegalArgument."""
    from esmock.mapping.exact import parse_ip

    address, slash, length = text.partition("/")
    if not slash or "/" in length:
        raise IllegalArgument(f"Expected [ip/prefix] but was [{text}]")
    found = parse_ip(address)
    if not length.lstrip("-").isdigit() or not 0 <= int(length) <= found.max_prefixlen:
        raise IllegalArgument(
            f"Illegal prefix length [{length}] in [{text}]. Must be 0-32 for IPv4 ranges, 0-128 for IPv6 ranges"
        )
    network = ipaddress.ip_network((found, int(length)), strict=False)
    return sortable_ip(network.network_address), sortable_ip(network.broadcast_address)


FIELDS = (IntegerRange, LongRange, FloatRange, DoubleRange, DateRange, IpRange)
