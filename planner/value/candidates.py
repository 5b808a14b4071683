"""Who could be visited where and when this week, and what each such option is worth: what the plan chooses from.

Survey → clocks → what the rules permit → windows cut at the slots' borders → value → one place a slot → windows that
touch and are worth the same become one again. Options of a debtor never overlap: home in the evening and the shop by
day are options of one visit, each with its own place.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from zoneinfo import ZoneInfo

import pandas as pd

from planner.agency import Agency
from planner.domain import ClockKind, PlaceKind
from planner.rules.facts import Facts
from planner.rules.needs import needs_of
from planner.rules.pack import RulePack
from planner.rules.permit import REMOVED, WINDOWS, permitted
from planner.tables import TEXT, Schema
from planner.value.clocks import clocks
from planner.value.early import overdue_only
from planner.value.exploring import NOT_EXPLORING, Exploration, held_out, with_bonus
from planner.value.learning import Model, learn
from planner.value.parameters import Parameters
from planner.value.slots import split_by_slot
from planner.value.survey import survey
from planner.value.uplift import UPLIFT, addresses_seen, uplift

#: one row an option
OPTIONS: Schema = {
    **WINDOWS,
    "slot": TEXT,  # of the earliest piece
    **UPLIFT,
    "required": "bool",
    "required_reason": TEXT,  # limitation_lapses, guarantee_lapses, ""
    "deadline_on": "datetime64[s]",  # last day of the clock that requires the visit
    "needs": TEXT,  # skills, separated by blanks
}
#: windows that touch become one where their values differ by less than this share
MERGE_WITHIN = 0.05


@dataclass(frozen=True)
class BranchTables:
    """A branch's tables, each as in ``planner.tables``, and its contracts with agencies; ``areas`` as in ``Facts``."""

    debtors: pd.DataFrame
    accounts: pd.DataFrame
    places: pd.DataFrame
    holds: pd.DataFrame
    accommodations: pd.DataFrame
    outcomes: pd.DataFrame
    areas: Mapping[str, frozenset[str]] = field(default_factory=dict)
    agencies: tuple[Agency, ...] = ()


@dataclass(frozen=True)
class Candidates:
    """What can be chosen from, and everything it follows from.

    ``options`` has the columns of ``OPTIONS``; ``removed`` those of ``permit.REMOVED`` with ``required`` and
    ``required_reason``, so that a visit that was due and may not be made is never dropped in silence. Every debtor of
    the survey is in exactly one of the two. ``facts`` is what a finished plan is checked against again; ``set_aside``
    as in ``permit.Permitted``.
    """

    survey: pd.DataFrame
    clocks: pd.DataFrame
    model: Model
    facts: Facts
    options: pd.DataFrame
    removed: pd.DataFrame
    exploring: Exploration = NOT_EXPLORING
    set_aside: Mapping[str, tuple[str, ...]] = field(default_factory=dict)


def candidates(
    tables: BranchTables,
    pack: RulePack,
    parameters: Parameters,
    *,
    days: Sequence[date],
    now: datetime,
    zone: ZoneInfo,
    model: Model | None = None,
    exploring: Exploration | None = None,
) -> Candidates:
    """Find every option of the week.

    Parameters
    ----------
    days
        The days on which some crew works.
    now
        Aware; nothing is offered before it.
    zone
        The branch's time zone.
    model
        What visits are valued by; None, what these very tables teach.
    exploring
        Who is left unvisited by lot, or which visits get a bonus; a required visit is never left.
    """
    facts = facts_of(tables, pack, now=now, zone=zone)
    surveyed, ticking = facts.survey, facts.clocks
    if model is None:
        model = learn(surveyed, tables.places, tables.outcomes, parameters, zone=zone)
    allowed = permitted(facts, pack, days=days)
    due = required_visits(ticking)
    windows, unusable = where_it_counts(allowed.windows, due)
    setting = NOT_EXPLORING if exploring is None else exploring
    windows, unvisited = by_lot(windows, due, setting)
    unusable = pd.concat([unusable, unvisited], ignore_index=True)
    pieces = split_by_slot(windows, parameters.slots, zone)
    valued = uplift(surveyed, tables.places, pieces, model, outcomes=tables.outcomes, clocks=ticking)
    options = with_bonus(merged(best_place(valued), within=MERGE_WITHIN), setting)
    needs = needs_of(surveyed, tables.accommodations, first_day=min(days), last_day=max(days))
    options = with_due(options, due).assign(needs=options["debtor_id"].map(needs).astype("str"))
    removed = pd.concat([allowed.removed, unusable], ignore_index=True)
    return Candidates(
        survey=surveyed,
        clocks=ticking,
        model=model,
        facts=facts,
        options=options[list(OPTIONS)],
        removed=with_due(removed, due)[[*REMOVED, "required", "required_reason"]],
        exploring=setting,
        set_aside=allowed.set_aside,
    )


def facts_of(tables: BranchTables, pack: RulePack, *, now: datetime, zone: ZoneInfo) -> Facts:
    """Give what the rules are applied to, as it is known at a moment (aware)."""
    today = now.astimezone(zone).date()
    seen = addresses_seen(tables.outcomes)
    return Facts(
        survey=survey(tables.debtors, tables.accounts, today=today),
        places=tables.places,
        holds=tables.holds,
        accommodations=tables.accommodations,
        outcomes=tables.outcomes,
        clocks=clocks(
            overdue_only(tables.accounts),
            pack.clocks,
            today=today,
            places=tables.places,
            bad_places=seen.index[seen == "moved"],
        ),
        zone=zone,
        now=now,
        areas=tables.areas,
        agencies=tables.agencies,
    )


def required_visits(ticking: pd.DataFrame) -> pd.DataFrame:
    """Give, by debtor id, the clock that requires a visit: the one that ends first."""
    due = ticking[ticking["visit_needed"]].sort_values(["ends_on", "kind"], kind="stable")
    first = due.drop_duplicates("debtor_id").set_index("debtor_id")
    reasons = {ClockKind.LIMITATION.value: "limitation_lapses", ClockKind.GUARANTEE.value: "guarantee_lapses"}
    return pd.DataFrame({"required_reason": first["kind"].map(reasons).astype("str"), "deadline_on": first["ends_on"]})


def where_it_counts(windows: pd.DataFrame, due: pd.DataFrame) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Keep the windows in which a visit does what it is for, and name the debtors who have none left.

    A notice is signed by the debtor, a guarantee is demanded from the guarantor, both while the clock still runs. The
    guarantor and the collateral are visited for nothing else, since no source says what such a visit brings.
    """
    reason = reasons_of(windows, due)
    deadline = pd.Series(due["deadline_on"].reindex(windows["debtor_id"]).to_numpy(), index=windows.index)
    guarantor = windows["kind"] == PlaceKind.GUARANTOR
    own = ~windows["kind"].isin([PlaceKind.GUARANTOR, PlaceKind.COLLATERAL])
    keep = own.where(reason != "guarantee_lapses", guarantor) & ~(windows["day"] > deadline)
    kept = windows[keep]
    lost = windows.loc[~windows["debtor_id"].isin(kept["debtor_id"].unique()), "debtor_id"].drop_duplicates()
    late = lost.isin(due.index)
    unusable = pd.DataFrame(
        {
            "debtor_id": lost,
            "code": late.map({True: "too_late_for_clock", False: "no_own_place"}),
            "article": "",
            "detail": late.map(
                {
                    True: "The clock ends before the first day on which the visit is permitted.",
                    False: "Only the guarantor's place or the collateral is known.",
                }
            ),
            "action": late.map(
                {
                    True: "Sue, apply for arbitration, or have the notice served before the clock ends.",
                    False: "Find out where the debtor may be met.",
                }
            ),
        }
    ).astype(dict(REMOVED))
    return kept.reset_index(drop=True), unusable


def by_lot(windows: pd.DataFrame, due: pd.DataFrame, setting: Exploration) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Take out the windows of those who are left unvisited by lot, and name them; nobody whose visit is required."""
    people = windows["debtor_id"].drop_duplicates()
    drawn = people[held_out(people, setting) & ~people.isin(due.index).to_numpy()]
    unvisited = pd.DataFrame(
        {
            "debtor_id": drawn,
            "code": "held_out",
            "article": "",
            "detail": "Left unvisited by lot, so that the branch learns what is paid without a visit.",
            "action": "The branch manager can end the lot on the page Learning.",
        }
    ).astype(dict(REMOVED))
    return windows[~windows["debtor_id"].isin(drawn)].reset_index(drop=True), unvisited


def best_place(valued: pd.DataFrame) -> pd.DataFrame:
    """Keep, where a debtor can be met at several places in one slot of a day, the place worth most."""
    by = ["debtor_id", "day", "slot"]
    ranked = valued.sort_values([*by, "value_minor", "place_id"], ascending=[True, True, True, False, True])
    return ranked.drop_duplicates(by).sort_values(["debtor_id", "opens_at"], ignore_index=True)


def merged(pieces: pd.DataFrame, *, within: float) -> pd.DataFrame:
    """Make one window of neighbours that touch at the same place and are worth nearly the same.

    Parameters
    ----------
    pieces
        Sorted by debtor and time, without overlaps.
    within
        Largest difference of two neighbours' values as a share of the larger; the merged window gets the mean of the
        pieces, weighted by their length.
    """
    before = pieces.shift()
    value, previous = pieces["value_minor"], before["value_minor"]
    larger = pd.concat([value.abs(), previous.abs()], axis=1).max(axis=1)
    joins = (
        (pieces["debtor_id"] == before["debtor_id"])
        & (pieces["place_id"] == before["place_id"])
        & (pieces["opens_at"] == before["closes_at"])
        & ((value - previous).abs() <= within * larger)
    )
    run = (~joins).cumsum()
    minutes = (pieces["closes_at"] - pieces["opens_at"]).dt.total_seconds().clip(lower=60)
    share = minutes / minutes.groupby(run).transform("sum")
    numeric = [name for name, dtype in UPLIFT.items() if dtype == "float64"]
    means = pieces[numeric].mul(share, axis=0).groupby(run).sum()
    first = pieces.groupby(run).first()
    service = (pieces["service_s"] * share).groupby(run).sum().round().astype("int64")
    closes = pieces.groupby(run)["closes_at"].last()
    return first.assign(closes_at=closes, service_s=service, **{name: means[name] for name in numeric}).reset_index(
        drop=True
    )


def with_due(rows: pd.DataFrame, due: pd.DataFrame) -> pd.DataFrame:
    """Say of each row whether its debtor's visit is required, why, and until when."""
    reason = reasons_of(rows, due)
    deadline = pd.Series(due["deadline_on"].reindex(rows["debtor_id"]).to_numpy("datetime64[s]"), index=rows.index)
    return rows.assign(required=reason != "", required_reason=reason, deadline_on=deadline)


def reasons_of(rows: pd.DataFrame, due: pd.DataFrame) -> pd.Series:
    """Give for each row why its debtor's visit is required, empty where it is not."""
    reasons = due["required_reason"].reindex(rows["debtor_id"]).fillna("").to_numpy()
    return pd.Series(reasons, index=rows.index, dtype="str")
