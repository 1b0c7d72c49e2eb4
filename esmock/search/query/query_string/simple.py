"""The simple query string: a grammar without errors. Source: recordings of 7.10.2."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from esmock.search.query.base import Bound, MatchEverything, MatchNothing
from esmock.search.query.compound import BoolBound
from esmock.search.query.multi_term import pattern_query, pattern_terms
from esmock.search.query.query_string.binder import Binder, Settings
from esmock.search.query.query_string.grammar import Node

if TYPE_CHECKING:
    from esmock.search.query.shard import ShardSearch

FLAGS = {
    "ALL": 255, "NONE": 0, "AND": 1, "NOT": 2, "OR": 4, "PREFIX": 8, "PHRASE": 16, "PRECEDENCE": 32, "ESCAPE": 64, "WHITESPACE": 128,
    "FUZZY": 256, "NEAR": 512, "SLOP": 512,
}
_ALL = 255


class _Group:
    """The tree while it grows: Lucene keeps one operation per level and wraps the tree where it changes."""

    def __init__(self, default: str, scored: bool, boost: Any) -> None:
        self.default = default
        self.boost = boost
        self.scored = scored
        self.top: Bound | None = None
        self.clauses: list[Bound] | None = None
        self.previous: str | None = None
        self.current: str | None = None
        self.negations = 0

    def add(self, branch: Bound | None) -> None:
        if branch is not None:
            if self.negations % 2:
                branch = BoolBound([], [], [MatchEverything(self.boost)], [branch], 1, self.scored)
            if self.top is None:
                self.top = branch
            else:
                current = self.current or self.default
                if self.previous != current:
                    self.clauses = [self.top]
                assert self.clauses is not None
                self.clauses.append(branch)
                self.top = self._joined(current)
                self.previous = current
        self.negations = 0
        self.current = None

    def _joined(self, operation: str) -> Bound:
        assert self.clauses is not None
        clauses = list(self.clauses)
        if operation == "and":
            return BoolBound(clauses, [], [], [], 0, self.scored)
        return BoolBound([], [], clauses, [], 1, self.scored)


class _Reader:
    """One pass over the text."""

    def __init__(self, binder: Binder, flags: int, boost: Any) -> None:
        self.binder = binder
        self.flags = flags
        self.boost = boost

    def has(self, name: str) -> bool:
        if self.flags == _ALL:
            return True
        return bool(self.flags & FLAGS[name])

    def read(self, text: str) -> Bound | None:
        group = _Group("and" if self.binder.settings.default_and else "or", self.binder.scored, self.boost)
        at = 0
        while at < len(text):
            at = self._step(text, at, group)
        return group.top

    def _step(self, text: str, at: int, group: _Group) -> int:
        char = text[at]
        if char == "(" and self.has("PRECEDENCE"):
            return self._group(text, at, group)
        if char == ")" and self.has("PRECEDENCE"):
            return at + 1
        if char == '"' and self.has("PHRASE"):
            return self._phrase(text, at, group)
        if char == "+" and self.has("AND"):
            if group.current is None and group.top is not None:
                group.current = "and"
            return at + 1
        if char == "|" and self.has("OR"):
            if group.current is None and group.top is not None:
                group.current = "or"
            return at + 1
        if char == "-" and self.has("NOT"):
            group.negations += 1
            return at + 1
        if char in " \t\n\r" and self.has("WHITESPACE"):
            group.negations = 0
            return at + 1
        return self._token(text, at, group)

    def _group(self, text: str, at: int, group: _Group) -> int:
        depth = 1
        end = at + 1
        while end < len(text):
            char = text[end]
            if char == "\\" and self.has("ESCAPE"):
                end += 1
            elif char == "(":
                depth += 1
            elif char == ")":
                depth -= 1
                if not depth:
                    break
            end += 1
        if end >= len(text) and depth:
            return at + 1
        if end == at + 1:
            group.current = None
            return end + 1
        group.add(self.read(text[at + 1 : end]))
        return end + 1

    def _phrase(self, text: str, at: int, group: _Group) -> int:
        end = at + 1
        out = []
        while end < len(text) and text[end] != '"':
            if text[end] == "\\" and self.has("ESCAPE") and end + 1 < len(text):
                end += 1
            out.append(text[end])
            end += 1
        if end >= len(text):
            return at + 1
        if not out:
            group.current = None
            return end + 1
        end += 1
        slop = ""
        if end < len(text) and text[end] == "~" and self.has("SLOP"):
            digits = end + 1
            while digits < len(text) and text[digits] not in ' \t\n\r"|()+':
                digits += 1
            slop = text[end + 1 : digits]
            end = digits
        node = Node("phrase", None, "".join(out), slop=slop if slop.isdigit() else None)
        group.add(self.binder.bind(node, self.boost))
        return end

    def _token(self, text: str, at: int, group: _Group) -> int:
        out: list[str] = []
        is_prefix = False
        fuzzy: str | None = None
        while at < len(text) and not self._ends(text[at]):
            char = text[at]
            if char == "\\" and self.has("ESCAPE") and at + 1 < len(text):
                out.append(text[at + 1])
                at += 2
                is_prefix = False
                continue
            if char == "~" and self.has("FUZZY") and out:
                end = at + 1
                while end < len(text) and text[end].isdigit():
                    end += 1
                is_last = end == len(text) or self._ends(text[end])
                if is_last or end > at + 1:
                    # ES: what follows the number is dropped, and the edits with it
                    fuzzy = text[at + 1 : end] if is_last else "0"
                    at = end
                    while at < len(text) and not self._ends(text[at]):
                        at += 1
                    break
            is_prefix = char == "*"
            out.append(char)
            at += 1
        word = "".join(out)
        if word:
            group.add(self._word(word, is_prefix and self.has("PREFIX"), fuzzy))
        return at

    def _word(self, word: str, is_prefix: bool, fuzzy: str | None) -> Bound | None:
        if fuzzy is not None:
            edits = "2" if fuzzy == "" else str(min(int(fuzzy), 2))
            kind = "text" if edits == "0" else "fuzzy"
            return self.binder.bind(Node(kind, None, word, slop=edits), self.boost)
        if word == "*" and is_prefix:
            return MatchEverything(self.boost)
        if is_prefix:
            return self.binder.bind(Node("prefix", None, word[:-1]), self.boost)
        return self.binder.bind(Node("text", None, word), self.boost)

    def _ends(self, char: str) -> bool:
        return (
            (char == '"' and self.has("PHRASE"))
            or (char == "|" and self.has("OR"))
            or (char == "+" and self.has("AND"))
            or (char in "()" and self.has("PRECEDENCE"))
            or (char in " \t\n\r" and self.has("WHITESPACE"))
        )


def is_left_out(node: Node, shard: ShardSearch) -> bool:
    """Whether a word of which nothing is left on any field is no clause; else it is one that finds nothing."""
    return node.kind == "prefix" and shard.behaviour.lucene_nine


class SimpleBinder(Binder):
    """ES: beginnings that are analyzed are looked for among the terms of a field of any type, as they are."""

    is_simple = True

    def _none(self, node: Node) -> Bound | None:
        return None if is_left_out(node, self.shard) else MatchNothing()

    def _beginning(self, name: str, text: str, own: Any) -> Any:
        if not self.settings.analyze_wildcard:
            return super()._beginning(name, text, own)
        field = self.shard.field(name)
        if field is not None and field.name == "completion":
            return pattern_terms(field, lambda _: True, text, own)
        if field is None or not field.takes_patterns:
            return MatchNothing()
        return pattern_query(self.shard, "prefix", name, own, lambda found: ((lambda term: True), text), None, self.scored)


def bind_simple(
    shard: ShardSearch, text: str, settings: Settings, flags: int, boost: Any, scored: bool
) -> Bound | None:
    """The query of a simple query string; None where it has no terms."""
    # ES: the fields of one term are added up
    binder = SimpleBinder(shard, replace(settings, tie_breaker=1.0, phrase_tie=0.0, type="most_fields"), scored)
    if text.strip() == "*" and flags & FLAGS["PREFIX"]:
        return MatchEverything(boost)
    return _Reader(binder, flags, boost).read(text)
