"""Which comes first in the dates of a list, the day or the month: proven, stated, chosen or asked."""

from collections.abc import Sequence
from dataclasses import dataclass
from dataclasses import field as dataclass_field

from reintegrate.exchange.files.sheets import Value
from reintegrate.exchange.meaning.dates import DateOrder, Evidence, date_order_evidence, separator


@dataclass(frozen=True)
class DateColumn:
    """What is known of one column of dates.

    `evidence` is of all its texts; `orders` say how texts with one separator are read, None where
    nobody knows; `examples` are texts that wait for an answer.
    """

    column: int
    field: str
    evidence: Evidence
    orders: dict[str, DateOrder | None] = dataclass_field(default_factory=dict)
    examples: tuple[str, ...] = ()

    def order_of(self, value: Value) -> DateOrder | None:
        """The order for one cell of the column."""
        mark = separator(value)
        return self.orders.get(mark) if mark else None


def date_columns(
    columns: dict[int, tuple[str, Sequence[Value]]],
    chosen: DateOrder | None = None,
    stated: dict[int, DateOrder] | None = None,
) -> list[DateColumn]:
    """Settle the order of each column, given its field and its values.

    Texts with one separator are one habit: what they prove holds for them. Where they prove
    nothing, or two things, the order is `chosen`, else (if they prove nothing) what the heading
    states, else what the rest of the column proves, else what the other columns prove. Dotted
    dates never take month first from others, because hardly anybody writes them so.
    """
    found = {column: _by_separator(values) for column, (_, values) in columns.items()}
    proven = {
        column: {one.order for one in by_mark.values() if one.order} for column, by_mark in found.items()
    }
    settled = []
    for column, (name, values) in columns.items():
        elsewhere = {order for other, orders in proven.items() if other != column for order in orders}
        heading = (stated or {}).get(column)
        orders = {
            mark: one.order
            or _settled(mark, one, chosen, [{heading} if heading else set(), proven[column], elsewhere])
            for mark, one in found[column].items()
        }
        open_marks = [
            mark for mark, order in orders.items() if order is None and found[column][mark].ambiguous
        ]
        examples = tuple(text for mark in open_marks for text in found[column][mark].examples)[:5]
        settled.append(DateColumn(column, name, date_order_evidence(values), orders, examples))
    return settled


def _by_separator(values: Sequence[Value]) -> dict[str, Evidence]:
    groups: dict[str, list[Value]] = {}
    for value in values:
        mark = separator(value)
        if mark:
            groups.setdefault(mark, []).append(value)
    return {mark: date_order_evidence(group) for mark, group in groups.items()}


def _settled(
    mark: str, evidence: Evidence, chosen: DateOrder | None, hints: list[set[DateOrder]]
) -> DateOrder | None:
    if chosen or evidence.verdict == "conflict":
        return chosen
    for hint in hints:
        if len(hint) == 1:
            order = next(iter(hint))
            return None if mark == "." and order is DateOrder.MONTH_FIRST else order
        if hint:
            return None
    return None
