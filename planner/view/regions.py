"""Districts compared: what a visit is worth there, whether debtors are clustered, and how far the past bears it out."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, fields, replace
from datetime import date, datetime, timedelta
from types import MappingProxyType
from typing import Any
from zoneinfo import ZoneInfo

import geopandas as gpd
import pandas as pd
import shapely

from geodata.patterns.inhabited import inhabited_km2
from geodata.patterns.verdict import Verdict, no_reference
from geodata.roads import RoadEngine, StraightLine
from planner.advice import terms
from planner.ahead import Ahead
from planner.cells import Pyramid, points_of, pyramid
from planner.density import changes, payment_scale, recovery_density
from planner.domain import Branch, Principal
from planner.outlook import prospects
from planner.pattern import mark
from planner.rules.pack import RulePack
from planner.store import Store
from planner.tables import INT, REAL, TEXT, Schema, conform
from planner.value.parameters import Parameters
from planner.view.branch_share import WEEKS_BACK, branch_share, coming_days
from planner.view.past_weeks import past_weeks
from planner.view.planned_days import coming_week
from planner.view.spots import spots
from planner.view.travel import Travel, travel_seconds

Tell = Callable[[str], None]
LivedIn = Callable[[gpd.GeoDataFrame], pd.Series]


@dataclass(frozen=True)
class RegionsView:
    """Everything the regions page shows.

    ``districts`` has ``code``, ``name_zh``, ``name_en`` and ``geometry`` (EPSG:4326). ``table`` has one row a district
    in their order: the columns of ``planner.density.recovery_density`` and ``name_zh``, ``name_en``, ``debtors`` (on
    the list), ``customers``, ``overdue_minor``, ``uplift_minor``, ``field_hours``, ``travel_hours``,
    ``inhabited_km2``, ``actual_minor``, ``expected_minor``, and ``uplift_after_minor``, the uplift after the past is
    taken into account (times ``factor``); money in minor units. ``weeks`` counts the past of each
    district by week (``planner.view.past_weeks.WEEKS``), ``changes`` says of each whether its last whole weeks differ
    from those before (``planner.density.CHANGES``; which weeks: ``planner.density.periods(until)``). ``spots`` are the
    squares in which past visits paid more or less often than expected (``planner.view.spots.SPOTS``). ``ahead`` says
    what crews can expect in each district before any plan. ``verdicts`` by district code, which cannot be written to.
    ``scale_minor`` is the variance of recovery by its mean (NaN before the first payment). ``elsewhere`` counts debtors
    outside every district, ``barred`` those who may not be visited now.
    """

    districts: gpd.GeoDataFrame
    table: pd.DataFrame
    weeks: pd.DataFrame
    changes: pd.DataFrame
    spots: pd.DataFrame
    ahead: Ahead
    verdicts: Mapping[str, Verdict]
    travel: Travel
    scale_minor: float
    level: float
    since: date
    until: date
    days: tuple[date, ...]
    week: str
    customers: int
    outcomes: int
    elsewhere: int
    barred: int
    currency: str


@dataclass(frozen=True)
class Comparison:
    """The districts compared, and the same people counted in squares; the squares' arrays cannot be written to."""

    view: RegionsView
    squares: Pyramid

    def lent(self) -> Comparison:
        """Give the same for one reader, who may write to its tables: what is written to is copied then, not before."""
        tables = {one.name: getattr(self.view, one.name) for one in fields(self.view)}
        own: dict[str, Any] = {
            name: table.copy(deep=False) for name, table in tables.items() if isinstance(table, pd.DataFrame)
        }
        return replace(self, view=replace(self.view, **own))


def comparison(
    store: Store,
    principal: Principal,
    branches: Sequence[Branch],
    packs: Mapping[str, RulePack],
    parameters: Parameters,
    *,
    now: datetime,
    roads: RoadEngine | None = None,
    lived_in: LivedIn | None = None,
    level: float = 0.8,
    tell: Tell = lambda _: None,
) -> Comparison:
    """Compare the districts of one road region over the branches given, and count the same people in squares.

    No plan is read: lay ``view.ahead`` beside those of ``view.week`` by ``planner.view.planned_days``.

    Parameters
    ----------
    branches
        Branches of the principal in the same road region, at least one.
    packs
        Rule packs by code.
    roads
        Asked for a sample of each district; None for the straight line, which the outlook then says.
    lived_in
        Gives the inhabited km² of districts by code, as the region's map has them; None: where customers live.
    level
        Share of the intervals.
    tell
        Told what is being done: ``branch CODE``, ``verdicts``, ``density``, ``outlook``.

    Raises
    ------
    ValueError
        If no branch is given or they lie in different road regions.
    """
    if len({one.road_region for one in branches}) != 1:
        raise ValueError("districts are compared within one road region")
    first = branches[0]
    today = now.astimezone(ZoneInfo(first.timezone)).date()
    districts = shapes(store.regions(principal, first.road_region))
    shares = []
    for one in branches:
        tell(f"branch {one.code}")
        shares.append(branch_share(store, principal, one, packs[one.rule_pack], parameters, now=now))
    outcomes = together([one.outcomes for one in shares])
    options = together([one.options for one in shares])
    starts = {one.branch.code: (one.branch.lon, one.branch.lat) for one in shares}
    travel, seconds = travel_seconds(
        options, outcomes, starts, visits_a_day=parameters.visits_per_day_urban.value, zone=ZoneInfo(first.timezone)
    )
    options = options.assign(travel_s=seconds)
    surveyed, customers = together([one.surveyed for one in shares]), together([one.customers for one in shares])
    homes = together([one.homes for one in shares])
    tell("verdicts")
    verdicts = district_verdicts(homes, customers)
    tell("density")
    past = together([one.past for one in shares])
    table = district_table(districts, surveyed, customers, options, past, lived_in)
    scale = payment_scale(past)
    density = recovery_density(table, past, scale_minor=scale, level=level).drop(columns=["visits", "outcomes"])
    table = table.merge(density, on="region")
    table["uplift_after_minor"] = table["uplift_minor"] * table["factor"]
    known = set(districts["code"])
    tell("outlook")
    zone = ZoneInfo(first.timezone)
    efforts = {one.branch.code: one.effort for one in shares if one.effort is not None}
    conditions = {
        one.branch.code: terms(parameters, packs[one.branch.rule_pack], one.effort.crew)
        for one in shares
        if one.effort is not None
    }
    offered = together([one.offered for one in shares])
    offered = offered[offered["region"].isin(known)]
    ahead = prospects(offered, efforts, roads or StraightLine(), parameters.slots, zone, conditions)
    view = RegionsView(
        districts=districts,
        table=table,
        weeks=past_weeks(past, pd.Index(districts["code"]), until=today, weeks=WEEKS_BACK),
        changes=changes(past, [str(code) for code in districts["code"]], today=today),
        spots=spots(past),
        ahead=Ahead(ahead),
        verdicts=MappingProxyType({code: verdict for code, verdict in verdicts.items() if code in known}),
        travel=travel,
        scale_minor=scale,
        level=level,
        since=today - timedelta(weeks=WEEKS_BACK),
        until=today,
        days=coming_days(today),
        week=coming_week(coming_days(today)),
        customers=len(customers),
        outcomes=len(past),
        elsewhere=int((~surveyed["region"].isin(known)).sum()),
        barred=int((~surveyed["debtor_id"].isin(options["debtor_id"])).sum()),
        currency=first.currency,
    )
    return Comparison(view, pyramid(points_of(homes, options, surveyed, customers)))


def shapes(regions: pd.DataFrame) -> gpd.GeoDataFrame:
    """Give the stored districts with their geometry (EPSG:4326)."""
    geometry = shapely.from_geojson(regions["geojson"].to_numpy(object))
    return gpd.GeoDataFrame(regions[["code", "name_zh", "name_en"]], geometry=geometry, crs=4326)


def together(parts: Sequence[pd.DataFrame]) -> pd.DataFrame:
    """Put the branches' tables under each other; those without rows only lend their columns."""
    filled = [part for part in parts if len(part)]
    return pd.concat(filled or [parts[0]], ignore_index=True)


def district_verdicts(homes: pd.DataFrame, customers: pd.DataFrame) -> dict[str, Verdict]:
    """Say of each district whether its debtors are clustered among its customers.

    Where no customers are known nothing can be told, and the verdict says so.
    """
    counts = homes.loc[homes["region"] != "", "region"].value_counts().sort_index()
    if customers.empty or homes.empty:
        return {str(code): no_reference(int(n)) for code, n in counts.items()}
    return mark(homes, customers).verdicts()


#: what a district is counted in, one row a district
COUNTED: Schema = {
    "region": TEXT,
    "name_zh": TEXT,
    "name_en": TEXT,
    "debtors": INT,
    "customers": INT,
    "overdue_minor": REAL,
    "uplift_minor": REAL,
    "visits": INT,
    "travel_hours": REAL,
    "field_hours": REAL,
    "inhabited_km2": REAL,
    "outcomes": INT,
    "actual_minor": REAL,
    "expected_minor": REAL,
    "past_hours": REAL,  # at the door as recorded, travel as a visit of the coming days needs it there
}


def district_table(
    districts: gpd.GeoDataFrame,
    surveyed: pd.DataFrame,
    customers: pd.DataFrame,
    options: pd.DataFrame,
    past: pd.DataFrame,
    lived_in: LivedIn | None = None,
) -> pd.DataFrame:
    """Count each district (``COUNTED``, in the order of the districts); a visit counts where the debtor lives."""
    codes = pd.Index(districts["code"].astype(str), name="region")
    here = options.assign(hours=(options["service_s"] + options["travel_s"]) / 3600, road=options["travel_s"] / 3600)
    best = here.groupby("region").agg(
        uplift_minor=("value_minor", "sum"),
        visits=("debtor_id", "size"),
        travel_hours=("road", "sum"),
        field_hours=("hours", "sum"),
    )
    owed = surveyed.groupby("region").agg(debtors=("debtor_id", "size"), overdue_minor=("overdue_minor", "sum"))
    seen = past.groupby("region").agg(
        outcomes=("paid_minor", "size"),
        actual_minor=("paid_minor", "sum"),
        expected_minor=("expected_minor", "sum"),
        door_s=("door_s", "sum"),
    )
    counted = pd.concat([best.reindex(codes), owed.reindex(codes), seen.reindex(codes)], axis=1).fillna(0)
    km2 = lived_in(districts) if lived_in else inhabited_km2(customers[["lon", "lat"]].to_numpy(float), districts)
    door, way = counted["door_s"] / 3600, counted["travel_hours"] / counted["visits"]  # no visit ahead: way unknown
    table = counted.assign(
        past_hours=door + counted["outcomes"] * way,
        customers=customers["region"].value_counts().reindex(codes).fillna(0),
        inhabited_km2=km2.reindex(codes),
        name_zh=districts["name_zh"].to_numpy(),
        name_en=districts["name_en"].to_numpy(),
    )
    return conform(table.reset_index(), COUNTED)
