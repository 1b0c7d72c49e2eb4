"""Alias filters are queries: they are read when an alias is made, to refuse what is none."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from esmock.state.aliases import AliasBody, check_filter
from esmock.xcontent import json_writer, reading

if TYPE_CHECKING:
    from esmock.version import Behaviour

Json = Any


def check(name: str, body: AliasBody, behaviour: Behaviour) -> None:
    """Raises IllegalArgument around what is wrong with the filter of an alias."""

    def parse(query: Json) -> None:
        from esmock.search.query.base import ParseContext
        from esmock.search.query.parse import parse_query

        text = json_writer.dumps(query)
        tree = reading.read(text, "json", behaviour, with_positions=True)
        parse_query([tree], 0, ParseContext(behaviour))

    check_filter(name, body, parse)
