"""What the page Learning calls rates, windows and classes, and how each of its figures is computed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from dashboard.screens.overdue_words import BUCKETS
from dashboard.text import N_, _
from planner.domain import DebtorType

#: rate, its name, and what it is the share of
RATES: Mapping[str, tuple[str, str]] = {
    "address": (N_("Address right"), N_("of visits found the address right")),
    "there": (N_("Somebody there"), N_("of visits to a right address met somebody, by place and time")),
    "right": (N_("Right person"), N_("of visits that met somebody met the debtor")),
    "pays": (N_("Pays"), N_("of meetings with the debtor brought a payment at the door, by age of the debt and type")),
    "promises": (N_("Promises"), N_("of meetings with the debtor brought a promise, by age of the debt and type")),
    "kept": (N_("Keeps"), N_("of promises that are due were kept, by age of the debt and type")),
    "paid_part": (N_("Part paid"), N_("of the overdue amount was paid where something was paid at the door")),
    "promised_part": (N_("Part promised"), N_("of the overdue amount was promised where something was promised")),
    "later": (
        N_("Later"),
        N_("of the overdue amount came within 60 days of a meeting that brought neither money nor a kept promise"),
    ),
    "anyway": (N_("Paid anyway"), N_("of the overdue amount came within 60 days without a visit")),
}
ALL = N_("All questions")
SETTINGS: Mapping[str, str] = {
    "home": N_("Home, away by day"),
    "home_flat": N_("Home all day"),
    "work": N_("Workplace or shop"),
}
SLOTS: Mapping[str, str] = {
    "weekday_morning": N_("weekday morning"),
    "weekday_afternoon": N_("weekday afternoon"),
    "weekday_evening": N_("weekday evening"),
    "weekend": N_("weekend"),
}
TYPES: Mapping[str, str] = {
    DebtorType.OCCASIONAL: N_("occasional"),
    DebtorType.HARDSHIP: N_("hardship"),
    DebtorType.CARELESS: N_("careless"),
    DebtorType.BAD_FAITH: N_("bad faith"),
    DebtorType.UNREVIEWED: N_("not reviewed"),
}
DRIFT: Mapping[str, str] = {
    "changed": N_("Changed"),
    "steady": N_("No change shown"),
    "too_few": N_("Too few to tell"),
}

NOTES: Sequence[tuple[str, str]] = (
    (
        N_("Rates and intervals"),
        N_(
            "Each visit answers questions in turn: was the address right, was somebody there, was it the debtor, did "
            "he pay or promise. A rate starts at its default and moves with the branch's own answers. Classes are "
            "drawn together: a class with few visits follows its branch, its age of debt and its type; one with many "
            "follows itself; how strongly is learnt too. The range holds the true rate in about eight of ten cases. "
            "Fewer than 50 visits: an assumption."
        ),
    ),
    (
        N_("Kept promises"),
        N_(
            "A promise is kept if at least 80% of the promised amount came in from the visit until three days after "
            "the promised day. Promises not due yet do not count, nor those due after the last payment on file. Where "
            "money is only seen as an amount that falls between two lists, what falls due meanwhile hides some of it: "
            "kept promises are then undercounted."
        ),
    ),
    (
        N_("Other branches"),
        N_(
            "What a branch has adopted is counted by class and time, without anybody's name, and the branches on the "
            "same roads learn from it. How far they are believed is itself estimated for each rate, from how well the "
            "answers agree: not at all, or nearly like one's own. When new numbers are tried on held-out weeks, the "
            "other branches' counts reach into those weeks; the visits that are foretold are never among them."
        ),
    ),
    (
        N_("New against old"),
        N_(
            "The new model is fitted on the earlier weeks only, and both models foretell the later ones, which neither "
            "has seen. Brier score: the mean squared error of the foretold chances, 0 is perfect. Calibration: of what "
            "was called 30% likely, did 30% happen? Uplift curve: if the later visits had been made in the order in "
            "which a model ranks them, how quickly would the money have come in that would not have come anyway? "
            "Ranges go by debtor."
        ),
    ),
    (
        N_("Has anything changed"),
        N_(
            "The last four weeks beside those before, each class and time with itself, added up (Mantel and Haenszel). "
            "All rates are asked at once and corrected for that (Holm): a branch where nothing changed is told of a "
            "change about one time in twenty or less. No change shown is not unchanged."
        ),
    ),
    (
        N_("With and without a visit"),
        N_(
            "From each first visit on, and from each Monday without a visit in the sixty days before, debtors are "
            "followed for sixty days or, unvisited, until a crew comes. What came in, as a share of what was owed, is "
            "added up day by day over those who are still followed, within the age of the debt and the customer group. "
            "Fewer than 30 debtors on either side: it cannot be told."
        ),
    ),
    (
        N_("Times"),
        N_(
            "Minutes at a door are from when a crew says that it is there to when the outcome is saved, by who "
            "was met and in town or country. What cannot be true (no arrival, several entered at once, at two "
            "doors at once, hours long) is left out and counted. A leg is from leaving one recorded door to "
            "standing at the next, where no break and no waiting lay between; the hour's factor is the middle of "
            "its legs by what the road engine says, drawn to the hours beside it, and legs of one crew-day count "
            "as one day's traffic. Held out is the last third of the days. Adopted, they are what the next plans "
            "count with, and what the chance to finish in time is told by; a plan already made keeps its own."
        ),
    ),
    (
        N_("Price of exploring"),
        N_(
            "The expected week (visits that bring most for the time there is, straight-line roads) is found once as it "
            "is and once exploring, and both are valued without the bonus. For a lot the mean of five lots is shown. "
            "The difference is what a week costs; what is learnt is not set against it."
        ),
    ),
)


def cell_words(rate: str, cell: str, within: str) -> str:
    """Name a cell: place and time, or age of the debt and type."""
    if rate == "there":
        return f"{_(SETTINGS.get(cell, cell))} · {_(SLOTS.get(within, within))}"
    if not cell:
        return _("All visits")
    return f"{bucket_words(cell)} · {_(TYPES.get(within, within))}"


def bucket_words(code: str) -> str:
    """Name a bucket in few signs."""
    return _(BUCKETS[code]).split(" · ")[0] if code in BUCKETS else code
