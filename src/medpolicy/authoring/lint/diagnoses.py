"""Diagnoses that a policy lists, compared with the bundled set of ICD-10-CM codes."""

from __future__ import annotations

from collections.abc import Iterator

from medpolicy.authoring.lint import findings as f
from medpolicy.authoring.lint.coding import code_sets
from medpolicy.authoring.lint.diagnosis_codes import DiagnosisCodes, diagnosis_codes
from medpolicy.authoring.lint.findings import Finding, FindingKind
from medpolicy.authoring.lint.subject import Subject
from medpolicy.model.codes import CodeRange, CodeSystem


def validity(subject: Subject) -> Iterator[Finding]:
    """Codes that are unknown, expired or incomplete, and ranges that hold no code."""
    for version in subject.policy.versions:
        for path, citation, codes in code_sets(version):
            for entry in codes.ranges:
                if entry.system is CodeSystem.ICD_10_CM:
                    for kind, message in _faults(entry, diagnosis_codes()):
                        yield Finding(kind=kind, message=message, places=(subject.place(version, path, citation, str(codes)),))


def _faults(entry: CodeRange, known: DiagnosisCodes) -> Iterator[tuple[FindingKind, str]]:
    is_single = entry.first == entry.last and not entry.prefix
    if not is_single and not known.any_in(entry):
        yield f.EMPTY_DIAGNOSIS_RANGE, f"{entry} holds no code of the release of {known.release}."
        return
    for code in () if entry.prefix else dict.fromkeys((entry.first, entry.last)):
        expired = known.expired_after(code)
        if expired is not None:
            yield f.EXPIRED_DIAGNOSIS_CODE, f"{code} was valid in the release of {expired} and is not in that of {known.release}."
        elif not known.has(code):
            yield (
                f.UNKNOWN_DIAGNOSIS_CODE,
                f"{code} is no code of the release of {known.release}, nor of the earlier ones carried.",
            )
        elif is_single and not known.is_complete(code):
            yield f.INCOMPLETE_DIAGNOSIS_CODE, f"{code} stands for a group; alone it matches no code that a claim can carry."
