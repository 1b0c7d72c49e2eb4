"""Parents and children in one index. Docs: parent-join. Source: recordings of 7.10.2."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from esmock.errors import ElasticsearchParse, IllegalArgument, IllegalState, NullPointer, UnsupportedOperation
from esmock.mapping.exact import Keyword
from esmock.mapping.field import ORDINALS, Field
from esmock.mapping.parameter import Parameter, Place, java_class, java_text, named_boolean, read_boolean
from esmock.xcontent.java_order import hash_order
from esmock.xcontent.located import token

if TYPE_CHECKING:
    from esmock.mapping.context import MappingContext

Json = Any
Relations = dict[str, tuple[str, ...]]


def _relations(value: Json, place: Place) -> Relations:
    if value is None:
        raise NullPointer('Cannot invoke "Object.getClass()" because "node" is null')
    if not isinstance(value, dict):
        raise ElasticsearchParse(f"relations should be a hash but was of type: class {java_class(value)}")
    return {
        parent: tuple(map(java_text, children)) if isinstance(children, list) else (java_text(children),)
        for parent, children in value.items()
    }


def _eager(value: Json, place: Place) -> bool:
    if place.context.behaviour.major >= 8:
        return read_boolean(value)
    return named_boolean(value, "eager_global_ordinals")


def _print(relations: Relations) -> Json:
    return {
        parent: children[0] if len(children) == 1 else hash_order(children) for parent, children in relations.items()
    }


class Join(Field):
    """The relation that a document stands in; columns hold its name. Docs: parent-join."""

    name = "join"
    scores_terms = True
    takes_patterns = True
    column_kind = ORDINALS
    takes_objects = True
    bare_errors = True
    parameters = (
        Parameter("eager_global_ordinals", True, _eager, True),
        Parameter("relations", {}, _relations, True, print=_print),
    )
    __slots__ = ()

    def setup(self) -> None:
        self.given.setdefault("relations", {})
        children = [child for one in self.given["relations"].values() for child in one]
        twice = [child for at, child in enumerate(children) if child in children[:at]]
        if twice:
            told = ", ".join(f"[{child}] cannot have multiple parents" for child in dict.fromkeys(twice))
            raise IllegalArgument(f"invalid definition for join field [{self.path}]:\n[{told}]")
        if "." in self.path:
            raise IllegalArgument(f"join field [{self.path}] cannot be added inside an object or in a multi-field")

    @classmethod
    def has_old_reader(cls, context: MappingContext) -> bool:
        return context.behaviour.major < 8

    @property
    def has_doc_values(self) -> bool:
        return True

    def to_json(self) -> dict[str, Json]:
        return {
            "type": "join",
            "eager_global_ordinals": self.get("eager_global_ordinals"),
            "relations": _print(self.relations),
        }

    @property
    def relations(self) -> Relations:
        """Children's names by parent's."""
        return self.given["relations"]  # type: ignore[no-any-return]

    @property
    def ordinals_names(self) -> tuple[str, ...]:
        """What the memory of global ordinals is told under: one for each relation that has children."""
        return tuple(f"{self.path}#{parent}" for parent in self.relations)

    def key(self, parent: str) -> Field | None:
        """The field of the ids of the parents of one relation: of its own documents, too."""
        if parent not in self.relations:
            return None
        found = JoinParents(f"{self.path}#{parent}", {}, self.context, source_path=self.source_path)
        found.relation = parent
        return found

    def parent_of(self, child: str) -> str | None:
        """The name of the relation above."""
        return next((parent for parent, children in self.relations.items() if child in children), None)

    @property
    def names(self) -> set[str]:
        return {*self.relations, *(one for children in self.relations.values() for one in children)}

    def merge(self, other: Field) -> Field:
        if not isinstance(other, Join):
            return super().merge(other)
        conflicts = []
        for parent, children in self.relations.items():
            if parent not in other.relations:
                conflicts.append(f"cannot remove parent [{parent}] in join field [{self.path}]")
                continue
            missing = [one for one in hash_order(children) if one not in other.relations[parent]]
            conflicts += [f"cannot remove child [{one}] in join field [{self.path}]" for one in missing]
        if conflicts:
            conflicts.sort(key=lambda one: "cannot remove parent" not in one)
            raise IllegalArgument(
                f"Mapper for [{self.path}] conflicts with existing mapping:\n[{', '.join(conflicts)}]"
            )
        return other

    def read(self, value: Json) -> tuple[str | None, str | None]:
        """The relation's name and the parent's id. Raises IllegalArgument, IllegalState."""
        if isinstance(value, str):
            return value, None
        if not isinstance(value, dict):
            raise IllegalState(f"[null] expected START_OBJECT or VALUE_STRING but was: {token(value)}")
        name = parent = None
        for key, one in value.items():
            if isinstance(one, dict) and one:
                raise IllegalArgument(f"unknown field name [{next(iter(one))}] in join field [{self.path}]")
            if key == "name":
                name = java_text(one)
            elif key == "parent":
                parent = java_text(one)
            else:
                raise IllegalArgument(f"unknown field name [{key}] in join field [{self.path}]")
        return name, parent

    def check(self, value: Json) -> None:
        self.read(value)

    def check_routed(self, value: Json, routing: str | None) -> None:
        """Refuse unknown relations, and children without parent or routing. Raises IllegalArgument."""
        name, parent = self.read(value)
        if name is None:
            from esmock.errors import NullPointer

            raise NullPointer('Cannot invoke "String.equals(Object)" because "name" is null')
        if name not in self.names:
            raise IllegalArgument(f"unknown join name [{name}] for field [{self.path}]")
        if self.parent_of(name) is not None:
            if parent is None:
                raise IllegalArgument(f"[parent] is missing for join field [{self.path}]")
            if routing is None:
                raise IllegalArgument(f"[routing] is missing for join field [{self.path}]")

    def column_values(self, values: list[Json]) -> list[str]:
        return [name for name in (self.read(value)[0] for value in values) if name is not None]

    def term(self, value: Json) -> str:
        return java_text(value)



class JoinParents(Keyword):
    """The ids of the parents of one relation, which documents of both its sides have. Source: asked of 7.10.2."""

    __slots__ = ("relation",)
    relation: str

    @property
    def type_name(self) -> str:
        return "parent"

    def of_documents(self, segment: Any) -> list[list[str]]:
        """The id of each document's parent, or its own."""
        raw, join = segment.values(self.path.rpartition("#")[0])
        out: list[list[str]] = []
        for doc_id, values in zip(segment.doc_ids, raw, strict=True):
            name, parent = join.read(values[0]) if values else (None, None)
            if name == self.relation:
                out.append([doc_id])
            elif name is not None and parent is not None and join.parent_of(name) == self.relation:
                out.append([parent])
            else:
                out.append([])
        return out

    def fetched_values(self, values: list[Json]) -> list[Json] | None:
        raise UnsupportedOperation("Cannot fetch values for internal field [parent].")


FIELDS = (Join,)
