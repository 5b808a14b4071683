"""Load a rule pack from ``config/rules/CODE.toml``."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping
from datetime import date, time
from pathlib import Path
from types import MappingProxyType
from typing import Any

from config.strict import BadConfig, confidence, day, keys, read_toml, typed
from planner.domain import Branch, HoldKind, OutcomeCode, PlaceKind
from planner.rules.pack import (
    ActCosts,
    ClockTerms,
    Count,
    FeeStep,
    HoldRule,
    Holiday,
    Hours,
    HoursRule,
    PlaceRule,
    RulePack,
    Term,
)

FOLDER = Path(__file__).parent / "rules"
FORMAT = "rounds-rules/1"
WHY = ("article", "in_force", "confidence")
#: so many signs tell two contents apart
DIGEST = 8
TOP = ("format", "code", "title", "dated", "hours", "visits", "crew", "places", "holds", "outcome_holds", "clocks")


def packs(folder: Path = FOLDER) -> tuple[str, ...]:
    """Give the codes of the packs that there are."""
    return tuple(sorted(path.stem for path in folder.glob("*.toml")))


def branch_clocks(branch: Branch) -> ClockTerms:
    """Give what the branch's rule pack says of limitation and guarantee.

    Raises
    ------
    BadConfig
        As ``load_pack``.
    """
    return load_pack(branch.rule_pack).clocks


def load_pack(code: str, folder: Path = FOLDER) -> RulePack:
    """Load one jurisdiction's rules.

    Raises
    ------
    BadConfig
        If there is no such pack, or a key is unknown, missing or of the wrong kind; the message names it.
    """
    if not re.fullmatch(r"[A-Z]{2}(-[A-Z0-9]+)?", code):
        raise BadConfig(f"{code!r} is not the code of a rule pack")
    path = folder / f"{code}.toml"
    top = keys(read_toml(path), TOP, path.name, optional=["holidays", "areas", "costs"])
    if top["format"] != FORMAT:
        raise BadConfig(f"{path.name}: format {top['format']!r} is unknown; this program reads {FORMAT}")
    if top["code"] != code:
        raise BadConfig(f"{path.name}: holds the pack {top['code']!r}")
    tags = areas(top.get("areas", {}), f"{path.name} areas")
    visits = keys(
        top["visits"],
        ["door_allowance_min", "frequency", "no_contact", "when_expired", "after_unsafe"],
        f"{path.name} visits",
    )
    crew = keys(top["crew"], ["min", "max"], f"{path.name} crew", optional=["day_hours", "day_hours_most"])
    return RulePack(
        code=code,
        title=typed(top["title"], str, f"{path.name} title"),
        dated=day(top["dated"], f"{path.name} dated"),
        hours=tuple(hours_rule(one, f"{path.name} hours") for one in typed(top["hours"], list, f"{path.name} hours")),
        door_allowance_min=term(visits["door_allowance_min"], int, f"{path.name} visits.door_allowance_min"),
        frequency=tuple(count(one, f"{path.name} visits.frequency") for one in visits["frequency"]),
        no_contact=count(visits["no_contact"], f"{path.name} visits.no_contact"),
        crew_min=term(crew["min"], int, f"{path.name} crew.min"),
        crew_max=term(crew["max"], int, f"{path.name} crew.max"),
        holds=tuple(hold_rule(kind, one, f"{path.name} holds.{kind}") for kind, one in top["holds"].items()),
        outcome_holds=outcome_holds(top["outcome_holds"], f"{path.name} outcome_holds"),
        places=tuple(place_rule(kind, one, f"{path.name} places.{kind}") for kind, one in top["places"].items()),
        holidays=tuple(
            holiday
            for number, block in enumerate(top.get("holidays", []), start=1)
            for holiday in holidays(block, tags, f"{path.name} holidays {number}")
        ),
        visit_when_expired=term(visits["when_expired"], bool, f"{path.name} visits.when_expired"),
        visit_after_unsafe=term(visits["after_unsafe"], bool, f"{path.name} visits.after_unsafe"),
        clocks=clock_terms(top["clocks"], f"{path.name} clocks"),
        costs=act_costs(top["costs"], f"{path.name} costs") if "costs" in top else None,
        day_hours=hours_of_work(crew, "day_hours", path.name),
        day_hours_most=hours_of_work(crew, "day_hours_most", path.name),
        digest=hashlib.sha256(path.read_bytes()).hexdigest()[:DIGEST],
    )


def why(table: Mapping[str, Any], where: str) -> dict[str, Any]:
    """Read article, date in force and confidence."""
    return {
        "article": typed(table["article"], str, f"{where}.article"),
        "in_force": day(table["in_force"], f"{where}.in_force"),
        "confidence": confidence(table["confidence"], where),
    }


def term(table: Any, kind: type | tuple[type, ...], where: str) -> Term[Any]:
    """Read ``{value, article, in_force, confidence}``."""
    keys(table, ["value", *WHY], where)
    return Term(typed(table["value"], kind, f"{where}.value"), **why(table, where))


def hours_of_work(crew: Mapping[str, Any], name: str, file: str) -> Term[float] | None:
    """Read hours of work in a day; None where the pack does not say."""
    if name not in crew:
        return None
    found: Term[float] = term(crew[name], (int, float), f"{file} crew.{name}")
    if not 0 < found.value <= 24:
        raise BadConfig(f"{file} crew.{name}: {found.value} is no number of hours in a day")
    return found


def count(table: Any, where: str) -> Term[Count]:
    """Read so many visits in so many days."""
    keys(table, ["visits", "days", *WHY], where)
    return Term(Count(typed(table["visits"], int, where), typed(table["days"], int, where)), **why(table, where))


def kinds(values: Any, where: str) -> frozenset[PlaceKind]:
    """Read kinds of place; the word ``all`` stands for every kind."""
    if values == "all":
        return frozenset(PlaceKind)
    return frozenset(member(PlaceKind, value, where) for value in typed(values, list, where))


def member(enum: Any, value: Any, where: str) -> Any:
    """Read a word of a vocabulary."""
    try:
        return enum(value)
    except ValueError:
        raise BadConfig(f"{where}: {value!r} is none of {', '.join(enum)}") from None


def hours_rule(table: Any, where: str) -> HoursRule:
    """Read one rule of hours: opens and closes, or closed = true."""
    keys(table, ["name", "weekdays", "places", *WHY], where, optional=["opens", "closes", "closed"])
    where = f"{where} {table['name']!r}"
    weekdays = frozenset(typed(table["weekdays"], list, where))
    if not weekdays <= set(range(7)):
        raise BadConfig(f"{where}: weekdays are numbers from 0 (Monday) to 6")
    if table.get("closed", False):
        keys(table, ["name", "weekdays", "places", "closed", *WHY], where)
        hours = None
    else:
        keys(table, ["name", "weekdays", "places", "opens", "closes", *WHY], where)
        hours = Hours(typed(table["opens"], time, where), typed(table["closes"], time, where))
        if hours.opens >= hours.closes:
            raise BadConfig(f"{where}: opens must come before closes")
    return HoursRule(
        name=typed(table["name"], str, where),
        weekdays=weekdays,
        places=kinds(table["places"], where),
        hours=Term(hours, **why(table, where)),
    )


def hold_rule(kind: str, table: Any, where: str) -> HoldRule:
    """Read one kind of hold that removes a stop."""
    keys(table, ["action", *WHY], where)
    action = typed(table["action"], str, where)
    return HoldRule(member(HoldKind, kind, where), action, Term(True, **why(table, where)))


def outcome_holds(table: Any, where: str) -> Mapping[OutcomeCode, HoldKind]:
    """Read which outcomes act as which hold."""
    return MappingProxyType(
        {member(OutcomeCode, code, where): member(HoldKind, kind, where) for code, kind in table.items()}
    )


def place_rule(kind: str, table: Any, where: str) -> PlaceRule:
    """Read whether a kind of place may be visited."""
    keys(table, ["allowed", *WHY], where, optional=["with_guarantee", "only_without"])
    return PlaceRule(
        member(PlaceKind, kind, where),
        bool(typed(table.get("with_guarantee", False), bool, where)),
        kinds(table.get("only_without", []), where),
        Term(typed(table["allowed"], bool, where), **why(table, where)),
    )


def areas(table: Any, where: str) -> Mapping[str, frozenset[str]]:
    """Read what names of the pack's own stand for: a tag, then codes and names of districts."""
    return {
        tag: frozenset(typed(one, str, f"{where}.{tag}") for one in typed(words, list, f"{where}.{tag}"))
        for tag, words in typed(table, dict, where).items()
    }


def holidays(table: Any, tags: Mapping[str, frozenset[str]], where: str) -> list[Holiday]:
    """Read a calendar's days without visits: everywhere, or in its areas."""
    keys(table, ["days", *WHY], where, optional=["areas"])
    named = [typed(one, str, f"{where}.areas") for one in typed(table.get("areas", []), list, f"{where}.areas")]
    if "areas" in table and not named:
        raise BadConfig(f"{where}.areas: name an area, or leave the key out for a day off everywhere")
    where_off = frozenset[str]().union(*(tags.get(one, frozenset({one})) for one in named))
    shared = Term(True, **why(table, where))
    read: list[Holiday] = []
    for name, days in table["days"].items():
        for text in days:
            try:
                read.append(Holiday(date.fromisoformat(text), name, shared, where_off))
            except (TypeError, ValueError):
                raise BadConfig(f"{where}: {text!r} is not a date such as '2027-01-01'") from None
    return read


def clock_terms(table: Any, where: str) -> ClockTerms:
    """Read how long claims and guarantees last."""
    numbers = (
        "limitation_years", "long_stop_years", "guarantee_months", "soon_days", "letter_days",
        "visit_worth_minor", "suit_worth_minor",
    )  # fmt: skip
    keys(table, [*numbers, "interrupting"], where)
    acts = term(table["interrupting"], list, f"{where}.interrupting")
    return ClockTerms(
        **{name: term(table[name], int, f"{where}.{name}") for name in numbers},
        interrupting=Term(frozenset(acts.value), acts.article, acts.in_force, acts.confidence),
    )


def act_costs(table: Any, where: str) -> ActCosts:
    """Read what the acts cost that keep a clock."""
    keys(table, ["letter_minor", "visit_minor", "suit"], where)
    scale = term(table["suit"], list, f"{where}.suit")
    steps = tuple(fee_step(one, f"{where}.suit {number}") for number, one in enumerate(scale.value, start=1))
    above = [one.above_minor for one in steps]
    if not above or above[0] != 0 or above != sorted(set(above)):
        raise BadConfig(f"{where}.suit: the steps ascend from above_minor = 0")
    return ActCosts(
        letter_minor=term(table["letter_minor"], int, f"{where}.letter_minor"),
        visit_minor=term(table["visit_minor"], int, f"{where}.visit_minor"),
        suit=Term(steps, scale.article, scale.in_force, scale.confidence),
    )


def fee_step(table: Any, where: str) -> FeeStep:
    """Read a step of the scale of court fees."""
    keys(table, ["above_minor", "pct", "plus_minor"], where)
    return FeeStep(
        typed(table["above_minor"], int, where),
        float(typed(table["pct"], (int, float), where)),
        typed(table["plus_minor"], int, where),
    )
