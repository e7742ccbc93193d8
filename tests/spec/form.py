"""What a spec is: a rule of the design, quoted; policies; requests, each with the answer that the rule gives.

Expected answers are derived from the rule by hand. Only what the rule settles is expected; the rest of an answer is free.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, TypedDict

LEFT_OUT = "(left out)"


class Expected(TypedDict, total=False):
    """What is expected of one service. `LEFT_OUT`: the axis must not be there."""

    procedure: str
    coverage: str
    stance: str
    prior_authorization: str
    basis: str
    policy: str  # "number" or "number at version"
    reasons: list[str]  # each must be there: a code, or "code of rule"
    no_reasons: list[str]  # none may be there
    reason_basis: dict[str, str]  # by "code of rule"
    cited: list[str]  # sections that reasons must cite
    not_cited: list[str]
    says: list[str]  # parts of reason texts
    questions: list[str]  # exactly these, in order
    settles: dict[str, list[str]]  # fact: the provisions that its question names
    notes: list[str]  # each must be there: a code, or "code: part of its text"
    no_notes: list[str]
    related: list[str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Example:
    """A request and what its answer must say; `refused` instead, where it must be refused: (code, field)."""

    says: str
    request: Mapping[str, Any]
    expect: Expected | list[Expected] = field(default_factory=Expected)
    refused: tuple[str, str | None] | None = None
    message_has: tuple[str, ...] = ()
    as_of: str = "2026-11-23"


@dataclass(frozen=True, slots=True, kw_only=True)
class Spec:
    """One rule. Without `policies` the shipped ones answer; `issuer` replaces keys of the example issuer's file.

    `check` states what no request can show; it raises AssertionError where it does not hold.
    """

    id: str
    title: str
    quotes: tuple[str, ...]
    policies: tuple[str, ...] = ()
    issuer: str = ""
    examples: tuple[Example, ...] = ()
    check: Callable[[], None] | None = None
    shipped: bool = False


DAY = "2024-06-03"


def ask(*procedures: object, **fields: Any) -> dict[str, Any]:
    """A request for these procedures, on 2024-06-03, commercial and outpatient unless said otherwise."""
    request: dict[str, Any] = {"service_date": DAY, "line_of_business": "commercial", "setting": "outpatient"}
    if procedures:
        request["procedures"] = list(procedures)
    request.update(fields)
    return {key: value for key, value in request.items() if value is not LEFT_OUT}


def on(day: str, *procedures: object, **fields: Any) -> dict[str, Any]:
    """The same on another day."""
    return ask(*procedures, service_date=day, **fields)
