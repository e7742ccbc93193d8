"""`medpolicy diff`: what a change of a policy means."""

from __future__ import annotations

import csv
import io
from pathlib import Path
from typing import Annotated, Any

import typer

from medpolicy.cli.compared_texts import text_in_force, text_named
from medpolicy.cli.files import writing
from medpolicy.cli.options import JsonOption, LibraryOption, ShippedOption, day_of, library_of, print_json
from medpolicy.cli.screen import Screen, open_screen
from medpolicy.errors import UsageError
from medpolicy.review.difference import UPDATE_COLUMNS, difference_of, update_row
from medpolicy.review.difference_page import difference_page
from medpolicy.review.difference_text import answer_text, scope_text

app = typer.Typer(add_completion=False, rich_markup_mode=None)

_EPILOG = """\b
OLD and NEW are each one of
  254, florida-blue/02-33000-31   the latest version on file of a policy
  254@2025-03                     that version
  policies/bcbsma/254             a policy's directory; DIRECTORY@VERSION too
  policies/bcbsma/254/2025-03.yaml
                                  the version in this file
  policy.pdf                      a document, which is imported first

\b
Examples:
  medpolicy diff 254@2024-03 254@2025-03 --html diff.html
  medpolicy diff 254 drafts/bcbsma/254
  medpolicy diff old.pdf new.pdf --issuer florida-blue --json
  medpolicy diff 254 --from 2015-08-31 --to 2015-09-01

\b
Exit statuses: 0 no difference; 1 differences, or something could not be compared; 3 faults in policy
files; 4 not found; 5 a document does not fit; 64 wrong usage.
"""
_COLOURS = {"added": "green", "removed": "red", "changed": "yellow", "renamed": "cyan"}
_MARKS = {"-": "red", "+": "green", " ": "dim"}


@app.command("diff", short_help="What a change of a policy means.", epilog=_EPILOG)
def diff_policies(
    old: Annotated[str, typer.Argument(metavar="OLD", help="The text before; or the policy, with --from and --to.")],
    new: Annotated[str | None, typer.Argument(metavar="[NEW]", help="The text after.")] = None,
    day_from: Annotated[str | None, typer.Option("--from", metavar="DATE", help="The text in force on this day, before.")] = None,
    day_to: Annotated[str | None, typer.Option("--to", metavar="DATE", help="The text in force on this day, after.")] = None,
    issuer: Annotated[str | None, typer.Option("--issuer", help="Whose policy the documents are.")] = None,
    html: Annotated[Path | None, typer.Option("--html", metavar="FILE", help="Write one self-contained page.")] = None,
    update_table: Annotated[bool, typer.Option("--update-table", help="Print the row of an update list, and no more.")] = False,
    as_csv: Annotated[bool, typer.Option("--csv", help="With --update-table: as CSV.")] = False,
    library: LibraryOption = None,
    shipped: ShippedOption = False,
    as_json: JsonOption = False,
) -> int:
    """Say which determinations differ between two texts of a policy, and what was added, removed, changed or renamed.

    The determinations are compared exactly, over every request that tells everything; what could not be compared is said.
    Other policies of the issuer are not looked at.
    """
    if as_csv and not update_table:
        raise UsageError("--csv goes with --update-table")
    if as_json and update_table:
        raise UsageError("--json and --update-table do not go together; the JSON has the row as `update`")
    loaded = library_of(library, shipped=shipped)
    if new is None:
        if day_from is None or day_to is None:
            raise UsageError("name two texts, or one policy with --from DATE and --to DATE")
        texts = [text_in_force(old, loaded, day_of(day, name)) for day, name in ((day_from, "--from"), (day_to, "--to"))]
    else:
        if day_from is not None or day_to is not None:
            raise UsageError("--from and --to go with one policy, not with two texts")
        texts = [text_named(name, loaded, issuer=issuer, directories=tuple(library or ())) for name in (old, new)]
    report = difference_of(*texts)
    if html is not None:
        with writing(html) as file:
            file.write(difference_page(report).encode())
    if as_json:
        print_json(report)
    elif update_table:
        _show_update(open_screen(), report, as_csv=as_csv)
    elif html is None or str(html) != "-":
        _show(open_screen(), report)
    return 0 if report["equal"] and report["complete"] else 1


def _show_update(screen: Screen, report: dict[str, Any], *, as_csv: bool) -> None:
    row = update_row(report["update"])
    if not as_csv:
        screen.table(tuple(UPDATE_COLUMNS.values()), [row])
        return
    text = io.StringIO()
    csv.writer(text, lineterminator="\n").writerows([UPDATE_COLUMNS.values(), row])
    for line in text.getvalue().splitlines():
        screen.verbatim(line)


def _show(screen: Screen, report: dict[str, Any]) -> None:
    old, new = report["old"], report["new"]
    screen.line((f"{new['issuer']} {new['number']}", "bold"), ": ", (new["title"], "bold"), hanging=2)
    screen.line(f"before: {old['name']}", indent=2)
    screen.line(f"after:  {new['name']}", indent=2)
    _show_determinations(screen, report)
    for section in report["changes"]:
        screen.blank()
        screen.line((section["title"], "bold"))
        for item in section["items"]:
            _show_item(screen, item)
    if report["limits"]:
        screen.blank()
        screen.line(("Not compared", "bold yellow"))
        for limit in report["limits"]:
            screen.line("- ", limit["text"], indent=2, hanging=2)


def _show_determinations(screen: Screen, report: dict[str, Any]) -> None:
    screen.blank()
    found = report["determinations"]
    if not found:
        what = "No determination differs." if report["complete"] else "No determination was found to differ."
        screen.line((what, "bold green" if report["complete"] else "bold"))
        return
    screen.line((f"Determinations that differ ({len(found)})", "bold"))
    for number, one in enumerate(found, start=1):
        screen.line((f"{number}. {scope_text(one)}", "bold"), indent=2, hanging=3)
        for label, before, after in answer_text(one):
            screen.line(f"{label}: ", (before, "red"), " -> ", (after, "green"), indent=5, hanging=2)
        for at, line in enumerate(one["in_words"]):
            depth = len(line) - len(line.lstrip())
            screen.line("where " if at == 0 else "      ", line.lstrip(), indent=5 + depth, hanging=8)


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
