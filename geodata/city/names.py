"""Names for streets: one for each run of street that a driver would call one."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from geodata.city.curves import Floats
from geodata.city.pinyin import pinyin
from geodata.city.strokes import Stroke

_FIRST = (
    "知明德文景瑞锦翠清静康宁惠嘉崇敬修弘怀润澄雅兰芝竹梅松柏枫桐桂荷菊望听映含临紫青碧丹银玉星霞晴晓和信诚勤思立启鸿"
)
_SECOND = (
    "行远川岚泉峰林田津渡原屏月光风烟波澜源麓亭台舍庭轩榭圃畦禾稼善智礼义仁恒谦"
    "朴真育学书砚墨琴棋诗帆舟桅汀渚洲涧瀑潭石磐岩崖谷壑峡鹤鹭燕鸥莺鹿辰晖曦霁露霜"
)
_TRADES = """
    打铁 染坊 油坊 酒坊 米市 布市 盐店 茶店 糖坊 豆腐 打铜 打锡 箍桶 篾器 纸伞 绣花 裁缝 皮坊
    纸坊 笔店 灯笼 炭市 柴市 鱼市 菜市 羊市 马市 牛市 鸡市 鸭市 磨坊 碾坊 瓷器 瓦窑 砖窑 木匠
    木梳 针线 棉花 丝绸 帽店 靴店 鞋店 药铺 香烛 钟表 锁店 秤店 米仓 船行 水井 驿门 老井 石匠
    墨坊 扇铺
"""
# Pairs of those syllables that are real towns or well-known places.
_REAL = """
    临川 临汾 临泉 临洲 临渚 临潭 丹东 丹霞 仁和 信义 修文 兰州 兰溪 含山 启东 和善 和田 嘉义
    嘉善 嘉禾 宁德 宁远 崇义 崇仁 崇明 崇礼 康定 康平 德州 德清 怀仁 怀远 思源 惠东 惠山 敬亭
    文山 文登 明光 明月 明溪 星洲 景德 景泰 晴川 望月 松原 松岩 松江 松溪 柏林 桂东 桂林 桐乡
    桐庐 梅州 润州 清原 清河 清泉 清远 清风 玉屏 玉林 玉泉 玉溪 玉田 瑞金 立山 竹山 紫石 银川
    青原 青屏 青岩 青川 青田 青石
"""
_ESTATES = ("小区", "花园", "家园", "新村", "苑", "苑", "里")
_NUMBERS = "一二三四五六七八九十"


@dataclass(frozen=True)
class Name:
    """A name in Chinese and in pinyin."""

    zh: str
    en: str


def numeral(number: int) -> str:
    """Write 1 to 99 in Chinese.

    Examples
    --------
    >>> [numeral(n) for n in (7, 10, 12, 20, 31)]
    ['七', '十', '十二', '二十', '三十一']
    """
    tens, ones = divmod(number, 10)
    return ("" if tens == 0 else "十" if tens == 1 else _NUMBERS[tens - 1] + "十") + (
        _NUMBERS[ones - 1] if ones else ""
    )


def name_of(stem: str, *endings: str) -> Name:
    """Put a name together from a stem and its endings, each a word of pinyin of its own.

    Examples
    --------
    >>> name_of("知行", "东", "路")
    Name(zh='知行东路', en='Zhixing Dong Lu')
    """
    return Name(stem + "".join(endings), " ".join(pinyin(part) for part in (stem, *endings)))


def _stems(rng: np.random.Generator) -> Iterator[str]:
    """Give two-syllable stems in random order, each once, none the name of a real town."""
    real = frozenset(_REAL.split())
    pairs = [a + b for a in _FIRST for b in _SECOND if a != b and a + b not in real]
    # 知行路 leads: its reading is the test of the table.
    yield "知行"
    yield from (pairs[k] for k in rng.permutation(len(pairs)))


def name_estates(lots: int, rng: np.random.Generator) -> list[Name]:
    """Name housing estates, no two alike.

    Examples
    --------
    >>> names = name_estates(300, np.random.default_rng(1))
    >>> len({name.zh for name in names}), names[0]
    (300, Name(zh='桐峰新村', en='Tongfeng Xincun'))
    """
    stems = _stems(rng)
    next(stems)  # the street has it
    return [name_of(next(stems), _ESTATES[k]) for k in rng.integers(0, len(_ESTATES), lots)]


def name_strokes(
    strokes: Sequence[Stroke], axis_turn: float, rng: np.random.Generator, places: dict[str, Name]
) -> list[dict[int, Name]]:
    """Name every stroke that would have a name.

    Parameters
    ----------
    axis_turn
        Direction of the town's east axis, radians.
    places
        Names of the settlements by the label their streets carry.

    Returns
    -------
    list of dict
        For each stroke its edges' names (by edge number); a long street has a 东, 西, 南, 北 and 中 part.
        Edges without a name are missing.
    """
    stems = _stems(rng)
    all_trades = _TRADES.split()
    trades = iter([all_trades[k] for k in rng.permutation(len(all_trades))])
    order = sorted(range(len(strokes)), key=lambda k: (strokes[k].rank, -strokes[k].length_m))
    found: list[dict[int, Name]] = [{} for _ in strokes]
    counters = {"经": 0, "纬": 0}
    parents: list[tuple[Floats, str]] = []
    lanes: dict[str, int] = {}
    for k in order:
        stroke = strokes[k]
        if stroke.highway == "service":
            continue
        if stroke.label:
            named = places.get(stroke.label)
            if named is None:
                found[k] = dict.fromkeys(stroke.edges, _labelled(stroke.label))
            continue
        if stroke.zone == "country":
            if stroke.rank <= 4:
                found[k] = dict.fromkeys(stroke.edges, name_of(next(stems), "公路"))
            continue
        if stroke.highway in ("trunk", "primary"):
            found[k] = _sided(stroke, axis_turn, next(stems), "大道", 5200.0)
        elif stroke.highway in ("secondary", "tertiary"):
            stem = next(stems)
            parents.append((stroke.middle, stem))
            found[k] = _sided(stroke, axis_turn, stem, "路" if rng.random() < 0.7 else "街", 2600.0)
        elif stroke.zone == "old_town" and stroke.length_m > 70.0:
            trade = next(trades, "")
            found[k] = dict.fromkeys(
                stroke.edges, name_of(trade or next(stems), "街" if stroke.length_m > 420 else "巷")
            )
        elif stroke.zone == "new_zone" and stroke.length_m > 150.0:
            kind = "纬" if abs(np.cos(stroke.heading - axis_turn)) > 0.7 else "经"
            counters[kind] += 1
            if counters[kind] < 100:
                found[k] = dict.fromkeys(stroke.edges, name_of(kind, numeral(counters[kind]), "路"))
        elif stroke.length_m > 260.0 or (stroke.zone == "works" and stroke.length_m > 120.0):
            ending = "路" if stroke.zone == "works" else "街" if rng.random() < 0.6 else "巷"
            found[k] = dict.fromkeys(stroke.edges, name_of(next(stems), ending))
        elif stroke.length_m > 60.0 and parents:
            # A short lane is numbered after the street it lies by.
            middles = np.array([middle for middle, _ in parents])
            stem = parents[int(np.argmin(np.hypot(*(middles - stroke.middle).T)))][1]
            lanes[stem] = lanes.get(stem, 0) + 1
            if lanes[stem] < 100:
                found[k] = dict.fromkeys(stroke.edges, name_of(stem, numeral(lanes[stem]), "巷"))
    return found


def _labelled(label: str) -> Name:
    for ending in ("大道", "路", "街"):
        if label.endswith(ending):
            return name_of(label[: -len(ending)], ending)
    return name_of(label)


def _sided(stroke: Stroke, axis_turn: float, stem: str, ending: str, long_m: float) -> dict[int, Name]:
    """Name a street; one that is long and passes an axis of the town is named by the side of it."""
    away = stroke.middles @ np.array([[np.cos(axis_turn), -np.sin(axis_turn)], [np.sin(axis_turn), np.cos(axis_turn)]])
    runs_east = abs(np.cos(stroke.heading - axis_turn)) > 0.7
    position = away[:, 0] if runs_east else away[:, 1]
    if stroke.length_m < long_m or position.min() > -500.0 or position.max() < 500.0:
        return dict.fromkeys(stroke.edges, name_of(stem, ending))
    plus, minus = ("东", "西") if runs_east else ("北", "南")
    span = 0.22 * float(np.ptp(position))
    sides = ["中" if abs(p) < span else plus if p > 0 else minus for p in position]
    return {edge: name_of(stem, side, ending) for edge, side in zip(stroke.edges, sides, strict=True)}
