"""How the functions of this package are compiled, and sixteen whole numbers at a time.

A completion table asks the same of many minutes in a row. ``Sixteen`` is a vector of 16 int32 that stays in registers;
plain loops over arrays are about four times slower.
"""

# The arguments of a vector instruction are named for its callers: its body writes code for them and never sees them.
# ruff: noqa: ARG001

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any, ParamSpec, TypeVar

from llvmlite import ir  # type: ignore[import-untyped]
from numba import types
from numba.core import datamodel as numba_datamodel
from numba.extending import intrinsic

from planner.routing.machine_code import compiler

HERE = Path(__file__).parent

#: Without the types that numba writes for some of it.
datamodel: Any = numba_datamodel

P = ParamSpec("P")
R = TypeVar("R")

#: How many neighbouring times are reckoned at once.
LANES = 16


def kernel(function: Callable[P, R]) -> Callable[P, R]:
    """Compile a function to machine code that allocates nothing."""
    return compiler(HERE)(function)


def inlined(function: Callable[P, R]) -> Callable[P, R]:
    """Compile a small function into each of its callers."""
    return compiler(HERE, forceinline=True)(function)


class SixteenType(types.Type):
    """The type of sixteen int32 in registers."""

    def __init__(self) -> None:
        super().__init__(name="Sixteen")


SIXTEEN = SixteenType()
_NUMBER = ir.IntType(32)
_VECTOR = ir.VectorType(_NUMBER, LANES)


class _SixteenModel(datamodel.models.PrimitiveModel):  # type: ignore[misc]
    def __init__(self, dmm: Any, fe_type: Any) -> None:
        super().__init__(dmm, fe_type, _VECTOR)


datamodel.default_manager.register(SixteenType, _SixteenModel)


def _instruction(code: Callable[..., Any]) -> Any:
    return intrinsic(code)


def _address(context: Any, builder: Any, array_type: Any, array: Any, at: Any) -> Any:
    data = context.make_array(array_type)(context, builder, array).data
    return builder.bitcast(builder.gep(data, [at]), _VECTOR.as_pointer())


@_instruction
def load(_typing: Any, array: Any, at: Any) -> Any:
    """Give sixteen neighbours of a flat int32 array."""

    def code(context: Any, builder: Any, signature: Any, given: Any) -> Any:
        return builder.load(_address(context, builder, signature.args[0], *given), align=4)

    return SIXTEEN(array, types.intp), code


@_instruction
def store(_typing: Any, array: Any, at: Any, numbers: Any) -> Any:
    """Write sixteen neighbours of a flat int32 array."""

    def code(context: Any, builder: Any, signature: Any, given: Any) -> Any:
        array, at, numbers = given
        builder.store(numbers, _address(context, builder, signature.args[0], array, at), align=4)
        return context.get_dummy_value()

    return types.void(array, types.intp, SIXTEEN), code


@_instruction
def spread(_typing: Any, number: Any) -> Any:
    """Give the number sixteen times."""

    def code(_context: Any, builder: Any, _signature: Any, given: Any) -> Any:
        first = builder.insert_element(ir.Constant(_VECTOR, ir.Undefined), given[0], ir.Constant(_NUMBER, 0))
        everywhere = ir.Constant(ir.VectorType(_NUMBER, LANES), [ir.Constant(_NUMBER, 0)] * LANES)
        return builder.shuffle_vector(first, ir.Constant(_VECTOR, ir.Undefined), everywhere)

    return SIXTEEN(types.int32), code


@_instruction
def less(_typing: Any, a: Any, b: Any) -> Any:
    """Give a - b."""

    def code(_context: Any, builder: Any, _signature: Any, given: Any) -> Any:
        return builder.sub(*given)

    return SIXTEEN(SIXTEEN, SIXTEEN), code


@_instruction
def where_above(_typing: Any, a: Any, b: Any, yes: Any, no: Any) -> Any:
    """Give ``yes`` where a > b, else ``no``."""

    def code(_context: Any, builder: Any, _signature: Any, given: Any) -> Any:
        a, b, yes, no = given
        return builder.select(builder.icmp_signed(">", a, b), yes, no)

    return SIXTEEN(SIXTEEN, SIXTEEN, SIXTEEN, SIXTEEN), code


@_instruction
def where_equal(_typing: Any, a: Any, b: Any, yes: Any, no: Any) -> Any:
    """Give ``yes`` where a = b, else ``no``."""

    def code(_context: Any, builder: Any, _signature: Any, given: Any) -> Any:
        a, b, yes, no = given
        return builder.select(builder.icmp_signed("==", a, b), yes, no)

    return SIXTEEN(SIXTEEN, SIXTEEN, SIXTEEN, SIXTEEN), code


@_instruction
def any_above(_typing: Any, a: Any, b: Any) -> Any:
    """Say whether a > b anywhere."""

    def code(_context: Any, builder: Any, _signature: Any, given: Any) -> Any:
        each = builder.bitcast(builder.icmp_signed(">", *given), ir.IntType(LANES))
        return builder.icmp_unsigned("!=", each, ir.Constant(ir.IntType(LANES), 0))

    return types.boolean(SIXTEEN, SIXTEEN), code
