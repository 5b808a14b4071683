"""What Alembic runs to apply the steps: everything in one transaction, on the connection ``planner.store`` gives it."""

from __future__ import annotations

from alembic import context

from planner.store.schema import metadata

given = context.config.attributes
if "connection" in given:
    # The transaction is the caller's: half a migration never stays behind, in SQLite neither.
    context.configure(connection=given["connection"], target_metadata=metadata)
else:
    context.configure(
        dialect_name=given["dialect"],
        target_metadata=metadata,
        output_buffer=given["output"],
        literal_binds=True,
    )
with context.begin_transaction():
    context.run_migrations()
