"""Who lives with a returnee."""

from collections.abc import Callable

from reintegrate.demo.names import Community, FullName, full_name, name_of_child, name_of_sibling
from reintegrate.demo.records import HouseholdMember

_LATEST_BIRTH_YEAR = 2024

Draw = Callable[[], float]


def _full(name: FullName) -> str:
    return f"{name.given_names} {name.family_name}".rstrip()


def _children(
    draw: Draw, community: Community, father: FullName, mother: FullName | None, born: int, *, together: bool
) -> list[HouseholdMember]:
    count = int(draw() ** 1.5 * 5)
    oldest = born + 19 + int(draw() * 10)
    members = []
    for place in range(count):
        year = oldest + place * 2 + int(draw() * 2)
        if year > _LATEST_BIRTH_YEAR:
            break
        boy = draw() < 0.51
        name = _full(name_of_child(draw, community, father, mother, male=boy))
        if boy:
            members.append(HouseholdMember(name, "male", "son", year, together))
        else:
            members.append(HouseholdMember(name, "female", "daughter", year, together))
    return members


def _couple(
    draw: Draw, community: Community, name: FullName, male: bool, born: int
) -> tuple[HouseholdMember, list[HouseholdMember]]:
    together = draw() < 0.13
    if draw() < community.spouse_share:
        other = name_of_sibling(draw, community, name, of_male=male, male=not male)
    else:
        other = full_name(draw, community, male=not male)
    years = int(draw() * 8) - 1
    year = min(born + years if male else born - years, _LATEST_BIRTH_YEAR - 17)
    spouse = HouseholdMember(
        _full(other), "female" if male else "male", "wife" if male else "husband", year, together
    )
    father, mother = (name, other) if male else (other, name)
    return spouse, _children(draw, community, father, mother, born, together=together)


def _birth_family(
    draw: Draw, community: Community, name: FullName, male: bool, born: int
) -> list[HouseholdMember]:
    members = []
    if draw() < 0.6:
        mother = _full(full_name(draw, community, male=False))
        members.append(HouseholdMember(mother, "female", "mother", born - 18 - int(draw() * 20), False))
    for _ in range(int(draw() ** 1.6 * 4)):
        brother = draw() < 0.5
        sibling = _full(name_of_sibling(draw, community, name, of_male=male, male=brother))
        year = min(born - 8 + int(draw() * 17), _LATEST_BIRTH_YEAR)
        if brother:
            members.append(HouseholdMember(sibling, "male", "brother", year, False))
        else:
            members.append(HouseholdMember(sibling, "female", "sister", year, False))
    return members


def household_of(
    draw: Draw, community: Community, name: FullName, *, male: bool, born: int, marital_status: str
) -> tuple[HouseholdMember, ...]:
    """The 0 to 6 people the returnee born in the year `born` lives with, likely for the marital status."""
    if marital_status in {"married", "cohabiting"}:
        spouse, children = _couple(draw, community, name, male, born)
        return (spouse, *children)
    if draw() < 0.28:
        return ()
    if marital_status == "single":
        return tuple(_birth_family(draw, community, name, male, born))
    father = name if male else full_name(draw, community, male=True)
    mother = full_name(draw, community, male=False) if male else name
    return tuple(_children(draw, community, father, mother, born, together=draw() < 0.13))
