"""`medpolicy test`: whether the policies decide their cases, and what no case reaches."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer

from medpolicy.cli.options import JsonOption, LibraryOption, ShippedOption, library_of, print_json
from medpolicy.cli.policy_names import find_policy
from medpolicy.cli.screen import Screen, open_screen
from medpolicy.errors import Fault, PolicyFileError
from medpolicy.formats.case_files import PolicyCase
from medpolicy.formats.library_files import policy_directories
from medpolicy.library.library import Library
from medpolicy.review.cases import PolicyTest, cases_of, run_cases

app = typer.Typer(add_completion=False, rich_markup_mode=None)

_EPILOG = """\b
Examples:
  medpolicy test
  medpolicy test 254 --all-reached
  medpolicy test --library policies/ --json

\b
Exit statuses: 0 every case passes (and, with --all-reached, nothing is unreached); 1 otherwise;
3 faults in policy files or cases; 4 no such policy; 64 wrong usage.
"""


@app.command("test", short_help="Run the cases of policies; show what none reaches.", epilog=_EPILOG)
def run_tests(
    policies: Annotated[
        list[str] | None, typer.Argument(metavar="[POLICY]...", help="Numbers, or issuer/number; all of them where left out.")
    ] = None,
    all_reached: Annotated[bool, typer.Option("--all-reached", help="Fail, too, where something is reached by no case.")] = False,
    library: LibraryOption = None,
    shipped: ShippedOption = False,
    as_json: JsonOption = False,
) -> int:
    """Decide the cases of policies (cases.yaml), and list what no case reaches.

    Reached is a provision that decides in some case, a criterion that is met in one case and not met in another, and a list or
    an authorization rule that some case uses.
    """
    loaded = library_of(library, shipped=shipped)
    wanted = [find_policy(loaded, name) for name in policies] if policies else list(loaded.keys)
    tests = _run(loaded, wanted, dict(policy_directories(*(library or ()), shipped=True if shipped else None)))
    if as_json:
        print_json([_json(one) for one in tests])
    else:
        screen = open_screen()
        for one in tests:
            _show(screen, one)
        _show_sum(screen, tests)
    failed = any(one.failed for one in tests)
    return 1 if failed or (all_reached and any(one.unreached for one in tests)) else 0


def _run(library: Library, wanted: list[tuple[str, str]], directories: dict[tuple[str, str], Path]) -> list[PolicyTest]:
    """Every policy's cases; all faults of all files at once."""
    found: dict[tuple[str, str], list[PolicyCase]] = {}
    faults: list[Fault] = []
    for key in dict.fromkeys(wanted):
        try:
            found[key] = cases_of(directories[key])
        except PolicyFileError as error:
            faults += error.faults
    if faults:
        raise PolicyFileError(faults)
    return [run_cases(library.policy(number, issuer), cases, library) for (issuer, number), cases in found.items()]


def _show(screen: Screen, test: PolicyTest) -> None:
    passed = len(test.results) - len(test.failed)
    reached = test.counted - len(test.unreached)
    colour = "bold red" if test.failed else "bold green" if test.results else "bold yellow"
    screen.line(
        (f"{test.issuer} {test.number}", "bold"),
        ": ",
        (f"{passed} of {len(test.results)} cases pass", colour),
        f", {reached} of {test.counted} reached",
        hanging=2,
    )
    for result in test.failed:
        screen.line(("FAILED ", "bold red"), result.case.name, indent=2, hanging=2)
        screen.line((f"{result.case.file}:{result.case.line}", "dim"), indent=4)
        for one in result.differences:
            which = "" if one.service is None or len(result.case.expect) == 1 else f"service {one.service + 1}, "
            screen.line(f"{which}{one.axis}: expected ", (one.expected, "green"), "; got ", (one.got, "red"), indent=4, hanging=4)
    if test.unreached:
        screen.line(("Reached by no case:", "yellow"), indent=2)
        for gap in test.unreached:
            screen.line(f"{gap.version} {gap.kind} {gap.place}: ", (gap.missing, "yellow"), indent=4, hanging=4)


def _show_sum(screen: Screen, tests: list[PolicyTest]) -> None:
    cases = sum(len(test.results) for test in tests)
    failed = sum(len(test.failed) for test in tests)
    unreached = sum(len(test.unreached) for test in tests)
    policies = "1 policy" if len(tests) == 1 else f"{len(tests):,} policies"
    text = f"{policies}, {cases:,} cases: {cases - failed:,} passed, {failed:,} failed; {unreached:,} unreached"
    screen.line((text, "bold red" if failed else "bold green"))


def _json(test: PolicyTest) -> dict[str, Any]:
    return {
        "issuer": test.issuer,
        "number": test.number,
        "cases": len(test.results),
        "failed": [
            {
                "case": result.case.name,
                "file": result.case.file,
                "line": result.case.line,
                "differences": [
                    {"axis": one.axis, "expected": one.expected, "got": one.got}
                    | ({} if one.service is None else {"service": one.service})
                    for one in result.differences
                ],
            }
            for result in test.failed
        ],
        "reachable": test.counted,
        "unreached": [
            {"version": gap.version, "kind": gap.kind, "place": gap.place, "missing": gap.missing} for gap in test.unreached
        ],
    }
