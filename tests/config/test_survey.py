from __future__ import annotations

from pathlib import Path

import pytest

from config.strict import BadConfig
from config.survey import SURVEY, load_survey


def test_the_terms_are_dated_and_have_a_reason() -> None:
    terms = load_survey()
    every = [*terms.review.months.values(), terms.accommodation_months, terms.rough_m]
    assert all(one.article and one.confidence in "HML" and one.value > 0 for one in every)
    assert terms.accommodation_months.value == 12


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("rounds-survey/1", "rounds-survey/9", "format"),
        ("hardship = { value = 6", "hardship = { value = 0", "not positive"),
        ("hardship = {", "poor = {", "poor"),
        ('confidence = "L" }', 'confidence = "X" }', "confidence"),
    ],
)
def test_a_wrong_file_is_refused_by_the_key(tmp_path: Path, old: str, new: str, message: str) -> None:
    path = tmp_path / "survey.toml"
    path.write_text(SURVEY.read_text(encoding="utf-8").replace(old, new, 1), encoding="utf-8")
    with pytest.raises(BadConfig, match=message):
        load_survey(path)
