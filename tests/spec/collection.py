"""All specs, the sections of the design that they must quote in full, and what in those sections is no rule."""

from __future__ import annotations

from tests.spec import asking, axes, criteria, of_time, policy_254, precedence, reach, varicose
from tests.spec.form import Spec

CHAPTERS: dict[str, tuple[Spec, ...]] = {
    "The axes of an answer": axes.SPECS,
    "Time, honestly": of_time.SPECS,
    "Asking": asking.SPECS,
    "Criteria": criteria.SPECS,
    "Precedence": precedence.SPECS,
    "The reach of a request": reach.SPECS,
    "Policy 254": policy_254.SPECS,
    "The varicose veins guideline": varicose.SPECS,
}
ALL: tuple[Spec, ...] = tuple(spec for specs in CHAPTERS.values() for spec in specs)

# Where each section begins, and what comes after it.
SECTIONS = {
    "### The axes of an answer": "### Time, honestly",
    "### Time, honestly": "### Asking",
    "### Asking": "### Precedence",
    "### Precedence": "## Policy files",
    '"state": "MA"}}': "## The answer, as JSON",
}

# Sentences of those sections that no spec can or should prove, and why.
NOT_RULES = {
    "A mapping to a standard that forbids a combination carries what it cannot say in its detail and reason, so that "
    "nothing is lost.": "of the mappings to HL7's and X12's forms, which have tests of their own",
    "A policy lists its history; only some versions' texts are on file.": "says what there is",
    "In claims null is unknown, and diagnoses are complete where any is present.": "of claims, which are screened elsewhere",
}
