"""What a document adds to its mapping: new fields and objects, runtime fields, and where they contradict each other."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from esmock.errors import ApiError, IllegalArgument
from esmock.mapping.field import Field
from esmock.mapping.objects import ObjectMapper, no_object
from esmock.mapping.validation import validate

if TYPE_CHECKING:
    from esmock.mapping.mapping import Mapping

Json = Any


class NewFields:
    """The additions of one document.

    Attributes:
        added: new fields and objects by full name.
        runtime: new runtime fields by full name.
        changed: fields whose definition a value completed.
    """

    __slots__ = ("_conflicts", "_mapping", "added", "changed", "runtime")

    def __init__(self, mapping: Mapping) -> None:
        self._mapping = mapping
        self.added: dict[str, Field | ObjectMapper] = {}
        self.runtime: dict[str, Json] = {}
        self.changed: dict[str, Field | ObjectMapper] = {}
        self._conflicts: list[tuple[str, Field | ObjectMapper, Field | ObjectMapper, bool]] = []

    def over_limits(self, path: str, made: Field | ObjectMapper) -> str | None:
        """Since 8.x each addition is held against the limits: what is exceeded."""
        mapping = self._mapping
        if path in self.added or not mapping.behaviour.document_parsing_exception:
            return None
        context = mapping.context
        depth = context.limit("depth", 20)
        if isinstance(made, ObjectMapper) and path.count(".") + 2 > depth:
            return f"Limit of mapping depth [{depth}] has been exceeded due to object field [{path}]"
        limit = context.limit("total_fields", 1000)
        n_new = sum(map(_size, (*self.added.values(), made))) + len(self.runtime)
        if mapping.size + n_new > limit:
            return f"Limit of total fields [{limit}] has been exceeded while adding new fields [{n_new}]"
        return None

    def add(self, path: str, made: Field | ObjectMapper) -> Field | ObjectMapper:
        """Add one; what stands at the name already is returned."""
        return self.added.setdefault(path, made)

    def disagree(self, path: str, known: Field | ObjectMapper, made: Field | ObjectMapper, *, by_dots: bool = False) -> None:
        """Note that two values of the document make different things of a name; ``by_dots``: of the first part of one."""
        self._conflicts.append((path, known, made, by_dots))

    def merge(self, known: Field | ObjectMapper, made: Field | ObjectMapper, path: str) -> None:
        """ES: each value of a new field makes a mapping of its own; they are merged when all has been read."""
        if type(known) is not type(made):
            self.disagree(path, known, made)

    def check(self) -> None:
        """ES: told when all has been read. In 7.x new names are merged in their order, each with the one before it; only at the first
        name of all is the earlier type the one that is there. In 8.x they are merged in the order of the document.

        Raises:
            IllegalArgument: for the first name on which values disagree, or part of which is nothing but white space.
        """
        if self._conflicts:
            raise self._conflict()
        for path in self.added:
            if "." in path and not all(part.strip() for part in path.split(".")):
                raise IllegalArgument(f"object field cannot contain only whitespace: ['{path}']")

    def _conflict(self) -> ApiError:
        if self._mapping.behaviour.major >= 8:
            path, here, other, is_first = self._conflicts[0]
        else:
            path, known, made, _ = min(self._conflicts, key=lambda one: one[0])
            is_first = path == min(self.added)
            here, other = (known, made) if is_first else (made, known)
        if isinstance(here, ObjectMapper):
            return no_object(here, self._mapping.behaviour)
        if is_first and isinstance(other, ObjectMapper):
            return IllegalArgument(f"can't merge a non object mapping [{path}] with an object mapping")
        name = "ObjectMapper" if isinstance(other, ObjectMapper) else other.name
        return IllegalArgument(f"mapper [{path}] cannot be changed from type [{here.name}] to [{name}]")

    def joined(self) -> Mapping:
        """The mapping with all of it; the same object where there is nothing. Raises ApiError for one that cannot be."""
        mapping = self._mapping
        if self.added or self.changed:
            root = _grown(mapping.root, self.added)
            for path, field in self.changed.items():
                root = _placed(root, path.split("."), field, replaces=True)
            mapping = mapping.with_root(root)
        if self.runtime:
            mapping = mapping.add_runtime(self.runtime)
        if mapping is not self._mapping:
            validate(mapping)
        return mapping


def _size(made: Field | ObjectMapper) -> int:
    """How many fields it counts as: an object one, a field itself and its multi-fields."""
    return 1 if isinstance(made, ObjectMapper) else 1 + sum(map(_size, made.multi.values()))


def _grown(root: ObjectMapper, added: dict[str, Field | ObjectMapper]) -> ObjectMapper:
    """The tree with new fields in their places; missing objects between are made."""
    for path in sorted(added, key=lambda one: one.count(".")):
        root = _placed(root, path.split("."), added[path])
    return root


def _placed(
    mapper: ObjectMapper, parts: list[str], child: Field | ObjectMapper, *, replaces: bool = False
) -> ObjectMapper:
    properties = dict(mapper.properties)
    if mapper.is_flat:
        parts = [".".join(parts)]
    leaf = parts[0]
    if len(parts) == 1:
        if replaces or leaf not in properties:
            properties[leaf] = child
    else:
        inner = properties.get(leaf)
        if not isinstance(inner, ObjectMapper):
            inner = ObjectMapper(mapper.child_path(leaf), {})
        properties[leaf] = _placed(inner, parts[1:], child, replaces=replaces)
    return mapper.replace(properties=properties)
