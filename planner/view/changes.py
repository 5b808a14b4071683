"""What an import would change, told before it is made."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

import pandas as pd

from planner import tables
from planner.domain import Principal
from planner.store import Store
from planner.tables import ALL_SAID, Schema, Unsaid, conform

_KEYS: Mapping[str, tuple[str, Schema]] = {
    "debtors": ("debtor_id", tables.DEBTORS),
    "contacts": ("debtor_id", tables.CONTACTS),
    "places": ("place_id", tables.PLACES),
    "addresses": ("place_id", tables.ADDRESSES),
}


DETAILS = ("case_id", "what", "field", "before", "after")
#: of an account, what is not told: it changes with every list, or says nothing to a reader
_UNTOLD = frozenset({"as_of_on", "branch", "debtor_id", "clock_set_by"})


@dataclass(frozen=True)
class Changes:
    """Accounts that would be added, changed, left as they are; ``gone`` if the list is the full one.

    An account counts as changed if anything about it or its debtor does, as the import itself counts. ``details`` has
    a line (``DETAILS``) for each account that is added or gone, for each of its values that changes, and for each
    whose debtor's particulars or places do (``person``, without saying them). ``kept`` names the columns that the list
    does not have and in which something is known: it stays (``planner.store.unsaid``).
    """

    added: int
    changed: int
    unchanged: int
    gone: int
    details: pd.DataFrame = field(default_factory=lambda: pd.DataFrame(columns=list(DETAILS)), compare=False)
    kept: frozenset[str] = frozenset()


def changes(
    store: Store,
    principal: Principal,
    branch: str,
    listed: Mapping[str, pd.DataFrame],
    *,
    cards: bool = True,
    unsaid: Unsaid = ALL_SAID,
) -> Changes:
    """Compare the tables of a list with what is stored; nothing is written.

    Parameters
    ----------
    listed
        Tables as ``Store.save_import`` takes them; ``accounts`` must be there.
    cards
        Whether names, phones and addresses are compared too; the system may not read them.
    unsaid
        What the list has no column for.
    """
    imported = store.as_imported(principal, branch, listed, unsaid)
    listed, peoples = imported.tables, imported.peoples
    accounts = conform(listed["accounts"], tables.ACCOUNTS)
    known = store.accounts(principal, branch, closed=True)
    still_open = set(store.accounts(principal, branch)["case_id"])
    types = store.debtor_types(principal, branch).set_index("debtor_id")["listed"]
    debtors = store.debtors(principal, branch, closed=True)
    stored = {
        # The type that the list gave, not the one of a review: that is what an import writes.
        "debtors": debtors.assign(debtor_type=debtors["debtor_id"].map(types)),
        "places": store.places(principal, branch, closed=True),
    }
    if cards:
        stored |= {"contacts": store.contacts(principal, branch), "addresses": store.addresses(principal, branch)}
    touched: set[str] = set()
    for name, (key, schema) in _KEYS.items():
        if name in listed and name in stored:
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
    gone = still_open - cases
    lines = [
        *({"case_id": one, "what": "added"} for one in sorted(added)),
        *values_changed(accounts, known),
        *({"case_id": one, "what": "person"} for one in sorted(theirs - added)),
        *({"case_id": one, "what": "gone"} for one in sorted(gone)),
    ]
    empty = dict.fromkeys(DETAILS, "")
    details = pd.DataFrame([{**empty, **one} for one in lines], columns=list(DETAILS), dtype="str")
    return Changes(len(added), len(changed), len(cases) - len(added) - len(changed), len(gone), details, imported.kept)


def values_changed(accounts: pd.DataFrame, known: pd.DataFrame) -> Iterator[dict[str, str]]:
    """Give a line for each value of a known account that would change, by account."""
    new = accounts.set_index("case_id")
    old = known.set_index("case_id")
    both = new.index.intersection(old.index)
    parts = []
    for at, name in enumerate(column for column in new.columns if column not in _UNTOLD):
        was, now = old.loc[both, name], new.loc[both, name]
        other = ~((was == now) | (was.isna() & now.isna())).to_numpy(dtype=bool)
        told = zip(both[other], was[other], now[other], strict=True)
        parts += [(case, at, name, written(name, before), written(name, after)) for case, before, after in told]
    for case, _at, name, before, after in sorted(parts):
        yield {"case_id": case, "what": "changed", "field": name, "before": before, "after": after}


def written(name: str, value: object) -> str:
    """Give a value of an account as text: money in the main unit, days as ISO.

    >>> written("overdue_minor", 123450), written("due_on", pd.Timestamp("2026-01-31")), written("due_on", pd.NaT)
    ('1,234.50', '2026-01-31', '')
    """
    if value is None or value is pd.NaT or value != value:  # noqa: PLR0124  NaN differs from itself
        return ""
    if isinstance(value, pd.Timestamp):
        return value.date().isoformat()
    return f"{int(value) / 100:,.2f}" if name.endswith("_minor") else str(value)  # type: ignore[call-overload]


def different(new: pd.DataFrame, old: pd.DataFrame, key: str) -> set[str]:
    """Give the keys of the new rows that are not there yet or differ from the old ones; unknown equals unknown."""
    at = pd.Index(old[key]).get_indexer(new[key])
    there = at >= 0
    same = there.copy()
    for column in new.columns.drop(key):
        left = new[column][there].reset_index(drop=True)
        right = old[column].iloc[at[there]].reset_index(drop=True)
        same[there] &= ((left == right) | (left.isna() & right.isna())).to_numpy(dtype=bool)
    return {str(one) for one in new.loc[~same, key].tolist()}


def moved(places: pd.DataFrame, known: pd.DataFrame) -> set[str]:
    """Give the debtors whose place the list replaces by another of the same kind."""
    kinds = set(zip(places["debtor_id"], places["kind"], strict=True))
    left_behind = known[~known["place_id"].isin(places["place_id"])]
    pairs = zip(left_behind["debtor_id"], left_behind["kind"], strict=True)
    return {str(debtor) for debtor, kind in pairs if (debtor, kind) in kinds}
