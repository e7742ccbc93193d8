"""Lines of many libraries in one table, so that an engine that takes seconds to start answers them all at once.

Each library's issuers get a name of their own (`3/plan`), and its tables are laid beside the others'.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

import ibis
import ibis.expr.types as ir
import pyarrow as pa

from medpolicy.engines.tabular import Place, asking, looked_up, lookup_tables, one_by_one
from medpolicy.engines.tabular_answers import Answered
from medpolicy.engines.tabular_library import ONE_BY_ONE, ClaimProgram, TabularLibrary, compile_library
from medpolicy.formats.requests import read_request
from medpolicy.library.library import Library

FIRST, LAST = date(2000, 1, 1), date(2029, 12, 31)
LINES = pa.schema(
    [
        ("claim_id", pa.string()),
        ("claim_line_number", pa.int64()),
        ("issuer", pa.string()),
        ("line_of_business", pa.string()),
        ("service_date", pa.date32()),
        ("service_end", pa.date32()),
        ("setting", pa.string()),
        ("code", pa.string()),
        ("diagnoses", pa.list_(pa.string())),
        ("age", pa.int64()),
        ("sex", pa.string()),
    ]
)
FACTS = pa.schema([("claim_id", pa.string()), ("claim_line_number", pa.int64()), ("fact", pa.string()), ("value", pa.string())])


def in_memory(name: str, table: pa.Table) -> ir.Table:
    return ibis.memtable(table)


@dataclass
class Batch:
    """Lines as requests, and the tables in which they are looked up."""

    first_day: date = FIRST
    last_day: date = LAST
    compiled: TabularLibrary = field(init=False)
    libraries: list[Library] = field(default_factory=list)
    lines: list[dict[str, Any]] = field(default_factory=list)
    facts: list[dict[str, Any]] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.compiled = TabularLibrary(self.first_day, self.last_day)

    def add(self, library: Library, requests: Iterable[Mapping[str, Any]]) -> list[int]:
        """Add requests about one procedure each, with their issuer; their lines' numbers."""
        read = [(request, read_request(request, library)) for request in requests]
        at = len(self.libraries)
        self.libraries.append(library)
        codes = {asked.procedures[0].code for _, asked in read}
        self._lay_beside(at, compile_library(library, self.first_day, self.last_day, codes=codes))
        numbers = []
        for request, asked in read:
            number = len(self.lines)
            numbers.append(number)
            self.lines.append(
                {
                    "claim_id": f"c{number}",
                    "claim_line_number": 1,
                    "issuer": f"{at}/{asked.issuer}",
                    "line_of_business": asked.line_of_business,
                    "service_date": asked.service_date,
                    "service_end": None,
                    "setting": None if asked.setting is None else asked.setting.value,
                    "code": asked.procedures[0].code,
                    "diagnoses": asked.diagnoses,
                    "age": asked.member.age,
                    "sex": asked.member.sex,
                }
            )
            told = {**request.get("facts", {}), **{n: request[n] for n in ("products", "service_state") if n in request}}
            self.facts += [
                {"claim_id": f"c{number}", "claim_line_number": 1, "fact": fact, "value": json.dumps(value)}
                for fact, value in told.items()
            ]
        return numbers

    def _lay_beside(self, at: int, other: TabularLibrary) -> None:
        answers = [self.compiled.answers.number(answer) for answer in other.answers]
        first_program = len(self.compiled.programs)
        self.compiled.programs += [
            ClaimProgram(program.ways, tuple((way, answers[answer]) for way, answer in program.answers))
            for program in other.programs
        ]

        def cell(value: int) -> int:
            if value == ONE_BY_ONE:
                return value
            return answers[value] if value >= 0 else value - first_program

        intervals = other.intervals
        into = self.compiled.intervals
        first_issuer, first_code, first_cell = len(into.issuers), len(into.codes), len(into.cells)
        into.issuers += [f"{at}/{issuer}" for issuer in intervals.issuers]
        into.codes += intervals.codes
        into.issuer.extend(issuer + first_issuer for issuer in intervals.issuer)
        into.code.extend(code + first_code for code in intervals.code)
        into.year.extend(intervals.year)
        into.first_day.extend(intervals.first_day)
        into.end_day.extend(intervals.end_day)
        into.offsets.extend(offset + first_cell for offset in list(intervals.offsets)[1:])
        into.cells.extend(map(cell, intervals.cells))
        self.compiled.cells += [(f"{at}/{issuer}", line, setting, number) for issuer, line, setting, number in other.cells]
        self.compiled.not_listed += [
            (f"{at}/{issuer}", first, end, tuple(map(cell, cells))) for issuer, first, end, cells in other.not_listed
        ]
        self.compiled.too_entangled += other.too_entangled

    def ask(self, request: dict[str, Any]) -> Answered:
        """What the library of the request's issuer comes to, one request at a time."""
        at, issuer = request["issuer"].split("/", 1)
        return asking(self.libraries[int(at)])({**request, "issuer": issuer})

    def answers(
        self, backend: ibis.BaseBackend | None = None, place: Place = lambda _, table: ibis.memtable(table)
    ) -> list[Answered]:
        """The answer of each line, by its number."""
        backend = backend or ibis.duckdb.connect()
        seen = {code for line in self.lines for code in line["diagnoses"] or ()}
        lines = place("lines", pa.Table.from_pylist(self.lines, schema=LINES))
        found = looked_up(lines, lookup_tables(self.compiled, seen, place))
        rows = backend.to_pyarrow(found.select("claim_id", "answer")).to_pylist()
        numbers = {row["claim_id"]: row["answer"] for row in rows}
        assert len(rows) == len(self.lines) == len(numbers)
        facts = place("facts", pa.Table.from_pylist(self.facts, schema=FACTS))
        asked = one_by_one(found, self.compiled, self.ask, facts=facts, backend=backend, place=place)
        if asked is not None:
            numbers |= {row["claim_id"]: row["answer"] for row in backend.to_pyarrow(asked).to_pylist()}
        return [self.compiled.answers[numbers[f"c{number}"]] for number in range(len(self.lines))]
