"""`medpolicy import`: a payer's document becomes a draft policy and a ledger of its lines."""

from __future__ import annotations

import gc
import json
import sys
from collections.abc import Callable, Iterable, Iterator
from itertools import islice
from pathlib import Path
from typing import Annotated

import typer

from medpolicy.authoring.confirmations import read_confirmations
from medpolicy.authoring.document import SourceDocument
from medpolicy.authoring.importing import DRAFTING, ImportedPolicy, draft_policy
from medpolicy.authoring.ledger import LineState
from medpolicy.authoring.ledger_json import counted, ledger_json, not_understood
from medpolicy.authoring.ledger_page import ledger_page_pieces
from medpolicy.authoring.readers import READING_LINES, READING_PAGES, read_file, read_stream
from medpolicy.cli.files import reading, writing
from medpolicy.cli.options import JsonOption, LibraryOption, ShippedOption, print_json
from medpolicy.cli.progress import Told, progress_of
from medpolicy.cli.screen import Screen, is_terminal, open_screen
from medpolicy.errors import PolicyFileError, UsageError
from medpolicy.formats.library_files import issuer_file, load_library
from medpolicy.formats.policy_files import read_issuer
from medpolicy.model.issuer import Issuer

app = typer.Typer(add_completion=False, rich_markup_mode=None)

UNKNOWN_LAYOUT = 3
_SHOWN = 20
_LONG = 1.0  # seconds from which on it is worth saying how far it is
_LEDGER = "writing the ledger"
_PIECE = 10_000  # of the encoder's bits of text that are written at once
_PHASES = {READING_PAGES: "", READING_LINES: "", DRAFTING: "steps", _LEDGER: "files"}
_EPILOG = """\b
Examples:
  medpolicy import policy.pdf --issuer florida-blue -o drafts
  medpolicy import policy.md --issuer bcbsma -o drafts --confirm decided.yaml
  medpolicy import policy.docx -o drafts --json > ledger.json

\b
Written are DIR/<issuer>/<number>/policy.yaml, the version's file, ledger.html and ledger.json; issuer.yaml, too, where DIR has
none. The ledger shows the document's text and stays on this machine.
Markdown, HTML, DOCX and PDF with a text layer are read; the extra is needed: pip install 'medpolicy[documents]'
Exit statuses: 0 drafted; 1 drafted, but the draft does not load as it stands; 3 the layout is unknown, and nothing is claimed;
4 no such file or issuer; 5 the document cannot be read; 64 wrong usage.
"""


@app.command("import", short_help="Draft a policy from the payer's document.", epilog=_EPILOG)
def import_policy(
    document: Annotated[str, typer.Argument(metavar="DOCUMENT", help="The payer's document.")],
    output: Annotated[Path, typer.Option("-o", "--output", metavar="DIR", help="Where the policy files go.")],
    issuer: Annotated[
        str | None, typer.Option("--issuer", help="The issuer's id, as in a library; `issuer` where left out.")
    ] = None,
    confirm: Annotated[
        Path | None, typer.Option("--confirm", metavar="FILE", help="A reviewer's decisions about the draft, in YAML.")
    ] = None,
    force: Annotated[bool, typer.Option("--force", help="Write over files that are there.")] = False,
    library: LibraryOption = None,
    shipped: ShippedOption = False,
    as_json: JsonOption = False,
) -> int:
    """Turn a published medical policy into a draft policy file, with a ledger that accounts for every line.

    What is uncertain is marked `review` in the draft, with the reason; `medpolicy lint` lists it.
    """
    gc.freeze()  # what is loaded stays to the end; going through it at each collection takes a fifth of a short import
    known = _known_issuer(issuer, library, shipped=shipped) or _issuer_there(output / (issuer or "issuer") / "issuer.yaml")
    confirmations = None
    if confirm is not None:
        with reading(str(confirm)) as file:
            confirmations = read_confirmations(file.read(), confirm.name)
    progress = progress_of(_PHASES, after=_LONG, uneven=(DRAFTING, _LEDGER)) if is_terminal(sys.stderr) else None
    read = _document(document, progress)
    imported = draft_policy(read, issuer=issuer, known_issuer=known, confirmations=confirmations, progress=progress)
    base = _base(imported)
    files = dict(imported.files)
    if issuer is not None and known is not None and not (output / issuer / "issuer.yaml").exists():
        source = issuer_file(issuer, *(library or ()), shipped=True if shipped else None)
        if source is not None and imported.is_known_layout:
            files[f"{issuer}/issuer.yaml"] = source.read_text(encoding="utf-8")
    _write(output, files, imported, base, force=force, progress=progress)
    if as_json:
        print_json(ledger_json(imported))
    else:
        _show(open_screen(), imported, output, base)
    if not imported.is_known_layout:
        return UNKNOWN_LAYOUT
    return 1 if imported.faults else 0


def _known_issuer(issuer: str | None, library: list[Path] | None, *, shipped: bool) -> Issuer | None:
    if issuer is None:
        return None
    if not issuer.replace("-", "").replace("_", "").isalnum():
        raise UsageError("--issuer: an id such as bcbsma: letters, digits, hyphens")
    loaded = load_library(*(library or ()), shipped=True if shipped else None)
    return loaded.issuers.get(issuer)


def _issuer_there(file: Path) -> Issuer | None:
    """The issuer of an earlier draft in the same directory."""
    if not file.is_file():
        return None
    found, faults = read_issuer(file.read_bytes(), str(file))
    if faults:
        raise PolicyFileError(faults)
    return found


def _document(name: str, progress: Told | None) -> SourceDocument:
    if name == "-":
        with reading(name) as file:
            return read_stream(file, "standard input", progress)
    return read_file(Path(name), progress)


def _base(imported: ImportedPolicy) -> str:
    """Where the ledger goes: beside the draft, or at the top where there is none."""
    policy = next((path for path in imported.files if path.endswith("/policy.yaml")), "")
    return policy.removesuffix("policy.yaml")


def _ledger_as_json(imported: ImportedPolicy) -> Iterator[str]:
    pieces = json.JSONEncoder(ensure_ascii=False, indent=1).iterencode(ledger_json(imported))
    while piece := "".join(islice(pieces, _PIECE)):
        yield piece
    yield "\n"


_LEDGER_FILES: dict[str, Callable[[ImportedPolicy], Iterator[str]]] = {
    "ledger.json": _ledger_as_json,
    "ledger.html": ledger_page_pieces,
}


def _write(
    output: Path, drafts: dict[str, str], imported: ImportedPolicy, base: str, *, force: bool, progress: Told | None
) -> None:
    """Write the ledger and then the draft, so that no draft stands without its ledger; nothing where a file is there already."""
    paths = [output / path for path in (*drafts, *(base + name for name in _LEDGER_FILES))]
    there = [path for path in paths if path.exists()]
    if there and not force:
        raise UsageError(f"{there[0]} is there already; --force writes over it and over {len(there) - 1} more")
    for done, (name, pieces) in enumerate(_LEDGER_FILES.items()):
        if progress is not None:
            progress(_LEDGER, done, len(_LEDGER_FILES))
        _write_file(output / base / name, pieces(imported))
    if progress is not None:
        progress(_LEDGER, len(_LEDGER_FILES), len(_LEDGER_FILES))
    for path, text in drafts.items():
        _write_file(output / path, (text,))


def _write_file(target: Path, pieces: Iterable[str]) -> None:
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise UsageError(f"{target.parent}: cannot be made: {error.strerror}") from None
    with writing(target) as file:
        for piece in pieces:
            file.write(piece.encode("utf-8", "backslashreplace"))


def _show(screen: Screen, imported: ImportedPolicy, output: Path, base: str) -> None:
    document = imported.document
    pages = document.pages()
    screen.line((document.name, "bold"), f": {len(document.lines)} lines" + (f" on {pages} pages" if pages else ""))
    for warning in document.warnings:
        screen.line((f"warning: {warning}", "yellow"), indent=2)
    for state, count in imported.ledger.counts.items():
        style = "bold red" if state is LineState.NOT_UNDERSTOOD and count else ""
        screen.line((f"{count:6,}", style), f"  {state.value.replace('-', ' ')}")
    if not imported.is_known_layout:
        screen.line(("The layout is unknown, so nothing is claimed.", "bold red"), f" Not found: {'; '.join(imported.missing)}.")
    else:
        found = [f"{count} {name}" for name, count in counted(imported).items() if count]
        screen.line(("Drafted: ", "bold"), ", ".join(found) + ".")
        marks = imported.review_marks
        if marks:
            screen.line((f"{len(marks)} to review", "bold yellow"), "; the first:")
            for at, reason in marks[:_SHOWN]:
                screen.line(f"{at}: {reason}", indent=2)
    lines = not_understood(imported)
    if lines and imported.is_known_layout:
        screen.line((f"{len(lines)} lines not understood", "bold red"), "; the first:")
        for number in lines[:_SHOWN]:
            screen.line(f"{number}: {document.lines[number - 1].text.strip()}", indent=2)
    for fault in imported.faults:
        screen.line((str(fault), "red"), indent=2)
    screen.line(f"Written to {output / base}; open {output / base / 'ledger.html'} to see every line beside what it became.")
