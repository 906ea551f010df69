"""Where alembic meets our models. The application hands its connection over and closes it itself."""

from typing import Any

from alembic import context

config = context.config


def render_item(kind: str, item: Any, autogen_context: object) -> str | bool:
    """Write our own column types into migrations as the plain types they are in the database."""
    if kind == "type" and item.__class__.__name__ == "Instant":
        return "sa.DateTime(timezone=True)"
    if kind == "type" and item.__class__.__name__ == "Enum":
        return f"sa.String({item.length})"  # code lists grow without a migration
    if kind == "type" and "AsaList" in item.__class__.__name__:
        return "sa.Text()"
    return False


def run() -> None:
    connection = config.attributes["connection"]
    context.configure(
        connection=connection,
        target_metadata=config.attributes.get("metadata"),
        render_as_batch=True,
        compare_type=True,
        render_item=render_item,
    )
    with context.begin_transaction():
        context.run_migrations()


run()
