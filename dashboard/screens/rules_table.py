"""A rule pack as a table that a lawyer can read: what it says, by which article, in force since when, how sure."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Any

import pandas as pd
import streamlit as st

from config.rules import load_pack
from config.strict import BadConfig
from dashboard import formats
from dashboard.screens.debtor_card import plain
from dashboard.text import N_, _, joined, n_
from dashboard.text.articles import article_words
from dashboard.text.findings import HOLDS
from dashboard.text.sentences import said
from dashboard.text.words import PLACE_KINDS, word
from planner.domain import Branch
from planner.rules.catalog import CATALOG, Kept
from planner.rules.pack import Hours, RulePack, Term

TABLE_PX = 520
Line = tuple[str, str, Term[Any]]
KEPT = {
    Kept.WINDOWS: N_("the search is offered no such window"),
    Kept.CREWS: N_("the crew is kept out"),
    Kept.SKILLS: N_("only crews with the skill"),
    Kept.TOLD: N_("told to the crew with the stop"),
}
RULE_WORDS = {
    "place_located": N_("Only places on the map are visited."),
    "hold": N_("A hold removes the stop while it lasts."),
    "outcome_hold": N_("What a crew reported holds until somebody has decided."),
    "limitation_expired": N_("No optional visit where every limitation period has passed."),
    "place_kind": N_("Only kinds of place that are allowed are visited."),
    "unsafe": N_("A place left as unsafe needs an approval first."),
    "no_contact": N_("After visits in a row that met nobody another channel comes first."),
    "frequency": N_("Not more visits within so many days; a plan visits nobody twice."),
    "accommodation": N_("Weekdays, dates and hours that a debtor asked for are respected."),
    "third_party": N_("An agency keeps to its contract; whom the list gave to it is visited by no other."),
    "holiday": N_("No visits on holidays, those of an area in that area."),
    "hours": N_("A visit begins and ends inside the permitted hours."),
    "not_past": N_("Nothing is planned for what is over."),
    "crew_size": N_("So many collectors go together, no fewer and no more."),
    "skills": N_("Language, interpreter and visitor as asked for: only a crew that can."),
    "duties": N_("Not entering the home, or an accessible place: the crew is told."),
}


def show(branch: Branch) -> None:
    """Show the branch's rule pack, and how each rule is kept twice."""
    try:
        pack = load_pack(branch.rule_pack)
    except BadConfig as error:
        st.error(
            _("The rule pack cannot be used until its file is corrected: {why}").format(why=plain(str(error))),
            icon=":material/error:",
        )
        return
    st.markdown(f"**{plain(pack.title)}** · " + _("version {version}").format(version=pack.version))
    edit = _("A plan names the version it was made under. Edit config/rules/{code}.toml; docs/rules.md explains it.")
    st.caption(joined(edit.format(code=pack.code), _("None of this is legal advice.")))
    rows = [
        (about, says, article_words(term.article), term.in_force, term.confidence) for about, says, term in lines(pack)
    ]
    st.dataframe(
        pd.DataFrame(rows, columns=["about", "says", "article", "since", "confidence"]),
        height=TABLE_PX,
        hide_index=True,
        column_config={
            "about": st.column_config.TextColumn(_("About"), width=170),
            "says": st.column_config.TextColumn(_("What the pack says"), width=360),
            "article": st.column_config.TextColumn(_("Article"), width=470),
            "since": st.column_config.DateColumn(_("In force"), format="YYYY-MM-DD", width=96),
            "confidence": st.column_config.TextColumn(
                _("Confidence"),
                help=_("H primary text read, M several secondary sources, L one source or an engineering default"),
                width=90,
            ),
        },
    )
    with st.expander(_("Every rule is kept twice: by the search, and by the audit of the finished plan")):
        table = [
            {"rule": _(RULE_WORDS[one.name]), "kept": _(KEPT[one.kept]), "audit": _("every stop is read again")}
            for one in CATALOG
        ]
        st.dataframe(
            pd.DataFrame(table),
            hide_index=True,
            column_config={"rule": _("Rule"), "kept": _("In the search"), "audit": _("In the audit")},
        )


def lines(pack: RulePack) -> Iterator[Line]:
    """Give the pack line by line: about what, what it says, and the term with its article."""
    for rule in pack.hours:
        yield _("Hours"), hours(rule.hours.value, rule.weekdays, [str(kind) for kind in rule.places]), rule.hours
    allowance, silent = pack.door_allowance_min, pack.no_contact
    says = _("begins at least {n} min before the hours end").format(n=allowance.value)
    yield _("End of a visit"), says, allowance
    for limit in pack.frequency:
        yield _("Frequency"), times(limit.value.visits, limit.value.days), limit
    says = _("after {n} visits in a row another channel first, for {days} days")
    yield _("Nobody met"), says.format(n=silent.value.visits, days=silent.value.days), silent
    yield _("Crew"), _("at least {n} together").format(n=pack.crew_min.value), pack.crew_min
    yield _("Crew"), _("at most {n} together").format(n=pack.crew_max.value), pack.crew_max
    if pack.day_hours is not None:
        says = _("{n} hours of work a day, breaks left out; more is overtime")
        yield _("Crew"), says.format(n=formats.number(pack.day_hours.value)), pack.day_hours
    if pack.day_hours_most is not None:
        says = _("at most {n} hours of work a day, breaks left out")
        yield _("Crew"), says.format(n=formats.number(pack.day_hours_most.value)), pack.day_hours_most
    for place in pack.places:
        yield _("Place"), place_says(pack, str(place.kind)), place.term
    for hold in pack.holds:
        yield _("Hold"), f"{word(HOLDS, hold.kind)}: {said(hold.action)}", hold.term
    yield _("After the period has passed"), optional(made=pack.visit_when_expired.value), pack.visit_when_expired
    yield _("After an unsafe visit"), optional(made=pack.visit_after_unsafe.value), pack.visit_after_unsafe
    yield from clock_lines(pack)
    yield from holiday_lines(pack)


def clock_lines(pack: RulePack) -> Iterator[Line]:
    """Give what the pack says of the clocks and of what the acts cost."""
    terms = pack.clocks
    yield _("Limitation"), n_("{n} year", "{n} years", terms.limitation_years.value), terms.limitation_years
    yield _("Long stop"), n_("{n} year", "{n} years", terms.long_stop_years.value), terms.long_stop_years
    months = n_("{n} month where nothing is agreed", "{n} months where nothing is agreed", terms.guarantee_months.value)
    yield _("Guarantee"), months, terms.guarantee_months
    yield _("Lapses soon"), n_("within {n} day", "within {n} days", terms.soon_days.value), terms.soon_days
    proof = n_("needs {n} day for its proof", "needs {n} days for its proof", terms.letter_days.value)
    yield _("Letter"), proof, terms.letter_days
    if pack.costs is not None:
        yield _("Price of a letter"), formats.money(pack.costs.letter_minor.value), pack.costs.letter_minor
        yield _("Price of a visit"), formats.money(pack.costs.visit_minor.value), pack.costs.visit_minor
        yield _("Price of a suit"), _("by the court's scale"), pack.costs.suit


def holiday_lines(pack: RulePack) -> Iterator[Line]:
    """Give the days off, one line a festival, with the area of a local one."""
    named: dict[tuple[str, frozenset[str]], list[date]] = {}
    terms: dict[tuple[str, frozenset[str]], Term[Any]] = {}
    for one in pack.holidays:
        key = (f"{one.name} {one.on.year}", one.areas)
        named.setdefault(key, []).append(one.on)
        terms[key] = one.term
    for (name, areas), days in named.items():
        first, last = formats.day(min(days)), formats.day(max(days))
        span = first if len(days) == 1 else f"{first} – {last}"
        where = " · " + _("in {areas} only").format(areas=", ".join(sorted(areas))) if areas else ""
        yield _("Local day off") if areas else _("Day off"), f"{name}: {span}{where}", terms[name, areas]


def hours(value: Hours | None, weekdays: frozenset[int], places: list[str]) -> str:
    """Say hours with their weekdays and places."""
    days = _("every day") if len(weekdays) == 7 else weekday_words(weekdays)
    where = _("everywhere") if len(places) == len(PLACE_KINDS) else _(", ").join(word(PLACE_KINDS, p) for p in places)
    when = _("closed") if value is None else f"{value.opens:%H:%M}–{value.closes:%H:%M}"
    return f"{when} · {days} · {where}"


def weekday_words(weekdays: frozenset[int]) -> str:
    """Name weekdays, Monday being 0."""
    monday = date(2024, 1, 1)  # a Monday
    return " ".join(formats.weekday(monday.replace(day=1 + one)) for one in sorted(weekdays))


def times(visits: int, days: int) -> str:
    """Say so many visits in so many days."""
    return _("at most {visits} in {days} days").format(visits=n_("{n} visit", "{n} visits", visits), days=days)


def place_says(pack: RulePack, kind: str) -> str:
    """Say whether and when a kind of place is visited."""
    rule = pack.place(kind)
    name = word(PLACE_KINDS, kind)
    if rule is None or not rule.term.value:
        return _("{place}: not visited").format(place=name)
    if rule.with_guarantee:
        return _("{place}: only where somebody stands surety").format(place=name)
    if rule.only_without:
        others = _(", ").join(word(PLACE_KINDS, str(one)) for one in rule.only_without)
        return _("{place}: only where no {others} is known").format(place=name, others=others)
    return _("{place}: visited").format(place=name)


def optional(*, made: bool) -> str:
    """Say whether optional visits are made."""
    return _("visits are made") if made else _("no optional visit until somebody has decided")
