"""All checks, in the order in which their findings are shown, and what each needs."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from enum import Enum

from medpolicy.authoring.lint import authorization, coding, contents, diagnoses, history, marks, products, proofs, references
from medpolicy.authoring.lint.findings import Finding
from medpolicy.authoring.lint.subject import Subject


class Need(Enum):
    """What a check cannot do without; the value says so in words."""

    NOTHING = ""
    DOCUMENT = "the document's text"
    BLOCKS = "the document's headings, which its attached lines do not tell"
    DAY = "a day of asking (--as-of)"


@dataclass(frozen=True, slots=True)
class Check:
    """A check: its name, the findings that it makes, and what it needs."""

    name: str
    findings: Callable[[Subject], Iterator[Finding]]
    need: Need = Need.NOTHING


@dataclass(frozen=True, slots=True)
class PolicyReport:
    """What was found in a policy, in the order of the checks; and which checks could not run, with what they lacked."""

    subject: Subject
    findings: tuple[Finding, ...]
    not_run: tuple[tuple[str, str], ...]


CHECKS: tuple[Check, ...] = (
    Check("review marks", marks.marks),
    Check("cited text", marks.digests, Need.DOCUMENT),
    Check("lists that contradict", products.contradicting_lists),
    Check("makers", products.manufacturers),
    Check("spelling of products", products.product_names),
    Check("tables of products", products.in_no_table),
    Check("titles of tables", products.rows_and_titles),
    Check("table of contents", contents.contents, Need.BLOCKS),
    Check("conditions of listings", coding.conditions, Need.DOCUMENT),
    Check("descriptors of codes", coding.descriptors, Need.DOCUMENT),
    Check("code ranges", coding.overlaps),
    Check("diagnosis codes", diagnoses.validity),
    Check("the issuer's defaults", coding.issuer_defaults),
    Check("authorization", authorization.never_covered),
    Check("codes in the history", history.codes),
    Check("reviews left out", history.gaps),
    Check("overdue review", history.overdue, Need.DAY),
    Check("events that contradict themselves", history.adds_yet_unchanged),
    Check("versions without text", history.without_text),
    Check("numbers of references", references.numbers),
    Check("citations of references", references.cited, Need.DOCUMENT),
    Check("proofs of provisions", proofs.proofs),
)


def lint(subject: Subject) -> PolicyReport:
    """Every check that can run on a policy."""
    findings: list[Finding] = []
    not_run: list[tuple[str, str]] = []
    for check in CHECKS:
        lacking = _lacking(subject, check.need)
        if lacking is None:
            findings += check.findings(subject)
        else:
            not_run.append((check.name, lacking.value))
    return PolicyReport(subject, tuple(findings), tuple(not_run))


def _lacking(subject: Subject, need: Need) -> Need | None:
    """What is not there of what a check needs; None where it can run."""
    if need is Need.DAY:
        return Need.DAY if subject.as_of is None else None
    if need is Need.NOTHING:
        return None
    if not subject.documents:
        return Need.DOCUMENT
    return Need.BLOCKS if need is Need.BLOCKS and not any(one.blocks for one in subject.documents.values()) else None
