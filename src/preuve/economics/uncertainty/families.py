"""Families: a distribution as it is written, "beta(40, 960)", and the one it stands for."""

from __future__ import annotations

import ast
import math
import re
from collections.abc import Callable, Mapping

from preuve.core.distribution import (
    Beta,
    Distribution,
    Gamma,
    Normal,
    Scale,
    Triangular,
    Uniform,
    to_scale,
)
from preuve.core.errors import PreuveError
from preuve.core.language import _
from preuve.core.mistakes import nearest

NORMAL_95 = 1.959963984540054
Numbers = Mapping[str, float]


class DistributionError(ValueError):
    """A distribution that cannot be; its text says why."""


def distribution(text: str, share: bool = False) -> tuple[Distribution, float]:
    """The distribution of a text, and its mean (its median for bounds).

    Args:
        text: as "gamma(mean=100, sd=20)".
        share: whether the quantity lies between 0 and 1: bounds are then symmetric on the
            logit scale; on the log scale where both are positive; else as they are.

    Raises:
        DistributionError: it cannot be read, or no distribution has those moments.
    """
    name, given = _read(text)
    family = _FAMILIES.get(name)
    if family is None:
        raise DistributionError(
            _("the distribution “{name}” is not known.").format(name=name)
            + nearest(name, _FAMILIES)
            + _(" Choose among {words}.").format(words=", ".join(_FAMILIES))
        )
    try:
        found, mean = family(_Given(text, given, share))
    except PreuveError as error:
        raise DistributionError(f"{text}: {error.problem}") from error
    except ArithmeticError as error:
        raise DistributionError(_not_a_number(text)) from error
    if not math.isfinite(mean):
        raise DistributionError(_not_a_number(text))
    return found, mean


def _not_a_number(text: str) -> str:
    return _("“{text}” has no finite mean: a figure in it is 0, or too large.").format(text=text)


class _Given:
    """The arguments of a distribution, by name or in order."""

    def __init__(self, text: str, given: Numbers, share: bool) -> None:
        self.text, self._given, self.share = text, dict(given), share

    def take(self, *forms: str) -> tuple[str, tuple[float, ...]]:
        """The first form ("a, b") whose names are those given, or that many in order."""
        for form in forms:
            names = tuple(form.split(", "))
            for keys in (names, tuple(str(place) for place in range(len(names)))):
                if set(keys) == set(self._given) and (keys[0] != "0" or form == forms[0]):
                    return form, tuple(self._given[key] for key in keys)
        raise DistributionError(
            _("“{text}” must be written with ({forms}).").format(
                text=self.text, forms=_(") or (").join(forms)
            )
            + _decimals(self.text)
        )


def _read(text: str) -> tuple[str, Numbers]:
    try:
        call = ast.parse(text.strip(), mode="eval").body
        if not (isinstance(call, ast.Call) and isinstance(call.func, ast.Name)):
            raise ValueError(text)
        given = {str(place): _number(one) for place, one in enumerate(call.args)}
        given |= {str(one.arg): _number(one.value) for one in call.keywords}
    except (SyntaxError, ValueError, TypeError, ZeroDivisionError, RecursionError) as error:
        raise DistributionError(
            _("“{text}” is not a distribution: write it as beta(40, 960).").format(text=text)
            + _decimals(text)
        ) from error
    return call.func.id, given


def _decimals(text: str) -> str:
    """A hint where numbers seem to be written as in French; else nothing."""
    if not re.search(r"\d,\d|;", text):
        return ""
    return _(" Write decimals with a point, and a comma and a space between numbers.")


def _number(node: ast.expr) -> float:
    """A number, or plain arithmetic of numbers."""
    match node:
        case ast.Constant(value=int() | float() as value) if not isinstance(value, bool):
            return float(value)
        case ast.UnaryOp(op=ast.USub(), operand=inner):
            return -_number(inner)
        case ast.BinOp(left=left, op=ast.Div(), right=right):
            return _number(left) / _number(right)
        case ast.BinOp(left=left, op=ast.Mult(), right=right):
            return _number(left) * _number(right)
    raise ValueError(ast.dump(node))


def _beta(given: _Given) -> tuple[Distribution, float]:
    form, (first, second) = given.take("a, b", "mean, sd", "mean, se")
    if form == "a, b":
        return Beta(first, second), first / (first + second)
    mean, sd = first, second
    if not 0 < mean < 1 or not sd > 0 or sd**2 >= mean * (1 - mean):
        raise DistributionError(
            _(
                "“{text}”: no beta has this mean and standard deviation "
                "(mean between 0 and 1, variance under mean × (1 − mean))."
            ).format(text=given.text)
        )
    size = mean * (1 - mean) / sd**2 - 1
    return Beta(mean * size, (1 - mean) * size), mean


def _gamma(given: _Given) -> tuple[Distribution, float]:
    form, (first, second) = given.take("shape, scale", "mean, sd", "mean, se", "shape, rate")
    if form == "shape, rate":
        second = 1 / second
    if form.startswith("shape"):
        return Gamma(first, second), first * second
    if not (first > 0 and second > 0):
        raise DistributionError(
            _("“{text}”: a gamma needs a mean and a standard deviation above 0.").format(
                text=given.text
            )
        )
    return Gamma((first / second) ** 2, second**2 / first), first


def _normal(given: _Given) -> tuple[Distribution, float]:
    _form, (mean, sd) = given.take("mean, sd", "mean, se")
    return Normal(mean, sd), mean


def _lognormal(given: _Given) -> tuple[Distribution, float]:
    form, (first, second) = given.take("median, sigma", "meanlog, sdlog", "mean, sd", "mean, se")
    if form == "meanlog, sdlog":
        return Normal(first, second, "log"), math.exp(first + second**2 / 2)
    if not (first > 0 and second > 0):
        raise DistributionError(
            _("“{text}”: a lognormal needs numbers above 0.").format(text=given.text)
        )
    if form == "median, sigma":
        return Normal(math.log(first), second, "log"), first * math.exp(second**2 / 2)
    spread = math.log1p((second / first) ** 2)
    return Normal(math.log(first) - spread / 2, math.sqrt(spread), "log"), first


def _uniform(given: _Given) -> tuple[Distribution, float]:
    _form, (low, high) = given.take("low, high")
    return Uniform(low, high), (low + high) / 2


def _triangular(given: _Given) -> tuple[Distribution, float]:
    _form, (low, mode, high) = given.take("low, mode, high")
    return Triangular(low, mode, high), (low + mode + high) / 3


def _bounds(given: _Given) -> tuple[Distribution, float]:
    _form, (low, high) = given.take("low, high")
    if not low < high:
        raise DistributionError(
            _("“{text}”: the low bound must be under the high one.").format(text=given.text)
        )
    scale = _scale(given, low, high)
    below, above = (float(to_scale(bound, scale)) for bound in (low, high))
    normal = Normal((below + above) / 2, (above - below) / (2 * NORMAL_95), scale)
    return normal, float(normal.quantile(to_scale(0.5, "identity")))


def _scale(given: _Given, low: float, high: float) -> Scale:
    if given.share and low > 0 and high < 1:
        return "logit"
    return "log" if low > 0 and not given.share else "identity"


_FAMILIES: Mapping[str, Callable[[_Given], tuple[Distribution, float]]] = {
    "beta": _beta,
    "gamma": _gamma,
    "normal": _normal,
    "lognormal": _lognormal,
    "uniform": _uniform,
    "triangular": _triangular,
    "bounds": _bounds,
}
