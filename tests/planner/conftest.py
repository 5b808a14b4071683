"""The story that several tests look at: a list comes in, a week is planned, published, walked, and planned again."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from planner import routing
from planner.domain import Role
from planner.plan import plan_week
from planner.solving import solve_in_child
from planner.store import ImportResult, SavedPlan, Store, open_store
from tests.planner import factories as town
from tests.planner.factories import BRANCH, NEXT_WEEK, NOW, SEEN, WEEK, ZONE, home_of, principal

#: what was met at the doors, by the number of the stop in the week; everybody else negotiated
AT_THE_DOOR = {0: "DISPUTE", 1: "PAID_PART"}
#: the story once it is told: each module that imports the fixture has a fixture of its own, and all read this
TOLD: list[Story] = []


@dataclass(frozen=True)
class Story:
    """What happened, and the database in which it did. ``ids`` gives the debtor by the number of the person."""

    database: Path
    listed: Path
    imported: ImportResult
    ids: dict[int, str]
    first: SavedPlan
    second: SavedPlan

    @property
    def url(self) -> str:
        return f"sqlite:///{self.database}"


def in_process(problem: routing.Problem) -> routing.Plan:
    """Solve quickly and always the same way."""
    return routing.solve(problem, seconds=20, steps=30, workers=1, bound=False)


@pytest.fixture(scope="session")
def story(tmp_path_factory: pytest.TempPathFactory) -> Story:
    """Give the story to read; whoever writes works on a copy."""
    if not TOLD:
        TOLD.append(tell(tmp_path_factory.mktemp("story")))
    return TOLD[0]


def tell(folder: Path) -> Story:
    """Tell the story in a folder."""
    listed = town.write_list(folder / "逾期名单.csv", town.cases())
    store = town.store_at(folder / "story.sqlite")
    imported = town.import_list(store, listed)
    cards = store.contacts(principal(), BRANCH)
    ids = {int(name[-2:]): one for name, one in zip(cards["name"], cards["debtor_id"], strict=True)}
    seen = {"debtor_id": ids[SEEN], "place_id": home_of(store, ids[SEEN])}
    before = town.outcomes(seen | {"started_at": datetime(2026, 11, 12, 10, tzinfo=ZONE)})
    store.save_outcomes(principal(), BRANCH, before, now=NOW)
    means = town.means(store)
    first = plan_week(
        means,
        principal(),
        BRANCH,
        WEEK,
        solve=lambda problem: solve_in_child(problem, seconds=2, seed=1),
        seed=1,
        now=NOW,
    )
    store.publish(principal(), first.plan_id, NOW)
    friday = NOW + timedelta(weeks=1)
    record(store, first, friday)
    second = plan_week(means, principal(), BRANCH, NEXT_WEEK, solve=in_process, seed=1, now=friday)
    store.close()
    return Story(folder / "story.sqlite", listed, imported, ids, first, second)


def record(store: Store, saved: SavedPlan, now: datetime) -> None:
    """Let each crew record what it met at the stops of its routes."""
    origin = datetime.fromisoformat(saved.problem["origin"])
    number = 0
    for route in saved.plan["routes"]:
        crew = saved.context["shifts"][route["shift"]]["crew_id"]
        rows = []
        for stop in route["stops"]:
            place = saved.context["options"][stop["visit"]][stop["option"]]["place_id"]
            code = AT_THE_DOOR.get(number, "NEGOTIATE")
            began, ended = (origin + timedelta(seconds=stop[key]) for key in ("begins", "leaves"))
            rows.append(
                {
                    "outcome_id": f"{crew}-{number}",
                    "debtor_id": stop["visit"],
                    "place_id": place,
                    "crew_id": crew,
                    "plan_id": saved.plan_id,
                    "started_at": began,
                    "ended_at": ended,
                    "recorded_at": ended,
                    "code": code,
                    "paid_minor": 30_000 if code == "PAID_PART" else 0,
                }
            )
            number += 1
        store.save_outcomes(principal(Role.COLLECTOR, crew=crew), BRANCH, town.outcomes(*rows), now=now)


@pytest.fixture
def story_store(story: Story) -> Iterator[Store]:
    """The story's store, to read."""
    store = open_store(story.url, clock=lambda: NOW)
    yield store
    store.close()


@pytest.fixture
def own_store(story: Story, tmp_path: Path) -> Iterator[Store]:
    """A copy of the story's store, to write."""
    shutil.copy(story.database, tmp_path / "own.sqlite")
    store = open_store(f"sqlite:///{tmp_path / 'own.sqlite'}", clock=lambda: NOW)
    yield store
    store.close()
