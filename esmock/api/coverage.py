"""Which published endpoints are built, by namespace: the table in the README.

``python -m esmock.api.coverage README.md`` writes it between its two marks; a test fails when it is stale.
"""

from __future__ import annotations

import sys
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path

from esmock.api.empty_lists import ALL
from esmock.api.unsupported import FILE

BEGIN = "<!-- endpoints: written by python -m esmock.api.coverage -->"
END = "<!-- end of endpoints -->"


@dataclass
class Namespace:
    """The endpoints of one namespace: built whole; without some published parameters or routes, or as an empty list; not built."""

    built: list[str] = field(default_factory=list)
    partly: list[str] = field(default_factory=list)
    missing: list[str] = field(default_factory=list)


def namespaces() -> dict[str, Namespace]:
    """Namespace to its endpoints; those without one (``search``, ``bulk`` ...) are under ``(core)``."""
    from esmock.api.registry import MODULES
    from esmock.api.unsupported import endpoint as not_built

    known = {one.name: one for module in MODULES if module.endpoint is not not_built for one in module.endpoint}
    empty = {one.endpoint for one in ALL}
    out: dict[str, Namespace] = {}
    for line in FILE.read_text("utf-8").splitlines():
        name, _, _, urls, params = line.split("\t")
        entry = out.setdefault(name.rpartition(".")[0] or "(core)", Namespace())
        found = known.get(name)
        if found is None:
            entry.missing.append(name)
            continue
        if name in empty or name in _HOLLOW:
            entry.partly.append(name)
            continue
        published = {one.rpartition(":")[0] for one in params.split()}
        paths = {url.split(" ", 1)[1] for url in urls.split(";")}
        is_whole = published <= set(found.params) | _ALWAYS and paths <= {route.path for route in found.routes}
        (entry.built if is_whole else entry.partly).append(name)
    return out


_HOLLOW = {
    "autoscaling.get_autoscaling_capacity",
    "inference.chat_completion_unified",
    "inference.completion",
    "inference.embedding",
    "inference.inference",
    "inference.rerank",
    "inference.sparse_embedding",
    "inference.stream_completion",
    "inference.text_embedding",
}
"""Endpoints whose requests are checked and whose errors are told, while what they are for answers 501."""
_ALWAYS = {"pretty", "human", "error_trace", "filter_path", "format", "v", "h", "s", "help"}


def table(found: dict[str, Namespace]) -> str:
    """The table in Markdown."""
    lines = ["| namespace | built | partly | not (501) |", "| --- | ---: | ---: | --- |"]
    for name, one in sorted(found.items()):
        missing = f"{len(one.missing)}: {_short(one.missing)}" if 0 < len(one.missing) <= 6 else str(len(one.missing))
        lines.append(f"| {name} | {len(one.built)} | {len(one.partly)} | {missing} |")
    total = [sum(len(getattr(one, part)) for one in found.values()) for part in ("built", "partly", "missing")]
    lines.append(f"| **{sum(total)}** | **{total[0]}** | **{total[1]}** | **{total[2]}** |")
    return "\n".join(lines)


def _short(names: Iterable[str]) -> str:
    return ", ".join(f"`{name.rpartition('.')[2]}`" for name in sorted(names))


def written(readme: str) -> str:
    """A README with the table as it should be. Raises ValueError where the marks are missing."""
    before, begin, rest = readme.partition(BEGIN)
    _, end, after = rest.partition(END)
    if not begin or not end:
        raise ValueError(f"the marks {BEGIN} and {END} are missing")
    return f"{before}{BEGIN}\n{table(namespaces())}\n{END}{after}"


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit("usage: python -m esmock.api.coverage README.md")
    path = Path(sys.argv[1])
    path.write_text(written(path.read_text("utf-8")), "utf-8")
