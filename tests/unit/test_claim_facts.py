"""What a plan knows beside its claims: a file of facts, each row of which is taken or named."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from medpolicy import Library, load_library, screen
from medpolicy.errors import ClaimsError
from medpolicy.review.screening import Screened
from tests.claims_files import lines, write_csv

FACT = {"claim_id": "C1", "claim_line_number": "1", "fact": "contains_viable_stem_cells", "value": "true"}


@pytest.fixture(scope="module")
def library() -> Library:
    return load_library()


def screened(tmp_path: Path, library: Library, facts: Path) -> tuple[Screened, list[Any]]:
    claims = write_csv(tmp_path / "claims.csv", lines({}, {}, {"hcpcs_code": "?"}))
    done = screen([claims], tmp_path / "out", library, as_of=date(2026, 11, 27), facts=facts)
    with duckdb.connect() as connection:
        rows = connection.sql(f"SELECT coverage FROM '{tmp_path}/out/answers/*.parquet' ORDER BY claim_line_number").fetchall()  # noqa: S608
    return done, [coverage for (coverage,) in rows]


@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
def test_facts_of_csv(tmp_path: Path, library: Library, delimiter: str) -> None:
    rows = [FACT, {**FACT, "claim_line_number": "2.0", "value": ""}]
    done, coverages = screened(tmp_path, library, write_csv(tmp_path / "facts.txt", rows, delimiter=delimiter))
    assert coverages == ["not-covered", "conditional"]
    assert done.lost_facts == 0


def test_facts_of_parquet(tmp_path: Path, library: Library) -> None:
    table = pa.table({**{name: [value] for name, value in FACT.items()}, "claim_line_number": pa.array([1.0])})
    pq.write_table(table, tmp_path / "facts.pq")
    assert screened(tmp_path, library, tmp_path / "facts.pq")[1] == ["not-covered", "conditional"]


def test_facts_of_lines_that_are_not_there_are_counted(tmp_path: Path, library: Library) -> None:
    """The third line is there, though it is rejected."""
    others = [{**FACT, **change} for change in ({"claim_id": "c1"}, {"claim_line_number": "9"}, {"claim_line_number": "3"})]
    done, coverages = screened(tmp_path, library, write_csv(tmp_path / "facts.csv", [FACT, *others]))
    assert coverages == ["not-covered", "conditional"]
    assert done.lost_facts == 2


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ({"claim_line_number": "1.4"}, "row 2 has no claim_line_number, or what is none"),
        ({"claim_line_number": "x"}, "row 2 has no claim_line_number, or what is none"),
        ({"claim_id": ""}, "row 2 has no claim_id"),
        ({"fact": " "}, "row 2 has no fact"),
        ({"value": "NEVERTOLD"}, 'row 2: the value is no JSON; write true, "C2" in quotes'),
    ],
)
def test_a_row_that_is_wrong(tmp_path: Path, library: Library, change: dict[str, str], told: str) -> None:
    facts = write_csv(tmp_path / "facts.csv", [FACT, {**FACT, **change}])
    with pytest.raises(ClaimsError) as error:
        screened(tmp_path, library, facts)
    assert str(error.value).startswith(f"{facts}: {told}")
    assert "NEVERTOLD" not in str(error.value)
    assert not (tmp_path / "out").exists()
