"""Which pages there are, in the order of the navigation."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from dashboard.screens import (
    board,
    branch_weeks,
    channels,
    clocks,
    crews,
    day,
    debtor,
    early,
    learning,
    looking_back,
    overdue,
    people,
    playbook,
    regions,
    risk,
    second_reviews,
    survey,
    trail,
    week,
    what_if,
    words_page,
)  # fmt: skip
from dashboard.text import N_
from planner.domain import Role

EVERYBODY = frozenset({Role.MANAGER, Role.COLLECTOR, Role.REGIONAL_HEAD, Role.AUDITOR})
#: who may see rows about single debtors, each as far as the store lets him
SEE_ROWS = EVERYBODY - {Role.REGIONAL_HEAD}
#: who reads a branch's list, plans and outcomes at a desk
AT_A_DESK = SEE_ROWS - {Role.COLLECTOR}
#: who compares districts and branches
COMPARE = EVERYBODY - {Role.COLLECTOR}
HEAD = frozenset({Role.REGIONAL_HEAD})
#: who works at a branch
AT_BRANCHES = frozenset({Role.MANAGER, Role.COLLECTOR})
#: who sees what was done: a manager at the own branch, an administrator with the accounts, an auditor both
READ_THE_TRAIL = frozenset({Role.MANAGER, Role.ADMINISTRATOR, Role.AUDITOR})
#: menus of the navigation
CUSTOMERS, KNOW_HOW = N_("Customers"), N_("Know-how")


@dataclass(frozen=True)
class Entry:
    """A page: what it is called, how it is drawn, who sees it.

    ``address`` is its path in the browser; pages of one ``section`` share a menu, those of none stand side by side.
    """

    title: str
    icon: str
    address: str
    draw: Callable[[], None]
    roles: frozenset[Role] = EVERYBODY
    section: str = ""


ENTRIES = (
    Entry(N_("People"), ":material/manage_accounts:", "people", people.page, frozenset({Role.ADMINISTRATOR})),
    Entry(N_("Overdue list"), ":material/list_alt:", "overdue", overdue.page, AT_A_DESK),
    Entry(N_("Week"), ":material/calendar_view_week:", "week", week.page, AT_A_DESK),
    Entry(N_("What if"), ":material/compare_arrows:", "what-if", what_if.page, AT_A_DESK),
    Entry(N_("My day"), ":material/directions_bike:", "day", day.page, AT_BRANCHES),
    Entry(N_("Board"), ":material/checklist:", "board", board.page, AT_A_DESK),
    Entry(N_("Regions"), ":material/map:", "regions", regions.page, COMPARE),
    Entry(N_("Risk"), ":material/trending_up:", "risk", risk.page, COMPARE),
    Entry(N_("Branches"), ":material/account_balance:", "branches", branch_weeks.page, HEAD),
    Entry(N_("Second reviews"), ":material/gavel:", "second", second_reviews.page, HEAD),
    Entry(N_("Survey"), ":material/fact_check:", "survey", survey.page, AT_A_DESK, CUSTOMERS),
    Entry(N_("Debtor"), ":material/person_search:", "debtor", debtor.page, SEE_ROWS, CUSTOMERS),
    Entry(N_("Clocks"), ":material/timer:", "clocks", clocks.page, AT_A_DESK, CUSTOMERS),
    Entry(N_("First days"), ":material/schedule:", "early", early.page, AT_A_DESK, CUSTOMERS),
    Entry(N_("Playbook and rules"), ":material/menu_book:", "playbook", playbook.page, EVERYBODY, KNOW_HOW),
    Entry(N_("Words"), ":material/abc:", "words", words_page.page, EVERYBODY | {Role.ADMINISTRATOR}, KNOW_HOW),
    Entry(N_("Learning"), ":material/school:", "learning", learning.page, AT_A_DESK, KNOW_HOW),
    Entry(
        N_("Looking back"),
        ":material/history:",
        "back",
        looking_back.page,
        AT_A_DESK,
        section=KNOW_HOW,
    ),
    Entry(N_("Ways"), ":material/alt_route:", "channels", channels.page, AT_A_DESK, section=CUSTOMERS),
    Entry(N_("Crews"), ":material/groups:", "crews", crews.page, AT_BRANCHES, section=KNOW_HOW),
    Entry(N_("Trail"), ":material/policy:", "trail", trail.page, READ_THE_TRAIL, section=KNOW_HOW),
)

#: the page a role begins with
FIRST = {
    Role.MANAGER: "week",
    Role.REGIONAL_HEAD: "regions",
    Role.COLLECTOR: "day",
    Role.AUDITOR: "overdue",
    Role.ADMINISTRATOR: "people",
}
