"""What a policy says, as plain JSON values for a reader; and what is known of one day, part by part."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from medpolicy.explain.criteria import outline
from medpolicy.formats.answers import citation_json
from medpolicy.library.in_force import PartInForce, part_in_force
from medpolicy.model.citation import Citation
from medpolicy.model.criteria import Criterion
from medpolicy.model.facts import FactValue
from medpolicy.model.issuer import Issuer
from medpolicy.model.policy import HistoryEvent, MedicalPolicy, Part, PolicyVersion, Provision


def policy_json(policy: MedicalPolicy, issuer: Issuer) -> dict[str, Any]:
    """Identity, history, and each version with its statements, products, codes and authorization rules."""
    return {
        **_identity(policy, issuer),
        "versions": [_version(version, issuer) for version in policy.versions],
        "history": [_event(event) for event in policy.history],
    }


def policy_on(policy: MedicalPolicy, issuer: Issuer, day: date) -> dict[str, Any]:
    """What is known of a day: for each part the text on file that stands for it, its basis, and the events that touched it."""
    result = {**_identity(policy, issuer), "on": day.isoformat()}
    if day < policy.first_day:
        first = policy.history[0]
        return {**result, "before_first_policy": True, "first": _event(first), "parts": []}
    return {**result, "parts": [_part(policy, part, part_in_force(policy, part, day), day) for part in Part]}


def _part(policy: MedicalPolicy, part: Part, known: PartInForce, day: date) -> dict[str, Any]:
    result: dict[str, Any] = {"part": part.value, "basis": known.basis.value}
    if known.version is not None and known.on_file:
        result["version"] = known.version.version
    if known.event is not None:
        result["because_of"] = _event(known.event)
    if known.overdue is not None:
        result["review_overdue"] = str(known.overdue)
    touched = [event for event in policy.history if part in event.touches and event.in_force <= day]
    if touched:
        result["last_touched"] = _event(touched[-1])
    coming = [event for event in policy.history if part in event.touches and event.in_force > day]
    if coming:
        result["next_touched"] = _event(coming[0])
    return result


def _identity(policy: MedicalPolicy, issuer: Issuer) -> dict[str, Any]:
    return {
        "issuer": policy.issuer,
        "issuer_name": issuer.name,
        "number": policy.number,
        "title": policy.title,
        "authority": policy.authority.value,
        "rendition": {
            "sha256": policy.rendition.sha256,
            "media_type": policy.rendition.media_type,
            "lines": policy.rendition.lines,
        },
        "identifiers": [
            {"system": one.system, "value": one.value, "citation": citation_json(one.citation)} for one in policy.identifiers
        ],
        "related": [
            {"number": one.number, "title": one.title, "citation": citation_json(one.citation)} for one in policy.related
        ],
    }


def _version(version: PolicyVersion, issuer: Issuer) -> dict[str, Any]:
    return {
        "version": version.version,
        "lines_of_business": list(version.lines_of_business),
        "statements": [_statement(provision, issuer) for provision in version.provisions],
        "facts": [
            {
                "id": fact.id,
                "type": fact.type.value,
                "ask": fact.ask,
                **({} if fact.unit is None else {"unit": fact.unit}),
                **({} if not fact.choices else {"choices": {choice.value: choice.meaning for choice in fact.choices}}),
                "citation": citation_json(fact.citation),
            }
            for fact in version.facts
        ],
        "product_lists": [
            {
                "id": products.id,
                "provision": products.provision,
                "products": [
                    {
                        "name": product.name,
                        "manufacturer": product.manufacturer,
                        "implies": facts_in_words(product.implies),
                        "citation": citation_json(product.citation),
                    }
                    for product in products.products
                ],
            }
            for products in version.product_lists
        ],
        "code_listings": [
            {
                "id": listing.id,
                "system": listing.system.value,
                "decides": listing.role.value,
                **({} if listing.stance is None else {"stance": listing.stance.value}),
                **_lines(listing.lines_of_business, version),
                "text": listing.text,
                "codes": [entry.code for entry in listing.codes],
                "citation": citation_json(listing.citation),
            }
            for listing in version.code_listings
        ],
        "diagnosis_listings": [
            {"id": listing.id, "text": listing.text, "codes": str(listing.codes), "citation": citation_json(listing.citation)}
            for listing in version.diagnosis_listings
        ],
        "authorization": [
            {
                "setting": rule.setting.value,
                "lines_of_business": list(rule.lines_of_business),
                "rule": rule.requirement.value,
                "text": rule.text,
                "citation": citation_json(rule.citation),
            }
            for rule in version.authorization
        ],
    }


def _statement(provision: Provision, issuer: Issuer) -> dict[str, Any]:
    result: dict[str, Any] = {
        "id": provision.id,
        "part": provision.part.value,
        "text": provision.text,
        "stance": provision.stance.value,
        "coverage": issuer.coverage_of(provision.stance).value,
        "lines_of_business": list(provision.lines_of_business),
    }
    if provision.procedures is not None:
        result["procedures"] = str(provision.procedures)
    for name, tree in (("when", provision.when), ("criteria", provision.criteria)):
        lines = _outline(tree)
        if lines:
            result[name] = lines
    if provision.otherwise is not None:
        result["otherwise"] = provision.otherwise.value
        if provision.otherwise_text is not None:
            result["otherwise_text"] = provision.otherwise_text
    if provision.delegated_to:
        result["delegated_to"] = [
            " ".join(part for part in (to.kind, to.identifier, to.title) if part) for to in provision.delegated_to
        ]
    return {**result, **_cited(provision.citation)}


def _outline(tree: Criterion) -> list[str]:
    return ["  " * depth + text for depth, text in outline(tree)]


def _lines(lines: tuple[str, ...], version: PolicyVersion) -> dict[str, Any]:
    return {} if lines == version.lines_of_business else {"lines_of_business": list(lines)}


def _event(event: HistoryEvent) -> dict[str, Any]:
    result: dict[str, Any] = {"date": str(event.date)}
    if event.effective is not None:
        result["effective"] = str(event.effective)
    if event.review:
        result["review"] = True
    for name, parts in (("touches", event.touches), ("unchanged", event.unchanged)):
        if parts:
            result[name] = [part.value for part in Part if part in parts]
    for name, codes in (("codes_added", event.codes_added), ("codes_removed", event.codes_removed)):
        if codes:
            result[name] = list(codes)
    return {**result, "text": event.text, **_cited(event.citation)}


def _cited(citation: Citation) -> dict[str, Any]:
    return {"citation": citation_json(citation)}


def facts_in_words(facts: Mapping[str, FactValue]) -> dict[str, str]:
    """The facts that a product or a code answers, each with its value in words."""
    return {fact: ("yes" if value else "no") if isinstance(value, bool) else str(value) for fact, value in facts.items()}
