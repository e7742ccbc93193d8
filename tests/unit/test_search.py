"""The search index by itself: what it takes a word for."""

from __future__ import annotations

import sqlite3

import pytest

from medpolicy.formats.search_index import Entry, SearchIndex

ENTRIES = [
    Entry(0, "title", "Varicose veins", "100"),
    Entry(0, "statement", "s1", "Compression stockings for three months"),
    Entry(0, "codes", "listing", "36475 0565T L8699"),
    Entry(1, "title", "Bone grafts and stem cells", "200"),
    Entry(1, "product", "Osteocel Plus®", "NuVasive"),
    Entry(1, "statement", "s2", "Mesenchymal stem cells; café"),
    Entry(2, "title", "Something else with veins", "300"),
]


@pytest.fixture
def index() -> SearchIndex:
    return SearchIndex.open(None, "sha256:x", ENTRIES)


@pytest.mark.parametrize(
    ("words", "policies"),
    [
        (["varicose"], [0]),
        (["VARICOSE"], [0]),
        (["varicos"], [0]),
        (["varikose"], [0]),
        (["vericose"], [0]),
        (["veins"], [0, 2]),
        (["veins", "compression"], [0, 2]),
        (["mesenchimal"], [1]),
        (["osteocell"], [1]),
        (["cafe"], [1]),
        (["0565t"], [0]),
        (["l8699"], [0]),
        (["36475"], [0]),
        (["stem cells"], [1]),
        (["qqqqqq"], []),
        (["q"], []),
        ([], []),
        (["", "-", "*"], []),
        (['"', "NEAR(a b)", "OR", "label:x"], None),
    ],
)
def test_words(index, words, policies):
    found = index.search(words)
    if policies is not None:
        assert sorted(hit.policy for hit in found.hits) == sorted(policies)
        assert found.total == len(policies)


def test_the_policy_with_most_of_the_words_comes_first(index):
    assert [hit.policy for hit in index.search(["something", "veins", "varicose", "compression"]).hits] == [0, 2]


def test_what_was_taken_for_a_word_is_told(index):
    found = index.search(["mesenchimal", "stem", "qqqqqq"])
    assert found.instead == {"mesenchimal": ("mesenchymal",), "qqqqqq": ()}


def test_at_most_so_many(index):
    found = index.search(["veins"], most=1)
    assert (len(found.hits), found.total) == (1, 2)


def test_a_file_is_kept_for_its_library_only(tmp_path):
    def refuse() -> list[Entry]:
        raise AssertionError("made again")

    SearchIndex.open(tmp_path, "sha256:a", ENTRIES)
    kept = SearchIndex.open(tmp_path, "sha256:a", (entry for entry in refuse()) if False else iter(()))
    assert kept.search(["osteocel"]).total == 1
    other = SearchIndex.open(tmp_path, "sha256:b", ENTRIES[:3])
    assert other.search(["osteocel"]).total == 0


def test_a_foreign_file_is_replaced(tmp_path):
    file = tmp_path / "search-a.sqlite"
    connection = sqlite3.connect(file)
    connection.execute("CREATE TABLE library (digest TEXT, entries INTEGER)")
    connection.execute("INSERT INTO library VALUES ('sha256:a', 1)")
    connection.commit()
    connection.close()
    assert SearchIndex.open(tmp_path, "sha256:a", ENTRIES).search(["osteocel"]).total == 1
    file.unlink()
    file.mkdir()
    with pytest.raises(OSError, match="directory"):
        SearchIndex.open(tmp_path, "sha256:a", ENTRIES)


def test_what_fails_while_it_is_made_leaves_nothing(tmp_path):
    def broken() -> list[Entry]:
        raise KeyError("ours")

    with pytest.raises(KeyError):
        SearchIndex.open(tmp_path, "sha256:a", (entry for _ in (1,) for entry in broken()))
    assert list(tmp_path.iterdir()) == []
