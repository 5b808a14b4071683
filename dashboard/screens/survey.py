"""The survey as a work list: what is missing, many edited at once, the review queue, the second reviewer's queue."""

from __future__ import annotations

import altair as alt
import pandas as pd
import streamlit as st

from config.parameters import load
from config.survey import load_survey
from dashboard import formats
from dashboard.charts import draw
from dashboard.principal import current_principal
from dashboard.screens import survey_edit, survey_queue
from dashboard.screens.overdue_words import BUCKETS, GROUPS, TYPES
from dashboard.screens.survey_words import LACKS
from dashboard.screens.who import branch_name, branch_or_word, kept_by, spoken_key
from dashboard.services import Services, services
from dashboard.text import _
from dashboard.text.words import word
from dashboard.theme import MUTED, RAMP, TEXT, ink_on
from planner.domain import Branch, Bucket, DebtorType, Principal, Role
from planner.view.survey import SurveyView, matrix, survey_view

ROW_PX = 32
TOTAL_FILL = "#EDF1F5"
PARTS = ("work", "reviews", "second")
#: On a phone the matrix is wider than the screen and scrolls, so that its headings stay apart.
STYLE = """
@media (max-width: 640px) {
  .st-key-survey-heat { overflow-x: auto; }
  .st-key-survey-heat > div { min-width: 44rem; }
  .st-key-survey-todo [data-testid="stHorizontalBlock"] { gap: 0; }
}
"""


def page() -> None:
    """Show the page for whoever asks."""
    kit, principal = services(), current_principal()
    branch = branch_or_word(kit, principal)
    if branch is None:
        return
    view = read_view(kit, principal, branch)
    st.html(f"<style>{STYLE}</style>")
    title, choice = st.columns([2, 3], vertical_alignment="center")
    title.subheader(f"{_('Survey')} · {branch_name(branch)}", anchor=False)
    if view.rows.empty:
        st.info(_("Nobody is on the list yet: load one on the page Overdue list."), icon=":material/info:")
        return
    names = {
        "work": _("What is missing"),
        "reviews": _("Review queue ({n})").format(n=formats.number(len(view.queue))),
        "second": _("Second reviewer ({n})").format(n=formats.number(len(view.proposals) + len(view.doubted))),
    }
    offered = [one for one in PARTS if one != "reviews" or principal.role is Role.MANAGER]
    with choice, st.container(horizontal=True, horizontal_alignment="right"):
        part = st.segmented_control(
            _("Part"), offered, format_func=names.__getitem__, default="work", required=True,
            key=spoken_key("survey_part"), label_visibility="collapsed",
        )  # fmt: skip
    if part == "reviews":
        survey_queue.reviews(kit, principal, view)
    elif part == "second":
        survey_queue.second(kit, principal, view)
    else:
        work(kit, principal, view)


def read_view(kit: Services, principal: Principal, branch: Branch) -> SurveyView:
    """Read the survey once for everybody who may see the same of it, until the store has something new."""
    return _view(kit, principal, branch, kept_by(kit, principal, branch))


@st.cache_data(ttl=1800, max_entries=12, show_spinner=False)
def _view(_kit: Services, _principal: Principal, branch: Branch, key: tuple[str, ...]) -> SurveyView:  # noqa: ARG001
    terms = load_survey()
    return survey_view(_kit.store, _principal, branch, load(), rough_m=terms.rough_m.value, now=_kit.now())


def work(kit: Services, principal: Principal, view: SurveyView) -> None:
    """Show what is missing beside who there is, and the table under both."""
    todo, who = st.columns([5, 6], gap="medium")
    with todo:
        next_things(view)
    with who:
        counts(view)
    survey_edit.show(kit, principal, view, chosen_lack(view))


def next_things(view: SurveyView) -> None:
    """List what is missing, most expected uplift behind it first; each opens the table of those who lack it."""
    st.markdown("**" + _("Next things to do") + "**")
    lacks = view.lacks[view.lacks["missing"] > 0]
    if lacks.empty:
        st.success(_("The survey is complete."), icon=":material/check_circle:")
        return
    chosen = st.session_state.get("survey_lack", "")
    currency = view.branch.currency
    with st.container(border=True, gap="xsmall", key="survey-todo"):
        for one in lacks.to_dict("records"):
            what, act = LACKS[one["code"]]
            with st.container(horizontal=True, vertical_alignment="center", gap="small"):
                is_open = chosen == one["code"]
                if st.button(
                    f"{_(what)} · **{formats.number(one['missing'])}**",
                    key=f"lack {one['code']}",
                    type="primary" if is_open else "tertiary",
                    help=_(act),
                ):
                    st.session_state["survey_lack"] = "" if is_open else one["code"]
                    st.rerun()
                st.caption(
                    _("{uplift} uplift, {money} overdue behind").format(
                        uplift=formats.money_short(one["behind_minor"], currency),
                        money=formats.money_short(one["overdue_minor"], currency),
                    )
                )
    st.caption(
        _(
            "Ordered by the expected uplift of the debtors concerned: overdue amount × what a visit adds in their age "
            "class, an assumption. A button opens the table of those who lack it."
        )
    )


def chosen_lack(view: SurveyView) -> str:
    """Give the lack whose table is open, "" for everybody."""
    code = str(st.session_state.get("survey_lack", ""))
    return code if view.ids.get(code) else ""


def counts(view: SurveyView) -> None:
    """Show how many there are by customer group and age, of all types or of one."""
    types = ["", *(one.value for one in DebtorType)]
    with st.container(horizontal=True, vertical_alignment="center"):
        st.markdown("**" + _("Group × age × type") + "**", width="content")
        chosen = st.selectbox(
            _("Debtor type"), types, format_func=lambda one: word(TYPES, one) if one else _("All types"),
            key=spoken_key("survey_type"), label_visibility="collapsed", width=260,
        )  # fmt: skip
    with st.container(key="survey-heat"):
        draw(heat(view.cells, str(chosen or "")))


def heat(cells: pd.DataFrame, debtor_type: str) -> alt.LayerChart:
    """Draw the matrix, darker where there are more debtors, with totals."""
    table = matrix(cells, debtor_type)
    everything = _("All")
    rows = [
        (word(GROUPS, str(group)), _(BUCKETS[bucket]), int(table.loc[group, bucket]))
        for group in table.index
        for bucket in table.columns
    ]
    most = max([n for *_names, n in rows], default=0) or 1
    fills = [RAMP[min(int(len(RAMP) * (n / most) ** 0.5), len(RAMP) - 1)] if n else "#FFFFFF" for *_names, n in rows]
    rows += [(word(GROUPS, str(group)), everything, int(table.loc[group].sum())) for group in table.index]
    rows += [(everything, _(BUCKETS[bucket]), int(table[bucket].sum())) for bucket in table.columns]
    rows += [(everything, everything, int(table.to_numpy().sum()))]
    fills += [TOTAL_FILL] * (len(rows) - len(fills))
    drawn = pd.DataFrame(rows, columns=["row", "column", "n"]).assign(fill=fills)
    drawn["text"] = [formats.number(n) if n else "–" for n in drawn["n"]]
    drawn["ink"] = [ink_on(fill) if n else MUTED for fill, n in zip(drawn["fill"], drawn["n"], strict=True)]
    order = [*dict.fromkeys(word(GROUPS, str(group)) for group in table.index), everything]
    columns = [*(_(BUCKETS[one]) for one in Bucket), everything]
    axis = alt.Axis(domain=False, ticks=False, labelColor=TEXT, labelFontSize=12, title=None, labelLimit=130)
    across = alt.Axis(domain=False, ticks=False, labelColor=TEXT, labelFontSize=10.5, title=None, orient="top",
                      labelAngle=0, labelOverlap=False, labelFlush=False,
                      labelExpr="split(datum.label, ' · ')")  # fmt: skip
    base = alt.Chart(drawn).encode(
        x=alt.X("column:N", sort=columns, axis=across),
        y=alt.Y("row:N", sort=order, axis=axis),
        tooltip=[alt.Tooltip("row:N", title=" "), alt.Tooltip("column:N", title=_("Age")),
                 alt.Tooltip("text:N", title=_("Debtors"))],
    )  # fmt: skip
    box = base.mark_rect(stroke="#F7F8FA", strokeWidth=3, cornerRadius=5).encode(
        color=alt.Color("fill:N", scale=None, legend=None)
    )
    text = base.mark_text(fontSize=12).encode(text="text:N", color=alt.Color("ink:N", scale=None, legend=None))
    chart: alt.LayerChart = (
        alt.layer(box, text)
        .properties(height=ROW_PX * len(order) + 40, width="container")
        .configure_view(stroke=None)
        .configure(background="transparent", font="system-ui, sans-serif")
    )
    return chart
