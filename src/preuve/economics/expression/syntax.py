"""Syntax: a formula of a model as a tree; nothing of it is ever run as code.

The grammar is that of Python's arithmetic: numbers, names (with dots), + - * / **, comparisons,
`a if condition else b`, and calls of the functions of the house and of the model's own tables.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TypeAlias

from preuve.core.language import _

LONGEST = 2000
"""How many characters a formula may have."""
DEEPEST = 100
"""How many operations may stand one inside the other."""


class FormulaError(ValueError):
    """A formula that cannot be read; its text says why."""


@dataclass(frozen=True)
class Number:
    value: float


@dataclass(frozen=True)
class Name:
    name: str


@dataclass(frozen=True)
class Negation:
    of: Expression


@dataclass(frozen=True)
class Operation:
    """`left sign right`, sign being one of + - * / **."""

    sign: str
    left: Expression
    right: Expression


@dataclass(frozen=True)
class Comparison:
    """`left sign right`, sign being one of < <= > >= == !=; 1 where true, 0 where false."""

    sign: str
    left: Expression
    right: Expression


@dataclass(frozen=True)
class Choice:
    """`yes if condition else no`."""

    condition: Expression
    yes: Expression
    no: Expression


@dataclass(frozen=True)
class Call:
    function: str
    arguments: tuple[Expression, ...]


Expression: TypeAlias = Number | Name | Negation | Operation | Comparison | Choice | Call

_OPERATIONS: dict[type, str] = {
    ast.Add: "+",
    ast.Sub: "-",
    ast.Mult: "*",
    ast.Div: "/",
    ast.Pow: "**",
}
_COMPARISONS: dict[type, str] = {
    ast.Lt: "<",
    ast.LtE: "<=",
    ast.Gt: ">",
    ast.GtE: ">=",
    ast.Eq: "==",
    ast.NotEq: "!=",
}


def parse(formula: str | float) -> Expression:
    """The tree of a formula.

    Raises:
        FormulaError: it is not in the grammar; says what was found.
    """
    if isinstance(formula, int | float):
        return Number(_finite(formula))
    if len(formula) > LONGEST:
        raise FormulaError(_("the formula is longer than {most} characters.").format(most=LONGEST))
    try:
        tree = _read(ast.parse(formula.strip(), mode="eval").body)
    except FormulaError:
        raise
    except (SyntaxError, ValueError, RecursionError, MemoryError) as error:
        raise FormulaError(
            _("“{formula}” is not a formula.").format(formula=_shown(formula))
        ) from error
    if _depth(tree) > DEEPEST:
        raise FormulaError(_("the formula is too deep: cut it into several values."))
    return tree


def _shown(formula: str) -> str:
    return formula.strip()[:80].encode("utf-8", "replace").decode()


def _depth(expression: Expression) -> int:
    """How many expressions stand one inside the other."""
    deep, level = 0, [expression]
    while level:
        deep, level = deep + 1, [part for one in level for part in parts(one)]
    return deep


def _read(node: ast.expr) -> Expression:
    match node:
        case ast.Constant(value=int() | float() as value) if not isinstance(value, bool):
            return Number(_finite(value))
        case ast.Name(id=name):
            return Name(name)
        case ast.Attribute():
            return Name(_dotted(node))
        case ast.UnaryOp(op=ast.USub(), operand=operand):
            inner = _read(operand)
            return Number(-inner.value) if isinstance(inner, Number) else Negation(inner)
        case ast.UnaryOp(op=ast.UAdd(), operand=operand):
            return _read(operand)
        case ast.BinOp(left=left, op=sign, right=right) if type(sign) in _OPERATIONS:
            return Operation(_OPERATIONS[type(sign)], _read(left), _read(right))
        case ast.Compare(left=left, ops=[sign], comparators=[right]) if type(sign) in _COMPARISONS:
            return Comparison(_COMPARISONS[type(sign)], _read(left), _read(right))
        case ast.IfExp(test=condition, body=yes, orelse=no):
            return Choice(_read(condition), _read(yes), _read(no))
        case ast.Call(func=function, args=arguments, keywords=[]):
            return Call(_dotted(function), tuple(_read(one) for one in arguments))
    raise FormulaError(_("“{part}” has no place in a formula.").format(part=ast.unparse(node)[:80]))


def _finite(value: float) -> float:
    if not abs(value) <= 1e300:
        raise FormulaError(_("a number of the formula is too large, or is not a finite number."))
    return float(value)


def _dotted(node: ast.expr) -> str:
    match node:
        case ast.Name(id=name):
            return name
        case ast.Attribute(value=inner, attr=name):
            return f"{_dotted(inner)}.{name}"
    raise FormulaError(_("“{part}” has no place in a formula.").format(part=ast.unparse(node)[:80]))


def parts(expression: Expression) -> tuple[Expression, ...]:
    """The expressions that stand directly inside one."""
    match expression:
        case Negation(of):
            return (of,)
        case Operation(_sign, left, right) | Comparison(_sign, left, right):
            return (left, right)
        case Choice(condition, yes, no):
            return (condition, yes, no)
        case Call(_function, arguments):
            return arguments
    return ()


def walk(expression: Expression) -> Iterator[Expression]:
    """The expression and all that stands inside it."""
    yield expression
    for part in parts(expression):
        yield from walk(part)


def names(expression: Expression) -> frozenset[str]:
    """The names that an expression reads, its functions and tables among them."""
    found = set()
    for part in walk(expression):
        if isinstance(part, Name):
            found.add(part.name)
        if isinstance(part, Call):
            found.add(part.function)
    return frozenset(found)
