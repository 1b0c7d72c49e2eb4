"""Version ranges of ``skip`` and ``node_selector``."""

from __future__ import annotations

from esmock.conformance.facts import Version, parse_version

_OLDEST: Version = (0, 0, 0)
_NEWEST: Version = (999999, 0, 0)
_WORDS = ("all", "current", "non_current", "mixed")


class VersionRange:
    """A range list such as `` - 7.9.99, 8.1.0 - ``, or one of the words all, current, non_current, mixed.

    Raises:
        ValueError: cannot be read.
    """

    def __init__(self, text: str) -> None:
        self.text = text.strip()
        self.bounds: tuple[tuple[Version, Version], ...] = ()
        if self.text not in _WORDS:
            self.bounds = tuple(_bounds(part) for part in self.text.split(","))

    def holds(self, versions: list[Version]) -> bool:
        """Whether the lowest of the versions (sorted) is inside.

        One cluster under test is the version under test, so ``current`` means: all nodes are alike.
        """
        if self.text in _WORDS:
            is_mixed = len(set(versions)) > 1
            return {"all": True, "current": not is_mixed, "non_current": is_mixed, "mixed": is_mixed}[self.text]
        return any(low <= versions[0] <= high for low, high in self.bounds)


def _bounds(part: str) -> tuple[Version, Version]:
    ends = part.split("-")
    if len(ends) != 2:
        raise ValueError(f"version range malformed: [{part}]")
    low, high = (end.strip() for end in ends)
    return parse_version(low) if low else _OLDEST, parse_version(high) if high else _NEWEST
