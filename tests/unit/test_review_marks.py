"""Review marks: what a policy file says that a person should look at, and where it is said again."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from medpolicy import determine, load_library
from medpolicy.formats.policy_places import lines_by_place
from medpolicy.formats.yaml_tree import read_yaml
from medpolicy.model.policy import ReviewMark
from medpolicy.review.determine import ENGINES
from tests.small_library import cite, write_library

REQUEST = {"service_date": "2022-01-01", "line_of_business": "north-line", "procedures": ["22222"]}


def marked(root: Path, replacements: dict[str, str], file: str = "2020-01.yaml") -> Path:
    """The small library with parts of a file of policy north/100 replaced."""
    write_library(root, issuers=("north",))
    path = root / "north" / "100" / file
    text = path.read_text(encoding="utf-8")
    for old, new in replacements.items():
        assert old in text
        text = text.replace(old, new, 1)
    path.write_text(text, encoding="utf-8")
    return root


def marks_of(root: Path) -> tuple[ReviewMark, ...]:
    return load_library(root).policy("100").review_marks


@pytest.mark.parametrize(
    ("old", "new", "place"),
    [
        ("  - id: blue-widgets\n", '  - id: blue-widgets\n    review: ["why"]\n', "provisions[blue-widgets]"),
        ("{fact: blue}", '{fact: blue, review: ["why"]}', "provisions[blue-widgets].criteria.all[0]"),
        ("{id: size,", '{id: size, review: ["why"],', "facts[size]"),
        ("  - id: wonders\n", '  - id: wonders\n    review: ["why"]\n', "product_lists[wonders]"),
        ("[{name: ", '[{review: ["why"], name: ', "product_lists[wonders].products[Wonder Widget®]"),
        ("  - id: never\n", '  - id: never\n    review: ["why"]\n', "code_listings[never]"),
        ('[{code: "22222",', '[{review: ["why"], code: "22222",', "code_listings[never].codes[22222]"),
        ("{setting: inpatient,", '{review: ["why"], setting: inpatient,', "authorization[0]"),
        ("provisions:\n", 'review: ["why"]\nprovisions:\n', ""),
    ],
)
def test_a_mark_of_a_version(tmp_path: Path, old: str, new: str, place: str) -> None:
    (mark,) = marks_of(marked(tmp_path, {old: new}))
    assert (mark.place, mark.reason, mark.version) == (place, "why", "2020-01")
    assert (mark.citation is not None) == bool(place)


@pytest.mark.parametrize(
    ("old", "new", "place"),
    [
        ('{number: "900",', '{review: ["why"], number: "900",', "related[900]"),
        ("{date: 2024-01,", '{review_marks: ["why"], review: true, date: 2024-01,', "history[2024-01]"),
        ("related:\n", 'review: ["why"]\nrelated:\n', ""),
    ],
)
def test_a_mark_of_the_policy(tmp_path: Path, old: str, new: str, place: str) -> None:
    (mark,) = marks_of(marked(tmp_path, {old: new}, "policy.yaml"))
    assert (mark.place, mark.reason, mark.version) == (place, "why", None)


def test_a_mark_cites_the_nearest_citation(tmp_path: Path) -> None:
    (mark,) = marks_of(marked(tmp_path, {"{fact: blue}": f'{{fact: blue, review: ["why"], citation: {cite(3)}}}'}))
    assert mark.citation is not None
    assert mark.citation.first_line == 3


def test_marks_survive_the_cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MEDPOLICY_CACHE", str(tmp_path / "cache"))
    root = marked(tmp_path / "library", {"{fact: blue}": '{fact: blue, review: ["one", "two"]}'})
    first = marks_of(root)
    assert len(first) == 2
    assert marks_of(root) == first


def test_a_mark_needs_words(tmp_path: Path) -> None:
    from medpolicy import PolicyFileError

    with pytest.raises(PolicyFileError) as refused:
        marks_of(marked(tmp_path, {"{id: size,": '{id: size, review: [""],'}))
    assert refused.value.faults[0].path == "facts[1].review[0]"


@pytest.mark.parametrize("engine", ENGINES)
@pytest.mark.parametrize("count", [0, 1, 2])
def test_an_answer_says_how_many(tmp_path: Path, engine: str, count: int) -> None:
    reasons = ", ".join(['"why"'] * count)
    library = load_library(marked(tmp_path, {"{fact: blue}": f"{{fact: blue, review: [{reasons}]}}"}))
    answer = determine(REQUEST, library, as_of=date(2026, 11, 23), engine=engine)
    notes = [note["text"] for note in answer["services"][0]["notes"] if note["code"] == "awaits-review"]
    expected = {0: [], 1: ["1 mark says"], 2: ["2 marks say"]}[count]
    assert len(notes) == len(expected)
    assert all(part in text for part, text in zip(expected, notes, strict=True))


@pytest.mark.parametrize("engine", ENGINES)
def test_an_answer_that_cites_no_policy_has_no_such_note(tmp_path: Path, engine: str) -> None:
    library = load_library(marked(tmp_path, {"{fact: blue}": '{fact: blue, review: ["why"]}'}))
    answer = determine({**REQUEST, "procedures": ["99999"]}, library, as_of=date(2026, 11, 23), engine=engine)
    assert answer["services"][0]["notes"] == []


def test_the_line_of_each_place() -> None:
    tree = read_yaml(b"a:\n  - id: x\n    b: 1\n  - id: x\n  - c: 2\n", "f")
    assert lines_by_place(tree) == {"": 1, "a": 2, "a[x]": 2, "a[x].id": 2, "a[x].b": 3, "a[2]": 5, "a[2].c": 5}
