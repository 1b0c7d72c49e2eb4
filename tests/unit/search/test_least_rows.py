"""The least rows of several sort keys, ties in their order."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from esmock.search.query_phase import least_rows

ROWS = st.lists(st.tuples(st.integers(0, 4), st.integers(0, 3)), max_size=80)


@given(ROWS, st.integers(0, 12))
def test_as_sorting_all_of_them(rows: list[tuple[int, int]], size: int) -> None:
    columns = [np.array([row[at] for row in rows], np.int64) for at in range(2)]
    wanted = sorted(range(len(rows)), key=rows.__getitem__)[:size]
    assert least_rows(columns, size).tolist() == wanted
    alone = sorted(range(len(rows)), key=lambda at: rows[at][0])[:size]
    assert least_rows(columns[:1], size).tolist() == alone
