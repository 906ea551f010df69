from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from reintegrate.db import db
from tests.serving import Desk, furnish


@pytest.fixture(params=["sqlite", "postgresql"])
def address(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """An empty database."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path / 'register.sqlite'}"
    make_database: Callable[[str], str] = request.getfixturevalue("postgres_database")
    return make_database("faults")


@pytest.fixture
def desk(address: str) -> Iterator[Desk]:
    desk = furnish(address)
    yield desk
    with desk.app.app_context():
        db.session.close()
        db.engine.dispose()
