"""Findings: what each kind is called, how grave it is, what it means, and what to do about it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum
from typing import Any

from medpolicy.model.citation import Citation


class Severity(Enum):
    """How grave a finding is. `exit_status` is what `medpolicy lint` ends with where nothing graver was found."""

    ERROR = "error"
    WARNING = "warning"
    INFORMATION = "information"

    @property
    def exit_status(self) -> int:
        return {Severity.ERROR: 2, Severity.WARNING: 1, Severity.INFORMATION: 0}[self]


@dataclass(frozen=True, slots=True)
class FindingKind:
    """A kind of finding. `code` never changes. `meaning`, `example` and `to_do` are whole sentences.

    `asks`: nothing is claimed; a person who knows the field has to say.
    """

    code: str
    severity: Severity
    meaning: str
    example: str
    to_do: str
    asks: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """One place that a finding rests on.

    `file` is a policy file's name, such as `policy.yaml`, and `path` a place in it, such as `provisions[implant].criteria`.
    `text` is what stands there: of the document where `is_quoted`, else what the policy file says in our words.
    `policy`: the number of another policy of the issuer whose file it is; None for the one that is checked.
    """

    file: str
    path: str
    text: str
    citation: Citation | None = None
    is_quoted: bool = False
    policy: str | None = None


@dataclass(frozen=True, slots=True)
class Example:
    """A request that shows something of these provisions, put to `determine`."""

    provisions: tuple[str, ...]
    request: Mapping[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """Something that a person should look at; one place or more. `request` shows it, put to `determine`.

    `examples`: where it was found of several pairs of provisions, one for each pair; `request` is the first one's.
    """

    kind: FindingKind
    message: str
    places: tuple[Place, ...]
    request: Mapping[str, Any] | None = None
    examples: tuple[Example, ...] = ()

    def __post_init__(self) -> None:
        assert self.places, "a finding says where"


_E, _W, _I = Severity.ERROR, Severity.WARNING, Severity.INFORMATION

AWAITS_REVIEW = FindingKind(
    "awaits-review",
    _W,
    "The author of the file, or the importer, was not certain of this place and said so with `review`.",
    "`review: ['Is this the graft alone?']` at a provision.",
    "Read the lines cited, mend the file if need be, and take the mark out.",
    asks=True,
)
CITATION_DIFFERS = FindingKind(
    "citation-differs",
    _E,
    "The digest of a citation is not that of the document's lines: the text changed, or the lines are not the cited ones.",
    "Lines 36 to 38 are cited; in the document that was given they read otherwise.",
    "Compare the statement with the text; correct it, the lines and the digest, or make a version of its own.",
)
OTHER_RENDITION = FindingKind(
    "other-rendition",
    _W,
    "The document that was given is not the file that the policy cites: another edition, format or copy.",
    "The policy cites the payer's PDF, and a Markdown text made from it is given.",
    "Give the very file, or import the new edition and compare the two versions.",
)
PRODUCT_IN_CONTRADICTING_LISTS = FindingKind(
    "product-in-contradicting-lists",
    _W,
    "A product stands in two lists or tables, and what is said of the one appears to contradict what is said of the other.",
    "A graft stands among those that must be mixed with blood, and in a table of those that need no mixing.",
    "Ask the policy's owner which of the two holds for the product; keep both cited in `source_conflicts` until then.",
)
MANUFACTURER_DIFFERS = FindingKind(
    "manufacturer-differs",
    _W,
    "A product has one maker in one place and another maker in another.",
    "A putty is Alpha's in the statement and Beta's in the table.",
    "Find out whose product it is, and whether the two places mean the same one.",
)
MANUFACTURER_SPELLED_DIFFERENTLY = FindingKind(
    "manufacturer-spelled-differently",
    _W,
    "The name of one maker is spelled in more than one way.",
    "`Bone Works` in a list, `BoneWorks` in a table.",
    "Have the document corrected; until then each place keeps its own spelling.",
)
PRODUCT_SPELLED_DIFFERENTLY = FindingKind(
    "product-spelled-differently",
    _W,
    "The name of a product is spelled in more than one way, so that naming it in one way does not match the other.",
    "`Nano Graft` in a list, `NanoGraft` in a table.",
    "Have the document corrected; a request matches the spelling of the product list alone.",
)
PRODUCT_IN_NO_TABLE = FindingKind(
    "product-in-no-table",
    _I,
    "Some products of a list stand in the supplementary tables, and this one in none.",
    "Ten grafts are listed, eight of them are in the tables.",
    "Nothing, where the tables call themselves a sample; else ask whether the row was forgotten.",
)
ROW_OUTSIDE_TABLE_TITLE = FindingKind(
    "row-outside-table-title",
    _W,
    "By its own description a row of a table is not of the material that the table's title names.",
    "A collagen matrix under the title `Bone Matrix Products`.",
    "Ask whether the title is too narrow or the row misplaced.",
    asks=True,
)
HEADING_ABSENT = FindingKind(
    "heading-promised-and-absent",
    _W,
    "The table of contents names a section, and no heading of the document is it.",
    "The contents list `Policy: Medicare`; the document has no such section.",
    "Look whether the text is missing, or stands in another section, and have the contents corrected.",
)
HEADING_RENAMED = FindingKind(
    "heading-renamed",
    _I,
    "The table of contents names a section in other words than the section's heading.",
    "`Coding Information` in the contents, `CPT Codes` above the section.",
    "Nothing, if it is the same section.",
)
CONDITIONS_NOT_LISTED = FindingKind(
    "conditions-promised-and-not-listed",
    _W,
    "The sentence above a listing of codes speaks of conditions that are listed, and none are.",
    "Codes are investigational `for the conditions listed`, and no diagnosis stands in the policy.",
    "Ask which conditions are meant; until then the statements of the policy have to decide.",
)
LISTING_IGNORES_CONDITION = FindingKind(
    "listing-ignores-condition",
    _W,
    "A listing decides alone in the policy file, though the sentence above it names a condition.",
    "Codes are `medically necessary when criteria are met`, and the file says `decides: alone`.",
    "Write `decides: with-provisions`, or say in a comment why the condition is none.",
)
CODE_IN_HISTORY_NOT_LISTED = FindingKind(
    "code-in-history-not-listed",
    _W,
    "The history adds a code and records no removal, and no listing of the latest version on file has it.",
    "An event of 2012 adds a code; the tables of 2025 do not have it.",
    "Ask when the code went out, and have the history say so.",
)
CODE_REMOVED_AND_LISTED = FindingKind(
    "code-removed-and-listed",
    _W,
    "The history removes a code and does not add it again, and the latest version on file lists it.",
    "An event of 2015 removes a code that the coding section still has.",
    "Ask which of the two is right.",
)
CODE_OUTSIDE_ISSUER_DEFAULT = FindingKind(
    "code-outside-issuer-default",
    _W,
    "The issuer's default rule for a group of codes says otherwise than this policy does of one of them.",
    "All Category III codes are investigational by default; the policy lists one of them as medically necessary.",
    "Nothing, where the exception is meant: the policy stands before the default.",
)
DESCRIPTOR_OUTSIDE_SCOPE = FindingKind(
    "descriptor-outside-scope",
    _W,
    "The title confines the policy to a field of medicine, and the descriptor of a listed code names nothing of that field.",
    "A policy on orthopedic uses lists a code for scleroderma of the hands.",
    "A person who knows the field has to say whether the code belongs here.",
    asks=True,
)
OVERLAPPING_CODE_RANGES = FindingKind(
    "overlapping-code-ranges",
    _W,
    "Two ranges of one set of codes overlap, so one of them says too much or is not needed.",
    "`I83.001-I83.899` and `I83.1`.",
    "Compare the ranges with the document; one of them may have a misprint.",
)
UNKNOWN_DIAGNOSIS_CODE = FindingKind(
    "unknown-diagnosis-code",
    _W,
    "An ICD-10-CM code is in none of the releases that the linter carries.",
    "`I83.777`.",
    "Look for a misprint; if the code is newer than the release carried, nothing.",
)
EXPIRED_DIAGNOSIS_CODE = FindingKind(
    "expired-diagnosis-code",
    _W,
    "An ICD-10-CM code was valid in an earlier release and is no longer.",
    "`V29.9XXA`, valid in 2021.",
    "Replace it by its successors from the day on which they hold; keep it for earlier service dates.",
)
INCOMPLETE_DIAGNOSIS_CODE = FindingKind(
    "incomplete-diagnosis-code",
    _W,
    "A single ICD-10-CM code stands for a group, and no claim can carry it: listed by itself it matches nothing.",
    "`I83.0`.",
    "Write `I83.0*` if all codes below it are meant.",
)
EMPTY_DIAGNOSIS_RANGE = FindingKind(
    "empty-diagnosis-range",
    _W,
    "A range or prefix of ICD-10-CM codes holds no valid code.",
    "`I83.950-I83.960`.",
    "Look for a misprint.",
)
AUTHORIZATION_FOR_NEVER_COVERED = FindingKind(
    "authorization-for-never-covered",
    _W,
    "Prior authorization is demanded where nothing that the policy says can come out as covered.",
    "Everything is investigational, and inpatient services need authorization.",
    "Ask what an authorization would be for; both axes of an answer say what the document says.",
)
REVIEW_OVERDUE = FindingKind(
    "review-overdue",
    _W,
    "By the policy's interval a review fell due before the day of asking, and the history shows none.",
    "Reviewed every 12 months, last in 2025-03, asked on 2026-11-23.",
    "Look for a newer edition of the document.",
)
REVIEW_GAP = FindingKind(
    "review-gap",
    _W,
    "Between two reviews of the history at least one was left out, by the policy's own interval.",
    "Reviewed every 12 months, and none in the calendar year 2016.",
    "Ask whether the review took place and was not recorded.",
)
EVENT_ADDS_YET_UNCHANGED = FindingKind(
    "event-adds-yet-unchanged",
    _W,
    "An event of the history changes products, which are part of the statements, and says that the statements are unchanged.",
    "`Products added. Policy statements unchanged.`",
    "Ask from which day the products count.",
)
VERSION_WITHOUT_TEXT = FindingKind(
    "version-without-text",
    _W,
    "A version on file says nothing that could decide, or the history changes what decides after the last version on file.",
    "The last version on file is of 2023, and an event of 2024 changes the statements.",
    "Import the newer edition of the document.",
)
REFERENCES_NOT_CITED = FindingKind(
    "references-not-cited",
    _I,
    "The body of the document cites some references by number, and not these.",
    "36 of 37 references are cited nowhere.",
    "Nothing, or ask what the references support.",
)
REFERENCE_MISSING = FindingKind(
    "reference-missing",
    _W,
    "A number of the bibliography is missing, or the body cites one that the bibliography does not have.",
    "References 1, 2 and 4.",
    "Look whether a reference was lost.",
)
REFERENCE_DOUBLED = FindingKind(
    "reference-doubled",
    _W,
    "One number, PMID or DOI stands for two references.",
    "References 7 and 12 have the same PMID.",
    "Look which of them is a misprint, or whether one work is listed twice.",
)
PROVISION_NEVER_APPLIES = FindingKind(
    "provision-never-applies",
    _W,
    "Proved over every combination of what its criteria ask: this provision, or its stance, can never apply.",
    "`all: [{age: {at_least: 18}}, {age: {less_than: 18}}]`.",
    "Compare its criteria with the document; one of them contradicts another.",
)
PROVISIONS_CONFLICT = FindingKind(
    "provisions-conflict",
    _E,
    "Proved, with a request as an example: provisions apply together and disagree on coverage. Where each of several does with "
    "each of several others, they are one finding, with an example for each pair.",
    "One covers a blue widget, another calls every small widget investigational; a widget can be both.",
    "Compare them with the document. Where they speak of different services, let the `when` of both ask one fact that tells "
    "these apart; else say in `when` which of them gives way.",
)
STANCES_DIFFER = FindingKind(
    "stances-differ",
    _I,
    "Proved, with a request as an example: provisions apply together and differ in stance, though not in coverage. Pairs are "
    "gathered as those of `provisions-conflict` are.",
    "One calls a service cosmetic, another investigational.",
    "Nothing, if it is meant; the answer then quotes both and gives no stance.",
)
GAP = FindingKind(
    "gap-between-provisions",
    _W,
    "Proved, with a request as an example: a service does not meet the criteria of the provisions that speak to it, and nothing "
    "says what holds then.",
    "Medically necessary when criteria A and B are met; what holds without B is not said.",
    "Look whether the document says it elsewhere: write it as `otherwise`, or leave the gap where the document has it.",
)
NOT_DECIDED = FindingKind(
    "criteria-too-entangled",
    _W,
    "The criteria of a version are so entangled that nothing could be proved of them.",
    "Hundreds of thresholds of one number.",
    "Split the provisions.",
)

KINDS: tuple[FindingKind, ...] = tuple(value for value in list(globals().values()) if isinstance(value, FindingKind))
