"""Turns a branch's week into a planning problem: the only place where the domain becomes solver integers.

Visits are debtors, options their permitted windows with what a visit is worth then (in currency units, so that what
the search says of values can be read), places the rows of the travel matrix: first the crews' starts and ends, then
wherever a debtor may be met.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import numpy as np
import pandas as pd

from geodata.roads import RoadEngine, TravelTimes
from geodata.roads.travel import OnCells, unheard
from planner import routing
from planner.domain import Branch, Crew, Shift

#: columns of the candidates that go into the plan's context, so that a value can be explained later
PARTS = (
    *("p_address", "p_there", "p_right", "p_met"),
    *("pays_now_minor", "promises_minor", "paid_anyway_minor", "information_minor", "evidence_minor"),
    *("worth_minor", "instead_minor", "value_low_minor", "value_high_minor", "visits_behind", "slot"),
)


@dataclass(frozen=True)
class Question:
    """A problem and what is needed to read its answer.

    ``places`` has one row a matrix row: ``place_id``, ``debtor_id``, ``kind``, ``lon``, ``lat``; the crews' own places
    have an empty ``debtor_id``. ``options`` gives, for each visit, the facts of its options in the problem's order.
    """

    problem: routing.Problem
    times: TravelTimes
    places: pd.DataFrame
    options: Mapping[str, list[dict[str, Any]]]


def ask(
    monday: datetime,
    crews: Sequence[Crew],
    shifts: Sequence[Shift],
    candidates: pd.DataFrame,
    places: pd.DataFrame,
    needs: Mapping[str, str],
    roads: RoadEngine,
    *,
    travel_cost_per_s: float,
    hour_factors: tuple[float, ...] | None = None,
    on_cells: OnCells = unheard,
) -> Question:
    """Pose the week as a problem.

    Parameters
    ----------
    monday
        Midnight at the start of the week, with its zone: the origin of all times.
    candidates
        One row an option, as ``planner.value.candidates`` gives them, or with ``worth_minor`` and ``instead_minor`` as
        ``planner.choice`` does; debtors without an option do not appear.
    places
        ``tables.PLACES``.
    needs
        Skills by debtor, separated by blanks.
    hour_factors
        By how much each local hour of departure lengthens a drive, (24,); None: not at all.
    """
    crew_of = {crew.crew_id: crew for crew in crews}
    ends = [spot for crew in crews for spot in (crew.start, crew.end)]
    spots = list(dict.fromkeys(ends))
    rows = places[places["place_id"].isin(candidates["place_id"])].reset_index(drop=True)
    at = pd.concat(
        [
            pd.DataFrame({"place_id": "", "debtor_id": "", "kind": "base", "lon": [s[0] for s in spots]}).assign(
                lat=[s[1] for s in spots]
            ),
            rows[["place_id", "debtor_id", "kind", "lon", "lat"]],
        ],
        ignore_index=True,
    )
    times = roads.travel_times(at[["lon", "lat"]].to_numpy(float), on_cells=on_cells)
    row_of_spot = {spot: k for k, spot in enumerate(spots)}
    row_of_place = {place: k for k, place in enumerate(at["place_id"]) if place}
    visits, facts = visits_of(candidates, row_of_place, needs, monday)
    problem = routing.Problem(
        origin=monday,
        travel_cost_per_s=travel_cost_per_s,
        seconds=times.seconds,
        metres=times.metres,
        visits=visits,
        shifts=tuple(shift_of(shift, crew_of[shift.crew_id], row_of_spot, monday) for shift in shifts),
        hour_factors=hour_factors,
    )
    return Question(problem, times, at, facts)


def visits_of(
    candidates: pd.DataFrame, row_of_place: Mapping[str, int], needs: Mapping[str, str], monday: datetime
) -> tuple[tuple[routing.Visit, ...], dict[str, list[dict[str, Any]]]]:
    """Make one visit a debtor, its options in the order of time."""
    visits, facts = [], {}
    for debtor_id, records in in_order(candidates).items():
        options = tuple(
            routing.Option(
                opens=seconds_after(monday, one["opens_at"]),
                closes=seconds_after(monday, one["closes_at"]),
                value=adds_minor(one) / 100,
                place=row_of_place[one["place_id"]],
                service_s=int(one["service_s"]),
            )
            for one in records
        )
        visits.append(
            routing.Visit(
                id=debtor_id,
                place=row_of_place[records[0]["place_id"]],
                service_s=int(records[0]["service_s"]),
                required=bool(records[0]["required"]),
                needs=frozenset(needs.get(debtor_id, "").split()),
                options=options,
            )
        )
        facts[debtor_id] = [
            {"place_id": str(one["place_id"])} | {part: plain(one[part]) for part in PARTS if part in one}
            for one in records
        ]
    return tuple(visits), facts


def in_order(candidates: pd.DataFrame) -> dict[str, list[dict[Any, Any]]]:
    """Give each debtor's options as the problem numbers them: by time."""
    ordered = candidates.sort_values(["debtor_id", "opens_at", "place_id"], kind="stable")
    found: dict[str, list[dict[Any, Any]]] = {}
    # All at once: a table a debtor would take ten times as long.
    for one in ordered.to_dict("records"):
        found.setdefault(str(one["debtor_id"]), []).append(one)
    return found


def adds_minor(option: Mapping[Any, Any]) -> float:
    """Give what the search may earn with an option: its worth beyond the cheaper channel, where that was weighed."""
    return float(option.get("worth_minor", option["value_minor"])) - float(option.get("instead_minor", 0.0))


#: A break begins this long after the start of the shift at the latest. A plan may do without one where the crew is back
#: before it would be over: with a late window seven hours without a meal would be such a plan (engineering choice).
LATEST_MEAL = timedelta(hours=6)


def shift_of(shift: Shift, crew: Crew, row_of_spot: Mapping[tuple[float, float], int], monday: datetime) -> Any:
    """Make a shift of the problem out of a crew's shift."""
    return routing.ProblemShift(
        id=shift.shift_id,
        crew=shift.crew_id,
        start_place=row_of_spot[crew.start],
        end_place=row_of_spot[crew.end],
        starts=seconds_after(monday, shift.starts),
        ends=seconds_after(monday, shift.ends),
        skills=crew.skills,
        breaks=tuple(
            routing.Break(
                seconds_after(monday, pause.opens),
                seconds_after(monday, max(pause.opens, min(pause.closes, shift.starts + LATEST_MEAL))),
                math.ceil(pause.lasts.total_seconds()),
            )
            for pause in shift.breaks
        ),
        max_stops=shift.max_stops,
    )


def midnight(branch: Branch, day: Any) -> datetime:
    """Give midnight at the start of a day where the branch is."""
    return datetime.combine(day, time.min, ZoneInfo(branch.timezone))


def seconds_after(origin: datetime, moment: Any) -> int:
    """Count whole seconds from the origin."""
    return round((pd.Timestamp(moment).to_pydatetime() - origin).total_seconds())


def plain(value: Any) -> Any:
    """Give a value that JSON can say: no numpy numbers, None for unknown."""
    if isinstance(value, np.generic):
        value = value.item()
    if isinstance(value, float):
        return None if math.isnan(value) else round(value, 6)
    return value
