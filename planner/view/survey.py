"""The survey of a branch as a work list: what is missing and its worth, who waits for a review, what was edited."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from zoneinfo import ZoneInfo

import pandas as pd

from planner.domain import Branch, Bucket, DebtorType, Group, Principal
from planner.rules.review import is_doubt
from planner.store import Store
from planner.tables import EDITS, REAL, TEXT, Schema, conform
from planner.value.early import overdue_only
from planner.value.parameters import Parameters
from planner.value.survey import SURVEY, lacking, survey
from planner.view.week import contact_names

#: one row a debtor, dearest first
ROWS: Schema = {
    **SURVEY,
    "name": TEXT,  # "" for who may not see contact cards
    "proposed": TEXT,  # bad_faith while a second reviewer is waited for
    "type_source": TEXT,  # review, list, ""
    "uplift_minor": REAL,  # rough: what a visit brings at the branch-wide shares, an assumption
}
#: what is missing, the one with most behind it first
LACKS: Schema = {
    "code": TEXT,
    "of": TEXT,
    "missing": "int64",
    "all": "int64",
    "behind_minor": REAL,
    "overdue_minor": REAL,
}
#: codes beside those of ``survey.missing``
REVIEW_OLD, SECOND, ROUGH, PRODUCT, GROUP, DIFFERS = (
    "review_old", "second_reviewer", "rough_place", "product", "group", "list_differs",
)  # fmt: skip


@dataclass(frozen=True)
class SurveyView:
    """Everything the survey page shows of one branch.

    ``rows`` has the columns of ``ROWS``; ``lacks`` those of ``LACKS``; ``ids`` names each lack's debtors; ``cells``
    has ``group``, ``bucket``, ``debtor_type``, ``debtors``, ``overdue_minor`` for all that occur; ``queue`` are the ids
    of debtors to review, most behind them first; ``proposals`` has ``tables.REVIEWS`` of what waits for a second
    reviewer; ``doubted`` the words of second reviewers who were not convinced, until somebody reviews anew; ``edits``
    has ``tables.EDITS`` of the last batch that may still be taken back; ``differs`` has ``tables.EDITS`` of what the
    list says against people's corrections.
    """

    branch: Branch
    today: date
    rows: pd.DataFrame
    lacks: pd.DataFrame
    ids: Mapping[str, frozenset[str]]
    cells: pd.DataFrame
    queue: tuple[str, ...]
    proposals: pd.DataFrame
    doubted: pd.DataFrame
    edits: pd.DataFrame
    differs: pd.DataFrame


def survey_view(
    store: Store, principal: Principal, branch: Branch, parameters: Parameters, *, rough_m: int, now: datetime
) -> SurveyView:
    """Read a branch's survey.

    Parameters
    ----------
    rough_m
        From this accuracy on a place is too rough to send a crew without searching.
    """
    code, today = branch.code, now.astimezone(ZoneInfo(branch.timezone)).date()
    debtors, accounts = store.debtors(principal, code, on=today), overdue_only(store.accounts(principal, code))
    places, types = store.places(principal, code), store.debtor_types(principal, code, on=today)
    every = store.survey_edits(principal, code)
    surveyed = survey(debtors, accounts, today=today)
    rows = listed(surveyed, types, contact_names(store, principal, code), parameters)
    differs = contradictions(every)
    lacks = lacking(surveyed, accounts, places) | more(rows, types, accounts, places, differs, rough_m)
    owner = dict(zip(accounts["case_id"], accounts["debtor_id"], strict=True))
    ids = {what: frozenset(owner.get(one, one) for one in found) for what, (_of, found) in lacks.items()}
    reviews = store.reviews(principal, code)
    return SurveyView(
        branch=branch,
        today=today,
        rows=rows,
        lacks=worth(lacks, ids, rows, len(accounts)),
        ids=ids,
        cells=rows.groupby(["group", "bucket", "debtor_type"], as_index=False).agg(
            debtors=("debtor_id", "size"), overdue_minor=("overdue_minor", "sum")
        ),
        queue=queue(rows, types),
        proposals=waiting(reviews, types, rows),
        doubted=doubted(reviews, types, rows),
        edits=last_batch(every),
        differs=differs,
    )


def listed(
    surveyed: pd.DataFrame, types: pd.DataFrame, names: Mapping[str, str], parameters: Parameters
) -> pd.DataFrame:
    """Give one row a debtor, dearest first."""
    with_visit = {bucket.value: one.value for bucket, one in parameters.collected_with.items()}
    without = {bucket.value: one.value for bucket, one in parameters.collected_without.items()}
    gains = {bucket: share - without[bucket] for bucket, share in with_visit.items()}
    gain = surveyed["bucket"].map(gains).astype("float64")  # an empty column of words would stay one of words
    known = types.set_index("debtor_id")
    table = surveyed.assign(
        name=surveyed["debtor_id"].map(names).astype(object).fillna(""),
        proposed=surveyed["debtor_id"].map(known["proposed"]).astype(object).fillna(""),
        type_source=surveyed["debtor_id"].map(known["source"]).astype(object).fillna(""),
        uplift_minor=surveyed["overdue_minor"] * gain,
    )
    ordered: pd.DataFrame = conform(table, ROWS).sort_values(
        ["overdue_minor", "debtor_id"], ascending=[False, True], ignore_index=True
    )
    return ordered


def more(
    rows: pd.DataFrame,
    types: pd.DataFrame,
    accounts: pd.DataFrame,
    places: pd.DataFrame,
    differs: pd.DataFrame,
    rough_m: int,
) -> dict[str, tuple[str, tuple[str, ...]]]:
    """Name what the branch itself has to look at again, as ``survey.lacking`` does."""
    ours = rows["debtor_id"]
    # Rough is who has no better place than a rough one.
    best = places[places["lon"].notna()].groupby("debtor_id")["accuracy_m"].min()
    rough = ours[ours.map(best).gt(rough_m)]
    old = ours[ours.isin(types.loc[types["expired"], "debtor_id"])]
    mine = accounts[accounts["debtor_id"].isin(ours)]
    return {
        SECOND: ("debtors", tuple(rows.loc[rows["proposed"] != "", "debtor_id"])),
        REVIEW_OLD: ("debtors", tuple(old)),
        ROUGH: ("debtors", tuple(rough)),
        GROUP: ("debtors", tuple(rows.loc[rows["group"] == "", "debtor_id"])),
        PRODUCT: ("accounts", tuple(mine.loc[mine["product"].isin(["", "other"]), "case_id"])),
        DIFFERS: ("debtors", tuple(dict.fromkeys(of_ours(differs, mine, ours)))),
    }


def of_ours(differs: pd.DataFrame, accounts: pd.DataFrame, ours: pd.Series) -> list[str]:
    """Give the debtors of the cells in which list and person differ."""
    owner = dict(zip(accounts["case_id"], accounts["debtor_id"], strict=True))
    ids = [owner.get(one, one) for one in differs["subject_id"]]
    known = set(ours)
    return [str(one) for one in ids if one in known]


def worth(
    lacks: Mapping[str, tuple[str, tuple[str, ...]]],
    ids: Mapping[str, frozenset[str]],
    rows: pd.DataFrame,
    accounts: int,
) -> pd.DataFrame:
    """Count each lack and sum the expected uplift of the debtors behind it: what is done first follows from that."""
    whole = {"debtors": len(rows), "accounts": accounts}
    told = []
    for code, (of, found) in lacks.items():
        behind = rows[rows["debtor_id"].isin(ids[code])]
        told.append((code, of, len(found), whole[of], float(behind["uplift_minor"].sum()),
                     float(behind["overdue_minor"].sum())))  # fmt: skip
    table = conform(pd.DataFrame(told, columns=list(LACKS)), LACKS)
    return table.sort_values(["behind_minor", "code"], ascending=[False, True], ignore_index=True)


def queue(rows: pd.DataFrame, types: pd.DataFrame) -> tuple[str, ...]:
    """Give whom to review: of no known type and no review that counts, most expected uplift first."""
    judged = set(types.loc[(types["review_id"] != "") & (types["doubted"] == ""), "debtor_id"])
    open_ones = rows[rows["debtor_type"].isin(["", DebtorType.UNREVIEWED.value]) & ~rows["debtor_id"].isin(judged)]
    ordered = open_ones.sort_values(["uplift_minor", "debtor_id"], ascending=[False, True])
    return tuple(ordered["debtor_id"].astype(str))


def waiting(reviews: pd.DataFrame, types: pd.DataFrame, rows: pd.DataFrame) -> pd.DataFrame:
    """Give the proposals of bad faith that wait for a second reviewer, oldest first."""
    open_ids = types.loc[types["proposed"] != "", "review_id"]
    known = reviews["review_id"].isin(open_ids) & reviews["debtor_id"].isin(rows["debtor_id"])
    return reviews[known].reset_index(drop=True)


def doubted(reviews: pd.DataFrame, types: pd.DataFrame, rows: pd.DataFrame) -> pd.DataFrame:
    """Give what second reviewers who were not convinced said (``tables.REVIEWS``), until somebody reviews anew."""
    back = set(types.loc[types["doubted"] != "", "review_id"])
    ours = reviews["confirms"].isin(back) & reviews["debtor_id"].isin(rows["debtor_id"])
    no = [is_doubt(*one) for one in zip(reviews["confirms"], reviews["grounds"].str.split(), strict=True)]
    words: pd.DataFrame = reviews[ours & pd.Series(no, index=reviews.index, dtype=bool)]
    return words.drop_duplicates("confirms").reset_index(drop=True)


def contradictions(every: pd.DataFrame) -> pd.DataFrame:
    """Give what the list says against a correction that still counts (``tables.EDITS``), newest word of each cell."""
    cell = ["subject", "subject_id", "field"]
    last = every.drop_duplicates(cell, keep="last")
    told: pd.DataFrame = conform(last[(last["source"] == "list") & (last["was"] != last["now"])], EDITS)
    return told


def last_batch(every: pd.DataFrame) -> pd.DataFrame:
    """Give the edits of the newest batch, empty where it was one that took another back."""
    people: pd.DataFrame = every[every["batch_id"] != ""]
    if people.empty:
        return people.reset_index(drop=True)
    newest: pd.DataFrame = people[people["batch_id"] == people["batch_id"].iloc[-1]].reset_index(drop=True)
    earlier = people[people["made_at"] < newest["made_at"].iloc[0]]
    return newest[:0] if took_back(newest, earlier) else newest


def took_back(newest: pd.DataFrame, earlier: pd.DataFrame) -> bool:
    """Say whether a batch is the taking back of the one before it."""
    if earlier.empty:
        return False
    before = earlier[earlier["batch_id"] == earlier["batch_id"].iloc[-1]]
    cell = ["subject", "subject_id", "field"]
    both = newest.merge(before, on=cell, suffixes=("", "_before"))
    return (
        len(both) == len(newest)
        and bool((both["was"] == both["now_before"]).all())
        and bool((both["now"] == both["was_before"]).all() or (newest["source"] == "released").all())
    )


def matrix(cells: pd.DataFrame, debtor_type: str = "") -> pd.DataFrame:
    """Count debtors by group and bucket, of one type or of all, empty cells included.

    Returns
    -------
    pandas.DataFrame
        Index the groups that occur, columns the buckets by age; ``debtors``.
    """
    chosen = cells if not debtor_type else cells[cells["debtor_type"].replace("", "unreviewed") == debtor_type]
    groups = [one.value for one in Group if one.value in set(cells["group"])] + sorted(set(cells["group"]) - set(Group))
    counted = chosen.pivot_table(index="group", columns="bucket", values="debtors", aggfunc="sum", fill_value=0)
    whole: pd.DataFrame = counted.reindex(index=groups, columns=[one.value for one in Bucket], fill_value=0)
    return whole.astype("int64")
