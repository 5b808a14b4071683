"""Counts that branches share: they come back as they were, add up, and damage is refused."""

from __future__ import annotations

import json

import pandas as pd
import pytest

from planner.value.counts import COUNTS, beside, counted, read_counts, together, written

ASKED = pd.DataFrame(
    [("pays", "M1", "willing", 1.0), ("pays", "M1", "willing", 0.0), ("paid_part", "M1", "willing", 0.5)],
    columns=["rate", "cell", "within", "success"],
)


def test_answers_are_counted_with_their_squares():
    found = counted(ASKED).set_index("rate")
    assert found.loc["pays", ["successes", "squares", "visits"]].tolist() == [1, 1, 2]
    assert found.loc["paid_part", ["successes", "squares", "visits"]].tolist() == [0.5, 0.25, 1]


def test_counts_come_back_through_json_and_add_up():
    counts = counted(ASKED)
    back = read_counts(json.loads(json.dumps(written(counts))))
    pd.testing.assert_frame_equal(back, counts[list(COUNTS)], check_dtype=False)
    twice = together([counts, back])
    assert twice["visits"].tolist() == (2 * counts["visits"]).tolist()
    assert twice["successes"].tolist() == (2 * counts["successes"]).tolist()


def test_cells_that_were_never_asked_of_are_not_written_and_count_nothing():
    cells = pd.DataFrame([("pays", "M1", "willing"), ("pays", "M2", "willing")], columns=["rate", "cell", "within"])
    full = beside(cells, counted(ASKED))
    assert full["visits"].tolist() == [2, 0]
    assert len(written(full)["rows"]) == 1


@pytest.mark.parametrize(
    "damage",
    [
        {"format": "rounds-counts/9"},
        {"rows": [["pays", "M1", "willing", 3, 3, 2]]},
        {"rows": [["pays", "M1", "willing", -1, 1, 2]]},
        {"rows": [["pays", "M1", "willing", "many", 1, 2]]},
        {"rows": [["pays", "M1"]]},
    ],
)
def test_damage_is_refused(damage):
    with pytest.raises(ValueError):  # noqa: PT011  the sentence is pandas' own where a row is torn
        read_counts(written(counted(ASKED)) | damage)
