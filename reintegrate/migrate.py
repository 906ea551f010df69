"""Bringing a database to the state that this version needs."""

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Engine

from reintegrate.columns import Base


def alembic_config(folder: str) -> Config:
    """Alembic's settings for the migrations in `folder`."""
    config = Config()
    config.set_main_option("script_location", folder)
    config.attributes["metadata"] = Base.metadata
    return config


def upgrade(engine: Engine, folder: str, revision: str = "head") -> None:
    """Apply the migrations up to `revision`."""
    config = alembic_config(folder)
    with engine.connect() as connection:
        config.attributes["connection"] = connection
        command.upgrade(config, revision)


def downgrade(engine: Engine, folder: str, revision: str) -> None:
    """Take the migrations back to `revision`."""
    config = alembic_config(folder)
    with engine.connect() as connection:
        config.attributes["connection"] = connection
        command.downgrade(config, revision)


def is_current(engine: Engine, folder: str) -> bool:
    """Whether the database is at the head of the migrations."""
    script = ScriptDirectory.from_config(alembic_config(folder))
    with engine.connect() as connection:
        return set(MigrationContext.configure(connection).get_current_heads()) == set(script.get_heads())
