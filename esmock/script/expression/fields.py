"""What an expression reads of a field: ``doc['f'].value``, ``.min()``, ``.date.year`` ..., for all documents."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from esmock import errors
from esmock.script.deprecation import told_to
from esmock.script.doc_values import Columns
from esmock.script.expression.syntax import Parse

_REDUCED = ("min", "max", "sum", "avg", "median", "count")
_DATE_PARTS: dict[str, Callable[[Any], float]] = {
    "centuryOfEra": lambda date: date.j_getCenturyOfEra(),
    "dayOfMonth": lambda date: date.j_getDayOfMonth(),
    "dayOfWeek": lambda date: date.j_getDayOfWeek(),
    "dayOfYear": lambda date: date.j_getDayOfYear(),
    "era": lambda date: date.j_getEra(),
    "hourOfDay": lambda date: date.j_getHour(),
    "millisOfDay": lambda date: date.j_getMillisOfDay(),
    "millisOfSecond": lambda date: date.j_getMillisOfSecond(),
    "minuteOfDay": lambda date: date.j_getMinuteOfDay(),
    "minuteOfHour": lambda date: date.j_getMinute(),
    "monthOfYear": lambda date: date.j_getMonthValue(),
    "secondOfDay": lambda date: date.j_getSecondOfDay(),
    "secondOfMinute": lambda date: date.j_getSecond(),
    "weekOfWeekyear": lambda date: date.j_getWeekOfWeekyear(),
    "weekyear": lambda date: date.j_getWeekyear(),
    "year": lambda date: date.j_getYear(),
    "yearOfCentury": lambda date: date.j_getYearOfCentury(),
    "yearOfEra": lambda date: date.j_getYear(),
}
_GETTERS: dict[str, Callable[[Any], float]] = {
    "getYear": _DATE_PARTS["year"],
    "getMonth": lambda date: date.j_getMonthValue() - 1,
    "getDayOfMonth": _DATE_PARTS["dayOfMonth"],
    "getHourOfDay": _DATE_PARTS["hourOfDay"],
    "getMinutes": _DATE_PARTS["minuteOfHour"],
    "getSeconds": _DATE_PARTS["secondOfMinute"],
}


def field_values(columns: Columns, field: str, kind: str, member: str) -> Any:
    """float64[n_docs] of a member of a field; documents without values read 0.

    Raises Parse for fields of other kinds, IllegalArgument for members that do not exist.
    """
    if kind not in ("long", "double", "float", "boolean", "date", "geo_point"):
        raise Parse(f"Field [{field}] must be numeric, date, or geopoint")
    values, starts = columns.column(field)
    if kind == "geo_point":
        return _place(values, starts, field, member)
    noun = "date" if kind == "date" else "numeric"
    of_object, plain = member.startswith("date."), member.removeprefix("date.")
    name = plain.removesuffix("()")
    if kind == "date":
        if of_object:
            noun = "date object on"
            part = name[3:4].lower() + name[4:] if plain != name and name.startswith("get") else plain
            if part in _DATE_PARTS:
                return _date_part(values, starts, _DATE_PARTS[part])
        elif plain != name and name in _GETTERS:
            return _date_part(values, starts, _GETTERS[name])
    if plain != name:
        if of_object or name not in _REDUCED:
            raise errors.IllegalArgument(f"Member method [{name}] does not exist for {noun} field [{field}].")
        return _reduced(values, starts, name)
    shapes = {"value": "min", "length": "count"}
    if member == "empty":
        return (_reduced(values, starts, "count") == 0).astype(float)
    if member not in shapes:
        raise errors.IllegalArgument(f"Member variable [{name}] does not exist for {noun} field [{field}].")
    return _reduced(values, starts, shapes[member])


def _first(values: Any, starts: Any) -> Any:
    import numpy as np

    filled = np.diff(starts) > 0
    out = np.zeros(len(starts) - 1)
    out[filled] = values[starts[:-1][filled]]
    return out


def _reduced(values: Any, starts: Any, how: str) -> Any:
    import numpy as np

    counts = np.diff(starts)
    if how == "count":
        return counts.astype(np.float64)
    if how == "min":
        return _first(values, starts)
    out = np.zeros(len(counts))
    filled = counts > 0
    begin, end = starts[:-1][filled], starts[1:][filled]
    numbers = np.asarray(values, np.float64)
    if not len(begin):
        return out
    if how == "max":
        out[filled] = numbers[end - 1]
    elif how == "median":
        out[filled] = (numbers[begin + (end - begin - 1) // 2] + numbers[begin + (end - begin) // 2]) / 2
    else:
        owner = np.repeat(np.arange(len(counts)), counts)
        out[:] = np.bincount(owner, weights=numbers[starts[0] : starts[-1]], minlength=len(counts))
        if how == "avg":
            out[filled] /= counts[filled]
    return out


def _nobody(text: str) -> None:
    """Told of what only scripts of Painless are warned of."""


def _date_part(values: Any, starts: Any, part: Callable[[Any], float]) -> Any:
    import numpy as np

    from esmock.script.painless.runtime.time.joda import joda_date

    first = _first(values, starts).astype(np.int64)
    distinct, back = np.unique(first, return_inverse=True)
    with told_to(_nobody):
        found = np.asarray([float(part(joda_date(int(ms) * 1_000_000))) for ms in distinct])[back]
    return np.where(np.diff(starts) > 0, found, 0.0)


def _place(values: Any, starts: Any, field: str, member: str) -> Any:
    import numpy as np

    plain = member.removeprefix("date.").removesuffix("()")
    axis = {"lat": 0, "lon": 1, "getLat": 0, "getLon": 1}.get(plain)
    if plain in ("empty", "isEmpty"):
        # ES: empty of a place is 1 where there is one
        return (np.diff(starts) > 0).astype(np.float64)
    if axis is None:
        what = "method" if member.endswith("()") else "variable"
        raise errors.IllegalArgument(f"Member {what} [{plain}] does not exist for geo field [{field}].")
    return _first(np.asarray(values)[:, axis] if len(values) else np.zeros(0), starts)
