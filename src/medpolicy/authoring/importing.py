"""A payer's document -> a draft policy with its ledger: the one way through authoring.

read -> outline -> extraction, part by part -> the draft as files, read back as a check -> the ledger.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from medpolicy.authoring.confirmations import ConfirmationsFile, apply_confirmations
from medpolicy.authoring.document import SourceDocument
from medpolicy.authoring.draft_files import issuer_yaml, policy_yaml, version_yaml
from medpolicy.authoring.extraction.authorization import extract_authorization
from medpolicy.authoring.extraction.coding import extract_coding
from medpolicy.authoring.extraction.conflicts import extract_source_conflicts
from medpolicy.authoring.extraction.context import Extraction, mark, slug
from medpolicy.authoring.extraction.exceptions import extract_exceptions
from medpolicy.authoring.extraction.history import extract_history
from medpolicy.authoring.extraction.identity import extract_identity
from medpolicy.authoring.extraction.lines_of_business import extract_lines_of_business
from medpolicy.authoring.extraction.narrative import extract_narrative
from medpolicy.authoring.extraction.references import extract_references
from medpolicy.authoring.extraction.related import extract_related
from medpolicy.authoring.extraction.statements import extract_statements
from medpolicy.authoring.extraction.supplement import extract_supplement
from medpolicy.authoring.ledger import Ledger, LedgerBook
from medpolicy.authoring.outline import Outline, outline_of
from medpolicy.authoring.readers import Told, read_document
from medpolicy.errors import Fault
from medpolicy.model.issuer import Issuer

DRAFTING = "drafting"
_STEPS_BESIDE_EXTRACTION = 2  # the draft is written, and read back

_EXTRACTORS: tuple[Callable[[Extraction], None], ...] = (
    extract_identity,
    extract_lines_of_business,
    extract_related,
    extract_history,
    extract_statements,
    extract_exceptions,
    extract_coding,
    extract_authorization,
    extract_supplement,
    extract_source_conflicts,
    extract_references,
    extract_narrative,
)


@dataclass(frozen=True, slots=True)
class ImportedPolicy:
    """What an import came to.

    `files`: the texts by path under the output directory; empty where the layout is unknown. `issuer_file` is set where the
    issuer is not on file and had to be drafted, too. `faults`: why the draft does not load as it stands; normally none.
    """

    document: SourceDocument
    outline: Outline
    ledger: Ledger
    policy: dict[str, Any]
    version: dict[str, Any]
    files: dict[str, str] = field(default_factory=dict)
    faults: tuple[Fault, ...] = ()
    missing: tuple[str, ...] = ()

    @property
    def is_known_layout(self) -> bool:
        return bool(self.files)

    @property
    def review_marks(self) -> list[tuple[str, str]]:
        """The places that a reviewer should look at, with the reasons."""
        return [*_marks(self.policy, "policy"), *_marks(self.version, "version")]


def import_document(
    data: bytes,
    name: str,
    *,
    issuer: str | None = None,
    known_issuer: Issuer | None = None,
    confirmations: ConfirmationsFile | None = None,
    progress: Told | None = None,
) -> ImportedPolicy:
    """Draft a policy from a document. `issuer`: the id to draft for; `known_issuer`: its file's content, where there is one.

    Raises `DocumentError` where the document cannot be read at all. A document that can be read and whose layout is unknown
    gives a ledger in which nothing is claimed, and no files. `progress` is told of the pages or lines
    read, and then of the steps of drafting.
    """
    document = read_document(data, name, progress)
    return draft_policy(document, issuer=issuer, known_issuer=known_issuer, confirmations=confirmations, progress=progress)


def draft_policy(
    document: SourceDocument,
    *,
    issuer: str | None = None,
    known_issuer: Issuer | None = None,
    confirmations: ConfirmationsFile | None = None,
    progress: Told | None = None,
) -> ImportedPolicy:
    """As `import_document`, from a document that is read already."""
    outline = outline_of(document)
    book = LedgerBook(document)
    extraction = Extraction(document, outline, book, issuer=known_issuer)
    steps = _Steps(len(_EXTRACTORS) + _STEPS_BESIDE_EXTRACTION, progress)
    for extract in _EXTRACTORS:
        steps.begin()
        extract(extraction)
    missing = _missing(extraction)
    if missing:
        found = ImportedPolicy(document, outline, LedgerBook(document).close(), {}, {}, missing=missing)
    else:
        found = _drafted(extraction, issuer, confirmations, steps)
    steps.end()
    return found


class _Steps:
    """Tells how many steps of drafting are done, when each begins and at the end."""

    def __init__(self, total: int, progress: Told | None) -> None:
        self._begun, self._total, self._progress = 0, total, progress

    def begin(self) -> None:
        self._tell(self._begun)
        self._begun += 1

    def end(self) -> None:
        self._tell(self._total)

    def _tell(self, done: int) -> None:
        if self._progress is not None:
            self._progress(DRAFTING, done, self._total)


def _missing(extraction: Extraction) -> tuple[str, ...]:
    """What a medical policy needs and the document does not show; empty where the layout is one that is understood."""
    missing = []
    if not extraction.policy.get("number") and not extraction.policy.get("title"):
        missing.append("a policy number or title")
    if not extraction.version.get("provisions") and not extraction.version.get("code_listings"):
        missing.append("a statement that takes a stance, or a list of codes")
    if not missing and not extraction.version.get("version"):
        missing.append("a date from which the text holds, such as “Effective Date: 01/01/2026”")
    return tuple(missing)


def _drafted(
    extraction: Extraction, issuer: str | None, confirmations: ConfirmationsFile | None, steps: _Steps
) -> ImportedPolicy:
    policy, version, document = extraction.policy, extraction.version, extraction.document
    rendition = {"sha256": document.sha256, "media_type": document.media_type, "lines": len(document.lines)}
    issuer_id = issuer or (extraction.issuer.id if extraction.issuer is not None else "issuer")
    policy["issuer"] = issuer_id
    policy["rendition"] = rendition
    version["rendition"] = rendition
    policy.setdefault("title", policy.get("number", ""))
    policy.setdefault("number", slug(policy["title"], limit=40) or "policy")
    for number, reasons in extraction.book.used_in_part().items():
        mark(version, f"line {number} is used in part, and not the rest of it: {'; '.join(reasons)}")
    drafted_issuer = policy.pop("_issuer", None)
    if confirmations is not None:
        apply_confirmations(policy, version, confirmations, "confirmations")
    marks = len(_marks(policy, "policy")) + len(_marks(version, "version"))
    heading = f"A draft, made from {document.name}."
    if marks:
        heading += f" Marked `review`: {marks}.\nLook at each, mend or confirm it, and take the mark away."
    base = f"{issuer_id}/{policy['number']}"
    steps.begin()
    files = {
        f"{base}/policy.yaml": policy_yaml(policy, heading),
        f"{base}/{version['version']}.yaml": version_yaml(version, heading),
    }
    if extraction.issuer is None and drafted_issuer is not None:
        content = {**drafted_issuer, "id": issuer_id}
        files[f"{issuer_id}/issuer.yaml"] = issuer_yaml(
            content, "A draft: the lines of business are those that the document names."
        )
    steps.begin()
    faults = _read_back(files, extraction.issuer)
    return ImportedPolicy(document, extraction.outline, extraction.book.close(), policy, version, files, faults)


def _read_back(files: dict[str, str], issuer: Issuer | None) -> tuple[Fault, ...]:
    """Whether the draft loads; the faults where it does not."""
    from medpolicy.formats.policy_files import PolicySources, read_issuer, read_policy

    named = {path: text.encode() for path, text in files.items()}
    own = next((path for path in named if path.endswith("/issuer.yaml")), None)
    if own is not None:
        issuer, faults = read_issuer(named.pop(own), own)
        if faults or issuer is None:
            return tuple(faults)
    assert issuer is not None
    ordered = sorted(named.items(), key=lambda item: not item[0].endswith("/policy.yaml"))
    _, faults = read_policy(PolicySources(ordered[0], ordered[1:]), issuer)
    return tuple(faults)


def _marks(node: Any, path: str) -> list[tuple[str, str]]:
    found: list[tuple[str, str]] = []
    if isinstance(node, dict):
        for key in ("review", "review_marks"):
            if isinstance(node.get(key), list):
                found += [(path, reason) for reason in node[key]]
        for key, value in node.items():
            found += _marks(value, f"{path}.{key}" if path not in ("policy", "version") else key)
    elif isinstance(node, list):
        for at, value in enumerate(node):
            name = (
                value.get("id", value.get("code", value.get("name", value.get("number", value.get("date", at)))))
                if isinstance(value, dict)
                else at
            )
            found += _marks(value, f"{path}[{name}]")
    return found
