"""The page docs/tour.md around the pictures: what each shows, in both languages."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

NARROW = 250


@dataclass(frozen=True)
class Part:
    """One part: headings and texts in English and Chinese, the pictures by name."""

    title: str
    text: str
    title_zh: str
    text_zh: str
    pictures: tuple[str, ...]


PARTS = (
    Part(
        "The tour itself",
        "On the demo a manager is led through the page in five steps, once. **Tour** brings it back; a "
        "small **?** explains a word, and **Know-how → Words** has them all.",
        "导览",
        "在演示环境中，经理第一次打开本页会有五步导览。点“导览”可再看一遍；小问号解释词义，"
        "全部词汇在“经验与规则 → 词汇”。",
        (
            "tour",
            "words",
        ),
    ),
    Part(
        "Map and timeline as one",
        "Same colours, same numbers. A click on either selects in both, with the debtor's card beside "
        "them; routes follow the streets. Filters by day, crew, bucket, group and reason; the address "
        "keeps the view.",
        "地图与时间轴合一",
        "颜色和序号一致。点任何一处，两边同时选中，旁边显示债务人卡片；路线沿街道。可按日、小组、账龄、"
        "片区、原因筛选；网址保存当前视图。",
        ("selection",),
    ),
    Part(
        "Change the plan, with the price first",
        "Move, lock, keep apart, take out, add; swap days, a day off, other hours, a third crew. What it "
        "costs is told before it is taken, with the rules it would break. Undo and redo without end.",
        "改计划，先看代价",
        "移动、锁定、分开、移出、新增；换日、休息、改工时、增加班次。采纳之前先告诉您代价和会违反的规则。"
        "撤销与重做不限次数。",
        ("price",),
    ),
    Part(
        "Why",
        "Why a visit is here and now; why somebody is left out, what it would take, and the best other "
        "slot with its price.",
        "为什么",
        "为什么在此时此地外访；为何未安排、怎样才能安排，以及最好的其他时段和代价。",
        (
            "why",
            "left-out",
        ),
    ),
    Part(
        "What if",
        "Scenarios side by side: figures with differences, two maps; one can be adopted as a draft.",
        "假设方案",
        "各方案并列：数字、差值和两张地图；可采用其一为草稿。",
        ("what-if",),
    ),
    Part(
        "Will the route end in time",
        "The chance that each route ends in its shift stands beside the crew on the timeline and in the "
        "table; fragile stops have a notched corner. How sure it should be is the manager's choice.",
        "路线能否按时收工",
        "每条路线按时收工的可能性显示在时间轴的小组旁和表格中；可能赶不上的停靠点有缺角标记。要多大把握由经理决定。",
        (
            "routes",
            "certainty",
        ),
    ),
    Part(
        "The board of the day",
        "Recorded, late, at risk, refused, and whether the required visits will still be made.",
        "当日看板",
        "已登记、逾时、有风险、被拒绝，以及必访户能否完成。",
        ("board",),
    ),
    Part(
        "Looking back",
        "A past week's plan beside what happened, and what the next plan learned from it.",
        "回顾",
        "过去一周的计划与实际并列，以及下一份计划从中学到什么。",
        ("looking-back",),
    ),
    Part(
        "Out of the screen",
        "Workbook, route sheets, calendars, GPX and GeoJSON, and a page for the wall, made without internet.",
        "带走文件",
        "工作簿、路线单、日历、GPX 与 GeoJSON，以及上墙页，均不需要联网。",
        ("files",),
    ),
    Part(
        "The collector's day",
        "A plain page of its own for the phone, made to be read in the sun and used with one thumb: the next stop, "
        "the chance to be done in time, the list and the map.",
        "外访员的一天",
        "手机专用的轻便页面，阳光下看得清，单手可用：下一站、按时收工的可能性、名单和地图。",
        ("day-phone", "day-list-phone"),
    ),
    Part(
        "Recorded at the door",
        "The usual outcomes first; then when, how, how much. What a signed notice does to the limitation period is "
        "said while it is chosen. A wrong pin is moved under the cross.",
        "在门口登记",
        "常见结果排在前面，然后是何时、何方式、多少。选择签收通知时即说明其对诉讼时效的影响。位置不准，移动地图对准十字即可更正。",
        ("record-phone", "promise-phone", "evidence-phone", "pin-phone"),
    ),
    Part(
        "The day changes",
        "One tap plans the rest again from where the crew stands: in the same order, later, and where it differs in "
        "the best new one. What each costs is shown, and nothing moves unasked.",
        "情况有变",
        "一键从当前位置重排余下行程：顺序不变、时间推后，或另有更好的新顺序；先显示各自的差异，不会擅自改动。",
        ("changes-phone", "difference-phone"),
    ),
    Part(
        "No signal",
        "The day pack: one sealed file with map, stops and forms. It opens without a network; what is recorded in it "
        "is brought back once, however often it is sent. Sheet, GPX and calendar too.",
        "没有信号",
        "离线包是一个加密文件，内有地图、停靠点和表单；无网络也能打开，所登记内容无论上传几次只计一次。"
        "另有路线单、GPX 和日历。",
        ("pack-phone", "offline-phone", "upload-phone", "files-phone"),
    ),
    Part(
        "Safe",
        "Help is called by holding a button; it stands at the top of the manager's board at once. No location is read.",
        "安全",
        "长按即可求助，立刻显示在经理看板最上方。不读取位置。",
        ("alert-asked-phone", "alert-phone", "board-alert"),
    ),
    Part(
        "What the field taught",
        "Minutes at doors and on the road as recorded, compared on days held out, adopted by a person.",
        "实地数据的反馈",
        "登记的上门与路上用时，以留出的日子对比，由人决定采用。",
        ("times",),
    ),
    Part(
        "Dark, and on a phone",
        "The page follows the system's light or dark, or stays at the one chosen with ◐ in the corner. On a phone it "
        "is one column.",
        "深色与手机",
        "页面随系统明暗切换，也可在右上角用 ◐ 固定为浅色或深色。手机上为单列。",
        (
            "dark",
            "week-phone",
        ),
    ),
)


def write_page(images: Path, path: Path) -> None:
    """Write the page; a picture that has not been taken is left out."""
    lines = [
        "# A tour in pictures 图解导览",
        "",
        "Made from the running application on the demo city by `make tour`; every name in it is invented.",
        "",
        "由 `make tour` 从运行中的程序在演示城市上截取；其中的姓名均为虚构。",
    ]
    for part in PARTS:
        lines += ["", f"## {part.title} {part.title_zh}", "", part.text, "", part.text_zh]
        for name in part.pictures:
            shown = [one for one in (f"{name}.en.png", f"{name}.zh.png") if (images / one).is_file()]
            narrow = f' width="{NARROW}"' if name.endswith("-phone") else ' width="49%"'
            told = {"en": part.title, "zh": part.title_zh}
            tags = (f'<img src="images/tour/{one}" alt="{told[one.split(".")[1]]}"{narrow}>' for one in shown)
            lines += ["", " ".join(tags)]
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
