"""What the branch has learnt from its visits, whether the new numbers are better than the old, and adopting them."""

from __future__ import annotations

from datetime import date

import pandas as pd
import streamlit as st

from config.parameters import load as load_parameters
from dashboard import formats
from dashboard.charts import draw
from dashboard.principal import current_principal
from dashboard.screens import learning_charts, learning_compared, learning_explore, learning_times, tiles
from dashboard.screens.learning_words import DRIFT, NOTES, RATES, bucket_words, cell_words
from dashboard.screens.tiles import Tile
from dashboard.screens.who import branch_name, branch_or_word, kept_by, spoken_key
from dashboard.services import Services, services
from dashboard.text import _, current_language, n_
from planner.adoption import DEFAULTS
from planner.domain import Branch, Principal, Role
from planner.view.learning import LearningView, learning_view

LEARNT, COMPARED, CHANGED, WITHOUT, TIMES, EXPLORING = (
    *("learnt", "compared", "changed"),
    *("without", "times", "exploring"),
)


def page() -> None:
    """Show the page for whoever asks."""
    kit, principal = services(), current_principal()
    branch = branch_or_word(kit, principal)
    if branch is None:
        return
    view = read_view(kit, principal, branch)
    st.subheader(f"{_('Learning')} · {branch_name(branch)}", anchor=False)
    if view.first_on is None:
        nothing_yet(view)
        return
    st.caption(line(view))
    if view.unreadable:
        st.error(_("The adopted numbers cannot be read, so no plan is made with others in silence: go back below."))
    figures(view)
    learning_compared.decide(kit, principal, view, may=principal.role is Role.MANAGER)
    below = section()
    if below == COMPARED:
        learning_compared.show(view)
    elif below == CHANGED:
        changed(view)
    elif below == WITHOUT:
        without(view)
    elif below == TIMES:
        learning_times.show(kit, principal, branch)
    elif below == EXPLORING:
        learning_explore.show(kit, principal, branch, view)
    else:
        learnt(view)
    with st.expander(_("How is this computed?"), icon=":material/help:"):
        st.markdown("\n\n".join(f"**{_(title)}{_('. ').rstrip()}** {_(text)}" for title, text in NOTES))


def read_view(kit: Services, principal: Principal, branch: Branch) -> LearningView:
    """Learn once for everybody who may see the same, until the data or the day is another."""
    with st.spinner(
        _("Learning from the visits: a few seconds, once for new data"), show_time=current_language() == "en"
    ):
        return _cached_view(kit, principal, branch, kept_by(kit, principal, branch))


# Shared by all sessions, who only read it: its parameters hold read-only mappings, which cannot be copied.
@st.cache_resource(ttl=6 * 3600, max_entries=12, show_spinner=False)
def _cached_view(_kit: Services, _principal: Principal, branch: Branch, key: tuple[str, ...]) -> LearningView:  # noqa: ARG001
    return learning_view(_kit.store, _principal, branch, load_parameters(), now=_kit.now())


def nothing_yet(view: LearningView) -> None:
    """Say what will be learnt once there are visits."""
    with st.container(border=True):
        st.markdown("##### " + _("No visit has been recorded yet"))
        st.write(
            _(
                "Plans use the defaults, and every number of theirs is marked as an assumption. As crews record what "
                "happened at the doors, this page learns how often addresses are right, who is there when, who pays, "
                "promises and keeps the promise; it compares that with the defaults, and you decide what plans use."
            )
        )
        table = view.rates.groupby("rate", sort=False)["default"].agg(["min", "max"])
        st.markdown(
            "\n".join(f"- {_(RATES[str(rate)][0])}: {span(row['min'], row['max'])}" for rate, row in table.iterrows())
        )


def span(low: float, high: float) -> str:
    """Give one share or a range of shares."""
    ends = list(dict.fromkeys((formats.percent(low), formats.percent(high))))
    return "–".join(ends)


def line(view: LearningView) -> str:
    """Say in one line what was learnt from."""
    assert view.first_on is not None
    assert view.last_on is not None
    parts = [
        n_("{n} visit", "{n} visits", view.visits),
        f"{formats.day(view.first_on)} – {formats.day(view.last_on, year=True)}",
        n_("{n} promise judged", "{n} promises judged", view.promises_judged),
    ]
    if view.elsewhere:
        shared = sum(view.elsewhere.values())
        parts.append(n_("{n} visit of other branches beside them", "{n} visits of other branches beside them", shared))
    if not view.payments_known:
        parts.append(_("no payments on file: promises cannot be judged"))
    return " · ".join(parts)


def in_use_words(view: LearningView) -> str:
    """Name the numbers that plans use."""
    using = view.using
    if using is None or using.name == DEFAULTS:
        return _("Defaults")
    return _("Adopted {day}").format(day=formats.day(local(view, using.at)))


def figures(view: LearningView) -> None:
    """Show the page's figures in one row."""
    using, compared = view.using, view.comparison
    known = int((~view.rates["assumption"]).sum())
    changes = int((view.drift["state"] == "changed").sum())
    model = "" if using is None or using.name == DEFAULTS else " " + _("Model {name}").format(name=using.name)
    cards = [
        Tile(
            _("Plans use"),
            in_use_words(view),
            meaning=_("The numbers that the next plan is made with.") + model,
        ),
        Tile(
            _("Rates learnt"),
            f"{known} / {len(view.rates)}",
            meaning=_("At least 50 local visits stand behind these; the others are assumptions still."),
        ),
        Tile(
            _("Brier score, new"),
            formats.number(None if compared is None else overall(view, "brier_new"), 4),
            None if compared is None else relative(overall(view, "brier_new"), overall(view, "brier_old")),
            "inverse",
            _("Squared error of the foretold chances on weeks that neither model has seen; less is better."),
        ),
        Tile(
            _("Rates that changed"),
            f"{changes} / {int((view.drift['state'] != 'too_few').sum())}",
            meaning=_("The last four weeks beside those before, beyond chance."),
        ),
    ]
    tiles.show("learning", cards)


def overall(view: LearningView, column: str) -> float:
    """Give a figure of the comparison over all questions."""
    assert view.comparison is not None
    table = view.comparison.scores.table
    return float(table.loc[table["rate"] == "all", column].iloc[0])


def relative(new: float, old: float) -> str | None:
    """Give a relative difference in percent with its sign."""
    return f"{100 * (new / old - 1):+.1f}%" if old > 0 else None


def local(view: LearningView, moment: object) -> date:
    """Give the branch's date of an instant."""
    return pd.Timestamp(str(moment)).tz_convert(view.branch.timezone).date()


def section() -> str:
    """Let the reader choose what stands below; only that is built."""
    names = {
        LEARNT: _("What was learnt"),
        COMPARED: _("New against old"),
        CHANGED: _("Has anything changed"),
        WITHOUT: _("With and without a visit"),
        TIMES: _("Times"),
        EXPLORING: _("Exploring"),
    }
    chosen = st.segmented_control(
        _("Show"),
        list(names),
        format_func=names.__getitem__,
        default=LEARNT,
        required=True,
        key=spoken_key("learning_section"),
        label_visibility="collapsed",
    )
    return chosen or LEARNT


def learnt(view: LearningView) -> None:
    """Show a rate's cells: default, learnt, interval, visits, assumption."""
    names = {rate: _(words[0]) for rate, words in RATES.items()}
    rate = st.segmented_control(
        _("Rate"),
        list(names),
        format_func=names.__getitem__,
        default="there",
        required=True,
        key=spoken_key("learning_rate"),
        label_visibility="collapsed",
    )
    rate = rate or "there"
    left, right = st.columns([8, 12], gap="medium")
    with left:
        st.markdown(f"**{names[rate]}**")
        st.caption(
            _(RATES[rate][1])
            + _(". ")
            + _("Point and bar: learnt, with its 80% interval; hollow: an assumption. Grey tick: the default.")
        )
        draw(learning_charts.rates(view.rates, rate))
    with right:
        rates_table(view, rate)


def rates_table(view: LearningView, rate: str) -> None:
    """Show the numbers of a rate."""
    rows = view.rates[view.rates["rate"] == rate]
    table = pd.DataFrame(
        {
            "cell": [cell_words(rate, cell, within) for cell, within in zip(rows["cell"], rows["within"], strict=True)],
            "default": 100 * rows["default"],
            "used": 100 * rows["used"],
            "mean": 100 * rows["mean"],
            "range": [
                f"{formats.number(100 * low, 1)}–{formats.number(100 * high, 1)}"
                for low, high in zip(rows["low"], rows["high"], strict=True)
            ],
            "visits": rows["visits"].round().astype("int64"),
            "state": [_("Assumption") if one else _("Learnt") for one in rows["assumption"]],
        }
    )
    number = st.column_config.NumberColumn
    st.dataframe(
        table,
        hide_index=True,
        height="content" if len(table) <= 14 else 38 + 35 * 14,
        column_config={
            "cell": st.column_config.TextColumn(_("Class or time"), width=268),
            "default": number(_("Default"), format="%.1f%%", width=66),
            "used": number(_("In use"), format="%.1f%%", width=66),
            "mean": number(_("Learnt"), format="%.1f%%", width=66),
            "range": st.column_config.TextColumn(_("80% interval"), width=96),
            "visits": number(_("Answers"), help=_("Answers to this question that stand behind it"), width=72),
            "state": st.column_config.TextColumn(_("State"), width=92),
        },
    )


def changed(view: LearningView) -> None:
    """Show whether rates have changed lately."""
    table = view.drift
    found = [_(RATES[rate][0]) for rate in table.loc[table["state"] == "changed", "rate"]]
    if found:
        st.warning(
            _(
                "Changed in the last four weeks beyond chance: {rates}. Find out why before you adopt new numbers."
            ).format(rates=_(", ").join(found)),
            icon=":material/trending_up:",
        )
    else:
        st.markdown(_("No change is shown. That is not the same as unchanged: see the ranges."))
    shown = pd.DataFrame(
        {
            "rate": [_(RATES[rate][0]) for rate in table["rate"]],
            "before": 100 * table["before"],
            "recent": 100 * table["recent"],
            "difference": [signed(one) for one in table["difference"]],
            "range": [signed_span(low, high) for low, high in zip(table["low"], table["high"], strict=True)],
            "visits": [
                f"{formats.number(a)} / {formats.number(b)}"
                for a, b in zip(table["visits_before"], table["visits_recent"], strict=True)
            ],
            "state": [_(DRIFT[one]) for one in table["state"]],
        }
    )
    number = st.column_config.NumberColumn
    text = st.column_config.TextColumn
    st.dataframe(
        shown,
        hide_index=True,
        placeholder=formats.UNKNOWN,
        column_config={
            "rate": text(_("Rate"), width=160),
            "before": number(_("Before"), format="%.1f%%", width=90),
            "recent": number(_("Last four weeks"), format="%.1f%%", width=120),
            "difference": text(_("Difference, like with like"), help=_("In percentage points"), width=160),
            "range": text(_("80% interval"), width=130),
            "visits": text(_("Answers, before / lately"), width=160),
            "state": text(_("State"), width=150),
        },
    )


def signed(share: float) -> str:
    """Give a difference of shares in percentage points with its sign."""
    return formats.UNKNOWN if formats.is_unknown(share) else f"{100 * share:+.1f}".replace("-", "−")


def signed_span(low: float, high: float) -> str:
    """Give an interval of differences in percentage points."""
    return formats.UNKNOWN if formats.is_unknown(low) else f"{signed(low)} – {signed(high)}"


def without(view: LearningView) -> None:
    """Show what came in with and without a visit."""
    table = view.untreated
    if not view.payments_known:
        st.info(
            _(
                "It cannot be told: no payments are on file. Load the bank's payments, or the full overdue list every "
                "week: what falls between two lists was paid."
            ),
            icon=":material/info:",
        )
        return
    if table.empty or not (table["state"] == "compared").any():
        st.info(_("It cannot be told yet: too few debtors on one of the sides, or too short a past."))
        return
    sides(table)
    st.caption(
        _(
            "Nobody drew lots for whom to visit: crews go where they expect something, so part of the difference is "
            "whom they chose. A share left unvisited by lot (Exploring) takes that away."
        )
    )
    if not view.by_lot.empty:
        st.markdown("**" + _("By lot") + "**")
        st.caption(
            _(
                "Those left unvisited by lot beside everybody else, visited or not, since the lot was drawn: what the "
                "branch's visiting brings, whoever the crews chose."
            )
        )
        if (view.by_lot["state"] == "compared").any():
            sides(view.by_lot)
        else:
            st.info(_("It cannot be told yet: too few debtors on one of the sides, or too short a past."))


def sides(table: pd.DataFrame) -> None:
    """Show both sides by bucket, as a chart and as numbers."""
    left, right = st.columns([8, 12], gap="medium")
    with left:
        st.markdown("**" + _("Collected in 60 days") + "**")
        draw(learning_charts.with_and_without(table))
    with right:
        percent = [formats.percent(one, 1) for one in table["difference"]]
        st.dataframe(
            pd.DataFrame(
                {
                    "bucket": [bucket_words(one) for one in table["bucket"]],
                    "visited": table["visited"],
                    "unvisited": table["unvisited"],
                    "with": 100 * table["with_visit"],
                    "without": 100 * table["without"],
                    "difference": percent,
                    "range": [
                        signed_span(low, high)
                        for low, high in zip(table["difference_low"], table["difference_high"], strict=True)
                    ],
                    "state": [_("Compared") if one == "compared" else _("Cannot tell") for one in table["state"]],
                }
            ),
            hide_index=True,
            placeholder=formats.UNKNOWN,
            column_config={
                "bucket": st.column_config.TextColumn(_("Ageing bucket"), width=116),
                "visited": st.column_config.NumberColumn(_("Visited"), width=70),
                "unvisited": st.column_config.NumberColumn(_("Unvisited"), width=80),
                "with": st.column_config.NumberColumn(_("With a visit"), format="%.1f%%", width=86),
                "without": st.column_config.NumberColumn(_("Without"), format="%.1f%%", width=72),
                "difference": st.column_config.TextColumn(_("Difference"), width=80),
                "range": st.column_config.TextColumn(_("80% interval"), width=112),
                "state": st.column_config.TextColumn(_("State"), width=90),
            },
        )
