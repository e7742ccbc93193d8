"""What both engines say around a decision: the version they cite, the notes, the questions."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date
from functools import cache

from medpolicy.engines.case import Case
from medpolicy.library.in_force import PartInForce, part_in_force
from medpolicy.library.library import Library
from medpolicy.model.determination import Note, NoteCode, PolicyCited, Question, RelatedCited
from medpolicy.model.facts import RESERVED_SUBJECTS, FactDefinition
from medpolicy.model.issuer import LineOfBusiness, Program, Setting
from medpolicy.model.policy import MedicalPolicy, Part, Product
from medpolicy.model.products import product_key

SETTING = "setting"


def cited(policy: MedicalPolicy, part: PartInForce | None) -> PolicyCited:
    """The policy, with the version where its text for the day is on file."""
    version = part.version.version if part is not None and part.version is not None and part.on_file else None
    return _one_of_each(policy.issuer, policy.number, version)


@cache
def _one_of_each(issuer: str, number: str, version: str | None) -> PolicyCited:
    # Equal ones are one object, so that comparing them costs nothing; there are as many as versions on file.
    return PolicyCited(issuer, number, version)


def related_of(policy: MedicalPolicy) -> tuple[RelatedCited, ...]:
    """The related policies, to look at."""
    return tuple(RelatedCited(related.number, related.title) for related in policy.related)


def review_notes(policy: MedicalPolicy) -> tuple[Note, ...]:
    """One note where the policy's files have marks that await a person's review."""
    if not policy.review_marks:
        return ()
    return (Note(NoteCode.AWAITS_REVIEW, f"{policy.issuer}/{policy.number} {len(policy.review_marks)}"),)


def conflict_notes(policy: MedicalPolicy, products: Iterable[Product], day: date) -> list[Note]:
    """For each named product of which two places of the text in force appear to conflict, a note that cites both."""
    notes = []
    for product in products:
        for part in Part:
            in_force = part_in_force(policy, part, day)
            if in_force.version is None or not in_force.on_file:
                continue
            notes += [
                Note(NoteCode.CONFLICTING_SOURCE, conflict.text, conflict.citations)
                for conflict in in_force.version.source_conflicts
                if conflict.part is part and product_key(conflict.product) == product_key(product.name)
            ]
    return notes


def overdue_notes(parts: Iterable[PartInForce]) -> list[Note]:
    """One note for each review that fell due before the service date and that the history does not show."""
    due = [str(part.overdue) for part in parts if part.overdue is not None]
    return [Note(NoteCode.REVIEW_OVERDUE, day) for day in dict.fromkeys(due)]


def notes_of_the_case(
    case: Case, library: Library, line: LineOfBusiness, positions: Sequence[int], *, listed: bool
) -> list[Note]:
    """Notes that do not rest on what a policy says: Medicare's criteria, products that no policy lists.

    `positions` are those of the policies that answer; `listed`: the request's own products reach the service.
    """
    notes = []
    if line.program is Program.MEDICARE_ADVANTAGE and not any(at in positions for at in library.medicare):
        said = [
            f"{identifier.system}: {identifier.value}"
            for at in positions
            for identifier in library.policies[at].identifiers
            if identifier.system == "ncd-lcd"
        ]
        notes.append(Note(NoteCode.MEDICARE_CRITERIA_NOT_LOADED, "; ".join(said)))
    named = library.index[case.request.issuer].products
    notes += [
        Note(NoteCode.PRODUCT_NOT_LISTED, name) for name in case.products(listed=listed) or () if product_key(name) not in named
    ]
    return notes


def question(subject: str, definition: FactDefinition | None, provisions: tuple[str, ...]) -> Question:
    """The question that settles a subject."""
    if definition is not None:
        return Question(subject, definition.ask, definition.type.value, provisions, definition.unit, definition.scale)
    kind, ask = RESERVED_SUBJECTS[subject]
    choices = tuple(setting.value for setting in Setting) if subject == SETTING else ()
    if subject == "sex":
        choices = ("female", "male", "other")
    return Question(subject, ask, kind, provisions, "years" if subject == "age" else None, choices)


RESERVED_ORDER = [subject for subject in RESERVED_SUBJECTS if subject != SETTING] + [SETTING]


def place_of(subject: str, definitions: Sequence[FactDefinition]) -> tuple[int, int]:
    """Where a subject stands in the document's order: the policy's facts, then parts of the request, the setting last."""
    for index, definition in enumerate(definitions):
        if definition.id == subject:
            return 0, index
    return 1, RESERVED_ORDER.index(subject)
