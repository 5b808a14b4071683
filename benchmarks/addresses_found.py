"""How many damaged addresses are found: addresses of a region's houses, spoilt as lists spoil them.

    python -m benchmarks.addresses_found [REGION FOLDER] [--count 2000]

An answer is right if the house lies within its accuracy of it (a district: if it is the house's district); refused, if
there is none; else wrong. Of the houses a share is kept from the index in one column, and of the streets in another:
maps are never whole.
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Callable
from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd

from geodata.geocoding.answer import Located
from geodata.geocoding.folding import SIMPLIFIED
from geodata.geocoding.index import StreetIndex
from geodata.osm.gazetteer import read_gazetteer
from geodata.roads.region import open_region

CLASSES = ("exact", "street", "district", "refused", "wrong")
#: a house is not a point: so much further it may lie than the answer's accuracy
SLACK_M = 50.0
ENGLISH = {"Lu": "Road", "Jie": "Street", "Dadao": "Avenue", "Xiang": "Lane", "Gonglu": "Highway"}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("region", nargs="?", default="var/regions/yunxi")
    parser.add_argument("--count", type=int, default=2_000)
    chosen = parser.parse_args()
    region = open_region(Path(chosen.region))
    streets = gpd.read_parquet(region.streets)
    landmarks = read_gazetteer(region.landmarks, region.streets).landmarks
    districts = gpd.read_file(region.districts)
    named = pd.concat([streets, landmarks[landmarks["kind"] == "village"]])
    english = named.drop_duplicates("name_zh").set_index("name_zh")["name_en"]
    houses = pd.read_parquet(region.buildings).rename(columns={"street": "street_zh"})
    houses["street_en"] = houses["street_zh"].map(english).fillna("")
    rng = np.random.default_rng(7)
    asked = houses[houses["street_zh"] != ""].sample(chosen.count, random_state=7).reset_index(drop=True)
    inside = districts.set_index("code")[["name_zh", "name_en"]]
    asked["district_zh"] = asked["district"].map(inside["name_zh"]).fillna("")
    asked["district_en"] = asked["district"].map(inside["name_en"]).fillna("")
    letters = sorted({letter for name in houses["street_zh"] for letter in name})
    damages = damaged(asked, rng, letters, list(inside["name_zh"]))
    lost_houses = houses.sample(frac=0.7, random_state=1)
    gone = set(rng.choice(streets["name_zh"].unique(), len(streets) // 10, replace=False))
    fewer = streets[~streets["name_zh"].isin(gone)], houses[~houses["street_zh"].isin(gone)]
    for title, of_streets, of_houses in (
        ("the whole index", streets, houses),
        ("three houses in ten not in the index", streets, lost_houses),
        ("one street in ten not in the index", *fewer),
    ):
        began = time.process_time()
        index = StreetIndex(of_streets, of_houses, districts, landmarks=landmarks)
        print(f"\n{title}; made in {time.process_time() - began:.1f} CPU s\n")
        print(f"{'':44}" + "".join(f"{name:>10}" for name in CLASSES) + "   CPU s / 10,000")
        total = pd.Series(0, index=CLASSES)
        for name, texts in damages.items():
            began = time.process_time()
            answers = index.all_of(texts)
            seconds = (time.process_time() - began) * 10_000 / len(texts)
            counts = judged(answers, asked).value_counts().reindex(CLASSES, fill_value=0)
            total += counts
            print(
                f"{name:44}" + "".join(f"{100 * counts[one] / len(texts):9.2f}%" for one in CLASSES) + f"{seconds:9.2f}"
            )
        print(f"{'all':44}" + "".join(f"{100 * total[one] / total.sum():9.2f}%" for one in CLASSES))


def damaged(
    asked: pd.DataFrame, rng: np.random.Generator, letters: list[str], names: list[str]
) -> dict[str, list[str]]:
    """Give the addresses of the houses, spoilt in one way after the other."""
    traditional = {ord(simple): chr(old) for old, simple in SIMPLIFIED.items()}
    wide = {ord("0") + n: chr(ord("０") + n) for n in range(10)}

    def slip(text: str, alphabet: list[str]) -> str:
        at, kind = int(rng.integers(len(text))), int(rng.integers(10))
        if kind < 6:
            return text[:at] + str(rng.choice(alphabet)) + text[at + 1 :]
        if kind < 8:
            return text[:at] + text[at + 1 :]
        if kind < 9 or len(text) < 2:
            return text[:at] + text[at] + text[at:]
        at = min(at, len(text) - 2)
        return text[:at] + text[at + 1] + text[at] + text[at + 2 :]

    def written(make: Callable[[dict[str, str]], str]) -> list[str]:
        return [make(row) for row in asked.to_dict("records")]

    def latin(row: dict[str, str]) -> str:
        words = row["street_en"].split()
        return " ".join([*words[:-1], ENGLISH.get(words[-1], words[-1])]) if words else ""

    def short(row: dict[str, str]) -> str:
        return row["district_en"].removesuffix(" District")

    abc = [chr(ord("a") + n) for n in range(26)]
    full = written(lambda r: f"云溪市{r['district_zh']}{r['street_zh']}{r['house_number']}号3栋2单元501")
    return {
        "as written": full,
        "full-width": [text.translate(wide) for text in full],
        "traditional": [text.translate(traditional) for text in full],
        "no district": written(lambda r: f"云溪市{r['street_zh']}{r['house_number']}号"),
        "another district": written(lambda r: f"云溪市{rng.choice(names)}{r['street_zh']}{r['house_number']}号"),
        "no number": written(lambda r: f"{r['district_zh']}{r['street_zh']}"),
        "a slip in the street": written(
            lambda r: f"云溪市{r['district_zh']}{slip(r['street_zh'], letters)}{r['house_number']}号3栋"
        ),
        "a slip in the district": written(
            lambda r: f"云溪市{slip(r['district_zh'], letters)}{r['street_zh']}{r['house_number']}号"
        ),
        "a slip in the street, no district": written(
            lambda r: f"云溪市{slip(r['street_zh'], letters)}{r['house_number']}号"
        ),
        "a slip in the street, no number": written(lambda r: f"{r['district_zh']}{slip(r['street_zh'], letters)}"),
        "Latin": written(lambda r: f"{r['house_number']} {latin(r)}, {r['district_en']}"),
        "Latin, pinyin, no district": written(
            lambda r: f"{r['street_en'].replace(chr(39), '')} No. {r['house_number']}"
        ),
        "Latin, a slip": written(lambda r: f"{r['house_number']} {slip(latin(r) or 'x', abc)}, {short(r)}"),
    }


def judged(answers: list[object], asked: pd.DataFrame) -> pd.Series:
    """Give for each answer its class if it is right, else refused or wrong."""
    found = []
    for one, house in zip(answers, asked.to_dict("records"), strict=True):
        if not isinstance(one, Located):
            found.append("refused")
            continue
        east = np.cos(np.radians(house["lat"]))
        away = 111_320.0 * float(np.hypot((one.lon - house["lon"]) * east, one.lat - house["lat"]))
        right = one.district == house["district"] if one.by == "district" else away <= one.accuracy_m + SLACK_M
        found.append(one.accuracy if right else "wrong")
    return pd.Series(found)


if __name__ == "__main__":
    main()
