"""Brings a database to the schema of this version, with Alembic."""

from pathlib import Path

from alembic import command
from alembic.config import Config
from sqlalchemy import Engine


def configuration() -> Config:
    """Give the Alembic configuration of these migrations, bound to no database."""
    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent).replace("%", "%%"))
    return config


def upgrade_to_newest(engine: Engine) -> None:
    """Run every migration that the engine's database has not had; all of them are kept, or none."""
    config = configuration()
    with engine.connect().execution_options(audit_begin="BEGIN IMMEDIATE") as connection, connection.begin():
        config.attributes["connection"] = connection
        command.upgrade(config, "head")
