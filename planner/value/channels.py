"""Which way to a debtor pays best: the bank's own crew, an agency, both together, a letter, a call, or nothing.

One row a debtor and channel. What a visit brings is its uplift; its cost is the crew's time at the door and on the way
there. An agency's visit brings a little less, costs no crew of ours, and its fee is taken from all the money collected
at it, also from what would have come anyway. Calls and letters bring an assumed part of what an ordinary visit adds by
the very model that values the visits; a letter may also keep a clock from lapsing.

What is allowed comes first: whoever is on hold is left alone by every channel.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

import numpy as np
import pandas as pd

from planner.agency import Agency, Handling
from planner.tables import FLAG, REAL, TEXT, Schema, conform
from planner.value.learning import Model
from planner.value.meeting import brought


class Channel(StrEnum):
    """A way to a debtor, in the order of the table."""

    OWN = "own"
    AGENCY = "agency"
    JOINT = "joint"
    LETTER = "letter"
    PHONE = "phone"
    NOTHING = "nothing"


VISITS = (Channel.OWN, Channel.AGENCY, Channel.JOINT)
#: one row a debtor and channel; money is what one week of it is expected to bring and cost
CHANNELS: Schema = {
    "debtor_id": TEXT,
    "channel": TEXT,
    "agency": TEXT,  # code, "" where no agency has part in it
    "gross_minor": REAL,
    "cost_minor": REAL,  # the crew's time, postage, calls
    "fee_minor": REAL,  # the agency's
    "net_minor": REAL,
    "allowed": FLAG,
    #: held, expired, no_visit, with_agency, not_joint, contract, safe_contact or moved; "" where it is allowed
    "why_not": TEXT,
}
MONEY = ("gross_minor", "cost_minor", "fee_minor")


@dataclass(frozen=True)
class Known:
    """What is known of the debtors: one row each in the survey; everything else by ``debtor_id``.

    ``best`` is the option of each that is worth most (columns of ``candidates.OPTIONS``); ``held`` and ``safe_contact``
    are ids; ``way_s`` the seconds that a visit is expected to add to a route; ``letters`` the amounts whose clock a
    letter keeps from lapsing, in minor units.
    """

    survey: pd.DataFrame
    best: pd.DataFrame
    held: frozenset[str]
    expired: frozenset[str]
    safe_contact: frozenset[str]
    moved: frozenset[str]
    way_s: Mapping[str, float]
    letters: Mapping[str, float]


def channels(
    known: Known,
    agencies: Sequence[Agency],
    model: Model,
    *,
    crew_minor_per_s: float,
    days: Sequence[date],
) -> pd.DataFrame:
    """Compare the channels (``CHANNELS``), six rows a debtor of the survey, in its order.

    Parameters
    ----------
    agencies
        The branch's contracts; those that run on none of the days are passed over.
    model
        What the visits were valued by: every other channel is valued by the same rates.
    crew_minor_per_s
        What a second of the bank's own crew costs, in minor units.
    """
    parameters = model.parameters
    people = known.survey.set_index("debtor_id", drop=False)
    best = known.best.set_index("debtor_id").reindex(people.index)
    has_visit = best["value_minor"].notna()
    value = best["value_minor"].fillna(0.0)
    collected = (best["pays_now_minor"] + best["promises_minor"]).fillna(0.0)
    ids = people["debtor_id"].astype(str)
    way_s = ids.map(known.way_s).astype("float64")
    has_visit &= way_s.notna()  # no road leads there
    way_s = way_s.fillna(0.0)
    time_minor = crew_minor_per_s * (best["service_s"].fillna(0.0) + way_s)
    handling = people["agency"].replace("", Handling.IN_HOUSE.value)
    barred = np.select([ids.isin(known.held), ids.isin(known.expired)], ["held", "expired"], "")
    barred_now = pd.Series(barred, index=people.index)
    ours = [one for one in agencies if any(one.in_force(day) for day in days)]
    joint = handling == Handling.JOINT
    # An agency alone collects less; at a joint visit its fee is of all that the bank's own visit brings.
    effect = pd.Series(parameters.agency_effect.value, index=people.index).mask(joint, 1.0)
    who, fee = cheapest(people, collected * effect, ours)
    added = parameters.productive.value * added_where_met(people, model)
    kept = ids.map(known.letters).astype("float64").fillna(0.0) * parameters.long_run_recovery.value
    nothing = pd.Series(0.0, index=people.index)

    def row(channel: Channel, gross: pd.Series, cost: pd.Series, fee: pd.Series, why_not: pd.Series) -> pd.DataFrame:
        agency = who if channel in (Channel.AGENCY, Channel.JOINT) else pd.Series("", index=people.index)
        return pd.DataFrame(
            {
                "debtor_id": ids,
                "channel": channel.value,
                "agency": agency,
                "gross_minor": gross,
                "cost_minor": cost,
                "fee_minor": fee,
                "net_minor": gross - cost - fee,
                "allowed": why_not == "",
                "why_not": why_not,
            }
        )

    def first(*reasons: tuple[pd.Series, str]) -> pd.Series:
        """Give the first reason that holds, by row; a general bar comes before all."""
        return pd.Series(
            np.select(
                [barred_now != "", *(holds for holds, _ in reasons)], [barred_now, *(code for _, code in reasons)], ""
            ),
            index=people.index,
        )

    with_agency = handling == Handling.AGENCY
    no_visit, no_contract = (~has_visit, "no_visit"), (who == "", "contract")
    flat = {name: pd.Series(one.value, index=people.index) for name, one in vars(parameters).items() if name in COSTS}
    table = pd.concat(
        [
            row(
                Channel.OWN,
                value,
                time_minor,
                nothing,
                first((with_agency | joint, "with_agency"), no_visit),
            ),
            row(
                Channel.AGENCY,
                value * parameters.agency_effect.value,
                nothing,
                fee,
                first((joint, "not_joint"), no_contract, no_visit),
            ),
            row(
                Channel.JOINT,
                value,
                time_minor,
                fee,
                first((~joint, "not_joint"), no_contract, no_visit),
            ),
            row(
                Channel.LETTER,
                added * parameters.letter_effect.value + kept * parameters.letter_proved.value,
                flat["letter_cost"],
                nothing,
                first((with_agency, "with_agency"), (ids.isin(known.moved), "moved")),
            ),
            row(
                Channel.PHONE,
                added * parameters.phone_effect.value,
                flat["phone_cost"],
                nothing,
                first((with_agency, "with_agency"), (ids.isin(known.safe_contact), "safe_contact")),
            ),
            row(Channel.NOTHING, nothing, nothing, nothing, pd.Series("", index=people.index)),
        ]
    )
    order = pd.Categorical(table["channel"], [one.value for one in Channel])
    place = {one: k for k, one in enumerate(ids)}
    table = table.assign(at=table["debtor_id"].map(place), order=order.codes).sort_values(["at", "order"])
    return conform(table, CHANNELS)


def added_where_met(people: pd.DataFrame, model: Model) -> pd.Series:
    """Give the money that comes where a debtor is met, beyond what is paid anyway, in minor units, by row.

    As ``uplift`` reckons it, without the door: times ``productive`` it is what an ordinary visit adds, by the sourced
    shares W − N until a branch has learnt otherwise. Who can be met at his door says nothing of who answers a call.

    Parameters
    ----------
    people
        ``bucket``, ``debtor_type`` and ``overdue_minor``.
    """

    def rate(name: str) -> pd.Series:
        return model.of_class(name, people["bucket"], people["debtor_type"])

    anyway = people["bucket"].map({b.value: p.value for b, p in model.parameters.collected_without.items()})
    share = brought(
        rate("pays"), rate("paid_part"), rate("promises"), rate("kept"), rate("promised_part"), anyway.astype("float64")
    )
    added: pd.Series = (share.paid + share.promised + share.anyway) * people["overdue_minor"].astype("float64")
    return added


#: what is the same for everybody
COSTS = ("letter_cost", "phone_cost")


def cheapest(people: pd.DataFrame, collected: pd.Series, agencies: Sequence[Agency]) -> tuple[pd.Series, pd.Series]:
    """Give for each debtor the agency whose contract allows him and that asks least, and its fee; "" and 0 if none."""
    who = pd.Series("", index=people.index, dtype="str")
    least = pd.Series(np.inf, index=people.index)
    for one in sorted(agencies, key=lambda one: one.code):
        allowed = people["product"].isin(one.products) & people["bucket"].isin([b.value for b in one.buckets])
        fee = one.fee_share * collected + one.fee_visit_minor
        better = allowed & (fee < least)
        who[better], least[better] = one.code, fee[better]
    return who, least.where(np.isfinite(least), 0.0)


def best_of(table: pd.DataFrame, channels: Sequence[Channel]) -> pd.DataFrame:
    """Give each debtor's allowed row of these channels with the largest net, by debtor id; the first where equal."""
    rows = table[table["allowed"] & table["channel"].isin([one.value for one in channels])]
    ranked = rows.sort_values(["debtor_id", "net_minor"], ascending=[True, False], kind="stable")
    return ranked.drop_duplicates("debtor_id").set_index("debtor_id")
