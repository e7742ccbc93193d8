"""Two libraries as one side each of `medpolicy diff` and of `medpolicy impact`, and what their difference looks like."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any, Final

from medpolicy.cli.difference_screen import show_changes, show_determinations, show_limits
from medpolicy.cli.files import writing
from medpolicy.cli.options import library_of, print_json
from medpolicy.cli.progress import progress_of
from medpolicy.cli.screen import Screen, open_screen
from medpolicy.formats.library_files import policy_directories
from medpolicy.library.library import Library
from medpolicy.review.difference_text import days_text, policies_text
from medpolicy.review.library_difference import PHASE, ComparedLibraries, library_difference
from medpolicy.review.library_difference_page import library_difference_page

SHIPPED: Final = "shipped"


def library_named(names: Sequence[str]) -> Library:
    """The library of these directories, where `shipped` stands for the policies that ship."""
    directories = [Path(name) for name in names if name != SHIPPED]
    return library_of(directories, shipped=SHIPPED in names)


def are_libraries(old: str, new: str) -> bool:
    """Whether two names are those of libraries rather than of one policy's texts: both can be, and one has several policies."""
    return all(name == SHIPPED or Path(name).is_dir() for name in (old, new)) and any(map(_has_several, (old, new)))


def _has_several(name: str) -> bool:
    return name == SHIPPED or len(list(policy_directories(name))) != 1


def tell_library_difference(old: Sequence[str], new: Sequence[str], *, as_json: bool, html: Path | None) -> int:
    """Compare two libraries, policy by policy, and print what differs; the exit status of `medpolicy diff`."""
    compared = ComparedLibraries(old=library_named(old), new=library_named(new), old_names=tuple(old), new_names=tuple(new))
    report = library_difference(compared, progress=progress_of({PHASE: "policies"}))
    if html is not None:
        with writing(html) as file:
            file.write(library_difference_page(report).encode())
    if as_json:
        print_json(report)
    elif html is None or str(html) != "-":
        _show(open_screen(), report)
    return 0 if report["equal"] and report["complete"] else 1


def _show(screen: Screen, report: dict[str, Any]) -> None:
    screen.line((policies_text(report), "bold"), hanging=2)
    for side, label in (("old", "before"), ("new", "after")):
        screen.line(f"{label + ':':8}{', '.join(report[side]['names'])}", indent=2)
    for kind, colour in (("added", "green"), ("removed", "red")):
        for one in report[kind]:
            first = f"from {one['first_day']}"
            screen.line((f"{kind} ", colour), f"{one['issuer']} {one['number']}: {one['title']}, {first}", indent=2, hanging=2)
    if report["equal"] and report["complete"]:
        screen.blank()
        screen.line(("No determination differs.", "bold green"))
    for policy in report["changed"]:
        screen.blank()
        screen.line((f"{policy['issuer']} {policy['number']}", "bold"), ": ", (policy["title"], "bold"), hanging=2)
        _show_policy(screen, policy)
    screen.blank()
    for limit in report["limits"]:
        screen.line((limit, "dim"), hanging=2)


def _show_policy(screen: Screen, policy: dict[str, Any]) -> None:
    if not policy["periods"]:
        show_determinations(screen, (), complete=True)
    for period in policy["periods"]:
        screen.line((days_text(period), "bold"))
        show_determinations(screen, period["determinations"], complete=period["complete"])
        show_limits(screen, period["limits"])
    show_changes(screen, policy["changes"])
