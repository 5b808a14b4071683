"""Why a visit is left out: the codes, each with its meaning. docs/reasons.md lists the same."""

from __future__ import annotations

from enum import StrEnum


class Reason(StrEnum):
    """Code of the reason why a visit is in no route."""

    NO_OPTION = "no_option"
    NO_SKILL = "no_skill"
    NO_WINDOW = "no_window_this_week"
    NO_ROAD = "no_road"
    TOO_FAR = "too_far"
    APART = "kept_apart"
    FULL = "shift_full"
    NOT_WORTH_TRAVEL = "not_worth_travel"
    REQUIRED_CONFLICT = "required_conflict"
    DISPLACED = "displaced"
    NOT_CHOSEN = "not_chosen"
    DROPPED = "dropped"


MEANINGS: dict[Reason, str] = {
    Reason.NO_OPTION: "The visit has no window at all: rules, holds or accommodations removed every one.",
    Reason.NO_SKILL: "No shift has all the skills that the visit needs.",
    Reason.NO_WINDOW: "No shift with the skills works while one of the visit's windows is open.",
    Reason.NO_ROAD: "No road leads from the start of any such shift to the place and on to its end.",
    Reason.TOO_FAR: "Even as the only stop of a shift, the visit cannot be reached in its window and left in time.",
    Reason.APART: "There would be time for it, but only on a route with a visit from which it is kept apart.",
    Reason.FULL: "There would be time for it, but every shift that could make it has its largest number of stops.",
    Reason.NOT_WORTH_TRAVEL: "Going there costs more travel than the visit is worth.",
    Reason.REQUIRED_CONFLICT: "A required visit that could be made alone, but no plan found holds all required visits.",
    Reason.DISPLACED: "It could be made, but its time is taken by visits that are worth more.",
    Reason.NOT_CHOSEN: "It would still fit with a gain, but the way this plan was made did not consider it.",
    Reason.DROPPED: "The branch manager took it out of the week by hand.",
}
