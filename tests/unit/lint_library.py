"""Small policies for the linter, written as short YAML: `at: 3` or `at: [3, 4]` stands for a citation of these lines."""

from __future__ import annotations

import copy
import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from medpolicy import load_library
from medpolicy.authoring.lint.checks import PolicyReport, lint
from medpolicy.authoring.lint.findings import Finding
from medpolicy.authoring.lint.subject import Subject
from medpolicy.authoring.readers import read_document
from medpolicy.authoring.source_lines import file_digest, source_lines
from medpolicy.model.citation import digest_lines
from tests.spec.policies import read

ISSUER = """
id: plan
name: Example Plan
lines_of_business:
  - {id: commercial, name: Commercial, program: commercial}
  - {id: other, name: Other, program: commercial}
  - {id: senior, name: Senior, program: medicare-advantage}
coverage_by_stance: {medically-necessary: covered, not-medically-necessary: not-covered,
                     investigational: not-covered, cosmetic: not-covered}
code_listings: alone
"""
DOCUMENT = "# Widgets\nLine two.\nLine three.\nLine four.\nLine five.\nLine six.\nLine seven.\nLine eight.\n"


@dataclass(frozen=True, kw_only=True)
class Short:
    """A policy in short YAML, its document, and what the linter is told. `given`: another text that is given as its document."""

    version: str = ""
    policy: str = ""
    document: str = DOCUMENT
    with_document: bool = True
    given: str | None = None
    as_of: date | None = None
    others: Sequence[tuple[str, str]] = ()  # (policy, version) of other policies of the library


def write_short(root: Path, short: Short) -> Path:
    """The policy files of a short policy, numbered 100, and of the others, below a directory."""
    (root / "plan").mkdir(parents=True, exist_ok=True)
    (root / "plan" / "issuer.yaml").write_text(json.dumps(read(ISSUER)), encoding="utf-8")
    for at, (policy, version) in enumerate(((short.policy, short.version), *short.others)):
        _write(root / "plan" / str(100 + at), str(100 + at), policy, version, short.document)
    return root


def _write(home: Path, number: str, policy_text: str, version_text: str, document: str) -> None:
    data = document.encode()
    lines = source_lines(data)
    rendition = {"sha256": file_digest(data), "media_type": "text/markdown", "lines": str(len(lines))}
    policy = {"issuer": "plan", "number": number, "title": "Widgets", **(read(policy_text) or {}), "rendition": rendition}
    policy.setdefault("history", [{"date": "2020-01", "at": 2}])
    for event in policy["history"]:
        event.setdefault("text", f"Event of {event['date']}.")
        event.setdefault("at", 2)
    # As `version` in the version's text, else the last event's date.
    version = {"version": policy["history"][-1]["date"], **(read(version_text) or {}), "rendition": rendition}
    version.setdefault("lines_of_business", ["commercial"])
    version["lines_of_business_citation"] = {"at": 1}
    for key, name in (("provisions", "text"), ("code_listings", "text"), ("authorization", "text"), ("facts", "ask")):
        for entry in version.get(key, ()):
            entry.setdefault(name, f"What {entry.get('id', key)} says.")
            entry.setdefault("at", 2)
    home.mkdir(parents=True)
    for name, value in (("policy", policy), (version["version"], version)):
        text = json.dumps(_cited(copy.deepcopy(value), lines))
        (home / f"{name}.yaml").write_text(text, encoding="utf-8")


def _cited(value: Any, lines: Sequence[str]) -> Any:
    if isinstance(value, list):
        return [_cited(item, lines) for item in value]
    if not isinstance(value, dict):
        return value
    result = {key: _cited(item, lines) for key, item in value.items() if key != "at"}
    if "at" in value:
        first, last = value["at"] if isinstance(value["at"], list) else (value["at"], value["at"])
        citation = _citation(int(first), int(last), lines)
        result = {**result, "citation": citation} if result else citation
    return result


def _citation(first: int, last: int, lines: Sequence[str]) -> dict[str, Any]:
    return {"section": "Widgets", "lines": [str(first), str(last)], "sha256": digest_lines(lines[first - 1 : last])}


def report_of(root: Path, short: Short) -> PolicyReport:
    """What the linter finds in a short policy, whose files are written below `root`."""
    library = load_library(write_short(root, short))
    policy = library.policy("100")
    document = read_document((short.document if short.given is None else short.given).encode(), "widgets.md")
    documents = {policy.rendition.sha256: document} if short.with_document or short.given is not None else {}
    return lint(Subject(policy=policy, library=library, documents=documents, as_of=short.as_of))


def findings_of(root: Path, short: Short, code: str) -> list[Finding]:
    """The findings of one kind."""
    return [finding for finding in report_of(root, short).findings if finding.kind.code == code]
