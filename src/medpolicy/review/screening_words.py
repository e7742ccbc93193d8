"""What stands in reports of claims, in words. The codes are the contract; a code without words here stands for itself."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from medpolicy.model.determination import Basis, NoteCode, PriorAuthorization, ReasonCode
from medpolicy.model.issuer import Coverage, Stance

# Every report says these.
LIMITS: Final = (
    "Bundling, units and payment edits are not evaluated: what is covered here may still be paid otherwise, or not at all.",
    "The member's contract governs. This speaks of services under the medical policies, not of one member's benefits.",
    "Nothing here is a decision. A decision against a member is a person's, recorded and signed.",
    "What a claim does not tell is not guessed: such lines are conditional, and the report says what would settle them.",
)
IMPACT_LIMITS: Final = (
    "Answers are compared, not payments: dollars are what the lines carry, not what would change hands.",
    *LIMITS[:-1],
    "What a claim does not tell is not guessed: such lines are conditional, before, after or both.",
)

COVERAGE: Final[Mapping[str, str]] = {
    Coverage.COVERED.value: "Covered",
    Coverage.NOT_COVERED.value: "Not covered",
    Coverage.CONDITIONAL.value: "Conditional",
    Coverage.INDETERMINATE.value: "Indeterminate",
    Coverage.NOT_ADDRESSED.value: "Not addressed",
}
COVERAGE_MEANS: Final[Mapping[str, str]] = {
    Coverage.COVERED.value: "the policy's stance means that the service is covered",
    Coverage.NOT_COVERED.value: "it means that it is not",
    Coverage.CONDITIONAL.value: "something that the claim does not tell decides, or someone else's criteria",
    Coverage.INDETERMINATE.value: "the text in force is not on file, or policies conflict",
    Coverage.NOT_ADDRESSED.value: "no provision speaks to the service",
}
STANCE: Final[Mapping[str, str]] = {
    Stance.MEDICALLY_NECESSARY.value: "Medically necessary",
    Stance.NOT_MEDICALLY_NECESSARY.value: "Not medically necessary",
    Stance.INVESTIGATIONAL.value: "Investigational",
    Stance.COSMETIC.value: "Cosmetic",
    Stance.DELEGATED.value: "Left to other criteria",
}
AUTHORIZATION: Final[Mapping[str, str]] = {
    PriorAuthorization.AUTH_NEEDED.value: "Needed",
    PriorAuthorization.NO_AUTH.value: "Not needed",
    PriorAuthorization.CONDITIONAL.value: "Conditional",
    PriorAuthorization.INDETERMINATE.value: "Indeterminate",
    PriorAuthorization.NOT_APPLICABLE.value: "Not applicable",
    PriorAuthorization.NOT_ADDRESSED.value: "Not addressed",
}
BASIS: Final[Mapping[str | None, str]] = {
    Basis.ON_FILE.value: "On file",
    Basis.UNCHANGED.value: "Unchanged",
    Basis.PRESUMED_UNCHANGED.value: "Presumed unchanged",
    Basis.NOT_ON_FILE.value: "Not on file",
    None: "No rule weighed",
}
BASIS_MEANS: Final[Mapping[str | None, str]] = {
    Basis.ON_FILE.value: "the text in force on the service date is on file",
    Basis.UNCHANGED.value: "every event since says that the text is unchanged",
    Basis.PRESUMED_UNCHANGED.value: "no event since says that it changed, and not all say that it did not",
    Basis.NOT_ON_FILE.value: "an event since touched the text",
    None: "no policy on file speaks to the service",
}
REASON: Final[Mapping[str, str]] = {
    ReasonCode.LISTED.value: "a code listing decides by itself",
    ReasonCode.PROVISION_MET.value: "a provision's criteria are met",
    ReasonCode.PROVISION_OTHERWISE.value: "they are not met, and the provision says what holds then",
    ReasonCode.PROVISION_OPEN.value: "whether a provision applies is not settled",
    ReasonCode.DELEGATED.value: "a provision hands over to someone else's criteria",
    ReasonCode.CRITERIA_NOT_MET.value: "no provision's criteria are met",
    ReasonCode.NOT_LISTED.value: "no policy on file names the code",
    ReasonCode.LINE_NOT_NAMED.value: "the policy does not name the line of business",
    ReasonCode.BEFORE_FIRST_POLICY.value: "the service lies before the policy's first event",
    ReasonCode.TEXT_NOT_ON_FILE.value: "the text in force is not on file",
    ReasonCode.CONFLICT.value: "provisions that apply disagree; none is picked",
    ReasonCode.AUTHORIZATION_RULE.value: "a rule of prior authorization",
}
NOTE: Final[Mapping[str, str]] = {
    NoteCode.CONFLICTING_SOURCE.value: "two places of the document appear to conflict",
    NoteCode.CONFLICTING_FACTS.value: "what is said of a fact contradicts itself",
    NoteCode.REVIEW_OVERDUE.value: "a review of the policy fell due, and its history shows none since",
    NoteCode.MEDICARE_CRITERIA_NOT_LOADED.value: "a line of Medicare Advantage, and no NCD or LCD for the service is on file",
    NoteCode.PRODUCT_NOT_LISTED.value: "a named product is in no list",
    NoteCode.PRODUCTS_NOT_ON_FILE.value: "the product list in force is not on file",
    NoteCode.NAMED_IN_HISTORY.value: "the policy's history added the code, and the text in force does not list it",
    NoteCode.FUTURE_SERVICE_DATE.value: "the service date lies after the day of asking",
    NoteCode.AWAITS_REVIEW.value: "the policy's files have marks of their author that a person should look at",
    "no-procedure-code": "the line has no procedure code",
}
REMARK: Final[Mapping[str, str]] = {
    "no-procedure-code": "no procedure code: answered as not addressed",
    "negative-amount": "a negative amount, such as of a reversal: it lowers the sums",
    "no-diagnosis": "no diagnosis",
    "icd-9-cm": "diagnoses in ICD-9-CM, which no policy lists: taken as unknown",
    "no-setting": "neither type of bill nor place of service: the setting is unknown",
    "no-age": "the member's age is unknown",
    "no-sex": "the member's sex is unknown",
    "no-state": "the member's state is unknown",
}
REJECTION: Final[Mapping[str, str]] = {
    "missing-field": "nothing stands there",
    "wrong-type": "the value is not of the column's kind",
    "invalid-date": "no date in the form YYYY-MM-DD",
    "impossible-date": "a date that cannot be",
    "malformed-code": "no code in its form",
    "duplicate-key": "claim and line number stand more than once",
    "no-eligibility": "the member is not enrolled on the service date",
    "overlapping-eligibility": "the member is enrolled twice on the service date, in different ways",
    "unknown-line-of-business": "no issuer declares the line of business",
    "ambiguous-issuer": "several issuers declare the line of business",
    "unreadable-row": "the row cannot be read",
    "rejected-transaction": "the X12 transaction was rejected as a whole, for what the acknowledgment says",
}
DOLLARS: Final[Mapping[str | None, str]] = {
    "paid": "Dollars are paid amounts; a line without one adds nothing.",
    "allowed": "Dollars are allowed amounts, for no line has a paid one; a line without one adds nothing.",
    "charge": "Dollars are charges, for no line has a paid or allowed amount; a line without one adds nothing.",
    None: "No line has an amount, so lines are counted and nothing is said in dollars.",
}
