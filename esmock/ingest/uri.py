"""The processor ``uri_parts`` (7.12)."""

from __future__ import annotations

from typing import Any, ClassVar
from urllib.parse import unquote, urlsplit

from esmock.errors import IllegalArgument
from esmock.ingest.configuration import Configuration
from esmock.ingest.document import IngestDocument
from esmock.ingest.processor import Processor


def uri_parts(value: str) -> dict[str, Any]:
    """The parts of a URI. Raises IllegalArgument."""
    try:
        parts = urlsplit(value)
        port = parts.port
    except ValueError:
        raise IllegalArgument(f"unable to parse URI [{value}]") from None
    if any(char in value for char in ' "<>\\^`{|}'):
        raise IllegalArgument(f"unable to parse URI [{value}]")
    found: dict[str, Any] = {}
    if parts.hostname:
        found["domain"] = parts.netloc.rpartition("@")[2].rsplit(":", 1)[0] if port is not None else parts.netloc.rpartition("@")[2]
    if parts.fragment:
        found["fragment"] = unquote(parts.fragment)
    found["path"] = unquote(parts.path)
    last = parts.path.rpartition("/")[2]
    if "." in parts.path and "." in last:
        found["extension"] = last.rpartition(".")[2]
    if port is not None:
        found["port"] = port
    if parts.query:
        found["query"] = unquote(parts.query)
    if parts.scheme:
        found["scheme"] = parts.scheme
    user, at, _ = parts.netloc.rpartition("@")
    if at:
        found["user_info"] = unquote(user)
        name, colon, secret = found["user_info"].partition(":")
        if name:
            found["username"] = name
        if colon:
            found["password"] = secret
    return found


class UriParts(Processor):
    name: ClassVar[str] = "uri_parts"
    since: ClassVar[tuple[int, int]] = (7, 12)

    def __init__(self, config: Configuration) -> None:
        super().__init__(config)
        self.field = config.string("field")
        self.target = config.string("target_field", "url")
        self.removes = config.boolean("remove_if_successful", False)
        self.keeps = config.boolean("keep_original", True)
        has_option = config.environment.behaviour.has((8, 12))
        self.ignore_missing = config.boolean("ignore_missing", False) if has_option else False

    def execute(self, document: IngestDocument) -> None:
        value = document.text(self.field, ignore_missing=self.ignore_missing)
        if value is None:
            if self.ignore_missing:
                return
            raise IllegalArgument(f"field [{self.field}] is null, cannot parse as uri.")
        found = uri_parts(value)
        if self.keeps:
            found["original"] = value
        if self.removes and self.target != self.field:
            document.remove(self.field)
        document.set(self.target, found)


PROCESSORS = (UriParts,)
