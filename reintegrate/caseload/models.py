"""Lists that people keep: a name for an address."""

from datetime import datetime

from sqlalchemy.orm import Mapped, relationship

from reintegrate.accounts.models import Office, User
from reintegrate.columns import Base, c1, key, link, system, utcnow


class SavedView(Base):
    """A list of cases kept by name: the filters and the order of its address.

    It holds no case: whoever opens it sees what she may see. `office_id` shares it with an office.
    """

    __tablename__ = "saved_view"
    audited = False

    id: Mapped[int] = key()
    owner_id: Mapped[int] = link("app_user.id")
    office_id: Mapped[int | None] = link("office.id")
    name: Mapped[str] = c1()
    query: Mapped[str] = c1()
    created_at: Mapped[datetime] = system(default=utcnow)

    owner: Mapped[User] = relationship()
    office: Mapped[Office | None] = relationship()


class FirstView(Base):
    """The view with which a user's list of cases opens."""

    __tablename__ = "first_view"
    audited = False

    user_id: Mapped[int] = link("app_user.id", index=False, primary_key=True)
    view_id: Mapped[int] = link("saved_view.id")

    view: Mapped[SavedView] = relationship()
