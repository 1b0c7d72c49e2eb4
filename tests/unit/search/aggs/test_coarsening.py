"""The unit of auto_date_histogram while documents come: recorded counts, and what must hold of any documents."""

from __future__ import annotations

import numpy as np
import pytest

from esmock.search.aggs.auto_date_histogram import levels
from esmock.search.aggs.coarsening import coarsened

DAY = 86_400_000


@pytest.mark.parametrize("estimates", [False, True])
def test_few_near_values_keep_the_finest_unit(estimates: bool) -> None:
    keep, unit = coarsened(np.arange(5) * 1000, np.arange(5), levels(None, None), 10, estimates=estimates)
    assert keep.all()
    assert unit == 0


def test_a_wide_span_coarsens_though_there_are_few_buckets() -> None:
    _, unit = coarsened(np.array([0, 3000 * DAY]), np.arange(2), levels(None, None), 10, estimates=False)
    assert levels(None, None)[unit].unit == "year"


def test_days_of_one_month_in_one_document_count_by_the_unit_at_that_time() -> None:
    """The first document comes while the unit is the second, so both of its days count; the last one's are one month."""
    days = np.concatenate([[0, 1], np.arange(400), [300, 301]]) * DAY
    documents = np.concatenate([[0, 0], 1 + np.arange(400), [401, 401]])
    keep, unit = coarsened(days, documents, levels(None, None), 2, estimates=False)
    assert levels(None, None)[unit].unit == "year"
    assert keep[:2].all()
    assert keep[-2:].tolist() == [True, False]
