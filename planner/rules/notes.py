"""What must not stand in a written note: the one place where the survey asks the rules about words."""

from __future__ import annotations

import re

import planner.rules

#: a telephone, identity or card number has no place outside the contact card
NUMBERS = re.compile(r"(?:\d[\s-]?){7,}")
#: longer notes are case files, and those are kept elsewhere
LONGEST = 280


def faults(text: str) -> tuple[str, ...]:
    """Give what is wrong with a note, as codes: ``long``, ``number``, and what ``rules.flagged`` finds.

    >>> faults("Pays on the 15th, when wages come"), faults("call 138 0000 0000")
    ((), ('number',))
    """
    found = ["long"] if len(text) > LONGEST else []
    if NUMBERS.search(text):
        found.append("number")
    flagged = getattr(planner.rules, "flagged", None)
    if flagged is not None and text.strip() and flagged(text):
        found.append("wording")
    return tuple(found)
