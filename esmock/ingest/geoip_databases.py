"""Configurations of databases of addresses that a server would download. Docs: put-geoip-database-api, put-ip-location-database-api.

Source: documentation of 8.15 to 9.x and their behaviour as published; no engine that could be asked has them.
Differs: nothing is downloaded.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from esmock.errors import ActionRequestValidation, IllegalArgument, ResourceNotFound
from esmock.state.resolve import glob
from esmock.xcontent.object_parser import Parser, object_, string

if TYPE_CHECKING:
    from esmock.state.cluster import Cluster
    from esmock.xcontent.value_reader import Reading

Json = Any
_MAXMIND = tuple(
    f"GeoIP2-{name}" for name in ("Anonymous-IP", "City", "Connection-Type", "Country", "Domain", "Enterprise", "ISP")
)
_IPINFO = ("asn", "country", "standard_asn", "standard_location", "standard_privacy")
_PROVIDERS = ("maxmind", "ipinfo", "web", "local")
_READ_ONLY = ("web", "local")
_LONGEST_ID = 127
_ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]{0,126}")
_PARSER = Parser(
    "database",
    string("name", required=True),
    object_("maxmind", Parser("maxmind", string("account_id", required=True)), argument=True),
    object_("ipinfo", Parser("ipinfo"), argument=True),
    object_("web", Parser("web"), argument=True),
    object_("local", Parser("local", string("type", required=True)), argument=True),
)


@dataclass(frozen=True, slots=True)
class Configuration:
    """One database.

    Args:
        provider: who offers it.
        settings: what the provider wants to know.
    """

    name: str
    provider: str
    settings: tuple[tuple[str, str], ...] = ()
    version: int = 1
    modified_ms: int = 0

    @classmethod
    def read(cls, body: Json, reading: Reading) -> Configuration:
        """A configuration from its body. Raises ApiError."""
        found = _PARSER.parse(body, reading)
        given = [name for name in _PROVIDERS if found.get(name) is not None]
        if len(given) != 1:
            raise IllegalArgument(f"Exactly one provider object must be specified, but [{len(given)}] were found")
        provider = given[0]
        return cls(found["name"], provider, tuple(found[provider].items()))

    def checked(self, id_: str) -> Configuration:
        """Itself. Raises IllegalArgument for an id that cannot be, ActionRequestValidation for an unknown name."""
        _check_id(id_)
        if not self.name:
            raise ActionRequestValidation(f"invalid name [{self.name}]: cannot be empty")
        known = {"maxmind": _MAXMIND, "ipinfo": _IPINFO}.get(self.provider)
        if known is not None and self.name not in known:
            raise ActionRequestValidation(f"invalid name [{self.name}]: must be a supported name ([{', '.join(known)}])")
        if self.provider in _READ_ONLY:
            raise IllegalArgument(f"Database [{id_}] is read only")
        return self

    def asks_for(self) -> tuple[Any, ...]:
        """What it is apart from its history."""
        return self.name, self.provider, self.settings

    def to_json(self, id_: str, instant: str | None) -> Json:
        """As the get API shows it; ``instant`` is the readable date where one was asked for."""
        readable = {} if instant is None else {"modified_date": instant}
        return {
            "id": id_,
            "version": self.version,
            **readable,
            "modified_date_millis": self.modified_ms,
            "database": {"name": self.name, self.provider: dict(self.settings)},
        }


def _check_id(id_: str) -> None:
    problem, size = None, len(id_.encode())
    if not id_:
        problem = "must not be null or empty"
    elif size > _LONGEST_ID:
        problem = f"id is too long, ({size} > {_LONGEST_ID})"
    elif not _ID.fullmatch(id_):
        problem = "id doesn't match required rules (alphanumerics, dashes, and underscores, only)"
    if problem is not None:
        raise IllegalArgument(f"invalid database configuration id [{id_}]: {problem}")


class Configurations:
    """The slot ``geoip_databases`` of a cluster."""

    def __init__(self, cluster: Cluster, known: dict[str, Configuration] | None = None) -> None:
        self.cluster = cluster
        self.known = dict(known or {})

    def clone(self, cluster: Cluster) -> Configurations:
        return Configurations(cluster, self.known)

    def put(self, id_: str, given: Configuration) -> None:
        """Keep a configuration; one that says nothing new changes nothing. Raises IllegalArgument."""
        older = self.known.get(id_)
        if older is not None and older.asks_for() == given.asks_for():
            return
        for other, one in self.known.items():
            if other != id_ and one.name == given.name:
                raise IllegalArgument(f"database [{given.name}] is already being downloaded via configuration [{other}]")
        version = 1 if older is None else older.version + 1
        self.known[id_] = replace(given, version=version, modified_ms=self.cluster.clock.now_ms())

    def find(self, ids: Sequence[str]) -> list[tuple[str, Configuration]]:
        """Those of ids, a pattern or all, by id. Raises IllegalArgument for several patterns, ResourceNotFound."""
        wanted = list(ids) or ["*"]
        if len(wanted) > 1 and any("*" in one for one in wanted):
            raise IllegalArgument(
                "wildcard only supports a single value, please use comma-separated values or a single wildcard value"
            )
        found = {}
        for one in wanted:
            matching = [id_ for id_ in self.known if id_ == one or ("*" in one and glob(one).match(id_))]
            if not matching and "*" not in one:
                raise ResourceNotFound(f"database configuration not found: {one}")
            found.update({id_: self.known[id_] for id_ in matching})
        return sorted(found.items())

    def delete(self, id_: str) -> None:
        """Raises ResourceNotFound."""
        if id_ not in self.known:
            raise ResourceNotFound(f"Database configuration not found: {id_}")
        del self.known[id_]


def configurations(cluster: Cluster) -> Configurations:
    """The cluster's configurations of databases."""
    found: Configurations = cluster.slot("geoip_databases", lambda: Configurations(cluster))
    return found
