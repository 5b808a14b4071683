"""What may be done at a debtor's doors in the coming days, which rule takes what, and what a visit is worth."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from zoneinfo import ZoneInfo

import pandas as pd

from planner.rules.facts import Facts
from planner.rules.pack import RulePack
from planner.rules.permit import RULES, WINDOWS, all_windows, with_instants
from planner.tables import DAY, TEXT, Schema, conform, empty
from planner.value.candidates import best_place, required_visits, where_it_counts
from planner.value.learning import Model
from planner.value.slots import split_by_slot
from planner.value.uplift import UPLIFT, uplift

#: what a rule took: a place on a day
TAKEN: Schema = {
    "place_id": TEXT,
    "kind": TEXT,
    "day": DAY,
    "rule": TEXT,  # key of permit.RULES
    "article": TEXT,
    "detail": TEXT,
    "action": TEXT,
}
#: an option in one slot of a day
OPTIONS: Schema = {**WINDOWS, "slot": TEXT, **UPLIFT}


@dataclass(frozen=True)
class Allowed:
    """What is allowed in the coming days.

    ``windows`` has the columns of ``permit.WINDOWS``, ``taken`` those of ``TAKEN``, one row a place and day that is
    gone; ``options`` those of ``OPTIONS``, dearest first: the best place of each slot of a day. ``idle`` are the places
    that may be visited but for nothing: a guarantor's or a collateral without a clock that calls for it.
    """

    days: tuple[date, ...]
    windows: pd.DataFrame
    taken: pd.DataFrame
    options: pd.DataFrame
    idle: tuple[str, ...]

    @property
    def best(self) -> dict[str, Any] | None:
        """Give the option worth most, None where there is none."""
        return None if self.options.empty else {str(k): v for k, v in self.options.iloc[0].to_dict().items()}

    @property
    def alternatives(self) -> pd.DataFrame:
        """Give the best option of every place and slot, dearest first."""
        return self.options.drop_duplicates(["place_id", "slot"]).reset_index(drop=True)


def allowed(facts: Facts, pack: RulePack, model: Model, *, days: Sequence[date], zone: ZoneInfo) -> Allowed:
    """Apply the rules to one debtor and value what they leave.

    Parameters
    ----------
    facts
        Of this debtor alone.
    days
        The coming days, whether a crew works on them or not.
    """
    windows, taken = trace(facts, pack, days)
    counts, _lost = where_it_counts(windows, required_visits(facts.clocks))
    pieces = split_by_slot(counts, model.parameters.slots, zone)
    if pieces.empty:
        options = empty(OPTIONS)
    else:
        valued = uplift(facts.survey, facts.places, pieces, model, outcomes=facts.outcomes, clocks=facts.clocks)
        options = conform(best_place(valued), OPTIONS).sort_values(
            ["value_minor", "opens_at"], ascending=[False, True], ignore_index=True
        )
    idle = tuple(dict.fromkeys(windows.loc[~windows["place_id"].isin(counts["place_id"]), "place_id"].astype(str)))
    return Allowed(tuple(sorted(set(days))), windows, taken, options, idle)


def trace(facts: Facts, pack: RulePack, days: Sequence[date]) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Give the windows that every rule leaves, and which rule took the others and why."""
    windows = all_windows(facts, days)
    lost: list[dict[str, object]] = []
    for name, rule in RULES.items():
        narrowed = rule(windows, facts, pack)
        kept = set(zip(narrowed.windows["place_id"], narrowed.windows["day"], strict=True))
        for row in windows[["debtor_id", "place_id", "kind", "day"]].drop_duplicates().to_dict("records"):
            if (row["place_id"], row["day"]) not in kept:
                detail, article, action = narrowed.why.get(str(row["debtor_id"]), ("No working day is left.", "", ""))
                lost.append(
                    {
                        **{str(k): v for k, v in row.items()},
                        "rule": name,
                        "article": article,
                        "detail": detail,
                        "action": action,
                    }
                )
        windows = narrowed.windows
    taken = conform(pd.DataFrame(lost), TAKEN) if lost else empty(TAKEN)
    return with_instants(windows, facts), taken
