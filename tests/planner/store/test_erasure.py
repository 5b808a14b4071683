"""A person can be taken out for good: nothing leads to him any more, every count is what it was, and nobody can do it
by the way."""

from __future__ import annotations

import json
import zlib
from collections.abc import Sequence
from datetime import timedelta
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
import sqlalchemy as sa

from planner.domain import Role
from planner.store import StillListed, Store
from planner.store.connect import connect, scope_of, writing
from planner.store.schema import metadata
from tests.planner.store.conftest import Database, dump
from tests.planner.store.factories import (
    HERE,
    NOW,
    TERMS,
    WEEK,
    clue,
    clues,
    outcome,
    outcomes,
    overdue_list,
    place_word,
    plan,
    principal,
    review,
    reviews,
    source,
)  # fmt: skip

MANAGER = principal()
LATER = NOW + timedelta(days=400)
#: ids as long as a bank's, so that finding one somewhere means something
WHO, CASE, PLACE = "debtor-7193-5520", "case-4471-9026", "place-8830-1175"
#: where he lives, as nobody else does
LON, LAT = 103.912347, 30.612347
SECRETS = (WHO, CASE, PLACE, "孟不在", "13912345678", "云溪路 77 号", "outcome-6601", "He was ill", str(LON), str(LAT))


def renamed(listed: dict[str, pd.DataFrame]) -> dict[str, pd.DataFrame]:
    """D6 with ids of a bank's length and a name of his own."""
    ids = {"D6": WHO, "K6": CASE, "P6": PLACE}
    tables = {name: table.replace(ids) for name, table in listed.items()}
    own = tables["contacts"]["debtor_id"] == WHO
    tables["contacts"].loc[own, ["name", "phone"]] = ["孟不在", "13912345678"]
    tables["addresses"].loc[tables["addresses"]["debtor_id"] == WHO, "address"] = "云溪路 77 号"
    return tables


def with_a_history(store: Store) -> None:
    """Let a person be listed, visited, planned, reviewed, corrected, talked about, and then be off the list."""
    issues = json.dumps([{"row": 7, "value": CASE}, {"row": 8, "value": "13912345678"}])
    listed = renamed(overdue_list())
    store.save_import(MANAGER, HERE, listed, **source("1" * 64, issues_json=issues), full_list=True)
    met = {"debtor_id": WHO, "place_id": PLACE}
    store.save_outcomes(
        MANAGER, HERE,
        outcomes(
            outcome("outcome-6601", **met, code="PAID_PART", paid_minor=700, note="He was ill"),
            outcome("outcome-6602", **met, code="REFUSED", replaces="outcome-6601", evidence="13912345678"),
            outcome("o-other", code="NEGOTIATE"),
        ),
        now=NOW,
    )  # fmt: skip
    store.save_reviews(MANAGER, HERE, reviews(review("r-6601", WHO, note="income is seasonal")), TERMS, now=NOW)
    store.save_clues(MANAGER, HERE, clues(clue("c-6601", debtor_id=WHO, place="云溪路 77 号")), now=NOW)
    store.put_place(
        MANAGER, HERE, place_word(debtor_id=WHO, place_id=PLACE, address="云溪路 77 号"), change_id="p-6601", now=NOW
    )
    store.edit_survey(MANAGER, HERE, [("debtor", WHO, "group", "farm"), ("account", CASE, "product", "card")],
                      batch_id="e-6601", now=NOW)  # fmt: skip
    store.save_setting(MANAGER, HERE, "locks", {WHO: ["2026-11-24", PLACE]}, now=NOW)
    store.queue_job(MANAGER, HERE, "plan", request={"drop": [WHO]}, now=NOW)
    saved = plan("plan-6601", created_at=NOW + timedelta(hours=1))
    # What was known of somebody, and what a plan says of him in a sentence.
    saved.context["debtors"]["D3"] |= {"lon": LON, "lat": LAT}
    saved.context["places"][3] |= {"lon": LON, "lat": LAT}
    saved.plan["left_out"][0]["action"] = f"It would take the place of D2, {WHO} on {HERE}-A-mon."
    text = (
        json.dumps([saved.problem, saved.plan, saved.context]).replace('"D3"', f'"{WHO}"').replace('"P3"', f'"{PLACE}"')
    )
    problem, made, context = json.loads(text)
    store.save_plan(MANAGER, plan("plan-6601", created_at=NOW + timedelta(hours=1), problem=problem, plan=made,
                                  context=context))  # fmt: skip
    store.publish(MANAGER, "plan-6601", NOW + timedelta(hours=1))
    gone = overdue_list(debtors=5, as_of_on="2026-11-21")
    store.save_import(MANAGER, HERE, gone, **source("2" * 64), full_list=True)


def readable(database: Database) -> str:
    """Give everything the database says, packed documents too."""
    found = []
    for rows in dump(database).values():
        for row in rows:
            found += [zlib.decompress(one).decode() if isinstance(one, bytes) else str(one) for one in row]
    return "\n".join(found)


def statistics(store: Store) -> dict[str, Any]:
    """Give what is counted of debtors, accounts and visits."""
    states = store.account_states(MANAGER, HERE, partial=True)
    visits = store.outcomes(MANAGER, HERE)
    latest = store.latest_outcomes(MANAGER, HERE)
    accounts = store.accounts(MANAGER, HERE, closed=True)
    debtors = store.debtors(MANAGER, HERE, closed=True)
    joined = latest.merge(debtors, on="debtor_id")
    met_before = visits.merge(states, on="debtor_id")
    return {
        "states": states.groupby("as_of_on")[["overdue_minor", "principal_minor", "days_past_due"]].sum().to_dict(),
        "visits": visits.groupby(["code", "crew_id"])["paid_minor"].agg(["count", "sum"]).to_dict(),
        "latest": latest["code"].value_counts().to_dict(),
        "by group": joined.groupby(["group", "code"]).size().to_dict(),
        "types": store.debtor_types(MANAGER, HERE).groupby("debtor_type").size().to_dict(),
        "accounts": accounts.groupby("product")["overdue_minor"].agg(["count", "sum"]).to_dict(),
        "people": (len(debtors), debtors["region"].value_counts().to_dict(), states["debtor_id"].nunique()),
        "joined": len(met_before),
        "reviews": store.reviews(MANAGER, HERE).groupby("proposed").size().to_dict(),
        "plans": [(row.plan_id, row.in_force) for row in store.plans(MANAGER, HERE, WEEK)],
    }


def test_nothing_leads_to_an_erased_person_and_every_count_stays(database: Database) -> None:
    store = database.open()
    with_a_history(store)
    assert all(one in readable(database) for one in SECRETS)
    before, others = statistics(store), dump(database)["contact"]
    assert store.erase_person(principal(Role.SYSTEM), HERE, WHO, now=LATER) > 10
    said = readable(database)
    assert [one for one in SECRETS if one in said] == []
    assert statistics(store) == before
    assert len(dump(database)["contact"]) == len(others) - 1
    stops = [one for route in store.plan(MANAGER, "plan-6601").plan["routes"] for one in route["stops"]]
    assert len(stops) == 3
    assert store.stops_in_force(MANAGER, HERE, WEEK)  # the plan reads as before
    assert store.edit_survey(MANAGER, HERE, [("debtor", "D1", "group", "farm")], batch_id="e2", now=LATER)
    with pytest.raises(ValueError, match=WHO):  # sent again he does not come back
        store.save_outcomes(MANAGER, HERE, outcomes(outcome("outcome-6601", debtor_id=WHO)), now=LATER)
    with pytest.raises(ValueError, match="has no debtor"):
        store.erase_person(MANAGER, HERE, WHO, now=LATER)
    store.close()
    if database.product == "sqlite":  # nor is he left in a corner of the file or in its log
        file = Path(database.url.removeprefix("sqlite:///"))
        left = b"".join(one.read_bytes() for one in file.parent.glob(file.name + "*"))
        assert [one for one in SECRETS if one.encode() in left] == []


def test_the_trail_says_that_it_was_done_and_not_of_whom(store: Store) -> None:
    with_a_history(store)
    before = len(store.audit_entries(MANAGER, HERE))
    rows = store.erase_person(MANAGER, HERE, WHO, now=LATER)
    entries = store.audit_entries(MANAGER, HERE)
    assert len(entries) == before + 1
    assert (entries[-1].what, entries[-1].who, dict(entries[-1].ids)) == ("person.erase", "manager", {"rows": rows})


def test_who_keeps_answers_by_address_is_told_every_one_that_he_had(store: Store) -> None:
    with_a_history(store)
    moved = place_word(debtor_id=WHO, place_id=PLACE, address="新街 8 号")
    store.put_place(MANAGER, HERE, moved, change_id="p-6602", now=NOW)
    told: list[Sequence[str]] = []

    def fails(addresses: Sequence[str]) -> None:
        raise OSError("the file is locked")

    with pytest.raises(OSError, match="locked"):
        store.erase_person(MANAGER, HERE, WHO, now=LATER, forget=fails)
    assert WHO in set(store.debtors(MANAGER, HERE, closed=True)["debtor_id"])
    store.erase_person(MANAGER, HERE, WHO, now=LATER, forget=told.append)
    assert told == [("云溪路 77 号", "新街 8 号")]


def test_nobody_is_erased_while_he_is_listed(store: Store) -> None:
    before = store.audit_entries(MANAGER, HERE)
    with pytest.raises(StillListed):
        store.erase_person(MANAGER, HERE, "D1", now=LATER)
    assert store.audit_entries(MANAGER, HERE) == before
    assert "D1" in set(store.contacts(MANAGER, HERE)["debtor_id"])


def test_who_may_be_erased_is_closed_and_quiet(store: Store) -> None:
    with_a_history(store)
    assert store.erasable(MANAGER, HERE, before=NOW) == ()
    assert store.erasable(MANAGER, HERE, before=LATER) == ("D6", WHO)
    store.erase_person(MANAGER, HERE, WHO, now=LATER)
    assert store.erasable(MANAGER, HERE, before=LATER) == ("D6",)


@pytest.mark.parametrize(
    "change",
    [
        "UPDATE outcome SET code = 'PAID_FULL' WHERE debtor_id = 'D1'",
        "UPDATE outcome SET paid_minor = 1, note = '' WHERE debtor_id = 'D1'",
        "UPDATE outcome SET note = '' WHERE debtor_id = 'D2'",
        "DELETE FROM outcome WHERE debtor_id = 'D1'",
        "DELETE FROM review WHERE debtor_id = 'D1'",
        "UPDATE audit_entry SET who = 'nobody'",
        "DELETE FROM audit_entry",
        "UPDATE plan SET created_by = 'nobody'",
        "UPDATE account_state SET overdue_minor = 1 WHERE debtor_id = 'D1'",
    ],
)
def test_even_while_a_person_is_erased_no_figure_can_be_changed(database: Database, change: str) -> None:
    store = database.open()
    rows = [outcome("o1"), outcome("o2", debtor_id="D2")]
    store.save_outcomes(MANAGER, HERE, outcomes(*rows), now=NOW)
    store.save_reviews(MANAGER, HERE, reviews(review()), TERMS, now=NOW)
    store.close()
    engine = connect(database.url)

    def attempt() -> None:
        with writing(engine, HERE, scope_of(MANAGER)) as connection:
            connection.execute(metadata.tables["erasing"].insert().values(branch=HERE, debtor_id="D1"))
            connection.exec_driver_sql(change)

    with pytest.raises(sa.exc.IntegrityError, match="append-only"):
        attempt()
    engine.dispose()
