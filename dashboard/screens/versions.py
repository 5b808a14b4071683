"""Names for the state of the branches' data, so that what was computed is kept exactly until something new is known."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence

from dashboard.services import Services
from planner.domain import Branch, Principal


def data_version(kit: Services, principal: Principal, branches: Sequence[Branch]) -> str:
    """Name the state of the branches' data: an import, an outcome or a hold that is new gives another name."""
    facts: list[str] = []
    for one in branches:
        batches = kit.store.imports(principal, one.code)
        outcomes = kit.store.latest_outcomes(principal, one.code)
        facts += [
            one.code,
            batches[0].result.batch_id if batches else "",
            str(len(outcomes)),
            str(outcomes["recorded_at"].max()) if len(outcomes) else "",
            str(len(kit.store.holds(principal, one.code))),
        ]
    return hashlib.sha256("|".join(facts).encode()).hexdigest()[:16]
