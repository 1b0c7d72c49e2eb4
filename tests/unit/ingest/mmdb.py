"""Writing small databases of addresses. Source: the published specification of the MaxMind DB file format, version 2.0."""

from __future__ import annotations

import ipaddress
import struct
from pathlib import Path

_STRING, _DOUBLE, _UINT16, _UINT32, _MAP, _UINT64, _ARRAY, _BOOLEAN = 2, 3, 5, 6, 7, 9, 11, 14
_RECORD_BITS = 24


def _control(kind, size):
    assert size < 285
    shown = size if size < 29 else 29
    first = bytes(((kind if kind < 8 else 0) << 5 | shown,))
    extended = bytes((kind - 7,)) if kind > 7 else b""
    return first + extended + (bytes((size - 29,)) if size >= 29 else b"")


class Short(int):
    """An unsigned integer of 16 bits."""


class Long(int):
    """An unsigned integer of 64 bits."""


_INTEGERS = {Short: (_UINT16, 2), Long: (_UINT64, 8), int: (_UINT32, 4)}


def encode(value):
    """A value of the data section."""
    if isinstance(value, bool):
        return _control(_BOOLEAN, int(value))
    if isinstance(value, str):
        data = value.encode()
        return _control(_STRING, len(data)) + data
    if isinstance(value, float):
        return _control(_DOUBLE, 8) + struct.pack(">d", value)
    if isinstance(value, int):
        kind, size = _INTEGERS[type(value)]
        return _control(kind, size) + value.to_bytes(size, "big")
    if isinstance(value, list):
        return _control(_ARRAY, len(value)) + b"".join(map(encode, value))
    return _control(_MAP, len(value)) + b"".join(encode(key) + encode(one) for key, one in value.items())


def write(path: Path, kind: str, networks: dict[str, dict]) -> None:
    """A database of IPv4 networks and what is told of each."""
    nodes, data = [[None, None]], b""
    for text, told in networks.items():
        network = ipaddress.ip_network(text)
        bits = format(int(network.network_address), "032b")[: network.prefixlen]
        at = 0
        for bit in map(int, bits[:-1]):
            if nodes[at][bit] is None:
                nodes.append([None, None])
                nodes[at][bit] = len(nodes) - 1
            at = nodes[at][bit]
        nodes[at][int(bits[-1])] = -len(data) - 1
        data += encode(told)
    count = len(nodes)

    def record(value):
        number = count if value is None else value if value >= 0 else count + 16 - value - 1
        return number.to_bytes(_RECORD_BITS // 8, "big")

    about = {
        "node_count": count,
        "record_size": Short(_RECORD_BITS),
        "ip_version": Short(4),
        "database_type": kind,
        "languages": ["en"],
        "binary_format_major_version": Short(2),
        "binary_format_minor_version": Short(0),
        "build_epoch": Long(1_600_000_000),
        "description": {"en": "made for a test"},
    }
    tree = b"".join(record(one) for node in nodes for one in node)
    path.write_bytes(tree + bytes(16) + data + b"\xab\xcd\xefMaxMind.com" + encode(about))
