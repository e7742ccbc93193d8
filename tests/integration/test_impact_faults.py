"""`medpolicy impact` that is interrupted: never an output that looks complete; a rerun goes on and writes the same."""

from __future__ import annotations

import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest

from medpolicy.formats.library_files import load_library
from medpolicy.review.impact import impact_of
from medpolicy.review.library_difference import ComparedLibraries
from tests.changed_library import line, write_libraries
from tests.claims_files import write_parquet
from tests.integration.conftest import Run

LINES, CHUNK = 2_400, 400


class Stopped(Exception):
    """What stops a run in the middle."""


@pytest.fixture(scope="module")
def sides(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    return write_libraries(tmp_path_factory.mktemp("libraries"))


@pytest.fixture(scope="module")
def claims(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Lines that move and do not, of members that have some in several chunks, one of fifty rejected."""
    directory = tmp_path_factory.mktemp("claims") / "medical_claim"
    directory.mkdir(parents=True)
    for start in range(0, LINES, CHUNK):
        rows = [
            line(
                f"C{at}",
                1,
                ("22222", "11111", "33333")[at % 3],
                person_id=f"SECRET-{at % 700}",
                place_of_service_code="21" if at % 2 else "22",
                claim_line_start_date="sometime" if at % 50 == 7 else f"2021-{at % 12 + 1:02}-10",
            )
            for at in range(start, start + CHUNK)
        ]
        write_parquet(directory / f"part-{start:05}.parquet", rows)
    return directory.parent


def _arguments(claims: Path, sides: tuple[Path, Path], output: Path) -> list[str | Path]:
    return ["impact", claims, "--old", sides[0], "--new", sides[1], "-o", output, "--chunk", str(CHUNK)]


def _contents(output: Path) -> tuple[str, str, list[Any], list[Any]]:
    """All of the output, in whatever order its rows stand."""
    assert sorted(path.name for path in output.iterdir()) == ["impact.html", "impact.json", "moved", "rejected.parquet"]
    moved, rejected = (pq.read_table(output / name).to_pylist() for name in ("moved", "rejected.parquet"))
    texts = [(output / name).read_text(encoding="utf-8") for name in ("impact.json", "impact.html")]
    return texts[0], texts[1], sorted(moved, key=str), sorted(rejected, key=str)


@pytest.fixture
def undisturbed(claims: Path, sides: tuple[Path, Path], tmp_path: Path) -> tuple[Any, ...]:
    return _contents_of_a_run(claims, sides, tmp_path / "undisturbed")


def _contents_of_a_run(claims: Path, sides: tuple[Path, Path], output: Path, stop_after: int | None = None) -> tuple[Any, ...]:
    """What a run writes; `Stopped` in the middle where it is to stop after so many chunks."""
    compared = ComparedLibraries(old=load_library(sides[0]), new=load_library(sides[1]), old_names=("old",), new_names=("new",))
    looked_up = []

    def stop(phase: str, done: int, total: int) -> None:
        if phase == "comparing":
            looked_up.append(done)
            if stop_after is not None and done >= stop_after * CHUNK:
                raise Stopped

    found = impact_of([claims], compared, engine="", output=output, lines_per_chunk=CHUNK, progress=stop)
    assert found.run.resumed * CHUNK == looked_up[0]
    return _contents(output)


@pytest.mark.parametrize("chunks", [0, 1, 5, 6])
def test_stopped_it_goes_on_at_a_chunk(
    tmp_path: Path, claims: Path, sides: tuple[Path, Path], undisturbed: tuple[Any, ...], chunks: int
) -> None:
    output = tmp_path / "impact"
    with pytest.raises(Stopped):
        _contents_of_a_run(claims, sides, output, stop_after=chunks)
    assert not output.exists()
    assert len(list((tmp_path / ".impact.part" / "work").glob("chunk-*.json"))) == chunks
    assert _contents_of_a_run(claims, sides, output) == undisturbed
    assert not (tmp_path / ".impact.part").exists()


def test_nothing_is_known_of_a_member_without_the_salt(tmp_path: Path, claims: Path, sides: tuple[Path, Path]) -> None:
    """Two interrupted runs of the same claims have other numbers for the same members, and only the owner may read the salt."""
    numbers = []
    for name in ("one", "other"):
        with pytest.raises(Stopped):
            _contents_of_a_run(claims, sides, tmp_path / name, stop_after=1)
        work = tmp_path / f".{name}.part" / "work"
        assert (work / "salt").stat().st_mode & 0o077 == 0
        numbers.append(set(pq.read_table(work / "movers-00000.parquet")["person"].to_pylist()))
        assert not any(b"SECRET" in file.read_bytes() for file in work.iterdir())
    assert not numbers[0] & numbers[1]


def test_other_policies_start_afresh(tmp_path: Path, claims: Path, sides: tuple[Path, Path]) -> None:
    output = tmp_path / "impact"
    with pytest.raises(Stopped):
        _contents_of_a_run(claims, sides, output, stop_after=3)
    json_text, *_, rejected = _contents_of_a_run(claims, (sides[0], sides[0]), output)
    assert '"lines": 0' in json_text
    assert len(rejected) == LINES // 50
    assert pq.read_table(output / "moved").num_rows == 0


def test_killed_it_says_that_it_went_on(medpolicy: Run, tmp_path: Path, claims: Path, sides: tuple[Path, Path]) -> None:
    alone, output = tmp_path / "alone", tmp_path / "impact"
    assert medpolicy(*_arguments(claims, sides, alone)).status == 1
    work = tmp_path / ".impact.part" / "work"
    command = [sys.executable, "-m", "medpolicy", *map(str, _arguments(claims, sides, output))]
    with subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as process:
        deadline = time.monotonic() + 60
        while not list(work.glob("chunk-*.json")):
            assert process.poll() is None
            assert time.monotonic() < deadline
            time.sleep(0.002)
        process.kill()
    assert process.returncode == -signal.SIGKILL
    assert not output.exists()
    left = len(list(work.glob("chunk-*.json")))
    ran = medpolicy(*_arguments(claims, sides, output))
    assert ran.status == 1
    assert f"{left} chunks were done by an earlier run" in ran.err
    assert _contents(output) == _contents(alone)


def test_the_rejected_lines_are_those_of_the_report(
    medpolicy: Run, tmp_path: Path, claims: Path, sides: tuple[Path, Path]
) -> None:
    output = tmp_path / "impact"
    ran = medpolicy(*_arguments(claims, sides, output))
    assert f"{LINES:,} lines: {LINES - LINES // 50:,} compared, {LINES // 50} rejected" in ran.out
    rejected = pq.read_table(output / "rejected.parquet")
    assert rejected.column_names == ["claim_id", "claim_line_number", "file", "row", "reason", "column"]
    assert set(rejected["reason"].to_pylist()) == {"invalid-date"}
    assert set(rejected["claim_id"].to_pylist()) == {f"C{at}" for at in range(7, LINES, 50)}
