"""A week's load among the bank's own crews: what is hard, what is carried from past weeks, and what was evened out."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import numpy as np
import pandas as pd

from planner import routing
from planner.agency import BANK, agencies_of
from planner.domain import Crew
from planner.routing.balance import MEASURES, Fair, Reals, fair, loads_of
from planner.routing.even import Evened, even_out
from planner.routing.instance import Instance
from planner.routing.tour import Tour
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
        hard=hard_visits(chosen.survey, facts.outcomes, parameters) & {one.id for one in problem.visits},
        tolerance=tolerance,
        most_price=parameters.load_price.value * max(plan.objective, 0.0),
        carried=carried(facts.outcomes, parameters, now),
        seed=seed,
    )


def own_crews(crews: Sequence[Crew]) -> frozenset[str]:
    """Give the crews with a collector of the bank's own."""
    return frozenset(crew.crew_id for crew in crews if BANK in crew.skills or not agencies_of(crew.skills))


def as_planned(evened: Evened, plan: routing.Plan) -> Evened:
    """Give the loads of the plan as it was before evening out, for a week in which that is not done."""
    return replace(evened, plan=plan, exchanged=evened.before, after=evened.before, price=0.0)


def after_change(
    before: Mapping[str, Any], instance: Instance, tours: Sequence[Tour], crews: Sequence[Crew]
) -> dict[str, Any]:
    """Give the loads of a plan that was changed by hand.

    Parameters
    ----------
    before
        What :func:`told` said of the plan it was made from; without its hard visits nothing can be told.
    """
    if "hard" not in before:
        return {}
    carried = {crew: one["hard"]["carried"] for crew, one in before["crews"].items()}
    of = fair(instance, own_crews(crews), before["hard"], before["tolerance"], carried)
    now = loads_of(instance, tours, of)
    was = np.array(
        [
            [before["crews"][crew][one]["load"] if crew in before["crews"] else 0.0 for one in MEASURES]
            for crew in of.crews
        ]
    ).reshape(now.shape)
    rest = {key: before[key] for key in ("tolerance", "memory_weeks", "hard")}
    return rest | {
        "within": of.met(now),
        "price": 0.0,
        "by_hand": True,
        "crews": rows(of, was, now, {one.crew_id: one.name for one in crews}),
    }


def told(evened: Evened, crews: Sequence[Crew], parameters: Parameters) -> dict[str, Any]:
    """Give the loads as the plan's context keeps them.

    Returns
    -------
    dict
        ``tolerance``, ``within`` (every crew inside), ``price`` (in units of the values), ``memory_weeks``, ``hard``
        (a mapping by debtor, which is cut to a crew's own as every mapping is) and ``crews``: by crew id its name and,
        by measure, ``load``, ``target``, ``allowed``, ``before`` and ``carried`` (hard visits of past weeks).
        ``by_hand`` where the plan was changed by hand: then ``before`` is before the change.
    """
    of = evened.fair
    return {
        "tolerance": of.tolerance,
        "within": evened.met,
        "price": round(evened.price, 2),
        "memory_weeks": parameters.load_memory.value,
        "hard": dict.fromkeys(sorted(of.hard), 1),
        "crews": rows(of, evened.before, evened.after, {crew.crew_id: crew.name for crew in crews}),
    }


def rows(of: Fair, before: Reals, after: Reals, names: Mapping[str, str]) -> dict[str, Any]:
    """Give each crew's loads (crews, 3) by measure beside its share."""
    target, allowed = of.targets(after), of.allowed(after)
    return {
        crew: {
            "crew_id": crew,
            "name": names[crew],
            **{
                measure: {
                    "load": float(after[k, m]),
                    "target": float(target[k, m]),
                    "allowed": float(allowed[k, m]),
                    "before": float(before[k, m]),
                    "carried": float(of.carried[k, m]),
                    "inside": bool(np.abs(after[k, m] - target[k, m]) <= allowed[k, m] + 1e-9),
                }
                for m, measure in enumerate(MEASURES)
            },
        }
        for k, crew in enumerate(of.crews)
    }
