"""Synthetic claims of any size in the Tuva Project's layout, for trying out and measuring.

DuckDB makes every row from its number: each value is a hash of the line's, claim's or person's number and the seed. So a seed and
a number of lines give the same rows however the work is cut into files; with another release of DuckDB they may differ. Nobody's
claims went into them, and what they say of costs or of frequencies means nothing.

They are as untidy as real ones: skewed codes, some malformed, in lower case or with a modifier attached; lines without a code,
without dates, with dates that cannot be; claims whose member is enrolled nowhere, twice or in an unknown plan; reversals;
a few keys that stand twice; ICD-9-CM before October 2015. Columns of the layout that would be empty throughout are left out.
"""
# ruff: noqa: S608  # every statement is put together from texts of this file and from numbers

from __future__ import annotations

import errno
import shutil
import tempfile
import zlib
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Final

from medpolicy.authoring.lint.diagnosis_codes import diagnosis_codes
from medpolicy.errors import UsageError
from medpolicy.formats.claims_layout import DIAGNOSES, ELIGIBILITY, MEDICAL_CLAIM, MODIFIERS, ColumnKind
from medpolicy.library.library import Library
from medpolicy.model.codes import CodeSet
from medpolicy.model.criteria import DiagnosisIn, walk
from medpolicy.model.issuer import Program
from medpolicy.model.policy import PolicyVersion

if TYPE_CHECKING:
    import duckdb

FORMATS: Final = ("parquet", "csv")
LINES_IN_A_FILE: Final = 2_000_000
MOST_LINES: Final = 10**10
_LINES_OF_A_PERSON: Final = 40
_MEMORY: Final = "600MB"  # DuckDB's own part of the 1 GiB that a run may take
_ROWS_IN_A_GROUP: Final = 65_536
_MOST_POLICIES: Final = 500  # whose diagnoses are looked at
_CODES_OF_A_RANGE: Final = 40
_OTHER_CODES: Final = 6_000

# Twelve lines at a time are cut into claims in one of these ways.
_BLOCK: Final = 12
_CUTS: Final = ((1,) * 12, (2,) * 6, (1, 1, 2, 3, 5), (3, 4, 5), (12,))

Progress = Callable[[int, int], None]


@dataclass(frozen=True, slots=True, kw_only=True)
class DemoClaims:
    """What to write: how many lines, from which seed, with service dates in which years (both ends included)."""

    lines: int
    seed: int = 0
    first_year: int = 2015
    last_year: int = 2026
    file_format: str = "parquet"
    rows_in_a_file: int = LINES_IN_A_FILE

    def __post_init__(self) -> None:
        if not 1 <= self.lines <= MOST_LINES:
            raise UsageError(f"the number of lines is from 1 to {MOST_LINES:,}")
        if self.file_format not in FORMATS:
            raise UsageError(f"--format: {self.file_format!r} is none; known are {', '.join(FORMATS)}")
        if not 1900 <= self.first_year <= self.last_year <= 2100:
            raise UsageError("--years: write the first and the last year, from 1900 to 2100, such as 2015-2026")

    @property
    def persons(self) -> int:
        return max(self.lines // _LINES_OF_A_PERSON, 1)

    @property
    def first_day(self) -> date:
        return date(self.first_year, 1, 1)

    @property
    def days(self) -> int:
        return (date(self.last_year, 12, 31) - self.first_day).days + 1


def write_demo_claims(directory: Path, wanted: DemoClaims, library: Library, progress: Progress | None = None) -> None:
    """Write `medical_claim/` and `eligibility/` below a directory, which appears when all of it is written, or not at all.

    `progress` is told how many lines of how many are written. `UsageError` where the directory exists or cannot be written.
    """
    if directory.exists() or directory.is_symlink():
        raise UsageError(f"{directory}: is there already; name a directory that is not")
    pools = _pools_of(library)
    try:
        part = Path(tempfile.mkdtemp(prefix=f".{directory.name[:100]}.", suffix=".part", dir=directory.absolute().parent))
    except OSError as error:
        raise UsageError(f"{directory}: cannot be written: {error.strerror}") from None
    try:
        _write(part, wanted, pools, progress)
        part.chmod(0o755)
        part.rename(directory)
    except BaseException:
        shutil.rmtree(part, ignore_errors=True)
        raise


def _write(part: Path, wanted: DemoClaims, pools: _Pools, progress: Progress | None) -> None:
    try:
        import duckdb
    except ImportError:
        raise UsageError("claims need an extra; install it with: pip install 'medpolicy[claims]'") from None
    spill = part / "spill"
    config: dict[str, str | bool | int | float | list[str]] = {"memory_limit": _MEMORY, "temp_directory": str(spill)}
    tables = {
        "eligibility": (_eligibility(wanted, pools), wanted.persons),
        "medical_claim": (_medical_claim(wanted, pools), wanted.lines),
    }
    at_once = wanted.rows_in_a_file
    try:
        with duckdb.connect(config=config) as connection:
            pools.fill(connection)
            # `range()` would run on one core; a table runs on all.
            connection.execute(f"CREATE TABLE numbers AS SELECT range AS number FROM range({min(at_once, wanted.lines)})")
            for table, (select, rows) in tables.items():
                (part / table).mkdir()
                for at, start in enumerate(range(0, rows, at_once)):
                    end = min(start + at_once, rows)
                    source = f"(SELECT number + {start} AS row, pools.* FROM numbers, pools WHERE number < {end - start})"
                    file = part / table / f"part-{at:05d}.{wanted.file_format}"
                    connection.execute(_copy(select.replace(_SOURCE, source), file, wanted.file_format))
                    if progress is not None and table == "medical_claim":
                        progress(end, rows)
    except duckdb.IOException as error:  # its message names files of ours and the fault, no values
        full = "No space left" in str(error)
        raise OSError(errno.ENOSPC if full else errno.EIO, "no space left" if full else str(error)) from None
    shutil.rmtree(spill, ignore_errors=True)


def _copy(select: str, file: Path, file_format: str) -> str:
    parquet = f"FORMAT parquet, COMPRESSION zstd, ROW_GROUP_SIZE {_ROWS_IN_A_GROUP}"
    target = str(file).replace("'", "''")
    return f"COPY ({select}) TO '{target}' ({'FORMAT csv, HEADER' if file_format == 'csv' else parquet})"


# ---------------------------------------------------------------- what values are taken from


@dataclass(frozen=True, slots=True)
class _Pools:
    """Lists that values are taken from, the first ones most often where the draw is skewed. Diagnoses have no dots."""

    codes: Sequence[str]
    diagnoses: Sequence[str]
    plans: Sequence[tuple[str, str, str]]  # payer, plan, payer type

    def fill(self, connection: duckdb.DuckDBPyConnection) -> None:
        """Make the table `pools`: one row of lists. A list that is a column costs nothing to take from, a subquery much."""
        cuts = [(claim, line) for cut in _CUTS for claim, size in enumerate(cut) for line in range(1, size + 1)]
        payers, plans, payer_types = zip(*self.plans, strict=True)
        lists: dict[str, tuple[str, Iterable[object]]] = {
            "codes": ("VARCHAR", self.codes),
            "plain_diagnoses": ("VARCHAR", self.diagnoses),
            "dotted_diagnoses": ("VARCHAR", [f"{code[:3]}.{code[3:]}".rstrip(".") for code in self.diagnoses]),
            "claim_of_cut": ("BIGINT", [claim for claim, _ in cuts]),
            "line_of_cut": ("BIGINT", [line for _, line in cuts]),
            "payers": ("VARCHAR", payers),
            "plans": ("VARCHAR", plans),
            "payer_types": ("VARCHAR", payer_types),
        }
        selected = ", ".join(f"?::{kind}[] AS {name}" for name, (kind, _) in lists.items())
        connection.execute(f"CREATE TABLE pools AS SELECT {selected}", [list(values) for _, values in lists.values()])


def _pools_of(library: Library) -> _Pools:
    return _Pools(
        codes=_mixed(_policy_codes(library), _other_codes(), 4),
        diagnoses=_mixed(_policy_diagnoses(library), _other_diagnoses(), 5),
        plans=_plans(library),
    )


def _mixed(policies: Sequence[str], others: Sequence[str], every: int) -> list[str]:
    """One of the policies', then `every - 1` others, and so on; what is left of either stands at the end."""
    rest = iter(others)
    return [code for one in policies for code in (one, *islice(rest, every - 1))] + list(rest)


_PAYER_TYPES: Final = {
    Program.COMMERCIAL: "commercial",
    Program.MEDICARE_ADVANTAGE: "medicare",
    Program.MEDICAID: "medicaid",
}


def _plans(library: Library) -> list[tuple[str, str, str]]:
    """Payer, plan and payer type: the issuers' lines of business, by their ids."""
    found = [
        (issuer.id, line.id, _PAYER_TYPES.get(line.program, "other"))
        for issuer in library.issuers.values()
        for line in issuer.lines_of_business
    ]
    if not found:
        raise UsageError("the library has no issuer with a line of business; name another one with --library")
    return found


def _policy_codes(library: Library) -> list[str]:
    """Every code that the policies name, in an order that is not theirs."""
    codes = {code for summary in library.summaries for code in summary.codes}
    for summary in library.summaries:
        for code_set in summary.code_sets:
            codes.update(end for entry in code_set.ranges if not entry.prefix for end in (entry.first, entry.last))
    return sorted(codes, key=_scattered)


def _other_codes() -> list[str]:
    """Codes of the form of CPT's and HCPCS's; whether each exists does not matter."""
    made = {f"{10_000 + at * 7_919 % 89_999:05d}" for at in range(_OTHER_CODES)}
    made |= {f"{letter}{at:04d}" for letter in "AEGJLQ" for at in range(1, 10_000, 97)}
    return sorted(made, key=_scattered)


def _policy_diagnoses(library: Library) -> list[str]:
    found: set[str] = set()
    for policy in islice(library.policies, _MOST_POLICIES):
        for version in policy.versions:
            for codes in _diagnosis_sets(version):
                found.update(_some_of(codes))
    return sorted(found, key=_scattered)


def _diagnosis_sets(version: PolicyVersion) -> Iterator[CodeSet]:
    yield from (listing.codes for listing in version.diagnosis_listings)
    trees = (tree for provision in version.provisions for tree in (provision.when, provision.criteria) if tree is not None)
    yield from (node.codes for tree in trees for node in walk(tree) if isinstance(node, DiagnosisIn))


def _some_of(codes: CodeSet) -> Iterator[str]:
    """Codes of a set, without dots: the ends of its ranges and a few between."""
    release = diagnosis_codes()
    for entry in codes.ranges:
        if not entry.prefix:
            yield from (entry.first.replace(".", ""), entry.last.replace(".", ""))
        at = release.after(entry.first)
        for _ in range(_CODES_OF_A_RANGE):
            if at is None or at not in entry:
                break
            yield at.replace(".", "")
            at = release.after(at)


def _other_diagnoses() -> list[str]:
    return sorted(diagnosis_codes().codes[::23], key=_scattered)


def _scattered(code: str) -> tuple[int, str]:
    return zlib.crc32(code.encode()), code


# ---------------------------------------------------------------- rows by their numbers

_SOURCE: Final = "$source"


@dataclass(frozen=True, slots=True)
class _Draws:
    """SQL for values that follow from a number and the seed alone; `name` tells draws of one number apart."""

    seed: int
    key: str

    def _hash(self, name: str) -> str:
        return f"hash({self.key}, {zlib.crc32(f'{self.seed}/{name}'.encode())}::BIGINT)"

    def below(self, limit: int, name: str) -> str:
        """A whole number from 0 to below the limit."""
        return f"({self._hash(name)} % {limit})::INTEGER"

    def share(self, name: str) -> str:
        """A number from 0 to below 1."""
        return f"(({self._hash(name)} % 1048576)::INTEGER / 1048576.0::DOUBLE)"

    def once_in(self, count: int, name: str) -> str:
        """Whether, once in so many."""
        return f"({self._hash(name)} % {count} = 0)"

    def one_of(self, values: Sequence[str], name: str) -> str:
        """One of a few texts; one that is named more than once is taken more often. An empty text is null."""
        listed = ", ".join(f"'{value}'" if value else "NULL" for value in values)
        return f"[{listed}][{self.below(len(values), name)} + 1]"

    def skewed(self, size: int, name: str) -> str:
        """A place from 1 to the size: place r about in proportion to 1/r, as Zipf's law has it."""
        return f"floor(pow({size + 1}, {self.share(name)}))::INTEGER"


_STATES: Final = ("MA", "MA", "MA", "FL", "FL", "NH", "RI", "CT", "NY", "ME", "")
_SEXES: Final = ("female",) * 51 + ("male",) * 47 + ("unknown", "")
_MODIFIERS: Final = ("RT", "LT", "59", "50", "25", "26", "TC", "22", "51", "rt", "XU", "KX")
_PLACES_OF_SERVICE: Final = ("11",) * 10 + ("22",) * 4 + ("21", "21", "23", "24", "24", "19", "12", "81", "02", "51", "61", "")
_INPATIENT_BILLS: Final = ("111", "111", "111", "0111", "117", "114")
_OUTPATIENT_BILLS: Final = ("131", "131", "131", "0131", "137", "141", "851", "721", "831", "")
_REVENUE_CENTERS: Final = ("0250", "0270", "0300", "0360", "0450", "0636", "0120", "0278", "0320", "0420")
_MALFORMED_CODES: Final = ("2093", "209300", "ABCDE", "99#13", "0565", "N/A", "20930 RT", "-")
_MALFORMED_DIAGNOSES: Final = ("M4", "12345", "Z", "M17.", "UNKNOWN")
_ICD_9: Final = ("4549", "45981", "7242", "72252", "V5789", "25000", "4019", "73300", "71516", "E8889")
_MOST_DIAGNOSES: Final = 12

# Of a thousand persons: enrolled nowhere 3, in two plans at once 3, in a plan that nobody knows 2, with a gap 20, in one plan
# after another 100.
_NOWHERE: Final = "(enrollment < 3)"
_TWICE: Final = "(enrollment BETWEEN 3 AND 5)"
_UNKNOWN_PLAN: Final = "(enrollment BETWEEN 6 AND 7)"
_GAP: Final = "(enrollment BETWEEN 8 AND 27)"
_CHANGED: Final = "(enrollment BETWEEN 28 AND 127)"
_GAP_DAYS: Final = 180


def _enrollment(draws: _Draws, pools: _Pools) -> Iterator[str]:
    """What is true of a person: the same in both tables. `first` and `later` are places of plans."""
    yield f"{draws.below(len(pools.plans), 'plan')} + 1 AS first"
    yield f"{draws.below(len(pools.plans), 'later plan')} + 1 AS later"
    yield f"{draws.below(1000, 'enrollment')} AS enrollment"


def _change_day(wanted: DemoClaims) -> str:
    """The day on which those who change do so."""
    return f"(DATE '{wanted.first_day}' + {wanted.days // 2})"


def _nested(*levels: Iterable[str]) -> str:
    """Selects within each other, so that a level can use the names of the one below."""
    text = _SOURCE
    for level in levels:
        text = f"(SELECT *, {', '.join(level)} FROM {text})"
    return text


def _typed(columns: Mapping[str, ColumnKind], values: Mapping[str, str]) -> str:
    """The select list: what is made, in the order of the layout and with its types."""
    assert values.keys() <= columns.keys(), values.keys() - columns.keys()
    return ", ".join(f"CAST({values[name]} AS {kind.value}) AS {name}" for name, kind in columns.items() if name in values)


def _eligibility(wanted: DemoClaims, pools: _Pools) -> str:
    draws = _Draws(wanted.seed, "person")
    start, change, end = f"DATE '{wanted.first_day}'", _change_day(wanted), f"DATE '{wanted.last_year}-12-31'"
    rows = _nested(["row AS person", "unnest([1, 2]) AS span"], _enrollment(draws, pools))
    two = f"({_TWICE} OR {_GAP} OR {_CHANGED})"
    at = f"CASE WHEN span = 2 AND NOT {_GAP} THEN later ELSE first END"
    values = {
        "person_id": _identifier("P", "person"),
        "member_id": _identifier("M", "person"),
        "subscriber_id": _identifier("S", "person // 2"),
        "gender": draws.one_of(_SEXES, "sex"),
        "birth_date": f"CASE WHEN NOT {draws.once_in(200, 'no birth')} "
        f"THEN DATE '1925-01-01' + {draws.below(34_000, 'birth')} END",
        "enrollment_start_date": f"CASE WHEN span = 1 OR {_TWICE} THEN {start} WHEN {_GAP} THEN {change} + {_GAP_DAYS} "
        f"ELSE {change} END",
        "enrollment_end_date": f"CASE WHEN span = 1 AND ({_GAP} OR {_CHANGED}) THEN {change} - 1 ELSE {end} END",
        "payer": f"payers[{at}]",
        "plan": f"CASE WHEN {_UNKNOWN_PLAN} THEN 'PLAN-' || enrollment ELSE plans[{at}] END",
        "payer_type": f"payer_types[{at}]",
        "subscriber_relation": "'self'",
        "state": draws.one_of(_STATES, "state"),
        "data_source": "'demo'",
    }
    return f"SELECT {_typed(ELIGIBILITY, values)} FROM {rows} WHERE NOT {_NOWHERE} AND (span = 1 OR {two})"


def _identifier(letter: str, number: str) -> str:
    return f"'{letter}' || ({number} + 100000000000)::VARCHAR"


def _medical_claim(wanted: DemoClaims, pools: _Pools) -> str:
    block, claim, line, person = (_Draws(wanted.seed, key) for key in ("block", "claim", "row", "person"))
    rows = _nested(
        [f"row // {_BLOCK} AS block"],
        [f"{block.below(len(_CUTS), 'cut')} * {_BLOCK} + (row % {_BLOCK})::INTEGER + 1 AS place"],
        [f"block * {_BLOCK} + claim_of_cut[place] AS claim", "line_of_cut[place] AS number"],
        _drawn_for_the_claim(claim, wanted),
        [*_enrollment(person, pools), *_drawn_for_the_line(line, pools)],
        [f"CASE WHEN {_CHANGED} AND claim_start >= {_change_day(wanted)} THEN later ELSE first END AS plan_place"],
    )
    values = {**_values_of_the_claim(claim, pools), **_values_of_the_line(line)}
    return f"SELECT {_typed(MEDICAL_CLAIM, values)} FROM {rows}"


def _drawn_for_the_claim(draws: _Draws, wanted: DemoClaims) -> Iterator[str]:
    yield f"{draws.below(wanted.persons, 'person')}::BIGINT AS person"
    yield f"{draws.share('type')} AS type"
    yield f"DATE '{wanted.first_day}' + {draws.below(wanted.days, 'start')} AS claim_start"
    yield f"{draws.below(14, 'nights')} AS nights"
    none = f"CASE WHEN {draws.once_in(100, 'no diagnosis')} THEN 0 ELSE 1 END"
    yield f"floor(pow({_MOST_DIAGNOSES + 1}, {draws.share('diagnoses')}))::INTEGER * {none} AS diagnoses"
    yield f"{draws.share('style')} AS style"


def _drawn_for_the_line(draws: _Draws, pools: _Pools) -> Iterator[str]:
    yield f"codes[{draws.skewed(len(pools.codes), 'code')}] AS code"
    yield f"{draws.share('with code')} AS with_code"
    yield f"{draws.share('writing')} AS writing"
    yield f"{draws.share('modifiers')} AS modifiers"
    yield f"{draws.below(14, 'day')} AS day"
    yield f"NOT {draws.once_in(50, 'no line dates')} AS dated"
    yield f"pow(500, {draws.share('charge')}) * CASE WHEN {draws.once_in(140, 'reversal')} THEN -20 ELSE 20 END AS charge"
    yield f"{draws.share('allowed')} AS allowed"


_INSTITUTIONAL: Final = "type < 0.35"
_INPATIENT: Final = "type < 0.1"
_ICD_9_THEN: Final = "claim_start < DATE '2015-10-01'"


def _values_of_the_claim(draws: _Draws, pools: _Pools) -> dict[str, str]:
    told = f"NOT {draws.once_in(20, 'plan not told')} AND NOT ({_TWICE} AND {draws.once_in(2, 'twice, not told')})"
    values = {
        "claim_id": _identifier("C", "claim"),
        "claim_type": f"CASE WHEN {_INSTITUTIONAL} THEN 'institutional' ELSE 'professional' END",
        "person_id": _identifier("P", "person"),
        "member_id": _identifier("M", "person"),
        "payer": "payers[plan_place]",
        "plan": f"CASE WHEN {told} THEN CASE WHEN {_UNKNOWN_PLAN} THEN 'PLAN-' || enrollment ELSE plans[plan_place] END END",
        "claim_start_date": f"CASE WHEN NOT {draws.once_in(1000, 'no claim dates')} THEN claim_start END",
        "claim_end_date": f"CASE WHEN {_INPATIENT} THEN claim_start + nights ELSE claim_start END",
        "admission_date": f"CASE WHEN {_INPATIENT} THEN claim_start END",
        "discharge_date": f"CASE WHEN {_INPATIENT} THEN claim_start + nights END",
        "place_of_service_code": f"CASE WHEN NOT {_INSTITUTIONAL} THEN {draws.one_of(_PLACES_OF_SERVICE, 'place')} END",
        "bill_type_code": f"CASE WHEN {_INPATIENT} THEN {draws.one_of(_INPATIENT_BILLS, 'bill')} "
        f"WHEN {_INSTITUTIONAL} THEN {draws.one_of(_OUTPATIENT_BILLS, 'bill')} END",
        "billing_npi": f"(1000000000 + {draws.below(90_000, 'billing')})",
        "facility_npi": f"CASE WHEN {_INSTITUTIONAL} THEN 1900000000 + {draws.below(3_000, 'facility')} END",
        "paid_date": "claim_start + 21",
        "diagnosis_code_type": f"CASE WHEN diagnoses = 0 THEN NULL WHEN {_ICD_9_THEN} THEN 'icd-9-cm' ELSE 'icd-10-cm' END",
        "data_source": "'demo'",
    }
    for at, name in enumerate(DIAGNOSES[:_MOST_DIAGNOSES], 1):
        place = draws.skewed(len(pools.diagnoses), name)
        values[name] = (
            f"CASE WHEN diagnoses < {at} THEN NULL WHEN {_ICD_9_THEN} THEN {draws.one_of(_ICD_9, name)} "
            f"WHEN {draws.once_in(2000, name + ' malformed')} THEN {draws.one_of(_MALFORMED_DIAGNOSES, name)} "
            f"WHEN style < 0.1 THEN dotted_diagnoses[{place}] WHEN style < 0.11 THEN lower(plain_diagnoses[{place}]) "
            f"ELSE plain_diagnoses[{place}] END"
        )
    return values


def _values_of_the_line(draws: _Draws) -> dict[str, str]:
    start = f"CASE WHEN {_INPATIENT} THEN claim_start + least(day, nights) ELSE claim_start END"
    last = (
        f"CASE WHEN {draws.once_in(2000, 'ends before it starts')} THEN -3 "
        f"WHEN {draws.once_in(20, 'many days')} THEN {draws.below(31, 'days')} ELSE 0 END"
    )
    values = {
        "claim_line_number": f"CASE WHEN number > 1 AND {draws.once_in(5_000, 'key twice')} THEN number - 1 ELSE number END",
        "claim_line_start_date": f"CASE WHEN dated THEN {start} END",
        "claim_line_end_date": f"CASE WHEN dated THEN {start} + {last} END",
        "revenue_center_code": f"CASE WHEN {_INSTITUTIONAL} THEN {draws.one_of(_REVENUE_CENTERS, 'revenue')} END",
        "service_unit_quantity": f"1 + {draws.below(4, 'units')}",
        "hcpcs_code": f"CASE WHEN with_code > CASE WHEN {_INSTITUTIONAL} THEN 0.75 ELSE 0.995 END THEN NULL "
        f"WHEN writing < 0.003 THEN {draws.one_of(_MALFORMED_CODES, 'malformed')} WHEN writing < 0.013 THEN lower(code) "
        "WHEN writing < 0.018 THEN ' ' || code || '  ' WHEN writing < 0.023 THEN code || '-RT' ELSE code END",
        "rendering_npi": f"(1100000000 + {draws.below(900_000, 'rendering')})",
        "charge_amount": "charge",
        "allowed_amount": "charge * (0.3 + allowed / 2)",
        "paid_amount": f"CASE WHEN NOT {draws.once_in(100, 'not paid yet')} THEN charge * (0.24 + allowed * 0.4) END",
    }
    for at, (name, chance) in enumerate(zip(MODIFIERS, (0.25, 0.05, 0.01, 0.002), strict=False), 1):
        values[name] = f"CASE WHEN modifiers < {chance} THEN {draws.one_of(_MODIFIERS, f'modifier {at}')} END"
    return values
