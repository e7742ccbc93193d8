"""Every code of the source stands in the reference pages, and the pages name no code that there is not."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from medpolicy import errors
from medpolicy.formats import policy_shapes
from medpolicy.model.determination import Basis, NoteCode, PriorAuthorization, ReasonCode
from medpolicy.model.facts import RESERVED_SUBJECTS
from medpolicy.model.issuer import Coverage, Stance
from medpolicy.model.policy import Authority, AuthorizationRequirement, Part
from tests.conftest import ROOT

SOURCE = ROOT / "src" / "medpolicy"
REFERENCE = ROOT / "docs" / "reference"
REPORTING = ("fault", "_fault", "fault_at", "_fault_at", "_report", "report")
CODE = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")


def words_of(page: str) -> set[str]:
    """What stands in code marks on a page, outside its blocks of code."""
    text = re.sub(r"^```.*?^```", "", (REFERENCE / page).read_text(encoding="utf-8"), flags=re.MULTILINE | re.DOTALL)
    return {" ".join(word.split()) for word in re.findall(r"`([^`]+)`", text)}


def _first_texts(call: ast.Call) -> Iterator[str]:
    """The code of a call: its keyword `code`, else its first argument; both branches of a conditional."""
    named = [keyword.value for keyword in call.keywords if keyword.arg == "code"]
    first = (named or call.args)[:1]
    for node in (*first, *(branch for one in first if isinstance(one, ast.IfExp) for branch in (one.body, one.orelse))):
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            yield node.value


def calls(*names: str) -> Iterator[str]:
    """The codes that calls of these names state."""
    for file in sorted(SOURCE.rglob("*.py")):
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and (node.args or node.keywords):
                name = getattr(node.func, "id", None) or getattr(node.func, "attr", "")
                if name in names:
                    yield from (text for text in _first_texts(node) if CODE.fullmatch(text))


def fault_codes() -> set[str]:
    found = set(calls(*REPORTING, "Fault"))
    form = ast.parse((SOURCE / "formats" / "policy_form.py").read_text(encoding="utf-8"))
    for node in ast.walk(form):  # `_fault` there gives the code back as the first of three
        if isinstance(node, ast.Return) and isinstance(node.value, ast.Tuple) and isinstance(node.value.elts[0], ast.Constant):
            found.add(str(node.value.elts[0].value))
    reader = (SOURCE / "formats" / "policy_files.py").read_text(encoding="utf-8")
    chosen = re.findall(r'code = "([a-z-]+)" if .* else "([a-z-]+)"', reader)
    return found | {code for pair in chosen for code in pair}


REQUEST_CODES = sorted({*calls("RequestError"), "wrong-type"})
FAMILY_CODES = sorted(
    kind.code for kind in vars(errors).values() if isinstance(kind, type) and issubclass(kind, errors.MedPolicyError)
)


def test_the_codes_are_found() -> None:
    assert {"invalid-json", "unknown-issuer", "too-large", "malformed-code"} <= set(REQUEST_CODES)
    assert {"uncited", "circular-reference", "overlapping-periods", "unit", "fact", "alias", "changed"} <= fault_codes()


@pytest.mark.parametrize("code", sorted({*REQUEST_CODES, *fault_codes(), *FAMILY_CODES}))
def test_every_error_code_is_explained(code: str) -> None:
    assert code in words_of("errors.md")


def test_errors_page_names_no_other_code() -> None:
    rows = re.findall(r"^\| `([a-z0-9-]+)` \|", (REFERENCE / "errors.md").read_text(encoding="utf-8"), re.MULTILINE)
    assert set(rows) <= {*REQUEST_CODES, *fault_codes()}


ANSWERS = [Coverage, PriorAuthorization, Stance, Basis, ReasonCode, NoteCode]


@pytest.mark.parametrize("kind", ANSWERS, ids=lambda kind: kind.__name__)
def test_every_value_of_an_answer_is_explained(kind: type) -> None:
    missing = {member.value for member in kind} - words_of("answers.md")  # type: ignore[attr-defined]  # each is an Enum
    assert not missing


def test_answers_page_names_no_other_value() -> None:
    known = {member.value for kind in ANSWERS for member in kind}
    listed = re.findall(r"^- ((?:`[a-z-]+`(?:, )?)+):", (REFERENCE / "answers.md").read_text(encoding="utf-8"), re.MULTILINE)
    assert {word for row in listed for word in re.findall(r"`([a-z-]+)`", row)} == known
    assert set(RESERVED_SUBJECTS) <= words_of("answers.md")


def test_every_exit_status_is_explained() -> None:
    text = (REFERENCE / "errors.md").read_text(encoding="utf-8")
    statuses = {kind.exit_status for kind in vars(errors).values() if isinstance(kind, type) and hasattr(kind, "exit_status")}
    for status in {0, 130, *statuses}:
        assert f"\n| {status} | " in text


def _keys(shape: type) -> set[str]:
    fields = shape.model_fields  # type: ignore[attr-defined]  # a Pydantic model
    return {info.alias or name for name, info in fields.items()}


@pytest.mark.parametrize(
    "shape",
    [
        policy_shapes.IssuerFile,
        policy_shapes.PolicyFile,
        policy_shapes.EventShape,
        policy_shapes.PolicyVersionFile,
        policy_shapes.CriterionShape,
        policy_shapes.ProvisionShape,
        policy_shapes.CodeListingShape,
        policy_shapes.FactShape,
    ],
    ids=lambda shape: shape.__name__,
)
def test_every_key_of_a_policy_file_is_explained(shape: type) -> None:
    text = (REFERENCE / "policy-files.md").read_text(encoding="utf-8")
    missing = {key for key in _keys(shape) if not re.search(rf"\b{key}\b", text)}
    assert not missing


@pytest.mark.parametrize("kind", [Part, Authority, AuthorizationRequirement], ids=lambda kind: kind.__name__)
def test_every_word_of_a_policy_file_is_explained(kind: type) -> None:
    missing = {member.value for member in kind} - words_of("policy-files.md")  # type: ignore[attr-defined]  # each is an Enum
    assert not missing


PAGES = [*(ROOT / "docs").rglob("*.md")]


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_links_lead_somewhere(page: Path) -> None:
    for target in re.findall(r"\]\((?!https?:|#)([^)#]+)", page.read_text(encoding="utf-8")):
        if target:
            assert (page.parent / target).exists(), target


@pytest.mark.parametrize("page", sorted((ROOT / "docs" / "decisions").glob("*.md")), ids=lambda page: page.name)
def test_a_decision_says_context_choice_and_cost(page: Path) -> None:
    text = page.read_text(encoding="utf-8")
    assert text.startswith(f"# {page.name[:4]}: ")
    for heading in ("## Context", "## Choice", "## Cost"):
        assert heading in text
