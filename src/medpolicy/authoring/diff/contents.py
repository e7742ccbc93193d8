"""What a text gained, lost, says otherwise or only calls otherwise: item by item, where it stands does not count."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Mapping
from dataclasses import dataclass, fields, is_dataclass
from types import MappingProxyType
from typing import Any, NamedTuple

from medpolicy.authoring.diff.outcomes import ComparedText
from medpolicy.model import criteria as c
from medpolicy.model.coded import CodedEnum
from medpolicy.model.codes import CodeSet
from medpolicy.model.policy import Part, PolicyVersion

_WHERE_IT_STANDS = frozenset(("citation", "citations", "otherwise_citation", "lines_of_business_citation"))

Fields = Mapping[str, object]

# Another code is another service, and another day another event, also where a policy says the same of both.
_NEVER_RENAMED = frozenset({"codes", "history"})


class ChangeKind(CodedEnum):
    """What happened to an item between the two texts."""

    ADDED = "added"
    REMOVED = "removed"
    CHANGED = "changed"
    RENAMED = "renamed"


class FieldChange(NamedTuple):
    """A field of an item: the model's values before and after."""

    name: str
    before: object
    after: object


@dataclass(frozen=True, slots=True)
class ItemChange:
    """An item of a section. `name` as the new text has it, the old one's where it is gone; `was_named` where it was renamed."""

    section: str
    kind: ChangeKind
    name: str
    fields: tuple[FieldChange, ...] = ()
    was_named: str | None = None


@dataclass(frozen=True, slots=True)
class ContentChanges:
    """Every change, in the order of the sections; `unknown`: sections whose text one of the two has not on file."""

    changes: tuple[ItemChange, ...]
    unknown: tuple[str, ...]


def compare_contents(old: ComparedText, new: ComparedText, renamed_facts: Mapping[str, str]) -> ContentChanges:
    """The changes of all sections. `renamed_facts`: the new name of each fact that only the name of changes, by the old one."""
    changes: list[ItemChange] = []
    unknown: list[str] = []
    kept = _kept(old, new, renamed_facts)
    for section, items_of in SECTIONS.items():
        before, after = items_of(old), items_of(new)
        if before is None or after is None:
            if before != after:
                unknown.append(section)
            continue
        changes += _changes(section, before, after, kept)
    return ContentChanges(tuple(changes), tuple(unknown))


@dataclass(frozen=True, slots=True)
class _Kept:
    """What is no news of an item, because it is told elsewhere: what is renamed, lines of business that are gone.

    `renamed`: the new names by the old ones, of what the fields name.
    """

    renamed_facts: Mapping[str, str]
    gone_lines: frozenset[str]
    renamed: Mapping[str, Mapping[str, str]]

    def before(self, field: str, value: object) -> Hashable:
        """The old value of a field as it would stand in the new text."""
        if field == "lines_of_business" and isinstance(value, tuple):
            return frozenset(value) - self.gone_lines
        names = self.renamed.get(field, {})
        if isinstance(value, str):
            return names.get(value, value)
        if names and isinstance(value, tuple):
            return tuple(names.get(one, one) for one in value)
        return plain(value, self.renamed_facts)

    def after(self, field: str, value: object) -> Hashable:
        """The new value of a field, to compare with the old one."""
        return frozenset(value) if field == "lines_of_business" and isinstance(value, tuple) else plain(value)


def _kept(old: ComparedText, new: ComparedText, renamed_facts: Mapping[str, str]) -> _Kept:
    kept = _Kept(renamed_facts, _gone_lines(old, new), {})
    provisions = _renamed(_provisions(old) or {}, _provisions(new) or {}, kept)
    by_old_name = {before: after for after, before in provisions.items()}
    renamed = {
        "provision": by_old_name,
        "provisions": by_old_name,
        "list": _lists_renamed(*(_product_names(text) for text in (old, new))),
        "listing": _lists_renamed(*(_listed_codes(text) for text in (old, new))),
    }
    return _Kept(kept.renamed_facts, kept.gone_lines, renamed)


def _lists_renamed(before: Mapping[str, frozenset[str]], after: Mapping[str, frozenset[str]]) -> dict[str, str]:
    """The new name of each list that only one list of the new text can be: most of what it holds stands there."""
    found: dict[str, str] = {}
    for name, held in before.items():
        others = [other for other, theirs in after.items() if other not in before and 2 * len(held & theirs) > len(held | theirs)]
        if name not in after and len(others) == 1:
            found[name] = others[0]
    return found


def _product_names(text: ComparedText) -> dict[str, frozenset[str]]:
    version = _version(text, Part.PRODUCTS)
    lists = () if version is None else version.product_lists
    return {one.id: frozenset(product.name for product in one.products) for one in lists}


def _listed_codes(text: ComparedText) -> dict[str, frozenset[str]]:
    version = _version(text, Part.CODING)
    listings = () if version is None else version.code_listings
    return {one.id: frozenset(entry.code for entry in one.codes) for one in listings}


def _gone_lines(old: ComparedText, new: ComparedText) -> frozenset[str]:
    before, after = (_version(text, Part.STATEMENTS) for text in (old, new))
    if before is None or after is None:
        return frozenset()
    return frozenset(before.lines_of_business) - frozenset(after.lines_of_business)


def _changes(section: str, before: Mapping[str, Fields], after: Mapping[str, Fields], kept: _Kept) -> Iterable[ItemChange]:
    renamed = {} if section in _NEVER_RENAMED else _renamed(before, after, kept)
    gone = set(renamed.values())
    for name, new in after.items():
        if name in before:
            differing = tuple(
                FieldChange(field, before[name].get(field), value)
                for field, value in new.items()
                if kept.before(field, before[name].get(field)) != kept.after(field, value)
            )
            if differing:
                yield ItemChange(section, ChangeKind.CHANGED, name, differing)
        elif name in renamed:
            yield ItemChange(section, ChangeKind.RENAMED, name, was_named=renamed[name])
        else:
            said = tuple(FieldChange(field, None, value) for field, value in new.items() if value not in (None, (), ""))
            yield ItemChange(section, ChangeKind.ADDED, name, said)
    for name, old in before.items():
        if name not in after and name not in gone:
            said = tuple(FieldChange(field, value, None) for field, value in old.items() if value not in (None, (), ""))
            yield ItemChange(section, ChangeKind.REMOVED, name, said)


def _renamed(before: Mapping[str, Fields], after: Mapping[str, Fields], kept: _Kept) -> dict[str, str]:
    """The old name of each item that says the same under another one, where nothing else could be meant."""

    def by_content(
        items: Mapping[str, Fields], others: Mapping[str, Fields], said: Callable[[str, object], Hashable]
    ) -> dict[Hashable, list[str]]:
        found: dict[Hashable, list[str]] = {}
        for name, content in items.items():
            if name not in others and content:
                found.setdefault(tuple((field, said(field, value)) for field, value in sorted(content.items())), []).append(name)
        return found

    old, new = by_content(before, after, kept.before), by_content(after, before, kept.after)
    return {names[0]: old[content][0] for content, names in new.items() if len(names) == 1 and len(old.get(content, ())) == 1}


def plain(value: object, facts: Mapping[str, str] = MappingProxyType({})) -> Hashable:
    """The value without where it stands, as something to compare; its `facts` under these other names."""
    if is_dataclass(value):
        said = [(field.name, plain(getattr(value, field.name), facts)) for field in fields(value) if field.compare]
        said = [(name, facts.get(one, one) if name == "fact" and isinstance(one, str) else one) for name, one in said]
        if isinstance(value, c.AllOf | c.AnyOf | c.AtLeast | CodeSet):  # in any order they ask the same
            said = [(name, tuple(sorted(one, key=repr)) if isinstance(one, tuple) else one) for name, one in said]
        return (type(value).__name__, *(pair for pair in said if pair[0] not in _WHERE_IT_STANDS))
    if isinstance(value, Mapping):  # the facts that something implies
        return tuple(sorted((facts.get(key, key), plain(one, facts)) for key, one in value.items()))
    if isinstance(value, tuple | list):
        return tuple(plain(one, facts) for one in value)
    assert isinstance(value, Hashable)
    return value


# -- sections -------------------------------------------------------------------------------------------------------------

Items = Mapping[str, Fields] | None  # by name; None: not on file


def _version(text: ComparedText, part: Part) -> PolicyVersion | None:
    in_force = text.parts[part]
    return in_force.version if in_force.on_file else None


def _policy(text: ComparedText) -> Items:
    policy = text.policy
    said = {name: getattr(policy, name) for name in ("title", "number", "authority", "review_months", "jurisdiction")}
    return {"policy": {**said, "issuer": text.issuer.name}}


def _of_version(part: Part, items: Callable[[PolicyVersion], Mapping[str, Fields]]) -> Callable[[ComparedText], Items]:
    def found(text: ComparedText) -> Items:
        version = _version(text, part)
        return None if version is None else items(version)

    return found


def _by(attribute: str, names: Callable[[Any], str], *without: str) -> Callable[[PolicyVersion], Mapping[str, Fields]]:
    """The items of a version's attribute, by name; what a name says is no field."""

    def items(version: PolicyVersion) -> Mapping[str, Fields]:
        return {names(item): _fields(item, *without) for item in getattr(version, attribute)}

    return items


def _fields(item: Any, *without: str) -> Fields:
    left_out = {*_WHERE_IT_STANDS, *without}
    return {field.name: getattr(item, field.name) for field in fields(item) if field.name not in left_out}


def _id(item: Any) -> str:
    return str(item.id)


def _lines(version: PolicyVersion) -> Mapping[str, Fields]:
    return {line: {} for line in version.lines_of_business}


def _provisions(text: ComparedText) -> Items:
    if _version(text, Part.STATEMENTS) is None:
        return None
    return {
        provision.id: _fields(provision, "id")
        for part in Part
        if (version := _version(text, part)) is not None
        for provision in version.provisions
        if provision.part is part
    }


def _products(version: PolicyVersion) -> Mapping[str, Fields]:
    return {
        product.name: {**_fields(product, "name"), "list": listed.id, "provision": listed.provision}
        for listed in version.product_lists
        for product in listed.products
    }


def _codes(version: PolicyVersion) -> Mapping[str, Fields]:
    found: dict[str, Fields] = {}
    for listing in version.code_listings:
        for entry in listing.codes:
            name = entry.code if entry.code not in found else f"{entry.code} ({listing.id})"
            found[name] = {**_fields(listing, "id", "codes"), **_fields(entry, "code"), "listing": listing.id}
    return found


def _authorization(version: PolicyVersion) -> Mapping[str, Fields]:
    found: dict[str, Fields] = {}
    for rule in version.authorization:
        for line in rule.lines_of_business:
            of = f", of {rule.procedures}" if rule.procedures is not None else ""
            found[f"{rule.setting.value}, {line}{of}"] = {"requirement": rule.requirement, "text": rule.text}
    return found


def _supplement(version: PolicyVersion) -> Mapping[str, Fields]:
    return {f"{table.id}: {row.product}": _fields(row, "product") for table in version.supplement for row in table.rows}


def _related(text: ComparedText) -> Items:
    return {related.number: _fields(related, "number") for related in text.policy.related}


def _identifiers(text: ComparedText) -> Items:
    return {one.system: _fields(one, "system") for one in text.policy.identifiers}


def _history(text: ComparedText) -> Items:
    found: dict[str, Fields] = {}
    for event in text.history:
        name, number = str(event.date), 1
        while name in found:
            number += 1
            name = f"{event.date} ({number})"
        parts = {key: tuple(sorted(part.value for part in getattr(event, key))) for key in ("touches", "unchanged")}
        found[name] = {**_fields(event, "date"), **parts}
    return found


# In the order in which a reader wants them: what decides first.
SECTIONS: Mapping[str, Callable[[ComparedText], Items]] = {
    "policy": _policy,
    "lines-of-business": _of_version(Part.STATEMENTS, _lines),
    "provisions": _provisions,
    "facts": _of_version(Part.STATEMENTS, _by("facts", _id, "id")),
    "products": _of_version(Part.PRODUCTS, _products),
    "codes": _of_version(Part.CODING, _codes),
    "diagnoses": _of_version(Part.CODING, _by("diagnosis_listings", _id, "id")),
    "authorization": _of_version(Part.AUTHORIZATION, _authorization),
    "limitations": _of_version(Part.STATEMENTS, _by("limitations", _id, "id")),
    "source-conflicts": _of_version(Part.STATEMENTS, _by("source_conflicts", _id, "id")),
    "supplement": _of_version(Part.SUPPLEMENT, _supplement),
    "evidence": _of_version(Part.SUMMARY, _by("evidence", _id, "id")),
    "references": _of_version(Part.REFERENCES, _by("references", lambda one: str(one.number), "number")),
    "related": _related,
    "identifiers": _identifiers,
    "history": _history,
}
