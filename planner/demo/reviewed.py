"""What the demo's managers found out: reviews, proposals of bad faith, clues, contact points, corrections."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

import numpy as np
import pandas as pd

from planner.domain import Principal, Role
from planner.rules.review import ReviewTerms
from planner.store import PlaceWord, Store
from planner.tables import CLUES, REVIEWS, conform

#: so many of each at the first branch; half of it at the others
REVIEWS_N, CLUES_N, POINTS_N, CORRECTED_N, EDITED_N = 60, 40, 24, 12, 9
#: willing, able, grounds, note
FINDINGS = (
    ("yes", "no", "income_lost keeps_contact", "秋收后愿意分期归还"),
    ("yes", "no", "business_down", "店铺每周只开三天，货物积压"),
    ("yes", "yes", "forgot keeps_contact", ""),
    ("yes", "yes", "away income_regular", "月底回城"),
    ("no", "yes", "pays_when_pressed owns_assets", ""),
    ("no", "yes", "broke_promises income_regular", "两次承诺未兑现，工资按月到账"),
    ("unknown", "no", "many_debts", "两次未能联系上"),
    ("no", "no", "many_debts disputes_amount", ""),
)
PROPOSALS = (
    ("no", "yes", "hides_assets broke_promises", "收到通知后将货车转给他人"),
    ("no", "yes", "false_papers", "申请时的工资证明经核实不存在"),
    ("no", "no", "moved_to_evade loan_misused", "首次外访后两处住址均已搬离"),
)
THINGS = (
    ("truck", "seen", "visit"), ("car", "seen", "visit"), ("dwelling", "documented", "public_register"),
    ("shop", "documented", "loan_file"), ("receivable", "told", "debtor"), ("machinery", "seen", "visit"),
    ("deposit", "documented", "court"), ("trademark", "documented", "public_register"), ("crops", "told", "guarantor"),
)  # fmt: skip
#: about so many degrees to a metre, for points beside others
STEP = 1e-5


def manager(branch: str) -> Principal:
    """Give the manager whose role the demo offers."""
    return Principal(f"manager.{branch}", Role.MANAGER, frozenset({branch}))


def deputy(branch: str) -> Principal:
    """Give another manager of the branch: bad faith takes two people."""
    return Principal(f"deputy.{branch}", Role.MANAGER, frozenset({branch}))


def survey_found(
    store: Store, branch: str, terms: ReviewTerms, *, seed: Sequence[int], share: float, now: datetime
) -> None:
    """Put reviews, clues, contact points and corrections in; the same seed gives the same ones.

    Parameters
    ----------
    share
        How much of it, of the largest branch's.
    """
    rng = np.random.default_rng(seed)
    who, other = manager(branch), deputy(branch)
    debtors = store.debtors(who, branch)
    open_ones = debtors.loc[debtors["debtor_type"].isin(["", "unreviewed"]), "debtor_id"].to_numpy(str)
    few = rng.permutation(open_ones)[: max(8, round(REVIEWS_N * share))]
    for k, part in enumerate(np.array_split(few[len(PROPOSALS) + 1 :], 4)):
        # The oldest are too old to count.
        at = now - timedelta(days=(230, 80, 25, 4)[k], hours=3)
        rows = [
            review(branch, one, f"demo-{branch}-{k}-{n}", *FINDINGS[int(rng.integers(len(FINDINGS)))])
            for n, one in enumerate(part)
        ]
        put_reviews(store, (who, other)[k % 2], branch, rows, terms, at)
    proposals(store, branch, few[: len(PROPOSALS) + 1], terms, now)
    clues(store, branch, rng.permutation(debtors["debtor_id"].to_numpy(str)), rng, share, now)
    points(store, branch, rng, share, now)
    chosen = debtors.loc[debtors["occupation"] == "unknown", "debtor_id"].head(max(2, round(EDITED_N * share)))
    wanted = [("debtor", str(one), "occupation", "salaried") for one in chosen]
    store.edit_survey(other, branch, wanted, batch_id=f"demo-{branch}", now=now - timedelta(days=1))


def review(
    branch: str, debtor_id: str, review_id: str, willing: str, able: str, grounds: str, note: str, confirms: str = ""
) -> dict[str, str]:
    """Make one row."""
    return {"review_id": review_id, "debtor_id": debtor_id, "branch": branch, "willing": willing, "able": able,
            "grounds": grounds, "note": note, "confirms": confirms}  # fmt: skip


def put_reviews(
    store: Store, who: Principal, branch: str, rows: Sequence[dict[str, str]], terms: ReviewTerms, at: datetime
) -> None:
    """Save reviews as at a moment."""
    if not rows:
        return
    table = pd.DataFrame(rows).assign(
        proposed="", reviewer="", reviewed_at=pd.Timestamp(at), expires_on=pd.Timestamp(at.date())
    )
    store.save_reviews(who, branch, conform(table, REVIEWS), terms, now=at)


def proposals(store: Store, branch: str, few: np.ndarray, terms: ReviewTerms, now: datetime) -> None:
    """Propose bad faith: two wait for the manager, one is the manager's own, one has been confirmed."""
    who, other = manager(branch), deputy(branch)
    deeds = ((other, 9), (other, 6), (who, 3), (other, 30))
    for number, ((by, days), one) in enumerate(zip(deeds, few, strict=False)):
        found = PROPOSALS[number % len(PROPOSALS)]
        first = f"demo-{branch}-bad-{number}"
        put_reviews(store, by, branch, [review(branch, str(one), first, *found)], terms, now - timedelta(days=days))
        if number == len(PROPOSALS):
            row = review(branch, str(one), f"{first}-second", *found[:3], "", confirms=first)
            put_reviews(store, who, branch, [row], terms, now - timedelta(days=days - 2))


def clues(store: Store, branch: str, ids: np.ndarray, rng: np.random.Generator, share: float, now: datetime) -> None:
    """Put asset clues in."""
    rows = []
    for number, one in enumerate(ids[: max(4, round(CLUES_N * share))]):
        asset, certainty, source = THINGS[int(rng.integers(len(THINGS)))]
        rows.append({"clue_id": f"demo-{branch}-{number}", "debtor_id": str(one), "branch": branch, "asset": asset,
                     "place": "", "source": source, "certainty": certainty, "replaces": "", "withdrawn": False,
                     "seen_on": pd.Timestamp(now.date()) - pd.Timedelta(days=int(rng.integers(3, 90))),
                     "recorded_at": pd.Timestamp(now), "recorded_by": ""})  # fmt: skip
    store.save_clues(deputy(branch), branch, conform(pd.DataFrame(rows), CLUES), now=now - timedelta(days=2))


def points(store: Store, branch: str, rng: np.random.Generator, share: float, now: datetime) -> None:
    """Add guarantors' homes and collateral to inspect, and correct some homes by what a crew found."""
    who = manager(branch)
    places, accounts = store.places(who, branch), store.accounts(who, branch)
    located = places[places["lon"].notna()]
    guaranteed = accounts.loc[accounts["guarantee_kind"].isin(["ordinary", "joint"]), "debtor_id"]
    homes = located[(located["kind"] == "home") & located["debtor_id"].isin(guaranteed)].drop_duplicates("debtor_id")
    deeds = [(row, ("guarantor", "collateral")[k % 2], "") for k, row in
             enumerate(homes.head(max(2, round(POINTS_N * share))).to_dict("records"))]  # fmt: skip
    others = located[(located["kind"] == "home") & ~located["debtor_id"].isin(homes["debtor_id"])]
    deeds += [(row, "home", str(row["place_id"])) for row in
              others.head(max(2, round(CORRECTED_N * share))).to_dict("records")]  # fmt: skip
    for number, (row, kind, place_id) in enumerate(deeds):
        far = 4 if place_id else 120
        move = rng.normal(0, far * STEP, 2)
        word = PlaceWord(str(row["debtor_id"]), kind, float(row["lon"]) + move[0], float(row["lat"]) + move[1],
                         20.0 if place_id else float(rng.choice([60, 150, 400])), "visit" if place_id else "document",
                         place_id)  # fmt: skip
        store.put_place(who, branch, word, change_id=f"demo-{branch}-{number}", now=now - timedelta(days=1))
