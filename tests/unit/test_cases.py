"""`cases.yaml`: what a plain scalar stands for, and every fault with its place."""

from __future__ import annotations

from medpolicy.formats.case_files import Expectation, read_cases

REQUEST = """
cases:
  - case: types
    request:
      id: 7
      service_date: 2025-04-01
      line_of_business: commercial
      procedures: [20930, 0360, {code: 22633, modifiers: [22, 50], facts: {score: 4, size: {value: 1.5, unit: mm}}}]
      diagnoses: [M43.16, 100]
      products: [12, no]
      facts:
        yes_no: true
        no_yes: false
        score: 4
        negative: -1.5
        quoted: "4"
        choice: C2
        exponent: 1e3
        leading: 007
        since: {since: 2025-01-01}
        length: {value: 3, unit: months}
        quoted_value: {value: "3", unit: months}
        nothing: null
      member: {age: 61, sex: female, state: MA}
      service_state: MA
    expect: {}
"""


def test_what_a_plain_scalar_stands_for():
    (case,), faults = read_cases(REQUEST.encode(), "cases.yaml")
    assert faults == []
    assert case.request == {
        "id": "7",
        "service_date": "2025-04-01",
        "line_of_business": "commercial",
        "procedures": [
            "20930",
            "0360",
            {"code": "22633", "modifiers": ["22", "50"], "facts": {"score": 4, "size": {"value": 1.5, "unit": "mm"}}},
        ],
        "diagnoses": ["M43.16", "100"],
        "products": ["12", "no"],
        "facts": {
            "yes_no": True,
            "no_yes": False,
            "score": 4,
            "negative": -1.5,
            "quoted": "4",
            "choice": "C2",
            "exponent": "1e3",
            "leading": "007",
            "since": {"since": "2025-01-01"},
            "length": {"value": 3, "unit": "months"},
            "quoted_value": {"value": "3", "unit": "months"},
            "nothing": None,
        },
        "member": {"age": 61, "sex": "female", "state": "MA"},
        "service_state": "MA",
    }
    assert _types(case.request) <= {dict, list, str, int, float, bool, type(None)}
    assert (case.file, case.line) == ("cases.yaml", 3)


def _types(value: object) -> set[type]:
    below: list[object] = []
    if isinstance(value, dict):
        below = [*value, *value.values()]
    elif isinstance(value, list):
        below = value
    return {type(value)}.union(*(_types(item) for item in below))


def test_one_expectation_or_one_for_each_service():
    text = """
cases:
  - {case: one, request: {}, expect: {coverage: covered, stance: none, questions: []}}
  - {case: two, request: {}, expect: [{basis: on-file}, {notes: [review-overdue], reasons: [listed]}]}
"""
    (one, two), faults = read_cases(text.encode(), "f")
    assert faults == []
    assert one.expect == (Expectation(coverage="covered", stance="none", questions=()),)
    assert two.expect == (Expectation(basis="on-file"), Expectation(notes=("review-overdue",), reasons=("listed",)))


def test_odd_forms_are_left_to_the_reader_of_requests():
    text = "cases:\n  - {case: a, request: {facts: 7, procedures: 5, member: x}, expect: {}}"
    (case,), faults = read_cases(text.encode(), "f")
    assert faults == []
    assert case.request == {"facts": "7", "procedures": "5", "member": "x"}


def test_faults_have_their_place_and_the_other_cases_are_kept():
    text = """cases:
  - {case: a, request: {}, expect: {stance: nothing}}
  - {case: b, request: {}, expect: {}}
  - {case: b, request: {}, expect: {}}
"""
    cases, faults = read_cases(text.encode(), "f")
    assert [case.name for case in cases] == ["b"]
    assert [(fault.line, fault.column, fault.code) for fault in faults] == [(2, 45, "form"), (4, 12, "doubled")]
