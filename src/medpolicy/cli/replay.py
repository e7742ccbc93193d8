"""`medpolicy replay`: answers of an earlier day, decided again."""

from __future__ import annotations

import json
from datetime import date
from typing import Annotated, Any

import typer

from medpolicy.cli.files import reading
from medpolicy.cli.options import JsonOption, LibraryOption, ShippedOption, library_of, print_json
from medpolicy.cli.screen import Screen, open_screen
from medpolicy.errors import UsageError
from medpolicy.review.determine import ENGINE, determine
from medpolicy.review.replay import Change, Replay, Replayed, replay

app = typer.Typer(add_completion=False, rich_markup_mode=None)

_EPILOG = """\b
Examples:
  medpolicy replay answers.jsonl --requests requests.jsonl
  medpolicy replay answers.jsonl --requests requests.jsonl --library changed-policies/ --json

\b
Exit statuses: 0 every answer is the same; 1 something differs or has no partner; 2 a line of the answers
cannot be read; 3 faults in policy files; 4 a file is not there; 64 wrong usage.
"""
_LONGEST = 400
_BECAUSE = {"library": "another library", "policy-version": "another version of the policy", "engine": "another engine"}


@app.command("replay", short_help="Decide again and report what differs, and why.", epilog=_EPILOG)
def replay_answers(
    answers: Annotated[str, typer.Argument(metavar="ANSWERS", help="What `medpolicy determine` wrote.")],
    requests: Annotated[str, typer.Option("--requests", metavar="FILE", help="The requests that were answered.")],
    library: LibraryOption = None,
    shipped: ShippedOption = False,
    as_json: JsonOption = False,
) -> int:
    """Decide requests again, each as of the day that its answer records, and report what differs and why.

    The regression check of a change to a policy or to the code, and an auditor's tool.
    """
    if answers == requests == "-":
        raise UsageError("only one of the two can be standard input")
    with reading(answers) as old, reading(requests) as asked:
        loaded = library_of(library, shipped=shipped)

        def decide(request: Any, as_of: date) -> dict[str, Any]:
            return determine(request, loaded, as_of=as_of)

        result = replay(old, asked, decide)
    if as_json:
        print_json(_json(result, loaded.digest))
    else:
        _show(open_screen(), result, loaded.digest)
    if result.unreadable:
        return 2
    return 0 if result.equal else 1


def _show(screen: Screen, result: Replay, library: str) -> None:
    for at, problem in result.unreadable:
        screen.line((f"answer {at}: cannot be read: {problem}", "bold red"))
    for at, name in result.answers_without_request:
        screen.line((f"answer {at}{_named(name)}: has no request", "bold red"))
    for at, name in result.requests_without_answer:
        screen.line((f"request {at}{_named(name)}: has no answer", "bold red"))
    for one in result.differing:
        _show_one(screen, one)
    _show_then_and_now(screen, "library", result.libraries, library)
    _show_then_and_now(screen, "engine", result.engines, ENGINE)
    differing = len(result.differing)
    lone = len(result.answers_without_request) + len(result.requests_without_answer)
    text = f"{len(result.compared):,} compared: {len(result.compared) - differing:,} equal, {differing:,} differ"
    text += f"; {lone:,} without a partner" if lone else ""
    text += f"; {len(result.unreadable):,} cannot be read" if result.unreadable else ""
    screen.line((text, "bold green" if result.equal and not result.unreadable else "bold red"))


def _show_one(screen: Screen, one: Replayed) -> None:
    why = (
        ", ".join(_BECAUSE[cause] for cause in one.because)
        or "the same library, version and engine: the code or the file changed"
    )
    if one.changes[0].part == "answer" or one.changes[0].part.startswith("error."):
        why = ""  # a refusal records neither library nor engine
    screen.line((f"request {one.request}{_named(one.id)} differs", "bold red"), f": {why}" if why else "", hanging=2)
    for change in one.changes:
        where = "" if change.service is None else f"service {change.service + 1}, "
        screen.line(f"{where}{change.part}:", indent=2)
        _show_side(screen, "was", change.before, "red")
        _show_side(screen, "is", change.now, "green")


def _show_side(screen: Screen, word: str, value: Any, style: str) -> None:
    for entry in value if isinstance(value, list) and value else [value]:
        screen.line(f"{word:<4}", (_in_short(entry), style), indent=4, hanging=4)


def _in_short(value: Any) -> str:
    if value is None or value == []:
        return "-"
    if isinstance(value, str | int):
        return str(value)
    text = json.dumps(value, ensure_ascii=False)
    return text if len(text) <= _LONGEST else f"{text[: _LONGEST - 1]}…"


def _show_then_and_now(screen: Screen, what: str, then: tuple[str, ...], now: str) -> None:
    others = [one for one in then if one != now]
    if others:
        screen.line(f"{what}: was {', '.join(others)}; is {now}", hanging=2)


def _named(name: str | None) -> str:
    return "" if name is None else f" ({name})"


def _json(result: Replay, library: str) -> dict[str, Any]:
    return {
        "equal": result.equal and not result.unreadable,
        "compared": len(result.compared),
        "library": {"was": list(result.libraries), "is": library},
        "engine": {"was": list(result.engines), "is": ENGINE},
        "differing": [
            {
                "id": one.id,
                "request": one.request,
                "answer": one.answer,
                "because": list(one.because),
                "changes": [_change_json(change) for change in one.changes],
            }
            for one in result.differing
        ],
        "requests_without_answer": [{"request": at, "id": name} for at, name in result.requests_without_answer],
        "answers_without_request": [{"answer": at, "id": name} for at, name in result.answers_without_request],
        "unreadable": [{"answer": at, "problem": problem} for at, problem in result.unreadable],
    }


def _change_json(change: Change) -> dict[str, Any]:
    where = {} if change.service is None else {"service": change.service}
    return {**where, "part": change.part, "was": change.before, "is": change.now}
