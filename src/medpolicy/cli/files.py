"""Files that a command reads and writes, and the messages where that fails."""

from __future__ import annotations

import contextlib
import os
import signal
import stat
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from types import FrameType
from typing import BinaryIO, NoReturn

from medpolicy.errors import NotFound, UsageError


@contextlib.contextmanager
def reading(path: str) -> Iterator[BinaryIO]:
    """The bytes of a file, or of standard input for `-`; `NotFound` where it cannot be read."""
    if path == "-":
        yield sys.stdin.buffer
        return
    with contextlib.ExitStack() as closing:
        try:
            file = closing.enter_context(Path(path).open("rb"))
            file.peek(1)  # a directory can be opened on some systems, but not read
        except (OSError, ValueError) as error:
            raise NotFound(f"{path}: {_why(error)}") from None
        yield file


@contextlib.contextmanager
def writing(path: Path | None) -> Iterator[BinaryIO]:
    """Where output goes: standard output for None or `-`; else a file that appears whole, or not at all.

    It is written beside its place under another name and takes its place at the end, so that neither an interrupt nor a
    full disk leaves half of it. A device or a named pipe is written directly.
    """
    if path is None or str(path) == "-":
        sys.stdout.flush()
        yield sys.stdout.buffer
        sys.stdout.buffer.flush()
        return
    target = path.resolve()
    mode = _mode_of(target)
    try:
        if mode is not None and not stat.S_ISREG(mode):
            with target.open("wb") as file:
                yield file
            return
        handle, name = tempfile.mkstemp(prefix=f".{target.name[:100]}.", suffix=".part", dir=target.parent)
    except OSError as error:
        raise UsageError(f"{path}: cannot be written: {_why(error)}") from None
    part = Path(name)
    try:
        with _ended_by_signals(), os.fdopen(handle, "wb") as file:
            yield file
            file.flush()
            os.fsync(file.fileno())
        part.chmod(stat.S_IMODE(mode) if mode is not None else 0o666 & ~_umask())
        part.replace(target)
    except BaseException:
        part.unlink(missing_ok=True)
        raise


@contextlib.contextmanager
def _ended_by_signals() -> Iterator[None]:
    """A request to end is taken as an exception, so that what is half written is removed."""

    def end(number: int, frame: FrameType | None) -> NoReturn:
        raise SystemExit(128 + number)

    try:
        before = signal.signal(signal.SIGTERM, end)
    except ValueError:  # not in the main thread
        yield
        return
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before)


def _mode_of(path: Path) -> int | None:
    try:
        return path.stat().st_mode
    except OSError:
        return None


def _umask() -> int:
    mask = os.umask(0o022)
    os.umask(mask)
    return mask


def _why(error: OSError | ValueError) -> str:
    return (error.strerror or str(error)) if isinstance(error, OSError) else str(error)
