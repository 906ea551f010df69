"""Lists that are prepared, and what is counted of them."""

from typing import Any

from sqlalchemy import func, select

from reintegrate.accounts.models import Office
from reintegrate.columns import Base
from reintegrate.db import session
from reintegrate.exchange import queries, staging
from reintegrate.exchange.models import ListImport
from tests import make


def stage(data: bytes, office: Office | None = None, **facts: Any) -> ListImport:
    staged = staging.stage_list(
        data, facts.pop("name", "liste.csv"), office=office or make.office("SN"), staged_by=None, **facts
    )
    session.commit()
    return staged


def statuses(staged: ListImport) -> list[str]:
    return [row.status.value for row in queries.rows_of(staged)]


def number_of(model: type[Base]) -> int:
    return session.scalar(select(func.count()).select_from(model)) or 0
