"""Flattening of token graphs. Page: analysis-flatten-graph-tokenfilter."""

from __future__ import annotations

from dataclasses import dataclass, field

from esmock.analysis.component import TokenFilter
from esmock.analysis.token import Stream, Token


@dataclass(slots=True)
class _From:
    """A position of the graph: the tokens that leave it, and the position that it becomes."""

    tokens: list[Token] = field(default_factory=list)
    out: int = -1


@dataclass(slots=True)
class _Out:
    """A position of the flat stream: those of the graph that fall together on it, and its offsets."""

    members: list[int] = field(default_factory=list)
    start: int = -1
    end: int = -1


class FlattenGraph(TokenFilter):
    """Lays side paths upon each other, so that an index can hold the tokens.

    The ends of paths that start together are numbered by the longest of them; offsets shrink to those of the original tokens.
    """

    name = "flatten_graph"

    def apply(self, stream: Stream) -> None:
        nodes: dict[int, _From] = {0: _From(out=0)}
        outs: dict[int, _Out] = {0: _Out([0], 0)}
        position = -1
        for token in stream.tokens:
            position += token.increment
            _enter(nodes, outs, token, position)
        stream.tokens = _flat(nodes, outs)


def _enter(nodes: dict[int, _From], outs: dict[int, _Out], token: Token, position: int) -> None:
    source = nodes.setdefault(position, _From())
    if source.out < 0:
        # nothing led here: the tokens before it were removed
        source.out = max(outs) + 1
        outs[source.out] = _Out([position], token.start)
    start = outs[source.out]
    start.start = max(start.start, token.start)
    source.tokens.append(token)
    to = position + token.length
    target = nodes.setdefault(to, _From())
    if source.out + 1 > target.out:
        if target.out >= 0:
            outs[target.out].members.remove(to)
        target.out = source.out + 1
        outs.setdefault(target.out, _Out()).members.append(to)
    end = outs[target.out]
    end.end = token.end if end.end < 0 else min(end.end, token.end)


def _flat(nodes: dict[int, _From], outs: dict[int, _Out]) -> list[Token]:
    out: list[Token] = []
    last = -1
    start = -1
    for number in sorted(outs):
        for position in outs[number].members:
            for token in nodes[position].tokens:
                target = nodes[position + token.length].out
                # ES: starts never go back
                start = max(start, outs[number].start)
                end = max(start, outs[target].end)
                out.append(token.copy(start=start, end=end, increment=number - last, length=target - number))
                last = number
    return out


FAMILY = (FlattenGraph,)
