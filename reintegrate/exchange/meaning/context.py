"""What a row leaves to the lines before it: to the head of its family, a section, a mark for `the same`."""

from functools import cache

from reintegrate.exchange.files.archives import column_letter
from reintegrate.exchange.files.sheets import Sheet, Value
from reintegrate.exchange.meaning.layout import Mapping
from reintegrate.exchange.meaning.lines import NAMES
from reintegrate.exchange.meaning.statements import COUNTRY, Told, said_above, statement
from reintegrate.exchange.meaning.values import is_empty
from reintegrate.exchange.meaning.wording import clean, fold, known, words

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
_LONGEST_DITTO = 24
_NEVER_THE_SAME = frozenset({"number", "given_names", "full_name", "birth_date", "document_number"})


@cache
def _dittos(theme: str) -> frozenset[str]:
    return frozenset(words()[theme])


def is_ditto(value: Value, name: str | None = None) -> bool:
    """Whether a cell of a field says `the same as above`; words for it may be names, marks are none."""
    if not isinstance(value, str) or len(value) >= _LONGEST_DITTO or name in _NEVER_THE_SAME:
        return False
    said = value.strip().lower()
    return said in _dittos("ditto") or (name not in NAMES and said in _dittos("ditto_in_words"))


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
        self._fields = mapping.columns
        self._said_once = self._of_groups(header_row)

    def _has(self, name: str) -> bool:
        return name in self._columns or f"{name}_year" in self._columns

    def _of_groups(self, header_row: int) -> tuple[str, ...]:
        """The fields that stand only in the first row of each group, beside another mark of the group.

        Left of the names, in the same few rows: the flight and the day of its arrival, said once.
        """
        names = min((at for at, name in self._fields.items() if name in NAMES), default=0)
        people = [
            row for row in self._sheet.rows[header_row:] if len(row) > names and not is_empty(row[names])
        ]
        filled = [frozenset(i for i, row in enumerate(people) if row[at] is not None) for at in range(names)]
        once = [at for at in range(names) if 0 in filled[at] and len(filled[at]) * 2 <= len(people)]
        return tuple(
            name
            for at in once
            if (name := self._fields.get(at)) in _OF_THE_FAMILY
            and any(filled[at] == filled[other] for other in once if other != at)
        )

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
        found = {**self._above, **self._section}
        if self._in_family(number):
            found.update({name: told for name in _OF_THE_FAMILY if (told := self._of_before(name))})
        found.update({name: told for name in self._said_once if (told := self._of_before(name))})
        found = {name: told for name, told in found.items() if self._is_open(name, number)}
        marked = {
            name for at, value in enumerate(cells) if (name := self._fields.get(at)) and is_ditto(value, name)
        }
        found.update({name: told for name in marked if (told := self._of_before(name))})
        self._before, self._before_number = found, number
        return found

    def _of_before(self, name: str) -> Told | None:
        """What the person before has in a field, in its row or from above."""
        return self._before.get(name) or self._own(name, self._before_number)

    def _own(self, name: str, number: int) -> Told | None:
        cells = self._sheet.row(number)
        for column in self._columns.get(name, ()):
            if column < len(cells) and not is_empty(cells[column]) and not is_ditto(cells[column], name):
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

    def _in_family(self, number: int) -> bool:
        """Whether a row belongs to the family of the row before it."""
        if not self._before_number or self._before_number != number - 1:
            return False
        if "relation" in self._columns:
            relation = self._own("relation", number)
            return relation is not None and fold(clean(relation.value)) not in known("relation_head")
        own = self._own("family_ref", number)
        if own:
            before = self._of_before("family_ref")
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
        return self._of_before("family_ref") is not None or self._is_of_same_name(number)

    def _is_of_same_name(self, number: int) -> bool:
        own, before = self._own("family_name", number), self._of_before("family_name")
        return before is not None and (own is None or fold(clean(own.value)) == fold(clean(before.value)))
