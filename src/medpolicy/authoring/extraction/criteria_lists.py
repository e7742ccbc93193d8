"""Lists of criteria -> one criterion: nesting by level, quantifiers of the lead-in, connectors at a line's end or alone."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Final

from medpolicy.authoring.document import Block, BlockKind
from medpolicy.authoring.extraction.condition_joints import alternative_before_list, listed_within, of_listed
from medpolicy.authoring.extraction.condition_text import search_outside
from medpolicy.authoring.extraction.conditions import UNLESS, Conditions
from medpolicy.authoring.extraction.context import Extraction, Item
from medpolicy.authoring.extraction.criteria_nodes import joined
from medpolicy.authoring.extraction.interruptions import labels_sublist, only_interrupts
from medpolicy.authoring.extraction.measures import begins_with_measure, measures_in
from medpolicy.authoring.extraction.statement_text import is_title
from medpolicy.authoring.extraction.wording import (
    ALL,
    ANY,
    AT_MOST,
    NONE,
    NUMBER_WORDS,
    Quantifier,
    connector_at_end,
    is_connector,
    number_of,
    quantifier_in,
)
from medpolicy.authoring.outline import Section


@dataclass(slots=True)
class ListItem:
    """An item with what is nested in it. `connector`: `and` or `or` between it and the next, as the document says it."""

    block: Block
    text: str
    connector: str = ""
    children: list[ListItem] = field(default_factory=list)
    connector_lines: list[int] = field(default_factory=list)
    note: str = ""  # what its own text notes behind it
    remarks: list[Block] = field(default_factory=list)  # paragraphs that stand behind it, before the list goes on

    @property
    def lines(self) -> list[int]:
        """Its own lines and those of all that is nested in it."""
        return sorted({*self.block.lines, *self.connector_lines, *(line for child in self.children for line in child.lines)})


def items_of(blocks: Sequence[Block]) -> tuple[list[ListItem], int]:
    """The list at the head of the blocks, nested by level, and how many blocks it takes; connectors alone on a line "
    "belong to it."""
    roots: list[ListItem] = []
    stack: list[ListItem] = []
    between: set[int] = set()  # what stands between two items and belongs to neither
    taken = 0
    for at, block in enumerate(blocks):
        if block.kind is BlockKind.FURNITURE or at in between:
            continue
        if block.kind is BlockKind.ITEM and roots and is_title(block) and not any(one.block.bold for one in stack):
            break  # a numbered heading, which resumes the numbers of the headings above
        if block.kind is BlockKind.ITEM and not is_connector(block.text):
            text, note = _without_note(block.text.strip())
            text, connector = connector_at_end(text)
            item = ListItem(block, text, connector, note=note)
            while stack and stack[-1].block.level >= block.level:
                stack.pop()
            (stack[-1].children if stack else roots).append(item)
            stack.append(item)
        elif roots and block.kind in (BlockKind.PARAGRAPH, BlockKind.ITEM) and is_connector(block.text):
            beside = _at_level(stack, _next_level(blocks, at + 1))
            if beside is None:
                break
            beside.connector = is_connector(block.text)
            beside.connector_lines += block.lines
        elif roots and labels_sublist(blocks, at):
            stack[-1].connector_lines += block.lines
        elif roots and _goes_on_behind(stack, blocks, at):
            stack[-1].remarks.append(block)
            between.add(at)
            continue
        else:
            break
        taken = at + 1
    return roots, taken


def breaks_off(items: Sequence[ListItem]) -> bool:
    """Whether the last item of a list announces more, and nothing follows."""
    last = items[-1]
    while last.children:
        last = last.children[-1]
    return bool(last.connector) or last.text.rstrip().endswith(":")


_NOTE_BEHIND: Final = re.compile(r"(?<=[.;,)\w])\s+\(?\**(?=notes?(?:\s*\d{1,2})?\s*:\s*\S)", re.IGNORECASE)


def _without_note(text: str) -> tuple[str, str]:
    """The text of an item without "Note: ..." behind it, and the note."""
    match = _NOTE_BEHIND.search(text)
    return (text, "") if match is None else (text[: match.start()].rstrip(), text[match.end() :].strip())


def _goes_on_behind(stack: Sequence[ListItem], blocks: Sequence[Block], at: int) -> bool:
    following = next((later for later in blocks[at + 1 :] if later.kind is not BlockKind.FURNITURE), None)
    if following is None:
        return False
    before = next((item.block for item in reversed(stack) if item.block.level == following.level), None)
    return only_interrupts(blocks[at], before, stack[-1].block, following)


def _next_level(blocks: Sequence[Block], at: int) -> int | None:
    later = (blocks[place] for place in range(at, len(blocks)))
    return next((block.level for block in later if block.kind is BlockKind.ITEM), None)


def _at_level(stack: Sequence[ListItem], level: int | None) -> ListItem | None:
    if level is None:
        return None
    return next((item for item in reversed(stack) if item.block.level <= level), None)


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
            if announcing is None or _announces_a_list(item):
                found.append(item)
                announcing = item if _announces_a_list(item) and not item.children else None
            else:
                announcing.children.append(item)
        for item in found:
            if not _announces_a_list(item):
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
        examples = _EXAMPLES_LEAD.search(item.text) if quantifier is None else None
        if examples is not None:
            self._doubt(f"what is listed under “{item.text.strip()}” was read as examples: or is it asked for?")
            found = self._conditions.read(item.text[: examples.start()], citation)
            return None if found is None else _cited(found, citation)
        ruled = exception_before(item.text, quantifier)
        if ruled is not None:
            return self._excepted(item, ruled, quantifier, citation)
        self.doubt_of_denial(item.text, quantifier)
        if quantifier is None and (counted := _counted_noun(item)) is not None:
            nested = self.read(item.children, counted)
            head = self._conditions.read(item.text.rstrip(" :"), self._extraction.cite(self._section, item.block.lines))
            self._doubt(f"“{item.text.strip(' :')}” was read as: of what is listed under it, at least {counted.count}; is it so?")
            found = joined("all", [head, nested])
            return None if found is None else _cited(found, citation)
        measured = any(begins_with_measure(child.text) for child in item.children)
        subject = _subject_of_list(item.text, quantifier) if measured else ""
        if subject:
            for child in item.children:
                if begins_with_measure(child.text):
                    child.text = f"{subject} is {child.text[:1].lower()}{child.text[1:]}"
        alternatives = last_alternative(item.text, quantifier)
        if alternatives is not None:
            left, right = (self._conditions.read(part, citation) for part in alternatives)
            found = joined("any", [left, joined("all", [right, self.read(item.children, quantifier)])])
            return None if found is None else _cited(found, citation)
        text, alternative = _alternative_behind(item.text, quantifier)
        announced = give_trial(item.children, text, quantifier)
        says_nothing_more = bool(subject) or announced != text  # all of it was given to the items
        if announced != text:
            quantifier = quantifier_in(announced)
        else:
            announced = give_predicate(item.children, text, quantifier)
            announced = give_length(item.children, give_time(item.children, announced, quantifier), quantifier)
            if quantifier is not None and _OR_UNREAD.match(announced[quantifier.end :]):
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
        if _DENIES.search(text[: quantifier.start]):
            self._doubt(f"“{text.strip()}” denies something of a list: is it denied of each, of any, or of all together?")

    def _alternative_to_list(self, item: ListItem, first: str, second: str, nested: Item, citation: Item) -> Item:
        own = self._extraction.cite(self._section, item.block.lines)
        self._doubt(f"“{first}” was read as the alternative to “{second}” together with the list under it: is it so?")
        head = self._conditions.read(_DANGLING_LEAD.sub("", f" {second}").strip(" ,;"), own)
        found = joined("any", [self._conditions.read(first, own), joined("all", [head, nested])])
        assert found is not None
        return _cited(found, citation)

    def _doubt(self, reason: str) -> None:
        if reason not in self._conditions.doubts:
            self._conditions.doubts.append(reason)


def _announces_a_list(item: ListItem) -> bool:
    return item.text.rstrip().endswith(":") and quantifier_in(item.text) is not None


_COUNTED_NOUN: Final = re.compile(
    r"^(?:(?:has|have|with|presence of|documentation of)\s+)?(?:at least |a minimum of )?"
    rf"(?P<count>{NUMBER_WORDS}|\d+)(?: or more)?\s+"
    r"(?:[a-z-]+\s+){0,2}?[a-z-]+s\b.*:\s*$",
    re.IGNORECASE,
)


def _counted_noun(item: ListItem) -> Quantifier | None:
    """ "Two or more cytopenias in two blood counts:" asks for so many of what is listed under it."""
    match = _COUNTED_NOUN.match(item.text.strip())
    count = 0 if match is None else number_of(match["count"])
    return Quantifier("count", 0, 0, count) if 1 < count <= len(item.children) else None


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


_UNLESS_LIST: Final = re.compile(
    r"[,;]?\s*\b(?:unless|except (?:when|if|where|in|for)|other than (?:when|if))\s+"
    r"(?:(?:there is|there are|"
    r"(?:the )?(?:members?|patients?|individuals?) (?:has|have|meets?)|meets?|it meets|they meet)\s*)?$",
    re.IGNORECASE,
)


_OR_BEHIND: Final = re.compile(
    r"^(?P<noun>\s*[a-z -]{0,40}?),?\s+or\s+(?P<alternative>(?:an?|has|have|is|there|the)\s+[^:]+?)\s*:\s*$", re.I
)


def _alternative_behind(text: str, quantifier: Quantifier | None) -> tuple[str, str]:
    """ "Two of the following, or has a contraindication to all of them:": the lead-in without its alternative, and that."""
    match = _OR_BEHIND.match(text[quantifier.end :]) if quantifier is not None else None
    if quantifier is None or match is None:
        return text, ""
    return f"{text[: quantifier.end]}{match['noun']}:", match["alternative"]


_EXAMPLES_LEAD: Final = re.compile(
    r",?\s*\(?(?:such as|for example|e\.g\.,?|including,?\s+but\s+not\s+limited\s+to)\)?\s*:\s*$", re.IGNORECASE
)


def last_alternative(text: str, quantifier: Quantifier | None) -> tuple[str, str] | None:
    """ "AHI of 15 or more, or AHI of 5 to 14 with one of the following:": what needs no list, and what the list belongs to."""
    if quantifier is None:
        return None
    before = text[: quantifier.start]
    for match in re.finditer(r",?\s+or\s+", before):
        left, right = before[: match.start()].strip(" ,;"), before[match.end() :]
        found = _WITH_LIST.match(right)
        if found is not None and measures_in(left) and measures_in(found["right"]) and not begins_with_measure(found["right"]):
            return left, found["right"].strip(" ,;")
    return None


_WITH_LIST: Final = re.compile(
    r"^(?P<right>.+?)\s+(?:with|and|plus|accompanied by|along with|in the presence of)\s*$", re.IGNORECASE | re.DOTALL
)


_NOT_MET: Final = re.compile(
    r"(?:\b(?:the\s+|an?\s+)?(?:members?|patients?|individuals?|requests?|services?)\s+)?\b"
    r"(?:(?:do|does|did)\s+not\s+(?:meet|satisfy|fulfill)|fails?\s+to\s+meet)\s*$",
    re.IGNORECASE,
)


def exception_before(text: str, quantifier: Quantifier | None) -> str | None:
    """What stands before "unless all of the following are met:"; None where the list is no exception."""
    if quantifier is None:
        return None
    match = _UNLESS_LIST.search(text[: quantifier.start])
    if match is None and quantifier.kind == ALL:  # "does not meet all of the following"
        match = _NOT_MET.search(text[: quantifier.start])
    return None if match is None else text[: match.start()]


def _subject_of_list(text: str, quantifier: Quantifier | None) -> str:
    """Of what a list speaks: "Body mass index is one of the following:" asks nothing of its own."""
    if quantifier is None:
        return ""
    match = re.fullmatch(
        r"(?P<subject>\S.*?)\s+(?:is|are|of|must be|has been|meets|equals|measures)\s*", text[: quantifier.start]
    )
    return match["subject"] if match is not None else ""


_DENIES: Final = re.compile(r"\b(?:not|no|never|cannot|without)\s+(?:[a-z]+\s+){0,4}$|\bnot\s*$", re.IGNORECASE)
_PREDICATE_OF_LIST: Final = re.compile(
    r"^\s*(?:(?:[a-z-]+\s+){0,2}?(?:treatments?|therap(?:y|ies)|medications?|drugs?|agents?|methods?|options?|measures?)\s+)?"
    r"(?P<predicate>(?:has|have|had|is|are|was|were)\s+(?:(?:not|been|be|both|all)\s+)*+"
    r"(?!(?:met|present|documented|satisfied|fulfilled|demonstrated|true|apply|applicable|required)\b)\w[^:]*?)\s*:\s*$",
    re.IGNORECASE,
)
_PLURAL: Final = re.compile(r"(?:[^su]s|ies)\s*$", re.IGNORECASE)


# "Failure of two of the following", "The member has tried and failed one of the following for 12 weeks".
_TRIED: Final = re.compile(
    r"^(?:(?:documentation of|documented|there (?:is|has been)|an?)\s+)*"
    r"(?:(?:the\s+|an?\s+)?(?:member|patient|individual|person)s?\s+(?:has|have|must have|had)\s+)?"
    r"(?P<head>(?:tried and failed|failed|tried|"
    r"(?:had\s+)?(?:an?\s+)?(?:inadequate|insufficient|unsatisfactory) (?:clinical )?response (?:to|with)|"
    r"failure (?:of|to respond to)|trial(?: and failure)? of|failed (?:an? )?(?:adequate )?trial of|intolerance (?:of|to)|"
    r"unresponsive(?:ness)? to|refractory to|(?:known |personal |family |prior |documented )*history of|diagnosis of|"
    r"diagnosed with|contraindications? to|inability to (?:tolerate|use|take)))\s*$",
    re.IGNORECASE,
)
_TIME_BEHIND: Final = re.compile(
    r"^\s*(?P<what>(?:[a-z-]+\s+){0,2}?)(?P<time>for\s+(?:at least\s+|a minimum of\s+|no less than\s+|≥\s*)?[\w-]+\s+"
    r"(?:days?|weeks?|months?|years?))(?:\s+each)?\s*:?\s*$",
    re.IGNORECASE,
)


def give_trial(items: Sequence[ListItem], text: str, quantifier: Quantifier | None) -> str:
    """ "Failure of two of the following for 6 weeks each:" says of each item that it failed, and for how long it was tried."""
    if quantifier is None or any(item.children for item in items):
        return text
    tried = _TRIED.match(text[: quantifier.start].strip())
    behind = text[quantifier.end :].strip(" :")
    time = _TIME_BEHIND.match(behind) if behind else None
    if tried is None or (behind and time is None) or any(_IS_SAID.search(item.text) for item in items):
        return text
    if time is not None and not time["what"].strip() and re.search(r"\beach\b", behind) is None and quantifier.kind != ANY:
        return text  # of all together, or of each?
    for item in items:
        excepted = search_outside(UNLESS, item.text)
        noun = (item.text if excepted is None else item.text[: excepted.start()]).strip(" .;,")
        exception = "" if excepted is None else f", {item.text[excepted.start() :].strip(' ,;')}"
        lasting = "" if time is None else f" {time['time']}"
        item.text = f"{tried['head']} {noun}{lasting}{exception}"
    return f"{text[quantifier.start : quantifier.end]}:"


_IS_SAID: Final = re.compile(r"\b(?:is|are|has|have|was|were|failed|tried|failure)\b", re.IGNORECASE)


# "One of the following is NOT present:" is said of each: it is absent.
_NOT_PRESENT: Final = re.compile(r"\b(?:is|are)\s+not\s+present\b", re.IGNORECASE)


def give_predicate(items: Sequence[ListItem], text: str, quantifier: Quantifier | None) -> str:
    """ "Two of the following have failed:" says of each item that it failed. The lead-in without what was given to the items."""
    if quantifier is None or any(item.children for item in items):
        return text
    text = f"{text[: quantifier.end]}{_NOT_PRESENT.sub('is absent', text[quantifier.end :])}"
    match = _PREDICATE_OF_LIST.match(text[quantifier.end :])
    if match is None or any(re.search(r"\b(?:is|are|has|have|was|were)\b", item.text) for item in items):
        return text
    for item in items:
        excepted = search_outside(UNLESS, item.text)
        noun = (item.text if excepted is None else item.text[: excepted.start()]).strip(" .;,")
        exception = "" if excepted is None else f", {item.text[excepted.start() :].strip(' ,;')}"
        item.text = f"{noun} {_agreeing(match['predicate'], is_plural=_PLURAL.search(noun) is not None)}{exception}"
    return f"{text[: quantifier.end]}:"


_TIME_OF_LIST: Final = re.compile(
    r"^\s*(?P<time>,?\s*(?:with)?in (?:the )?(?:last|past|previous|preceding|prior)\s+[^:,;]*?)\s*:?\s*$", re.IGNORECASE
)


def give_time(items: Sequence[ListItem], text: str, quantifier: Quantifier | None) -> str:
    """ "Any of the following in the past 12 months:" dates each item. The lead-in without what was given to the items."""
    if quantifier is None or any(item.children for item in items):
        return text
    match = _TIME_OF_LIST.match(text[quantifier.end :])
    if match is None:
        return text
    for item in items:
        item.text = _before_exception(item.text, match["time"].strip(" ,"))
    return f"{text[: quantifier.end]}:"


_LENGTH_BEHIND: Final = re.compile(
    r"^[\sa-z-]*?,?\s*(?:each\s+)?(?:(?:used|taken|tried|given|applied|performed)\s+)?(?:for|lasting|over)\s+"
    r"(?P<length>[^:,;]+?)\s*:?\s*$",
    re.IGNORECASE,
)
_OR_UNREAD: Final = re.compile(r"^\s*,?\s*or\b", re.IGNORECASE)


def give_length(items: Sequence[ListItem], text: str, quantifier: Quantifier | None) -> str:
    """ "Two of the following, each for 6 weeks:", "despite 3 months of any of the following:": each item lasts so long.

    The lead-in without what was given to the items.
    """
    if quantifier is None or any(item.children or measures_in(item.text) for item in items):
        return text
    behind = _LENGTH_BEHIND.match(text[quantifier.end :])
    if behind is not None and _is_length(f"for {behind['length']}"):
        for item in items:
            item.text = _before_exception(item.text, f"for {behind['length']}")
        return f"{text[: quantifier.end]}:"
    before = text[: quantifier.start]
    measures = measures_in(before)
    if not measures or before[measures[-1].end :].strip().lower() != "of" or not _is_length(before[measures[-1].start :]):
        return text
    length = before[measures[-1].start : measures[-1].end].strip()
    for item in items:
        item.text = _before_exception(item.text, f"for {length}")
    return f"{before[: measures[-1].start]:{quantifier.start}}{text[quantifier.start :]}"  # the quantifier stays in its place


def _is_length(text: str) -> bool:
    measures = measures_in(text)
    return len(measures) == 1 and measures[0].kind == "duration" and not measures[0].elapsed


def _before_exception(text: str, more: str) -> str:
    """The item with what its lead-in says of it, before what it excepts."""
    excepted = search_outside(UNLESS, text)
    noun = (text if excepted is None else text[: excepted.start()]).strip(" .;,")
    exception = "" if excepted is None else f", {text[excepted.start() :].strip(' ,;')}"
    return f"{noun} {more}{exception}"


def _agreeing(predicate: str, *, is_plural: bool) -> str:
    """The predicate with its verbs in the number of the noun that it is said of."""
    pairs = (("has", "have"), ("is", "are"), ("was", "were"))
    for one, many in pairs:
        predicate = re.sub(rf"\b(?:{one}|{many})\b", many if is_plural else one, predicate, flags=re.IGNORECASE)
    return predicate


def _cited(node: Item, citation: Item) -> Item:
    return node if "citation" in node else {**node, "citation": citation}


_AFTER_QUANTIFIER: Final = re.compile(
    r"^\s*(?:[a-z/-]+\s+){0,2}?(?:criteria|conditions|indications|requirements|circumstances|situations|findings|symptoms|"
    r"[a-z]+s)?\s*"
    r"(?:(?:in|of)\s+the\s+(?:following\s+)?table(?:\s+below)?\s*)?"
    r"(?:(?:is|are|has been|have been|must be|was|were)\s+(?:all\s+)?)?(?:met|documented|present|satisfied|fulfilled|"
    r"demonstrated|true|apply|applies)?\s*(?=[:.,;]|$|\b(?:in|for|when|if|with|of|and|AND)\b)",
)
_DANGLING_LEAD: Final = re.compile(
    r"(?:[\s,;]*\b(?:(?:when|if)\s+(?:it\s+is\s+|they\s+are\s+)?(?:performed|used|administered|ordered|given|done)|"
    r"when|if|where|with|for|of|and|by|the|there is|there are|is|are|must have|must meet|meets?|has|have|having|"
    r"documentation|documented|documentation of|defined as|defined|presence of|evidence of|as evidenced by|"
    r"as demonstrated by|based on|"
    r"provided|provided that|subject|meeting|"
    r"at least|following|in|to|despite|(?:for|as|in|of) (?:the )?treatment|"
    r"as an?|an?|that|who|including|only|treating|shown by|causing|resulting in|"
    r"manifested by|as follows|characterized by|seen (?:on|in|by)|evidenced by|individual|individuals|"
    r"member|members|patient|"
    r"patients|persons?))+\s*$",
    re.IGNORECASE,
)


_WHO_DOCUMENTS: Final = re.compile(
    r"(?:(?:when|if)\s+)?(?:the\s+|an?\s+)?(?:(?:treating|prescribing|requesting|ordering)\s+)?(?:physician|provider|"
    r"clinician|specialist)s?",
    re.I,
)
_LETTERS_OF_ITEMS: Final = re.compile(
    r"\s*\((?:[A-Za-z0-9]{1,3}\s*(?:,|and|or|through|to|-|–)\s*)+(?:and\s+|or\s+)?[A-Za-z0-9]{1,3}\)"
)
_NUMBERS_OF_ITEMS: Final = re.compile(  # "criteria 1 through 3", "criteria A, B, and C"
    r"^\s*(?:\d{1,2}|[A-Z])(?:\s*(?:,\s*and|,\s*or|,|and|or|through|to|-|–)\s*(?:\d{1,2}|[A-Z])(?![\w]))+(?=[\s:.]|$)"
)
REMARK_ON_LIST: Final = re.compile(
    r"\s*\((?:(?:this|the|these|list)\s+)*(?:is|are|may)?\s*not(?: be)?\s+(?:an?\s+)?"
    r"(?:all[- ]inclusive|exhaustive|complete)[^()]*\)",
    re.IGNORECASE,
)
_SUBJECT_OF_CONDITION: Final = re.compile(r"\b(?:when|if|where)\s+(?:the\s+)?(?:[a-z]+\s+){0,4}(?:is|are)\s*$", re.IGNORECASE)


def content_of_lead_in(text: str, quantifier: Quantifier | None) -> str:
    """What a lead-in says besides announcing the list: "PVCs when either of the following are met:" -> "PVCs"."""
    if quantifier is None:
        return _DANGLING_LEAD.sub("", text.strip(" :")) if text.rstrip().endswith(":") else text.strip()
    before = _SUBJECT_OF_CONDITION.sub("", text[: quantifier.start])
    before = _DANGLING_LEAD.sub("", f" {before}").strip(" ,;")
    before = "" if _WHO_DOCUMENTS.fullmatch(before) else before
    behind = _NUMBERS_OF_ITEMS.sub("", _LETTERS_OF_ITEMS.sub("", text[quantifier.end :]))
    after = REMARK_ON_LIST.sub("", behind)
    after = _AFTER_QUANTIFIER.sub("", after).strip(" :.,;")
    return " ".join(part for part in (before, after) if part)
