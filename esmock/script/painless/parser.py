"""Painless tokens to the syntax tree: recursive descent, with the messages of the original's generated parser.

The original predicts a whole operand chain before it consumes it, so an error inside a chain is "invalid sequence of tokens"
where elsewhere it is "unexpected token ... was expecting one of"; ``_chains`` counts the chains being read.
"""

from __future__ import annotations

from esmock.script.painless import nodes as n
from esmock.script.painless.lexer import tokens
from esmock.script.painless.parse_expressions import ExpressionParser

_STARTS = frozenset(
    "if while do for continue break return throw try def primitive id ( [ number string regex true false null new "
    "+ - ! ~ ++ --".split()
)
_OPERAND_STARTS = _STARTS - frozenset("if while do for continue break return throw try".split())


def parse(source: str, *, dollar: bool = False) -> n.Script:
    """The tree of a script. Raises CompileFailure for the first token that fits nowhere."""
    return _Parser(tokens(source, dollar=dollar)).script()


class _Parser(ExpressionParser):
    # -- source, functions, types

    def script(self) -> n.Script:
        functions: list[n.Function] = []
        while self._function_ahead():
            functions.append(self._function())
        statements: list[n.Node] = []
        self._function_limit = self._at + self._type_length()
        self._function_limit += self._tokens[min(self._function_limit, len(self._tokens) - 1)].kind == "id"
        while self._now.kind != "eof":
            if statements and self._now.kind not in _STARTS:
                raise self._mismatch("<EOF>")
            statements.append(self._statement(top=True))
        return n.Script(0, functions, n.Block(0, statements))

    def _function_ahead(self) -> bool:
        length = self._type_length()
        return bool(length) and self._peek(length).kind == "id" and self._peek(length + 1).kind == "("

    def _function(self) -> n.Function:
        at = self._now.offset
        return_type = self._take_type()
        name = self._expect("id").text
        types, names = [], []
        self._expect("(")
        if self._now.kind != ")":
            while True:
                types.append(self._take_type())
                names.append(self._expect("id").text)
                if not self._accept(","):
                    break
        if self._now.kind != ")":
            raise self._mismatch("{',', ')'}")
        self._next()
        return n.Function(at, return_type, name, types, names, n.Block(at, self._block().statements))

    # -- statements

    def _block(self) -> n.Block:
        at = self._expect("{").offset
        statements: list[n.Node] = []
        while self._now.kind != "}":
            statements.append(self._statement(top=False))
        self._next()
        return n.Block(at, statements)

    def _statement(self, *, top: bool) -> n.Node:
        kind = self._now.kind
        at = self._now.offset
        compound = {"if": self._if, "while": self._while, "for": self._for, "try": self._try}.get(kind)
        if compound:
            self._next()
            return compound(at)
        statement = self._simple(at, kind, top=top)
        if self._accept(";"):
            return statement
        if self._now.kind == "eof":
            if top:
                return statement
            raise self._no_viable()
        if not top and self._now.kind == "}":
            return statement
        if self._at <= self._function_limit:
            # the original was still deciding whether a function begins here
            raise self._no_viable()
        if top:
            raise self._mismatch("{<EOF>, ';'}")
        raise self._no_viable()

    def _simple(self, at: int, kind: str, *, top: bool) -> n.Node:
        if kind == "do":
            self._next()
            body = self._block()
            self._expect("while")
            self._expect("(")
            condition = self._expression()
            self._expect(")")
            return n.DoWhile(at, body, condition)
        if kind in ("continue", "break"):
            self._next()
            return n.Continue(at) if kind == "continue" else n.Break(at)
        if kind == "return":
            self._next()
            value = self._expression() if self._now.kind in _OPERAND_STARTS else None
            return n.Return(at, value)
        if kind == "throw":
            self._next()
            return n.Throw(at, self._expression())
        if self._declaration_ahead():
            return self._declaration(top=top)
        return n.ExpressionStatement(at, self._expression())

    def _declaration_ahead(self) -> bool:
        if self._now.kind in ("def", "primitive"):
            return True
        length = self._type_length()
        return bool(length) and self._peek(length).kind == "id"

    def _declaration(self, *, top: bool = False) -> n.DeclarationBlock:
        at = self._now.offset
        type_name = self._take_type()
        declarations = []
        while True:
            if self._now.kind != "id" and (not top or self._at <= self._function_limit):
                raise self._no_viable()
            name = self._expect("id")
            value = self._expression() if self._accept("=") else None
            declarations.append(n.Declaration(name.offset, type_name, at, name.text, value))
            if not self._accept(","):
                return n.DeclarationBlock(at, declarations)

    def _trailer(self) -> n.Block:
        if self._now.kind == "{":
            return self._block()
        at = self._now.offset
        return n.Block(at, [self._statement(top=True)])

    def _if(self, at: int) -> n.If:
        self._expect("(")
        condition = self._expression()
        self._expect(")")
        then = self._trailer()
        otherwise = self._trailer() if self._accept("else") else None
        return n.If(at, condition, then, otherwise)

    def _while(self, at: int) -> n.While:
        self._expect("(")
        condition = self._expression()
        self._expect(")")
        return n.While(at, condition, None if self._accept(";") else self._trailer())

    def _for(self, at: int) -> n.Node:
        self._expect("(")
        length = self._type_length()
        if length and self._peek(length).kind == "id" and self._peek(length + 1).kind == ":":
            type_name = self._take_type()
            name = self._next().text
            self._next()
            return self._each(at, type_name, name)
        if self._now.kind == "id" and self._peek(1).kind == "in":
            name = self._next().text
            self._next()
            return self._each(at, "def", name)
        initializer: n.Node | None = None
        if self._now.kind != ";":
            start = self._now.offset
            ahead = self._declaration_ahead()
            initializer = self._declaration() if ahead else n.ExpressionStatement(start, self._expression())
        self._expect(";")
        condition = None if self._now.kind == ";" else self._expression()
        self._expect(";")
        afterthought = None if self._now.kind == ")" else self._expression()
        self._expect(")")
        body = None if self._accept(";") else self._trailer()
        return n.For(at, initializer, condition, afterthought, body)

    def _each(self, at: int, type_name: str, name: str) -> n.ForEach:
        iterable = self._expression()
        self._expect(")")
        return n.ForEach(at, type_name, name, iterable, self._trailer())

    def _try(self, at: int) -> n.Try:
        body = self._block()
        if self._now.kind != "catch":
            raise self._mismatch("'catch'")
        catches = []
        while self._now.kind == "catch":
            start = self._next().offset
            self._expect("(")
            type_at = self._now.offset
            type_name = self._take_type()
            name = self._expect("id").text
            self._expect(")")
            catches.append(n.Catch(start, type_name, type_at, name, self._block()))
        return n.Try(at, body, catches)
