"""How the functions of this package are compiled.

Without reference counts (``_nrt``) arrays may be handed on in named tuples at no cost, but nothing may be allocated
inside: every array that a function writes to is given to it.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import ParamSpec, TypeVar

from planner.routing.machine_code import compiler

HERE = Path(__file__).parent

P = ParamSpec("P")
R = TypeVar("R")


def kernel(function: Callable[P, R]) -> Callable[P, R]:
    """Compile a function to machine code."""
    return compiler(HERE, _nrt=False)(function)


def inlined(function: Callable[P, R]) -> Callable[P, R]:
    """Compile a small function into each of its callers: handing on two dozen arrays costs more than it does."""
    return compiler(HERE, _nrt=False, forceinline=True)(function)
