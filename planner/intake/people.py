"""Which rows are the same person: one person with several accounts is one stop."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Sequence

from planner.intake.headings import key
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
    for i, one in enumerate(ids):
        if one:
            join(first.setdefault(one, i), i)
    clashes: list[tuple[int, int]] = []
    name_keys, address_keys = (_keys(texts) for texts in (names, addresses))
    for seconds, clash_counts in ((phones, True), (address_keys, False)):
        pairs = list(zip(name_keys, seconds, strict=True))
        often = Counter(pairs)
        alike: dict[tuple[str, str], list[int]] = defaultdict(list)
        for i, both in enumerate(pairs):
            if often[both] < 2 or not all(both) or is_masked(names[i]):
                continue
            others = alike[both]
            if not any(join(other, i) for other in others):
                if others and clash_counts:
                    clashes.append((others[0], i))
                if len(others) < MOST_ALIKE:
                    others.append(i)
    numbers: dict[int, int] = {}
    return [numbers.setdefault(find(i), len(numbers)) for i in range(len(names))], clashes


def _keys(texts: Sequence[str]) -> list[str]:
    known = {text: key(text) for text in set(texts)}
    return [known[text] for text in texts]
