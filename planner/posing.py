"""Poses a week that was read: who is asked about, over which roads, what visits are worth, where debtors cluster."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import pandas as pd

from geodata.roads.travel import OnCells, unheard
from planner import routing
from planner.ask import Question, ask
from planner.choice import Choice, choose
from planner.domain import Shift
from planner.means import Means
from planner.pattern import Pattern, branch_pattern, homes_of
from planner.reading import Week
from planner.value.candidates import Candidates, required_visits
from planner.value.parameters import Parameters


def choice_of(week: Week, chosen: Candidates, means: Means) -> Choice:
    """Choose between own crew, agency, letter and call for each debtor, as far as that is done before the search."""
    return choose(
        chosen,
        week.crews,
        week.shifts,
        week.tables.agencies,
        means.roads,
        places=week.tables.places,
        days=week.days,
        crew_minor_per_s=100 * travel_cost_per_s(means.parameters, week.shifts),
    )


def pose(week: Week, chosen: Candidates, means: Means, *, on_cells: OnCells = unheard) -> Question:
    """Ask: the permitted options become a problem over the roads."""
    options = chosen.options
    return ask(
        week.monday,
        week.crews,
        week.shifts,
        options,
        week.tables.places,
        dict(zip(options["debtor_id"], options["needs"], strict=True)),
        means.roads,
        travel_cost_per_s=travel_cost_per_s(means.parameters, week.shifts),
        hour_factors=means.parameters.hour_factors(),
        on_cells=on_cells,
    )


def worth_of(question: Question) -> routing.Problem:
    """Give the problem with what each visit is worth, not only what it adds beyond the cheaper channel."""
    facts = question.options
    visits = tuple(
        replace(
            visit,
            options=tuple(
                replace(option, value=float(known.get("worth_minor", 100 * option.value)) / 100)
                for option, known in zip(visit.options, facts[visit.id], strict=bool(visit.options))
            ),
        )
        for visit in question.problem.visits
    )
    return replace(question.problem, visits=visits)


def travel_cost_per_s(parameters: Parameters, shifts: Sequence[Shift]) -> float:
    """Give what a second on the road costs in currency units: a crew-day's cost over its length.

    A crew-day costs as many crew visits as one does in a town (``visit_cost`` times ``visits_per_day_urban``).
    """
    mean_s = float(np.mean([(shift.ends - shift.starts).total_seconds() for shift in shifts]))
    return parameters.visit_cost.value / 100 * parameters.visits_per_day_urban.value / mean_s


def pattern_of(week: Week, chosen: Candidates, means: Means, *, on_cells: OnCells = unheard) -> Pattern:
    """Say where the branch's debtors are clustered, over all that are on the list, visited this week or not."""
    homes = homes_of(week.tables.places).merge(chosen.survey[["debtor_id", "region"]], on="debtor_id")
    times = means.roads.travel_times(homes[["lon", "lat"]].to_numpy(float), on_cells=on_cells)
    # Where an agency's list takes everybody, nobody is left to be visited by the bank's own.
    mean_s = float(chosen.options["service_s"].mean()) if len(chosen.options) else 0.0
    best = chosen.options.groupby("debtor_id")["value_minor"].max()
    return branch_pattern(
        homes,
        week.customers,
        times.seconds,
        np.full(len(homes), mean_s),
        value_minor=homes["debtor_id"].map(best).to_numpy(float),
        gazetteer=means.gazetteer,
    )


def people_of(chosen: Candidates, places: pd.DataFrame) -> pd.DataFrame:
    """Give one row a debtor on the list: survey, home, the best value of any option, and what requires a visit.

    ``deadline_on`` is the last day of the clock that requires it, ``set_aside`` the limits it goes before.
    """
    best = chosen.options.groupby("debtor_id")["value_minor"].max().rename("best_value_minor")
    both = pd.concat([chosen.options, chosen.removed])[["debtor_id", "required", "required_reason"]]
    due = both.drop_duplicates("debtor_id")
    people = chosen.survey.merge(homes_of(places), on="debtor_id", how="left")
    people = people.merge(best, on="debtor_id", how="left").merge(due, on="debtor_id", how="left")
    people["required"] = people["required"].eq(True)
    people["required_reason"] = people["required_reason"].fillna("")
    # By name and not by pandas' own join: where no debtor has a clock its types do not go together.
    due_by = required_visits(chosen.clocks)["deadline_on"].to_dict()
    last = [due_by.get(name) for name in people["debtor_id"]]
    people["deadline_on"] = [None if one is None or one is pd.NaT else one.date() for one in last]
    people["set_aside"] = [list(chosen.set_aside.get(one, ())) for one in people["debtor_id"]]
    return people
