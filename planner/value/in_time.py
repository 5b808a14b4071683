"""Which visit that alone would keep a claim is permitted while the clock still runs, and what is enough where none is.

The clocks name the cheapest act by post, place and money (``value.clocks``); the rules may permit no visit in time: a
hold, an unsafe address, what the debtor asked for. Then another act must keep the claim, and saying otherwise would let
it lapse. Limits without force of law yield to the clock (``rules.permit``), so they bar nothing here.
"""

from __future__ import annotations

from datetime import timedelta

import numpy as np
import pandas as pd

from planner.rules.facts import Facts
from planner.rules.pack import RulePack
from planner.rules.permit import Permitted, permitted
from planner.value.candidates import required_visits, where_it_counts


def in_time(ticking: pd.DataFrame, facts: Facts, pack: RulePack) -> pd.DataFrame:
    """Give the clocks, where no visit is permitted in time with the act that is enough without one.

    Parameters
    ----------
    ticking
        Columns of ``clocks.CLOCKS``, of a branch or of one debtor.
    facts
        Of all whose clock needs a visit, at least, with their clocks.

    Returns
    -------
    pandas.DataFrame
        Columns of ``clocks.CLOCKS``; ``barred_by`` is set where the act has changed.
    """
    due = ticking[ticking["visit_needed"]]
    if due.empty:
        return ticking
    today = facts.now.astimezone(facts.zone).date()
    last = due["ends_on"].max().date()
    allowed = permitted(facts, pack, days=[today + timedelta(days=k) for k in range((last - today).days + 1)])
    codes = pd.Series("", index=ticking.index, dtype="object")
    # A debtor may have several clocks, and each has its own last day and its own place: the first of all debtors are
    # looked at together, then the second.
    for _, some in due.groupby(due.groupby("debtor_id").cumcount()):
        found = barring(allowed, required_visits(some))
        codes.loc[some.index] = np.array([found.get(str(who), "") for who in some["debtor_id"]], dtype=object)
    barred = codes != ""
    worth_suit = ticking["overdue_minor"] >= pack.clocks.suit_worth_minor.value
    act = np.where(worth_suit, "suit", "legal_review")
    return ticking.assign(
        cheapest_act=ticking["cheapest_act"].mask(barred, pd.Series(act, index=ticking.index)).astype("str"),
        why=ticking["why"].mask(barred, "visit_barred").astype("str"),
        visit_needed=ticking["visit_needed"] & ~barred,
        barred_by=codes.astype("str"),
    )


def barring(allowed: Permitted, due: pd.DataFrame) -> dict[str, str]:
    """Give by debtor id the rule that leaves no visit in time for a clock of each (``required_visits``)."""
    theirs = allowed.windows[allowed.windows["debtor_id"].isin(due.index)]
    windows, lost = where_it_counts(theirs, due)
    gone = pd.concat([lost, allowed.removed], ignore_index=True).drop_duplicates("debtor_id").set_index("debtor_id")
    return {str(who): str(code) for who, code in gone.loc[~gone.index.isin(windows["debtor_id"]), "code"].items()}
