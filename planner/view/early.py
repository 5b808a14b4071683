"""The first days of a delinquency and the days before it: what to do first, and whom to watch."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from zoneinfo import ZoneInfo

import pandas as pd

from planner.domain import Branch, Principal
from planner.rules.playbook import FirstAct, Playbook, first_act
from planner.store import Store
from planner.tables import TEXT, Schema, conform
from planner.value.early import WATCHED, watched
from planner.value.survey import SURVEY, survey
from planner.view.week import contact_names

#: one row a debtor in the first days; ``act`` is the number of the playbook's act
FRESH: Schema = {**SURVEY, "name": TEXT, "channel": TEXT, "act": "int64"}
WATCH: Schema = {**WATCHED, "name": TEXT, "product": TEXT}


@dataclass(frozen=True)
class EarlyView:
    """Fresh debtors (``FRESH``, youngest first) and watched accounts (``WATCH``, signs first) of a branch."""

    branch: Branch
    today: date
    first_days: int
    acts: tuple[FirstAct, ...]
    fresh: pd.DataFrame
    watch: pd.DataFrame

    @property
    def channels(self) -> Mapping[str, int]:
        """Count the fresh debtors by the channel of their first act."""
        return {str(one): int(n) for one, n in self.fresh["channel"].value_counts().items()}

    @property
    def with_sign(self) -> int:
        """Count the watched accounts that show a sign."""
        return int((self.watch["sign"] != "").sum())


def early_view(store: Store, principal: Principal, branch: Branch, book: Playbook, *, now: datetime) -> EarlyView:
    """Read who is in the first days past due, and which accounts are watched.

    Raises
    ------
    planner.store.NotAllowed
        If the principal may not read the branch's list.
    """
    today = now.astimezone(ZoneInfo(branch.timezone)).date()
    accounts = store.accounts(principal, branch.code)
    surveyed = survey(store.debtors(principal, branch.code, on=today), accounts, today=today)
    names = contact_names(store, principal, branch.code)
    last = max(act.to_day for act in book.first)
    young = surveyed[surveyed["days_past_due"] <= last]
    found = [
        first_act(book.first, group, days)
        for group, days in zip(young["group"], young["days_past_due"].astype(int), strict=True)
    ]
    fresh = young.assign(
        name=[names.get(one, "") for one in young["debtor_id"]],
        channel=[act.channel if act else "" for act in found],
        act=[book.first.index(act) if act else -1 for act in found],
    )
    fresh = fresh.sort_values(["days_past_due", "overdue_minor", "debtor_id"], ascending=[True, False, True])
    watch = watched(accounts, store.latest_outcomes(principal, branch.code), book.watch, today=today)
    products = dict(zip(accounts["case_id"], accounts["product"], strict=True))
    watch = watch.assign(
        name=[names.get(one, "") for one in watch["debtor_id"]],
        product=[products[one] for one in watch["case_id"]],
    )
    return EarlyView(branch, today, last, book.first, conform(fresh, FRESH), conform(watch, WATCH))
