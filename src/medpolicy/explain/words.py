"""Reasons and notes in plain English. The rules themselves are in the policy file's words; here is what stands around them."""

from __future__ import annotations

from medpolicy.engines.case import SOURCE_CODE, SOURCE_REQUEST
from medpolicy.model.determination import Basis, Ground, Note, NoteCode, Reason, ReasonCode

# DESIGN.md, "The axes of an answer": every answer shown to a person says so.
GOVERNED_BY_CONTRACT = (
    "The member's contract governs. This speaks of services under the medical policy, not of one member's benefits or of "
    "payment; bundling, units and add-on edits are not evaluated."
)
BASIS_IN_WORDS = {
    Basis.ON_FILE: "the text in force on the service date is on file",
    Basis.UNCHANGED: "every event since says that the text is unchanged",
    Basis.PRESUMED_UNCHANGED: "no event since says that the text changed, but not all say that it did not",
    Basis.NOT_ON_FILE: "the text in force on the service date is not on file",
}


def reason_text(reason: Reason, procedure: str | None) -> str:
    """The reason in words, for a service with this procedure code, or with none."""
    code = reason.code
    if code is ReasonCode.PROVISION_MET or code is ReasonCode.PROVISION_OTHERWISE:
        return reason.says + _because(reason)
    match code:
        case ReasonCode.LISTED:
            return f"{procedure}: {reason.says}"
        case ReasonCode.PROVISION_OPEN:
            return f"Not settled yet: {reason.says}{_because(reason)}"
        case ReasonCode.DELEGATED:
            whose = "; ".join(
                f"{to.kind} {to.identifier} ({to.title})" if to.identifier else to.title for to in reason.delegated_to
            )
            return f"{reason.says} Whose criteria decide: {whose}."
        case ReasonCode.CRITERIA_NOT_MET:
            if reason.says:
                return f"Does not apply here: {reason.says}{_because(reason)}"
            return "None of the policy's statements applies to this service."
        case ReasonCode.NOT_LISTED:
            what = "This code" if procedure is not None else "What was given"
            return f"{what} is in no policy's listing, and no statement is met by the facts and products given."
        case ReasonCode.LINE_NOT_NAMED:
            return f"The policy does not name the line of business {reason.says}."
        case ReasonCode.BEFORE_FIRST_POLICY:
            return f"The service date lies before the policy's first event: {reason.says}"
        case ReasonCode.TEXT_NOT_ON_FILE:
            why = f" Changed, or named only, by this event: {reason.says}" if reason.says else ""
            return f"The text in force on the service date is not on file.{why}"
        case ReasonCode.CONFLICT:
            return "Provisions that apply disagree on coverage; none is picked. They follow."
        case ReasonCode.AUTHORIZATION_RULE:
            return reason.says


def _because(reason: Reason) -> str:
    if not reason.grounds:
        return ""
    return " Known: " + "; ".join(_ground(ground) for ground in reason.grounds) + "."


def _ground(ground: Ground) -> str:
    said = f"{ground.fact} = {ground.value}"
    if ground.source == SOURCE_REQUEST:
        return said
    return f"{said} (by the code)" if ground.source == SOURCE_CODE else f"{said} (by the product {ground.source})"


def note_text(note: Note) -> str:
    """The note in words."""
    match note.code:
        case NoteCode.CONFLICTING_SOURCE:
            return note.says
        case NoteCode.CONFLICTING_FACTS:
            return (
                f"What is said of the fact {note.says} contradicts itself; a named product or code stands before a stated fact."
            )
        case NoteCode.REVIEW_OVERDUE:
            return f"A review of the policy fell due in {note.says}, and its history on file shows none since."
        case NoteCode.MEDICARE_CRITERIA_NOT_LOADED:
            own = f" The policy itself says {note.says}." if note.says else ""
            return f"No NCD or LCD for this service is loaded; Medicare's own criteria come first where there are any.{own}"
        case NoteCode.PRODUCT_NOT_LISTED:
            return f"The product {_printable(note.says)} is in no list of this issuer's policies, so it answers no fact."
        case NoteCode.PRODUCTS_NOT_ON_FILE:
            return f"The product list in force on the service date is not on file, so naming {note.says} answers no fact."
        case NoteCode.NAMED_IN_HISTORY:
            code, _, day = note.says.partition(" ")
            return f"The policy's history added {code} in {day} and records no removal, but the text in force does not list it."
        case NoteCode.FUTURE_SERVICE_DATE:
            return f"The service date {note.says} lies after the day of asking; the policy may change before then."
        case NoteCode.AWAITS_REVIEW:
            policy, _, count = note.says.partition(" ")
            marks = "1 mark says" if count == "1" else f"{count} marks say"
            return f"The file of policy {policy} awaits review: {marks} that its author was not certain."


def _printable(text: str) -> str:
    """A name from a request, shortened and without control characters."""
    plain = "".join(character if character.isprintable() else "\N{REPLACEMENT CHARACTER}" for character in text)
    return repr(plain if len(plain) <= 80 else plain[:79] + "…")


class EnglishWords:
    """The words of this module, as `formats.answers` asks for them."""

    def reason(self, reason: Reason, procedure: str | None) -> str:
        return reason_text(reason, procedure)

    def note(self, note: Note) -> str:
        return note_text(note)
