"""`medpolicy check` in a pipe: what it shows, what it refuses, and what it suggests."""

from __future__ import annotations

import json

import pytest

from medpolicy.explain.words import GOVERNED_BY_CONTRACT

BCBSMA = ("--line", "commercial-hmo-pos", "--date", "2025-04-01", "--as-of", "2025-05-01")


def words(text: str) -> str:
    return " ".join(text.split())


def test_shows_what_why_and_where(medpolicy):
    ran = medpolicy("check", "0565t-rt", *BCBSMA, "--setting", "outpatient")
    shown = words(ran.out)
    assert ran.status == 0
    assert "0565T-RT: not covered" in shown
    assert "Considered: investigational" in shown
    assert "Prior authorization: not applicable" in shown
    assert "Basis: on-file: the text in force on the service date is on file" in shown
    assert "Policy: bcbsma 254, version 2025-03: Orthopedic Applications of Stem Cell Therapy" in shown
    assert "[listed] “CPT Codes / HCPCS Codes / ICD Codes”, line 126 (on-file)" in shown
    assert "374 Autologous Chondrocyte Implantation" in shown
    assert shown.count(words(GOVERNED_BY_CONTRACT)) == 1


def test_plain_text_in_a_pipe(medpolicy):
    ran = medpolicy("check", "20930", *BCBSMA)
    assert "\x1b" not in ran.out
    assert all(len(line) <= 100 for line in ran.out.splitlines())


def test_prints_the_questions_and_how_to_answer_them(medpolicy):
    shown = words(medpolicy("check", "20930", *BCBSMA).out)
    assert "20930: conditional" in shown
    assert "1. Is this a treatment with mesenchymal stem cells? --fact mesenchymal_stem_cell_therapy=yes|no" in shown
    assert "--setting inpatient|outpatient" in shown


def test_several_codes_get_a_block_each(medpolicy):
    shown = words(medpolicy("check", "0565T", "99999", *BCBSMA).out)
    assert "0565T: not covered" in shown
    assert "99999: not addressed" in shown
    assert shown.count(words(GOVERNED_BY_CONTRACT)) == 1


def test_json(medpolicy):
    ran = medpolicy("check", "20930", *BCBSMA, "--fact", "contains_viable_stem_cells=Yes", "--json")
    (service,) = json.loads(ran.out)["services"]
    assert (service["coverage"], service["basis"]) == ("not-covered", "on-file")


def test_a_product_decides_and_one_like_it_is_only_suggested(medpolicy):
    assert "not covered" in medpolicy("check", "20930", *BCBSMA, "--product", "MAP3").out
    ran = medpolicy("check", "20930", *BCBSMA, "--product", "Osteocel")
    assert "20930: conditional" in ran.out
    assert "Listed products like “Osteocel”: Osteocel Plus®" in words(ran.out)


def test_facts_of_every_type(medpolicy, small):
    base = ("check", "11111", "--line", "north-line", "--library", small, "--date", "2021-01-01", "--json")
    facts = ("blue=no", "size=4 mm", "score=7", "tried=3 months", "bought=2020-12-31", "kind=fancy")
    ran = medpolicy(*base, *(part for fact in facts for part in ("--fact", fact)))
    assert ran.status == 0, ran.err
    assert json.loads(ran.out)["services"][0]["stance"] == "investigational"
    assert medpolicy(*base, "--fact", "blue=true", "--fact", "size=0.5 cm").out.count('"medically-necessary"') == 1
    assert medpolicy(*base, "--fact", "tried=2020-01-01", "--fact", "size=1 mm").status == 0
    assert medpolicy(*base, "--fact", "tried=since 2020-01-01").status == 0


@pytest.mark.parametrize(
    ("fact", "says"),
    [
        ("blue=maybe", "answer yes or no"),
        ("size=4", "with its unit, such as '4 mm'"),
        ("size=4 kg", "with its unit"),
        ("size=wide", "is no number with a unit"),
        ("score=seven", "is no number"),
        ("tried=long", "is no duration"),
        ("tried=2020-13-01", "YYYY-MM-DD"),
        ("bought=31.12.2020", "YYYY-MM-DD"),
        ("kind=fancyy", "Did you mean Fancy?"),
        ("bleu=yes", "Did you mean blue?"),
        ("blue", "name=value"),
        ("=yes", "name=value"),
    ],
)
def test_a_fact_that_cannot_be_read(medpolicy, small, fact, says):
    ran = medpolicy("check", "11111", "--line", "north-line", "--library", small, "--fact", fact)
    assert ran.status == 2
    assert ran.out == ""
    assert "--fact" in ran.err
    assert says in ran.err


def test_a_fact_told_twice(medpolicy, small):
    ran = medpolicy("check", "11111", "--line", "north-line", "--library", small, "--fact", "blue=yes", "--fact", "blue=no")
    assert ran.status == 2
    assert "duplicate-key" in ran.err


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (("0565T",), "(missing-field): --line:"),
        (("0565T", "--line", "commercial-hmo"), "Did you mean commercial-hmo-pos"),
        (("0565T", "--line", "medicare-hmo", "--date", "04/01/2025"), "(invalid-date): --date:"),
        (("0565T", "--line", "medicare-hmo", "--setting", "home"), "(unknown-setting): --setting:"),
        (("0565T", "5", "--line", "medicare-hmo"), "(malformed-code): CODE (number 2):"),
        (("--line", "medicare-hmo"), "(missing-field): CODE:"),
        (("0565T", "--line", "medicare-hmo", "--diagnosis", "M17.11", "--diagnosis", "?"), "--diagnosis (number 2):"),
        (("0565T", "--line", "medicare-hmo", "--age", "151"), "--age:"),
        (("0565T", "--line", "medicare-hmo", "--sex", "x"), "--sex:"),
        (("0565T", "--line", "medicare-hmo", "--state", "Mass"), "--state:"),
        (("0565T", "--line", "medicare-hmo", "--issuer", "none"), "(unknown-issuer): --issuer:"),
    ],
)
def test_a_refusal_names_the_option(medpolicy, arguments, says):
    ran = medpolicy("check", *arguments)
    assert ran.status == 2
    assert says in ran.err
    assert "Traceback" not in ran.err


def test_an_issuer_is_named_where_two_have_the_line(medpolicy, small):
    base = ("check", "22222", "--library", small, "--line", "shared-line")
    ran = medpolicy(*base)
    assert ran.status == 2
    assert "(ambiguous-issuer): --issuer:" in ran.err
    assert "not addressed" in medpolicy(*base, "--issuer", "south").out


def test_none_tells_that_there_are_none(medpolicy):
    ran = medpolicy("check", "20930", *BCBSMA, "--product", "none", "--diagnosis", "none", "--json")
    assert ran.status == 0
    assert json.loads(ran.out)["services"][0]["coverage"] == "conditional"


def test_control_characters_and_markup_do_not_reach_the_terminal(medpolicy):
    ran = medpolicy("check", "20930", *BCBSMA, "--product", "\x1b]0;owned\x07[bold]x[/bold]\u202e")
    assert ran.status == 0
    assert not {"\x1b", "\x07", "\u202e"} & set(ran.out)
    assert "[bold]" in ran.out
    ran = medpolicy("check", "20930", *BCBSMA, "--fact", "a\x1b[2J=yes")
    assert ran.status == 2
    assert "\x1b" not in ran.err


def test_not_a_number_of_years_is_wrong_usage(medpolicy):
    assert medpolicy("check", "0565T", "--line", "medicare-hmo", "--age", "old").status == 64


def test_the_clock_is_read_for_a_date_left_out(medpolicy):
    out = medpolicy("check", "0565T", "--line", "medicare-hmo", "--json").out
    assert "future-service-date" not in out
    assert "future-service-date" in medpolicy("check", "0565T", *BCBSMA[:4], "--as-of", "2025-03-31", "--json").out


def test_a_library_that_is_not_there_or_is_faulty(medpolicy, small, tmp_path):
    assert medpolicy("check", "11111", "--line", "x", "--library", tmp_path / "none").status == 4
    (small / "north" / "issuer.yaml").write_text("id: north\n")
    ran = medpolicy("check", "11111", "--line", "x", "--library", small)
    assert ran.status == 3
    assert "missing-key" in ran.err
    assert "Traceback" not in ran.err


def test_shipped_adds_what_ships(medpolicy, small):
    assert medpolicy("check", "0565T", *BCBSMA, "--library", small).status == 2
    assert medpolicy("check", "0565T", *BCBSMA, "--library", small, "--shipped").status == 0
