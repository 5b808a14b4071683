"""How long the search of a branch may take, so that the branch as a whole takes the seconds that were asked for."""

from __future__ import annotations

#: what comes after the search takes about so long a visit, before a worker has seen how long it takes here
FINISHING_S = 0.01
#: of so many branches before it is foretold; how long evening out takes differs several times from branch to branch
REMEMBERED = 8
#: the search gets this share of the seconds at least, however long the roads took
LEAST = 0.5


class Budget:
    """Shares the seconds of a branch out: the search has what reading, travel times and finishing leave of them.

    What finishing takes (evening out, the second reading, the record) is foretold from the branches before, by visits:
    from their mean, since after the last one alone a quick branch after a slow one wastes what a slow one after a quick
    one takes beyond its seconds.
    """

    def __init__(self) -> None:
        self._finishing_s, self._seen = FINISHING_S, 0

    def search_s(self, whole_s: float, *, spent_s: float, visits: int) -> float:
        """Give the seconds for the search of a branch with so many visits to choose from.

        >>> Budget().search_s(20.0, spent_s=3.0, visits=500), Budget().search_s(20.0, spent_s=60.0, visits=500)
        (12.0, 10.0)
        """
        return max(LEAST * whole_s, whole_s - spent_s - self._finishing_s * visits)

    def learn(self, visits: int, took_s: float) -> None:
        """Hear how long finishing took for so many visits."""
        if visits:
            self._seen = min(self._seen + 1, REMEMBERED)
            self._finishing_s += (took_s / visits - self._finishing_s) / self._seen
