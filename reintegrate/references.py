"""Case references: `ADD-26-4K7QX-M`, office, year, number, check character.

They hold nothing about the person, skip I, O, 0 and 1, which people mistake, and are found with
or without dashes, in any case. The number is scattered over its range so that references do not
tell how many cases an office has. The check character is linear over the field of 32 elements
with distinct factors, so it finds every single wrong character and every two exchanged ones.
"""

ALPHABET = "23456789ABCDEFGHJKLMNPQRSTUVWXYZ"

NUMBER_LENGTH = 5
CAPACITY = len(ALPHABET) ** NUMBER_LENGTH

_SCATTER = 20_856_389
"""Odd, so multiplying by it permutes the numbers modulo CAPACITY, a power of two."""

_POLYNOMIAL = 0b100101

_VALUE = {character: value for value, character in enumerate(ALPHABET)}


def _times(a: int, b: int) -> int:
    """Product in GF(32), modulo x^5 + x^2 + 1."""
    product = 0
    while b:
        if b & 1:
            product ^= a
        a <<= 1
        if a & 0b100000:
            a ^= _POLYNOMIAL
        b >>= 1
    return product


def check_character(body: str) -> str:
    """The last character of a reference, from the ones before it without dashes."""
    total, factor = 0, 1
    for character in body:
        factor = _times(factor, 2)
        total ^= _times(factor, _VALUE[character])
    return ALPHABET[total]


def make_reference(office_code: str, year: int, sequence: int) -> str:
    """The reference for the `sequence`th case (from 1) of an office in a year.

    Raises ValueError beyond the 33 million numbers of a year.
    """
    if not 1 <= sequence < CAPACITY:
        raise ValueError("the numbers of this office and year are used up")
    scattered = sequence * _SCATTER % CAPACITY
    number = ""
    for _ in range(NUMBER_LENGTH):
        scattered, digit = divmod(scattered, len(ALPHABET))
        number = ALPHABET[digit] + number
    short_year = f"{year % 100:02}".translate(_YEAR_DIGITS)
    body = f"{office_code}{short_year}{number}"
    return f"{office_code}-{year % 100:02}-{number}-{check_character(body)}"


_YEAR_DIGITS = str.maketrans("01", "ZY")
"""0 and 1 occur in years only; for the check they count as two letters."""


def key_of(text: str) -> str:
    """A typed reference without dashes, spaces and case, as it is looked up."""
    return "".join(text.split()).replace("-", "").replace("–", "").upper()


def is_well_formed(text: str) -> bool:
    """Whether a typed text is a reference with a right check character."""
    key = key_of(text)
    if not 10 <= len(key) <= 12:
        return False
    office, year, number = key[: -NUMBER_LENGTH - 3], key[-NUMBER_LENGTH - 3 : -NUMBER_LENGTH - 1], key[-6:-1]
    body = office + year.translate(_YEAR_DIGITS) + number
    if not (year.isdigit() and set(body) <= set(ALPHABET)):
        return False
    return check_character(body) == key[-1]
