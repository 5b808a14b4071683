"""The columns of the regions' files: their names for machines, with units, and what each means in words."""

from __future__ import annotations

from dataclasses import replace

from dashboard import formats
from dashboard.screens.regions_words import FIGURES, UNITS
from dashboard.text import _, joined
from planner.cells import FEWEST
from planner.export import Column, Kind


def district_columns(currency: str, level: str) -> list[Column]:
    """Give the columns of the districts. ``currency`` such as CNY, ``level`` of the intervals such as 80%."""
    unit = currency.lower()
    figures = []
    of = {"per_field_hour_minor": "field_hour", "per_visit_minor": "visit", "per_km2_minor": "inhabited_km2"}
    for one in FIGURES:
        what = f"uplift_{unit}_per_{of[one.column]}"
        span = _("{level} interval").format(level=level)
        figures += [
            Column(one.column, what, _(one.unit), joined(_(one.meaning), _("The past multiplies it.")), Kind.MONEY),
            Column(f"{one.column}_low", f"{what}_low", f"{_(one.unit)}: {_('from')}", span, Kind.MONEY),
            Column(f"{one.column}_high", f"{what}_high", f"{_(one.unit)}: {_('to')}", span, Kind.MONEY),
        ]
    columns = [
        Column("rank", "rank", "#", _("Rank per field hour"), Kind.COUNT),
        Column("name", "name", _("District"), "", Kind.TEXT),
        Column("region", "code", _("Code"), "", Kind.TEXT),
        Column(
            "verdict", "verdict", _("Verdict"), _("Whether debtors lie closer together than customers do"), Kind.TEXT
        ),
        *figures,
        Column("debtors", "debtors", _("Debtors"), _("On the lists of these branches"), Kind.COUNT),
        Column("customers", "customers", _("Customers"), _("Known customers who live there"), Kind.COUNT),
        Column(
            "overdue_minor", f"overdue_{unit}", _("Overdue, ¥"), _("Sum over the accounts of these debtors"), Kind.MONEY
        ),
        *visits_columns("uplift_after_minor", f"uplift_{unit}", _("Expected uplift, ¥"), _("The past multiplies it.")),
        Column(
            "travel_hours",
            "travel_hours",
            _("Travel, hours"),
            _("The part of the field hours on the road"),
            Kind.NUMBER,
            1,
        ),
        Column(
            "inhabited_km2",
            "inhabited_km2",
            _("Inhabited km²"),
            _("Cells of 250 m in which a building stands, or a street runs where hardly one is mapped"),
            Kind.NUMBER,
            1,
        ),
        *outlook_columns(unit),
        Column("outcomes", "past_visits", _("Past visits"), _("In the last twelve weeks"), Kind.COUNT),
        Column("actual_minor", f"actual_{unit}", _("Actual, ¥"), _("Paid at the doors of these visits"), Kind.MONEY),
        Column(
            "expected_minor",
            f"expected_{unit}",
            _("Expected, ¥"),
            _("What the model expects of the same visits"),
            Kind.MONEY,
        ),
        Column("ratio", "actual_by_expected", _("Actual ÷ expected"), "", Kind.NUMBER, 2),
        *factor_columns(level),
        Column(
            "assumption",
            "assumption",
            _("Assumption"),
            _("Fewer than 50 past visits stand behind the figures"),
            Kind.FLAG,
        ),
        Column(
            "kept_back",
            "kept_back",
            _("Kept back"),
            _("Some figures are left empty: fewer than {n} debtors or visits").format(n=FEWEST),
            Kind.FLAG,
        ),
    ]
    return headed(columns, currency)


def factor_columns(level: str) -> list[Column]:
    """Give the columns of the factor that the past multiplies the figures by."""
    name, span = _("Factor from the past"), _("{level} interval").format(level=level)
    meaning = _("Actual ÷ expected, estimated and drawn towards all districts; multiplies the figures and the uplift")
    return [
        Column("factor", "factor", name, meaning, Kind.NUMBER, 2),
        Column("factor_low", "factor_low", f"{name}: {_('from')}", span, Kind.NUMBER, 2),
        Column("factor_high", "factor_high", f"{name}: {_('to')}", span, Kind.NUMBER, 2),
    ]


def visits_columns(uplift: str, field: str, heading: str, past: str) -> list[Column]:
    """Give the columns of the visits that may be made; ``uplift`` names the column that holds their uplift."""
    best = _("Best permitted visit to each debtor in the coming days")
    return [
        Column("visits", "visits", _("May be visited"), best, Kind.COUNT),
        Column(uplift, field, heading, best + _(". ") + past, Kind.MONEY),
        Column(
            "field_hours",
            "field_hours",
            _("Field hours"),
            _("Travel and time at the doors of these visits"),
            Kind.NUMBER,
            1,
        ),
    ]


def outlook_columns(unit: str) -> list[Column]:
    """Give the columns of what a crew can expect before any plan."""
    week = _("One crew for a week, before any plan, the best visits first")
    worth = week + _(". ") + _("Before the past is taken into account")
    return [
        Column("advice", "advice", _("How to go there"), week, Kind.TEXT),
        Column("visits_per_crew_day", "visits_per_crew_day", _("Visits a crew-day"), week, Kind.NUMBER, 1),
        Column("minutes_per_visit", "minutes_per_visit", _("Minutes a visit"), week, Kind.NUMBER),
        Column("travel_min", "travel_minutes_per_visit", _("of them on the road"), week, Kind.NUMBER),
        Column(
            "value_per_hour_minor", f"outlook_{unit}_per_field_hour", _("Outlook, ¥ per field hour"), worth, Kind.MONEY
        ),
        Column("value_per_visit_minor", f"outlook_{unit}_per_visit", _("Outlook, ¥ per visit"), worth, Kind.MONEY),
        Column(
            "break_even_visit_minor",
            f"break_even_{unit}_per_visit",
            _("A visit pays from, ¥"),
            _("What its minutes cost the crew"),
            Kind.MONEY,
        ),
        Column(
            "days_now", "crew_days_planned", _("Crew-days planned"), _("In the plan of the coming week"), Kind.NUMBER, 1
        ),
        Column(
            "one_more_minor",
            f"one_crew_day_more_{unit}",
            _("One crew-day more, ¥"),
            _("Expected uplift that it would add") + _(". ") + _("Before the past is taken into account"),
            Kind.MONEY,
        ),
    ]


def headed(columns: list[Column], currency: str) -> list[Column]:
    """Give columns with the branch's currency in their headings, which are written with the yuan's sign."""
    return [replace(one, heading=formats.heading(one.heading, currency)) for one in columns]


def square_columns(currency: str) -> list[Column]:
    """Give the columns of the squares."""
    unit = currency.lower()
    place = _("Tile of a web map: level / column / row")
    before = _("Before the past is taken into account")
    per = (("per_field_hour_minor", "per_field_hour"), ("per_visit_minor", "per_visit"), ("per_km2_minor", "per_km2"))
    columns = [
        Column("level", "level", _("Level"), place, Kind.COUNT),
        Column("column", "tile_column", _("Column"), place, Kind.COUNT),
        Column("row", "tile_row", _("Row"), place, Kind.COUNT),
        Column("km2", "km2", "km²", "", Kind.NUMBER, 3),
        Column("debtors", "debtors", _("Debtors"), _("On the lists of these branches"), Kind.COUNT),
        Column("customers", "customers", _("Customers"), _("Known customers who live there"), Kind.COUNT),
        Column(
            "overdue_minor", f"overdue_{unit}", _("Overdue, ¥"), _("Sum over the accounts of these debtors"), Kind.MONEY
        ),
        *visits_columns("uplift_minor", f"uplift_{unit}_before_past", _("Expected uplift before the past, ¥"), before),
        *(Column(name, f"uplift_{unit}_{of}_before_past", _(UNITS[name]), before, Kind.MONEY) for name, of in per),
        Column("debtors_per_100", "debtors_per_100_customers", _("Debtors per 100 customers"), "", Kind.NUMBER, 1),
    ]
    return headed(columns, currency)
