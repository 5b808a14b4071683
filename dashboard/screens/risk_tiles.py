"""Portfolio at risk with its change in a month, and the newest roll and cure rate of M1."""

from __future__ import annotations

import streamlit as st

from dashboard import formats
from dashboard.screens import risk_how, tiles
from dashboard.screens.risk_words import Cut
from dashboard.screens.tiles import Tile
from dashboard.text import _, current_language
from planner.portfolio import at_risk
from planner.portfolio.rates import CURE, MONTHLY, ROLL, rate
from planner.view.risk import RiskView


def show(part: RiskView, cut: Cut) -> None:
    """Show portfolio at risk, and the newest roll and cure rate of M1."""
    book = part.book_of(region=cut.region, product=cut.product)
    earlier = part.earlier if len(part.earlier) else None
    try:
        table = at_risk(part.now, earlier, book_minor=book)
    except ValueError:  # the book that was entered is smaller than the list: it cannot be that of these accounts
        st.warning(_("The outstanding principal entered is less than what is on the list; it is not used."))
        book, table = None, at_risk(part.now, earlier)
    of = _("of the outstanding principal entered, {sum}") if book else _("of the principal on the list, {sum}")
    # Who is left out for being too few is not nothing: without a figure that may be told, nor is the sum told.
    untold = part.fewest > 0 and (part.now.empty or not part.told(part.now))
    shown = []
    for row in table.to_dict("records"):
        meaning = _(
            "Principal of accounts more than {days} days past due, {amount} of {n} accounts, as a share {of}. "
            "{level} interval {low}–{high}: how much hangs on a few large debtors."
        ).format(
            days=row["over_days"],
            amount=formats.money_short(row["at_risk_minor"], part.currency),
            n=formats.number(row["accounts"]),
            of=of.format(sum=formats.money_short(row["of_minor"], part.currency)),
            level=formats.percent(risk_how.LEVEL),
            low=formats.percent(row["low"], 1),
            high=formats.percent(row["high"], 1),
        )
        hidden = untold or part.hides(part.now, int(row["over_days"]))
        few = row["few"] or hidden
        shown.append(
            Tile(
                _("PAR {days}").format(days=row["over_days"]) + ("" if book else " · " + _("of listed")),
                formats.UNKNOWN if few else formats.percent(row["value"], 1),
                None if few else points(row["change"]),
                "inverse" if beyond(row["change_low"], row["change_high"]) else "off",
                kept_back(part) if hidden else meaning,
            )
        )
    for figure, label in ((ROLL, _("M1 rolls on to M2")), (CURE, _("M1 cured or left"))):
        here = part.moves[(part.moves["window"] == 0) & (part.moves["from_bucket"] == MONTHLY[0])]
        found = rate(here, figure, by_money=cut.by_money)
        shown.append(
            Tile(
                label,
                formats.UNKNOWN if found.few else formats.percent(found.value, 1),
                None,
                "off",
                kept_back(part)
                if part.few(here["debtor_id"])
                else _("In the newest month: {n} accounts, {level} interval {low}–{high}.").format(
                    n=formats.number(found.n),
                    level=formats.percent(risk_how.LEVEL),
                    low=formats.percent(found.low, 1),
                    high=formats.percent(found.high, 1),
                ),
            )
        )
    tiles.show("risk", shown)
    whole = of.format(sum=formats.money_short(table["of_minor"].iloc[0], part.currency))
    told = [kept_back(part) if untold and not book else _("At risk: {of}.").format(of=whole)]
    if not book:
        told.append(
            _("An overdue list names no account that is current, so this is not the share of the whole loan book.")
        )
    if earlier is not None:
        told.append(
            _(
                "The small figures: change since {day} in percentage points, coloured where its {level} interval "
                "leaves out no change."
            ).format(day=formats.day(part.earlier["as_of_on"].max().date()), level=formats.percent(risk_how.LEVEL))
        )
    st.caption(("" if current_language() == "zh" else " ").join(told))


def kept_back(part: RiskView) -> str:
    """Say why a figure is not told."""
    return _("About fewer than {n} debtors: kept back.").format(n=part.fewest)


def points(change: float) -> str | None:
    """Write a difference of shares in percentage points.

    >>> points(0.0234), points(-0.1), points(float("nan"))
    ('+2.3 pp', '-10.0 pp', None)
    """
    # Streamlit finds the arrow's direction in a plain minus.
    if formats.is_unknown(change):
        return None
    rounded = round(100 * change, 1) or 0.0  # a minus before nothing would be an arrow downwards
    return f"{rounded:+.1f} {_('pp')}"


def beyond(low: float, high: float) -> bool:
    """Say whether an interval leaves out 0."""
    return low > 0 or high < 0
