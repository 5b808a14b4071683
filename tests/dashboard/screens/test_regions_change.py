from __future__ import annotations

import math
from datetime import date
from types import SimpleNamespace

import pandas as pd
import pytest

from dashboard.screens import regions_change, regions_how
from dashboard.text import speaking
from planner.density import CHANGES
from planner.density.change import EVERY, FALSE_SHARE, FEWEST_PAYMENTS, FEWEST_VISITS, HOW_OFTEN, PER_HOUR, WEEKS
from planner.density.ratios import LEVEL
from planner.tables import conform

NAMES = {"W": "West", "E": "East", "N": "No*rth"}


def change(region: str, figure: str, answer: str, ratio: float, low: float, high: float) -> dict[str, object]:
    before = 0.1 if figure == HOW_OFTEN else 100_00.0
    return {"region": region, "figure": figure, "answer": answer, "ratio": ratio, "low": low, "high": high} | {
        "before": before,
        "after": before * ratio,
    }


def view(*rows: dict[str, object]) -> SimpleNamespace:
    counts = dict.fromkeys([name for name in CHANGES if name.startswith(("visits_", "payments_"))], 0)
    told = pd.DataFrame([{**counts, "p_value": 0.5, "p_adjusted": 0.5, **row} for row in rows])
    return SimpleNamespace(changes=conform(told, CHANGES), currency="CNY", until=date(2026, 11, 24))


@pytest.fixture
def mixed() -> SimpleNamespace:
    nan, inf = math.nan, math.inf
    return view(
        change("W", HOW_OFTEN, "risen", 2.0, 1.4, 3.1),
        change("W", PER_HOUR, "not_shown", 1.1, 0.5, 2.4),
        change("E", HOW_OFTEN, "not_shown", 0.9, 0.6, 1.3),
        change("E", PER_HOUR, "fallen", 0.25, 0.1, 0.6),
        change("N", HOW_OFTEN, "too_few", nan, nan, nan),
        change("N", PER_HOUR, "too_few", nan, nan, nan),
        change(EVERY, HOW_OFTEN, "not_shown", 1.0, 0.9, 1.1),
        change(EVERY, PER_HOUR, "risen", inf, 1.5, inf) | {"before": 0.0, "after": 50_00.0},
    )


def test_each_answer_has_its_figures_and_its_interval(mixed: SimpleNamespace) -> None:
    told = regions_change.table(mixed, NAMES)  # type: ignore[arg-type]
    assert "| West | 10.0% → 20.0% | 2.00 (1.40–3.10) | :green[risen] |" in told
    assert "| East | ¥100 → ¥25 | 0.25 (0.10–0.60) | :red[fallen] |" in told
    assert "| West | ¥100 → ¥110 | 1.10 (0.50–2.40) | :gray[no change shown] |" in told
    assert "| No\\*rth | 10.0% → — | — | :gray[too few to tell] |" in told
    assert "| All districts | ¥0 → ¥50 | > 1.50 | :green[risen] |" in told


def test_the_sentence_is_about_all_districts(mixed: SimpleNamespace) -> None:
    told = regions_change.summary(mixed, NAMES)  # type: ignore[arg-type]
    assert told.startswith(
        "Visits pay more often than before in West. A field hour brings less than before in East. 1 district has"
    )
    assert "No change is shown" not in told
    with speaking("zh"):
        assert "每外访小时回款下降：East。" in regions_change.summary(mixed, NAMES)  # type: ignore[arg-type]


def test_without_any_change_it_says_so_and_what_that_means(mixed: SimpleNamespace) -> None:
    same = SimpleNamespace(**vars(mixed))
    same.changes = mixed.changes.assign(
        answer=mixed.changes["answer"].replace({"risen": "not_shown", "fallen": "not_shown"})
    )
    told = regions_change.summary(same, NAMES)  # type: ignore[arg-type]
    assert told.startswith("No change is shown in any of the 2 districts with enough visits and payments. 1 district")
    assert "No change shown is not unchanged" in told
    same.changes = mixed.changes.assign(answer="too_few")
    assert regions_change.summary(same, NAMES) == "3 districts have too few to tell."  # type: ignore[arg-type]


def test_a_district_has_one_answer_and_one_sentence(mixed: SimpleNamespace) -> None:
    apart = SimpleNamespace(**vars(mixed))
    apart.changes = mixed.changes.replace({"answer": {"not_shown": "fallen"}})
    assert regions_change.column(mixed.changes, ["W", "N", "E", "X"]) == ["Risen", "Too few to tell", "Fallen", "—"]
    assert regions_change.column(apart.changes, ["W"]) == ["Risen and fallen"]
    last = "In the four weeks until Sun 22 Nov, beside the four before: "
    assert regions_change.sentence(mixed, "W") == last + "visits pay more often."  # type: ignore[arg-type]
    both = last + "visits pay more often; a field hour brings less."
    assert regions_change.sentence(apart, "W") == both  # type: ignore[arg-type]
    assert "Too few visits" in regions_change.sentence(mixed, "N")  # type: ignore[arg-type]
    assert regions_change.sentence(mixed, "X") == ""  # type: ignore[arg-type]
    same = SimpleNamespace(**vars(mixed))
    same.changes = mixed.changes.assign(answer="not_shown")
    with speaking("zh"):
        assert "未见变化" in regions_change.sentence(same, "E")  # type: ignore[arg-type]


def test_it_says_why_an_interval_without_one_need_not_be_a_change(mixed: SimpleNamespace) -> None:
    assert "4 answers are looked at at once" in regions_change.why_not_shown(mixed)  # type: ignore[arg-type]


def test_the_notes_say_the_numbers_of_the_method() -> None:
    notes = " ".join(text for _, text in regions_how.CHANGE)
    assert (WEEKS, LEVEL, FALSE_SHARE) == (4, 0.9, 0.05)
    assert f"fewer than {FEWEST_VISITS} visits" in notes
    assert f"fewer than {FEWEST_PAYMENTS} payments" in notes
