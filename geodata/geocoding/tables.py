"""The tables that an index is made of, with names in one form."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Sequence

import numpy as np
import pandas as pd
import shapely
from numpy.typing import NDArray


def named(table: pd.DataFrame, zh: str, en: str) -> pd.DataFrame:
    """Give a table with ``zh``, ``en`` and ``name``, the first of them that is there; "" none."""
    names = table[[zh, en]].fillna("").astype(str)
    return table.assign(zh=names[zh], en=names[en], name=names[zh].where(names[zh] != "", names[en]))


def pairs(table: pd.DataFrame) -> set[tuple[str, str]]:
    """Give the names in Chinese and in Latin letters, each pair once."""
    return {(zh, en) for zh, en in zip(table["zh"].tolist(), table["en"].tolist(), strict=True) if zh or en}


def named_landmarks(landmarks: pd.DataFrame | None) -> pd.DataFrame:
    """Give the estates and villages that have a name; a town is too large to say where a house is."""
    if landmarks is None:
        return pd.DataFrame(columns=["kind", "zh", "en", "name", "geometry"])
    known = named(landmarks, "name_zh", "name_en")
    return known[known["kind"].isin(["estate", "village"]) & (known["name"] != "")].reset_index(drop=True)


def centres(marks: pd.DataFrame) -> NDArray[np.float64]:
    """Give the middles (n, 2) of landmarks, degrees."""
    return shapely.get_coordinates(shapely.centroid(marks["geometry"].to_numpy())).reshape(-1, 2)


def district_names(districts: pd.DataFrame | None) -> list[tuple[str, str, str]]:
    """Give names and code of each district; the Latin name also without "District".

    Chinese names count only in full: 滨江 alone stands in 滨江大道 of another district as well.
    """
    if districts is None:
        return []
    found = []
    for code, zh, en in zip(districts["code"], districts["name_zh"], districts["name_en"], strict=True):
        name, latin = (str(one) if pd.notna(one) else "" for one in (zh, en))
        found.append((name, latin, str(code)))
        bare = re.sub(r"\s+(?:district|county|city|town)$", "", latin, flags=re.IGNORECASE)
        if bare != latin:
            found.append((name or latin, bare, str(code)))
    return found


def digest(names: Sequence[tuple[str, str]], at: NDArray[np.float64], *columns: Iterable[str]) -> str:
    """Name what an index was made of."""
    made_of = hashlib.blake2b(repr(names).encode(), digest_size=8)
    made_of.update(np.ascontiguousarray(at).tobytes())
    for column in columns:
        made_of.update("\n".join(column).encode())
    return made_of.hexdigest()
