"""Which rows are the same person: one person with several accounts is one stop."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence

import numpy as np
import pandas as pd

from planner.intake.headings import keys
from planner.intake.values import is_masked

#: So many people with one name and phone are compared with; beyond that it is a placeholder, not a phone.
MOST_ALIKE = 20


def persons(
    ids: Sequence[str], names: Sequence[str], phones: Sequence[str], addresses: Sequence[str]
) -> tuple[list[int], list[tuple[int, int]]]:
    """Give each row the number of its person, and the pairs of rows that agree on name and phone but not on identity.

    Rows belong together if they have the same identity number; else the same name and phone; else the same name and
    home address. Two different identity numbers are never one person. "" is unknown; a masked name tells nobody apart.

    The numbers are counted from 0 in the order of the rows and mean nothing outside this file: that way no identity
    number, and nothing that could be turned back into one, leaves this function.

    >>> persons(["7", "7", "", ""], ["李", "李", "李", "王"], ["1", "", "1", "1"], ["", "", "", ""])
    ([0, 0, 0, 1], [])
    """
    root = list(range(len(names)))
    identity = list(ids)

    def find(i: int) -> int:
        while root[i] != i:
            root[i] = root[root[i]]
            i = root[i]
        return i

    def join(i: int, j: int) -> bool:
        a, b = sorted((find(i), find(j)))
        if a != b and identity[a] and identity[b] and identity[a] != identity[b]:
            return False
        root[b] = a
        identity[a] = identity[a] or identity[b]
        return True

    first: dict[str, int] = {}
    for i in _repeated(ids):
        join(first.setdefault(ids[i], i), i)
    clashes: list[tuple[int, int]] = []
    name_keys, address_keys = keys(names), keys(addresses)
    for seconds, clash_counts in ((phones, True), (address_keys, False)):
        alike: dict[tuple[str, str], list[int]] = defaultdict(list)
        for i in _repeated(name_keys, seconds):
            if is_masked(names[i]):
                continue
            others = alike[name_keys[i], seconds[i]]
            if not any(join(other, i) for other in others):
                if others and clash_counts:
                    clashes.append((others[0], i))
                if len(others) < MOST_ALIKE:
                    others.append(i)
    numbers: dict[int, int] = {}
    return [numbers.setdefault(i if r == i else find(i), len(numbers)) for i, r in enumerate(root)], clashes


def _repeated(*columns: Sequence[str]) -> list[int]:
    """Give the rows whose texts are all known and stand in another row too: of a million rows, few."""
    if any(_all_distinct(texts) for texts in columns):
        return []
    known = np.ones(len(columns[0]), dtype=bool)
    codes = np.zeros(len(columns[0]), dtype=np.int64)
    for texts in columns:
        found, every = pd.factorize(np.array(texts, dtype=object))
        codes = codes * (len(every) + 1) + found
        known &= (every != "")[found]
    at = np.flatnonzero(known)
    return [int(i) for i in at[pd.Series(codes[at]).duplicated(keep=False).to_numpy()]]


def _all_distinct(texts: Sequence[str]) -> bool:
    """Say whether no text stands twice, as with the telephones of most lists; "" is none."""
    different = set(texts)
    return len(different) - ("" in different) == len(texts) - texts.count("")
