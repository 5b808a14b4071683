"""Names of townships and villages."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from geodata.city.country import Settlement
from geodata.city.names import Name
from geodata.city.pinyin import pinyin

_TREES = "枫柳桐竹松杏槐楠梅柿樟石"
_PLACES = "坪渡岭湾埠垭塘垄滩洲"
_SURNAMES = (
    "王李张刘陈杨黄赵吴周徐孙朱胡郭何罗郑梁谢宋唐许邓韩冯曹彭曾肖董袁潘蒋蔡余杜叶程魏苏吕丁任姚卢钱龙万段雷汤尹黎易武"
)
_ENDINGS = ("家村", "家湾", "家坪", "家冲", "家坳", "家院", "家寨", "家塘")


def name_settlements(settlements: Sequence[Settlement], rng: np.random.Generator) -> list[Name]:
    """Give each settlement a name of its own: townships after trees and places, villages after families."""
    towns = [a + b for a in _TREES for b in _PLACES]
    villages = [a + b for a in _SURNAMES for b in _ENDINGS]
    town_order = iter(rng.permutation(len(towns)).tolist())
    village_order = iter(rng.permutation(len(villages)).tolist())
    names = []
    for settlement in settlements:
        if settlement.kind == "township":
            stem = towns[next(town_order)]
            names.append(Name(f"{stem}镇", f"{pinyin(stem)} Zhen"))
        else:
            village = villages[next(village_order)]
            names.append(Name(village, pinyin(village)))
    return names
