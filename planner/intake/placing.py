"""The places of checked rows: coordinates brought to WGS-84, addresses located, each place once a debtor."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any, cast

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from geodata.geocoding.answer import AMBIGUOUS, UNANSWERED, Answer, Located
from geodata.snapping import Snapper
from planner.intake.columns import PLACE_KINDS
from planner.intake.coordinates import UNDECLARED_M
from planner.intake.headings import keys
from planner.intake.issue import Issue, issue
from planner.intake.judging import judged

#: From here on a located address is worth a word: a crew would have to search.
ROUGH_M = 500.0


def place_rows(
    rows: pd.DataFrame,
    headings: Mapping[str, str],
    locate: Callable[[Sequence[str]], Sequence[Answer]],
    region_of: Callable[[NDArray[np.float64]], list[str]] | None,
    ground: Callable[[], Snapper] | None = None,
) -> tuple[pd.DataFrame, tuple[Issue, ...]]:
    """Give the places of all debtors (columns of PLACES, ``address``, ``region``), and what was not found.

    ``unanswered`` are those without coordinates for whose address somebody was asked who did not answer.
    Coordinates whose datum is declared count more than the address. Without a declared datum they may be off by 1 km,
    so an address that is found more exactly counts more than they do; else they are used with that accuracy.
    Coordinates are judged by the ground (``planner.intake.judging``), where it is known.
    """
    long = _long(rows)
    if long.empty:
        columns = dict.fromkeys(("place_id", "region", "source_datum"), "") | dict.fromkeys(
            ("source_lon", "source_lat")
        )
        return long.assign(**columns, unanswered=False), ()
    long["source_datum"] = long["datum"].where(long["datum"] != "", "wgs84")
    long["source_lon"], long["source_lat"] = long["lon"], long["lat"]
    declared = long["datum"] != ""
    given = long["lon"].notna()
    long[["lon", "lat"]] = _in_wgs84(long)
    long.loc[given & ~declared, "accuracy_m"] = long["accuracy_m"].clip(lower=UNDECLARED_M)
    long["region"] = ""
    asked = (long["address"] != "") & ~(given & declared)
    which, texts = pd.factorize(long["asked"].to_numpy(object)[asked])
    where, same = _distinct(locate(texts.tolist()))
    which = same[which]
    exactness = long["accuracy_m"].fillna(np.inf).to_numpy()
    known_m = np.array([one.accuracy_m if isinstance(one, Located) else np.inf for one in where], dtype=float)[which]
    better = asked.to_numpy(dtype=bool, copy=True)
    use = known_m < exactness[better]
    better[better] = use
    chosen = which[use]
    for name in ("lon", "lat", "accuracy_m"):
        long.loc[better, name] = np.array([getattr(one, name, np.nan) for one in where], dtype=float)[chosen]
    long.loc[better, "region"] = np.array([getattr(one, "district", "") for one in where], dtype=object)[chosen]
    long["ambiguous"] = False
    long.loc[asked, "ambiguous"] = np.array([one == AMBIGUOUS for one in where], dtype=bool)[which]
    silent = [one == UNANSWERED or (isinstance(one, Located) and one.unanswered) for one in where]
    long["unanswered"] = False
    long.loc[asked, "unanswered"] = np.array(silent, dtype=bool)[which]
    long["unanswered"] &= ~given
    long.loc[better, "source_datum"] = "wgs84"
    long.loc[better, ["source_lon", "source_lat"]] = np.nan
    blank = (long["region"] == "") & long["lon"].notna()
    if region_of is not None and blank.any():
        long.loc[blank, "region"] = region_of(long.loc[blank, ["lon", "lat"]].to_numpy(float))
    issues = _issues(long, headings)
    if ground is not None:
        issues = tuple(sorted((*issues, *judged(long, headings, ground)), key=at_row))
    long["place_id"] = [_place_id(*one) for one in _lists(long, "debtor_id", "kind", "same")]
    return long.drop_duplicates("place_id").reset_index(drop=True), issues


def _distinct(answers: Sequence[Answer]) -> tuple[list[Answer], NDArray[np.int64]]:
    """Give the different answers, and which of them each one is: thousands of addresses lie in a few streets."""
    _, first, which = np.unique(
        np.fromiter(map(id, answers), np.int64, len(answers)), return_index=True, return_inverse=True
    )
    return [answers[n] for n in first.tolist()], which


def _long(rows: pd.DataFrame) -> pd.DataFrame:
    """Give one row a place: an address, coordinates or both, with the text to ask the street index."""
    parts = []
    for prefix, kind in PLACE_KINDS.items():
        part = rows[["row", "debtor_id", "branch", "city", "district"]].assign(
            prefix=prefix,
            kind=kind,
            address=rows[f"{prefix}_address"],
            lon=rows[f"{prefix}_lon"],
            lat=rows[f"{prefix}_lat"],
            accuracy_m=rows[f"{prefix}_accuracy_m"],
            datum=rows[f"{prefix}_datum"],
        )
        parts.append(part.loc[(part["address"] != "") | part["lon"].notna()])
    long = pd.concat(parts, ignore_index=True).sort_values("row", kind="stable", ignore_index=True)
    # City and district columns belong to the home; they only help where the address does not say them.
    long["asked"] = long["address"]
    more = (long["kind"] == "home") & ((long["city"] != "") | (long["district"] != ""))
    if more.any():
        long.loc[more, "asked"] = [
            " ".join((*(p for p in (city, area) if p and p not in address), address))
            for address, city, area in _lists(long.loc[more], "address", "city", "district")
        ]
    long["same"] = keys(long["address"].tolist())
    nameless = long["same"] == ""
    if nameless.any():
        pairs = _lists(long.loc[nameless], "lon", "lat")
        long.loc[nameless, "same"] = [f"{lon:.5f} {lat:.5f}" for lon, lat in pairs]
    return long


def _lists(table: pd.DataFrame, *names: str) -> Iterator[tuple[Any, ...]]:
    """Give rows of some columns; from lists, because a column of texts is slow to walk through one by one."""
    return zip(*(table[name].tolist() for name in names), strict=True)


def _in_wgs84(long: pd.DataFrame) -> NDArray[np.float64]:
    from geodata.datum import Datum, to_wgs84

    lonlat = long[["lon", "lat"]].to_numpy(float)
    for datum in long["source_datum"].unique():
        here = (long["source_datum"] == datum).to_numpy() & np.isfinite(lonlat).all(axis=1)
        if datum != "wgs84" and here.any():
            lonlat[here] = to_wgs84(lonlat[here], cast(Datum, datum))
    return lonlat


def _issues(long: pd.DataFrame, headings: Mapping[str, str]) -> tuple[Issue, ...]:
    found = []
    lost = long["lon"].isna()
    rough = ~lost & (long["accuracy_m"] > ROUGH_M) & (long["address"] != "") & long["source_lon"].isna()
    for row, prefix, several in long.loc[lost, ["row", "prefix", "ambiguous"]].itertuples(index=False):
        code = "address_ambiguous" if several else "address_unlocated"
        found.append(issue(code, row=int(row), column=headings.get(f"{prefix}_address", "")))
    for row, prefix, metres in long.loc[rough, ["row", "prefix", "accuracy_m"]].itertuples(index=False):
        column = headings.get(f"{prefix}_address", "")
        found.append(issue("address_rough", row=int(row), column=column, accuracy_m=f"{metres:.0f}"))
    return tuple(sorted(found, key=at_row))


def at_row(one: Issue) -> int:
    """Give the row that an issue is about, 0 for the file itself."""
    return one.row or 0


def _place_id(debtor_id: str, kind: str, same: str) -> str:
    """Give a place's id: it stays while the address stays, and changes when the debtor moves.

    An address is personal, and short digests of addresses can be tried out; the debtor's id in front makes each
    debtor's ids different, and the digest is cut to what tells a debtor's few places apart.
    """
    return f"{debtor_id}-{kind}-{hashlib.blake2b(f'{debtor_id}|{same}'.encode(), digest_size=4).hexdigest()}"
