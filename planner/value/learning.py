"""Rates at the door, learnt from the branch's own visits: Beta–Binomial, partially pooled.

Every rate starts at its prior with the weight of twenty visits. The branch as a whole shifts the priors first: observed
against expected in all *other* cells. Then a cell's own visits count. So a cell without visits follows its branch, a
cell with many follows itself, and no visit counts twice.

References
----------
Gelman et al., Bayesian Data Analysis, 3rd edition, 2.4 (Beta–Binomial) and 5 (hierarchical models).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from zoneinfo import ZoneInfo

import numpy as np
import pandas as pd
from scipy.stats import beta as beta_distribution

from planner.domain import Bucket, DebtorType
from planner.domain import OutcomeCode as Code
from planner.value.calibration import Calibration, calibrate
from planner.value.features import allowed
from planner.value.parameters import Parameters
from planner.value.slots import setting_of, slot_of

NOT_VALID = frozenset({Code.MOVED, Code.WRONG_ADDRESS, Code.LOST})
NOBODY = frozenset({Code.NOT_HOME, Code.NO_ACCESS, Code.NOTICE_LEFT})
NOT_RIGHT = frozenset({Code.THIRD_PARTY_ONLY})
#: says nothing about who can be met here
SILENT = frozenset({Code.UNSAFE_ABORT, Code.TO_VERIFY, Code.DECEASED})
PAYS = frozenset({Code.PAID_FULL, Code.PAID_PART})
PROMISES = frozenset({Code.PTP_2D, Code.PTP_3D, Code.PTP_LATER, Code.PLAN_SIGNED})
MET = frozenset(Code) - NOT_VALID - NOBODY - NOT_RIGHT - SILENT

#: rate, then what its two cell columns mean
RATES = {
    "address": ("", ""),
    "there": ("setting", "slot"),
    "right": ("", ""),
    "pays": ("bucket", "debtor_type"),
    "promises": ("bucket", "debtor_type"),
}


@dataclass(frozen=True)
class Model:
    """What the value of a visit is computed from.

    ``rates`` has one row a rate and cell: ``rate``, ``cell``, ``within``, ``prior``, ``mean``, ``low``, ``high``,
    ``alpha``, ``beta``, ``successes``, ``visits`` and ``assumption`` (fewer local visits than needed stand behind it).
    """

    parameters: Parameters
    calibration: Calibration
    rates: pd.DataFrame

    def means(self, rate: str) -> Mapping[tuple[str, str], float]:
        """Give the mean of each cell of a rate."""
        rows = self.rates[self.rates["rate"] == rate]
        return dict(zip(zip(rows["cell"], rows["within"], strict=True), rows["mean"], strict=True))


def learn(
    survey: pd.DataFrame, places: pd.DataFrame, outcomes: pd.DataFrame, parameters: Parameters, *, zone: ZoneInfo
) -> Model:
    """Estimate every rate from past visits of one branch.

    Parameters
    ----------
    survey, places, outcomes
        The branch's own. Outcomes of debtors who have left the survey still count for address, presence and person,
        not for paying or promising, since their bucket is no longer known. The bucket is today's, not that of the day
        of the visit. A corrected outcome counts as corrected.
    """
    calibration = calibrate(parameters)
    trials = door_trials(survey, places, current(outcomes), parameters, zone)
    cells = pd.DataFrame(prior_cells(parameters, calibration), columns=["rate", "cell", "within", "prior"])
    counted = trials.groupby(["rate", "cell", "within"], as_index=False).agg(
        successes=("success", "sum"), visits=("success", "size")
    )
    rates = cells.merge(counted, on=["rate", "cell", "within"], how="left")
    rates[["successes", "visits"]] = rates[["successes", "visits"]].fillna(0).astype("int64")
    return Model(parameters, calibration, pooled(rates, parameters))


def current(outcomes: pd.DataFrame) -> pd.DataFrame:
    """Leave out the outcomes that a later entry corrects."""
    if "replaces" not in outcomes:
        return outcomes
    return outcomes[~outcomes["outcome_id"].isin(outcomes.loc[outcomes["replaces"] != "", "replaces"])]


def prior_cells(parameters: Parameters, calibration: Calibration) -> list[tuple[str, str, str, float]]:
    """List every cell with its prior mean."""
    multipliers = {
        "home": parameters.contact_home,
        "home_flat": parameters.contact_home_flat,
        "work": parameters.contact_work,
    }
    rows = [("address", "", "", parameters.address_valid.value), ("right", "", "", parameters.right_person.value)]
    rows += [
        ("there", setting, slot, min(calibration.there * factor.value, 0.98))
        for setting, factors in multipliers.items()
        for slot, factor in factors.items()
    ]
    for bucket in Bucket:
        for kind in DebtorType:
            rows.append(("pays", bucket.value, kind.value, calibration.pays[bucket]))
            rows.append(("promises", bucket.value, kind.value, parameters.promises.value))
    return rows


def door_trials(
    survey: pd.DataFrame, places: pd.DataFrame, outcomes: pd.DataFrame, parameters: Parameters, zone: ZoneInfo
) -> pd.DataFrame:
    """Take each visit apart into the questions it answers: one row a question, with its cell and success."""
    visits = allowed(outcomes, "outcomes").merge(
        allowed(places, "places")[["place_id", "kind"]], on="place_id", how="left"
    )
    visits = visits.merge(
        allowed(survey, "survey")[["debtor_id", "occupation", "bucket", "debtor_type"]], on="debtor_id", how="left"
    )
    visits = visits[~visits["code"].isin(SILENT)]
    slot = slot_of(visits["started_at"], parameters.slots, zone)
    setting = setting_of(visits["kind"].fillna("home"), visits["occupation"].fillna("unknown"), parameters)
    code = visits["code"]
    nothing = pd.Series("", index=visits.index)
    valid = ~code.isin(NOT_VALID)
    somebody = valid & ~code.isin(NOBODY)
    met = code.isin(MET)
    known = met & visits["bucket"].notna()
    questions = [
        ("address", nothing, nothing, valid, pd.Series(True, index=visits.index)),
        ("there", setting, slot, somebody, valid),
        ("right", nothing, nothing, met, somebody),
        ("pays", visits["bucket"], visits["debtor_type"], code.isin(PAYS), known),
        ("promises", visits["bucket"], visits["debtor_type"], code.isin(PROMISES), known),
    ]
    return pd.concat(
        [
            pd.DataFrame({"rate": rate, "cell": cell, "within": within, "success": success})[asked]
            for rate, cell, within, success, asked in questions
        ],
        ignore_index=True,
    )


def pooled(rates: pd.DataFrame, parameters: Parameters) -> pd.DataFrame:
    """Shift the priors by the branch, then update each cell; give mean, interval and what stands behind it.

    The branch's shift for a cell is (k + S) / (k + E): S successes and E expected successes in the rate's other cells,
    with k the successes that the prior's weight stands for. Few visits leave it at 1.
    """
    weight = parameters.prior_weight.value
    expected = rates["visits"] * rates["prior"]
    by_rate = rates["rate"]
    elsewhere_s = rates["successes"].groupby(by_rate).transform("sum") - rates["successes"]
    elsewhere_e = expected.groupby(by_rate).transform("sum") - expected
    k = weight * rates["prior"].groupby(by_rate).transform("mean")
    mean = (rates["prior"] * (k + elsewhere_s) / (k + elsewhere_e)).clip(1e-4, 0.999)
    alpha = weight * mean + rates["successes"]
    beta = weight * (1 - mean) + rates["visits"] - rates["successes"]
    tail = (1 - parameters.interval.value) / 2
    return rates.assign(
        alpha=alpha,
        beta=beta,
        mean=alpha / (alpha + beta),
        low=beta_distribution.ppf(tail, alpha, beta),
        high=beta_distribution.ppf(1 - tail, alpha, beta),
        assumption=np.asarray(rates["visits"] < parameters.local_visits_needed.value),
    )
