"""The digest of 7.x. Evidence: answers of 7.10.2 over the values made here."""

from __future__ import annotations

import math

import pytest

from esmock.search.aggs.tree_digest import TreeDigest

VALUES = [(((place * 7919) % 1009) / 7) ** 1.3 for place in range(1000)]
"""A thousand different values without an order."""


def test_below_twice_the_compression_every_value_is_a_centroid() -> None:
    digest = TreeDigest.of(VALUES[:199], 100.0)
    assert digest.counts == [1] * 199
    assert digest.means == sorted(VALUES[:199])


def test_above_some_are_joined_and_none_is_lost() -> None:
    digest = TreeDigest.of(VALUES, 100.0)
    assert len(digest.means) < 1000
    assert sum(digest.counts) == len(digest) == 1000
    assert digest.means == sorted(digest.means)
    total = sum(mean * count for mean, count in zip(digest.means, digest.counts, strict=True))
    assert total == pytest.approx(sum(VALUES))


@pytest.mark.parametrize(
    ("compression", "percents"),
    [
        (100.0, {1: 1.4881538326502253, 5: 12.716510297710553, 50: 260.74228420591174, 75: 440.3773126898349, 99: 631.7206290894835}),
        (20.0, {1: 1.4881538326502253, 5: 12.721572322135957, 50: 260.75442154652126, 75: 440.4878843054062, 99: 631.7206290894835}),
    ],
)
def test_percentiles_are_those_of_7_10(compression: float, percents: dict[int, float]) -> None:
    digest = TreeDigest.of(VALUES, compression)
    assert {percent: digest.quantile(percent / 100) for percent in percents} == percents


def test_ranks_and_deviation_are_those_of_7_10() -> None:
    digest = TreeDigest.of(VALUES, 100.0)
    assert [digest.rank(value) * 100 for value in (10, 70.5, 144)] == [4.1644364176657325, 18.308935539863775, 31.680122950788004]
    assert TreeDigest.of(VALUES, 50.0).deviations().quantile(0.5) == 165.35761894463565


@pytest.mark.parametrize("q", [0.0, 0.001, 0.5, 0.999, 1.0])
def test_quantiles_ascend_within_the_values(q: float) -> None:
    digest = TreeDigest.of(VALUES, 20.0)
    assert min(VALUES) <= digest.quantile(q) <= max(VALUES)
    assert digest.quantile(q) == pytest.approx((1009 / 7 * q) ** 1.3, abs=12)


def test_nothing_and_one_value() -> None:
    assert math.isnan(TreeDigest(100.0).quantile(0.5))
    assert math.isnan(TreeDigest(100.0).rank(1.0))
    one = TreeDigest.of([5.0], 100.0)
    assert (one.quantile(0.9), one.rank(4.9), one.rank(5.0)) == (5.0, 0.0, 1.0)
