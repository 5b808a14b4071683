"""The table of the survey, and values set for many at once: shown before they are saved, and taken back."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import uuid4

import pandas as pd
import streamlit as st

from dashboard import formats
from dashboard.screens.debtor_words import AGENCIES, COLLATERALS
from dashboard.screens.links import to_debtor
from dashboard.screens.money_column import money_column
from dashboard.screens.overdue_table import chosen_rows
from dashboard.screens.overdue_words import BUCKETS, GROUPS, OCCUPATIONS, PRODUCTS, TYPES
from dashboard.screens.survey_words import FIELDS, LACKS, SKILLS
from dashboard.screens.who import spoken_key
from dashboard.services import Services
from dashboard.text import _, joined, n_
from dashboard.text.words import skill, word
from planner.domain import Bucket, Principal, Role
from planner.store import NotAllowed
from planner.view.survey import SurveyView

TABLE_PX = 420
WORDS: Mapping[str, Mapping[str, str]] = {
    "group": {code: text for code, text in GROUPS.items() if code},
    "occupation": OCCUPATIONS,
    "product": PRODUCTS,
    "collateral": {code: text for code, text in COLLATERALS.items() if code},
    "agency": AGENCIES,
    "needs": SKILLS,
}
SUBJECTS = {"group": "debtor", "occupation": "debtor", "agency": "debtor", "needs": "debtor"}


def show(kit: Services, principal: Principal, view: SurveyView, lack: str) -> None:
    """Show search, filters, table and, for a manager, the form that sets values."""
    rows = view.rows if not lack else view.rows[view.rows["debtor_id"].isin(view.ids[lack])]
    with st.container(horizontal=True, vertical_alignment="center"):
        title = _("Everybody on the list") if not lack else _(LACKS[lack][0])
        st.markdown(f"**{title}**", width="content")
        if lack:
            st.caption(_(LACKS[lack][1]))
            if st.button(_("Show everybody"), type="tertiary", icon=":material/close:"):
                st.session_state["survey_lack"] = ""
                st.rerun()
    rows = filtered(rows)
    if rows.empty:
        st.caption(_("Nobody fits: loosen the search or the filters."))
        return
    sets = principal.role is Role.MANAGER
    above = st.container()  # what follows from the choice stands above the table, where it is seen
    picked = table(rows, lack, many=sets, currency=view.branch.currency)
    st.caption(
        _("{n} of {total} debtors; chosen: {k}").format(
            n=formats.number(len(rows)), total=formats.number(len(view.rows)), k=formats.number(len(picked))
        )
    )
    with above:
        with st.container(horizontal=True, vertical_alignment="bottom", gap="small", key="survey-acts"):
            if sets:
                setting(kit, principal, view, rows, picked)
            if len(picked) == 1 and st.button(_("Open the debtor"), icon=":material/person_search:"):
                to_debtor(str(rows["debtor_id"].iloc[picked[0]]), view.branch.code)
        if sets:
            told(kit, principal, view)


def filtered(rows: pd.DataFrame) -> pd.DataFrame:
    """Let the reader search and filter."""
    search, bucket, group, kind = st.columns(4)
    text = search.text_input(_("Search"), key="survey_search", placeholder=_("Name, debtor or case id"),
                             label_visibility="collapsed", icon=":material/search:")  # fmt: skip

    def several(
        place: Any, label: str, codes: Sequence[str], words: Mapping[str, str], any_: str, key: str
    ) -> list[str]:
        return list(
            place.multiselect(
                label,
                codes,
                format_func=lambda code: word(words, code),
                key=spoken_key(key),
                placeholder=any_,
                label_visibility="collapsed",
            )
        )

    wanted = {
        "bucket": several(bucket, _("Age"), [str(one) for one in Bucket], BUCKETS, _("Any age"), "survey_buckets"),
        "group": several(group, _("Customer group"), [str(one) for one in GROUPS], GROUPS, _("Any customer group"),
                         "survey_groups"),
        "debtor_type": several(kind, _("Debtor type"), [str(one) for one in TYPES if one], TYPES, _("Any type"),
                               "survey_types"),
    }  # fmt: skip
    return chosen_rows(rows, text or "", wanted)


def table(rows: pd.DataFrame, lack: str, *, many: bool, currency: str) -> list[int]:
    """Show the table and give the rows that were chosen."""
    unit = formats.unit(currency)
    named = bool((rows["name"] != "").any())
    shown = pd.DataFrame(
        {
            "who": rows["name"].where(rows["name"] != "", rows["debtor_id"]),
            "overdue": (rows["overdue_minor"] / unit).round().astype("int64"),
            "bucket": [word(BUCKETS, one) for one in rows["bucket"]],
            "group": [word(GROUPS, one) for one in rows["group"]],
            "occupation": [word(OCCUPATIONS, one) for one in rows["occupation"]],
            "type": [
                type_cell(one, proposed) for one, proposed in zip(rows["debtor_type"], rows["proposed"], strict=True)
            ],
            "product": [word(PRODUCTS, one) for one in rows["product"]],
            "collateral": [word(COLLATERALS, one) for one in rows["collateral"]],
            "agency": [word(AGENCIES, one) for one in rows["agency"]],
            "needs": [_(", ").join(skill(one) for one in text.split()) for text in rows["needs"]],
            "uplift": (rows["uplift_minor"] / unit).round().fillna(0).astype("int64"),
            "id": rows["debtor_id"],
        }
    )
    text = st.column_config.TextColumn
    chosen = st.dataframe(
        shown,
        height=min(TABLE_PX, 37 + 35 * len(shown)),
        hide_index=True,
        selection_mode="multi-row" if many else "single-row",
        on_select="rerun",
        key=f"survey_table {lack} {len(rows)} {rows['debtor_id'].iloc[0]}",
        column_order=[str(name) for name in shown if name != "id" or named],
        column_config={
            "who": text(_("Debtor"), pinned=True, width=96 if named else 160),
            "overdue": money_column(_("Overdue ¥"), currency, 90),
            "bucket": text(_("Age"), width=130),
            "group": text(_("Customer group"), width=116),
            "occupation": text(_("Occupation"), width=104),
            "type": text(_("Debtor type"), width=170),
            "product": text(_("Product"), width=110),
            "collateral": text(_("Collateral"), width=96),
            "agency": text(_("Agency"), width=90),
            "needs": text(_("Skills needed"), width=100),
            "uplift": money_column(
                _("Uplift ¥"), currency, 80,
                _("Overdue amount × what a visit adds in this age class: an assumption, for the order only"),
            ),
            "id": text(_("Debtor id"), width=150),
        },
    )  # fmt: skip
    return [int(one) for one in chosen["selection"]["rows"] if one < len(rows)]


def type_cell(debtor_type: str, proposed: str) -> str:
    """Give the type for a cell."""
    return _("Bad faith proposed") if proposed else word(TYPES, debtor_type)


def setting(kit: Services, principal: Principal, view: SurveyView, rows: pd.DataFrame, picked: Sequence[int]) -> None:
    """Ask for a field and its value, show what will change, and save."""
    field = st.selectbox(_("Set"), list(FIELDS), format_func=lambda one: _(FIELDS[one]), width=190,
                         key=spoken_key("survey_field"))  # fmt: skip
    value = st.selectbox(
        _("New value"), list(WORDS[str(field)]), format_func=lambda one: word(WORDS[str(field)], one), index=None,
        width=220,
        key=spoken_key(f"survey_value {field}"), placeholder=_("Choose a value"),
    )  # fmt: skip
    if not picked or value is None:
        st.caption(_("Choose rows and a value: what will change is shown here before anything is saved."))
        return
    wanted, same = changes(rows.iloc[list(picked)], str(field), str(value))
    many = n_("{n} value changes", "{n} values change", len(wanted))
    if st.button(f"{_('Save')}: {many}", type="primary", icon=":material/save:", disabled=not wanted):
        save(kit, principal, view, wanted)
    st.caption(preview(rows.iloc[list(picked)], str(field), str(value), same))


def changes(rows: pd.DataFrame, field: str, value: str) -> tuple[list[tuple[str, str, str, str]], int]:
    """Give what would be set (subject, id, field, value) for those who have another value, and how many have it.

    Product and collateral belong to accounts: they are set on every account of the debtors.
    """
    other = rows[rows[field] != value]
    if field in SUBJECTS:
        return [("debtor", str(one), field, value) for one in other["debtor_id"]], len(rows) - len(other)
    cases = [case for text in rows["case_ids"] for case in str(text).split()]
    return [("account", case, field, value) for case in cases], len(rows) - len(other)


def preview(rows: pd.DataFrame, field: str, value: str, same: int) -> str:
    """Say what will become what, and how many stay."""
    other = rows.loc[rows[field] != value, field]
    parts = [
        f"{word(WORDS[field], str(old)) or formats.UNKNOWN} → {word(WORDS[field], value)}: {formats.number(n)}"
        for old, n in other.value_counts().items()
    ]
    if same:
        parts.append(_("unchanged: {n}").format(n=formats.number(same)))
    if field not in SUBJECTS:
        parts.append(_("on every account of these debtors"))
    return " · ".join(parts)


def save(kit: Services, principal: Principal, view: SurveyView, wanted: Sequence[tuple[str, str, str, str]]) -> None:
    """Save all of it or none."""
    try:
        done = kit.store.edit_survey(principal, view.branch.code, wanted, batch_id=str(uuid4()), now=kit.now())
    except (ValueError, NotAllowed):
        st.error(_("Nothing was saved: the list has changed in the meantime. Look at the table again."))
        return
    st.session_state["survey_told"] = n_("Saved: {n} value changed.", "Saved: {n} values changed.", len(done.edits))
    st.rerun()


def told(kit: Services, principal: Principal, view: SurveyView) -> None:
    """Say what the last edit changed, with the way back."""
    said = st.session_state.pop("survey_told", "")
    if said:
        st.toast(said, icon=":material/check_circle:")
    edits = view.edits
    if edits.empty:
        return
    first = edits.iloc[0]
    at = pd.Timestamp(first["made_at"]).tz_convert(view.branch.timezone)
    fields = ", ".join(dict.fromkeys(word(FIELDS, one) for one in edits["field"]))
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        st.caption(
            _("Last edit: {field}, {n} values, {day} {time}, by {who}").format(
                field=fields,
                n=formats.number(len(edits)),
                day=formats.day(at.date()),
                time=f"{at:%H:%M}",
                who=first["made_by"],
            )
        )
        if st.button(_("Undo"), icon=":material/undo:", type="tertiary", key=f"undo {first['batch_id']}"):
            back = kit.store.undo_edits(principal, view.branch.code, str(first["batch_id"]), now=kit.now())
            words = n_("Taken back: {n} value.", "Taken back: {n} values.", len(back.edits))
            if back.skipped:
                words = joined(words, _("Left as they are, changed since: {n}.").format(n=len(back.skipped)))
            st.session_state["survey_told"] = words
            st.rerun()
