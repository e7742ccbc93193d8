"""Lists of criteria -> one criterion: nesting by level, quantifiers of the lead-in, connectors at a line's end or alone."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from medpolicy.authoring.extraction.condition_joints import alternative_before_list, listed_within, of_listed
from medpolicy.authoring.extraction.conditions import Conditions
from medpolicy.authoring.extraction.context import Extraction, Item
from medpolicy.authoring.extraction.criteria_nodes import joined
from medpolicy.authoring.extraction.lead_ins import (
    DANGLING_LEAD,
    DENIES,
    EXAMPLES_LEAD,
    OR_UNREAD,
    alternative_behind,
    announces_a_list,
    content_of_lead_in,
    counted_noun,
    exception_before,
    give_length,
    give_predicate,
    give_time,
    give_trial,
    last_alternative,
    subject_of_list,
)
from medpolicy.authoring.extraction.list_items import ListItem
from medpolicy.authoring.extraction.measures import begins_with_measure
from medpolicy.authoring.extraction.wording import (
    ALL,
    ANY,
    AT_MOST,
    NONE,
    Quantifier,
    quantifier_in,
)
from medpolicy.authoring.outline import Section


class CriteriaLists:
    """Reads lists with one set of conditions; citations go to `section`."""

    def __init__(self, extraction: Extraction, section: Section, conditions: Conditions) -> None:
        self._extraction = extraction
        self._section = section
        self._conditions = conditions

    def read(self, items: Sequence[ListItem], quantifier: Quantifier | None) -> Item | None:
        """The criterion of the items together, joined as the quantifier of their lead-in and their connectors say."""
        items = self._with_flat_lists(items)
        groups = self._groups(items, quantifier)
        found = [joined("any", [self._item(item) for item in group]) for group in groups]
        kept = [node for node in found if node is not None]
        if not kept:
            return None
        if quantifier is not None and quantifier.kind == NONE:
            return {"not": {"any": kept}}
        if quantifier is not None and quantifier.kind == AT_MOST:
            if quantifier.count >= len(kept):
                self._doubt(f"at most {quantifier.count} of the following may hold, and only {len(kept)} could be read")
                return None
            return {"not": {"at_least_n": {"n": quantifier.count + 1, "of": kept}}}
        if quantifier is not None and quantifier.kind == "count":
            if quantifier.count > len(kept):
                self._doubt(f"at least {quantifier.count} of the following are asked for, and {len(kept)} could be read")
                return joined("all", kept)
            return {"at_least_n": {"n": quantifier.count, "of": kept}}
        kind = self._kind(items, quantifier)
        if kind == ALL and len(kept) > 1:
            kept = self._by_age(kept)
        return kept[0] if len(kept) == 1 else {kind: kept}

    def _with_flat_lists(self, items: Sequence[ListItem]) -> list[ListItem]:
        """The items, those beneath one that announces a list (“One of the following:”) where the document sets them beside it.

        Where such a list ends cannot be seen: it goes to the next item that announces one, and a person is asked.
        """
        found: list[ListItem] = []
        announcing: ListItem | None = None
        for item in items:
            if announcing is None or announces_a_list(item):
                found.append(item)
                announcing = item if announces_a_list(item) and not item.children else None
            else:
                announcing.children.append(item)
        for item in found:
            if not announces_a_list(item):
                continue
            said = f"“{item.text.strip()}” announces a list, and nothing is set below it"
            if not item.children and item is not found[-1]:  # of a last one the statement asks
                self._doubt(f"{said}: what belongs to it?")
            elif item.children and item.children[0].block.level <= item.block.level:
                self._doubt(f"{said}: read as its list up to line {item.lines[-1]}; does it end there?")
        return found

    def within_sentence(self, text: str, quantifier: Quantifier, citation: Item) -> tuple[str, Item | None]:
        """ "Either of the following: A; B.": the lead-in, and the criterion of what it lists, if it lists something."""
        listed = listed_within(text, quantifier)
        if listed is None:
            return text, None
        found = [node for part in listed.parts if (node := self._conditions.read(part, citation)) is not None]
        tree = of_listed(listed, found) if found else None
        return f"{text[: quantifier.end]}{listed.announced}:", tree

    def _by_age(self, kept: list[Item]) -> list[Item]:
        """ "Age 18 or older: ...", "Age 12 to 17: ...": conditions that hold for different ages are alternatives."""
        aged = [node for node in kept if _ages_of(node) is not None]
        apart = [one for one in aged if any(_exclude(one, other) for other in aged if other is not one)]
        if len(apart) < _LEAST_ALTERNATIVES:
            return kept
        self._doubt("conditions for ages that exclude each other stand in one list: read as alternatives by age")
        at = next(at for at, node in enumerate(kept) if node is apart[0])
        others = [node for node in kept if not any(node is one for one in apart)]
        return [*others[:at], {"any": apart}, *others[at:]]

    def _kind(self, items: Sequence[ListItem], quantifier: Quantifier | None) -> str:
        said = {item.connector for item in items[:-1]} - {""}
        if quantifier is not None and quantifier.stated:
            if quantifier.kind == ANY and said == {"and"}:
                self._doubt('the lead-in asks for any of the following, and "and" stands between them: read as any')
            return quantifier.kind
        if quantifier is not None and quantifier.kind == ANY and "and" not in said:
            return ANY
        if said == {"or"}:
            return ANY
        if not said and quantifier is None and len(items) > 1:
            self._doubt("nothing says whether all or any of the listed conditions are needed: read as all")
        return ALL

    def _groups(self, items: Sequence[ListItem], quantifier: Quantifier | None) -> list[list[ListItem]]:
        """The items; where "and" and "or" are mixed, those that "or" joins stand together."""
        said = {item.connector for item in items[:-1]} - {""}
        wants_all = quantifier is None or quantifier.kind == ALL
        mixed = wants_all and "or" in said and ("and" in said or (quantifier is not None and quantifier.stated))
        if not mixed:
            return [[item] for item in items]
        self._doubt('"and" and "or" are mixed between the listed conditions: those that "or" joins were taken together')
        groups: list[list[ListItem]] = [[]]
        for item in items:
            groups[-1].append(item)
            if item.connector != "or":
                groups.append([])
        return [group for group in groups if group]

    def _item(self, item: ListItem) -> Item | None:
        citation = self._extraction.cite(self._section, item.lines)
        if item.note:
            self._doubt(f"“{item.note}” stands within a condition, and was read as a note: does it change it?")
        for remark in item.remarks:
            self._extraction.book.narrative(remark.lines, "a note within a list of criteria")
            self._doubt(
                f"line {remark.first_line} stands within the list of criteria, and was read as a note: does it change one?"
            )
        if not item.children:
            found = self._conditions.read(item.text, citation)
            return None if found is None else _cited(found, citation)
        quantifier = quantifier_in(item.text) if item.text.rstrip().endswith(":") or "following" in item.text.lower() else None
        examples = EXAMPLES_LEAD.search(item.text) if quantifier is None else None
        if examples is not None:
            self._doubt(f"what is listed under “{item.text.strip()}” was read as examples: or is it asked for?")
            found = self._conditions.read(item.text[: examples.start()], citation)
            return None if found is None else _cited(found, citation)
        ruled = exception_before(item.text, quantifier)
        if ruled is not None:
            return self._excepted(item, ruled, quantifier, citation)
        self.doubt_of_denial(item.text, quantifier)
        if quantifier is None and (counted := counted_noun(item)) is not None:
            nested = self.read(item.children, counted)
            head = self._conditions.read(item.text.rstrip(" :"), self._extraction.cite(self._section, item.block.lines))
            self._doubt(f"“{item.text.strip(' :')}” was read as: of what is listed under it, at least {counted.count}; is it so?")
            found = joined("all", [head, nested])
            return None if found is None else _cited(found, citation)
        measured = any(begins_with_measure(child.text) for child in item.children)
        subject = subject_of_list(item.text, quantifier) if measured else ""
        if subject:
            for child in item.children:
                if begins_with_measure(child.text):
                    child.text = f"{subject} is {child.text[:1].lower()}{child.text[1:]}"
        alternatives = last_alternative(item.text, quantifier)
        if alternatives is not None:
            left, right = (self._conditions.read(part, citation) for part in alternatives)
            found = joined("any", [left, joined("all", [right, self.read(item.children, quantifier)])])
            return None if found is None else _cited(found, citation)
        text, alternative = alternative_behind(item.text, quantifier)
        announced = give_trial(item.children, text, quantifier)
        says_nothing_more = bool(subject) or announced != text  # all of it was given to the items
        if announced != text:
            quantifier = quantifier_in(announced)
        else:
            announced = give_predicate(item.children, text, quantifier)
            announced = give_length(item.children, give_time(item.children, announced, quantifier), quantifier)
            if quantifier is not None and OR_UNREAD.match(announced[quantifier.end :]):
                self._doubt(f"“{announced.strip(' :')}” has an “or” of its own, which was not read: what does it join?")
        nested = self.read(item.children, quantifier)
        apart = None if says_nothing_more or quantifier is None else alternative_before_list(announced, quantifier.start)
        if apart is not None and nested is not None:  # "BMI of 40 or more, OR BMI of 35 or more with one of the following:"
            return self._alternative_to_list(item, *apart, nested, citation)
        own = "" if says_nothing_more else content_of_lead_in(announced, quantifier)
        head = self._conditions.read(own, self._extraction.cite(self._section, item.block.lines)) if own else None
        if quantifier is None and own and nested is not None:
            self._doubt("conditions are nested under one that does not say how they count: read as needed in addition to it")
        found = joined("all", [head, nested]) if head is not None else nested
        if alternative:
            found = joined("any", [found, self._conditions.read(alternative, citation)])
        return None if found is None else _cited(found, citation)

    def _excepted(self, item: ListItem, ruled: str, quantifier: Quantifier | None, citation: Item) -> Item | None:
        """ "No surgery before, unless any of the following:": the list waives what stands before it, or bars the service."""
        rule = self._conditions.read(ruled, citation) if ruled.strip() else None
        nested = self.read(item.children, quantifier)
        if nested is None:
            return rule
        if rule is None:
            return _cited({"not": nested}, citation)
        self._doubt(f"“{item.text.strip()}” was read as a list that waives what stands before it: or does it bar the service?")
        found = joined("any", [rule, nested])
        return None if found is None else _cited(found, citation)

    def doubt_of_denial(self, text: str, quantifier: Quantifier | None) -> None:
        """Ask about a lead-in such as "has not responded to two of the following": of how many is it denied?"""
        if quantifier is None or quantifier.kind in (NONE, AT_MOST):
            return
        if DENIES.search(text[: quantifier.start]):
            self._doubt(f"“{text.strip()}” denies something of a list: is it denied of each, of any, or of all together?")

    def _alternative_to_list(self, item: ListItem, first: str, second: str, nested: Item, citation: Item) -> Item:
        own = self._extraction.cite(self._section, item.block.lines)
        self._doubt(f"“{first}” was read as the alternative to “{second}” together with the list under it: is it so?")
        head = self._conditions.read(DANGLING_LEAD.sub("", f" {second}").strip(" ,;"), own)
        found = joined("any", [self._conditions.read(first, own), joined("all", [head, nested])])
        assert found is not None
        return _cited(found, citation)

    def _doubt(self, reason: str) -> None:
        if reason not in self._conditions.doubts:
            self._conditions.doubts.append(reason)


_LEAST_ALTERNATIVES: Final = 2


def _ages_of(node: Item) -> tuple[int, int] | None:
    """From which to which year of age a criterion may hold; None where it does not test the age."""
    tests = [node] if "age" in node else [child for child in node.get("all", []) if "age" in child]
    if not tests:
        return None
    low, high = 0, 200
    for test in tests:
        ages = test["age"]
        low = max(low, ages.get("at_least", 0), ages["more_than"] + 1 if "more_than" in ages else 0)
        high = min(high, ages.get("at_most", 200), ages["less_than"] - 1 if "less_than" in ages else 200)
    return low, high


def _exclude(one: Item, other: Item) -> bool:
    first, second = _ages_of(one), _ages_of(other)
    return first is not None and second is not None and (first[1] < second[0] or second[1] < first[0])


def _cited(node: Item, citation: Item) -> Item:
    return node if "citation" in node else {**node, "citation": citation}
