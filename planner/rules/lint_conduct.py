"""What nobody may do, say or threaten at a door, as a note tells of it: each kind with its reason and its cure."""

from __future__ import annotations

from planner.rules.lint_kind import Kind, words

CONDUCT: tuple[Kind, ...] = (
    Kind(
        "threat",
        words(
            "弄死|打断|打残|揍|收拾他|收拾你|给他点颜色|后果自负|走着瞧|让他好看|吓唬|恐吓|威胁|泼[红油]*漆|泼粪|堵门|堵锁眼|上门闹|砸",
            r"(?:多带|带上?)(?:[二两三四五六七八九十几多]|[2-9]|[1-9][0-9])个?人",
            r"\bthreaten\w*\b",
            r"\bbeat (?:him|her|them)\b",
            r"\bscare (?:him|her|them)\b",
            r"\bor else\b",
            r"\bteach (?:him|her|them) a lesson\b",
            r"\bintimidat\w+\b",
            r"\bbring (?:\w+ )?(?:more|extra|a few|some|three|four|five|six) (?:people|men|guys|lads)\b",
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
            "(?:门|墙)[上口外]?贴|贴(?:在|到|上)?了?(?:他|她|其)?家?的?(?:大门|门|墙)|贴了?(?:欠款|欠债|催款|催收)",
            r"\b(?:post|pin|tape|glue)d? [^.;]{0,30}\b(?:on|to) (?:the|his|her|their) (?:front )?(?:door|gate|wall)\b",
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
            "扣(?:了|下|押)?(?:他|她|其)?的?(?:身份证|证件|护照|户口本|驾照)",
            r"\b(?:took|take|kept|keep|held|hold|withheld) (?:his|her|their) (?:ID|identity card|passport)\b",
            r"\btake (?:his|her|their|the) (?:car|things|furniture|phone)\b",
            r"\bchange the locks?\b",
            r"\bcut (?:off )?the (?:power|water)\b",
        ),
        "Property is seized by a court only.",
        "Refer the collateral to the legal department.",
    ),
    Kind(
        "private_cash",
        words(
            "(?:收|拿|取)[了到]?(?:他|她|其|债务人)?的?现[金钞]|现[金钞][^，。；,;]{0,6}(?:给我|给本人)",
            "转[到给]我|我的?(?:微信|支付宝|账户|银行卡)(?:收款|收了|代收)",
            r"\b(?:took|received|collected|accepted) [^.;]{0,20}\bcash\b",
            r"\b(?:cash|paid|pays?|transfer\w*) [^.;]{0,20}\bto (?:me|my (?:account|phone|card|wallet))\b",
        ),
        "It reads as if money was taken in hand or to an account of one's own, which no collector may do.",
        "Have it paid to the bank, and record the payment as such; otherwise tell the manager at once.",
    ),
    Kind(
        "borrowing",
        words(
            "以贷养贷|借新还旧|高利贷",
            "(?:借|套|用|刷)(?:花呗|借呗|白条|网贷|信用卡)[^，。；,;]{0,4}还",
            r"\bpayday loans?\b",
            r"\bloan sharks?\b",
            r"\bborrow (?:\w+ )?elsewhere\b",
        ),
        "It reads as if somebody is to borrow elsewhere to pay, which nobody may be told to do.",
        "Write what can be paid from own income, and offer instalments.",
    ),
    Kind(
        "night",
        words(
            r"(?:凌晨|半夜|深夜|夜里|通宵)[^，。；,;]{0,8}(?:再来|再去|上门|敲门|蹲|守|等)|蹲守|守夜",
            r"(?<![0-9:：])(?:2[23]|0?[0-6])[:：][0-5][0-9][^，。；,;0-9]{0,8}(?:再来|再去|上门|敲门|蹲|守)",
            r"\b(?:came|come|coming|went|go|going|returned?|visit(?:ed)?|knock(?:ed)?|wait(?:ed)?)\b[^.;]{0,25}"
            r"\b(?:2[23]:[0-5][0-9]|0?[0-6]:[0-5][0-9](?! ?p)|midnight|1[01] ?p\.?m)\b",
        ),
        "It reads as a visit at night: nobody is visited between 22:00 and 08:00 without consent.",
        "Go at permitted hours; where the debtor wished another hour, enter it as the hour to visit.",
    ),
)
