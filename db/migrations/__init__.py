"""Brings a database to the schema of this version, with Alembic."""

from pathlib import Path

from alembic import command
from alembic.config import Config
from sqlalchemy import Connection, Engine, inspect

from db.errors import ConflictError
from db.tables import metadata


def configuration() -> Config:
    """Give the Alembic configuration of these migrations, bound to no database."""
    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent).replace("%", "%%"))
    return config


def upgrade_to_newest(engine: Engine) -> None:
    """Run every migration that the engine's database has not had; all of them are kept, or none.

    Raises:
        ConflictError: the tables were changed by something else, so that they are not those of this version.
    """
    config = configuration()
    with engine.connect().execution_options(audit_begin="BEGIN IMMEDIATE") as connection, connection.begin():
        config.attributes["connection"] = connection
        command.upgrade(config, "head")
        _check_columns(connection)


def _check_columns(connection: Connection) -> None:
    found = inspect(connection)
    for name, table in metadata.tables.items():
        lacking = {each.name for each in table.columns} - {each["name"] for each in found.get_columns(name)}
        if lacking:
            raise ConflictError(
                f"the database was not upgraded: its table {name} has no {', '.join(sorted(lacking))}, as in "
                "no version of mask-audit; go back to a backup, or draw the sample again in a new workspace"
            )
