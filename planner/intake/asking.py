"""What a list leaves open and only its owner can say: the order of day and month, the unit of money, the datum.

None of it is guessed. A question is asked once; the answer holds for every later list of the same kind, which is one
with the same profile and headings.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any, Literal

from planner.intake.check import Checked
from planner.intake.headings import key
from planner.intake.profile import DATE_ORDERS, DATUMS, MONEY_UNITS, Profile

About = Literal["date_order", "money_unit", "datum"]
#: The choices of each question, without the one that means "ask".
CHOICES: Mapping[About, tuple[str, ...]] = {
    "date_order": tuple(one for one in DATE_ORDERS if one != "ask"),
    "money_unit": tuple(one for one in MONEY_UNITS if one != "ask"),
    "datum": tuple(one for one in DATUMS if one != "ask"),
}
_CODES: Mapping[About, str] = {
    "date_order": "date_ambiguous",
    "money_unit": "unit_unclear",
    "datum": "datum_undeclared",
}
_SAID: Mapping[About, str] = {
    "date_order": "{example} in the column {column} can be two different days ({count} such cells): say {option}.",
    "money_unit": "The column {column} does not say its unit and amounts such as {example} are small: say {option}.",
    "datum": "The file does not say which coordinate system its coordinates use: say {option}.",
}


@dataclass(frozen=True)
class Question:
    """One question about a file: an ``example`` from it, the column it stands in, and in how many cells."""

    about: About
    column: str = ""
    example: str = ""
    count: int = 1

    @property
    def choices(self) -> tuple[str, ...]:
        """Answers that are understood."""
        return CHOICES[self.about]

    def sentence(self) -> str:
        """Say what is asked and by which option it is answered."""
        option = f"--{self.about.replace('_', '-')} {' or '.join(self.choices)}"
        return _SAID[self.about].format(example=self.example, column=self.column, count=self.count, option=option)


@dataclass(frozen=True)
class Answered:
    """A list read with what is known of it.

    Attributes
    ----------
    checked
        The list; with open questions it is only to be looked at.
    questions
        What has still to be answered before the list may be taken.
    kind
        Tells lists of the same profile and headings from others.
    answers
        Every answer the list was read with that its profile does not give.
    remembered
        Those of them that came from an earlier list.
    """

    checked: Checked
    questions: tuple[Question, ...]
    kind: str
    answers: Mapping[str, str]
    remembered: Mapping[str, str]


def questions(checked: Checked, profile: Profile) -> tuple[Question, ...]:
    """Give what a list leaves open and the profile does not settle."""
    found = []
    for about, code in _CODES.items():
        mine = [one for one in checked.issues if one.code == code]
        if mine and getattr(profile, about) == "ask":
            facts = dict(mine[0].facts)
            found.append(Question(about, mine[0].column, facts.get("value", ""), len(mine)))
    return tuple(found)


def with_answers(profile: Profile, answers: Mapping[str, str]) -> Profile:
    """Give a profile with answers in it.

    Raises
    ------
    ValueError
        If an answer is none of the choices.
    """
    for about, answer in answers.items():
        if about not in CHOICES or answer not in CHOICES[about]:  # type: ignore[index]
            raise ValueError(f"{answer!r} is no answer about {about}")
    changes: dict[str, Any] = dict(answers)
    return replace(profile, **changes)


def read_as(profile: str, answers: Mapping[str, str]) -> str:
    """Say how a list was read: the same file read otherwise is another list.

    >>> read_as("auto", {}), read_as("auto", {"money_unit": "one", "date_order": "leave"})
    ('auto', 'auto date_order=leave money_unit=one')
    """
    return " ".join([profile, *(f"{about}={answers[about]}" for about in sorted(answers))])


def kind_of(profile: Profile, report: Mapping[str, Any]) -> str:
    """Give the kind of a list: the same for the same profile and headings, in any order."""
    headings = sorted(key(one) for one in (*report["columns"].values(), *report["dropped_columns"]))
    return hashlib.sha256("\x1f".join([profile.name, *headings]).encode()).hexdigest()[:16]


def read_answered(
    read: Callable[[Profile], Checked],
    profile: Profile,
    given: Mapping[str, str],
    remembered: Callable[[str], Mapping[str, str]],
) -> Answered:
    """Read a list with the answers that are ``given``, and where it asks more, with those ``remembered`` of its kind.

    ``read`` may be called twice: which kind a list is shows only when it has been read.
    """
    settled = with_answers(profile, given)
    checked = read(settled)
    asked, kind = questions(checked, settled), kind_of(profile, checked.report)
    known: dict[str, str] = {}
    if asked:
        before = remembered(kind)
        known = {one.about: before[one.about] for one in asked if before.get(one.about) in one.choices}
    if known:
        settled = with_answers(profile, {**given, **known})
        checked = read(settled)
        asked = questions(checked, settled)
    return Answered(checked, asked, kind, {**given, **known}, known)
