"""`medpolicy schema`, and that each published form is the form that is read and written."""

from __future__ import annotations

import datetime
import json
from pathlib import Path
from typing import Any

import jsonschema
import pytest
import yaml

from medpolicy import Library, RequestError, determine, load_library
from medpolicy.formats.library_files import SHIPPED
from medpolicy.formats.schemas import SCHEMAS, schema

DAY = datetime.date(2025, 5, 1)
BASE: dict[str, Any] = {"service_date": "2025-04-01", "line_of_business": "florida-blue-commercial", "procedures": ["36475"]}
WELL: list[dict[str, Any]] = [
    {},
    {"id": "a"},
    {"issuer": "florida-blue"},
    {"setting": "inpatient"},
    {"procedures": [" 36475-rt-22 ", "l8699", "0jh60dz", "0565t"]},
    {"procedures": [{"code": "36475", "modifiers": ["22"], "products": [], "facts": {"symptomatic": True}}]},
    {"procedures": [], "products": ["x"]},
    {"procedures": [], "facts": {"symptomatic": False}},
    {"diagnoses": ["i83001", "I83.001", "M17"]},
    {"diagnoses": [], "products": []},
    {"member": {}},
    {"member": {"age": 0, "sex": "unknown", "state": "FL"}},
    {"service_state": "FL"},
    {"facts": {"varicosity_diameter": {"value": 3.5, "unit": "mm"}}},
    {"facts": {"conservative_management_duration": {"value": 3, "unit": "months"}}},
    {"facts": {"conservative_management_duration": {"since": "2025-01-01"}}},
    {"facts": {"ceap_class": "C2"}},
]
BAD: list[dict[str, Any]] = [
    {"id": 7},
    {"id": None},
    {"issuer": None},
    {"service_date": "2025-4-1"},
    {"service_date": "20250401"},
    {"service_date": 20250401},
    {"service_date": None},
    {"line_of_business": 1},
    {"setting": "home"},
    {"setting": None},
    {"procedures": []},
    {"procedures": [], "products": [], "facts": {}},
    {"procedures": "36475"},
    {"procedures": [36475]},
    {"procedures": ["3647"]},
    {"procedures": ["36475-2"]},
    {"procedures": ["36475-"]},
    {"procedures": [{"modifiers": []}]},
    {"procedures": [{"code": "36475", "more": 1}]},
    {"procedures": [{"code": "36475", "modifiers": ["2"]}]},
    {"procedures": ["36475"] * 1001},
    {"diagnoses": ["83"]},
    {"diagnoses": "I83.001"},
    {"products": "x"},
    {"products": [1]},
    {"facts": []},
    {"facts": {"symptomatic": None}},
    {"facts": {"symptomatic": []}},
    {"facts": {"varicosity_diameter": {"value": "3", "unit": "mm"}}},
    {"facts": {"varicosity_diameter": {"value": 3}}},
    {"facts": {"varicosity_diameter": {"value": 3, "unit": "furlong"}}},
    {"facts": {"varicosity_diameter": {"value": 3, "unit": "mm", "more": 1}}},
    {"facts": {"conservative_management_duration": {"since": "2025"}}},
    {"member": {"age": 151}},
    {"member": {"age": -1}},
    {"member": {"age": "61"}},
    {"member": {"age": True}},
    {"member": {"sex": "x"}},
    {"member": {"state": "ma"}},
    {"member": {"name": "x"}},
    {"service_state": "Florida"},
    {"more": 1},
]


@pytest.fixture(scope="module")
def library() -> Library:
    return load_library()


def validator(name: str) -> Any:
    return jsonschema.Draft202012Validator(schema(name), format_checker=jsonschema.FormatChecker(("date",)))


@pytest.mark.parametrize("name", SCHEMAS)
def test_each_is_a_schema(medpolicy, name):
    printed = json.loads(medpolicy("schema", name).out)
    jsonschema.Draft202012Validator.check_schema(printed)
    assert printed["$schema"] == "https://json-schema.org/draft/2020-12/schema"
    assert printed == schema(name)


def test_all_are_written(medpolicy, tmp_path):
    ran = medpolicy("schema", "--out", tmp_path / "new" / "schemas")
    assert ran.status == 0
    written = sorted((tmp_path / "new" / "schemas").iterdir())
    assert [file.name for file in written] == sorted(f"{name}.schema.json" for name in SCHEMAS)
    assert all(json.loads(file.read_text()) for file in written)
    assert medpolicy("schema", "request", "--out", tmp_path).out == f"{tmp_path / 'request.schema.json'}\n"


def test_wrong_usage(medpolicy, tmp_path):
    assert medpolicy("schema").status == 64
    assert medpolicy("schema", "none").status == 64
    (tmp_path / "file").touch()
    assert medpolicy("schema", "--out", tmp_path / "file" / "below").status == 64


@pytest.mark.parametrize("changed", WELL, ids=json.dumps)
def test_what_is_read_fits_the_schema_and_so_does_its_answer(library, changed):
    request = {**BASE, **changed}
    answer = determine(request, library, as_of=DAY)
    validator("request").validate(request)
    validator("answer").validate(answer)


@pytest.mark.parametrize("changed", BAD, ids=lambda changed: json.dumps(changed)[:60])
def test_what_is_refused_for_its_form_does_not_fit(library, changed):
    request = {**BASE, **changed}
    with pytest.raises(RequestError):
        determine(request, library, as_of=DAY)
    assert not validator("request").is_valid(request)


@pytest.mark.parametrize("key", ["service_date", "line_of_business", "procedures"])
def test_what_is_needed(library, key):
    request = {name: value for name, value in BASE.items() if name != key}
    with pytest.raises(RequestError):
        determine(request, library, as_of=DAY)
    assert not validator("request").is_valid(request)


def test_a_refused_line_and_an_answer_of_another_form(medpolicy):
    answer = json.loads(medpolicy("determine", "-", stdin="{").out)
    validator("answer").validate(answer)
    assert not validator("answer").is_valid({"id": "a"})
    assert not validator("answer").is_valid({**answer, "error": "x"})


@pytest.mark.parametrize("file", sorted(SHIPPED.rglob("*.yaml")), ids=lambda file: str(file.relative_to(SHIPPED)))
def test_the_policy_files_that_ship(file: Path):
    name = file.stem if file.stem in SCHEMAS else "version"
    validator(name).validate(_plain(yaml.safe_load(file.read_text(encoding="utf-8"))))


def _plain(value: Any) -> Any:
    """As an editor reads it: a date is text."""
    if isinstance(value, dict):
        return {key: _plain(item) for key, item in value.items()}
    if isinstance(value, list):
        return [_plain(item) for item in value]
    return value.isoformat() if isinstance(value, datetime.date) else value
