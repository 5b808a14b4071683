"""Free text: what says too much or threatens is flagged with reason and cure, plain notes pass."""

import doctest

import pytest

from planner.rules import lint
from planner.rules.lint import KINDS, flagged


@pytest.mark.parametrize(
    ("text", "codes"),
    [
        ("债务人是回族，家里只有老人", {"ethnicity"}),
        ("他是穆斯林", {"religion"}),
        ("河南人，外地人不好找", {"origin"}),
        ("70多岁", {"age"}),
        ("已离婚，患抑郁", {"family", "health"}),
        ("怀孕了", {"gender"}),
        ("跟他说不还就坐牢", {"false_legal"}),
        ("典型老赖，要曝光", {"insult", "publish"}),
        ("已告诉他单位", {"third_party"}),
        ("下次换锁", {"property"}),
        ("不还就堵门", {"threat"}),
        ("政治面貌不详", {"politics"}),
        ("He is a Muslim and 67 years old", {"religion", "age"}),
        ("Told the neighbours about the loan", {"third_party"}),
        ("He will be arrested", {"false_legal"}),
        ("A deadbeat, blacklist him", {"insult", "publish"}),
        ("Threatened to take his car", {"threat", "property"}),
        ("邻居张三说他搬走了", {"other_person"}),
        ("妻子叫王小丽，在医院上班", {"other_person"}),
        ("同事李四", {"other_person"}),
        ("女儿在三中上学", {"children"}),
        ("His neighbour Zhang San told me", {"other_person"}),
        ("His neighbour 张三 opened", {"other_person"}),
        ("The wife works at the hospital", {"other_person"}),
        ("His daughter is at the school round the corner", {"children"}),
        ("证件 990000198001011234", {"identity_number"}),
        ("卡号 6222 0212 3456 7890 123", {"card_number"}),
        ("新号码 13900001234", {"phone_number"}),
    ],
)
def test_what_must_not_be_kept_is_named(text, codes):
    found = flagged(text)
    assert {flag.code for flag in found} == codes
    for flag in found:
        assert text[flag.at : flag.at + len(flag.found)] == flag.found
        assert flag.reason.endswith(".")
        assert flag.cure.endswith(".")


@pytest.mark.parametrize(
    "text",
    [
        "",
        "答应周五转账 3,000 元，愿意分期。",
        "住民族路12号，青年公园旁，回民街口见面",
        "Will pay 2,000 on Friday by transfer; asks for instalments of 500 a month.",
        "The package was left with the guard; ageing bucket M3, the page was signed.",
        "Met at the shop, guarantor present, notice signed.",
        "山东人民路，河南人寿大厦",
        "案件 YX2611000011 ，金额 123456.00",
        "An agreement of 12 months; average 45 days late",
        "邻居说周末常在家，周五发工资后还",
        "邻居周五下午在家，方便时再来",
        "妻子开门，说他白天上班，晚上在家",
        "朋友高兴地答应代为转告回电",
        "老板周三回来，许多货还没卖",
        "Wife opened; he is at work until six.",
        "Neighbour says he moved in March. Neighbour Wednesday evenings at home.",
        "A person opened, the season is bad, Jackson Street 4; pays in person.",
        "Friend will pass the message on. Parents will help by Friday.",
        "Met at the school gate, pays when the shop reopens",
    ],
)
def test_a_plain_note_passes(text):
    assert flagged(text) == ()


def test_only_a_telephone_number_is_not_severe():
    assert [kind.code for kind in KINDS if not kind.severe] == ["phone_number"]
    assert len({kind.code for kind in KINDS}) == len(KINDS)


def test_the_examples_run():
    assert doctest.testmod(lint).failed == 0
