"""Painless expressions to syntax nodes."""

from __future__ import annotations

from esmock.script.painless import nodes as n
from esmock.script.painless.lexer import Token
from esmock.script.painless.parse_base import TokenReader

_LEVELS: tuple[tuple[str, ...], ...] = (
    ("||",),
    ("&&",),
    ("|",),
    ("^",),
    ("&",),
    ("==", "===", "!=", "!=="),
    ("instanceof",),
    ("<", "<=", ">", ">="),
    ("<<", ">>", ">>>"),
    ("=~", "==~"),
    ("+", "-"),
    ("*", "/", "%"),
)
_LEVEL_OF = {operator: level for level, operators in enumerate(_LEVELS) for operator in operators}
_COMPARISONS = frozenset(("==", "===", "!=", "!==", "<", "<=", ">", ">="))
_ASSIGNMENTS = frozenset(("=", "+=", "-=", "*=", "/=", "%=", "&=", "^=", "|=", "<<=", ">>=", ">>>="))


class ExpressionParser(TokenReader):
    """Reads expressions, calls and lambdas."""

    def _block(self) -> n.Block:
        """The statements in braces. Raises CompileFailure."""
        raise NotImplementedError

    def _expression(self) -> n.Node:
        at = self._now.offset
        left = self._elvis()
        if self._now.kind == "?":
            self._next()
            middle = self._expression()
            self._expect(":")
            return n.Conditional(at, left, middle, self._expression())
        if self._now.kind in _ASSIGNMENTS:
            operator = self._next().kind[:-1]
            return n.Assignment(at, left, self._expression(), operator)
        return left

    def _elvis(self) -> n.Node:
        at = self._now.offset
        left = self._binary(0)
        if self._accept("?:"):
            return n.Elvis(at, left, self._elvis())
        return left

    def _binary(self, least: int) -> n.Node:
        """Operators that bind at least as tightly as a level. What stands behind ``instanceof`` may bind more tightly than it."""
        at = self._now.offset
        left = self._unary()
        while (level := _LEVEL_OF.get(self._now.kind, -1)) >= least:
            operator = self._next().kind
            if operator == "instanceof":
                left = n.InstanceOf(at, left, self._take_type())
                continue
            right = self._binary(level + 1)
            if operator in _COMPARISONS:
                left = n.Comparison(at, operator, left, right)
            elif operator in ("&&", "||"):
                left = n.BooleanBinary(at, operator, left, right)
            else:
                left = n.Binary(at, operator, left, right)
        return left

    def _unary(self) -> n.Node:
        token = self._now
        if token.kind in ("++", "--"):
            self._next()
            return n.Assignment(token.offset, self._chain(), None, token.kind[0], "pre")
        if token.kind in ("+", "-"):
            self._next()
            number = self._now
            if token.kind == "-" and number.kind == "number" and self._peek(1).kind not in (".", "?.", "["):
                self._next()
                return n.Unary(number.offset, "-", _numeric(number, negated=True))
            return n.Unary(token.offset, token.kind, self._unary())
        return self._unary_not_add_sub()

    def _unary_not_add_sub(self) -> n.Node:
        token = self._now
        if token.kind in ("!", "~"):
            self._next()
            return n.Unary(token.offset, token.kind, self._unary())
        cast = self._cast_ahead()
        if cast:
            self._next()
            type_name = self._take_type()
            self._next()
            return n.Cast(token.offset, type_name, self._unary() if cast == "primitive" else self._unary_not_add_sub())
        chain = self._chain()
        after = self._accept("++", "--")
        if after:
            return n.Assignment(token.offset, chain, None, after.kind[0], "post")
        return chain

    def _cast_ahead(self) -> str:
        if self._now.kind != "(":
            return ""
        length = self._type_length(1)
        if not length or self._peek(length + 1).kind != ")":
            return ""
        first = self._peek(1).kind
        if first in ("def", "primitive"):
            return "primitive" if length == 1 else "reference"
        follower = self._peek(length + 2).kind
        if follower == "[" and self._literal_ahead(length + 2):
            return "reference"
        starts = ("(", "number", "string", "regex", "id", "true", "false", "null", "new", "!", "~")
        return "reference" if follower in starts and not self._lambda_ahead() else ""

    def _literal_ahead(self, ahead: int) -> bool:
        """Whether a bracket begins a list or map literal that can be no index: empty, or with a comma or colon in it."""
        if self._peek(ahead + 1).kind in ("]", ":"):
            return True
        depth, questions = 0, 0
        while (kind := self._peek(ahead).kind) != "eof":
            depth += (kind in ("[", "(", "{")) - (kind in ("]", ")", "}"))
            if not depth:
                return False
            questions += kind == "?"
            if depth == 1 and (kind == "," or (kind == ":" and not questions)):
                return True
            questions -= kind == ":"
            ahead += 1
        return False

    def _chain(self) -> n.Node:
        self._chains += 1
        node = self._postfixes(self._primary())
        self._chains -= 1
        return node

    def _primary(self) -> n.Node:
        token = self._now
        if token.kind == "new":
            return self._new()
        simple = self._literal(token)
        if simple is not None:
            self._next()
            return simple
        if token.kind == "(":
            self._next()
            if self._now.kind in ("def", "primitive"):
                raise self._no_viable(self._peek(self._type_length()))
            inner = self._expression()
            self._expect(")")
            return inner
        if token.kind == "[":
            return self._collection()
        if token.kind == "id":
            self._next()
            if self._now.kind == "(":
                return n.LocalCall(token.offset, token.text, self._arguments())
            return n.Symbol(token.offset, token.text)
        raise self._no_viable()

    @staticmethod
    def _literal(token: Token) -> n.Node | None:
        if token.kind == "number":
            return _numeric(token, negated=False)
        if token.kind in ("true", "false"):
            return n.Boolean(token.offset, token.kind == "true")
        if token.kind == "null":
            return n.Null(token.offset)
        if token.kind == "string":
            quote = token.text[0]
            body = token.text[1:-1]
            return n.String(token.offset, body.replace("\\\\", "\0").replace("\\" + quote, quote).replace("\0", "\\"))
        if token.kind == "regex":
            end = token.text.rindex("/")
            return n.Regex(token.offset, token.text[1:end], token.text[end + 1 :])
        return None

    def _collection(self) -> n.Node:
        at = self._next().offset
        if self._accept("]"):
            return n.ListLiteral(at, [])
        if self._now.kind == ":":
            self._next()
            self._expect("]")
            return n.MapLiteral(at, [], [])
        first = self._expression()
        if self._accept(":"):
            keys, values = [first], [self._expression()]
            while self._accept(","):
                keys.append(self._expression())
                self._expect(":")
                values.append(self._expression())
            self._expect("]")
            return n.MapLiteral(at, keys, values)
        values = [first]
        while self._accept(","):
            values.append(self._expression())
        self._expect("]")
        return n.ListLiteral(at, values)

    def _new(self) -> n.Node:
        at = self._next().offset
        length = self._plain_type_length()
        if not length:
            raise self._no_viable()
        name = "".join(self._peek(i).text for i in range(length))
        self._at += length
        if self._now.kind == "(":
            return n.NewObject(at, name, self._arguments())
        if self._now.kind != "[":
            raise self._no_viable()
        if self._peek(1).kind == "]":
            self._at += 2
            self._expect("{")
            values = []
            if self._now.kind != "}":
                values.append(self._expression())
                while self._accept(","):
                    values.append(self._expression())
            self._expect("}")
            return n.NewArray(at, name + "[]", values, True)
        sizes: list[n.Node] = []
        while self._now.kind == "[" and (not sizes or self._now.kind == "["):
            self._next()
            sizes.append(self._expression())
            self._expect("]")
        return n.NewArray(at, name + "[]" * len(sizes), sizes, False)

    def _plain_type_length(self) -> int:
        if self._now.kind in ("def", "primitive"):
            return 1
        if self._now.kind != "id":
            return 0
        length = 1
        while self._peek(length).kind == "." and self._peek(length + 1).kind == "dotid":
            length += 2
        return length

    def _postfixes(self, node: n.Node) -> n.Node:
        while self._now.kind in (".", "?.", "["):
            token = self._next()
            if token.kind == "[":
                node = n.Brace(token.offset, node, self._expression())
                self._expect("]")
                continue
            name = self._accept("dotid", "dotnumber")
            if name is None:
                raise self._no_viable()
            safe = token.kind == "?."
            if name.kind == "dotid" and self._now.kind == "(":
                node = n.Call(token.offset, node, name.text, self._arguments(), safe)
            else:
                node = n.Dot(token.offset, node, name.text, safe)
        return node

    def _arguments(self) -> list[n.Node]:
        self._expect("(")
        out: list[n.Node] = []
        if self._now.kind != ")":
            out.append(self._argument())
            while self._accept(","):
                out.append(self._argument())
        self._expect(")")
        return out

    def _argument(self) -> n.Node:
        if self._lambda_ahead():
            return self._lambda()
        at = self._now.offset
        if self._now.kind == "this" and self._peek(1).kind == "::":
            self._at += 2
            return n.FunctionRef(at, "this", self._expect("id").text)
        length = self._type_length()
        if length and self._peek(length).kind == "::":
            symbol = self._take_type()
            self._next()
            if self._accept("new"):
                return n.FunctionRef(at, symbol, "new")
            return n.FunctionRef(at, symbol, self._expect("id").text)
        return self._expression()

    def _lambda_ahead(self) -> bool:
        if self._now.kind != "(":
            length = self._type_length()
            return bool(length) and (
                (self._peek(length).kind == "->" and length == 1)
                or (self._peek(length).kind == "id" and self._peek(length + 1).kind == "->")
            )
        depth = 0
        ahead = 0
        while True:
            kind = self._peek(ahead).kind
            if kind == "eof":
                return False
            depth += (kind == "(") - (kind == ")")
            ahead += 1
            if depth == 0:
                return self._peek(ahead).kind == "->"

    def _lambda(self) -> n.Lambda:
        begin = self._now.offset
        types: list[str | None] = []
        names: list[str] = []
        if self._accept("("):
            while self._now.kind != ")":
                self._lambda_parameter(types, names)
                if not self._accept(","):
                    break
            self._expect(")")
        else:
            self._lambda_parameter(types, names)
        self._expect("->")
        if self._now.kind == "{":
            return n.Lambda(begin, types, names, self._block())
        value = self._expression()
        return n.Lambda(begin, types, names, n.Block(begin, [n.Return(begin, value)], is_expression=True))

    def _lambda_parameter(self, types: list[str | None], names: list[str]) -> None:
        if self._now.kind == "id" and self._peek(1).kind in (",", ")", "->"):
            types.append(None)
        else:
            types.append(self._take_type())
        names.append(self._expect("id").text)


def _numeric(token: Token, *, negated: bool) -> n.Numeric:
    text = token.text
    if token.form == "octal":
        return n.Numeric(token.offset, text[1:], 8, False, negated)
    if token.form == "hex":
        return n.Numeric(token.offset, text[2:], 16, False, negated)
    return n.Numeric(token.offset, text, 10, token.form == "decimal", negated)
