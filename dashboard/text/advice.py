"""The playbook's advice for a stop, in the reader's language; the file is read as it is now, so that an edit shows."""

from __future__ import annotations

from functools import lru_cache

from config.playbook import PLAYBOOK, load_playbook
from config.strict import BadConfig
from dashboard.text import current_language
from planner.domain import Bucket
from planner.rules.playbook import Advice, Playbook, Words, advise
from planner.view import DayStop
from planner.view.debtor import DebtorView


@lru_cache(maxsize=2)
def _read(_changed: tuple[int, int]) -> Playbook:
    return load_playbook(PLAYBOOK)


def playbook() -> Playbook:
    """Give the playbook in force.

    Raises
    ------
    config.strict.BadConfig
        If the file cannot be used; the message says which line of it and why.
    """
    try:
        file = PLAYBOOK.stat()
    except FileNotFoundError:
        raise BadConfig(f"{PLAYBOOK.name}: there is no such file") from None
    return _read((file.st_mtime_ns, file.st_size))


def advice_for(view: DebtorView) -> Advice | None:
    """Give the advice for a debtor; None while the playbook cannot be read."""
    facts = view.facts
    try:
        book = playbook()
    except BadConfig:
        return None
    return advise(
        book,
        debtor_type=str(facts["debtor_type"]),
        bucket=str(facts["bucket"]) or Bucket.M1,
        group=str(facts["group"]),
        guaranteed=facts["guarantee"] in ("joint", "ordinary"),
        required_reason=view.required_reason,
        expired=view.expired,
        days_past_due=int(facts["days_past_due"]),
    )


def advice_of(stop: DayStop) -> Advice | None:
    """Give the advice for a stop; None while the playbook cannot be read, so that nobody stands without the day."""
    try:
        book = playbook()
    except BadConfig:
        return None
    return advise(
        book,
        debtor_type=stop.debtor_type,
        bucket=stop.bucket or Bucket.M1,
        group=stop.group,
        guaranteed=stop.guaranteed,
        required_reason=stop.required_reason,
        expired=stop.expired,
        days_past_due=stop.days_past_due,
    )


def told(words: Words) -> str:
    """Give a text of the playbook in the reader's language."""
    return words.said(current_language())
