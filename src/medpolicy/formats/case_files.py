"""`cases.yaml` -> the cases that a policy must decide as its author says.

A nurse writes them, so that what needs no quotes in her hand needs none here: 20930 and 2025-04-01 are text where a request
has text, and a number where it has a number. Nothing else is read into them.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum
from typing import Any

from medpolicy.errors import Fault
from medpolicy.formats.policy_form import read_form
from medpolicy.formats.policy_shapes import CasesFile, ExpectationShape
from medpolicy.formats.yaml_tree import Path, PlainText, YamlTree, read_yaml
from medpolicy.model.determination import Basis, NoteCode, PriorAuthorization, ReasonCode
from medpolicy.model.issuer import Coverage, Stance

_NUMBER = re.compile(r"-?(?:0|[1-9]\d*)(?:\.\d+)?", re.ASCII)
NO_STANCE = "none"


@dataclass(frozen=True, slots=True, kw_only=True)
class Expectation:
    """What is expected of one service; None is not looked at. `reasons`, `provisions` and `notes` must be among those given."""

    coverage: str | None = None
    stance: str | None = None
    prior_authorization: str | None = None
    basis: str | None = None
    reasons: tuple[str, ...] | None = None
    provisions: tuple[str, ...] | None = None
    questions: tuple[str, ...] | None = None
    notes: tuple[str, ...] | None = None


@dataclass(frozen=True, slots=True)
class PolicyCase:
    """A case: its name in plain words, the request as plain JSON values, what is expected of each service; where it stands."""

    name: str
    request: Mapping[str, Any]
    expect: tuple[Expectation, ...]
    file: str
    line: int


def read_cases(data: bytes, file: str) -> tuple[list[PolicyCase], list[Fault]]:
    """The cases of a file and every fault of it; a faulty case is left out."""
    tree = read_yaml(data, file)
    form = read_form(CasesFile, tree)
    if form is None:
        return [], tree.faults
    found: list[PolicyCase] = []
    names: set[str] = set()
    for path, shape in form.entries("cases", form.shape.cases):
        if shape.case in names:
            tree.fault("doubled", (*path, "case"), f"another case is called {str(shape.case)!r}; call it otherwise")
            continue
        names.add(shape.case)
        several = shape.expect if isinstance(shape.expect, list) else [shape.expect]
        faults = len(tree.faults)
        expected = []
        for at, one in enumerate(several):
            place: Path = (*path, "expect", at) if isinstance(shape.expect, list) else (*path, "expect")
            expected.append(_expectation(one, place, tree))
        if not several:
            tree.fault("form", (*path, "expect"), "name what is expected of at least one service")
        if len(tree.faults) == faults:
            line = (tree.place(path) or (0, 0))[0]
            found.append(PolicyCase(str(shape.case), _request(shape.request), tuple(expected), file, line))
    return found, tree.faults


def _expectation(shape: ExpectationShape, path: Path, tree: YamlTree) -> Expectation:
    axes: tuple[tuple[str, type[Enum], str | None], ...] = (
        ("coverage", Coverage, shape.coverage),
        ("stance", Stance, None if shape.stance == NO_STANCE else shape.stance),
        ("prior_authorization", PriorAuthorization, shape.prior_authorization),
        ("basis", Basis, shape.basis),
    )
    for key, kind, value in axes:
        _must_be(kind, value, (*path, key), tree)
    for key, kind, values in (("reasons", ReasonCode, shape.reasons), ("notes", NoteCode, shape.notes)):
        for at, value in enumerate(values or ()):
            _must_be(kind, value, (*path, key, at), tree)
    return Expectation(
        coverage=_text(shape.coverage),
        stance=_text(shape.stance),
        prior_authorization=_text(shape.prior_authorization),
        basis=_text(shape.basis),
        reasons=_texts(shape.reasons),
        provisions=_texts(shape.provisions),
        questions=_texts(shape.questions),
        notes=_texts(shape.notes),
    )


def _must_be(kind: type[Enum], value: str | None, path: Path, tree: YamlTree) -> None:
    known = [member.value for member in kind]
    if value is not None and value not in known:
        tree.fault("form", path, f"{str(value)!r} is none; known are {', '.join(known)}")


def _text(value: str | None) -> str | None:
    return None if value is None else str(value)


def _texts(values: list[str] | None) -> tuple[str, ...] | None:
    return None if values is None else tuple(str(value) for value in values)


def _request(request: Mapping[str, Any]) -> dict[str, Any]:
    """The request as plain JSON values: numbers where a request may have numbers, text everywhere else."""
    plain: dict[str, Any] = {}
    for key, value in request.items():
        if key == "facts":
            plain[key] = _facts(value)
        elif key == "procedures" and isinstance(value, list):
            plain[key] = [_procedure(item) for item in value]
        elif key == "member" and isinstance(value, dict):
            plain[key] = {name: _number(item) if name == "age" else _as_text(item) for name, item in value.items()}
        else:
            plain[key] = _as_text(value)
    return plain


def _procedure(value: Any) -> Any:
    if not isinstance(value, dict):
        return _as_text(value)
    return {key: _facts(item) if key == "facts" else _as_text(item) for key, item in value.items()}


def _facts(value: Any) -> Any:
    """Facts: a plain number is one (a choice that looks like a number is quoted), and so is the `value` of a quantity."""
    if not isinstance(value, dict):
        return _as_text(value)
    return {
        name: {key: _number(part) if key == "value" else _as_text(part) for key, part in item.items()}
        if isinstance(item, dict)
        else _number(item)
        for name, item in value.items()
    }


def _number(value: Any) -> Any:
    if isinstance(value, PlainText) and _NUMBER.fullmatch(value):
        return json.loads(value)
    return _as_text(value)


def _as_text(value: Any) -> Any:
    if isinstance(value, str):
        return str(value)
    if isinstance(value, list):
        return [_as_text(item) for item in value]
    if isinstance(value, dict):
        return {key: _as_text(item) for key, item in value.items()}
    return value
