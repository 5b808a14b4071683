"""What the cached views of a page are kept by: the state of the data they are made from."""

from __future__ import annotations

from collections.abc import Sequence

from dashboard.services import Services
from planner.domain import Branch, Principal
from planner.view import sums


def data_version(kit: Services, principal: Principal, branches: Sequence[Branch]) -> str:
    """Name the state of the branches' data: every write to it gives another name."""
    return "|".join(f"{one.code} {sums.state(kit.store, principal, one)}" for one in branches)
