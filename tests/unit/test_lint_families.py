"""Pairs of provisions that apply together are few findings, and each pair keeps the request that shows it."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from medpolicy.authoring.lint.families import Pair, Side, families
from medpolicy.authoring.lint.findings import Place
from medpolicy.model.citation import Citation
from medpolicy.model.issuer import Coverage, Stance
from medpolicy.model.policy import Provision
from medpolicy.review.determine import ENGINES
from tests.unit.lint_library import Short, findings_of
from tests.unit.test_lint_proofs import answered

CITED = Citation(section="S", first_line=1, last_line=1, sha256="0" * 64, rendition="0" * 64)
COVERED = (Stance.MEDICALLY_NECESSARY, Coverage.COVERED)
NOT_COVERED = (Stance.COSMETIC, Coverage.NOT_COVERED)
INVESTIGATIONAL = (Stance.INVESTIGATIONAL, Coverage.NOT_COVERED)
FIVE = """
facts: [{id: a, type: boolean}, {id: b, type: boolean}, {id: c, type: boolean}, {id: d, type: boolean}, {id: e, type: boolean}]
provisions:
  - {id: yes-a, stance: medically-necessary, criteria: {fact: a}}
  - {id: yes-b, stance: medically-necessary, criteria: {all: [{fact: b}, {fact: c}]}}
  - {id: no-c, stance: investigational, criteria: {fact: c}}
  - {id: no-d, stance: investigational, criteria: {fact: d}}
  - {id: no-e, stance: investigational, criteria: {fact: e}}
code_listings: [{id: widgets, system: cpt, decides: with-provisions, codes: [{code: "11111", at: 3}]}]
"""


@pytest.mark.parametrize("engine", ENGINES)
def test_one_finding_for_each_with_each(tmp_path: Path, engine: str) -> None:
    (found,) = findings_of(tmp_path, Short(version=FIVE), "provisions-conflict")
    assert found.message == (
        "2 provisions (medically-necessary: yes-a, yes-b) and 3 provisions (investigational: no-c, no-d, no-e) apply together, "
        "each with each, and disagree on coverage: 6 pairs. In 5 of them the two have no question in common, so nothing keeps a "
        "service from being both."
    )
    assert [place.path for place in found.places[:2]] == ["provisions[yes-a]", "provisions[no-c]"]
    assert len(found.places) == 5
    assert {one.provisions for one in found.examples} == {
        (yes, no) for yes in ("yes-a", "yes-b") for no in ("no-c", "no-d", "no-e")
    }
    assert found.request == found.examples[0].request
    for one in found.examples:
        assert answered(tmp_path, one.request, engine)["coverage"] == "indeterminate"


def test_a_pair_that_stands_apart_is_a_finding_of_its_own(tmp_path: Path) -> None:
    version = FIVE.replace("criteria: {fact: e}", "criteria: {all: [{fact: e}, {fact: a, is: false}]}")
    found = findings_of(tmp_path, Short(version=version), "provisions-conflict")
    assert [len(one.examples) for one in found] == [4, 0]
    assert found[1].message == (
        "yes-b (medically-necessary) and no-e (investigational) apply together, and disagree on coverage. They have no question "
        "in common, so nothing keeps a service from being both."
    )


@pytest.mark.parametrize("shared", ["{all: [{fact: d}, {fact: a}]}", "{any: [{fact: e}, {not: {fact: a}}]}"])
def test_a_pair_with_a_common_question_says_nothing_of_it(tmp_path: Path, shared: str) -> None:
    version = "\n".join(line for line in FIVE.splitlines() if not any(name in line for name in ("yes-b", "no-c", "no-e")))
    (found,) = findings_of(tmp_path, Short(version=version.replace("{fact: d}}", f"{shared}}}")), "provisions-conflict")
    assert found.message == "yes-a (medically-necessary) and no-d (investigational) apply together, and disagree on coverage."


def test_codes_are_a_question_that_provisions_have_in_common(tmp_path: Path) -> None:
    version = """
provisions:
  - {id: ones, stance: medically-necessary, procedures: ["11111"]}
  - {id: twos, stance: cosmetic, procedures: ["11111-11119"]}
"""
    (found,) = findings_of(tmp_path, Short(version=version), "provisions-conflict")
    assert found.message == "ones (medically-necessary) and twos (cosmetic) apply together, and disagree on coverage."


def side(name: str, stands_for: tuple[Stance, Coverage]) -> Side:
    stance, coverage = stands_for
    provision = Provision(id=name, text=name, stance=stance, citation=CITED, lines_of_business=("commercial",))
    return Side(provision=provision, stance=stance, coverage=coverage, place=Place(file="1.yaml", path=name, text=name))


def test_the_most_pairs_are_gathered_first_whichever_stands_first() -> None:
    edges = [("x", no) for no in "1234"] + [(yes, no) for yes in "abc" for no in "123"]
    pairs = [Pair((side(yes, COVERED), side(no, NOT_COVERED)), {}) for yes, no in edges]
    turned = [Pair((pair.sides[1], pair.sides[0]), {}) if at % 2 else pair for at, pair in enumerate(pairs)]
    for given_pairs in (pairs, turned):
        assert [len(finding.examples) for finding in families(given_pairs)] == [12, 0]


@given(
    st.lists(
        st.tuples(
            st.integers(0, 5),
            st.integers(6, 11),
            st.sampled_from([(COVERED, NOT_COVERED), (NOT_COVERED, COVERED), (NOT_COVERED, INVESTIGATIONAL)]),
        ),
        unique_by=lambda drawn: drawn[:2],
        max_size=20,
    )
)
@settings(max_examples=300)
def test_each_pair_is_in_one_family_whose_halves_all_meet(
    drawn: list[tuple[int, int, tuple[tuple[Stance, Coverage], tuple[Stance, Coverage]]]],
) -> None:
    pairs = [
        Pair((side(str(one), first), side(str(other), second)), {"of": [one, other]}) for one, other, (first, second) in drawn
    ]
    told: Counter[tuple[str, ...]] = Counter()
    for finding in families(pairs):
        named = [one.provisions for one in finding.examples] or [tuple(place.path for place in finding.places)]
        told.update(named)
        own = [pair for pair in pairs if (pair.sides[0].id, pair.sides[1].id) in named]
        assert len({pair.is_conflict for pair in own}) == 1
        halves: dict[str, set[str]] = {}
        for pair in own:
            for one in pair.sides:
                halves.setdefault(pair.says(one), set()).add(one.id)
        first, second = halves.values()
        assert len(first) * len(second) == len(named)
        assert {place.path for place in finding.places} == first | second
    assert told == Counter((str(one), str(other)) for one, other, _ in drawn)
