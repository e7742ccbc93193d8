"""Every spec, on every engine; and that the specs quote every rule of the design."""

from __future__ import annotations

import json
import re
from datetime import date
from typing import Any

import pytest

from medpolicy import Library, RequestError, determine, load_library
from medpolicy.review.determine import ENGINES
from tests.spec.collection import ALL, NOT_RULES, SECTIONS
from tests.spec.form import LEFT_OUT, Example, Spec
from tests.spec.policies import library_of

EXAMPLES = [(spec, at) for spec in ALL for at in range(len(spec.examples))]


def library_for(spec: Spec) -> Library:
    return load_library() if spec.shipped else library_of(spec.policies, spec.issuer)


@pytest.mark.parametrize("engine", ENGINES)
@pytest.mark.parametrize(("spec", "at"), EXAMPLES, ids=[f"{spec.id}-{at + 1}" for spec, at in EXAMPLES])
def test_example(spec: Spec, at: int, engine: str) -> None:
    example = spec.examples[at]
    library = library_for(spec)
    request = json.loads(json.dumps(example.request))
    if example.refused is not None:
        with pytest.raises(RequestError) as refused:
            determine(request, library, as_of=date.fromisoformat(example.as_of), engine=engine)
        assert (refused.value.code, refused.value.field) == example.refused
        for part in example.message_has:
            assert part in refused.value.message
        return
    answer = determine(request, library, as_of=date.fromisoformat(example.as_of), engine=engine)
    expected = example.expect if isinstance(example.expect, list) else [example.expect]
    assert len(answer["services"]) == len(expected)
    wrong: list[str] = []
    for service, wanted in zip(answer["services"], expected, strict=True):
        wrong += differences(service, dict(wanted))
        wrong += broken_invariants(service)
    assert not wrong, f"{spec.id}: {example.says}\n" + "\n".join(wrong) + "\n" + json.dumps(answer["services"])


@pytest.mark.parametrize("spec", [spec for spec in ALL if spec.check is not None], ids=lambda spec: str(spec.id))
def test_check(spec: Spec) -> None:
    assert spec.check is not None
    spec.check()


def differences(service: dict[str, Any], wanted: dict[str, Any]) -> list[str]:
    """What the service does not say though it must, or says though it must not."""
    reasons = service["reasons"]
    codes = {reason["code"] for reason in reasons} | {f"{r['code']} of {r['provision']}" for r in reasons if "provision" in r}
    sections = {reason["citation"]["section"] for reason in reasons if "citation" in reason}
    texts = " ".join(reason["text"] for reason in reasons)
    notes = {note["code"] for note in service["notes"]}
    questions = [question["fact"] for question in service["questions"]]
    wrong = [
        f"{axis}: expected {wanted[axis]}, got {service.get(axis, LEFT_OUT)}"
        for axis in ("procedure", "coverage", "stance", "prior_authorization", "basis")
        if axis in wanted and service.get(axis, LEFT_OUT) != wanted[axis]
    ]
    if "policy" in wanted:
        policy = service.get("policy", {})
        said = " at ".join(policy[key] for key in ("number", "version") if key in policy)
        if said != wanted["policy"]:
            wrong.append(f"policy: expected {wanted['policy']}, got {said}")
    wrong += [f"reason missing: {code}" for code in wanted.get("reasons", ()) if code not in codes]
    wrong += [f"reason not expected: {code}" for code in wanted.get("no_reasons", ()) if code in codes]
    for rule, basis in wanted.get("reason_basis", {}).items():
        found = {r.get("basis") for r in reasons if rule in (r["code"], f"{r['code']} of {r.get('provision')}")}
        if found != {basis}:
            wrong.append(f"basis of {rule}: expected {basis}, got {found}")
    wrong += [f"not cited: {section}" for section in wanted.get("cited", ()) if section not in sections]
    wrong += [f"cited: {section}" for section in wanted.get("not_cited", ()) if section in sections]
    wrong += [f"no reason says {part!r}" for part in wanted.get("says", ()) if part not in texts]
    if "questions" in wanted and questions != wanted["questions"]:
        wrong.append(f"questions: expected {wanted['questions']}, got {questions}")
    for fact, provisions in wanted.get("settles", {}).items():
        asked = [question.get("provisions", []) for question in service["questions"] if question["fact"] == fact]
        if asked != [provisions]:
            wrong.append(f"the question {fact} settles: expected {provisions}, got {asked}")
    for note in wanted.get("notes", ()):
        code, _, part = note.partition(": ")
        if not any(said["code"] == code and part in said["text"] for said in service["notes"]):
            wrong.append(f"note missing: {note}")
    wrong += [f"note not expected: {code}" for code in wanted.get("no_notes", ()) if code in notes]
    if "related" in wanted and [other["number"] for other in service["related"]] != wanted["related"]:
        wrong.append(f"related: {service['related']}")
    return wrong


def broken_invariants(service: dict[str, Any]) -> list[str]:
    """What the design says of every answer, whatever is asked."""
    wrong = [f"{key} is null" for key, value in service.items() if value is None]
    coverage = service["coverage"]
    if coverage == "not-addressed" and ({"stance", "prior_authorization"} & set(service) or service["questions"]):
        wrong.append("not-addressed: no stance, no authorization, no questions")
    if coverage == "indeterminate" and (
        "stance" in service or service.get("prior_authorization") != "indeterminate" or service["questions"]
    ):
        wrong.append("indeterminate: no stance, authorization indeterminate, no questions")
    if not service["reasons"]:
        wrong.append("no reason is given")
    uncited = [
        reason["code"]
        for reason in service["reasons"]
        if reason["code"] in ("listed", "provision-met", "provision-otherwise", "provision-open", "delegated")
        and ("citation" not in reason or "basis" not in reason)
    ]
    wrong += [f"a reason without citation or basis: {code}" for code in uncited]
    if coverage not in ("not-addressed",) and "basis" not in service:
        wrong.append("no basis, though a rule was weighed")
    return wrong


# -- the design ---------------------------------------------------------------------------------------------------


def section_of(design: str, heading: str, until: str) -> str:
    start = design.index(heading) + len(heading)
    return design[start : design.index(until, start)]


def test_each_quote_stands_in_the_design(design: str) -> None:
    missing = [f"{spec.id}: {quote}" for spec in ALL for quote in spec.quotes if quote not in design]
    missing += [f"not a rule: {quote}" for quote in NOT_RULES if quote not in design]
    assert not missing, "\n".join(missing)


@pytest.mark.parametrize("heading", SECTIONS)
def test_each_rule_is_quoted(design: str, heading: str) -> None:
    text = section_of(design, heading, SECTIONS[heading])
    quoted = [False] * len(text)
    for quote in (*(quote for spec in ALL for quote in spec.quotes), *NOT_RULES):
        for found in re.finditer(re.escape(quote), text):
            quoted[found.start() : found.end()] = [True] * len(quote)
    left = "".join(" " if covered else character for character, covered in zip(text, quoted, strict=True))
    fragments = [fragment.strip() for fragment in re.split(r"\s{2,}", left) if re.search(r"\w", fragment)]
    assert not fragments, "no spec quotes:\n" + "\n".join(fragments)


def test_each_spec_quotes_something() -> None:
    assert all(spec.quotes and (spec.examples or spec.check) for spec in ALL)
    assert len({spec.id for spec in ALL}) == len(ALL)


def test_an_example_can_fail() -> None:
    """The comparison itself sees a wrong axis, a missing reason and a missing note."""
    service = {"coverage": "covered", "reasons": [], "notes": [], "questions": []}
    example = Example(says="", request={}, expect={"coverage": "not-covered", "reasons": ["listed"], "notes": ["x"]})
    assert isinstance(example.expect, dict)
    assert len(differences(service, dict(example.expect))) == 3
