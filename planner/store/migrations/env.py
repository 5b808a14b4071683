"""What Alembic runs to apply the steps: everything in one transaction, on the connection ``planner.store`` gives it."""

from __future__ import annotations

from alembic import context

from planner.store.schema import metadata

given = context.config.attributes
if "connection" in given:
    # SQLite can change its schema inside a transaction, whatever Alembic assumes: half a migration never stays behind.
    context.configure(connection=given["connection"], target_metadata=metadata, transactional_ddl=True)
else:
    context.configure(
        dialect_name=given["dialect"],
        target_metadata=metadata,
        output_buffer=given["output"],
        literal_binds=True,
        transactional_ddl=True,
    )
with context.begin_transaction():
    context.run_migrations()
