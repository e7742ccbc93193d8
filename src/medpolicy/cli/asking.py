"""The open questions of an answer, asked one after another at a terminal; after each, the request is decided again."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from medpolicy.cli.request_options import fact_forms, fact_value
from medpolicy.cli.screen import Screen, printable
from medpolicy.errors import RequestError, UsageError
from medpolicy.library.library import Library
from medpolicy.model.facts import FactDefinition

Decide = Callable[[Mapping[str, Any]], dict[str, Any]]
SKIP = "skip"
_HELP = "?"


def ask_line_of_business(screen: Screen, library: Library, issuer: str | None) -> tuple[str, str]:
    """The issuer and its line of business, chosen from a numbered list."""
    choices = [
        (one.id, line.id, f"{one.name}: {line.name}")
        for one in library.issuers.values()
        if issuer in (None, one.id)
        for line in one.lines_of_business
    ]
    screen.line(("Which line of business?", "bold"))
    for at, (_, line, name) in enumerate(choices, start=1):
        screen.line(f"{at:>3}. {name}  ", (line, "dim"), indent=2, hanging=5)
    by_name = {line: (one, line) for one, line, _ in choices}
    while True:
        try:
            reply = _prompt("Number or name:")
        except EOFError:
            raise UsageError("the line of business is missing; give it with --line") from None
        if reply.isascii() and reply.isdigit() and 1 <= int(reply) <= len(choices):
            return choices[int(reply) - 1][:2]
        if reply in by_name:
            return by_name[reply]
        screen.line(f"Write a number from 1 to {len(choices)}.")


def ask_open_questions(
    screen: Screen, request: dict[str, Any], decide: Decide, library: Library, issuer: str
) -> tuple[dict[str, Any], dict[str, Any]]:
    """The request with what was answered, and its answer. Each question is asked once; the end of input ends the asking."""
    answer = decide(request)
    asked: set[str] = set()
    while True:
        service, question = _next_question(answer, asked)
        if question is None or service is None:
            return request, answer
        asked.add(question["fact"])
        try:
            told = _ask(screen, request, service, question, decide, library, issuer)
        except EOFError:  # no more input: the answer is given with what is known
            screen.blank()
            return request, answer
        if told is not None:
            request, answer = told


def _next_question(answer: Mapping[str, Any], asked: set[str]) -> tuple[Mapping[str, Any] | None, Mapping[str, Any] | None]:
    for service in answer["services"]:
        for question in service["questions"]:
            if question["fact"] not in asked:
                return service, question
    return None, None


def _ask(
    screen: Screen,
    request: Mapping[str, Any],
    service: Mapping[str, Any],
    question: Mapping[str, Any],
    decide: Decide,
    library: Library,
    issuer: str,
) -> tuple[dict[str, Any], dict[str, Any]] | None:
    """The request with the reply in it, and what it then comes to; None where the question is skipped."""
    definition = _definition(service, question["fact"], library)
    choices = _choices(question)
    screen.blank()
    screen.line((question["ask"], "bold"))
    if len(choices) > 2:
        meanings = {choice.value: choice.meaning for choice in definition.choices} if definition is not None else {}
        for at, choice in enumerate(choices, start=1):
            meaning = f": {meanings[choice]}" if choice in meanings else ""
            screen.line(f"{at:>3}. {choice}{meaning}", indent=2, hanging=5)
    while True:
        reply = _prompt(_hint(question, choices))
        if reply.casefold() in ("", SKIP, "s"):
            return None
        if reply == _HELP:
            _explain(screen, service, question, definition)
            continue
        if len(choices) > 2 and reply not in choices and reply.isascii() and reply.isdigit() and 1 <= int(reply) <= len(choices):
            reply = choices[int(reply) - 1]
        try:
            told = with_answer(request, question, reply, library, issuer)
            return told, decide(told)
        except RequestError as error:
            screen.line((error.message, "yellow"), indent=2, hanging=2)


def with_answer(
    request: Mapping[str, Any], question: Mapping[str, Any], reply: str, library: Library, issuer: str
) -> dict[str, Any]:
    """The request with the reply in its place; `RequestError` where the reply does not answer the question."""
    fact = question["fact"]
    result = dict(request)
    match fact:
        case "setting" | "sex":
            chosen = [choice for choice in question["choices"] if choice.startswith(reply.casefold())]
            if len(chosen) != 1:
                raise RequestError("wrong-type", fact, f"answer one of: {', '.join(question['choices'])}")
            if fact == "sex":
                result["member"] = {**request.get("member", {}), "sex": chosen[0]}
            else:
                result["setting"] = chosen[0]
        case "age":
            if not re.fullmatch(r"\d{1,3}", reply, re.ASCII) or int(reply) > 150:
                raise RequestError("wrong-type", fact, "answer with completed years, such as 61")
            result["member"] = {**request.get("member", {}), "age": int(reply)}
        case "diagnoses" | "products":
            named = [] if reply.casefold() == "none" else [part.strip() for part in re.split(r"[,;]", reply) if part.strip()]
            result[fact] = [*request.get(fact, ()), *named]
        case "service_state":
            result[fact] = reply.upper()
        case "procedure":
            result["procedures"] = [*request.get("procedures", ()), reply]
        case _:
            forms = fact_forms(library, [issuer])
            result["facts"] = {**request.get("facts", {}), fact: fact_value(forms[fact], reply, f"facts.{fact}")}
    return result


def _choices(question: Mapping[str, Any]) -> Sequence[str]:
    return tuple(question.get("choices", ()))


def _hint(question: Mapping[str, Any], choices: Sequence[str]) -> str:
    kind, unit = question["type"], question.get("unit")
    if kind == "boolean":
        expected = "yes/no"
    elif choices:
        expected = "/".join(choices) if len(choices) == 2 else "number or name"
    elif question["fact"] == "age":
        expected = "years"
    elif kind == "number":
        expected = "number" if unit in (None, "1") else f"such as 4 {unit}"
    else:
        expected = {
            "duration": f"such as 3 {unit}, or a date since when",
            "date": "YYYY-MM-DD",
            "codes": "codes, separated by commas, or none",
            "products": "names, separated by commas, or none",
        }.get(kind, kind)
    return f"[{expected}; {SKIP}; {_HELP}]"


def _explain(screen: Screen, service: Mapping[str, Any], question: Mapping[str, Any], definition: FactDefinition | None) -> None:
    """Why it is asked: the provisions that it would settle, and where the document asks it."""
    wanted = set(question.get("provisions", ()))
    for reason in service["reasons"]:
        if reason.get("provision") in wanted:
            screen.line("It would settle: ", reason["text"], indent=2, hanging=2)
    if not wanted:
        screen.line("The rule on prior authorization depends on it.", indent=2, hanging=2)
    if definition is not None:
        first, last = definition.citation.first_line, definition.citation.last_line
        screen.line((f"Asked because of “{definition.citation.section}”, lines {first} to {last}.", "dim"), indent=2, hanging=2)
    screen.line((f"`{SKIP}` leaves it open.", "dim"), indent=2)


def _definition(service: Mapping[str, Any], fact: str, library: Library) -> FactDefinition | None:
    policy = service.get("policy")
    if policy is None:
        return None
    versions = library.policy(policy["number"], policy["issuer"]).versions
    told = [version for version in versions if version.version == policy.get("version")] or list(versions[-1:])
    return next((one for version in told for one in version.facts if one.id == fact), None)


def _prompt(hint: str) -> str:
    """What is typed in; `EOFError` at the end of input."""
    return input(f"{printable(hint)} ").strip()
