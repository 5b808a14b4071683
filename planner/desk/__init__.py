"""A manager's desk: a saved plan opened, a change weighed, a change taken.

Nothing is overwritten: undo is to show the parent, redo to show the child. What is weighed is exact and was read by the
rules a second time; what is taken was read again.
"""

from planner.desk.crews import extra_shift, skills_without
from planner.desk.opening import Desk, Known, OtherRoads, open_desk, read_known, times_of_desk
from planner.desk.replaying import Replayed, replay
from planner.desk.taking import keep, make, take
from planner.desk.weighing import Offer, closed_by, weigh

__all__ = [
    "Desk",
    "Known",
    "Offer",
    "OtherRoads",
    "Replayed",
    "closed_by",
    "extra_shift",
    "keep",
    "make",
    "open_desk",
    "read_known",
    "replay",
    "skills_without",
    "take",
    "times_of_desk",
    "weigh",
]
