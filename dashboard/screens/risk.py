"""Risk over a period: where accounts go from list to list, what is at risk, how cohorts run off, and what changed."""

from __future__ import annotations

from dataclasses import dataclass

import pandas as pd
import streamlit as st

from config.parameters import load as load_parameters
from dashboard import formats
from dashboard.principal import current_principal
from dashboard.screens import risk_book, risk_charts, risk_export, risk_how, tiles
from dashboard.screens.overdue_words import PRODUCTS
from dashboard.screens.regions import road_region
from dashboard.screens.risk_words import (
    DIMENSIONS,
    MEASURES,
    MONEY,
    RISK_FIGURES,
    bucket_name,
    lists_line,
    told_changes,
)
from dashboard.screens.tiles import Tile
from dashboard.screens.versions import data_version
from dashboard.screens.who import audience, branch_name, spoken_key
from dashboard.services import Services, services
from dashboard.text import _, current_language
from dashboard.text.words import word
from planner.domain import Branch, Principal, Role
from planner.portfolio import CURVES, THRESHOLDS, at_risk, curve, migration, rates, roll_changes, vintages
from planner.portfolio.change import months_compared
from planner.portfolio.rates import CURE, MONTHLY, ROLL, rate
from planner.view.risk import RiskView, risk_view

#: newest cohorts that are drawn; older ones are in the workbook
COHORTS = 6


@dataclass(frozen=True)
class Cut:
    """What the reader looks at: by accounts or by money, of which region and product."""

    by_money: bool
    region: str
    product: str


def page() -> None:
    """Show the page for whoever asks: a regional head sees all branches, a manager the own one."""
    kit, principal = services(), current_principal()
    branches = road_region(kit, principal)
    if not branches:
        st.info(_("No branch is set up yet: make the demo, or set one up."), icon=":material/info:")
        return
    view = read_view(kit, principal, branches)
    st.subheader(_("Risk over a period"), anchor=False)
    st.caption(
        _("Branches: {names}").format(names=_(", ").join(branch_name(one) for one in branches))
        + " · "
        + lists_line(view)
    )
    if view.now.empty:
        nothing_yet(_("No full list has been loaded yet"), principal)
        return
    cut = filters(view)
    part = view.cut(region=cut.region, product=cut.product)
    if part.now.empty and part.moves.empty:
        st.info(_("No account of this region and product is on any list."), icon=":material/info:")
        return
    changes(view, cut)
    figures(part, cut)
    if view.moves.empty:
        nothing_yet(_("Only lists of one month are there"), principal)
    else:
        flows(part, cut)
        segments(part, cut)
    cohorts(part)
    risk_book.show(kit, principal, view)
    risk_how.show()
    risk_export.show(view, by_money=cut.by_money, made_on=max(view.full_days))


def read_view(kit: Services, principal: Principal, branches: tuple[Branch, ...]) -> RiskView:
    """Read the lists once for everybody who may see the same, until the store has something new."""
    version = data_version(kit, principal, branches)
    codes = ",".join(one.code for one in branches)
    with st.spinner(_("Reading the successive lists"), show_time=True):
        return _cached_view(kit, principal, branches, audience(principal), codes, version)


@st.cache_resource(ttl=6 * 3600, max_entries=6, show_spinner=False)
def _cached_view(
    _kit: Services,
    _principal: Principal,
    _branches: tuple[Branch, ...],
    who: str,  # noqa: ARG001  part of the key
    codes: str,  # noqa: ARG001
    version: str,  # noqa: ARG001
) -> RiskView:
    return risk_view(_kit.store, _principal, _branches, now=_kit.now())


def nothing_yet(title: str, principal: Principal) -> None:
    """Say how a history comes about, and lead to where a list is loaded."""
    with st.container(border=True):
        st.markdown("##### " + title)
        st.write(
            _(
                "How accounts move is seen from two full lists about a month apart. Bring last month's list too: load "
                "it on the page Overdue list and give its day. An older list adds to the history only; the accounts of "
                "today stay as they are."
            )
        )
        if principal.role is Role.MANAGER and st.button(
            _("Load an older list"), icon=":material/history:", key="risk_load"
        ):
            st.session_state["overdue_loading"] = True
            from dashboard.screens.overdue_load import go_to  # the navigation imports the pages

            go_to(principal, "overdue")


def filters(view: RiskView) -> Cut:
    """Let the reader choose what is counted and of whom."""
    regions = {"": _("All districts"), **{code: name for code, name in names(view).items() if code in regions_of(view)}}
    products = {"": _("All products")} | {
        one: word(PRODUCTS, one) for one in PRODUCTS if (view.now["product"] == one).any()
    }
    with st.container(horizontal=True, vertical_alignment="bottom"):
        measure = st.segmented_control(
            _("Counted"),
            list(MEASURES),
            format_func=lambda one: _(MEASURES[one]),
            default=next(iter(MEASURES)),
            required=True,
            key=spoken_key("risk_measure"),
            label_visibility="collapsed",
        )
        region = st.selectbox(
            _("District"), list(regions), format_func=regions.__getitem__, key=spoken_key("risk_region"), width=220
        )
        product = st.selectbox(
            _("Product"), list(products), format_func=products.__getitem__, key=spoken_key("risk_product"), width=200
        )
    return Cut(measure == MONEY, region or "", product or "")


def regions_of(view: RiskView) -> set[str]:
    """Give the districts in which there are accounts."""
    return set(view.now["region"]) | set(view.moves["region"])


def names(view: RiskView) -> dict[str, str]:
    """Give the districts' names by code in the session's language; "" is an unknown district."""
    chinese = current_language() == "zh"
    rows = view.districts.itertuples()
    found = {str(row.code): str(row.name_zh if chinese or not row.name_en else row.name_en) for row in rows}
    return {**found, "": _("District unknown")}


def changes(view: RiskView, cut: Cut) -> None:
    """Say in plain words what got better or worse beyond chance."""
    if not months_compared(view.moves):
        return
    part = view.cut(region=cut.region, product=cut.product)
    table = roll_changes(part.moves, by_money=cut.by_money)
    with st.container(border=True):
        st.markdown(told_changes(table, part.moves, names(view)))


def figures(part: RiskView, cut: Cut) -> None:
    """Show portfolio at risk, and the newest roll and cure rate of M1."""
    book = part.book_of(region=cut.region, product=cut.product)
    earlier = part.earlier if len(part.earlier) else None
    try:
        table = at_risk(part.now, earlier, book_minor=book)
    except ValueError:  # the book that was entered is smaller than the list: it cannot be that of these accounts
        st.warning(_("The outstanding principal entered is less than what is on the list; it is not used."))
        book, table = None, at_risk(part.now, earlier)
    of = _("of the outstanding principal entered, {sum}") if book else _("of the principal on the list, {sum}")
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
        shown.append(
            Tile(
                _("PAR {days}").format(days=row["over_days"]) + ("" if book else " · " + _("of listed")),
                formats.UNKNOWN if row["few"] else formats.percent(row["value"], 1),
                None if row["few"] else points(row["change"]),
                "inverse" if beyond(row["change_low"], row["change_high"]) else "off",
                meaning,
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
                _("In the newest month: {n} accounts, {level} interval {low}–{high}.").format(
                    n=formats.number(found.n),
                    level=formats.percent(risk_how.LEVEL),
                    low=formats.percent(found.low, 1),
                    high=formats.percent(found.high, 1),
                ),
            )
        )
    tiles.show("risk", shown)
    told = [_("At risk: {of}.").format(of=of.format(sum=formats.money_short(table["of_minor"].iloc[0], part.currency)))]
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


def points(change: float) -> str | None:
    """Write a difference of shares in percentage points.

    >>> points(0.0234), points(-0.1), points(float("nan"))
    ('+2.3 pp', '-10.0 pp', None)
    """
    # Streamlit finds the arrow's direction in a plain minus.
    return None if formats.is_unknown(change) else f"{100 * change:+.1f} {_('pp')}"


def beyond(low: float, high: float) -> bool:
    """Say whether an interval leaves out 0."""
    return low > 0 or high < 0


def flows(part: RiskView, cut: Cut) -> None:
    """Show the matrix of one month, and the roll rates over the months beside the default assumption."""
    left, right = st.columns([3, 2], gap="medium")
    months = part.moves.drop_duplicates("window").set_index("window")[["from_on", "to_on"]].sort_index()
    with left:
        st.markdown("**" + _("From bucket to bucket") + "**")
        spans = {int(k): span(row["from_on"].date(), row["to_on"].date()) for k, row in months.iterrows()}  # type: ignore[call-overload]
        chosen = st.selectbox(
            _("Month"), list(spans), format_func=spans.__getitem__, key=spoken_key("risk_month"), width=340
        )
        month = part.moves[part.moves["window"] == chosen]
        st.altair_chart(risk_charts.heat(migration(month, by_money=cut.by_money), currency=part.currency))
        st.caption(
            _(
                "Each row is a bucket of the earlier list, shares add up to 100%. “Left” is paid up, handed over or "
                "written off: the lists do not say which. Pale: fewer than 20 accounts."
            )
        )
    with right:
        st.markdown("**" + _("Share that rolls on to the next bucket") + "**")
        st.caption(
            _(
                "Month by month with {level} intervals; dashed: the default assumption where nothing is measured."
            ).format(level=formats.percent(risk_how.LEVEL))
        )
        assumed = {bucket.value: float(one) for bucket, one in load_parameters().roll_forward.items()}
        table = over_months(part.moves, by_money=cut.by_money)
        st.altair_chart(risk_charts.rolls(table, assumed))


def over_months(moves: pd.DataFrame, *, by_money: bool) -> pd.DataFrame:
    """Give the rates of every month with ``to_on``, the day on which it ends, oldest first."""
    parts = [
        rates(month, "", by_money=by_money).assign(to_on=month["to_on"].max(), days=gap(month))
        for _window, month in moves.groupby("window")
    ]
    return pd.concat(parts[::-1], ignore_index=True)


def gap(month: pd.DataFrame) -> int:
    """Give how many days lie between the two lists of a month."""
    return int((month["to_on"] - month["from_on"]).dt.days.max())


def span(begin: object, end: object) -> str:
    """Name two days and how far apart they are."""
    days = (end - begin).days  # type: ignore[operator]
    return _("{first} → {last} ({days} days)").format(first=formats.day(begin), last=formats.day(end), days=days)  # type: ignore[arg-type]


def segments(part: RiskView, cut: Cut) -> None:
    """Compare districts and products by one figure, rates over the newest months together."""
    with st.container(horizontal=True, vertical_alignment="center"):
        st.markdown("**" + _("By district and product") + "**")
        options = [f"{figure} {bucket}" for figure in RISK_FIGURES for bucket in MONTHLY]
        options += [f"{AT_RISK} {days}" for days in THRESHOLDS]
        chosen = st.selectbox(
            _("Figure"),
            options,
            format_func=figure_name,
            key=spoken_key("risk_figure"),
            width=260,
            label_visibility="collapsed",
        )
    figure, which = (chosen or options[0]).split()
    for column, dimension in zip(st.columns(2, gap="medium"), DIMENSIONS, strict=True):
        found = at_risk_of(part, dimension, int(which)) if figure == AT_RISK else rates_of(part, cut, dimension, which)
        here = found[(found["figure"] == figure)]
        level = float(here.loc[here["whole"], "value"].iloc[0])
        said = names(part) if dimension == "region" else {one: _(text) for one, text in PRODUCTS.items()}
        table = here[~here["whole"]]
        with column:
            st.altair_chart(risk_charts.dots(table.assign(name=[said.get(s, s) for s in table["segment"]]), level))
    level_told = formats.percent(risk_how.LEVEL)
    if figure == AT_RISK:
        told = _(
            "Principal more than {days} days past due as a share of the principal on the list there, {level} intervals; "
            "the number: accounts. The line: all together. Hollow: fewer than 20 accounts, too few to tell."
        ).format(days=which, level=level_told)
    else:
        told = _(
            "The last {months} months together, {level} intervals; the number: accounts. The line: all together. "
            "Hollow: fewer than 20 accounts, too few to tell."
        ).format(months=max(months_compared(part.moves), 1), level=level_told)
    st.caption(told)


def rates_of(part: RiskView, cut: Cut, dimension: str, bucket: str) -> pd.DataFrame:
    """Give the rates of a bucket over the newest months, by segment and of the ``whole``."""
    recent = part.moves[part.moves["window"] < max(months_compared(part.moves), 1)]
    whole = rates(recent, "", by_money=cut.by_money, buckets=[bucket]).assign(whole=True)
    each = rates(recent, dimension, by_money=cut.by_money, buckets=[bucket]).assign(whole=False)
    return pd.concat([each, whole], ignore_index=True)


def at_risk_of(part: RiskView, dimension: str, days: int) -> pd.DataFrame:
    """Give portfolio at risk among what is on the list, by segment and of the ``whole``."""
    cuts = [*((str(name), here, False) for name, here in part.now.groupby(dimension)), ("", part.now, True)]
    found = [at_risk(here).assign(segment=name, whole=whole, figure=AT_RISK) for name, here, whole in cuts]
    table = pd.concat(found, ignore_index=True)
    return table[table["over_days"] == days]


def figure_name(key: str) -> str:
    """Name a figure of a bucket."""
    figure, which = key.split()
    if figure == AT_RISK:
        return _("PAR {days}").format(days=which) + " · " + _("of listed")
    return _(RISK_FIGURES[figure]).format(bucket=bucket_name(which))


def cohorts(part: RiskView) -> None:
    """Show how the accounts that fell overdue in a month run off."""
    st.markdown("**" + _("Vintages: share still overdue by days since falling overdue") + "**")
    curves = vintages(part.spells)
    last = curves["cohort"].drop_duplicates().sort_values().tail(COHORTS)
    drawn = curves[curves["cohort"].isin(last)]
    if drawn.empty:
        st.caption(_("Too few accounts were seen from the day they fell overdue: it takes more lists."))
        return
    every = curve(part.spells)
    left, right = st.columns([3, 2], gap="medium")
    with left:
        st.altair_chart(risk_charts.vintage(drawn, every if len(every) else every.reindex(columns=list(CURVES))))
    with right:
        st.dataframe(cohort_table(drawn, every), hide_index=True, width="stretch")
        common = int(drawn.groupby("cohort")["age_days"].max().min())
        st.caption(
            _(
                "Still 30, 60, 90 days overdue, with {level} intervals. The cohorts drawn can all be compared up to "
                "day {days}; a younger one has not got further yet. Grey: all cohorts together."
            ).format(days=common, level=formats.percent(risk_how.LEVEL))
        )


def cohort_table(curves: pd.DataFrame, every: pd.DataFrame) -> pd.DataFrame:
    """Give the share still overdue at three ages as words, newest cohort first."""
    rows = []
    whole = every.assign(cohort=_("All"))
    for name, part in [*reversed(list(curves.groupby("cohort"))), (_("All"), whole)]:
        at = {int(row["age_days"]): row for row in part.to_dict("records")}
        row = {_("Fell overdue in"): name, _("Accounts"): formats.number(part["spells"].iloc[0] if len(part) else 0)}
        for days in (30, 60, 90):
            found = at.get(days)
            row[_("{days} days").format(days=days)] = (
                formats.UNKNOWN
                if found is None
                else f"{formats.percent(found['still'])} ({formats.number(100 * found['low'])}–"
                f"{formats.number(100 * found['high'])})"
            )
        rows.append(row)
    return pd.DataFrame(rows)
