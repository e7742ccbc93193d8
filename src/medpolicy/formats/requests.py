"""A request as plain JSON values -> `Request`, checked against the library. DESIGN.md, "The request, as JSON".

Written by hand and not with Pydantic, because it runs for each request: it says the first thing that is wrong, with the
code and the path that the contract names. `schemas.py` publishes the same form as JSON Schema; a test holds the two together.
Nothing is coerced: "yes" is no boolean, 1743465600 is no date, null is a wrong type.
"""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from datetime import date
from fractions import Fraction
from typing import Any

from medpolicy.errors import RequestError
from medpolicy.library.library import FactForm, Library
from medpolicy.model.codes import normalize_diagnosis, normalize_modifier, normalize_procedure
from medpolicy.model.facts import FactType, FactValue, Since
from medpolicy.model.issuer import Program, Setting
from medpolicy.model.period import Duration, DurationUnit
from medpolicy.model.quantity import UNITS, Quantity
from medpolicy.model.request import NO_MEMBER, Member, Request, RequestedService

_FIELDS = frozenset(
    (
        "id",
        "issuer",
        "service_date",
        "line_of_business",
        "setting",
        "procedures",
        "diagnoses",
        "products",
        "facts",
        "member",
        "service_state",
    )
)
_SERVICE_FIELDS = frozenset(("code", "modifiers", "products", "facts"))
_MEMBER_FIELDS = frozenset(("age", "sex", "state"))
_SEXES = ("female", "male", "other", "unknown")
_DAY = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)
_STATE = re.compile(r"[A-Z]{2}", re.ASCII)
_SETTINGS = {setting.value: setting for setting in Setting}
_NOTHING: Mapping[str, FactValue] = {}
MAXIMUM_PROCEDURES = 1000


def read_request(data: object, library: Library) -> Request:
    """The request; `RequestError` with the code, the path and what to do where it cannot be answered as it stands."""
    if not isinstance(data, dict):
        raise RequestError("wrong-type", None, f"a request is an object, not {_kind(data)}")
    request_id = data.get("id")
    try:
        return _read(data, library)
    except RequestError as error:
        error.request_id = request_id if isinstance(request_id, str) else None
        raise


def _read(data: dict[str, Any], library: Library) -> Request:
    if not data.keys() <= _FIELDS:
        _unknown_field(data, _FIELDS, "")
    request_id = data.get("id")
    if type(request_id) is not str and "id" in data:
        raise _wrong_type("id", "text", request_id)
    day = _day(data)
    issuer, line = _line_of_business(data, library)
    setting = None
    if "setting" in data:
        name = data["setting"]
        setting = _SETTINGS.get(name) if type(name) is str else None
        if setting is None:
            if type(name) is not str:
                raise _wrong_type("setting", "text", name)
            raise RequestError("unknown-setting", "setting", f"a setting is one of {', '.join(_SETTINGS)}")
    forms = _Forms((library, issuer, line))
    procedures = _procedures(data["procedures"], forms) if "procedures" in data else ()
    products = _texts(data["products"], "products") if "products" in data else None
    facts = _facts(data["facts"], "facts", forms) if "facts" in data else _NOTHING
    if not procedures and not products and not facts:
        raise RequestError("missing-field", "procedures", "name at least one procedure, product or fact")
    return Request(
        issuer=issuer,
        service_date=day,
        line_of_business=line,
        id=request_id,
        setting=setting,
        procedures=procedures,
        diagnoses=_diagnoses(data["diagnoses"]) if "diagnoses" in data else None,
        products=products,
        facts=facts,
        member=_member(data["member"]) if "member" in data else NO_MEMBER,
        service_state=_state(data["service_state"], "service_state") if "service_state" in data else None,
    )


class _Forms(tuple[Library, str, str]):
    """What facts are known for the issuer and, for Medicare Advantage, in Medicare's own policies."""

    __slots__ = ()

    def of(self, fact: str) -> FactForm | None:
        library, issuer, line_id = self
        form = library.index[issuer].fact_forms.get(fact)
        if form is None and library.medicare:
            line = library.issuers[issuer].line(line_id)
            if line is not None and line.program is Program.MEDICARE_ADVANTAGE:
                for at in library.medicare:
                    form = library.index[library.keys[at][0]].fact_forms.get(fact)
                    if form is not None:
                        break
        return form


def _day(data: dict[str, Any]) -> date:
    text = data.get("service_date")
    if type(text) is str:
        try:
            if len(text) == 10 and text[4] == text[7] == "-":  # of the forms that fromisoformat reads, only YYYY-MM-DD
                return date.fromisoformat(text)
        except ValueError:
            pass
        raise RequestError("invalid-date", "service_date", "write the service date as YYYY-MM-DD")
    if "service_date" not in data:
        raise RequestError("missing-field", "service_date", "the service date is missing; write it as YYYY-MM-DD")
    raise _wrong_type("service_date", "a date as text, YYYY-MM-DD", text)


def _line_of_business(data: dict[str, Any], library: Library) -> tuple[str, str]:
    """The issuer and its line of business."""
    line = data.get("line_of_business")
    if type(line) is not str:
        if "line_of_business" not in data:
            raise RequestError(
                "missing-field", "line_of_business", "the line of business is missing; " + _declared(library, None)
            )
        raise _wrong_type("line_of_business", "text", line)
    issuer = data.get("issuer")
    if issuer is None and "issuer" not in data:
        declaring = library.lines.get(line, ())
        if len(declaring) == 1:
            return declaring[0], line
        if declaring:
            names = ", ".join(declaring)
            raise RequestError("ambiguous-issuer", "issuer", f"several issuers have this line of business: {names}; name one")
        raise RequestError("unknown-line-of-business", "line_of_business", _declared(library, None))
    if type(issuer) is not str:
        raise _wrong_type("issuer", "text", issuer)
    if issuer not in library.issuers:
        raise RequestError("unknown-issuer", "issuer", f"issuers in the library: {', '.join(library.issuers)}")
    if issuer not in library.lines.get(line, ()):
        raise RequestError("unknown-line-of-business", "line_of_business", _declared(library, issuer))
    return issuer, line


def _declared(library: Library, issuer: str | None) -> str:
    lines = [line for line, issuers in library.lines.items() if issuer is None or issuer in issuers]
    whose = "" if issuer is None else f" of {issuer}"
    return f"declared lines of business{whose}: {', '.join(lines)}"


def _procedures(values: object, forms: _Forms) -> tuple[RequestedService, ...]:
    if type(values) is not list:
        raise _wrong_type("procedures", "a list", values)
    if len(values) > MAXIMUM_PROCEDURES:
        raise RequestError("too-large", "procedures", f"at most {MAXIMUM_PROCEDURES:,} procedures in one request")
    return tuple([_procedure(value, at, forms) for at, value in enumerate(values)])


def _procedure(value: object, at: int, forms: _Forms) -> RequestedService:
    if type(value) is str:
        code, modifiers = _code(value, f"procedures[{at}]")
        return RequestedService(code=code, modifiers=modifiers)
    path = f"procedures[{at}]"
    if type(value) is not dict:
        raise _wrong_type(path, "a code as text, or an object with a code", value)
    if not value.keys() <= _SERVICE_FIELDS:
        _unknown_field(value, _SERVICE_FIELDS, path + ".")
    if "code" not in value:
        raise RequestError("missing-field", f"{path}.code", "a procedure needs its code")
    text = value["code"]
    if type(text) is not str:
        raise _wrong_type(f"{path}.code", "a code as text", text)
    code, modifiers = _code(text, f"{path}.code")
    if "modifiers" in value:
        modifiers = (*modifiers, *_modifiers(value["modifiers"], f"{path}.modifiers"))
    return RequestedService(
        code=code,
        modifiers=modifiers,
        products=_texts(value["products"], f"{path}.products") if "products" in value else None,
        facts=_facts(value["facts"], f"{path}.facts", forms) if "facts" in value else _NOTHING,
    )


def _code(text: str, path: str) -> tuple[str, tuple[str, ...]]:
    found = normalize_procedure(text) if len(text) <= 64 else None
    if found is None:
        raise RequestError(
            "malformed-code", path, "no CPT, HCPCS or ICD-10-PCS code; write such as 20930, 0565T, L8699 or 0565T-RT"
        )
    return found


def _modifiers(values: object, path: str) -> list[str]:
    found = []
    for at, text in enumerate(_texts(values, path)):
        modifier = normalize_modifier(text)
        if modifier is None:
            raise RequestError("malformed-code", f"{path}[{at}]", "a modifier has two letters or digits, such as RT")
        found.append(modifier)
    return found


def _diagnoses(values: object) -> tuple[str, ...]:
    found = []
    for at, text in enumerate(_texts(values, "diagnoses")):
        code = normalize_diagnosis(text) if len(text) <= 64 else None
        if code is None:
            raise RequestError("malformed-code", f"diagnoses[{at}]", "no ICD-10-CM code; write such as M43.16")
        found.append(code)
    return tuple(found)


def _texts(values: object, path: str) -> tuple[str, ...]:
    if type(values) is not list:
        raise _wrong_type(path, "a list", values)
    for at, value in enumerate(values):
        if type(value) is not str:
            raise _wrong_type(f"{path}[{at}]", "text", value)
    return tuple(values)


def _facts(values: object, path: str, forms: _Forms) -> dict[str, FactValue]:
    if type(values) is not dict:
        raise _wrong_type(path, "an object of facts", values)
    found: dict[str, FactValue] = {}
    for name, value in values.items():
        form = forms.of(name)
        if form is None:
            raise RequestError(
                "unknown-fact",
                f"{path}.{name[:80]}",
                "no policy of this issuer asks this; `medpolicy policies show` lists the facts",
            )
        if form.type is FactType.BOOLEAN:
            if value is not True and value is not False:
                raise _wrong_type(f"{path}.{name}", "true or false", value)
            found[name] = value
        else:
            found[name] = _fact_value(form, value, f"{path}.{name}")
    return found


def _fact_value(form: FactForm, value: object, path: str) -> FactValue:
    if form.type is FactType.CHOICE:
        if type(value) is not str or value not in form.choices:
            raise _wrong_type(path, f"one of {', '.join(form.choices)}", value)
        return value
    if form.type is FactType.DATE:
        return _fact_day(value, path)
    if form.type is FactType.NUMBER:
        if form.dimension == "count" and _is_number(value):
            return Quantity(_exact(value), "1")
        units = [unit for unit, (dimension, _) in UNITS.items() if dimension == form.dimension]
        amount, unit = _with_unit(value, path, units, f'{{"value": 3, "unit": "{units[0]}"}}')
        return Quantity(amount, unit)
    if type(value) is dict and value.keys() == {"since"}:
        return Since(_fact_day(value["since"], f"{path}.since"))
    units = [unit.value for unit in DurationUnit]
    amount, unit = _with_unit(value, path, units, '{"value": 3, "unit": "months"} or {"since": "2025-01-31"}')
    if amount < 0:
        raise RequestError("wrong-type", f"{path}.value", "a duration cannot be negative")
    return Duration(amount, DurationUnit(unit))


def _fact_day(value: object, path: str) -> date:
    if type(value) is not str:
        raise _wrong_type(path, "a date as text, YYYY-MM-DD", value)
    try:
        if _DAY.fullmatch(value):
            return date.fromisoformat(value)
    except ValueError:
        pass
    raise RequestError("invalid-date", path, "write the date as YYYY-MM-DD")


def _with_unit(value: object, path: str, units: list[str], example: str) -> tuple[Fraction, str]:
    if type(value) is not dict:
        raise _wrong_type(path, f"a number with its unit, {example}", value)
    if not value.keys() <= {"value", "unit"}:
        _unknown_field(value, frozenset(("value", "unit")), path + ".")
    for key in ("value", "unit"):
        if key not in value:
            raise RequestError("missing-field", f"{path}.{key}", f"write such as {example}")
    if not _is_number(value["value"]):
        raise _wrong_type(f"{path}.value", "a number", value["value"])
    if type(value["unit"]) is not str or value["unit"] not in units:
        raise _wrong_type(f"{path}.unit", f"one of {', '.join(units)}", value["unit"])
    return _exact(value["value"]), value["unit"]


def _is_number(value: object) -> bool:
    return type(value) is int or (type(value) is float and math.isfinite(value))


def _exact(value: object) -> Fraction:
    """The number as it is written: 3.1 is 31/10, not the nearest binary fraction."""
    return Fraction(value) if isinstance(value, int) else Fraction(str(value))


def _member(value: object) -> Member:
    if type(value) is not dict:
        raise _wrong_type("member", "an object", value)
    if not value.keys() <= _MEMBER_FIELDS:
        _unknown_field(value, _MEMBER_FIELDS, "member.")
    age = value.get("age")
    if "age" in value and (type(age) is not int or not 0 <= age <= 150):
        raise _wrong_type("member.age", "a whole number of completed years, from 0 to 150", age)
    sex = value.get("sex")
    if "sex" in value and (type(sex) is not str or sex not in _SEXES):
        raise _wrong_type("member.sex", f"one of {', '.join(_SEXES)}", sex)
    state = _state(value["state"], "member.state") if "state" in value else None
    return Member(age=age, sex=None if sex == "unknown" else sex, state=state)


def _state(value: object, path: str) -> str:
    if type(value) is not str or not _STATE.fullmatch(value):
        raise _wrong_type(path, "a state as two capital letters, such as MA", value)
    return value


def _unknown_field(data: dict[str, Any], known: frozenset[str], prefix: str) -> None:
    name = next(name for name in data if name not in known)
    raise RequestError("unknown-field", f"{prefix}{name[:80]}", f"no such field; known are {', '.join(sorted(known))}")


def _wrong_type(path: str, expected: str, value: object) -> RequestError:
    return RequestError("wrong-type", path, f"expected {expected}; got {_kind(value)}")


def _kind(value: object) -> str:
    if value is None:
        return "null"
    if isinstance(value, bool):
        return "true or false"
    names = {str: "text", int: "a number", float: "a number", list: "a list", dict: "an object"}
    return names.get(type(value), type(value).__name__)
