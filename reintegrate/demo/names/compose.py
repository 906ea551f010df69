"""Full names put together by the rules of each way of naming.

Where a person bears no family name (Ethiopia, Eritrea, Somalia) the names of the father and the
grandfather stand in its place, as registers that ask for a family name record them.
"""

from collections.abc import Callable, Mapping, Sequence
from typing import NamedTuple

from reintegrate.demo.names.pools import Community, Entry


class FullName(NamedTuple):
    """The parts of one person's name, each with its spellings; `family` is empty for a single name."""

    given: tuple[Entry, ...]
    family: tuple[Entry, ...]

    @property
    def given_names(self) -> str:
        """The given names in the Latin spelling of documents."""
        return " ".join([entry.latin for entry in self.given])

    @property
    def family_name(self) -> str:
        """The family name, or what stands in its place, in the Latin spelling of documents."""
        return " ".join([entry.latin for entry in self.family])

    def native(self, *, family_first: bool) -> str:
        """The whole name in its own script."""
        parts = self.family + self.given if family_first else self.given + self.family
        return " ".join([entry.native for entry in parts])

    def other(self) -> str:
        """The whole name in a second Latin spelling; equal to the first where none is usual."""
        return " ".join([entry.other for entry in self.given + self.family])


Draw = Callable[[], float]
System = Callable[[Draw, Community, bool], FullName]


def pick(draw: Draw, entries: Sequence[Entry]) -> Entry:
    """One of the entries, the first ones more often, as common names are."""
    return entries[int(len(entries) * draw() ** 1.4)]


def _other_than(draw: Draw, entries: Sequence[Entry], *taken: Entry) -> Entry:
    position = int(len(entries) * draw() ** 1.4)
    while entries[position] in taken:
        position = (position + 1) % len(entries)
    return entries[position]


def _given(draw: Draw, community: Community, male: bool) -> tuple[Entry, ...]:
    pool = community.male if male else community.female
    first = pick(draw, pool)
    if draw() >= community.second_given_share:
        return (first,)
    return (first, _other_than(draw, pool, first))


def _families(community: Community, male: bool) -> tuple[Entry, ...]:
    return community.family if male else community.family_female


def _given_family(draw: Draw, community: Community, male: bool) -> FullName:
    given = _given(draw, community, male)
    if community.no_family_share and draw() < community.no_family_share:
        return FullName(given, ())
    return FullName(given, (_other_than(draw, _families(community, male), *given),))


def _given_father_grandfather(draw: Draw, community: Community, male: bool) -> FullName:
    given = pick(draw, community.male if male else community.female)
    father = _other_than(draw, community.male, given)
    return FullName((given,), (father, _other_than(draw, community.male, given, father)))


def _given_father_family(draw: Draw, community: Community, male: bool) -> FullName:
    given = pick(draw, community.male if male else community.female)
    family = (pick(draw, community.family),)
    if draw() < 0.4:
        return FullName((given,), family)
    return FullName((given, _other_than(draw, community.male, given)), family)


def _given_patronymic_family(draw: Draw, community: Community, male: bool) -> FullName:
    given = pick(draw, community.male if male else community.female)
    family = (pick(draw, _families(community, male)),)
    if draw() < 0.5:
        return FullName((given,), family)
    patronymic = pick(draw, community.patronymic_male if male else community.patronymic_female)
    return FullName((given, patronymic), family)


def _given_mother_family(draw: Draw, community: Community, male: bool) -> FullName:
    given = _given(draw, community, male)
    family = pick(draw, community.family)
    if draw() < 0.35:
        return FullName(given, (family,))
    return FullName((*given, _other_than(draw, community.family, family)), (family,))


def _double_surname(draw: Draw, community: Community, male: bool) -> FullName:
    given = _given(draw, community, male)
    first = pick(draw, community.family)
    if draw() < 0.12:
        return FullName(given, (first,))
    return FullName(given, (first, _other_than(draw, community.family, first)))


def _family_middle_given(draw: Draw, community: Community, male: bool) -> FullName:
    given = pick(draw, community.male if male else community.female)
    middle = _other_than(draw, community.middle_male if male else community.middle_female, given)
    return FullName((middle, given), (pick(draw, community.family),))


SYSTEMS: Mapping[str, System] = {
    "given_family": _given_family,
    "afghan": _given_family,
    "given_father_grandfather": _given_father_grandfather,
    "given_father_family": _given_father_family,
    "given_patronymic_family": _given_patronymic_family,
    "given_mother_family": _given_mother_family,
    "double_surname": _double_surname,
    "family_middle_given": _family_middle_given,
}


def full_name(draw: Draw, community: Community, *, male: bool) -> FullName:
    """A name for somebody of the community; `draw` gives numbers from 0 up to 1."""
    return SYSTEMS[community.system](draw, community, male)


def _shared_family(
    community: Community, family: tuple[Entry, ...], *, from_male: bool, male: bool
) -> tuple[Entry, ...]:
    if from_male == male or community.family is community.family_female:
        return family
    mine, theirs = _families(community, from_male), _families(community, male)
    return tuple(theirs[mine.index(entry)] for entry in family)


def name_of_child(
    draw: Draw, community: Community, father: FullName, mother: FullName | None, *, male: bool
) -> FullName:
    """A name for a son (`male`) or a daughter of the father, as names pass on in the community."""
    if community.system == "given_father_grandfather":
        own = _other_than(draw, community.male if male else community.female, father.given[0])
        return FullName((own,), (father.given[0], father.family[0]))
    name = name_of_sibling(draw, community, father, of_male=True, male=male)
    given, family = name.given, name.family
    if community.system == "given_father_family":
        given = (
            _other_than(draw, community.male if male else community.female, father.given[0]),
            father.given[0],
        )
    elif community.system == "given_patronymic_family":
        patronymics = community.patronymic_male if male else community.patronymic_female
        given = (name.given[0], patronymics[community.male.index(father.given[0])])
    elif mother is not None and mother.family and community.system == "double_surname":
        family = (father.family[0], mother.family[0])
    elif mother is not None and mother.family and community.system == "given_mother_family":
        given = (name.given[0], mother.family[0])
    return FullName(given, family)


def name_of_sibling(draw: Draw, community: Community, of: FullName, *, of_male: bool, male: bool) -> FullName:
    """A name with the family name of `of` (a man's if `of_male`) in the form of the bearer's sex.

    Where women bear names of their own, or people none, the family name is not passed on.
    """
    name = full_name(draw, community, male=male)
    if not of.family or not (community.women_agree or of_male == male):
        return name
    given = name.given
    if community.system == "given_mother_family":
        given = (given[0], *(entry for entry in of.given[1:] if entry in community.family))
    return FullName(given, _shared_family(community, of.family, from_male=of_male, male=male))
