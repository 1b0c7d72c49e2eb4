"""Reading the bodies of security requests, which Elasticsearch reads field by field: values, and what is said of wrong ones.

Source: answers of 6.8.23 to bodies with wrong fields, types and values.
"""

from __future__ import annotations

import contextlib
from typing import Any

from esmock.errors import ElasticsearchParse
from esmock.xcontent.located import NeedsPositions, at_value, standing, token

Json = Any


def kind(value: Json) -> str:
    """The token with which a value begins: ``VALUE_STRING``, ``START_ARRAY`` and their kin."""
    found = token(value) or "null"
    return "VALUE_NUMBER" if found.startswith("VALUE_NUMBER") else found


def require_object(body: Json, message: str) -> dict[str, Json]:
    """The body; ``message`` may name what it is instead as ``{}``. Raises ElasticsearchParse."""
    if isinstance(body, dict):
        return body
    raise ElasticsearchParse(message.format(kind(body)))


def not_base64(text: str) -> str | None:
    """What is said of the first character that is none of Base64's."""
    bad = next((char for char in text if not (char.isascii() and (char.isalnum() or char in "+/="))), None)
    return None if bad is None else f"Illegal base64 character {ord(bad):x}"


def unexpected(what: str, body: Json, key: str) -> ElasticsearchParse:
    """The error of a key that an object has not; a parser around it tells that it stood at the key's value."""
    error = ElasticsearchParse(f"{what}. unexpected field [{key}]")
    with contextlib.suppress(NeedsPositions):
        standing(error, at_value(body, key))
    return error


def string_list(value: Json, name: str) -> tuple[str, ...]:
    """An array of strings. Raises ElasticsearchParse."""
    if not isinstance(value, list):
        raise ElasticsearchParse(
            f"could not parse [{name}] field. expected a string array but found [{kind(value)}] value instead"
        )
    for one in value:
        if not isinstance(one, str):
            raise ElasticsearchParse(
                f"could not parse [null] field. expected a string array but one of the value in the array is [{kind(one)}]"
            )
    return tuple(value)


def typed(value: Json, name: str, wanted: type, word: str, *, nullable: bool = False) -> Any:
    """A value of one type. Raises ElasticsearchParse."""
    if isinstance(value, wanted) or (nullable and value is None):
        return value
    raise ElasticsearchParse(f"expected field [{name}] to be of type {word}, but found [{kind(value)}] instead")


def has_reserved(metadata: Json) -> bool:
    """Whether metadata have keys that only Elasticsearch itself may use."""
    return any(key.startswith("_") for key in metadata or {})


RESERVED_METADATA = "metadata keys may not start with [_]"
_NAME = (
    "{} names must be at least 1 and no more than {} characters. They can contain alphanumeric characters (a-z, A-Z, 0-9),"
    " spaces, punctuation, and printable symbols in the Basic Latin (ASCII) block. Leading or trailing whitespace is not allowed."
)


def bad_name(what: str, name: str, longest: int = 1024) -> str | None:
    """What is wrong with the name of a user or role; ``what`` is ``User`` or ``Role``."""
    good = 1 <= len(name) <= longest and name.isascii() and name.isprintable() and name.strip() == name
    return None if good else _NAME.format(what, longest)
