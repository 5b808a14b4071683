"""The words of the phone page, handed to its script in the reader's language."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any

from dashboard.phone.changes import REASONS
from dashboard.phone.safety_words import safety_words
from dashboard.screens.clocks_words import EVIDENCE
from dashboard.text import N_, _, joined
from dashboard.text.sentences import said
from dashboard.text.words import OUTCOMES, word
from planner.domain import OutcomeCode
from planner.rules.lint import KINDS
from planner.rules.notes import LONGEST, NUMBERS
from planner.view.day_clocks import AT_THE_DOOR

PAID = frozenset({OutcomeCode.PAID_FULL, OutcomeCode.PAID_PART})
PROMISED = frozenset({OutcomeCode.PTP_2D, OutcomeCode.PTP_3D, OutcomeCode.PTP_LATER})
#: What a code itself says about willing and able; anything else is unknown, and review decides.
WILLING_OF = dict.fromkeys(PAID | PROMISED, "yes") | {OutcomeCode.REFUSED: "no"}
ABLE_OF = dict.fromkeys(PAID, "yes") | {OutcomeCode.HARDSHIP: "no"}
EVIDENCE_OF = {OutcomeCode.NOTICE_SIGNED: "notice_signed", OutcomeCode.PLAN_SIGNED: "plan"} | dict.fromkeys(
    PAID, "payment"
)

#: How somebody pays or will pay: codes kept with the outcome.
WAYS = {
    "transfer": N_("Bank transfer"),
    "app": N_("Mobile app"),
    "counter": N_("At the counter"),
    "deposit": N_("From the account"),
    "other": N_("Other way"),
}

#: What is to happen next with a debtor: codes kept with the outcome.
NEXT_ACTIONS = {
    "visit_again": N_("Visit again"),
    "call": N_("Telephone"),
    "letter": N_("Send a letter"),
    "review": N_("Have the case reviewed"),
    "legal": N_("Legal department"),
}
#: What willing and able may be answered with.
ANSWERS = {"yes": N_("Yes"), "no": N_("No"), "unknown": N_("Not known")}

#: A customer may pay more than is overdue; more than this is a slip of the finger.
MOST_TIMES_OVERDUE = 10
FURTHEST_PROMISE = timedelta(days=366)

ABSENCES = ("NOT_HOME", "NOTICE_LEFT", "THIRD_PARTY_ONLY", "NO_ACCESS", "MOVED", "WRONG_ADDRESS")
MORE = (
    (
        N_("About the debt"),
        ("NEGOTIATE", "PLAN_SIGNED", "NOTICE_SIGNED", "REFUSED", "DISPUTE", "HARDSHIP", "CLAIMS_PAID", "THIRD_PAYS"),
    ),
    (N_("About the person"), ("VULNERABLE_STOP", "REPRESENTED", "DECEASED", "LOST", "MOVED", "WRONG_ADDRESS")),
    (N_("About the visit"), ("NOTICE_LEFT", "THIRD_PARTY_ONLY", "NO_ACCESS", "UNSAFE_ABORT", "TO_VERIFY")),
)


def lint() -> list[list[str]]:
    """Give what a note is read for, so that a phone without a line reads it too: pattern, what is said of it, flags."""
    return [
        [NUMBERS.pattern, _("A number like this has no place in a note."), "u"],
        *([one.pattern.pattern, joined(said(one.reason), said(one.cure)), flags(one.pattern)] for one in KINDS),
    ]


def flags(pattern: re.Pattern[str]) -> str:
    """Give the flags of a pattern as a browser has them."""
    return "iu" if pattern.flags & re.IGNORECASE else "u"


def words() -> dict[str, Any]:
    """Give every text of the page's script in the current language."""
    return {
        "progress": _("{done} of {total} visits · {money} collected"),
        "waiting": _("Waiting here to be sent: {n}. It goes by itself as soon as there is a line."),
        "all_done": _("All visits of this day are done."),
        "promised": _("Promise: {money} by {day}"),
        "promised_day": _("Promise by {day} · amount not said"),
        "promised_sum": _("Promise: {money} · day not said"),
        "promised_open": _("Promise · day and amount not said"),
        "promise_ask": _("Worth asking: by which day, how much, how. What was not said stays open."),
        "saved_open": _("Saved. What was not said stays open: {what}."),
        "open_day": _("the day"),
        "open_amount": _("the amount"),
        "visited": _("Visited {span}"),
        "entered": _("entered at {time}"),
        "planned_at": _("planned {time}"),
        "together": _("{n} entries stand for this stop. What was paid counts together."),
        "window_over": _("The hours of this visit are over: it had to begin by {time}."),
        "time_wrong": _("Visited {span}. Was the time wrong?"),
        "time_from": _("Visit began at"),
        "time_to": _("Visit ended at"),
        "wrong_time": _("Enter when the visit began and ended, not later than now."),
        # One sentence: a return beside people who are not reached would read as that of the whole day.
        "missed": _("{back} with about {made} of {total} stops; {n} will likely not be reached"),
        "must": _("Must be visited"),
        "next": _("Next"),
        "later": _("Later"),
        "pin": _("pin within {m} m"),
        "pin_poor": _("pin only within {m} m: ask for the way"),
        "pin_unknown": _("pin of unknown accuracy: ask for the way"),
        "window": _("The visit may begin {window}"),
        "bring": _("Bring: "),
        "say": _("What to say"),
        "comma": _(", "),
        "no_address": _("No address on file"),
        "navigate": _("Navigate"),
        "call": _("Call"),
        "no_phone": _("No number"),
        "navigate_with": _("Navigate with"),
        "navigate_note": _("Only the place and the stop's number are handed over. Your choice is kept on this phone."),
        "navigates_with": _("Navigates with {map} · another map"),
        "no_navigator": _("{map} did not open: it may not be on this phone."),
        "navigators": [
            ["amap", _("Amap")],
            ["baidu", _("Baidu Maps")],
            ["google", "Google Maps"],
            ["apple", "Apple Maps"],
        ],
        "stops": _("All stops of the day"),
        "map": _("Map"),
        "whole_day": _("The whole day"),
        "next_stop": _("The next stop"),
        "enlarge": _("Enlarge the map"),
        "closer": _("Closer"),
        "farther": _("Farther"),
        "pin_corrected": _("pin set by the crew on the map, exact"),
        "pin_waits": _("Your correction is used from the next plan on. The map and Navigate go there already."),
        "paid": _("Paid"),
        "promise": _("Promise"),
        "absent": _("Not home"),
        "more": _("More outcomes"),
        "correct": _("correct the outcome"),
        "close": _("Close"),
        "save": _("Save"),
        "saved": _("Saved"),
        "rejected": _("An outcome was not accepted."),
        "when": _("When?"),
        "how": _("How? Need not be said"),
        "how_much": _("How much?"),
        "what": _("What was it?"),
        "due": _("All due: {money}"),
        "half": _("Half: {money}"),
        "other_day": _("Another day"),
        "amount": _("Amount"),
        "amount_due": _("Due is {money}. Nothing is filled in: enter it, or tap."),
        "wrong_amount": _("Enter an amount, such as 1200 or 1200.50."),
        "wrong_day": _("Choose today or a later day."),
        "too_far": _("Choose a day within the next year."),
        "too_much": _("That is over ten times what is overdue: check the amount."),
        "more_than_due": _("That is {money} more than is overdue. Save once more if it is right."),
        "pin_unmoved": _("The pin is where it was. Move the map under it to the door, or close this."),
        "pin_least_m": 3,
        "most_times_overdue": MOST_TIMES_OVERDUE,
        "furthest_days": FURTHEST_PROMISE.days,
        "no_day": _("Say by which day."),
        "details": _("Say more: evidence, willing, next step, note"),
        "evidence": _("Evidence you bring back"),
        "evidences": [["", word(EVIDENCE, "")], *([code, word(EVIDENCE, code)] for code in AT_THE_DOOR)],
        "evidence_of": {code.value: kind for code, kind in EVIDENCE_OF.items()},
        "willing": _("Willing to pay?"),
        "able": _("Able to pay?"),
        "willing_of": {code.value: said for code, said in WILLING_OF.items()},
        "able_of": {code.value: said for code, said in ABLE_OF.items()},
        "answers": [[code, _(text)] for code, text in ANSWERS.items()],
        "next_action": _("What next?"),
        "next_actions": [[code, _(text)] for code, text in NEXT_ACTIONS.items()],
        "note": _("Note"),
        "note_hint": _("What was seen or said; no names, no numbers"),
        "note_wrong": _("Not saved yet. Take this out of the note first:"),
        "longest": LONGEST,
        "too_long": _("Too long."),
        "lint": lint(),
        "at_door": _("We are at the door"),
        "at_door_since": _("At the door since {time}"),
        "too_early": _("The visit may not begin before {time}. Please wait, or go to another stop first."),
        "begun_early": _("This is kept as begun at {began}, before {time}, when the visit may begin."),
        "begun_when": _("You were at the door before {time}. When did the visit begin?"),
        "begun_waited": _("At {time}, after waiting"),
        "begun_at": _("At {time}"),
        "begun_unsaid": _("Say when the visit began."),
        "wrong_pin": _("Wrong pin?"),
        "pin_title": _("Where is the door?"),
        "pin_help": _("Move the map until the point of the pin is at the door. Your own position is not used."),
        "pin_save": _("The door is here"),
        "hold": _("Keep in place"),
        "let_move": _("May move again"),
        "day_changes": _("The day changes"),
        "day_ahead": _("This day is still to come: outcomes are recorded from {day} on."),
        "day_ahead_clock": _(
            "By the clock of this phone this day is still to come: outcomes are recorded from {day} on. "
            "If the clock is wrong, set it right and save again. Nothing is lost."
        ),
        "ahead": _("Entries of a day that is still to come, kept here until then: {n}."),
        "day_changes_note": _("Say what happened. You see what would be different before anything moves."),
        "again": _("Nobody home, or quicker than planned: plan the rest from here"),
        "late": _("Running late, or a visit takes longer"),
        "late_how": _("In how many minutes can you drive on?"),
        "minutes": _("{n} min"),
        "blocked": _("The road to {stop} is closed"),
        "blocked_how": _("How much longer is the way?"),
        "no_way": _("Cannot be reached today"),
        "urgent": _("An urgent visit"),
        "urgent_note": _("Your own stops of later days that may be visited today:"),
        "urgent_find": _("Name or address"),
        "urgent_none": _("Nobody here has this in the name or address."),
        "nobody_urgent": _("Nobody else may be visited in what is left of the day."),
        "alone": _("One of us cannot go on"),
        "alone_note": _("Who?"),
        "refuse": _("We do not make the stop {stop}"),
        "refuse_note": _("That is your right and counts against nobody. You need not say why."),
        "reason": _("Why?"),
        "no_reason": _("No reason"),
        "reasons": [[code.value, _(text)] for code, text in REASONS.items()],
        "propose": _("Plan the rest again"),
        "planning": _("Planning the rest of the day …"),
        "looking": _("One moment …"),
        "needs_line": _("Planning again needs a signal. The day stays as it is; outcomes are kept here."),
        "proposal": _("The rest of the day"),
        "take": _("Take it"),
        "leave": _("Leave the day as it is"),
        "taken": _("The day is planned again."),
        "which": _("How does the day go on?"),
        "news": _("The plan of your day has changed"),
        "news_new": _("New: {name} at {time}"),
        "news_gone": _("No longer today: what was stop {n} at {time}"),
        "given_up": _("Not made any more today"),
        "was_stop": _("Was stop {n}"),
        "news_seen": _("I have seen it"),
        "ways": [[code, _(text)] for code, text in WAYS.items()],
        "absences": [[code, word(OUTCOMES, code)] for code in ABSENCES],
        "more_groups": [[_(title), [[code, word(OUTCOMES, code)] for code in codes]] for title, codes in MORE],
        "outcomes": {code: _(text) for code, text in OUTCOMES.items()},
        "safety": safety_words(),
        "signed_out": _("You are signed out. What you recorded is kept here and goes off once you have signed in."),
    }
