"""What was read of an overdue list, before anything is stored: first rows, columns, issues."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd
import streamlit as st

from dashboard import formats
from dashboard.screens.debtor_card import plain
from dashboard.screens.overdue_issues import issue_words
from dashboard.screens.overdue_words import GROUPS, GUARANTEES, OCCUPATIONS, PRODUCTS, SEVERITIES, column_words
from dashboard.text import _, joined
from dashboard.text.words import word
from planner.export.workbook import harmless
from planner.intake.check import Checked
from planner.intake.issue import Issue

FIRST_ROWS = 10
#: columns of the preview in their order, as far as the list fills them
SHOWN = (
    *("row", "case_id", "name", "product", "overdue_minor", "days_past_due", "due_on", "group", "occupation"),
    *("home_address", "home_lon", "home_lat", "interrupted_on", "guarantee_kind"),
)
MOST_ISSUES, ISSUES_IN_SIGHT = 2_000, 8
#: every place of the list would be wrong: not left to a tab
WHOLE_LIST_WRONG = "datum_doubtful"
DROPPED = ("column_protected", "column_third_party", "column_unused", "column_twice")


def show(checked: Checked, issues: Sequence[Issue], *, file_name: str) -> None:
    """Show what was read."""
    report = checked.report
    facts = [
        _("{accepted} of {read} rows can be taken").format(
            accepted=formats.number(report["rows_accepted"]), read=formats.number(report["rows_read"])
        ),
        _("encoding {name}").format(name=report["encoding"]) if report["encoding"] else "",
        _("sheet {name}").format(name=plain(str(report["sheet"]))) if report["sheet"] else "",
    ]
    st.caption(" · ".join(one for one in facts if one))
    for one in issues:
        if one.code == WHOLE_LIST_WRONG:
            st.warning(plain(joined(*issue_words(one))), icon=":material/wrong_location:")
    rows, columns, found = st.tabs(
        [_("First rows"), _("Columns"), _("Issues ({n})").format(n=formats.number(len(issues)))]
    )
    with rows:
        first_rows(checked.rows)
    with columns:
        matched(checked.report["columns"], [one for one in issues if one.code in DROPPED])
    with found:
        listed(issues, file_name=file_name)


def first_rows(rows: pd.DataFrame) -> None:
    """Show the first accepted rows as they were understood."""
    if rows.empty:
        st.caption(_("No row was accepted."))
        return
    head = rows.head(FIRST_ROWS)
    held = [name for name in SHOWN if name in head and head[name].astype(object).replace("", None).notna().any()]
    days = {name: head[name].dt.date for name in held if name.endswith("_on")}
    money = {"overdue_minor": head["overdue_minor"].astype("float64") / 100}
    words = {"product": PRODUCTS, "group": GROUPS, "occupation": OCCUPATIONS, "guarantee_kind": GUARANTEES}
    said = {name: [word(words[name], code) for code in head[name]] for name in held if name in words}
    st.dataframe(
        head[held].assign(**days, **money, **said),
        hide_index=True,
        placeholder="",
        column_config={
            **{name: column_words(name) for name in held},
            "row": st.column_config.NumberColumn(_("Row"), width=56),
            "overdue_minor": st.column_config.NumberColumn(_("Overdue ¥"), format="%.2f"),
        },
    )


def matched(columns: dict[str, str], dropped: Sequence[Issue]) -> None:
    """Show which heading was taken for what, and which were not read and why."""
    taken, left_out = st.columns([1, 1])
    taken.dataframe(
        pd.DataFrame({"read": [column_words(name) for name in columns], "found": list(columns.values())}),
        hide_index=True,
        column_config={
            "read": st.column_config.TextColumn(_("Read as")),
            "found": st.column_config.TextColumn(_("Heading in the file")),
        },
    )
    if not dropped:
        left_out.caption(_("No column was dropped."))
        return
    left_out.dataframe(
        pd.DataFrame({"found": [one.column for one in dropped], "why": [issue_words(one)[0] for one in dropped]}),
        hide_index=True,
        column_config={
            "found": st.column_config.TextColumn(_("Not read"), width=120),
            "why": st.column_config.TextColumn(_("Why"), width=420),
        },
    )


def issue_table(issues: Sequence[Issue]) -> pd.DataFrame:
    """Give the issues as a table in the session's language; ``row`` is unknown for the file as a whole."""
    words = [issue_words(one) for one in issues]
    return pd.DataFrame(
        {
            "row": pd.array([one.row for one in issues], dtype="Int64"),
            "column": [one.column for one in issues],
            "code": [one.code for one in issues],
            "severity": [word(SEVERITIES, one.severity.value) for one in issues],
            "text": [text for text, _cure in words],
            "cure": [cure for _text, cure in words],
        }
    )


def listed(issues: Sequence[Issue], *, file_name: str) -> None:
    """Show the issues, counted by code, with a way to take them along."""
    if not issues:
        st.success(_("Nothing to say against this list."), icon=":material/check_circle:")
        return
    table = issue_table(issues)
    counts = table["code"].value_counts()
    chosen = st.pills(
        _("Kinds of issues"),
        list(counts.index),
        selection_mode="multi",
        format_func=lambda code: f"{code} · {formats.number(int(counts[code]))}",
        key="overdue_issue_codes",
        label_visibility="collapsed",
    )
    shown = table[table["code"].isin(chosen)] if chosen else table
    st.dataframe(
        shown.head(MOST_ISSUES),
        hide_index=True,
        placeholder="",
        height="content" if len(shown) <= ISSUES_IN_SIGHT else 38 + 35 * ISSUES_IN_SIGHT,
        column_config={
            "row": st.column_config.NumberColumn(_("Row"), width=60),
            "column": st.column_config.TextColumn(_("Column"), width=110),
            "code": st.column_config.TextColumn(_("Code"), width=150),
            "severity": st.column_config.TextColumn(_("Effect"), width=120),
            "text": st.column_config.TextColumn(_("What was found"), width=420),
            "cure": st.column_config.TextColumn(_("What to do"), width=380),
        },
    )
    st.download_button(
        _("Download the issues (CSV)"),
        issue_csv(table),
        file_name=f"{file_name.rsplit('.', 1)[0]}-issues.csv",
        mime="text/csv",
        icon=":material/download:",
        key="overdue_issue_file",
    )


def issue_csv(table: pd.DataFrame) -> bytes:
    """Write the issues as CSV that a spreadsheet opens without running anything that stood in the list.

    >>> issue_csv(pd.DataFrame({"text": ["=1+1"]})).decode("utf-8-sig").splitlines()
    ['text', "'=1+1"]
    """
    texts = [str(name) for name in table if name != "row"]
    safe = table.assign(**{name: [harmless(str(cell)) for cell in table[name]] for name in texts})
    return safe.to_csv(index=False).encode("utf-8-sig")
