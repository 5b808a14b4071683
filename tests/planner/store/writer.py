"""A process that records outcomes until it is killed, and says which ones the store has acknowledged."""

from __future__ import annotations

from multiprocessing.connection import Connection
from uuid import uuid4

from planner.store import open_store
from tests.planner.store.factories import HERE, NOW, outcome, outcomes, principal


def write_until_killed(url: str, acknowledged: Connection) -> None:
    store = open_store(url)
    manager = principal()
    while True:
        outcome_id = str(uuid4())
        store.save_outcomes(manager, HERE, outcomes(outcome(outcome_id)), now=NOW)
        acknowledged.send_bytes(outcome_id.encode())
