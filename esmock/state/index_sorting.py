"""The order of an index: what its ``index.sort.*`` settings ask for, and what refuses them.

Source: refusals of 7.10.2 and 8.19.21.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from esmock.errors import IllegalArgument
from esmock.mapping import field as kinds
from esmock.mapping import fielddata
from esmock.mapping.series_id import is_time_series
from esmock.state.setting_values import as_list, java_list
from esmock.store.index_sort import IndexSort, SortField

if TYPE_CHECKING:
    from esmock.mapping.field import Field
    from esmock.mapping.mapping import Mapping
    from esmock.version import Behaviour

# Types whose columns are no numbers or terms of Lucene's own order.
_UNORDERED_TYPES = frozenset({"half_float", "scaled_float"})


OF_TIME_SERIES = IndexSort((SortField("_tsid"), SortField("@timestamp", is_descending=True, takes_greatest=True)))
"""Series by series, the newest document first."""
_OF_LOGS = IndexSort((SortField("@timestamp", is_descending=True, takes_greatest=True),))


def index_sort(settings: dict[str, Any]) -> IndexSort | None:
    """The order that an index's settings ask for; None: documents stand as they were written."""
    if is_time_series(settings):
        return OF_TIME_SERIES
    paths = as_list(settings.get("index.sort.field"))
    if not paths:
        return _OF_LOGS if str(settings.get("index.mode")).lower() == "logsdb" else None
    found = {part: as_list(settings.get(f"index.sort.{part}")) or [""] * len(paths) for part in ("order", "mode", "missing")}
    rows = zip(paths, found["order"], found["mode"], found["missing"], strict=True)
    return IndexSort(
        tuple(
            SortField(path, order == "desc", (mode or ("max" if order == "desc" else "min")) == "max", missing == "_first")
            for path, order, mode, missing in rows
        )
    )


def check_sort_sizes(settings: dict[str, Any]) -> None:
    """Refuse settings that speak of more or fewer fields than there are. Raises IllegalArgument."""
    fields = as_list(settings.get("index.sort.field"))
    for part in ("order", "mode", "missing"):
        values = as_list(settings.get(f"index.sort.{part}"))
        if values and len(values) != len(fields):
            raise IllegalArgument(
                f"index.sort.field:{java_list(fields)} index.sort.{part}:{java_list(values)}, size mismatch"
            )


def check_sort_fields(settings: dict[str, Any], mapping: Mapping, behaviour: Behaviour) -> None:
    """Refuse fields that segments cannot be sorted by. Raises IllegalArgument."""
    for name in as_list(settings.get("index.sort.field")):
        found = mapping.field(name)
        if found is None:
            raise IllegalArgument(f"unknown index sort field:[{name}]")
        if behaviour.major >= 8:
            if found.path != name:
                raise IllegalArgument(f"Cannot use alias [{name}] as an index sort field")
            nested = next((path for path in mapping.nested_paths if name.startswith(path + ".")), None)
            if nested is not None:
                raise IllegalArgument(f"cannot apply index sort to field [{name}] under nested object [{nested}]")
        _check_column(found, name, behaviour)


def _check_column(field: Field, name: str, behaviour: Behaviour) -> None:
    refused = getattr(field, "no_columns", None)
    why = refused if refused is not None else _unreadable(field, behaviour)
    if why is not None:
        raise IllegalArgument(f"docvalues not found for index sort field:[{name}]", cause=IllegalArgument(why))
    if field.name == "binary":
        raise IllegalArgument("can't sort on binary field")
    if field.column_kind in (kinds.GEO, kinds.SHAPE):
        what = "geo_point or point" if behaviour.has((8, 6)) else field.name
        raise IllegalArgument(f"can't sort on {what} field without using specific sorting feature, like geo_distance")
    if field.is_text or field.column_kind == kinds.RANGE or field.name in _UNORDERED_TYPES:
        raise IllegalArgument(f"invalid index sort field:[{name}]")


def _unreadable(field: Field, behaviour: Behaviour) -> str | None:
    if field.is_text:
        return None if field.get("fielddata") else fielddata.disabled(field, "", behaviour)
    return fielddata.unsupported(field) if field.has("doc_values") and not field.get("doc_values") else None
