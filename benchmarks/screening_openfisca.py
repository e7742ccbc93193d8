"""The same question to OpenFisca, in its vectorised form, on a small slice of the lines.

Each policy is a variable with a dated formula for each stretch of days; a formula chooses among the policy's codes for all lines of
a day at once. What it comes to is the answer's number, compared with ours for every line of the slice.
"""

from __future__ import annotations

import time
from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any

import ibis
import numpy as np
import pyarrow.parquet as pq
from openfisca_core.entities import build_entity
from openfisca_core.periods import DateUnit
from openfisca_core.simulations import SimulationBuilder
from openfisca_core.taxbenefitsystems import TaxBenefitSystem
from openfisca_core.variables import Variable

from benchmarks.screening_data import FIRST, ISSUER, LAST, Data
from medpolicy.engines.tabular import looked_up, lookup_tables

LINES = 100_000
Line = build_entity(key="line", plural="lines", label="A claim line", is_person=True)


def _formula(codes: np.ndarray[Any, Any], cells: np.ndarray[Any, Any]) -> Any:
    """`select` over the codes, and of what is selected the line's own line of business and setting."""

    def formula(line: Any, period: Any) -> Any:
        code, cell = line("code", period), line("cell", period)
        return np.select([code == one for one in codes], [row[cell] for row in cells], 0)

    return formula


def _system(stretches: Mapping[str, list[tuple[date, date, tuple[int, ...]]]], numbers: Mapping[str, int], other: int) -> Any:
    """A variable for each policy, of the codes that it names, and `answer` over all of them."""
    system = TaxBenefitSystem([Line])
    for name in ("code", "cell"):
        system.add_variable(type(name, (Variable,), {"value_type": int, "entity": Line, "definition_period": DateUnit.DAY}))
    by_days: dict[tuple[date, ...], list[str]] = {}
    for code, found in stretches.items():
        by_days.setdefault(tuple(first for first, _, _ in found), []).append(code)
    # Codes of one policy have the same days; so have, by chance, those of some others, which only spares OpenFisca work.
    policies = []
    for number, codes in enumerate(by_days.values()):
        index = np.array([numbers[code] for code in codes])
        days = [(first, end) for first, end, _ in stretches[codes[0]]]
        rows = [(*day, np.array([stretches[code][at][2] for code in codes])) for at, day in enumerate(days)]
        name = f"policy_{number}"
        dated = {f"formula_{first:%Y_%m_%d}": _formula(index, cells) for first, _, cells in rows}
        body = {"value_type": int, "entity": Line, "definition_period": DateUnit.DAY, **dated}
        system.add_variable(type(name, (Variable,), body))
        policies.append(name)

    def formula(line: Any, period: Any) -> Any:
        found = sum(line(name, period) for name in policies)
        return np.where(found > 0, found, other)

    body = {"value_type": int, "entity": Line, "definition_period": DateUnit.DAY, "formula": formula}
    system.add_variable(type("answer", (Variable,), body))
    return system


def run(data: Data) -> tuple[float, float, int]:
    """Seconds of OpenFisca's and of ours for the slice, and its lines; `SystemExit` where an answer differs."""
    library = data.load()
    compiled = data.compile(library)
    intervals = compiled.intervals
    stretches: dict[str, dict[date, tuple[date, date, tuple[int, ...]]]] = {}
    epoch = date(1970, 1, 1)
    for at in range(len(intervals)):
        first, end = (epoch + timedelta(days=days[at]) for days in (intervals.first_day, intervals.end_day))
        cells = tuple(intervals.cells[intervals.offsets[at] : intervals.offsets[at + 1]])
        stretches.setdefault(intervals.codes[intervals.code[at]], {})[first] = (first, end, cells)
    table = pq.read_table(data.claims, filters=None).slice(0, LINES)
    lines = table.to_pydict()
    numbers = {code: at for at, code in enumerate(sorted(stretches), start=1)}
    cell_of = {(line, setting): cell for issuer, line, setting, cell in compiled.cells if issuer == ISSUER}
    codes = np.array([numbers.get(code, 0) for code in lines["code"]])
    cells = np.array([cell_of[pair] for pair in zip(lines["line_of_business"], lines["setting"], strict=True)])
    days = np.array([(day - FIRST).days for day in lines["service_date"]])
    system = _system({code: list(found.values()) for code, found in stretches.items()}, numbers, compiled.not_listed[0][3][0])
    found = np.zeros(len(codes), dtype=np.int64)
    start = time.perf_counter()
    order = np.argsort(days, kind="stable")
    edges = np.searchsorted(days[order], np.arange((LAST - FIRST).days + 2))
    for day in range((LAST - FIRST).days + 1):
        rows = order[edges[day] : edges[day + 1]]
        if not len(rows):
            continue
        simulation = SimulationBuilder().build_default_simulation(system, len(rows))
        period = str(FIRST + timedelta(days=day))
        simulation.set_input("code", period, codes[rows])
        simulation.set_input("cell", period, cells[rows])
        found[rows] = simulation.calculate("answer", period)
    seconds = time.perf_counter() - start
    ours = _ours(table, compiled)
    start = time.perf_counter()
    ours = _ours(table, compiled)
    our_seconds = time.perf_counter() - start
    if [int(number) for number in found] != ours:
        raise SystemExit("OpenFisca's answers are not ours")
    return seconds, our_seconds, len(codes)


def _ours(table: Any, compiled: Any) -> list[int]:
    memory = ibis.memtable(table).mutate(diagnoses=ibis.null("array<string>"), age=ibis.null("int32"), sex=ibis.null("string"))
    rows = looked_up(memory, lookup_tables(compiled)).select("claim_id", "claim_line_number", "answer").to_pyarrow().to_pydict()
    by_key = dict(zip(zip(rows["claim_id"], rows["claim_line_number"], strict=True), rows["answer"], strict=True))
    keys = zip(table["claim_id"].to_pylist(), table["claim_line_number"].to_pylist(), strict=True)
    return [by_key[key] for key in keys]
