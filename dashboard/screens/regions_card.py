"""One district: its verdict with what follows from it and why, its figures, the funnel, and what all of it assumes."""

from __future__ import annotations

from typing import Any

import streamlit as st

from dashboard import formats
from dashboard.charts import draw
from dashboard.screens import named, regions_change
from dashboard.screens.debtor_card import plain
from dashboard.screens.regions_charts import funnel
from dashboard.screens.regions_outlook import advice
from dashboard.screens.regions_words import FIGURES, FUNNEL, VERDICTS, factor_span, interval, verdict_reason
from dashboard.text import _, current_language
from geodata.cell_districts import is_cell
from planner.cells import FEWEST
from planner.view.regions import RegionsView


def show(view: RegionsView) -> None:
    """Show the chosen district, else the first of the ranking, beside the funnel of all."""
    codes = set(view.table["region"])
    chosen = st.session_state.get("region", "")
    if chosen not in codes:
        chosen = str(view.table.sort_values(["assumption", "rank"], na_position="last")["region"].iloc[0])
    row: dict[Any, Any] = view.table[view.table["region"] == chosen].iloc[0].to_dict()
    left, right = st.columns([2, 3], gap="medium")
    with left, st.container(border=True):
        district(view, row)
    with right:
        st.markdown("**" + _("Actual by expected recovery, twelve weeks") + "**")
        st.caption(
            _("Each dot is a district. In the dark band chance explains it (95%), outside the light one hardly.")
        )
        names = view.table["name_zh" if current_language() == "zh" else "name_en"]
        chart = funnel(
            view.table.assign(name=names), scale_minor=view.scale_minor, selected=chosen, currency=view.currency
        )
        if chart is None:
            st.info(
                _("No visit has been recorded yet: the funnel appears with the first outcomes."), icon=":material/info:"
            )
        else:
            draw(chart)


def district(view: RegionsView, row: dict[Any, Any]) -> None:
    """Show one district's verdict and figures."""
    name = row["name_zh"] if current_language() == "zh" or not row["name_en"] else row["name_en"]
    verdict = view.verdicts.get(str(row["region"]))
    with st.container(horizontal=True, vertical_alignment="center"):
        named.heading(name, "district")
        if verdict is not None:
            word, colour, meaning = VERDICTS[verdict.verdict]
            st.badge(_(word), color=colour)  # type: ignore[arg-type]
    if verdict is None:
        st.write(nobody_told(row["debtors"]))
    else:
        st.markdown(f"**{_(meaning)}**")
        st.caption(verdict_reason(verdict))
        if is_cell(str(row["region"])):
            st.caption(_("Of a cell of the ground, not of a district: its edges run where no boundary is."))
    how = advice(view, str(row["region"]))
    if how:
        st.markdown(f":material/route: {plain(how)}")
        st.caption(
            _(
                "Of the best visits of one crew's week, by straight lines with detour, since the road engine did not "
                "answer, before the past is taken into account; below: everybody, by the pauses recorded, after it."
            )
            if (view.ahead.row(str(row["region"])) or {}).get("roads_estimated")
            else _(
                "Of the best visits of one crew's week, driven on the roads, before the past is taken into account; "
                "below: everybody, by the pauses recorded, after it."
            )
        )
    lines = []
    for figure in FIGURES:
        span = interval(row[f"{figure.column}_low"], row[f"{figure.column}_high"], view.currency)
        lines.append(f"| {_(figure.title)} | **{formats.money(row[figure.column], view.currency)}** | {span} |")
    span = factor_span(row["factor_low"], row["factor_high"])
    lines.append(f"| {_('Factor from the past')} | {formats.number(row['factor'], 2)} | {span} |")
    level = _("{level} interval").format(level=formats.percent(view.level))
    st.markdown("\n".join([f"| | {_('Expected')} | {level} |", "|:--|--:|--:|", *lines]))
    st.caption(
        _("The factor multiplies the figures above it: how often visits pay, times what a payment amounts to there.")
    )
    facts = [
        _("{n} debtors, {money} overdue").format(
            n=formats.number(row["debtors"]), money=formats.money_short(row["overdue_minor"], view.currency)
        ),
        _("{n} may be visited: {hours} field hours, {share} of it on the road").format(
            n=formats.number(row["visits"]),
            hours=formats.number(row["field_hours"], 1),
            share=formats.percent(row["travel_hours"] / row["field_hours"] if row["field_hours"] else None),
        ),
        _("{n} customers on {km2} inhabited km²").format(
            n=formats.number(row["customers"]), km2=formats.number(row["inhabited_km2"], 1)
        ),
        _("Actual ÷ expected {ratio} from {n} visits: {place}").format(
            ratio=formats.number(row["ratio"], 2), n=formats.number(row["outcomes"]), place=_(FUNNEL[row["funnel"]])
        ),
    ]
    if not formats.is_unknown(row["rate_factor"]) and row["outcomes"]:
        facts.append(
            _(
                "Visits pay {times} times as often as expected: estimated, drawn towards all districts, {level} "
                "interval {span}; observed {payments} of {n} visits, {expected} were expected"
            ).format(
                times=formats.number(row["rate_factor"], 2),
                level=formats.percent(view.level),
                span=factor_span(row["rate_low"], row["rate_high"]),
                payments=formats.number(row["payments"]),
                n=formats.number(row["outcomes"]),
                expected=formats.number(row["expected_payments"], 1),
            )
        )
    changed = regions_change.sentence(view, str(row["region"]))
    if changed:
        facts.append(changed.removesuffix(_(".")))
    facts.append(
        _("Rank {low} to {high}; among the best three with {chance}").format(
            low=formats.number(row["rank_low"]),
            high=formats.number(row["rank_high"]),
            chance=formats.percent(row["top_k_probability"]),
        )
    )
    st.markdown("\n".join(f"- {one}" for one in facts))
    if row["assumption"]:
        st.caption(":orange[:material/science:] " + _("Fewer than 50 past visits: these figures are an assumption."))


def nobody_told(debtors: float) -> str:
    """Say why nothing is told of a district: there is nobody, or so few that it is kept back."""
    if formats.is_unknown(debtors):
        return _("About fewer than {n} debtors: kept back.").format(n=FEWEST)
    return _("No debtor with a place is known here.")


def assumptions(view: RegionsView) -> None:
    """Say what the figures assume, always in sight."""
    with st.container(border=True):
        st.markdown("**:material/science: " + _("What these figures assume") + "**")
        st.caption("\n".join(f"- {one}" for one in assumed(view)))


def assumed(view: RegionsView) -> list[str]:
    """Give what the figures assume, a sentence each."""
    travel = view.travel
    door = (
        _("Travel from door to door: {minutes} on average, from {n} pauses between visits.").format(
            minutes=formats.duration(travel.door_to_door_s), n=formats.number(travel.gaps)
        )
        if not travel.assumption
        else _("Travel from door to door: {minutes}, an assumption until visits are recorded.").format(
            minutes=formats.duration(travel.door_to_door_s)
        )
    )
    return [
        _("Every debtor gets the best permitted visit from {first} to {last}, whether or not a crew has time.").format(
            first=formats.day(view.days[0]), last=formats.day(view.days[-1])
        ),
        door,
        _(
            "The way out and back is estimated: straight line × {detour} at {kmh} km/h, shared by {n} visits a day."
        ).format(
            detour=formats.number(travel.detour, 2),
            kmh=formats.number(travel.kmh),
            n=formats.number(travel.visits_a_day),
        ),
        _("A visit counts for the district in which the debtor lives, wherever the door is."),
        _("Expected recovery knows debtor, hour and branch, not the district. Actual is what was paid at the door."),
        _("The interval says how far the past bears the model out, not whom a small district happens to hold."),
        _("Payments come independently; a district that did better than expected is taken to do so again."),
        _("Inhabited ground: cells of 250 m in which a building stands, or a street runs where hardly one is mapped."),
        _("{n} customers are known, among whom the verdicts look for clusters.").format(
            n=formats.number(view.customers)
        )
        if view.customers
        else _("No customers are known: the verdicts cannot be told (null: none)."),
        _("What would have been paid anyway is assumed, because no debtor has been left unvisited on purpose."),
    ]
