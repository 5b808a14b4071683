"""What crews can expect, district by district, worked out when it is first asked for and then kept.

A reader of the comparison looks at one district's card; the table of all, and what a crew-day more would bring, take as
long as the rest of the page and are asked for by few. Everything they need is in hand: no store and no roads are asked.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

import pandas as pd

from planner.crew_days import CREW_DAYS, crew_days
from planner.outlook import OUTLOOK, Prospect, outlook
from planner.tables import conform, empty


@dataclass(frozen=True, eq=False)
class Ahead:
    """The districts' prospects and what follows from them.

    ``of`` are the prospects by district, ``days_now`` the crew-days that plans of the coming week spend there; a
    district whose week rests on some but fewer visits than ``fewest`` is left out. Two
    sessions that ask at once compute the same twice; what is kept is never changed, and each caller gets his own view
    of it (pandas copies on write).
    """

    of: Mapping[str, Prospect] = field(default_factory=dict)
    days_now: Mapping[str, float] = field(default_factory=dict)
    fewest: int = 0
    _rows: dict[str, pd.DataFrame] = field(default_factory=dict, repr=False)  # what does not depend on plans
    _days: list[pd.DataFrame] = field(default_factory=list, init=False, repr=False)

    def with_plans(self, days_now: Mapping[str, float]) -> Ahead:
        """Give the same prospects beside other plans; what was worked out of the prospects alone is kept."""
        return replace(self, days_now=days_now)

    def row(self, region: str) -> dict[Any, Any] | None:
        """Give one district's row of ``planner.outlook.OUTLOOK``; None where no crew can be thought of."""
        return None if region not in self.of or self._few(region) else self._one(region).to_dict("records")[0]

    def outlook(self) -> pd.DataFrame:
        """Give what each district promises before any plan (``planner.outlook.OUTLOOK``)."""
        rows = [self._one(region) for region in self.of if not self._few(region)]
        return conform(pd.concat(rows, ignore_index=True), OUTLOOK) if rows else empty(OUTLOOK)

    def crew_days(self) -> pd.DataFrame:
        """Give what a crew-day more would bring in each district (``planner.crew_days.CREW_DAYS``)."""
        if not self.of:
            return empty(CREW_DAYS)
        if not self._days:
            told = {region: one for region, one in self.of.items() if not self._few(region)}
            self._days.append(crew_days(told, self.days_now) if told else empty(CREW_DAYS))
        return self._days[0].copy(deep=False)

    def _few(self, region: str) -> bool:
        return bool(self.fewest) and 0.0 < float(self._one(region)["visits"].iloc[0]) < self.fewest

    def _one(self, region: str) -> pd.DataFrame:
        if region not in self._rows:
            self._rows[region] = outlook({region: self.of[region]})
        return self._rows[region]
