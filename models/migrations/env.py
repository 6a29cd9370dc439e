"""Alembic's entry: the engine and metadata come from the running application."""

from collections.abc import Iterable
from typing import Any, Literal

import sqlalchemy as sa
from alembic import context
from flask import current_app  # noqa: TID251 - Flask-Migrate runs this file inside its application
from sqlalchemy import Connection

migrate = current_app.extensions["migrate"]


def run(connection: Connection) -> None:
    """Migrate over one connection and check what it left."""
    context.configure(
        connection=connection,
        target_metadata=migrate.db.metadata,
        render_item=render_item,
        **migrate.configure_args,
    )
    with context.begin_transaction():
        context.run_migrations()
        check_foreign_keys(connection)


def render_item(kind: str, item: Any, autogenerate: Any) -> str | Literal[False]:
    """Write our own types as plain SQL types, so that migrations do not import models."""
    if kind == "type" and type(item).__name__ == "UTCDateTime":
        return "sa.DateTime(timezone=True)"
    if kind == "type" and isinstance(item, sa.JSON):
        autogenerate.imports.add("from sqlalchemy.dialects.postgresql import JSONB")
        return 'sa.JSON(none_as_null=True).with_variant(JSONB(none_as_null=True), "postgresql")'
    return False


def check_foreign_keys(connection: Connection) -> None:
    """Refuse to commit a migration that left rows without their parents."""
    if connection.dialect.name != "sqlite":
        return
    orphans: Iterable[Any] = connection.exec_driver_sql("PRAGMA foreign_key_check").fetchall()
    if list(orphans):
        raise RuntimeError("the migration would leave rows without their parents")


engine = migrate.db.engine
with engine.connect() as connection:
    is_sqlite = connection.dialect.name == "sqlite"
    if is_sqlite:
        # The pragma is ignored inside a transaction, so it goes to the driver itself.
        connection.connection.cursor().execute("PRAGMA foreign_keys=OFF")
    run(connection)
    if is_sqlite:
        connection.connection.cursor().execute("PRAGMA foreign_keys=ON")
