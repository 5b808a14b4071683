"""Buckets, figures and answers of the risk page as words."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import pandas as pd

from dashboard import formats
from dashboard.screens.debtor_card import plain
from dashboard.screens.overdue_words import PRODUCTS
from dashboard.text import N_, _, current_language, n_
from dashboard.text.words import word
from planner.portfolio import CURRENT, LEFT
from planner.portfolio.change import months_compared
from planner.view.risk import RiskView

ACCOUNTS, MONEY = "accounts", "money"
MEASURES: Mapping[str, str] = {ACCOUNTS: N_("By accounts"), MONEY: N_("By money")}
RISK_FIGURES: Mapping[str, str] = {"roll": N_("{bucket} rolls on"), "cure": N_("{bucket} cured or left")}
AT_RISK = "par"
DIMENSIONS = ("region", "product")
PLACES: Mapping[str, str] = {LEFT: N_("Left"), CURRENT: N_("Current")}
#: A list of changes that is longer says nothing to anybody.
MOST_TOLD = 4


@dataclass(frozen=True)
class Cut:
    """What the reader looks at: by accounts or by money, of which region and product."""

    by_money: bool
    region: str
    product: str


def bucket_name(code: str) -> str:
    """Name a bucket or where an account may stand instead."""
    return _(PLACES[code]) if code in PLACES else code.replace("-", "–")


def lists_line(view: RiskView) -> str:
    """Say which lists the figures come from."""
    days = view.full_days
    if not days:
        return _("no full list yet")
    partial = sum(not one.full for many in view.lists.values() for one in many)
    told = n_("{n} full list, ", "{n} full lists, ", len(days)) + _("{first} to {last}").format(
        first=formats.day(days[0], year=True), last=formats.day(days[-1], year=True)
    )
    if partial:
        told += " · " + n_("{n} partial list not counted", "{n} partial lists not counted", partial)
    return told


def told_changes(changes: pd.DataFrame, moves: pd.DataFrame, names: Mapping[str, str]) -> str:
    """Say in Markdown what got better or worse beyond chance, all together first, then the surest."""
    months = months_compared(moves)
    last = formats.day(moves["to_on"].max().date())
    period = (
        _("In the month until {last}, beside the month before").format(last=last)
        if months == 1
        else _("In the {months} months until {last}, beside the {months} before").format(months=months, last=last)
    )
    asked = int((changes["answer"] != "too_few").sum())
    shown = changes[changes["answer"].isin(["better", "worse"])].sort_values(["dimension", "p_adjusted"])
    if shown.empty:
        what = (
            n_(
                "no change of the roll rates is shown beyond chance, in {n} comparison.",
                "no change of the roll rates is shown beyond chance, in {n} comparisons.",
                asked,
            )
            if asked
            else _("too few accounts to tell whether anything got better or worse.")
        )
        return _("{period}: {what}").format(period=period, what=what)
    lines = [_("**{period}, beyond chance:**").format(period=period), ""]
    for row in shown.head(MOST_TOLD).to_dict("records"):
        worse = row["answer"] == "worse"
        text = (
            _("**Worse** in {who}: {after} of {bucket} rolled on, before {before} ({low} to {high} percentage points)")
            if worse
            else _(
                "**Better** in {who}: {after} of {bucket} rolled on, before {before} ({low} to {high} "
                "percentage points)"
            )
        )
        lines.append(
            "- "
            + text.format(
                who=plain(segment_name(row["dimension"], row["segment"], names)),
                after=formats.percent(row["after"]),
                before=formats.percent(row["before"]),
                bucket=bucket_name(row["bucket"]),
                low=signed(row["low"]),
                high=signed(row["high"]),
            )
        )
    if len(shown) > MOST_TOLD:
        more = n_(
            "{n} more change is in the workbook.", "{n} more changes are in the workbook.", len(shown) - MOST_TOLD
        )
        lines.append("- " + more)
    return "\n".join(lines)


def signed(share: float) -> str:
    """Write a difference of shares in percentage points with its sign.

    >>> signed(0.083), signed(-0.02)
    ('+8', '−2')
    """
    number = formats.number(100 * share)
    return number if number.startswith("−") or number == "0" else f"+{number}"


def segment_name(dimension: str, segment: str, names: Mapping[str, str]) -> str:
    """Name a district, a product, or all together."""
    if dimension == "all":
        return _("all accounts together")
    return names.get(segment, segment) if dimension == "region" else word(PRODUCTS, segment)


def names(view: RiskView) -> dict[str, str]:
    """Give the districts' names by code in the session's language; "" is an unknown district."""
    chinese = current_language() == "zh"
    rows = view.districts.itertuples()
    found = {str(row.code): str(row.name_zh if chinese or not row.name_en else row.name_en) for row in rows}
    return {**found, "": _("District unknown")}
