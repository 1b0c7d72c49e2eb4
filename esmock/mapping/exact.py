"""Exact values: keyword, boolean, binary, ip."""

from __future__ import annotations

import base64
import binascii
import ipaddress
import re
from dataclasses import replace
from typing import Any

from esmock.errors import ApiError, IllegalArgument, MapperParsing, NumberFormat
from esmock.mapping.field import BINARY, LONG, NO_LIMIT, ORDINALS, Field
from esmock.mapping.parameter import (
    Parameter,
    Place,
    boolean,
    boost,
    choice,
    integer,
    java_text,
    meta,
    read_boolean,
    script,
    similarity,
    string,
)
from esmock.xcontent.java_length import is_longer

Json = Any

MAX_TERM_BYTES = 32766
SURE_LENGTH = 8191
"""Characters that make no term too long, however they are encoded."""


def _check_ignore_above(value: int) -> None:
    if value < 0:
        raise IllegalArgument(f"[ignore_above] must be positive, got [{value}]")


def ignore_above(*, always_checked: bool = True) -> Parameter:
    """The length from which texts are left out; the index may have a setting for it.

    Args:
        always_checked: 7.x, too, takes no negative one.
    """
    checked = integer("ignore_above", NO_LIMIT, updateable=True, check=_check_ignore_above)
    plain = integer("ignore_above", NO_LIMIT, updateable=True)

    def read(value: Json, place: Place) -> Any:
        return (checked if always_checked or place.context.behaviour.major >= 8 else plain).read(value, place)

    return replace(checked, read=read, setting="index.mapping.ignore_above")


def _index_options(text: str, place: Place) -> ApiError:
    return MapperParsing(f"Unknown value [{text}] for field [index_options] - accepted values are [docs, freqs]")


def _normalizer(value: Json, place: Place) -> str | None:
    if value is not None:
        return java_text(value)
    if place.context.behaviour.major < 8:
        raise MapperParsing(f"[normalizer] on mapper [{place.path.rsplit('.', 1)[-1]}] of type [{place.type}] must not have a [null] value")
    return None


class Keyword(Field):
    """Text taken as one term. Docs: keyword."""

    name = "keyword"
    family = "keyword"
    takes_patterns = True
    scores_terms = True
    column_kind = ORDINALS
    parameters = (
        boolean("index", True),
        boolean("doc_values", True),
        boolean("store", False),
        string("null_value", None, allows_null=True),
        boolean("eager_global_ordinals", False, updateable=True),
        ignore_above(always_checked=False),
        choice("index_options", "docs", ("docs", "freqs"), _index_options),
        boolean("norms", False),
        similarity(),
        Parameter("normalizer", None, _normalizer, allows_null=True),
        boolean("split_queries_on_whitespace", False, updateable=True),
        *script(),
        boost(),
        meta(),
        boolean("time_series_dimension", False),
    )
    __slots__ = ("_normalize", "ignore_above")

    def setup(self) -> None:
        self.ignore_above = self.get("ignore_above")
        name = self.given.get("normalizer")
        self._normalize = None
        if name is not None and name != "default":
            normalizer = self.context.analysis.normalizer(name)
            if normalizer is None:
                raise MapperParsing(f"normalizer [{name}] not found for field [{self.leaf}]")
            self._normalize = normalizer

    def may_change(self, parameter: Parameter, mine: Any, theirs: Any) -> bool:
        return parameter.name == "norms" and bool(mine)

    def normalized(self, text: str) -> str:
        """The term that a text is indexed and searched as."""
        return text if self._normalize is None else self._normalize.normalize(text)

    def check(self, value: Json) -> None:
        if isinstance(value, str):
            if len(value) > SURE_LENGTH and not is_longer(value, self.ignore_above):
                self._check_size(value)
            return
        need_scalar(value)

    def _sure_limit(self) -> int:
        """Whatever is in a text up to this length, it is not too long: Java counts some characters twice."""
        return int(self.ignore_above if self.ignore_above == NO_LIMIT else self.ignore_above // 2)

    def longest_plain(self) -> int:
        return self._sure_limit() if self._normalize is None else -1

    def longest_taken(self) -> int:
        limit = self._sure_limit() if self.context.behaviour.long_keywords_ignored else NO_LIMIT
        return limit if self.ignore_above <= SURE_LENGTH else min(limit, SURE_LENGTH)

    def _check_size(self, value: str) -> None:
        size = len(value.encode("utf-8", "surrogatepass"))
        if size > MAX_TERM_BYTES:
            raise ImmenseTerm(self.path, value, size)

    def column_values(self, values: list[Json]) -> list[str]:
        limit = self.ignore_above
        out = [value if isinstance(value, str) else java_text(value) for value in values]
        out = [value for value in out if not is_longer(value, limit)]
        if self._normalize is not None:
            out = [self.normalized(value) for value in out]
        return out

    def malformed(self, value: Json) -> bool:
        return super().malformed(value) or self.ignores(value)

    def ignores(self, value: Json) -> bool:
        """Whether a value is too long to be indexed."""
        return is_longer(java_text(value), self.ignore_above)

    def term(self, value: Json) -> str:
        return self.normalized(java_text(value))


class NotText(Exception):
    """An object or array where text is wanted; the document parser words it with its position."""

    def __init__(self, value: Json) -> None:
        super().__init__("not text")
        self.value = value


def need_scalar(value: Json) -> None:
    """Raises NotText for an object or an array: fields of one value cannot read them."""
    if isinstance(value, (dict, list)):
        raise NotText(value)


class NotAnObject(Exception):
    """A scalar where an object is wanted; the document parser words it with its position."""


class ImmenseTerm(IllegalArgument):
    """A term longer than Lucene can hold."""

    java = "IllegalArgumentException"
    type = "illegal_argument_exception"

    def __init__(self, path: str, value: str, size: int) -> None:
        prefix = list(value.encode("utf-8", "surrogatepass")[:30])
        signed = ", ".join(str(byte - 256 if byte > 127 else byte) for byte in prefix)
        super().__init__(
            f'Document contains at least one immense term in field="{path}" (whose UTF8 encoding is longer than the max length '
            f"{MAX_TERM_BYTES}), all of which were skipped.  Please correct the analyzer to not produce such terms.  The prefix "
            f"of the first immense term is: '[{signed}]...', original message: bytes can be at most {MAX_TERM_BYTES} in length; got {size}"
        )


class Boolean(Field):
    """True or false. Docs: boolean."""

    name = "boolean"
    column_kind = LONG
    scores_terms = True
    parameters = (
        meta(),
        boost(),
        boolean("doc_values", True),
        boolean("index", True),
        Parameter(
            "null_value", None, lambda value, place: None if value is None else read_boolean(value), allows_null=True
        ),
        boolean("store", False),
        *script(),
        boolean("ignore_malformed", False, updateable=True, is_explicit=True),
        boolean("time_series_dimension", False),
    )
    __slots__ = ()

    def parse(self, value: Json) -> bool | None:
        """A value of the source; None for an empty text on old versions."""
        if value == "" and isinstance(value, str):
            return False
        if isinstance(value, bool):
            return value
        if isinstance(value, str):
            return read_boolean(value)
        raise NotBoolean(value)

    def check(self, value: Json) -> None:
        self.parse(value)

    def column_values(self, values: list[Json]) -> list[int]:
        out = []
        for value in values:
            try:
                out.append(int(bool(self.parse(value))))
            except (ApiError, NotBoolean):
                continue
        return out

    def term(self, value: Json) -> int:
        if isinstance(value, bool):
            return int(value)
        text = java_text(value)
        if text == "true":
            return 1
        if text == "false":
            return 0
        raise IllegalArgument(f"Can't parse boolean value [{text}], expected [true] or [false]")

    def format_value(self, value: Any, format: str | None = None, zone: Any = None) -> Json:
        return bool(value)


class NotBoolean(Exception):
    """A number, object or array where a boolean is wanted."""

    def __init__(self, value: Json) -> None:
        super().__init__("not a boolean")
        self.value = value


class Binary(Field):
    """Base64 text that is only kept. Docs: binary."""

    name = "binary"
    takes_words = False
    column_kind = BINARY
    parameters = (meta(), boolean("store", False), boolean("doc_values", False))
    __slots__ = ()

    def default_of(self, parameter: Parameter) -> Any:
        return self.context.is_synthetic if parameter.name == "doc_values" else parameter.default

    @property
    def is_indexed(self) -> bool:
        return False

    def check(self, value: Json) -> None:
        need_scalar(value)
        if not (self.is_stored or self.has_doc_values):
            return
        try:
            base64.b64decode(java_text(value), validate=True)
        except (binascii.Error, ValueError) as error:
            raise IllegalArgument(f"Illegal base64 character: {error}") from None

    def column_values(self, values: list[Json]) -> list[str]:
        return [java_text(value) for value in values]

    def term(self, value: Json) -> Any:
        from esmock.errors import QueryShard

        wire = IllegalArgument if self.context.behaviour.major >= 8 else QueryShard
        raise wire("Binary fields do not support searching")


def parse_ip(text: str) -> ipaddress.IPv4Address | ipaddress.IPv6Address:
    """An address; a mapped IPv4 address is one. Raises IllegalArgument."""
    try:
        address = ipaddress.ip_address(text)
    except ValueError:
        raise IllegalArgument(f"'{text}' is not an IP string literal.") from None
    if isinstance(address, ipaddress.IPv6Address) and address.ipv4_mapped is not None:
        return address.ipv4_mapped
    return address


def sortable_ip(address: ipaddress.IPv4Address | ipaddress.IPv6Address) -> str:
    """16 bytes as 32 hexadecimal digits: text that sorts as Lucene's encoding does."""
    number = int(address)
    if address.version == 4:
        number |= 0xFFFF << 32
    return f"{number:032x}"


def printed_ip(sortable: str) -> str:
    """An address as Elasticsearch prints it: IPv6 compressed by its own rule."""
    number = int(sortable, 16)
    if number >> 32 == 0xFFFF:
        return str(ipaddress.IPv4Address(number & 0xFFFFFFFF))
    groups = [sortable[at : at + 4].lstrip("0") or "0" for at in range(0, 32, 4)]
    return _compressed(groups)


def _compressed(groups: list[str]) -> str:
    best, best_length, at = -1, 0, 0
    while at < 8:
        end = at
        while end < 8 and groups[end] == "0":
            end += 1
        if end - at > best_length:
            best, best_length = at, end - at
        at = max(end, at + 1)
    if best_length < 2:
        return ":".join(groups)
    return ":".join(groups[:best]) + "::" + ":".join(groups[best + best_length :])


class Ip(Field):
    """IPv4 and IPv6 addresses; the column's dictionary holds 32 hexadecimal digits. Docs: ip."""

    name = "ip"
    column_kind = ORDINALS
    parameters = (
        boolean("index", True),
        boolean("doc_values", True),
        boolean("store", False),
        boolean("ignore_malformed", False, updateable=True),
        string("null_value", None, allows_null=True),
        *script(),
        meta(),
        boolean("time_series_dimension", False),
    )
    __slots__ = ("ignores_malformed", "null_is_usable")

    def setup(self) -> None:
        self.ignores_malformed = self.flag("ignore_malformed", False)
        self.null_is_usable = self.checked_null(parse_ip, "IP")

    @property
    def null_value(self) -> Any:
        return self.get("null_value") if self.null_is_usable else None

    def check(self, value: Json) -> None:
        need_scalar(value)
        parse_ip(java_text(value))

    def column_values(self, values: list[Json]) -> list[str]:
        out = []
        for value in values:
            try:
                out.append(sortable_ip(parse_ip(java_text(value))))
            except IllegalArgument:
                continue
        return out

    def term(self, value: Json) -> str:
        return sortable_ip(parse_ip(java_text(value)))

    def subnet(self, text: str) -> tuple[str, str]:
        """The first and last address of ``address/bits``. Raises IllegalArgument."""
        parts = text.rstrip("/").split("/")
        if len(parts) != 2:
            raise IllegalArgument(f"Expected [ip/prefix] but was [{text}]")
        low, bits = parse_ip(parts[0]), parts[1]
        if re.fullmatch("[+-]?[0-9]{1,10}", bits) is None or not -(2**31) <= int(bits) < 2**31:
            raise NumberFormat(f'For input string: "{bits}"')
        if not 0 <= int(bits) <= (32 if isinstance(low, ipaddress.IPv4Address) else 128):
            raise IllegalArgument(f"Illegal prefix length [{bits}] in [{text}]. Must be 0-32 for IPv4 ranges, 0-128 for IPv6 ranges")
        network = ipaddress.ip_network((low, int(bits)), strict=False)
        return sortable_ip(network[0]), sortable_ip(network[-1])

    def format_value(self, value: Any, format: str | None = None, zone: Any = None) -> Json:
        return printed_ip(value)


FIELDS = (Keyword, Boolean, Binary, Ip)
