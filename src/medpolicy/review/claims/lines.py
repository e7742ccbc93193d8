"""A claim line in SQL: what the tabular engine takes of it, or why it is rejected.

The rules are those of a request (`formats/requests.py`, `model/codes.py`, `Issuer.setting_of`), so that a line is answered as the
same request would be. A test holds them together.
"""
# ruff: noqa: S608  # names and texts are quoted by sql.py

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from medpolicy.formats.claims_layout import DIAGNOSES, MODIFIERS
from medpolicy.formats.claims_mapping import ClaimsMapping
from medpolicy.library.library import Library
from medpolicy.model.issuer import Issuer
from medpolicy.review.claims.columns import EARLIEST, LATEST, column
from medpolicy.review.claims.eligibility import sex_of, state_of
from medpolicy.review.claims.files import Table
from medpolicy.review.claims.plans import payer_key
from medpolicy.review.claims.sql import listed, literal, stripped

# The forms of `model/codes.py` in either case, of text without white space around. The first group is the code.
_PROCEDURE: Final = "^([0-9]{4}[0-9AFMTUafmtu]|[A-Za-z][0-9]{4}|[0-9A-HJ-NP-Za-hj-np-z]{7})((?:-[0-9A-Za-z]{2})*)$"
_MODIFIER: Final = "^([0-9A-Za-z]{2})$"
_DIAGNOSIS: Final = "^([A-Za-z][0-9][0-9A-Za-z](?:[.]?[0-9A-Za-z]{1,4})?)$"
_OLDEST: Final = 150
MEMBER_KEYS: Final = ("person_id", "member_id")

AMOUNTS: Final = ("charge_amount", "allowed_amount", "paid_amount")
ENGINE_COLUMNS: Final = (
    "claim_id",
    "claim_line_number",
    "issuer",
    "line_of_business",
    "service_date",
    "service_end",
    "setting",
    "code",
    "modifiers",
    "diagnoses",
    "age",
    "sex",
    "state",
    *AMOUNTS,
    "person",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class LineRules:
    """What the SQL of a line depends on. `key`: the column that joins eligibility; None without it. `doubled`: whether the
    table `doubled` is not empty."""

    claims: Table
    library: Library
    mapping: ClaimsMapping
    key: str | None
    doubled: bool
    diagnoses_of: str | None = None  # a table with a column `code`: the lines whose diagnoses are asked for; None: all

    @property
    def person(self) -> str | None:
        """The column that tells members apart."""
        return self.key or next((one for one in MEMBER_KEYS if self.claims.has(one)), None)


def key_columns(claims: Table) -> tuple[str, str]:
    """SQL for a line's claim id, as it stands even where it is blank, and its number."""
    return _own_claim_id(claims), column(claims, "claim_line_number").value


def checked_lines(rules: LineRules, source: str) -> str:
    """SQL for every line of the source: the engine's columns, `file`, `row`, `icd_9`, `has_diagnosis`, and `fault` as
    `reason|column` or null.
    """
    return f"SELECT *, {_fault(rules)} AS fault FROM ({_joined(rules, own_columns(rules, source))})"


def _own_claim_id(claims: Table) -> str:
    return "claim_id" if claims.types.get("claim_id") == "VARCHAR" else "claim_id::VARCHAR"


def _claim_id(claims: Table) -> str:
    own = _own_claim_id(claims)
    # '!' is the first sign after the white space, so that most are not stripped only to be looked at.
    return f"CASE WHEN {own} >= '!' OR {stripped(own)} IS NOT NULL THEN {own} END"


def own_columns(rules: LineRules, source: str) -> str:
    """SQL for what every line's own columns say."""
    claims = rules.claims
    number = column(claims, "claim_line_number").value
    dates = {name: column(claims, name) for name in _DATES}
    start, claim_start, end, claim_end = (dates[name].value for name in _DATES)
    selected = {
        "claim_id": _claim_id(claims),
        "claim_line_number": number,
        "number_fault": _first(_number_faults(claims)),
        "service_date": f"coalesce({start}, {claim_start})",
        "service_end": f"CASE WHEN {start} IS NULL THEN {claim_end} ELSE {end} END",
        "date_fault": _first(_date_faults(claims)),
        "bill": f"ltrim({column(claims, 'bill_type_code').value}, '0')",
        "place": column(claims, "place_of_service_code").value,
        "code": _code(claims),
        "code_fault": _first(_code_faults(claims)),
        "modifiers": _modifiers(claims),
        "icd_9": _icd_9(claims),
        "diagnosis_text": _diagnosis_text(claims),
        "has_diagnosis": _has_diagnosis(claims),
        "diagnosis_fault": _diagnosis_fault(claims),
        "own_plan": column(claims, "plan").value,
        "own_payer": payer_key(column(claims, "payer").value, rules.library, rules.mapping),
        "person": column(claims, rules.person).value if rules.person else "NULL::VARCHAR",
        **{name: column(claims, name).value for name in AMOUNTS},
        "own_birth": column(claims, "patient_birth_date").value,
        "own_sex": sex_of(column(claims, "patient_gender").value),
        "own_state": state_of(column(claims, "patient_state").value),
        "amount_fault": _first(_amount_faults(claims)),
        "file": "file",
        "row": "row",
    }
    return f"SELECT {', '.join(f'{value} AS {name}' for name, value in selected.items())} FROM {source}"


def _joined(rules: LineRules, taken: str) -> str:
    """With what eligibility, or without it the claim's own plan, says of the member."""
    selected = [f"line.{name}" for name in ("claim_id", "claim_line_number", "service_date", "service_end", "code", "modifiers")]
    selected += [f"line.{name}" for name in ("icd_9", "diagnosis_text", "has_diagnosis", *AMOUNTS, "person", "file", "row")]
    selected += [f"line.{name}" for name in ("number_fault", "date_fault", "code_fault", "diagnosis_fault", "amount_fault")]
    selected += ["line.own_birth", "line.own_sex", "line.own_state"]
    joins = [f"({taken}) AS line"]
    if rules.doubled:
        selected.append("line.claim_id IS NOT NULL AND doubled.claim_id IS NOT NULL AS is_doubled")
        joins.append(
            "LEFT JOIN doubled ON doubled.claim_id = line.claim_id AND doubled.claim_line_number = line.claim_line_number"
        )
    else:
        selected.append("false AS is_doubled")
    if rules.key is None:
        selected += ["plans.issuer", "plans.line_of_business", "own_birth AS birth_date", "own_sex AS sex", "own_state AS state"]
        selected.append(
            "CASE WHEN own_plan IS NULL THEN 'missing-field|plan' WHEN plans.plan IS NULL THEN 'unknown-line-of-business|plan' "
            "ELSE plans.fault || '|plan' END AS member_fault"
        )
        joins.append("LEFT JOIN plans ON plans.plan = own_plan AND plans.payer = own_payer")
        return _with_setting(rules, f"SELECT {', '.join(selected)}, bill, place FROM {' '.join(joins)}")
    joins.append(
        "LEFT JOIN enrolled ON enrolled.member = line.person "
        "AND enrolled.first_day <= line.service_date AND line.service_date < enrolled.end_day"
    )
    chosen = "CASE WHEN several IS NOT NULL THEN list_distinct([one.who FOR one IN several IF one.plan = own_plan]) END AS chosen"
    together = (
        f"SELECT {', '.join(selected)}, bill, place, enrolled.member, enrolled.several IS NOT NULL AS in_several, "
        f"{', '.join(f'enrolled.{name}' for name in _WHO)}, {chosen} FROM {' '.join(joins)}"
    )
    own = {"birth_date": "own_birth, ", "sex": "own_sex, ", "state": "own_state, "}
    who = ", ".join(
        f"coalesce({own.get(name, '')}CASE WHEN in_several THEN chosen[1].{name} ELSE {name} END) AS {name}" for name in _WHO
    )
    fault = (
        f"CASE WHEN person IS NULL THEN 'missing-field|{rules.key}' WHEN member IS NULL THEN 'no-eligibility|{rules.key}' "
        f"WHEN in_several AND len(chosen) <> 1 THEN 'overlapping-eligibility|{rules.key}' "
        "ELSE (CASE WHEN in_several THEN chosen[1].plan_fault ELSE plan_fault END) || '|plan' END AS member_fault"
    )
    kept = "* EXCLUDE (member, in_several, chosen, " + ", ".join(_WHO) + ")"
    return _with_setting(rules, f"SELECT {kept}, {who}, {fault} FROM ({together})")


_WHO: Final = ("issuer", "line_of_business", "plan_fault", "birth_date", "sex", "state")


def _with_setting(rules: LineRules, joined: str) -> str:
    return (
        f"SELECT * EXCLUDE (diagnosis_text), {_diagnoses(rules)} AS diagnoses, {_setting(rules.library)} AS setting, "
        f"{_AGE} AS age FROM ({joined})"
    )


# Completed years: the year's difference, less one before the birthday. (DuckDB's date_sub takes February 28 for a birthday of
# February 29.)
_AGE: Final = (
    "CAST(year(service_date) - year(birth_date) - "
    "(month(service_date) * 100 + day(service_date) < month(birth_date) * 100 + day(birth_date))::INTEGER AS INTEGER)"
)


def _setting(library: Library) -> str:
    """`Issuer.setting_of`, for each issuer's own rule."""
    by_rule: dict[tuple[tuple[str, ...], tuple[str, ...]], list[Issuer]] = {}
    for issuer in library.issuers.values():
        by_rule.setdefault((issuer.inpatient_types_of_bill, issuer.inpatient_places_of_service), []).append(issuer)
    cases = []
    for (bills, places), issuers in by_rule.items():
        of_bill = " OR ".join(f"starts_with(bill, {literal(form.rstrip('x'))})" for form in bills) or "false"
        rule = (
            f"CASE WHEN bill IS NOT NULL THEN CASE WHEN {of_bill} THEN 'inpatient' ELSE 'outpatient' END "
            f"WHEN place IS NOT NULL THEN CASE WHEN place IN {listed(places)} THEN 'inpatient' ELSE 'outpatient' END END"
        )
        cases.append(f"WHEN issuer IN {listed(tuple(issuer.id for issuer in issuers))} THEN {rule}")
    return f"CASE {' '.join(cases)} END"


# ---------------------------------------------------------------- codes
#
# What is written here runs for every line and a dozen columns, so it is put so that DuckDB is quick. trim, upper, substr and
# regexp_extract run once for each value of a file's dictionary; [:3], left, regexp_replace and regexp_full_match run for each
# row. A list is made quickest by string_split: concat_ws leaves out nulls, which list_value would carry along.


def _there(claims: Table, names: Sequence[str]) -> list[str]:
    return [name for name in names if claims.has(name)]


def _read(name: str, form: str, group: int = 1) -> str:
    """What a column has of a form, as it stands: null where nothing stands there, empty where it is malformed."""
    return f"regexp_extract({stripped(name)}, {literal(form)}, {group})"


def _code(claims: Table) -> str:
    return f"nullif(upper({_read('hcpcs_code', _PROCEDURE)}), '')" if claims.has("hcpcs_code") else "NULL::VARCHAR"


def _modifiers(claims: Table) -> str:
    """Those attached to the code, then those of their own columns; an empty list where there are none."""
    parts = [f"upper({_read(name, _MODIFIER)})" for name in _there(claims, MODIFIERS)]
    if claims.has("hcpcs_code"):
        parts.insert(0, f"nullif(substr(upper({_read('hcpcs_code', _PROCEDURE, 2)}), 2), '')")
    return f"coalesce(string_split(nullif(concat_ws('-', {', '.join(parts)}), ''), '-'), [])" if parts else "[]::VARCHAR[]"


def _icd_9(claims: Table) -> str:
    if not claims.has("diagnosis_code_type"):
        return "false"
    return "coalesce(starts_with(lower(trim(diagnosis_code_type)), 'icd-9'), false)"


def _diagnoses(rules: LineRules) -> str:
    """ICD-9-CM codes say nothing that a policy of today lists; and a list costs much, so it is made only where it is asked for.

    This is told apart after the text is made: within a CASE, the columns would no longer be looked at by their dictionaries,
    which takes three times as long.
    """
    asked = "" if rules.diagnoses_of is None else f"code IN (SELECT code FROM {rules.diagnoses_of}) AND "
    return f"CASE WHEN {asked}NOT icd_9 THEN string_split(diagnosis_text, ',') END"


def _diagnosis_text(claims: Table) -> str:
    """The codes with dots, as of ICD-10-CM, with commas between; null where the line has none."""
    there = _there(claims, DIAGNOSES)
    if not there:
        return "NULL::VARCHAR"
    plain = [f"replace(upper({_read(name, _DIAGNOSIS)}), '.', '')" for name in there]
    dotted = ", ".join(f"substr({code}, 1, 3) || rtrim('.' || substr({code}, 4), '.')" for code in plain)
    return f"nullif(concat_ws(',', {dotted}), '')"


def _has_diagnosis(claims: Table) -> str:
    """Whether a column of diagnoses has anything, ICD-9-CM too: cheaper than making the list."""
    there = _there(claims, DIAGNOSES)
    return f"coalesce({', '.join(map(stripped, there))}) IS NOT NULL" if there else "false"


# ---------------------------------------------------------------- faults, the first of which is told

_DATES: Final = ("claim_line_start_date", "claim_start_date", "claim_line_end_date", "claim_end_date")


def _first(faults: Iterable[tuple[str, str, str]]) -> str:
    """The first fault whose condition holds, as `reason|column`."""
    cases = " ".join(f"WHEN {condition} THEN '{reason}|{of}'" for condition, reason, of in faults)
    return f"CASE {cases} END" if cases else "NULL::VARCHAR"


def _number_faults(claims: Table) -> Iterator[tuple[str, str, str]]:
    number, wrong = column(claims, "claim_line_number")
    yield f"{_claim_id(claims)} IS NULL", "missing-field", "claim_id"
    if wrong:
        yield wrong, "wrong-type", "claim_line_number"
    yield f"{number} IS NULL", "missing-field", "claim_line_number"


def _date_faults(claims: Table) -> Iterator[tuple[str, str, str]]:
    """The line's dates decide, else the claim's; those that decide nothing may be wrong."""
    dates = {name: column(claims, name) for name in _DATES}
    own = f"{dates['claim_line_start_date'].value} IS NOT NULL"
    for name, needed in zip(_DATES, ("true", f"NOT ({own})", own, f"NOT ({own})"), strict=True):
        if dates[name].wrong:
            yield f"{needed} AND {dates[name].wrong}", "invalid-date", name
    start, claim_start, end, claim_end = (dates[name].value for name in _DATES)
    yield f"coalesce({start}, {claim_start}) IS NULL", "missing-field", "claim_line_start_date"
    for value, needed, name in ((start, own, _DATES[0]), (claim_start, f"NOT ({own})", _DATES[1])):
        yield f"{needed} AND {value} NOT BETWEEN {EARLIEST} AND {LATEST}", "impossible-date", name
    for last, first, needed, name in ((end, start, own, _DATES[2]), (claim_end, claim_start, f"NOT ({own})", _DATES[3])):
        yield f"{needed} AND ({last} < {first} OR {last} > {LATEST})", "impossible-date", name


def _code_faults(claims: Table) -> Iterator[tuple[str, str, str]]:
    if claims.has("hcpcs_code"):
        yield f"{_read('hcpcs_code', _PROCEDURE)} = ''", "malformed-code", "hcpcs_code"
    for name in _there(claims, MODIFIERS):
        yield f"{_read(name, _MODIFIER)} = ''", "malformed-code", name


def _diagnosis_fault(claims: Table) -> str:
    """Which is malformed is looked for only where one is: the least of texts is the empty one."""
    read = {name: _read(name, _DIAGNOSIS) for name in _there(claims, DIAGNOSES)}
    if not read:
        return "NULL::VARCHAR"
    found = _first((f"{value} = ''", "malformed-code", name) for name, value in read.items())
    return f"CASE WHEN least({', '.join([*read.values(), literal('~')])}) = '' AND NOT {_icd_9(claims)} THEN {found} END"


def _amount_faults(claims: Table) -> Iterator[tuple[str, str, str]]:
    for name in AMOUNTS:
        wrong = column(claims, name).wrong
        if wrong:
            yield wrong, "wrong-type", name


def _fault(rules: LineRules) -> str:
    birth = f"birth_date > service_date OR age > {_OLDEST}"
    return (
        "CASE WHEN number_fault IS NOT NULL THEN number_fault WHEN is_doubled THEN 'duplicate-key|claim_line_number' "
        "WHEN date_fault IS NOT NULL THEN date_fault WHEN code_fault IS NOT NULL THEN code_fault "
        "WHEN diagnosis_fault IS NOT NULL THEN diagnosis_fault "
        f"WHEN member_fault IS NOT NULL THEN member_fault WHEN {birth} THEN 'impossible-date|birth_date' "
        "ELSE amount_fault END"
    )
