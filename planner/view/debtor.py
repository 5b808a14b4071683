"""One debtor on one page: who, what happened, what clocks run, what a visit is worth, and what is allowed."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, fields
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pandas as pd

from planner.domain import Branch, ClockKind, Principal
from planner.rules.areas import areas_of
from planner.rules.facts import Facts
from planner.rules.pack import RulePack
from planner.store import NotAllowed, Store
from planner.value.clocks import clocks
from planner.value.early import overdue_only
from planner.value.in_time import in_time
from planner.value.learning import Model
from planner.value.parameters import Parameters
from planner.value.payments import payments_of
from planner.value.survey import survey
from planner.value.uplift import addresses_seen
from planner.view.debtor_timeline import Planned, timeline
from planner.view.debtor_value import Allowed, allowed

DAYS_AHEAD = 7
REASONS = {ClockKind.LIMITATION.value: "limitation_lapses", ClockKind.GUARANTEE.value: "guarantee_lapses"}


@dataclass(frozen=True)
class BranchData:
    """A branch's tables as one principal may see them, each as in ``planner.tables``; closed places too."""

    debtors: pd.DataFrame
    types: pd.DataFrame
    accounts: pd.DataFrame
    places: pd.DataFrame
    open_places: frozenset[str]
    contacts: pd.DataFrame
    addresses: pd.DataFrame
    holds: pd.DataFrame
    accommodations: pd.DataFrame
    outcomes: pd.DataFrame
    reviews: pd.DataFrame
    clues: pd.DataFrame
    place_changes: pd.DataFrame


@dataclass(frozen=True)
class Money:
    """How a debtor's accounts stood on each list and what was paid (``tables.ACCOUNT_STATES``, ``tables.PAYMENTS``)."""

    states: pd.DataFrame
    payments: pd.DataFrame


@dataclass(frozen=True)
class DebtorView:
    """Everything the page shows of one debtor.

    ``facts`` is the debtor's row of ``survey.SURVEY``; ``judged`` the row of ``tables.TYPES``; ``places`` has
    ``tables.PLACES`` and ``address``, ``open``, ``corrected_by``, ``seen`` (met, moved, ""); ``events`` the columns of
    ``debtor_timeline.EVENTS``; ``clocks`` those of ``value.clocks.CLOCKS``. ``name`` and ``phone`` are "" for who may
    not see the card. ``respect`` are the accommodations in force, ``held`` the holds in force.
    """

    branch: Branch
    today: date
    facts: dict[str, Any]
    name: str
    phone: str
    judged: dict[str, Any]
    accounts: pd.DataFrame
    places: pd.DataFrame
    clues: pd.DataFrame
    reviews: pd.DataFrame
    place_changes: pd.DataFrame
    holds: pd.DataFrame
    accommodations: pd.DataFrame
    held: pd.DataFrame
    respect: pd.DataFrame
    clocks: pd.DataFrame
    events: pd.DataFrame
    allowed: Allowed
    #: why a visit is required, "" where it is not; and whether every limitation period has passed
    required_reason: str
    expired: bool

    @property
    def debtor_id(self) -> str:
        """Give the debtor's id."""
        return str(self.facts["debtor_id"])


def branch_data(store: Store, principal: Principal, branch: Branch, *, today: date) -> BranchData:
    """Read what a principal may see of a branch; cards only for who may see them."""
    code = branch.code
    types = store.debtor_types(principal, code, on=today)
    return BranchData(
        debtors=store.debtors(principal, code, on=today),
        types=types,
        accounts=store.accounts(principal, code),
        places=store.places(principal, code, closed=True),
        open_places=frozenset(store.places(principal, code)["place_id"]),
        contacts=card(store, principal, code, "contacts"),
        addresses=card(store, principal, code, "addresses"),
        holds=store.holds(principal, code),
        accommodations=store.accommodations(principal, code),
        outcomes=store.latest_outcomes(principal, code),
        reviews=store.reviews(principal, code),
        clues=store.clues(principal, code),
        place_changes=store.place_changes(principal, code),
    )


def debtor_money(
    store: Store,
    principal: Principal,
    branch: Branch,
    debtor_id: str,
    outcomes: pd.DataFrame,
    parameters: Parameters,
) -> Money:
    """Read one debtor's money: a year of lists of the whole branch would take a page many seconds.

    ``outcomes`` as in ``BranchData``.
    """
    states = store.account_states(principal, branch.code, debtor_id=debtor_id)
    days = store.full_days(principal, branch.code)
    mine, zone = of_debtor(outcomes, debtor_id), ZoneInfo(branch.timezone)
    payments = payments_of(states, mine, parameters, zone=zone, days=days)
    return Money(states, payments)


def card(store: Store, principal: Principal, branch: str, name: str) -> pd.DataFrame:
    """Give a table of contact cards, empty for who may not see them."""
    try:
        return pd.DataFrame(getattr(store, name)(principal, branch))
    except NotAllowed:
        return pd.DataFrame(
            {one: pd.Series(dtype="str") for one in ("debtor_id", "place_id", "name", "phone", "address")}
        )


def branch_areas(store: Store, principal: Principal, branch: Branch, pack: RulePack) -> dict[str, frozenset[str]]:
    """Give the districts that the branch's places lie in, as a plan knows them; none where no day is off locally."""
    if not pack.local_holidays:
        return {}
    return areas_of(store.places(principal, branch.code), store.regions(principal, branch.road_region))


def found(data: BranchData, text: str) -> pd.DataFrame:
    """Look debtors up by name, debtor id, case id, or the last digits of a telephone (four at least).

    Returns
    -------
    pandas.DataFrame
        ``debtor_id`` and ``name``, best first: what begins with the text before what holds it.
    """
    needle = text.strip().casefold()
    cases = data.accounts.groupby("debtor_id")["case_id"].agg(" ".join)
    table = data.debtors[["debtor_id"]].merge(data.contacts[["debtor_id", "name", "phone"]], on="debtor_id", how="left")
    table = table.assign(cases=table["debtor_id"].map(cases)).fillna("")
    if not needle:
        return table.loc[[], ["debtor_id", "name"]]
    hit = pd.Series(False, index=table.index)
    first = hit.copy()
    for column in ("name", "debtor_id", "cases"):
        words = table[column].str.casefold()
        hit |= words.str.contains(needle, regex=False)
        first |= words.str.startswith(needle)
    digits = "".join(sign for sign in needle if sign.isdigit())
    if len(digits) >= 4 and digits == needle.replace("-", "").replace(" ", ""):
        ends = table["phone"].str.replace(r"\D", "", regex=True).str.endswith(digits)
        hit, first = hit | ends, first | ends
    ordered = table[hit].assign(first=first[hit]).sort_values(["first", "name"], ascending=[False, True])
    return ordered[["debtor_id", "name"]].reset_index(drop=True)


def debtor_view(
    data: BranchData,
    branch: Branch,
    debtor_id: str,
    pack: RulePack,
    model: Model,
    *,
    planned: Iterable[Planned] = (),
    money: Money | None = None,
    areas: Mapping[str, frozenset[str]] | None = None,
    now: datetime,
) -> DebtorView | None:
    """Give one debtor's page, None where he is not among those whom the principal may see, or owes nothing yet.

    ``areas`` as in ``rules.facts.Facts``: without them the holidays of an area are not known here.
    """
    zone = ZoneInfo(branch.timezone)
    today = now.astimezone(zone).date()
    mine = BranchData(**{one.name: of_debtor(getattr(data, one.name), debtor_id) for one in fields(BranchData)})
    surveyed = survey(mine.debtors, mine.accounts, today=today)
    if surveyed.empty:  # unknown, out of reach, or watched only: nobody is sent there
        return None
    open_places = mine.places[mine.places["place_id"].isin(data.open_places)].reset_index(drop=True)
    seen = addresses_seen(mine.outcomes)
    bad = seen.index[seen == "moved"]
    ticking = clocks(overdue_only(mine.accounts), pack.clocks, today=today, places=open_places, bad_places=bad)
    facts = Facts(
        survey=surveyed,
        places=open_places,
        holds=mine.holds,
        accommodations=mine.accommodations,
        outcomes=mine.outcomes,
        clocks=ticking,
        zone=zone,
        now=now,
        areas=areas or {},
    )
    days = tuple(today + timedelta(days=k) for k in range(DAYS_AHEAD))
    one: dict[str, Any] = {str(key): value for key, value in surveyed.iloc[0].to_dict().items()}
    judged = {str(key): value for key, value in mine.types.iloc[0].to_dict().items()}
    names = mine.contacts.iloc[0] if len(mine.contacts) else {"name": "", "phone": ""}
    due = ticking.loc[ticking["visit_needed"], "kind"]
    limits = ticking.loc[ticking["kind"] == ClockKind.LIMITATION, "state"]
    return DebtorView(
        branch=branch,
        today=today,
        facts=one,
        name=str(names["name"]),
        phone=str(names["phone"]),
        judged=judged,
        accounts=mine.accounts.sort_values("overdue_minor", ascending=False, ignore_index=True),
        places=described(mine, data.open_places, seen),
        clues=mine.clues,
        reviews=mine.reviews,
        place_changes=mine.place_changes,
        holds=mine.holds,
        accommodations=mine.accommodations,
        held=running(mine.holds, "from_on", "until_on", today),
        respect=running(mine.accommodations, "set_on", "expires_on", today),
        clocks=in_time(ticking, facts, pack),
        events=timeline(
            mine.accounts,
            mine.outcomes,
            mine.reviews,
            mine.holds,
            mine.accommodations,
            ticking,
            planned=planned,
            payments=None if money is None else money.payments,
            states=None if money is None else money.states,
            today=today,
            zone=zone,
        ),
        allowed=allowed(facts, pack, model, days=days, zone=zone),
        required_reason=REASONS[due.iloc[0]] if len(due) else "",
        expired=bool(len(limits) and limits.eq("expired").all()),
    )


def of_debtor(table: Any, debtor_id: str) -> Any:
    """Cut a table down to one debtor; what is no table stays as it is."""
    if isinstance(table, pd.DataFrame):
        return table[table["debtor_id"] == debtor_id].reset_index(drop=True)
    return table


def running(table: pd.DataFrame, begins: str, ends: str, today: date) -> pd.DataFrame:
    """Keep what is in force today; an unknown end is none."""
    day = pd.Timestamp(today)
    return table[~(table[begins] > day) & ~(table[ends] < day)].reset_index(drop=True)


def described(mine: BranchData, open_places: frozenset[str], seen: pd.Series) -> pd.DataFrame:
    """Give the places with their written address, whether they are open, who corrected them, and what was found."""
    texts = mine.addresses.drop_duplicates("place_id").set_index("place_id")["address"]
    people = mine.place_changes[mine.place_changes["deed"] != "list"].drop_duplicates("place_id", keep="last")
    by = people.set_index("place_id")["made_by"]
    ids = mine.places["place_id"]
    table = mine.places.assign(
        address=ids.map(texts).astype(object).fillna(""),
        open=ids.isin(open_places),
        corrected_by=ids.map(by).astype(object).fillna(""),
        seen=ids.map(seen).astype(object).fillna(""),
    )
    return table.sort_values(["open", "kind", "place_id"], ascending=[False, True, True], ignore_index=True)
