"""What the survey lacks, and what to do about it, in words."""

from __future__ import annotations

from collections.abc import Mapping

from dashboard.screens.overdue_words import MISSING
from dashboard.text import N_, words

LACKS: Mapping[str, tuple[str, str]] = {
    **MISSING,
    "second_reviewer": (
        N_("Bad faith proposed, one reviewer only"),
        N_("Let another person confirm it or review anew: until then it does not count."),
    ),
    "review_old": (N_("Review too old to count"), N_("Review again: the situation may have changed.")),
    "rough_place": (
        N_("Position too rough"),
        N_("Set the contact point on the map: a crew would have to search."),
    ),
    "group": (N_("Customer group not stated"), N_("Set the group: strategy goes by group and age.")),
    "product": (N_("Product class unknown"), N_("Set the product and collateral class of the account.")),
    "list_differs": (
        N_("The list contradicts a correction"),
        N_("Decide which is right: until then the correction counts."),
    ),
}
FIELDS: Mapping[str, str] = {
    "group": N_("Customer group"),
    "occupation": N_("Occupation"),
    "agency": N_("Agency"),
    "needs": N_("Skills needed"),
    "product": N_("Product class"),
    "collateral": N_("Collateral class"),
}
#: what a manager may set for many at once
SKILLS: Mapping[str, str] = {code: words.SKILLS[code] for code in ("legal", "dialect")} | {"": N_("None")}
