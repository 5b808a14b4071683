"""Codes of the clocks as words: why an act, which evidence, what a lawyer is asked, and the sentence above the list."""

from __future__ import annotations

from collections.abc import Mapping

from dashboard.screens.overdue_words import ACT_COUNTS
from dashboard.text import N_, _, n_
from dashboard.text.sentences import reason_words
from planner.view.clocks import Act

WHY: Mapping[str, str] = {
    "nothing_on_file": N_("No payment since the period began is on file, so a letter is the cheapest act."),
    "post_too_late": N_("By post the proof of delivery would come too late."),
    "no_address": N_("No letter arrives: the home address is unknown or wrong."),
    "nobody_reached": N_("Neither letter nor visit reaches the debtor in time."),
    "long_stop": N_("The long stop ends: nothing interrupts it any more, only a suit keeps the claim."),
    "ordinary_guarantee": N_("An ordinary guarantee is kept by suit or arbitration against the debtor only."),
    "demand_is_enough": N_("A written demand on the guarantor keeps a joint guarantee."),
    "visit_barred": N_("Only a visit would be in time, and none is permitted."),
    "too_small": N_("A visit or a suit would cost more than it brings."),
    "passed": N_("The period has passed."),
    "": "",
}
EVIDENCE: Mapping[str, str] = {
    "due_date": N_("Due date"),
    "agreed_end": N_("End agreed in the contract"),
    "payment": N_("Payment"),
    "notice_signed": N_("Signed notice"),
    "delivery_proof": N_("Proof of delivery"),
    "plan": N_("Instalment plan"),
    "suit": N_("Suit or arbitration"),
    "request": N_("Request for delay"),
    "": N_("None"),
}
#: what people think of as evidence and is none: it can be chosen, so that the page can say so
NO_EVIDENCE: Mapping[str, str] = {
    "telephone": N_("Telephone call"),
    "gps_check_in": N_("Check-in at the door"),
    "notice_left": N_("Notice left at the door"),
}
QUESTIONS: Mapping[str, str] = {
    "dates_missing": N_("No due date and no proven interruption: the period cannot be told."),
    "evidence_missing": N_("An interruption is dated but its evidence is not named: it does not count."),
    "earlier_interruption": N_("The last interruption came after the first period had ended: prove an earlier one."),
    "": "",
}
REFUSALS: Mapping[str, str] = {
    "not_evidence": N_("This does not interrupt the period: it proves nothing that the law counts."),
    "in_future": N_("The day lies ahead."),
    "no_start": N_("The start of the period is not known: the due date is needed first."),
    "too_old": N_("The period runs from a later day already: an older act changes nothing."),
    "after_end": N_("The period had passed on that day: ask the legal department, nothing is entered here."),
    "no_source": N_("Say where the paper or the receipt is kept."),
}
STATES: Mapping[str, str] = {
    "running": N_("Running"),
    "lapses_soon": N_("Lapses soon"),
    "expired": N_("Passed"),
    "unknown": N_("Cannot be told"),
}


def why_words(why: str, barred_by: str) -> str:
    """Say why none of the cheaper acts is enough, and what bars the visit where one would be."""
    words = _(WHY.get(why, why)) if why else ""
    return f"{words} ({reason_words(barred_by)})" if barred_by else words


def headline(acts: tuple[Act, ...], days: int) -> str:
    """Say in one sentence how much lapses and what is enough."""
    count = sum(act.count for act in acts)
    if not count:
        return _("Nothing lapses within {days} days").format(days=days)
    return _("{debts} within {days} days: {needed}.").format(
        debts=n_("{n} debt lapses", "{n} debts lapse", count),
        days=days,
        needed=_(", ").join(ACT_COUNTS[act.code](act.count) for act in acts),
    )


#: the articles of the Chinese pack that a clock names; others are shown as the pack writes them
ARTICLES = (
    N_("Civil Code 188(1)"),
    N_("Civil Code 188(2)"),
    N_("Civil Code 692(2): six months where nothing is agreed"),
)


def article(text: str) -> str:
    """Give an article in the reader's language, where it has words for it."""
    return _(text) if text in ARTICLES else text
