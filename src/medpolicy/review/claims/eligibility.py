"""Who is enrolled when, in which line of business: spans of enrollment made into stretches of days that do not overlap."""
# ruff: noqa: S608  # names and texts are quoted by sql.py

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from medpolicy.formats.claims_mapping import ClaimsMapping
from medpolicy.library.library import Library
from medpolicy.review.claims.columns import EARLIEST, LATEST, column
from medpolicy.review.claims.files import Table
from medpolicy.review.claims.plans import enrolled_plans, payer_key
from medpolicy.review.claims.sql import literal

if TYPE_CHECKING:
    import duckdb

# State names as eligibility files have them, for USPS's codes (Publication 28).
_STATES: Final = """
AL Alabama|AK Alaska|AS American Samoa|AZ Arizona|AR Arkansas|CA California|CO Colorado|CT Connecticut|DE Delaware
DC District of Columbia|FL Florida|GA Georgia|GU Guam|HI Hawaii|ID Idaho|IL Illinois|IN Indiana|IA Iowa|KS Kansas|KY Kentucky
LA Louisiana|ME Maine|MD Maryland|MA Massachusetts|MI Michigan|MN Minnesota|MS Mississippi|MO Missouri|MT Montana|NE Nebraska
NV Nevada|NH New Hampshire|NJ New Jersey|NM New Mexico|NY New York|NC North Carolina|ND North Dakota|MP Northern Mariana Islands
OH Ohio|OK Oklahoma|OR Oregon|PA Pennsylvania|PR Puerto Rico|RI Rhode Island|SC South Carolina|SD South Dakota|TN Tennessee
TX Texas|UT Utah|VT Vermont|VI Virgin Islands|VA Virginia|WA Washington|WV West Virginia|WI Wisconsin|WY Wyoming
"""
_MEMBER: Final = "issuer, line_of_business, plan_fault, birth_date, sex, state"


def sex_of(text: str) -> str:
    """SQL for a sex as a request has it; null where the text is none."""
    told = f"lower({text})"
    return (
        f"CASE WHEN {told} IN ('female', 'f') THEN 'female' WHEN {told} IN ('male', 'm') THEN 'male' "
        f"WHEN {told} IN ('other', 'o') THEN 'other' END"
    )


def state_of(text: str) -> str:
    """SQL for a state's code of two letters; null where the text is none."""
    return f"nullif(regexp_extract(upper({text}), '^[A-Z]{{2}}$'), '')"


def create_plans(connection: duckdb.DuckDBPyConnection, library: Library, mapping: ClaimsMapping) -> None:
    """Make the table `plans`: what each plan's code stands for."""
    connection.execute(
        "CREATE TEMP TABLE plans (payer VARCHAR, plan VARCHAR, issuer VARCHAR, line_of_business VARCHAR, fault VARCHAR)"
    )
    connection.executemany("INSERT INTO plans VALUES (?, ?, ?, ?, ?)", enrolled_plans(library, mapping))


def create_enrolled(
    connection: duckdb.DuckDBPyConnection, table: Table, source: str, key: str, library: Library, mapping: ClaimsMapping
) -> None:
    """Make the tables `enrolled` (a row for a member and a stretch of days) and `rejected_spans` (rows that say no days).

    `enrolled`: member, first_day, end_day (after the last), issuer, line_of_business, plan_fault, birth_date, sex, state; where
    several spans hold that differ in this, `several` lists them with their plans, and the rest is null.
    """
    states = [line.split(" ", 1) for line in _STATES.strip().replace("\n", "|").split("|")]
    pairs = ", ".join(f"({literal(name.lower())}, {literal(code)})" for code, name in states)
    connection.execute(f"CREATE TEMP TABLE spans AS {_spans(table, source, key, library, mapping, pairs)}")
    connection.execute(
        "CREATE TABLE rejected_spans AS "
        "SELECT file, row, split_part(fault, '|', 1) AS reason, split_part(fault, '|', 2) AS \"column\" "
        "FROM spans WHERE fault IS NOT NULL"
    )
    connection.execute(f"CREATE TABLE enrolled AS {_ENROLLED}")
    connection.execute("DROP TABLE spans")


def _spans(table: Table, source: str, key: str, library: Library, mapping: ClaimsMapping, states: str) -> str:
    start, end = (column(table, f"enrollment_{which}_date") for which in ("start", "end"))
    birth, payer = column(table, "birth_date"), column(table, "payer").value
    member, plan, gender, state = (column(table, name).value for name in (key, "plan", "gender", "state"))
    faults = [f"WHEN {member} IS NULL THEN 'missing-field|{key}'"]
    for one, which in ((start, "start"), (end, "end")):
        if one.wrong:
            faults.append(f"WHEN {one.wrong} THEN 'invalid-date|enrollment_{which}_date'")
    faults.append(f"WHEN {start.value} IS NULL THEN 'missing-field|enrollment_start_date'")
    faults.append(f"WHEN {start.value} NOT BETWEEN {EARLIEST} AND {LATEST} THEN 'impossible-date|enrollment_start_date'")
    faults.append(f"WHEN {end.value} < {start.value} THEN 'impossible-date|enrollment_end_date'")
    return f"""
        SELECT member, first_day, end_day, own_plan, plans.issuer, plans.line_of_business,
          CASE WHEN own_plan IS NULL THEN 'missing-field' WHEN plans.plan IS NULL THEN 'unknown-line-of-business'
            ELSE plans.fault END AS plan_fault,
          birth_date,
          {sex_of("gender")} AS sex, coalesce(states.code, {state_of("own_state")}) AS state,
          file, row, spans.fault
        FROM (
          SELECT {member} AS member, {start.value} AS first_day, least(coalesce({end.value}, {LATEST}), {LATEST}) + 1 AS end_day,
            {plan} AS own_plan, {payer_key(payer, library, mapping)} AS own_payer, {birth.value} AS birth_date,
            {gender} AS gender, {state} AS own_state, file, row, CASE {" ".join(faults)} END AS fault
          FROM {source}
        ) AS spans
        LEFT JOIN plans ON plans.plan = own_plan AND plans.payer = own_payer
        LEFT JOIN (VALUES {states}) AS states (name, code) ON states.name = lower(own_state)
    """


# Most members have one span. Of the others, the days on which a span begins or has ended cut the time into stretches.
_ENROLLED: Final = f"""
    WITH good AS (SELECT DISTINCT member, first_day, end_day, own_plan, {_MEMBER} FROM spans WHERE fault IS NULL),
    counted AS (SELECT *, count(*) OVER (PARTITION BY member) AS spans FROM good),
    more AS (SELECT *, struct_pack(issuer, line_of_business, plan_fault, birth_date, sex, state) AS who FROM counted WHERE
    spans > 1), days AS (SELECT member, first_day AS day FROM more UNION SELECT member, end_day FROM more), stretches AS
    (SELECT member, day AS first_day, lead(day) OVER (PARTITION BY member ORDER BY day) AS end_day FROM days), held AS (
      SELECT member, stretches.first_day, stretches.end_day, list(DISTINCT who) AS whos,
        list(DISTINCT struct_pack(plan := own_plan, who := who)) AS several
      FROM stretches JOIN more USING (member)
      WHERE more.first_day <= stretches.first_day AND more.end_day > stretches.first_day
      GROUP BY ALL
    )
    SELECT member, first_day, end_day, {_MEMBER}, NULL AS several FROM counted WHERE spans = 1
    UNION ALL SELECT member, first_day, end_day, unnest(whos[1]), NULL FROM held WHERE len(whos) = 1
    UNION ALL SELECT member, first_day, end_day, {", ".join(["NULL"] * 6)}, several FROM held WHERE len(whos) > 1
"""
