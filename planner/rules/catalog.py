"""Every rule once, with how the search keeps it: the table of contents of this package.

A rule has one name and one value, in the pack or in what a debtor asked for. The search keeps it as a filter or as a
constraint (``permit.py``, ``crew.py``, ``needs.py``), and the audit reads it again on the finished plan (``check.py``);
a test holds the three lists side by side.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Kept(StrEnum):
    """How the search keeps a rule."""

    WINDOWS = "windows"  # a filter of the windows in which a visit may begin
    CREWS = "crews"  # a filter of the crews that may go out
    SKILLS = "skills"  # a constraint: only a crew that can do it
    TOLD = "told"  # nothing to choose: the plan carries it to the door


@dataclass(frozen=True)
class Rule:
    """One rule: its name in both readers, how the search keeps it, and what it says."""

    name: str
    kept: Kept
    says: str


CATALOG: tuple[Rule, ...] = (
    Rule("place_located", Kept.WINDOWS, "Only places on the map are visited."),
    Rule("hold", Kept.WINDOWS, "A hold removes the stop while it lasts."),
    Rule("outcome_hold", Kept.WINDOWS, "What a crew reported holds until somebody has decided."),
    Rule("limitation_expired", Kept.WINDOWS, "No optional visit where every limitation period has passed."),
    Rule("place_kind", Kept.WINDOWS, "Only kinds of place that are allowed are visited."),
    Rule("unsafe", Kept.WINDOWS, "A place left as unsafe needs an approval first."),
    Rule("no_contact", Kept.WINDOWS, "After visits in a row that met nobody another channel comes first."),
    Rule("frequency", Kept.WINDOWS, "Not more visits within so many days; a plan visits nobody twice."),
    Rule("accommodation", Kept.WINDOWS, "Weekdays, dates and hours that a debtor asked for are respected."),
    Rule(
        "third_party", Kept.WINDOWS, "An agency keeps to its contract; whom the list gave to it is visited by no other."
    ),
    Rule("holiday", Kept.WINDOWS, "No visits on holidays, those of an area in that area."),
    Rule("hours", Kept.WINDOWS, "A visit begins and ends inside the permitted hours."),
    Rule("not_past", Kept.WINDOWS, "Nothing is planned for what is over."),
    Rule("crew_size", Kept.CREWS, "So many collectors go together, no fewer and no more."),
    Rule("skills", Kept.SKILLS, "Language, interpreter and visitor as asked for: only a crew that can."),
    Rule("duties", Kept.TOLD, "Not entering the home, or an accessible place: the crew is told."),
)
