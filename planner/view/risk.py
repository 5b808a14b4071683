"""Risk over a period as the page shows it: successive lists of some branches, ready to be cut by region and product."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pandas as pd

from planner.domain import Branch, Principal
from planner.portfolio import THRESHOLDS, moves, spells
from planner.portfolio.moves import windows
from planner.store import ListDay, Store
from planner.tables import ACCOUNT_STATES, empty

#: Lists older than this are not read: twelve months, and a month to pair the oldest with.
READ_DAYS = 400
#: the setting in which a branch keeps its outstanding principal by product: {"as_of": "2026-11-30", "products": {…}}
BOOK = "book_principal"


@dataclass(frozen=True)
class Book:
    """Outstanding principal (minor units) by product of all branches shown, as of the oldest day that was entered."""

    as_of: date
    products: Mapping[str, int]

    @property
    def whole(self) -> int:
        """Give the principal of all products."""
        return sum(self.products.values())


@dataclass(frozen=True)
class RiskView:
    """What successive full lists tell of some branches.

    ``lists`` are the days of lists by branch, partial ones too; ``now`` and ``earlier`` (``ACCOUNT_STATES``) how the
    accounts stand on each branch's newest full list and stood about a month before, ``earlier`` empty without one;
    ``moves`` (``portfolio.MOVES``) and ``spells`` (``portfolio.SPELLS``) where they went; ``districts`` code,
    ``name_zh``, ``name_en``; ``book`` None unless every branch has entered it. With ``fewest`` a part that is about
    some but fewer debtors is empty, for whom no row may be told of (``planner.view.sums``), and of a part only amounts
    are told by which, taken from those of the whole, nobody else is known.
    """

    branches: tuple[Branch, ...]
    lists: Mapping[str, tuple[ListDay, ...]]
    now: pd.DataFrame
    earlier: pd.DataFrame
    moves: pd.DataFrame
    spells: pd.DataFrame
    districts: pd.DataFrame
    book: Book | None
    fewest: int = 0
    thresholds: tuple[int, ...] = THRESHOLDS  # days past due of which an amount may be told

    @property
    def currency(self) -> str:
        """Give the currency of the amounts."""
        return self.branches[0].currency

    @property
    def full_days(self) -> tuple[date, ...]:
        """Give the days of which some branch has a full list, oldest first."""
        return tuple(sorted({one.as_of_on for days in self.lists.values() for one in days if one.full}))

    def cut(self, *, region: str = "", product: str = "") -> RiskView:
        """Give the part of one region or product; "" for all."""

        def part(table: pd.DataFrame) -> pd.DataFrame:
            wanted = pd.Series(True, index=table.index)
            for column, value in (("region", region), ("product", product)):
                if value:
                    wanted &= table[column] == value
            return table[wanted & (not self.few(table[wanted]["debtor_id"]))]

        thresholds = self.thresholds
        if self.fewest and region:
            thresholds = self.told_of("region").get(region, ())
        if self.fewest and product:
            kept = self.told_of("product").get(product, ())
            if region:  # beside the other products of the district, and the other districts of the product
                here = self.told_of("product", self.now[self.now["region"] == region]).get(product, ())
                there = self.told_of("region", self.now[self.now["product"] == product]).get(region, ())
                kept = tuple(one for one in kept if one in here and one in there)
            thresholds = tuple(one for one in thresholds if one in kept)
        return replace(
            self,
            thresholds=thresholds,
            now=part(self.now),
            earlier=part(self.earlier),
            moves=part(self.moves),
            spells=part(self.spells),
        )

    def few(self, debtors: pd.Series) -> bool:
        """Say whether so few stand behind a figure that it may not be told; nobody is no secret."""
        return bool(0 < debtors.nunique() < self.fewest)

    def hides(self, states: pd.DataFrame, over_days: int) -> bool:
        """Say whether an amount more than so many days past due, or what is left beside it, is about too few."""
        return bool(self.fewest) and over_days not in self.told(states)

    def told(self, states: pd.DataFrame) -> tuple[int, ...]:
        """Give the thresholds of which an amount may be told, so that no two of them differ by too few debtors.

        Where the debtors between two thresholds would be too few, the lower one is told.
        """
        found: list[int] = []
        for days in self.thresholds:
            late, between = self.beyond(states, days), self.beyond(states, max(found, default=0), days)
            if not (self.few(late) or self.few(between)):
                found.append(days)
        return tuple(found)

    def told_of(self, dimension: str, states: pd.DataFrame | None = None) -> dict[str, tuple[int, ...]]:
        """Give the thresholds that each district or product may tell, so that the rest of the whole tells nobody.

        What all together owe less what the told ones owe is what the others owe: while those are too few, the smallest
        one told is hidden too. A segment that is hidden at a threshold is hidden at the higher ones.
        """
        states = self.now if states is None else states
        parts = {str(name): part for name, part in states[states["days_past_due"] > 0].groupby(dimension)}
        sizes = {name: part["debtor_id"].nunique() for name, part in parts.items()}
        order = sorted(parts, key=lambda name: (sizes[name], name))
        own = {name: self.told(part) for name, part in parts.items()}
        out = [name for name in order if self.few(parts[name]["debtor_id"])]
        found: dict[str, tuple[int, ...]] = dict.fromkeys(parts, ())
        below = 0
        for days in self.told(states):
            out += [name for name in order if name not in out and days not in own[name]]
            while out and len(out) < len(order) and self.tells_rest([parts[one] for one in out], below, days):
                out.append(next(name for name in order if name not in out))
            found |= {name: (*found[name], days) for name in order if name not in out}
            below = days
        return found

    def tells_rest(self, parts: Sequence[pd.DataFrame], below: int, days: int) -> bool:
        """Say whether parts that are hidden are together too few: in all, late, or between two thresholds."""
        rest = pd.concat(list(parts))
        spans = (self.beyond(rest, 0), self.beyond(rest, days), self.beyond(rest, 0, days))
        return any(self.few(one) for one in (*spans, self.beyond(rest, below, days)))

    def beyond(self, states: pd.DataFrame, over_days: int, until: int | None = None) -> pd.Series:
        """Give whose accounts are more than so many days past due, up to another number of days."""
        days = states["days_past_due"]
        late = days > over_days if until is None else (days > over_days) & (days <= until)
        return states.loc[late, "debtor_id"]

    def book_of(self, *, region: str, product: str) -> float | None:
        """Give the outstanding principal of a part of the book; None where it is not known, as of any region."""
        if self.book is None or region:
            return None
        value = self.book.products.get(product) if product else self.book.whole
        return float(value) if value else None


def risk_view(store: Store, principal: Principal, branches: Sequence[Branch], *, now: datetime) -> RiskView:
    """Read the successive lists of the branches.

    Raises
    ------
    planner.store.NotAllowed
        If the principal may not read one of the lists.
    """
    since = now.astimezone(ZoneInfo(branches[0].timezone)).date() - timedelta(days=READ_DAYS)
    parts = [store.account_states(principal, one.code, since=since) for one in branches]
    states = pd.concat([part for part in parts if len(part)] or [empty(ACCOUNT_STATES)], ignore_index=True)
    newest, earlier = [], []
    for _, here in states.groupby("branch"):
        days = [one.date() for one in here["as_of_on"].drop_duplicates()]
        newest.append(here[here["as_of_on"] == pd.Timestamp(max(days))])
        pairs = windows(days, most=1)
        if pairs and pairs[0][1] == max(days):
            earlier.append(here[here["as_of_on"] == pd.Timestamp(pairs[0][0])])
    return RiskView(
        branches=tuple(branches),
        lists={one.code: store.list_days(principal, one.code) for one in branches},
        now=pd.concat(newest, ignore_index=True) if newest else empty(ACCOUNT_STATES),
        # One branch without an earlier list would make the others look as if they had shrunk.
        earlier=pd.concat(earlier, ignore_index=True) if len(earlier) == len(newest) > 0 else empty(ACCOUNT_STATES),
        moves=moves(states),
        spells=spells(states),
        districts=store.regions(principal, branches[0].road_region)[["code", "name_zh", "name_en"]],
        book=read_book([store.setting(principal, one.code, BOOK) for one in branches]),
    )


def read_book(settings: Sequence[Any]) -> Book | None:
    """Add up what the branches have entered; None where one of them has entered nothing.

    >>> one = {"as_of": "2026-10-31", "products": {"card": 100}}
    >>> read_book([one, {"as_of": "2026-11-30", "products": {"card": 50, "mortgage": 7}}]).products
    {'card': 150, 'mortgage': 7}
    >>> read_book([one, None]) is None
    True
    """
    if not settings or not all(settings):
        return None
    products: dict[str, int] = {}
    for one in settings:
        for product, minor in one["products"].items():
            products[product] = products.get(product, 0) + int(minor)
    return Book(min(date.fromisoformat(one["as_of"]) for one in settings), products)
