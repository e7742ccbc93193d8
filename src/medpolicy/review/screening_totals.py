"""Totals of answered claim lines, grouped in DuckDB.

A screening writes totals for each of its chunks: a row for whatever lines are equal in all of an answer and in month and line of
business (kind `month`), and again for those equal in answer and code (kind `code`). Either kind adds up to all answered lines.
Here they become groups: by outcome, by policy, whatever the report asks for. What comes to Python is the groups alone.
"""
# ruff: noqa: S608  # keys and conditions are texts of this package's own

from __future__ import annotations

import contextlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from medpolicy.errors import ClaimsError
from medpolicy.model.issuer import Coverage

if TYPE_CHECKING:
    import duckdb

# The amount that a report shows as dollars: the first of these that any line has.
AMOUNTS: Final = ("paid", "allowed", "charge")
COVERAGES: Final = tuple(coverage.value for coverage in Coverage)
BY_MONTH: Final = "kind = 'month'"
BY_CODE: Final = "kind = 'code'"

_ROWS_AT_ONCE: Final = 10_000

Key = tuple[str | None, ...]


class Totals(NamedTuple):
    """Lines, and their amounts in dollars, None where no line has one. `changing`: lines whose span crosses a changed answer."""

    lines: int = 0
    charge: Decimal | None = None
    allowed: Decimal | None = None
    paid: Decimal | None = None
    changing: int = 0

    def dollars(self, amount: str | None) -> Decimal | None:
        """The amount of that name, of `AMOUNTS`; None where none is asked for."""
        found: Decimal | None = None if amount is None else getattr(self, amount)
        return found

    def __sub__(self, other: Totals) -> Totals:
        """What is left without the others, which are some of these."""
        amounts = {name: _left(getattr(self, name), getattr(other, name)) for name in AMOUNTS}
        return Totals(lines=self.lines - other.lines, changing=self.changing - other.changing, **amounts)


def _left(all_of_it: Decimal | None, part: Decimal | None) -> Decimal | None:
    return all_of_it if all_of_it is None or part is None else all_of_it - part


def added(totals: Sequence[Totals]) -> Totals:
    """Several together."""
    amounts = {name: [getattr(one, name) for one in totals if getattr(one, name) is not None] for name in AMOUNTS}
    return Totals(
        lines=sum(one.lines for one in totals),
        changing=sum(one.changing for one in totals),
        **{name: sum(values, Decimal(0)) if values else None for name, values in amounts.items()},
    )


@dataclass(frozen=True, slots=True)
class Group:
    """Lines that are equal in the key. `by_coverage`, where asked for: of the coverages that occur, in their order."""

    key: Key
    totals: Totals
    by_coverage: Mapping[str, Totals]


@dataclass(frozen=True, slots=True)
class Ranked:
    """The groups at the top, and how many `others` there are and what they come to."""

    groups: tuple[Group, ...]
    others: int
    rest: Totals


@dataclass(frozen=True, slots=True)
class TotalsTable:
    """The totals, as SQL for a relation, and how they are grouped. `amount`: what is shown as dollars; None: no line has any.

    `ClaimsError` where an amount has more than sixteen digits before the point.
    """

    connection: duckdb.DuckDBPyConnection
    relation: str
    amount: str | None = None

    def total(self, where: str) -> Totals:
        """Of all totals for which the condition holds."""
        rows = self.rows(f"SELECT {measures()} FROM {self.relation} WHERE {where}")
        return totals_of(rows[0])

    def groups(
        self,
        keys: Sequence[str],
        where: str = BY_MONTH,
        *,
        most: int | None = None,
        by_key: bool = False,
        split: bool = False,
    ) -> tuple[Group, ...]:
        """A group for each value of the keys, SQL for text: the most dollars first, then the most lines; or ordered by key.

        `split`: with what each coverage comes to.
        """
        names = [f"key_{at}" for at in range(len(keys))]
        keyed = self._keyed(keys, where)
        order = ", ".join(names if by_key else [*self.rank(), *names])
        limit = "" if most is None else f" LIMIT {most:d}"
        grouped = f"SELECT {', '.join(names)}, {measures(named=True)} FROM {keyed} GROUP BY {', '.join(names)}"
        rows = self.rows(f"{grouped} ORDER BY {order}{limit}")
        found = {tuple(row[: len(keys)]): totals_of(row[len(keys) :]) for row in rows}
        parts = self._by_coverage(keys, where, found) if split else {}
        return tuple(Group(key, totals, parts.get(key, {})) for key, totals in found.items())

    def _keyed(self, keys: Sequence[str], where: str) -> str:
        named = ", ".join(f"{key} AS key_{at}" for at, key in enumerate(keys))
        return f"(SELECT {named}, * FROM {self.relation} WHERE {where})"

    def _by_coverage(self, keys: Sequence[str], where: str, found: Iterable[Key]) -> dict[Key, dict[str, Totals]]:
        """What each coverage comes to, of these groups alone: of all, there may be a million."""
        columns = ", ".join(f"part.key_{at}" for at in range(len(keys)))
        with self.wanted(found) as (wanted, same):
            rows = self.rows(
                f"SELECT {columns}, coverage, {measures()} FROM {self._keyed(keys, where)} AS part "
                f"JOIN {wanted} AS wanted ON {same} GROUP BY {columns}, coverage"
            )
        parts: dict[Key, dict[str, Totals]] = {}
        for *key, coverage, lines, charge, allowed, paid, changing in sorted(
            rows, key=lambda row: COVERAGES.index(row[len(keys)])
        ):
            parts.setdefault(tuple(key), {})[coverage] = totals_of((lines, charge, allowed, paid, changing))
        return parts

    @contextlib.contextmanager
    def wanted(self, keys: Iterable[Key]) -> Iterator[tuple[str, str]]:
        """A table of keys, `key_0` and so on, by its name, and SQL for `part` and `wanted` being equal in them."""
        import pyarrow as pa

        columns = list(zip(*keys, strict=True))
        names = [f"key_{at}" for at in range(len(columns))] or ["key_0"]
        table = pa.table({name: pa.array(values, pa.string()) for name, values in zip(names, columns or [()], strict=True)})
        self.connection.register("wanted_keys", table)
        try:
            yield "wanted_keys", " AND ".join(f"part.{name} IS NOT DISTINCT FROM wanted.{name}" for name in names)
        finally:
            self.connection.unregister("wanted_keys")

    def ranked(self, keys: Sequence[str], where: str = BY_MONTH, *, most: int, split: bool = False) -> Ranked:
        """The groups at the top and the rest."""
        top = self.groups(keys, where, most=most, split=split)
        if len(top) < most:
            return Ranked(top, 0, Totals())
        count = self.rows(f"SELECT count(*) FROM (SELECT DISTINCT {', '.join(keys)} FROM {self.relation} WHERE {where})")[0][0]
        others = count - len(top)
        return Ranked(top, others, self.total(where) - added([one.totals for one in top]) if others else Totals())

    def rank(self) -> list[str]:
        """The order of what has the columns of `measures(named=True)`."""
        dollars = [] if self.amount is None else [f"{self.amount}_sum DESC NULLS LAST"]
        return [*dollars, "lines_sum DESC"]

    def rows(self, query: str) -> list[tuple[Any, ...]]:
        """A query's rows."""
        return list(self.stream(query))

    def stream(self, query: str) -> Iterator[tuple[Any, ...]]:
        """The same, some at a time: until the last one was taken, nothing else may be asked."""
        import duckdb

        try:
            found = self.connection.execute(query)
            while rows := found.fetchmany(_ROWS_AT_ONCE):
                yield from rows
        except (duckdb.ConversionException, duckdb.OutOfRangeException):
            raise ClaimsError("the claims have an amount of more than sixteen digits; no sum of dollars can be given") from None


def measures(*, named: bool = False) -> str:
    """SQL for the columns of which `totals_of` makes totals."""
    sums = {"lines": "coalesce(sum(lines), 0)"}
    sums |= {name: f"sum(CAST({name} AS DECIMAL(18, 2)))" for name in ("charge", "allowed", "paid")}
    sums["changing"] = "coalesce(sum(changing), 0)"
    return ", ".join(f"{sql} AS {name}_sum" if named else sql for name, sql in sums.items())


MEASURES: Final = 5  # how many columns `measures` has


def totals_of(row: Sequence[Any]) -> Totals:
    """Totals of the columns of `measures`."""
    lines, charge, allowed, paid, changing = row
    return Totals(int(lines), charge, allowed, paid, int(changing))
