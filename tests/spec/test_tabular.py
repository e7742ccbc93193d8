"""The specs of the core over tables: on DuckDB and on Spark, all in one batch, with what a plan knows as a table of facts."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from medpolicy.engines.tabular_answers import Answered, answered_of
from medpolicy.library.library import Library
from medpolicy.review.determine import determination_of
from tests.spec.collection import ALL
from tests.spec.form import LEFT_OUT, Example, Expected
from tests.spec.test_spec import library_for
from tests.tabular_batch import Batch

FAR = date(9999, 12, 31)
# What only a request of its own can say, and a claim line never does.
NO_LINE = {
    "refused": "a line that is wrong is rejected before it comes to the engine",
    "no procedure": "a line without a procedure code is not addressed, whatever else is known",
    "several procedures": "each line of a claim is answered for itself",
    "conflicting facts": "a table has one value for a fact of a line",
}


def why_no_line(example: Example) -> str | None:
    """Why the example's request is no claim line; None where it is one."""
    request = example.request
    procedures = request.get("procedures", [])
    if example.refused is not None:
        return "refused"
    if len(procedures) != 1:
        return "several procedures" if procedures else "no procedure"
    own = procedures[0].get("facts", {}) if isinstance(procedures[0], dict) else {}
    if any(request.get("facts", {}).get(fact, value) != value for fact, value in own.items()):
        return "conflicting facts"
    return None


def as_line(example: Example, library: Library) -> dict[str, Any]:
    """The request with what is told of the procedure told of the whole, as a line has it."""
    request = {**example.request}
    (procedure,) = request["procedures"]
    if isinstance(procedure, dict):
        procedure = {**procedure}
        for name, empty in (("facts", {}), ("products", [])):
            if name in procedure:
                told = request.get(name, empty)
                own = procedure[name]
                request[name] = {**told, **own} if isinstance(own, dict) else [*told, *own]
        procedure = procedure["code"]
    request["procedures"] = [procedure]
    request.setdefault("issuer", library.lines[request["line_of_business"]][0])
    return request


def batch_of_specs() -> tuple[Batch, list[tuple[str, Example, Library, dict[str, Any]]]]:
    batch = Batch()
    rows: list[tuple[str, Example, Library, dict[str, Any]]] = []
    for spec in ALL:
        examples = [example for example in spec.examples if why_no_line(example) is None]
        if examples:
            library = library_for(spec)
            lines = [as_line(example, library) for example in examples]
            batch.add(library, lines)
            rows += [(spec.id, example, library, line) for example, line in zip(examples, lines, strict=True)]
    return batch, rows


def test_most_examples_are_lines() -> None:
    reasons = [why_no_line(example) for spec in ALL for example in spec.examples]
    assert {reason for reason in reasons if reason} <= set(NO_LINE)
    assert reasons.count(None) > 0.8 * sum(reason != "refused" for reason in reasons)


def differences(answer: Answered, wanted: Expected) -> list[str]:
    """What the answer does not say though the spec wants it; the words of reasons are not in a table."""
    wrong = []
    for axis in ("coverage", "stance", "prior_authorization", "basis"):
        if axis in wanted:
            told = getattr(answer, axis)
            if (LEFT_OUT if told is None else told) != wanted[axis]:
                wrong.append(f"{axis}: expected {wanted[axis]}, got {told}")
    if "policy" in wanted:
        said = " at ".join(part for part in (answer.policy_number, answer.policy_version) if part is not None)
        if said != wanted["policy"]:
            wrong.append(f"policy: expected {wanted['policy']}, got {said}")
    if "questions" in wanted and (answer.ask or "").split() != wanted["questions"]:
        wrong.append(f"questions: expected {wanted['questions']}, got {answer.ask}")
    notes = (answer.notes or "").split()
    later = "future-service-date"  # of the day of asking, which tables know nothing of
    wanted_notes = [note.partition(": ")[0] for note in wanted.get("notes", ())]
    wrong += [f"note missing: {code}" for code in wanted_notes if code not in notes and code != later]
    wrong += [f"note not expected: {code}" for code in wanted.get("no_notes", ()) if code in notes]
    return wrong


@pytest.mark.parametrize("engine", ["duckdb", "spark"])
def test_specs(engine: str, request: pytest.FixtureRequest) -> None:
    batch, rows = batch_of_specs()
    answers = batch.answers() if engine == "duckdb" else batch.answers(*request.getfixturevalue("spark"))
    wrong = []
    for answer, (spec, example, library, line) in zip(answers, rows, strict=True):
        expected = example.expect[0] if isinstance(example.expect, list) else example.expect
        wrong += [f"{spec}: {example.says}: {difference}" for difference in differences(answer, expected)]
        (service,) = determination_of(line, library, as_of=FAR, engine="reference").services
        if answer != answered_of(service, library.issuers[line["issuer"]], line["line_of_business"]):
            wrong.append(f"{spec}: {example.says}: not what a request gets")
    assert not wrong, "\n".join(wrong)
    assert len(rows) > 200
