"""How far a build is: what of the whole is done when a step begins, and while the road network is contracted.

Contraction takes most of a build that has it. The program tells how much of the network it has gone through (a dot
for each five hundredths, a number for each ten). For cars it does so five times: nine tenths of the network, and the
rest once for each kind of road that may be kept off. For walkers it goes over all at once, and the last tenth takes
most of the time.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

import numpy as np

from geodata.roads.region import Method, Profile

#: What of the whole is done when a step begins, in hundredths; by the CPU seconds of two cities (docs/roads.md).
DIJKSTRA = {"read": 0, "extract": 10, "partition": 50, "customize": 60, "draw": 65, "index": 85}
CONTRACTED: Mapping[Profile, Mapping[str, int]] = {
    "car": {"read": 0, "extract": 4, "contract": 14, "draw": 85, "index": 95},
    "foot": {"read": 0, "extract": 2, "contract": 6, "draw": 94, "index": 98},
}
SAID = {
    "read": "Reading streets, waters, buildings and districts.",
    "extract": "Extracting the road network.",
    "partition": "Dividing the road network.",
    "contract": "Contracting the road network.",
    "customize": "Preparing travel times.",
    "draw": "Drawing the basemap.",
    "index": "Writing districts, landmarks, street index and buildings.",
}
#: how often the program goes over the network
ROUNDS: Mapping[Profile, int] = {"car": 5, "foot": 1}
#: where all crossings are contracted in one go: so much of them, and of the time (Porto Alegre, foot)
CROSSINGS, TIME = (0.0, 0.7, 0.8, 0.9, 0.95, 1.0), (0.0, 0.04, 0.07, 0.2, 0.44, 1.0)
BEGINS_A_ROUND = re.compile(r"will contract \d+")
ENDS_A_ROUND = "node priorities initialized in"
DOT = re.compile(r"(?:\[.*\] )?\.\s*")
TENTHS = re.compile(r"(?:^|\s)(\d{1,3})% *$")


def begins(profile: Profile, method: Method) -> Mapping[str, int]:
    """Give what of a build is done when each of its steps begins, in hundredths."""
    return CONTRACTED[profile] if method == "ch" else DIJKSTRA


class Contraction:
    """Reads what ``osrm-contract`` writes, line by line.

    >>> lines = ["[info] will contract 900 (90%) nodes...", "[info] .", " 10% ", "."]
    >>> contraction = Contraction("car")
    >>> [contraction.hear(line) for line in [*lines, "[info] node priorities initialized in 1ms", " 80% "]]
    [0.0, 0.01, 0.02, 0.03, 0.2, 0.2]
    """

    def __init__(self, profile: Profile) -> None:
        self._rounds = ROUNDS[profile]
        self._round, self._done, self._within = 0, 0.0, False

    def hear(self, line: str) -> float:
        """Give the share of its time that is over after a line."""
        tenths = TENTHS.search(line)
        if BEGINS_A_ROUND.search(line):
            self._within, self._done = True, 0.0
        elif ENDS_A_ROUND in line and self._within:
            self._within, self._done = False, 0.0
            self._round += 1
        elif self._within and tenths:
            self._done = min(1.0, int(tenths[1]) / 100)
        elif self._within and DOT.fullmatch(line):
            self._done = min(1.0, round(self._done + 0.05, 2))
        share = float(np.interp(self._done, CROSSINGS, TIME)) if self._rounds == 1 else self._done
        return round(min(1.0, (self._round + share) / self._rounds), 4)
