"""Rates at the door, learnt from the branch's own visits and payments, partially pooled by window and class.

Every rate starts at its prior. A cell without visits follows its branch, its bucket and its type; a cell with many
follows itself; how strongly they are drawn together is estimated too (``planner.value.pooling``). Whether promises are
kept comes from the payments (``planner.value.promises``), and so does what is paid beside the visits
(``planner.value.background``).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from zoneinfo import ZoneInfo

import numpy as np
import pandas as pd
from scipy.special import logit
from scipy.stats import beta as beta_distribution

from planner.domain import Bucket, DebtorType
from planner.domain import OutcomeCode as Code
from planner.value.calibration import Calibration, calibrate
from planner.value.counts import CELL, beside, counted
from planner.value.features import allowed
from planner.value.parameters import Parameter, Parameters
from planner.value.pooling import Pooled, pool
from planner.value.promises import judged
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
    "kept": ("bucket", "debtor_type"),
    "paid_part": ("bucket", "debtor_type"),
    "promised_part": ("bucket", "debtor_type"),
    "later": ("bucket", "debtor_type"),
    "anyway": ("bucket", "debtor_type"),
}
#: what comes beside the visits: later from those who were met and gave nothing, and without a visit
BACKGROUND = ("later", "anyway")
#: shares of the overdue amount: means, not chances
PARTS = ("paid_part", "promised_part", *BACKGROUND)
#: what a meeting brings follows from these, in the order in which ``meeting.brought`` asks
AT_A_MEETING = ("pays", "paid_part", "promises", "kept", "promised_part", *BACKGROUND)
#: a share that varies as if it were all or nothing counts as one visit; less varied ones count for more, up to so many
MOST_TRIALS = 20.0


@dataclass(frozen=True)
class Model:
    """What the value of a visit is computed from.

    ``rates`` has one row a rate and cell: ``rate``, ``cell``, ``within``, ``prior``, ``mean``, ``low``, ``high``,
    ``alpha``, ``beta``, ``successes``, ``squares``, ``visits`` and ``assumption`` (fewer local visits than needed stand
    behind it). Of ``PARTS`` the mean is a share of the amount, and successes and squares are sums of shares.
    """

    parameters: Parameters
    calibration: Calibration
    rates: pd.DataFrame
    #: which adopted model this is; "" for one that nobody has adopted
    name: str = ""

    def means(self, rate: str) -> Mapping[tuple[str, str], float]:
        """Give the mean of each cell of a rate."""
        rows = self.rates[self.rates["rate"] == rate]
        return dict(zip(zip(rows["cell"], rows["within"], strict=True), rows["mean"], strict=True))

    def of_class(self, rate: str, buckets: pd.Series, types: pd.Series) -> pd.Series:
        """Give a rate's mean for each row's bucket and debtor type; an unknown type counts as not yet reviewed."""
        means = self.means(rate)
        kinds = types.replace("", DebtorType.UNREVIEWED.value)
        return pd.Series([means[key] for key in zip(buckets, kinds, strict=True)], index=buckets.index, dtype="float64")


def learn(
    survey: pd.DataFrame,
    places: pd.DataFrame,
    outcomes: pd.DataFrame,
    parameters: Parameters,
    *,
    zone: ZoneInfo,
    payments: pd.DataFrame | None = None,
    today: date | None = None,
    list_days: Sequence[pd.Timestamp] = (),
    then: pd.DataFrame | None = None,
    elsewhere: pd.DataFrame | None = None,
    beside_visits: pd.DataFrame | None = None,
) -> Model:
    """Estimate every rate from past visits of one branch.

    Parameters
    ----------
    survey, places, outcomes
        The branch's own. Give those who have left the list too: whoever has paid in full has left it. Outcomes of
        debtors who are not in the survey still count for address, presence and person, not for paying or promising,
        since their bucket is not known. A corrected outcome counts as corrected.
    payments
        ``tables.PAYMENTS``; without them no promise can be judged, and the keeping of promises stays as assumed.
    today
        Promises due later tell nothing yet; None, the day of the last payment on file.
    list_days
        Days of the lists that the payments were read from, if they were (``promises.judged``).
    then
        How debtors stood on the day of each visit (``then.THEN``); where that is not known, or nothing is given,
        bucket, type and amount are those of the survey.
    elsewhere
        Counts of other branches together (``counts.COUNTS``), believed as far as their answers resemble this one's.
    beside_visits
        What was paid beside the visits (``background.background``); without it that stays as assumed.
    """
    asked = trials(
        survey,
        places,
        outcomes,
        parameters,
        zone=zone,
        payments=payments,
        today=today,
        list_days=list_days,
        then=then,
    )
    return fitted(asked, parameters, elsewhere, beside_visits)


def fitted(
    asked: pd.DataFrame,
    parameters: Parameters,
    elsewhere: pd.DataFrame | None = None,
    beside_visits: pd.DataFrame | None = None,
) -> Model:
    """Estimate every rate from questions and their answers, as ``trials`` gives them; ``learn`` has the rest."""
    calibration = calibrate(parameters)
    cells = pd.DataFrame(prior_cells(parameters, calibration), columns=[*CELL, "prior"])
    counts = counted(asked)
    rates = beside(cells, counts if beside_visits is None else pd.concat([counts, beside_visits]))
    others = None if elsewhere is None else beside(cells, elsewhere)
    return Model(parameters, calibration, pooled(rates, parameters, others))


def with_assumed_background(model: Model) -> Model:
    """Give the model with what is paid beside the visits as assumed."""
    base = untaught(model.parameters).rates
    return replace(model, rates=model.rates.where(~model.rates["rate"].isin(BACKGROUND), base))


def untaught(parameters: Parameters) -> Model:
    """Give the model that no visit has taught: the defaults, with the doubt that they carry."""
    return fitted(pd.DataFrame({name: [] for name in TRIALS}).astype({"success": float}), parameters)


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
            rows.append(("kept", bucket.value, kind.value, parameters.promise_kept.value))
            rows.append(("paid_part", bucket.value, kind.value, parameters.paid_at_door.value))
            rows.append(("promised_part", bucket.value, kind.value, calibration.promised_part[bucket]))
            rows.append(("later", bucket.value, kind.value, calibration.later[bucket]))
            rows.append(("anyway", bucket.value, kind.value, parameters.collected_without[bucket].value))
    return rows


#: one row a question that a visit answers: its rate and cell, and what came of it (1 yes, 0 no, or the share of the
#: amount that was paid or promised); ``at`` is the visit's time
TRIALS = ("rate", "cell", "within", "success", "debtor_id", "at", "outcome_id")


def trials(
    survey: pd.DataFrame,
    places: pd.DataFrame,
    outcomes: pd.DataFrame,
    parameters: Parameters,
    *,
    zone: ZoneInfo,
    payments: pd.DataFrame | None = None,
    today: date | None = None,
    list_days: Sequence[pd.Timestamp] = (),
    then: pd.DataFrame | None = None,
) -> pd.DataFrame:
    """Take each visit apart into the questions it answers (``TRIALS``); see ``learn`` for the parameters."""
    standing = allowed(current(outcomes), "outcomes")
    visits = standing.merge(allowed(places, "places")[["place_id", "kind"]], on="place_id", how="left")
    visits = visits.merge(
        allowed(survey, "survey")[["debtor_id", "occupation", "bucket", "debtor_type", "overdue_minor"]],
        on="debtor_id",
        how="left",
    )
    visits = as_they_stood(visits, then)
    # An unknown type counts as not yet reviewed.
    visits["debtor_type"] = visits["debtor_type"].replace("", DebtorType.UNREVIEWED.value)
    visits = visits[~visits["code"].isin(SILENT)]
    slot = slot_of(visits["started_at"], parameters.slots, zone)
    setting = setting_of(visits["kind"].fillna("home"), visits["occupation"].fillna("unknown"), parameters)
    code = visits["code"]
    nothing = pd.Series("", index=visits.index)
    valid = ~code.isin(NOT_VALID)
    somebody = valid & ~code.isin(NOBODY)
    met = code.isin(MET)
    known = met & visits["bucket"].notna()
    verdicts = judged(standing, payments, parameters, zone=zone, today=today, list_days=list_days)
    judgement = verdicts.set_index("outcome_id")["kept"]
    due = known & visits["outcome_id"].isin(judgement.index)
    kept = visits["outcome_id"].map(judgement).eq(True)
    owed = visits["overdue_minor"].astype("float64").where(visits["overdue_minor"] > 0)
    paid_part = (visits["paid_minor"] / owed).clip(upper=1.0).mask(code == Code.PAID_FULL, 1.0)
    paid_part = paid_part.where(paid_part > 0)
    promised = known & code.isin(PROMISES) & (visits["promised_minor"] > 0)
    promised_part = (visits["promised_minor"] / owed).clip(upper=1.0)
    questions = [
        ("address", nothing, nothing, valid, pd.Series(True, index=visits.index)),
        ("there", setting, slot, somebody, valid),
        ("right", nothing, nothing, met, somebody),
        ("pays", visits["bucket"], visits["debtor_type"], code.isin(PAYS), known),
        ("promises", visits["bucket"], visits["debtor_type"], code.isin(PROMISES), known),
        ("kept", visits["bucket"], visits["debtor_type"], kept, due),
        ("paid_part", visits["bucket"], visits["debtor_type"], paid_part, known & code.isin(PAYS) & paid_part.notna()),
        ("promised_part", visits["bucket"], visits["debtor_type"], promised_part, promised & promised_part.notna()),
    ]
    who = {"debtor_id": visits["debtor_id"], "at": visits["started_at"], "outcome_id": visits["outcome_id"]}
    return pd.concat(
        [
            pd.DataFrame({"rate": rate, "cell": cell, "within": within, "success": success.astype(float)} | who)[asked]
            for rate, cell, within, success, asked in questions
        ],
        ignore_index=True,
    )


def as_they_stood(visits: pd.DataFrame, then: pd.DataFrame | None) -> pd.DataFrame:
    """Put bucket, type and amount of the day of each visit (``then.THEN``) in the place of today's, where known.

    ``visits`` has ``outcome_id``, ``bucket``, ``debtor_type`` and ``overdue_minor``; rows and their order stay.
    """
    if then is None or then.empty:
        return visits
    known = then.set_index("outcome_id").reindex(visits["outcome_id"]).set_axis(visits.index)
    words = {name: known[name].where(known[name].fillna("") != "", visits[name]) for name in ("bucket", "debtor_type")}
    amount = known["overdue_minor"].fillna(visits["overdue_minor"].astype("float64"))
    return visits.assign(**words, overdue_minor=amount)


def pooled(rates: pd.DataFrame, parameters: Parameters, others: pd.DataFrame | None = None) -> pd.DataFrame:
    """Pool each rate's cells; give mean, interval and what stands behind it.

    ``others`` has the same rows, with the counts of other branches. The posterior of a cell is given as the Beta
    distribution of the same mean and variance.
    """
    parts = []
    for rate, rows in rates.groupby("rate", sort=False):
        found = pooled_rate(str(rate), rows, parameters, None if others is None else others.loc[rows.index])
        size = found.mean * (1 - found.mean) / found.variance - 1
        parts.append(pd.DataFrame({"alpha": found.mean * size, "beta": (1 - found.mean) * size}, index=rows.index))
    shape = pd.concat(parts).reindex(rates.index)
    tail = (1 - parameters.interval.value) / 2
    return rates.assign(
        alpha=shape["alpha"],
        beta=shape["beta"],
        mean=shape["alpha"] / (shape["alpha"] + shape["beta"]),
        low=beta_distribution.ppf(tail, shape["alpha"], shape["beta"]),
        high=beta_distribution.ppf(1 - tail, shape["alpha"], shape["beta"]),
        assumption=np.asarray(rates["visits"] < parameters.local_visits_needed.value),
    )


def pooled_rate(rate: str, rows: pd.DataFrame, parameters: Parameters, others: pd.DataFrame | None = None) -> Pooled:
    """Pool the cells of one rate."""
    prior = rows["prior"].to_numpy(np.float64)
    every = rows if others is None else pd.concat([rows, others])
    worth = trials_each(every) if rate in PARTS else 1.0
    yes, asked = (rows[column].to_numpy(np.float64) * worth for column in ("successes", "visits"))
    return pool(
        yes,
        asked,
        prior,
        pd.factorize(rows["cell"])[0],
        pd.factorize(rows["within"])[0],
        level=level_of(rate, float(prior.mean()), parameters),
        spread=spread_of(rate, parameters),
        others=None
        if others is None
        else (others["successes"].to_numpy(np.float64) * worth, others["visits"].to_numpy(np.float64) * worth),
    )


def spread_of(rate: str, parameters: Parameters) -> float:
    """Give how far a rate's cells lie apart: windows, classes of a rate with a sourced range, and of one without."""
    if rate == "there":
        return parameters.window_spread.value
    return (parameters.class_spread if rate in ("promises", "kept") else parameters.unsourced_spread).value


def trials_each(rows: pd.DataFrame) -> float:
    """Give how many yes-or-no questions one observed share is worth: 1 where shares are all or nothing.

    The mean of n shares with variance φ·m·(1 − m) is known as well as that of n/φ answers with mean m (quasi-
    likelihood); φ is taken over all cells together.

    References
    ----------
    McCullagh and Nelder, Generalized Linear Models, 2nd edition (1989), 4.5 and 9.
    """
    n = rows["visits"].to_numpy(np.float64)
    seen = n > 0
    spare = float(n[seen].sum() - seen.sum())
    if spare < 5:
        return 1.0
    mean = rows["successes"].to_numpy(np.float64)[seen] / n[seen]
    within = float((rows["squares"].to_numpy(np.float64)[seen] - n[seen] * mean**2).sum())
    full = float((n[seen] * mean * (1 - mean)).sum()) * spare / float(n[seen].sum())
    return float(np.clip(full / max(within, 1e-12), 1.0, MOST_TRIALS))


def level_of(rate: str, prior: float, parameters: Parameters) -> float:
    """Give how far branches lie from the prior, as a standard deviation of the log-odds.

    From the sourced range, taken as an interval of 90 %; where no source gives one, from the prior's weight in visits.
    """
    ranged: dict[str, Parameter] = {"promises": parameters.promises, "kept": parameters.promise_kept}
    if rate in ranged and not np.isnan(ranged[rate].low):
        return float((logit(ranged[rate].high) - logit(ranged[rate].low)) / (2 * 1.645))
    return float(1 / np.sqrt(parameters.prior_weight.value * prior * (1 - prior)))
