"""The words of a crew's safety on the phone page."""

from __future__ import annotations

from typing import Any

from dashboard.text import _


def safety_words() -> dict[str, Any]:
    """Give every text of the safety part of the page's script in the current language."""
    return {
        "alert": _("Alert"),
        "alert_hold": _("hold for 1.5 s"),
        "alert_label": _("Alert: call the branch for help. Hold for one and a half seconds, or tap and confirm."),
        "alert_title": _("Call for help?"),
        "alert_text": _("The branch manager is told at once that your crew needs help. Nothing of any debtor is sent."),
        "alert_send": _("Send the alert now"),
        "alert_cancel": _("No, go back"),
        "alert_sent": _("The branch was told at {time}."),
        "alert_unseen": _("On the branch's screens since {time}. Nobody has answered yet: call too if you can."),
        "alert_seen": _("The manager has seen it at {time}."),
        "alert_waits": _("No line: nobody has been told yet. It goes out as soon as there is one. Call:"),
        "alert_call": _("In danger, call first:"),
        "alert_back": _("False alarm: take it back"),
        "alert_stands": _("Your alert stands since {time}"),
        "alert_show": _("Numbers, and taking it back"),
        "withdrawn": _("The alert is taken back. It stays in the record, and counts against nobody."),
        "branch": _("Branch"),
        "begin": _("Start the shift"),
        "end": _("I am home / back"),
        "end_early": _("End the shift"),
        "end_ask": _("Stops that are open: {n}. Once the shift is ended nobody waits for a sign of you any more."),
        "end_not": _("Go on with the shift"),
        "again": _("Go out again"),
        "well": _("All well, {n} more minutes"),
        "well_said": _("Noted: all well."),
        "begun": _("The shift has started. Take care."),
        "ended": _("Welcome back. Nobody waits for a sign of you any more."),
        "due": _("Next sign by {time} ({stop}): any outcome, or “All well”."),
        "late": _("The branch was told at {time} that it has not heard of you. Tap “All well” if you are."),
        "no_line": _("No line. The branch will be warned at {time} unless a sign of you gets through before."),
        "no_line_late": _("No line. The branch has been told since {time} that it has not heard of you."),
        "no_line_off": _("No line: “Start the shift” is kept here and sent later."),
        "waits": _("Signs that wait here for a line: {n}."),
        "after": _("Your shift is over. What you record now is taken, and marked as recorded late."),
        "privacy": _(
            "No position of you is asked for or kept. Nothing of this is used to judge anybody, or to learn from."
        ),
    }
