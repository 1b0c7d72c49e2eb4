"""Values in processor options, with the templates that may stand in their strings."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from esmock.ingest import java

if TYPE_CHECKING:
    from esmock.ingest.document import IngestDocument
    from esmock.ingest.environment import Environment

Json = Any


class Template:
    """A string, rendered anew for every document where it has mustaches.

    Args:
        content_type: decides how values are escaped; None: as Elasticsearch does by default, as JSON strings.
    """

    __slots__ = ("_compiled", "_text")

    def __init__(self, text: str, environment: Environment, content_type: str | None = None) -> None:
        self._text = text
        self._compiled: Any = None
        if "{{" in text:
            from esmock.script.script import Script

            options = {"content_type": content_type} if content_type else {}
            script = Script(text, "mustache", options=options)
            self._compiled = environment.scripts.compile(script, "template")

    def render(self, document: IngestDocument) -> str:
        """The text for a document."""
        if self._compiled is None:
            return self._text
        return str(self._compiled.run(params=document.model()))


class Value:
    """Any JSON value; its strings and keys may be templates."""

    __slots__ = ("_is_constant", "_tree")

    def __init__(self, tree: Json, environment: Environment, content_type: str | None = None) -> None:
        self._is_constant = not _has_template(tree)
        self._tree = tree if self._is_constant else _compile(tree, environment, content_type)

    def render(self, document: IngestDocument) -> Json:
        """The value for a document, never shared with another."""
        if self._is_constant:
            return self._tree if type(self._tree) in java.PLAIN else java.copy(self._tree)
        return _render(self._tree, document)


def _has_template(tree: Json) -> bool:
    if isinstance(tree, str):
        return "{{" in tree
    if isinstance(tree, dict):
        return any(_has_template(key) or _has_template(value) for key, value in tree.items())
    return isinstance(tree, list) and any(map(_has_template, tree))


def _compile(tree: Json, environment: Environment, content_type: str | None) -> Any:
    if isinstance(tree, str):
        return Template(tree, environment, content_type)
    if isinstance(tree, dict):
        return {
            Template(key, environment, content_type): _compile(value, environment, content_type)
            for key, value in tree.items()
        }
    if isinstance(tree, list):
        return [_compile(one, environment, content_type) for one in tree]
    return tree


def _render(tree: Any, document: IngestDocument) -> Json:
    if isinstance(tree, Template):
        return tree.render(document)
    if isinstance(tree, dict):
        return {key.render(document): _render(value, document) for key, value in tree.items()}
    if isinstance(tree, list):
        return [_render(one, document) for one in tree]
    return tree
