"""The form in which a scenario is put together: crews, hours, start places, rules, value model, budget of hours."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

import shapely
import streamlit as st

from config.rules import packs
from config.what_if import WhatIfTerms
from dashboard import formats
from dashboard.screens import certainty
from dashboard.screens.what_if_words import WEEKDAYS, changes, model_words
from dashboard.services import Services
from dashboard.text import LANGUAGES, _, current_language, distinct, speaking
from planner.adoption import DEFAULTS, adoptions
from planner.domain import Branch, Principal
from planner.scenarios.scenario import Scenario

#: by so many steps a shift can end earlier or later
HOURS_STEPS = 2
#: among chances to end in time: as the plan beside; where None is chosen a list may stand empty
AS_BESIDE = -1.0


@dataclass(frozen=True)
class Choices:
    """What can be chosen from: crews' names by id, names of spots (lon, lat) by language, packs and models."""

    crews: Mapping[str, str]
    named: Mapping[str, Mapping[tuple[float, float], str]]
    packs: tuple[str, ...]
    models: tuple[str, ...]

    @property
    def places(self) -> Mapping[tuple[float, float], str]:
        """Give the names by spot in the reader's language."""
        return self.named.get(current_language(), {})

    @property
    def spots(self) -> dict[str, tuple[float, float]]:
        """Give the spots by name in the reader's language."""
        return {name: spot for spot, name in self.places.items()}


def choices(kit: Services, principal: Principal, branch: Branch) -> Choices:
    """Read what can be chosen from."""
    districts = kit.store.regions(principal, branch.road_region)
    named: dict[str, dict[tuple[float, float], str]] = {one: {} for one in LANGUAGES}
    for row in districts.to_dict("records"):
        middle = shapely.from_geojson(str(row["geojson"])).representative_point()
        for one in LANGUAGES:
            named[one][(round(middle.x, 5), round(middle.y, 5))] = str(row[f"name_{one}"])
    models = tuple(dict.fromkeys(one.name for one in adoptions(kit.store, principal, branch.code) if one.text))
    return Choices(
        crews=distinct({one.crew_id: one.name for one in kit.store.crews(principal, branch.code)}),
        named=named,
        packs=tuple(code for code in packs() if code != branch.rule_pack),
        models=tuple(dict.fromkeys((DEFAULTS, *models))),
    )


def ask(of: Choices, terms: WhatIfTerms, *, beside: float | None, known: bool, busy: bool) -> Scenario | None:
    """Show the form; give the scenario once it is sent, None until then.

    ``beside`` is how surely the plan is made that it will stand beside; ``known``: crews have a plan of the week.
    """
    none = _("as it is")

    def crew(code: str) -> str:
        return of.crews.get(code, none)

    with st.form("what if", border=True):
        crews, hours, place, basis = st.columns(4, gap="medium")
        with crews:
            off = st.multiselect(_("Crews off"), list(of.crews), format_func=crew, placeholder=_("nobody"))
            more = st.selectbox(_("One more crew like"), ["", *of.crews], format_func=crew)
        with hours:
            step = terms.shorter_min.value
            steps = [step * k for k in range(-HOURS_STEPS, HOURS_STEPS + 1)]
            ends = st.select_slider(
                _("Every shift ends later by, min (− is earlier)"), steps, value=0, format_func=lambda n: f"{n:+d}"
            )
            evening = st.selectbox(_("Evening crew like"), ["", *of.crews], format_func=crew)
        with place:
            moved = st.selectbox(_("This crew starts elsewhere"), ["", *of.crews], format_func=crew)
            spot = st.selectbox(_("Start and end in"), list(of.spots), index=None, placeholder=_("choose a district"))
        with basis:
            pack = st.selectbox(_("Rule pack"), ["", *of.packs], format_func=lambda code: code or none)
            model = st.selectbox(
                _("Value model"), ["", *of.models], format_func=lambda name: model_words(name) if name else none
            )
        # What is chosen stands before the button that sends it.
        widths = [1, 1, 1.4, *([0.8] if known else []), 2.2]
        low, middle, sure, *fresh, high = st.columns(widths, gap="medium", vertical_alignment="bottom")
        with low:
            limit = st.number_input(_("At most field hours"), min_value=0, value=None, placeholder=_("no limit"))
        with middle:
            days = st.multiselect(
                _("Evenings on"),
                range(len(WEEKDAYS)),
                format_func=lambda day: _(WEEKDAYS[day]),
                placeholder=_("every working day"),
            )
        with sure:
            others = [one or 0.0 for one in certainty.CHOICES if one != beside]
            certain = st.selectbox(
                _("Ends in its shift with"), [AS_BESIDE, *others], format_func=lambda one: sure_words(one, beside)
            )
        anew = False
        for column in fresh:
            anew = column.checkbox(
                _("All anew"),
                help=_(
                    "As if nothing were published or settled by hand: most visits change for the crews. Else as much "
                    "stays of what they have as pays; with a limit of field hours or other rules only what was settled "
                    "by hand."
                ),
            )
        with high, st.container(horizontal=True, vertical_alignment="bottom"):
            name = st.text_input(_("Name of the scenario"), max_chars=60, placeholder=_("named after what it changes"))
            sent = st.form_submit_button(
                _("Plan this scenario"), icon=":material/bolt:", type="primary", disabled=busy, width="content"
            )
    if not sent or busy:
        return None
    if bool(moved) != bool(spot):
        st.warning(_("Choose both the crew and the district in which it starts."), icon=":material/info:")
        return None
    found = Scenario(
        name=name.strip(),
        crews_off=tuple(off),
        crew_more=more,
        evening_like=evening,
        evening_days=tuple(sorted(days)) if evening else (),
        evening_s=terms.evening_s if evening else (0, 0),
        ends_min=int(ends),
        start_crew=moved,
        start_lon=of.spots[spot][0] if spot else 0.0,
        start_lat=of.spots[spot][1] if spot else 0.0,
        rule_pack=pack,
        model=model,
        field_hours=None if not limit else float(limit),
        certainty=None if certain == AS_BESIDE else certain,
        anew=anew,
    )
    return found if found.name else replace(found, name=proposed(found, of))


def sure_words(wanted: float, beside: float | None) -> str:
    """Name a choice of how surely routes end in their shifts."""
    sure = beside if wanted == AS_BESIDE else wanted or None
    share = _("as it comes") if sure is None else formats.percent(sure)
    return _("as the week's plan ({share})").format(share=share) if wanted == AS_BESIDE else share


def called(one: Scenario, of: Choices) -> str:
    """Give a scenario's name; one that was named after what it changes, in whatever language, is in the reader's."""
    for language in LANGUAGES:
        with speaking(language):
            if one.name == proposed(one, of):
                break
    else:
        return one.name
    return proposed(one, of)


def proposed(one: Scenario, of: Choices) -> str:
    """Name a scenario after what it changes."""
    if one.plain:
        return _("As it is now")
    said = _(", ").join(changes(one, of.crews, of.places))
    return said[:1].upper() + said[1:60]
