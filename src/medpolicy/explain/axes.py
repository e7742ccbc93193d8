"""The axes of an answer in words, for a person. The values themselves are the contract; DESIGN.md, "The axes of an answer"."""

from __future__ import annotations

from medpolicy.explain.words import BASIS_IN_WORDS
from medpolicy.model.determination import Basis, PriorAuthorization
from medpolicy.model.issuer import Coverage, Stance

COVERAGE_IN_WORDS = {
    Coverage.COVERED: "covered",
    Coverage.NOT_COVERED: "not covered",
    Coverage.CONDITIONAL: "conditional: something that is not known yet, or someone else's criteria, decides",
    Coverage.INDETERMINATE: "indeterminate: the text in force is not on file, or policies conflict",
    Coverage.NOT_ADDRESSED: "not addressed: no provision speaks to this service",
}
STANCE_IN_WORDS = {
    Stance.MEDICALLY_NECESSARY: "medically necessary",
    Stance.NOT_MEDICALLY_NECESSARY: "not medically necessary",
    Stance.INVESTIGATIONAL: "investigational",
    Stance.COSMETIC: "cosmetic",
    Stance.DELEGATED: "left to someone else's criteria",
}
AUTHORIZATION_IN_WORDS = {
    PriorAuthorization.AUTH_NEEDED: "needed before the service",
    PriorAuthorization.NO_AUTH: "not needed",
    PriorAuthorization.CONDITIONAL: "conditional: it depends on what is not known yet",
    PriorAuthorization.INDETERMINATE: "indeterminate: it cannot be said",
    PriorAuthorization.NOT_APPLICABLE: "not applicable: the policy says that the service is not covered there",
    PriorAuthorization.NOT_ADDRESSED: "not addressed: the policy says nothing of it",
}


def coverage_in_words(value: str) -> str:
    """The coverage of an answer in words."""
    return COVERAGE_IN_WORDS[Coverage(value)]


def stance_in_words(value: str) -> str:
    """What the policy considers the service, in words."""
    return STANCE_IN_WORDS[Stance(value)]


def authorization_in_words(value: str) -> str:
    """Whether authorization is needed, in words."""
    return AUTHORIZATION_IN_WORDS[PriorAuthorization(value)]


def basis_in_words(value: str) -> str:
    """How well the rule in force is known, in words."""
    return BASIS_IN_WORDS[Basis(value)]
