"""Processors about network addresses: ``community_id`` and ``network_direction``."""

from __future__ import annotations

import base64
import hashlib
import ipaddress
from typing import Any, ClassVar

from esmock.errors import IllegalArgument
from esmock.ingest.configuration import Configuration
from esmock.ingest.document import IngestDocument
from esmock.ingest.java import text
from esmock.ingest.processor import Processor

_PROTOCOLS = {
    "icmp": 1,
    "igmp": 2,
    "tcp": 6,
    "egp": 8,
    "udp": 17,
    "gre": 47,
    "icmp-v6": 58,
    "icmp6": 58,
    "ipv6-icmp": 58,
    "ospf": 89,
    "eigrp": 88,
    "pim": 103,
    "sctp": 132,
}
_ICMP_PAIRS = {8: 0, 0: 8, 13: 14, 14: 13, 15: 16, 16: 15, 10: 9, 9: 10, 17: 18, 18: 17}
_ICMP6_PAIRS = {128: 129, 129: 128, 133: 134, 134: 133, 135: 136, 136: 135, 130: 131, 131: 130, 144: 145, 145: 144}


def community_id(
    source: str, destination: str, protocol: int, ports: tuple[int, int] | None, seed: int = 0, *, one_way: bool = False
) -> str:
    """The published hash of a flow, version 1."""
    left, right = ipaddress.ip_address(source).packed, ipaddress.ip_address(destination).packed
    pair = ports or (0, 0)
    if not one_way and (left, pair[0]) > (right, pair[1]):
        left, right, pair = right, left, (pair[1], pair[0])
    data = seed.to_bytes(2, "big") + left + right + bytes((protocol, 0))
    if ports is not None:
        data += pair[0].to_bytes(2, "big") + pair[1].to_bytes(2, "big")
    return "1:" + base64.b64encode(hashlib.sha1(data, usedforsecurity=False).digest()).decode()


class CommunityId(Processor):
    name: ClassVar[str] = "community_id"
    since: ClassVar[tuple[int, int]] = (7, 13)

    def __init__(self, config: Configuration) -> None:
        super().__init__(config)
        self.source_ip = config.string("source_ip", "source.ip")
        self.source_port = config.string("source_port", "source.port")
        self.destination_ip = config.string("destination_ip", "destination.ip")
        self.destination_port = config.string("destination_port", "destination.port")
        self.iana_number = config.string("iana_number", "network.iana_number")
        self.icmp_type = config.string("icmp_type", "icmp.type")
        self.icmp_code = config.string("icmp_code", "icmp.code")
        self.transport = config.string("transport", "network.transport")
        self.target = config.string("target_field", "network.community_id")
        self.seed = config.integer("seed", 0)
        if not 0 <= self.seed <= 65535:
            raise config.error("seed", "must be a value between 0 and 65535")
        self.ignore_missing = config.boolean("ignore_missing", True)

    def execute(self, document: IngestDocument) -> None:
        source = document.text(self.source_ip, ignore_missing=self.ignore_missing)
        destination = document.text(self.destination_ip, ignore_missing=self.ignore_missing)
        if source is None or destination is None:
            return
        protocol = self._protocol(document)
        if protocol is None:
            return
        ports, one_way = self._ports(document, protocol)
        value = community_id(source, destination, protocol, ports, self.seed, one_way=one_way)
        document.set(self.target, value)

    def _protocol(self, document: IngestDocument) -> int | None:
        number = document.get(self.iana_number, ignore_missing=True)
        if number is not None:
            return int(text(number))
        name = document.get(self.transport, ignore_missing=self.ignore_missing)
        if name is None:
            return None
        shown = text(name).lower()
        if shown.isdigit():
            return int(shown)
        if shown not in _PROTOCOLS:
            raise IllegalArgument(f"could not convert string [{text(name)}] to transport protocol")
        return _PROTOCOLS[shown]

    def _ports(self, document: IngestDocument, protocol: int) -> tuple[tuple[int, int] | None, bool]:
        if protocol in (1, 58):
            kind = int(text(document.get(self.icmp_type)))
            code = document.get(self.icmp_code, ignore_missing=True)
            other = (_ICMP_PAIRS if protocol == 1 else _ICMP6_PAIRS).get(kind)
            return (kind, other if other is not None else int(text(code or 0))), other is None
        if protocol in (6, 17, 132):
            return (self._port(document, self.source_port, "source"), self._port(document, self.destination_port, "destination")), False
        return None, False

    @staticmethod
    def _port(document: IngestDocument, path: str, side: str) -> int:
        value = document.get(path, ignore_missing=True)
        number = int(text(value)) if value is not None else 0
        if not 1 <= number <= 65535:
            raise IllegalArgument(f"invalid {side} port [{text(value)}]")
        return number


_NAMED = {
    "loopback": ("127.0.0.0/8", "::1/128"),
    "unspecified": ("0.0.0.0/32", "::/128"),
    "multicast": ("224.0.0.0/4", "ff00::/8"),
    "link_local_unicast": ("169.254.0.0/16", "fe80::/10"),
    "link_local_multicast": ("224.0.0.0/24", "ff02::/16"),
    "interface_local_multicast": ("ff01::/16",),
    "private": ("10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "fd00::/8"),
}


def in_networks(address: Any, networks: list[str]) -> bool:
    """Whether an address is in one of the networks, CIDR or named. Raises IllegalArgument."""
    for name in networks:
        if name in ("global_unicast", "unicast"):
            if not (address.is_multicast or address.is_unspecified or address.is_loopback or address.is_link_local):
                return True
        elif name == "public" and not any(in_networks(address, [one]) for one in _NAMED):
            return True
        for block in _NAMED.get(name, () if name in ("global_unicast", "unicast", "public") else (name,)):
            try:
                network = ipaddress.ip_network(block, strict=False)
            except ValueError:
                raise IllegalArgument(f"'{block}' is not an IP string literal.") from None
            if network.version == address.version and address in network:
                return True
    return False


class NetworkDirection(Processor):
    name: ClassVar[str] = "network_direction"
    since: ClassVar[tuple[int, int]] = (7, 13)

    def __init__(self, config: Configuration) -> None:
        super().__init__(config)
        self.source_ip = config.string("source_ip", "source.ip")
        self.destination_ip = config.string("destination_ip", "destination.ip")
        self.target = config.string("target_field", "network.direction")
        networks = config.list("internal_networks", None)
        self.networks_field = config.string("internal_networks_field", None)
        if networks is None and self.networks_field is None:
            raise config.error("internal_networks", "or [internal_networks_field] must be specified")
        if networks is not None and self.networks_field is not None:
            raise config.error("internal_networks", "and [internal_networks_field] cannot both be used in the same processor")
        self.networks = [config.template("internal_networks", str(one)) for one in networks or []]
        self.ignore_missing = config.boolean("ignore_missing", True)

    def execute(self, document: IngestDocument) -> None:
        if self.networks_field is not None:
            found = document.get(self.networks_field, "java.util.List", ignore_missing=self.ignore_missing)
            networks = [text(one) for one in found or []]
        else:
            networks = [one.render(document) for one in self.networks]
        source = document.text(self.source_ip, ignore_missing=self.ignore_missing)
        destination = document.text(self.destination_ip, ignore_missing=self.ignore_missing)
        if source is None or destination is None or (self.networks_field is not None and not networks):
            return
        inside = [in_networks(_address(one), networks) for one in (source, destination)]
        names = {(True, True): "internal", (True, False): "outbound", (False, True): "inbound", (False, False): "external"}
        document.set(self.target, names[inside[0], inside[1]])


def _address(value: str) -> Any:
    try:
        return ipaddress.ip_address(value)
    except ValueError:
        raise IllegalArgument(f"'{value}' is not an IP string literal.") from None


PROCESSORS = (CommunityId, NetworkDirection)
