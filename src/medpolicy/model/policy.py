"""A medical policy, its versions, and everything that a version says."""

from __future__ import annotations

import datetime
from collections.abc import Mapping
from dataclasses import dataclass

from medpolicy.errors import InvalidModel
from medpolicy.model.citation import Citation, Rendition
from medpolicy.model.coded import CodedEnum
from medpolicy.model.codes import CodeSet, CodeSystem
from medpolicy.model.criteria import ALWAYS, Criterion
from medpolicy.model.facts import FactDefinition, FactValue
from medpolicy.model.issuer import ListingRole, Setting, Stance
from medpolicy.model.period import PartialDate


class Part(CodedEnum):
    """The parts of a policy's text that its history speaks of."""

    TITLE = "title"
    NUMBER = "number"
    LINES_OF_BUSINESS = "lines-of-business"
    STATEMENTS = "statements"
    PRODUCTS = "products"
    CODING = "coding"
    AUTHORIZATION = "authorization"
    SUPPLEMENT = "supplement"
    DESCRIPTION = "description"
    SUMMARY = "summary"
    REFERENCES = "references"
    DEFINITIONS = "definitions"
    PROGRAM_EXCEPTIONS = "program-exceptions"
    REIMBURSEMENT = "reimbursement"
    RELATED = "related"
    FORMAT = "format"


class Authority(CodedEnum):
    """Whose word a policy is; `library.precedence` puts them in order for a line of business."""

    LAW = "law"
    CONTRACT = "contract"
    PLAN_POLICY = "plan-policy"
    ISSUER_DEFAULT = "issuer-default"
    STATUTE = "statute"
    NCD = "ncd"
    LCD = "lcd"
    ARTICLE = "article"


class AuthorizationRequirement(CodedEnum):
    """What an authorization rule says, in the policy's own terms."""

    AUTH_NEEDED = "auth-needed"
    NO_AUTH = "no-auth"
    NOT_COVERED = "not-covered"
    CONDITIONAL = "conditional"


@dataclass(frozen=True, slots=True, kw_only=True)
class HistoryEvent:
    """A dated line of the history: which parts it touches, which it calls unchanged, what it says in our words."""

    date: PartialDate
    text: str
    citation: Citation
    effective: PartialDate | None = None
    review: bool = False
    touches: frozenset[Part] = frozenset()
    unchanged: frozenset[Part] = frozenset()
    codes_added: tuple[str, ...] = ()
    codes_removed: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        both = self.touches & self.unchanged
        if both:
            named = ", ".join(sorted(part.value for part in both))
            raise InvalidModel(f"the event of {self.date} both touches and leaves unchanged: {named}")

    @property
    def in_force(self) -> datetime.date:
        """The day from which the event counts: its effective date, else its date; a month counts from its first day."""
        return (self.effective or self.date).first_day


@dataclass(frozen=True, slots=True, kw_only=True)
class Delegation:
    """Whose criteria decide instead, such as an LCD by its identifier."""

    kind: str
    title: str
    identifier: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Provision:
    """One statement of the policy.

    It speaks where `when` is met (and of `procedures` only, where it names some). There its `stance` holds where
    `criteria` are met; where they are not, `otherwise` holds if there is one, else the provision says nothing.
    """

    id: str
    text: str
    stance: Stance
    citation: Citation
    lines_of_business: tuple[str, ...]
    when: Criterion = ALWAYS
    criteria: Criterion = ALWAYS
    otherwise: Stance | None = None
    otherwise_text: str | None = None
    otherwise_citation: Citation | None = None
    procedures: CodeSet | None = None
    delegated_to: tuple[Delegation, ...] = ()
    part: Part = Part.STATEMENTS

    def __post_init__(self) -> None:
        if (self.stance is Stance.DELEGATED) != bool(self.delegated_to):
            raise InvalidModel(f"provision {self.id!r}: a delegated stance, and no other, says to whom")


@dataclass(frozen=True, slots=True, kw_only=True)
class Product:
    """A named product, and the facts that naming it answers."""

    name: str
    manufacturer: str
    citation: Citation
    aliases: tuple[str, ...] = ()
    implies: Mapping[str, FactValue]


@dataclass(frozen=True, slots=True, kw_only=True)
class ProductList:
    """The products that a provision names as its examples."""

    id: str
    provision: str
    citation: Citation
    products: tuple[Product, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class ListedCode:
    """A code of a listing, where it stands, and the facts that the code itself settles."""

    code: str
    citation: Citation
    implies: Mapping[str, FactValue]


@dataclass(frozen=True, slots=True, kw_only=True)
class CodeListing:
    """Codes that a policy names, and how: the listing alone decides, or only together with `provisions` (none: all)."""

    id: str
    system: CodeSystem
    role: ListingRole
    text: str
    citation: Citation
    codes: tuple[ListedCode, ...]
    lines_of_business: tuple[str, ...]
    stance: Stance | None = None
    provisions: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        if (self.role is ListingRole.ALONE) != (self.stance is not None):
            raise InvalidModel(f"code listing {self.id!r}: a listing that decides alone, and no other, has a stance")
        if self.stance is Stance.DELEGATED:
            raise InvalidModel(f"code listing {self.id!r}: a listing cannot delegate; a provision can")


@dataclass(frozen=True, slots=True, kw_only=True)
class DiagnosisListing:
    """Diagnoses that a policy lists; a criterion may refer to them."""

    id: str
    text: str
    codes: CodeSet
    citation: Citation


@dataclass(frozen=True, slots=True, kw_only=True)
class AuthorizationRule:
    """Setting x line of business: what the policy says of prior authorization there (of `procedures`, where it names some)."""

    setting: Setting
    lines_of_business: tuple[str, ...]
    requirement: AuthorizationRequirement
    text: str
    citation: Citation
    procedures: CodeSet | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class SupplementRow:
    """A row of a supplementary table."""

    product: str
    matrix_type: str
    manufacturer: str
    citation: Citation


@dataclass(frozen=True, slots=True, kw_only=True)
class SupplementTable:
    """A table that the policy gives as reference material; it is not coverage."""

    id: str
    title: str
    text: str
    citation: Citation
    rows: tuple[SupplementRow, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceConflict:
    """Two places of the document that appear to conflict about a product."""

    id: str
    product: str
    part: Part
    text: str
    citations: tuple[Citation, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Passage:
    """Something that the document says, in our words: of its evidence, or of limits that are not evaluated."""

    id: str
    text: str
    citation: Citation


@dataclass(frozen=True, slots=True, kw_only=True)
class Reference:
    """A bibliographic reference; `published` at the document's precision."""

    number: int
    citation: Citation
    title: str | None = None
    authors: tuple[str, ...] = ()
    et_al: bool = False
    organization: str | None = None
    source: str | None = None
    published: str | None = None
    volume: str | None = None
    issue: str | None = None
    pages: str | None = None
    pmid: str | None = None
    doi: str | None = None
    address: str | None = None
    accessed: str | None = None
    updated: str | None = None
    note: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class RelatedPolicy:
    """Another policy of the issuer that this one points to."""

    number: str
    title: str
    citation: Citation


@dataclass(frozen=True, slots=True, kw_only=True)
class Identifier:
    """Another number of the policy, such as the Association's reference number or its NCD/LCD."""

    system: str
    value: str
    citation: Citation


@dataclass(frozen=True, slots=True, kw_only=True)
class ReviewMark:
    """Something that the author of a draft, or the importer, was not certain of, and that a person should look at.

    `version` None: in policy.yaml. `place` is a path of that file such as `provisions[implant].criteria`; empty: the whole
    file. `citation` is that of the nearest thing around it that has one.
    """

    place: str
    reason: str
    version: str | None = None
    citation: Citation | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class PolicyVersion:
    """The text in force from a date."""

    version: str
    effective: PartialDate
    rendition: Rendition
    lines_of_business: tuple[str, ...]
    lines_of_business_citation: Citation
    facts: tuple[FactDefinition, ...] = ()
    provisions: tuple[Provision, ...] = ()
    product_lists: tuple[ProductList, ...] = ()
    code_listings: tuple[CodeListing, ...] = ()
    diagnosis_listings: tuple[DiagnosisListing, ...] = ()
    authorization: tuple[AuthorizationRule, ...] = ()
    supplement: tuple[SupplementTable, ...] = ()
    source_conflicts: tuple[SourceConflict, ...] = ()
    evidence: tuple[Passage, ...] = ()
    limitations: tuple[Passage, ...] = ()
    references: tuple[Reference, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class MedicalPolicy:
    """A policy of an issuer: what it is called, its history from the oldest event, and the versions on file.

    `jurisdiction` (states, by USPS code) and `fully_established` are for an NCD, LCD or article: where it holds, and whether
    it leaves nothing for a plan to add (42 CFR 422.101(b)(6)). `review_months`: a review falls due so long after the last.
    `review_marks`: what awaits a person's look, in this file and in the versions.
    """

    issuer: str
    number: str
    title: str
    rendition: Rendition
    history: tuple[HistoryEvent, ...]
    versions: tuple[PolicyVersion, ...]
    authority: Authority = Authority.PLAN_POLICY
    identifiers: tuple[Identifier, ...] = ()
    related: tuple[RelatedPolicy, ...] = ()
    review_months: int | None = None
    jurisdiction: tuple[str, ...] = ()
    fully_established: bool = True
    review_marks: tuple[ReviewMark, ...] = ()

    def __post_init__(self) -> None:
        if not self.history:
            raise InvalidModel(f"policy {self.number}: without a history no date can be answered")
        days = [event.in_force for event in self.history]
        if days != sorted(days):
            raise InvalidModel(f"policy {self.number}: the history must go from the oldest event")
        starts = [version.effective.first_day for version in self.versions]
        if starts != sorted(set(starts)):
            raise InvalidModel(f"policy {self.number}: two versions begin on the same day, or they are out of order")
        for version in self.versions:
            if version.effective.first_day not in days:
                raise InvalidModel(f"policy {self.number}: no event of the history begins version {version.version}")

    @property
    def first_day(self) -> datetime.date:
        """The day from which there is a policy at all."""
        return self.history[0].in_force
