"""An answer, shown to a person: what, why, where it stands, what is still open, and that the contract governs."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from medpolicy.cli.request_options import similar_products
from medpolicy.cli.screen import Screen
from medpolicy.explain.axes import authorization_in_words, basis_in_words, coverage_in_words, stance_in_words
from medpolicy.explain.words import GOVERNED_BY_CONTRACT
from medpolicy.library.library import Library
from medpolicy.model.products import product_key

_COLOURS = {"covered": "bold green", "not-covered": "bold red", "conditional": "bold yellow"}
_UNSETTLED = "bold magenta"
_LABEL = 22
Answer = Mapping[str, Any]


def show_answer(screen: Screen, answer: Answer, request: Mapping[str, Any], library: Library) -> None:
    """The whole answer, one block for each service."""
    issuer = _issuer(request, library)
    declared = library.issuers[issuer].line(request["line_of_business"])
    line = request["line_of_business"] if declared is None else declared.name
    setting = f", {request['setting']}" if "setting" in request else ""
    screen.line((library.issuers[issuer].name, "bold"))
    screen.line(f"{line}{setting}, service on {request['service_date']}")
    for service in answer["services"]:
        screen.blank()
        _show_service(screen, service, request, issuer, library)
    screen.blank()
    screen.line((GOVERNED_BY_CONTRACT, "italic"))
    screen.line((f"Asked on {answer['as_of']}; {answer['engine']}; library {answer['library'][:19]}…", "dim"))


def _issuer(request: Mapping[str, Any], library: Library) -> str:
    named = request.get("issuer")
    return named if isinstance(named, str) else library.lines[request["line_of_business"]][0]


def _show_service(screen: Screen, service: Answer, request: Answer, issuer: str, library: Library) -> None:
    coverage = service["coverage"]
    colour = _COLOURS.get(coverage, _UNSETTLED)
    code = "-".join([service.get("procedure", "What was asked"), *service.get("modifiers", ())])
    screen.line((code, "bold"), ": ", (coverage_in_words(coverage), colour), hanging=2)
    if "stance" in service:
        _axis(screen, "Considered", stance_in_words(service["stance"]))
    if "prior_authorization" in service:
        _axis(screen, "Prior authorization", authorization_in_words(service["prior_authorization"]))
    if "basis" in service:
        _axis(screen, "Basis", f"{service['basis']}: {basis_in_words(service['basis'])}")
    if "policy" in service:
        _axis(screen, "Policy", _policy_in_words(service["policy"], library))
    _show_reasons(screen, service["reasons"])
    if service["questions"]:
        _heading(screen, "Questions that decide")
        for at, question in enumerate(service["questions"], start=1):
            screen.line(f"{at}. {question['ask']}", indent=4, hanging=3)
            screen.line((how_to_answer(question), "dim"), indent=7, hanging=2)
    if service["notes"]:
        _heading(screen, "Notes")
        for note in service["notes"]:
            screen.line("- ", note["text"], " ", (f"[{note['code']}]", "dim"), indent=4, hanging=2)
            for citation in note.get("citations", ()):
                _show_citation(screen, citation)
        if any(note["code"] == "product-not-listed" for note in service["notes"]):
            _suggest_products(screen, request, issuer, library)
    if service["related"]:
        _heading(screen, "Related policies")
        for other in service["related"]:
            screen.line(f"{other['number']}  {other['title']}", indent=4, hanging=5)


def _axis(screen: Screen, label: str, text: str) -> None:
    screen.line((f"{label + ':':<{_LABEL}}", "dim"), text, indent=2, hanging=_LABEL)


def _heading(screen: Screen, text: str) -> None:
    screen.line((text, "bold"), indent=2)


def _policy_in_words(policy: Answer, library: Library) -> str:
    title = library.policy(policy["number"], policy["issuer"]).title
    version = f", version {policy['version']}" if "version" in policy else ", no text on file for that day"
    return f"{policy['issuer']} {policy['number']}{version}: {title}"


def _show_reasons(screen: Screen, reasons: Sequence[Answer]) -> None:
    _heading(screen, "Why")
    for reason in reasons:
        screen.line("- ", reason["text"], " ", (f"[{reason['code']}]", "dim"), indent=4, hanging=2)
        if "citation" in reason:
            _show_citation(screen, reason["citation"], reason.get("basis"), reason.get("policy"))


def _show_citation(screen: Screen, citation: Answer, basis: str | None = None, policy: Answer | None = None) -> None:
    screen.line((place_in_words(citation, basis, policy), "dim"), indent=6, hanging=2)
    for line in citation.get("quote", ()):
        screen.verbatim(f"> {line}", indent=6, style="cyan")


def place_in_words(citation: Answer, basis: str | None = None, policy: Answer | None = None) -> str:
    """Section and lines, and what else is known of the place."""
    first, last = citation["lines"]
    lines = f"line {first}" if first == last else f"lines {first} to {last}"
    whose = f"{policy['issuer']} {policy['number']}, " if policy else ""
    return f"{whose}“{citation['section']}”, {lines}" + (f" ({basis})" if basis else "")


def how_to_answer(question: Answer) -> str:
    """Which option answers a question."""
    fact, kind = question["fact"], question["type"]
    match fact:
        case "setting" | "sex":
            return f"--{fact} {'|'.join(question['choices'])}"
        case "age":
            return "--age YEARS"
        case "diagnoses":
            return "--diagnosis CODE (repeat; `none` for none)"
        case "products":
            return "--product NAME (repeat; `none` for none)"
        case "procedure":
            return "CODE"
        case "service_state":
            return "--state, such as MA"
    example = {
        "boolean": "yes|no",
        "choice": "|".join(question.get("choices", ())),
        "number": f"'4 {question.get('unit')}'" if question.get("unit") not in (None, "1") else "4",
        "duration": f"'3 {question.get('unit', 'months')}'",
        "date": "2025-01-31",
    }
    return f"--fact {fact}={example.get(kind, '...')}"


def _suggest_products(screen: Screen, request: Answer, issuer: str, library: Library) -> None:
    """For names that no list has, the listed ones that are like them. They are shown, never taken."""
    listed = library.index[issuer].products
    for name in request.get("products", ()):
        similar = [] if product_key(name) in listed else similar_products(library, issuer, name)
        if similar:
            screen.line(f"Listed products like “{name}”: {'; '.join(similar)}", indent=6, hanging=2)
