"""Where a screening writes: a directory that appears complete or not at all, and that an interrupted run takes up again.

Until the end everything stands beside its place, in `.NAME.part`. A chunk counts as done when its note `chunk-N.json` stands
there, which is written last; whatever is without one is written again. A run that is not the same (other claims, policies,
version or options) starts afresh.
"""

from __future__ import annotations

import contextlib
import errno
import fcntl
import json
import os
import shutil
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from medpolicy.engines.tabular import KEYS
from medpolicy.engines.tabular_answers import COLUMNS, AnswerTable
from medpolicy.errors import UsageError
from medpolicy.review.claims.counts import ClaimCounts, RejectedElsewhere

if TYPE_CHECKING:
    import duckdb
    import pyarrow as pa

COMPRESSION: Final = "zstd"
ROWS_IN_A_GROUP: Final = 1_000_000
_ROWS_AT_ONCE: Final = 250_000
_COMPACT_FROM: Final = 4_096  # distinct values: above so many, a batch brings only those that occur in it
_RUN: Final = "run.json"


@dataclass(frozen=True, slots=True)
class PartialOutput:
    """The directory in which a run's output comes to be."""

    directory: Path
    resumed: int  # how many chunks an earlier run left done

    def note_of(self, chunk: int) -> dict[str, Any] | None:
        """What was noted of a chunk that is done; None where it is to be done."""
        try:
            found = json.loads(self._note(chunk).read_bytes())
        except (OSError, ValueError):
            return None
        return found if isinstance(found, dict) else None

    def finish_chunk(self, chunk: int, note: Mapping[str, Any]) -> None:
        """Put down that the chunk's files are complete."""
        _write_durably(self._note(chunk), json.dumps(note).encode())

    def work_file(self, kind: str, chunk: int) -> Path:
        """A file of a chunk, of Parquet, that is gone when the output is complete."""
        return self.file(f"work/{kind}-{chunk:05}.parquet")

    def kept(self, name: str, make: Callable[[], bytes]) -> bytes:
        """What was made when the run began, and is the same when it is taken up again; for the owner's eyes alone."""
        path = self.file(f"work/{name}")
        if not path.exists():
            _write_durably(path, make(), mode=0o600)
        return path.read_bytes()

    def file(self, name: str) -> Path:
        """A file of the output; the directories above it are made."""
        path = self.directory / name
        path.parent.mkdir(parents=True, exist_ok=True)
        return path

    def _note(self, chunk: int) -> Path:
        return self.directory / "work" / f"chunk-{chunk:05}.json"


@contextlib.contextmanager
def partial_output(output: Path, same_run: Mapping[str, Any]) -> Iterator[PartialOutput]:
    """A directory to fill, which becomes `output` at the end of the block; after a fault it stays, to be taken up again.

    `same_run` says what must be equal for that. `UsageError` where it cannot be written, another run is at it, or the disk is
    full.
    """
    part = output.absolute().with_name(f".{output.name[:100]}.part")
    with faults_of_writing(output):
        part.mkdir(exist_ok=True)
        with (part / "lock").open("w") as lock:
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except OSError:
                raise UsageError(f"{output}: another run is writing it; wait for its end, or name another directory") from None
            _start(part, same_run)
            done = sum(1 for _ in (part / "work").glob("chunk-*.json"))
            yield PartialOutput(part, done)
            shutil.rmtree(part / "work")
            for name in (_RUN, "lock"):
                (part / name).unlink(missing_ok=True)
            if output.exists():
                raise UsageError(f"{output}: came to be meanwhile; the result stands in {part}")
            part.rename(output)


def _start(part: Path, same_run: Mapping[str, Any]) -> None:
    text = json.dumps(same_run, sort_keys=True).encode()
    try:
        before = (part / _RUN).read_bytes()
    except OSError:
        before = b""
    if before != text:
        for path in part.iterdir():
            if path.is_dir():
                shutil.rmtree(path)
            elif path.name != "lock":
                path.unlink()
        _write_durably(part / _RUN, text)
    (part / "work").mkdir(exist_ok=True)


@contextlib.contextmanager
def faults_of_writing(output: Path) -> Iterator[None]:
    """What the file system says of writing the output, as a `UsageError`."""
    try:
        yield
    except OSError as error:
        if error.errno in (errno.ENOSPC, errno.EDQUOT):
            again = "free some and run the same command again: it goes on where it stopped"
            raise UsageError(f"{output}: there is no space left to write it; {again}") from None
        raise UsageError(f"{output}: cannot be written: {error.strerror or 'the file system failed'}") from None


def _write_durably(path: Path, data: bytes, *, mode: int = 0o666) -> None:
    new = path.with_name(path.name + ".new")
    with os.fdopen(os.open(new, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, mode), "wb") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())
    new.replace(path)


# -- lines that are counted and lines that are rejected -----------------------------------------------------------------


def counts_as_note(counts: ClaimCounts) -> dict[str, Any]:
    """A chunk's counts as its note has them."""
    return {
        "lines": counts.lines,
        "taken": counts.taken,
        "rejected": [[reason, column, count] for (reason, column), count in counts.rejected.items()],
        "remarks": dict(counts.remarks),
    }


def counts_of_note(plain: Mapping[str, Any]) -> ClaimCounts:
    """What `counts_as_note` gave."""
    return ClaimCounts(
        lines=plain["lines"],
        taken=plain["taken"],
        rejected={(reason, column): count for reason, column, count in plain["rejected"]},
        remarks=plain["remarks"],
    )


def write_rejected(
    connection: duckdb.DuckDBPyConnection,
    path: Path,
    parts: Sequence[Path],
    unreadable: str,
    elsewhere: Sequence[RejectedElsewhere],
) -> None:
    """All rejected lines in one file: those of the chunks' `parts`, the rows of the table `unreadable`, those of `elsewhere`."""
    connection.execute(
        'CREATE OR REPLACE TEMP TABLE elsewhere (file VARCHAR, row BIGINT, reason VARCHAR, "column" VARCHAR, lines BIGINT)'
    )
    rows = [(one.file, one.row, one.reason, one.detail, one.lines) for one in elsewhere]
    if rows:
        connection.executemany("INSERT INTO elsewhere VALUES (?, ?, ?, ?, ?)", rows)
    union = (
        f"SELECT * FROM {unreadable} UNION ALL "  # noqa: S608  # a table's own name
        'SELECT NULL, NULL, file, row, reason, "column" FROM elsewhere, range(lines)'
    )
    if parts:
        union = f"SELECT * FROM read_parquet([{', '.join(map(quoted, parts))}]) UNION ALL {union}"  # noqa: S608  # as above
    connection.execute(f"COPY ({union}) TO {quoted(path)} (FORMAT parquet)")


def quoted(path: Path) -> str:
    """A path as SQL."""
    return "'" + str(path).replace("'", "''") + "'"


# -- answers as Parquet -------------------------------------------------------------------------------------------------


class AnswerWords:
    """The columns of answers, made ready to be written for many lines: for each answer an index into its column's values."""

    def __init__(self, answers: AnswerTable) -> None:
        import pyarrow as pa

        self.count = len(answers)
        self._columns: list[tuple[pa.Array, pa.Array]] = []
        for column in COLUMNS:
            dictionary = answers.dictionary(column)
            values = dictionary.dictionary
            # What is null is so by its index, for a dictionary of Parquet's has no null; and small numbers are copied quicker.
            indices = dictionary.indices.to_numpy()
            null = values.to_pylist().index(None) if values.null_count else -1
            self._columns.append((pa.array(indices, _least_type(len(values)), mask=indices == null), values.fill_null("")))

    def of(self, numbers: pa.Array) -> list[pa.DictionaryArray]:
        """The columns for lines with these answers' numbers."""
        import pyarrow as pa

        arrays = []
        for indices, values in self._columns:
            taken = indices.take(numbers)
            if len(values) > _COMPACT_FROM:
                taken, values = _compact(taken, values)
            arrays.append(pa.DictionaryArray.from_arrays(taken.cast(pa.int32()), values))
        return arrays


def _least_type(count: int) -> pa.DataType:
    import pyarrow as pa

    return next(kind for kind, least in ((pa.int8(), 1 << 7), (pa.int16(), 1 << 15), (pa.int32(), 1 << 31)) if count < least)


def _compact(indices: pa.Array, values: pa.Array) -> tuple[pa.Array, pa.Array]:
    """Of many values only those that occur, as each row group holds its own."""
    import numpy as np
    import pyarrow as pa

    absent = np.asarray(indices.is_null())
    plain = indices.fill_null(0).to_numpy()
    occurs = np.zeros(len(values), dtype=bool)
    occurs[plain] = True
    return pa.array((np.cumsum(occurs, dtype=np.int32) - 1)[plain], mask=absent), values.take(pa.array(np.flatnonzero(occurs)))


class AnswerWriter:
    """Writes rows with their answers' numbers as Parquet in which each answer's columns stand in words.

    A number becomes an index into each column's distinct values, and those go into the file as its dictionaries: no text is
    compared, copied or hashed for a line.
    """

    def __init__(self, path: Path, words: AnswerWords, columns: Mapping[str, pa.DataType]) -> None:
        """`columns`: those of the rows besides the answer, in the order in which they are written, before the answer's."""
        import pyarrow as pa
        import pyarrow.parquet as pq

        self._words = words
        self._names = list(columns)
        dictionary = pa.dictionary(pa.int32(), pa.string())
        self._schema = pa.schema([*columns.items(), *((column, dictionary) for column in COLUMNS)])
        self._writer = pq.ParquetWriter(
            path,
            self._schema,
            compression=COMPRESSION,
            use_dictionary=[*COLUMNS, *(name for name in columns if name not in KEYS)],
            write_statistics=[*columns],  # of dictionaries they tell little, and take a third of the time
            store_schema=False,  # to a reader the columns are text; that they were dictionaries here is nobody's matter
        )
        self.rows = 0

    def write(self, batch: pa.Table) -> None:
        """Write rows that have, besides the columns named, `answer`: its number, never null."""
        import pyarrow as pa

        numbers = batch.column("answer").combine_chunks()
        if numbers.null_count:
            raise AssertionError("a line is without an answer")
        arrays = [*(batch.column(name) for name in self._names), *self._words.of(numbers)]
        self._writer.write_table(pa.Table.from_arrays(arrays, schema=self._schema), row_group_size=ROWS_IN_A_GROUP)
        self.rows += batch.num_rows

    def close(self) -> None:
        self._writer.close()

    def __enter__(self) -> AnswerWriter:
        return self

    def __exit__(self, *error: object) -> None:
        self.close()


def write_answers(
    batches: Iterable[pa.RecordBatch], paths: Sequence[Path], words: AnswerWords, columns: Mapping[str, pa.DataType]
) -> int:
    """Write rows into several files at once, in turn, as Arrow writes one file with one thread; how many rows."""
    with contextlib.ExitStack() as closing:
        writers = [closing.enter_context(AnswerWriter(path, words, columns)) for path in paths]
        threads = [closing.enter_context(ThreadPoolExecutor(1)) for _ in paths]
        pending: deque[Future[None]] = deque()
        for at, table in enumerate(_together(batches)):
            pending.append(threads[at % len(paths)].submit(writers[at % len(paths)].write, table))
            if len(pending) > len(paths):  # so that rows do not wait in memory
                pending.popleft().result()
        for done in pending:
            done.result()
    return sum(writer.rows for writer in writers)


def _together(batches: Iterable[pa.RecordBatch]) -> Iterator[pa.Table]:
    """So many rows that a row group's own costs do not count."""
    import pyarrow as pa

    held: list[pa.RecordBatch] = []
    count = 0
    for batch in batches:
        held.append(batch)
        count += batch.num_rows
        if count >= _ROWS_AT_ONCE:
            yield pa.Table.from_batches(held)
            held, count = [], 0
    if held:
        yield pa.Table.from_batches(held)
