"""A plan as a workbook, in the reader's words: summary, routes, stops, left out, clocks, and notes."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any

import pandas as pd
from babel.numbers import get_currency_precision

from dashboard import formats
from dashboard.phone.content import required_reason
from dashboard.screens.clocks_words import why_words
from dashboard.screens.kpis import bound_sentence
from dashboard.screens.left_out import why
from dashboard.screens.overdue_words import ACTS, BUCKETS, CLOCKS
from dashboard.screens.week_files_plan import Taken
from dashboard.screens.who import branch_name
from dashboard.text import _
from dashboard.text.articles import article_words
from dashboard.text.called import called
from dashboard.text.sentences import said
from dashboard.text.words import PLACE_KINDS, word
from planner.export import Column, Kind, TableSheet, tables_workbook
from planner.view import RouteView, StopView

Get = Callable[[Any], Any]


def book(of: Taken, clocks: pd.DataFrame | None) -> bytes:
    """Give the file.

    Parameters
    ----------
    clocks
        ``planner.view.clocks.ROWS`` of the clocks that lapse soon; None where the rule pack could not be read.
    """
    sheets = [summary(of), routes(of), stops(of), left_out(of), clock_sheet(of, clocks)]
    title = f"{branch_name(of.branch)} · {formats.week(of.view.week)}"
    made_on = of.now.astimezone(of.zone).date()
    head = of.banner or f"{title} · {_('Made {when}').format(when=of.made)}"
    return tables_workbook(title, made_on, sheets, (_("Notes"), notes(of, sheets)), header=head)


def notes(of: Taken, sheets: Sequence[TableSheet]) -> list[tuple[str, str]]:
    """Say what the file is, what it rests on, and what each column means."""
    view = of.view
    state = of.banner or _("Published {when}").format(when=when(of, view.published_at))
    names = bool(view.routes) and any(stop.name for route in view.routes for stop in route.stops)
    pairs = [
        (_("State"), state),
        (_("Plan"), f"{view.plan_id} · {when(of, view.created_at)} · {view.created_by}"),
        (_("Who may read it"), privacy(named=names)),
        (
            _("Money"),
            _("In {currency}, as numbers. An empty cell is unknown, never zero.").format(currency=view.currency),
        ),
        (_("Times"), _("Of the wall clock at the branch ({zone}).").format(zone=of.branch.timezone)),
        (_("Roads"), roads(of)),
        (_("Rule pack"), view.rule_pack),
        (_("How much better a plan could be"), bound_sentence(view)),
    ]
    for sheet in sheets:
        pairs += [(f"{sheet.name} · {column.heading}", column.meaning) for column in sheet.columns if column.meaning]
    return pairs


def privacy(*, named: bool) -> str:
    """Say who may read the file."""
    if named:
        return _("Names and addresses of debtors are in it: only for who may see contact cards.")
    return _("No names and no addresses: debtors are told by their ids.")


def roads(of: Taken) -> str:
    """Say where travel times come from."""
    if of.view.roads_estimated:
        return _("Travel times are estimated from straight lines, not from streets: no road engine was available.")
    return of.view.road_source


def when(of: Taken, moment: datetime | None) -> str:
    """Give a moment with its day, where the branch is."""
    if moment is None:
        return formats.UNKNOWN
    at = moment.astimezone(of.zone)
    return f"{formats.day(at.date(), year=True)} {formats.clock(at)}"


def summary(of: Taken) -> TableSheet:
    """Give the week's figures beside those by hand."""
    view, ours, theirs = of.view, of.view.metrics, of.view.baseline
    money = view.currency
    rows: list[tuple[str, str, float | None, float | None]] = [
        (_("Expected uplift"), money, ours.get("value"), theirs.get("value")),
        (_("Visits"), _("visits"), ours.get("visits"), theirs.get("visits")),
        (_("Uplift per field hour"), money, ours.get("value_per_field_hour"), theirs.get("value_per_field_hour")),
        (_("Field hours"), _("hours"), ours.get("field_hours"), theirs.get("field_hours")),
        (_("Travel share"), _("per cent"), hundred(ours.get("travel_share")), hundred(theirs.get("travel_share"))),
        (_("Visits per hour"), _("visits per hour"), ours.get("visits_per_hour"), theirs.get("visits_per_hour")),
        (_("Not visited"), _("debtors"), len(view.left_out), None),
    ]
    state = of.banner or _("Published")
    table = pd.DataFrame([(state, "", None, None), *rows], columns=["figure", "unit", "plan", "by_hand"])
    columns = [
        Column("figure", "figure", _("Figure"), "", Kind.TEXT),
        Column("unit", "unit", _("Unit"), "", Kind.TEXT),
        Column("plan", "plan", _("This plan"), "", Kind.NUMBER, 1),
        Column("by_hand", "by_hand", _("By hand"),
               _("The same week planned by hand: largest balances first, each crew to the nearest next."),
               Kind.NUMBER, 1),
    ]  # fmt: skip
    return TableSheet(_("Summary"), table, columns)


def hundred(share: float | None) -> float | None:
    """Give a share in per cent."""
    return None if share is None else 100 * share


def sheet(name: str, rows: Sequence[Any], columns: Sequence[tuple[Column, Get]]) -> TableSheet:
    """Give a sheet: each column with what gives its cell."""
    table = pd.DataFrame({column.field: [get(row) for row in rows] for column, get in columns}, dtype=object)
    return TableSheet(name, table, [column for column, _get in columns])


def wall_clock(of: Taken, moment: datetime | None) -> datetime | None:
    """Give the time on the wall at the branch, as a cell holds it."""
    return None if moment is None else moment.astimezone(of.zone).replace(tzinfo=None)


def text(field: str, heading: str, meaning: str = "") -> Column:
    """Give a column of text."""
    return Column(field, field, heading, meaning, Kind.TEXT)


def moment(field: str, heading: str, meaning: str = "") -> Column:
    """Give a column of days with their times of day."""
    return Column(field, field, heading, meaning, Kind.MOMENT)


def routes(of: Taken) -> TableSheet:
    """Give a row a crew and day."""

    def minutes(name: str) -> Get:
        return lambda one: one.efficiency[name] / 60 if name in one.efficiency else None

    currency = of.view.currency
    columns: list[tuple[Column, Get]] = [
        (Column("day", "day", _("Day"), "", Kind.DAY), lambda one: one.day),
        (text("crew", _("Crew")), lambda one: one.crew_name),
        (text("shift", _("Shift"), _("Its id, which the sheet of stops and the GeoJSON name too.")),
         lambda one: one.shift_id),
        (Column("visits", "visits", _("Visits"), "", Kind.COUNT), lambda one: len(one.stops)),
        (moment("leaves_at", _("Leaves")), lambda one: wall_clock(of, one.leaves_at)),
        (moment("returns_at", _("Back")), lambda one: wall_clock(of, one.returns_at)),
        (moment("ends_at", _("Shift ends")), lambda one: wall_clock(of, one.shift_ends_at)),
        (Column("in_time", "in_time", _("Ends in time"),
                _("The chance that the crew is back by the end of its shift, from 2,000 drawn days. The minutes and "
                  "their spread are assumptions."), Kind.SHARE),
         lambda one: one.finish.in_time if one.finish else None),
        (Column("travel_min", "travel_min", _("Travel min"), "", Kind.NUMBER, 0), minutes("travel_s")),
        (Column("door_min", "door_min", _("At the doors min"), "", Kind.NUMBER, 0), minutes("service_s")),
        (Column("waiting_min", "waiting_min", _("Waiting min"), "", Kind.NUMBER, 0), minutes("waiting_s")),
        (Column("uplift", "uplift", _("Expected uplift ({currency})").format(currency=currency),
                _("What the visits are expected to bring that would not have come anyway."), Kind.NUMBER, 0),
         lambda one: one.efficiency.get("value")),
    ]  # fmt: skip
    return sheet(_("Routes"), of.view.routes, columns)


def stops(of: Taken) -> TableSheet:
    """Give a row a stop, in the order of days, crews and routes."""
    unit, currency = 10 ** get_currency_precision(of.view.currency), of.view.currency
    rows: list[tuple[RouteView, StopView]] = [(route, stop) for route in of.view.routes for stop in route.stops]
    columns: list[tuple[Column, Get]] = [
        (Column("day", "day", _("Day"), "", Kind.DAY), lambda one: one[0].day),
        (text("crew", _("Crew")), lambda one: one[0].crew_name),
        (Column("number", "number", "#", _("The place in the route, as on the map and the route sheet."), Kind.COUNT),
         lambda one: one[1].number),
        (text("debtor_id", _("Debtor id")), lambda one: one[1].debtor_id),
        *who(of, lambda one: one[1].name),
        (moment("begins_at", _("At the door")), lambda one: wall_clock(of, one[1].begins_at)),
        (moment("leaves_at", _("Leaves")), lambda one: wall_clock(of, one[1].leaves_at)),
        (moment("opens_at", _("May begin from"),
                _("The window in which the rules and the debtor's wishes let the visit begin.")),
         lambda one: wall_clock(of, one[1].opens_at)),
        (moment("closes_at", _("May begin until")), lambda one: wall_clock(of, one[1].closes_at)),
        (text("place", _("Place")), lambda one: word(PLACE_KINDS, one[1].place_kind)),
        *address(of),
        (text("district", _("District")), lambda one: of.district(one[1])),
        (text("bucket", _("Bucket")), lambda one: word(BUCKETS, one[1].bucket)),
        (Column("overdue", "overdue", _("Overdue ({currency})").format(currency=currency), "", Kind.NUMBER, 2),
         lambda one: one[1].overdue_minor / unit),
        (Column("uplift", "uplift", _("Expected uplift ({currency})").format(currency=currency), "", Kind.NUMBER, 0),
         lambda one: one[1].value_minor / unit),
        (text("required", _("Why it must be made")),
         lambda one: required_reason(one[1].required_reason) if one[1].required else ""),
        (text("shift", _("Shift")), lambda one: one[0].shift_id),
    ]  # fmt: skip
    return sheet(_("Stops"), rows, columns)


def who(of: Taken, get: Get) -> list[tuple[Column, Get]]:
    """Give the column of names, only for who sees any."""
    named = any(stop.name for route in of.view.routes for stop in route.stops) or any(
        one.name for one in of.view.left_out
    )
    return [(text("name", _("Debtor")), get)] if named else []


def address(of: Taken) -> list[tuple[Column, Get]]:
    """Give the column of addresses, only for who sees any."""
    found = of.addresses
    return [(text("address", _("Address")), lambda one: found.get(one[1].place_id, ""))] if found else []


def left_out(of: Taken) -> TableSheet:
    """Give a row a debtor who is not visited: why, and what can be done."""
    unit, currency, names = 10 ** get_currency_precision(of.view.currency), of.view.currency, called(of.view)
    columns: list[tuple[Column, Get]] = [
        (text("debtor_id", _("Debtor id")), lambda one: one.debtor_id),
        *who(of, lambda one: one.name),
        (text("reason", _("Why")), why),
        (text("detail", _("In detail")), lambda one: said(one.detail, names)),
        (text("action", _("What can be done")), lambda one: said(one.action, names)),
        (text("article", _("Article")), lambda one: article_words(one.article)),
        (text("bucket", _("Bucket")), lambda one: word(BUCKETS, one.bucket)),
        (Column("overdue", "overdue", _("Overdue ({currency})").format(currency=currency), "", Kind.NUMBER, 2),
         lambda one: one.overdue_minor / unit),
        (Column("worth", "worth", _("Worth up to ({currency})").format(currency=currency),
                _("The best visit to him that the rules permit; empty where none is."), Kind.NUMBER, 0),
         lambda one: one.value_minor / unit if one.value_minor > 0 else None),
    ]  # fmt: skip
    return sheet(_("Left out"), of.view.left_out, columns)


def clock_sheet(of: Taken, clocks: pd.DataFrame | None) -> TableSheet:
    """Give a row a clock that lapses soon, with the cheapest act that is enough and the visit in this plan."""
    planned = {stop.debtor_id: route for route in of.view.routes for stop in route.stops}
    unit, currency = 10 ** get_currency_precision(of.view.currency), of.view.currency
    rows = [] if clocks is None else clocks.to_dict("records")
    columns: list[tuple[Column, Get]] = [
        (text("debtor_id", _("Debtor id")), lambda one: one["debtor_id"]),
        *who(of, lambda one: one["name"]),
        (text("case", _("Case")), lambda one: one["case_id"]),
        (text("clock", _("Clock"), _("Limitation period of the claim, or guarantee period: two separate ones.")),
         lambda one: word(CLOCKS, one["kind"])),
        (Column("ends_on", "ends_on", _("Last day"), "", Kind.DAY), lambda one: day_of(one["ends_on"])),
        (text("act", _("Cheapest act that is enough")), lambda one: word(ACTS, one["cheapest_act"])),
        (text("why", _("Why none cheaper")), lambda one: why_words(one["why"], one["barred_by"])),
        (Column("overdue", "overdue", _("Overdue ({currency})").format(currency=currency), "", Kind.NUMBER, 2),
         lambda one: one["overdue_minor"] / unit),
        (Column("visit_on", "visit_on", _("Visit in this plan"), "", Kind.DAY),
         lambda one: planned[one["debtor_id"]].day if one["debtor_id"] in planned else None),
        (text("visit_crew", _("Crew")),
         lambda one: planned[one["debtor_id"]].crew_name if one["debtor_id"] in planned else ""),
    ]  # fmt: skip
    return sheet(_("Clocks"), rows, columns)


def day_of(value: Any) -> Any:
    """Give a day as a cell holds it, None where it is unknown."""
    return None if pd.isna(value) else pd.Timestamp(value).to_pydatetime()
