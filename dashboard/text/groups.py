"""What is said of a visit group: its name in the reader's language, and how it came about."""

from __future__ import annotations

from collections.abc import Mapping

from dashboard.text import N_, _, current_language
from planner.view import GroupView

#: told beside the table of groups; {times}, {share} and {by_chance} are those of the plan
HOW = N_(
    "How is this computed? About every home the debtors are set against all customers, in neighbourhoods of two "
    "widths. A home belongs to a visit group where debtors are at least {times} times as dense as in the calm "
    "parts of the branch, and within {minutes} min of driving of others like it; so a river divides unless a "
    "bridge is near, and dense housing without an excess is no group. Where a group has two peaks it is divided "
    "between them, and again until each part is no more than {hours} h at the doors. Grouped are {share} of the "
    "debtors; of as many customers drawn by lot {by_chance} would lie so densely. Groups are named after the "
    "estate, village or street in which most of their homes lie. Hours are those at the doors and an estimated "
    "drive between them; the value is the sum of each debtor's best visit."
)


def group_name(group: GroupView) -> str:
    """Give a group's name in the language of the session."""
    return group.name_zh if current_language() == "zh" else group.name_en


def group_words(code: str, groups: Mapping[str, GroupView]) -> str:
    """Say which visit group somebody belongs to, or that he lives scattered."""
    if not code:
        return _("Scattered")
    return _("Visit group {group}").format(group=group_name(groups[code]) if code in groups else code)
