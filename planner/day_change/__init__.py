"""A crew's day that goes otherwise than planned: what happened, the rest planned again from where the crew stands.

Nothing is done by itself: a proposal says what would be different, and only one that was taken is kept, as a plan whose
parent is the one that the shift worked by. It holds for that shift alone (``Store.change_day``). Only the crew's own
part of a plan is read, so that this runs with a collector's rights.
"""

from planner.day_change.news import BEFOREHAND, CannotChange, Happened, News, Reason, Way, Why
from planner.day_change.own import OnCall, OwnDay, called_for, read_own
from planner.day_change.proposing import Change, Proposal, Standing, preset, proposals, propose
from planner.day_change.taking import ProposalOutdated, take_day

__all__ = [
    "BEFOREHAND",
    "CannotChange",
    "Change",
    "Happened",
    "News",
    "OnCall",
    "OwnDay",
    "Proposal",
    "ProposalOutdated",
    "Reason",
    "Standing",
    "Way",
    "Why",
    "called_for",
    "preset",
    "proposals",
    "propose",
    "read_own",
    "take_day",
]
