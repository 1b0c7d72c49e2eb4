"""What compile errors call operators and expressions."""

from __future__ import annotations

from esmock.script.painless import nodes as n

NAMES = {
    "*": "multiplication",
    "/": "division",
    "%": "remainder",
    "+": "addition",
    "-": "subtraction",
    "=~": "find",
    "==~": "match",
    "<<": "left shift",
    ">>": "right shift",
    ">>>": "unsigned shift",
    "<": "less than",
    "<=": "less than or equals",
    ">": "greater than",
    ">=": "greater than or equals",
    "==": "equals",
    "===": "reference equals",
    "!=": "not equals",
    "!==": "reference not equals",
    "&": "bitwise and",
    "^": "bitwise xor",
    "|": "boolean or",
    "&&": "boolean and",
    "||": "boolean or",
    "!": "boolean not",
    "~": "bitwise not",
}


def unused(node: n.Node) -> str | None:
    """The complaint about an expression that stands as a statement for nothing; None where it may."""
    constant = {
        n.String: lambda: f"string constant [{node.value}]",  # type: ignore[attr-defined]
        n.Boolean: lambda: f"boolean constant [{str(node.value).lower()}]",  # type: ignore[attr-defined]
        n.Null: lambda: "null constant",
        n.Regex: lambda: f"regex constant [{node.pattern}] with flags [{node.flags}]",  # type: ignore[attr-defined]
    }.get(type(node))
    if isinstance(node, n.Numeric):
        kind = "decimal" if node.decimal else "numeric"
        return f"{kind} constant [{'-' if node.negated else ''}{node.text}] not used"
    if constant:
        return constant() + " not used"
    if isinstance(node, n.Unary | n.Binary | n.Comparison | n.BooleanBinary):
        operator = node.operator
        return f"result not used from {NAMES[operator]} operation [{operator}]"
    if isinstance(node, n.InstanceOf | n.Cast):
        what = "instanceof" if isinstance(node, n.InstanceOf) else "explicit cast"
        return f"result not used from {what} with target type [{node.type_name}]"
    return {
        n.ListLiteral: "result not used from list initializer",
        n.MapLiteral: "result not used from map initializer",
        n.NewArray: "result not used from new array",
        n.Brace: "result of brace operator not used",
        n.Conditional: "result not used from conditional operation [?:]",
        n.Elvis: "result not used from elvis operation [?:]",
    }.get(type(node))
