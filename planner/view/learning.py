"""What a branch has learnt, ready to be shown: rates, new against old, drift, with and without a visit."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import numpy as np
import pandas as pd

from planner.adoption import DEFAULTS, Adoption, adoptions, exploration_of, model_of
from planner.domain import Branch, Bucket, Principal
from planner.past import Past, read_past
from planner.store import Store
from planner.tables import empty
from planner.value.comparing import Curves, Scores, scores, uplift_curves
from planner.value.drift import drift
from planner.value.exploring import HOLD_OUT, held_out
from planner.value.learning import Model, as_they_stood, learn, trials, untaught
from planner.value.model_text import UnreadableModel
from planner.value.paid_anyway import pooled_shares
from planner.value.parameters import Parameters
from planner.value.promises import judged
from planner.value.slots import slot_of
from planner.value.survey import SURVEY
from planner.value.untreated import COMPARED, by_lot, spans, untreated
from planner.value.uplift import uplift

WEEKS_BACK = 52
#: share of the weeks that is held out, and how many at least; with fewer weeks in all nothing is compared
HELD, LEAST_HELD, LEAST_WEEKS = 1 / 3, 2, 6
MONEY = ["pays_now_minor", "promises_minor", "paid_anyway_minor"]


@dataclass(frozen=True)
class Comparison:
    """A new model fitted on earlier weeks beside the old one, on the held-out weeks. Days are the first and the last.

    ``against`` is ``DEFAULTS`` or the name of the adopted model; ``seen`` says that the adopted one had learnt from the
    held-out weeks already, so that the defaults stand in its place.
    """

    against: str
    seen: bool
    held_from: date
    held_until: date
    scores: Scores
    curves: Curves | None

    def summary(self) -> dict[str, Any]:
        """What is kept with an adoption."""
        row = self.scores.table.set_index("rate").loc["all"]
        told = {name: plain(row[name]) for name in ("brier_old", "brier_new", "better", "better_low", "better_high")}
        told |= {"log_better": plain(row["log_better"]), "answers": len_of(row["answers"])}
        if self.curves is not None:
            one = self.curves
            names = ("uplift_better_minor", "uplift_low", "uplift_high")
            told |= dict(zip(names, map(plain, (one.better, one.better_low, one.better_high)), strict=True))
        held = {"held_from": self.held_from.isoformat(), "held_until": self.held_until.isoformat()}
        return {"against": self.against, **held, **told}


@dataclass(frozen=True)
class LearningView:
    """Everything the page shows of one branch. ``first_on`` is None where no visit was recorded.

    ``rates`` has the proposed model's rates with ``default_low``, ``default_high``, and ``used``, ``used_low`` and
    ``used_high`` of the model in use. ``unreadable`` says why the adopted model could not be read, "" where it could.
    """

    branch: Branch
    today: date
    first_on: date | None
    last_on: date | None
    visits: int
    #: visits that other branches on the same roads have shared the counts of, by branch
    elsewhere: Mapping[str, int]
    promises_judged: int
    payments_known: bool
    adoptions: tuple[Adoption, ...]
    unreadable: str
    in_use: Model
    proposed: Model
    rates: pd.DataFrame
    comparison: Comparison | None
    drift: pd.DataFrame
    untreated: pd.DataFrame
    #: the same by lot, while a share is left unvisited by lot; empty where none is
    by_lot: pd.DataFrame

    @property
    def using(self) -> Adoption | None:
        """The adoption in force, None where the defaults were never left."""
        return self.adoptions[-1] if self.adoptions else None

    def paid_anyway(self) -> Mapping[Bucket, float]:
        """Give the shares paid without a visit to plan with: as assumed, drawn towards what the branch's past shows."""
        return pooled_shares(self.untreated, self.proposed.parameters)


def len_of(value: Any) -> int:
    """Give a count as a whole number."""
    return int(value)


def plain(value: Any) -> float | None:
    """Give a number that JSON can say."""
    return float(value) if np.isfinite(value) else None


def learning_view(
    store: Store, principal: Principal, branch: Branch, parameters: Parameters, *, now: datetime
) -> LearningView:
    """Learn from a branch's past, and compare with what it plans with."""
    today = now.astimezone(ZoneInfo(branch.timezone)).date()
    past = read_past(store, principal, branch, parameters, today=today)
    entries = adoptions(store, principal, branch.code)
    default, unreadable = untaught(parameters), ""
    in_use = default
    if entries:
        try:
            in_use = model_of(entries[-1], parameters)
        except UnreadableModel as error:
            unreadable = str(error)
    proposed = learnt(past, parameters)
    days = past.visits["on"]
    asked = trials(
        past.survey,
        past.places,
        past.outcomes,
        parameters,
        zone=past.zone,
        payments=past.payments,
        today=today,
        list_days=past.list_days,
        then=past.then,
    )
    overdue = spans(
        past.states,
        known(past),
        today=today,
        since=today - timedelta(weeks=WEEKS_BACK),
        paid_up_to_days=parameters.paid_up_to.value,
    )
    first = None if days.empty else days.min().date()
    return LearningView(
        branch=branch,
        today=today,
        first_on=first,
        last_on=None if days.empty else days.max().date(),
        visits=len(past.outcomes),
        elsewhere=past.elsewhere.visits,
        promises_judged=int((asked["rate"] == "kept").sum()),
        payments_known=not past.payments.empty,
        adoptions=entries,
        unreadable=unreadable,
        in_use=in_use,
        proposed=proposed,
        rates=side_by_side(default, in_use, proposed),
        comparison=None if first is None else compare(past, entries, in_use, parameters, first=first),
        drift=drift(asked, parameters, now=now),
        untreated=untreated(overdue, past.visits, past.payments, parameters, today=today),
        by_lot=drawn(store, principal, branch, past, overdue, parameters),
    )


def drawn(
    store: Store, principal: Principal, branch: Branch, past: Past, overdue: pd.DataFrame, parameters: Parameters
) -> pd.DataFrame:
    """Compare those whom the lot in force left unvisited with the others."""
    setting = exploration_of(store, principal, branch.code)
    if setting.kind != HOLD_OUT or setting.since is None:
        return empty(COMPARED)
    ids = overdue["debtor_id"]
    held = frozenset(ids[held_out(ids, setting)])
    return by_lot(overdue, held, past.payments, parameters, since=setting.since, today=past.today)


def known(past: Past) -> pd.DataFrame:
    """Give who may be followed: with successive lists everybody, else those on the list: of others no end is known."""
    return past.survey if not past.states.empty else past.on_list


def learnt(past: Past, parameters: Parameters) -> Model:
    """Learn from all of a past."""
    return learn(
        past.survey,
        past.places,
        past.outcomes,
        parameters,
        zone=past.zone,
        payments=past.payments,
        today=past.today,
        list_days=past.list_days,
        then=past.then,
        elsewhere=past.elsewhere.counts,
    )


def side_by_side(default: Model, in_use: Model, proposed: Model) -> pd.DataFrame:
    """Lay the rates of three models beside each other, cell by cell."""
    key = ["rate", "cell", "within"]
    table = proposed.rates
    for name, model in (("default", default), ("used", in_use)):
        other = model.rates[[*key, "mean", "low", "high"]].rename(
            columns={"mean": name, "low": f"{name}_low", "high": f"{name}_high"}
        )
        table = table.merge(other, on=key, how="left", validate="one_to_one")
    return table


def compare(
    past: Past, entries: tuple[Adoption, ...], in_use: Model, parameters: Parameters, *, first: date
) -> Comparison | None:
    """Fit a new model on the earlier weeks and compare it on the later ones; None with too few weeks."""
    weeks = (past.today - first).days // 7
    if weeks < LEAST_WEEKS:
        return None
    cut = past.today - timedelta(weeks=max(LEAST_HELD, round(weeks * HELD)))
    border = pd.Timestamp(datetime.combine(cut, time(), past.zone))
    earlier = past.outcomes["started_at"] < border
    new = learn(
        past.survey,
        past.places,
        past.outcomes[earlier],
        parameters,
        zone=past.zone,
        payments=past.payments[past.payments["paid_on"] < pd.Timestamp(cut)],
        today=cut - timedelta(days=1),
        list_days=[day for day in past.list_days if day < pd.Timestamp(cut)],
        then=past.then,
        elsewhere=past.elsewhere.counts,
    )
    using = entries[-1] if entries else None
    seen = using is not None and using.learnt_until is not None and using.learnt_until >= cut
    adopted = using is not None and using.name != DEFAULTS and not seen
    old = in_use if adopted else untaught(parameters)
    asked = trials(
        past.survey, past.places, past.outcomes, parameters,
        zone=past.zone, payments=past.payments, today=past.today, list_days=past.list_days, then=past.then,
    )  # fmt: skip
    held = asked[asked["at"] >= border]
    if held.empty:
        return None
    level = parameters.interval.value
    visits = past.outcomes[~earlier]
    return Comparison(
        against=in_use.name if adopted else DEFAULTS,
        seen=seen,
        held_from=cut,
        held_until=past.today - timedelta(days=1),
        scores=scores(old, new, held, level=level),
        curves=curves(past, visits, old, new, parameters, level=level),
    )


def curves(
    past: Past, visits: pd.DataFrame, old: Model, new: Model, parameters: Parameters, *, level: float
) -> Curves | None:
    """Rank the held-out visits by both models and see how quickly the money came in.

    What came in: paid at the door, and of a promise that is due what was paid until then; less, of those from whom
    something came, the share of the amount that is reckoned to come anyway (``meeting``).
    """
    there = visits["debtor_id"].isin(past.survey["debtor_id"]) & visits["place_id"].isin(past.places["place_id"])
    here = visits[there].reset_index(drop=True)
    if len(here) < 2 or past.payments.empty:
        return None
    slots = slot_of(here["started_at"], parameters.slots, past.zone)
    # As they stood then: each visit is valued as if it were to a debtor of its own.
    people = here[["outcome_id", "debtor_id"]].merge(past.survey[list(SURVEY)], on="debtor_id", how="left")
    people = as_they_stood(people, past.then).assign(debtor_id=here["outcome_id"])
    places = past.places.drop_duplicates("place_id").drop(columns="debtor_id")
    places = here[["outcome_id", "place_id"]].merge(places, on="place_id").rename(columns={"outcome_id": "debtor_id"})
    windows = here[["place_id"]].assign(debtor_id=here["outcome_id"], slot=slots)
    values = [
        uplift(people, places, windows, model, interval=False)[MONEY].sum(axis=1).to_numpy(np.float64)
        for model in (old, new)
    ]
    judgement = judged(
        past.outcomes, past.payments, parameters, zone=past.zone, today=past.today, list_days=past.list_days
    )
    promised = judgement.set_index("outcome_id")["paid_minor"]
    owed = people["overdue_minor"].to_numpy(np.float64)
    anyway = {bucket.value: one.value for bucket, one in old.parameters.collected_without.items()}
    share = people["bucket"].map(anyway).to_numpy(np.float64)
    came = np.minimum(here["paid_minor"] + here["outcome_id"].map(promised).fillna(0.0), owed).to_numpy(np.float64)
    return uplift_curves(values[0], values[1], came - (came > 0) * share * owed, here["debtor_id"], level=level)


def adoption_facts(view: LearningView) -> Mapping[str, Any]:
    """Give what is kept with an adoption of the proposed model."""
    return {} if view.comparison is None else view.comparison.summary()
