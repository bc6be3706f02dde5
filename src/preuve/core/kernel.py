"""Kernels: functions compiled by numba when first called, and kept on disk afterwards."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, ParamSpec, TypeVar

import numba

P = ParamSpec("P")
R = TypeVar("R")


def kernel(function: Callable[P, R]) -> Callable[P, R]:
    """Compile a function over arrays and numbers for one thread; the same bits every time.

    It makes no array, so that none is counted as it passes from one kernel to another
    (`_nrt=False`: fifteen times faster here; numba refuses a kernel that makes one).

    The compiled code is kept beside the file of the function. numba notices a change of that
    file only: after a change in a kernel that others call, remove the kept code
    (`__pycache__/*.nbi` and `*.nbc`).
    """
    options: Any = {"cache": True, "error_model": "numpy", "_nrt": False}
    compiled: Callable[P, R] = numba.njit(**options)(function)
    return compiled


def inlined(function: Callable[P, R]) -> Callable[P, R]:
    """A kernel written into those that call it, for a few lines called in the hottest loops."""
    options: Any = {"error_model": "numpy", "_nrt": False, "inline": "always"}
    compiled: Callable[P, R] = numba.njit(**options)(function)
    return compiled
