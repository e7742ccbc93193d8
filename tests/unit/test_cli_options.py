"""What a person writes on the command line, and what a terminal is shown."""

from __future__ import annotations

import io
from datetime import date

import pytest

from medpolicy import RequestError
from medpolicy.cli.options import day_of, today
from medpolicy.cli.request_options import did_you_mean, fact_value, option_of, split_fact, texts
from medpolicy.cli.screen import _Plain, printable, printable_lines
from medpolicy.errors import UsageError
from medpolicy.library.library import FactForm
from medpolicy.model.facts import FactType

LENGTH = FactForm(FactType.NUMBER, "length")
COUNT = FactForm(FactType.NUMBER, "count")
LASTING = FactForm(FactType.DURATION)
CHOICE = FactForm(FactType.CHOICE, None, ("C2", "C2r"))
TRUTH = FactForm(FactType.BOOLEAN)


@pytest.mark.parametrize(
    ("form", "text", "value"),
    [
        (TRUTH, "Yes", True),
        (TRUTH, "n", False),
        (LENGTH, "4 mm", {"value": 4, "unit": "mm"}),
        (LENGTH, "0.4cm", {"value": 0.4, "unit": "cm"}),
        (COUNT, "7", 7),
        (COUNT, "7.5", 7.5),
        (LASTING, "3 months", {"value": 3, "unit": "months"}),
        (LASTING, "1.5 year", {"value": 1.5, "unit": "years"}),
        (LASTING, "2025-01-31", {"since": "2025-01-31"}),
        (LASTING, "since 2025-01-31", {"since": "2025-01-31"}),
        (CHOICE, "c2R", "C2r"),
        (FactForm(FactType.DATE), "2025-01-31", "2025-01-31"),
    ],
)
def test_a_fact_in_the_form_of_a_request(form, text, value):
    assert fact_value(form, text, "facts.x") == value


@pytest.mark.parametrize(
    ("form", "text"),
    [(TRUTH, "1"), (LENGTH, "4"), (LENGTH, "4 kg"), (COUNT, "4 mm"), (LASTING, "3"), (CHOICE, "C3"), (COUNT, "x")],
)
def test_a_fact_that_cannot_be_read(form, text):
    with pytest.raises(RequestError) as caught:
        fact_value(form, text, "facts.x")
    assert (caught.value.code, caught.value.field) == ("wrong-type", "facts.x")


@pytest.mark.parametrize(
    ("field", "option"),
    [
        (None, "the request"),
        ("service_date", "--date"),
        ("procedures", "CODE"),
        ("procedures[0]", "CODE"),
        ("procedures[2].code", "CODE (number 3)"),
        ("facts.size.unit", "--fact size.unit"),
        ("member.age", "--age"),
        ("member.sex", "--sex"),
        ("service_state", "--state"),
        ("other", "other"),
    ],
)
def test_the_option_of_a_field(field, option):
    assert option_of(field) == option


def test_lists_and_the_word_none():
    assert texts(None) is None
    assert texts([]) is None
    assert texts(["None"]) == []
    assert texts(["none", "a"]) == ["none", "a"]


def test_names_and_values():
    assert split_fact(" a = b=c ") == ("a", "b=c")
    assert did_you_mean("comercial", ["commercial", "medicare"]) == ". Did you mean commercial?"
    assert did_you_mean("zzz", ["commercial"]) == ""


def test_days():
    assert day_of("2025-01-31", "--date") == date(2025, 1, 31)
    assert day_of(None, "--date") == today()
    for text in ("2025-1-31", "20250131", "2025-02-30", "2025-W01-1"):
        with pytest.raises(UsageError, match="--date"):
            day_of(text, "--date")


def test_text_that_a_terminal_would_obey():
    assert printable("a\x1b[2Jb\tc\u00a0d\u202ee\x7f") == "a\\x1b[2Jb c d\\u202ee\\x7f"
    assert printable_lines("a\nb\x00") == "a\nb\\x00"
    assert printable("\ud800") == "\\ud800"
    assert printable("Osteocel Plus® – é") == "Osteocel Plus® – é"


def test_plain_text_is_wrapped_and_indented():
    out = io.StringIO()
    screen = _Plain(out)
    screen.line("word " * 30, ("end", "bold"), indent=2, hanging=3)
    screen.blank()
    screen.table(["A", "Long heading"], [["x", "y"], ["\x1b", "z"]])
    lines = out.getvalue().split("\n")
    assert all(len(line) <= 100 for line in lines)
    assert lines[0].startswith("  word")
    assert lines[1].startswith("     word")
    assert lines[-5:] == ["", "A     Long heading", "x     y", "\\x1b  z", ""]
