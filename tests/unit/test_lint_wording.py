"""The parts of the linter that compare words, codes and lines."""

from __future__ import annotations

import re

import pytest

from medpolicy.authoring.lint.diagnosis_codes import diagnosis_codes
from medpolicy.authoring.lint.references import cited_numbers, in_ranges
from medpolicy.authoring.lint.subject import plain
from medpolicy.authoring.lint.vocabulary import CONDITIONAL, FIELDS
from medpolicy.authoring.lint.wording import demand_in, names_any, phrase_with, same_product
from medpolicy.model.codes import CodeSystem, parse_code_range


@pytest.mark.parametrize(
    ("text", "is_made", "of"),
    [
        ("Grafts that must be mixed with blood.", True, " be mixed with blood"),
        ("Grafts that require mixing with blood", True, " mixing with blood"),
        ("Grafts that do not require mixing with blood", False, " mixing with blood"),
        ("Grafts that need not be mixed; others are", False, " be mixed"),
        ("No mixing with blood required", False, "No mixing with blood required"),
        ("Grafts without the need of blood", False, " of blood"),
    ],
)
def test_a_demand(text: str, is_made: bool, of: str) -> None:
    demand = demand_in(text)
    assert demand is not None
    assert (demand.is_made, demand.of) == (is_made, of)


@pytest.mark.parametrize("text", ["Grafts are not covered.", "Including, but not limited to", ""])
def test_no_demand(text: str) -> None:
    assert demand_in(text) is None


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("Wonder® Putty", "Wonder® putty, paste and mix", True),
        ("Wonder II", "Wonder® II Gel", True),
        ("Wonder II", "Wonder III Gel", False),
        ("Nano Graft", "NanoGraft", True),
        ("Wonder Bone", "Bone Wonder", False),
        ("Wonder Plus", "Wonder", True),
        ("®", "Wonder", False),
    ],
)
def test_same_product(one: str, other: str, same: bool) -> None:
    assert same_product(one, other) is same
    assert same_product(other, one) is same


def test_the_phrase_of_a_clause() -> None:
    assert phrase_with("be mixed with autologous blood or marrow are odd", {"autologous"}) == "autologous blood or marrow"
    assert phrase_with("nothing", {"autologous"}) == ""


def test_a_word_and_a_word_with_a_star() -> None:
    assert names_any("Osteoarthritis of the knee", ("osteo*",))
    assert not names_any("Hippocampal injection", ("hip", "osteo*"))


@pytest.mark.parametrize(
    ("line", "numbers"),
    [
        ("As shown.<sup>1</sup>", [1]),
        ("As shown.<sup>1, 3-5</sup> Again [7].", [1, 3, 4, 5, 7]),
        ("As shown.^^2^^", [2]),
        ("As shown [1]-[3], [5] \u2013 [6].", [1, 2, 3, 5, 6]),
        ("As shown [1-2]-[4](x.md).", [1, 2]),
        ("As shown.\u00b9\u00b2", [12]),
        ("Of 35 kg/m<sup>2</sup> and 3 cm<sup>2</sup>", []),
        ("See #[374](#) and [12](other.md), Blue<sup>SM</sup>", []),
        ("In 2010 there were 3.", []),
    ],
)
def test_cited_numbers(line: str, numbers: list[int]) -> None:
    assert list(cited_numbers(line)) == numbers


def test_numbers_in_words() -> None:
    assert in_ranges([5, 1, 2, 3, 9]) == "1 to 3, 5, 9"


@pytest.mark.parametrize(
    ("line", "text"),
    [
        ("- **Bold** [link](#) x<sup>SM</sup>", "Bold link xSM"),
        ("  ### Head ", "Head"),
        ("\uf0b7 Item", "Item"),
        ("1. One, [2] two", "1. One, 2 two"),
    ],
)
def test_plain(line: str, text: str) -> None:
    assert plain(line) == text


def test_the_bundled_codes() -> None:
    codes = diagnosis_codes()
    assert codes.release == "2026-04-01"
    assert len(codes.codes) > 97_000
    assert list(codes.codes) == sorted(codes.codes)
    assert codes.is_complete("I87.2")
    assert codes.has("I83")
    assert not codes.is_complete("I83")
    assert not codes.has("I83.777")
    assert codes.is_complete("S82.001A")
    assert not codes.is_complete("ZZZ")
    assert codes.expired_after("V29.9XXA") == "2021-01-01"
    assert codes.expired_after("I87.2") is None
    assert codes.expired_after("I83.777") is None


@pytest.mark.parametrize(
    ("text", "there_are"),
    [
        ("I83.*", True),
        ("I83.001-I83.899", True),
        ("I83.95*", False),
        ("I83.950-I83.960", False),
        ("Z99.*", True),
        ("Z9Z*", False),
    ],
)
def test_codes_of_a_range(text: str, there_are: bool) -> None:
    assert diagnosis_codes().any_in(parse_code_range(CodeSystem.ICD_10_CM, text)) is there_are


@pytest.mark.parametrize(
    ("sentence", "names_one"),
    [
        ("When services are also investigational:", False),
        ("When the services may be medically necessary:", False),
        ("Investigational when used at home:", True),
        ("Not covered unless rest has failed:", True),
        ("Covered provided the criteria in section A are satisfied:", True),
        ("Medically necessary in accordance with the criteria above:", True),
        ("Covered subject to the criteria of the policy:", True),
        ("Provided by a hospital, these are investigational:", False),
        ("For information only; nothing is covered if the member's contract excludes it:", False),
        ("When the following codes are used, the service is investigational:", False),
        ("When the following codes are used for sleep apnea, the service is covered:", True),
        ("Effective when noted:", False),
    ],
)
def test_a_heading_that_begins_with_when_names_no_condition(sentence: str, names_one: bool) -> None:
    assert (re.search(CONDITIONAL, sentence, re.IGNORECASE) is not None) is names_one


@pytest.mark.parametrize(
    ("title", "descriptor"),
    [
        ("Cardiac Monitoring", "External electrocardiographic recording"),
        ("Cardiac Monitoring", "Insertion of subcutaneous rhythm monitor"),
        ("Heart Failure", "Transthoracic echocardiography"),
        ("Eye Surgery", "Blepharoplasty, upper lid"),
        ("Retinal Imaging", "Fundus photography"),
    ],
)
def test_a_descriptor_that_names_the_field_by_another_word(title: str, descriptor: str) -> None:
    assert any(names_any(title, names) and names_any(descriptor, terms) for names, terms in FIELDS)


def test_each_field_is_told_by_words_of_a_title() -> None:
    titles = ("Cochlear Implants", "Lung Volume", "Varicose Veins", "Knee Braces")
    told = {title for title in titles for names, _ in FIELDS if names_any(title, names)}
    assert told == {"Cochlear Implants", "Lung Volume", "Varicose Veins"}
