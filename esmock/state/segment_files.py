"""Sizes of the files of a shard's segments, by extension, as statistics tell of them. Estimated, as all sizes here.

Source: asked of 7.10.2 and 8.19.21, which look into compound files or at them.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from esmock.state.shard import Shard
    from esmock.store.segment import Segment
    from esmock.version import Behaviour

Json = Any
Sizes = dict[str, dict[str, int]]
_DESCRIPTIONS = {
    "fnm": "Fields", "fdx": "Field Index", "fdt": "Field Data", "tim": "Term Dictionary", "tip": "Term Index", "doc": "Frequencies",
    "pos": "Positions", "nvd": "Norms", "nvm": "Norms", "dvd": "DocValues", "dvm": "DocValues", "si": "Segment Info",
    "cfs": "Compound Files", "cfe": "Compound Files Entries",
}
_INSIDE = {
    "fdx": 64, "kdd": 92, "tim": 126, "doc": 78, "dvd": 75, "fdm": 158, "tmd": 316, "kdi": 69, "dvm": 562, "tip": 76, "kdm": 200,
    "fnm": 989,
}
_OF_TEXT = {"nvd": 59, "nvm": 103, "pos": 80}
_STORED_BYTES = 137
_BESIDE = {"cfe": 697, "si": 360}


def file_sizes(shard: Shard, behaviour: Behaviour, size_of: Callable[[Segment | None, Behaviour], int]) -> Sizes:
    """Bytes by extension; since 8.0 of the compound files, with the least, the greatest and the number of them."""
    out: Sizes = {}
    for segment, _, _ in shard.segments():
        if behaviour.major < 8:
            for extension, size in _inside(segment).items():
                entry = out.setdefault(extension, {"size_in_bytes": 0})
                entry["size_in_bytes"] += size
        else:
            beside = sum(_BESIDE.values())
            for extension, size in {"cfs": size_of(segment, behaviour) - beside, **_BESIDE}.items():
                entry = {"size_in_bytes": size, "min_size_in_bytes": size, "max_size_in_bytes": size, "count": 1}
                _add(out.setdefault(extension, dict(entry, size_in_bytes=0, count=0)), entry)
    return out


def _inside(segment: Segment | None) -> dict[str, int]:
    fields = [field for _, field in segment.docs[-1].mapping.fields()] if segment is not None and segment.docs else []
    has_text = any(field.name == "text" for field in fields)
    stored = segment.source_bytes // 2 if segment is not None else 0
    return {**_INSIDE, "fdt": _STORED_BYTES + stored, **(_OF_TEXT if has_text else {})}


def _add(into: dict[str, int], part: dict[str, int]) -> None:
    folds: dict[str, Callable[[int, int], int]] = {"min_size_in_bytes": min, "max_size_in_bytes": max}
    for name, number in part.items():
        into[name] = folds.get(name, int.__add__)(into[name], number)


def printed(files: Sizes) -> dict[str, Json]:
    """The entries as statistics print them."""
    out: dict[str, Json] = {}
    for extension, entry in files.items():
        description = {"description": _DESCRIPTIONS.get(extension, "Others")}
        if "count" not in entry:
            out[extension] = {**entry, **description}
        else:
            sizes = {name: number for name, number in entry.items() if name != "count"}
            average = entry["size_in_bytes"] // entry["count"]
            out[extension] = {**description, **sizes, "average_size_in_bytes": average, "count": entry["count"]}
    return out
