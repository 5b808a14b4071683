"""The words of the phone page, handed to its script in the reader's language."""

from __future__ import annotations

from typing import Any

from dashboard.text import N_, _
from dashboard.text.words import OUTCOMES, word

#: How somebody pays or will pay: codes kept with the outcome.
WAYS = {
    "transfer": N_("Bank transfer"),
    "app": N_("Mobile app"),
    "counter": N_("At the counter"),
    "deposit": N_("From the account"),
    "other": N_("Other way"),
}

ABSENCES = ("NOT_HOME", "NOTICE_LEFT", "THIRD_PARTY_ONLY", "NO_ACCESS", "MOVED", "WRONG_ADDRESS")
MORE = (
    (
        N_("About the debt"),
        ("NEGOTIATE", "PLAN_SIGNED", "NOTICE_SIGNED", "REFUSED", "DISPUTE", "HARDSHIP", "CLAIMS_PAID", "THIRD_PAYS"),
    ),
    (N_("About the person"), ("VULNERABLE_STOP", "REPRESENTED", "DECEASED", "LOST", "MOVED", "WRONG_ADDRESS")),
    (N_("About the visit"), ("NOTICE_LEFT", "THIRD_PARTY_ONLY", "NO_ACCESS", "UNSAFE_ABORT", "TO_VERIFY")),
)


def words() -> dict[str, Any]:
    """Give every text of the page's script in the current language."""
    return {
        "progress": _("{done} of {total} visits · {money} collected"),
        "waiting": _("{n} outcomes wait here for a signal. They will be sent by themselves."),
        "all_done": _("All visits of this day are done."),
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
        "navigators": [
            ["amap", _("Amap")],
            ["baidu", _("Baidu Maps")],
            ["google", "Google Maps"],
            ["apple", "Apple Maps"],
        ],
        "stops": _("All stops of the day"),
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
        "how": _("How?"),
        "how_much": _("How much?"),
        "what": _("What was it?"),
        "all": _("All: {money}"),
        "half": _("Half: {money}"),
        "other": _("Another amount"),
        "other_day": _("Another day"),
        "amount": _("Amount"),
        "wrong_amount": _("Enter an amount, such as 1200 or 1200.50."),
        "wrong_day": _("Choose today or a later day."),
        "ways": [[code, _(text)] for code, text in WAYS.items()],
        "absences": [[code, word(OUTCOMES, code)] for code in ABSENCES],
        "more_groups": [[_(title), [[code, word(OUTCOMES, code)] for code in codes]] for title, codes in MORE],
        "outcomes": {code: _(text) for code, text in OUTCOMES.items()},
    }
