"""What a debtor may own: clues, only ever added; a later one replaces or withdraws an earlier one."""

from __future__ import annotations

from datetime import datetime

import pandas as pd
from sqlalchemy.engine import Connection

from planner.domain import Principal
from planner.rules.assets import ASSETS, CERTAINTIES, SOURCES
from planner.rules.notes import faults
from planner.store import appending
from planner.store.access import RIGHTS, Right
from planner.store.appending import Added, Reach
from planner.store.schema import asset_clue
from planner.tables import CLUES


def read(connection: Connection, principal: Principal, branch: str, reach: Reach, *, replaced: bool) -> pd.DataFrame:
    """Give clues as they stand, oldest first; with ``replaced`` every row ever written."""
    table = appending.read(connection, asset_clue, CLUES, branch, reach, "recorded_at")
    if not replaced:
        old = table.loc[table["replaces"] != "", "replaces"]
        table = table[~table["clue_id"].isin(old) & ~table["withdrawn"]].reset_index(drop=True)
    return table if Right.READ_CARDS in RIGHTS[principal.role] else table.assign(place="")


def save(
    connection: Connection, principal: Principal, branch: str, table: pd.DataFrame, reach: Reach, *, now: datetime
) -> Added:
    """Add the clues that are not known yet, under the name of who asks.

    Raises
    ------
    ValueError
        If a word is none of ``rules.assets``, a text is not fit to be kept, or a clue replaces one of somebody else's.
    NotAllowed
        If a row belongs to another branch, or its debtor is out of reach.
    """
    for column, words in (("asset", ASSETS), ("source", SOURCES), ("certainty", CERTAINTIES)):
        unknown = sorted(set(table[column]) - set(words))
        if unknown:
            raise ValueError(f"{column} {unknown[0]!r} is none of {', '.join(words)}")
    for text in table["place"]:
        wrong = [one for one in faults(str(text)) if one != "number"]  # a house or plate number is wanted here
        if wrong:
            raise ValueError(f"the place of the asset cannot be kept: {', '.join(wrong)}")
    table = table.assign(recorded_by=principal.name, recorded_at=pd.Timestamp(now))
    missing, said = appending.sorted_out(
        connection, asset_clue, CLUES, branch, table, unsaid=("recorded_by", "recorded_at")
    )
    fresh = table[table["clue_id"].isin(said.added)]
    appending.require_debtors(connection, branch, fresh["debtor_id"].tolist(), reach)
    before = appending.read(connection, asset_clue, CLUES, branch, None, "recorded_at")
    known = set(zip(before["clue_id"], before["debtor_id"], strict=True)) | {("", one) for one in fresh["debtor_id"]}
    astray = [one for one in zip(fresh["replaces"], fresh["debtor_id"], strict=True) if one not in known]
    if astray:
        raise ValueError(f"clue {astray[0][0]!r} is none of this debtor's")
    appending.append(connection, asset_clue, CLUES, missing)
    return said
