"""The releases that esmock plays: their numbers and builds.

Source: ``GET /`` and ``GET /_nodes`` of 7.10.2, 7.17.29 and 8.19.21; nothing was asked of 9.5.3, its hash is zeros.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

LATEST = "9.5.3"
ROLLUPS = {"6.8.23": "6082399"}
"""Releases that are played as far as rollup goes, on a 7.x, with the version that their indices bear."""


class Version(NamedTuple):
    """A release number."""

    major: int
    minor: int
    patch: int

    @classmethod
    def parse(cls, text: str) -> Version:
        """Read ``8.19.21``. Raises ValueError for anything else."""
        parts = text.split(".")
        if len(parts) != 3 or not all(part.isdigit() for part in parts):
            raise ValueError(f"not a version: {text!r}")
        return cls(*map(int, parts))

    def __str__(self) -> str:
        return f"{self.major}.{self.minor}.{self.patch}"


@dataclass(frozen=True, slots=True)
class Build:
    """What ``GET /`` and the Warning header tell about a release."""

    hash: str
    date: str
    lucene: str
    minimum_wire: str
    minimum_index: str
    index_created: str
    """``index.version.created`` of a new index."""
    transport_version: int | None = None
    index_version: int | None = None
    components: tuple[tuple[str, int], ...] = ()
    """Versions of parts with numbers of their own, as ``GET /_nodes`` tells them."""


BUILDS = {
    "7.10.2": Build(
        hash="747e1cc71def077253878a59143c1f785afa92b9",
        date="2021-01-13T00:42:12.435326Z",
        lucene="8.7.0",
        minimum_wire="6.8.0",
        minimum_index="6.0.0-beta1",
        index_created="7100299",
    ),
    "7.17.29": Build(
        hash="580aff1a0064ce4c93293aaab6fcc55e22c10d1c",
        date="2025-06-19T01:37:57.847711500Z",
        lucene="8.11.3",
        minimum_wire="6.8.0",
        minimum_index="6.0.0-beta1",
        index_created="7172999",
    ),
    "8.19.21": Build(
        hash="4fe44c255c3d0da06779b921e132cdc555ed9aff",
        date="2026-01-20T10:00:00.000000000Z",
        lucene="9.12.2",
        minimum_wire="7.17.0",
        minimum_index="7.0.0",
        index_created="8537000",
        transport_version=8841096,
        index_version=8537000,
        components=(
            ("ml_config_version", 12000099),
            ("api_key_version", 8150099),
            ("transform_config_version", 10000099),
        ),
    ),
    LATEST: Build(
        hash="0000000000000000000000000000000000000000",
        date="2026-10-01T10:00:00.000000000Z",
        lucene="10.4.0",
        minimum_wire="8.19.0",
        minimum_index="8.0.0",
        index_created="9060000",
        transport_version=9100000,
        index_version=9060000,
    ),
}

VERSIONS = tuple(BUILDS)
