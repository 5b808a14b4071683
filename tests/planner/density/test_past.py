"""Past visits, counted."""

import numpy as np
import pytest

from planner.density.past import payers, tally
from tests.planner.density.pasts import visits

ROWS = (
    ("N", "a", 100, 40, 80),
    ("N", "a", 60, 20, 80),
    ("N", "b", 0, 8, 80),
    ("N", "guarantor's", 30, 0, 0),
    ("S", "c", 50, 25, 100),
)


def test_visits_are_counted_in_the_order_asked_for():
    found = tally(visits(*ROWS), ["S", "nobody went", "N"])
    assert found["region"].tolist() == ["S", "nobody went", "N"]
    assert found["outcomes"].tolist() == [1, 0, 4]
    assert found["actual_minor"].tolist() == [50, 0, 190]
    assert found["payments"].tolist() == [1, 0, 2]
    assert found["expected_payments"].tolist() == pytest.approx([0.25, 0, 0.5 + 0.25 + 0.1])


def test_a_payer_is_one_however_often_he_pays_and_only_where_money_was_expected():
    found = payers(visits(*ROWS)).set_index("debtor_id")
    assert found.index.tolist() == ["a", "c"]
    assert found.loc["a", ["times", "paid_minor", "if_paid_minor"]].tolist() == [2, 160, 160]


@pytest.mark.parametrize("column", ["paid_minor", "expected_minor", "if_paid_minor"])
@pytest.mark.parametrize("amount", [-1.0, np.nan])
def test_amounts_that_cannot_be_are_refused(column, amount):
    with pytest.raises(ValueError, match=column):
        tally(visits(*ROWS).assign(**{column: amount}), ["N"])
