"""How many streets of a region are found by name alone, as in an extract of which hardly a house is mapped.

    python -m benchmarks.street_names_found REGION_FOLDER [--count 1500]

One name in ten is kept from the index: of these an answer better than a district is wrong, unless the map has the
street once more under a name that differs by a slip. The others are asked as they are written and with a letter left
out: right if the answer lies within its metres of a street of that name.
"""

from __future__ import annotations

import argparse
from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd

from geodata.geocoding.answer import Answer, Located
from geodata.geocoding.index import StreetIndex
from geodata.roads.region import open_region

#: metres of a degree of latitude, and how much further than its accuracy a right answer may lie
DEGREE_M, SLACK_M = 111_320.0, 300.0
FORMS = ("{} 12, Town", "{}, 12", "12 {}", "{}")


def main() -> None:
    """Print a line a form of the address."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("region", type=Path)
    parser.add_argument("--count", type=int, default=1500)
    wanted = parser.parse_args()
    region, rng = open_region(wanted.region), np.random.default_rng(3)
    streets = gpd.read_parquet(region.streets)
    gone = rng.random(len(streets)) < 0.1
    known = streets[~gone]
    columns = ["lon", "lat", "street_zh", "street_en", "house_number", "district"]
    index = StreetIndex(known, pd.DataFrame(columns=columns), gpd.read_file(region.districts))
    picked = known.iloc[rng.choice(len(known), min(wanted.count, len(known)), replace=False)]
    names, missing = picked["name_zh"].tolist(), streets.loc[gone, "name_zh"].tolist()
    slips = [without_a_letter(name, rng) for name in names]
    print(f"{len(missing)} names that the index lacks, {len(names)} that it has")
    for form in FORMS:
        answers = index.all_of([form.format(name) for name in missing])
        taken = np.mean([better(one) for one in answers])
        told = f"{form:12}  not in the index: answered {taken:5.1%}"
        for what, texts in (("as written", names), ("a slip", slips)):
            found = index.all_of([form.format(text) for text in texts])
            right = [near(one, shape) for one, shape in zip(found, picked.geometry, strict=True)]
            wrong = [better(one) and not ok for one, ok in zip(found, right, strict=True)]
            told += f"; {what}: right {np.mean(right):5.1%}, wrong {np.mean(wrong):5.1%}"
        print(told)


def without_a_letter(name: str, rng: np.random.Generator) -> str:
    """Leave out a letter behind the fourth, where there are so many."""
    at = int(rng.integers(4, len(name))) if len(name) > 6 else 0
    return name[:at] + name[at + 1 :]


def better(answer: Answer) -> bool:
    """Tell whether an answer is more than a district."""
    return isinstance(answer, Located) and answer.by != "district"


def near(answer: Answer, street: object) -> bool:
    """Tell whether an answer lies within its metres of a street."""
    if not isinstance(answer, Located) or answer.by == "district":
        return False
    scale = np.array([np.cos(np.radians(answer.lat)), 1.0]) * DEGREE_M
    corners = np.array([point for part in street.geoms for point in part.coords])  # type: ignore[attr-defined]
    away = np.hypot(*((corners - [answer.lon, answer.lat]) * scale).T).min()
    return bool(away <= answer.accuracy_m + SLACK_M)


if __name__ == "__main__":
    main()
