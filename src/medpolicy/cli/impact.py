"""`medpolicy impact`: what a change of the policies would move among claims."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated, Any

import typer

from medpolicy.cli.claims_inputs import claims_inputs
from medpolicy.cli.compared_libraries import SHIPPED, library_named, tell_library_difference
from medpolicy.cli.files import writing
from medpolicy.cli.options import JsonOption, print_json
from medpolicy.cli.progress import progress_of
from medpolicy.cli.screen import Screen, open_screen
from medpolicy.cli.screening import EligibilityOption, FactsOption, MappingOption
from medpolicy.errors import UsageError
from medpolicy.formats.claims_mapping import NO_MAPPING, read_claims_mapping
from medpolicy.review.claims.reading import MEMORY
from medpolicy.review.determine import ENGINE
from medpolicy.review.impact import impact_of
from medpolicy.review.impact_json import impact_json
from medpolicy.review.impact_page import impact_page
from medpolicy.review.impact_text import (
    RESTATED,
    before_and_after,
    codes_text,
    examples_text,
    move_text,
    policy_text,
    setting_text,
    where_text,
)
from medpolicy.review.library_difference import ComparedLibraries
from medpolicy.review.report_view import count, dollars, lines_of
from medpolicy.review.screening import LINES_PER_CHUNK, check_output

app = typer.Typer(add_completion=False, rich_markup_mode=None)

_PHASES = {"compiling the old library": "codes", "compiling the new library": "codes", "comparing": "lines"}
_EPILOG = """\b
OLD and NEW are each a directory of policies, as --library takes it, or the word shipped: the policies that
ship. Either may be given several times.

\b
Examples:
  medpolicy impact claims/ --old shipped --new drafts/
  medpolicy impact claims/ --old policies-2025/ --new policies-2026/ --html impact.html
  medpolicy impact 'claims/2025-*.parquet' --eligibility members.parquet --old a/ --new b/ -o impact/
  medpolicy impact --old policies-2025/ --new policies-2026/

\b
With --output: DIR/impact.json, DIR/impact.html, DIR/moved/*.parquet with a row for each line that moves, and
DIR/rejected.parquet with one for each line that could not be answered. Interrupted, the same command goes on where
it stopped.
Without claims the policies alone are compared, as `medpolicy diff OLD NEW` does: which determinations differ, under
which conditions, for which days of service.

\b
Exit statuses: 0 no line moves (without claims: nothing differs); 1 lines move (or something differs, or could not
be compared); 3 faults in policy files; 4 no such file; 5 claims that cannot be read; 64 wrong usage; 130 interrupted.
"""


@app.command("impact", short_help="What a change of the policies moves among claims.", epilog=_EPILOG)
def impact_of_a_change(
    inputs: Annotated[
        list[str] | None,
        typer.Argument(metavar="INPUT", help="Claims: files, directories or globs, as `medpolicy screen` takes them."),
    ] = None,
    old: Annotated[list[str] | None, typer.Option("--old", metavar="OLD", help="The policies before.")] = None,
    new: Annotated[list[str] | None, typer.Option("--new", metavar="NEW", help="The policies after.")] = None,
    output: Annotated[
        Path | None, typer.Option("--output", "-o", metavar="DIR", help="A new directory; it appears complete or not at all.")
    ] = None,
    html: Annotated[Path | None, typer.Option("--html", metavar="FILE", help="Write one self-contained page.")] = None,
    eligibility: EligibilityOption = None,
    mapping: MappingOption = None,
    facts: FactsOption = None,
    as_json: JsonOption = False,
    chunk: Annotated[
        int, typer.Option("--chunk", metavar="LINES", help="How many lines at a time; an interrupted run goes on at a chunk.")
    ] = LINES_PER_CHUNK,
    memory: Annotated[str, typer.Option("--memory", metavar="SIZE", help="What the database may take, such as 700MB.")] = MEMORY,
    threads: Annotated[int | None, typer.Option("--threads", metavar="N", help="How many; all cores where left out.")] = None,
) -> int:
    """Say which claim lines move from which answer to which when policies change: lines, members and dollars, by condition.

    A line moves where its coverage, stance or prior authorization differs; one whose citation alone does is counted apart. Of a
    member nothing is shown; the examples are claim and line numbers.
    """
    if not old or not new:
        raise UsageError(f"name the policies before and after: --old DIR --new DIR, where {SHIPPED} is those that ship")
    if not inputs:
        of_claims = {"--output": output, "--eligibility": eligibility, "--mapping": mapping, "--facts": facts}
        for option, given in of_claims.items():
            if given is not None:
                raise UsageError(f"{option} goes with claims; name them, or leave it out to compare the policies alone")
        return tell_library_difference(old, new, as_json=as_json, html=html)
    if facts is not None and not facts.is_file():
        raise UsageError(f"{facts}: no such file of facts")
    if output is not None:
        check_output(output)
    compared = ComparedLibraries(old=library_named(old), new=library_named(new), old_names=tuple(old), new_names=tuple(new))
    names = NO_MAPPING if mapping is None else read_claims_mapping(mapping)
    beside = None if output is None else output.absolute().parent
    with claims_inputs(inputs, eligibility=eligibility, mapping=names, temporary=beside) as found:
        summary = impact_of(
            found.claims,
            compared,
            engine=ENGINE,
            output=output,
            eligibility=found.eligibility,
            mapping=names,
            named=inputs,
            elsewhere=found.rejected_elsewhere(),
            facts=facts,
            lines_per_chunk=chunk,
            memory=memory,
            threads=threads,
            progress=progress_of(_PHASES),
        )
    if summary.run.resumed:
        sys.stderr.write(f"{summary.run.resumed} chunks were done by an earlier run\n")
    report = impact_json(summary)
    if html is not None:
        with writing(html) as file:
            file.write(impact_page(report).encode())
    if as_json:
        print_json(report)
    elif html is None or str(html) != "-":
        _show(open_screen(), report)
    return 1 if report["moved"]["lines"] else 0


# -- for the terminal ---------------------------------------------------------------------------------------------------


def _show(screen: Screen, report: dict[str, Any]) -> None:
    counts, moved, amount = report["counts"], report["moved"], report["dollars"]
    said = f"{lines_of(counts['lines'])}: {count(counts['answered'])} compared, {count(counts['rejected'])} rejected"
    screen.line((said, "bold"))
    for side, label in (("old", "before"), ("new", "after")):
        screen.line(f"{label + ':':8}{', '.join(report['run'][side]['names'])}", indent=2)
    for remark in report["remarks"]:
        screen.line(remark, indent=2, hanging=2)
    screen.blank()
    if not moved["lines"]:
        screen.line(("No line moves.", "bold green"))
    else:
        screen.line((f"{_measured(moved, amount)} move{'s' if moved['lines'] == 1 else ''}", "bold"))
        for number, move in enumerate(report["moves"]["top"], start=1):
            _show_move(screen, number, move, amount)
        if report["moves"]["others"]:
            screen.line(f"{count(report['moves']['others'])} other moves: {_measured(report['moves']['rest'], amount)}", indent=2)
        _show_conditions(screen, report["conditions"], amount)
    screen.blank()
    _show_still(screen, report)
    screen.blank()
    for limit in report["limits"]:
        screen.line((limit, "dim"), hanging=2)


def _show_move(screen: Screen, number: int, move: dict[str, Any], amount: str | None) -> None:
    screen.line((f"{number}. {move_text(move)}", "bold"), indent=2, hanging=3)
    screen.line(f"{_measured(move, amount)}, service from {move['first_day']} to {move['last_day']}", indent=5)
    for name, of in _PARTS.items():
        screen.line(f"{name}: ", _listed(move[of], of, amount), indent=5, hanging=2)
    screen.line(f"such as {examples_text(move['examples'])}", indent=5, hanging=2)


_PARTS = {
    "policy": "policies",
    "provision": "provisions",
    "code": "codes",
    "line of business": "lines_of_business",
    "setting": "settings",
}
_SHOWN = 5


def _listed(found: dict[str, Any], of: str, amount: str | None) -> str:
    parts = [f"{_name(one, of)} ({_brief(one, amount)})" for one in found["top"][:_SHOWN]]
    others = found["others"] + len(found["top"]) - len(parts)
    return "; ".join([*parts, *([f"and {count(others)} more"] if others else [])])


def _name(one: dict[str, Any], of: str) -> str:
    if of == "policies":
        return f"{policy_text(one)}, version {before_and_after(one['old_version'], one['new_version'])}"
    if of == "provisions":
        return before_and_after(one["old_provision"], one["new_provision"])
    if of == "codes":
        return one["code"] or "none"
    return setting_text(one["setting"]) if of == "settings" else str(one["line_of_business"])


def _brief(one: dict[str, Any], amount: str | None) -> str:
    return lines_of(one["lines"]) + ("" if amount is None else f", {dollars(one[amount])}")


def _measured(one: dict[str, Any], amount: str | None) -> str:
    members = one.get("members")
    people = "" if members is None else f" of {count(members)} member{'' if members == 1 else 's'}"
    return f"{lines_of(one['lines'])}{people}" + ("" if amount is None else f", {dollars(one[amount])}")


_CONDITIONS_SHOWN = 8


def _show_conditions(screen: Screen, found: dict[str, Any], amount: str | None) -> None:
    screen.blank()
    screen.line(("Under which conditions", "bold"))
    for one in found["top"][:_CONDITIONS_SHOWN]:
        screen.line((f"{codes_text(one)}; {where_text(one)}", "bold"), indent=2, hanging=3)
        screen.line(move_text(one), indent=5, hanging=2)
        provision = before_and_after(one["old_provision"], one["new_provision"])
        version = before_and_after(one["old_version"], one["new_version"])
        screen.line(f"by {policy_text(one)}, {provision}, version {version}", indent=5, hanging=2)
        of = f"{_measured(one, amount)}, of {lines_of(one['compared'])} compared"
        screen.line(f"{of}; service from {one['first_day']} to {one['last_day']}", indent=5, hanging=2)
        screen.line(f"such as {examples_text(one['examples'])}", indent=5, hanging=2)
    others = found["others"] + len(found["top"][_CONDITIONS_SHOWN:])
    if others:
        screen.line(f"and {count(others)} other condition{'' if others == 1 else 's'}", indent=2)


def _show_still(screen: Screen, report: dict[str, Any]) -> None:
    restated = report["restated"]
    screen.line(f"{lines_of(report['same']['lines'])} with the same answer")
    if restated["lines"]:
        screen.line(f"{lines_of(restated['lines'])} with the same coverage, stance and authorization, and something else differs")
        for name, one in restated["by"].items():
            if one["lines"]:
                screen.line(f"{RESTATED[name]}: {lines_of(one['lines'])}", indent=2)
