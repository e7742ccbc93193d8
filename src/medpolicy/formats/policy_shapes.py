"""The form of the policy files, as Pydantic models: which keys, of which type. What they mean together is checked later.

From these the published JSON Schemas are made, so every description here is read by people in their editor.
"""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field

_STANCES = Literal["medically-necessary", "not-medically-necessary", "investigational", "cosmetic", "delegated"]
_SHA256 = Annotated[str, Field(pattern="^[0-9a-f]{64}$")]


def _whole_number(value: object) -> object:
    """Numbers stand in the tree as text; "12" is one, "twelve" and "1.5" are not."""
    if isinstance(value, str) and value.isascii() and value.isdigit() and len(value) < 10:
        return int(value)
    return value


WholeNumber = Annotated[int, BeforeValidator(_whole_number), Field(strict=True)]
Truth = Annotated[bool, Field(strict=True)]
Text = Annotated[str, Field(strict=True)]
Words = Annotated[str, Field(strict=True, min_length=1)]
Name = Annotated[str, Field(strict=True, min_length=1, pattern=r"^[A-Za-z0-9][A-Za-z0-9_.-]*$")]
DateText = Annotated[str, Field(strict=True, pattern=r"^\d{4}-\d{2}(-\d{2})?$", description="YYYY-MM or YYYY-MM-DD")]


class Shape(BaseModel):
    """A mapping with known keys only."""

    model_config = ConfigDict(extra="forbid", populate_by_name=True)


class MarkedShape(Shape):
    """Something of which its author, or the importer, may say that it was not certain."""

    review: Annotated[list[Words], Field(description="what a person should look at before this is relied on, in words")] = []


class CitationShape(Shape):
    """Where it stands in the document."""

    section: Words
    lines: Annotated[list[WholeNumber], Field(min_length=2, max_length=2, description="first and last line, from 1")]
    sha256: Annotated[_SHA256, Field(description="digest of the lines: UTF-8, NFC, right-stripped, joined by LF")]


class RenditionShape(Shape):
    """The file that the citations point into."""

    sha256: _SHA256
    media_type: Words
    lines: WholeNumber


class AtLeastNShape(Shape):
    """At least `n` of these."""

    n: WholeNumber
    of: Annotated[list[CriterionShape], Field(min_length=1)]


class AgeShape(Shape):
    """Completed years on the service date."""

    at_least: WholeNumber | None = None
    more_than: WholeNumber | None = None
    at_most: WholeNumber | None = None
    less_than: WholeNumber | None = None
    equal_to: WholeNumber | None = None


class CriterionShape(MarkedShape):
    """One of: all, any, not, at_least_n, see; or a test of a fact, age, sex, diagnosis, procedure, product or service state."""

    all: list[CriterionShape] | None = None
    any: list[CriterionShape] | None = None
    not_: Annotated[CriterionShape | None, Field(alias="not")] = None
    at_least_n: AtLeastNShape | None = None
    see: Annotated[Name | None, Field(description="a definition of this file")] = None
    fact: Name | None = None
    is_: Annotated[Truth | Text | None, Field(alias="is")] = None
    one_of: list[Text] | None = None
    at_least: Annotated[Text | None, Field(description="'3 mm', '3 months', a choice of a scale")] = None
    more_than: Text | None = None
    at_most: Text | None = None
    less_than: Text | None = None
    equal_to: Text | None = None
    on_or_after: DateText | None = None
    after: DateText | None = None
    on_or_before: DateText | None = None
    before: DateText | None = None
    age: AgeShape | None = None
    sex: Literal["female", "male", "other"] | None = None
    diagnosis: Annotated[list[Text] | None, Field(description="codes, ranges a-b, prefixes 'M17.*'")] = None
    diagnosis_listing: Name | None = None
    procedure: list[Text] | None = None
    product: list[Words] | None = None
    service_state: list[Annotated[str, Field(pattern="^[A-Z]{2}$")]] | None = None
    citation: CitationShape | None = None


class ChoiceShape(Shape):
    value: Text
    meaning: Text


class FactShape(MarkedShape):
    """A question that the policy asks."""

    id: Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]*$")]
    type: Literal["boolean", "choice", "number", "date", "duration"]
    ask: Words
    unit: Text | None = None
    choices: list[ChoiceShape] | None = None
    ordered: Truth = False
    citation: CitationShape


class DefinitionShape(MarkedShape):
    """Criteria used in several places, by `see`."""

    id: Name
    text: Words
    criteria: CriterionShape
    citation: CitationShape


class DelegationShape(Shape):
    kind: Words
    title: Words
    identifier: Text | None = None


class ProvisionShape(MarkedShape):
    """One statement of the policy, in our own words."""

    id: Name
    text: Words
    stance: _STANCES
    when: Annotated[CriterionShape | None, Field(description="when the statement speaks at all")] = None
    procedures: Annotated[list[Text] | None, Field(description="codes that the statement itself names")] = None
    criteria: Annotated[CriterionShape | None, Field(description="when the stance holds")] = None
    otherwise: Annotated[_STANCES | None, Field(description="the stance where the criteria are not met")] = None
    otherwise_text: Text | None = None
    otherwise_citation: CitationShape | None = None
    lines_of_business: list[Name] | None = None
    delegated_to: list[DelegationShape] | None = None
    part: Text = "statements"
    citation: CitationShape


class ProductShape(MarkedShape):
    name: Words
    manufacturer: Words
    aliases: list[Words] = []
    implies: dict[str, Any] | None = None
    citation: CitationShape


class ProductListShape(MarkedShape):
    """Products that a provision names."""

    id: Name
    provision: Name
    implies: dict[str, Any] = {}
    citation: CitationShape
    products: Annotated[list[ProductShape], Field(min_length=1)]


class ListedCodeShape(MarkedShape):
    code: Text
    implies: dict[str, Any] | None = None
    citation: CitationShape


class CodeListingShape(MarkedShape):
    """Codes that the policy names, and whether the listing alone decides."""

    id: Name
    system: Literal["cpt", "hcpcs", "icd-10-pcs"]
    decides: Literal["alone", "with-provisions"] | None = None
    stance: _STANCES | None = None
    implies: dict[str, Any] = {}
    provisions: list[Name] = []
    lines_of_business: list[Name] | None = None
    text: Words
    citation: CitationShape
    codes: Annotated[list[ListedCodeShape], Field(min_length=1)]


class DiagnosisListingShape(MarkedShape):
    id: Name
    system: Literal["icd-10-cm"] = "icd-10-cm"
    codes: Annotated[list[Text], Field(min_length=1)]
    text: Words
    citation: CitationShape


class AuthorizationShape(MarkedShape):
    """What the policy says of prior authorization for a setting and lines of business."""

    setting: Literal["inpatient", "outpatient"]
    lines_of_business: list[Name] | None = None
    rule: Literal["auth-needed", "no-auth", "not-covered", "conditional"]
    procedures: list[Text] | None = None
    text: Words
    citation: CitationShape


class SupplementRowShape(MarkedShape):
    product: Words
    matrix_type: Words
    manufacturer: Words
    citation: CitationShape


class SupplementShape(MarkedShape):
    id: Name
    title: Words
    text: Words
    citation: CitationShape
    rows: list[SupplementRowShape]


class SourceConflictShape(MarkedShape):
    """Two places of the document that appear to conflict about a product."""

    id: Name
    product: Words
    part: Text
    text: Words
    citations: Annotated[list[CitationShape], Field(min_length=2)]


class PassageShape(MarkedShape):
    id: Name
    text: Words
    citation: CitationShape


class ReferenceShape(MarkedShape):
    number: WholeNumber
    authors: list[Words] = []
    et_al: Truth = False
    organization: Text | None = None
    title: Text | None = None
    source: Text | None = None
    published: Annotated[str | None, Field(pattern=r"^\d{4}(-\d{2}(-\d{2})?)?$")] = None
    volume: Text | None = None
    issue: Text | None = None
    pages: Text | None = None
    pmid: Annotated[str | None, Field(pattern=r"^\d{1,8}$")] = None
    doi: Text | None = None
    address: Text | None = None
    accessed: Text | None = None
    updated: Text | None = None
    note: Text | None = None
    citation: CitationShape


class PolicyVersionFile(MarkedShape):
    """policies/<issuer>/<number>/<version>.yaml: the text in force from a date."""

    version: DateText
    rendition: RenditionShape
    lines_of_business: Annotated[list[Name], Field(min_length=1)]
    lines_of_business_citation: CitationShape
    facts: list[FactShape] = []
    definitions: list[DefinitionShape] = []
    provisions: list[ProvisionShape] = []
    product_lists: list[ProductListShape] = []
    code_listings: list[CodeListingShape] = []
    diagnosis_listings: list[DiagnosisListingShape] = []
    authorization: list[AuthorizationShape] = []
    supplement: list[SupplementShape] = []
    source_conflicts: list[SourceConflictShape] = []
    evidence: list[PassageShape] = []
    limitations: list[PassageShape] = []
    references: list[ReferenceShape] = []


class IdentifierShape(MarkedShape):
    system: Words
    value: Words
    citation: CitationShape


class RelatedShape(MarkedShape):
    number: Words
    title: Words
    citation: CitationShape


class EventShape(Shape):
    """A dated line of the history."""

    date: DateText
    effective: DateText | None = None
    review: Truth = False
    review_marks: Annotated[list[Words], Field(description="as `review` elsewhere, which says here that it is a review")] = []
    touches: list[Text] = []
    unchanged: list[Text] = []
    codes_added: list[Text] = []
    codes_removed: list[Text] = []
    text: Words
    citation: CitationShape


def _needs_history(schema: dict[str, Any]) -> None:
    schema["required"] = [*schema["required"], "history"]
    schema["properties"]["history"]["minItems"] = 1


class PolicyFile(MarkedShape):
    """policies/<issuer>/<number>/policy.yaml: identity, related policies, history."""

    issuer: Name
    number: Name
    title: Words
    rendition: RenditionShape
    authority: Literal["law", "contract", "plan-policy", "issuer-default", "statute", "ncd", "lcd", "article"] = "plan-policy"
    jurisdiction: list[Annotated[str, Field(pattern="^[A-Z]{2}$")]] = []
    fully_established: Truth = True
    identifiers: list[IdentifierShape] = []
    review_interval: Annotated[Text | None, Field(description="'12 months', '2 years'")] = None
    related: list[RelatedShape] = []
    # Needed, as `policy_files` sees to: so a history whose every event is faulty does not hide the file's other faults.
    history: list[EventShape] = []

    model_config = ConfigDict(json_schema_extra=_needs_history)


class LineOfBusinessShape(Shape):
    id: Name
    name: Words
    program: Literal["commercial", "medicare-advantage", "medicaid", "federal-employee", "state-account"]


class ClaimAdjustmentShape(Shape):
    stance: _STANCES | None = None
    authorization: Literal["absent"] | None = None
    carc: Words
    rarc: Text | None = None
    lines_of_business: list[Name] = []


class InpatientShape(Shape):
    places_of_service: list[Text] = ["21", "51", "61"]
    types_of_bill: list[Text] = ["11x"]


class GuidelineShape(Shape):
    name: Words
    address: Text | None = None


class CoverageByStanceShape(Shape):
    """What each stance means for coverage."""

    medically_necessary: Annotated[Literal["covered", "not-covered"], Field(alias="medically-necessary")]
    not_medically_necessary: Annotated[Literal["covered", "not-covered"], Field(alias="not-medically-necessary")]
    investigational: Literal["covered", "not-covered"]
    cosmetic: Literal["covered", "not-covered"]


class IssuerFile(Shape):
    """policies/<issuer>/issuer.yaml: lines of business and defaults."""

    id: Name
    name: Words
    lines_of_business: Annotated[list[LineOfBusinessShape], Field(min_length=1)]
    coverage_by_stance: CoverageByStanceShape
    code_listings: Literal["alone", "with-provisions"] = "with-provisions"
    claim_adjustments: list[ClaimAdjustmentShape] = []
    inpatient: InpatientShape = InpatientShape()
    guidelines: list[GuidelineShape] = []


class ExpectationShape(Shape):
    """What a case expects of one service; what is left out is not looked at."""

    coverage: Text | None = None
    stance: Annotated[Text | None, Field(description="'none': the answer has no stance")] = None
    prior_authorization: Text | None = None
    basis: Text | None = None
    reasons: list[Text] | None = None
    provisions: list[Text] | None = None
    questions: Annotated[list[Text] | None, Field(description="exactly these facts, in order")] = None
    notes: list[Text] | None = None


class CaseShape(Shape):
    """A case that a nurse can read and write."""

    case: Words
    request: dict[str, Any]
    expect: ExpectationShape | list[ExpectationShape]


class CasesFile(Shape):
    """policies/<issuer>/<number>/cases.yaml"""

    cases: list[CaseShape]
