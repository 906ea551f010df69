"""Lists on their way into the register: the file, its rows, and what was learnt of its source."""

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, CheckConstraint, Index, LargeBinary, UniqueConstraint, text
from sqlalchemy.orm import Mapped, relationship

from reintegrate.accounts.models import Office, User
from reintegrate.columns import Base, c1, c3, key, link, system, utcnow
from reintegrate.exchange.codes import ImportStatus, RowDecision, RowStatus

CELLS = frozenset({"samples", "date_examples"})
"""The facts of a sheet that repeat what its cells say."""


class ListImport(Base):
    """A file that an office brought, and how it is read.

    `content` is kept only while the import is prepared. `columns` maps the number of a column, as
    text, to its field; `defaults` fills empty cells; `facts` tells the page about the sheet. The
    services tell the trail what was done with it: its columns are too large and too telling.
    """

    __tablename__ = "list_import"
    audited = False
    __table_args__ = (
        CheckConstraint("(content IS NULL) = (status <> 'staged')", name="content_while_staged"),
        Index(
            "ix_list_import_one_of_a_file",
            "office_id",
            "file_digest",
            unique=True,
            sqlite_where=text("status IN ('staged', 'done')"),
            postgresql_where=text("status IN ('staged', 'done')"),
        ),
    )

    id: Mapped[int] = key()
    version: Mapped[int] = system()
    office_id: Mapped[int] = link("office.id")
    file_name: Mapped[str] = c1()
    file_digest: Mapped[str] = system(index=True)
    content: Mapped[bytes | None] = c3(LargeBinary(), deferred=True)
    header_row: Mapped[int] = c1()
    columns: Mapped[dict[str, str]] = c1(JSON())
    day_first: Mapped[bool | None] = c1()
    defaults: Mapped[dict[str, str]] = c1(JSON())
    facts: Mapped[dict[str, Any]] = c3(JSON())
    status: Mapped[ImportStatus] = c1(default=ImportStatus.STAGED)
    case_manager_id: Mapped[int | None] = link("app_user.id", index=False)
    staged_by_id: Mapped[int | None] = link("app_user.id", index=False)
    staged_at: Mapped[datetime] = system(default=utcnow)
    done_by_id: Mapped[int | None] = link("app_user.id", index=False)
    done_at: Mapped[datetime | None] = system()
    undone_at: Mapped[datetime | None] = system()

    office: Mapped[Office] = relationship()
    staged_by: Mapped[User | None] = relationship(foreign_keys=[staged_by_id])
    done_by: Mapped[User | None] = relationship(foreign_keys=[done_by_id])

    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012 -- SQLAlchemy's own way

    def finish(self, status: ImportStatus, *, by: User | None) -> None:
        """End the preparation: the file goes, and what was shown of its cells."""
        self.status = status
        self.content = None
        self.facts = {name: told for name, told in self.facts.items() if name not in CELLS}
        self.done_by_id = by.id if by else None
        self.done_at = utcnow()


class ImportRow(Base):
    """A row of a list that says something. What it holds goes once it stands in the register.

    `corrections` maps the number of a column, as text, to what it should say; `likes` are the
    likely same people, most likely first, each {"row"} or {"person_id"} with the reasons, and
    `same_as` the one of them on whom a new return is opened. `digest` recognises a row that was
    imported before, wherever it stands in a later file.
    """

    __tablename__ = "import_row"
    __table_args__ = (UniqueConstraint("import_id", "number"),)
    audited = False

    id: Mapped[int] = key()
    version: Mapped[int] = system()
    import_id: Mapped[int] = link("list_import.id", index=False)
    number: Mapped[int] = c1()
    status: Mapped[RowStatus] = c1()
    note: Mapped[str] = c1(default="")
    hidden: Mapped[bool] = c1(default=False)
    digest: Mapped[str] = system(index=True)
    values: Mapped[dict[str, Any]] = c3(JSON(), default=dict)
    problems: Mapped[list[dict[str, Any]]] = c3(JSON(), default=list)
    likes: Mapped[list[dict[str, Any]]] = c3(JSON(), default=list)
    corrections: Mapped[dict[str, str]] = c3(JSON(), default=dict)
    decision: Mapped[RowDecision | None] = c1()
    same_as: Mapped[dict[str, Any] | None] = c1(JSON(none_as_null=True))
    person_id: Mapped[int | None] = link("person.id")
    case_id: Mapped[int | None] = link("case_file.id")
    made_person: Mapped[bool] = system(default=False)

    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012 -- SQLAlchemy's own way

    @property
    def is_written(self) -> bool:
        """Whether the import registers this row, or did."""
        if self.status == RowStatus.DUPLICATE:
            return self.decision in (RowDecision.OTHER_PERSON, RowDecision.NEW_RETURN)
        return self.status == RowStatus.READY and self.decision != RowDecision.LEAVE_OUT

    @property
    def is_left(self) -> bool:
        """Whether somebody stays behind with this row: wrong, undecided or left out."""
        return self.status not in (RowStatus.BLANK, RowStatus.KNOWN) and not self.is_written


class ColumnMemory(Base):
    """How an office's lists with these headings were read the last time."""

    __tablename__ = "column_memory"
    __table_args__ = (UniqueConstraint("office_id", "fingerprint"),)
    audited = False

    id: Mapped[int] = key()
    office_id: Mapped[int] = link("office.id", index=False)
    fingerprint: Mapped[str] = system()
    columns: Mapped[dict[str, str]] = c1(JSON())
    day_first: Mapped[bool | None] = c1()
    defaults: Mapped[dict[str, str]] = c1(JSON())
    used_at: Mapped[datetime] = system(default=utcnow)
