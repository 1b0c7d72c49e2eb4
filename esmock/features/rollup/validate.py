"""What the source indices must offer before a job may be made. Source: recordings of 6.8.23 (P10, P36 to P41)."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from esmock.errors import Validation

if TYPE_CHECKING:
    from esmock.features.rollup.config import RollupJobConfig
    from esmock.mapping.field import Field
    from esmock.state.index import Index

DATE_TYPES = ("date", "date_nanos")
NUMERIC_TYPES = (
    "half_float",
    "float",
    "double",
    "scaled_float",
    "byte",
    "short",
    "integer",
    "long",
    "unsigned_long",
)
TERMS_TYPES = (*NUMERIC_TYPES[:-1], "keyword", "text")
DATE_METRICS = ("max", "min", "value_count")
_ANY = "in any of the indices matching the index pattern."


class RollupActionRequestValidation(Validation):
    """The refusal of a job whose fields the source indices lack."""

    package = "org.elasticsearch.xpack.core.rollup.action"
    is_elasticsearch = False


FieldCaps = dict[str, dict[str, bool]]
"""Field to its types, each with whether it is aggregatable everywhere."""


def field_caps(indices: Iterable[Index], names: Iterable[str]) -> FieldCaps:
    """The types of fields over several indices."""
    found: FieldCaps = {}
    wanted = list(dict.fromkeys(names))
    for index in indices:
        for name in wanted:
            field = index.mapping.field(name)
            if field is not None:
                types = found.setdefault(name, {})
                types[field.name] = types.get(field.name, True) and _is_aggregatable(field)
    return found


def _is_aggregatable(field: Field) -> bool:
    return field.has_doc_values or (field.has("fielddata") and bool(field.get("fielddata")))


def check_fields(config: RollupJobConfig, caps: FieldCaps) -> None:
    """Raises RollupActionRequestValidation with every message."""
    if not caps:
        raise RollupActionRequestValidation(
            "Could not find any fields in the index/index-pattern that were configured in job"
        )
    messages = _date_messages(config.date_histogram.field, caps)
    if config.histogram is not None:
        for name in config.histogram.fields:
            messages += _histogram_messages(name, caps)
    for name in config.terms:
        messages += _terms_messages(name, caps)
    for metric in config.metrics:
        messages += _metric_messages(metric.field, metric.metrics, caps)
    if messages:
        raise RollupActionRequestValidation(*messages)


def _not_aggregatable(name: str) -> str:
    return f"The field [{name}] must be aggregatable across all indices, but is not."


def _date_messages(name: str, caps: FieldCaps) -> list[str]:
    types = caps.get(name)
    if types is None:
        return [f"Could not find one of [date,date_nanos] fields with name [{name}] {_ANY}"]
    if any(kind not in DATE_TYPES for kind in types) or len(types) > 1:
        return [
            "The field referenced by a date_histo group must be one of type [date,date_nanos] across all indices in "
            f"the index pattern.  Found: [{', '.join(types)}] for field [{name}]"
        ]
    return [] if all(types.values()) else [_not_aggregatable(name)]


def _histogram_messages(name: str, caps: FieldCaps) -> list[str]:
    types = caps.get(name)
    if types is None:
        return [f"Could not find a [numeric] field with name [{name}] {_ANY}"]
    messages = []
    for kind, aggregatable in types.items():
        if kind not in NUMERIC_TYPES:
            messages.append(
                f"The field referenced by a histo group must be a [numeric] type, but found [{kind}] for field [{name}]"
            )
        elif not aggregatable:
            messages.append(_not_aggregatable(name))
    return messages


def _terms_messages(name: str, caps: FieldCaps) -> list[str]:
    types = caps.get(name)
    if types is None:
        return [f"Could not find a [numeric] or [keyword/text] field with name [{name}] {_ANY}"]
    messages = []
    for kind, aggregatable in types.items():
        if kind not in TERMS_TYPES:
            messages.append(
                "The field referenced by a terms group must be a [numeric] or [keyword/text] type, but found "
                f"[{kind}] for field [{name}]"
            )
        elif not aggregatable:
            messages.append(_not_aggregatable(name))
    return messages


def _metric_messages(name: str, metrics: Iterable[str], caps: FieldCaps) -> list[str]:
    types = caps.get(name)
    if types is None:
        return [f"Could not find a [numeric] or [date,date_nanos] field with name [{name}] {_ANY}"]
    messages = []
    for kind, aggregatable in types.items():
        if not aggregatable:
            messages.append(_not_aggregatable(name))
            continue
        if kind in DATE_TYPES:
            refused = [metric for metric in metrics if metric not in DATE_METRICS]
            if refused:
                messages.append(
                    f"Only the metrics [{', '.join(DATE_METRICS)}] are supported for [{kind}] types, but unsupported "
                    f"metrics [{', '.join(refused)}] supplied for field [{name}]"
                )
        elif kind not in NUMERIC_TYPES:
            messages.append(
                "The field referenced by a metric group must be a [numeric] or [date,date_nanos] type, but found "
                f"[{kind}] for field [{name}]"
            )
    return messages
