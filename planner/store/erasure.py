"""A person is taken out of the database; what was counted stays as it was.

Names, phones, addresses, positions, notes, clues, holds and accommodations go. Every id that leads to the person (his
own, his accounts', places', outcomes') is replaced by a random one, everywhere: in tables that are only ever added to,
in the documents of plans, in the audit trail. Amounts, days, codes and districts stay, so that rates and counts are
what they were.
Nobody can find out afterwards who it was, and a file that is sent again does not bring him back: his id is unknown.

What is not here: the geometry of old routes still passes the house (a plan's drawn lines), copies made before hold him
until they are thrown away (docs/store.md), and a cache of travel times beside the database knows positions, no names.
What an online geocoder answered is kept beside it too: whoever keeps it is told the addresses, to forget them.
"""

from __future__ import annotations

import json
import re
import zlib
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import uuid4

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from planner.store import schema
from planner.store.frames import instant
from planner.store.merge import change
from planner.store.packing import json_text

#: rows that go, in this order: an address points to its place
REMOVED = (
    schema.contact, schema.address, schema.hold, schema.accommodation, schema.asset_clue, schema.place_change,
)  # fmt: skip
#: tables whose rows stay: the columns that hold ids of the person, and the texts that are emptied
KEPT: Mapping[str, tuple[tuple[str, ...], tuple[str, ...]]] = {
    "account": (("case_id", "debtor_id"), ("clock_set_by",)),
    "place": (("place_id", "debtor_id"), ()),
    "outcome": (("outcome_id", "debtor_id", "place_id", "replaces"), ("evidence", "note")),
    "account_state": (("case_id", "debtor_id"), ()),
    "review": (("review_id", "debtor_id", "confirms"), ("note",)),
    "listed_type": (("listed_id", "debtor_id"), ()),
}
#: where documents mention ids
TEXTS = {"job": ("request", "progress"), "setting": ("value",), "audit_entry": ("ids",), "import_batch": ("issues",)}
#: an id of so many signs is no word of a sentence
SPOKEN = 8
POSITION = ("lon", "lat", "accuracy_m", "source_lon", "source_lat")


class StillListed(ValueError):
    """The person is on the list: the next one would bring him back."""


def closed_before(connection: Connection, branch: str, before: datetime) -> tuple[str, ...]:
    """Give the debtors whose accounts were all closed before a moment, and of whom nothing was recorded since."""
    debtor, account, outcome = schema.debtor, schema.account, schema.outcome
    theirs = sa.and_(account.c.branch == debtor.c.branch, account.c.debtor_id == debtor.c.debtor_id)
    at = instant(before)
    open_since = sa.or_(account.c.closed_at.is_(None), account.c.closed_at >= at)
    met = sa.and_(outcome.c.branch == debtor.c.branch, outcome.c.debtor_id == debtor.c.debtor_id)
    query = sa.select(debtor.c.debtor_id).where(
        debtor.c.branch == branch,
        debtor.c.debtor_id.not_like("gone-%"),
        sa.exists().where(theirs),
        ~sa.exists().where(theirs, open_since),
        ~sa.exists().where(met, outcome.c.started_at >= at),
    )
    return tuple(connection.execute(query.order_by(debtor.c.debtor_id)).scalars())


def erase(
    connection: Connection, branch: str, debtor_id: str, forget: Callable[[Sequence[str]], None] | None = None
) -> int:
    """Take a person out of a branch; give how many rows were concerned.

    ``forget`` is told his addresses, as they were ever written, before they are gone.

    Raises
    ------
    ValueError
        If the branch has no such debtor.
    StillListed
        If one of his accounts is open.
    """
    debtor = schema.debtor
    here = sa.and_(debtor.c.branch == branch, debtor.c.debtor_id == debtor_id)
    person = connection.execute(sa.select(debtor).where(here)).mappings().first()
    if person is None:
        raise ValueError(f"branch {branch!r} has no debtor {debtor_id!r}")
    mine = {table.name: sa.and_(table.c.branch == branch, table.c.debtor_id == debtor_id) for table in _tables()}
    account = schema.account
    if connection.execute(sa.select(account.c.case_id).where(mine["account"], account.c.closed_at.is_(None))).first():
        raise StillListed("an account of this person is open: the next list would bring him back")
    if forget is not None:
        forget(_addresses(connection, mine))
    connection.execute(schema.erasing.insert().values(branch=branch, debtor_id=debtor_id))
    known = {debtor_id: _nobody()}
    for name, (ids, _texts) in KEPT.items():
        query = sa.select(schema.metadata.tables[name].c[ids[0]]).where(mine[name])
        known |= {str(one): _nobody() for one in connection.execute(query).scalars() if str(one) not in known}
    told = _told(connection, mine)
    connection.execute(debtor.insert().values({**person, "debtor_id": known[debtor_id], "needs": ""}))
    count = sum(connection.execute(table.delete().where(mine[table.name])).rowcount for table in REMOVED)
    count += sum(_rename(connection, schema.metadata.tables[name], mine[name], known) for name in KEPT)
    count += _edits(connection, branch, known)
    stop = schema.plan_stop
    count += connection.execute(
        stop.update()
        .where(stop.c.visit_id == debtor_id, stop.c.plan_id.in_(_plans_of(branch)))
        .values(visit_id=known[debtor_id])
    ).rowcount
    count += _documents(connection, branch, known)
    count += _mentions(connection, branch, known | told)
    # What the newest import changed may hold his card: that import can no longer be taken back.
    record = schema.import_record
    count += connection.execute(record.delete().where(record.c.branch == branch)).rowcount
    connection.execute(debtor.delete().where(here))
    connection.execute(schema.erasing.delete().where(schema.erasing.c.branch == branch))
    return count


def _nobody() -> str:
    return f"gone-{uuid4().hex}"


def _tables() -> list[sa.Table]:
    return [*REMOVED, *(schema.metadata.tables[name] for name in KEPT)]


def _addresses(connection: Connection, mine: Mapping[str, Any]) -> tuple[str, ...]:
    found: set[str] = set()
    for table, names in ((schema.address, ("address",)), (schema.place_change, ("address", "was_address"))):
        for row in connection.execute(sa.select(*(table.c[name] for name in names)).where(mine[table.name])):
            found |= {str(one) for one in row if one}
    return tuple(sorted(found))


def _told(connection: Connection, mine: Mapping[str, Any]) -> dict[str, str]:
    """Give what may be written out somewhere: names, phones and addresses, each to be replaced by nothing."""
    found: set[str] = set()
    for table, names in ((schema.contact, ("name", "phone")), (schema.address, ("address",))):
        for row in connection.execute(sa.select(*(table.c[name] for name in names)).where(mine[table.name])):
            found |= {str(one) for one in row if one}
    return dict.fromkeys(found, "")


def _rename(connection: Connection, table: sa.Table, mine: Any, known: Mapping[str, str]) -> int:
    ids, texts = KEPT[table.name]
    keys = [column.name for column in table.primary_key.columns]
    found = connection.execute(sa.select(table).where(mine)).mappings().all()
    emptied = [*texts, *(POSITION if table.name == "place" else ())]
    blank = tuple("" if name in texts else None for name in emptied)
    rows = [
        (*(row[key] for key in keys), *(known.get(str(row[name]), row[name]) for name in ids), *blank) for row in found
    ]
    change(connection, table, keys, [*ids, *emptied], rows)
    return len(rows)


def _edits(connection: Connection, branch: str, known: Mapping[str, str]) -> int:
    edit = schema.survey_edit
    query = sa.select(edit.c.branch, edit.c.edit_id, edit.c.subject_id).where(edit.c.branch == branch)
    rows = [(*row, known[row.subject_id]) for row in connection.execute(query) if row.subject_id in known]
    change(connection, edit, ["branch", "edit_id"], ["subject_id"], [(one[0], one[1], one[3]) for one in rows])
    return len(rows)


def _plans_of(branch: str) -> sa.Select[tuple[str]]:
    return sa.select(schema.plan.c.plan_id).where(schema.plan.c.branch == branch)


def _documents(connection: Connection, branch: str, known: Mapping[str, str]) -> int:
    """Write the documents of plans without the person; where he lived is drawn at the branch's own door."""
    plan, office = schema.plan, schema.branch
    door = connection.execute(sa.select(office.c.lon, office.c.lat).where(office.c.code == branch)).one()
    names = ("problem", "plan", "context")
    count = 0
    for plan_id in connection.execute(_plans_of(branch)).scalars().all():
        query = sa.select(*(plan.c[name] for name in names), plan.c.metrics).where(plan.c.plan_id == plan_id)
        row = connection.execute(query).one()
        was = {name: zlib.decompress(getattr(row, name)).decode() for name in names} | {"metrics": row.metrics}
        now = {name: replaced(text, known) for name, text in was.items()}
        if now == was:
            continue
        now["context"] = _moved(now["context"], set(known.values()), door)
        packed = {name: zlib.compress(now[name].encode(), 6) for name in names}
        connection.execute(plan.update().where(plan.c.plan_id == plan_id).values(metrics=now["metrics"], **packed))
        count += 1
    return count


def _moved(text: str, gone: set[str], door: Any) -> str:
    context = json.loads(text)
    theirs = [one for one in context.get("places") or () if isinstance(one, dict) and one.get("place_id") in gone]
    # Who is left out has his position beside what else was known of him.
    theirs += [one for known, one in (context.get("debtors") or {}).items() if known in gone]
    for one in theirs:
        one |= {name: value for name, value in (("lon", door.lon), ("lat", door.lat)) if name in one}
    return json_text(context)


def _mentions(connection: Connection, branch: str, known: Mapping[str, str]) -> int:
    """Replace ids and written words in the texts of other tables."""
    count = 0
    for name, columns in TEXTS.items():
        table = schema.metadata.tables[name]
        keys = [column.name for column in table.primary_key.columns]
        query = sa.select(*(table.c[one] for one in (*keys, *columns))).where(table.c.branch == branch)
        rows = []
        for row in connection.execute(query).all():
            now = [replaced(text, known) for text in row[len(keys) :]]
            if now != list(row[len(keys) :]):
                rows.append((*row[: len(keys)], *now))
        change(connection, table, keys, columns, rows)
        count += len(rows)
    return count


def replaced(text: str, known: Mapping[str, str]) -> str:
    """Replace whole texts inside a JSON text, and ids inside its sentences.

    An id that may be a word or a number of a sentence, short or of digits alone, is replaced only where it stands by
    itself; so is what is replaced by nothing.

    >>> replaced('{"D1": ["D12", "D1"]}', {"D1": "x"})
    '{"x": ["D12", "x"]}'
    >>> replaced('["It takes the place of D-7193-5, D-7193-52 and 5."]', {"D-7193-5": "x", "5": "y"})
    '["It takes the place of x, D-7193-52 and 5."]'
    """
    for one, other in known.items():
        for ascii_only in (False, True):
            quoted = json.dumps(one, ensure_ascii=ascii_only)
            text = text.replace(quoted, json.dumps(other))
            if other and len(one) >= SPOKEN and not one.isdigit() and quoted[1:-1] in text:
                text = re.sub(rf"(?<![\w-]){re.escape(quoted[1:-1])}(?![\w-])", other, text)
    return text
