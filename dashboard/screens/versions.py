"""What the cached views of a page are kept by: the state of the data they are made from."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from dashboard.services import Services
from planner.domain import Branch, Principal
from planner.view import sums

#: What takes seconds to add up is added up so often while crews record: else it would be for each of their visits.
FIELD_MIN = 10


def data_version(
    kit: Services, principal: Principal, branches: Sequence[Branch], *, field_until: datetime | None = None
) -> str:
    """Name the state of the branches' data: every write to it gives another name, in the field until that moment."""
    return "|".join(f"{one.code} {sums.state(kit.store, principal, one, field_until=field_until)}" for one in branches)


def counted_until(now: datetime) -> datetime:
    """Give until when visits are counted in what takes seconds to add up."""
    return now.replace(minute=now.minute // FIELD_MIN * FIELD_MIN, second=0, microsecond=0)
