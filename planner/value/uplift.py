"""Expected uplift of a visit: what going there brings that would not have come anyway, per debtor, place and window.

    value = P(address valid) · P(somebody there | setting, slot) · P(right person)
            · what a meeting brings beyond what is paid anyway (``meeting``) · overdue amount
          + what is learnt about the address + evidence for a limitation period that is about to lapse

Travel is not part of it: the plan weighs value against travel itself. All rates come from ``learning.Model``; the
columns read are those of ``features.FEATURES`` and no others.
"""

from __future__ import annotations

import numpy as np
import pandas as pd

from planner.domain import ClockKind, PlaceKind
from planner.tables import OUTCOMES, Schema, empty
from planner.value.features import allowed
from planner.value.learning import AT_A_MEETING, MET, NOT_VALID, Model, current
from planner.value.meeting import brought
from planner.value.slots import setting_of
from planner.value.spread import spread

#: the windows' own columns, then these; money is the expected amount in minor units and keeps its fraction
UPLIFT: Schema = {
    "p_address": "float64",
    "p_there": "float64",
    "p_right": "float64",
    "p_met": "float64",  # product of the three
    "pays_now_minor": "float64",
    "promises_minor": "float64",
    "paid_anyway_minor": "float64",  # what comes later without the visit's doing, less what would have come
    "information_minor": "float64",
    "evidence_minor": "float64",
    "value_minor": "float64",  # sum of the five parts
    "value_low_minor": "float64",
    "value_high_minor": "float64",
    "service_s": "int64",  # expected, access included
    "visits_behind": "int64",  # local visits in the debtor's bucket and type
    "assumption": "bool",
}
PARTS = ("pays_now_minor", "promises_minor", "paid_anyway_minor", "information_minor", "evidence_minor")


def uplift(
    survey: pd.DataFrame,
    places: pd.DataFrame,
    windows: pd.DataFrame,
    model: Model,
    *,
    outcomes: pd.DataFrame | None = None,
    clocks: pd.DataFrame | None = None,
    interval: bool = True,
) -> pd.DataFrame:
    """Value each window.

    Parameters
    ----------
    survey, places
        Columns of ``survey.SURVEY`` and ``tables.PLACES``; ``accuracy_m`` NaN means the accuracy is unknown.
    windows
        ``debtor_id``, ``place_id``, ``slot`` and any more columns; each lies in one slot (``slots.split_by_slot``).
    outcomes
        Past visits, for what is known of each address.
    clocks
        What ``clocks.clocks`` gave, for the value of limitation evidence.
    interval
        Whether the interval of the value is asked for; it takes half the time, and is NaN where it is not.

    Returns
    -------
    pandas.DataFrame
        The windows with the columns of ``UPLIFT``, in the same order. ``assumption`` is always true: what would have
        been paid anyway can be known only from customers who were left unvisited on purpose. The interval follows
        from the uncertainty of all rates.

    Raises
    ------
    ValueError
        If a window names a debtor or a place that is not there.
    """
    facts = gather(survey, places, windows, model)
    seen = addresses_seen(empty(OUTCOMES) if outcomes is None else outcomes).reindex(facts["place_id"]).fillna("")
    seen = pd.Series(seen.to_numpy(), index=facts.index)
    parameters = model.parameters
    p_address = address_valid(facts["accuracy_m"], seen, model)
    p_met = p_address * facts["p_there"] * facts["p_right"]
    # Nobody knows what a guarantor pays or what looking at the collateral brings: no money is expected of either.
    elsewhere = facts["kind"].isin([PlaceKind.GUARANTOR, PlaceKind.COLLATERAL])
    amount = facts["overdue_minor"].astype("float64").where(~elsewhere, 0.0)
    share = brought(*(facts[rate] for rate in AT_A_MEETING))
    valued = windows.assign(
        p_address=p_address.to_numpy(),
        p_there=facts["p_there"].to_numpy(),
        p_right=facts["p_right"].to_numpy(),
        p_met=p_met.to_numpy(),
        pays_now_minor=(p_met * share.paid * amount).to_numpy(),
        promises_minor=(p_met * share.promised * amount).to_numpy(),
        paid_anyway_minor=(p_met * share.anyway * amount).to_numpy(),
        information_minor=((1 - p_address) * (seen == "") * parameters.visit_cost.value).to_numpy(),
        evidence_minor=(p_met * evidence_at_risk(facts, clocks) * parameters.signs_notice.value).to_numpy()
        * parameters.long_run_recovery.value,
        service_s=service_seconds(facts, p_address, model).to_numpy(),
        visits_behind=facts["visits_behind"].round().astype("int64").to_numpy(),
        assumption=True,
    )
    value = valued[list(PARTS)].sum(axis=1)
    money = value - valued["information_minor"] - valued["evidence_minor"]
    low, high = spread(facts, model) if interval else (np.full(len(facts), np.nan),) * 2
    scale = (p_address * amount).to_numpy()
    rest = (value - money).to_numpy()
    # The interval is that of the collected money; the two small parts shift it, and it always holds the mean.
    valued = valued.assign(
        value_minor=value,
        value_low_minor=np.minimum(low * scale + rest, value),
        value_high_minor=np.maximum(high * scale + rest, value),
    )
    return valued[[*windows.columns, *UPLIFT]]


def gather(survey: pd.DataFrame, places: pd.DataFrame, windows: pd.DataFrame, model: Model) -> pd.DataFrame:
    """Join to each window what the score reads of its debtor and place, and the rates of its cells."""
    facts = windows[["debtor_id", "place_id", "slot"]].merge(
        allowed(survey, "survey"), on="debtor_id", how="left", validate="many_to_one"
    )
    facts = facts.merge(allowed(places, "places"), on=["place_id", "debtor_id"], how="left", validate="many_to_one")
    for column, what in (("bucket", "debtor"), ("kind", "place")):
        if facts[column].isna().any():
            stranger = facts.loc[facts[column].isna(), f"{what}_id"].iloc[0]
            raise ValueError(f"{what} {stranger!r} of a window is not there")
    facts["setting"] = setting_of(facts["kind"], facts["occupation"], model.parameters)
    facts["p_right"] = model.means("right")["", ""]
    rates = model.rates
    there = rates[rates["rate"] == "there"].rename(columns={"cell": "setting", "within": "slot", "mean": "p_there"})
    facts = facts.merge(there[["setting", "slot", "p_there"]], on=["setting", "slot"], how="left")
    if facts["p_there"].isna().any():
        raise ValueError(f"slot {facts.loc[facts['p_there'].isna(), 'slot'].iloc[0]!r} of a window is unknown")
    # An unknown type counts as not yet reviewed.
    facts["debtor_type"] = facts["debtor_type"].replace("", "unreviewed")
    for rate in AT_A_MEETING:
        rows = rates[rates["rate"] == rate].rename(columns={"cell": "bucket", "within": "debtor_type", "mean": rate})
        keep = ["bucket", "debtor_type", rate] + (["visits"] if rate == "pays" else [])
        facts = facts.merge(rows[keep], on=["bucket", "debtor_type"], how="left", validate="many_to_one")
    return facts.rename(columns={"visits": "visits_behind"})


def addresses_seen(outcomes: pd.DataFrame) -> pd.Series:
    """Say what the last telling visit found at each place: ``moved`` or ``met``, by place id."""
    telling = current(outcomes)
    telling = telling[telling["code"].isin(MET | NOT_VALID)].sort_values("started_at")
    last = telling.drop_duplicates("place_id", keep="last").set_index("place_id")["code"]
    return pd.Series(np.where(last.isin(MET), "met", "moved"), index=last.index, dtype="str")


def address_valid(accuracy_m: pd.Series, seen: pd.Series, model: Model) -> pd.Series:
    """Give the chance that the address is right and found: the branch's rate, by accuracy, unless a crew was there."""
    parameters = model.parameters
    steps = [metres for metres, _ in parameters.address_by_accuracy]
    factors = np.array(
        [one.value for _, one in parameters.address_by_accuracy] + [parameters.address_accuracy_unknown.value]
    )
    # Known less well than the last step is a district's middle, not an address: the last and lowest factor.
    index = np.minimum(np.searchsorted(steps, accuracy_m.to_numpy()), len(steps) - 1)
    factor = factors[np.where(accuracy_m.isna(), len(steps), index)]
    chance = pd.Series(model.means("address")["", ""] * factor, index=accuracy_m.index)
    chance[seen == "moved"] = parameters.address_after_moved.value
    chance[seen == "met"] = parameters.address_after_met.value
    return chance


def evidence_at_risk(facts: pd.DataFrame, clocks: pd.DataFrame | None) -> pd.Series:
    """Give the amount whose clock lapses soon and is saved by a signed paper at this place.

    The limitation clock is saved at the debtor's own places, the guarantee's at the guarantor's.
    """
    at_risk = pd.Series(0.0, index=facts.index)
    if clocks is None:
        return at_risk
    guarantor = facts["kind"] == PlaceKind.GUARANTOR
    own = ~guarantor & (facts["kind"] != PlaceKind.COLLATERAL)
    for kind, here in ((ClockKind.LIMITATION, own), (ClockKind.GUARANTEE, guarantor)):
        saved = clocks[(clocks["kind"] == kind) & clocks["visit_needed"]]
        amounts = facts["debtor_id"].map(saved.groupby("debtor_id")["overdue_minor"].sum()).fillna(0.0)
        at_risk = at_risk.mask(here, amounts.astype("float64"))
    return at_risk


def service_seconds(facts: pd.DataFrame, p_address: pd.Series, model: Model) -> pd.Series:
    """Give the expected time at the door: a mix of nobody, a third party and the right person, plus access."""
    somebody = p_address * facts["p_there"]
    rural = facts["group"].isin(model.parameters.rural_groups).to_numpy()
    minutes = {
        contact: np.where(
            rural,
            model.parameters.minutes_of(contact, rural=True)[0],
            model.parameters.minutes_of(contact, rural=False)[0],
        )
        for contact in ("nobody", "third_party", "right_person")
    }
    mixed = (
        (1 - somebody) * minutes["nobody"]
        + somebody * (1 - facts["p_right"]) * minutes["third_party"]
        + somebody * facts["p_right"] * minutes["right_person"]
    )
    seconds: pd.Series = (mixed * 60).round().astype("int64")
    return seconds
