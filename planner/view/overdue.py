"""The overdue list of a branch as its manager sees it: what was loaded, the survey, what is missing, what lapses."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from zoneinfo import ZoneInfo

import pandas as pd

from planner.domain import Branch, Bucket, Group, PlaceKind, Principal
from planner.rules.pack import RulePack
from planner.store import ImportBatch, NotAllowed, Store
from planner.tables import REAL, TEXT, Schema, conform
from planner.value.clocks import CLOCKS
from planner.value.early import overdue_only
from planner.value.survey import SURVEY, missing, survey, survey_summary
from planner.view.clocks_in_time import clocks_in_time
from planner.view.week import contact_names

#: one row a debtor on the list
DEBTORS: Schema = {
    **SURVEY,
    "name": TEXT,  # "" for who may not see contact cards
    "region_zh": TEXT,  # the district's names, "" where unknown
    "region_en": TEXT,
    "lon": REAL,  # of one located place: home, else shop, else workplace; NaN where nobody can be sent
    "lat": REAL,
    "days_left": REAL,  # of the clock that ends first and has not ended; NaN where none is known
}
#: one row a clock that lapses soon
LAPSING: Schema = {**CLOCKS, "name": TEXT}

#: where somebody may be met, the likeliest first
_PLACES = {PlaceKind.HOME.value: 0, PlaceKind.SHOP.value: 1, PlaceKind.WORKPLACE.value: 2}


@dataclass(frozen=True)
class OverdueView:
    """Everything the overdue page shows of one branch.

    ``last`` is the newest import, None before the first. ``debtors`` has the columns of ``DEBTORS``, dearest first;
    ``summary`` those of ``survey_summary``; ``missing`` those of ``survey.missing``; ``lapsing`` those of ``LAPSING``,
    soonest first, within ``soon_days``; ``expired`` counts the limitation periods that have passed already, and
    ``unsure`` those that cannot be told.
    """

    branch: Branch
    today: date
    last: ImportBatch | None
    debtors: pd.DataFrame
    summary: pd.DataFrame
    missing: pd.DataFrame
    lapsing: pd.DataFrame
    soon_days: int
    expired: int
    unsure: int

    @property
    def acts(self) -> Mapping[str, int]:
        """Count the lapsing clocks by the cheapest act that is enough."""
        return {str(act): int(n) for act, n in self.lapsing["cheapest_act"].value_counts().items()}


def overdue_view(store: Store, principal: Principal, branch: Branch, pack: RulePack, *, now: datetime) -> OverdueView:
    """Read a branch's overdue list.

    Parameters
    ----------
    now
        Aware; its day at the branch is the day to which debts are aged.

    Raises
    ------
    planner.store.NotAllowed
        If the principal may not read the branch's list.
    """
    today = now.astimezone(ZoneInfo(branch.timezone)).date()
    debtors = store.debtors(principal, branch.code, on=today)
    accounts = overdue_only(store.accounts(principal, branch.code))
    places = store.places(principal, branch.code)
    surveyed = survey(debtors, accounts, today=today)
    ticking = clocks_in_time(store, principal, branch, pack, accounts=accounts, places=places, now=now)
    names = contact_names(store, principal, branch.code)
    limitation = ticking[ticking["kind"] == "limitation"]
    return OverdueView(
        branch=branch,
        today=today,
        last=last_import(store, principal, branch.code),
        debtors=listed(surveyed, places, ticking, names, store.regions(principal, branch.road_region)),
        summary=survey_summary(surveyed),
        missing=missing(surveyed, accounts, places),
        lapsing=lapsing(ticking, names),
        soon_days=pack.clocks.soon_days.value,
        expired=int((limitation["state"] == "expired").sum()),
        unsure=int((limitation["state"] == "unknown").sum()),
    )


def last_import(store: Store, principal: Principal, branch: str) -> ImportBatch | None:
    """Give the newest import, None where there is none or who asks may not see the history."""
    try:
        return next(
            (one for one in store.imports(principal, branch) if not one.result.older and one.undone_at is None), None
        )
    except NotAllowed:
        return None


def listed(
    surveyed: pd.DataFrame,
    places: pd.DataFrame,
    ticking: pd.DataFrame,
    names: Mapping[str, str],
    districts: pd.DataFrame,
) -> pd.DataFrame:
    """Give one row a debtor, dearest first, with a place on the map and the clock that ends first."""
    spots = places.assign(rank=places["kind"].map(_PLACES))
    spots = spots[spots["rank"].notna() & spots["lon"].notna() & spots["lat"].notna()].sort_values(
        ["debtor_id", "rank", "place_id"]
    )
    spots = spots.drop_duplicates("debtor_id")[["debtor_id", "lon", "lat"]]
    left = ticking.loc[ticking["days_left"] >= 0].groupby("debtor_id")["days_left"].min()
    named = districts.set_index("code")
    table = surveyed.merge(spots, on="debtor_id", how="left")
    table = table.assign(
        name=table["debtor_id"].map(names).astype(object).fillna(""),
        region_zh=table["region"].map(named["name_zh"]).astype(object).fillna(""),
        region_en=table["region"].map(named["name_en"]).astype(object).fillna(""),
        days_left=table["debtor_id"].map(left),
    )
    return conform(table, DEBTORS).sort_values(
        ["overdue_minor", "debtor_id"], ascending=[False, True], ignore_index=True
    )


def lapsing(ticking: pd.DataFrame, names: Mapping[str, str]) -> pd.DataFrame:
    """Give the clocks that lapse soon, soonest first, with the debtor's name where it may be seen."""
    soon = ticking[ticking["state"] == "lapses_soon"]
    ordered = soon.sort_values(["days_left", "overdue_minor", "case_id"], ascending=[True, False, True])
    return conform(ordered.assign(name=ordered["debtor_id"].map(names).astype(object).fillna("")), LAPSING)


def heat(summary: pd.DataFrame, by: str = "group") -> pd.DataFrame:
    """Count debtors and money by one of the survey's questions and by bucket, empty cells included.

    Parameters
    ----------
    summary
        What ``survey_summary`` gave.
    by
        ``group`` or ``debtor_type``.

    Returns
    -------
    pandas.DataFrame
        The column ``by``, ``bucket``, ``debtors``, ``overdue_minor``; groups in the domain's order, buckets by age.
    """
    kinds = [one.value for one in Group] if by == "group" else sorted(summary[by].unique())
    kinds = [kind for kind in kinds if kind in set(summary[by])] + sorted(set(summary[by]) - set(kinds))
    cells = pd.MultiIndex.from_product([kinds, [one.value for one in Bucket]], names=[by, "bucket"])
    counted = summary.groupby([by, "bucket"])[["debtors", "overdue_minor"]].sum()
    return counted.reindex(cells, fill_value=0).reset_index()
