"""The syntax tree of a script. Every node has ``at``: the offset that errors about it point at."""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass(slots=True)
class Node:
    at: int


@dataclass(slots=True)
class Numeric(Node):
    """A number literal without its sign; ``radix`` 10, 8 or 16; ``decimal`` when it has a point or exponent."""

    text: str
    radix: int
    decimal: bool
    negated: bool = False


@dataclass(slots=True)
class String(Node):
    value: str


@dataclass(slots=True)
class Regex(Node):
    pattern: str
    flags: str


@dataclass(slots=True)
class Boolean(Node):
    value: bool


@dataclass(slots=True)
class Null(Node):
    pass


@dataclass(slots=True)
class Symbol(Node):
    name: str


@dataclass(slots=True)
class Dot(Node):
    prefix: Node
    name: str
    null_safe: bool


@dataclass(slots=True)
class Brace(Node):
    prefix: Node
    index: Node


@dataclass(slots=True)
class Call(Node):
    """A method call on a prefix."""

    prefix: Node
    name: str
    arguments: list[Node]
    null_safe: bool


@dataclass(slots=True)
class LocalCall(Node):
    name: str
    arguments: list[Node]


@dataclass(slots=True)
class NewObject(Node):
    type_name: str
    arguments: list[Node]


@dataclass(slots=True)
class NewArray(Node):
    """``type_name`` is the whole array type; arguments are dimensions, or values for an initialiser."""

    type_name: str
    arguments: list[Node]
    initialiser: bool


@dataclass(slots=True)
class ListLiteral(Node):
    values: list[Node]


@dataclass(slots=True)
class MapLiteral(Node):
    keys: list[Node]
    values: list[Node]


@dataclass(slots=True)
class Unary(Node):
    operator: str
    child: Node


@dataclass(slots=True)
class Binary(Node):
    operator: str
    left: Node
    right: Node


@dataclass(slots=True)
class BooleanBinary(Node):
    operator: str
    left: Node
    right: Node


@dataclass(slots=True)
class Comparison(Node):
    operator: str
    left: Node
    right: Node


@dataclass(slots=True)
class InstanceOf(Node):
    child: Node
    type_name: str


@dataclass(slots=True)
class Conditional(Node):
    condition: Node
    left: Node
    right: Node


@dataclass(slots=True)
class Elvis(Node):
    left: Node
    right: Node


@dataclass(slots=True)
class Cast(Node):
    type_name: str
    child: Node


@dataclass(slots=True)
class Assignment(Node):
    """``operator`` is empty for ``=``; ``fixed`` is pre or post for ``++`` and ``--``, else empty."""

    target: Node
    value: Node | None
    operator: str
    fixed: str = ""


@dataclass(slots=True)
class Lambda(Node):
    """A type is None where the script leaves it out; the body is an expression wrapped by the parser or a block."""

    types: list[str | None]
    names: list[str]
    body: Block


@dataclass(slots=True)
class FunctionRef(Node):
    """``symbol`` is a type, a variable or ``this``; method ``new`` is a constructor."""

    symbol: str
    method: str


@dataclass(slots=True)
class Block(Node):
    statements: list[Node]
    is_expression: bool = False


@dataclass(slots=True)
class If(Node):
    condition: Node
    then: Block
    otherwise: Block | None


@dataclass(slots=True)
class While(Node):
    condition: Node
    body: Block | None


@dataclass(slots=True)
class DoWhile(Node):
    body: Block
    condition: Node


@dataclass(slots=True)
class For(Node):
    initializer: Node | None
    condition: Node | None
    afterthought: Node | None
    body: Block | None


@dataclass(slots=True)
class ForEach(Node):
    type_name: str
    name: str
    iterable: Node
    body: Block


@dataclass(slots=True)
class DeclarationBlock(Node):
    declarations: list[Declaration]


@dataclass(slots=True)
class Declaration(Node):
    type_name: str
    type_at: int
    name: str
    value: Node | None


@dataclass(slots=True)
class Continue(Node):
    pass


@dataclass(slots=True)
class Break(Node):
    pass


@dataclass(slots=True)
class Return(Node):
    value: Node | None


@dataclass(slots=True)
class Throw(Node):
    value: Node


@dataclass(slots=True)
class Catch(Node):
    type_name: str
    type_at: int
    name: str
    body: Block


@dataclass(slots=True)
class Try(Node):
    body: Block
    catches: list[Catch]


@dataclass(slots=True)
class ExpressionStatement(Node):
    value: Node


@dataclass(slots=True)
class Function(Node):
    return_type: str
    name: str
    types: list[str]
    names: list[str]
    body: Block


@dataclass(slots=True)
class Script(Node):
    functions: list[Function] = field(default_factory=list)
    body: Block = field(default_factory=lambda: Block(0, []))
