"""The same answers over tables: one join for a year of claims, by Ibis on DuckDB or Spark.

`compile_library` asks the engine that answers single requests, once for each code, stretch of days, line of business and
setting, what it comes to for every way in which a claim can know something: age, sex, diagnoses. What comes out are small
tables; `answered` joins them to the claim lines. So a line's answer is the engine's own, looked up.

Tables:

- intervals (issuer, code, year, first_day, end_day, cells): half-open stretches of days, each once per calendar year that it
  touches; `cells` holds one number for each line of business and setting: an answer's number, or minus a program's.
- programs (program, way, answer): the answer for each way of knowing; the way is one number, as `Ways` counts them.
- ages (program, age, bucket) and diagnoses (program, code, bit): where a claim's values fall.

What the tables cannot say (facts that a plan brings along, a mix of diagnoses that was not foreseen) is asked of the engine,
each distinct line once.
"""

from __future__ import annotations

import itertools
import json
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from medpolicy.engines.case import Case
from medpolicy.engines.compiled import CompiledIndex, index_of
from medpolicy.engines.opinion import parts_on
from medpolicy.formats.requests import read_request
from medpolicy.library.in_force import boundaries
from medpolicy.library.library import Library
from medpolicy.model import criteria as c
from medpolicy.model.codes import CodeRange, CodeSet, CodeSystem, is_well_formed
from medpolicy.model.determination import NoteCode, PolicyCited, ServiceDetermination
from medpolicy.model.issuer import Issuer, LineOfBusiness, Program, Setting
from medpolicy.model.request import Member, Request, RequestedService

if TYPE_CHECKING:
    import ibis.expr.types as ir

NO_PROCEDURE: Final = 0  # the number of the answer for a line without a procedure code
SETTINGS: Final[tuple[Setting | None, ...]] = (None, Setting.INPATIENT, Setting.OUTPATIENT)
SEXES: Final = ("female", "male", "other")
_MOST_SETS: Final = 6  # of diagnoses that one program tells apart
_FAR: Final = date(9999, 12, 31)  # asking so late that no service lies in the future


class Answered(NamedTuple):
    """What a line comes to, without words: what is equal here is one answer.

    `citation`: section, first and last line, digest. `ask`: the facts that are still needed, the most decisive first.
    """

    coverage: str
    stance: str | None
    prior_authorization: str | None
    basis: str | None
    policy: PolicyCited | None
    reason: str
    provision: str | None
    citation: tuple[str, int, int, str] | None
    ask: tuple[str, ...]
    notes: tuple[str, ...]


def answered_of(service: ServiceDetermination) -> Answered:
    """The determination of a service without words, and without what only its request could say."""
    reason = service.reasons[0]
    cited = reason.citation
    return Answered(
        coverage=service.coverage.value,
        stance=None if service.stance is None else service.stance.value,
        prior_authorization=None if service.prior_authorization is None else service.prior_authorization.value,
        basis=None if service.basis is None else service.basis.value,
        policy=service.policy,
        reason=reason.code.value,
        provision=reason.rule,
        citation=None if cited is None else (cited.section, cited.first_line, cited.last_line, cited.sha256),
        ask=tuple(question.fact for question in service.questions),
        notes=tuple(dict.fromkeys(note.code.value for note in service.notes if note.code is not NoteCode.FUTURE_SERVICE_DATE)),
    )


@dataclass(frozen=True, slots=True)
class Ways:
    """The ways in which a claim may know what a cell asks, each a number.

    `ages`: the years at which a new bucket of ages begins. `diagnoses`: the sets that are told apart. The number of a way is
    (age bucket x 4 + sex) x 2**(sets + 1) + diagnoses, where bucket 0 and sex 0 are unknown and diagnoses are 1 + the mask of the
    sets that a diagnosis of the claim is in, or 0 where the claim has none.
    """

    ages: tuple[int, ...]
    by_sex: bool
    diagnoses: tuple[CodeSet, ...]

    @property
    def of_diagnoses(self) -> int:
        return 1 << (len(self.diagnoses) + 1)

    def number(self, bucket: int, sex: int, diagnoses: int) -> int:
        return (bucket * 4 + sex) * self.of_diagnoses + diagnoses

    def bucket(self, age: int | None) -> int:
        """0 where the age is not known or not asked, else from 1."""
        if age is None or not self.ages:
            return 0
        return 1 + sum(start <= age for start in self.ages)

    def requests(self, bare: Request) -> Iterator[tuple[int, Request]]:
        """Each way with a request that knows so much. Mixes of diagnoses are those that listed codes show to be possible."""
        ages: list[int | None] = [None, *([0, *self.ages] if self.ages else [])]
        sexes = [None, *(SEXES if self.by_sex else ())]
        for age, sex, (mask, codes) in itertools.product(ages, sexes, self._mixes()):
            member = Member(age=age, sex=sex)
            number = self.number(self.bucket(age), 0 if sex is None else 1 + SEXES.index(sex), mask)
            yield number, bare._replace(member=member, diagnoses=codes)

    def _mixes(self) -> list[tuple[int, tuple[str, ...] | None]]:
        if not self.diagnoses:
            return [(0, None)]
        atoms: dict[int, str] = {}
        for code in (*_CODES_OF_NO_SET, *(end for codes in self.diagnoses for one in codes.ranges for end in _ends(one))):
            atoms.setdefault(self.mask([code]), code)
        mixes: dict[int, tuple[str, ...]] = {}
        for count in range(1, len(self.diagnoses) + 2):
            for chosen in itertools.combinations(atoms.items(), count):
                mask = 0
                for one, _ in chosen:
                    mask |= one
                mixes.setdefault(mask, tuple(code for _, code in chosen))
        return [(0, None), *((1 + mask, codes) for mask, codes in mixes.items())]

    def mask(self, codes: Iterable[str]) -> int:
        """Which of the sets hold one of the codes: bit by bit."""
        known = list(codes)
        return sum(1 << at for at, one in enumerate(self.diagnoses) if any(code in one for code in known))


@dataclass(frozen=True, slots=True)
class _Program:
    """Ways of knowing, and the answer for each by its number."""

    ways: Ways
    answers: tuple[tuple[int, int], ...]


@dataclass(slots=True)
class TabularLibrary:
    """A library, compiled for service dates from `first_day` to `last_day`, both included."""

    first_day: date
    last_day: date
    answers: list[Answered] = field(default_factory=list)
    intervals: list[tuple[str, str, int, date, date, tuple[int, ...]]] = field(default_factory=list)
    cells: list[tuple[str, str, str, int]] = field(default_factory=list)  # issuer, line of business, setting or "", cell
    # For every code that no policy names: issuer, first day, end day, cells.
    not_listed: list[tuple[str, date, date, tuple[int, ...]]] = field(default_factory=list)
    programs: list[_Program] = field(default_factory=list)
    too_entangled: int = 0  # cells whose lines are answered one by one


def compile_library(
    library: Library, first_day: date, last_day: date, *, codes: Iterable[str] | None = None, issuers: Iterable[str] | None = None
) -> TabularLibrary:
    """Compile the library for a window of service dates.

    `codes`: those that occur; needed where a policy names codes by ranges, else all that the library names. `issuers`: those
    that the claims are of; all where left out.
    """
    compiled = TabularLibrary(first_day, last_day)
    _Compiler(library, compiled).run(None if codes is None else set(codes), list(issuers or library.issuers))
    return compiled


class _Compiler:
    def __init__(self, library: Library, into: TabularLibrary) -> None:
        self.library = library
        self.into = into
        self.index: CompiledIndex = index_of(library)
        self._answers: dict[Answered, int] = {}
        self._programs: dict[_Program, int] = {}
        self._number(_no_procedure())

    def run(self, codes: set[str] | None, issuers: Sequence[str]) -> None:
        for name in issuers:
            issuer = self.library.issuers[name]
            for at, (line, setting) in enumerate(itertools.product(issuer.lines_of_business, SETTINGS)):
                self.into.cells.append((name, line.id, "" if setting is None else setting.value, at))
            # A line of Medicare's is also decided by Medicare's own policies, which are of another issuer.
            indexes = [self.library.index[name], *(self.library.index[one] for one in self._medicare_issuers() - {name})]
            listed = {code for index in indexes for code in index.codes} if codes is None else codes
            for code in sorted(code for code in listed if any(index.naming(code) for index in indexes)):
                self._code(issuer, code, self._days(self.library.index[name].naming(code)))
            code = next(code for code in _UNLIKELY_CODES if not any(index.naming(code) for index in indexes))
            self.into.not_listed += [(name, *stretch) for stretch in self._stretches(issuer, code, self._days(()))]

    def _medicare_issuers(self) -> set[str]:
        return {self.library.keys[at][0] for at in self.library.medicare}

    def _days(self, positions: Iterable[int]) -> list[date]:
        """The days within the window on which an answer may change; the first is the window's."""
        found = {self.into.first_day}
        for at in (*positions, *self.library.medicare):
            found.update(day for day in boundaries(self.library.policies[at]) if self.into.first_day < day <= self.into.last_day)
        return sorted(found)

    def _code(self, issuer: Issuer, code: str, days: Sequence[date]) -> None:
        for first, end, cells in self._stretches(issuer, code, days):
            for year in range(first.year, (end - timedelta(days=1)).year + 1):
                self.into.intervals.append((issuer.id, code, year, first, end, cells))

    def _stretches(self, issuer: Issuer, code: str, days: Sequence[date]) -> list[tuple[date, date, tuple[int, ...]]]:
        """The stretches of days, half open, over which a code's cells do not change."""
        positions = self.library.index[issuer.id].naming(code)
        found: list[tuple[date, tuple[int, ...]]] = []
        for day in days:
            cells = self._cells(issuer, code, day, positions)
            if not found or found[-1][1] != cells:
                found.append((day, cells))
        ends = [*(day for day, _ in found[1:]), self.into.last_day + timedelta(days=1)]
        return [(first, end, cells) for (first, cells), end in zip(found, ends, strict=True)]

    def _cells(self, issuer: Issuer, code: str, day: date, positions: Sequence[int]) -> tuple[int, ...]:
        return tuple(
            self._cell(issuer, code, day, line, setting, positions)
            for line, setting in itertools.product(issuer.lines_of_business, SETTINGS)
        )

    def _cell(
        self, issuer: Issuer, code: str, day: date, line: LineOfBusiness, setting: Setting | None, positions: Sequence[int]
    ) -> int:
        ways = _ways_of(self._tests(code, day, line, positions))
        if len(ways.diagnoses) > _MOST_SETS:
            self.into.too_entangled += 1
            return _ONE_BY_ONE
        request = Request(
            issuer=issuer.id,
            service_date=day,
            line_of_business=line.id,
            setting=setting,
            procedures=(RequestedService(code=code),),
        )
        answers = tuple((number, self._answer(known)) for number, known in ways.requests(request))
        if len({answer for _, answer in answers}) == 1:
            return answers[0][1]
        program = _Program(ways, answers)
        if program not in self._programs:
            self.into.programs.append(program)
            self._programs[program] = len(self.into.programs)
        return -self._programs[program]

    def _tests(self, code: str, day: date, line: LineOfBusiness, positions: Sequence[int]) -> list[c.Test]:
        """The tests that a claim may answer, of every policy that may be weighed."""
        medicare = self.library.medicare if line.program is Program.MEDICARE_ADVANTAGE else ()
        found: dict[c.Test, None] = {}
        for at in (*positions, *medicare):
            policy = self.library.policies[at]
            versions = {id(part.version): part.version for part in parts_on(policy, day).values() if part.version is not None}
            for version in versions.values():
                for provision in version.provisions:
                    if provision.procedures is None or code in provision.procedures:
                        for tree in (provision.when, provision.criteria):
                            found.update((test, None) for test in c.tests_in(tree) if isinstance(test, _OF_A_CLAIM))
        return list(found)

    def _answer(self, request: Request) -> int:
        return self._number(answered_of(self.index.service(Case(request, request.procedures[0], True), _FAR)))

    def _number(self, answer: Answered) -> int:
        found = self._answers.get(answer)
        if found is None:
            found = self._answers[answer] = len(self.into.answers)
            self.into.answers.append(answer)
        return found


_OF_A_CLAIM: Final = (c.AgeCompares, c.SexIs, c.DiagnosisIn)
_ONE_BY_ONE: Final = -(2**31) + 1
_UNLIKELY_CODES: Final = tuple(f"{number:04}{letter}" for number in range(9999, 9000, -1) for letter in "MAUT")
_CODES_OF_NO_SET: Final = ("A00", "Z99.89", "U99.9999", "C7A.8", "D3A.8")  # codes that most sets leave out

# The ages at which a comparison changes its truth.
_PARTING: Final[Mapping[c.Comparator, Callable[[int], tuple[int, ...]]]] = {
    c.Comparator.AT_LEAST: lambda years: (years,),
    c.Comparator.LESS_THAN: lambda years: (years,),
    c.Comparator.MORE_THAN: lambda years: (years + 1,),
    c.Comparator.AT_MOST: lambda years: (years + 1,),
    c.Comparator.EQUAL_TO: lambda years: (years, years + 1),
}


def _ways_of(tests: Iterable[c.Test]) -> Ways:
    ages: set[int] = set()
    by_sex = False
    diagnoses: dict[CodeSet, None] = {}
    for test in tests:
        match test:
            case c.AgeCompares(comparator=comparator, years=years):
                ages.update(_PARTING[comparator](years))
            case c.SexIs():
                by_sex = True
            case c.DiagnosisIn(codes=codes):
                diagnoses[codes] = None
    return Ways(tuple(sorted(age for age in ages if age > 0)), by_sex, tuple(diagnoses))


def _ends(codes: CodeRange) -> tuple[str, ...]:
    """Codes at the ends of a range, and below them, that show which mixes are possible."""
    return tuple(
        code
        for end in (codes.first, codes.last)
        for code in (end, f"{end}9" if "." in end else f"{end}.9", f"{end}0" if "." in end else f"{end}.0")
        if is_well_formed(CodeSystem.ICD_10_CM, code)
    )


def _no_procedure() -> Answered:
    return Answered("not-addressed", None, None, None, None, "not-listed", None, None, (), ("no-procedure-code",))


# -- as tables ----------------------------------------------------------------------------------------------------------


def answered(lines: ir.Table, compiled: TabularLibrary, library: Library, *, facts: ir.Table | None = None) -> ir.Table:
    """The claim lines with their answers' numbers: the columns `claim_id`, `claim_line_number`, `answer`.

    `lines`: claim_id, claim_line_number, issuer, line_of_business, service_date, setting, code, diagnoses (a list, null where
    none is present), age, sex. `facts`: claim_id, claim_line_number, fact, value (as JSON), for what a plan knows beside its
    claims. Answers that only arise here are added to `compiled.answers`. Dates outside the window have none.
    """
    import ibis

    looked_up = _looked_up(lines, compiled)
    if facts is None and not compiled.too_entangled and not _asks_diagnoses(compiled):
        return looked_up  # nothing can be left open
    unsaid = looked_up.answer.isnull()
    pending = lines.semi_join(looked_up.filter(unsaid).select(*KEYS).view(), list(KEYS))
    inside = (pending.service_date >= compiled.first_day) & (pending.service_date <= compiled.last_day)
    pending = pending.filter(inside).select(*KEYS)
    if facts is not None:
        pending = ibis.union(pending, facts.select(*KEYS), distinct=True)
    rows = lines.semi_join(pending.view(), list(KEYS)).to_pyarrow().to_pylist()
    if not rows:
        return looked_up
    told = _by_line(facts)
    one_by_one = ibis.memtable(_one_by_one(rows, told, library, compiled))
    rest = looked_up.anti_join(one_by_one, list(KEYS))
    return ibis.union(rest, one_by_one.select(*KEYS, answer=one_by_one.answer.cast("int32")))


KEYS: Final = ("claim_id", "claim_line_number")


def _looked_up(lines: ir.Table, compiled: TabularLibrary) -> ir.Table:
    """Each line with its answer's number; null where the tables do not say it."""
    import ibis

    intervals, cells, not_listed = (ibis.memtable(table) for table in _interval_tables(compiled))
    asked = lines.mutate(year=lines.service_date.year().cast("int32"), setting_key=lines.setting.fill_null(""))
    placed = asked.left_join(
        cells,
        [
            asked.issuer == cells.cell_issuer,
            asked.line_of_business == cells.cell_line,
            asked.setting_key == cells.cell_setting,
        ],
    ).left_join(
        not_listed,
        [
            asked.issuer == not_listed.other_issuer,
            asked.service_date >= not_listed.other_first_day,
            asked.service_date < not_listed.other_end_day,
        ],
    )
    found = placed.left_join(
        intervals,
        [
            placed.issuer == intervals.interval_issuer,
            placed.code == intervals.interval_code,
            placed.year == intervals.interval_year,
            placed.service_date >= intervals.first_day,
            placed.service_date < intervals.end_day,
        ],
    )
    value = ibis.ifelse(
        found.code.isnull(),
        ibis.literal(NO_PROCEDURE, "int32"),
        ibis.coalesce(found.cells[found.cell], found.other_cells[found.cell]),
    )
    inside = (found.service_date >= compiled.first_day) & (found.service_date <= compiled.last_day)
    valued = found.select(*KEYS, "age", "sex", "diagnoses", value=ibis.ifelse(inside, value, ibis.null("int32")))
    if not compiled.programs:
        answer = ibis.ifelse(valued.value >= 0, valued.value, ibis.null("int32"))
        return valued.select(*KEYS, answer=answer.cast("int32"))
    by_program = _by_program(valued.filter((valued.value < 0) & (valued.value != _ONE_BY_ONE)), lines, compiled)
    joined = valued.left_join(
        by_program, [valued.claim_id == by_program.program_claim, valued.claim_line_number == by_program.program_line]
    )
    answer = ibis.ifelse(joined.value >= 0, joined.value, joined.program_answer)
    return joined.select(*KEYS, answer=answer.cast("int32"))


def _by_program(unresolved: ir.Table, lines: ir.Table, compiled: TabularLibrary) -> ir.Table:
    """The answers of the lines whose cells are programs: by age, sex and diagnoses."""
    import ibis

    ways, ages, answers, diagnoses = (ibis.memtable(table) for table in _program_tables(compiled, lines))
    line = unresolved.mutate(program=-unresolved.value, age_key=unresolved.age.fill_null(_NO_AGE).cast("int32"))
    line = line.left_join(ways, [line.program == ways.way_program])
    line = line.left_join(ages, [line.program == ages.age_program, line.age_key == ages.age_years])
    sex = ibis.cases((line.sex == SEXES[0], 1), (line.sex == SEXES[1], 2), (line.sex == SEXES[2], 3), else_=0)
    sex = ibis.ifelse(line.by_sex, sex, 0)
    keyed = line.select(
        *KEYS,
        "program",
        "of_diagnoses",
        "diagnoses",
        base=((line.age_bucket.fill_null(0) * 4 + sex) * line.of_diagnoses).cast("int64"),
    )
    tokens = keyed.select(*KEYS, "program", token=keyed.diagnoses.unnest())
    hit = tokens.inner_join(diagnoses, [tokens.program == diagnoses.set_program, tokens.token == diagnoses.set_code])
    hit = hit.select(*KEYS, "bit").distinct()
    masks = hit.group_by(list(KEYS)).agg(mask=hit.bit.sum()).rename(mask_claim="claim_id", mask_line="claim_line_number").view()
    masked = keyed.left_join(masks, [keyed.claim_id == masks.mask_claim, keyed.claim_line_number == masks.mask_line])
    known = masked.diagnoses.notnull() & (masked.of_diagnoses > _NO_SETS)
    way = masked.base + ibis.ifelse(known, masked.mask.fill_null(0) + 1, 0)
    asked = masked.select("program", program_claim=masked.claim_id, program_line=masked.claim_line_number, way=way.cast("int64"))
    asked = asked.view()
    told = asked.left_join(answers, [asked.program == answers.answer_program, asked.way == answers.answer_way])
    return told.select("program_claim", "program_line", "program_answer").view()


_NO_AGE: Final = -1
_NO_SETS: Final = 2  # what `Ways.of_diagnoses` is where no diagnosis is asked
_OLDEST: Final = 150


def _interval_tables(compiled: TabularLibrary) -> tuple[Any, Any, Any]:
    import pyarrow as pa

    columns: list[Any] = list(zip(*compiled.intervals, strict=True)) or [[]] * 6
    intervals = pa.table(
        {
            "interval_issuer": pa.array(columns[0], pa.string()),
            "interval_code": pa.array(columns[1], pa.string()),
            "interval_year": pa.array(columns[2], pa.int32()),
            "first_day": pa.array(columns[3], pa.date32()),
            "end_day": pa.array(columns[4], pa.date32()),
            "cells": pa.array([list(cells) for cells in columns[5]], pa.list_(pa.int32())),
        }
    )
    columns = list(zip(*compiled.cells, strict=True)) or [[]] * 4
    cells = pa.table(
        {
            "cell_issuer": pa.array(columns[0], pa.string()),
            "cell_line": pa.array(columns[1], pa.string()),
            "cell_setting": pa.array(columns[2], pa.string()),
            "cell": pa.array(columns[3], pa.int32()),
        }
    )
    columns = list(zip(*compiled.not_listed, strict=True)) or [[]] * 4
    others = pa.table(
        {
            "other_issuer": pa.array(columns[0], pa.string()),
            "other_first_day": pa.array(columns[1], pa.date32()),
            "other_end_day": pa.array(columns[2], pa.date32()),
            "other_cells": pa.array([list(cells) for cells in columns[3]], pa.list_(pa.int32())),
        }
    )
    return intervals, cells, others


def _program_tables(compiled: TabularLibrary, lines: ir.Table) -> tuple[Any, Any, Any, Any]:
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
    seen = (
        lines.select(code=lines.diagnoses.unnest()).distinct().to_pyarrow()["code"].to_pylist()
        if _asks_diagnoses(compiled)
        else []
    )
    bits = [
        (number, code, 1 << at)
        for number, program in numbered
        for at, codes in enumerate(program.ways.diagnoses)
        for code in seen
        if code is not None and code in codes
    ]
    diagnoses = pa.table(
        {
            "set_program": pa.array([row[0] for row in bits], pa.int32()),
            "set_code": pa.array([row[1] for row in bits], pa.string()),
            "bit": pa.array([row[2] for row in bits], pa.int64()),
        }
    )
    return ways, ages, answers, diagnoses


def _asks_diagnoses(compiled: TabularLibrary) -> bool:
    return any(program.ways.diagnoses for program in compiled.programs)


# -- one by one ---------------------------------------------------------------------------------------------------------


def _by_line(facts: ir.Table | None) -> dict[tuple[Any, Any], dict[str, Any]]:
    told: dict[tuple[Any, Any], dict[str, Any]] = {}
    if facts is not None:
        for row in facts.to_pyarrow().to_pylist():
            told.setdefault((row["claim_id"], row["claim_line_number"]), {})[row["fact"]] = json.loads(row["value"])
    return told


def _one_by_one(
    rows: Iterable[Mapping[str, Any]], told: Mapping[tuple[Any, Any], dict[str, Any]], library: Library, compiled: TabularLibrary
) -> Any:
    """The answers of lines that the tables cannot say, each distinct line asked once."""
    import pyarrow as pa

    index = index_of(library)
    numbers = {answer: number for number, answer in enumerate(compiled.answers)}
    asked: dict[str, int] = {}
    found = []
    for row in rows:
        key = (row["claim_id"], row["claim_line_number"])
        request = _request_of(row, told.get(key, {}))
        text = json.dumps(request, sort_keys=True)
        if text not in asked:
            asked[text] = _asked(request, index, library, numbers, compiled.answers)
        found.append((*key, asked[text]))
    return pa.table(
        {
            "claim_id": pa.array([row[0] for row in found], pa.string()),
            "claim_line_number": pa.array([row[1] for row in found], pa.int64()),
            "answer": pa.array([row[2] for row in found], pa.int32()),
        }
    )


def _asked(
    request: dict[str, Any], index: CompiledIndex, library: Library, numbers: dict[Answered, int], answers: list[Answered]
) -> int:
    if "procedures" not in request:
        return NO_PROCEDURE
    read = read_request(request, library)
    answer = answered_of(index.service(Case(read, read.procedures[0], True), _FAR))
    if answer not in numbers:
        numbers[answer] = len(answers)
        answers.append(answer)
    return numbers[answer]


def _request_of(row: Mapping[str, Any], facts: Mapping[str, Any]) -> dict[str, Any]:
    """A line as a request; what it does not tell is left out."""
    member = {name: row[name] for name in ("age", "sex") if row.get(name) is not None}
    request: dict[str, Any] = {
        "issuer": row["issuer"],
        "service_date": row["service_date"].isoformat(),
        "line_of_business": row["line_of_business"],
    }
    if row.get("code") is not None:
        request["procedures"] = [row["code"]]
    for name in ("setting", "diagnoses"):
        if row.get(name) is not None:
            request[name] = row[name]
    if member:
        request["member"] = member
    if facts:
        request["facts"] = dict(facts)
    return request
