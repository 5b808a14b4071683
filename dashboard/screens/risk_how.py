"""How each figure of the risk page is computed, in plain words."""

from __future__ import annotations

from dashboard.screens import regions_how
from dashboard.text import N_
from planner.portfolio import LEVEL

__all__ = ["LEVEL", "NOTES", "show"]

NOTES: regions_how.Notes = (
    (
        N_("Which lists are compared"),
        N_(
            "Full lists about a month apart, the pair nearest to 30 days; the distance is said where they are chosen. "
            "Lists that were imported as partial are kept but not counted: an account that is missing there may be "
            "overdue all the same."
        ),
    ),
    (
        N_("Left, current, cured"),
        N_(
            "Current: still on the list with no day past due. Left: a full list no longer names it, so it was paid up, "
            "handed over or written off; the lists do not say which, and both together are “cured or left”."
        ),
    ),
    (
        N_("Roll rate"),
        N_(
            "Of the accounts of a bucket old enough to get into a later bucket until the second list, the share that "
            "stands in one. By money: of their overdue amount on the first list. The dashed defaults are assumptions "
            "of the model of visit values, not measured here."
        ),
    ),
    (
        N_("Intervals of shares"),
        N_(
            "They hold the true share in about nine of ten cases. Several accounts of one debtor count as less than "
            "several, and so do amounts of which a few are very large. With fewer than 20 accounts nothing is said."
        ),
    ),
    (
        N_("Better or worse beyond chance"),
        N_(
            "The last three months beside the three before (fewer where there are fewer lists). Months differ by more "
            "than luck; by how much is taken from the months within the periods. Named is what stays after correcting "
            "for looking at all districts, products and buckets: of the changes named on average at most one in twenty "
            "is a false alarm. No change shown is not unchanged."
        ),
    ),
    (
        N_("Portfolio at risk (PAR)"),
        N_(
            "Outstanding principal on accounts more than 30, 60, 90 days past due, by the outstanding principal of the "
            "book if the bank has entered it, otherwise by the principal on the list. The list is known, not sampled: "
            "the interval says how much the share hangs on a few large debtors. Where a row has no principal its "
            "overdue amount counts."
        ),
    ),
    (
        N_("Vintages"),
        N_(
            "Accounts by the month in which they fell overdue. An account counts only from the age at which a list "
            "first showed it, because what was paid between two lists never shows, and until the list that no longer "
            "names it; whoever is still overdue counts until the newest list (Kaplan and Meier's estimate in bands of "
            "ten days). A curve ends where fewer than about ten accounts are being watched."
        ),
    ),
)


def show() -> None:
    """Offer the notes, closed until somebody asks."""
    regions_how.show(NOTES)
