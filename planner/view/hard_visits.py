"""Hard visits of the past weeks by crew and by person, beside their share: so that the burden is shared.

The same visits that the week's plan counts (``planner.load.carried``). Only how a visit ended is read, and for nothing
but sharing: no protected feature, no amount, nothing of the crews' safety.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

import pandas as pd

from planner.domain import Collector, Crew
from planner.load import carried, own_crews
from planner.value.learning import current
from planner.value.parameters import Parameters


@dataclass(frozen=True)
class Burden:
    """A crew's or a person's: visits made, hard ones, the share of all hard ones that the visits made would give."""

    name: str
    visits: int
    hard: int
    share: float
    allowed: float

    @property
    def more(self) -> float:
        """How many more than its share, beyond what is allowed; 0 where it lies within."""
        return self.hard - self.share if self.hard - self.share > self.allowed else 0.0


@dataclass(frozen=True)
class HardVisits:
    """The burdens of the bank's own crews and people, by name."""

    weeks: int
    total: int
    crews: tuple[Burden, ...]
    people: tuple[Burden, ...]


def hard_visits_of(
    outcomes: pd.DataFrame,
    crews: Sequence[Crew],
    people: Sequence[Collector],
    parameters: Parameters,
    *,
    tolerance: float,
    now: datetime,
) -> HardVisits:
    """Count the hard visits of the past weeks; a share follows the visits made, for whoever was off had none to make.

    Whoever is in a crew today is counted with it: who was in it on the day of a visit is not kept.
    """
    weeks = parameters.load_memory.value
    mine = own_crews(crews)
    since = pd.Timestamp(now) - timedelta(weeks=weeks)
    visits = current(outcomes)
    recent = visits[(visits["started_at"] >= since) & (visits["started_at"] < pd.Timestamp(now))]
    made = recent["crew_id"].value_counts()
    hard = carried(outcomes, parameters, now)
    counted = {one.crew_id: (int(made.get(one.crew_id, 0)), int(hard.get(one.crew_id, 0.0)))
               for one in crews if one.crew_id in mine}  # fmt: skip
    total, all_visits = sum(h for _, h in counted.values()), sum(v for v, _ in counted.values())

    def burden(name: str, visits: int, hard: int) -> Burden:
        share = total * visits / all_visits if all_visits else 0.0
        return Burden(name, visits, hard, share, max(1.0, tolerance * share))

    names = {one.collector_id: one.name for one in people}
    of_person: dict[str, tuple[int, int]] = {}
    for crew in crews:
        for member in crew.members if crew.crew_id in mine else ():
            before = of_person.get(member, (0, 0))
            of_person[member] = (before[0] + counted[crew.crew_id][0], before[1] + counted[crew.crew_id][1])
    return HardVisits(
        weeks=round(weeks),
        total=total,
        crews=tuple(burden(one.name, *counted[one.crew_id]) for one in crews if one.crew_id in counted),
        people=tuple(sorted((burden(names.get(who, who), *n) for who, n in of_person.items()), key=lambda b: b.name)),
    )
