"""A determination -> the answer as plain JSON values. DESIGN.md, "The answer, as JSON".

An axis that does not apply is left out, never null. Words come from `explain`, which hands them in.
"""

from __future__ import annotations

from typing import Any, Protocol

from medpolicy.errors import RequestError
from medpolicy.model.citation import Citation
from medpolicy.model.determination import (
    Determination,
    Note,
    PolicyCited,
    PreparedReason,
    Question,
    Reason,
    ServiceDetermination,
)


class Words(Protocol):
    """What puts reasons and notes into words."""

    def reason(self, reason: Reason, procedure: str | None) -> str: ...

    def note(self, note: Note) -> str: ...


def answer_json(determination: Determination, words: Words) -> dict[str, Any]:
    """The answer to a request."""
    return {
        "id": determination.id,
        "library": determination.library,
        "engine": determination.engine,
        "as_of": determination.as_of.isoformat(),
        "services": [service_json(service, words) for service in determination.services],
    }


def error_json(error: RequestError) -> dict[str, Any]:
    """The answer to a line that is refused."""
    return {"id": error.request_id, "error": {"code": error.code, "field": error.field, "message": error.message}}


def service_json(service: ServiceDetermination, words: Words) -> dict[str, Any]:
    """The answer for one service."""
    # `_value_` and not `value`, here and below: the same, without the cost of a property for each of a dozen codes.
    result: dict[str, Any] = {}
    if service.procedure is not None:
        result["procedure"] = service.procedure
    if service.modifiers:
        result["modifiers"] = list(service.modifiers)
    result["coverage"] = service.coverage._value_
    if service.stance is not None:
        result["stance"] = service.stance._value_
    if service.prior_authorization is not None:
        result["prior_authorization"] = service.prior_authorization._value_
    if service.basis is not None:
        result["basis"] = service.basis._value_
    if service.policy is not None:
        result["policy"] = policy_json(service.policy)
    result["reasons"] = [_reason(reason, service, words) for reason in service.reasons]
    questions, notes = service.questions, service.notes
    result["questions"] = [_question(question) for question in questions] if questions else []
    result["notes"] = [note_json(note, words) for note in notes] if notes else []
    result["related"] = [{"number": other.number, "title": other.title} for other in service.related]
    return result


def copy_of(service: dict[str, Any]) -> dict[str, Any]:
    """A copy of a service's answer that shares nothing a caller could change; for answers that were made beforehand."""
    result = service.copy()
    if "policy" in service:
        result["policy"] = service["policy"].copy()
    result["reasons"] = [_copy_of_reason(reason) for reason in service["reasons"]]
    questions, notes = service["questions"], service["notes"]
    result["questions"] = [_copy_of_question(question) for question in questions] if questions else []
    result["notes"] = [_copy_of_note(note) for note in notes] if notes else []
    result["related"] = [other.copy() for other in service["related"]]
    return result


def _copy_of_reason(reason: dict[str, Any]) -> dict[str, Any]:
    result = reason.copy()
    if "citation" in reason:
        citation = result["citation"] = reason["citation"].copy()
        citation["lines"] = citation["lines"].copy()
    if "policy" in reason:
        result["policy"] = reason["policy"].copy()
    return result


def _copy_of_question(question: dict[str, Any]) -> dict[str, Any]:
    return {key: value.copy() if type(value) is list else value for key, value in question.items()}


def _copy_of_note(note: dict[str, Any]) -> dict[str, Any]:
    result = note.copy()
    if "citations" in note:
        result["citations"] = [{**citation, "lines": citation["lines"].copy()} for citation in note["citations"]]
    return result


def policy_json(policy: PolicyCited) -> dict[str, str]:
    """The policy that answers; its version only where that is on file."""
    if policy.version is None:
        return {"issuer": policy.issuer, "number": policy.number}
    return {"issuer": policy.issuer, "number": policy.number, "version": policy.version}


def citation_json(citation: Citation) -> dict[str, Any]:
    """Where it stands: the section, the lines, their digest, and the rendition that the lines belong to."""
    return {
        "section": citation.section,
        "lines": [citation.first_line, citation.last_line],
        "sha256": citation.sha256,
        "rendition": citation.rendition,
    }


def _reason(reason: Reason, service: ServiceDetermination, words: Words) -> dict[str, Any]:
    if type(reason) is PreparedReason:
        result = _copy_of_reason(reason.json)  # a caller may change the answer; what was prepared must not change with it
    else:
        result = reason_json(reason, words.reason(reason, service.procedure))
    policy = reason.policy
    if policy is not service.policy and policy is not None and policy != service.policy:
        result["policy"] = policy_json(policy)
    return result


def reason_json(reason: Reason, text: str) -> dict[str, Any]:
    """The reason with its words, but for the policy, which is named where it is not the service's."""
    result: dict[str, Any] = {"code": reason.code._value_}
    if reason.rule is not None:
        result["provision"] = reason.rule
    result["text"] = text
    if reason.basis is not None:
        result["basis"] = reason.basis._value_
    citation = reason.citation
    if citation is not None:
        result["citation"] = {
            "section": citation.section,
            "lines": [citation.first_line, citation.last_line],
            "sha256": citation.sha256,
            "rendition": citation.rendition,
        }
    return result


def _question(question: Question) -> dict[str, Any]:
    result: dict[str, Any] = {"fact": question.fact, "ask": question.ask, "type": question.type}
    if question.unit is not None:
        result["unit"] = question.unit
    if question.choices:
        result["choices"] = list(question.choices)
    if question.provisions:
        result["provisions"] = list(question.provisions)
    return result


def note_json(note: Note, words: Words) -> dict[str, Any]:
    """The note with its words."""
    result: dict[str, Any] = {"code": note.code._value_, "text": words.note(note)}
    if note.citations:
        result["citations"] = [citation_json(citation) for citation in note.citations]
    return result
