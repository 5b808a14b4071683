"""What must not stand in a written note: the one place where the survey asks the rules about words."""

from __future__ import annotations

import re

from planner.rules.lint import flagged

#: a telephone, identity or card number has no place outside the contact card
NUMBERS = re.compile(r"(?:\d[\s-]?){7,}")
#: longer notes are case files, and those are kept elsewhere
LONGEST = 280


def faults(text: str) -> tuple[str, ...]:
    """Give what is wrong with a note, as codes: ``long``, ``number``, and ``wording`` (see ``lint.flagged``).

    >>> faults("Pays on the 15th, when wages come"), faults("call 138 0000 0000")
    ((), ('number',))
    """
    found = ["long"] if len(text) > LONGEST else []
    flags = flagged(text)
    numbers = [flag for flag in flags if flag.code.endswith("_number")]
    if numbers or NUMBERS.search(text):
        found.append("number")
    if len(flags) > len(numbers):
        found.append("wording")
    return tuple(found)
