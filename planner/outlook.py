"""What a district promises before any plan is made, and how to go there: on foot, on a round, for a day, or not at all.

Every district is looked at with the same effort, one crew for the week, so that districts can be compared: how many
visits a crew-day makes, how many minutes each takes, what a field hour brings, and from what value on a visit pays.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any
from zoneinfo import ZoneInfo

import numpy as np
import pandas as pd

from geodata.roads import RoadEngine
from planner.advice import Advice, Terms, Why, advised
from planner.domain import Crew, Shift
from planner.expected import ROUNDS, USED, CrewTime, Expected, by_slot, crew_time, expected
from planner.tables import INT, REAL, TEXT, Schema, conform, empty
from planner.value.parameters import Slot
from planner.ways import Ways, ways

#: One row a district. ``crew_days`` are those that the effort has and ``days_used`` what the visits take of them;
#: ``travel_min`` and ``door_min`` add up to ``minutes_per_visit``, the way out and back being part of travel;
#: ``out_and_back_min`` is that way for one crew-day. ``visits_worth`` counts those who bring more than their time
#: costs, ``days_worth`` the crew-days they would fill, ``foot_share`` the share of the legs between them that are
#: quicker on foot. What is not defined without a visit is NaN.
OUTLOOK: Schema = {
    "region": TEXT,
    "branch": TEXT,  # from where the crew goes out
    "debtors": INT,  # who may be visited by this crew
    "crew_days": INT,
    "days_used": REAL,
    "visits": REAL,
    "visits_per_crew_day": REAL,
    "minutes_per_visit": REAL,
    "travel_min": REAL,
    "door_min": REAL,
    "out_and_back_min": REAL,
    "value_per_visit_minor": REAL,
    "value_per_hour_minor": REAL,
    "break_even_visit_minor": REAL,
    "break_even_hour_minor": REAL,
    "visits_worth": INT,
    "days_worth": REAL,
    "foot_share": REAL,
    "advice": TEXT,
    "why": TEXT,
    "roads_estimated": "bool",
}


@dataclass(frozen=True)
class Effort:
    """What goes into every district: a crew and its shifts, and from where it starts."""

    start: tuple[float, float]
    crew: Crew
    shifts: tuple[Shift, ...]


def one_crew(crews: Sequence[Crew], shifts: Sequence[Shift]) -> Effort | None:
    """Give the crew with most time, able to do what any crew of its branch can; None where nobody works."""
    seconds = {
        crew.crew_id: sum((one.ends - one.starts).total_seconds() for one in shifts if one.crew_id == crew.crew_id)
        for crew in crews
    }
    if not any(seconds.values()):
        return None
    crew = max(crews, key=lambda one: (seconds[one.crew_id], one.crew_id))
    able = frozenset(skill for one in crews for skill in one.skills)
    return Effort(crew.start, replace(crew, skills=able), tuple(s for s in shifts if s.crew_id == crew.crew_id))


def located(options: pd.DataFrame, surveyed: pd.DataFrame, places: pd.DataFrame) -> pd.DataFrame:
    """Give the candidates' options with ``branch`` and ``region`` of the debtor, ``lon`` and ``lat`` of the place."""
    whose = options.merge(surveyed[["debtor_id", "branch", "region"]], on="debtor_id")
    return whose.merge(places[["place_id", "lon", "lat"]], on="place_id")


@dataclass(frozen=True)
class Prospect:
    """What a district offers to a crew: options by slot, the ways between them, and the time that there is.

    ``seen`` is None where nobody may be visited or no road leads anywhere; ``why`` then says which.
    """

    branch: str
    offers: pd.DataFrame
    seen: Ways | None
    time: CrewTime
    terms: Terms
    why: Why = Why.NEITHER

    def week(self) -> Expected | None:
        """Give the week that the crew can expect; None without a way to anybody."""
        return self.of_days(self.time.crew_days)

    def of_days(self, crew_days: float) -> Expected | None:
        """Give what so many crew-days like the crew's own can expect."""
        if self.seen is None:
            return None
        share = crew_days / self.time.crew_days
        time = CrewTime(crew_days, {slot: share * seconds for slot, seconds in self.time.seconds.items()})
        cost_per_s = self.terms.crew_day_minor * self.time.crew_days / sum(self.time.seconds.values())
        seen = self.seen
        return expected(self.offers, seen.xy, seen.depot_s, seen.law, time, travel_minor_per_s=cost_per_s)


def prospects(
    options: pd.DataFrame,
    efforts: Mapping[str, Effort],
    roads: RoadEngine,
    slots: Sequence[Slot],
    zone: ZoneInfo,
    conditions: Mapping[str, Terms],
) -> dict[str, Prospect]:
    """Look at every district, in the order of their codes; "" is outside every district and left out.

    Parameters
    ----------
    options
        As ``located`` gives them.
    efforts, conditions
        By branch; a district is visited from the branch that has most debtors there. Debtors of branches without
        an effort are left out.
    roads
        Asked for a sample of each district, at most 65 points.

    Raises
    ------
    geodata.roads.RoadFailure
        If the engine gives no answer.
    """
    here = options[(options["region"] != "") & options["branch"].isin(list(efforts))]
    found = {}
    for region, mine in here.groupby("region", sort=True):
        counts = mine.drop_duplicates("debtor_id")["branch"].value_counts()
        branch = str(sorted(counts.index, key=lambda code: (-counts[code], code))[0])
        found[str(region)] = prospect(branch, mine, efforts[branch], roads, slots, zone, conditions[branch])
    return found


def prospect(
    branch: str,
    options: pd.DataFrame,
    effort: Effort,
    roads: RoadEngine,
    slots: Sequence[Slot],
    zone: ZoneInfo,
    conditions: Terms,
) -> Prospect:
    """Look at the debtors of one district, or any others."""
    time = crew_time(effort.shifts, slots, zone)
    offers = by_slot(options.dropna(subset=["lon", "lat"]), [effort.crew], effort.shifts, slots, zone)
    if offers.empty:
        return Prospect(branch, offers, None, time, conditions, Why.NOBODY)
    try:
        seen = ways(offers[["lon", "lat"]].to_numpy(float), effort.start, roads)
    except ValueError:
        return Prospect(branch, offers, None, time, conditions, Why.NO_ROAD)
    return Prospect(branch, offers, seen, time, conditions)


def outlook(of: Mapping[str, Prospect]) -> pd.DataFrame:
    """Give one row a district in the order given (``OUTLOOK``)."""
    rows = [{"region": region, "branch": one.branch} | district(one) for region, one in of.items()]
    return conform(pd.DataFrame(rows), OUTLOOK) if rows else empty(OUTLOOK)


def district(of: Prospect) -> dict[str, Any]:
    """Give the figures and the advice for one district (``OUTLOOK`` without names)."""
    nothing = no_visit(of.time, of.offers["debtor_id"].nunique())
    told = of.week()
    if told is None or of.seen is None:
        return nothing | {"why": of.why.value}
    if not told.visits:
        return nothing | {"why": why_nobody(of, of.seen).value}
    row = figures(told, of.time, of.terms) | advised(told, of.offers, of.seen, of.time, of.terms)
    if row["advice"] != Advice.NOT_BY_VISIT:
        return row
    return only_some(of, told) or row


def why_nobody(of: Prospect, seen: Ways) -> Why:
    """Say why nobody is visited although somebody may be: no road, no time, or nobody brings what the way costs."""
    if not np.isfinite(seen.depot_s).any():
        return Why.NO_ROAD
    way_minor = 2 * seen.depot_s * second_minor(of)
    return Why.TOO_FAR if (of.offers["value_minor"].to_numpy(float) > way_minor).any() else Why.BELOW_BREAK_EVEN


def second_minor(of: Prospect) -> float:
    """Give what a second of the crew costs, in minor units."""
    return of.terms.crew_day_minor * of.time.crew_days / (USED * sum(of.time.seconds.values()))


def only_some(of: Prospect, told: Expected) -> dict[str, Any] | None:
    """Look at those alone who bring more than their own time costs; None where they do not pay either.

    The best visits of a week may cost more than they bring because most are poor: that is no reason to leave the rest.
    """
    one = of
    for _ in range(ROUNDS):  # the fewer are visited, the more of the way out falls to each
        one = worthwhile(one, told)
        again = one.week()
        if again is None or one.seen is None or not again.visits:
            return None
        told = again
        row = figures(told, one.time, one.terms) | advised(told, one.offers, one.seen, one.time, one.terms)
        if row["advice"] != Advice.NOT_BY_VISIT:
            return row | {"debtors": of.offers["debtor_id"].nunique(), "why": Why.ONLY_SOME.value}
    return None


def worthwhile(of: Prospect, told: Expected) -> Prospect:
    """Leave only the options that bring more than their time costs, the ways being as long as in the week told."""
    takes_s = of.offers["service_s"].to_numpy(float) + (told.legs_s + told.out_and_back_s) / told.visits
    pays = of.offers["value_minor"].to_numpy(float) > second_minor(of) * takes_s
    seen = of.seen and replace(of.seen, xy=of.seen.xy[pays], depot_s=of.seen.depot_s[pays])
    return replace(of, offers=of.offers[pays].reset_index(drop=True), seen=seen)


def no_visit(time: CrewTime, debtors: int) -> dict[str, Any]:
    """Give the row of a district where no visit is made."""
    unknown = {name: np.nan for name, kind in OUTLOOK.items() if kind == REAL}
    zero = {"debtors": debtors, "crew_days": time.crew_days, "days_used": 0.0, "visits": 0.0, "visits_worth": 0}
    return unknown | zero | {"advice": Advice.NOT_BY_VISIT.value, "roads_estimated": False}


def figures(told: Expected, time: CrewTime, conditions: Terms) -> dict[str, Any]:
    """Give the rates, and from when on they pay."""
    day_s = USED * sum(time.seconds.values()) / time.crew_days
    field_s = told.field_hours * 3600
    # A crew that is back early does something else with the rest of its day.
    days = field_s / day_s
    return {
        "crew_days": time.crew_days,
        "days_used": days,
        "visits": told.visits,
        "visits_per_crew_day": told.visits / days,
        "minutes_per_visit": field_s / told.visits / 60,
        "travel_min": (told.legs_s + told.out_and_back_s) / told.visits / 60,
        "door_min": told.service_s / told.visits / 60,
        "out_and_back_min": told.out_and_back_s / told.days / 60,
        "value_per_visit_minor": told.value_minor / told.visits,
        "value_per_hour_minor": told.value_minor / told.field_hours,
        "break_even_visit_minor": conditions.crew_day_minor * days / told.visits,
        "break_even_hour_minor": conditions.crew_day_minor * days / told.field_hours,
    }
