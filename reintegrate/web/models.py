"""Forms that have had their effect."""

from datetime import datetime

from sqlalchemy.orm import Mapped

from reintegrate.columns import Base, link, system, utcnow


class Operation(Base):
    """A form that was sent: its number, and where its result stands, so that it has one effect."""

    __tablename__ = "operation"
    audited = False

    id: Mapped[str] = system(primary_key=True)
    user_id: Mapped[int | None] = link("app_user.id", index=False)
    path: Mapped[str] = system()
    location: Mapped[str | None] = system()
    at: Mapped[datetime] = system(default=utcnow, index=True)
