"""The schema of a database, brought up or down by the steps in ``planner/store/migrations``."""

from __future__ import annotations

import io
import os

import sqlalchemy as sa
from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy.engine import Engine

from planner.store import postgres, walls
from planner.store.connect import connect, reading, writing

NEWEST, NOTHING = "head", "base"


class WrongSchema(RuntimeError):
    """The database has another schema than this code was written for."""


def migrate(url: str, to: str = NEWEST, *, owner: str = "") -> str:
    """Bring a database up or down to a revision, in one transaction.

    Parameters
    ----------
    url
        An SQLAlchemy URL; a missing SQLite file is created with its folder, readable by its owner only.
    to
        A revision, ``head`` for the newest schema, ``base`` for an empty database.
    owner
        On PostgreSQL the same database's address for the role that owns the tables; the role of ``url`` may work in
        them afterwards, behind the walls of ``planner.store.walls``. SQLite has no roles.

    Returns
    -------
    str
        The revision the database has now, ``base`` if it is empty.

    Raises
    ------
    ValueError
        If a PostgreSQL database has no owner named here, the owner is the role of the application, or text does not
        sort there as it does everywhere else.
    """
    engine = connect(url)
    role = engine.url.username or ""
    if engine.dialect.name == "postgresql":
        if not owner:
            raise ValueError("a PostgreSQL database is set up by its owner: set ROUNDS_DATABASE_OWNER_URL")
        engine.dispose()
        engine = connect(owner)
        _require_plain_order(engine)
    file = engine.url.database if engine.dialect.name == "sqlite" else None
    if file and not os.path.exists(file):
        os.makedirs(os.path.dirname(file) or ".", exist_ok=True)
        os.close(os.open(file, os.O_CREAT | os.O_WRONLY, 0o600))
    config = _config()
    try:
        with writing(engine, "migration") as connection:
            config.attributes["connection"] = connection
            if engine.dialect.name == "postgresql":
                walls.open_to_owner(connection)
            now = MigrationContext.configure(connection).get_current_revision()
            if _is_below(config, to, now):
                command.downgrade(config, to)
            else:
                command.upgrade(config, to)
            if engine.dialect.name == "postgresql" and to == NEWEST:
                walls.draw(connection, role)
                postgres.leave_room(connection)
        return revision(engine)
    finally:
        engine.dispose()


def revision(engine: Engine) -> str:
    """Give the revision a database has, ``base`` if it is empty."""
    with reading(engine) as connection:
        return MigrationContext.configure(connection).get_current_revision() or NOTHING


def newest() -> str:
    """Give the revision this code was written for."""
    head = ScriptDirectory.from_config(_config()).get_current_head()
    assert head is not None
    return head


def require_newest(engine: Engine) -> None:
    """Refuse a database with another schema than this code was written for.

    Raises
    ------
    WrongSchema
        If it has one, older or newer.
    OpenDoor
        If it is PostgreSQL without its second wall.
    """
    found = revision(engine)
    if found == newest():
        if engine.dialect.name == "postgresql":
            walls.require(engine)
        return
    raise WrongSchema(
        f"The database has schema {found}, this program needs {newest()}: `make setup` brings it up to date"
    )


def _require_plain_order(engine: Engine) -> None:
    """Refuse a database that sorts text by a language: ids would come in another order than elsewhere."""
    with reading(engine) as connection:
        # Whether text sorts by its bytes shows in the text itself, whichever library sorts.
        plain = connection.execute(sa.text("SELECT 'B' < 'a' AND '_' < 'a' AND 'Z' < '_'")).scalar_one()
        query = sa.text("SELECT datcollate FROM pg_database WHERE datname = current_database()")
        order = connection.execute(query).scalar_one()
    if not plain:
        raise ValueError(
            f"the database sorts text by a language ({order}): make it with "
            "TEMPLATE template0 ENCODING 'UTF8' LC_COLLATE 'C'"
        )


def statements(dialect: str) -> str:
    """Write the SQL of all steps for a database product, without connecting to one."""
    config = _config()
    config.attributes.update(dialect=dialect, output=io.StringIO())
    command.upgrade(config, NEWEST, sql=True)
    return str(config.attributes["output"].getvalue())


def _config() -> Config:
    config = Config()
    config.set_main_option("script_location", "planner.store:migrations")
    config.set_main_option("path_separator", "os")
    return config


def _is_below(config: Config, to: str, now: str | None) -> bool:
    if now is None or to == NEWEST:
        return False
    if to == NOTHING:
        return True
    older = ScriptDirectory.from_config(config).iterate_revisions(now, NOTHING)
    return to in {step.revision for step in older} - {now}
