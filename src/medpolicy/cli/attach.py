"""`medpolicy attach`: the payer's document, kept locally, so that answers quote it."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from medpolicy.cli.files import reading
from medpolicy.cli.options import JsonOption, LibraryOption, ShippedOption, library_of, print_json
from medpolicy.cli.policy_names import find_policy
from medpolicy.cli.screen import Screen, open_screen
from medpolicy.errors import DocumentError, UsageError
from medpolicy.formats.attached_documents import AttachedDocuments, data_directory
from medpolicy.library.library import Library
from medpolicy.review.attach import Attachment, attach, renditions_of

app = typer.Typer(add_completion=False, rich_markup_mode=None)

_EPILOG = """\b
Examples:
  medpolicy attach 254 bcbsma-254.md
  medpolicy attach 02-33000-31 varicose-veins.pdf
  medpolicy attach --list
  medpolicy attach 254 --remove

\b
The lines are kept in MEDPOLICY_DATA, else in XDG_DATA_HOME/medpolicy, else in ~/.local/share/medpolicy.
A PDF needs the extra `documents`: pip install 'medpolicy[documents]'
Exit statuses: 0 attached, every citation matches; 1 some do not; 4 no such policy or file;
5 it is not the document that the policy cites; 64 wrong usage.
"""


@app.command("attach", short_help="Keep a source document, so that answers quote it.", epilog=_EPILOG)
def attach_document(
    policy: Annotated[str | None, typer.Argument(metavar="POLICY", help="Its number, or issuer/number.")] = None,
    document: Annotated[str | None, typer.Argument(metavar="DOCUMENT", help="The payer's document, the very file.")] = None,
    show: Annotated[bool, typer.Option("--list", help="List what is attached.")] = False,
    remove: Annotated[bool, typer.Option("--remove", help="Forget the document of the policy.")] = False,
    library: LibraryOption = None,
    shipped: ShippedOption = False,
    as_json: JsonOption = False,
) -> int:
    """Keep a policy's source document, so that check, determine and policies show quote it.

    Only the very file that the policy was read from is taken, and each cited passage is compared with its digest. The text stays
    on this machine.
    """
    store = AttachedDocuments(data_directory())
    screen = open_screen()
    loaded = library_of(library, shipped=shipped)
    if show:
        if policy is not None or document is not None or remove:
            raise UsageError("--list stands alone")
        return _list(screen, store, loaded, as_json=as_json)
    if policy is None:
        raise UsageError("name the policy, such as: medpolicy attach 254 DOCUMENT")
    issuer, number = find_policy(loaded, policy)
    found = loaded.policy(number, issuer)
    if remove:
        if document is not None:
            raise UsageError("--remove needs the policy only")
        removed = [rendition for rendition in renditions_of(found) if store.remove(rendition)]
        screen.line(f"{issuer} {number}: {'removed' if removed else 'nothing was attached'}")
        return 0
    if document is None:
        raise UsageError("name the document, such as: medpolicy attach 254 DOCUMENT")
    with reading(document) as file:
        data = file.read()
    result = attach(found, data, "standard input" if document == "-" else Path(document).name)
    stored = store.keep(result.document)
    if as_json:
        print_json(
            {
                "issuer": issuer,
                "number": number,
                "rendition": result.document.rendition,
                "lines": len(result.document.lines),
                "matching": len(result.matching),
                "differing": [[one.first_line, one.last_line] for one in result.differing],
            }
        )
    else:
        _show(screen, issuer, number, result)
        screen.line((f"kept in {stored}", "dim"))
    return 1 if result.differing else 0


def _show(screen: Screen, issuer: str, number: str, result: Attachment) -> None:
    cited = len(result.matching) + len(result.differing)
    screen.line(
        (f"{issuer} {number}", "bold"),
        f": {len(result.document.lines)} lines attached; ",
        (f"{len(result.matching)} of {cited} citations match", "bold red" if result.differing else "bold green"),
    )
    for one in result.differing:
        screen.line(f"not the cited text, so never quoted: “{one.section}”, lines {one.first_line} to {one.last_line}", indent=2)


def _list(screen: Screen, store: AttachedDocuments, library: Library, *, as_json: bool) -> int:
    policies: dict[str, list[str]] = {}
    for policy in library.policies:
        for rendition in renditions_of(policy):
            policies.setdefault(rendition, []).append(f"{policy.issuer}/{policy.number}")
    documents = store.documents()
    entries = [
        {
            "rendition": one.rendition,
            "name": one.name,
            "lines": len(one.lines),
            "policies": policies.get(one.rendition, []),
        }
        for one in documents
    ]
    if as_json:
        print_json({"attached": entries, "damaged": [str(file) for file in store.damaged]})
    elif entries:
        rows = [
            [", ".join(policies.get(one.rendition, ())) or "-", one.name, str(len(one.lines)), one.rendition] for one in documents
        ]
        screen.table(["Policies", "Document", "Lines", "SHA-256 of the file"], rows)
    elif not store.damaged:
        screen.line("nothing is attached")
    if store.damaged:
        names = "; ".join(str(file) for file in store.damaged)
        raise DocumentError(f"damaged, so never quoted; attach the document again, or remove the file: {names}")
    return 0
