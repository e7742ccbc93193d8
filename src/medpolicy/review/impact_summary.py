"""What a change of the policies moves: the figures of its report, from what `impact_tables.py` keeps."""
# ruff: noqa: S608  # names are this package's own, and values are quoted

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from medpolicy.library.library import Library
from medpolicy.review.claims.counts import ClaimCounts, Rejections
from medpolicy.review.claims.sql import literal
from medpolicy.review.impact_conditions import Conditions, Example, conditions_of
from medpolicy.review.impact_tables import AXES, BOTH_AXES, MOST_EXAMPLES, OTHERWISE
from medpolicy.review.screening_totals import (
    AMOUNTS,
    COVERAGES,
    MEASURES,
    Group,
    Key,
    Totals,
    TotalsTable,
    added,
    measures,
    totals_of,
)

if TYPE_CHECKING:
    import duckdb

MOST_MOVES: Final = 10
MOST_PARTS: Final = 10
MOST_CONDITIONS: Final = 25
# By what a move is taken apart.
PARTS: Final[Mapping[str, tuple[str, ...]]] = {
    "policies": ("policy_issuer", "policy_number", "old_version", "new_version"),
    "provisions": ("policy_issuer", "policy_number", "old_provision", "new_provision"),
    "codes": ("code",),
    "lines_of_business": ("issuer", "line_of_business"),
    "settings": ("setting",),
}


class Axes(NamedTuple):
    """An answer's axes."""

    coverage: str
    stance: str | None
    prior_authorization: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class ImpactRun:
    """What is known of a comparison besides its figures.

    `remarks`: what differs between the issuers of the two libraries. `resumed`: how many chunks an earlier run had done, which
    no report says: it is the same as if there had been one run.
    """

    old_library: str
    new_library: str
    old_names: tuple[str, ...]
    new_names: tuple[str, ...]
    engine: str
    tables_engine: str
    first_day: date | None
    last_day: date | None
    counts: ClaimCounts
    inputs: tuple[str, ...]
    absent: tuple[str, ...] = ()
    rejected_spans: Rejections | None = None
    remarks: tuple[str, ...] = ()
    resumed: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """Lines that move and are equal in the key. `members`: how many people's they are; None where the claims do not say whose
    lines are. `first_day`, `last_day`: of service."""

    key: Key
    totals: Totals
    members: int | None
    first_day: date
    last_day: date


@dataclass(frozen=True, slots=True, kw_only=True)
class Parts:
    """The parts with the most dollars first, and what the `others` come to."""

    parts: tuple[Part, ...]
    others: int
    rest: Totals


@dataclass(frozen=True, slots=True, kw_only=True)
class Move:
    """The lines that go from one answer to another. `by`: taken apart by each of `PARTS`. `examples`: of different conditions."""

    old: Axes
    new: Axes
    whole: Part
    by: Mapping[str, Parts]
    examples: tuple[Example, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class ImpactSummary:
    """All figures of a report. `amount` is the one shown as dollars, as of `ScreeningSummary`.

    `total`: all lines compared; of those `same` have equal answers, `restated` answers whose axes are equal, `moved` others.
    `restated_by`: what differs in the restated ones, of `OTHERWISE`; a line may count under several. `coverages`: the key is old
    coverage, new coverage, of all lines. `months`: YYYY-MM of what moves, `by_coverage` that of the new answer.
    `titles`: of policies.
    """

    run: ImpactRun
    amount: str | None
    total: Totals
    same: Totals
    restated: Totals
    restated_by: Mapping[str, Totals]
    moved: Totals
    members: int | None
    coverages: tuple[Group, ...]
    moves: tuple[Move, ...]
    other_moves: int
    rest_of_moves: Totals
    months: tuple[Group, ...]
    conditions: Conditions
    titles: Mapping[Key, str]


def impact_summary_of(connection: duckdb.DuckDBPyConnection, run: ImpactRun, old: Library, new: Library) -> ImpactSummary:
    """The figures of a comparison whose tables are filled. `ValueError` where they are not all of the lines that it took."""
    flows = TotalsTable(connection, "flows")
    total = flows.total("true")
    if total.lines != run.counts.taken or run.counts.lines != run.counts.taken + sum(run.counts.rejected.values()):
        raise ValueError(f"of {run.counts.lines} lines {run.counts.taken} were taken, and {total.lines} were compared")
    amount = next((one for one in AMOUNTS if total.dollars(one) is not None), None)
    otherwise = " OR ".join(OTHERWISE)
    known = connection.execute("SELECT count(*) FROM movers").fetchall()[0][0] > 0
    moved = _Moved(TotalsTable(connection, "moved", amount), known)
    ranked = moved.parts(BOTH_AXES, "true", MOST_MOVES)
    return ImpactSummary(
        run=run,
        amount=amount,
        total=total,
        same=flows.total(f"NOT moves AND NOT ({otherwise})"),
        restated=flows.total(f"NOT moves AND ({otherwise})"),
        restated_by={name: flows.total(f"NOT moves AND {name}") for name in OTHERWISE},
        moved=flows.total("moves"),
        members=moved.members(),
        coverages=_by_new_coverage("flows", connection, amount).groups(["old_coverage", "new_coverage"], "true"),
        moves=tuple(_move(part, moved) for part in ranked.parts),
        other_moves=ranked.others,
        rest_of_moves=ranked.rest,
        months=_by_new_coverage("moved", connection, amount).groups(
            ["strftime(month, '%Y-%m')"], "true", by_key=True, split=True
        ),
        conditions=conditions_of(moved.table, most=MOST_CONDITIONS, has_members=known),
        titles=_titles(old, new),
    )


def _by_new_coverage(relation: str, connection: duckdb.DuckDBPyConnection, amount: str | None) -> TotalsTable:
    return TotalsTable(connection, f"(SELECT *, new_coverage AS coverage FROM {relation})", amount)


def _titles(old: Library, new: Library) -> dict[Key, str]:
    return {key: summary.title for one in (old, new) for key, summary in zip(one.keys, one.summaries, strict=True)}


@dataclass(frozen=True, slots=True)
class _Moved:
    """What moves, and whether the claims say whose lines they are."""

    table: TotalsTable
    has_members: bool

    def members(self) -> int | None:
        rows = self.table.rows("SELECT count(DISTINCT person) FROM movers")
        return int(rows[0][0]) if self.has_members else None

    def parts(self, keys: Sequence[str], where: str, most: int) -> Parts:
        """What moves where the condition holds, by keys of `CONDITION`."""
        names = ", ".join(keys)
        same = " AND ".join(f"part.{key} IS NOT DISTINCT FROM people.{key}" for key in keys)
        part = ", ".join(f"part.{key}" for key in keys)
        people = f"SELECT {names}, count(DISTINCT person) AS people FROM movers JOIN of USING (condition) GROUP BY {names}"
        ranked = f"ORDER BY {', '.join([*self.table.rank(), names])} LIMIT {most}"
        rows = self.table.rows(
            f"WITH part AS (SELECT {names}, {measures(named=True)}, min(first_day) AS first_day, max(last_day) AS last_day "
            f"FROM moved WHERE {where} GROUP BY {names} {ranked}), "
            f"of AS (SELECT DISTINCT condition, {names} FROM moved WHERE {where}), people AS ({people}) "
            f"SELECT {part}, lines_sum, charge_sum, allowed_sum, paid_sum, changing_sum, first_day, last_day, people "
            f"FROM part LEFT JOIN people ON {same} ORDER BY {', '.join([*self.table.rank(), part])}"
        )
        found = tuple(self._part(row, len(keys)) for row in rows)
        count = self.table.rows(f"SELECT count(*) FROM (SELECT DISTINCT {names} FROM moved WHERE {where})")[0][0]
        others = count - len(found)
        rest = self.table.total(where) - added([one.totals for one in found]) if others else Totals()
        return Parts(parts=found, others=others, rest=rest)

    def _part(self, row: Sequence[Any], keys: int) -> Part:
        first, last, people = row[keys + MEASURES :]
        return Part(
            key=tuple(row[:keys]),
            totals=totals_of(row[keys : keys + MEASURES]),
            members=(people or 0) if self.has_members else None,
            first_day=first,
            last_day=last,
        )

    def examples(self, where: str) -> tuple[Example, ...]:
        """Of the conditions with the most dollars, one each."""
        rows = self.table.rows(
            f"SELECT min(examples[1]) AS example, {measures(named=True)} FROM moved WHERE {where} GROUP BY condition "
            f"ORDER BY {', '.join([*self.table.rank(), 'example'])} LIMIT {MOST_EXAMPLES}"
        )
        return tuple(Example(one["claim_id"], one["claim_line_number"]) for one, *_ in rows)


def _move(whole: Part, moved: _Moved) -> Move:
    where = " AND ".join(
        f"{name} IS {'NULL' if value is None else 'NOT DISTINCT FROM ' + literal(value)}"
        for name, value in zip(BOTH_AXES, whole.key, strict=True)
    )
    old, new = whole.key[: len(AXES)], whole.key[len(AXES) :]
    return Move(
        old=_axes(old),
        new=_axes(new),
        whole=whole,
        by={name: moved.parts(keys, where, MOST_PARTS) for name, keys in PARTS.items()},
        examples=moved.examples(where),
    )


def _axes(key: Key) -> Axes:
    coverage, stance, authorization = key
    assert coverage in COVERAGES
    return Axes(coverage, stance, authorization)
