"""A screening's report as JSON and as a page; tests/browser looks at the page in a browser."""

from __future__ import annotations

import base64
import json
import re
import sys
from typing import Any

import pytest

from medpolicy.engines.tabular_answers import Answered
from medpolicy.errors import UsageError
from medpolicy.formats.library_files import load_library
from medpolicy.library.library import Library
from medpolicy.model.determination import Basis, NoteCode, PriorAuthorization, ReasonCode
from medpolicy.model.issuer import Coverage, Stance
from medpolicy.review import screening_words as words
from medpolicy.review.claims.counts import REMARKS
from medpolicy.review.report_view import count, dollars, share
from medpolicy.review.screening_json import screening_json
from medpolicy.review.screening_page import screening_page
from medpolicy.review.screening_summary import summary_of
from tests.screening_totals import Row, connection_with, row, run_of
from tests.small_library import write_library

_LISTED = Answered("not-covered", "investigational", "no-auth", "on-file", "north", "100", "2020-01", "listed", "never")
_CITED = _LISTED._replace(citation_section="Widgets", citation_lines="3", citation_sha256="d3", carc="55", notes="awaits-review")
_OPEN = Answered("conditional", None, "conditional", "on-file", "north", "100", "2020-01", "provision-open", "blue-widgets")
_REJECTED = {("malformed-code", "hcpcs_code"): 2, ("unreadable-row", None): 1}


@pytest.fixture(scope="module")
def library(tmp_path_factory: pytest.TempPathFactory) -> Library:
    return load_library(write_library(tmp_path_factory.mktemp("library")))


def _rows() -> list[Row]:
    return [
        *row(_CITED, code="22222", lines=5, charge=80.0, paid=40.25, changing=1),
        *row(_OPEN._replace(ask="blue setting"), code="11111", month=(2024, 2), lines=4, paid=100.0),
        *row(Answered("not-addressed", reason="not-listed", notes="no-procedure-code"), code=None, lines=1, paid=-3.0),
    ]


def _report(library: Library, rows: list[Row] | None = None) -> dict[str, Any]:
    rows = _rows() if rows is None else rows
    run = run_of(rows, _REJECTED, absent=("allowed_amount",), rejected_spans={("missing-field", "plan"): 1})
    return screening_json(summary_of(connection_with(rows), "totals", run, library))


def _totals(lines: int, paid: float | None = None, charge: float | None = None, changing: int = 0) -> dict[str, Any]:
    return {"lines": lines, "charge": charge, "allowed": None, "paid": paid, "changing": changing}


def test_the_json_has_every_figure(library):
    report = _report(library)
    assert report == json.loads(json.dumps(report))
    assert (report["report"], report["version"], report["dollars"]) == ("screening", 1, "paid")
    assert report["run"] == {
        "library": "sha256:" + "ab" * 32,
        "engine": "medpolicy 0.1.0",
        "tables_engine": "DuckDB 2.0.0",
        "as_of": "2026-11-23",
        "first_day": "2024-01-02",
        "last_day": "2025-03-30",
        "inputs": ["claims"],
    }
    assert report["counts"] == {
        "lines": 13,
        "answered": 10,
        "rejected": 3,
        "rejections": [
            {"reason": "malformed-code", "column": "hcpcs_code", "lines": 2},
            {"reason": "unreadable-row", "column": None, "lines": 1},
        ],
        "remarks": [{"remark": "no-age", "lines": 3}],
        "rejected_spans": [{"reason": "missing-field", "column": "plan", "lines": 1}],
        "absent_columns": ["allowed_amount"],
    }
    listed, asked = _totals(5, 40.25, 80.0, 1), _totals(4, 100.0)
    assert report["total"] == _totals(10, 137.25, 80.0, 1)
    assert report["outcomes"][1] == {
        "coverage": "not-covered",
        "stance": "investigational",
        "prior_authorization": "no-auth",
        **listed,
    }
    assert report["months"][1] == {"month": "2024-02", **asked, "by_coverage": {"conditional": asked}}
    assert report["policies"]["top"][0]["title"] == "Widgets and their uses"
    assert report["policies"]["without"] == _totals(1, -3.0)
    assert report["lines_of_business"]["top"][0]["name"] == "north commercial"
    assert report["provisions"]["top"][1] == {
        "issuer": "north",
        "number": "100",
        "version": "2020-01",
        "provision": "never",
        "says": "Always investigational.",
        "coverage": "not-covered",
        "stance": "investigational",
        "citations": [{"section": "Widgets", "lines": "3", "sha256": "d3"}],
        "more_places": 0,
        **listed,
    }
    assert [one["code"] for one in report["codes"]["top"]] == ["11111", "22222"]
    assert report["codes"]["without"] == _totals(1, -3.0)
    assert report["open_questions"]["facts"]["top"][0] == {
        "fact": "blue",
        "issuer": "north",
        "question": "Is it blue?",
        "policies": 1,
        "asked": asked,
        "alone": _totals(0),
    }
    assert report["open_questions"]["together"]["top"] == [{"facts": ["blue", "setting"], **asked}]
    assert report["denials"] == [{"carc": "55", "rarc": None, **listed}]
    assert [one["note"] for one in report["notes"]] == ["awaits-review", "no-procedure-code"]


def test_every_code_has_words():
    assert set(words.COVERAGE) == set(words.COVERAGE_MEANS) == {one.value for one in Coverage}
    assert set(words.STANCE) == {one.value for one in Stance}
    assert set(words.AUTHORIZATION) == {one.value for one in PriorAuthorization}
    assert set(words.BASIS) == set(words.BASIS_MEANS) == {*(one.value for one in Basis), None}
    assert set(words.REASON) == {one.value for one in ReasonCode}
    assert set(words.NOTE) == {*(one.value for one in NoteCode), "no-procedure-code"}
    assert set(words.REMARK) == set(REMARKS)


@pytest.mark.parametrize(
    ("shown", "expected"),
    [
        (count(1234567), "1,234,567"),
        (dollars(1234.5), "$1,234"),
        (dollars(-20.0), "−$20"),
        (dollars(0.3), "$0.30"),
        (dollars(0.0), "$0"),
        (dollars(None), "–"),
        (share(1, 8), "12.5%"),
        (share(1, 10_000), "<0.1%"),
        (share(9_999, 10_000), ">99.9%"),
        (share(8, 8), "100.0%"),
        (share(0, 8), "0.0%"),
        (share(0, 0), "–"),
    ],
)
def test_figures_in_words(shown, expected):
    assert shown == expected


def test_the_page_is_the_same_for_the_same_report(library):
    assert screening_page(_report(library)) == screening_page(_report(library, _rows()[::-1]))


def test_the_page_names_no_address_and_runs_nothing(library):
    page = screening_page(_report(library))
    assert "<script" not in page
    assert "@import" not in page
    assert "url(" not in page
    assert set(re.findall(r'https?://[^\s"<]*', page)) <= {"http://www.w3.org/2000/svg", "http://www.w3.org/1999/xlink"}
    assert not re.findall(r'(?:src|href)="(?!#|data:)', page)


def test_the_page_says_what_it_does_not_say_and_how_lines_add_up(library):
    page = screening_page(_report(library))
    for text in ("Bundling, units and payment edits are not evaluated", "contract governs", "is a person&#39;s, recorded"):
        assert text in page
    assert "Of 13 lines, 10 were answered and 3 were rejected" in page
    assert "Dollars are paid amounts" in page
    assert all(text in page for text in ("sha256:abab", "medpolicy 0.1.0 on DuckDB 2.0.0", "2026-11-23"))
    assert "The span of 1 line crosses a day on which the answer changes" in page


def test_each_chart_brings_its_specification(library):
    page = screening_page(_report(library))
    found = re.findall(r'href="data:application/json;base64,([^"]+)" download="([^"]+)"', page)
    assert [name for _, name in found] == [
        f"chart-{of}.vl.json" for of in ("outcomes", "months", "facts", "policies", "codes", "lines-of-business", "bases")
    ]
    for text, _ in found:
        specification = json.loads(base64.b64decode(text))
        assert specification["$schema"].startswith("https://vega.github.io/schema/vega-lite/v6")
        assert all(specification["datasets"].values())


def test_what_claims_and_policies_say_never_runs(library):
    evil = '<script>alert("1")</script><img src=x onerror=alert(1)>'
    answer = _CITED._replace(provision=evil, policy_number=evil, citation_section=evil, carc=evil, reason=evil)
    rows = [*row(answer, code=evil, line=evil, paid=1.0), *row(_OPEN._replace(ask=evil.replace(" ", "_")), code="1", paid=2.0)]
    page = screening_page(_report(library, rows))
    assert "<script" not in page
    assert "<img" not in page
    assert "&lt;script&gt;" in page


@pytest.mark.parametrize(
    "rows",
    [
        [],
        row(Answered("not-addressed", reason="not-listed"), code="1"),
        [*row(_LISTED, code="1", paid=-5.0), *row(_OPEN, code="1", paid=10.0)],
        [one for at in range(40) for one in row(_LISTED, code="1", month=(2020 + at // 12, at % 12 + 1), charge=1.0)],
    ],
    ids=["nothing", "nothing addressed", "partly below nothing", "forty months"],
)
def test_a_page_of_whatever_there_is(library, rows):
    page = screening_page(_report(library, rows))
    assert page.rstrip().endswith("</html>")
    assert ("By year of service" in page) == (len(rows) > 4)
    assert ("Lines and dollars by coverage" in page) == (len(rows) > 4)  # of dollars below nothing there are no shares


def test_without_amounts_lines_are_shown(library):
    report = _report(library, row(_LISTED, code="1"))
    assert report["dollars"] is None
    page = screening_page(report)
    assert "nothing is said in dollars" in page
    assert "$" not in re.sub(r"<svg.*?</svg>|base64,[^\"]*", "", page, flags=re.S)


@pytest.mark.parametrize("missing", ["altair", "vl_convert", "jinja2"])
def test_without_the_extra_it_says_what_to_install(library, monkeypatch, missing):
    monkeypatch.setitem(sys.modules, missing, None)
    with pytest.raises(UsageError, match=r"pip install 'medpolicy\[claims\]'"):
        screening_page(_report(library))
