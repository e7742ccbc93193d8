"""`medpolicy replay`: answers decided again, and what a change to a policy moves."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

BASE = {"service_date": "2021-01-01", "line_of_business": "north-line", "setting": "inpatient"}
REQUESTS: list[Any] = [
    {"id": "a", **BASE, "procedures": ["22222"]},
    {"id": "b", **BASE, "procedures": ["11111", "99999"]},
    {"id": "c", **BASE, "procedures": ["?"]},
    {"id": "d", **BASE, "procedures": ["11111"], "facts": {"blue": True, "size": {"value": 5, "unit": "mm"}}},
]


@pytest.fixture
def files(medpolicy, small: Path, tmp_path: Path) -> tuple[Path, Path]:
    requests, answers = tmp_path / "requests.jsonl", tmp_path / "answers.jsonl"
    requests.write_text("\n\n".join(json.dumps(one) for one in REQUESTS) + "\n{bad\n")
    medpolicy("determine", requests, "--library", small, "-o", answers, "--as-of", "2021-02-03")
    return requests, answers


def run(medpolicy, files, small, *more: str) -> Any:
    return medpolicy("replay", files[1], "--requests", files[0], "--library", small, *more)


def as_json(medpolicy, files, small) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(run(medpolicy, files, small, "--json").out)
    return found


def test_the_same_library_gives_the_same_answers(medpolicy, files, small):
    ran = run(medpolicy, files, small)
    assert ran.status == 0, ran.out
    assert "5 compared: 5 equal, 0 differ" in ran.out
    assert as_json(medpolicy, files, small)["equal"] is True


def test_a_change_to_a_policy_is_named_request_by_request(medpolicy, files, small):
    version = small / "north" / "100" / "2020-01.yaml"
    version.write_text(version.read_text().replace("at_least: 3 mm", "at_least: 8 mm"))
    ran = run(medpolicy, files, small)
    shown = " ".join(ran.out.split())
    assert ran.status == 1
    assert "request 4 (d) differs: another library" in shown
    assert "service 1, stance: was medically-necessary is investigational" in shown
    assert "5 compared: 4 equal, 1 differ" in shown
    (differing,) = as_json(medpolicy, files, small)["differing"]
    assert differing["because"] == ["library"]
    assert {change["part"] for change in differing["changes"]} == {"coverage", "stance", "reasons"}


def test_another_version_of_the_policy(medpolicy, files, small):
    directory = small / "north" / "100"
    version = directory / "2020-01.yaml"
    (directory / "2024-01.yaml").write_text(version.read_text().replace('"2020-01"', '"2024-01"'))
    version.unlink()
    found = as_json(medpolicy, files, small)
    assert ["library", "policy-version"] in [one["because"] for one in found["differing"]]


def test_another_engine_alone_is_no_difference_but_is_told(medpolicy, files, small):
    files[1].write_text(files[1].read_text().replace('"engine":"medpolicy 0.1.0"', '"engine":"medpolicy 0.0.9"'))
    ran = run(medpolicy, files, small)
    assert ran.status == 0
    assert "engine: was medpolicy 0.0.9; is medpolicy 0.1.0" in ran.out


def test_changed_answers_reasons_questions_and_refusals(medpolicy, files, small):
    lines = [json.loads(line) for line in files[1].read_text().splitlines()]
    lines[0]["services"][0]["reasons"].reverse()
    lines[1]["services"].pop()
    lines[2]["error"]["code"] = "other"
    lines[3]["services"][0]["coverage"] = "not-covered"
    lines[3]["engine"] = "medpolicy 0.0.9"
    lines[4] = {**lines[0], "id": None}
    files[1].write_text("\n".join(json.dumps(line) for line in lines))
    found = {one["request"]: one for one in as_json(medpolicy, files, small)["differing"]}
    assert found[1]["changes"][0]["part"] == "reasons (order or number)"
    assert found[1]["because"] == []
    assert found[2]["changes"] == [{"part": "services", "was": 1, "is": 2}]
    assert found[3]["changes"] == [{"part": "error.code", "was": "other", "is": "malformed-code"}]
    assert found[4]["because"] == ["engine"]
    assert found[5]["changes"] == [{"part": "answer", "was": "answered", "is": "refused: invalid-json"}]
    ran = run(medpolicy, files, small)
    assert ran.status == 1
    assert "the same library, version and engine: the code or the file changed" in ran.out


def test_each_answer_is_decided_as_of_its_own_day(medpolicy, files, small):
    lines = [json.loads(line) for line in files[1].read_text().splitlines()]
    lines[0]["as_of"] = "2020-06-01"
    files[1].write_text("\n".join(json.dumps(line) for line in lines))
    (differing,) = as_json(medpolicy, files, small)["differing"]
    assert [change["part"] for change in differing["changes"]] == ["notes"]
    assert differing["changes"][0]["is"][0]["code"] == "future-service-date"


def test_quotes_are_left_out_of_the_comparison(medpolicy, files, small):
    lines = [json.loads(line) for line in files[1].read_text().splitlines()]
    lines[0]["services"][0]["reasons"][0]["citation"]["quote"] = ["anything"]
    files[1].write_text("\n".join(json.dumps(line) for line in lines))
    assert run(medpolicy, files, small).status == 0


def test_in_another_order_they_are_matched_by_id(medpolicy, files, small):
    lines = files[1].read_text().splitlines()
    files[1].write_text("\n".join(reversed(lines)))
    assert run(medpolicy, files, small).status == 0


def test_what_has_no_partner(medpolicy, files, small):
    lines = files[1].read_text().splitlines()
    files[1].write_text("\n".join([lines[0], lines[2], lines[3], lines[0].replace('"id":"a"', '"id":"z"')]))
    ran = run(medpolicy, files, small)
    assert ran.status == 1
    assert "answer 4 (z): has no request" in ran.out
    assert "request 2 (b): has no answer" in ran.out
    assert "request 5: has no answer" in ran.out
    assert "3 without a partner" in ran.out


@pytest.mark.parametrize(
    "line", ["{bad", "[]", "{}", '{"id": 7, "error": {}}', '{"id": null, "error": 1}', '{"id": null, "services": []}', "\ufffd"]
)
def test_an_answer_that_cannot_be_read(medpolicy, files, small, line):
    files[1].write_text(files[1].read_text() + line + "\n")
    ran = run(medpolicy, files, small)
    assert ran.status == 2
    assert "answer 6: cannot be read" in ran.out
    assert json.loads(run(medpolicy, files, small, "--json").out)["unreadable"][0]["answer"] == 6


def test_bad_dates_and_services_of_an_answer(medpolicy, files, small):
    first = json.loads(files[1].read_text().splitlines()[0])
    more = [{**first, "as_of": "soon"}, {**first, "services": 1}, {**first, "services": [1]}, {**first, "library": None}]
    files[1].write_text(files[1].read_text() + "\n".join(json.dumps(one) for one in more))
    assert len(as_json(medpolicy, files, small)["unreadable"]) == 4


def test_files_that_are_not_there_and_wrong_usage(medpolicy, files, small):
    assert medpolicy("replay", files[1], "--requests", "none", "--library", small).status == 4
    assert medpolicy("replay", "none", "--requests", files[0], "--library", small).status == 4
    assert medpolicy("replay", files[1]).status == 64
    assert medpolicy("replay", "-", "--requests", "-").status == 64
