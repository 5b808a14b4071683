"""Chooses the way to each debtor, so that the plan takes whom a visit pays best and says what to do about the others.

The search is told what a visit adds beyond the cheaper channel that would be used instead (a call, a letter, nothing).
It weighs that against the way it takes, crew time being short, and so decides between a visit and the other channels by
the way that the visit really adds: whoever lies on a route may be visited although at full cost a call would do.

Own crew or agency is decided before, since the two are different crews: whoever is worth less to the bank's crews than
an hour of them brings elsewhere this week goes to the agency, if that brings more than a call. docs/channels.md
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date

import numpy as np
import pandas as pd

from geodata.roads import RoadEngine
from planner.agency import BANK, Agency, Handling, agencies_of
from planner.domain import Crew, Shift
from planner.rules.permit import REMOVED
from planner.value.candidates import Candidates
from planner.value.channels import CHANNELS, Channel, Known, best_of, channels
from planner.value.parameters import Parameters
from planner.value.uplift import addresses_seen

#: the reason of those who are on an agency's list, which has no crew in this plan
AGENCY_LIST = "agency_list"
#: what a visit adds to a route, by the way to its nearest neighbour (fitted for the outlook, see ``planner.expected``)
LEGS = 1.3
#: share of a shift without breaks that is spent on the road or at doors
USED = 0.985
OTHERS = (Channel.LETTER, Channel.PHONE, Channel.NOTHING)


@dataclass(frozen=True)
class Choice:
    """What every way brings, and what the search is asked.

    Parameters
    ----------
    candidates
        With ``worth_minor`` (what a visit is expected to bring the bank, an agency's fee taken off) and
        ``instead_minor`` (net of the cheaper channel that it takes the place of) in the options, and the skills that
        say whose crew may go.
    table
        ``channels.CHANNELS``.
    given
        Agency by debtor, of those whom an agency's crew is to visit, alone or jointly.
    crew_minor_per_s, scarce_minor_per_s
        What a second of an own crew costs, and what it would bring elsewhere this week, in minor units.
    """

    candidates: Candidates
    table: pd.DataFrame
    given: Mapping[str, str]
    crew_minor_per_s: float
    scarce_minor_per_s: float


def choose(
    chosen: Candidates,
    crews: Sequence[Crew],
    shifts: Sequence[Shift],
    agencies: Sequence[Agency],
    roads: RoadEngine,
    *,
    places: pd.DataFrame,
    days: Sequence[date],
    crew_minor_per_s: float,
) -> Choice:
    """Choose between own crew and agency, and put what the others would bring beside each visit.

    Parameters
    ----------
    chosen
        All ways are valued by its model.
    crews, shifts
        Of the week, an agency's among them.
    places
        ``tables.PLACES``.
    days
        On which some crew works.
    crew_minor_per_s
        What a second of an own crew costs, in minor units.
    """
    best = best_options(chosen.options)
    way_s = added_way(best, places, roads)
    known = what_is_known(chosen, best, way_s, days)
    table = channels(known, agencies, chosen.model, crew_minor_per_s=crew_minor_per_s, days=days)
    instead = best_of(table, OTHERS)["net_minor"]
    own = table[table["channel"] == Channel.OWN].set_index("debtor_id")
    time_s = own["cost_minor"] / crew_minor_per_s
    at_work = {code for shift in shifts for crew in crews if crew.crew_id == shift.crew_id for code in codes(crew)}
    price = scarce(own, instead.reindex(own.index), time_s, own_seconds(crews, shifts))
    price = max(price, crew_minor_per_s)
    given = to_agency(table, own, instead, time_s, price, chosen, within_reach(chosen.options, crews, shifts, agencies))
    candidates = asked(chosen, table, instead, given, agencies, at_work, chosen.model.parameters)
    return Choice(candidates, table, given, crew_minor_per_s, price)


def codes(crew: Crew) -> frozenset[str]:
    """Give the agencies that have a collector in a crew."""
    return agencies_of(crew.skills)


def best_options(options: pd.DataFrame) -> pd.DataFrame:
    """Give each debtor's option that is worth most, in the order of their ids."""
    ranked = options.sort_values(["debtor_id", "value_minor"], ascending=[True, False], kind="stable")
    return ranked.drop_duplicates("debtor_id").reset_index(drop=True)


def added_way(best: pd.DataFrame, places: pd.DataFrame, roads: RoadEngine) -> dict[str, float]:
    """Give the seconds that a visit is expected to add to a route: the way to the nearest other debtor, times 1.3.

    A debtor whom no road joins to another has NaN; one who is alone has nobody to be joined to, and 0.
    """
    if len(best) == 1:
        return {str(best["debtor_id"].iloc[0]): 0.0}
    at = best.merge(places[["place_id", "lon", "lat"]], on="place_id", how="left")
    seconds = np.array(roads.travel_times(at[["lon", "lat"]].to_numpy(float)).seconds, dtype=np.float64)
    np.fill_diagonal(seconds, np.nan)
    both = np.fmin(seconds, seconds.T)
    nearest = np.full(len(at), np.nan)
    reached = ~np.isnan(both).all(axis=1) if len(at) else np.zeros(0, dtype=bool)
    nearest[reached] = np.nanmin(both[reached], axis=1)
    return dict(zip(at["debtor_id"].astype(str), LEGS * nearest, strict=True))


def what_is_known(chosen: Candidates, best: pd.DataFrame, way_s: Mapping[str, float], days: Sequence[date]) -> Known:
    """Gather what the channels look at: a hold on any of the days bars them all."""
    facts, clocks = chosen.facts, chosen.clocks
    first, last = pd.Timestamp(min(days)), pd.Timestamp(max(days))
    holds = facts.holds[~(facts.holds["from_on"] > last) & ~(facts.holds["until_on"] < first)]
    reported = chosen.removed.loc[chosen.removed["code"] == "outcome_hold", "debtor_id"]
    wishes = facts.accommodations[~(facts.accommodations["expires_on"] < first)]
    limits = clocks[clocks["kind"] == "limitation"]
    alive = limits.loc[limits["state"] != "expired", "debtor_id"]
    seen = addresses_seen(facts.outcomes)
    gone = facts.places[facts.places["place_id"].isin(seen.index[seen == "moved"])]
    reachable = facts.places.loc[~facts.places["place_id"].isin(gone["place_id"]), "debtor_id"]
    letters = clocks[clocks["cheapest_act"] == "letter"].groupby("debtor_id")["overdue_minor"].sum()
    return Known(
        survey=chosen.survey,
        best=best,
        held=frozenset(holds["debtor_id"]) | frozenset(reported),
        expired=frozenset(limits["debtor_id"]) - frozenset(alive),
        safe_contact=frozenset(wishes.loc[wishes["kind"] == "safe_contact_only", "debtor_id"]),
        moved=frozenset(gone["debtor_id"]) - frozenset(reachable),
        way_s=way_s,
        letters={str(one): float(amount) for one, amount in letters.items()},
    )


def own_seconds(crews: Sequence[Crew], shifts: Sequence[Shift]) -> float:
    """Count the seconds of the bank's own crews without their breaks."""
    own = {crew.crew_id for crew in crews if not codes(crew) or BANK in crew.skills}
    return USED * sum(
        (shift.ends - shift.starts).total_seconds() - sum(one.lasts.total_seconds() for one in shift.breaks)
        for shift in shifts
        if shift.crew_id in own
    )


def scarce(own: pd.DataFrame, instead: pd.Series, time_s: pd.Series, there_s: float) -> float:
    """Give what a second of the own crews brings at the margin: of the first visit for which there is no time left.

    0 where there is time for all that add anything.
    """
    adds = (own["gross_minor"] - instead)[own["allowed"]]
    takes = time_s[own["allowed"]]
    useful = (adds > 0) & (takes > 0)
    rate = (adds / takes)[useful].sort_values(ascending=False)
    over = takes[rate.index].cumsum() > there_s
    return float(rate[over].iloc[0]) if over.any() else 0.0


def within_reach(
    options: pd.DataFrame, crews: Sequence[Crew], shifts: Sequence[Shift], agencies: Sequence[Agency]
) -> dict[str, frozenset[str]]:
    """Give, for each agency with a crew, the debtors whom it could visit this week on a day of its contract."""
    crew_of = {crew.crew_id: crew for crew in crews}
    terms = {one.code: one for one in agencies}
    kinds = {text: frozenset(str(text).split()) for text in options["needs"].unique()}
    found: dict[str, frozenset[str]] = {}
    for shift in shifts:
        crew = crew_of[shift.crew_id]
        able = options["needs"].map({text: needs <= crew.skills for text, needs in kinds.items()}).astype(bool)
        open_then = options["opens_at"] < pd.Timestamp(shift.ends)
        open_then &= options["closes_at"] > pd.Timestamp(shift.starts)
        for code in codes(crew):
            lawful = code in terms and terms[code].in_force(shift.day)
            there = set(options.loc[able & open_then, "debtor_id"].astype(str)) if lawful else set()
            found[code] = found.get(code, frozenset()) | there
    return found


def to_agency(
    table: pd.DataFrame,
    own: pd.DataFrame,
    instead: pd.Series,
    time_s: pd.Series,
    price: float,
    chosen: Candidates,
    reach: Mapping[str, frozenset[str]],
) -> dict[str, str]:
    """Say to which agency a debtor goes: those it has already, and those worth less to an own crew than its hour.

    ``reach`` are those whom its crews could visit, by agency; an agency without a crew here takes anybody on its list.
    """
    theirs = table[table["allowed"] & table["channel"].isin([Channel.AGENCY.value, Channel.JOINT.value])]
    listed = chosen.survey.set_index("debtor_id")["agency"]
    due = set(chosen.options.loc[chosen.options["required"], "debtor_id"])
    given = {}
    for row in theirs.to_dict("records"):
        one, code = str(row["debtor_id"]), str(row["agency"])
        if listed[one] in (Handling.AGENCY, Handling.JOINT):
            given[one] = code
        # The evidence for a clock is fetched by the bank's own people.
        elif one not in due and one in reach.get(code, frozenset({one})):
            at_price = own.at[one, "gross_minor"] - price * time_s[one] if own.at[one, "allowed"] else -np.inf
            if row["net_minor"] > max(at_price, instead[one]):
                given[one] = code
    return given


def asked(
    chosen: Candidates,
    table: pd.DataFrame,
    instead: pd.Series,
    given: Mapping[str, str],
    agencies: Sequence[Agency],
    at_work: set[str],
    parameters: Parameters,
) -> Candidates:
    """Give the candidates with what the search needs; who is on the list of an agency without a crew is removed."""
    options = chosen.options
    ids = options["debtor_id"].astype(str)
    who = pd.Series([given.get(one, "") for one in ids], index=options.index, dtype="str")
    listed = ids.map(chosen.survey.set_index("debtor_id")["agency"])
    terms = {one.code: one for one in agencies}
    joint = listed == Handling.JOINT
    theirs = (who != "") & ~joint
    effect = np.where(theirs, parameters.agency_effect.value, 1.0)
    share = who.map({code: one.fee_share for code, one in terms.items()}).fillna(0.0)
    fixed = who.map({code: one.fee_visit_minor for code, one in terms.items()}).fillna(0.0)
    collected = options["pays_now_minor"] + options["promises_minor"]
    worth = effect * (options["value_minor"] - share * collected) - fixed
    skills = np.where(who != "", "agency:" + who, "")
    if at_work:
        skills = np.where(who == "", BANK, np.where(joint, BANK + " " + skills, skills))
    needs = [" ".join(filter(None, (old, new))) for old, new in zip(options["needs"], skills, strict=True)]
    open_on = [
        not code or (code in terms and terms[code].in_force(day.date()))
        for code, day in zip(who, options["day"], strict=True)
    ]
    asked_now = options.assign(
        needs=pd.Series(needs, index=options.index, dtype="str"),
        worth_minor=worth,
        instead_minor=ids.map(instead).fillna(0.0),
    )
    waiting = theirs & ~who.isin(at_work)
    kept = asked_now[~waiting & pd.Series(open_on, index=options.index)].reset_index(drop=True)
    rows = options[~ids.isin(kept["debtor_id"])].drop_duplicates("debtor_id")
    net = table[table["channel"] == Channel.AGENCY].set_index("debtor_id")["net_minor"]
    removed = rows[["debtor_id", "required", "required_reason"]].assign(
        code=AGENCY_LIST,
        article="",
        detail=[
            f"The agency {given[one]} brings {net[one] / 100:,.0f} net; it has no crew in this plan."
            for one in rows["debtor_id"]
        ],
        action=[f"Send the agency {given[one]} its list." for one in rows["debtor_id"]],
    )
    both = [chosen.removed, removed[[*REMOVED, "required", "required_reason"]]] if len(removed) else [chosen.removed]
    return replace(chosen, options=kept, removed=pd.concat(both, ignore_index=True))


__all__ = ["AGENCY_LIST", "CHANNELS", "Choice", "choose"]
