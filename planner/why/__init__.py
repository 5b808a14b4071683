"""Why a plan is as it is: each visit's reasons and other slots, the best slot of who is left out, a shift's worth."""

from planner.why.more_shifts import DAY, EVENING, Worth, Worths, more_shifts
from planner.why.reasons import Here, NotHere, why_here, why_not
from planner.why.slots import Slot, slots, take
from planner.why.standing import CannotStand, Standing, agrees, stand, standing_of
from planner.why.taken import taking

__all__ = [
    "DAY",
    "EVENING",
    "CannotStand",
    "Here",
    "NotHere",
    "Slot",
    "Standing",
    "Worth",
    "Worths",
    "agrees",
    "more_shifts",
    "slots",
    "stand",
    "standing_of",
    "take",
    "taking",
    "why_here",
    "why_not",
]
