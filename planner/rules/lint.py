"""Reads free text before it is kept: what says too much about a person, and what nobody may say or threaten.

Notes and reviews are read by colleagues, by the debtor who asks for them, and in court. What is found is flagged with
the reason and a cure; the writer decides, nothing is changed in silence. The lists know the usual words of both
languages, not every way to say a thing.
"""

from __future__ import annotations

from dataclasses import dataclass

from planner.rules.lint_conduct import CONDUCT
from planner.rules.lint_person import PERSON

#: in the order in which a text is read for them
KINDS = PERSON + CONDUCT


@dataclass(frozen=True)
class Flag:
    """Something in a text: its kind, the words, where they begin, why they are flagged and what to do instead.

    ``severe`` marks what must not be kept at all; the rest is a question to the writer.
    """

    code: str
    found: str
    at: int
    reason: str
    cure: str
    severe: bool


def flagged(text: str) -> tuple[Flag, ...]:
    """Give everything in a text that should not be there, in reading order; an empty answer lets it pass.

    >>> [(flag.code, flag.found) for flag in flagged("Says he will pay on Friday; an elderly neighbour opened.")]
    [('age', 'elderly')]
    >>> flagged("周五前转账 3,000 元，家住民族路12号。")
    ()
    """
    found: list[Flag] = []
    taken: list[tuple[int, int]] = []
    for kind in KINDS:
        for match in kind.pattern.finditer(text):
            if kind.code == "card_number" and any(a < match.end() and match.start() < b for a, b in taken):
                continue  # an identity number has been named as one already
            taken.append(match.span())
            found.append(Flag(kind.code, match[0], match.start(), kind.reason, kind.cure, kind.severe))
    return tuple(sorted(found, key=lambda flag: (flag.at, flag.code)))
