"""One debtor's page: everything on one line of time, promises judged by the money, rules named, nothing of others."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from config.parameters import load
from config.rules import load_pack
from planner import tables
from planner.domain import Role
from planner.rules.pack import Holiday, RulePack, Term
from planner.rules.permit import RULES, permitted
from planner.store import Store, migrate, open_store
from planner.value.learning import untaught
from planner.view.debtor import DebtorView, branch_areas, branch_data, debtor_money, debtor_view, found
from planner.view.debtor_timeline import BOOKED_DAYS, LANES, Planned, news, promise_state, received, visits
from planner.view.debtor_value import trace
from tests.planner.store.factories import (
    HERE,
    NOW,
    TERMS,
    bad_faith,
    branch,
    clue,
    clues,
    fill,
    outcome,
    outcomes,
    overdue_list,
    place_word,
    principal,
    review,
    reviews,
    source,
    table,
)

MANAGER, OTHER = principal(name="lin"), principal(name="su")
JOB = principal(Role.SYSTEM)
CREW_A = principal(Role.COLLECTOR, crew=f"{HERE}-A")
PACK, PARAMETERS, TODAY = load_pack("CN"), load(), date(2026, 11, 23)


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Store:
    url = f"sqlite:///{tmp_path_factory.mktemp('debtor') / 'store.sqlite'}"
    migrate(url)
    made = open_store(url)
    fill(made)
    listed = overdue_list(
        due_on="2026-10-01", overdue_minor=8_000_00, days_past_due=50, interrupted_on="2026-10-20",
        interruption="notice_signed", last_paid_on="2026-09-01",
    )  # fmt: skip
    made.save_import(MANAGER, HERE, listed, **source("e" * 64))
    visit = outcome("o1", place_id="P1", code="PTP_3D", promised_minor=500_00, promised_on="2026-11-06",
                    promised_how="cash", willing="yes", able="yes",
                    started_at=pd.Timestamp("2026-11-03T03:00:00Z"))  # fmt: skip
    part = outcome("o2", place_id="P1", code="PAID_PART", paid_minor=200_00,
                   started_at=pd.Timestamp("2026-11-05T16:30:00Z"))  # fmt: skip
    made.save_outcomes(MANAGER, HERE, outcomes(visit, part, outcome("o9", debtor_id="D3", place_id="P3")), now=NOW)
    made.save_reviews(MANAGER, HERE, reviews(bad_faith("r1"), review("r3", "D3")), TERMS, now=NOW - timedelta(days=3))
    made.save_reviews(OTHER, HERE, reviews(bad_faith("r2", confirms="r1")), TERMS, now=NOW - timedelta(days=1))
    made.save_clues(MANAGER, HERE, clues(clue()), now=NOW)
    made.put_place(MANAGER, HERE, place_word(kind="guarantor"), change_id="x1", now=NOW)
    made.close_place(MANAGER, HERE, "P2", change_id="x2", now=NOW)
    wish = {"accommodation_id": "a1", "debtor_id": "D1", "branch": HERE, "kind": "no_visit_before", "value": "10:00"}
    old = {**wish, "accommodation_id": "a2", "set_on": "2024-01-01", "expires_on": "2025-01-01"}
    wish |= {"said_by": "debtor", "set_on": "2026-11-01", "expires_on": "2027-11-01"}
    made.save_accommodations(MANAGER, HERE, table(tables.ACCOMMODATIONS, [wish, old]), now=NOW)
    hold = {"hold_id": "h1", "debtor_id": "D4", "branch": HERE, "kind": "dispute", "from_on": "2026-11-20"}
    made.save_holds(MANAGER, HERE, table(tables.HOLDS, [hold]), now=NOW)
    watched = {"case_id": "K8", "debtor_id": "D8", "branch": HERE, "due_on": "2026-12-10", "as_of_on": "2026-11-20"}
    ahead = {
        "debtors": table(tables.DEBTORS, [{"debtor_id": "D8", "branch": HERE}]),
        "accounts": table(tables.ACCOUNTS, [{**watched, "overdue_minor": 500_00}]),
    }
    made.save_import(MANAGER, HERE, ahead, **source("f" * 64))
    return made


def page(
    store: Store, debtor_id: str, who: object = MANAGER, planned: tuple[Planned, ...] = (), pack: RulePack = PACK,
    **more: Any,
) -> DebtorView | None:  # fmt: skip
    data = branch_data(store, who, branch(), today=TODAY)  # type: ignore[arg-type]
    model = untaught(PARAMETERS)
    money = debtor_money(store, who, branch(), debtor_id, data.outcomes, PARAMETERS)  # type: ignore[arg-type]
    return debtor_view(data, branch(), debtor_id, pack, model, planned=planned, money=money, now=NOW, **more)


def test_everything_stands_on_one_line_in_order(store: Store) -> None:
    stop = Planned(datetime(2026, 11, 25, 2, tzinfo=UTC), "A", "home")
    view = page(store, "D1", planned=(stop,))
    assert view is not None
    assert set(view.events["lane"]) == set(LANES)
    assert view.events["on"].is_monotonic_increasing
    kinds = view.events["kind"].tolist()
    assert kinds.count("visit") == 2
    assert {"due", "paid", "promise", "review", "confirmed", "accommodation", "clock", "interruption"} <= set(kinds)
    ahead = view.events[view.events["ahead"]]
    assert ahead["kind"].tolist() == ["planned"]
    visit = view.events[view.events["code"] == "PTP_3D"].iloc[0]
    assert (visit["more"], visit["minor"]) == ("yes yes cash", 500_00)
    promise = view.events[view.events["kind"] == "promise"].iloc[0]
    assert (promise["code"], str(promise["until_on"].date())) == ("part", "2026-11-06")
    # 16:30 in UTC is the next day where the branch is.
    assert "2026-11-06" in view.events.loc[view.events["code"] == "PAID_PART", "on"].dt.strftime("%Y-%m-%d").tolist()


def test_money_paid_at_a_door_stands_there_once(store: Store) -> None:
    view = page(store, "D1")
    assert view is not None
    paid = view.events[view.events["kind"] == "paid"]
    assert paid[["code", "minor"]].to_numpy().tolist() == [["door", 200_00]]


def test_money_of_the_lists_is_told_from_money_at_doors() -> None:
    visits = outcomes(
        *(outcome(f"o{k}", paid_minor=100, started_at=pd.Timestamp(f"2026-11-0{k}T03:00:00Z")) for k in (2, 3))
    )
    booked = [("2026-11-02", 100), ("2026-11-03", 100), ("2026-11-03", 100), ("2026-11-09", 50)]
    payments = table(
        tables.PAYMENTS, [{"debtor_id": "D1", "case_id": "K1", "paid_on": on, "paid_minor": m} for on, m in booked]
    )
    found = received(tables.empty(tables.ACCOUNTS), visits, payments, ZoneInfo("Asia/Shanghai"))
    assert found["minor"].tolist() == [100, 100, 100, 50]
    assert sorted(found["code"]) == ["booked", "booked", "door", "door"]


def test_who_is_only_watched_has_no_page(store: Store) -> None:
    assert page(store, "D8") is None


def test_a_festival_of_an_area_takes_the_day_here_as_in_a_plan(store: Store) -> None:
    term = Term(True, "Holidays 1", date(2026, 1, 1), "L")
    festival = Holiday(date(2026, 11, 25), "Lantern day", term, frozenset({"450103"}))
    pack = replace(PACK, holidays=(festival,))
    for areas, allowed in (({}, True), ({"P5": frozenset({"450103"})}, False)):
        view = page(store, "D5", pack=pack, areas=areas)
        assert view is not None
        days = view.allowed.windows["day"].dt.strftime("%Y-%m-%d").tolist()
        assert ("2026-11-25" in days) is allowed
    assert branch_areas(store, MANAGER, branch(), PACK) == {}


def test_nothing_of_anybody_else_is_on_the_page(store: Store) -> None:
    view = page(store, "D1")
    assert view is not None
    assert set(view.places["debtor_id"]) == {"D1"}
    assert set(view.accounts["case_id"]) == {"K1"}
    assert view.reviews["review_id"].tolist() == ["r1", "r2"]
    assert "P3" not in set(view.events["about"])


def test_the_type_in_force_has_its_source_and_both_people(store: Store) -> None:
    view = page(store, "D1")
    assert view is not None
    assert (view.judged["debtor_type"], view.judged["reviewer"], view.judged["second"]) == ("bad_faith", "lin", "su")
    assert view.facts["debtor_type"] == "bad_faith"


def test_a_job_sees_no_card(store: Store) -> None:
    view = page(store, "D1", JOB)
    assert view is not None
    assert (view.name, view.phone) == ("", "")
    assert set(view.places["address"]) == {""}
    assert set(view.clues["place"]) == {""}


def test_a_crew_sees_its_own_stops_only(store: Store) -> None:
    view = page(store, "D1", CREW_A)
    assert view is not None
    assert view.name == "甄不存"
    assert page(store, "D3", CREW_A) is None
    assert page(store, "D99") is None


def test_every_day_and_place_is_allowed_or_taken_by_a_named_rule(store: Store) -> None:
    for debtor_id in ("D1", "D2", "D3", "D4"):
        view = page(store, debtor_id)
        assert view is not None
        left = set(zip(view.allowed.windows["place_id"], view.allowed.windows["day"], strict=True))
        gone = list(zip(view.allowed.taken["place_id"], view.allowed.taken["day"], strict=True))
        open_places = view.places[view.places["open"]]
        assert len(gone) == len(set(gone))
        assert left.isdisjoint(gone)
        assert len(left) + len(gone) == len(open_places) * len(view.allowed.days)
        assert set(view.allowed.taken["rule"]) <= set(RULES)
    held = page(store, "D4")
    assert held is not None
    assert set(held.allowed.taken["rule"]) == {"hold"}
    assert held.allowed.taken["article"].ne("").all()
    assert held.allowed.best is None
    assert held.held["kind"].tolist() == ["dispute"]


def test_the_trace_leaves_what_the_rules_leave(store: Store) -> None:
    view = page(store, "D1")
    assert view is not None
    from planner.rules.facts import Facts
    from planner.value.survey import survey

    debtors, accounts = store.debtors(MANAGER, HERE), store.accounts(MANAGER, HERE)
    facts = Facts(
        survey=survey(debtors, accounts, today=TODAY), places=store.places(MANAGER, HERE),
        holds=store.holds(MANAGER, HERE), accommodations=store.accommodations(MANAGER, HERE),
        outcomes=store.latest_outcomes(MANAGER, HERE), clocks=view.clocks, zone=ZoneInfo("Asia/Shanghai"), now=NOW,
    )  # fmt: skip
    windows, _taken = trace(facts, PACK, view.allowed.days)
    expected = permitted(facts, PACK, days=view.allowed.days).windows
    pd.testing.assert_frame_equal(windows, expected)


def test_the_value_is_the_sum_of_its_parts_and_a_guarantor_is_no_option(store: Store) -> None:
    view = page(store, "D5")
    assert view is not None
    best = view.allowed.best
    assert best is not None
    parts = ("pays_now", "promises", "paid_anyway", "information", "evidence")
    assert best["value_minor"] == pytest.approx(sum(best[f"{one}_minor"] for one in parts))
    assert best["value_low_minor"] <= best["value_minor"] <= best["value_high_minor"]
    assert view.allowed.options["value_minor"].is_monotonic_decreasing
    first = page(store, "D1")
    assert first is not None
    assert "guarantor" not in set(first.allowed.options["kind"])


def test_a_wish_in_force_narrows_and_an_expired_one_is_not_shown(store: Store) -> None:
    view = page(store, "D1")
    assert view is not None
    assert view.respect["accommodation_id"].tolist() == ["a1"]
    opens = view.allowed.windows["opens_at"].dt.tz_convert("Asia/Shanghai").dt.hour
    assert (opens >= 10).all()


def test_a_closed_point_stays_on_the_page_and_off_the_plan(store: Store) -> None:
    view = page(store, "D2")
    assert view is not None
    assert view.places[["place_id", "open"]].to_numpy().tolist() == [["P2", False]]
    assert view.allowed.windows.empty


def test_somebody_is_found_by_name_ids_and_last_digits(store: Store) -> None:
    data = branch_data(store, MANAGER, branch(), today=TODAY)
    assert len(found(data, "甄")) == 6
    assert found(data, "k3")["debtor_id"].tolist() == ["D3"]
    assert found(data, "d2")["debtor_id"].tolist() == ["D2"]
    assert len(found(data, "0000")) == 6  # all phones end alike here
    assert found(data, "000").empty  # fewer than four digits tell nothing
    assert found(data, " ").empty
    assert found(branch_data(store, JOB, branch(), today=TODAY), "甄").empty


MONEY = st.lists(st.tuples(st.integers(-3, 12), st.integers(1, 120)), max_size=4)


@given(MONEY, st.integers(0, 20))
def test_a_promise_is_kept_by_money_in_time_and_by_nothing_else(came: list[tuple[int, int]], today: int) -> None:
    given_on, due = pd.Timestamp("2026-11-02"), pd.Timestamp("2026-11-06")
    paid = pd.DataFrame(
        {"on": [given_on + pd.Timedelta(days=day) for day, _ in came], "minor": [float(m) for _, m in came]}
    ).astype({"on": "datetime64[s]", "minor": "float64"})
    state = promise_state(given_on, due, 100, paid, (given_on + pd.Timedelta(days=today)).date())
    total = sum(m for day, m in came if 0 <= day <= 4 + BOOKED_DAYS)
    if total >= 95:
        assert state == "kept"
    elif today <= 4 + BOOKED_DAYS:
        assert state == "open"
    else:
        assert state == ("part" if total else "broken")


def test_money_at_the_visit_itself_is_not_the_promised_rest() -> None:
    day, due = pd.Timestamp("2026-11-02"), pd.Timestamp("2026-11-06")
    both = outcome("o1", code="PTP_LATER", paid_minor=100_00, promised_minor=100_00, promised_on=due,
                   started_at=day.tz_localize("UTC"))  # fmt: skip
    for later, state in ((0, "broken"), (40_00, "part"), (100_00, "kept")):
        money = [(day, 100_00)] + ([(due, later)] if later else [])
        paid = pd.DataFrame(money, columns=["on", "minor"]).astype({"on": "datetime64[s]", "minor": "float64"})
        rows = visits(outcomes(both), paid, date(2026, 12, 1), ZoneInfo("Asia/Shanghai"))
        assert [row["code"] for row in rows if row["kind"] == "promise"] == [state]


def test_a_payment_of_unknown_amount_neither_keeps_nor_breaks() -> None:
    paid = pd.DataFrame({"on": pd.to_datetime(["2026-11-03"]), "minor": [float("nan")]})
    day = pd.Timestamp("2026-11-02")
    assert promise_state(day, day + pd.Timedelta(days=3), 100, paid, date(2026, 12, 1)) == "unsure"


def test_a_list_that_repeats_itself_is_no_event() -> None:
    days = pd.to_datetime(["2026-09-30", "2026-10-31", "2026-11-30", "2026-11-30"])
    states = pd.DataFrame(
        {"case_id": ["K1", "K1", "K1", "K2"], "as_of_on": days, "overdue_minor": [500, 500, 700, 500]}
    )
    told = news(states.sample(frac=1.0, random_state=1))
    assert list(zip(told["case_id"], told["overdue_minor"], strict=True)) == [("K1", 500), ("K1", 700), ("K2", 500)]


def test_a_promise_that_is_not_complete_says_what_to_ask_for() -> None:
    told = outcome("o1", code="PTP_LATER", promised_minor=100_00)
    rows = visits(outcomes(told), pd.DataFrame({"on": [], "minor": []}), TODAY, ZoneInfo("Asia/Shanghai"))
    assert [(row["kind"], row["more"]) for row in rows[1:]] == [("promise_open", "day")]
