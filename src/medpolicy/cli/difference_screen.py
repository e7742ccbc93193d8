"""What a text changes, for the terminal: the determinations that differ, what the text contains, what was not compared."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from medpolicy.cli.screen import Screen
from medpolicy.review.difference_text import answer_text, scope_text

_COLOURS = {"added": "green", "removed": "red", "changed": "yellow", "renamed": "cyan"}
_MARKS = {"-": "red", "+": "green", " ": "dim"}


def show_determinations(screen: Screen, found: Sequence[dict[str, Any]], *, complete: bool) -> None:
    """The determinations that differ, numbered."""
    if not found:
        what = "No determination differs." if complete else "No determination was found to differ."
        screen.line((what, "bold green" if complete else "bold"))
        return
    screen.line((f"Determinations that differ ({len(found)})", "bold"))
    for number, one in enumerate(found, start=1):
        screen.line((f"{number}. {scope_text(one)}", "bold"), indent=2, hanging=3)
        for label, before, after in answer_text(one):
            screen.line(f"{label}: ", (before, "red"), " -> ", (after, "green"), indent=5, hanging=2)
        for at, line in enumerate(one["in_words"]):
            depth = len(line) - len(line.lstrip())
            screen.line("where " if at == 0 else "      ", line.lstrip(), indent=5 + depth, hanging=8)


def show_changes(screen: Screen, changes: Sequence[dict[str, Any]]) -> None:
    """What the text gained, lost or says otherwise, by section."""
    for section in changes:
        screen.blank()
        screen.line((section["title"], "bold"))
        for item in section["items"]:
            _show_item(screen, item)


def _show_item(screen: Screen, item: dict[str, Any]) -> None:
    named = f" (was {item['was_named']})" if "was_named" in item else ""
    screen.line((f"{item['kind']} ", _COLOURS[item["kind"]]), item["name"], named, indent=2, hanging=2)
    if item["kind"] != "changed":
        for text in (line for field in item["fields"] if field["name"] == "text" for line in field["before"] or field["after"]):
            screen.line((text, "dim"), indent=4, hanging=2)
        return
    for field in item["fields"]:
        screen.line((f"{field['name'].replace('_', ' ')}:", "dim"), indent=4)
        for line in field["lines"]:
            depth = len(line["text"]) - len(line["text"].lstrip())
            screen.line((f"{line['mark']} {line['text'].lstrip()}", _MARKS[line["mark"]]), indent=6 + depth, hanging=2)


def show_limits(screen: Screen, limits: Sequence[dict[str, Any]]) -> None:
    """What was not compared."""
    if limits:
        screen.blank()
        screen.line(("Not compared", "bold yellow"))
        for limit in limits:
            screen.line("- ", limit["text"], indent=2, hanging=2)
