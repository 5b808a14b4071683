"""Crews that are alike are not told apart; one that is different is; nobody is measured by money."""

from __future__ import annotations

from datetime import date, datetime, timedelta

import numpy as np
import pandas as pd
import pytest

from config.parameters import load
from planner.tables import COMPLAINTS, empty
from planner.value.learning import untaught
from planner.value.survey import survey
from planner.view.crew_past import chance_of_paying
from planner.view.crews import CREWS, Seen, compare
from tests.planner.value.factories import TODAY, ZONE, accounts, debtors, outcomes, places

AT = datetime(2026, 11, 2, 10, tzinfo=ZONE)
NOTHING = pd.DataFrame({"outcome_id": pd.Series(dtype="str"), "kept": pd.Series(dtype="bool")})


def seen(counts: dict[str, tuple[int, int]], chance: dict[str, float], **changes) -> Seen:
    """Crews with so many visits, of which so many paid; each visit of a crew was expected to pay with that chance."""
    rows, expected = [], []
    for crew, (visits, paid) in counts.items():
        for k in range(visits):
            rows.append(
                {
                    "crew_id": crew, "debtor_id": f"{crew}-{k}", "started_at": AT + timedelta(minutes=k),
                    "ended_at": AT + timedelta(minutes=k + 12), "paid_minor": 1000 if k < paid else 0,
                    "code": "PAID_PART" if k < paid else "NOT_HOME", "evidence": "payment" if k < paid else "",
                }
            )  # fmt: skip
            expected.append(chance[crew])
    table = outcomes(*rows)
    return Seen(
        **{
            "outcomes": table, "entries": table, "expected": pd.Series(expected), "judged": NOTHING,
            "complaints": empty(COMPLAINTS),
        }
        | changes
    )  # fmt: skip


def places_of(table: pd.DataFrame) -> dict[str, str]:
    return dict(zip(table["crew_id"], table["place"], strict=True))


def test_whom_a_crew_was_sent_to_is_taken_into_account():
    """Crew B is paid a third as often as A, as was to be expected: neither is told apart."""
    table = compare(seen({"A": (300, 60), "B": (300, 20)}, {"A": 0.2, "B": 1 / 15}), ["A", "B"])
    assert places_of(table) == {"A": "inside", "B": "inside"}


def test_one_that_is_truly_different_is_seen():
    counts = {"A": (300, 60), "B": (300, 62), "C": (300, 20)}
    table = compare(seen(counts, dict.fromkeys("ABC", 0.2)), ["A", "B", "C"])
    assert places_of(table)["C"] == "below"
    assert places_of(table)["A"] != "below"


def test_too_few_to_tell_is_said():
    table = compare(seen({"A": (300, 60), "B": (10, 0)}, dict.fromkeys("AB", 0.2)), ["A", "B", "D"])
    assert places_of(table)["B"] == "few"
    assert places_of(table)["D"] == "few"
    assert np.isnan(table.set_index("crew_id").loc["D", "ratio"])


def test_no_column_holds_money():
    assert not [name for name in CREWS if "minor" in name or "amount" in name or "recovered" in name]
    made = seen({"A": (300, 60), "B": (300, 60)}, dict.fromkeys("AB", 0.2))
    richer = made.outcomes.assign(paid_minor=made.outcomes["paid_minor"] * 1000)
    one, other = (
        compare(Seen(t, t, made.expected, NOTHING, empty(COMPLAINTS)), ["A", "B"]) for t in (made.outcomes, richer)
    )
    pd.testing.assert_frame_equal(one, other)


def test_all_alike_are_seldom_flagged():
    """A family of seven crews, 60 times: about one in twenty has somebody outside. The study counts more."""
    rng = np.random.default_rng(11)
    flagged = 0
    for _ in range(60):
        counts = {f"K{k}": (250, int(rng.binomial(250, 0.08))) for k in range(7)}
        table = compare(seen_fast(counts, 0.08), list(counts))
        flagged += bool(table["place"].isin(["below", "above"]).any())
    assert flagged <= 10  # 5 % of 60 and four standard deviations


def seen_fast(counts: dict[str, tuple[int, int]], chance: float) -> Seen:
    crew = np.concatenate([[one] * visits for one, (visits, _) in counts.items()])
    paid = np.concatenate([np.arange(visits) < paid for visits, paid in counts.values()])
    names = np.arange(len(crew)).astype(str)
    table = pd.DataFrame(
        {
            "outcome_id": names, "crew_id": crew, "debtor_id": names,
            "started_at": pd.Timestamp(AT), "ended_at": pd.Timestamp(AT), "paid_minor": paid * 100, "code": "NEGOTIATE",
            "promised_on": pd.NaT, "promised_how": "", "promised_minor": 0, "evidence": "", "replaces": "",
        }
    )  # fmt: skip
    return Seen(table, table, pd.Series(np.full(len(crew), chance)), NOTHING, empty(COMPLAINTS))


def test_what_is_recorded_is_counted():
    table = outcomes(
        {"crew_id": "A", "outcome_id": "1", "code": "PTP_2D", "promised_on": date(2026, 11, 4), "promised_how": "cash",
         "promised_minor": 5, "started_at": AT, "ended_at": AT + timedelta(minutes=9)},
        {"crew_id": "A", "outcome_id": "2", "code": "PTP_2D", "promised_on": date(2026, 11, 4), "promised_minor": 5,
         "started_at": AT, "ended_at": AT},
        {"crew_id": "A", "outcome_id": "3", "code": "MOVED", "started_at": AT, "ended_at": AT + timedelta(hours=9)},
    )  # fmt: skip
    entries = pd.concat([table, outcomes({"crew_id": "A", "outcome_id": "4", "replaces": "3"})])
    row = compare(Seen(table, entries, pd.Series([0.1] * 3), NOTHING, empty(COMPLAINTS)), ["A"]).iloc[0]
    assert (row["promises"], row["complete"]) == (2, 0.5)
    assert row["timed"] == pytest.approx(1 / 3)
    assert row["corrected"] == 0.25
    assert row["wrong_address"] == pytest.approx(1 / 3)


def test_who_owes_nothing_any_more_was_as_likely_to_pay():
    """He paid all of it at the visit: the visit was expected to pay like that to any other of his class."""
    people = survey(debtors({"debtor_id": "D1"}, {"debtor_id": "D2"}), accounts(
        {"case_id": "C1", "debtor_id": "D1", "overdue_minor": 100_000},
        {"case_id": "C2", "debtor_id": "D2", "overdue_minor": 100_000},
    ), today=TODAY)  # fmt: skip
    people = people.assign(overdue_minor=[0, 100_000])
    where = places(
        {"place_id": "P1", "debtor_id": "D1"}, {"place_id": "P2", "debtor_id": "D2"},
        {"place_id": "P3", "debtor_id": "D2", "kind": "guarantor"},
    )  # fmt: skip
    visits = outcomes(*(
        {"outcome_id": f"o{k}", "debtor_id": debtor, "place_id": place, "started_at": AT}
        for k, (debtor, place) in enumerate((("D1", "P1"), ("D2", "P2"), ("D2", "P3")))
    ))  # fmt: skip
    found = chance_of_paying(visits, people, where, untaught(load()), ZONE)
    assert found[0] == pytest.approx(found[1])
    assert found[1] > 0
    assert found[2] == 0
