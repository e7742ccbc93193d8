"""A determination: per service, what the policies in force say, how well that is known, and where it stands."""

from __future__ import annotations

from datetime import date
from typing import Any, NamedTuple

from medpolicy.model.citation import Citation
from medpolicy.model.coded import CodedEnum
from medpolicy.model.issuer import Coverage, Stance
from medpolicy.model.policy import Delegation


class PriorAuthorization(CodedEnum):
    """Whether authorization is needed before the service; DESIGN.md, "The axes of an answer"."""

    AUTH_NEEDED = "auth-needed"
    NO_AUTH = "no-auth"
    CONDITIONAL = "conditional"
    INDETERMINATE = "indeterminate"
    NOT_APPLICABLE = "not-applicable"
    NOT_ADDRESSED = "not-addressed"


class Basis(CodedEnum):
    """How well the rule in force on the service date is known, from the best to the worst."""

    ON_FILE = "on-file"
    UNCHANGED = "unchanged"
    PRESUMED_UNCHANGED = "presumed-unchanged"
    NOT_ON_FILE = "not-on-file"

    @property
    def weakness(self) -> int:
        return _WEAKNESS[self]


_WEAKNESS = {basis: index for index, basis in enumerate(Basis)}


def weakest(*bases: Basis) -> Basis:
    """The worst known of these."""
    return max(bases, key=lambda basis: basis.weakness)


class ReasonCode(CodedEnum):
    """Why a service is answered as it is. docs/reference/answers.md says each in prose."""

    LISTED = "listed"
    PROVISION_MET = "provision-met"
    PROVISION_OTHERWISE = "provision-otherwise"
    PROVISION_OPEN = "provision-open"
    DELEGATED = "delegated"
    CRITERIA_NOT_MET = "criteria-not-met"
    NOT_LISTED = "not-listed"
    LINE_NOT_NAMED = "line-not-named"
    BEFORE_FIRST_POLICY = "before-first-policy"
    TEXT_NOT_ON_FILE = "text-not-on-file"
    CONFLICT = "conflict"
    AUTHORIZATION_RULE = "authorization-rule"


class NoteCode(CodedEnum):
    """What an answer says besides. docs/reference/answers.md says each in prose."""

    CONFLICTING_SOURCE = "conflicting-source"
    CONFLICTING_FACTS = "conflicting-facts"
    REVIEW_OVERDUE = "review-overdue"
    MEDICARE_CRITERIA_NOT_LOADED = "medicare-criteria-not-loaded"
    PRODUCT_NOT_LISTED = "product-not-listed"
    PRODUCTS_NOT_ON_FILE = "products-not-on-file"
    NAMED_IN_HISTORY = "named-in-history"
    FUTURE_SERVICE_DATE = "future-service-date"
    AWAITS_REVIEW = "awaits-review"


class PolicyCited(NamedTuple):
    """The policy that answers, and the version whose text decides; no version where none is on file for the day."""

    issuer: str
    number: str
    version: str | None


class Ground(NamedTuple):
    """A fact that a reason rests on: which, its value in words, and who said it (`request`, a product, `code`)."""

    fact: str
    value: str
    source: str


class Reason(NamedTuple):
    """Why: from which rule of which policy, how well known, and where it stands. `explain` puts it into words.

    `rule` is the id of the provision or listing; `says` is what the rule, or the history event, says in our words.
    """

    code: ReasonCode
    says: str = ""
    policy: PolicyCited | None = None
    rule: str | None = None
    basis: Basis | None = None
    citation: Citation | None = None
    grounds: tuple[Ground, ...] = ()
    delegated_to: tuple[Delegation, ...] = ()


class PreparedReason(Reason):
    """A reason with nothing of a request in it; `json` is what it comes to, made beforehand. Equal to the same reason."""

    json: dict[str, Any]


class Question(NamedTuple):
    """A fact that is needed and unknown; `provisions` are those that it would settle."""

    fact: str
    ask: str
    type: str
    provisions: tuple[str, ...] = ()
    unit: str | None = None
    choices: tuple[str, ...] = ()


class Note(NamedTuple):
    """Something worth knowing that decides nothing. `says` is the particular: a product, a fact, a date."""

    code: NoteCode
    says: str = ""
    citations: tuple[Citation, ...] = ()


class RelatedCited(NamedTuple):
    """Another policy to look at."""

    number: str
    title: str


class ServiceDetermination(NamedTuple):
    """The answer for one service. None: the axis does not apply and is left out of the JSON."""

    procedure: str | None
    modifiers: tuple[str, ...]
    coverage: Coverage
    stance: Stance | None
    prior_authorization: PriorAuthorization | None
    basis: Basis | None
    policy: PolicyCited | None
    reasons: tuple[Reason, ...]
    questions: tuple[Question, ...]
    notes: tuple[Note, ...]
    related: tuple[RelatedCited, ...]


class Determination(NamedTuple):
    """The answer to a request: one service each, in the request's order."""

    id: str | None
    library: str
    engine: str
    as_of: date
    services: tuple[ServiceDetermination, ...]
