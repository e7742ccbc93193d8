"""The compiled library of the tabular engine: what is asked once, what is told apart, and how answers become columns."""

from __future__ import annotations

from datetime import date

import pytest

from benchmarks.generated import write_library
from medpolicy import Library, load_library
from medpolicy.engines.compiled import CompiledIndex
from medpolicy.engines.tabular import lookup_tables
from medpolicy.engines.tabular_answers import COLUMNS, NO_PROCEDURE, Answered, AnswerTable
from medpolicy.engines.tabular_library import compile_library
from medpolicy.model.citation import Citation
from medpolicy.model.codes import CodeRange, CodeSet, CodeSystem

FIRST, LAST = date(2022, 1, 1), date(2024, 12, 31)


@pytest.fixture(scope="module")
def generated(tmp_path_factory: pytest.TempPathFactory) -> Library:
    root = tmp_path_factory.mktemp("library")
    write_library(root, 3)
    return load_library(root)


def test_what_no_text_tells_apart_is_asked_about_once(generated: Library, monkeypatch: pytest.MonkeyPatch) -> None:
    asked = []
    service = CompiledIndex.service
    monkeypatch.setattr(CompiledIndex, "service", lambda self, case, day: asked.append(case) or service(self, case, day))
    compiled = compile_library(generated, FIRST, LAST)
    # Twenty codes of two listings, and four lines of business: the codes of a listing and the lines are alike.
    assert len({case.service.code for case in asked if case.service}) == 2 * 3 + 1
    assert len({case.request.line_of_business for case in asked}) == 1
    assert len(set(compiled.intervals.codes)) == 3 * 20


def test_alike_codes_cite_their_own_lines(generated: Library) -> None:
    compiled = compile_library(generated, FIRST, LAST)
    table = lookup_tables(compiled).intervals.to_pyarrow().to_pylist()
    listing = generated.policies[0].versions[-1].code_listings[0]
    last = {row["interval_code"]: row["cells"] for row in table if row["interval_year"] == 2024}
    for entry in listing.codes:
        answer = compiled.answers[last[entry.code][1]]
        assert (answer.reason, answer.provision) == ("listed", listing.id)
        assert (answer.citation_lines, answer.citation_sha256) == (str(entry.citation.first_line), entry.citation.sha256)


def test_policies_are_let_go_of(generated: Library) -> None:
    compile_library(generated, FIRST, LAST)
    assert generated.policies._known == [None] * 3


def test_ranges_need_the_codes_that_occur(generated: Library, monkeypatch: pytest.MonkeyPatch) -> None:
    codes = CodeSet(ranges=(CodeRange(system=CodeSystem.CPT, first="00000", last="00009"),))
    monkeypatch.setattr(generated.index["generated"], "code_sets", [(codes, 0)])
    with pytest.raises(ValueError, match="say which codes occur"):
        compile_library(generated, FIRST, LAST)
    compile_library(generated, FIRST, LAST, codes=["00003"])


def test_a_stretch_stands_once_in_each_year_that_it_touches(generated: Library) -> None:
    compiled = compile_library(generated, date(2023, 12, 1), date(2024, 2, 29), codes=["00000"])
    rows = lookup_tables(compiled).intervals.to_pyarrow().to_pylist()
    assert {(row["interval_year"], row["first_day"], row["end_day"]) for row in rows} >= {
        (2023, date(2023, 12, 1), rows[0]["end_day"]),
        (2024, date(2023, 12, 1), rows[0]["end_day"]),
    }
    assert {row["interval_year"] for row in rows} == {2023, 2024}


def test_answers_are_told_apart_and_come_back() -> None:
    table = AnswerTable()
    one = Answered("covered", stance="medically-necessary", citation_section="S", citation_lines="4", citation_sha256="a")
    assert table[NO_PROCEDURE].notes == "no-procedure-code"
    assert table.number(one) == table.number(one) == 1
    other = table.number_citing(1, Citation(section="T", first_line=7, last_line=9, sha256="0" * 64, rendition="0" * 64))
    assert table[other] == one._replace(citation_section="T", citation_lines="7-9", citation_sha256="0" * 64)
    table.forget()
    assert table.number(table[NO_PROCEDURE]) == NO_PROCEDURE
    assert table.number(one) == 3
    assert list(table) == [table[number] for number in range(len(table))]
    for column in COLUMNS:
        assert table.dictionary(column).to_pylist() == [getattr(answer, column) for answer in table]


def test_carc_of_a_stance_and_of_an_absent_authorization() -> None:
    library = load_library()
    compiled = compile_library(library, date(2025, 4, 1), date(2025, 4, 1), codes=["20930", "38205", "0565T"])
    told = {(answer.stance, answer.carc) for answer in compiled.answers if answer.coverage == "not-covered"}
    assert told == {("investigational", "55")}
    absent = {(answer.prior_authorization, answer.authorization_carc) for answer in compiled.answers}
    assert ("auth-needed", "197") in absent
    assert {prior for prior, carc in absent if carc} == {"auth-needed"}
    assert not any(answer.carc for answer in compiled.answers if answer.coverage != "not-covered")
