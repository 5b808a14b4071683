"""What says too much about a person, the debtor or somebody else: each kind with its reason and its cure."""

from __future__ import annotations

import re

from planner.rules.lint_kind import Kind, words

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

PERSON: tuple[Kind, ...] = (
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
            "残疾|精神病|精神分裂|抑郁|癌|肿瘤|白血病|艾滋|[甲乙丙]肝|肝炎|梅毒|性病|尿毒症|糖尿病|瘫痪|吸毒|戒毒|住院|病历|智障|疯子",
            r"\bdisab(?:led|ility)\b",
            r"\bmental(?:ly)? ill\w*\b",
            r"\bdepress(?:ed|ion)\b",
            r"\bcancer\b",
            r"\bhiv\b",
            r"\bhepatitis\b",
            r"\bdiabet\w+\b",
            r"\btumou?rs?\b",
            r"\b(?:drug|alcohol) addict\w*\b",
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
        "plate_number",
        re.compile(
            r"[京津沪渝冀豫云辽黑湘皖鲁新苏浙赣鄂桂甘晋蒙陕吉闽贵粤青藏川宁琼]"
            r"[A-Z] ?[·•]? ?[A-HJ-NP-Z0-9]{4,5}[A-HJ-NP-Z0-9挂学警港澳](?![A-Za-z0-9])"
            r"|车牌(?:号码?)?[:：为是 ]*[一-鿿][A-Z][A-Z0-9]{5,6}"
        ),
        "A number plate does not belong into a note.",
        "Leave it out: what stands before a house belongs to whoever it belongs to.",
    ),
    Kind(
        "account_name",
        re.compile(
            r"(?:微信号?|QQ号?|支付宝账?号?)[:：为是 ]*[A-Za-z0-9][A-Za-z0-9_-]{5,19}(?![A-Za-z0-9])"
            r"|\b(?:[Ww]e[Cc]hat|WhatsApp|QQ|Telegram)(?: (?:id|ID|name|is))*[: ]+(?=[A-Za-z_-]*[0-9])"
            r"[A-Za-z0-9][A-Za-z0-9_-]{5,19}\b"
        ),
        "An account of a messenger belongs into the contact card.",
        "Have the contact card corrected instead.",
        severe=False,
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
