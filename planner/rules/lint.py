"""Reads free text before it is kept: what says too much about a person, and what nobody may say or threaten.

Notes and reviews are read by colleagues, by the debtor who asks for them, and in court. What is found is flagged with
the reason and a cure; the writer decides, nothing is changed in silence. The lists know the usual words of both
languages, not every way to say a thing.
"""

from __future__ import annotations

import re
from dataclasses import dataclass


@dataclass(frozen=True)
class Flag:
    """Something in a text: its kind, the words, where they begin, why they are flagged and what to do instead.

    ``severe`` marks what must not be kept at all; the rest is a question to the writer.
    """

    code: str
    found: str
    at: int
    reason: str
    cure: str
    severe: bool


@dataclass(frozen=True)
class Kind:
    """What one kind of flag looks for, its reason and its cure."""

    code: str
    pattern: re.Pattern[str]
    reason: str
    cure: str
    severe: bool = True


PROVINCES = (
    "北京|天津|上海|重庆|河北|山西|辽宁|吉林|黑龙江|江苏|浙江|安徽|福建|江西|山东|河南|湖北|湖南|广东|海南|四川|贵州|"
    "云南|陕西|甘肃|青海|台湾|内蒙古?|广西|西藏|宁夏|新疆|香港|澳门|东北"
)
PEOPLES = "汉|回|藏|蒙古|维吾尔|苗|彝|壮|布依|朝鲜|满|侗|瑶|白|土家|哈尼|哈萨克|傣|黎|傈僳|佤|畲|羌|土|仡佬|锡伯|撒拉"
#: 民族路, 回民街, 青年路 are places, not people
STREET = r"(?![一-鿿]{0,2}(?:路|街|巷|道|里|村|广场|小区|大厦|花园|大学|学校|银行))"

CHILDREN = "女儿|儿子|闺女|孙子|孙女|小孩|孩子|小朋友"
OTHERS = (
    "邻居|同事|老婆|妻子|爱人|丈夫|老公|父亲|母亲|爸爸|妈妈|父母|岳父|岳母|哥哥|弟弟|姐姐|妹妹|大哥|大姐|亲戚|朋友|房东|"
    "同学|前妻|前夫|女友|男友"
)
SURNAMES = (
    "王李张刘陈杨赵黄周吴徐孙胡朱高林何郭马罗梁宋郑谢韩唐冯于董萧程曹袁邓许傅沈曾彭吕苏卢蒋蔡贾丁魏薛叶阎余潘杜戴夏钟汪田任"
    "姜范方石姚谭廖邹熊陆郝孔白崔康毛邱秦江史顾侯邵孟龙万段雷钱汤尹黎易常武乔贺赖龚文"
)
#: words that begin like a name and are none
NO_NAME = (
    "(?!周[一二三四五六日天末边围]|白[天日]|高兴|方[便式]|任何|常[来在年见常]|"
    "马上|于是|万一|江边|何[时处人]|易|许[多久])"
)
AFTER_NAME = r"(?=[说告称在开来见认讲表和与的答应也，,。；;、：:）)\s]|$)"
KIN = (
    "neighbou?rs?|wife|husband|spouse|mother|father|mum|mom|dad|brother|sister|uncle|aunt|cousin|parents|landlord|"
    "colleague|co-?worker|friend|girlfriend|boyfriend|ex-wife|ex-husband"
)
NOT_NAMES = (
    "(?:I|He|She|They|We|Says?|Said|Told|Will|Was|Is|Not|No|Opened|Mon|Tues?|Wed|Wednes|Thurs?|Fri|Satur|Sat|Sun)(?:day)?\\b|"
    "(?:January|February|March|April|May|June|July|August|September|October|November|December)\\b"
)

FEATURE = "The text tells of a protected characteristic, which no decision about a visit may rest on."
FEATURE_CURE = "Leave it out; if something must be respected, enter an accommodation without the reason."


def words(*parts: str) -> re.Pattern[str]:
    """Give one pattern of several, whatever the case."""
    return re.compile("|".join(parts), re.IGNORECASE)


KINDS: tuple[Kind, ...] = (
    Kind(
        "ethnicity",
        words(
            rf"(?:{PEOPLES})族(?!自治){STREET}",
            rf"回民{STREET}",
            rf"少数民族{STREET}",
            "民族成分",
            r"\bethnic\w*\b",
            r"\bracial(?:ly)?\b",
            r"\bminority (?:group|people|member)\b",
            r"\bcaste\b",
        ),
        FEATURE,
        FEATURE_CURE,
    ),
    Kind(
        "religion",
        words(
            "穆斯林|基督徒|教徒|信佛|信教|信仰|清真",
            r"\bmuslims?\b",
            r"\bchristians?\b",
            r"\bhindus?\b",
            r"\bbuddhists?\b",
            r"\bjewish\b",
            r"\breligio\w*\b",
        ),
        FEATURE,
        FEATURE_CURE,
    ),
    Kind(
        "gender",
        words(
            "性别|女流|娘们|孤儿寡母|寡妇|单身女|怀孕|孕妇|哺乳",
            r"\bgender\b",
            r"\bpregnan\w*\b",
            r"\bwidows?\b",
            r"\bsingle (?:woman|mother|mum|mom)\b",
            r"\bjust a (?:woman|girl)\b",
        ),
        FEATURE,
        FEATURE_CURE,
    ),
    Kind(
        "age",
        words(
            r"[1-9][0-9]\s*(?:多)?岁",
            "年龄|老头|老太|老年人|八旬|七旬|六旬",
            r"\b[1-9][0-9]\s*years? old\b",
            r"\baged? [1-9][0-9]\b",
            r"\belderly\b",
            r"\bold (?:man|woman|lady)\b",
            r"\bpensioners?\b",
        ),
        FEATURE,
        FEATURE_CURE,
    ),
    Kind(
        "health",
        words(
            "残疾|精神病|精神分裂|抑郁|癌症|艾滋|肝炎|尿毒症|住院|病历|智障|疯子",
            r"\bdisab(?:led|ility)\b",
            r"\bmental(?:ly)? ill\w*\b",
            r"\bdepress(?:ed|ion)\b",
            r"\bcancer\b",
            r"\bhiv\b",
            r"\bdiagnos\w+\b",
        ),
        "The text tells of somebody's health, which is sensitive and not needed for a visit.",
        "Leave it out; enter a hold (vulnerable or hardship) or an accommodation, without the reason.",
    ),
    Kind(
        "family",
        words(
            "离婚|离异|未婚|已婚|再婚|婚姻状况|单亲",
            r"\bdivorc\w+\b",
            r"\bunmarried\b",
            r"\bmarital status\b",
        ),
        FEATURE,
        FEATURE_CURE,
    ),
    Kind(
        "origin",
        words(
            rf"(?:{PROVINCES})(?:籍|佬|人(?!民|寿|大|社|才|行))",
            "籍贯|户籍|农村户口|外地人|外来户|乡下人",
            r"\bnative place\b",
            r"\bplace of birth\b",
            r"\bimmigrants?\b",
            r"\bhukou\b",
        ),
        FEATURE,
        FEATURE_CURE,
    ),
    Kind(
        "politics",
        words("政治面貌|上访户|信访户|异见", r"\bparty member\w*\b", r"\bpolitical (?:view|opinion)s?\b"),
        FEATURE,
        FEATURE_CURE,
    ),
    Kind(
        "threat",
        words(
            "弄死|打断|打残|揍|收拾他|收拾你|给他点颜色|后果自负|走着瞧|让他好看|吓唬|恐吓|威胁|泼油漆|堵门|堵锁眼|上门闹|砸",
            r"\bthreaten\w*\b",
            r"\bbeat (?:him|her|them)\b",
            r"\bscare (?:him|her|them)\b",
            r"\bor else\b",
            r"\bteach (?:him|her|them) a lesson\b",
            r"\bintimidat\w+\b",
        ),
        "This reads as a threat or as violence, which no collector may use.",
        "Write what was said and agreed; who felt threatened reports it to the manager.",
    ),
    Kind(
        "insult",
        words(
            "老赖|无赖|骗子|人渣|垃圾人|不要脸|穷鬼|混蛋|王八|流氓",
            r"\bdeadbeats?\b",
            r"\bscum\b",
            r"\bliars?\b",
            r"\bcrooks?\b",
            r"\blosers?\b",
            r"\bidiots?\b",
            r"\bthie(?:f|ves)\b",
        ),
        "The words humiliate the debtor.",
        "Describe what was done or said, not what somebody is.",
    ),
    Kind(
        "publish",
        words(
            "黑名单|曝光|贴大字报|张贴|拉横幅|群发|发朋友圈|发抖音|公开他|公布他",
            r"\bblack-?list\w*\b",
            r"\bname and shame\b",
            r"\bpost(?:ed)? (?:it |his |her |their )?(?:photo|name)s?\b",
            r"\bexpose (?:him|her|them)\b",
        ),
        "Making a debt public is forbidden (PIPL 25; Civil Code 1024, 1032).",
        "Keep to letter, visit, agreement and court.",
    ),
    Kind(
        "third_party",
        words(
            r"(?:告诉|通知|联系|找)(?:了)?(?:他|她|其|债务人)?(?:的)?(?:单位|领导|老板|同事|邻居|父母|爸妈|亲戚|朋友|孩子|老师|学校)",
            "爆通讯录|通讯录",
            r"\b(?:tell|told|call|called|inform|informed) (?:the |his |her |their )?"
            r"(?:boss|employer|neighbou?rs?|parents?|relatives|family|friends|colleagues|school)\b",
        ),
        "Nobody but debtor, guarantor and co-debtor may learn of the debt.",
        "Ask for the debtor without saying why; leave the others out.",
    ),
    Kind(
        "other_person",
        # As it is written: a name is told by its capital.
        re.compile(
            rf"\b(?:{KIN})(?: (?:is|called|named))?,? (?:(?:Mrs?|Ms|Miss)\.? )?(?!{NOT_NAMES})[A-Z][a-z]+"
            rf"|\b(?:{KIN})(?: (?:is|called|named))? [一-鿿]{{2,3}}"
            rf"|(?:{OTHERS})(?:叫|名叫|姓|是)?{NO_NAME}[{SURNAMES}][一-鿿]{{1,2}}{AFTER_NAME}"
            rf"|\b(?:{KIN}) (?:works? (?:at|for|in)|is ill|is sick|has (?:a|an|the) )\b"
            rf"|(?:{OTHERS})(?:在[一-鿿]{{0,8}}(?:上班|工作|打工|任职|看病)|生病|有病|患)"
        ),
        "The note tells of somebody else by name or with details: the debt is no business of theirs.",
        "Leave other people, their family and their health out: “a neighbour opened” is enough.",
    ),
    Kind(
        "children",
        words(
            rf"{CHILDREN}|(?:上|读)(?:幼儿园|小学|初中|高中)",
            r"\b(?:daughters?|sons?|child(?:ren)?|kids?|grand(?:son|daughter|child|children))\b",
            r"\b(?:kindergarten|schoolchild(?:ren)?)\b",
        ),
        "The note tells of a child, which no note about a debt needs.",
        "Leave other people, their family and their health out: “a relative opened” is enough.",
    ),
    Kind(
        "false_legal",
        words(
            "坐牢|判刑|抓(?:你|他|她|人)|刑事责任|报警抓|派出所抓|通缉|连累子女|影响孩子上学|影响子女",
            r"\bjail(?:ed)?\b",
            r"\bprison\b",
            r"\barrest(?:ed)?\b",
            r"\bcriminal charge\w*\b",
            r"\bpolice will\b",
        ),
        "A debt is a matter of civil law: what is not going to happen must not be said.",
        "Name only the next lawful step, and only one that the bank really takes.",
    ),
    Kind(
        "property",
        words(
            "扣车|拖车|搬(?:走)?(?:他|她|家里)?(?:的)?(?:东西|家具|电视)|拿走(?:他|她)?(?:的)?(?:东西|手机)|换锁|断水|断电|锁门",
            r"\btake (?:his|her|their|the) (?:car|things|furniture|phone)\b",
            r"\bchange the locks?\b",
            r"\bcut (?:off )?the (?:power|water)\b",
        ),
        "Property is seized by a court only.",
        "Refer the collateral to the legal department.",
    ),
    Kind(
        "identity_number",
        re.compile(
            r"(?<![0-9])[1-9][0-9]{5}(?:19|20)[0-9]{2}(?:0[1-9]|1[0-2])(?:[0-2][0-9]|3[01])[0-9]{3}[0-9Xx](?![0-9])"
        ),
        "An identity number does not belong into a note.",
        "Leave it out: the debtor id is enough.",
    ),
    Kind(
        "card_number",
        re.compile(r"(?<![0-9])(?:[0-9][ -]?){15,18}[0-9](?![0-9])"),
        "A card or account number does not belong into a note.",
        "Leave it out: the case id is enough.",
    ),
    Kind(
        "phone_number",
        re.compile(r"(?<![0-9])(?:\+?86[ -]?)?1[3-9][0-9][ -]?[0-9]{4}[ -]?[0-9]{4}(?![0-9])"),
        "A telephone number belongs into the contact card.",
        "Have the contact card corrected instead.",
        severe=False,
    ),
)


def flagged(text: str) -> tuple[Flag, ...]:
    """Give everything in a text that should not be there, in reading order; an empty answer lets it pass.

    >>> [(flag.code, flag.found) for flag in flagged("Says he will pay on Friday; an elderly neighbour opened.")]
    [('age', 'elderly')]
    >>> flagged("周五前转账 3,000 元，家住民族路12号。")
    ()
    """
    found: list[Flag] = []
    taken: list[tuple[int, int]] = []
    for kind in KINDS:
        for match in kind.pattern.finditer(text):
            if kind.code == "card_number" and any(a < match.end() and match.start() < b for a, b in taken):
                continue  # an identity number has been named as one already
            taken.append(match.span())
            found.append(Flag(kind.code, match[0], match.start(), kind.reason, kind.cure, kind.severe))
    return tuple(sorted(found, key=lambda flag: (flag.at, flag.code)))
