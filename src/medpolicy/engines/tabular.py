"""The same answers over tables: one join for a year of claims, by Ibis on DuckDB or Spark.

`compile_library` (tabular_library.py) asks the engine that answers single requests once for whatever claims can tell apart;
`looked_up` joins what came out to the claim lines, so a line's answer is that engine's own, looked up. `answered` also asks the
engine about what the tables cannot say (facts that a plan brings along, a mix of diagnoses that was not foreseen), each distinct
situation once. `changes_within` finds the lines whose span crosses a day on which their answer changes.

The lines that all of these take are an Ibis table with these columns; null is unknown, and any other column is carried along:

    claim_id string, claim_line_number integer    the key
    issuer, line_of_business string
    service_date date
    setting string                                inpatient or outpatient
    code string                                   null: the line has no procedure code
    diagnoses array<string>                       null where none is present, else complete
    age integer, sex string
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Final

from medpolicy.engines.case import Case
from medpolicy.engines.compiled import index_of
from medpolicy.engines.tabular_answers import NO_PROCEDURE, Answered, AnswerTable, answered_of
from medpolicy.engines.tabular_library import FAR, ONE_BY_ONE, SEXES, TabularLibrary, compile_library
from medpolicy.formats.requests import read_request
from medpolicy.library.library import Library
from medpolicy.model.codes import CodeSet

if TYPE_CHECKING:
    import ibis.expr.types as ir
    import pyarrow as pa
    from ibis.backends import BaseBackend

__all__ = [
    "KEYS",
    "DiagnosisSets",
    "LookupTables",
    "answered",
    "asking",
    "by_program",
    "changes_within",
    "compile_library",
    "is_open",
    "looked_up",
    "lookup_tables",
    "may_be_unsaid",
    "one_by_one",
    "settled_answer",
    "valued",
]

Ask = Callable[[dict[str, Any]], Answered]
Place = Callable[[str, "pa.Table"], "ir.Table"]  # puts an Arrow table under a name where the claims are

KEYS: Final = ("claim_id", "claim_line_number")
_NO_AGE: Final = -1
_NO_SETS: Final = 2  # what `Ways.of_diagnoses` is where no diagnosis is asked
_OLDEST: Final = 150


@dataclass(frozen=True, slots=True)
class LookupTables:
    """The compiled library as Ibis tables. Those of programs are None where no answer rests on age, sex or diagnoses."""

    compiled: TabularLibrary
    intervals: ir.Table
    cells: ir.Table
    not_listed: ir.Table
    ways: ir.Table | None
    ages: ir.Table | None
    program_answers: ir.Table | None
    diagnoses: ir.Table | None

    @property
    def one_issuer(self) -> bool:
        """Whether lines of one issuer only have an answer here; not whether one issuer's policies only name codes."""
        return len({issuer for issuer, *_ in self.compiled.cells}) <= 1

    def with_diagnoses(self, sets: ir.Table) -> LookupTables:
        """The same with another table of what sets hold, such as `DiagnosisSets` makes of codes that occurred since."""
        return replace(self, diagnoses=sets)


class DiagnosisSets:
    """Which diagnosis codes each set of a compiled library holds; each code that occurs is looked at once."""

    def __init__(self, compiled: TabularLibrary) -> None:
        self._programs: dict[CodeSet, list[tuple[int, int]]] = {codes: [] for codes in compiled.diagnosis_sets}
        for number, program in enumerate(compiled.programs, start=1):
            for at, codes in enumerate(program.ways.diagnoses):
                self._programs[codes].append((number, 1 << at))
        self._seen: set[str] = set()
        self._rows: list[tuple[int, str, int]] = []

    def add(self, seen: Iterable[str | None]) -> bool:
        """Look at the codes; whether any of them is held that was not looked at before."""
        new = {code for code in seen if code is not None} - self._seen
        self._seen |= new
        before = len(self._rows)
        for codes, programs in self._programs.items():
            for code in sorted(new):
                if code in codes:
                    self._rows += [(number, code, bit) for number, bit in programs]
        return len(self._rows) > before

    def table(self) -> pa.Table:
        import pyarrow as pa

        return pa.table(
            {
                "set_program": pa.array([row[0] for row in self._rows], pa.int32()),
                "set_code": pa.array([row[1] for row in self._rows], pa.string()),
                "bit": pa.array([row[2] for row in self._rows], pa.int64()),
            }
        )


def lookup_tables(compiled: TabularLibrary, diagnoses: Iterable[str] = (), place: Place | None = None) -> LookupTables:
    """The compiled library's tables.

    `diagnoses`: the codes that occur in the claims, which are matched with sets once; needed where `compiled.asks_diagnoses`.
    `place` puts an Arrow table under a name where the claims are, once for many runs; else Ibis does so in each run.
    """
    if place is None:
        import ibis

        def place(name: str, table: pa.Table) -> ir.Table:
            return ibis.memtable(table)

    programs: list[ir.Table | None] = [None] * 4
    if compiled.programs:
        tables = _program_tables(compiled, diagnoses)
        programs = [place(name, table) for name, table in zip(("ways", "ages", "program_answers", "sets"), tables, strict=True)]
    return LookupTables(
        compiled,
        place("intervals", _intervals(compiled)),
        place("cells", _cells(compiled)),
        place("not_listed", _not_listed(compiled)),
        *programs,
    )


# -- the join -----------------------------------------------------------------------------------------------------------


def looked_up(lines: ir.Table, tables: LookupTables) -> ir.Table:
    """The lines with two more columns: `answer` (its number; null where the tables do not say it, and outside the window) and
    `answer_end` (the day from which on it may be another one; null where no text names the code)."""
    import ibis

    found = valued(lines, tables)
    if not tables.compiled.programs:
        return found.mutate(answer=settled_answer(found)).drop("value")
    # Two branches and no join back: most lines are answered by their cell, and only the others look further.
    settled = found.filter(~is_open(found))
    settled = settled.mutate(answer=settled_answer(settled)).drop("value")
    return ibis.union(settled, by_program(found.filter(is_open(found)), tables).select(settled.columns))


def settled_answer(found: ir.Table) -> Any:
    """Of lines with the value of their cell: the answer's number, null where the cell is no answer. (Ibis gives it no type.)"""
    import ibis

    return ibis.ifelse(found.value >= 0, found.value, ibis.null("int32"))


def is_open(found: ir.Table) -> Any:
    """Of lines with the value of their cell: whether that is a program's."""
    import ibis

    return ((found.value < 0) & (found.value != ONE_BY_ONE)).fill_null(ibis.literal(value=False))


def valued(lines: ir.Table, tables: LookupTables) -> ir.Table:
    """The lines with `answer_end` and `value`: what stands in their cell, an answer's number, or minus a program's, or null."""
    import ibis

    compiled = tables.compiled
    intervals, cells, not_listed = tables.intervals, tables.cells, tables.not_listed
    columns = lines.columns
    line = lines.mutate(setting_key=lines.setting.fill_null(""), year_key=lines.service_date.year().cast("int32"))
    line = line.left_join(
        cells,
        [line.issuer == cells.cell_issuer, line.line_of_business == cells.cell_line, line.setting_key == cells.cell_setting],
    ).select(*columns, "year_key", "cell")
    by_code = [
        line.code == intervals.interval_code,
        line.year_key == intervals.interval_year,
        line.service_date >= intervals.first_day,
        line.service_date < intervals.end_day,
    ]
    # Of one issuer's policies its name need not be compared for every line; lines of another have no cell.
    found = line.left_join(intervals, by_code if tables.one_issuer else [line.issuer == intervals.interval_issuer, *by_code])
    found = found.select(*columns, "cell", "cells", answer_end="end_day")
    if len(compiled.not_listed) == 1 and tables.one_issuer:
        of_other_codes = _at(ibis.literal(list(compiled.not_listed[0][3]), "array<int32>"), found.cell)
    else:
        found = found.left_join(
            not_listed,
            [
                found.issuer == not_listed.other_issuer,
                found.service_date >= not_listed.other_first_day,
                found.service_date < not_listed.other_end_day,
            ],
        ).select(*columns, "cell", "cells", "answer_end", "other_cells")
        of_other_codes = _at(found.other_cells, found.cell)
    value = ibis.ifelse(
        found.code.isnull(), ibis.literal(NO_PROCEDURE, "int32"), ibis.coalesce(_at(found.cells, found.cell), of_other_codes)
    )
    inside = (found.service_date >= compiled.first_day) & (found.service_date <= compiled.last_day)
    return found.select(*columns, "answer_end", value=ibis.ifelse(inside, value, ibis.null("int32")))


def _at(cells: Any, cell: Any) -> Any:
    return cells[cell]


def by_program(unresolved: ir.Table, tables: LookupTables) -> ir.Table:
    """The answers of the lines whose `value` is a program: by age, sex and diagnoses."""
    import ibis

    ways, ages, answers, sets = tables.ways, tables.ages, tables.program_answers, tables.diagnoses
    assert ways is not None
    assert ages is not None
    assert answers is not None
    assert sets is not None
    columns = [name for name in unresolved.columns if name != "value"]
    line = unresolved.mutate(program=-unresolved.value, age_key=unresolved.age.fill_null(_NO_AGE).cast("int32"))
    line = line.left_join(ways, line.program == ways.way_program)
    line = line.left_join(ages, [line.program == ages.age_program, line.age_key == ages.age_years])
    sex = ibis.cases((line.sex == SEXES[0], 1), (line.sex == SEXES[1], 2), (line.sex == SEXES[2], 3), else_=0)
    sex = ibis.ifelse(line.by_sex, sex, 0)
    keyed = line.select(
        *columns, "program", "of_diagnoses", base=((line.age_bucket.fill_null(0) * 4 + sex) * line.of_diagnoses).cast("int64")
    )
    if tables.compiled.asks_diagnoses:
        tokens = keyed.select(*KEYS, "program", token=keyed.diagnoses.unnest())
        hit = tokens.inner_join(sets, [tokens.program == sets.set_program, tokens.token == sets.set_code])
        hit = hit.select(*KEYS, "bit").distinct()
        masks = (
            hit.group_by(list(KEYS)).agg(mask=hit.bit.sum()).rename(mask_claim="claim_id", mask_line="claim_line_number").view()
        )
        keyed = keyed.left_join(masks, [keyed.claim_id == masks.mask_claim, keyed.claim_line_number == masks.mask_line])
        known = keyed.diagnoses.notnull() & (keyed.of_diagnoses > _NO_SETS)
        way = keyed.base + ibis.ifelse(known, keyed.mask.fill_null(0) + 1, 0)
    else:
        way = keyed.base
    asked = keyed.select(*columns, "program", way=way.cast("int64")).view()
    told = asked.left_join(answers, [asked.program == answers.answer_program, asked.way == answers.answer_way])
    return told.select(*columns, answer="program_answer")


def changes_within(lines: ir.Table, tables: LookupTables) -> ir.Table:
    """The keys of the lines on which the tables say another answer for a day of their span after the first.

    `lines` are such as `looked_up` gives, with a column `service_end` besides (null: the service took a day).
    """
    intervals = tables.intervals
    # A stretch stands once for each year that it touches; here it is wanted once.
    stretches = intervals.filter(intervals.interval_year == intervals.first_day.year()).view()
    spanning = lines.filter((lines.service_end >= lines.answer_end) & (lines.service_end > lines.service_date))
    spanning = spanning.rename(first_answer="answer").drop("answer_end")
    same = [
        spanning.code == stretches.interval_code,
        stretches.first_day > spanning.service_date,
        stretches.first_day <= spanning.service_end,
    ]
    if not tables.one_issuer:
        same.append(spanning.issuer == stretches.interval_issuer)
    later = spanning.inner_join(stretches, same)
    columns = [name for name in spanning.columns if name != "service_date"]
    later = later.select(*columns, service_date="first_day", position="first_day")
    again = looked_up(later, tables)
    differs = (again.answer != again.first_answer) | again.answer.isnull() | again.first_answer.isnull()
    return again.filter(differs).select(*KEYS).distinct()


# -- what the tables cannot say -----------------------------------------------------------------------------------------


def answered(
    lines: ir.Table,
    compiled: TabularLibrary,
    library: Library,
    *,
    facts: ir.Table | None = None,
    tables: LookupTables | None = None,
) -> ir.Table:
    """The lines with their answers' numbers, as `looked_up`; every line of the window has one.

    `facts`: claim_id, claim_line_number, fact, value (as JSON), for what a plan knows beside its claims; `products` (a list of
    names) and `service_state` may stand there as facts do. Answers that only arise here are added to `compiled.answers`. Dates
    outside the window have none.
    """
    import ibis

    if tables is None:
        diagnoses: list[str] = []
        if compiled.asks_diagnoses:
            diagnoses = lines.select(code=lines.diagnoses.unnest()).distinct().to_pyarrow()["code"].to_pylist()
        tables = lookup_tables(compiled, diagnoses)
    found = looked_up(lines, tables)
    if facts is None and not may_be_unsaid(compiled):
        return found
    asked = one_by_one(found, compiled, asking(library), facts=facts)
    if asked is None:
        return found
    rest = found.anti_join(asked, list(KEYS))
    again = found.drop("answer").inner_join(asked, list(KEYS))
    return ibis.union(rest, again.select(rest.columns))


def may_be_unsaid(compiled: TabularLibrary) -> bool:
    """Whether a line of the window may be left without an answer by the tables."""
    return bool(compiled.too_entangled) or compiled.asks_diagnoses


def asking(library: Library) -> Ask:
    """What the engine for single requests comes to for a request about one procedure; `RequestError` where a fact is wrong."""
    index = index_of(library)

    def ask(request: dict[str, Any]) -> Answered:
        read = read_request(request, library)
        service = index.service(Case(read, read.procedures[0], True), FAR)
        return answered_of(service, library.issuers[read.issuer], read.line_of_business)

    return ask


def one_by_one(
    found: ir.Table,
    compiled: TabularLibrary,
    ask: Ask,
    *,
    facts: ir.Table | None = None,
    backend: BaseBackend | None = None,
    place: Place | None = None,
) -> ir.Table | None:
    """The keys and answers of those lines of `looked_up` that the engine must be asked about; None where there are none.

    Lines in the same situation are asked about once: equal in whatever a request would say of them. `backend`: where that is
    looked up; needed where the tables are in memory and that is not DuckDB. `place` as of `lookup_tables`.
    """
    import ibis

    inside = (found.service_date >= compiled.first_day) & (found.service_date <= compiled.last_day)
    pending = found.filter(inside & found.answer.isnull()) if facts is None else found.filter(inside)
    told = ibis.literal("")
    if facts is not None:
        stated = facts.mutate(stated=facts.fact + _EQUALS + facts.value)
        by_line = stated.group_by(list(KEYS)).agg(stated=stated.stated.collect())
        by_line = by_line.rename(fact_claim="claim_id", fact_line="claim_line_number").view()
        pending = pending.left_join(
            by_line, [pending.claim_id == by_line.fact_claim, pending.claim_line_number == by_line.fact_line]
        )
        pending = pending.filter(pending.answer.isnull() | pending.stated.notnull())
        told = pending.stated.sort().join(_ITEMS).fill_null("")
    situation = ibis.literal(_FIELDS).join(
        [
            pending.issuer,
            pending.line_of_business,
            pending.service_date.cast("string"),
            pending.setting.fill_null(""),
            pending.code.fill_null(""),
            pending.diagnoses.sort().join(_ITEMS).fill_null(_NOT_TOLD),
            pending.age.cast("string").fill_null(""),
            pending.sex.fill_null(""),
            told,
        ]
    )
    pending = pending.select(*KEYS, situation=situation)
    distinct = pending.select("situation").distinct()
    fetched = distinct.to_pyarrow() if backend is None else backend.to_pyarrow(distinct)
    situations = fetched["situation"].to_pylist()
    if not situations:
        return None
    asked = _asked(situations, ask, compiled.answers)
    numbered = ibis.memtable(asked) if place is None else place("situations", asked)
    return pending.inner_join(numbered, "situation").select(*KEYS, "answer")


# Between the parts of a situation stand control characters, which a claim's values have none of: what is read takes them off.
_FIELDS: Final = "\x1d"
_ITEMS: Final = "\x1e"
_EQUALS: Final = "\x1f"
_NOT_TOLD: Final = "\x1c"


def _asked(situations: Sequence[str], ask: Ask, answers: AnswerTable) -> pa.Table:
    import pyarrow as pa

    requests = map(_request_of, situations)
    numbers = [answers.number(ask(request)) if "procedures" in request else NO_PROCEDURE for request in requests]
    return pa.table({"situation": pa.array(situations, pa.string()), "answer": pa.array(numbers, pa.int32())})


def _request_of(situation: str) -> dict[str, Any]:
    """A line's situation as a request; what it does not tell is left out."""
    issuer, line, day, setting, code, diagnoses, age, sex, told = situation.split(_FIELDS)
    request: dict[str, Any] = {"issuer": issuer, "service_date": day, "line_of_business": line}
    if code:
        request["procedures"] = [code]
    if setting:
        request["setting"] = setting
    if diagnoses != _NOT_TOLD:
        request["diagnoses"] = [one for one in diagnoses.split(_ITEMS) if one]
    member: dict[str, Any] = {**({"age": int(age)} if age else {}), **({"sex": sex} if sex else {})}
    if member:
        request["member"] = member
    if told:
        facts = {fact: json.loads(value) for fact, value in (one.split(_EQUALS, 1) for one in told.split(_ITEMS))}
        request |= {name: facts.pop(name) for name in _OF_THE_REQUEST if name in facts}
        if facts:
            request["facts"] = facts
    return request


# What a plan may know besides facts, by the names that a request has for it.
_OF_THE_REQUEST: Final = ("products", "service_state")


# -- as Arrow -----------------------------------------------------------------------------------------------------------


def _intervals(compiled: TabularLibrary) -> pa.Table:
    import pyarrow as pa

    intervals = compiled.intervals

    def column(values: Any, kind: Any = None) -> pa.Array:
        return pa.array(memoryview(values), pa.int32()).cast(kind or pa.int32())

    def named(values: Any, names: Sequence[str]) -> pa.Array:
        return pa.DictionaryArray.from_arrays(column(values), pa.array(names, pa.string())).cast(pa.string())

    return pa.table(
        {
            "interval_issuer": named(intervals.issuer, intervals.issuers),
            "interval_code": named(intervals.code, intervals.codes),
            "interval_year": column(intervals.year),
            "first_day": column(intervals.first_day, pa.date32()),
            "end_day": column(intervals.end_day, pa.date32()),
            "cells": pa.ListArray.from_arrays(column(intervals.offsets), column(intervals.cells)),
        }
    )


def _cells(compiled: TabularLibrary) -> pa.Table:
    import pyarrow as pa

    columns: list[Any] = list(zip(*compiled.cells, strict=True)) or [[]] * 4
    return pa.table(
        {
            "cell_issuer": pa.array(columns[0], pa.string()),
            "cell_line": pa.array(columns[1], pa.string()),
            "cell_setting": pa.array(columns[2], pa.string()),
            "cell": pa.array(columns[3], pa.int32()),
        }
    )


def _not_listed(compiled: TabularLibrary) -> pa.Table:
    import pyarrow as pa

    columns: list[Any] = list(zip(*compiled.not_listed, strict=True)) or [[]] * 4
    return pa.table(
        {
            "other_issuer": pa.array(columns[0], pa.string()),
            "other_first_day": pa.array(columns[1], pa.date32()),
            "other_end_day": pa.array(columns[2], pa.date32()),
            "other_cells": pa.array([list(cells) for cells in columns[3]], pa.list_(pa.int32())),
        }
    )


def _program_tables(compiled: TabularLibrary, seen: Iterable[str]) -> tuple[pa.Table, pa.Table, pa.Table, pa.Table]:
    import pyarrow as pa

    numbered = list(enumerate(compiled.programs, start=1))
    ways = pa.table(
        {
            "way_program": pa.array([number for number, _ in numbered], pa.int32()),
            "of_diagnoses": pa.array([program.ways.of_diagnoses for _, program in numbered], pa.int64()),
            "by_sex": pa.array([program.ways.by_sex for _, program in numbered], pa.bool_()),
        }
    )
    aged = [
        (number, age, program.ways.bucket(age)) for number, program in numbered if program.ways.ages for age in range(_OLDEST + 1)
    ]
    ages = pa.table(
        {
            "age_program": pa.array([row[0] for row in aged], pa.int32()),
            "age_years": pa.array([row[1] for row in aged], pa.int32()),
            "age_bucket": pa.array([row[2] for row in aged], pa.int64()),
        }
    )
    told = [(number, way, answer) for number, program in numbered for way, answer in program.answers]
    answers = pa.table(
        {
            "answer_program": pa.array([row[0] for row in told], pa.int32()),
            "answer_way": pa.array([row[1] for row in told], pa.int64()),
            "program_answer": pa.array([row[2] for row in told], pa.int32()),
        }
    )
    sets = DiagnosisSets(compiled)
    sets.add(seen)
    return ways, ages, answers, sets.table()
