from hypothesis import given
from hypothesis import strategies as st

from reintegrate.references import ALPHABET, CAPACITY, is_well_formed, key_of, make_reference

offices = st.text(ALPHABET, min_size=2, max_size=4)
years = st.integers(2000, 2099)
sequences = st.integers(1, CAPACITY - 1)


@given(offices, years, sequences)
def test_a_reference_is_found_with_or_without_dashes_in_any_case(
    office: str, year: int, sequence: int
) -> None:
    reference = make_reference(office, year, sequence)

    assert is_well_formed(reference)
    assert is_well_formed(reference.replace("-", " ").lower())
    assert key_of(reference.lower().replace("-", "")) == key_of(reference)


@given(offices, years, sequences, st.data())
def test_one_wrong_character_is_noticed(office: str, year: int, sequence: int, data: st.DataObject) -> None:
    key = key_of(make_reference(office, year, sequence))
    place = data.draw(st.sampled_from([*range(len(office)), *range(len(key) - 6, len(key))]))
    other = data.draw(st.sampled_from([c for c in ALPHABET if c != key[place]]))

    assert not is_well_formed(key[:place] + other + key[place + 1 :])


@given(offices, years, sequences, st.data())
def test_two_exchanged_characters_are_noticed(
    office: str, year: int, sequence: int, data: st.DataObject
) -> None:
    key = key_of(make_reference(office, year, sequence))
    place = data.draw(st.integers(len(key) - 6, len(key) - 2))
    swapped = key[:place] + key[place + 1] + key[place] + key[place + 2 :]

    assert swapped == key or not is_well_formed(swapped)


@given(offices, years, st.sets(sequences, min_size=2, max_size=2))
def test_two_numbers_never_share_a_reference(office: str, year: int, pair: set[int]) -> None:
    first, second = pair

    assert make_reference(office, year, first) != make_reference(office, year, second)
