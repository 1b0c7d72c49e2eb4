"""What the bodies of snapshot requests say: read as maps, one entry after the other.

Source: asked of 7.10.2 and 8.19.21 (``admin/snapshot_bodies.json``).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from esmock.api.request import Request
from esmock.errors import ActionRequestValidation, ArrayStore, ElasticsearchParse, IllegalArgument, NullPointer
from esmock.mapping.parameter import java_text
from esmock.state import index_settings
from esmock.state.resolve import IndicesOptions
from esmock.state.restore import Restore

if TYPE_CHECKING:
    from esmock.version import Behaviour

Json = Any
FEATURES_SINCE = (7, 12)
_NO_NODE = 'Cannot invoke "Object.toString()" because "node" is null'
_NO_ARRAY = (
    "arraycopy: element type mismatch: can not cast one of the elements of java.lang.Object[] to the type of the destination array, "
    "java.lang.String"
)
_STATES = ("open", "closed", "hidden")
_RESTORED = (
    "indices", "feature_states", "expand_wildcards", "allow_no_indices", "ignore_unavailable", "ignore_throttled",
    "partial", "include_global_state", "include_aliases", "rename_pattern", "rename_replacement", "index_settings",
    "ignore_index_settings",
)
_SETTINGS_OF_NO_USE = (
    "specifying [settings] when restoring a snapshot has no effect and will not be supported in a future version"
)


def flag(value: Json, name: str) -> bool:
    """A boolean, or its text. Raises NullPointer, IllegalArgument."""
    if value is None:
        raise NullPointer(_NO_NODE)
    text = java_text(value)
    if text in ("true", "false"):
        return text == "true"
    cause = IllegalArgument(f"Failed to parse value [{text}] as only [true] or [false] are allowed.")
    raise IllegalArgument(f"Could not convert [{name}] to boolean", cause=cause)


def names(value: Json, what: str) -> list[str | None]:
    """A list of names, or one text with commas; None stays. Raises IllegalArgument, ArrayStore."""
    if isinstance(value, str):
        return [one for one in value.split(",") if one]
    if not isinstance(value, list):
        raise IllegalArgument(f"malformed {what} section, should be an array of strings")
    if not all(one is None or isinstance(one, str) for one in value):
        raise ArrayStore(_NO_ARRAY)
    return value


def _texts(value: Json, behaviour: Behaviour) -> list[str | None]:
    """The same where anything is as good as its text. Raises NullPointer, ElasticsearchParse."""
    if isinstance(value, list):
        return [None if one is None else java_text(one) for one in value]
    if value is None:
        raise NullPointer(_NO_NODE) if behaviour.mapping_types else ElasticsearchParse("Expected a list of strings but got null")
    return [one for one in java_text(value).split(",") if one]


def check_indices(wanted: list[str | None]) -> list[str]:
    """Raises ActionRequestValidation for an index without a name."""
    found = [one for one in wanted if one is not None]
    if len(found) < len(wanted):
        raise ActionRequestValidation("index is null")
    return found


def _features(value: Json) -> list[str | None]:
    if not isinstance(value, list):
        raise IllegalArgument("malformed feature_states section, should be an array of strings")
    return names(value, "feature_states")


def _check_none_alone(features: list[str | None]) -> None:
    if "none" in features and len(features) > 1:
        raise IllegalArgument(
            "the feature_states value [none] indicates that no feature states should be snapshotted, but other feature states were "
            f"requested: [{', '.join(map(java_text, features))}]"
        )


def _expanded(value: Json) -> tuple[str, ...]:
    """What wildcards expand to. Raises IllegalArgument."""
    words = value.split(",") if isinstance(value, str) else value if isinstance(value, list) else [value]
    chosen: tuple[str, ...] = ()
    for word in map(java_text, words):
        if word not in (*_STATES, "all", "none"):
            raise IllegalArgument(f"No valid expand wildcard value [{word}]")
        chosen += _STATES if word == "all" else () if word == "none" else (word,)
    return chosen


def _options(body: dict[str, Json], default: IndicesOptions) -> IndicesOptions:
    """Which indices an expression means; what is null is not said."""
    given = {name: body[name] for name in ("expand_wildcards", "ignore_unavailable", "allow_no_indices") if body.get(name) is not None}
    expand = _expanded(given["expand_wildcards"]) if "expand_wildcards" in given else ()
    flags = {name: flag(value, name) for name, value in given.items() if name != "expand_wildcards"}
    return default.changed(
        expand=expand or None,
        ignore_unavailable=flags.get("ignore_unavailable"),
        allow_no_indices=flags.get("allow_no_indices"),
    )


def create_body(request: Request) -> dict[str, Any]:
    """What a create request asks for, as ``snapshots.create`` takes it. Raises IllegalArgument, NullPointer, ArrayStore."""
    body, behaviour = request.parser_map(), request.behaviour
    out: dict[str, Any] = {"indices": [], "include_global_state": True, "metadata": None}
    for key, value in body.items():
        if key == "indices":
            out[key] = names(value, key)
        elif key == "feature_states" and behaviour.has(FEATURES_SINCE):
            _check_none_alone(_features(value))
        elif key == "partial":
            flag(value, key)
        elif key == "include_global_state":
            out[key] = flag(value, key)
        elif key == "metadata":
            if not isinstance(value, dict | None):
                raise IllegalArgument("malformed metadata, should be an object")
            out[key] = value
        elif key == "settings" and behaviour.mapping_types and not isinstance(value, dict):
            raise IllegalArgument("malformed settings section, should indices an inner object")
    expand = ("open", "hidden") if behaviour.mapping_types else _STATES  # ES: closed ones come along by wildcard since 8.0
    return {**out, "options": _options(body, IndicesOptions(expand=expand, forbid_closed=False))}


def clone_body(request: Request) -> list[str | None]:
    """The names that a clone takes along. Raises NullPointer, ElasticsearchParse."""
    body = request.parser_map()
    return _texts(body["indices"], request.behaviour) if "indices" in body else []


def restore_body(request: Request) -> Restore:
    """What a restore asks for. Raises IllegalArgument, NullPointer, ArrayStore."""
    out, body = Restore(), request.parser_map()
    for key, value in body.items():
        _read_restored(out, key, value, request)
    out.ignore_unavailable = _options(body, IndicesOptions()).ignore_unavailable
    return out


def _read_restored(out: Restore, key: str, value: Json, request: Request) -> None:
    if key == "settings" and request.behaviour.mapping_types:
        if not isinstance(value, dict):
            raise IllegalArgument("malformed settings section")
        request.warn(_SETTINGS_OF_NO_USE)
    elif key not in _RESTORED or (key == "feature_states" and not request.behaviour.has(FEATURES_SINCE)):
        raise IllegalArgument(f"Unknown parameter {key}")
    elif key == "indices":
        out.indices = _named(names(value, key), request.behaviour)
    elif key in ("partial", "include_global_state", "include_aliases"):
        is_set = flag(value, key)
        out.include_aliases = is_set if key == "include_aliases" else out.include_aliases
    elif key in ("rename_pattern", "rename_replacement"):
        if not isinstance(value, str):
            raise IllegalArgument(f"malformed {key}")
        setattr(out, key, value)
    elif key == "index_settings":
        if not isinstance(value, dict):
            raise IllegalArgument("malformed index_settings section")
        out.index_settings = index_settings.normalise(value)
    elif key == "ignore_index_settings":
        out.ignore_index_settings = [java_text(one) for one in names(value, key)]
    elif key == "feature_states":
        out.feature_states = [java_text(one) for one in _features(value)]


def _named(wanted: list[str | None], behaviour: Behaviour) -> list[str]:
    found = [one for one in wanted if one is not None]
    if len(found) < len(wanted):
        what = 'Cannot invoke "String.isEmpty()" because "indexOrPattern" is null'
        raise NullPointer(what if behaviour.mapping_types else "expression cannot be null")
    return found
