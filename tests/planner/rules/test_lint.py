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
        ("他有乙肝", {"health"}),
        ("Says he has hepatitis", {"health"}),
        ("在门上贴了欠款通知", {"publish"}),
        ("Taped the letter to his door", {"publish"}),
        ("门口泼漆", {"threat"}),
        ("明天带五个人来", {"threat"}),
        ("Next time bring more people", {"threat"}),
        ("扣了他的身份证", {"property"}),
        ("Kept his passport until he pays", {"property"}),
        ("要他以贷养贷", {"borrowing"}),
        ("先借花呗还款", {"borrowing"}),
        ("Told her to take a payday loan", {"borrowing"}),
        ("收了他现金2000元", {"private_cash"}),
        ("paid cash 2000 to me", {"private_cash"}),
        ("让他转给我", {"private_cash"}),
        ("came back at 22:30 to wait for him", {"night"}),
        ("23:10 再去敲门", {"night"}),
        ("半夜上门", {"night"}),
        ("微信号 abc12345", {"account_name"}),
        ("WeChat id li_wei88", {"account_name"}),
        ("车牌云A12345", {"plate_number"}),
        ("门口停着粤B·12345", {"plate_number"}),
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
        "Transferred at 22:30 yesterday, receipt seen",
        "Pays cash at the counter on Friday; cash is short this week",
        "周五到柜台存现金，微信通知他回执",
        "微信转账2000元给银行，已到账",
        "信用卡逾期，用工资还",
        "新苏A座1203，云B栋",
        "信已交本人，门卫代转",
        "Come by at 6:30 pm, he is home then",
        "He will go to the branch at 10:00",
        "WeChat payment received by the bank",
    ],
)
def test_a_plain_note_passes(text):
    assert flagged(text) == ()


def test_only_what_belongs_into_the_contact_card_is_not_severe():
    assert [kind.code for kind in KINDS if not kind.severe] == ["account_name", "phone_number"]
    assert len({kind.code for kind in KINDS}) == len(KINDS)


def test_the_examples_run():
    assert doctest.testmod(lint).failed == 0
