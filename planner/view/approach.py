"""How to approach somebody and what to bring, as codes that the screens translate.

From the syllabus: the type found at review (willingness by ability) decides the tone, and at every contact the three
elements *when, how, how much* are agreed.
"""

from __future__ import annotations

from planner.domain import Bucket, DebtorType, Group

#: type after review → approach code
APPROACH: dict[DebtorType, str] = {
    DebtorType.OCCASIONAL: "remind",
    DebtorType.HARDSHIP: "instalments",
    DebtorType.CARELESS: "firm_and_flexible",
    DebtorType.BAD_FAITH: "lawful_suit",
    DebtorType.UNREVIEWED: "find_out",
}


def approach(debtor_type: str) -> str:
    """Give the approach code for a debtor type.

    >>> approach("hardship")
    'instalments'
    """
    return APPROACH[DebtorType(debtor_type)]


def bring(*, group: str, bucket: str, required_reason: str, debtor_type: str, guaranteed: bool) -> tuple[str, ...]:
    """List what to bring, as codes.

    >>> bring(group="individual", bucket="M1", required_reason="", debtor_type="occasional", guaranteed=False)
    ('identity', 'statement')
    """
    items = ["identity", "statement"]
    if required_reason:
        items.append("demand_notice")
    if debtor_type in (DebtorType.HARDSHIP, DebtorType.UNREVIEWED) or bucket in (Bucket.M3, Bucket.M4_6, Bucket.M7_12):
        items.append("instalment_form")
    if group in (Group.COMPANY, Group.MERCHANT):
        items.append("business_papers")
    if guaranteed:
        items.append("guarantee_contract")
    return tuple(items)
