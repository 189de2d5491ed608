"""Schema migrations (Alembic). Only the command line and the tests run them; the application never does."""

from __future__ import annotations

from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.script import ScriptDirectory
from sqlalchemy import create_engine


def upgrade(url: str, app_role: str | None = None, to: str = "head") -> None:
    """
    Bring the schema to `to`. On PostgreSQL `url` is the owner's and `app_role` gets its grants per table; a new SQLite
    file is readable by its owner only, like the key beside it.
    """
    if url.startswith("sqlite:///"):
        Path(url.removeprefix("sqlite:///").partition("?")[0]).touch(mode=0o600)
    engine = create_engine(url, hide_parameters=True)
    with engine.begin() as connection:
        config = _config()
        config.attributes["connection"] = connection
        config.attributes["app_role"] = app_role
        command.upgrade(config, to)
    engine.dispose()


def newest() -> str:
    """The revision that this version of the software needs."""
    head = ScriptDirectory.from_config(_config()).get_current_head()
    assert head is not None
    return head


def _config() -> Config:
    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent))
    config.set_main_option("path_separator", "os")
    return config
