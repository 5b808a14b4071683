"""Contact points that people add, correct and close; the imported one is remembered and no import undoes a person."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import uuid4

import pandas as pd
import sqlalchemy as sa
from sqlalchemy.engine import Connection

from planner.domain import PlaceKind, Principal
from planner.store import appending
from planner.store.access import RIGHTS, Right
from planner.store.appending import Reach
from planner.store.frames import frame, instant
from planner.store.merge import add_missing
from planner.store.schema import address, place, place_change
from planner.tables import PLACE_CHANGES, PLACES

ADD, CORRECT, CLOSE, REOPEN, LIST = "add", "correct", "close", "reopen", "list"
HOW = ("map", "address", "visit", "document")
#: how far a position may differ and be the same still, in degrees (about a metre)
SAME = 1e-5


@dataclass(frozen=True)
class PlaceWord:
    """What a person says of a contact point.

    ``place_id`` "" adds one. ``lon``, ``lat`` are WGS-84, NaN where only the written address is known; ``accuracy_m``
    is always said. ``address`` None leaves the written one as it is.
    """

    debtor_id: str
    kind: str
    lon: float
    lat: float
    accuracy_m: float
    how: str
    place_id: str = ""
    address: str | None = None


def read(connection: Connection, principal: Principal, branch: str, reach: Reach) -> pd.DataFrame:
    """Give what became of places, oldest first; written addresses only to who may see contact cards."""
    table = appending.read(connection, place_change, PLACE_CHANGES, branch, reach, "made_at")
    return table if Right.READ_CARDS in RIGHTS[principal.role] else table.assign(address="", was_address="")


def pin(
    connection: Connection,
    principal: Principal,
    branch: str,
    word: PlaceWord,
    reach: Reach,
    *,
    change_id: str,
    now: datetime,
) -> str:
    """Put right where a known place is, and nothing else of it.

    Raises
    ------
    ValueError
        If it names no place or no position, or would change the written address.
    NotAllowed
        If the debtor is out of reach.
    """
    if not word.place_id or word.address is not None or not (math.isfinite(word.lon) and math.isfinite(word.lat)):
        raise ValueError("a pin is put right at a known place, by a position alone")
    appending.require_debtors(connection, branch, [word.debtor_id], reach)
    return put(connection, principal, branch, word, change_id=change_id, now=now)


def put(
    connection: Connection, principal: Principal, branch: str, word: PlaceWord, *, change_id: str, now: datetime
) -> str:
    """Add or correct a place and give its id; sending the same change again does nothing.

    Raises
    ------
    ValueError
        If the kind, the way or the accuracy is not known, the position is no place on the Earth, or the branch has no
        such debtor or place.
    """
    if word.kind not in list(PlaceKind) or word.how not in HOW:
        raise ValueError(f"{word.kind!r} by {word.how!r} is no contact point")
    if not (0 < word.accuracy_m < 1e6):
        raise ValueError("a contact point needs its accuracy in metres")
    placed = math.isfinite(word.lon) and math.isfinite(word.lat)
    if placed and not (abs(word.lon) <= 180 and abs(word.lat) <= 90):
        raise ValueError("this is no place on the Earth")
    if not placed and not word.address:
        raise ValueError("a contact point needs a position or an address")
    known = _sent_before(connection, branch, change_id)
    if known:
        return known
    appending.require_debtors(connection, branch, [word.debtor_id], None)
    place_id = word.place_id or f"{word.debtor_id}-{word.kind}-{uuid4().hex[:8]}"
    was = _state(connection, branch, word.debtor_id, word.place_id) if word.place_id else None
    lon, lat = (word.lon, word.lat) if placed else (None, None)
    values = {"kind": word.kind, "lon": lon, "lat": lat, "accuracy_m": word.accuracy_m, "closed_at": None}
    if was is None:
        source = {"source_datum": "wgs84", "source_lon": None, "source_lat": None}
        row = {"place_id": place_id, "debtor_id": word.debtor_id, "branch": branch, **values, **source}
        connection.execute(place.insert().values(row))
    else:
        connection.execute(
            place.update().where(place.c.branch == branch, place.c.place_id == place_id).values(**values)
        )
    text = (was or {}).get("address", "") if word.address is None else word.address
    if word.address is not None:
        _write_address(connection, branch, word.debtor_id, place_id, text)
    deed = ADD if was is None else CORRECT
    _log(connection, principal.name, branch, place_id, word.debtor_id, deed, word.how,
         {**values, "address": text}, was, change_id=change_id, at=instant(now))  # fmt: skip
    return place_id


def close(
    connection: Connection,
    principal: Principal,
    branch: str,
    place_id: str,
    *,
    change_id: str,
    now: datetime,
    reopen: bool = False,
) -> None:
    """Close a place (nobody is met there any more), or open it again; it stays readable.

    Raises
    ------
    ValueError
        If the branch has no such place.
    """
    if _sent_before(connection, branch, change_id):
        return
    was = _state(connection, branch, "", place_id)
    at = instant(now)
    change = place.update().where(place.c.branch == branch, place.c.place_id == place_id)
    connection.execute(change.values(closed_at=None if reopen else at))
    deed = REOPEN if reopen else CLOSE
    _log(connection, principal.name, branch, place_id, was["debtor_id"], deed, "visit", was, was,
         change_id=change_id, at=at)  # fmt: skip


def kept(
    connection: Connection, branch: str, given: Mapping[str, pd.DataFrame], at: str | None
) -> tuple[dict[str, pd.DataFrame], frozenset[str]]:
    """Give an import's tables with people's word on places in them, and the places an import must not close.

    A corrected place keeps the person's position, kind and address; a closed one stays closed. What the list says
    instead is remembered once, ``at`` the time of the import; None only looks.
    """
    tables = dict(given)
    every = appending.read(connection, place_change, PLACE_CHANGES, branch, None, "made_at")
    people = every[every["deed"] != LIST].drop_duplicates("place_id", keep="last").set_index("place_id")
    if people.empty or "places" not in tables:
        return tables, frozenset(people.index)
    shut = set(people.index[people["deed"] == CLOSE])
    # Closing and opening again says nothing of where it is: the last correction does, however long ago.
    held = set(every.loc[every["deed"].isin([ADD, CORRECT]), "place_id"]) - shut
    places = tables["places"]
    told = _last_told(every)
    for row in places[places["place_id"].isin(held | shut)].to_dict("records"):
        word, says = people.loc[row["place_id"]], (row["kind"], row["lon"], row["lat"])
        mine = (word["kind"], word["lon"], word["lat"])
        if at is not None and not _same(says, mine) and not _same(says, told.get(row["place_id"], mine)):
            was = {name: word[name] for name in ("kind", "lon", "lat", "accuracy_m", "address")}
            now = {**{name: row[name] for name in ("kind", "lon", "lat", "accuracy_m")}, "address": word["address"]}
            _log(connection, LIST, branch, row["place_id"], row["debtor_id"], LIST, "document", now, was,
                 change_id=str(uuid4()), at=at)  # fmt: skip
    known = _held_rows(connection, branch, held)
    places = places[~places["place_id"].isin(shut)]
    swap = places["place_id"].isin(known["place_id"])
    own = known.set_index("place_id").loc[places.loc[swap, "place_id"]].reset_index()
    tables["places"] = (
        pd.concat([places[~swap], own[list(places.columns)]], ignore_index=True) if swap.any() else places
    )
    if "addresses" in tables:
        tables["addresses"] = tables["addresses"][~tables["addresses"]["place_id"].isin(held | shut)]
    return tables, frozenset(people.index)


def peoples(connection: Connection, branch: str) -> frozenset[str]:
    """Give the places of which a person ever said something."""
    query = sa.select(place_change.c.place_id).where(place_change.c.branch == branch, place_change.c.deed != LIST)
    return frozenset(connection.execute(query.distinct()).scalars())


def _last_told(every: pd.DataFrame) -> dict[str, tuple[str, float, float]]:
    """Give what the list said last of each place: its word against a person's, else what was there before him."""
    told: dict[str, tuple[str, float, float]] = {}
    for row in every.to_dict("records"):
        if row["deed"] == LIST:
            told[row["place_id"]] = (row["kind"], row["lon"], row["lat"])
        elif row["was_kind"] and row["place_id"] not in told:
            told[row["place_id"]] = (row["was_kind"], row["was_lon"], row["was_lat"])
    return told


def _same(one: tuple[Any, ...], other: tuple[Any, ...]) -> bool:
    return one[0] == other[0] and all(
        abs(a - b) < SAME or (math.isnan(a) and math.isnan(b)) for a, b in zip(one[1:], other[1:], strict=True)
    )


def _held_rows(connection: Connection, branch: str, ids: set[str]) -> pd.DataFrame:
    query = sa.select(*(place.c[name] for name in PLACES)).where(place.c.branch == branch)
    found = [row for row in connection.execute(query) if row.place_id in ids]
    return frame(found, PLACES)


def _state(connection: Connection, branch: str, debtor_id: str, place_id: str) -> dict[str, Any]:
    query = (
        sa.select(place, address.c.address)
        .outerjoin(address, sa.and_(address.c.branch == place.c.branch, address.c.place_id == place.c.place_id))
        .where(place.c.branch == branch, place.c.place_id == place_id)
    )
    row = connection.execute(query).mappings().first()
    if row is None or (debtor_id and row["debtor_id"] != debtor_id):
        raise ValueError(f"this debtor has no place {place_id!r}")
    return {**row, "address": row["address"] or ""}


def _write_address(connection: Connection, branch: str, debtor_id: str, place_id: str, text: str) -> None:
    here = (address.c.branch == branch, address.c.place_id == place_id)
    if connection.execute(address.update().where(*here).values(address=text)).rowcount == 0:
        row = {"place_id": place_id, "debtor_id": debtor_id, "branch": branch, "address": text}
        connection.execute(address.insert().values(row))


def _sent_before(connection: Connection, branch: str, change_id: str) -> str:
    if not change_id:
        raise ValueError("a change of a place needs an id of its own, made where it was written")
    query = sa.select(place_change.c.place_id).where(
        place_change.c.branch == branch, place_change.c.change_id == change_id
    )
    return str(connection.execute(query).scalar() or "")


def _log(
    connection: Connection,
    who: str,
    branch: str,
    place_id: str,
    debtor_id: str,
    deed: str,
    how: str,
    now: Mapping[str, Any],
    was: Mapping[str, Any] | None,
    *,
    change_id: str,
    at: str,
) -> None:
    before = was or {"kind": "", "lon": None, "lat": None, "accuracy_m": None, "address": ""}
    parts = ("kind", "lon", "lat", "accuracy_m", "address")
    row = {
        "change_id": change_id, "place_id": place_id, "debtor_id": debtor_id, "branch": branch, "deed": deed,
        "how": how, **{name: _plain(now[name]) for name in parts},
        **{f"was_{name}": _plain(before[name]) for name in parts}, "made_at": at, "made_by": who,
    }  # fmt: skip
    add_missing(connection, place_change, list(row), [tuple(row.values())])


def _plain(value: Any) -> Any:
    return None if isinstance(value, float) and math.isnan(value) else value
