"""What an import would change, told before it is made."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import pandas as pd

from planner import tables
from planner.domain import Principal
from planner.store import Store
from planner.tables import Schema, conform

_KEYS: Mapping[str, tuple[str, Schema]] = {
    "debtors": ("debtor_id", tables.DEBTORS),
    "contacts": ("debtor_id", tables.CONTACTS),
    "places": ("place_id", tables.PLACES),
    "addresses": ("place_id", tables.ADDRESSES),
}


@dataclass(frozen=True)
class Changes:
    """Accounts that would be added, changed, left as they are; ``gone`` if the list is the full one.

    An account counts as changed if anything about it or its debtor does, as the import itself counts.
    """

    added: int
    changed: int
    unchanged: int
    gone: int


def changes(store: Store, principal: Principal, branch: str, listed: Mapping[str, pd.DataFrame]) -> Changes:
    """Compare the tables of a list with what is stored; nothing is written.

    Parameters
    ----------
    listed
        Tables as ``Store.save_import`` takes them; ``accounts`` must be there.
    """
    listed, peoples = store.as_imported(principal, branch, listed)
    accounts = conform(listed["accounts"], tables.ACCOUNTS)
    known = store.accounts(principal, branch, closed=True)
    still_open = set(store.accounts(principal, branch)["case_id"])
    types = store.debtor_types(principal, branch).set_index("debtor_id")["listed"]
    debtors = store.debtors(principal, branch, closed=True)
    stored = {
        # The type that the list gave, not the one of a review: that is what an import writes.
        "debtors": debtors.assign(debtor_type=debtors["debtor_id"].map(types)),
        "contacts": store.contacts(principal, branch),
        "places": store.places(principal, branch, closed=True),
        "addresses": store.addresses(principal, branch),
    }
    touched: set[str] = set()
    for name, (key, schema) in _KEYS.items():
        if name in listed:
            mine = conform(listed[name], schema)
            touched |= set(mine.loc[mine[key].isin(different(mine, stored[name], key)), "debtor_id"])
    if "places" in listed:
        open_ones = store.places(principal, branch)
        touched |= moved(listed["places"], open_ones[~open_ones["place_id"].isin(peoples)])
    cases = set(accounts["case_id"])
    added = cases - set(known["case_id"])
    altered = different(accounts, known, "case_id") | (cases & (set(known["case_id"]) - still_open))
    theirs = set(accounts.loc[accounts["debtor_id"].isin(touched), "case_id"])
    changed = (altered | theirs) - added
    return Changes(len(added), len(changed), len(cases) - len(added) - len(changed), len(still_open - cases))


def different(new: pd.DataFrame, old: pd.DataFrame, key: str) -> set[str]:
    """Give the keys of the new rows that are not there yet or differ from the old ones; unknown equals unknown."""
    ours = new.set_index(key)
    before = old.set_index(key).reindex(ours.index)
    # Through objects, because a row that is not there turns whole numbers into fractions.
    left, right = ours.astype(object), before[ours.columns].astype(object)
    same = (left == right) | (left.isna() & right.isna())
    return {str(one) for one in ours.index[~same.all(axis=1).to_numpy()]}


def moved(places: pd.DataFrame, known: pd.DataFrame) -> set[str]:
    """Give the debtors whose place the list replaces by another of the same kind."""
    kinds = set(zip(places["debtor_id"], places["kind"], strict=True))
    left_behind = known[~known["place_id"].isin(places["place_id"])]
    pairs = zip(left_behind["debtor_id"], left_behind["kind"], strict=True)
    return {str(debtor) for debtor, kind in pairs if (debtor, kind) in kinds}
