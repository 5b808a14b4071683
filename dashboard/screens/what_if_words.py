"""What a scenario changes, and what adopting it would need, in the reader's words."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from dashboard import formats
from dashboard.text import N_, _, n_
from planner.adoption import DEFAULTS
from planner.scenarios.adopt import CREW, HOURS, MODEL, SHIFT, START, Lack
from planner.scenarios.scenario import Scenario

WEEKDAYS = (N_("Mon"), N_("Tue"), N_("Wed"), N_("Thu"), N_("Fri"), N_("Sat"), N_("Sun"))
LACKS: Mapping[str, str] = {
    CREW: N_("one more crew ({names})"),
    SHIFT: N_("shifts that are not entered: {names}"),
    HOURS: N_("longer hours of the shifts {names}"),
    START: N_("another start place of {names}"),
    MODEL: N_("another value model than the one in use: {names}"),
}


def changes(one: Scenario, crews: Mapping[str, str], places: Mapping[tuple[float, float], str]) -> list[str]:
    """Say what a scenario changes, one short phrase each; ``crews`` and ``places`` name what it knows by id or spot."""

    def named(crew: str) -> str:
        return crews.get(crew, crew)

    told = [_("without {crew}").format(crew=named(crew)) for crew in one.crews_off]
    if one.crew_more:
        told.append(_("one more crew like {crew}").format(crew=named(one.crew_more)))
    if one.evening_like:
        days = "–".join(_(WEEKDAYS[day]) for day in one.evening_days) if len(one.evening_days) == 1 else ""
        if len(one.evening_days) > 1:
            days = _(", ").join(_(WEEKDAYS[day]) for day in one.evening_days)
        hours = "–".join(f"{at // 3600:02d}:{at // 60 % 60:02d}" for at in one.evening_s)
        text = _("a crew like {crew} in the evening, {days} {hours}")
        told.append(text.format(crew=named(one.evening_like), days=days or _("every working day"), hours=hours))
    if one.ends_min > 0:
        told.append(_("every shift ends {n} min later").format(n=one.ends_min))
    if one.ends_min < 0:
        told.append(_("every shift ends {n} min earlier").format(n=-one.ends_min))
    if one.start_crew:
        spot = places.get((one.start_lon, one.start_lat), f"{one.start_lat:.4f}, {one.start_lon:.4f}")
        told.append(_("{crew} starts and ends in {place}").format(crew=named(one.start_crew), place=spot))
    if one.rule_pack:
        told.append(_("rule pack {pack}").format(pack=one.rule_pack))
    if one.model:
        told.append(_("value model {model}").format(model=model_words(one.model)))
    if one.field_hours is not None:
        told.append(_("at most {n} field hours").format(n=formats.number(one.field_hours)))
    if one.certainty is not None:
        told.append(in_time(one.certainty or None))
    if one.anew:
        told.append(_("all anew"))
    return told or [_("nothing changed")]


def in_time(sure: float | None) -> str:
    """Say how surely routes end in their shifts.

    >>> in_time(0.85), in_time(None)
    ('in time: 85%', 'in time: as it comes')
    """
    return _("in time: {share}").format(share=_("as it comes") if sure is None else formats.percent(sure))


def model_words(name: str) -> str:
    """Name a value model."""
    return _("defaults") if name in ("", DEFAULTS) else name


def lack_words(lacking: Sequence[Lack], crews: Mapping[str, str]) -> list[str]:
    """Say what a branch must have before a draft can be published; a kind with many is counted, not listed."""
    by_kind: dict[str, list[str]] = {}
    for one in lacking:
        named = model_words(one.which) if one.kind == MODEL else crews.get(one.which, one.which)
        if one.kind == CREW and (like := crews.get(one.which.split("+")[0])):
            named = _("like {crew}").format(crew=like)
        by_kind.setdefault(one.kind, []).append(named)
    told = []
    for kind, names in by_kind.items():
        said = _(", ").join(names) if len(names) <= 3 else n_("{n} shift", "{n} shifts", len(names))
        told.append(_(LACKS[kind]).format(names=said))
    return told
