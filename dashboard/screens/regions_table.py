"""The table of the districts, ranked by the chosen figure; choosing a row shows the district's card."""

from __future__ import annotations

import pandas as pd
import streamlit as st

from dashboard import formats
from dashboard.screens import regions_change
from dashboard.screens.money_column import money_column
from dashboard.screens.regions_words import FIGURES, Figure, factor_span, interval, verdict_word
from dashboard.text import _, current_language
from geodata.patterns.verdict import told_p
from planner.view.regions import RegionsView

MOST_ROWS = 14


def ranked(view: RegionsView, figure: Figure) -> pd.DataFrame:
    """Give the districts by the figure, the largest first, those without it last."""
    return view.table.sort_values(
        [figure.column, "region"], ascending=[False, True], na_position="last", ignore_index=True
    )


def show(view: RegionsView, figure: Figure) -> None:
    """Show the table."""
    rows = ranked(view, figure)
    name = "name_zh" if current_language() == "zh" else "name_en"
    verdicts = [view.verdicts.get(str(code)) for code in rows["region"]]

    def intervals(column: str) -> list[str]:
        ends = zip(rows[f"{column}_low"], rows[f"{column}_high"], strict=True)
        # Where nobody is overdue the figure is 0 for certain: there is no interval to tell.
        return [formats.UNKNOWN if low == high else interval(low, high, view.currency) for low, high in ends]

    unit = formats.unit(view.currency)
    hour, visit, area = (one.column for one in FIGURES)
    table = pd.DataFrame(
        {
            "rank": rows["rank"],
            "district": rows[name].where(rows[name] != "", rows["name_zh"]),
            "verdict": [verdict_word(one) for one in verdicts],
            "changed": regions_change.column(view.changes, [str(code) for code in rows["region"]]),
            "hour": (rows[hour] / unit).round(),
            "hour_interval": intervals(hour),
            "visit": (rows[visit] / unit).round(),
            "visit_interval": intervals(visit),
            "area": (rows[area] / unit).round(),
            "area_interval": intervals(area),
            "factor": rows["factor"].round(2),
            "factor_interval": [
                factor_span(*ends) for ends in zip(rows["factor_low"], rows["factor_high"], strict=True)
            ],
            "best": 100 * rows["top_k_probability"].round(3),
            "debtors": rows["debtors"],
            "visits": rows["outcomes"],
            "ratio": rows["ratio"].round(2),
            "pairs": [
                None if one is None or one.radius_m is None else round(one.pair_ratio[one.radius_m], 2)
                for one in verdicts
            ],
            "p": [
                None if one is None or one.p_adjusted != one.p_adjusted else round(told_p(one.p_adjusted), 3)
                for one in verdicts
            ],
            "km2": rows["inhabited_km2"].round(1),
        }
    )
    per_cent = formats.percent(view.level)
    chosen = st.dataframe(
        table,
        hide_index=True,
        placeholder=formats.UNKNOWN,
        height="content" if len(table) <= MOST_ROWS else 38 + 35 * MOST_ROWS,
        selection_mode="single-row",
        on_select="rerun",
        key=f"regions_table {figure.column}",
        column_config={
            "rank": st.column_config.NumberColumn("#", help=_("Rank per field hour"), width=40),
            "district": st.column_config.TextColumn(_("District"), pinned=True, width=140),
            "verdict": st.column_config.TextColumn(_("Verdict"), width=92),
            "changed": st.column_config.TextColumn(
                _("Has it changed?"),
                help=_(
                    "How often visits pay, and money by recorded field hour: the last four whole weeks beside the four "
                    "before. Risen or fallen where chance hardly gives it; see Two side by side"
                ),
                width=128,
            ),
            "hour": money_column(_("¥ per field hour"), view.currency, 112),
            "hour_interval": st.column_config.TextColumn(_("{level} interval").format(level=per_cent), width=124),
            "visit": money_column(_("¥ per visit"), view.currency, 92),
            "visit_interval": st.column_config.TextColumn(_("{level} interval").format(level=per_cent), width=116),
            "area": money_column(_("¥ per inhabited km²"), view.currency, 136),
            "area_interval": st.column_config.TextColumn(_("{level} interval").format(level=per_cent), width=136),
            "factor": st.column_config.NumberColumn(
                _("Factor from the past"),
                format="%.2f",
                help=_(
                    "What the figures are multiplied by: actual ÷ expected, estimated and drawn towards all districts, "
                    "the more so the fewer visits there were"
                ),
                width=136,
            ),
            "factor_interval": st.column_config.TextColumn(_("{level} interval").format(level=per_cent), width=112),
            "best": st.column_config.NumberColumn(
                _("Among the best three"),
                format="%.0f%%",
                help=_("The chance, by thousands of worlds that agree with the past"),
                width=150,
            ),
            "debtors": st.column_config.NumberColumn(_("Debtors"), format="localized", width=76),
            "visits": st.column_config.NumberColumn(
                _("Past visits"), format="localized", help=_("In the last twelve weeks"), width=86
            ),
            "ratio": st.column_config.NumberColumn(_("Actual ÷ expected"), format="%.2f", width=126),
            "pairs": st.column_config.NumberColumn(
                _("Pair ratio"),
                format="%.2f",
                help=_("Pairs of debtors within the radius that stands out most, by pairs expected by chance"),
                width=80,
            ),
            "p": st.column_config.NumberColumn(
                "p",
                format="%.3f",
                help=_("Adjusted for looking at several districts (Benjamini and Hochberg)"),
                width=64,
            ),
            "km2": st.column_config.NumberColumn(_("Inhabited km²"), format="%.1f", width=104),
        },
    )
    picked = chosen["selection"]["rows"]
    if picked and picked[0] < len(rows) and rows["region"].iloc[picked[0]] != st.session_state.get("region_picked"):
        code = str(rows["region"].iloc[picked[0]])
        st.session_state["region_picked"] = st.session_state["region"] = code
        st.rerun()
