"""Names in any script and spelling: keys to find them by, and how alike two of them are.

`index_keys` are stored with a person, `query_keys` asked for: one group for each part of the query.
A person is a candidate where her keys meet the groups, most groups first. Where few are found, the
keys that occur and share a variant of `neighbours` with an asked one are added. A few hundred
candidates are then ranked with `similarity_prepared`. `compare` says whether two records are one person.
"""

from reintegrate.people.names.keys import fold, index_keys, neighbours, query_keys, tokens
from reintegrate.people.names.likeness import (
    Comparison,
    Identity,
    Likeness,
    Prepared,
    compare,
    prepare,
    similarity,
    similarity_prepared,
)

__all__ = [
    "Comparison",
    "Identity",
    "Likeness",
    "Prepared",
    "compare",
    "fold",
    "index_keys",
    "neighbours",
    "prepare",
    "query_keys",
    "similarity",
    "similarity_prepared",
    "tokens",
]
