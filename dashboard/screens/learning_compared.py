"""The new numbers beside the old ones on held-out weeks, and the decision: adopt, or go back."""

from __future__ import annotations

from datetime import timedelta
from zoneinfo import ZoneInfo

import pandas as pd
import streamlit as st

from dashboard import formats
from dashboard.charts import draw
from dashboard.screens import learning_charts
from dashboard.screens.learning_words import ALL, RATES, cell_words
from dashboard.screens.who import spoken_key
from dashboard.services import Services
from dashboard.text import _, joined
from planner.adoption import DEFAULTS, adopt, go_back
from planner.domain import Principal
from planner.store import NotAllowed
from planner.value.learning import BACKGROUND, PARTS, Model, with_assumed_background
from planner.view.learning import Comparison, LearningView

#: cells that are named in the offer to adopt
NAMED = 4
#: a rate that moved by less is up to date
WORTH_TELLING = 0.01


def show(view: LearningView) -> None:
    """Show the comparison: sentence, calibration, uplift curve, table."""
    one = view.comparison
    if one is None:
        st.info(
            _("Nothing to compare yet: at least six weeks of visits are needed, of which the last third is held out."),
            icon=":material/info:",
        )
        return
    st.markdown(joined(against(one), verdict(one)))
    names = {"all": _(ALL)} | {rate: _(words[0]) for rate, words in RATES.items() if rate not in PARTS}
    rate = st.segmented_control(
        _("Rate"),
        list(names),
        format_func=names.__getitem__,
        default="all",
        required=True,
        key=spoken_key("learning_compared_rate"),
        label_visibility="collapsed",
    )
    left, right = st.columns([1, 1], gap="medium")
    with left:
        st.markdown("**" + _("Calibration") + "**")
        st.caption(_("On the dashed line a model is right. Bars: 80% intervals."))
        if (one.scores.calibration["rate"] == (rate or "all")).any():
            draw(learning_charts.calibration(one.scores.calibration, rate or "all"))
        else:
            st.info(_("No answers to this question in the held-out weeks."))
    with right:
        st.markdown("**" + _("Uplift curve") + "**")
        if one.curves is None:
            st.info(_("Not known: no payments are on file, so what visits brought cannot be told."))
        else:
            st.caption(curve_words(view, one))
            draw(learning_charts.uplift_curve(one.curves.curve, view.branch.currency))
    table(one)


def against(one: Comparison) -> str:
    """Say what is compared on which weeks."""
    days = f"{formats.day(one.held_from)} – {formats.day(one.held_until)}"
    if one.seen:
        return _(
            "New: learnt from the weeks before {day}. Old: the defaults, since the adopted model has already learnt "
            "from the held-out weeks ({days})."
        ).format(day=formats.day(one.held_from), days=days)
    old = _("the defaults") if one.against == DEFAULTS else _("Model {name}").format(name=one.against)
    return _("New: learnt from the weeks before {day}. Old: {old}. Held out: {days}.").format(
        day=formats.day(one.held_from), old=old, days=days
    )


def verdict(one: Comparison) -> str:
    """Say in words whether the new model foretells better."""
    row = one.scores.table[one.scores.table["rate"] == "all"]
    low, high = float(row["better_low"].iloc[0]), float(row["better_high"].iloc[0])
    if low > 0:
        return "**" + _("The new one foretells better.") + "**"
    if high < 0:
        return "**" + _("The old one foretells better: do not adopt.") + "**"
    return "**" + _("No difference is shown.") + "**"


def curve_words(view: LearningView, one: Comparison) -> str:
    """Say how much sooner the money comes in by the new order, with its interval."""
    assert one.curves is not None
    money = [
        formats.money_short(value, view.branch.currency)
        for value in (one.curves.better, one.curves.better_low, one.curves.better_high)
    ]
    return _("New less old, mean height: {better} ({low} to {high}), {n} visits. Dashed: by lot.").format(
        better=money[0], low=money[1], high=money[2], n=formats.number(one.curves.visits)
    )


def table(one: Comparison) -> None:
    """Show the scores of each rate."""
    rows = one.scores.table
    names = {rate: words[0] for rate, words in RATES.items()} | {"all": ALL}
    st.dataframe(
        pd.DataFrame(
            {
                "rate": [_(names[rate]) for rate in rows["rate"]],
                "answers": rows["answers"],
                "old": rows["brier_old"],
                "new": rows["brier_new"],
                "better": rows["better"],
                "range": [
                    formats.UNKNOWN if formats.is_unknown(low) else f"{low:+.4f} – {high:+.4f}".replace("-", "−")
                    for low, high in zip(rows["better_low"], rows["better_high"], strict=True)
                ],
                "log": rows["log_better"],
            }
        ),
        hide_index=True,
        placeholder=formats.UNKNOWN,
        column_config={
            "rate": st.column_config.TextColumn(_("Rate"), width=150),
            "answers": st.column_config.NumberColumn(_("Answers"), format="localized", width=90),
            "old": st.column_config.NumberColumn(_("Brier score, old"), format="%.4f", width=120),
            "new": st.column_config.NumberColumn(_("Brier score, new"), format="%.4f", width=124),
            "better": st.column_config.NumberColumn(
                _("Better by"), format="%.4f", help=_("Above 0: the new one is better"), width=100
            ),
            "range": st.column_config.TextColumn(_("80% interval"), width=160),
            "log": st.column_config.NumberColumn(_("Logarithmic score, better by"), format="%.4f", width=190),
        },
    )


def changes(view: LearningView) -> list[str]:
    """Name the cells whose value would change most, of those that are no assumption."""
    rows = view.rates[~view.rates["assumption"] & ~view.rates["rate"].isin(BACKGROUND)]
    order = (rows["mean"] - rows["used"]).abs().sort_values(ascending=False).index[:NAMED]
    return [
        f"{_(RATES[row['rate']][0])}, {cell_words(row['rate'], row['cell'], row['within'])}: "
        f"{formats.percent(row['used'], 1)} → {formats.percent(row['mean'], 1)}"
        for _index, row in rows.loc[order].iterrows()
        if abs(row["mean"] - row["used"]) >= WORTH_TELLING
    ]


def decide(kit: Services, principal: Principal, view: LearningView, *, may: bool) -> None:
    """Offer to adopt the proposed numbers or to go back, with what that changes; others only read it."""
    moved = changes(view)
    with st.container(border=True):
        if not moved and not view.unreadable:
            st.markdown(_("The numbers in use are up to date: new visits have hardly moved them."))
        else:
            st.markdown(
                _(
                    "New numbers are ready, learnt up to {day}. Adopted, the next plans value visits with them; plans "
                    "already made stay as they are. Largest changes: {changes}."
                ).format(day=formats.day(view.today - timedelta(days=1)), changes=_("; ").join(moved))
            )
            if view.comparison is not None:
                st.caption(joined(_("On weeks that neither has seen:"), verdict(view.comparison).strip("*")))
        if not may:
            st.caption(_("The branch manager decides."))
            return
        with st.container(horizontal=True, vertical_alignment="center"):
            too = view.background_known and st.checkbox(
                _("Also what is paid beside the visits"),
                key="learning_paid_anyway",
                help=_(
                    "What comes without a visit, and later from those who were met and gave nothing, instead of the "
                    "assumed shares. Nobody drew lots who is visited: it says who was chosen, too."
                ),
            )
            if st.button(
                _("Adopt the new numbers"), type="primary", key="learning_adopt", disabled=not moved and not too
            ):
                proposed = view.proposed if too else with_assumed_background(view.proposed)
                attempt(kit, principal, view, proposed)
        history(kit, principal, view)


def attempt(kit: Services, principal: Principal, view: LearningView, model: Model) -> None:
    """Adopt, or say why not."""
    summary = {} if view.comparison is None else view.comparison.summary()
    try:
        adopt(
            kit.store,
            principal,
            view.branch.code,
            model,
            learnt_until=view.today - timedelta(days=1),
            visits=view.visits,
            compared=summary,
            now=kit.now(),
        )
    except NotAllowed:
        st.error(_("Your role may not do this."))
        return
    st.rerun()


def history(kit: Services, principal: Principal, view: LearningView) -> None:
    """Show earlier adoptions and offer to go back to one of them, or to the defaults."""
    using = DEFAULTS if view.using is None else view.using.name
    with st.expander(_("Earlier decisions, and going back"), icon=":material/history:"):
        if not view.adoptions:
            st.caption(_("Nothing was adopted yet: plans use the defaults."))
            return
        for one in reversed(view.adoptions[-8:]):
            act = _("adopted") if one.act == "adopted" else _("went back to")
            name = _("the defaults") if one.name == DEFAULTS else _("Model {name}").format(name=one.name)
            better = one.compared.get("better")
            scored = (
                "" if better is None else " · " + _("Brier score better by {n}").format(n=formats.number(better, 4))
            )
            moment = one.at.astimezone(view_zone(view))
            st.caption(f"{formats.day(moment.date())} {formats.clock(moment)} · {one.by} · {act} {name}{scored}")
        kept = [one.name for one in view.adoptions if one.text is not None and one.name != using]
        choices = [*dict.fromkeys(reversed(kept)), *([] if using == DEFAULTS else [DEFAULTS])]
        if not choices:
            return
        with st.container(horizontal=True, vertical_alignment="bottom"):
            chosen = st.selectbox(
                _("Go back to"),
                choices,
                format_func=lambda name: _("the defaults") if name == DEFAULTS else name,
                key=spoken_key("learning_back"),
                width=240,
            )
            if st.button(_("Go back"), key="learning_go_back") and chosen is not None:
                go_back(kit.store, principal, view.branch.code, chosen, now=kit.now())
                st.rerun()


def view_zone(view: LearningView) -> ZoneInfo:
    """Give the branch's time zone."""
    return ZoneInfo(view.branch.timezone)
