"""The published forms as JSON Schema 2020-12: of requests, answers and policy files.

Those of policy files come from the shapes that read them. Those of requests and answers are written here beside the code that
reads and writes them by hand (`requests.py`, `answers.py`); a test holds each pair together. A schema knows no library: which
lines of business, facts and choices there are, and the type of each fact, only a library says.
"""

from __future__ import annotations

from enum import Enum
from typing import Any

from medpolicy.formats.policy_shapes import CasesFile, IssuerFile, PolicyFile, PolicyVersionFile, Shape
from medpolicy.formats.requests import MAXIMUM_PROCEDURES
from medpolicy.model.determination import Basis, NoteCode, PriorAuthorization, ReasonCode
from medpolicy.model.facts import FactType
from medpolicy.model.issuer import Coverage, Setting, Stance
from medpolicy.model.period import DurationUnit
from medpolicy.model.quantity import UNITS

DIALECT = "https://json-schema.org/draft/2020-12/schema"
SCHEMAS = ("request", "answer", "issuer", "policy", "version", "cases")
_FILES: dict[str, type[Shape]] = {"issuer": IssuerFile, "policy": PolicyFile, "version": PolicyVersionFile, "cases": CasesFile}
_DAY = {"type": "string", "format": "date", "pattern": r"^[0-9]{4}-[0-9]{2}-[0-9]{2}$"}
_STATE = {"type": "string", "pattern": "^[A-Z]{2}$"}
_TEXTS = {"type": "array", "items": {"type": "string"}}
_DIGEST = {"type": "string", "pattern": "^[0-9a-f]{64}$"}


def schema(name: str) -> dict[str, Any]:
    """The schema of that name, one of `SCHEMAS`."""
    if name == "request":
        return _request()
    if name == "answer":
        return _answer()
    kind = _FILES[name]
    return {"$schema": DIALECT, "$id": f"{name}.schema.json", **kind.model_json_schema(by_alias=True)}


def _values(kind: type[Enum]) -> dict[str, Any]:
    return {"enum": [member.value for member in kind]}


def _object(properties: dict[str, Any], required: tuple[str, ...] = (), **more: Any) -> dict[str, Any]:
    return {"type": "object", "properties": properties, "required": list(required), **more}


def _request() -> dict[str, Any]:
    facts = {"type": "object", "additionalProperties": {"$ref": "#/$defs/fact"}}
    service = _object(
        {
            "code": {"$ref": "#/$defs/code"},
            "modifiers": {"type": "array", "items": {"type": "string", "pattern": r"^\s*[0-9A-Za-z]{2}\s*$"}},
            "products": {**_TEXTS, "description": "of this procedure alone; [] means none"},
            "facts": facts,
        },
        ("code",),
        additionalProperties=False,
    )
    return {
        "$schema": DIALECT,
        "$id": "request.schema.json",
        "title": "A request",
        "description": (
            "What is asked about. A key left out is unknown; a list that is given is complete; null is a wrong type. At least "
            "one procedure, product or fact is needed."
        ),
        **_object(
            {
                "id": {"type": "string"},
                "issuer": {"type": "string", "description": "may be left out where one issuer only has this line of business"},
                "service_date": _DAY,
                "line_of_business": {"type": "string", "description": "as the issuer declares it"},
                "setting": _values(Setting),
                "procedures": {
                    "type": "array",
                    "maxItems": MAXIMUM_PROCEDURES,
                    "items": {"anyOf": [{"$ref": "#/$defs/code"}, service]},
                },
                "diagnoses": {
                    "type": "array",
                    "items": {
                        "type": "string",
                        "maxLength": 64,
                        "pattern": r"^\s*[A-Za-z][0-9][0-9A-Za-z](\.?[0-9A-Za-z]{1,4})?\s*$",
                    },
                },
                "products": _TEXTS,
                "facts": facts,
                "member": _object(
                    {
                        "age": {"type": "integer", "minimum": 0, "maximum": 150},
                        "sex": {"enum": ["female", "male", "other", "unknown"]},
                        "state": _STATE,
                    },
                    additionalProperties=False,
                ),
                "service_state": {**_STATE, "description": "where the service is given"},
            },
            ("service_date", "line_of_business"),
            additionalProperties=False,
        ),
        "anyOf": [
            {"required": ["procedures"], "properties": {"procedures": {"minItems": 1}}},
            {"required": ["products"], "properties": {"products": {"minItems": 1}}},
            {"required": ["facts"], "properties": {"facts": {"minProperties": 1}}},
        ],
        "$defs": {
            "code": {
                "type": "string",
                "maxLength": 64,
                "description": "CPT, HCPCS or ICD-10-PCS, with modifiers where there are any: 0565T-RT",
                "pattern": (r"^\s*([0-9]{4}[0-9AFMTUafmtu]|[A-Za-z][0-9]{4}|[0-9A-HJ-NP-Za-hj-np-z]{7})(-[0-9A-Za-z]{2})*\s*$"),
            },
            "fact": {
                "description": "by the type that the policy gives to the fact: boolean, choice or date, number, duration",
                "anyOf": [
                    {"type": "boolean"},
                    {"type": "string"},
                    {"type": "number", "description": "a number without a unit"},
                    _object(
                        {"value": {"type": "number"}, "unit": {"enum": [*UNITS, *(unit.value for unit in DurationUnit)]}},
                        ("value", "unit"),
                        additionalProperties=False,
                    ),
                    _object({"since": _DAY}, ("since",), additionalProperties=False),
                ],
            },
        },
    }


def _answer() -> dict[str, Any]:
    citation = _object(
        {
            "section": {"type": "string"},
            "lines": {"type": "array", "items": {"type": "integer", "minimum": 1}, "minItems": 2, "maxItems": 2},
            "sha256": {**_DIGEST, "description": "of the lines: UTF-8, NFC, right-stripped, joined by LF"},
            "rendition": {**_DIGEST, "description": "of the file that the lines belong to"},
            "quote": {**_TEXTS, "description": "the lines, where the document is attached"},
        },
        ("section", "lines", "sha256", "rendition"),
    )
    policy = _object(
        {"issuer": {"type": "string"}, "number": {"type": "string"}, "version": {"type": "string"}}, ("issuer", "number")
    )
    cited = {"$ref": "#/$defs/citation"}
    reason = _object(
        {
            "code": _values(ReasonCode),
            "provision": {"type": "string", "description": "the provision or listing"},
            "text": {"type": "string"},
            "basis": _values(Basis),
            "citation": cited,
            "policy": {"$ref": "#/$defs/policy"},
        },
        ("code", "text"),
    )
    question = _object(
        {
            "fact": {"type": "string"},
            "ask": {"type": "string"},
            "type": {"enum": [*(kind.value for kind in FactType), "codes", "products"]},
            "unit": {"type": "string"},
            "choices": _TEXTS,
            "provisions": {**_TEXTS, "description": "what the answer would settle"},
        },
        ("fact", "ask", "type"),
    )
    note = _object(
        {"code": _values(NoteCode), "text": {"type": "string"}, "citations": {"type": "array", "items": cited}}, ("code", "text")
    )
    service = _object(
        {
            "procedure": {"type": "string"},
            "modifiers": _TEXTS,
            "coverage": _values(Coverage),
            "stance": _values(Stance),
            "prior_authorization": _values(PriorAuthorization),
            "basis": _values(Basis),
            "policy": {"$ref": "#/$defs/policy"},
            "reasons": {"type": "array", "items": reason},
            "questions": {"type": "array", "items": question},
            "notes": {"type": "array", "items": note},
            "related": {
                "type": "array",
                "items": _object({"number": {"type": "string"}, "title": {"type": "string"}}, ("number", "title")),
            },
        },
        ("coverage", "reasons", "questions", "notes", "related"),
    )
    identity = {"type": ["string", "null"]}
    answered = _object(
        {
            "id": identity,
            "library": {"type": "string", "pattern": "^sha256:[0-9a-f]{64}$"},
            "engine": {"type": "string"},
            "as_of": _DAY,
            "services": {"type": "array", "minItems": 1, "items": service},
        },
        ("id", "library", "engine", "as_of", "services"),
    )
    refused = _object(
        {
            "id": identity,
            "error": _object(
                {"code": {"type": "string"}, "field": {"type": ["string", "null"]}, "message": {"type": "string"}},
                ("code", "field", "message"),
            ),
        },
        ("id", "error"),
    )
    return {
        "$schema": DIALECT,
        "$id": "answer.schema.json",
        "title": "An answer",
        "description": "An axis that does not apply is left out, never null. Fields may be added, never renamed.",
        "oneOf": [answered, refused],
        "$defs": {"citation": citation, "policy": policy},
    }
