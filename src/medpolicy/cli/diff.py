"""`medpolicy diff`: what a change of a policy means."""

from __future__ import annotations

import csv
import io
from pathlib import Path
from typing import Annotated, Any

import typer

from medpolicy.cli.compared_libraries import are_libraries, tell_library_difference
from medpolicy.cli.compared_texts import text_in_force, text_named
from medpolicy.cli.difference_screen import show_changes, show_determinations, show_limits
from medpolicy.cli.files import writing
from medpolicy.cli.options import JsonOption, LibraryOption, ShippedOption, day_of, library_of, print_json
from medpolicy.cli.screen import Screen, open_screen
from medpolicy.errors import UsageError
from medpolicy.review.difference import UPDATE_COLUMNS, difference_of, update_row
from medpolicy.review.difference_page import difference_page

app = typer.Typer(add_completion=False, rich_markup_mode=None)

_EPILOG = """\b
OLD and NEW are each one of
  254, florida-blue/02-33000-31   the latest version on file of a policy
  254@2025-03                     that version
  policies/bcbsma/254             a policy's directory; DIRECTORY@VERSION too
  policies/bcbsma/254/2025-03.yaml
                                  the version in this file
  policy.pdf                      a document, which is imported first
or both a library, of which every policy is compared
  policies-2026/, shipped         a directory of several policies; the policies that ship

\b
Examples:
  medpolicy diff 254@2024-03 254@2025-03 --html diff.html
  medpolicy diff 254 drafts/bcbsma/254
  medpolicy diff old.pdf new.pdf --issuer florida-blue --json
  medpolicy diff 254 --from 2015-08-31 --to 2015-09-01
  medpolicy diff policies-2025/ policies-2026/ --html diff.html

\b
Exit statuses: 0 no difference; 1 differences, or something could not be compared; 3 faults in policy
files; 4 not found; 5 a document does not fit; 64 wrong usage.
"""


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
    if str(html) == "-" and (as_json or update_table):
        raise UsageError(
            f"--html - and {'--json' if as_json else '--update-table'} both write to standard output; give --html a file"
        )
    if new is not None and are_libraries(old, new):
        if update_table or day_from is not None or day_to is not None:
            raise UsageError("--update-table, --from and --to go with one policy, not with libraries")
        return tell_library_difference([old], [new], as_json=as_json, html=html)
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
    screen.blank()
    show_determinations(screen, report["determinations"], complete=report["complete"])
    show_changes(screen, report["changes"])
    show_limits(screen, report["limits"])
