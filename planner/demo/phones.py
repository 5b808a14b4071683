"""Telephone numbers of the demo's branches and crews, of an exchange that nobody can have.

No local exchange in China begins with a nought, so like the debtors' numbers (``people``) none of these can be called.
"""

from __future__ import annotations

from datetime import datetime

from planner.demo.seed import system
from planner.demo.team import BRANCH_CREWS
from planner.safety import BRANCH_PHONE, CREW_PHONE
from planner.store import Store

#: the exchange of the demo's own people; the debtors' is 0000
EXCHANGE = "010-0001-"
#: a branch's own number is the first of its hundred
HUNDRED = 100


def prepare_phones(store: Store, *, now: datetime) -> None:
    """Give each branch and crew of the demo a number where none was ever entered; one that was taken out stays out."""
    for number, (code, _crews) in enumerate(BRANCH_CREWS, start=1):
        asking = system(frozenset({code}))
        names = [BRANCH_PHONE, *(CREW_PHONE + one.crew_id for one in store.crews(asking, code))]
        for place, name in enumerate(names):
            if store.setting(asking, code, name) is None:
                store.save_setting(asking, code, name, f"{EXCHANGE}{HUNDRED * number + place:04d}", now=now)
