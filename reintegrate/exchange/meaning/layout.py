"""Where a list begins and what its columns mean, by their headings and by what they hold."""

import hashlib
import re
from collections.abc import Sequence
from dataclasses import dataclass, field

from reintegrate.exchange.files.sheets import Sheet, Value, Workbook
from reintegrate.exchange.meaning.contents import DATE_FIELDS, LOOKS, international_phone, sex_like, share_of
from reintegrate.exchange.meaning.date_parts import date_part, in_parts
from reintegrate.exchange.meaning.dates import DateOrder
from reintegrate.exchange.meaning.headings import (
    EXACT,
    NEAR,
    PART,
    fields_named,
    heading_field,
)
from reintegrate.exchange.meaning.values import is_empty
from reintegrate.exchange.meaning.wording import clean, fold, known, level, meanings

REPEATABLE = frozenset(
    {
        "phone",
        "vulnerability",
        "remarks",
        "other_names",
        "address",
        "languages",
        "occupation",
        "nationality",
        "birth_date",
    }
)
_HEADER_WITHIN = 60
_SAMPLE = 60
_FIELDS_OF_LIST = 3
_ORDER = re.compile(
    r"(?<![a-z])(d{1,2}|j{1,2}|t{1,2}|m{1,2})[\s/.\-](m{1,2}|d{1,2}|j{1,2})[\s/.\-][yaj]{2,4}(?![a-z])"
)
_FAMILY_WORDS = {
    "nom",
    "noms",
    "surname",
    "family",
    "last",
    "apellido",
    "apellidos",
    "apelido",
    "sobrenome",
    "cognome",
    "soyadi",
}
_GIVEN_WORDS = {
    "prenom",
    "prenoms",
    "given",
    "first",
    "forename",
    "nombre",
    "nombres",
    "vorname",
    "adi",
    "forenames",
}


@dataclass(frozen=True, slots=True)
class LeftOut:
    """A column that is not taken; `reason` is unknown, repeated (its field is taken) or contents."""

    column: int
    heading: str
    reason: str


@dataclass(frozen=True)
class Mapping:
    """Which field each column holds; columns count from 0.

    `orders` are date orders that headings state, `family_first` the order that the heading of full
    names states.
    """

    columns: dict[int, str]
    left_out: tuple[LeftOut, ...] = ()
    orders: dict[int, DateOrder] = field(default_factory=dict)
    family_first: bool | None = None

    def of(self, name: str) -> list[int]:
        """The columns of one field, from the left."""
        return sorted(column for column, field_name in self.columns.items() if field_name == name)


def find_header(sheet: Sheet) -> int:
    """The row of the headings, from 1; 0 where the list has none.

    It is the row, among the first sixty, whose cells name most fields, with what the row above
    adds; where none names two, the first row of at least two texts that hold no data.
    """
    best, most = 0, 1
    for number in range(1, min(len(sheet.rows), _HEADER_WITHIN) + 1):
        score = fields_named(header_cells(sheet, number))
        if score > most:
            best, most = number, score
    if best and _goes_on(sheet, best + 1):
        best += 1
    return best or _first_texts(sheet)


def _goes_on(sheet: Sheet, row: int) -> bool:
    """Whether a row divides the headings above it: day, month and year below a date."""
    pairs = zip(sheet.row(row), sheet.row(row - 1), strict=True) if row <= len(sheet.rows) else ()
    parts = [date_part(clean(cell)) for cell, above in pairs if cell is not None and cell != above]
    return len(parts) > 1 and None not in parts and bool(in_parts(header_cells(sheet, row)))


def _first_texts(sheet: Sheet) -> int:
    for number in range(1, min(len(sheet.rows), _HEADER_WITHIN) + 1):
        cells = [cell for cell in sheet.row(number) if cell is not None]
        if len(cells) >= 2:
            texts = all(isinstance(cell, str) and not re.search(r"\d{2}", cell) for cell in cells)
            data = any(share_of([cell], sex_like) for cell in cells)
            return number if texts and not data else 0
    return 0


def header_cells(sheet: Sheet, row: int) -> list[str]:
    """The headings of a row as text, completed from the row above where headings take two rows.

    An empty heading takes the one above it; `Date` under `Arrival` becomes `Date Arrival` where
    that is a known heading.
    """
    headings = [clean(cell) for cell in sheet.row(row)]
    above = [clean(cell) for cell in sheet.row(row - 1)]
    if sum(1 for text in above if text) < 2:
        return headings
    carried = ""
    for column, text in enumerate(above[: len(headings)]):
        carried = text or carried
        own = headings[column]
        if not own:
            headings[column] = text
        elif carried and _is_completed(own, carried):
            headings[column] = f"{own} {carried}"
    return headings


def _is_completed(own: str, above: str) -> bool:
    """Whether a heading means more with the one above: `Date` below `Arrival`, `Day` below `Birth`."""
    if date_part(own) and heading_field(above)[0] in DATE_FIELDS:
        return True
    return fold(own) in known("vague_headings") and heading_field(f"{own} {above}")[1] >= PART - 1


def find_list(workbook: Workbook) -> tuple[Sheet, int]:
    """The sheet that looks most like a list of people, and its header row; visible sheets come first."""
    return lists_in(workbook)[0]


def lists_in(workbook: Workbook) -> list[tuple[Sheet, int]]:
    """The sheets that look like lists of people with their header rows, the likeliest first.

    At least one, whatever it looks like. A hidden sheet comes after every visible list.
    """
    scored = []
    for position, sheet in enumerate(workbook.sheets):
        header = find_header(sheet)
        score = fields_named(header_cells(sheet, header)) if header else 0
        listed = score >= _FIELDS_OF_LIST
        rank = (listed and sheet.visible, score, sheet.visible, len(sheet.rows), -position)
        scored.append((rank, sheet, header, listed))
    scored.sort(key=lambda each: each[0], reverse=True)
    first, *others = scored
    return [first[1:3], *(each[1:3] for each in others if each[3])]


def fingerprint(headings: Sequence[Value]) -> str:
    """The same 32 hex digits for the same headings in the same order, however they are spelt out."""
    folded = [fold(clean(heading)) for heading in headings]
    while folded and not folded[-1]:
        folded.pop()
    return hashlib.sha256("\x1f".join(folded).encode()).hexdigest()[:32]


def propose_mapping(headings: Sequence[Value], sample_rows: Sequence[Sequence[Value]]) -> Mapping:
    """The field of each column, by its heading, checked against what the column holds.

    Each field has one column, save REPEATABLE ones. Columns without a meaning are in `left_out`.
    """
    texts = [clean(heading) for heading in headings]
    samples = [
        [row[at] for row in sample_rows[:_SAMPLE] if at < len(row)]
        for at in range(_width(texts, sample_rows))
    ]
    texts += [""] * (len(samples) - len(texts))
    candidates: dict[int, tuple[str, int]] = {}
    refused: dict[int, str] = {}
    for column, text in enumerate(texts):
        name, surely = heading_field(text) if text else (None, 0)
        vague = surely < PART - 1 or fold(text) in known("vague_headings")
        if name == "return_modality" and _looks_rather("return_type", name, samples[column]):
            name = "return_type"
        if name and not _fits(name, samples[column], vague=vague):
            refused[column] = "contents"
        elif name:
            candidates[column] = (name, surely)
    candidates = {**_in_context(candidates, texts), **in_parts(texts), **_sexes_ticked(texts, samples)}
    columns = _assigned(candidates)
    columns.update(
        _by_contents(columns, [text if at not in refused else "" for at, text in enumerate(texts)], samples)
    )
    left_out = tuple(
        LeftOut(column, text, refused.get(column, "repeated" if column in candidates else "unknown"))
        for column, text in enumerate(texts)
        if column not in columns and (text or any(not is_empty(value) for value in samples[column]))
    )
    orders = {column: order for column in columns if (order := _stated_order(texts[column]))}
    full = next((texts[column] for column in sorted(columns) if columns[column] == "full_name"), "")
    return Mapping(dict(sorted(columns.items())), left_out, orders, _family_first(full))


def _looks_rather(name: str, than: str, values: Sequence[Value]) -> bool:
    return share_of(values, LOOKS[name]) > share_of(values, LOOKS[than])


def _width(texts: Sequence[str], rows: Sequence[Sequence[Value]]) -> int:
    return max([len(texts), *(len(row) for row in rows[:_SAMPLE])])


def _in_context(candidates: dict[int, tuple[str, int]], texts: Sequence[str]) -> dict[int, tuple[str, int]]:
    """Headings whose meaning hangs on the others: `Nom` beside `Prénom` is the family name."""
    settled = dict(candidates)
    plain = [column for column in candidates if _is_generic_name(texts[column])]
    others = {name for column, (name, _) in candidates.items() if column not in plain}
    for column in plain:
        if "given_names" in others and "family_name" not in others:
            settled[column] = ("family_name", EXACT)
        elif "family_name" in others and "given_names" not in others:
            settled[column] = ("given_names", EXACT)
        else:
            settled[column] = ("full_name", NEAR)
        others.add(settled[column][0])
    if "family_name" in others and not others & {"given_names", "full_name"}:
        others_named = [column for column, (name, _) in candidates.items() if name == "other_names"]
        settled.update(dict.fromkeys(others_named[:1], ("given_names", NEAR)))
    for column, (name, surely) in candidates.items():
        if name == "origin":
            settled[column] = ("return_country" if "nationality" in others else "nationality", surely - 1)
        elif fold(texts[column]) in known("vague_headings") and column not in plain:
            settled[column] = (name, surely - 5)
    return settled


def _sexes_ticked(texts: Sequence[str], samples: Sequence[Sequence[Value]]) -> dict[int, tuple[str, int]]:
    """Two columns side by side, of men and of women, in which a mark is set."""
    for column in range(len(texts) - 1):
        pair = [meanings("sex").get(fold(text)) for text in texts[column : column + 2]]
        ticked = all(share_of(samples[at], _is_tick) == 1.0 for at in (column, column + 1))
        if set(pair) == {"male", "female"} and ticked:
            return {column + at: (f"sex_{sex}", EXACT) for at, sex in enumerate(pair)}
    return {}


def _is_tick(value: Value) -> bool:
    return clean(value).lower() in {"x", "1", "✓", "✔", "v", "oui", "yes", "true"}


def _is_generic_name(text: str) -> bool:
    return fold(re.sub(r"\(.*?\)", " ", text)) in known("plain_name_headings")


def _assigned(candidates: dict[int, tuple[str, int]]) -> dict[int, str]:
    columns: dict[int, str] = {}
    taken: set[str] = set()
    for column, (name, surely) in sorted(candidates.items(), key=lambda each: (-each[1][1], each[0])):
        if name not in taken or (name in REPEATABLE and surely >= NEAR):
            columns[column] = name
            taken.add(name)
    return columns


def _stated_order(heading: str) -> DateOrder | None:
    """The order in `Date of birth (dd/mm/yyyy)` or `JJ/MM/AAAA`."""
    found = _ORDER.search(level(heading))
    if not found or (found[1][0] == "m") == (found[2][0] == "m"):
        return None
    return DateOrder.MONTH_FIRST if found[1][0] == "m" else DateOrder.DAY_FIRST


def _family_first(heading: str) -> bool | None:
    words = fold(heading).split()
    family = next((at for at, word in enumerate(words) if word in _FAMILY_WORDS), None)
    given = next((at for at, word in enumerate(words) if word in _GIVEN_WORDS), None)
    return None if family is None or given is None else family < given


def _fits(name: str, values: Sequence[Value], *, vague: bool) -> bool:
    """Whether a column holds what its heading promises.

    A third of a vague heading's cells must; a plain heading is believed unless none of five does.
    """
    looks = LOOKS.get(name)
    if looks is None or (name == "return_type" and not vague):
        return True
    share = share_of(values, looks)
    if vague:
        return share >= 0.3
    return share > 0.0 or sum(1 for value in values if not is_empty(value)) < 5


def _by_contents(
    columns: dict[int, str], texts: Sequence[str], samples: Sequence[Sequence[Value]]
) -> dict[int, str]:
    """Columns whose heading says nothing but whose cells do: e-mail, sex, kind of return, phone."""
    found: dict[int, str] = {}
    for column, values in enumerate(samples):
        filled = [value for value in values if not is_empty(value)]
        if column in columns or len(filled) < 3 or heading_field(texts[column])[0]:
            continue
        for name in ("email", "sex", "return_type"):
            if (
                name not in columns.values()
                and name not in found.values()
                and share_of(filled, sex_like if name == "sex" else LOOKS[name]) >= 0.8
            ):
                found[column] = name
                break
        else:
            if "phone" not in columns.values() and share_of(filled, international_phone) >= 0.8:
                found[column] = "phone"
    return found
