"""The articles behind the rules of the packs that come with the software, in the reader's language.

A rule pack is a file with one text an article. A text that is not known here, of a pack of one's own, is shown as it
is.
"""

from __future__ import annotations

from dashboard.text import N_, _

ARTICLES: frozenset[str] = frozenset(
    (
        N_("A crew visit costs about CNY 100 (engineering default)"),
        N_(
            "A crew visit costs about CNY 100; at 7 % long-run recovery it pays from about CNY 1,500, rounded up "
            "(engineering default)"
        ),
        N_("A visit must also end inside the hours (engineering default: nine of ten visits take less)"),
        N_("A workplace is visited in office hours only (engineering default)"),
        N_(
            "After two visits without contact another channel comes first (conduct rule; the sixty days are an "
            "engineering default)"
        ),
        N_(
            "At least two collectors visit together, with their identification (self-discipline guideline on "
            "collection)"
        ),
        N_("At most three collectors visit together (self-discipline guideline on collection)"),
        N_("Below CNY 10,000 the work of a suit exceeds what it brings (engineering default)"),
        N_("Branch practice: time for a letter, a visit and a suit (engineering default)"),
        N_("Card Measures 70: no collection while a personal instalment plan is performed"),
        N_("Civil Code 188(1)"),
        N_("Civil Code 188(2)"),
        N_(
            "Civil Code 192: after the limitation period the debtor may refuse; optional visits are off until legal "
            "review"
        ),
        N_("Civil Code 195; Supreme People's Court rules on limitation 8, 9, 14"),
        N_("Civil Code 692(2): six months where nothing is agreed"),
        N_("Consent before entering a home; only debtor and guarantor"),
        N_("Good practice: nobody is disturbed early or late (engineering default)"),
        N_("Hardship hold (conduct rule)"),
        N_("Hold set by the bank (conduct rule)"),
        N_("Inspection of the collateral as agreed in the contract"),
        N_("Labour Law 36: eight hours a day"),
        N_("Labour Law 41: at most three hours of overtime a day, agreed with the employee"),
        N_("Legal representation (conduct rule)"),
        N_(
            "No collection between 22:00 and 08:00 without consent (中国互联网金融协会 "
            "互联网金融贷后催收业务指引, self-discipline guideline)"
        ),
        N_("No legal cap on visits was found: one in seven days (engineering default)"),
        N_("No legal cap on visits was found: two in thirty days (engineering default)"),
        N_("Only debtor and guarantor: not without a guarantee"),
        N_("Only minors at home (conduct rule; Law on the Protection of Minors)"),
        N_("Only the debtor is spoken to, no detail of the debt to anybody else"),
        N_("Open dispute (conduct rule)"),
        N_("Registered post with proof of delivery (engineering default)"),
        N_("Registered post with proof of delivery comes back within fifteen days (engineering default)"),
        N_("Staff safety: a flagged address needs the manager's approval (conduct rule)"),
        N_("Unverified death (conduct rule; estate: Civil Code 1161)"),
        N_("Vulnerability hold (conduct rule)"),
        N_(
            "全国年节及纪念日放假办法 (as amended 2024-11): the statutory days alone, lunar dates computed; add "
            "the moved days "
            "when the year's notice is read"
        ),
        N_(
            "国务院办公厅关于2026年部分节假日安排的通知 (2025-11-04); no visits on these days is an engineering default"
        ),
        N_(
            "广西壮族自治区少数民族习惯节日放假办法: a day off for everybody in the region; lunar date computed, "
            "add the moved day when "
            "the year's notice is read"
        ),
        N_("诉讼费用交纳办法 13(1): the court's fee, counsel not counted; half of it in the simplified procedure (16)"),
    )
)


def article_words(article: str) -> str:
    """Say an article in the reader's language.

    >>> article_words("Civil Code 188(1)"), article_words("Our own rule 7"), article_words("")
    ('Civil Code 188(1)', 'Our own rule 7', '')
    """
    return _(article) if article in ARTICLES else article
