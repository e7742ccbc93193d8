"""Replies to the questions of `medpolicy check`, without a terminal; tests/integration has one."""

from __future__ import annotations

import builtins
import io
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from medpolicy import Library, RequestError, load_library
from medpolicy.cli import main
from medpolicy.cli.answers import how_to_answer
from medpolicy.cli.asking import with_answer
from tests.small_library import write_library


@pytest.fixture(scope="module")
def library(tmp_path_factory: pytest.TempPathFactory) -> Library:
    return load_library(write_library(tmp_path_factory.mktemp("asking") / "small"))


def question(fact: str, *choices: str) -> dict[str, Any]:
    return {"fact": fact, "choices": list(choices)}


@pytest.mark.parametrize(
    ("asked", "reply", "expected"),
    [
        (question("setting", "inpatient", "outpatient"), "OUT", {"setting": "outpatient"}),
        (question("sex", "female", "male", "other"), "f", {"member": {"age": 3, "sex": "female"}}),
        (question("age"), "61", {"member": {"age": 61}}),
        (question("diagnoses"), "M17.11, M17.12;", {"diagnoses": ["M17.11", "M17.12"]}),
        (question("diagnoses"), "None", {"diagnoses": []}),
        (question("products"), "A B", {"products": ["A B"]}),
        (question("service_state"), "ma", {"service_state": "MA"}),
        (question("procedure"), "11111", {"procedures": ["11111"]}),
        (question("blue"), "y", {"facts": {"size": 1, "blue": True}}),
        (question("size"), "3 mm", {"facts": {"size": {"value": 3, "unit": "mm"}}}),
    ],
)
def test_a_reply_stands_in_its_place(library, asked, reply, expected):
    request = {"member": {"age": 3}, "facts": {"size": 1}}
    assert with_answer(request, asked, reply, library, "north") == {**request, **expected}
    assert request == {"member": {"age": 3}, "facts": {"size": 1}}


@pytest.mark.parametrize(
    ("asked", "reply"),
    [
        (question("setting", "inpatient", "outpatient"), "home"),
        (question("sex", "female", "male", "other"), "x"),
        (question("age"), "old"),
        (question("age"), "200"),
        (question("blue"), "maybe"),
    ],
)
def test_a_reply_that_does_not_answer(library, asked, reply):
    with pytest.raises(RequestError):
        with_answer({}, asked, reply, library, "north")


@pytest.mark.parametrize(
    ("asked", "says"),
    [
        ({"fact": "age", "type": "number", "unit": "years"}, "--age YEARS"),
        ({"fact": "diagnoses", "type": "codes"}, "--diagnosis CODE (repeat; `none` for none)"),
        ({"fact": "products", "type": "products"}, "--product NAME (repeat; `none` for none)"),
        ({"fact": "procedure", "type": "codes"}, "CODE"),
        ({"fact": "service_state", "type": "choice"}, "--state, such as MA"),
        ({"fact": "sex", "type": "choice", "choices": ["female", "male"]}, "--sex female|male"),
        ({"fact": "x", "type": "number", "unit": "1"}, "--fact x=4"),
        ({"fact": "x", "type": "number", "unit": "mm"}, "--fact x='4 mm'"),
        ({"fact": "x", "type": "duration", "unit": "weeks"}, "--fact x='3 weeks'"),
        ({"fact": "x", "type": "date"}, "--fact x=2025-01-31"),
    ],
)
def test_which_option_answers(asked, says):
    assert how_to_answer(asked) == says


class Tty(io.TextIOWrapper):
    def isatty(self) -> bool:
        return True


def typed(monkeypatch: pytest.MonkeyPatch, replies: list[str], *arguments: str | Path) -> tuple[int, str]:
    """Run a command with a person at the terminal who gives these replies and then no more."""
    waiting: Iterator[str] = iter(replies)

    def reply(prompt: str) -> str:
        try:
            return next(waiting)
        except StopIteration:
            raise EOFError from None

    out = io.BytesIO()
    monkeypatch.setenv("TERM", "xterm")
    monkeypatch.setattr(sys, "stdin", Tty(io.BytesIO()))
    monkeypatch.setattr(sys, "stdout", Tty(out, encoding="utf-8", write_through=True))
    monkeypatch.setattr(builtins, "input", reply)
    status = main([str(argument) for argument in arguments])
    return status, out.getvalue().decode()


def test_a_reply_that_the_request_refuses_is_asked_again(monkeypatch, tmp_path):
    """A reply may have the right form and still be refused: the question stays."""
    root = write_library(tmp_path / "small")
    file = root / "north" / "100" / "2020-01.yaml"
    text = file.read_text(encoding="utf-8")
    criteria = '{all: [{fact: bought, after: 2020-01-01}, {age: {at_least: 18}}, {diagnosis: ["M17.*"]}]}'
    file.write_text(text.replace("{all: [{fact: blue}, {fact: size, at_least: 3 mm}]}", criteria), encoding="utf-8")
    replies = ["31.12.2020", "2020-12-31", "?", "61", "nonsense", "M17.11", "inpatient"]
    base = ("check", "11111", "--line", "north-line", "--date", "2021-01-01", "--library", root)
    status, shown = typed(monkeypatch, replies, *base)
    assert status == 0
    assert "write the date as YYYY-MM-DD" in shown
    assert "It would settle" in shown
    assert "no ICD-10-CM code" in shown
    assert "needed before the service" in shown
    assert "Questions that decide" not in shown


def test_the_setting_is_explained_by_authorization(monkeypatch):
    base = ("check", "0565T", "--line", "medicare-hmo", "--date", "2025-04-01")
    status, shown = typed(monkeypatch, ["?"], *base)
    assert status == 0
    assert "The rule on prior authorization depends on it." in shown
    assert "--setting inpatient|outpatient" in shown


def test_the_line_of_business_by_number(monkeypatch):
    status, shown = typed(monkeypatch, ["0", "x", "2", "skip"], "check", "0565T", "--date", "2025-04-01")
    assert status == 0
    assert "Commercial PPO and Indemnity" in shown
    assert typed(monkeypatch, [], "check", "0565T")[0] == 64
