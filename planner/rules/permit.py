"""Which windows the rules permit: debtor × place × day, from when to when a visit may begin.

Every rule is a function that narrows windows, and ``RULES`` is the table of contents. A debtor whose last window goes
is removed by the rule that took it, with the article, the detail, and what to do instead. ``check.py`` reads a finished
plan against the same pack without using anything of this module.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, time, timedelta

import pandas as pd

from planner.domain import OutcomeCode
from planner.rules import agency
from planner.rules.facts import DAYS_TO_GO, NO_CONTACT, Facts
from planner.rules.pack import Count, RulePack, Term
from planner.tables import AT, DAY, TEXT, Schema, empty

WINDOWS: Schema = {"debtor_id": TEXT, "place_id": TEXT, "kind": TEXT, "day": DAY, "opens_at": AT, "closes_at": AT}
REMOVED: Schema = {"debtor_id": TEXT, "code": TEXT, "article": TEXT, "detail": TEXT, "action": TEXT}
DAY_MIN = 24 * 60
#: the accommodations that say when or whether somebody may come
NARROWING = ("no_visit_weekdays", "no_visit_dates", "no_visit_before", "no_visit_after", "safe_contact_only")


@dataclass(frozen=True)
class Permitted:
    """Windows in which a visit may begin (``WINDOWS``), and whom the rules removed and why (``REMOVED``).

    ``set_aside`` names, by debtor id, the limits without force of law that a visit goes before, since only a visit
    keeps the claim and they would leave it no time.
    """

    windows: pd.DataFrame
    removed: pd.DataFrame
    set_aside: Mapping[str, tuple[str, ...]] = field(default_factory=dict)


@dataclass(frozen=True)
class Narrowed:
    """What a rule leaves, and by debtor id why it took the rest: ``detail``, ``article``, ``action``.

    ``set_aside`` says by debtor id what it would have taken for, had no claim been at stake.

    While rules work, a window is ``debtor_id, place_id, kind, day, opens_min, closes_min``: local minutes after
    midnight between which a visit may begin.
    """

    windows: pd.DataFrame
    why: dict[str, tuple[str, str, str]]
    set_aside: dict[str, tuple[str, ...]] = field(default_factory=dict)


def permitted(facts: Facts, pack: RulePack, *, days: Sequence[date]) -> Permitted:
    """Apply every rule to every debtor of the survey on these days.

    Parameters
    ----------
    days
        The days on which some crew works.

    Returns
    -------
    Permitted
        Each debtor of the survey is in the windows or among the removed, never in both.
    """
    windows = all_windows(facts, days)
    removed: list[tuple[str, str, str, str, str]] = []
    set_aside: dict[str, tuple[str, ...]] = {}
    left = dict.fromkeys(facts.survey["debtor_id"].astype(str))
    for name, rule in RULES.items():
        narrowed = rule(windows, facts, pack)
        windows = narrowed.windows
        for debtor_id, details in narrowed.set_aside.items():
            set_aside[debtor_id] = (*set_aside.get(debtor_id, ()), *details)
        kept = set(windows["debtor_id"].unique())  # a debtor has dozens of windows
        for debtor_id in [one for one in left if one not in kept]:
            detail, article, action = narrowed.why.get(debtor_id, ("No working day is left.", "", "Plan another week."))
            removed.append((debtor_id, name, article, detail, action))
            del left[debtor_id]
    table = pd.DataFrame(removed, columns=list(REMOVED)).astype(dict(REMOVED)) if removed else empty(REMOVED)
    there = set(windows["debtor_id"].unique())
    return Permitted(
        with_instants(windows, facts), table, {who: said for who, said in set_aside.items() if who in there}
    )


def all_windows(facts: Facts, days: Sequence[date]) -> pd.DataFrame:
    """Make one window for every place of a surveyed debtor and every day, open all day."""
    places = facts.places[facts.places["debtor_id"].isin(facts.survey["debtor_id"])]
    calendar = pd.DataFrame(
        {"day": pd.to_datetime(pd.Series(sorted(set(days)), dtype="object")).astype("datetime64[s]")}
    )
    windows = places[["debtor_id", "place_id", "kind"]].merge(calendar, how="cross")
    return windows.assign(opens_min=0, closes_min=DAY_MIN - 1)


def with_instants(windows: pd.DataFrame, facts: Facts) -> pd.DataFrame:
    """Turn local minutes into instants."""
    table = windows[["debtor_id", "place_id", "kind", "day"]].copy()
    for column, minutes in (("opens_at", "opens_min"), ("closes_at", "closes_min")):
        local = windows["day"] + pd.to_timedelta(windows[minutes], unit="min")
        instants = local.dt.tz_localize(facts.zone, ambiguous=True, nonexistent="shift_forward").dt.tz_convert("UTC")
        table[column] = instants.astype("datetime64[us, UTC]")
    return table.reset_index(drop=True)


def cut(windows: pd.DataFrame, keep: pd.Series, detail: str, article: str, action: str) -> Narrowed:
    """Keep some windows; whoever loses one is told the same."""
    return Narrowed(windows[keep], dict.fromkeys(windows.loc[~keep, "debtor_id"].unique(), (detail, article, action)))


def place_located(windows: pd.DataFrame, facts: Facts, _pack: RulePack) -> Narrowed:
    """Only places on the map: nobody is sent to a guess."""
    known = facts.places.loc[facts.places["lon"].notna() & facts.places["lat"].notna(), "place_id"]
    why = ("No place of this debtor is on the map.", "", "Complete the address or set its position on the map.")
    return Narrowed(windows[windows["place_id"].isin(known)], dict.fromkeys(facts.survey["debtor_id"], why))


def place_kind(windows: pd.DataFrame, facts: Facts, pack: RulePack) -> Narrowed:
    """Only kinds of place that the pack allows, the guarantor's only where there is a guarantee."""
    guaranteed = set(facts.survey.loc[facts.survey["guarantee"].isin(["joint", "ordinary"]), "debtor_id"])
    keep = pd.Series(False, index=windows.index)
    articles = []
    for rule in pack.places:
        allowed = (windows["kind"] == rule.kind) & rule.term.value
        if rule.with_guarantee:
            allowed &= windows["debtor_id"].isin(guaranteed)
        if rule.only_without:
            others = set(windows.loc[windows["kind"].isin(rule.only_without), "debtor_id"])
            allowed &= ~windows["debtor_id"].isin(others)
        if not rule.term.value or rule.with_guarantee:
            articles.append(rule.term.article)
        keep |= allowed
    detail = "The only places known may not be visited."
    return cut(windows, keep, detail, "; ".join(articles), "Find out where the debtor may be met.")


def holiday(windows: pd.DataFrame, facts: Facts, pack: RulePack) -> Narrowed:
    """No visits on the pack's holidays, those of an area only at the places that lie in it."""
    keep = pd.Series(True, index=windows.index)
    articles = set()
    for one in pack.holidays:
        hit = (windows["day"] == pd.Timestamp(one.on)) & one.term.value
        if one.areas and hit.any():
            inside = [place for place in windows.loc[hit, "place_id"].unique() if one.falls_in(facts.area(place))]
            hit &= windows["place_id"].isin(inside)
        if hit.any():
            articles.add(one.term.article)
            keep &= ~hit
    article = "; ".join(sorted(articles))
    return cut(windows, keep, "Every working day of the week is a holiday.", article, "Plan another week.")


def hours(windows: pd.DataFrame, _facts: Facts, pack: RulePack) -> Narrowed:
    """A visit begins and ends inside the hours of its weekday and kind of place."""
    weekday = windows["day"].dt.day_of_week
    opens, closes = windows["opens_min"], windows["closes_min"]
    for rule in pack.hours:
        here = weekday.isin(rule.weekdays) & windows["kind"].isin(rule.places)
        first, last = rule.hours.value.minutes if rule.hours.value else (DAY_MIN, 0)
        opens = opens.mask(here & (opens < first), first)
        latest = last - pack.door_allowance_min.value
        closes = closes.mask(here & (closes > latest), latest)
    windows = windows.assign(opens_min=opens, closes_min=closes)
    article = "; ".join(dict.fromkeys(rule.hours.article for rule in pack.hours))
    detail = "No day of the week has hours in which these places may be visited."
    return cut(windows, opens <= closes, detail, article, "Plan days on which the place is open.")


def hold(windows: pd.DataFrame, facts: Facts, pack: RulePack) -> Narrowed:
    """A hold removes the stop while it lasts."""
    holds = facts.holds[facts.holds["kind"].isin([rule.kind for rule in pack.holds])]
    return held(windows, holds[["debtor_id", "kind", "from_on", "until_on"]], pack, "Hold")


def outcome_hold(windows: pd.DataFrame, facts: Facts, pack: RulePack) -> Narrowed:
    """What a crew reported acts as a hold until a hold of that kind, entered that day or later, decides."""
    visits = current(facts)
    kinds = {code.value: kind.value for code, kind in pack.outcome_holds.items()}
    reported = visits[visits["code"].isin(kinds)]
    reported = reported.assign(kind=reported["code"].map(kinds)).sort_values("on")
    last = reported.drop_duplicates(["debtor_id", "kind"], keep="last")[["debtor_id", "kind", "on"]]
    entered = facts.holds.sort_values("from_on", na_position="first")
    entered = entered.drop_duplicates(["debtor_id", "kind"], keep="last")[["debtor_id", "kind", "from_on"]]
    both = last.merge(entered, on=["debtor_id", "kind"], how="left")
    waiting = both[~(both["from_on"] >= both["on"])]
    spans = waiting[["debtor_id", "kind"]].assign(from_on=waiting["on"])
    return held(windows, spans.assign(until_on=never(spans)), pack, "Reported at the last visits")


def never(rows: pd.DataFrame) -> pd.Series:
    """Give an unknown date for every row."""
    return pd.Series(pd.NaT, index=rows.index, dtype="datetime64[s]")


def held(windows: pd.DataFrame, spans: pd.DataFrame, pack: RulePack, said: str) -> Narrowed:
    """Take the windows of held debtors on the days of their holds."""
    why: dict[str, tuple[str, str, str]] = {}
    keep = pd.Series(True, index=windows.index)
    theirs = windows.loc[windows["debtor_id"].isin(spans["debtor_id"].unique()), ["debtor_id", "day"]]
    every = theirs.reset_index(names="index").merge(spans, on="debtor_id")
    every = every[~(every["day"] < every["from_on"]) & ~(every["day"] > every["until_on"])]
    for rule in pack.holds:
        hit = every[every["kind"] == rule.kind]
        keep[hit["index"]] = False
        detail = f"{said}: {rule.kind.value.replace('_', ' ')}."
        why |= dict.fromkeys(hit["debtor_id"].unique(), (detail, rule.term.article, rule.action))
    return Narrowed(windows[keep], why)


def unsafe(windows: pd.DataFrame, facts: Facts, pack: RulePack) -> Narrowed:
    """A place that a crew left because it was unsafe needs an approval first."""
    last = current(facts).drop_duplicates("place_id", keep="last")
    flagged = last.loc[last["code"] == OutcomeCode.UNSAFE_ABORT, "place_id"]
    keep = ~windows["place_id"].isin(flagged) | pack.visit_after_unsafe.value
    detail = "A crew broke off its last visit here as unsafe."
    return cut(windows, keep, detail, pack.visit_after_unsafe.article, "Ask the manager for an approval.")


def limitation_expired(windows: pd.DataFrame, facts: Facts, pack: RulePack) -> Narrowed:
    """No optional visit where every limitation period has passed."""
    limits = facts.clocks[facts.clocks["kind"] == "limitation"]
    alive = limits.loc[limits["state"] != "expired", "debtor_id"]
    gone = limits.loc[~limits["debtor_id"].isin(alive), "debtor_id"]
    keep = ~windows["debtor_id"].isin(gone) | pack.visit_when_expired.value
    detail = "The limitation period of every account has passed."
    return cut(windows, keep, detail, pack.visit_when_expired.article, "Legal review; never mislead the debtor.")


def frequency(windows: pd.DataFrame, facts: Facts, pack: RulePack) -> Narrowed:
    """Not more visits within so many days than the pack says."""
    visits = current(facts)
    keep = pd.Series(True, index=windows.index)
    why: dict[str, tuple[str, str, str]] = {}
    aside: dict[str, tuple[str, ...]] = {}
    for limit in pack.frequency:
        # The visit that must be old enough is the last, the last but one, and so on.
        place = visits.groupby("debtor_id").cumcount(ascending=False)
        nth = visits[place == limit.value.visits - 1].set_index("debtor_id")["on"]
        free = dates_of(windows, nth) + pd.Timedelta(days=limit.value.days)
        closed = windows["day"] < free
        yields = closed & claim_first(windows, free, facts, limit)
        keep &= ~closed | yields
        dates = free[closed].groupby(windows.loc[closed, "debtor_id"]).max()
        told = set(windows.loc[yields, "debtor_id"].astype(str))
        for debtor_id, day in dates.items():
            detail = f"{limit.value.visits} visit(s) within {limit.value.days} days; free again on {day:%Y-%m-%d}."
            why[str(debtor_id)] = (detail, limit.article, "Telephone or write until then.")
            if str(debtor_id) in told:
                aside[str(debtor_id)] = (*aside.get(str(debtor_id), ()), detail)
    return Narrowed(windows[keep], why, aside)


def claim_first(windows: pd.DataFrame, free: pd.Series, facts: Facts, limit: Term[Count]) -> pd.Series:
    """Say which windows a limit yields: it is no law, only a visit keeps the claim, and it would leave no time for one.

    ``free`` is for each window the day from which the limit lets its debtor be visited again, NaT where it is silent.
    """
    if limit.is_law:
        return pd.Series(False, index=windows.index)
    due = facts.clocks[facts.clocks["visit_needed"] & (facts.clocks["state"] != "expired")]
    last = dates_of(windows, due.groupby("debtor_id")["ends_on"].min())
    return (windows["day"] <= last) & (free > last - pd.Timedelta(days=DAYS_TO_GO - 1))


def no_contact(windows: pd.DataFrame, facts: Facts, pack: RulePack) -> Narrowed:
    """After so many visits in a row without contact another channel comes first."""
    limit = pack.no_contact.value
    visits = current(facts)
    place = visits.groupby("debtor_id").cumcount(ascending=False)
    recent = visits[place < limit.visits]
    missed = recent.assign(missed=recent["code"].isin(NO_CONTACT)).groupby("debtor_id")
    in_a_row = missed["missed"].sum().eq(limit.visits)
    free = dates_of(windows, missed["on"].max()[in_a_row] + pd.Timedelta(days=limit.days))
    closed = windows["day"] < free
    yields = closed & claim_first(windows, free, facts, pack.no_contact)
    detail = f"The last {limit.visits} visits met nobody."
    action = "Telephone, write, or find a new address."
    narrowed = cut(windows, ~closed | yields, detail, pack.no_contact.article, action)
    return replace(narrowed, set_aside=dict.fromkeys(windows.loc[yields, "debtor_id"].astype(str), (detail,)))


def accommodation(windows: pd.DataFrame, facts: Facts, pack: RulePack) -> Narrowed:
    """What a debtor asked for is respected: weekdays, dates, hours, contact by the safe channel only."""
    article = "What the debtor asked for is respected (conduct rule)"
    why: dict[str, tuple[str, str, str]] = {}
    # Language, interpreter and the like take no window, so they are never the reason.
    asked = facts.accommodations[facts.accommodations["kind"].isin(NARROWING)]
    everybody, theirs = windows, windows["debtor_id"].isin(asked["debtor_id"].unique())
    windows = windows[theirs]  # few have asked for something: only their windows are looked at, once for each wish
    for row in asked[asked["debtor_id"].isin(windows["debtor_id"].unique())].to_dict("records"):
        active = (
            (windows["debtor_id"] == row["debtor_id"])
            & ~(windows["day"] < row["set_on"])
            & ~(windows["day"] > row["expires_on"])
        )
        action = "Agree on another time or channel."
        try:
            windows = respect(windows, active, str(row["kind"]), str(row["value"]), pack.door_allowance_min.value)
        except ValueError:
            windows = windows[~active]
            action = f"Correct the entry {row['value']!r}: it cannot be read, so nobody is sent."
        why[str(row["debtor_id"])] = (f"Accommodation: {str(row['kind']).replace('_', ' ')}.", article, action)
    windows = pd.concat([everybody[~theirs], windows]).sort_index()
    return Narrowed(windows[windows["opens_min"] <= windows["closes_min"]], why)


def respect(windows: pd.DataFrame, active: pd.Series, kind: str, value: str, allowance_min: int) -> pd.DataFrame:
    """Narrow the active windows by one accommodation; kinds that say nothing about time leave them as they are."""
    gone = pd.Series(False, index=windows.index)
    if kind == "no_visit_weekdays":
        weekdays = {int(text) for text in value.split()}
        if not weekdays <= set(range(7)):
            raise ValueError(value)
        gone = active & windows["day"].dt.day_of_week.isin(weekdays)
    if kind == "no_visit_dates":
        dates = [pd.Timestamp(date.fromisoformat(text)) for text in value.split()]
        gone = active & windows["day"].isin(dates)
    if kind == "no_visit_before":
        first = minutes_of(value)
        return windows.assign(opens_min=windows["opens_min"].mask(active & (windows["opens_min"] < first), first))
    if kind == "no_visit_after":
        last = minutes_of(value) - allowance_min
        return windows.assign(closes_min=windows["closes_min"].mask(active & (windows["closes_min"] > last), last))
    if kind == "safe_contact_only":
        gone = active
    left: pd.DataFrame = windows[~gone]
    return left


def dates_of(windows: pd.DataFrame, dates: pd.Series) -> pd.Series:
    """Give for each window the date of its debtor, NaT where there is none; ``map`` fails on an empty table."""
    return pd.Series(dates.reindex(windows["debtor_id"]).to_numpy("datetime64[s]"), index=windows.index)


def minutes_of(text: str) -> int:
    """Read a time of day such as 18:00 as minutes after midnight."""
    at = time.fromisoformat(text.strip())
    return at.hour * 60 + at.minute


def not_past(windows: pd.DataFrame, facts: Facts, _pack: RulePack) -> Narrowed:
    """Nothing is planned for a time that is over."""
    local = facts.now.astimezone(facts.zone)
    today = pd.Timestamp(local.date())
    minute = -int(-timedelta(hours=local.hour, minutes=local.minute, seconds=local.second).total_seconds() // 60)
    opens = windows["opens_min"].mask((windows["day"] == today) & (windows["opens_min"] < minute), minute)
    windows = windows.assign(opens_min=opens)
    keep = (windows["day"] >= today) & (opens <= windows["closes_min"])
    return cut(windows, keep, "Every window of the week is over.", "", "Plan another week.")


def third_party(windows: pd.DataFrame, facts: Facts, _pack: RulePack) -> Narrowed:
    """Whom an agency deals with is visited only where its contract allows it, and never on hold."""
    return Narrowed(*agency.narrowed(windows, facts))


def current(facts: Facts) -> pd.DataFrame:
    """Give the visits that no later entry corrects, oldest first, with their local day ``on``."""
    outcomes = facts.outcomes
    replaced = outcomes.loc[outcomes["replaces"] != "", "replaces"]
    visits = outcomes[~outcomes["outcome_id"].isin(replaced)].sort_values("started_at", kind="stable")
    local = visits["started_at"].dt.tz_convert(facts.zone).dt.tz_localize(None).dt.normalize()
    return visits[["debtor_id", "place_id", "code"]].assign(on=local.astype("datetime64[s]"))


#: the order decides which rule is named; what a person can change comes after what nobody can
RULES: dict[str, Callable[[pd.DataFrame, Facts, RulePack], Narrowed]] = {
    "place_located": place_located,
    "hold": hold,
    "outcome_hold": outcome_hold,
    "limitation_expired": limitation_expired,
    "place_kind": place_kind,
    "unsafe": unsafe,
    "no_contact": no_contact,
    "frequency": frequency,
    "accommodation": accommodation,
    "third_party": third_party,
    "holiday": holiday,
    "hours": hours,
    "not_past": not_past,
}
