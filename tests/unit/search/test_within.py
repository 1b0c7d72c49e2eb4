"""Points within a distance are those that their computed distances tell."""

from __future__ import annotations

import numpy as np
import pytest

from esmock.mapping.sphere import arc_metres, within


@pytest.mark.parametrize("radius", [0.5, 1000.0, 111_194.9, 1_000_000.0, 25_000_000.0])
@pytest.mark.parametrize("place", [(0.0, 0.0), (89.9, 10.0), (-90.0, 0.0), (48.2, 179.99)])
def test_as_every_distance_tells(radius: float, place: tuple[float, float]) -> None:
    chosen = np.random.default_rng(2)
    near = [part + chosen.normal(size=400) * radius / 111_194.9 for part in place]
    lats = np.clip(np.concatenate([chosen.uniform(-90, 90, 400), near[0], [place[0]]]), -90, 90)
    lons = np.concatenate([chosen.uniform(-180, 180, 400), near[1], [place[1]]])
    assert np.array_equal(within(radius, *place, lats, lons), arc_metres(*place, lats, lons) <= radius)
