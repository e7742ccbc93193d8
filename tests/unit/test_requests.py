"""Requests that are refused: the code, the path and the message of each; and that nothing is coerced."""

from __future__ import annotations

import json
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from medpolicy import Library, RequestError
from medpolicy.formats.json_text import MAXIMUM_BYTES, read_json
from medpolicy.formats.requests import MAXIMUM_PROCEDURES, read_request
from medpolicy.model.quantity import Quantity
from tests.spec.policies import library_of

POLICY = """
facts:
  - {id: living_cells, type: boolean}
  - {id: size, type: number, unit: mm}
  - {id: score, type: number, unit: "1"}
  - {id: tried, type: duration, unit: months}
  - {id: operated, type: date}
  - {id: vein, type: choice, choices: [great, small]}
provisions:
  - {id: cells, stance: investigational, criteria: {fact: living_cells}}
code_listings:
  - {id: generic, decides: with-provisions, codes: ["20000"]}
"""
CMS = "issuer: cms\nnumber: N1\nauthority: ncd\ncode_listings: [{id: ncd, stance: cosmetic, codes: ['0001T']}]"
SHARED_LINE = """
lines_of_business:
  - {id: commercial, name: Commercial, program: commercial}
  - {id: medicare, name: Medicare, program: medicare-advantage}
  - {id: original-medicare, name: Medicare, program: medicare-advantage}
"""


@pytest.fixture(scope="module")
def library() -> Library:
    return library_of((POLICY, CMS), SHARED_LINE)


def valid(**changes: Any) -> dict[str, Any]:
    request: dict[str, Any] = {
        "id": "r1",
        "service_date": "2024-06-03",
        "line_of_business": "commercial",
        "procedures": ["20000"],
    }
    request.update(changes)
    return {key: value for key, value in request.items() if value is not ...}


def fact(**facts: Any) -> dict[str, Any]:
    return valid(facts=facts)


REFUSED: list[tuple[dict[str, Any], str, str, str]] = [
    # missing-field
    (valid(service_date=...), "missing-field", "service_date", "YYYY-MM-DD"),
    (valid(line_of_business=...), "missing-field", "line_of_business", "commercial, medicare"),
    (valid(procedures=...), "missing-field", "procedures", "at least one procedure, product or fact"),
    (valid(procedures=[]), "missing-field", "procedures", "at least one"),
    (valid(procedures=[{}]), "missing-field", "procedures[0].code", "code"),
    (fact(size={"unit": "mm"}), "missing-field", "facts.size.value", '"unit": "mm"'),
    (fact(size={"value": 3}), "missing-field", "facts.size.unit", '"unit": "mm"'),
    # unknown-field
    (valid(date="2024-06-03"), "unknown-field", "date", "service_date"),
    (valid(procedures=[{"code": "20000", "modifier": "RT"}]), "unknown-field", "procedures[0].modifier", "modifiers"),
    (valid(member={"birthdate": "1960-01-01"}), "unknown-field", "member.birthdate", "age"),
    (fact(size={"value": 3, "unit": "mm", "about": 1}), "unknown-field", "facts.size.about", "unit"),
    # wrong-type
    (valid(id=7), "wrong-type", "id", "text"),
    (valid(service_date=1743465600), "wrong-type", "service_date", "a number"),
    (valid(service_date=None), "wrong-type", "service_date", "null"),
    (valid(line_of_business=["commercial"]), "wrong-type", "line_of_business", "a list"),
    (valid(issuer=1), "wrong-type", "issuer", "text"),
    (valid(issuer=None), "wrong-type", "issuer", "null"),
    (valid(setting=True), "wrong-type", "setting", "text"),
    (valid(procedures="20000"), "wrong-type", "procedures", "a list"),
    (valid(procedures=["20000", 20000]), "wrong-type", "procedures[1]", "a number"),
    (valid(procedures=[{"code": 20000}]), "wrong-type", "procedures[0].code", "text"),
    (valid(procedures=[{"code": "20000", "modifiers": "RT"}]), "wrong-type", "procedures[0].modifiers", "a list"),
    (valid(procedures=[{"code": "20000", "modifiers": [22]}]), "wrong-type", "procedures[0].modifiers[0]", "text"),
    (valid(procedures=[{"code": "20000", "products": "A"}]), "wrong-type", "procedures[0].products", "a list"),
    (valid(procedures=[{"code": "20000", "facts": []}]), "wrong-type", "procedures[0].facts", "an object"),
    (valid(products={"A": 1}), "wrong-type", "products", "a list"),
    (valid(products=["A", None]), "wrong-type", "products[1]", "null"),
    (valid(diagnoses="M17.0"), "wrong-type", "diagnoses", "a list"),
    (valid(diagnoses=[17]), "wrong-type", "diagnoses[0]", "text"),
    (valid(facts=["living_cells"]), "wrong-type", "facts", "an object"),
    (valid(member="f"), "wrong-type", "member", "an object"),
    (valid(member={"age": "61"}), "wrong-type", "member.age", "whole number"),
    (valid(member={"age": 61.0}), "wrong-type", "member.age", "whole number"),
    (valid(member={"age": True}), "wrong-type", "member.age", "whole number"),
    (valid(member={"age": -1}), "wrong-type", "member.age", "from 0 to 150"),
    (valid(member={"age": 151}), "wrong-type", "member.age", "from 0 to 150"),
    (valid(member={"age": None}), "wrong-type", "member.age", "null"),
    (valid(member={"sex": "F"}), "wrong-type", "member.sex", "female"),
    (valid(member={"sex": None}), "wrong-type", "member.sex", "null"),
    (valid(member={"state": "Massachusetts"}), "wrong-type", "member.state", "MA"),
    (valid(member={"state": "ma"}), "wrong-type", "member.state", "capital"),
    (valid(service_state="Mass"), "wrong-type", "service_state", "MA"),
    (fact(living_cells="yes"), "wrong-type", "facts.living_cells", "true or false"),
    (fact(living_cells=1), "wrong-type", "facts.living_cells", "true or false"),
    (fact(living_cells="true"), "wrong-type", "facts.living_cells", "text"),
    (fact(living_cells=None), "wrong-type", "facts.living_cells", "null"),
    (fact(size=3), "wrong-type", "facts.size", "unit"),
    (fact(size="3 mm"), "wrong-type", "facts.size", "unit"),
    (fact(size={"value": "3", "unit": "mm"}), "wrong-type", "facts.size.value", "a number"),
    (fact(size={"value": True, "unit": "mm"}), "wrong-type", "facts.size.value", "a number"),
    (fact(size={"value": 3, "unit": "kg"}), "wrong-type", "facts.size.unit", "mm"),
    (fact(size={"value": 3, "unit": None}), "wrong-type", "facts.size.unit", "null"),
    (fact(score="3"), "wrong-type", "facts.score", "number"),
    (fact(tried={"value": -1, "unit": "months"}), "wrong-type", "facts.tried.value", "negative"),
    (fact(tried={"value": 1, "unit": "hours"}), "wrong-type", "facts.tried.unit", "months"),
    (fact(tried={"since": 20240101}), "wrong-type", "facts.tried.since", "YYYY-MM-DD"),
    (fact(operated=20240101), "wrong-type", "facts.operated", "YYYY-MM-DD"),
    (fact(vein="Great"), "wrong-type", "facts.vein", "great, small"),
    (fact(vein=["great"]), "wrong-type", "facts.vein", "a list"),
    # invalid-date
    *(
        (valid(service_date=text), "invalid-date", "service_date", "YYYY-MM-DD")
        for text in (
            "2024-6-3",
            "20240603",
            "2024-06",
            "2024-02-30",
            "2023-02-29",
            "0000-01-01",
            "2024-13-01",
            "06/03/2024",
            "2024-06-03T00:00:00",
            " 2024-06-03",
            "2024-06-03\n",
            "",
            "٢٠٢٤-٠٦-٠٣",
            "２０２４-０６-０３",
            "2024-W23-1",
            "99999-01-01",
        )
    ),
    (fact(operated="2024-02-30"), "invalid-date", "facts.operated", "YYYY-MM-DD"),
    (fact(tried={"since": "2024"}), "invalid-date", "facts.tried.since", "YYYY-MM-DD"),
    # malformed-code
    *(
        (valid(procedures=["20000", text]), "malformed-code", "procedures[1]", "20930")
        for text in (
            "2000",
            "200000",
            "",
            "20000-",
            "20000-R",
            "20000-RTX",
            "2000O",
            "２００００",
            "20930\u0000",
            "0RG10A",
            "20 000",
            "ẞ0000",
            "x" * 100_000,
        )
    ),
    (valid(procedures=[{"code": "2"}]), "malformed-code", "procedures[0].code", "0565T"),
    (valid(procedures=[{"code": "20000", "modifiers": ["R"]}]), "malformed-code", "procedures[0].modifiers[0]", "RT"),
    (valid(diagnoses=["M43.16", "43.16"]), "malformed-code", "diagnoses[1]", "M43.16"),
    (valid(diagnoses=["M43.16789"]), "malformed-code", "diagnoses[0]", "ICD-10-CM"),
    # the rest
    (valid(setting="home"), "unknown-setting", "setting", "inpatient, outpatient"),
    (valid(setting="Inpatient"), "unknown-setting", "setting", "inpatient, outpatient"),
    (valid(line_of_business="hmo"), "unknown-line-of-business", "line_of_business", "commercial, medicare"),
    (valid(issuer="cms"), "unknown-line-of-business", "line_of_business", "original-medicare"),
    (valid(issuer="nobody"), "unknown-issuer", "issuer", "cms, plan"),
    (valid(line_of_business="original-medicare"), "ambiguous-issuer", "issuer", "cms, plan"),
    (fact(unheard_of=True), "unknown-fact", "facts.unheard_of", "policies show"),
    (
        valid(procedures=[{"code": "20000", "facts": {"unheard_of": True}}]),
        "unknown-fact",
        "procedures[0].facts.unheard_of",
        "policies show",
    ),
    (valid(procedures=["20000"] * (MAXIMUM_PROCEDURES + 1)), "too-large", "procedures", "1,000"),
]


@pytest.mark.parametrize(("request_data", "code", "field", "part"), REFUSED, ids=[f"{r[1]}-{at}" for at, r in enumerate(REFUSED)])
def test_refused(library: Library, request_data: dict[str, Any], code: str, field: str, part: str) -> None:
    with pytest.raises(RequestError) as refused:
        read_request(request_data, library)
    error = refused.value
    assert (error.code, error.field) == (code, field)
    assert part in error.message
    assert error.exit_status == 2
    assert error.request_id == (request_data["id"] if isinstance(request_data["id"], str) else None)


@pytest.mark.parametrize("value", [None, True, 3, "text", ["list"]])
def test_a_request_is_an_object(library: Library, value: object) -> None:
    with pytest.raises(RequestError, match="a request is an object") as refused:
        read_request(value, library)
    assert (refused.value.code, refused.value.field, refused.value.request_id) == ("wrong-type", None, None)


def test_the_first_ten_thousand_facts_are_told_apart(library: Library) -> None:
    many = {f"fact_{at}": True for at in range(10_000)}
    with pytest.raises(RequestError) as refused:
        read_request(fact(living_cells=True, **many), library)
    assert (refused.value.code, refused.value.field) == ("unknown-fact", "facts.fact_0")


def test_messages_repeat_no_value_of_the_request(library: Library) -> None:
    """A value may be a member's."""
    private = "Q7private"
    for changes in (
        {"service_date": private},
        {"line_of_business": private},
        {"setting": private},
        {"procedures": [private]},
        {"diagnoses": [private]},
        {"member": {"sex": private}},
        {"member": {"state": private}},
        {"facts": {"vein": private}},
        {"facts": {"size": {"value": private, "unit": "mm"}}},
        {"issuer": private},
    ):
        with pytest.raises(RequestError) as refused:
            read_request(valid(**changes), library)
        assert private not in refused.value.message


def test_numbers_are_exact(library: Library) -> None:
    data = read_json(b'{"service_date":"2024-06-03","line_of_business":"commercial","facts":{"size":{"value":0.3,"unit":"cm"}}}')
    assert read_request(data, library).facts["size"] == Quantity(Fraction(3, 10), "cm")
    whole = read_json(b'{"service_date":"2024-06-03","line_of_business":"commercial","facts":{"score":3}}')
    assert read_request(whole, library).facts["score"] == Quantity(Fraction(3), "1")


def test_huge_numbers_are_read_or_refused(library: Library) -> None:
    base = '{"service_date":"2024-06-03","line_of_business":"commercial","facts":{"size":{"value":%s,"unit":"mm"}}}'
    assert read_request(read_json((base % ("9" * 4000)).encode()), library).facts["size"]
    for text, code in (("1e400", "wrong-type"), ("-1e400", "wrong-type"), ("9" * 5000, "invalid-json"), ("NaN", "invalid-json")):
        with pytest.raises(RequestError) as refused:
            read_request(read_json((base % text).encode()), library)
        assert refused.value.code == code, text


# -- the text -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("data", "part"),
    [
        (b"", "column 1"),
        (b"{", "column 2"),
        (b'{"a": 1,}', "column"),
        (b"{'a': 1}", "column 2"),
        (b"{} {}", "column 4"),
        (b'{"a": NaN}', "NaN"),
        (b'{"a": Infinity}', "Infinity"),
        (b'{"a": -Infinity}', "Infinity"),
        (b'{"a": "\xff"}', "byte 8 is not UTF-8"),
        (b'\xff\xfe{\x00"\x00', "byte 1 is not UTF-8"),
        (b'{"a": "\x00"}', "column"),
        (b"\x00", "column 1"),
        (b'{"a": "\xed\xa0\x80"}', "not UTF-8"),
        (b"[" * 100_000, "nested too deeply"),
        (b'{"a":' * 100_000, "nested too deeply"),
        (b'{"a": ' + b"1" * 10_000 + b"}", "digits"),
    ],
)
def test_invalid_json(data: bytes, part: str) -> None:
    with pytest.raises(RequestError) as refused:
        read_json(data)
    assert (refused.value.code, refused.value.field) == ("invalid-json", None)
    assert part in refused.value.message


@pytest.mark.parametrize(
    ("text", "field", "request_id"),
    [
        ('{"id": "r1", "id": "r2"}', "id", None),  # which of the two cannot be read
        ('{"id": "r1", "facts": {"a": 1, "a": 2}}', "facts.a", "r1"),
        ('{"procedures": ["1", {"code": "1", "code": "2"}]}', "procedures[1].code", None),
        ('{"id": 4, "a": {"b": [{}, {"c": {"d": 1, "e": 2, "d": 3}}]}}', "a.b[1].c.d", None),
        ('[{"a": 1, "a": 1}]', "[0].a", None),
    ],
)
def test_duplicate_keys(text: str, field: str, request_id: str | None) -> None:
    with pytest.raises(RequestError) as refused:
        read_json(text.encode())
    assert (refused.value.code, refused.value.field, refused.value.request_id) == ("duplicate-key", field, request_id)


def test_a_duplicate_key_is_shortened_in_the_message() -> None:
    with pytest.raises(RequestError) as refused:
        read_json(('{"%s": 1, "%s": 2}' % (("k" * 1000,) * 2)).encode())
    assert len(refused.value.message) < 200


def test_too_large() -> None:
    exact = b'"' + b"x" * (MAXIMUM_BYTES - 2) + b'"'
    assert len(read_json(exact)) == MAXIMUM_BYTES - 2
    with pytest.raises(RequestError) as refused:
        read_json(exact + b" ")
    assert (refused.value.code, refused.value.field) == ("too-large", None)
    with pytest.raises(RequestError):
        read_json(b"x" * 10 * MAXIMUM_BYTES)


def test_a_byte_order_mark_is_no_fault() -> None:
    assert read_json(b'\xef\xbb\xbf{"a": 1}') == {"a": 1}


def test_a_lone_surrogate_is_carried_or_refused_but_never_a_crash(library: Library) -> None:
    data = read_json(b'{"id":"\\ud800","service_date":"2024-06-03","line_of_business":"commercial","products":["\\udfff"]}')
    try:
        read = read_request(data, library)
    except RequestError as error:
        assert error.code == "invalid-json"  # noqa: PT017  # either is well; a crash is not
    else:
        assert read.products == ("\udfff",)


@given(st.binary(max_size=200))
def test_any_bytes_are_a_value_or_refused(data: bytes) -> None:
    try:
        read_json(data)
    except RequestError as error:
        assert error.code in ("invalid-json", "duplicate-key")  # noqa: PT017


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=10),
    lambda child: st.lists(child, max_size=4) | st.dictionaries(st.text(max_size=10), child, max_size=4),
    max_leaves=10,
)
KEYS = ("id", "issuer", "service_date", "line_of_business", "setting", "procedures", "diagnoses", "products", "facts", "member")


@given(st.dictionaries(st.sampled_from((*KEYS, "service_state", "other")), JSON), st.booleans())
def test_any_request_is_read_or_refused(values: dict[str, Any], over: bool) -> None:
    library = library_of((POLICY, CMS), SHARED_LINE)
    request = {**valid(), **values} if over else values
    try:
        read_request(request, library)
    except RequestError as error:
        json.dumps(error.message)
