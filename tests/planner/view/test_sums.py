"""Whoever may see no row gets figures about many: no id of a debtor in them, and nothing of too few."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import fields, is_dataclass, replace
from datetime import datetime
from typing import Any

import numpy as np
import pandas as pd
import pytest

from config.parameters import load
from config.rules import load_pack
from planner import tables
from planner.cells import FEWEST
from planner.domain import Role
from planner.store import NotAllowed, SavedPlan, Store, counter, migrate, open_store
from planner.view import sums
from tests.dashboard.fakes import ROOT
from tests.planner import factories as told
from tests.planner.conftest import Story
from tests.planner.factories import WEEK
from tests.planner.factories import principal as of_story
from tests.planner.portfolio.lists import states
from tests.planner.store.factories import HERE, NOW, THERE, principal, source, table
from tests.planner.view.test_regions_view import town

HEAD, MANAGER = principal(Role.REGIONAL_HEAD), principal()
PACKS, PARAMETERS = {"CN": load_pack("CN")}, load()
LONELY = ("D900", "D901", "D902")


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Store]:
    """The small town, with three more debtors in a district of their own who owe much."""
    url = f"sqlite:///{tmp_path_factory.mktemp('sums') / 'town.sqlite'}"
    migrate(url)
    made = open_store(url)
    town(made)
    rows = [
        {"debtor_id": one, "branch": HERE, "region": "N", "group": "individual", "case_id": f"K{one}"}
        | {"overdue_minor": 777_777_00, "days_past_due": 40, "as_of_on": "2026-11-20", "place_id": f"P{one}"}
        | {"kind": "home", "accuracy_m": 10.0, "due_on": "2026-11-01", "lon": 103.85 + k / 1000, "lat": 30.75}
        for k, one in enumerate(LONELY)
    ]
    listed = {
        name: table(schema, rows)
        for name, schema in (
            ("debtors", tables.DEBTORS), ("accounts", tables.ACCOUNTS), ("places", tables.PLACES))}  # fmt: skip
    made.save_import(MANAGER, HERE, listed, **source("9" * 64))
    yield made
    made.close()


def compared(store: Store, who: Any, now: datetime = NOW) -> Any:
    return sums.comparison(store, who, store.branches(who), PACKS, PARAMETERS, now=now)


def said(value: Any) -> Iterator[str]:
    """Give everything that an answer holds."""
    if isinstance(value, pd.DataFrame):
        yield value.to_csv()
    elif isinstance(value, Mapping):
        for key, one in value.items():
            yield str(key)
            yield from said(one)
    elif isinstance(value, tuple | list):
        for one in value:
            yield from said(one)
    elif is_dataclass(value):
        for one in fields(value):
            yield from said(getattr(value, one.name))
    elif not isinstance(value, np.ndarray):
        yield repr(value)


def ids_in(value: Any, store: Store) -> set[str]:
    people, cases = store.debtors(MANAGER, HERE)["debtor_id"], store.accounts(MANAGER, HERE)["case_id"]
    words = set(re.findall(r"[\w-]+", "\n".join(said(value))))
    return words & {*people, *cases, *store.places(MANAGER, HERE)["place_id"]}


def test_a_head_gets_the_comparison_without_anybodys_id(story_store: Store) -> None:
    """Over a branch whose crews work in the coming days: its outlook is made of single offers."""
    found, theirs = (compared(story_store, one, told.NOW) for one in (HEAD, MANAGER))
    assert found.view.ahead.of
    assert ids_in(found, story_store) == set()
    assert ids_in(theirs, story_store), "the control: a manager's holds ids"


def test_what_is_of_many_is_told_as_to_a_manager(store: Store) -> None:
    found, theirs = compared(store, HEAD), compared(store, MANAGER)
    west = [one.view.table.set_index("region").loc["W"] for one in (found, theirs)]
    assert west[0]["uplift_after_minor"] == pytest.approx(west[1]["uplift_after_minor"])
    assert west[0]["debtors"] == west[1]["debtors"] == 60


def test_a_district_of_three_says_nothing_of_them(store: Store) -> None:
    found, theirs = compared(store, HEAD), compared(store, MANAGER)
    assert theirs.view.table.set_index("region").loc["N", "overdue_minor"] == 3 * 777_777_00
    north = found.view.table.set_index("region").loc["N"]
    numbers = [name for name in north.index if name not in (*sums.OF_THE_GROUND, "assumption", "funnel")]
    assert pd.to_numeric(north[numbers]).isna().all()
    assert (found.view.ahead.row("N"), "N" in found.view.verdicts) == (None, False)
    assert "N" not in set(found.view.ahead.crew_days()["region"])
    assert np.nansum(found.view.table["overdue_minor"]) == theirs.view.table["overdue_minor"].sum() - 3 * 777_777_00


def test_weeks_and_changes_of_a_few_visits_are_not_told(store: Store) -> None:
    view = compared(store, HEAD).view
    weeks, changes = view.weeks, view.changes
    busy = weeks["visits"] > 0
    few = replace(view, weeks=weeks.assign(visits=weeks["visits"].where(~busy, 4)),
                  changes=changes.assign(visits_before=3, before=0.5))  # fmt: skip
    kept = sums.kept_back(few)
    assert kept.weeks.loc[busy, ["actual_minor", "expected_minor", "hours"]].isna().all(axis=None)
    assert kept.changes["before"].isna().all()
    assert set(kept.changes["answer"]) == {"too_few"}


@pytest.mark.parametrize(("visits", "told"), [([20, 8, 3], False), ([20, 3, 3], True), ([20, 8, 0], True)])
def test_the_weeks_of_all_count_what_is_kept_back_of_enough(visits: list[int], told: bool) -> None:
    every = sum(visits)
    weeks = pd.DataFrame({"region": ["W", "E", "N", ""], "week_on": pd.Timestamp("2026-11-16"), "payments": 0,
                          "visits": [*visits, every], "actual_minor": 100.0 * np.array([*visits, every]),
                          "expected_minor": 1.0, "hours": 2.0})  # fmt: skip
    kept = sums.weeks_told(weeks, {"W", "E", "N"}).set_index("region")["actual_minor"]
    assert kept["W"] == 2000
    assert (kept[""] == 100 * every) == told
    assert pd.isna(kept[""]) != told
    assert kept.isna().tolist()[1:3] == [0 < one < FEWEST for one in visits[1:]]


def test_the_lists_come_without_whose_accounts_they_are(store: Store) -> None:
    found = sums.risk_of(store, HEAD, store.branches(HEAD), now=NOW)
    theirs = sums.risk_of(store, MANAGER, store.branches(MANAGER), now=NOW)
    assert ids_in(found, store) == set()
    assert ids_in(theirs, store)
    assert set(found.now["region"]) == {"E", ""}, "three alone would be the whole less the two others"
    assert found.now["overdue_minor"].sum() == theirs.now["overdue_minor"].sum()
    assert found.now["debtor_id"].nunique() == theirs.now["debtor_id"].nunique()
    assert found.cut(region="").now.empty is False
    assert len(theirs.cut(region="N").now) == 3
    assert found.cut(region="N").now.empty
    three = replace(found, now=found.now[found.now["region"] == ""].head(3).assign(region="N"))
    assert three.cut(region="N").now.empty, "a part that is about three is not given"


def test_what_is_late_of_a_few_is_hidden_and_what_is_left_beside_it_too(store: Store) -> None:
    found = sums.risk_of(store, HEAD, store.branches(HEAD), now=NOW)
    assert found.hides(found.now, 30), "three are more than 30 days past due"
    assert not found.hides(found.now, 60), "nobody is more than 60"
    assert not replace(found, fewest=0).hides(found.now, 30)
    early = found.now.assign(days_past_due=[5] * 4 + [90] * (len(found.now) - 4))
    assert found.hides(early, 30)


def listed(sizes: Mapping[str, Mapping[int, int]], column: str = "region") -> pd.DataFrame:
    """Debtors by segment and days past due, one account each."""
    rows = [(name, days) for name, by in sizes.items() for days, n in by.items() for _ in range(n)]
    found = states({"2026-11-20": {f"k{k}": days for k, (_, days) in enumerate(rows)}})
    return found.assign(**{column: [name for name, _ in rows]})


@pytest.mark.parametrize(
    ("sizes", "told"),
    [
        ({"W": 40, "E": 22, "N": 1}, {"W"}),
        ({"W": 40, "E": 22, "N": 1, "": 4}, {"W", "E"}),
        ({"W": 40, "E": 22, "": 5}, {"W", "E"}),
        ({"W": 40, "E": 22}, {"W", "E"}),
        ({"W": 3, "": 1}, set()),
    ],
)
def test_small_districts_together_are_nobody_or_enough(sizes: dict[str, int], told: set[str]) -> None:
    assert sums.districts_told(listed({name: {10: n} for name, n in sizes.items()})) == told


def test_between_two_thresholds_nobody_or_enough(store: Store) -> None:
    """Of thirty debtors one lies between 31 and 60 days: the amounts beyond 30 and beyond 60 differ by his."""
    view = sums.risk_of(store, HEAD, store.branches(HEAD), now=NOW)
    one = replace(view, now=listed({"W": {10: 14, 45: 1, 75: 7, 100: 8}}))
    assert one.told(one.now) == (30, 90)
    assert replace(view, now=listed({"W": {10: 14, 75: 7, 100: 8}})).told(listed({"W": {10: 9, 75: 7}})) == (30, 60, 90)
    assert replace(one, fewest=0).told(one.now) == (30, 60, 90)


@pytest.mark.parametrize("dimension", ["region", "product"])
def test_the_whole_less_what_is_told_is_of_nobody_or_enough(store: Store, dimension: str) -> None:
    view = sums.risk_of(store, HEAD, store.branches(HEAD), now=NOW)
    sizes = {"card": {10: 20, 95: 20}, "auto_loan": {10: 9, 95: 9}, "mortgage": {10: 10, 95: 2}}
    found = replace(view, now=listed(sizes, dimension))
    assert found.told_of(dimension) == {"card": (30, 60, 90), "auto_loan": (), "mortgage": ()}
    part = found.cut(**{dimension: "auto_loan"})
    assert [part.hides(part.now, days) for days in (30, 60, 90)] == [True] * 3
    few = replace(view, now=listed({**sizes, "mortgage": {95: 1}}, dimension))
    assert few.told_of(dimension) == {"card": (30, 60, 90), "auto_loan": (), "mortgage": ()}
    many = replace(view, now=listed({**sizes, "mortgage": {10: 5, 95: 5}}, dimension))
    assert set(many.told_of(dimension).values()) == {(30, 60, 90)}


def test_published_plans_are_told_as_sums(story: Story, story_store: Store) -> None:
    head = of_story(Role.REGIONAL_HEAD)
    here = story_store.branches(head)
    (row,) = sums.plan_sums(story_store, head, here, [WEEK]).to_dict("records")
    metrics = story.first.metrics["plan"]
    assert (row["plan_id"], row["visits"]) == (story.first.plan_id, metrics["visits"])
    assert row["value_minor"] == pytest.approx(100 * metrics["value"])
    assert row["recorded"] >= FEWEST
    assert row["roads_estimated"] == story.first.context["roads_estimated"]
    many = sums.plan_sums(story_store, head, here, [WEEK], fewest=10_000).to_dict("records")[0]
    assert all(np.isnan(many[name]) for name in ("visits", "value_minor", "field_hours", "recorded", "paid_minor"))
    nothing = sums.plan_sums(story_store, head, here, ["2031-W01"]).to_dict("records")[0]
    assert (nothing["plan_id"], nothing["recorded"]) == ("", 0)


@pytest.mark.parametrize("role", sorted(set(Role) - {Role.REGIONAL_HEAD}))
def test_nobody_else_counts_for_another(role: Role) -> None:
    with pytest.raises(NotAllowed):
        counter(principal(role), [HERE])


def test_a_head_counts_at_his_own_branches_only(store: Store) -> None:
    assert counter(HEAD, [HERE]).branches == {HERE}
    for branches in ([THERE], [HERE, THERE]):
        with pytest.raises(NotAllowed):
            counter(HEAD, branches)
    with pytest.raises(NotAllowed):
        counter(None, [HERE])
    with pytest.raises(NotAllowed):
        sums.risk_of(store, principal(Role.ADMINISTRATOR), store.branches(MANAGER), now=NOW)


def test_the_programs_reader_is_asked_for_in_one_place() -> None:
    """Whoever had it could hand out rows: only what leaves ``planner.view.sums`` is counted."""
    uses = {
        path.relative_to(ROOT).as_posix()
        for folder in ("dashboard", "planner", "config")
        for path in (ROOT / folder).rglob("*.py")
        if re.search(r"\bcounter\(", path.read_text(encoding="utf-8"))
    }
    assert uses == {"planner/store/access.py", "planner/view/sums.py"}


def test_saved_plans_are_none_of_a_heads(story: Story, story_store: Store) -> None:
    plan: SavedPlan = story.first
    for call in (
        lambda who: story_store.plan(who, plan.plan_id),
        lambda who: story_store.plans(who, plan.branch, plan.week),
    ):
        with pytest.raises(NotAllowed):
            call(of_story(Role.REGIONAL_HEAD))
