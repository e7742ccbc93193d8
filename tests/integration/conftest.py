"""The command line, run inside the test's process (`medpolicy`) or as a process of its own (`process`)."""

from __future__ import annotations

import io
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from medpolicy.cli import main
from tests.small_library import write_library


@dataclass(frozen=True)
class Ran:
    """What a command came to."""

    status: int
    out: str
    err: str


Run = Callable[..., Ran]


@pytest.fixture
def medpolicy(monkeypatch: pytest.MonkeyPatch) -> Run:
    """Runs a command in this process; `stdin` is what it reads."""

    def run(*arguments: str | Path, stdin: bytes | str = b"") -> Ran:
        data = stdin.encode() if isinstance(stdin, str) else stdin
        out, err = io.BytesIO(), io.BytesIO()
        monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BufferedReader(io.BytesIO(data)), encoding="utf-8"))
        monkeypatch.setattr(sys, "stdout", io.TextIOWrapper(out, encoding="utf-8", write_through=True))
        monkeypatch.setattr(sys, "stderr", io.TextIOWrapper(err, encoding="utf-8", write_through=True))
        status = main([str(argument) for argument in arguments])
        return Ran(status, out.getvalue().decode(), err.getvalue().decode())

    return run


@pytest.fixture
def process() -> Callable[..., subprocess.CompletedProcess[bytes]]:
    """Runs a command as a process."""

    def run(*arguments: str | Path, **more: Any) -> subprocess.CompletedProcess[bytes]:
        command = [sys.executable, "-m", "medpolicy", *(str(argument) for argument in arguments)]
        return subprocess.run(command, capture_output=True, timeout=60, check=False, **more)

    return run


@pytest.fixture
def small(tmp_path: Path) -> Path:
    """A small library of two issuers."""
    return write_library(tmp_path / "small")
