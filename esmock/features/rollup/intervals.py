"""Calendar intervals of date histograms, as rollup compares them."""

CALENDAR_MS = {
    **dict.fromkeys(("second", "1s"), 1_000),
    **dict.fromkeys(("minute", "1m"), 60_000),
    **dict.fromkeys(("hour", "1h"), 3_600_000),
    **dict.fromkeys(("day", "1d"), 86_400_000),
    **dict.fromkeys(("week", "1w"), 604_800_000),
    **dict.fromkeys(("month", "1M"), 2_592_000_000),
    **dict.fromkeys(("quarter", "1q"), 7_776_000_000),
    **dict.fromkeys(("year", "1y"), 31_536_000_000),
}
"""Calendar units and their length in milliseconds, for comparing them."""
