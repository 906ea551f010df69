"""What a row leaves to the lines before it: to the head of its family, a section, a mark for `the same`."""

from collections.abc import Sequence

from reintegrate.exchange.archives import column_letter
from reintegrate.exchange.layout import Mapping
from reintegrate.exchange.sheets import Sheet, Value
from reintegrate.exchange.statements import COUNTRY, Told, said_above, statement
from reintegrate.exchange.values import is_empty
from reintegrate.exchange.wording import clean, fold, known, words

_OF_THE_FAMILY = (
    "arrived_on",
    "departed_on",
    "family_ref",
    "host_country",
    "nationality",
    "return_country",
    "return_type",
    "return_modality",
)
_NEVER_THE_SAME = frozenset({"number", "given_names", "full_name", "birth_date", "document_number"})


def is_ditto(value: Value) -> bool:
    """Whether a cell says `the same as above`."""
    return isinstance(value, str) and clean(value).lower() in words()["ditto"]


class Context:
    """Follows the rows of a list from the top."""

    def __init__(self, sheet: Sheet, mapping: Mapping, header_row: int) -> None:
        self._sheet = sheet
        self._columns = {name: mapping.of(name) for name in set(mapping.columns.values())}
        self._above = {
            name: told for name, told in said_above(sheet, header_row).items() if not self._has(name)
        }
        self._section: dict[str, Told] = {}
        self._before: dict[str, Told] = {}
        self._before_number = 0

    def _has(self, name: str) -> bool:
        return name in self._columns or f"{name}_year" in self._columns

    def enter_section(self, number: int) -> None:
        """Keep what the heading of a section says, for the rows below it."""
        cells = self._sheet.row(number)
        at = next(column for column, value in enumerate(cells) if not is_empty(value))
        found = statement(clean(cells[at]))
        if found is None:
            return
        name = self._country_field() if found[0] == COUNTRY else found[0]
        if name:
            self._section[name] = Told(found[1], f"{column_letter(at)}{number}")

    def _country_field(self) -> str | None:
        """The field of a country alone: the one that has no column; none where nobody can tell."""
        open_fields = [name for name in ("host_country", "nationality") if not self._has(name)]
        return open_fields[0] if len(open_fields) == 1 else None

    def told(self, number: int) -> dict[str, Told]:
        """What holds for the person of a row though its cell is empty, by field."""
        cells = self._sheet.row(number)
        own = {name: self._own(name, number) for name in self._columns}
        marked = {name for name, told in own.items() if told and is_ditto(told.value)}
        found = {**self._above, **self._section}
        if self._in_family(cells, number):
            found.update({name: self._before[name] for name in _OF_THE_FAMILY if name in self._before})
        found = {name: told for name, told in found.items() if self._is_open(name, number)}
        found.update({name: self._before[name] for name in marked - _NEVER_THE_SAME if name in self._before})
        kept = {name: told for name, told in own.items() if told and name not in marked}
        self._before, self._before_number = {**found, **kept}, number
        return found

    def _own(self, name: str, number: int) -> Told | None:
        cells = self._sheet.row(number)
        for column in self._columns.get(name, ()):
            if column < len(cells) and not is_empty(cells[column]):
                return Told(cells[column], f"{column_letter(column)}{number}", column)
        return None

    def _is_open(self, name: str, number: int) -> bool:
        """Whether the cells of a field are blank: neither filled nor said to be unknown nor formulas."""
        cells = self._sheet.row(number)
        columns = self._columns.get(name, ())
        return all(
            (column >= len(cells) or cells[column] is None) and (number, column) not in self._sheet.formulas
            for column in columns
        )

    def _in_family(self, cells: Sequence[Value], number: int) -> bool:
        """Whether a row belongs to the family of the row before it."""
        if not self._before or self._before_number != number - 1:
            return False
        relation = self._own("relation", number)
        if relation or "relation" in self._columns:
            return bool(relation) and fold(clean(relation.value if relation else "")) not in known(
                "relation_head"
            )
        own, before = self._own("family_ref", number), self._before.get("family_ref")
        if own:
            return before is not None and clean(own.value) == clean(before.value)
        return self._is_below_head(number)

    def _is_below_head(self, number: int) -> bool:
        """Whether a row has no number and no journey of its own, below one that has, in one family."""
        journey = [name for name in ("arrived_on", "host_country") if self._has(name)]
        marks = [name for name in ("family_ref", "number") if name in self._columns]
        if len(journey) < 2 or not marks or not all(self._is_open(name, number) for name in journey + marks):
            return False
        if not any(self._own(name, number) for name in ("sex", "birth_date", "age")):
            return False
        return "family_ref" in self._before or self._is_of_same_name(number)

    def _is_of_same_name(self, number: int) -> bool:
        own, before = self._own("family_name", number), self._before.get("family_name")
        return before is not None and (own is None or fold(clean(own.value)) == fold(clean(before.value)))
