"""`medpolicy test`: cases that pass, fail or cannot be read, and what no case reaches."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

PASSING = """
cases:
  - case: "blue and wide enough"
    request:
      service_date: 2021-01-01
      line_of_business: north-line
      setting: inpatient
      procedures: [11111]
      facts: {blue: true, size: {value: 4, unit: mm}, score: 7, kind: Fancy, bought: 2020-12-31}
      member: {age: 61, sex: female}
    expect: {coverage: covered, stance: medically-necessary, prior_authorization: auth-needed, reasons: [provision-met],
             provisions: [blue-widgets], questions: [], notes: []}
  - case: "by the product, not blue enough to be wide"
    request: {service_date: "2021-01-01", line_of_business: north-line, procedures: ["11111"], products: [wonder widget],
              facts: {size: {value: 2.5, unit: mm}}}
    expect: {stance: investigational, prior_authorization: conditional, questions: [setting]}
  - case: "not blue"
    request: {service_date: 2021-01-01, line_of_business: north-line, procedures: [11111], facts: {blue: false}}
    expect: {coverage: not-covered}
  - case: "two services"
    request: {service_date: 2021-01-01, line_of_business: north-line, procedures: [22222, 99999]}
    expect: [{coverage: not-covered, reasons: [listed]}, {coverage: not-addressed, stance: none, basis: none}]
"""


@pytest.fixture
def cases(small: Path) -> Path:
    file = small / "north" / "100" / "cases.yaml"
    file.write_text(PASSING.replace(", basis: none", ""), encoding="utf-8")
    return file


def test_all_pass_and_everything_is_reached(medpolicy, small, cases):
    ran = medpolicy("test", "north/100", "--library", small, "--all-reached")
    assert ran.status == 0, ran.out
    assert "4 of 4 cases pass" in ran.out
    assert "0 unreached" in ran.out


def test_what_no_case_reaches(medpolicy, small, cases):
    cases.write_text(cases.read_text().split('  - case: "by the product')[0])
    ran = medpolicy("test", "north/100", "--library", small, "--json")
    assert ran.status == 0
    (tested,) = json.loads(ran.out)
    assert {(gap["kind"], gap["place"].split(": ")[0], gap["missing"]) for gap in tested["unreached"]} == {
        ("criterion", "blue-widgets", "never not-met"),
        ("code-listing", "never", "used by no case"),
        ("product-list", "wonders", "used by no case"),
    }
    assert [gap["place"] for gap in tested["unreached"] if gap["kind"] == "criterion"] == [
        "blue-widgets: criteria: all of 2",
        "blue-widgets: criteria.all[0]: blue is true",
        "blue-widgets: criteria.all[1]: size at least 3 mm",
    ]
    assert medpolicy("test", "north/100", "--library", small, "--all-reached").status == 1


def test_a_policy_without_cases(medpolicy, small):
    ran = medpolicy("test", "--library", small)
    assert ran.status == 0
    assert "0 of 0 cases pass" in ran.out
    assert "decides in no case" in ran.out
    assert "authorization[0]: inpatient, north-line" in ran.out
    assert "3 policies, 0 cases" in ran.out


def test_a_failing_case_shows_what_was_expected_and_got(medpolicy, small, cases):
    cases.write_text(
        """
cases:
  - case: "wrong in everything"
    request: {service_date: 2021-01-01, line_of_business: north-line, procedures: ["22222"]}
    expect: {coverage: covered, stance: none, prior_authorization: no-auth, basis: not-on-file, reasons: [provision-met],
             provisions: [blue-widgets], questions: [blue], notes: [review-overdue]}
  - case: "too many"
    request: {service_date: 2021-01-01, line_of_business: north-line, procedures: ["22222"]}
    expect: [{}, {}]
  - case: "refused"
    request: {service_date: 2021-01-01, line_of_business: nowhere, procedures: ["22222"]}
    expect: {}
"""
    )
    ran = medpolicy("test", "north/100", "--library", small)
    shown = " ".join(ran.out.split())
    assert ran.status == 1
    assert "coverage: expected covered; got not-covered" in shown
    assert "stance: expected none; got investigational" in shown
    assert "reasons: expected provision-met; got listed, authorization-rule" in shown
    assert "questions: expected blue; got setting" in shown
    assert "notes: expected review-overdue; got none" in shown
    assert "services: expected 2; got 1" in shown
    assert "got refused: unknown-line-of-business line_of_business" in shown
    assert f"{cases}:3" in shown
    assert len(json.loads(medpolicy("test", "north/100", "--library", small, "--json").out)[0]["failed"]) == 3


def test_all_faults_of_a_cases_file_at_once(medpolicy, small, cases):
    cases.write_text(
        """cases:
  - case: one
    request: {}
    expect: {coverage: maybe}
  - case: one
    request: {}
    expect: {}
  - case: two
    request: {}
    expect: {coverge: covered}
  - case: three
    request: {}
    expect: []
  - case: four
    request: {}
    expect: {reasons: [nonsense], notes: [listed]}
"""
    )
    ran = medpolicy("test", "--library", small)
    assert ran.status == 3
    for place in (":4:24: form:", ":5:11: doubled:", ":10:23: unknown-key:", ":13:13: form:", ":16:24: form:", ":16:43: form:"):
        assert f"cases.yaml{place}" in ran.err, ran.err


@pytest.mark.parametrize("text", ["", "cases: {}", "- a", "cases: [", "\x00", "&a [*a]", "cases:\n  - case: x"])
def test_a_cases_file_that_cannot_be_read(medpolicy, small, cases, text):
    cases.write_text(text)
    ran = medpolicy("test", "--library", small)
    assert ran.status == 3
    assert "cases.yaml" in ran.err
    assert "Traceback" not in ran.err


def test_a_policy_that_is_not_there(medpolicy):
    assert medpolicy("test", "999").status == 4


def test_cases_before_the_first_event_and_of_another_line_reach_nothing(medpolicy, small, cases):
    cases.write_text(
        """
cases:
  - case: "before"
    request: {service_date: 2019-01-01, line_of_business: north-line, procedures: ["11111"], facts: {blue: true}}
    expect: {coverage: not-addressed, reasons: [before-first-policy]}
  - case: "another line"
    request: {service_date: 2021-01-01, line_of_business: shared-line, procedures: ["11111"], facts: {blue: true}}
    expect: {coverage: not-addressed, reasons: [line-not-named]}
"""
    )
    ran = medpolicy("test", "north/100", "--library", small)
    assert ran.status == 0, ran.out
    assert "2 of 2 cases pass, 0 of 8 reached" in ran.out
