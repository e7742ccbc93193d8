"""How far long work is: what is told, when it is shown, and that nothing is shown in a pipe."""

from __future__ import annotations

import io
import re
import sys
from pathlib import Path
from typing import Any

import pytest

from medpolicy.authoring.importing import draft_policy
from medpolicy.authoring.readers import read_document
from medpolicy.cli import importing, progress
from tests.conftest import ROOT
from tests.small_documents import docx

ANSI = re.compile(r"\x1b\[[0-9;?]*[A-Za-z]")
INVENTED = ROOT / "tests" / "invented"


class Clock:
    """Seconds that pass only when a test says so."""

    def __init__(self) -> None:
        self.now = 100.0

    def perf_counter(self) -> float:
        return self.now


class Stream(io.StringIO):
    def __init__(self, *, terminal: bool) -> None:
        super().__init__()
        self._terminal = terminal

    def isatty(self) -> bool:
        return self._terminal

    @property
    def shown(self) -> list[str]:
        return [line for line in re.split(r"[\r\n]+", ANSI.sub("", self.getvalue())) if line]


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    found = Clock()
    monkeypatch.setattr(progress, "time", found)
    return found


def stream(monkeypatch: pytest.MonkeyPatch, *, terminal: bool = True) -> Stream:
    found = Stream(terminal=terminal)
    monkeypatch.setenv("TERM", "xterm")
    monkeypatch.setattr(sys, "stderr", found)
    return found


def test_short_work_passes_in_silence(monkeypatch: pytest.MonkeyPatch, clock: Clock) -> None:
    shown = stream(monkeypatch)
    tell = progress.progress_of({"reading": "pages"}, after=1.0)
    for page in range(1, 10):
        clock.now += 0.1
        tell("reading", page, 9)
    assert shown.getvalue() == ""


def test_long_work_is_told_with_its_rate(monkeypatch: pytest.MonkeyPatch, clock: Clock) -> None:
    shown = stream(monkeypatch)
    tell = progress.progress_of({"reading pages": ""}, after=1.0)
    for page in range(5):
        tell("reading pages", page, 4)
        clock.now += 0.5
    assert shown.shown == [
        "reading pages: 2 of 4, 2 a second, 1 s left",
        "reading pages: 3 of 4, 2 a second, 0 s left",
        "reading pages: 4 of 4, 2 a second",
    ]
    assert shown.getvalue().endswith("\n")


def test_steps_that_take_each_their_own_time_have_no_rate_and_each_is_shown(
    monkeypatch: pytest.MonkeyPatch, clock: Clock
) -> None:
    shown = stream(monkeypatch)
    tell = progress.progress_of({"drafting": "steps"}, after=1.0, uneven=("drafting",))
    clock.now += 2
    for step in range(3):
        tell("drafting", step, 2)
    assert shown.shown == [f"drafting: {step} of 2 steps" for step in range(3)]


def _letter(document: Any) -> None:
    for _ in range(4):
        document.add_paragraph("Widgets are blue.")


@pytest.mark.parametrize("name", ["bulletin.html", "guideline.txt", "position.md", "letter.docx"])
def test_every_format_tells_how_far_it_is(name: str) -> None:
    data = docx(_letter) if name.endswith(".docx") else (INVENTED / name).read_bytes()
    said: list[tuple[str, int, int]] = []
    document = read_document(data, name, lambda *told: said.append(told))
    assert {what for what, _, _ in said} == {"reading lines"}
    done = [line for _, line, _ in said]
    assert done[-1] <= len(document.lines)
    assert max(done) > len(document.lines) / 2
    said.clear()
    draft_policy(document, progress=lambda *told: said.append(told))
    assert said[0] == ("drafting", 0, 14)
    assert said[-1] == ("drafting", 14, 14)


def test_an_import_at_a_terminal_shows_each_phase_and_in_a_pipe_none(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(importing, "_LONG", 0.0)
    for terminal in (True, False):
        shown = stream(monkeypatch, terminal=terminal)
        importing.import_policy(str(INVENTED / "position.md"), tmp_path / str(terminal))
        phases = {line.partition(":")[0] for line in shown.shown}
        assert phases >= {"drafting", "writing the ledger"} if terminal else not phases
