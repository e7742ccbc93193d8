"""What was found, as plain JSON values; and on which line of which file each place stands."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from medpolicy.authoring.lint.checks import PolicyReport
from medpolicy.authoring.lint.diagnosis_codes import diagnosis_codes
from medpolicy.authoring.lint.findings import Finding, Place, Severity
from medpolicy.formats.answers import citation_json
from medpolicy.formats.policy_places import lines_by_place
from medpolicy.formats.yaml_tree import read_yaml

PolicyKey = tuple[str, str]  # issuer, number


class PlacesInFiles:
    """The lines of places in the files of policies; `directories`: where each policy lies, by issuer and number."""

    def __init__(self, directories: Mapping[PolicyKey, Path]) -> None:
        self._directories = directories
        self._lines: dict[Path, Mapping[str, int]] = {}

    def file_of(self, policy: PolicyKey, place: Place) -> Path:
        """The file in which a place stands."""
        issuer, number = policy
        return self._directories[issuer, place.policy or number] / place.file

    def line_of(self, policy: PolicyKey, place: Place) -> int:
        """The line of a place, from 1; of the nearest around it that the file has."""
        file = self.file_of(policy, place)
        if file not in self._lines:
            self._lines[file] = lines_by_place(read_yaml(file.read_bytes(), str(file)))
        lines = self._lines[file]
        path = place.path
        while path not in lines and path:
            path = path[: max(path.rfind("."), path.rfind("["), 0)]
        return lines.get(path, 1)


def report_json(reports: Sequence[PolicyReport], places: PlacesInFiles) -> dict[str, Any]:
    """Everything that was found, policy by policy, and how much of each severity."""
    return {
        "counts": counts(reports),
        "diagnosis_codes": {"system": "icd-10-cm", "release": diagnosis_codes().release},
        "policies": [_policy_json(report, places) for report in reports],
    }


def counts(reports: Sequence[PolicyReport]) -> dict[str, int]:
    """How many findings there are of each severity, the gravest first."""
    counted = Counter(finding.kind.severity for report in reports for finding in report.findings)
    return {severity.value: counted[severity] for severity in Severity}


def exit_status(reports: Sequence[PolicyReport]) -> int:
    """The exit status that the gravest finding asks for."""
    return max((finding.kind.severity.exit_status for report in reports for finding in report.findings), default=0)


def key_of(report: PolicyReport) -> PolicyKey:
    """Issuer and number of the policy of a report."""
    return report.subject.policy.issuer, report.subject.policy.number


def _policy_json(report: PolicyReport, places: PlacesInFiles) -> dict[str, Any]:
    issuer, number = key_of(report)
    return {
        "issuer": issuer,
        "number": number,
        "documents": sorted(report.subject.documents),
        "findings": [_finding_json(finding, key_of(report), places) for finding in report.findings],
        "not_run": [{"check": check, "needs": need} for check, need in report.not_run],
    }


def _finding_json(finding: Finding, policy: PolicyKey, places: PlacesInFiles) -> dict[str, Any]:
    result: dict[str, Any] = {
        "code": finding.kind.code,
        "severity": finding.kind.severity.value,
        "asks": finding.kind.asks,
        "message": finding.message,
        "to_do": finding.kind.to_do,
        "places": [_place_json(place, policy, places) for place in finding.places],
    }
    if finding.request is not None:
        result["request"] = dict(finding.request)
    if finding.examples:
        result["examples"] = examples_json(finding)
    return result


def examples_json(finding: Finding) -> list[dict[str, Any]]:
    """The provisions and the request of each example."""
    return [{"provisions": list(one.provisions), "request": dict(one.request)} for one in finding.examples]


def _place_json(place: Place, policy: PolicyKey, places: PlacesInFiles) -> dict[str, Any]:
    result: dict[str, Any] = {
        "file": str(places.file_of(policy, place)),
        "line": places.line_of(policy, place),
        "path": place.path,
        "text": place.text,
        "quoted": place.is_quoted,
    }
    if place.citation is not None:
        result["citation"] = citation_json(place.citation)
    if place.policy is not None:
        result["policy"] = place.policy
    return result
