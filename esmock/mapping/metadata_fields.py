"""The metadata fields of a mapping: which there are, and how their definitions are read. Docs: mapping-fields.

Source: recordings of 7.10.2, 7.17.29 and 8.19.21.
"""

from __future__ import annotations

from collections.abc import Mapping as Map
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from esmock.errors import IllegalArgument, MapperParsing, NullPointer
from esmock.mapping.parameter import as_list, java_text, read_boolean

if TYPE_CHECKING:
    from esmock.mapping.context import MappingContext
    from esmock.version import Behaviour

Json = Any
SYNTHETIC = (8, 15)
"""The first version of which synthetic sources are built: older ones refuse fields that they cannot put together."""
EVER = ((0, 0), (99, 0))
NAMES = MappingProxyType(
    {
        "_id": EVER,
        "_index": EVER,
        "_type": ((0, 0), (8, 0)),
        "_ignored": EVER,
        "_seq_no": EVER,
        "_version": EVER,
        "_source": EVER,
        "_routing": EVER,
        "_field_names": EVER,
        "_feature": EVER,
        "_data_stream_timestamp": EVER,
        "_doc_count": ((7, 11), (99, 0)),
        "_tier": ((7, 11), (99, 0)),
        "_nested_path": ((8, 0), (99, 0)),
        "_ignored_source": ((8, 15), (99, 0)),
        "_index_mode": ((8, 17), (99, 0)),
    }
)
"""Name to the first version that has it, and the first that has it no more."""
OF_TIME_SERIES = ("_tsid", "_ts_routing_hash")
"""Further ones, which only indices of mode ``time_series`` have; no mapping may name them."""
CONFIGURABLE = ("_source", "_routing", "_field_names", "_data_stream_timestamp")
READABLE = ("_doc_count",)
"""Those that documents hold."""
WITHOUT_EFFECT_ON_METADATA = frozenset({"type", "fields", "copy_to", "boost"})
"""Parameters that are passed over, with a warning, from that version on."""
WITHOUT_EFFECT = frozenset({"store", "meta", "index", "doc_values", "boost", "index_options", "similarity"})


def metadata_names(behaviour: Behaviour) -> frozenset[str]:
    """The metadata fields of a version."""
    return frozenset(name for name, (since, until) in NAMES.items() if behaviour.has(since) and not behaviour.has(until))


def read_metadata(node: dict[str, Json], options: dict[str, Any], context: MappingContext) -> dict[str, Json]:
    """Read the definitions of metadata fields into the options of a mapping.

    Returns:
        what is left of ``node``.

    Raises:
        MapperParsing, IllegalArgument, ClassCast, NullPointer: definitions that cannot be read.
    """
    known = metadata_names(context.behaviour)
    rest = {}
    options["extra"] = {}
    for name, value in node.items():
        if name not in known and not (name in OF_TIME_SERIES and context.behaviour.major >= 8):
            rest[name] = value
        elif not isinstance(value, dict):
            which = f"[{name}] config must be an object" if context.behaviour.major >= 8 else "[_parent] must be an object containing [type]"
            raise IllegalArgument(which)
        elif name not in CONFIGURABLE:
            raise MapperParsing(f"{name} is not configurable")
        else:
            _READERS[name](_Parameters(name, value, context), options)
    return rest


class _Parameters:
    """The definition of one metadata field."""

    def __init__(self, name: str, node: dict[str, Json], context: MappingContext) -> None:
        self.name = name
        self.node = node
        self.context = context

    def read(self, *known: str) -> dict[str, Json]:
        """The known parameters, in their order. Raises MapperParsing for others."""
        out = {}
        is_late = self.context.behaviour.major >= 8
        for key, value in self.node.items():
            if key in known:
                if value is None and not is_late:
                    raise MapperParsing(f"[{key}] on mapper [{self.name}] of type [null] must not have a [null] value")
                out[key] = value
            elif key == "type" and not is_late:
                continue
            elif is_late and key in WITHOUT_EFFECT_ON_METADATA and self.context.behaviour.metadata_parameters_ignored:
                self.context.warn(f"Parameter [{key}] has no effect on metadata field [{self.name}] and will be removed in future")
            elif not is_late and key in WITHOUT_EFFECT:
                self.context.warn(f"Parameter [{key}] has no effect on type [null] and will be removed in future")
            elif is_late:
                raise MapperParsing(f"unknown parameter [{key}] on metadata field [{self.name}]")
            else:
                raise MapperParsing(f"unknown parameter [{key}] on mapper [{self.name}] of type [null]")
        return out


def _routing(parameters: _Parameters, options: dict[str, Any]) -> None:
    given = parameters.read("required")
    if "required" in given:
        options["routing_required"] = read_boolean(given["required"])


def _names(value: Json) -> tuple[str, ...]:
    if value is None:
        raise NullPointer('Cannot invoke "java.util.List.iterator()" because "values" is null')
    return tuple(map(java_text, as_list(value)))


def check_source_wanted(settings: Map[str, Any]) -> None:
    """Refuse to do without a source where the mode of an index needs it. Raises IllegalArgument."""
    mode = str(settings.get("index.mode")).lower()
    if mode in ("time_series", "logsdb"):
        raise IllegalArgument(f"_source can not be disabled in index using [{mode}] index mode")


def _source(parameters: _Parameters, options: dict[str, Any]) -> None:
    context = parameters.context
    modes = ("mode",) if context.behaviour.has(SYNTHETIC) else ()
    given = parameters.read("enabled", "includes", "excludes", *modes)
    options["source_given"] = dict(given)
    if "mode" in given:
        context.warn(
            "Configuring source mode in mappings is deprecated and will be removed in future versions. "
            "Use [index.mapping.source.mode] index setting instead."
        )
        if given["mode"] is None:
            raise NullPointer('Cannot invoke "Object.toString()" because "o" is null')
        mode = _mode(given, java_text(given["mode"]))
        if context.behaviour.mapping_source_mode:
            options["source_mode"] = mode
        else:
            del options["source_given"]["mode"]
    options["source_switch"] = read_boolean(given.get("enabled", True))
    for name in ("includes", "excludes"):
        options[f"source_{name}"] = _names(given.get(name, []))
    mode = mode_of_source(options.get("source_mode"), context)
    if mode == "disabled" or not options["source_switch"]:
        check_source_wanted(context.settings)
    if mode == "synthetic" and (options["source_includes"] or options["source_excludes"]):
        raise IllegalArgument("filtering the stored _source is incompatible with synthetic source")


def _mode(given: dict[str, Json], mode: str) -> str:
    if mode.upper() not in ("STORED", "SYNTHETIC", "DISABLED"):
        raise IllegalArgument(f"No enum constant org.elasticsearch.index.mapper.SourceFieldMapper.Mode.{mode.upper()}")
    if "enabled" in given:
        raise MapperParsing("Cannot set both [mode] and [enabled] parameters")
    return mode.lower()


def mode_of_source(mode: str | None, context: MappingContext) -> str:
    """How ``_source`` is kept: what the index settings say goes before the mapping's ``mode``."""
    default = "synthetic" if str(context.settings.get("index.mode")).lower() == "time_series" else "stored"
    return str(context.settings.get("index.mapping.source.mode", mode or default)).lower()


def _field_names(parameters: _Parameters, options: dict[str, Any]) -> None:
    given = parameters.read("enabled")
    if "enabled" not in given:
        return
    enabled = read_boolean(given["enabled"])
    if parameters.context.behaviour.major >= 8:
        raise MapperParsing(
            "The `enabled` setting for the `_field_names` field has been deprecated and removed. Please remove it from your mappings "
            "and templates."
        )
    parameters.context.warn(
        "Disabling _field_names is not necessary because it no longer carries a large index overhead. Support for the `enabled` "
        "setting will be removed in a future major version. Please remove it from your mappings and templates."
    )
    options["extra"]["_field_names"] = {"enabled": enabled}


def _data_stream_timestamp(parameters: _Parameters, options: dict[str, Any]) -> None:
    if read_boolean(parameters.read("enabled").get("enabled", False)):
        options["extra"]["_data_stream_timestamp"] = {"enabled": True}


_READERS = {
    "_source": _source,
    "_routing": _routing,
    "_field_names": _field_names,
    "_data_stream_timestamp": _data_stream_timestamp,
}
