"""A library compiled for a window of service dates: small tables in which a claim line's answer is looked up.

For each code, stretch of days, line of business and setting the engine that answers single requests is asked what it comes to,
for every way in which a claim can know something: age, sex, diagnoses. Codes that no text of a policy tells apart are asked about
once; their answers differ in what they cite alone.
"""

from __future__ import annotations

import itertools
from array import array
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Final

from medpolicy.engines.case import Case
from medpolicy.engines.compiled import CompiledIndex
from medpolicy.engines.tabular_answers import AnswerTable, answered_of
from medpolicy.library.in_force import boundaries
from medpolicy.library.library import IssuerIndex, Library
from medpolicy.model import criteria as c
from medpolicy.model.citation import Citation
from medpolicy.model.codes import CodeRange, CodeSet, CodeSystem, is_well_formed
from medpolicy.model.determination import ReasonCode
from medpolicy.model.issuer import Issuer, LineOfBusiness, Program, Setting
from medpolicy.model.policy import MedicalPolicy
from medpolicy.model.request import Member, Request, RequestedService

SETTINGS: Final[tuple[Setting | None, ...]] = (None, Setting.INPATIENT, Setting.OUTPATIENT)
SEXES: Final = ("female", "male", "other")
ONE_BY_ONE: Final = -(2**31) + 1  # stands in a cell whose lines the engine is asked about one by one
FAR: Final = date(9999, 12, 31)  # asking so late that no service lies in the future
_MOST_SETS: Final = 6  # of diagnoses that one program tells apart
_EPOCH: Final = date(1970, 1, 1).toordinal()

Progress = Callable[[int, int], None]


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
class ClaimProgram:
    """Ways of knowing, and the answer for each by its number."""

    ways: Ways
    answers: tuple[tuple[int, int], ...]


class IntervalColumns:
    """Half-open stretches of days over which a code's cells do not change, each once for each calendar year that it touches.

    Days are counted from 1970-01-01. The cells of row `i` are `cells[offsets[i]:offsets[i + 1]]`: an answer's number, or minus
    that of a program, for each line of business and setting of the issuer in their order.
    """

    def __init__(self) -> None:
        self.issuers: list[str] = []
        self.codes: list[str] = []
        self.issuer = array("i")
        self.code = array("i")
        self.year = array("i")
        self.first_day = array("i")
        self.end_day = array("i")
        self.offsets = array("i", [0])
        self.cells = array("i")
        self.of_programs: list[str] = []  # the codes with a cell that is a program

    def __len__(self) -> int:
        return len(self.year)

    def let_go(self) -> None:
        """Drop the rows, once they stand as a table where the claims are; of ten thousand policies they take a hundred MB."""
        for rows in (self.issuer, self.code, self.year, self.first_day, self.end_day, self.offsets, self.cells):
            del rows[:]

    def add(self, issuer: str, code: str, stretches: Sequence[_Stretch]) -> None:
        if any(cell < 0 for _, _, cells in stretches for cell in cells):
            self.of_programs.append(code)
        if not self.issuers or self.issuers[-1] != issuer:
            self.issuers.append(issuer)
        self.codes.append(code)
        for first, end, cells in stretches:
            for year in range(first.year, (end - timedelta(days=1)).year + 1):
                self.issuer.append(len(self.issuers) - 1)
                self.code.append(len(self.codes) - 1)
                self.year.append(year)
                self.first_day.append(first.toordinal() - _EPOCH)
                self.end_day.append(end.toordinal() - _EPOCH)
                self.cells.extend(cells)
                self.offsets.append(len(self.cells))


@dataclass(slots=True)
class TabularLibrary:
    """A library, compiled for service dates from `first_day` to `last_day`, both included.

    `cells`: issuer, line of business, setting or "", and which cell is theirs. `not_listed`: for every code that no policy of the
    issuer names: issuer, first day, end day, cells.
    """

    first_day: date
    last_day: date
    answers: AnswerTable = field(default_factory=AnswerTable)
    intervals: IntervalColumns = field(default_factory=IntervalColumns)
    cells: list[tuple[str, str, str, int]] = field(default_factory=list)
    not_listed: list[tuple[str, date, date, tuple[int, ...]]] = field(default_factory=list)
    programs: list[ClaimProgram] = field(default_factory=list)
    too_entangled: int = 0  # cells whose lines are answered one by one

    @property
    def asks_diagnoses(self) -> bool:
        return any(program.ways.diagnoses for program in self.programs)

    @property
    def diagnosis_sets(self) -> tuple[CodeSet, ...]:
        """The sets of diagnoses that programs tell apart, each once."""
        return tuple(dict.fromkeys(codes for program in self.programs for codes in program.ways.diagnoses))


_Stretch = tuple[date, date, tuple[int, ...]]


def compile_library(
    library: Library,
    first_day: date,
    last_day: date,
    *,
    codes: Iterable[str] | None = None,
    issuers: Iterable[str] | None = None,
    progress: Progress | None = None,
) -> TabularLibrary:
    """Compile the library for a window of service dates.

    `codes`: every one that occurs; needed where a policy names codes by ranges (`ValueError`), else all that the library names.
    `issuers`: those that the claims are of; all where left out. `progress` is told how many codes of how many are done.
    """
    names = list(issuers or library.issuers)
    if codes is None and any(library.index[name].code_sets for name in names):
        raise ValueError("a policy names codes by ranges or prefixes, so say which codes occur")
    compiled = TabularLibrary(first_day, last_day)
    _Compiler(library, compiled).run(None if codes is None else set(codes), names, progress)
    return compiled


class _Compiler:
    def __init__(self, library: Library, into: TabularLibrary) -> None:
        self.library = library
        self.into = into
        # An index of its own, which is let go of policy by policy.
        self.index = CompiledIndex(library, None, ahead=False)
        self._programs: dict[ClaimProgram, int] = {}
        self._kinds: dict[tuple[str, tuple[int, ...]], list[object]] = {}
        self._tests: dict[tuple[int, date], tuple[tuple[CodeSet | None, tuple[c.Test, ...]], ...]] = {}

    def run(self, codes: set[str] | None, issuers: Sequence[str], progress: Progress | None) -> None:
        work = [(name, positions, named) for name in issuers for positions, named in self._named(name, codes)]
        total, done = sum(len(named) for _, _, named in work), 0
        for name, positions, named in work:
            issuer = self.library.issuers[name]
            for alike in self._alike(positions, named):
                self._codes(issuer, alike, positions)
                done += len(alike)
                if progress is not None:
                    progress(done, total)
            self._forget(positions)
        for name in issuers:
            issuer = self.library.issuers[name]
            for cell, (line, setting) in enumerate(itertools.product(issuer.lines_of_business, SETTINGS)):
                self.into.cells.append((name, line.id, "" if setting is None else setting.value, cell))
            indexes = self._indexes(name)
            code = next(code for code in _UNLIKELY_CODES if not any(index.naming(code) for index in indexes))
            self.into.not_listed += [(name, *stretch) for stretch in self._stretches(issuer, code, self._days(()), ())]
            self.into.answers.forget()

    def _forget(self, positions: tuple[int, ...]) -> None:
        self.into.answers.forget()
        self._tests.clear()
        self._kinds.clear()
        for at in set(positions).difference(self.library.medicare):
            self.index.forget(at)
            self.library.forget(at)

    def _indexes(self, name: str) -> list[IssuerIndex]:
        """A line of Medicare's is also decided by Medicare's own policies, which are of another issuer."""
        medicare = {self.library.keys[at][0] for at in self.library.medicare}
        return [self.library.index[name], *(self.library.index[one] for one in sorted(medicare - {name}))]

    def _named(self, name: str, codes: set[str] | None) -> list[tuple[tuple[int, ...], list[str]]]:
        """The codes that are named, by the policies that name them."""
        own, *others = self._indexes(name)
        named = {code for index in (own, *others) for code in index.codes} if codes is None else codes
        found: dict[tuple[int, ...], list[str]] = {}
        for code in sorted(named):
            positions = own.naming(code)
            if positions or any(index.naming(code) for index in others):
                found.setdefault(positions, []).append(code)
        return sorted(found.items())

    def _alike(self, positions: tuple[int, ...], named: Sequence[str]) -> Iterable[Sequence[str]]:
        """The codes, those together that no text tells apart."""
        if len(positions) != 1 or self.library.medicare:
            return [[code] for code in named]
        telling = _Telling(self.library.policies[positions[0]])
        classes: dict[object, list[str]] = {}
        for code in named:
            classes.setdefault(telling.of(code), []).append(code)
        return classes.values()

    def _days(self, positions: Iterable[int]) -> list[date]:
        """The days within the window on which an answer may change; the first is the window's."""
        found = {self.into.first_day}
        for at in (*positions, *self.library.medicare):
            found.update(day for day in boundaries(self.library.policies[at]) if self.into.first_day < day <= self.into.last_day)
        return sorted(found)

    def _codes(self, issuer: Issuer, alike: Sequence[str], positions: tuple[int, ...]) -> None:
        """The intervals of codes that no text tells apart: the first is asked about, the others cite their own listing."""
        first, *others = alike
        stretches = self._stretches(issuer, first, self._days(positions), positions)
        self.into.intervals.add(issuer.id, first, stretches)
        if not others:
            return
        policy = self.library.policies[positions[0]]
        for code in others:
            as_this = _Citing(self, policy, code)
            self.into.intervals.add(issuer.id, code, [(day, end, as_this.cells(cells)) for day, end, cells in stretches])

    def _stretches(self, issuer: Issuer, code: str, days: Sequence[date], positions: Sequence[int]) -> list[_Stretch]:
        """The stretches of days, half open, over which a code's cells do not change."""
        found: list[tuple[date, tuple[int, ...]]] = []
        for day in days:
            cells = self._cells(issuer, code, day, positions)
            if not found or found[-1][1] != cells:
                found.append((day, cells))
        ends = [*(day for day, _ in found[1:]), self.into.last_day + timedelta(days=1)]
        return [(first, end, cells) for (first, cells), end in zip(found, ends, strict=True)]

    def _cells(self, issuer: Issuer, code: str, day: date, positions: Sequence[int]) -> tuple[int, ...]:
        cells: list[int] = []
        alike: dict[object, list[int]] = {}  # lines of business that no text tells apart are asked about once
        for line, kind in zip(issuer.lines_of_business, self._lines_told_apart(issuer, positions), strict=True):
            if kind not in alike:
                ways = _ways_of(self._asked(code, day, line, positions))
                alike[kind] = [self._cell(issuer, code, day, line, setting, ways) for setting in SETTINGS]
            cells += alike[kind]
        return tuple(cells)

    def _lines_told_apart(self, issuer: Issuer, positions: Sequence[int]) -> list[object]:
        """For each line of business of the issuer, what makes it another one for these policies."""
        key = (issuer.id, tuple(positions))
        found = self._kinds.get(key)
        if found is None:
            policies = [self.library.policies[at] for at in (*positions, *self.library.medicare)]
            found = self._kinds[key] = [_told_apart_as_line(issuer, line, policies) for line in issuer.lines_of_business]
        return found

    def _cell(self, issuer: Issuer, code: str, day: date, line: LineOfBusiness, setting: Setting | None, ways: Ways) -> int:
        if len(ways.diagnoses) > _MOST_SETS:
            self.into.too_entangled += 1
            return ONE_BY_ONE
        request = Request(
            issuer=issuer.id,
            service_date=day,
            line_of_business=line.id,
            setting=setting,
            procedures=(RequestedService(code=code),),
        )
        answers = tuple((number, self._answer(known, issuer)) for number, known in ways.requests(request))
        if len({answer for _, answer in answers}) == 1:
            return answers[0][1]
        return -self.program(ClaimProgram(ways, answers))

    def program(self, program: ClaimProgram) -> int:
        """The program's number, from 1."""
        if program not in self._programs:
            self.into.programs.append(program)
            self._programs[program] = len(self.into.programs)
        return self._programs[program]

    def _asked(self, code: str, day: date, line: LineOfBusiness, positions: Sequence[int]) -> list[c.Test]:
        """The tests that a claim may answer, of every policy that may be weighed."""
        medicare = self.library.medicare if line.program is Program.MEDICARE_ADVANTAGE else ()
        found: dict[c.Test, None] = {}
        for at in (*positions, *medicare):
            for procedures, tests in self._tests_of(at, day):
                if procedures is None or code in procedures:
                    found.update(dict.fromkeys(tests))
        return list(found)

    def _tests_of(self, at: int, day: date) -> tuple[tuple[CodeSet | None, tuple[c.Test, ...]], ...]:
        """For each provision in force: the codes that it names, and its tests that a claim may answer."""
        found = self._tests.get((at, day))
        if found is None:
            parts = self.index.parts_on(at, day)
            versions = {id(part.version): part.version for part in parts.values() if part.version is not None}
            found = self._tests[at, day] = tuple(
                (provision.procedures, tests)
                for version in versions.values()
                for provision in version.provisions
                if (tests := _of_a_claim(provision.when, provision.criteria))
            )
        return found

    def _answer(self, request: Request, issuer: Issuer) -> int:
        service = self.index.service(Case(request, request.procedures[0], True), FAR)
        return self.into.answers.number(answered_of(service, issuer, request.line_of_business))


class _Citing:
    """The cells of one code made those of another that no text tells apart: listings are cited where they name the other."""

    def __init__(self, compiler: _Compiler, policy: MedicalPolicy, code: str) -> None:
        self.compiler = compiler
        self.entries: dict[tuple[str, str], Citation] = {}
        for version in policy.versions:
            for listing in version.code_listings:
                for entry in listing.codes:
                    if entry.code == code:
                        self.entries.setdefault((version.version, listing.id), entry.citation)
        self._answers: dict[int, int] = {}
        self._cells: dict[int, int] = {}

    def cells(self, cells: Sequence[int]) -> tuple[int, ...]:
        own = self._cells
        for cell in set(cells).difference(own):
            own[cell] = self._cell(cell)
        return tuple([own[cell] for cell in cells])

    def _cell(self, cell: int) -> int:
        if cell == ONE_BY_ONE:
            return cell
        if cell >= 0:
            return self._answer(cell)
        program = self.compiler.into.programs[-cell - 1]
        answers = tuple((way, self._answer(answer)) for way, answer in program.answers)
        return -self.compiler.program(ClaimProgram(program.ways, answers))

    def _answer(self, number: int) -> int:
        found = self._answers.get(number)
        if found is None:
            answers = self.compiler.into.answers
            answer = answers[number]
            found = number
            if answer.reason == ReasonCode.LISTED.value:
                found = answers.number_citing(number, self.entries[answer.policy_version, answer.provision])
            self._answers[number] = found
        return found


class _Telling:
    """Whatever of a policy's texts and history may treat one code otherwise than another one."""

    def __init__(self, policy: MedicalPolicy) -> None:
        self._events = [(event.codes_added, event.codes_removed) for event in policy.history]
        self._entries: dict[str, list[tuple[int, int, object]]] = {}
        sets: dict[CodeSet, None] = {}
        for version_at, version in enumerate(policy.versions):
            for at, listing in enumerate(version.code_listings):
                for entry in listing.codes:
                    implies = tuple(sorted(entry.implies.items(), key=str))
                    self._entries.setdefault(entry.code, []).append((version_at, at, implies))
            named = [provision.procedures for provision in version.provisions]
            named += [rule.procedures for rule in version.authorization]
            sets.update((codes, None) for codes in named if codes is not None)
            for provision in version.provisions:
                for tree in (provision.when, provision.criteria):
                    sets.update((test.codes, None) for test in c.tests_in(tree) if isinstance(test, c.ProcedureIn))
        self._sets = tuple(sets)

    def of(self, code: str) -> object:
        """Equal for codes that nothing tells apart."""
        events = tuple((code in added, code in removed) for added, removed in self._events)
        return events, tuple(self._entries.get(code, ())), tuple(code in codes for codes in self._sets)


def _told_apart_as_line(issuer: Issuer, line: LineOfBusiness, policies: Sequence[MedicalPolicy]) -> object:
    """Whatever of the issuer's defaults and of the policies may treat the line of business otherwise than another one."""
    adjustments = tuple(line.id in (one.lines_of_business or (line.id,)) for one in issuer.claim_adjustments)
    named = tuple(
        line.id in lines
        for policy in policies
        for version in policy.versions
        for lines in (
            version.lines_of_business,
            *(listing.lines_of_business for listing in version.code_listings),
            *(provision.lines_of_business for provision in version.provisions),
            *(rule.lines_of_business for rule in version.authorization),
        )
    )
    return line.program, adjustments, named


_OF_A_CLAIM: Final = (c.AgeCompares, c.SexIs, c.DiagnosisIn)


def _of_a_claim(*trees: c.Criterion) -> tuple[c.Test, ...]:
    return tuple(test for tree in trees for test in c.tests_in(tree) if isinstance(test, _OF_A_CLAIM))


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
