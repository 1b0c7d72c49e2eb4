"""The processor ``set_security_user``. Docs: ingest-node-set-security-user-processor."""

from __future__ import annotations

from typing import Any, ClassVar

from esmock.errors import IllegalState
from esmock.ingest.configuration import Configuration
from esmock.ingest.document import IngestDocument
from esmock.ingest.java import copy, text
from esmock.ingest.processor import Processor

_PROPERTIES = ("username", "roles", "email", "full_name", "metadata", "api_key", "realm", "authentication_type")


class SetSecurityUser(Processor):
    name: ClassVar[str] = "set_security_user"

    def __init__(self, config: Configuration) -> None:
        super().__init__(config)
        self.field = config.string("field")
        wanted = config.list("properties", None)
        self.properties = _PROPERTIES if wanted is None else tuple(self._property(config, one) for one in wanted)

    @staticmethod
    def _property(config: Configuration, given: Any) -> str:
        name = text(given).lower()
        if name not in _PROPERTIES:
            raise config.error("properties", f"Property value [{text(given)}] is in valid")
        return name

    def execute(self, document: IngestDocument) -> None:
        user = document.user
        if user is None:
            raise IllegalState(
                "Security (authentication) is not enabled on this cluster, so there is no active user - "
                "The [set_security_user] processor cannot be used without security"
            )
        held = document.get(self.field, ignore_missing=True)
        kept = held if isinstance(held, dict) else {}
        known = {name: user[name] for name in self.properties if name in user}
        document.set(self.field, {**kept, **copy(known)})


PROCESSORS = (SetSecurityUser,)
