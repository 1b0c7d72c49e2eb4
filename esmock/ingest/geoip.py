"""The processors ``geoip`` and ``ip_location``, on databases that the user brings. Docs: geoip-processor, ip-location-processor.

Databases lie in the folder ``ingest-geoip`` below the node setting ``path.conf``; ``maxminddb`` reads them (the extra ``ingest``).
Differs: none is shipped or downloaded; other kinds than city, country and ASN are not read.
"""

from __future__ import annotations

import ipaddress
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, ClassVar

from esmock.errors import IllegalArgument, Unsupported
from esmock.ingest.configuration import Configuration
from esmock.ingest.document import IngestDocument
from esmock.ingest.java import text
from esmock.ingest.processor import Processor

Json = Any
_SHIPPED = ("GeoLite2-City.mmdb", "GeoLite2-Country.mmdb", "GeoLite2-ASN.mmdb")


class Record:
    """What a database holds of an address, by Elasticsearch's names.

    Args:
        network: the network of which the database tells it.
    """

    def __init__(self, ip: str, data: dict[str, Json], network: str) -> None:
        self._ip, self._data, self._network = ip, data, network

    def _at(self, *path: str) -> Json:
        value: Json = self._data
        for name in path:
            value = value.get(name) if isinstance(value, dict) else None
        return value

    def _region(self) -> dict[str, Json]:
        # the last is the most specific one
        listed = self._data.get("subdivisions") or [{}]
        return dict(listed[-1])

    def _region_iso_code(self) -> str | None:
        country, region = self._at("country", "iso_code"), self._region().get("iso_code")
        return f"{country}-{region}" if country and region else None

    def _location(self) -> dict[str, float] | None:
        lat, lon = self._at("location", "latitude"), self._at("location", "longitude")
        return None if lat is None or lon is None else {"lat": lat, "lon": lon}

    def _in_union(self, whose: str) -> bool | None:
        return None if self._at(whose) is None else bool(self._at(whose, "is_in_european_union"))

    _READ: ClassVar[dict[str, Callable[[Record], Json]]] = {
        "ip": lambda one: one._ip,
        "country_in_european_union": lambda one: one._in_union("country"),
        "country_iso_code": lambda one: one._at("country", "iso_code"),
        "country_name": lambda one: one._at("country", "names", "en"),
        "continent_code": lambda one: one._at("continent", "code"),
        "continent_name": lambda one: one._at("continent", "names", "en"),
        "region_iso_code": _region_iso_code,
        "region_name": lambda one: (one._region().get("names") or {}).get("en"),
        "city_name": lambda one: one._at("city", "names", "en"),
        "timezone": lambda one: one._at("location", "time_zone"),
        "location": _location,
        "accuracy_radius": lambda one: one._at("location", "accuracy_radius"),
        "postal_code": lambda one: one._at("postal", "code"),
        "registered_country_in_european_union": lambda one: one._in_union("registered_country"),
        "registered_country_iso_code": lambda one: one._at("registered_country", "iso_code"),
        "registered_country_name": lambda one: one._at("registered_country", "names", "en"),
        "asn": lambda one: one._at("autonomous_system_number"),
        "organization_name": lambda one: one._at("autonomous_system_organization"),
        "network": lambda one: one._network,
    }

    def show(self, properties: tuple[str, ...]) -> dict[str, Json]:
        """The properties that are known."""
        found = {name: self._READ[name](self) for name in properties}
        return {name: value for name, value in found.items() if value is not None}


_COUNTRY = ("ip", "country_iso_code", "country_name", "continent_name")
_CITY = (*_COUNTRY, "region_iso_code", "region_name", "city_name", "timezone", "location")
_LATE = (
    "country_in_european_union", "continent_code", "registered_country_in_european_union", "registered_country_iso_code",
    "registered_country_name",
)  # fmt: skip
_LATE_CITY = (*_LATE, "accuracy_radius", "postal_code")
_ASN = ("ip", "asn", "organization_name", "network")
_KINDS = {"City": (_CITY, _LATE_CITY), "Country": (_COUNTRY, _LATE), "ASN": (_ASN, ())}
"""Properties of each kind of database: all versions', and those of 8.x on."""
_DEFAULTS = {
    "City": (
        "continent_name", "country_name", "country_iso_code", "region_iso_code", "region_name", "city_name", "location",
    ),
    "Country": ("continent_name", "country_name", "country_iso_code"),
    "ASN": _ASN,
}  # fmt: skip


class Database:
    """A file of addresses. Raises Unsupported without maxminddb, for another file, and for a kind that is not read."""

    def __init__(self, path: Path) -> None:
        try:
            import maxminddb
        except ImportError:
            raise Unsupported("the geoip processor where the extra esmock[ingest] is not installed") from None
        try:
            self._reader = maxminddb.open_database(str(path))
        except maxminddb.InvalidDatabaseError:
            raise Unsupported(f"the file {path.name}, which is no database of addresses,") from None
        declared = self._reader.metadata().database_type
        self.kind = next((kind for kind in _KINDS if declared.endswith(kind)), "")
        if not self.kind:
            raise Unsupported(f"geoip databases of the type {declared}")

    def find(self, address: str) -> Record | None:
        """What is known of an address. Raises IllegalArgument."""
        try:
            parsed = ipaddress.ip_address(address)
        except ValueError:
            raise IllegalArgument(f"'{address}' is not an IP string literal.") from None
        data, length = self._reader.get_with_prefix_len(parsed)
        if not isinstance(data, dict):
            return None
        network = ipaddress.ip_network(f"{parsed}/{length}", strict=False)
        return Record(str(parsed), data, str(network))


class GeoIp(Processor):
    name: ClassVar[str] = "geoip"

    def __init__(self, config: Configuration) -> None:
        super().__init__(config)
        behaviour = config.environment.behaviour
        self.field = config.string("field")
        self.target = config.string("target_field", self.name)
        wanted = config.list("properties", None)
        self.ignore_missing = config.boolean("ignore_missing", False)
        self.first_only = config.boolean("first_only", True)
        self.file = config.string("database_file", _SHIPPED[0])
        if behaviour.has((8, 9)):
            config.boolean("download_database_on_pipeline_creation", True)
        self.database = self._open(config)
        self.properties: tuple[str, ...] = ()
        if self.database is not None:
            self.properties = self._chosen(config, self.database.kind, wanted)

    def _open(self, config: Configuration) -> Database | None:
        """The database; None for one that a server would go on waiting for."""
        behaviour, folder = config.environment.behaviour, config.environment.geoip_folder
        path = folder / self.file if folder is not None and Path(self.file).name == self.file else None
        if path is not None and path.is_file():
            return Database(path)
        if self.file in _SHIPPED and not behaviour.has((7, 14)):
            raise Unsupported(f"the geoip database {self.file}, which is not in the folder ingest-geoip below path.conf")
        if self.file in _SHIPPED or behaviour.has((8, 10)):
            return None
        raise config.error("database_file", f"database file [{self.file}] doesn't exist")

    @staticmethod
    def _chosen(config: Configuration, kind: str, wanted: list[Json] | None) -> tuple[str, ...]:
        if wanted is None:
            return _DEFAULTS[kind]
        always, late = _KINDS[kind]
        known = (*always, *late) if config.environment.behaviour.major >= 8 else always
        for one in wanted:
            if text(one).lower() not in known:
                valid = ", ".join(name.upper() for name in known)
                raise config.error("properties", f"illegal property value [{text(one)}]. valid values are [{valid}]")
        return tuple(text(one).lower() for one in wanted)

    def execute(self, document: IngestDocument) -> None:
        if self.database is None and not self.environment.behaviour.has((8, 3)):
            document.append("tags", f"_{self.name}_database_unavailable_{self.file}")
            return
        value = document.get(self.field, ignore_missing=self.ignore_missing)
        if value is None:
            if self.ignore_missing:
                return
            raise IllegalArgument(f"field [{self.field}] is null, cannot extract geoip information.")
        if self.database is None:
            document.append("tags", f"_{self.name}_database_unavailable_{self.file}", allow_duplicates=False)
            return
        if not isinstance(value, str | list):
            raise IllegalArgument(f"field [{self.field}] should contain only string or array of strings")
        found = list(self._records(self.database, value if isinstance(value, list) else [value]))
        known = [one for one in found if one]
        if known:
            only_one = isinstance(value, str) or self.first_only
            document.set(self.target, known[0] if only_one else found)

    def _records(self, database: Database, values: list[Json]) -> Iterator[dict[str, Json] | None]:
        for one in values:
            if not isinstance(one, str):
                raise IllegalArgument(f"array in field [{self.field}] should only contain strings")
            record = database.find(one)
            yield None if record is None else record.show(self.properties)


class IpLocation(GeoIp):
    name: ClassVar[str] = "ip_location"
    since: ClassVar[tuple[int, int]] = (8, 16)


PROCESSORS = (GeoIp, IpLocation)
