"""What no tool knows about the models, the migrations and the views."""

import re

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from flask import Flask

from reintegrate.accounts.guard import check_declarations
from reintegrate.accounts.models import Role
from reintegrate.columns import Base, Labelled
from reintegrate.db import db, session
from reintegrate.errors import ConfigError
from reintegrate.migrate import alembic_config
from tests import make
from tests.conftest import MIGRATIONS


def test_there_is_one_head_of_migrations() -> None:
    assert len(ScriptDirectory.from_config(alembic_config(MIGRATIONS)).get_heads()) == 1


def test_the_migrations_make_what_the_models_say(app: Flask) -> None:
    with db.engine.connect() as connection:
        differences = compare_metadata(MigrationContext.configure(connection), Base.metadata)

    assert [d for d in differences if d[0] != "add_index" or "due" not in str(d)] == []


def test_every_column_has_a_data_class() -> None:
    columns = [column for table in Base.metadata.sorted_tables for column in table.columns]

    assert [str(column) for column in columns if "data_class" not in column.info] == []


def test_relationships_point_down_only() -> None:
    for mapper in Base.registry.mappers:
        assert [r.key for r in mapper.relationships if r.uselist] == []


def test_every_code_is_snake_case() -> None:
    def every(kind: type) -> list[type]:
        return [found for sub in kind.__subclasses__() for found in [sub, *every(sub)]]

    codes = [member.value for labelled in every(Labelled) for member in labelled]
    assert codes
    assert [code for code in codes if not re.fullmatch(r"[a-z][a-z0-9_]*", code)] == []


def test_a_view_without_an_action_stops_the_start(sqlite_app: Flask) -> None:
    sqlite_app.view_functions["silent"] = lambda: ""
    sqlite_app.url_map.add(sqlite_app.url_rule_class("/silent", endpoint="silent"))
    try:
        with pytest.raises(ConfigError, match="silent"):
            check_declarations(sqlite_app)
    finally:
        sqlite_app.view_functions["silent"] = sqlite_app.view_functions["web.help_pages"]


def test_every_form_that_is_sent_without_a_token_is_refused(site: Flask) -> None:
    site.config["WTF_CSRF_ENABLED"] = True
    try:
        with site.app_context():
            user = make.user(Role.ADMINISTRATOR)
            session.commit()
            client = make.signed_in(site, user.fs_uniquifier)
        for rule in site.url_map.iter_rules():
            if "POST" in (rule.methods or ()):
                address = re.sub(r"<int:[^>]+>", "1", re.sub(r"<(?!int)[^>]+>", "x", rule.rule))
                assert client.post(address).status_code in (400, 403, 404), rule
    finally:
        site.config["WTF_CSRF_ENABLED"] = False
