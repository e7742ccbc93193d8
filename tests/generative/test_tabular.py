"""The tabular engine on DuckDB gives the answers of the engine that takes one request: random policies, claims and facts."""

from __future__ import annotations

import json
from datetime import date, timedelta
from typing import Any

import ibis
import pyarrow as pa
import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from medpolicy import load_library
from medpolicy.engines.tabular import answered
from medpolicy.engines.tabular_answers import NO_PROCEDURE, Answered, answered_of
from medpolicy.engines.tabular_library import compile_library
from medpolicy.library.in_force import boundaries
from medpolicy.library.library import Library
from medpolicy.model.issuer import Coverage
from medpolicy.review.determine import determination_of
from tests.generative.strategies import libraries
from tests.tabular_batch import FACTS, LINES, Batch

FIRST, LAST = date(2018, 1, 1), date(2026, 12, 31)
DIAGNOSES = ("M17.0", "M17.11", "M17", "I83.001", "I83.9", "Z00.00", "E11.9", "C50", "A00", "M43.16")


@st.composite
def claim_lines(draw: st.DrawFn, library: Library, number: int) -> dict[str, Any]:
    at = draw(st.integers(0, len(library.keys) - 1))
    # Mostly what the policy speaks of, else most lines would be of no policy at all.
    astray = draw(st.integers(0, 9)) == 9
    issuer = library.issuers[draw(st.sampled_from(sorted(library.issuers))) if astray else library.keys[at][0]]
    of_business = [line.id for line in issuer.lines_of_business]
    named = [line for line in library.summaries[at].lines_of_business if line in of_business]
    edges = [day + timedelta(days=shift) for day in boundaries(library.policies[at]) for shift in (0, -1)]
    days = [day for day in edges if FIRST <= day <= LAST] or [FIRST]
    codes = library.summaries[at].codes
    others = (*codes, "99213", "11111", "22222", "33333")
    return {
        "claim_id": f"c{number // 2}",
        "claim_line_number": number % 2 + 1,
        "issuer": issuer.id,
        "line_of_business": draw(st.sampled_from(of_business if astray or not named else named)),
        "service_date": draw(
            st.one_of(st.sampled_from(days[::-1]), st.dates(max(FIRST, min(days)), LAST), st.dates(FIRST, LAST))
        ),
        "setting": draw(st.sampled_from((None, "inpatient", "outpatient"))),
        "code": draw(st.one_of(st.sampled_from(codes or others), st.sampled_from(others), st.none())),
        "diagnoses": draw(st.one_of(st.none(), st.lists(st.sampled_from(DIAGNOSES), min_size=1, max_size=4, unique=True))),
        "age": draw(st.one_of(st.none(), st.integers(0, 100))),
        "sex": draw(st.sampled_from((None, "female", "male", "other"))),
    }


def request_of(line: dict[str, Any], facts: dict[str, Any]) -> dict[str, Any]:
    request: dict[str, Any] = {name: line[name] for name in ("issuer", "line_of_business")}
    request["service_date"] = line["service_date"].isoformat()
    request["procedures"] = [line["code"]]
    request |= {name: line[name] for name in ("setting", "diagnoses") if line[name] is not None}
    member = {name: line[name] for name in ("age", "sex") if line[name] is not None}
    return request | ({"member": member} if member else {}) | ({"facts": facts} if facts else {})


def by_tables(
    lines: list[dict[str, Any]], facts: list[tuple[str, int, str, Any]], library: Library
) -> dict[tuple[str, int], Answered]:
    compiled = compile_library(library, FIRST, LAST, codes={line["code"] for line in lines if line["code"]})
    table = ibis.memtable(pa.Table.from_pylist(lines, schema=LINES))
    told = [dict(zip(FACTS.names, (*row[:3], json.dumps(row[3])), strict=True)) for row in facts]
    given_facts = ibis.memtable(pa.Table.from_pylist(told, schema=FACTS)) if facts else None
    found = answered(table, compiled, library, facts=given_facts).to_pyarrow().to_pylist()
    assert len(found) == len(lines)
    return {(row["claim_id"], row["claim_line_number"]): compiled.answers[row["answer"]] for row in found}


def check(library: Library, lines: list[dict[str, Any]], facts: list[tuple[str, int, str, Any]]) -> None:
    found = by_tables(lines, facts, library)
    for line in lines:
        key = (line["claim_id"], line["claim_line_number"])
        if line["code"] is None:
            assert found[key].notes == "no-procedure-code"
            continue
        told = {fact: value for claim, number, fact, value in facts if (claim, number) == key}
        (service,) = determination_of(request_of(line, told), library, as_of=date(9999, 12, 31)).services
        assert found[key] == answered_of(service, library.issuers[line["issuer"]], line["line_of_business"]), line


@pytest.mark.slow
@settings(max_examples=60, deadline=None, phases=(Phase.explicit, Phase.generate), suppress_health_check=list(HealthCheck))
@given(st.data())
def test_tables_agree_with_single_requests(data: st.DataObject) -> None:
    library = data.draw(libraries())
    lines = [data.draw(claim_lines(library, number)) for number in range(10)]
    facts: list[tuple[str, int, str, Any]] = []
    flags = {"flag", "other_flag"}
    for line in lines:
        known = flags & set(library.index[line["issuer"]].fact_forms) if line["code"] is not None else set()
        told = [fact for fact in sorted(known) if data.draw(st.integers(0, 5)) == 0]
        facts += [(line["claim_id"], line["claim_line_number"], fact, data.draw(st.booleans())) for fact in told]
    check(library, lines, facts)


@pytest.mark.slow
def test_spark_agrees_with_the_other_engines(spark: Any) -> None:
    """Random policies and lines, gathered into one run, because a run of Spark takes seconds."""
    batch = Batch(FIRST, LAST)
    expected: list[Answered] = []

    @settings(max_examples=100, phases=(Phase.generate,), suppress_health_check=list(HealthCheck))
    @given(st.data())
    def gather(data: st.DataObject) -> None:
        library = data.draw(libraries())
        lines = [data.draw(claim_lines(library, number)) for number in range(8)]
        requests = []
        for line in lines:
            if line["code"] is not None:
                known = sorted({"flag", "other_flag"} & set(library.index[line["issuer"]].fact_forms))
                told = {fact: data.draw(st.booleans()) for fact in known if data.draw(st.integers(0, 4)) == 0}
                requests.append(request_of(line, told))
        if requests:
            batch.add(library, requests)
        for request in requests:
            (service,) = determination_of(request, library, as_of=date(9999, 12, 31), engine="reference").services
            expected.append(answered_of(service, library.issuers[request["issuer"]], request["line_of_business"]))

    gather()
    assert len(expected) > 200
    assert batch.facts
    assert {answer.coverage for answer in expected} == {coverage.value for coverage in Coverage}
    assert batch.answers() == expected
    assert batch.answers(*spark) == expected


def test_tables_agree_on_the_shipped_policies() -> None:
    library = load_library()
    lines = []
    for at, (issuer, _) in enumerate(library.keys):
        days = [day for day in boundaries(library.policies[at]) if FIRST <= day <= LAST]
        before = [day - timedelta(days=1) for day in days if day > FIRST]
        for day in (FIRST, *days, *before, LAST):
            for line in library.issuers[issuer].lines_of_business:
                for code in (*library.summaries[at].codes[::4], "99213"):
                    lines.append(
                        {
                            "claim_id": f"c{len(lines)}",
                            "claim_line_number": 1,
                            "issuer": issuer,
                            "line_of_business": line.id,
                            "service_date": day,
                            "setting": (None, "inpatient", "outpatient")[len(lines) % 3],
                            "code": code,
                            "diagnoses": None,
                            "age": None,
                            "sex": None,
                        }
                    )
    assert len(lines) > 1000
    check(library, lines, [])


def test_a_line_without_a_procedure_code_is_answered() -> None:
    library = load_library()
    compiled = compile_library(library, FIRST, LAST, codes=["20930"])
    assert compiled.answers[NO_PROCEDURE].notes == "no-procedure-code"


def test_dates_outside_the_window_have_no_answer() -> None:
    library = load_library()
    compiled = compile_library(library, FIRST, LAST, codes=["20930"])
    line = {"claim_id": "c", "claim_line_number": 1, "issuer": "bcbsma", "line_of_business": "medicare-hmo", "code": "20930"}
    rows = [{**line, "service_date": LAST + timedelta(days=1)}]
    found = answered(ibis.memtable(pa.Table.from_pylist(rows, schema=LINES)), compiled, library).to_pyarrow().to_pylist()
    assert [row["answer"] for row in found] == [None]
