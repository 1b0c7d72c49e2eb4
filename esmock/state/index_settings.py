"""The settings of an index: which there are, how their values are read, what is wrong with them.

The table is in ``index_settings.txt``; ``setting_values`` reads their values.
Source: recordings of 7.10.2, 7.17.29 and 8.19.21; docs page index-modules.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from esmock.errors import ApiError, IllegalArgument, IllegalState, SettingsError, Validation, raise_first
from esmock.state.settings_table import Setting, known_settings
from esmock.xcontent.java_number import java_double
from esmock.xcontent.java_order import hash_ordered
from esmock.xcontent.json_writer import dumps
from esmock.xcontent.similar import similarity

if TYPE_CHECKING:
    from esmock.version import Behaviour

Json = Any
Flat = dict[str, Any]
"""Setting name to text, list of text, or None."""

PREFIX = "index."
_GROUPS = ("index.analysis.", "index.similarity.", "index.mapping.source.", "index.query_cache.")
_FILTERS = re.compile(r"index\.routing\.allocation\.(include|exclude|require|initial_recovery)\.[^.]+(\..+)?\Z")
_SLOW_LOG_LEVELS = ("WARN", "INFO", "DEBUG", "TRACE")
_GONE = (
    "index.search.slowlog.level", "index.indexing.slowlog.level", "index.mapper.dynamic",
    "index.max_adjacency_matrix_filters", "index.optimize_auto_generated_id",
)  # fmt: skip
TABLE = Path(__file__).with_name("index_settings.txt")


def normalise(body: Json, prefix: str = PREFIX, *, in_place: bool = False) -> Flat:
    """Flatten a settings object; names without the prefix get it.

    Args:
        in_place: the parser of the body reads the settings itself; otherwise they are loaded from a map.

    Returns:
        name to text, list of text, or None, in the order of the body; of a name written both ways the short one wins.

    Raises:
        SettingsError: a list of anything but values.
    """
    return with_prefix(flatten(body), prefix)


def with_prefix(found: Flat, prefix: str = PREFIX) -> Flat:
    """The same names, those without the prefix with it; of a name given both ways the short one wins."""
    flat: Flat = {}
    short: Flat = {}
    for key, value in found.items():
        if key.startswith(prefix) or (key.endswith("*") and "." not in key):
            flat[key] = value
        else:
            short[prefix + key] = value
    if not short:
        return flat
    order = [key if key.startswith(prefix) else prefix + key for key in found]
    merged = {**flat, **short}
    return {key: merged[key] for key in dict.fromkeys(order)}


def flatten(body: Json) -> Flat:
    """Nested objects to dotted names, values to text; the later of two equal names wins. Raises SettingsError."""
    try:
        return read_flat(body)
    except IllegalState as cause:
        raise SettingsError(f"Failed to load settings from [{dumps(hash_ordered(body)).decode()}]", cause=cause) from None


def read_flat(body: Json) -> Flat:
    """The same for settings that are read where they stand. Raises IllegalState for a list of anything but values."""
    out: Flat = {}
    _flatten(body, "", out)
    return out


def _flatten(value: Json, path: str, out: Flat) -> None:
    for key, child in value.items():
        name = path + key
        if isinstance(child, dict):
            _flatten(child, f"{name}.", out)
        elif isinstance(child, list):
            if any(one is None or isinstance(one, dict | list) for one in child):
                raise IllegalState("only value lists are allowed in serialized settings")
            out[name] = [setting_text(one) for one in child]
        else:
            out[name] = None if child is None else setting_text(child)


def setting_text(value: Json) -> str:
    """A JSON scalar as Elasticsearch keeps it in settings."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float):
        return java_double(value)
    return str(value)


def find(name: str, behaviour: Behaviour) -> Setting | None:
    """The setting of a name, those that take any last part included."""
    known = known_settings(TABLE, behaviour).get(name)
    if known is not None and known.scope != "hidden":
        return known
    if name.startswith(_GROUPS[:2]):
        return Setting(name, "text", "static", "")
    if _FILTERS.match(name):
        return Setting(name, "text", "private" if ".initial_recovery." in name else "dynamic", "")
    return None


def is_gone(name: str, behaviour: Behaviour) -> bool:
    """Whether a setting is still read and then refused (8.x)."""
    return behaviour.major >= 8 and name in _GONE


def unknown(name: str, behaviour: Behaviour) -> IllegalArgument:
    """The error for a name that no setting has."""
    if is_gone(name, behaviour):
        return IllegalArgument(f"unknown setting [{name}]")
    # ES: settings of several values are matched otherwise, and not thought of
    known = known_settings(TABLE, behaviour).items()
    names = [key for key, one in known if one.scope != "hidden" and not isinstance(one.default, list | tuple)]
    return unknown_setting(name, names)


def unknown_setting(name: str, names: Iterable[str]) -> IllegalArgument:
    """The error for an unknown name, with the known ones that are very like it."""
    scored = sorted((-score, other) for other in names if (score := similarity(name, other)) > 0.7)
    found = [other for _, other in scored]
    if not found:
        hint = (
            "please check that any required plugins are installed, or check the breaking changes documentation for "
            "removed settings"
        )
    else:
        hint = f"did you mean any of [{', '.join(found)}]?" if len(found) > 1 else f"did you mean [{found[0]}]?"
    return IllegalArgument(f"unknown setting [{name}] {hint}")


_LEAVES_WITH_SEVEN = (
    "index.data_path", "index.indexing.slowlog.level", "index.mapper.dynamic", "index.routing.allocation.exclude._tier",
    "index.routing.allocation.include._tier", "index.routing.allocation.require._tier", "index.search.slowlog.level",
)  # fmt: skip


def warn_of(flat: Flat, behaviour: Behaviour, warn: Callable[[str], None]) -> None:
    """Tell of settings that are leaving."""
    if behaviour.announces_eight:
        for name in flat:
            if name in _LEAVES_WITH_SEVEN:
                warn(
                    f"[{name}] setting was deprecated in Elasticsearch and will be removed in a future release! See the breaking "
                    "changes documentation for the next major version."
                )
    if behaviour.major < 8:
        return
    for name in flat:
        if name in _GONE and flat[name] is not None:
            warn(
                f"[{name}] setting was deprecated in the previous Elasticsearch release and is removed in this release."
            )
        elif name == "index.data_path":
            warn(f"[{name}] setting was deprecated in Elasticsearch and will be removed in a future release.")


def check_values(flat: Flat, behaviour: Behaviour, *, ignore_archived: bool = False) -> None:
    """Refuse unknown names and values that cannot be read; all at once, the first one leading.

    Raises:
        IllegalArgument and other ApiError: with the further ones suppressed.
    """
    failures: list[ApiError] = []
    gone: list[ApiError] = []
    names = flat if behaviour.major >= 8 else sorted(flat)
    for name in names:
        if ignore_archived and name.startswith("archived."):
            continue
        try:
            _check(name, flat, behaviour)
        except ApiError as error:
            failures.append(error)
        if is_gone(name, behaviour):
            gone.append(unknown(name, behaviour))
    raise_first(failures or gone)  # ES: what is gone is still read, and refused when the index is made


def _check(name: str, flat: Flat, behaviour: Behaviour) -> None:
    """Raises IllegalArgument and other ApiError for a name or value that is no setting's."""
    value = flat[name]
    if is_gone(name, behaviour):
        if name.endswith(".slowlog.level") and value is not None and str(value).upper() not in _SLOW_LOG_LEVELS:
            raise IllegalArgument(f"No enum constant org.elasticsearch.index.SlowLogLevel.{str(value).upper()}")
        return
    found = find(name, behaviour)
    if found is None:
        raise unknown(name, behaviour)
    if value is None:
        return
    found.check(value, behaviour)
    if name == "index.number_of_routing_shards" and (shards := flat.get("index.number_of_shards")) is not None:
        _check("index.number_of_shards", {"index.number_of_shards": shards}, behaviour)  # ES: its least value is that number


def check_private(flat: Flat, behaviour: Behaviour) -> None:
    """Refuse settings that only Elasticsearch itself makes. Raises Validation."""
    messages = private_problems(flat, behaviour)
    if messages:
        raise Validation(*messages)


def private_problems(flat: Flat, behaviour: Behaviour) -> list[str]:
    """What is said of settings that only Elasticsearch itself makes."""
    return [
        f"private index setting [{name}] can not be set explicitly"
        for name in sorted(flat)
        if (found := find(name, behaviour)) is not None and found.scope == "private"
    ]


def tree(flat: Mapping[str, Any]) -> dict[str, Json]:
    """Flat settings as the nested object that Elasticsearch prints, in its order."""
    from esmock.xcontent.java_order import hash_order

    root: dict[str, Any] = {}
    for name in sorted(flat):
        _place(root, name, flat[name])
    return _ordered(root, hash_order)


def _place(node: dict[str, Any], name: str, value: Any) -> None:
    """Put a value at a dotted name; where a prefix of the name has a value itself, the rest stays one key."""
    head, dot, rest = name.partition(".")
    if not dot:
        node[name] = value
        return
    below = node.get(head)
    if below is None:
        below = node[head] = {}
    if not isinstance(below, dict):
        node[name] = value
        return
    _place(below, rest, value)


def _ordered(node: dict[str, Any], order: Callable[..., list[str]]) -> dict[str, Json]:
    return {key: _ordered(node[key], order) if isinstance(node[key], dict) else node[key] for key in order(node, 2)}
