"""How each figure of the comparison is computed, in plain words."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from dashboard.text import N_, _

Notes = Sequence[tuple[str, str]]

#: recovery density, verdict, ranks and the funnel
DENSITY: Notes = (
    (
        N_("Clustered or scattered"),
        N_(
            "The debtors' pairs within 100, 200, 400 and 800 m are counted and compared with as many customers "
            "drawn at random, hundreds of times. Clustered: that hardly ever gives as many pairs (p at most "
            ".05, after correcting for looking at several districts), and there are at least 1.15 times as "
            "many. Scattered: with 95% confidence fewer than 1.25 times as many at every distance; that "
            "nothing was found is not enough. Else it cannot be told. Compared with where customers live, not "
            "with an empty map."
        ),
    ),
    (
        N_("Per field hour, per visit, per inhabited km²"),
        N_(
            "What the visits of the coming week are expected to bring beyond what would be paid anyway, divided"
            " by the hours for travel and door, by their number, or by the km² in which people live; times "
            "how far the district kept what was expected in the past twelve weeks. The range holds the true "
            "value in about eight of ten cases."
        ),
    ),
    (
        N_("Factor from the past"),
        N_(
            "How often visits were paid times how much a payment was, times a level that makes both agree with all the "
            "money recovered, each beside what was expected. With few visits a district is drawn towards the others, "
            "because a few payments are mostly luck; with many it follows its own. So a district where nobody has paid "
            "yet still has a factor above 0."
        ),
    ),
    (
        N_("How often visits pay"),
        N_(
            "Visits at which something was paid, divided by the number expected of the same debtors, places and"
            " times. 1 is as expected."
        ),
    ),
    (
        N_("Chance to be among the best three; rank from–to"),
        N_(
            "Thousands of possible worlds that agree with the past are drawn and ranked. The chance is the "
            "share of them in which the district is among the first three; the ranks are those that hold in 80% "
            "of them."
        ),
    ),
    (
        N_("Funnel"),
        N_(
            "Actual by expected recovery against how much was expected. Between the curves lies what luck alone"
            " would give at that size: outside the inner ones one time in twenty, outside the outer ones one in"
            " five hundred."
        ),
    ),
    (
        N_("Hot and cold spots"),
        N_(
            "Areas where visits there and beside it are paid more (or less) often than expected, to a degree "
            "that shuffling the areas hardly ever gives. Of the areas named, on average at most one in twenty "
            "is a false alarm. Unknown: nobody went there or beside it, or there are fewer than twenty areas."
        ),
    ),
)
#: what crews can expect before any plan
OUTLOOK: Notes = (
    (
        N_("What a crew-day makes"),
        N_(
            "One crew is sent to each district for the week, in thought. We know what each debtor's visit "
            "brings in each part of the week and how long it takes at the door; from a sample of at most 65 "
            "places the road engine says how long a leg of so many metres takes there, and how far the branch "
            "is. The visits that bring most for the time there is are taken; how near they lie to each other "
            "says how long the driving between them takes; and the choice is made again until both agree. In 37"
            " weeks that were planned to check it, visits a crew-day, minutes a visit and uplift a field hour "
            "came within 15% of the plan."
        ),
    ),
    (
        N_("From when on a visit pays"),
        N_(
            "A crew-day's cost divided by its visits: what a visit must bring to pay for the crew's time. The "
            "cost of a crew-day is an assumption until the bank enters its own."
        ),
    ),
    (
        N_("One crew-day more"),
        N_(
            "What the visits of one more day would bring beyond those of the days planned now. A loan between "
            "branches takes the last day of one district, whose visits bring least, and adds a day in another; "
            "the borrowed crew starts from the borrowing branch. Within a branch the plan itself puts each day "
            "where it is worth most."
        ),
    ),
)
#: whether a district has changed
CHANGE: Notes = (
    (
        N_("Has it changed: how often visits pay"),
        N_(
            "The last four whole weeks beside the four before. If nothing changed, each visit that paid might as well "
            "have been one of the other four weeks, in proportion to the visits made (conditional binomial test, "
            "mid-p). A debtor who paid several times counts as less than several."
        ),
    ),
    (
        N_("Has it changed: paid per recorded field hour"),
        N_(
            "What each debtor paid is dealt out anew to the two periods, in proportion to the hours, thousands of "
            "times. So a single large payment is no rise: dealt out, it would often enough fall into that period."
        ),
    ),
    (
        N_("Risen, fallen, no change shown"),
        N_(
            "Risen or fallen: chance alone hardly gives such a difference (p at most .05 after correcting for looking "
            "at both figures of all districts, so of the changes named on average at most one in twenty is a false "
            "alarm). The interval is each district's own and holds the true ratio in about nine of ten cases; it may "
            "leave out 1 where no change is shown among so many. No change shown is not unchanged: whatever lies in "
            "the interval may be true. Too few: fewer than 20 visits in one of the periods, or fewer than 5 payments "
            "in both."
        ),
    ),
    (
        N_("What a change may come from"),
        N_(
            "Whom the crews visited is not taken into account: if they went to other debtors than before, the figures "
            "move without the district having changed. Weeks that differ from each other by more than luck, by paydays "
            "or weather, widen the intervals; a season that fills a whole period does not."
        ),
    ),
)


#: what stands in the rows of two districts side by side: the funnel and the hot spots are not among them
PAIR: Notes = (*DENSITY[:5], *OUTLOOK, *CHANGE)


def show(notes: Notes) -> None:
    """Offer the notes, closed until somebody asks."""
    with st.expander(_("How is this computed?"), icon=":material/help:"):
        st.markdown("\n\n".join(f"**{_(title)}{_('. ').rstrip()}** {_(text)}" for title, text in notes))
