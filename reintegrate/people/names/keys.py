"""Index keys: what is stored for a person, what a query asks for, and how a typo finds a key."""

from itertools import pairwise

from reintegrate.people.names.sounds import skeleton, sounds
from reintegrate.people.names.tokens import Token, tokenise

LONGEST = 16


def fold(text: str) -> str:
    """A name as lower-case ASCII words with single spaces between them. Never raises."""
    return " ".join(token.text for token in tokenise(text))


def tokens(text: str) -> tuple[str, ...]:
    """The folded parts of a name that count: no particles, no honorifics, compounds as one."""
    return tuple(token.text for token in weighty(text))


def weighty(text: str) -> tuple[Token, ...]:
    """The tokens of a name that are neither particle nor honorific; all where nothing else is there."""
    found = tokenise(text)
    return tuple(token for token in found if not token.minor) or found


def index_keys(*names: str) -> frozenset[str]:
    """The keys stored for a person with these names, each at most 16 ASCII characters.

    Neighbouring parts are stored joined as well, so that Xiao Ming is found as Xiaoming.
    """
    found: set[str] = set()
    for name in names:
        parts = weighty(name)
        for token in parts:
            found.update(key[:LONGEST] for key in token.stored if key)
        found.update(_joined(a, b) for a, b in pairwise(parts) if len(a.text) + len(b.text) <= 12)
    return frozenset(key for key in found if key)


def query_keys(text: str) -> tuple[frozenset[str], ...]:
    """For each part of a query, the keys under which somebody so called may be stored."""
    parts = weighty(text)
    groups = [frozenset(key[:LONGEST] for key in token.asked if key) for token in parts]
    for position, (a, b) in enumerate(pairwise(parts)):
        if len(a.text) + len(b.text) <= 14:
            joined = frozenset({_joined(a, b)}) - {""}
            groups[position] |= joined
            groups[position + 1] |= joined
    return tuple(group for group in groups if group)


def _joined(a: Token, b: Token) -> str:
    return skeleton(sounds(a.text + b.text)[0])[:LONGEST]


def neighbours(key: str) -> frozenset[str]:
    """The key with one character left out, in every place: two keys one slip apart share one."""
    if len(key) < 3:
        return frozenset()
    return frozenset(key[:i] + key[i + 1 :] for i in range(len(key)))
