"""Load the numbers behind the value of a visit from ``config/defaults.toml``."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import time
from functools import lru_cache
from pathlib import Path
from types import MappingProxyType
from typing import Any

from config.strict import BadConfig, confidence, day, keys, read_toml, typed
from planner.domain import Bucket, DebtorType, Group, Occupation, OutcomeCode, PlaceKind
from planner.value.parameters import Parameter, Parameters, Slot

DEFAULTS = Path(__file__).parent / "defaults.toml"
FORMAT = "rounds-defaults/1"
FIELDS = ("value", "unit", "confidence", "source", "dated")
UNITS = (
    "share", "multiplier", "minutes", "ratio", "CNY minor", "visits", "km/h", "crew-days", "log-odds", "log ratio",
    "days", "weeks", "debtors", "hours",
)  # fmt: skip
DOOR = (
    "productive", "address_valid", "right_person", "promises", "promise_kept", "signs_notice", "door_share",
    "paid_at_door", "still_pays",
)  # fmt: skip
MINUTES = ("nobody", "third_party", "right_person", "right_person_cv", "access_urban", "access_rural")
TRAVEL = ("day_cv", "leg_cv")
MONEY = ("visit_cost", "long_run_recovery", "mean_card_balance")
CAPACITY = ("visits_per_day_urban", "visits_per_day_rural")
OUTLOOK = ("walking_kmh", "parking", "sweep_share", "sweep_crew_days", "day_trip")
CHANNELS = ("phone_effect", "phone_cost", "letter_effect", "letter_cost", "letter_proved", "agency_effect")
LOAD = ("load_tolerance", "load_price", "load_memory")
PACK = ("pack_hours",)
TIMES = (
    "shortest_visit", "longest_visit", "entered_at_once", "shortest_leg", "contact_spread", "ground_spread",
    "level_spread", "hour_spread",
)  # fmt: skip
LEARNING = (
    "prior_weight", "class_spread", "unsourced_spread", "window_spread", "interval", "local_visits_needed",
    "promise_grace", "promise_part", "paid_up_to", "booked_within", "follow_up", "least_compared", "recent_weeks",
    "drift_alarm",
)  # fmt: skip


def load(path: Path = DEFAULTS) -> Parameters:
    """Load the parameters; read once as long as the file stays the same, since every page asks for them.

    Raises
    ------
    BadConfig
        If a key is unknown, missing or of the wrong kind, or a share lies outside 0 to 1; the message names it.
    """
    try:
        state = path.stat()
    except FileNotFoundError:
        raise BadConfig(f"{path.name}: there is no such file") from None
    return _read(path, state.st_mtime_ns, state.st_size)


@lru_cache(maxsize=4)
def _read(path: Path, changed_ns: int, size: int) -> Parameters:  # noqa: ARG001  the file's state is part of the key
    blocks = ["collected_with", "collected_without", "roll_forward", "door", "address", "slots", "contact"]
    blocks += ["minutes", "travel", "money", "capacity", "outlook", "channels", "load", "pack", "learning", "times"]
    top = keys(read_toml(path), ["format", "dated", *blocks], path.name)
    if top["format"] != FORMAT:
        raise BadConfig(f"{path.name}: format {top['format']!r} is unknown; this program reads {FORMAT}")
    address = keys(top["address"], ["by_accuracy", "accuracy_unknown", "after_moved", "after_met"], "address")
    contact = keys(top["contact"], ["flat_occupations", "work_places", "home", "home_flat", "work"], "contact")
    minutes = numbers(top["minutes"], MINUTES, "minutes", beside=["rural_groups"])
    burden = numbers(top["load"], LOAD, "load", beside=["hard_types", "hard_outcomes"])
    slots = tuple(slot(name, one) for name, one in keys(top["slots"], top["slots"], "slots").items())
    names = [one.name for one in slots]
    cover_the_week(slots)
    return Parameters(
        dated=day(top["dated"], "dated"),
        collected_with=by_bucket(top["collected_with"], Bucket, "collected_with"),
        collected_without=by_bucket(top["collected_without"], Bucket, "collected_without"),
        roll_forward=by_bucket(top["roll_forward"], (Bucket.M1, Bucket.M2, Bucket.M3), "roll_forward"),
        **numbers(top["door"], DOOR, "door"),
        address_by_accuracy=steps(address["by_accuracy"], "address.by_accuracy"),
        address_accuracy_unknown=number(address["accuracy_unknown"], "address.accuracy_unknown"),
        address_after_moved=number(address["after_moved"], "address.after_moved"),
        address_after_met=number(address["after_met"], "address.after_met"),
        slots=slots,
        contact_home=MappingProxyType(numbers(contact["home"], names, "contact.home")),
        contact_home_flat=MappingProxyType(numbers(contact["home_flat"], names, "contact.home_flat")),
        contact_work=MappingProxyType(numbers(contact["work"], names, "contact.work")),
        flat_occupations=members(Occupation, contact["flat_occupations"], "contact.flat_occupations"),
        work_places=members(PlaceKind, contact["work_places"], "contact.work_places"),
        minutes_nobody=minutes["nobody"],
        minutes_third_party=minutes["third_party"],
        minutes_right_person=minutes["right_person"],
        minutes_right_person_cv=minutes["right_person_cv"],
        access_urban=minutes["access_urban"],
        access_rural=minutes["access_rural"],
        rural_groups=members(Group, top["minutes"]["rural_groups"], "minutes.rural_groups"),
        **{f"travel_{name}": one for name, one in numbers(top["travel"], TRAVEL, "travel").items()},
        **numbers(top["money"], MONEY, "money"),
        **numbers(top["capacity"], CAPACITY, "capacity"),
        **numbers(top["outlook"], OUTLOOK, "outlook"),
        **numbers(top["channels"], CHANNELS, "channels"),
        **burden,
        hard_types=members(DebtorType, top["load"]["hard_types"], "load.hard_types"),
        hard_outcomes=members(OutcomeCode, top["load"]["hard_outcomes"], "load.hard_outcomes"),
        **numbers(top["pack"], PACK, "pack"),
        **numbers(top["learning"], LEARNING, "learning"),
        **numbers(top["times"], TIMES, "times"),
    )


def number(table: Any, name: str, *, beside: tuple[str, ...] = ()) -> Parameter:
    """Read one number with its range, unit, confidence and source."""
    keys(table, [*FIELDS, *beside], name, optional=["low", "high"])
    value, low, high = (
        float(typed(table.get(key, float("nan")), (int, float), f"{name}.{key}")) for key in ("value", "low", "high")
    )
    if ("low" in table) != ("high" in table):
        raise BadConfig(f"{name}: low and high come together")
    if "low" in table and not low <= value <= high:
        raise BadConfig(f"{name}: the value {value} lies outside its own range {low} to {high}")
    if table["unit"] not in UNITS:
        raise BadConfig(f"{name}: unit {table['unit']!r} is none of {', '.join(UNITS)}")
    if not value >= 0 or (table["unit"] == "share" and value > 1):
        raise BadConfig(f"{name}: {value} is no {table['unit']}")
    return Parameter(
        name=name,
        value=value,
        low=low,
        high=high,
        unit=table["unit"],
        confidence=confidence(table["confidence"], name),
        source=typed(table["source"], str, f"{name}.source"),
        dated=day(table["dated"], f"{name}.dated"),
    )


def numbers(table: Any, names: Any, where: str, *, beside: Any = ()) -> dict[str, Any]:
    """Read the named numbers of a table."""
    keys(table, [*names, *beside], where)
    return {name: number(table[name], f"{where}.{name}") for name in names}


def by_bucket(table: Any, buckets: Any, where: str) -> Mapping[Bucket, Parameter]:
    """Read one number for each bucket."""
    read = numbers(table, [bucket.value for bucket in buckets], where)
    return MappingProxyType({Bucket(name): one for name, one in read.items()})


def steps(table: Any, where: str) -> tuple[tuple[float, Parameter], ...]:
    """Read a step function of metres."""
    read = tuple(
        (float(one["metres"]), number(one, f"{where} {one['metres']} m", beside=("metres",)))
        for one in typed(table, list, where)
    )
    metres = [step for step, _ in read]
    if not read or metres != sorted(set(metres)):
        raise BadConfig(f"{where}: metres must ascend")
    return read


def members(enum: Any, values: Any, where: str) -> frozenset[Any]:
    """Read words of a vocabulary."""
    try:
        return frozenset(enum(value) for value in typed(values, list, where))
    except ValueError as error:
        raise BadConfig(f"{where}: {error}") from None


def slot(name: str, table: Any) -> Slot:
    """Read one part of the week."""
    where = f"slots.{name}"
    keys(table, ["weekdays", "opens", "closes"], where)
    weekdays = frozenset(typed(table["weekdays"], list, where))
    opens, closes = (clock(table[key], f"{where}.{key}") for key in ("opens", "closes"))
    if not weekdays <= set(range(7)) or opens >= closes:
        raise BadConfig(f"{where}: weekdays are numbers from 0 (Monday) to 6, and opens comes before closes")
    return Slot(name, weekdays, opens, closes)


def clock(value: Any, where: str) -> int:
    """Read a time of day in whole minutes; the end of the day is written as the text 24:00."""
    if value == "24:00":
        return 24 * 60
    at: time = typed(value, time, where)
    return at.hour * 60 + at.minute


def cover_the_week(slots: tuple[Slot, ...]) -> None:
    """Refuse slots that overlap or leave a gap: every time of the week has exactly one."""
    for weekday in range(7):
        spans = sorted((s.opens_min, s.closes_min) for s in slots if weekday in s.weekdays)
        ends = [0, *(closes for _, closes in spans)]
        starts = [*(opens for opens, _ in spans), 24 * 60]
        if ends != starts:
            raise BadConfig(f"slots: weekday {weekday} is not covered exactly once")
