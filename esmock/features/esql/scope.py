"""Which columns there are at some step of a query."""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Attribute:
    """A column.

    Args:
        is_field: it is a field of the indices, not something computed.
        originals: the types of a field that cannot be used.
        conflicts: of a field whose types differ: type to the indices that have it so.
        types: those that its columns would have.
    """

    type: str
    is_field: bool = False
    originals: tuple[str, ...] = ()
    conflicts: dict[str, list[str]] = field(default_factory=dict, hash=False)
    types: tuple[str, ...] = ()

    @property
    def problem(self) -> str | None:
        """Why the column cannot be used, with ``{}`` for its name; None: it can."""
        if self.type != "unsupported":
            return None
        if self.conflicts:
            parts = ", ".join(f"[{kind}] in [{', '.join(sorted(names))}]" for kind, names in sorted(self.conflicts.items()))
            return f"Cannot use field [{{}}] due to ambiguities being mapped as [{len(self.conflicts)}] incompatible types: {parts}"
        return f"Cannot use field [{{}}] with unsupported type [{', '.join(self.originals)}]"


Scope = dict[str, Attribute]
"""By name, in order."""
