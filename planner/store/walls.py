"""The second wall on PostgreSQL: the database itself shows a transaction the rows of its branches and no others.

Row-level security is forced, so it holds for the tables' owner too, and the application works under a role that owns
nothing. What a transaction is for stands in words of its own (``planner.store.connect``), which end with it; without
them nothing is shown. The first wall stays ``planner.store.access``: this one holds where that was forgotten. It knows
branches, and that a regional head sees no row about a debtor but a review, which he may have to confirm; that a
collector sees his crew's stops only is for ``planner.store.scope``.

The walls are drawn anew whenever a database is brought to the newest schema, over every table there is.
"""

from __future__ import annotations

from collections.abc import Iterable

import sqlalchemy as sa
from sqlalchemy.engine import Connection, Engine

from planner.domain import Role
from planner.store.postgres import BETWEEN
from planner.store.schema import metadata
from planner.store.settings import SHARED

MINE = "ANY ((SELECT rounds_branches())::text[])"
SOMEBODY = "(SELECT rounds_word('role')) <> ''"
LOOKED_FOR = "(SELECT rounds_word('looks_for'))"
#: who sees rows of debtors at all
SEE_DEBTORS = (Role.COLLECTOR, Role.MANAGER, Role.AUDITOR, Role.SYSTEM)
#: the entry that a head's one deed leaves in the trail: he is shown heads' alone
DEED_OF_HEAD = "reviews.save"
#: tables of which administrators and the gate see rows too: no debtor is in them. The trail is read by other roles.
OF_ALL = frozenset({"branch", "crew", "crew_member", "collector", "setting", "audit_entry"})
OF_SIGN_IN = frozenset({"login", "login_session", "login_failure"})


def _among(roles: Iterable[Role]) -> str:
    words = ", ".join(f"'{role.value}'" for role in roles)
    return f"(SELECT rounds_word('role')) IN ({words})"


NO_HEAD = f"(SELECT rounds_word('role')) <> '{Role.REGIONAL_HEAD.value}'"
#: how the rows of a branch are known in tables without a column of that name
OWN = {
    "branch": f"code = {MINE}",
    "plan_stop": "plan_id IN (SELECT plan.plan_id FROM plan)",  # of the plans that are shown
    "region": f"road_region IN (SELECT branch.road_region FROM branch WHERE branch.code = {MINE})",  # noqa: S608
    # What was done with logins is of no branch.
    "audit_entry": f"branch = {MINE} OR (branch = '' AND {_among((Role.ADMINISTRATOR, Role.GATE, Role.AUDITOR))})",
} | dict.fromkeys(OF_SIGN_IN, "true")
#: what is shown besides, to somebody: which branches there are, and what branches share
SHOWN = {
    "branch": SOMEBODY,
    "plan": f"plan_id = {LOOKED_FOR}",
    "job": f"job_id = {LOOKED_FOR}",
    "setting": f"{SOMEBODY} AND name IN ({', '.join(repr(one) for one in sorted(SHARED))})",
}
#: what has to be true besides the branch
ALSO_NEEDED = (
    {name: _among(SEE_DEBTORS) for name in metadata.tables if name not in OF_ALL}
    | dict.fromkeys(OF_ALL - {"branch"}, NO_HEAD)
    | {"review": _among((*SEE_DEBTORS, Role.REGIONAL_HEAD))}
    | {"audit_entry": f"{NO_HEAD} OR (what = '{DEED_OF_HEAD}' AND role = '{Role.REGIONAL_HEAD.value}')"}
    | dict.fromkeys(OF_SIGN_IN, _among((Role.ADMINISTRATOR, Role.GATE)))
)
WORDS = f"""
CREATE OR REPLACE FUNCTION rounds_word(name text) RETURNS text LANGUAGE sql STABLE AS
$$ SELECT coalesce(current_setting('rounds.' || name, true), '') $$;
CREATE OR REPLACE FUNCTION rounds_branches() RETURNS text[] LANGUAGE sql STABLE AS
$$ SELECT string_to_array(rounds_word('branches'), chr({ord(BETWEEN)})) $$;
"""


class OpenDoor(RuntimeError):
    """The database would show more than it should: to this role, or without its second wall."""


def open_to_owner(connection: Connection) -> None:
    """Let the owner see all rows until ``draw`` in the same transaction, so that a step of the schema moves them all.

    Nobody else sees the difference: row-level security holds for other roles all the while.
    """
    for name in _there(connection):
        connection.exec_driver_sql(f'ALTER TABLE "{name}" NO FORCE ROW LEVEL SECURITY')
        # A step that joins large tables takes a minute where a second would do if the database knows nothing of them.
        connection.exec_driver_sql(f'ANALYZE "{name}"')


def draw(connection: Connection, role: str) -> None:
    """Draw the wall over every table, and let a role work behind it.

    Raises
    ------
    ValueError
        If the role is the owner's own.
    """
    owner = connection.execute(sa.text("SELECT current_user")).scalar_one()
    if role == owner:
        raise ValueError(
            f"the application must not own its tables: name another role than {owner!r} in ROUNDS_DATABASE_URL"
        )
    connection.exec_driver_sql(WORDS)
    quoted = connection.dialect.identifier_preparer.quote(role)
    connection.exec_driver_sql(f"GRANT SELECT ON alembic_version TO {quoted}")
    connection.exec_driver_sql(f"GRANT USAGE ON ALL SEQUENCES IN SCHEMA public TO {quoted}")
    for name in _there(connection):
        for policy in ("of_branch", "shown", "also_needs"):
            connection.exec_driver_sql(f'DROP POLICY IF EXISTS {policy} ON "{name}"')
        mine = OWN.get(name, f"branch = {MINE}")
        connection.exec_driver_sql(f'CREATE POLICY of_branch ON "{name}" USING ({mine})')
        if name in SHOWN:
            connection.exec_driver_sql(f'CREATE POLICY shown ON "{name}" FOR SELECT USING ({SHOWN[name]})')
        if name in ALSO_NEEDED:
            connection.exec_driver_sql(
                f'CREATE POLICY also_needs ON "{name}" AS RESTRICTIVE USING ({ALSO_NEEDED[name]})'
            )
        connection.exec_driver_sql(f'ALTER TABLE "{name}" ENABLE ROW LEVEL SECURITY')
        connection.exec_driver_sql(f'ALTER TABLE "{name}" FORCE ROW LEVEL SECURITY')
        connection.exec_driver_sql(f'GRANT SELECT, INSERT, UPDATE, DELETE ON "{name}" TO {quoted}')


def require(engine: Engine) -> None:
    """Refuse to work without the wall: as a role that it does not hold, or over a table that it does not cover.

    Raises
    ------
    OpenDoor
        If so.
    """
    with engine.connect() as connection:
        row = connection.execute(
            sa.text(
                "SELECT rolname, rolsuper OR rolbypassrls AS free, EXISTS (SELECT 1 FROM pg_tables "
                "WHERE schemaname = current_schema() AND pg_has_role(current_user, tableowner, 'MEMBER')) AS owner "
                "FROM pg_roles WHERE rolname = current_user"
            )
        ).one()
        bare = connection.execute(
            sa.text(
                "SELECT relname FROM pg_class WHERE relnamespace = current_schema()::regnamespace AND relkind = 'r' "
                "AND relname <> 'alembic_version' AND NOT (relrowsecurity AND relforcerowsecurity) ORDER BY relname"
            )
        ).scalars()
        uncovered = list(bare)
    if row.free or row.owner:
        raise OpenDoor(
            f"The database's role {row.rolname!r} is not held by row-level security: the application needs one that "
            "owns no table, is no superuser and does not bypass it (docs/store.md says how to make it)"
        )
    if uncovered:
        raise OpenDoor(f"Table {uncovered[0]!r} has no row-level security: `make setup` brings the database up to date")


def _there(connection: Connection) -> list[str]:
    """Give the tables of ours that there are."""
    found = set(sa.inspect(connection).get_table_names())
    return [table.name for table in metadata.sorted_tables if table.name in found]
