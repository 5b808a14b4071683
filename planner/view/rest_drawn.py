"""The rest of a route drawn from where the crew is known to be: by the board, and where a day is changed on the way."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from planner.door_times import door_time, travel_spread
from planner.routing.underway import Ahead, Underway, rest_of_route
from planner.routing.windows import may_begin_saved
from planner.store import SavedPlan
from planner.times import of_plan
from planner.value.parameters import Parameters
from planner.view.day_news import said_free
from planner.view.week import RouteView, route_view

DRAWS = 600
Entry = Mapping[str, Any]


def last_entry(route: RouteView, known: Mapping[str, Entry]) -> tuple[list[Entry | None], int]:
    """Give what was recorded of each stop of a route, and which is the last with an entry, -1 for none."""
    entries = [known.get(stop.debtor_id) for stop in route.stops]
    return entries, max((number for number, entry in enumerate(entries) if entry is not None), default=-1)


def still_ahead(route: RouteView, entries: Sequence[Entry | None], last: int, now: datetime) -> list[int]:
    """Give which stops are still to be made, as far as is known.

    One that a later entry overtook is passed once its time or its window is over: until then the crew may come back.
    """
    return [
        number
        for number, (stop, entry) in enumerate(zip(route.stops, entries, strict=True))
        if entry is None and (number > last or now < min(stop.leaves_at, stop.closes_at))
    ]


def drawn(
    saved: SavedPlan,
    found: Mapping[str, Any],
    route: RouteView,
    entry: Entry | None,
    ahead: Sequence[int],
    parameters: Parameters,
    now: datetime,
    free_at: datetime | None = None,
) -> Underway:
    """Draw the rest of a route from the last door that was recorded, else from the start.

    Whoever forgot to write down when he left stands at that door as long as planned; who said since that he is free
    later only (or says so now, ``free_at``), is. Times are those that the plan was made with.
    """
    parameters = of_plan(saved.context, parameters)
    origin = datetime.fromisoformat(saved.problem["origin"])
    visits = {one["id"]: one for one in saved.problem["visits"]}
    shift = next(one for one in saved.problem["shifts"] if one["id"] == route.shift_id)
    opens = min((one["opens"] for one in shift["breaks"]), default=0)
    rural = parameters.rural_groups
    stops, left, legs = found["stops"], float(found["leaves_start"]), []
    for number, stop in enumerate(stops):
        rests = [one for one in found.get("breaks", []) if left <= one["begins"] < stop["begins"]]
        rest_s = float(sum(one["lasts_s"] for one in rests))
        if number in ahead:
            option = visits[stop["visit"]]["options"][stop["option"]]
            facts = saved.context["options"][stop["visit"]][stop["option"]]
            group = saved.context["debtors"][stop["visit"]].get("group")
            somebody = float(facts["p_address"]) * float(facts["p_there"])
            door = door_time(somebody, float(facts["p_right"]), group in rural, parameters)
            drive = max(float(stop["arrives"]) - left - rest_s, 0.0)
            until = may_begin_saved(visits[stop["visit"]], stop["option"])[1]
            legs.append(Ahead(drive, option["opens"], until, door, rest_s, opens))
        left = float(stop["leaves"])
    free = float(found["leaves_start"])
    if entry is not None:
        ended = max(entry["ended_at"], entry["started_at"]).to_pydatetime()
        said = said_free(saved, route.shift_id, entry["started_at"].to_pydatetime())
        free = (max(ended, said or ended) - origin).total_seconds()
    if free_at is not None:
        free = max(free, (free_at - origin).total_seconds())
    home_s = max(float(found["reaches_end"]) - left, 0.0)
    return rest_of_route(
        legs,
        free_from=free,
        now=(now - origin).total_seconds(),
        home_s=home_s,
        ends=(route.shift_ends_at - origin).total_seconds(),
        spread=travel_spread(parameters),
        draws=DRAWS,
    )


def finish_told(
    saved: SavedPlan,
    found: Mapping[str, Any],
    known: Mapping[str, Entry],
    parameters: Parameters,
    now: datetime,
) -> dict[str, Any] | None:
    """Give how the rest of a route will likely go, in the form in which a plan keeps it; None where nothing is left.

    It is what a day that was changed on the way keeps: drawn from the last door recorded, what is over left away.
    """
    route = route_view(saved, found, {})
    entries, last = last_entry(route, known)
    ahead = still_ahead(route, entries, last, now)
    if not ahead:
        return None
    rest = drawn(saved, found, route, entries[last] if last >= 0 else None, ahead, parameters, now)
    return {
        "in_time": rest.in_time,
        "overtime_s": round(rest.overtime_s),
        "returns": [round(one) for one in rest.returns],
        "stops": {
            route.stops[number].debtor_id: {"made": rest.chance([k]), "begins": [round(one) for one in rest.begins[k]]}
            for k, number in enumerate(ahead)
        },
    }


def moment(saved: SavedPlan, seconds: float) -> datetime:
    """Give an instant, whole minutes."""
    return datetime.fromisoformat(saved.problem["origin"]) + timedelta(minutes=round(seconds / 60))
