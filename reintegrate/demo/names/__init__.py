"""Names as people of the countries of return bear and write them, for made-up people."""

from reintegrate.demo.names.compose import FullName, full_name, name_of_child, name_of_sibling
from reintegrate.demo.names.pools import Community, Entry, communities, countries

__all__ = [
    "Community",
    "Entry",
    "FullName",
    "communities",
    "countries",
    "full_name",
    "name_of_child",
    "name_of_sibling",
]
