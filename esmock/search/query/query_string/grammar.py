"""The syntax tree of a query string, and its syntax errors."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from dataclasses import field as member

from esmock.errors import LuceneParse
from esmock.search.query.query_string.lexer import EOF, Token, tokens

_BASE = (
    "<BAREOPER>", '"("', '"*"', "<QUOTED>", "<TERM>", "<PREFIXTERM>", "<WILDTERM>", "<REGEXPTERM>", '"["', '"{"', "<NUMBER>",
)
_ORDER = (
    EOF, "<AND>", "<OR>", "<NOT>", '"+"', '"-"', "<BAREOPER>", '"("', '")"', '":"', '"*"', '"^"', "<QUOTED>", "<TERM>", "<FUZZY_SLOP>",
    "<PREFIXTERM>", "<WILDTERM>", "<REGEXPTERM>", '"["', '"{"', "<NUMBER>",
)
_BINDING = ('":"', '"*"', "<FUZZY_SLOP>", '"^"', "<AND>", "<OR>")
"""What a term before it stands alone for."""
_MODIFIERS = ("<NOT>", '"+"', '"-"')


@dataclass(slots=True)
class Node:
    """A part of the query.

    Args:
        kind: ``text``, ``phrase``, ``prefix``, ``wildcard``, ``regexp``, ``fuzzy``, ``range``, ``all``, ``bool``.
        field: named before the colon; None: the default fields.
        text: with escapes where the kind has a pattern, without otherwise.
        many: several terms in a row, analyzed together.
        clauses: of ``bool``: (occur, node); occur is ``must``, ``should`` or ``must_not``.
        is_plain: of ``bool``: the first clause has no sign: where nothing comes of the others, it stands for all.
        bounds: of ``range``: lower, upper, include lower, include upper.
    """

    kind: str
    field: str | None = None
    text: str = ""
    boost: float | None = None
    slop: str | None = None
    many: bool = False
    clauses: list[tuple[str, Node]] = member(default_factory=list)
    is_plain: bool = False
    bounds: tuple[str, str, bool, bool] = ("", "", True, True)


def unescape(text: str) -> str:
    """Without the backslashes; ``\\uXXXX`` is a character. Raises LuceneParse."""
    out = []
    at = 0
    while at < len(text):
        char = text[at]
        if char == "\\" and at + 1 < len(text):
            if text[at + 1] == "u" and len(text) >= at + 6:
                try:
                    out.append(chr(int(text[at + 2 : at + 6], 16)))
                except ValueError:
                    raise LuceneParse(f"Non-hex character in Unicode escape sequence: {text[at + 2]}") from None
                at += 6
                continue
            out.append(text[at + 1])
            at += 2
            continue
        out.append(char)
        at += 1
    return "".join(out)


def parse(text: str, default_and: bool) -> Node | None:
    """The tree of a query string; None where it is empty. Raises LuceneParse."""
    parser = _Parser(text, default_and)
    if parser.peek().kind == EOF:
        return None
    node = parser.query(None)
    if parser.peek().kind != EOF:
        raise parser.unexpected((EOF, *parser.after_clause()))
    return node


class _Parser:
    def __init__(self, text: str, default_and: bool) -> None:
        self.text = text
        self.tokens = tokens(text)
        self.at = 0
        self.default_and = default_and
        self.depth = 0
        self._after_term = False

    def peek(self, ahead: int = 0) -> Token:
        return self.tokens[min(self.at + ahead, len(self.tokens) - 1)]

    def take(self) -> Token:
        token = self.tokens[self.at]
        self.at += 1
        return token

    def unexpected(self, expected: Iterable[str]) -> LuceneParse:
        """The error of the next token."""
        token = self.peek()
        listed = "".join(f"    {kind} ...\n" if kind != EOF else "    <EOF> \n" for kind in expected)
        if token.kind == EOF:
            found = '"<EOF>"'
        else:
            found = f'" {token.kind} "{token.text} ""'
        return LuceneParse(
            f"Encountered {found} at line 1, column {token.at}.\nWas expecting one of:\n{listed}    "
        )

    def after_clause(self) -> tuple[str, ...]:
        """What may follow a clause."""
        more = {"<AND>", "<OR>", *_MODIFIERS, *_BASE}
        if self._after_term:
            more |= {'"^"', "<FUZZY_SLOP>"}
        if self.depth:
            more.add('")"')
        return tuple(kind for kind in _ORDER if kind in more)

    def query(self, field_name: str | None) -> Node | None:
        """Clauses up to the end of the group."""
        clauses: list[tuple[str, Node]] = []
        first: Node | None = None
        mark = self.at
        if self._is_many():
            self._add_many(field_name, clauses)
        else:
            modifier = self._modifier()
            node = self.clause(field_name, start=True, modifier=modifier, at=mark)
            self._add(clauses, None, modifier, node)
            if modifier is None:
                first = node
        is_plain = bool(clauses) and (first is not None or clauses[0][1].many)
        while self.peek().kind not in (EOF, '")"'):
            if self._is_many():
                self._add_many(field_name, clauses)
                continue
            if self.peek().kind in ('":"', '"^"', "<FUZZY_SLOP>"):
                raise self.unexpected(self.after_clause() if self.depth else (EOF, *self.after_clause()))
            conjunction = self.take().kind if self.peek().kind in ("<AND>", "<OR>") else None
            modifier = self._modifier()
            node = self.clause(field_name, start=False, modifier=modifier)
            self._add(clauses, conjunction, modifier, node)
        if len(clauses) == 1 and first is not None:
            return first
        return Node("bool", clauses=clauses, is_plain=is_plain) if clauses else None

    def _modifier(self) -> str | None:
        return self.take().kind if self.peek().kind in _MODIFIERS else None

    def _is_many(self) -> bool:
        """Two terms in a row that nothing binds to something else."""
        return self.peek().kind == "<TERM>" and self.peek(1).kind == "<TERM>" and self._is_free(1)

    def _is_free(self, ahead: int) -> bool:
        return self.peek(ahead + 1).kind not in _BINDING

    def _add_many(self, field_name: str | None, clauses: list[tuple[str, Node]]) -> None:
        words = [unescape(self.take().text)]
        while self.peek().kind == "<TERM>" and self._is_free(0):
            words.append(unescape(self.take().text))
        self._after_term = False
        clauses.append(("must" if self.default_and else "should", Node("text", field_name, " ".join(words), many=True)))

    def _add(self, clauses: list[tuple[str, Node]], conjunction: str | None, modifier: str | None, node: Node | None) -> None:
        if clauses and conjunction == "<AND>" and clauses[-1][0] != "must_not":
            clauses[-1] = ("must", clauses[-1][1])
        if clauses and self.default_and and conjunction == "<OR>" and clauses[-1][0] != "must_not":
            clauses[-1] = ("should", clauses[-1][1])
        if node is None:
            return
        prohibited = modifier == "<NOT>" or modifier == '"-"'
        if self.default_and:
            required = not prohibited and (conjunction != "<OR>" or modifier == '"+"')
        else:
            required = modifier == '"+"' or (conjunction == "<AND>" and not prohibited)
        clauses.append(("must_not" if prohibited else "must" if required else "should", node))

    def clause(self, field_name: str | None, *, start: bool, modifier: str | None, at: int = 0) -> Node | None:
        """``[field:] (term | group)``."""
        named = False
        if self.peek(1).kind == '":"' and self.peek().kind in ("<TERM>", '"*"'):
            field_name = unescape(self.take().text)
            self.take()
            named = True
        kind = self.peek().kind
        if kind == '"("':
            return self._group(field_name)
        if kind not in _BASE:
            if named:
                raise self.unexpected(_BASE)
            tail = ("<TERM>",) if start and modifier is None else ("<TERM>", '"*"')
            raise self.unexpected((*(() if modifier else _MODIFIERS), *_BASE, *tail))
        return self._term(field_name)

    def _group(self, field_name: str | None) -> Node | None:
        self.take()
        self.depth += 1
        if self.peek().kind == '")"':
            raise self.unexpected((*_MODIFIERS, *_BASE, "<TERM>", '"*"'))
        node = self.query(field_name)
        if self.peek().kind != '")"':
            raise self.unexpected(self.after_clause())
        self.depth -= 1
        self.take()
        self._after_term = False
        boost = self._boost()
        if boost is not None and node is not None:
            return Node("bool", clauses=[("should", node)], boost=boost, is_plain=True)
        return node

    def _boost(self) -> float | None:
        if self.peek().kind != '"^"':
            return None
        self.take()
        return float(self.take().text)

    def _term(self, field_name: str | None) -> Node:
        token = self.take()
        kind = token.kind
        node: Node
        if kind in ('"["', '"{"'):
            node = self._range(field_name, token)
        elif kind == "<QUOTED>":
            node = Node("phrase", field_name, unescape(token.text[1:-1]))
        elif kind == "<REGEXPTERM>":
            node = Node("regexp", field_name, token.text[1:-1])
        elif kind == '"*"':
            node = Node("wildcard", field_name, "*")
        elif kind == "<PREFIXTERM>":
            node = Node("prefix", field_name, unescape(token.text[:-1]))
        elif kind == "<WILDTERM>":
            node = Node("wildcard", field_name, token.text)
        else:
            node = Node("text", field_name, unescape(token.text.rstrip() if kind == "<BAREOPER>" else token.text))
        self._after_term = True
        node.boost = self._boost()
        if self.peek().kind == "<FUZZY_SLOP>" and kind not in ('"["', '"{"'):
            node.slop = self.take().text[1:]
            if node.kind == "text":
                node.kind = "fuzzy"
        if node.boost is None:
            node.boost = self._boost()
        return node

    def _range(self, field_name: str | None, opening: Token) -> Node:
        wanted = ('"TO"', "<RANGE_QUOTED>", "<RANGE_GOOP>")
        if self.peek().kind not in wanted:
            raise self.unexpected(wanted)
        lower = self.take()
        if self.peek().kind == '"TO"':
            self.take()
        if self.peek().kind not in wanted:
            raise self.unexpected(wanted)
        upper = self.take()
        if self.peek().kind not in ('"]"', '"}"'):
            raise self.unexpected(('"]"', '"}"'))
        closing = self.take()
        ends = [unescape(one.text[1:-1] if one.kind == "<RANGE_QUOTED>" else one.text) for one in (lower, upper)]
        return Node(
            "range", field_name, bounds=(ends[0], ends[1], opening.kind == '"["', closing.kind == '"]"')
        )
