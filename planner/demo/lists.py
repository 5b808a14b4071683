"""The demo's past lists: how today's accounts stood on the lists of twelve weeks and twelve months, and who left.

Drawn backwards from today's list, which stays as it is. Whoever is on it became overdue ``days_past_due`` ago and has
been on every list since. Of accounts that became overdue on the same day, in the same district and of the same product,
each stayed until today with a chance S that follows from ``truth.stays``; so beside each account of today there were a
geometric number of others that left, with mean (1 - S) / S, and when they left follows from the same chances. Looking
forward, every account of every list then stays with exactly these chances: what roll rates must find.

Amounts grow with age as in ``people.account_fields``; before a payment they were higher by what was paid, at the door
(the outcomes) or without one.
"""

from __future__ import annotations

from datetime import date, timedelta

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from planner.demo.truth import Truth
from planner.domain import BUCKET_FLOORS, bucket_of
from planner.intake.tables import stable_id
from planner.tables import ACCOUNT_STATES, conform

#: days before today of which there are lists: weekly for twelve weeks, and monthly for twelve months
BACK_DAYS = tuple(sorted({7 * k for k in range(1, 13)} | {30 * k for k in range(1, 13)}))
HORIZON = max(BACK_DAYS) + 1
#: share of the accounts that left whose debtor has one on today's list
SAME_DEBTOR = 0.08
#: part of the overdue amount that is paid at once, and days in which visits are felt
LEAST_PART, MOST_PART, FELT_DAYS = 0.15, 0.55, 60
PAYMENT_DAYS = 84

Reals = NDArray[np.float64]


def past_lists(
    accounts: pd.DataFrame,
    outcomes: pd.DataFrame,
    regions: dict[str, str],
    codes: list[str],
    truth: Truth,
    *,
    today: date,
    seed: int | list[int],
) -> dict[date, pd.DataFrame]:
    """Draw the lists of one branch, oldest first.

    Parameters
    ----------
    accounts
        ``tables.ACCOUNTS`` as on today's list.
    outcomes
        ``tables.OUTCOMES`` of the branch's past visits.
    regions
        District by debtor.
    codes
        All districts, in the order to which ``truth.pace_of_district`` belongs.

    Returns
    -------
    dict
        ``ACCOUNT_STATES`` by day.
    """
    rng = np.random.default_rng(seed)
    here = accounts.assign(region=accounts["debtor_id"].map(regions).fillna(""))
    stayed = survival(here, codes, truth)
    paid = payments(here, outcomes, truth, today=today, rng=rng)
    left = leavers(here, stayed, rng, today=today)
    lists = {}
    for back in reversed(BACK_DAYS):
        day = today - timedelta(days=back)
        lists[day] = conform(
            pd.concat([remaining(here, paid, back, day), departed(left, back, day)], ignore_index=True), ACCOUNT_STATES
        )
    return lists


def paces(accounts: pd.DataFrame, codes: list[str], truth: Truth) -> tuple[Reals, NDArray[np.bool_]]:
    """Give how much faster each account leaves than ``truth.stays`` says, and whose district has slowed."""
    place = {code: number for number, code in enumerate(codes)}
    number = accounts["region"].map(place).fillna(-1).to_numpy(int)
    district = np.array([truth.pace_of_district[k % len(truth.pace_of_district)] if k >= 0 else 1.0 for k in number])
    product = accounts["product"].map(truth.pace_of_product).fillna(1.0).to_numpy(float)
    return district * product, number == truth.slowed_district


def leaving(age_days: NDArray[np.int64], truth: Truth) -> Reals:
    """Give the chance by day of leaving the list at these ages, before any pace."""
    floors = np.array([floor for floor, _ in reversed(BUCKET_FLOORS)])
    by_bucket = np.array([-np.log(truth.stays[bucket]) / 30.0 for _, bucket in reversed(BUCKET_FLOORS)])
    return by_bucket[np.clip(np.searchsorted(floors, age_days, side="right") - 1, 0, None)]


def survival(accounts: pd.DataFrame, codes: list[str], truth: Truth) -> Reals:
    """Give (accounts, HORIZON): the hazard summed from so many days ago until today; before it was overdue, as then."""
    days = accounts["days_past_due"].to_numpy(np.int64)
    back = np.arange(1, HORIZON + 1)
    ages = days[:, None] - back[None, :]
    pace, slowed = paces(accounts, codes, truth)
    daily = leaving(np.maximum(ages, 1), truth) * pace[:, None]
    daily *= np.where(slowed[:, None] & (back <= truth.slowed_since_days)[None, :], truth.slowed_pace, 1.0)
    return np.cumsum(np.where(ages >= 1, daily, 0.0), axis=1)


def leavers(accounts: pd.DataFrame, stayed: Reals, rng: np.random.Generator, *, today: date) -> pd.DataFrame:
    """Draw the accounts that left: those of ``accounts`` repeated, with ``gone_back``, how many days ago they left."""
    whole = stayed[:, -1]
    many = rng.geometric(np.exp(-whole)) - 1
    source = np.repeat(np.arange(len(accounts)), many)
    # Forward from its first day, an account leaves when its summed hazard reaches an exponential number.
    reached = -np.log1p(-rng.random(len(source)) * (1.0 - np.exp(-whole[source])))
    ahead = whole[source] - reached  # hazard that lies between leaving and today
    gone_back = np.array(
        [np.searchsorted(stayed[k], a) + 1 for k, a in zip(source, ahead, strict=True)], dtype=np.int64
    )
    left = accounts.iloc[source].reset_index(drop=True)
    sizes = np.exp(rng.normal(0.0, 0.5, len(left)))
    began = [today - timedelta(days=int(days)) for days in left["days_past_due"]]
    branch = str(accounts["branch"].iloc[0]) if len(accounts) else ""
    cases = [f"YX{day:%y%m}L{branch[-2:]}{number:05d}" for number, day in enumerate(began)]
    own = np.array([stable_id("D", branch, case) for case in cases], dtype=object)
    return left.assign(
        gone_back=gone_back,
        case_id=cases,
        debtor_id=np.where(rng.random(len(left)) < SAME_DEBTOR, left["debtor_id"].to_numpy(object), own),
        overdue_minor=(left["overdue_minor"] * sizes).round(),
        principal_minor=(left["principal_minor"] * sizes).round(),
    )


def payments(
    accounts: pd.DataFrame, outcomes: pd.DataFrame, truth: Truth, *, today: date, rng: np.random.Generator
) -> pd.DataFrame:
    """Give what came in on accounts that are still here: ``case_id``, ``back`` (days before today), ``paid_minor``.

    At the door as the outcomes say, to the debtor's first account; and in small parts at any time, more often in the
    sixty days after a visit, so that with and without one the shares of ``truth`` come in.
    """
    first = accounts.drop_duplicates("debtor_id").set_index("debtor_id")["case_id"]
    on = outcomes["started_at"].dt.tz_convert("Asia/Shanghai").dt.tz_localize(None).dt.normalize()
    visits = outcomes.assign(back=(pd.Timestamp(today) - on).dt.days, case_id=outcomes["debtor_id"].map(first))
    visits = visits[visits["case_id"].notna()]
    rows = [visits.loc[visits["paid_minor"] > 0, ["case_id", "back", "paid_minor"]]]
    bucket = [bucket_of(int(days)) for days in accounts["days_past_due"]]
    without = np.array([truth.collected_without[one] for one in bucket])
    at_door = np.array([truth.pays_now[one] for one in bucket]) * 0.45 * (1 + truth.part_payment_share) / 2
    more = np.maximum(np.array([truth.collected_with[one] for one in bucket]) - without - at_door, 0.0)
    rows.append(kept_promises(visits, truth, today=today, rng=rng))
    part = (LEAST_PART + MOST_PART) / 2
    met = {debtor: group["back"].to_numpy() for debtor, group in visits.groupby("debtor_id")}
    for week in range(PAYMENT_DAYS // 7):
        back = rng.integers(7 * week + 1, 7 * week + 8, len(accounts))
        nobody = np.array([], dtype=float)
        felt = np.array(
            [
                bool(((met.get(debtor, nobody) > at) & (met.get(debtor, nobody) <= at + FELT_DAYS)).any())
                for debtor, at in zip(accounts["debtor_id"], back, strict=True)
            ],
            dtype=bool,
        )
        pays = rng.random(len(accounts)) < (without + felt * more) / part * 7 / FELT_DAYS
        old_enough = accounts["days_past_due"].to_numpy() > back
        amount = accounts["overdue_minor"] * rng.uniform(LEAST_PART, MOST_PART, len(accounts)) // 100 * 100
        chosen = pays & old_enough
        rows.append(pd.DataFrame({"case_id": accounts["case_id"], "back": back, "paid_minor": amount})[chosen])
    return pd.concat(rows, ignore_index=True)


def kept_promises(visits: pd.DataFrame, truth: Truth, *, today: date, rng: np.random.Generator) -> pd.DataFrame:
    """Give what came in because it was promised: the promised sum, within two days of the promised one."""
    made = visits[visits["promised_on"].notna() & (visits["promised_minor"] > 0)]
    back = (pd.Timestamp(today) - made["promised_on"]).dt.days - rng.integers(0, 3, len(made))
    kept = (rng.random(len(made)) < truth.promise_kept) & (back > 0)
    came: pd.DataFrame = made.assign(back=back, paid_minor=made["promised_minor"])[kept]
    return came[["case_id", "back", "paid_minor"]]


def remaining(accounts: pd.DataFrame, paid: pd.DataFrame, back: int, day: date) -> pd.DataFrame:
    """Give today's accounts as they stood so many days ago, those not yet overdue left out."""
    later = paid[paid["back"] < back].groupby("case_id")["paid_minor"].sum()
    owed = accounts["overdue_minor"] * growth(accounts["days_past_due"] - back) / growth(accounts["days_past_due"])
    due = pd.Series(accounts["case_id"].map(later).fillna(0))
    return accounts.assign(
        overdue_minor=owed.round().astype("int64") + due.astype("int64"),
        principal_minor=accounts["principal_minor"] + due.astype("int64"),
        days_past_due=accounts["days_past_due"] - back,
        as_of_on=pd.Timestamp(day),
    )[accounts["days_past_due"] > back]


def departed(left: pd.DataFrame, back: int, day: date) -> pd.DataFrame:
    """Give those of the accounts that left which were still on the list so many days ago."""
    owed = left["overdue_minor"] * growth(left["days_past_due"] - back) / growth(left["days_past_due"])
    return left.assign(
        overdue_minor=owed.round().astype("int64"),
        principal_minor=left["principal_minor"].astype("int64"),
        days_past_due=left["days_past_due"] - back,
        as_of_on=pd.Timestamp(day),
    )[(left["days_past_due"] > back) & (left["gone_back"] <= back)]


def growth(days: pd.Series) -> pd.Series:
    """Give the part of a debt that has fallen due after so many days, as ``people.account_fields`` draws it."""
    return 0.55 + days.clip(lower=0, upper=400) / 400


def kept_chance(accounts: pd.DataFrame, codes: list[str], truth: Truth, *, days: int, ended_back: int) -> Reals:
    """Give the true chance that each account is still on the list ``days`` after it was seen.

    ``ended_back`` is how many days before today the later list lies: a district may have slowed in between.
    """
    age = accounts["days_past_due"].to_numpy(np.int64)
    pace, slowed = paces(accounts, codes, truth)
    step = np.arange(days)
    daily = leaving(np.maximum(age[:, None] + step[None, :], 1), truth) * pace[:, None]
    back = ended_back + days - step  # days before today on which that day of the step lies
    daily *= np.where(slowed[:, None] & (back <= truth.slowed_since_days)[None, :], truth.slowed_pace, 1.0)
    return np.asarray(np.exp(-daily.sum(axis=1)))
