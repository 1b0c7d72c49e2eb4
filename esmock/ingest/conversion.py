"""The processor ``convert``."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, ClassVar

from esmock.errors import ApiError, IllegalArgument, NullPointer
from esmock.ingest.configuration import Configuration
from esmock.ingest.document import IngestDocument
from esmock.ingest.java import text
from esmock.ingest.processor import Processor
from esmock.xcontent.java_number import parse_double, parse_int, parse_long, to_float


def _whole(value: Any, kind: str, parse: Callable[[str], int], bits: int) -> int:
    shown = text(value)
    try:
        sign, digits = ("-", shown[1:]) if shown.startswith("-") else ("", shown)
        if digits[:2].lower() == "0x":
            number = int(sign + digits[2:], 16)
            if not -(1 << bits - 1) <= number < 1 << bits - 1:
                raise ValueError
            return number
        return parse(shown)
    except (ApiError, ValueError) as cause:
        error = cause if isinstance(cause, ApiError) else None
        raise IllegalArgument(f"unable to convert [{shown}] to {kind}", cause=error) from None


def _integer(value: Any) -> int:
    return _whole(value, "integer", parse_int, 32)


def _long(value: Any) -> int:
    from esmock.script.painless.runtime.values import Long

    return Long(_whole(value, "long", parse_long, 64))


def _double(value: Any) -> float:
    shown = text(value)
    try:
        return parse_double(shown)
    except ApiError as cause:
        raise IllegalArgument(f"unable to convert [{shown}] to double", cause=cause) from None


def _float(value: Any) -> float:
    from esmock.script.painless.runtime.values import Float

    shown = text(value)
    try:
        return Float(to_float(parse_double(shown)))
    except ApiError as cause:
        raise IllegalArgument(f"unable to convert [{shown}] to float", cause=cause) from None


def _boolean(value: Any) -> bool:
    shown = text(value)
    if shown.lower() == "true":
        return True
    if shown.lower() == "false":
        return False
    raise IllegalArgument(f"[{shown}] is not a boolean value, cannot convert to boolean")


def _ip(value: Any) -> str:
    import ipaddress

    shown = text(value)
    try:
        ipaddress.ip_address(shown)
    except ValueError:
        raise IllegalArgument(f"'{shown}' is not an IP string literal.") from None
    return shown


def _auto(value: Any) -> Any:
    if not isinstance(value, str):
        return value
    for convert in (_boolean, _integer, _long, _float, _double):
        try:
            return convert(value)
        except IllegalArgument:
            continue
    return value


_TYPES: dict[str, Callable[[Any], Any]] = {
    "auto": _auto,
    "boolean": _boolean,
    "double": _double,
    "float": _float,
    "integer": _integer,
    "ip": _ip,
    "long": _long,
    "string": text,
}


class Convert(Processor):
    name: ClassVar[str] = "convert"

    def __init__(self, config: Configuration) -> None:
        super().__init__(config)
        self.field = config.string("field")
        kind = config.string("type")
        self.target = config.string("target_field", self.field)
        self.kind = kind.lower()
        if self.kind not in _TYPES or (self.kind == "ip" and not config.environment.behaviour.has((7, 13))):
            raise config.error("type", f"type [{kind}] not supported, cannot convert field.")
        self.ignore_missing = config.boolean("ignore_missing", False)

    def execute(self, document: IngestDocument) -> None:
        value = document.get(self.field, ignore_missing=self.ignore_missing)
        if value is None:
            if self.ignore_missing:
                return
            raise IllegalArgument(f"Field [{self.field}] is null, cannot be converted to type [{self.kind}]")
        convert = _TYPES[self.kind]
        if isinstance(value, list) and self.kind != "auto" and None in value:
            raise NullPointer('Cannot invoke "Object.toString()" because "value" is null')
        changed = [convert(one) for one in value] if isinstance(value, list) else convert(value)
        document.set(self.target, changed)


PROCESSORS = (Convert,)
