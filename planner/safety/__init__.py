"""The safety of crews that are out: the shift begun and ended, signs of life and their deadline, calls for help.

Everything is computed from what was recorded and a moment, so nothing is lost when a server restarts, and everybody
who reads the same facts sees the same. No position is known, asked for or kept. Nothing here feeds learning, the
comparison of crews or any judgement of a person.
"""

from planner.safety.entries import CHECK_IN, Done, Entry, Kind, read_entries
from planner.safety.own_week import Days, NotYourWeek, own_days, require_own_days
from planner.safety.terms import BRANCH_PHONE, CREW_PHONE, Number, SafetyTerms
from planner.safety.watch import Alert, Duty, Level, Missed, Outcome, Sign, Watch, Way, WayStop, watch

__all__ = [
    "BRANCH_PHONE",
    "CHECK_IN",
    "CREW_PHONE",
    "Alert",
    "Days",
    "Done",
    "Duty",
    "Entry",
    "Kind",
    "Level",
    "Missed",
    "NotYourWeek",
    "Number",
    "Outcome",
    "SafetyTerms",
    "Sign",
    "Watch",
    "Way",
    "WayStop",
    "own_days",
    "read_entries",
    "require_own_days",
    "watch",
]
