"""A week's load among the bank's own crews: what is hard, what is carried from past weeks, and what was evened out."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

import numpy as np
import pandas as pd

from planner import routing
from planner.agency import BANK, agencies_of
from planner.domain import Crew
from planner.routing.balance import MEASURES
from planner.routing.even import Evened, even_out
from planner.rules.facts import Facts
from planner.value.candidates import Candidates
from planner.value.learning import current
from planner.value.parameters import Parameters

#: the branch's setting: how far a load may lie from a crew's share, as a share of it
TOLERANCE = "load_tolerance"
LEAST, MOST = 0.05, 0.5


def tolerance_of(setting: Any, parameters: Parameters) -> float:
    """Give the tolerance that holds: the branch's own, where it set a sensible one, else the default."""
    if isinstance(setting, int | float) and not isinstance(setting, bool) and LEAST <= setting <= MOST:
        return float(setting)
    return parameters.load_tolerance.value


def hard_visits(survey: pd.DataFrame, outcomes: pd.DataFrame, parameters: Parameters) -> frozenset[str]:
    """Give the debtors whose visit is hard: by their type after review, or by how the last visit ended.

    Parameters
    ----------
    survey
        ``debtor_id`` and ``debtor_type``.
    outcomes
        ``tables.OUTCOMES``; entries that a later one corrects do not count.
    """
    typed = survey.loc[survey["debtor_type"].isin([one.value for one in parameters.hard_types]), "debtor_id"]
    last = current(outcomes).sort_values("started_at").drop_duplicates("debtor_id", keep="last")
    ended = last.loc[last["code"].isin([one.value for one in parameters.hard_outcomes]), "debtor_id"]
    return frozenset(typed.astype(str)) | frozenset(ended.astype(str))


def carried(outcomes: pd.DataFrame, parameters: Parameters, now: datetime) -> dict[str, float]:
    """Count, by crew, the visits of the past weeks that ended hard: who had many gets fewer now."""
    since = pd.Timestamp(now) - timedelta(weeks=parameters.load_memory.value)
    visits = current(outcomes)
    recent = visits[(visits["started_at"] >= since) & (visits["started_at"] < pd.Timestamp(now))]
    hard = recent[recent["code"].isin([one.value for one in parameters.hard_outcomes])]
    return {str(crew): float(count) for crew, count in hard["crew_id"].value_counts().items()}


def even_week(
    problem: routing.Problem,
    plan: routing.Plan,
    chosen: Candidates,
    crews: Sequence[Crew],
    parameters: Parameters,
    *,
    tolerance: float,
    now: datetime,
    seed: int,
) -> Evened:
    """Even out a week's plan among the bank's own crews, an agency's left as they are."""
    facts: Facts = chosen.facts
    return even_out(
        problem,
        plan,
        crews=own_crews(crews),
        hard=hard_visits(chosen.survey, facts.outcomes, parameters),
        tolerance=tolerance,
        most_price=parameters.load_price.value * max(plan.objective, 0.0),
        carried=carried(facts.outcomes, parameters, now),
        seed=seed,
    )


def own_crews(crews: Sequence[Crew]) -> frozenset[str]:
    """Give the crews with a collector of the bank's own."""
    return frozenset(crew.crew_id for crew in crews if BANK in crew.skills or not agencies_of(crew.skills))


def told(evened: Evened, crews: Sequence[Crew], parameters: Parameters) -> dict[str, Any]:
    """Give the loads as the plan's context keeps them.

    Returns
    -------
    dict
        ``tolerance``, ``within`` (every crew inside), ``price`` (in units of the values), ``memory_weeks`` and
        ``crews``: by crew id its name and, by measure, ``load``, ``target``, ``allowed``, ``before`` and
        ``carried`` (hard visits of past weeks).
    """
    of, names = evened.fair, {crew.crew_id: crew.name for crew in crews}
    target, allowed = of.targets(evened.after), of.allowed(evened.after)
    return {
        "tolerance": of.tolerance,
        "within": evened.met,
        "price": round(evened.price, 2),
        "memory_weeks": parameters.load_memory.value,
        "crews": {
            crew: {
                "crew_id": crew,
                "name": names[crew],
                **{
                    measure: {
                        "load": float(evened.after[k, m]),
                        "target": float(target[k, m]),
                        "allowed": float(allowed[k, m]),
                        "before": float(evened.before[k, m]),
                        "carried": float(of.carried[k, m]),
                        "inside": bool(np.abs(evened.after[k, m] - target[k, m]) <= allowed[k, m] + 1e-9),
                    }
                    for m, measure in enumerate(MEASURES)
                },
            }
            for k, crew in enumerate(of.crews)
        },
    }
