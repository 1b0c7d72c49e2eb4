"""What the source indices must offer before a job may be made. Source: recordings of 6.8.23 (P10, P36 to P41)."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from esmock.errors import Validation
from esmock.xcontent.java_order import hash_order

if TYPE_CHECKING:
    from esmock.features.rollup.config import RollupJobConfig
    from esmock.mapping.field import Field
    from esmock.state.index import Index
    from esmock.version import RollupTraits

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
    return {name: {kind: types[kind] for kind in hash_order(types)} for name, types in found.items()}


def _is_aggregatable(field: Field) -> bool:
    return field.has_doc_values or (field.has("fielddata") and bool(field.get("fielddata")))


def check_fields(config: RollupJobConfig, caps: FieldCaps, traits: RollupTraits) -> None:
    """Raises RollupActionRequestValidation with every message."""
    if not caps:
        raise RollupActionRequestValidation(
            "Could not find any fields in the index/index-pattern that were configured in job"
        )
    dates = "date,date_nanos" if traits.date_nanos else "date"
    messages = _date_messages(config.date_histogram.field, caps, dates)
    if config.histogram is not None:
        for name in config.histogram.fields:
            messages += _group_messages("histo", name, caps, "[numeric]", NUMERIC_TYPES)
    for name in config.terms:
        messages += _group_messages("terms", name, caps, "[numeric] or [keyword/text]", TERMS_TYPES)
    for metric in config.metrics:
        messages += _metric_messages(metric.field, metric.metrics, caps, dates)
    if messages:
        raise RollupActionRequestValidation(*messages)


def _not_aggregatable(name: str) -> str:
    return f"The field [{name}] must be aggregatable across all indices, but is not."


def _absent(name: str, wanted: str) -> str:
    return f"Could not find {wanted} with name [{name}] in any of the indices matching the index pattern."


def _date_messages(name: str, caps: FieldCaps, dates: str) -> list[str]:
    types = caps.get(name)
    several = "," in dates
    absent = _absent(name, f"one of [{dates}] fields" if several else f"a [{dates}] field")
    if types is None:
        return [absent]
    if len(types) == 1 and next(iter(types)) in dates.split(","):
        found = [] if all(types.values()) else [_not_aggregatable(name)]
    else:
        one_of = f"one of type [{dates}]" if several else f"a [{dates}] type"
        found = [
            f"The field referenced by a date_histo group must be {one_of} across all indices in the index pattern.  "
            f"Found: {_listed(types)} for field [{name}]"
        ]
    # ES: while there was but one type of dates, whatever was wrong with the field was followed by this
    return [*found, absent] if found and not several else found


def _group_messages(group: str, name: str, caps: FieldCaps, kind: str, known: Iterable[str]) -> list[str]:
    """What is wrong with a field of histograms or terms; one message for each of its types."""
    types = caps.get(name)
    if types is None:
        return [_absent(name, f"a {kind} field")]
    messages = []
    for one, aggregatable in types.items():
        if one not in known:
            messages.append(_misfit(group, kind, types, name))
        elif not aggregatable:
            messages.append(_not_aggregatable(name))
    return messages


def _metric_messages(name: str, metrics: Iterable[str], caps: FieldCaps, dates: str) -> list[str]:
    types = caps.get(name)
    if types is None:
        return [_absent(name, f"a [numeric] or [{dates}] field")]
    messages = []
    for kind, aggregatable in types.items():
        if not aggregatable:
            messages.append(_not_aggregatable(name))
        if kind in dates.split(","):
            refused = [metric for metric in metrics if metric not in DATE_METRICS]
            if refused:
                messages.append(
                    f"Only the metrics [{', '.join(DATE_METRICS)}] are supported for [{kind}] types, but unsupported "
                    f"metrics [{', '.join(refused)}] supplied for field [{name}]"
                )
        elif kind not in NUMERIC_TYPES:
            messages.append(_misfit("metric", f"[numeric] or [{dates}]", types, name))
    return messages


def _misfit(group: str, wanted: str, types: Iterable[str], name: str) -> str:
    return f"The field referenced by a {group} group must be a {wanted} type, but found {_listed(types)} for field [{name}]"


def _listed(types: Iterable[str]) -> str:
    return f"[{', '.join(types)}]"
