"""Opens a saved plan to be changed: its problem on the roads that it was made with, and what the rules read it by."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property
from zoneinfo import ZoneInfo

from geodata.roads import RoadEngine
from geodata.roads.travel import OnCells, TravelTimes, unheard
from planner import editing, routing
from planner.agency import with_bank
from planner.domain import Branch, Collector, Crew, Principal
from planner.door_times import door_times, travel_spread
from planner.editing import Doors, Draft
from planner.means import Means
from planner.reading import tables_of
from planner.rules.facts import Facts
from planner.rules.needs import duties_of
from planner.rules.pack import RulePack
from planner.saved_times import problem_of, times_of
from planner.store import SavedPlan, Store
from planner.times import of_plan
from planner.value.candidates import facts_of
from planner.week import week_days


class OtherRoads(ValueError):
    """The plan was made with other travel times than there are now. One sentence, no names."""


@dataclass(frozen=True, eq=False)
class Known:
    """What the rules read a branch by, as it is at ``now``: its crews, its debtors, what crews must be told."""

    branch: Branch
    crews: Mapping[str, Crew]
    collectors: Mapping[str, Collector]
    facts: Facts
    duties: Mapping[str, tuple[str, ...]]


@dataclass(frozen=True, eq=False)
class Desk:
    """A saved plan opened to be changed. Opening takes a moment, weighing a change does not."""

    saved: SavedPlan
    plan: routing.Plan
    draft: Draft
    doors: Doors
    known: Known
    pack: RulePack
    times: TravelTimes = field(repr=False)

    @cached_property
    def worths(self) -> dict[str, list[float]]:
        """What each option of a visit is worth, in currency units, as the page tells it."""
        return {
            one.id: [
                float(facts.get("worth_minor", 100 * option.value)) / 100
                for option, facts in zip(
                    whole_visit(self.draft, one).options, self.saved.context["options"][one.id], strict=True
                )
            ]
            for one in self.draft.problem.visits
        }


def read_known(
    store: Store, principal: Principal, branch: Branch, week: str, pack: RulePack, *, now: datetime
) -> Known:
    """Read what a change of a week's plan is read by."""
    tables = tables_of(store, principal, branch, now=now, pack=pack)
    collectors = store.collectors(principal, branch.code)
    days = week_days(week)
    return Known(
        branch=branch,
        crews={one.crew_id: one for one in with_bank(store.crews(principal, branch.code), collectors)},
        collectors={one.collector_id: one for one in collectors},
        facts=facts_of(tables, pack, now=now, zone=ZoneInfo(branch.timezone)),
        duties=duties_of(tables.accommodations, first_day=days[0], last_day=days[-1]),
    )


def times_of_desk(saved: SavedPlan, known: Known, roads: RoadEngine, *, on_cells: OnCells = unheard) -> TravelTimes:
    """Give the travel times that a saved plan was made with.

    Raises
    ------
    OtherRoads
        If the roads are not those of the plan.
    """
    times = times_of(saved, roads, crews=known.crews.values(), places=known.facts.places, on_cells=on_cells)
    if times.source != saved.road_source:
        raise OtherRoads("The roads are not those of this plan any more: plan again before you change it.")
    return times


def open_desk(saved: SavedPlan, times: TravelTimes, known: Known, means: Means) -> Desk:
    """Open a saved plan.

    Raises
    ------
    planner.editing.NotThePlan
        If the plan cannot be driven by these times.
    """
    problem = problem_of(saved, times)
    plan = routing.plan_from_dict(saved.plan)
    kept = saved.context.get("edits", {}).get("kept")
    of = editing.draft(problem, plan, None if kept is None else editing.kept_from_dict(kept))
    groups = {name: one["group"] for name, one in saved.context["debtors"].items()}
    parameters = of_plan(saved.context, means.parameters)
    doors = Doors(
        door_times(saved.context["options"], groups, parameters),
        travel_spread(parameters),
        {name: int(one.get("reserve_s", 0)) for name, one in saved.context["shifts"].items()},
    )
    return Desk(saved, plan, of, doors, known, means.pack, times)


def whole_visit(of: Draft, one: routing.Visit) -> routing.Visit:
    """Give a visit as it is when it is not dropped."""
    return of.kept.dropped[one.id].visit if one.id in of.kept.dropped else one
