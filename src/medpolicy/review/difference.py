"""What a new text of a policy changes, as plain JSON values: every output of `medpolicy diff` is made of these."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from difflib import SequenceMatcher
from typing import Any

from medpolicy.authoring.diff.code_axis import joined_spans
from medpolicy.authoring.diff.contents import ChangeKind, ContentChanges, ItemChange, compare_contents
from medpolicy.authoring.diff.determinations import (
    DeterminationDifferences,
    Difference,
    Limit,
    Said,
    compare_determinations,
)
from medpolicy.authoring.diff.factoring import AllTogether
from medpolicy.authoring.diff.outcomes import Authorization, ComparedText
from medpolicy.authoring.diff.product_axis import ProductsNamed
from medpolicy.model.facts import RESERVED_SUBJECTS
from medpolicy.model.issuer import Setting
from medpolicy.model.policy import Authority, Part
from medpolicy.review.difference_words import limit_text, value_lines, where_json, where_lines

Json = dict[str, Any]
SECTION_NAMES = {
    "policy": "The policy itself",
    "lines-of-business": "Lines of business",
    "provisions": "Statements",
    "facts": "Facts that are asked",
    "products": "Products",
    "codes": "Codes",
    "diagnoses": "Diagnoses",
    "authorization": "Prior authorization",
    "limitations": "Limits",
    "source-conflicts": "Contradictions in the text",
    "supplement": "Supplement",
    "evidence": "Evidence",
    "references": "References",
    "related": "Related policies",
    "identifiers": "Other numbers of the policy",
    "history": "History",
}
# What determinations rest on: where all of it is the same, so are they, whatever could not be followed.
DECIDING = frozenset(("policy", "lines-of-business", "provisions", "facts", "products", "codes", "diagnoses", "authorization"))
_POLICY_TYPES = {
    Authority.LAW: "Law or mandate",
    Authority.CONTRACT: "Contract",
    Authority.PLAN_POLICY: "Medical policy",
    Authority.ISSUER_DEFAULT: "Default of the issuer",
    Authority.STATUTE: "Medicare statute",
    Authority.NCD: "National coverage determination",
    Authority.LCD: "Local coverage determination",
    Authority.ARTICLE: "Local coverage article",
}
UPDATE_COLUMNS = {
    "title": "Title",
    "number": "Number",
    "summary": "Summary of change",
    "effective": "Effective date",
    "products_affected": "Products affected",
    "policy_type": "Policy type",
}


def difference_of(old: ComparedText, new: ComparedText) -> Json:
    """What the new text changes: determinations, contents, the row of an update, and what was not compared."""
    determinations = compare_determinations(old, new)
    contents = compare_contents(old, new, determinations.renamed_facts)
    same = not determinations.differences and not any(change.section in DECIDING for change in contents.changes)
    limits = [
        *(() if same else determinations.limits),
        *([Limit("not-on-file", tuple(SECTION_NAMES[name].lower() for name in contents.unknown))] if contents.unknown else ()),
    ]
    differences = [_difference(one, determinations) for one in determinations.differences]
    return {
        "old": _text(old),
        "new": _text(new),
        "equal": not differences and not contents.changes,
        "complete": not limits,
        "limits": [{"code": limit.code, "text": limit_text(limit)} for limit in limits],
        "determinations": differences,
        "facts": _questions(determinations, old, new),
        "renamed_facts": dict(determinations.renamed_facts),
        "changes": _changes(contents),
        "update": _update(old, new, determinations, contents),
    }


def _text(text: ComparedText) -> Json:
    version = text.parts[Part.STATEMENTS].version
    said = {"name": text.name, "issuer": text.policy.issuer, "number": text.policy.number, "title": text.policy.title}
    return {**said, **({} if version is None else {"version": version.version})}


# -- determinations -------------------------------------------------------------------------------------------------------


def _difference(one: Difference, all_of: DeterminationDifferences) -> Json:
    change = one.change
    coverage = change.coverage
    settings = [
        setting for setting, said in zip(Setting, change.authorization, strict=True) if coverage is not None or said is not None
    ]
    return {
        **_codes(one),
        "lines_of_business": list(all_of.lines if one.lines is None else one.lines),
        "every_line": one.lines is None,
        **({} if one.products is None else _products(one.products, all_of.products)),
        "without_product": one.products is None or any(not named.kinds for named in one.products),
        "settings": [setting.value for setting in settings],
        **({} if coverage is None else {"coverage": {"before": _said(coverage[0]), "after": _said(coverage[1])}}),
        "prior_authorization": {
            setting.value: {"before": _authorization(said[0]), "after": _authorization(said[1])}
            for setting, said in zip(Setting, change.authorization, strict=True)
            if said is not None
        },
        "where": where_json(one.where),
        "in_words": ["  " * depth + text for depth, text in where_lines(one.where)],
    }


def _codes(one: Difference) -> Json:
    if one.codes is None:
        return {"every_code": True}
    groups = [group for group in one.codes if group is not None]
    return {
        "every_code": False,
        "codes": list(joined_spans(groups)),
        "other_codes": any(not group.spans for group in groups),
        "without_code": None in one.codes,
    }


def _products(named: Sequence[ProductsNamed], known: Sequence[ProductsNamed]) -> Json:
    """The products any of which will do, whatever else is named; then those that have to be the only ones that matter."""
    enough = {kind for one in named for kind in one.kinds if all(other in named for other in known if kind in other.kinds)}
    only = [[list(names) for names in one.kinds] for one in named if one.kinds and not enough.intersection(one.kinds)]
    kinds = dict.fromkeys(kind for one in known for kind in one.kinds if kind in enough)
    return {"products": [name for kind in kinds for name in kind], **({"only_products": only} if only else {})}


def _said(said: Said) -> Json:
    coverage, stance = said
    return {"coverage": coverage.value, **({} if stance is None else {"stance": stance.value})}


def _authorization(value: Authorization) -> str | None:
    return None if value is None else value.value


def _questions(differences: DeterminationDifferences, old: ComparedText, new: ComparedText) -> dict[str, str]:
    """The question of each fact that a condition names."""
    named = {one for difference in differences.differences for one in _subjects(difference.where)}
    asks = {subject: ask for subject, (_, ask) in RESERVED_SUBJECTS.items()}
    asks |= {differences.renamed_facts.get(fact.id, fact.id): fact.ask for fact in old.definitions}
    asks |= {fact.id: fact.ask for fact in new.definitions}
    return {subject: ask for subject, ask in asks.items() if subject in named}


def _subjects(where: AllTogether[Any]) -> Iterable[str]:
    counted = () if where.some_of is None else where.some_of.literals
    yield from (one.variable.subject for one in (*where.literals, *counted))
    for alternatives in where.alternatives:
        for one in alternatives:
            yield from _subjects(one)


# -- contents -------------------------------------------------------------------------------------------------------------


def _changes(contents: ContentChanges) -> list[Json]:
    sections: dict[str, list[Json]] = {}
    for change in contents.changes:
        sections.setdefault(change.section, []).append(_change(change))
    return [{"section": name, "title": SECTION_NAMES[name], "items": items} for name, items in sections.items()]


def _change(change: ItemChange) -> Json:
    said: Json = {"kind": change.kind.value, "name": change.name}
    if change.was_named is not None:
        said["was_named"] = change.was_named
    fields = []
    for field in change.fields:
        before, after = value_lines(field.before), value_lines(field.after)
        if before or after:
            fields.append({"name": field.name, "before": before, "after": after, "lines": list(_marked(before, after))})
    return {**said, "fields": fields}


def _marked(before: Sequence[str], after: Sequence[str]) -> Iterable[Json]:
    """The lines of both, each once: ` ` in both, `-` before, `+` after; only what stands near a difference."""
    for at, group in enumerate(SequenceMatcher(None, before, after, autojunk=False).get_grouped_opcodes(2)):
        if at:
            yield {"mark": " ", "text": "…"}
        for operation, start, end, other_start, other_end in group:
            if operation == "equal":
                yield from ({"mark": " ", "text": line} for line in before[start:end])
            else:
                yield from ({"mark": "-", "text": line} for line in before[start:end])
                yield from ({"mark": "+", "text": line} for line in after[other_start:other_end])


# -- the payers' own update form ------------------------------------------------------------------------------------------


def _update(
    old: ComparedText, new: ComparedText, determinations: DeterminationDifferences, contents: ContentChanges
) -> dict[str, str]:
    issuer = new.issuer
    affected = [
        line for line in determinations.lines if any(one.lines is None or line in one.lines for one in determinations.differences)
    ]
    names = {line.id: line.name for line in issuer.lines_of_business}
    version = new.parts[Part.STATEMENTS].version
    since = [event.effective or event.date for event in new.history if event not in old.history]
    effective = max(since, key=lambda one: one.first_day, default=None if version is None else version.effective)
    return {
        "title": new.policy.title,
        "number": new.policy.number,
        "summary": _summary(determinations, contents, names),
        "effective": "" if effective is None else str(effective),
        "products_affected": ", ".join(names.get(line, line) for line in affected) or "None",
        "policy_type": _POLICY_TYPES[new.policy.authority],
    }


def _summary(determinations: DeterminationDifferences, contents: ContentChanges, lines: Mapping[str, str]) -> str:
    """What the history says of it, what changed where, and what it means for coverage."""
    if not contents.changes and not determinations.differences:
        return "No change."
    said = [str(field.after) for change in _new_events(contents) for field in change.fields if field.name == "text"]
    for section, title in SECTION_NAMES.items():
        found = [change for change in contents.changes if change.section == section and section != "history"]
        if found:
            said.append(f"{title}: {'; '.join(_counted(found, lines))}.")
    said += _meaning(determinations)
    return " ".join(said)


def _new_events(contents: ContentChanges) -> list[ItemChange]:
    return [change for change in contents.changes if change.section == "history" and change.kind is ChangeKind.ADDED]


def _meaning(determinations: DeterminationDifferences) -> Iterable[str]:
    if not determinations.differences:
        yield "No determination was found to differ." if determinations.limits else "No determination differs."
        return
    coverage = [one.change.coverage for one in determinations.differences if one.change.coverage is not None]
    turns = dict.fromkeys((before.value, after.value) for (before, _), (after, _) in coverage if before is not after)
    for before, after in turns:
        yield f"What was {before.replace('-', ' ')} may now be {after.replace('-', ' ')}."
    if coverage and not turns:
        yield "Coverage stays as it was; the stance changes."
    if not coverage:
        yield "Coverage stays as it was; prior authorization changes."


def _counted(changes: Sequence[ItemChange], lines: Mapping[str, str]) -> Iterable[str]:
    for kind in ChangeKind:
        names = [_name(change, lines) for change in changes if change.kind is kind]
        if names == ["policy"]:
            names = [field.name.replace("_", " ") for change in changes for field in change.fields]
        if names:
            listed = ", ".join(names) if len(names) <= 6 else f"{len(names)}"
            yield f"{kind.value} {listed}"


def _name(change: ItemChange, lines: Mapping[str, str]) -> str:
    """What the row calls an item; lines of business by the names that a payer prints."""
    if change.section in ("lines-of-business", "authorization"):
        return " ".join(lines.get(part, part) for part in change.name.split(", "))
    name = change.name.replace(", ", " ")
    return name if change.was_named is None else f"{change.was_named.replace(', ', ' ')} to {name}"


def update_row(update: Mapping[str, str]) -> list[str]:
    """The row of the update form, in the order of `UPDATE_COLUMNS`."""
    return [update[column] for column in UPDATE_COLUMNS]
