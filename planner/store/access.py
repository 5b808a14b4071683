"""Who may do what in the store: one table of rights by role, and one check that fails closed.

A call gets a connection only after ``permit`` has let it pass, so that a forgotten check means no data, not all data.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from enum import StrEnum

from planner.domain import Principal, Role


class NotAllowed(PermissionError):
    """Nobody asks, the branch is not theirs, or their role may not do it."""


class Right(StrEnum):
    """What can be done in the store: at one branch, or with the logins."""

    READ_TEAM = "read the field team"
    READ_GROUND = "read districts and customers' places"
    READ_OVERDUE = "read the overdue list"
    READ_CARDS = "read contact cards"
    READ_PLANS = "read plans"
    READ_JOBS = "read jobs"
    READ_SETTINGS = "read settings"
    READ_AUDIT = "read the audit trail"
    READ_SAFETY = "read what crews say for their safety"
    READ_SUMS = "read figures about many debtors together"
    WRITE_TEAM = "change the field team"
    WRITE_GROUND = "change districts and customers' places"
    WRITE_OVERDUE = "change the overdue list"
    WRITE_OUTCOMES = "record outcomes"
    CORRECT_PINS = "put right where a stop is"
    CHANGE_DAY = "change a crew's day"
    TAKE_ALONG = "take a crew's day along"
    WRITE_SAFETY = "begin and end shifts, check in, call for help, and see to it"
    WRITE_REVIEWS = "review debtors"
    CONFIRM_REVIEWS = "confirm proposals of bad faith"
    WRITE_CLUES = "record what a debtor may own"
    WRITE_PLANS = "save plans"
    PUBLISH = "publish plans"
    WRITE_JOBS = "run jobs"
    WRITE_SETTINGS = "change settings"
    ERASE = "take a person out of the database"
    BACK_UP = "copy the database"
    LIST_BRANCHES = "list the codes of all branches"
    LIST_CREWS = "list the names of crews"
    MANAGE_LOGINS = "say who may sign in and as what"
    READ_LOGIN_TRAIL = "read what was done with logins"
    SIGN_IN = "check who signs in"


#: What a branch works with. A right that is added here is nobody's until a role below is given it.
READS = frozenset(
    {
        Right.READ_TEAM,
        Right.READ_GROUND,
        Right.READ_OVERDUE,
        Right.READ_PLANS,
        Right.READ_JOBS,
        Right.READ_SETTINGS,
        Right.READ_AUDIT,
    }
)
UPKEEP = frozenset(
    {
        Right.WRITE_TEAM,
        Right.WRITE_GROUND,
        Right.WRITE_OVERDUE,
        Right.WRITE_OUTCOMES,
        Right.CORRECT_PINS,
        Right.WRITE_CLUES,
        Right.WRITE_PLANS,
        Right.WRITE_JOBS,
        Right.WRITE_SETTINGS,
        Right.ERASE,
    }
)
#: A collector's reads are cut to the stops of the crew (see ``planner.store.scope``).
RIGHTS: Mapping[Role, frozenset[Right]] = {
    Role.COLLECTOR: frozenset(
        {
            Right.READ_TEAM,
            Right.READ_OVERDUE,
            Right.READ_CARDS,
            Right.READ_PLANS,
            Right.READ_SETTINGS,
            Right.READ_SAFETY,
            Right.WRITE_SAFETY,
            Right.WRITE_OUTCOMES,
            Right.CORRECT_PINS,
            Right.CHANGE_DAY,
            Right.TAKE_ALONG,
            Right.WRITE_CLUES,
        }
    ),
    Role.MANAGER: READS
    | UPKEEP
    | {Right.READ_CARDS, Right.READ_SAFETY, Right.WRITE_SAFETY, Right.CHANGE_DAY, Right.TAKE_ALONG}
    | {Right.PUBLISH, Right.WRITE_REVIEWS, Right.CONFIRM_REVIEWS},
    # Figures about many, and no row of anybody: pages for heads count by ``counter``. The one exception: bad faith
    # needs a second person, and a branch may have one manager only, so the head may be the second.
    Role.REGIONAL_HEAD: frozenset({Right.READ_SUMS, Right.CONFIRM_REVIEWS}),
    # Who signs in and how a branch is set, and no debtor.
    Role.ADMINISTRATOR: frozenset(
        {
            Right.MANAGE_LOGINS,
            Right.READ_LOGIN_TRAIL,
            Right.LIST_BRANCHES,
            Right.LIST_CREWS,
            Right.READ_SETTINGS,
            Right.WRITE_SETTINGS,
        }
    ),
    # Every read of an auditor leaves an entry in the trail (``planner.store.door``). What crews say for their safety
    # is not for judging anybody. Who lets people in is looked at by somebody else: by an auditor.
    Role.AUDITOR: READS | {Right.READ_CARDS, Right.READ_LOGIN_TRAIL},
    # Set-up and jobs read no contact card; publishing a week and judging a debtor are a person's decisions. What crews
    # say for their safety is between them and their branch: no job reads it, so nothing is ever learnt from it.
    Role.SYSTEM: READS | UPKEEP | {Right.BACK_UP, Right.LIST_BRANCHES},
    # It knows who signs in, and nothing that is kept of anybody else.
    Role.GATE: frozenset({Right.SIGN_IN, Right.LIST_BRANCHES}),
}


def known(principal: Principal | None) -> Principal:
    """Give the principal, or refuse where there is none.

    Raises
    ------
    NotAllowed
        If nobody is named.
    """
    if not isinstance(principal, Principal) or not principal.name:
        raise NotAllowed("nobody is signed in: the store answers only to a named principal")
    return principal


def permit(principal: Principal | None, right: Right, branch: str) -> Principal:
    """Give the principal if he may do this at this branch.

    Raises
    ------
    NotAllowed
        If nobody is named, the branch is not among his branches, or his role lacks the right.
    """
    who = known(principal)
    if branch not in who.branches:
        raise NotAllowed(f"{who.name} has no access to branch {branch!r}")
    return entitled(who, right)


def entitled(principal: Principal | None, right: Right) -> Principal:
    """Give the principal if his role has the right, whatever his branches are.

    Raises
    ------
    NotAllowed
        If nobody is named or his role lacks the right.
    """
    who = known(principal)
    if right not in RIGHTS.get(who.role, frozenset()):
        raise NotAllowed(f"the role {who.role.value} may not {right.value}")
    return who


def counter(principal: Principal | None, branches: Iterable[str]) -> Principal:
    """Give the program's own reader for figures about many, to whom the figures may be told and no row.

    Only ``planner.view.sums`` asks for it, which hands out nothing that is about fewer debtors than it may be.

    Raises
    ------
    NotAllowed
        If nobody is named, a branch is not among his, or his role may not read such figures.
    """
    codes = frozenset(branches)
    for code in sorted(codes):
        permit(principal, Right.READ_SUMS, code)
    return Principal("sums", Role.SYSTEM, codes)


def own_rows(branch: str, branches: Iterable[str]) -> None:
    """Refuse rows that name another branch than the one the call is for.

    Raises
    ------
    NotAllowed
        If one of the rows belongs elsewhere.
    """
    foreign = sorted(set(branches) - {branch})
    if foreign:
        raise NotAllowed(f"rows of branch {foreign[0]!r} in a call for branch {branch!r}")
