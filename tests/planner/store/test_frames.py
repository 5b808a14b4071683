"""Tables go to rows and back without loss."""

from __future__ import annotations

import doctest

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from planner import tables
from planner.store import crew_part, frames, packing
from tests.planner.store.factories import table

MOMENTS = st.datetimes(pd.Timestamp("1990-01-01").to_pydatetime(), pd.Timestamp("2100-01-01").to_pydatetime())
VALUES = {
    tables.TEXT: st.text(st.characters(codec="utf-8"), max_size=8),
    tables.INT: st.integers(-(2**63), 2**63 - 1),
    tables.REAL: st.floats(allow_infinity=False),
    tables.DAY: st.none() | st.dates(pd.Timestamp("1900-01-01").date(), pd.Timestamp("2100-01-01").date()),
    tables.AT: st.none() | MOMENTS.map(lambda moment: pd.Timestamp(moment, tz="UTC")),
}
SCHEMAS = st.sampled_from([tables.OUTCOMES, tables.PLACES, tables.ACCOUNTS])


def rows_of(schema: tables.Schema) -> st.SearchStrategy[tuple[tables.Schema, list[dict[str, object]]]]:
    row = st.fixed_dictionaries({name: VALUES[dtype] for name, dtype in schema.items()})
    return st.tuples(st.just(schema), st.lists(row, max_size=3))


@given(SCHEMAS.flatmap(rows_of))
@settings(max_examples=40, deadline=None)
def test_tables_survive(given_table: tuple[tables.Schema, list[dict[str, object]]]) -> None:
    schema, rows = given_table
    expected = table(schema, rows)
    pd.testing.assert_frame_equal(frames.frame(frames.rows(expected, schema), schema), expected)


def test_a_table_that_does_not_conform_is_refused() -> None:
    with pytest.raises(ValueError, match="phone"):
        frames.rows(pd.DataFrame({"debtor_id": ["D1"], "branch": ["B"], "name": ["x"]}), tables.CONTACTS)


@pytest.mark.parametrize("module", [frames, packing, crew_part])
def test_the_examples_in_the_docstrings_run(module: object) -> None:
    assert doctest.testmod(module) == (0, doctest.testmod(module).attempted)  # type: ignore[arg-type]
