"""`medpolicy check` with a person at the terminal: a pseudo-terminal stands for it."""

from __future__ import annotations

import os
import re
import sys
from collections.abc import Iterator
from pathlib import Path

import pexpect
import pytest

from tests.small_library import write_library

ANSI = re.compile(r"\x1b\[[0-9;?]*[A-Za-z]")


class Terminal:
    """Commands typed in at a terminal."""

    def __init__(self) -> None:
        self.running: list[pexpect.spawn] = []

    def __call__(self, *arguments: str | Path, **environment: str) -> pexpect.spawn:
        child = pexpect.spawn(
            sys.executable,
            ["-m", "medpolicy", *(str(argument) for argument in arguments)],
            env={**os.environ, "TERM": "xterm-256color", "COLUMNS": "100", **environment},
            encoding="utf-8",
            timeout=30,
            dimensions=(60, 100),
        )
        child.setecho(False)
        self.running.append(child)
        return child


@pytest.fixture
def terminal(monkeypatch: pytest.MonkeyPatch) -> Iterator[Terminal]:
    monkeypatch.delenv("NO_COLOR", raising=False)
    started = Terminal()
    yield started
    for child in started.running:
        child.close(force=True)


@pytest.fixture(scope="module")
def small(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_library(tmp_path_factory.mktemp("terminal") / "small")


def rest(child: pexpect.spawn) -> str:
    child.expect(pexpect.EOF)
    child.close()
    return " ".join(ANSI.sub("", child.before).split())


BASE = ("--line", "commercial-hmo-pos", "--date", "2025-04-01")


def test_asks_the_open_questions_and_decides_again(terminal):
    child = terminal("check", "20930", *BASE)
    child.expect("mesenchymal stem cells")
    child.expect(r"\[yes/no; skip; \?\]")
    child.sendline("no")
    child.expect("living stem cells")
    child.sendline("yes")
    child.expect("inpatient or outpatient")
    child.sendline("out")
    shown = rest(child)
    assert "20930: not covered" in shown
    assert "not applicable" in shown
    assert "Questions that decide" not in shown
    assert child.exitstatus == 0


def test_help_skip_and_what_cannot_be_read(terminal):
    child = terminal("check", "20930", *BASE, "--setting", "inpatient")
    child.expect("mesenchymal stem cells")
    child.sendline("?")
    child.expect("It would settle")
    child.sendline("perhaps")
    child.expect("answer yes or no")
    child.sendline("skip")
    child.expect("living stem cells")
    child.sendline("")
    child.expect("combined with the patient")
    child.sendline("no")
    shown = rest(child)
    assert "20930: conditional" in shown
    assert "Is this a treatment with mesenchymal stem cells?" in shown


def test_the_line_of_business_is_chosen_from_a_list(terminal):
    child = terminal("check", "0565T", "--date", "2025-04-01", "--setting", "outpatient", "--issuer", "bcbsma")
    child.expect("Which line of business")
    child.expect("1. ")
    child.expect("4. ")
    child.sendline("9")
    child.expect("from 1 to 4")
    child.sendline("medicare-ppo")
    assert "Medicare PPO Blue, outpatient" in rest(child)


def test_numbers_choices_and_a_choice_by_its_number(terminal, small):
    child = terminal("check", "11111", "--line", "north-line", "--date", "2021-01-01", "--library", small)
    child.expect("Is it blue")
    child.sendline("y")
    child.expect("How wide is it")
    child.expect("such as 4 mm")
    child.sendline("4")
    child.expect("with its unit")
    child.sendline("4 mm")
    child.expect("inpatient or outpatient")
    child.sendline("inpatient")
    shown = rest(child)
    assert "11111: covered" in shown
    assert "needed before the service" in shown


def test_a_choice_by_its_number(terminal):
    child = terminal("check", "36475", "--line", "florida-blue-commercial", "--date", "2025-09-01")
    child.expect("Which vein is treated")
    child.expect("6. ")
    child.sendline("6")
    shown = rest(child)
    assert "36475: not covered" in shown
    assert "cosmetic" in shown


def test_the_end_of_input_answers_with_what_is_known(terminal):
    child = terminal("check", "20930", *BASE)
    child.expect("mesenchymal stem cells")
    child.sendeof()
    assert "20930: conditional" in rest(child)
    assert child.exitstatus == 0


def test_the_end_of_input_instead_of_a_line_of_business(terminal):
    child = terminal("check", "20930")
    child.expect("Number or name")
    child.sendeof()
    assert "--line" in rest(child)
    assert child.exitstatus == 64


def test_an_interrupt(terminal):
    child = terminal("check", "20930", *BASE)
    child.expect("mesenchymal stem cells")
    child.sendintr()
    shown = rest(child)
    assert "Traceback" not in shown
    assert child.exitstatus == 130


def test_colours_and_none_where_they_are_not_wanted(terminal):
    child = terminal("check", "0565T", *BASE, "--setting", "outpatient")
    child.expect(pexpect.EOF)
    assert "\x1b[1;31mnot covered" in child.before
    child = terminal("check", "0565T", *BASE, "--setting", "outpatient", NO_COLOR="1")
    child.expect(pexpect.EOF)
    assert not re.search(r"\x1b\[[0-9;]*3[0-7]m", child.before)
    child = terminal("check", "0565T", *BASE, "--setting", "outpatient", TERM="dumb")
    child.expect(pexpect.EOF)
    assert "\x1b" not in child.before


def test_json_asks_nothing(terminal):
    child = terminal("check", "20930", *BASE, "--json")
    assert '"coverage": "conditional"' in rest(child)


def test_control_characters_and_markup_at_a_terminal(terminal, small):
    child = terminal("policies", "show", "north/100", "--library", small)
    assert "[investigational]" not in rest(child)
    child = terminal("check", "0565T", *BASE, "--setting", "outpatient", "--product", "\x1b]0;owned\x07[red]x[/red]")
    child.expect(pexpect.EOF)
    assert "\x1b]0" not in child.before
    assert "[red]x[/red]" in child.before


def test_tables(terminal):
    child = terminal("policies", "list")
    child.expect(pexpect.EOF)
    assert "─" in child.before
