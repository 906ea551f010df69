"""Names as they are really written, with made-up bearers: found in every spelling, and not mistaken."""

from pathlib import Path

import pytest
from click import ClickException
from flask import Flask

from reintegrate.bench.names import count, read_pairs, share
from tests.people.test_names import high

PAIRS = Path(__file__).parent / "name_pairs.csv"
OTHERS = 3_000


def test_people_are_found_by_other_spellings_and_not_mistaken_for_others(app: Flask) -> None:
    total, hits = count(read_pairs(PAIRS), OTHERS)

    assert share(hits, total, "same") >= 0.98
    assert share(hits, total, "different") <= 0.02
    assert all(hits[kind] >= 0.9 * total[kind] for kind in total if kind[0] == "same")


def test_whether_two_people_are_one_does_not_depend_on_who_comes_first() -> None:
    for row in read_pairs(PAIRS):
        assert high(row["query"], row["record"]) == high(row["record"], row["query"]), row


MALFORMED = [
    (b"", "no column query, record, relation, kind"),
    (b"query,record\nA,B\n", "no column relation, kind"),
    (b"query;record;relation;kind\nA;B;same;typo\n", "no column"),
    (b"query,record,relation,kind\n", "holds no pairs"),
    (b"query,record,relation,kind\nJos\xe9,Jose,same,diacritics\n", "not written in UTF-8"),
    (b"query,record,relation,kind\nA,B\n", "line 2: nothing stands under relation, kind"),
    (b"query,record,relation,kind\nA,B,equal,typo\n", "line 2: the relation is equal"),
    (b'query,record,relation,kind\n"A,B,same,typo\n', "unexpected end of data"),
]


@pytest.mark.parametrize(("content", "message"), MALFORMED)
def test_a_file_that_holds_no_pairs_is_refused_with_the_reason(
    content: bytes, message: str, tmp_path: Path
) -> None:
    path = tmp_path / "pairs.csv"
    path.write_bytes(content)

    with pytest.raises(ClickException, match=message):
        read_pairs(path)
