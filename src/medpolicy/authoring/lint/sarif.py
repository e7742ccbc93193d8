"""Findings as SARIF 2.1.0 (OASIS, Static Analysis Results Interchange Format), which code hosts and editors show."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from pathlib import Path
from typing import Any
from urllib.parse import quote

from medpolicy.authoring.lint.checks import PolicyReport
from medpolicy.authoring.lint.findings import KINDS, Finding, FindingKind, Place, Severity
from medpolicy.authoring.lint.report import PlacesInFiles, PolicyKey, examples_json, key_of

VERSION = "2.1.0"
SCHEMA = "https://json.schemastore.org/sarif-2.1.0.json"
_LEVELS = {Severity.ERROR: "error", Severity.WARNING: "warning", Severity.INFORMATION: "note"}


def sarif(reports: Sequence[PolicyReport], places: PlacesInFiles, *, tool_version: str, base: Path) -> dict[str, Any]:
    """A SARIF log with one run. Files below `base` are named relative to it, others by their `file:` address."""
    numbers = {kind.code: number for number, kind in enumerate(KINDS)}
    return {
        "$schema": SCHEMA,
        "version": VERSION,
        "runs": [
            {
                "tool": {"driver": {"name": "medpolicy", "version": tool_version, "rules": [_rule(kind) for kind in KINDS]}},
                "columnKind": "unicodeCodePoints",
                "results": [
                    _result(finding, numbers[finding.kind.code], key_of(report), places, base)
                    for report in reports
                    for finding in report.findings
                ],
                "invocations": [
                    {
                        "executionSuccessful": True,
                        "toolExecutionNotifications": [
                            {
                                "level": "note",
                                "message": {
                                    "text": f"{'/'.join(key_of(report))}: the check “{check}” did not run; it needs {need}."
                                },
                            }
                            for report in reports
                            for check, need in report.not_run
                        ],
                    }
                ],
            }
        ],
    }


def _rule(kind: FindingKind) -> dict[str, Any]:
    return {
        "id": kind.code,
        "shortDescription": {"text": kind.meaning},
        "fullDescription": {"text": f"{kind.meaning} Example: {kind.example}"},
        "help": {"text": kind.to_do},
        "defaultConfiguration": {"level": _LEVELS[kind.severity]},
        "properties": {"asks": kind.asks},
    }


def _result(finding: Finding, number: int, policy: PolicyKey, places: PlacesInFiles, base: Path) -> dict[str, Any]:
    first, *others = finding.places
    result: dict[str, Any] = {
        "ruleId": finding.kind.code,
        "ruleIndex": number,
        "level": _LEVELS[finding.kind.severity],
        "message": {"text": finding.message},
        "locations": [_location(first, policy, places, base)],
        "partialFingerprints": {"finding/v1": _fingerprint(finding, policy)},
    }
    if others:
        result["relatedLocations"] = [
            {"id": at, **_location(place, policy, places, base)} for at, place in enumerate(others, start=1)
        ]
    shown = {
        **({"request": dict(finding.request)} if finding.request is not None else {}),
        **({"examples": examples_json(finding)} if finding.examples else {}),
    }
    if shown:
        result["properties"] = shown
    return result


def _location(place: Place, policy: PolicyKey, places: PlacesInFiles, base: Path) -> dict[str, Any]:
    region = {"startLine": places.line_of(policy, place)}
    location: dict[str, Any] = {
        "physicalLocation": {"artifactLocation": {"uri": _address(places.file_of(policy, place), base)}, "region": region},
        "message": {"text": _in_words(place)},
    }
    if place.path:
        location["logicalLocations"] = [{"fullyQualifiedName": place.path}]
    return location


def _in_words(place: Place) -> str:
    if place.citation is None:
        return place.text or place.file
    first, last = place.citation.first_line, place.citation.last_line
    lines = f"line {first}" if first == last else f"lines {first} to {last}"
    return f"“{place.citation.section}”, {lines}: {place.text}"


def _address(file: Path, base: Path) -> str:
    absolute = file.absolute()
    if absolute.is_relative_to(base.absolute()):
        return quote(absolute.relative_to(base.absolute()).as_posix())
    return absolute.as_uri()


def _fingerprint(finding: Finding, policy: PolicyKey) -> str:
    """Stable where lines move: the kind, the policy, the message and the places by name."""
    places = (
        f"{place.policy}/{place.file} {place.path}" if place.policy else f"{place.file} {place.path}" for place in finding.places
    )
    parts = [finding.kind.code, *policy, finding.message, *places]
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()
