"""The calendar that java.util uses: Julian before 1582-10-15, Gregorian from then on."""

from __future__ import annotations

from esmock.mapping.dates import calendar

CUTOVER = -141427
"""1582-10-15 in days since 1970."""


def civil_of(days: int, cutover: int = CUTOVER) -> tuple[int, int, int]:
    """Year (0 is 1 BC), month and day."""
    return calendar.civil(days) if days >= cutover else _julian(days)


def days_at(year: int, month: int, day: int, cutover: int = CUTOVER) -> int:
    """Days of a date; day and month may be out of their range. In the gap the Julian date holds."""
    year, month = year + (month - 1) // 12, (month - 1) % 12 + 1
    days = calendar.days_of(year, month, 1) + day - 1
    return days if days >= cutover else _julian_days(year, month) + day - 1


def is_leap(year: int, cutover: int = CUTOVER) -> bool:
    if year > calendar.civil(cutover)[0] or (year == calendar.civil(cutover)[0] and cutover < calendar.days_of(year, 3, 1)):
        return calendar.is_leap(year)
    return year % 4 == 0


def _julian_days(year: int, month: int) -> int:
    shifted = year - (month <= 2)
    of_year = (153 * (month + (-3 if month > 2 else 9)) + 2) // 5
    return shifted * 365 + shifted // 4 + of_year - 719470


def _julian(days: int) -> tuple[int, int, int]:
    count = days + 719470
    cycle, rest = divmod(count, 1461)
    year = (rest - rest // 1460) // 365
    of_year = rest - 365 * year
    shifted = (5 * of_year + 2) // 153
    day = of_year - (153 * shifted + 2) // 5 + 1
    month = shifted + 3 if shifted < 10 else shifted - 9
    return cycle * 4 + year + (month <= 2), month, day
