"""`medpolicy lint`: what a careful reader would ask of policies, each finding with its places quoted and what to do."""

from __future__ import annotations

import dataclasses
import json
import sys
from collections.abc import Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import Annotated

import typer

from medpolicy.authoring.document import SourceDocument, SourceLine
from medpolicy.authoring.lint.checks import PolicyReport, lint
from medpolicy.authoring.lint.findings import Finding, Place, Severity
from medpolicy.authoring.lint.report import PlacesInFiles, counts, exit_status, key_of, report_json
from medpolicy.authoring.lint.sarif import sarif
from medpolicy.authoring.lint.subject import Subject
from medpolicy.authoring.readers import read_document, read_stream
from medpolicy.cli.files import reading, writing
from medpolicy.cli.options import JsonOption, LibraryOption, ShippedOption, day_of, library_of, print_json
from medpolicy.cli.policy_names import find_policy
from medpolicy.cli.screen import Screen, open_screen
from medpolicy.errors import DocumentError, NotFound, UsageError
from medpolicy.formats.attached_documents import AttachedDocument, AttachedDocuments, data_directory
from medpolicy.formats.library_files import policy_directories
from medpolicy.library.library import Library
from medpolicy.model.citation import Rendition
from medpolicy.model.policy import MedicalPolicy
from medpolicy.review.attach import renditions_of
from medpolicy.review.determine import ENGINE

app = typer.Typer(add_completion=False, rich_markup_mode=None)

_SHOWN = 6  # places of one finding; the JSON has them all
_LONGEST = 240
_LONG = 100  # policies, with which a person waits
_COLOURS = {Severity.ERROR: "bold red", Severity.WARNING: "bold yellow", Severity.INFORMATION: "bold cyan"}
_EPILOG = """\b
Examples:
  medpolicy lint
  medpolicy lint 254 --document bcbsma-254.md --as-of 2026-11-23
  medpolicy lint drafts/bcbsma/254 --json
  medpolicy lint --sarif findings.sarif

\b
The document's text is taken from --document, else from what `medpolicy attach` keeps; without it some checks cannot run.
Exit statuses: 0 nothing, or information only; 1 warnings; 2 errors; 3 faults in policy files; 4 not found;
5 a document cannot be read; 64 wrong usage.
"""


@app.command("lint", short_help="Find what a careful reader would ask of policies.", epilog=_EPILOG)
def lint_policies(
    policy: Annotated[
        str | None,
        typer.Argument(
            metavar="[POLICY|DIRECTORY]", help="Its number, issuer/number, or a directory of policies; all if left out."
        ),
    ] = None,
    document: Annotated[
        str | None,
        typer.Option("--document", metavar="FILE", help="The payer's document, for one policy; `-` for standard input."),
    ] = None,
    as_of: Annotated[
        str | None,
        typer.Option(
            "--as-of", metavar="DATE", help="The day of asking, YYYY-MM-DD: whether a review is overdue. None if left out."
        ),
    ] = None,
    library: LibraryOption = None,
    shipped: ShippedOption = False,
    as_json: JsonOption = False,
    sarif_file: Annotated[
        str | None,
        typer.Option("--sarif", metavar="FILE", help="Write SARIF 2.1.0, too; `-` for standard output, and nothing else."),
    ] = None,
) -> int:
    """List what a careful reader would ask of policies: contradictions, gaps, doubtful codes, texts that changed.

    Each finding has a code, its places quoted, and what to do. What is proved comes with a request that shows it.
    """
    if as_json and sarif_file == "-":
        raise UsageError("--json and --sarif - both write to standard output; give --sarif a file")
    day = None if as_of is None else day_of(as_of, "--as-of")
    directories = list(library or ())
    name = policy
    if policy is not None and _is_directory(policy):
        directories, name = [*(one for one in directories if one.resolve() != Path(policy).resolve()), Path(policy)], None
    loaded = library_of(directories, shipped=shipped)
    wanted = _wanted(loaded, name, directories[-1:] if name is None and policy is not None else [])
    if document is not None and len(wanted) != 1:
        raise UsageError(f"--document is for one policy, and {len(wanted)} are checked; name the policy")
    reports = []
    for done, (issuer, number) in enumerate(wanted, start=1):
        reports.append(_report(loaded, loaded.policy(number, issuer), document, day))
        _say_how_far(done, len(wanted))
    places = PlacesInFiles(dict(policy_directories(*directories, shipped=True if shipped else None)))
    if sarif_file is not None:
        log = sarif(reports, places, tool_version=ENGINE.rpartition(" ")[2], base=Path.cwd())
        with writing(Path(sarif_file)) as file:
            file.write((json.dumps(log, ensure_ascii=False, indent=2) + "\n").encode("utf-8", "backslashreplace"))
    if as_json:
        print_json(report_json(reports, places))
    elif sarif_file != "-":
        _show(open_screen(), reports, places)
    return exit_status(reports)


def _say_how_far(done: int, of: int) -> None:
    """A line on standard error where a person watches a large library being checked."""
    if of >= _LONG and sys.stderr.isatty():
        sys.stderr.write(f"\rpolicy {done:,} of {of:,}" + ("\n" if done == of else ""))
        sys.stderr.flush()


def _is_directory(name: str) -> bool:
    """Whether a directory is meant: `254` and `bcbsma/254` are policies, unless such a directory holds policies itself."""
    path = Path(name)
    if not path.is_dir():
        return name.startswith((".", "/", "~"))  # a directory that is not there is said to be so
    return (
        name in (".", "..")
        or any(path.glob("policy.yaml"))
        or any(path.glob("*/policy.yaml"))
        or any(path.glob("*/*/policy.yaml"))
    )


def _wanted(library: Library, name: str | None, below: Sequence[Path]) -> list[tuple[str, str]]:
    if name is not None:
        try:
            return [find_policy(library, name)]
        except NotFound as error:
            if Path(name).is_dir():
                raise NotFound(
                    f"{name} is a directory without policies: no policy.yaml lies in it or below an issuer in it"
                ) from error
            raise
    return [key for key, _ in policy_directories(*below)] if below else list(library.keys)


# -- the text of the document ---------------------------------------------------------------------------------------


def _report(library: Library, policy: MedicalPolicy, document: str | None, day: date | None) -> PolicyReport:
    renditions = renditions_of(policy)
    documents = _attached(renditions) if document is None else _given(document, renditions)
    return lint(Subject(policy=policy, library=library, documents=documents, as_of=day))


def _given(document: str, renditions: Mapping[str, Rendition]) -> dict[str, SourceDocument]:
    """The document for the rendition that it is; for every one that the policy cites, where it is none of them."""
    with reading(document) as file:
        read = read_stream(file, "standard input" if document == "-" else Path(document).name)
    return {read.sha256: read} if read.sha256 in renditions else dict.fromkeys(renditions, read)


def _attached(renditions: Mapping[str, Rendition]) -> dict[str, SourceDocument]:
    store = AttachedDocuments(data_directory())
    found = {digest: store.document(digest) for digest in renditions}
    return {digest: _read_again(one, renditions[digest]) for digest, one in found.items() if one is not None}


def _read_again(attached: AttachedDocument, rendition: Rendition) -> SourceDocument:
    """The document whose lines were kept; with its headings and lists only where the lines tell them, as in Markdown."""
    if rendition.media_type.startswith("text/"):
        try:
            read = read_document("\n".join((*attached.lines, "")).encode(), attached.name)
            if [line.text for line in read.lines] == list(attached.lines):
                return dataclasses.replace(read, sha256=attached.rendition)
        except DocumentError:
            pass  # its lines will do
    lines = tuple(SourceLine(number, text) for number, text in enumerate(attached.lines, start=1))
    return SourceDocument(attached.rendition, rendition.media_type, lines, (), attached.name)


# -- for a person ---------------------------------------------------------------------------------------------------


def _show(screen: Screen, reports: Sequence[PolicyReport], places: PlacesInFiles) -> None:
    for report in reports:
        issuer, number = key_of(report)
        screen.line((f"{issuer} {number}", "bold"), f": {_counted(counts([report]))}")
        for finding in report.findings:
            screen.blank()
            _show_finding(screen, finding, report, places)
        if report.not_run:
            screen.blank()
            needs: dict[str, list[str]] = {}
            for check, need in report.not_run:
                needs.setdefault(need, []).append(check)
            for need, checks in needs.items():
                screen.line(("Not checked", "bold"), f", for want of {need}: {', '.join(checks)}.", indent=2, hanging=2)
        screen.blank()
    total = counts(reports)
    colour = "bold red" if total["error"] else "bold yellow" if total["warning"] else "bold green"
    policies = "1 policy" if len(reports) == 1 else f"{len(reports):,} policies"
    screen.line((f"{policies}: {_counted(total)}", colour))


def _counted(total: Mapping[str, int]) -> str:
    words = {"error": ("error", "errors"), "warning": ("warning", "warnings"), "information": ("to know", "to know")}
    said = [f"{count:,} {words[severity][count != 1]}" for severity, count in total.items() if count]
    return ", ".join(said) or "nothing found"


def _show_finding(screen: Screen, finding: Finding, report: PolicyReport, places: PlacesInFiles) -> None:
    severity = finding.kind.severity
    screen.line(
        (severity.value, _COLOURS[severity]), " ", finding.message, " ", (f"[{finding.kind.code}]", "dim"), indent=2, hanging=2
    )
    for place in finding.places[:_SHOWN]:
        screen.line((_where(place, report, places), "dim"), indent=4, hanging=2)
        if place.text:
            screen.verbatim(
                ("> " if place.is_quoted else "  ") + _short(place.text), indent=6, style="cyan" if place.is_quoted else ""
            )
    if len(finding.places) > _SHOWN:
        screen.line((f"and {len(finding.places) - _SHOWN} more places; --json lists them", "dim"), indent=4)
    if finding.request is not None:
        pairs = f"the first two, shown by this request; --json has one for each of the {len(finding.examples)} pairs:"
        screen.line((pairs if finding.examples else "shown by this request:", "dim"), indent=4, hanging=2)
        screen.verbatim(json.dumps(finding.request, ensure_ascii=False), indent=6)
    screen.line(("To do: ", "bold"), finding.kind.to_do, indent=4, hanging=2)


def _where(place: Place, report: PolicyReport, places: PlacesInFiles) -> str:
    file = places.file_of(key_of(report), place)
    if file.is_relative_to(Path.cwd()):
        file = file.relative_to(Path.cwd())
    where = f"{file}:{places.line_of(key_of(report), place)}" + (f" {place.path}" if place.path else "")
    if place.citation is None:
        return where
    first, last = place.citation.first_line, place.citation.last_line
    lines = f"line {first}" if first == last else f"lines {first} to {last}"
    return f"“{place.citation.section}”, {lines} ({where})"


def _short(text: str) -> str:
    return text if len(text) <= _LONGEST else text[: _LONGEST - 1] + "…"
