"""Screening that is interrupted, has no room or is called twice: never an output that looks complete; a rerun finishes."""
# ruff: noqa: S608  # paths of the tests' own

from __future__ import annotations

import fcntl
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import duckdb
import pytest

from medpolicy import load_library
from medpolicy.review.demo_claims import DemoClaims, write_demo_claims
from tests.x12_files import Group, Interchange, Transaction, file_837

HEADINGS = "claim_id,claim_line_number,plan,claim_line_start_date,hcpcs_code\n"
CHUNK = "5000"
LINES = 60_000


@pytest.fixture(scope="module")
def claims(tmp_path_factory: pytest.TempPathFactory) -> Path:
    directory = tmp_path_factory.mktemp("claims") / "demo"
    write_demo_claims(directory, DemoClaims(lines=LINES, seed=5), load_library())
    return directory


def command(claims: Path, output: Path, *more: str) -> list[str]:
    return [sys.executable, "-m", "medpolicy", "screen", str(claims), "-o", str(output), "--chunk", CHUNK, *more]


def run(claims: Path, output: Path, *more: str, before: Callable[[], None] | None = None) -> subprocess.CompletedProcess[str]:
    return subprocess.run(command(claims, output, *more), capture_output=True, text=True, check=False, preexec_fn=before)


@pytest.fixture(scope="module")
def undisturbed(claims: Path) -> list[tuple[Any, ...]]:
    output = claims.parent / "undisturbed"
    done = run(claims, output)
    assert done.returncode == 0, done.stderr
    return contents(output)


def contents(output: Path) -> list[tuple[Any, ...]]:
    with duckdb.connect() as connection:
        answers = connection.sql(f"SELECT * FROM '{output}/answers/*.parquet' ORDER BY ALL").fetchall()
        rejected = connection.sql(f"SELECT * FROM '{output}/rejected.parquet' ORDER BY ALL").fetchall()
    assert len(answers) + len(rejected) == LINES
    return [*answers, *rejected]


def part_of(output: Path) -> Path:
    return output.with_name(f".{output.name}.part")


def notes_of(output: Path) -> int:
    return len(list((part_of(output) / "work").glob("chunk-*.json")))


@pytest.mark.parametrize("chunks", [0, 1, 4, 8])
def test_killed_it_goes_on_at_a_chunk(tmp_path: Path, claims: Path, undisturbed: list[Any], chunks: int) -> None:
    output = tmp_path / "out"
    with subprocess.Popen(command(claims, output), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as process:
        deadline = time.monotonic() + 60
        while not (part_of(output) / "work").is_dir() or notes_of(output) < chunks:
            assert process.poll() is None
            assert time.monotonic() < deadline
            time.sleep(0.002)
        process.kill()
    assert process.returncode == -signal.SIGKILL
    assert not output.exists()
    left = notes_of(output)
    assert left >= chunks
    done = run(claims, output)
    assert done.returncode == 0, done.stderr
    assert (f"{left} chunks were done by an earlier run" in done.stderr) == (left > 0)
    assert contents(output) == undisturbed
    assert not part_of(output).exists()


@pytest.mark.parametrize("how", [signal.SIGINT, signal.SIGTERM])
def test_interrupted_it_says_so_and_goes_on(tmp_path: Path, claims: Path, undisturbed: list[Any], how: signal.Signals) -> None:
    output = tmp_path / "out"
    with subprocess.Popen(command(claims, output), stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True) as process:
        while not (part_of(output) / "work").is_dir() or notes_of(output) < 2:
            assert process.poll() is None
            time.sleep(0.002)
        process.send_signal(how)
        _, errors = process.communicate()
    assert process.returncode == 130
    assert "Traceback" not in errors
    assert not output.exists()
    assert [path.name for path in tmp_path.iterdir()] == [part_of(output).name]
    assert run(claims, output).returncode == 0
    assert contents(output) == undisturbed


def test_other_claims_or_policies_start_afresh(tmp_path: Path, claims: Path, undisturbed: list[Any]) -> None:
    output = tmp_path / "out"
    part_of(output).mkdir()
    (part_of(output) / "run.json").write_text('{"claims": "others"}')
    (part_of(output) / "work").mkdir()
    (part_of(output) / "work" / "chunk-00000.json").write_text("{}")
    (part_of(output) / "answers").mkdir()
    (part_of(output) / "answers" / "part-00099.parquet").write_text("of another run")
    done = run(claims, output)
    assert done.returncode == 0, done.stderr
    assert "earlier run" not in done.stderr
    assert contents(output) == undisturbed


def test_a_full_disk_leaves_what_a_rerun_takes_up(tmp_path: Path, claims: Path, undisturbed: list[Any]) -> None:
    disk = tmp_path / "disk"
    disk.mkdir()
    mounted = subprocess.run(["mount", "-t", "tmpfs", "-o", "size=300k", "tmpfs", str(disk)], capture_output=True, check=False)
    if mounted.returncode != 0:
        pytest.skip("a small disk cannot be mounted here: that takes root and the right to mount tmpfs")
    try:
        output = disk / "out"
        done = run(claims, output)
        assert done.returncode == 64
        assert "no space left" in done.stderr
        assert "it goes on where it stopped" in done.stderr
        assert "Traceback" not in done.stderr
        assert not output.exists()
        subprocess.run(["mount", "-o", "remount,size=50m", str(disk)], check=True)
        done = run(claims, output)
        assert done.returncode == 0, done.stderr
        assert "chunks were done by an earlier run" in done.stderr
        assert contents(output) == undisturbed
    finally:
        subprocess.run(["umount", str(disk)], check=True)


@pytest.mark.parametrize(
    ("name", "says"),
    [
        ("there", "is there already"),
        ("nowhere/out", "the directory above it is not there"),
        ("file/out", "the directory above it is not there"),
        ("n" * 300, "cannot be written: File name too long"),
        ("/proc/out", "/proc/out: cannot be written"),
    ],
)
def test_an_output_that_cannot_be(tmp_path: Path, claims: Path, name: str, says: str) -> None:
    (tmp_path / "there").mkdir()
    (tmp_path / "file").write_text("")
    done = run(claims, tmp_path / name)
    assert done.returncode == 64
    assert says in done.stderr


def test_two_runs_at_once(tmp_path: Path, claims: Path) -> None:
    output = tmp_path / "out"
    part_of(output).mkdir()
    with (part_of(output) / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        done = run(claims, output)
    assert done.returncode == 64
    assert "another run is writing it" in done.stderr


def test_no_claims_there(tmp_path: Path) -> None:
    done = run(tmp_path / "nothing", tmp_path / "out")
    assert done.returncode == 4
    assert os.listdir(tmp_path) == []  # noqa: PTH208


@pytest.mark.parametrize(
    ("name", "text", "lines"),
    [
        ("claims.csv", HEADINGS, 0),
        ("claims.csv", HEADINGS + 'C1,"1\n', 1),
        ("claims.837", file_837(Interchange((Group((Transaction(trailer=False),)),))).decode(), 2),
    ],
)
def test_nothing_to_answer(tmp_path: Path, name: str, text: str, lines: int) -> None:
    (tmp_path / name).write_text(text)
    done = run(tmp_path / name, tmp_path / "out")
    assert done.returncode == 0, done.stderr
    assert f"{lines} lines: 0 answered, {lines} rejected" in done.stderr
    with duckdb.connect() as connection:
        assert connection.sql(f"SELECT count(*) FROM '{tmp_path}/out/answers/*.parquet'").fetchall() == [(0,)]
        assert (tmp_path / "out/rejected.parquet").exists()


@pytest.mark.parametrize(
    ("options", "says"),
    [
        (("--memory", "20MB"), "the database has too little memory"),
        (("--memory", "lots"), "write a number and a unit, such as 700MB"),
        (("--threads", "0"), "at least one is needed"),
        (("--chunk", "0"), "a chunk has at least one line"),
    ],
)
def test_options_that_cannot_be(tmp_path: Path, claims: Path, options: tuple[str, str], says: str) -> None:
    done = run(claims, tmp_path / "out", *options)
    assert (done.returncode, says in done.stderr, "Traceback" in done.stderr) == (64, True, False), done.stderr
