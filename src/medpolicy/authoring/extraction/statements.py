"""The statements of the policy: which service, which stance, under which criteria, and what holds otherwise.

Each sentence that takes a stance becomes a provision. Sentences that only explain are narrative; others are left in the ledger
as not understood.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import replace
from itertools import takewhile

from medpolicy.authoring.document import Block, BlockKind
from medpolicy.authoring.extraction import statement_patterns as patterns
from medpolicy.authoring.extraction.authorization import states_a_rule
from medpolicy.authoring.extraction.condition_patterns import BUT_NOT_AT_END
from medpolicy.authoring.extraction.condition_text import search_outside
from medpolicy.authoring.extraction.conditions import UNLESS, WAIVES, Conditions
from medpolicy.authoring.extraction.context import Extraction, Ids, Item, mark, section_name, slug
from medpolicy.authoring.extraction.criteria_lists import CriteriaLists
from medpolicy.authoring.extraction.criteria_nodes import joined
from medpolicy.authoring.extraction.criteria_tables import is_of_a_table, items_of_table_behind
from medpolicy.authoring.extraction.delegation import hand_over
from medpolicy.authoring.extraction.facts import FactBook, abbreviations_in
from medpolicy.authoring.extraction.further_lists import FurtherList, further_lists
from medpolicy.authoring.extraction.lead_ins import (
    REMARK_ON_LIST,
    content_of_lead_in,
    exception_before,
    give_predicate,
    last_alternative,
)
from medpolicy.authoring.extraction.leftovers import Leftovers, ReadStatement
from medpolicy.authoring.extraction.limits import (
    APPROVED_FOR,
    is_limit,
    is_limit_of,
    is_more_of_something,
    note_limits,
    without_limits,
)
from medpolicy.authoring.extraction.lines_of_business import lines_of_section, names_only_lines
from medpolicy.authoring.extraction.list_items import ListItem, breaks_off, items_of
from medpolicy.authoring.extraction.listed_services import demands_of, name_of_service
from medpolicy.authoring.extraction.products import is_product_list, product_list_of
from medpolicy.authoring.extraction.scales import find_scales
from medpolicy.authoring.extraction.sentence_parts import halves_of, limits_a_quantity, parts_of, says_only_how_long
from medpolicy.authoring.extraction.statement_marks import ask_of_unconditional, except_from
from medpolicy.authoring.extraction.statement_text import (
    content_words,
    core_of,
    is_title,
    list_under,
    objects,
    singular,
    statements_of,
    tests_of,
    text_of_statement,
    uses_in_series,
    with_article,
    without_examples,
    without_remarks,
)
from medpolicy.authoring.extraction.wording import (
    ANY,
    NONE,
    Quantifier,
    StanceSaid,
    insufficient_in,
    quantifier_in,
    sentences_of,
    stance_in,
    without_opening,
)
from medpolicy.authoring.outline import Section, SectionKind, kind_of_heading

_LEAST_ITEMS = 2  # of a list
_FOR_THE_FOLLOWING = re.compile(r"\b(?:for|in|of|with|treating)\s+(?:the\s+)?following\s*:?\s*$", re.IGNORECASE)


def extract_statements(extraction: Extraction) -> None:
    """Read the policy's statements into provisions, facts, definitions and product lists of the draft."""
    _Statements(extraction).run()


class _Statements:
    def __init__(self, extraction: Extraction) -> None:
        self._extraction = extraction
        text = " ".join(block.text for section in extraction.outline.of_kind(SectionKind.POLICY) for block in section.blocks)
        self._facts = FactBook(abbreviations_in(text))
        scales = find_scales(extraction.document)
        self._scales = scales
        self._conditions = Conditions(
            self._facts, {value.lower(): scale.choices for scale in scales for value, _ in scale.choices}
        )
        self._statements: list[ReadStatement] = []
        self._different: dict[tuple[str, str, bool], ReadStatement] = {}
        self._further: list[FurtherList] = []  # behind the list of the statement at hand
        self._denies = False  # the statement at hand
        self._lines_named: list[str] = []  # in the words of the statement at hand
        self._compared = 0  # how many statements were looked at for being different
        self._product_lists: list[Item] = []
        self._ids, self._product_list_ids = Ids(), Ids()
        self._leftovers = Leftovers(extraction, self._statements, self._ids, self._facts.spelled_out)
        self._limits: list[str] = []  # those of the statement that is being read

    def run(self) -> None:
        for section in self._extraction.outline.presumed:
            mark(
                self._extraction.version, f"“{section.title}” was read as statements for what it says; its heading does not tell"
            )
        for section in self._extraction.outline.of_kind(SectionKind.POLICY):
            self._section(section)
        self._use_scales()
        ask_of_unconditional([statement.provision for statement in self._statements])
        version = self._extraction.version
        provisions = [statement.provision for statement in self._statements]
        version["facts"] = [*version.get("facts", []), *self._facts.items]
        version["definitions"] = self._leftovers.definitions
        version["provisions"] = [*provisions, *version.get("provisions", [])]
        version["product_lists"] = self._product_lists

    # -- from blocks to sentences ---------------------------------------------------------------------------------

    def _section(self, section: Section) -> None:
        book = self._extraction.book
        at = self._list_under_heading(section)
        while at < len(section.blocks):
            block = section.blocks[at]
            at += 1
            if block.kind is BlockKind.FURNITURE:
                book.furniture(block.lines, block.furniture or "furniture")
                continue
            if block.kind is BlockKind.TABLE:
                continue
            items, taken = items_of(list_under(section.blocks, at, block))
            self._further = further_lists(section.blocks, at + taken) if items else []
            if not items:
                items, taken = items_of_table_behind(self._extraction.outline.sections, section, at)
            before = len(self._statements)
            if self._block(section, block, items) and items:
                at = self._further[-1].end if self._further else at + taken
            elif items and len(self._statements) > before:
                mark(
                    self._statements[-1].provision, f"a list follows it on line {items[0].lines[0]}, and was not read as its own"
                )
        if section.heading is not None:
            book.in_section(section.heading.lines, section_name(section))

    def _list_under_heading(self, section: Section) -> int:
        """Read the services that a heading such as "Not Covered:" lists; how many blocks they take."""
        label = None if section.heading is None else patterns.STANCE_LABEL.fullmatch(section.title.strip())
        items, taken = items_of(section.blocks) if label is not None else ([], 0)
        if label is None or section.heading is None or not items:
            return 0
        return taken if self._under_label(section, label["stance"], list(section.heading.lines), items) else 0

    def _block(self, section: Section, block: Block, items: list[ListItem]) -> bool:
        """Read a paragraph and the list that it announces; whether the list was taken."""
        book = self._extraction.book
        text = block.text
        spans = [part for start, end in sentences_of(text) for part in statements_of(text, start, end)]
        took_list = False
        for number, (start, end) in enumerate(spans):
            sentence = text[start:end]
            lines = list(block.lines_of(start, end))
            last = number == len(spans) - 1
            announced = (
                items
                if last
                and (
                    sentence.rstrip().endswith(":")
                    or quantifier_in(sentence) is not None
                    or patterns.THE_FOLLOWING.search(sentence)
                )
                else []
            )
            said = stance_in(without_opening(sentence)) or insufficient_in(sentence)
            label = patterns.STANCE_LABEL.fullmatch(sentence.strip())
            if label is not None and not announced:
                book.narrative(lines, f"{section_name(section)}: heading")
            elif label is not None:
                took_list = self._under_label(section, label["stance"], lines, announced) or took_list
            elif said is not None and patterns.IN_CERTAIN_CASES.match(said.tail):
                book.narrative(lines, f"{section_name(section)}: criteria follow")
            elif said is not None and self._refers_back(section, said, lines):
                continue
            elif said is not None and patterns.ONLY_A_LABEL.fullmatch(sentence.strip()) and not announced:
                book.narrative(lines, f"{section_name(section)}: heading")
            elif said is not None and patterns.UNDER_ANOTHER_POLICY.match(said.tail):
                book.not_understood(lines, "it points to another policy, which decides")
            elif said is not None and limits_a_quantity(said):
                book.not_understood(lines, "it limits a quantity, which a policy file does not hold")
            elif said is not None and says_only_how_long(said):
                book.not_understood(lines, "it says how long an authorization lasts, which a policy file does not hold")
            elif said is not None and patterns.HAS_NO_SERVICE.search(said.subject):
                book.not_understood(lines, "it takes a stance, and of which service cannot be told")
            elif said is not None and said.subject.strip():
                self._statement(section, said, lines, announced)
                took_list = took_list or bool(announced)
            elif items and last and self._bars_or_products(section, sentence, lines, items, announced):
                took_list = True
            elif states_a_rule(sentence):
                continue  # of prior authorization, which is read after the statements
            elif patterns.SOMEONE_ELSES.search(sentence) is not None and patterns.HANDS_OVER.search(sentence):
                self._delegated(section, sentence, lines)
            elif (barred := patterns.CONTRAINDICATED.match(sentence)) is not None:
                self._contraindicated(section, barred, lines, announced)
                took_list = took_list or bool(announced)
            elif (excepted := patterns.EXCEPTION_TO_BEFORE.match(sentence)) is not None and self._statements:
                except_from(self._statements[-1].provision, excepted["said"], lines, self._conditions, self._extraction, section)
            elif (limit := APPROVED_FOR.match(sentence.strip())) is not None and self._statements:
                provision = self._statements[-1].provision
                note_limits(self._extraction, section, provision, [limit["limit"]], lines)
                self._extraction.use(lines, f"limitations, of provisions[{provision['id']}]")
            elif patterns.EXPLAINS.search(sentence):
                book.narrative(lines, f"{section_name(section)}: rationale")
            elif (patterns.LABEL.fullmatch(sentence.strip()) and not items) or is_title(block):
                book.narrative(lines, f"{section_name(section)}: heading")
            elif patterns.NOTE.search(sentence):
                book.narrative(lines, f"{section_name(section)}: note")
            elif kind_of_heading(section.title) is SectionKind.DESCRIPTION and not announced:
                book.narrative(lines, section_name(section))
            else:
                book.not_understood(lines, "no stance, no criterion and no explanation was recognised")
        return took_list

    def _under_label(self, section: Section, words: str, lines: list[int], items: list[ListItem]) -> bool:
        """Read services that a label such as "Investigational:" lists; False where they may as well be conditions."""
        said = stance_in(f"The following are considered {words}") or stance_in(f"The following are {words}")
        if said is None or said.stance == "medically-necessary":
            self._extraction.book.not_understood(lines, "it lists services or conditions, and does not say which")
            return False
        before = len(self._statements)
        self._statement(section, replace(said, tail=":"), lines, items)
        for statement in self._statements[before:]:
            mark(statement.provision, f"line {lines[0]} is a label above a list: are these services, as was read?")
        return True

    def _bars_or_products(
        self, section: Section, sentence: str, lines: list[int], items: list[ListItem], announced: list[ListItem]
    ) -> bool:
        """Read a list that belongs to the statement before it; False where it is none."""
        if patterns.BARS.fullmatch(sentence.strip()):
            return self._barred(section, lines, items)
        return bool(announced) and self._products_named_later(section, sentence, lines, announced)

    def _barred(self, section: Section, lines: list[int], items: list[ListItem]) -> bool:
        """Read a list of exclusions as what bars the statement before it; False where none stands there that it could bar."""
        before = self._last_of(section)
        if before is None or before.provision["stance"] != "medically-necessary" or "see" in before.provision.get("criteria", {}):
            return False
        self._conditions.doubts.clear()
        barred = CriteriaLists(self._extraction, section, self._conditions).read(items, Quantifier(NONE, 0, 0))
        if barred is None:
            return False
        provision = before.provision
        provision["criteria"] = joined("all", [provision.get("criteria"), barred])
        provision["text"] = text_of_statement(provision["text"].partition(":")[0], provision["stance"], has_criteria=True)
        mark(provision, f"the list under line {lines[0]} was read as what bars this statement: is it all, and of this one only?")
        for doubt in self._conditions.doubts:
            mark(provision, doubt)
        self._extraction.use(
            sorted({*lines, *(line for item in items for line in item.lines)}), f"provisions[{provision['id']}].criteria"
        )
        return True

    def _refers_back(self, section: Section, said: StanceSaid, lines: list[int]) -> bool:
        """Read a sentence whose subject is what stands before it; False where it has a subject of its own."""
        subject = said.subject.strip()
        if patterns.EVERYTHING_ELSE.match(subject):
            return self._leftovers.all_else(section, said.stance, lines)
        named = patterns.EVERYTHING_ELSE_OF.match(subject)
        if named is not None and not said.tail.strip(" .;"):
            return self._leftovers.all_else(section, said.stance, lines, of=named["service"])
        before = self._last_of(section)
        approves = said.stance == "medically-necessary" and not said.tail.strip(" .;")
        if before is not None and approves and is_limit_of(subject, before.subject):
            note_limits(self._extraction, section, before.provision, [subject], lines)
            self._extraction.use(lines, f"limitations, of provisions[{before.provision['id']}]")
            return True
        if not patterns.REFERS_BACK.match(subject):
            return False
        if before is None:
            self._extraction.book.not_understood(lines, "it speaks of what stands before, and no statement stands there")
            return True
        provision = before.provision
        reasons = provision.get("review", [])
        unexplained = [reason for reason in reasons if reason.endswith(patterns.NOT_WHY)]
        if provision["stance"] == "not-medically-necessary" and unexplained and said.stance != "medically-necessary":
            provision["stance"] = said.stance
            provision["text"] = text_of_statement(provision["text"].partition(":")[0], said.stance, "criteria" in provision)
            provision["review"] = [reason for reason in reasons if reason not in unexplained]
            if not provision["review"]:
                del provision["review"]
        elif provision["stance"] != said.stance and patterns.WHEN.match(said.tail):
            self._statement(section, replace(said, subject=core_of(before.subject)), lines, [])
            return True
        elif provision["stance"] != said.stance:
            mark(provision, f"line {lines[0]} calls it {patterns.STANCE_WORDS[said.stance]}: which holds?")
        self._extraction.use(lines, f"provisions[{provision['id']}].stance")
        return True

    def _last_of(self, section: Section) -> ReadStatement | None:
        """The statement before, where it stands in the same section."""
        return self._statements[-1] if self._statements and self._statements[-1].section is section else None

    def _last_allowed(self, section: Section) -> ReadStatement | None:
        """The latest statement of the section that calls a service necessary; the statement before where none does."""
        of_section = takewhile(lambda statement: statement.section is section, reversed(self._statements))
        necessary = (one for one in of_section if one.provision["stance"] == "medically-necessary")
        return next(necessary, None) or self._last_of(section)

    def _contraindicated(self, section: Section, barred: re.Match[str], lines: list[int], items: list[ListItem]) -> None:
        """ "Widgets are contraindicated in gout": a bar, of which the document does not say what the plan calls it."""
        before = len(self._statements)
        said = StanceSaid(barred["subject"], "not-medically-necessary", barred["tail"], barred.start("tail"), barred["words"])
        self._statement(section, said, lines, items)
        for statement in self._statements[before:]:
            mark(
                statement.provision, "the document says “contraindicated” and names no stance: “not medically necessary” was put"
            )

    # -- one statement --------------------------------------------------------------------------------------------

    def _each_service(self, section: Section, said: StanceSaid, lines: list[int], items: list[ListItem]) -> bool:
        """Make a statement of each listed service that has conditions of its own; False where none has."""
        apart = [(item, demands_of(item)) for item in items]
        plain = [item for item, demands in apart if demands is None]
        if len(plain) == len(items):
            return False
        citation = self._extraction.cite(section, lines)
        if plain:
            self._statement(section, said, lines, plain)
        for item, demands in apart:
            if demands is None:
                continue
            own = replace(said, subject=demands.service, tail=f" {demands.demands}", tail_start=0)
            self._conditions.doubts.clear()
            scope, shared = self._tail(section, said.tail, [], citation, announced=True)
            self._statement(
                section, own, sorted(item.block.lines), item.children, shared=joined("all", [scope, shared]), of_list=True
            )
        self._extraction.use(lines, "provisions.stance")
        return True

    def _statement(
        self,
        section: Section,
        said: StanceSaid,
        lines: list[int],
        items: list[ListItem],
        *,
        shared: Item | None = None,
        of_list: bool = False,
    ) -> None:
        """Read one statement. `shared`: what the sentence above its list demands of each; `of_list`: it is one of a list."""
        halves = None if items else halves_of(said)
        for half in halves or ():
            self._statement(section, half, lines, [])
        if halves is not None:
            return
        parts = parts_of(said, has_list=bool(items))
        self._denies = said.stance not in ("medically-necessary", "delegated")
        subject, tail, procedures = parts.subject, parts.tail, parts.procedures
        items = self._without_leftovers(section, subject, said.stance, items)
        further = [line for one in self._further for line in one.lines] if items else []
        all_lines = sorted({*lines, *further, *(line for item in items for line in item.lines)})
        how_often, repeats = parts.how_often, None
        if how_often and not subject:  # "Up to 3 treatments in 12 months are ...": of the service named before
            repeats = self._last_allowed(section)
            if repeats is None or not is_limit_of(how_often, repeats.subject):
                subject, how_often, repeats = how_often, "", None
        if repeats is not None:
            if said.stance == "medically-necessary" and not items and self._limited(section, repeats, how_often, lines):
                return
            subject = core_of(repeats.subject)
        lists_services = bool(items) and patterns.THE_FOLLOWING.match(subject.strip()) and not patterns.EXAMPLES_LEAD.search(tail)
        if lists_services and not of_list and self._each_service(section, said, lines, items):
            return
        otherwise = (
            patterns.UNMET.search(subject)
            or patterns.UNMET.search(tail)
            or patterns.ALL_OTHER.search(tail)
            or patterns.ALL_OTHER.search(subject)
        )
        if otherwise is not None and self._leftovers.unmet(section, subject, said.stance, all_lines):
            return
        self._conditions.doubts.clear()
        self._limits.clear()
        if items and not of_list and breaks_off(items):
            self._doubt(
                f"the list breaks off at line {max(items[-1].lines)}, where its last item announces more: what belongs to it?"
            )
        if is_of_a_table(items):
            self._doubt("its criteria stand in a table, whose rows were read as alternatives: are they?")
        lists_products = bool(items) and is_product_list([item.text for item in items])
        examples = bool(items) and (lists_products or patterns.EXAMPLES_LEAD.search(tail) is not None)
        following = patterns.THE_FOLLOWING.match(subject.strip())
        citation = self._extraction.cite(section, all_lines if not examples else lines)
        name = subject if following is None else f"{following['nouns'] or 'services'} listed"
        when = self._subject(subject, procedures, citation) if following is None else self._named(items, section)
        scope, criteria = self._tail(section, tail, [] if examples or following else items, citation, announced=bool(items))
        if patterns.COVERED.search(said.words) and "necessary" not in said.words.lower():
            self._doubt(f'the document says "{said.words.strip()}" {patterns.NOT_WHY}')
        if otherwise is not None and patterns.OTHER_THAN.search(otherwise.group()) is None:
            self._doubt(
                "what holds for all else is said here, and no earlier statement of the same service was found to attach it to"
            )
        if is_limit(subject):
            self._doubt("it sets a limit on how much or how often, and was read as a service: of which service is it?")
        elif is_more_of_something(core_of(subject)):
            self._doubt(f"“{core_of(subject)}” was read as a service of its own: of which service is it a part?")
        subject_condition = self._condition_in_subject(subject, citation)
        for doubt in parts.doubts:
            self._doubt(doubt)
        other_than = None if otherwise is None else patterns.OTHER_THAN.search(otherwise.group())
        named = self._conditions.read(other_than["what"], citation) if other_than is not None else None
        excepted = None if named is None else {"not": named}
        frequency = self._conditions.read(how_often, citation) if how_often else None
        if repeats is not None:
            self._doubt(f"of what “{how_often}” speaks was taken from the statement before it: do its conditions hold here, too?")
        self._lines_named = self._lines_named or names_only_lines(self._extraction, parts.lead)
        first = self._conditions.read(parts.lead, citation) if parts.lead and not self._lines_named else None
        conditions = joined("all", [shared, first, subject_condition, frequency, scope, criteria, excepted])
        provision: Item = {
            "id": self._ids.give(slug(core_of(name)) or "statement"),
            "text": text_of_statement(core_of(name), said.stance, conditions is not None),
            "stance": said.stance,
        }
        if said.stance != "delegated" and patterns.SOMEONE_ELSES.search(tail):
            hand_over(provision, tail)
        if (
            conditions is not None
            and criteria is None
            and said.stance != "medically-necessary"
            and not procedures
            and following is None
        ):
            provision["criteria"] = joined("all", [when, conditions])
        else:
            if when is not None:
                provision["when"] = when
            if conditions is not None:
                provision["criteria"] = conditions
        if procedures:
            provision["procedures"] = procedures
        if parts.otherwise is not None and "criteria" in provision:
            self._leftovers.attach(ReadStatement(provision, subject, section, all_lines), section, parts.otherwise, lines)
        elif parts.second is not None:
            mark(
                provision,
                f"the sentence takes a second stance, “{parts.second}”, which was not read apart: of what does it hold?",
            )
        self._restrict(provision, section)
        if self._lines_named:  # "Widgets are covered for Medicare HMO members ..."
            provision["lines_of_business"] = self._lines_named
        for doubt in self._conditions.doubts:
            mark(provision, doubt)
        note_limits(self._extraction, section, provision, self._limits, lines)
        if patterns.NOT_LISTED.search(said.subject):
            mark(provision, "speaks of what is not listed: say by facts or codes what that is")
        provision["citation"] = citation
        statement = ReadStatement(provision, subject, section, all_lines)
        self._statements.append(statement)
        self._extraction.use(lines if examples else all_lines, f"provisions[{provision['id']}]")
        if lists_products:
            self._products(section, statement, items, when)
        elif examples:
            self._examples(section, statement, items)

    def _limited(self, section: Section, statement: ReadStatement, how_often: str, lines: list[int]) -> bool:
        """Read how often a service may be done as a condition of the statement that allows it; False where it is none of that."""
        provision = statement.provision
        limit = self._conditions.read(how_often, self._extraction.cite(section, lines))
        if limit is None or provision["stance"] != "medically-necessary" or "see" in provision.get("criteria", {}):
            return False
        provision["criteria"] = joined("all", [provision.get("criteria"), limit])
        provision["text"] = text_of_statement(provision["text"].partition(":")[0], provision["stance"], has_criteria=True)
        mark(provision, f"“{how_often}” (line {lines[0]}) was read as a limit on this statement: is it one?")
        self._extraction.use(lines, f"provisions[{provision['id']}].criteria")
        return True

    def _without_leftovers(self, section: Section, subject: str, stance: str, items: list[ListItem]) -> list[ListItem]:
        """The items of a denial without one such as "when the criteria above are not met", which says what holds otherwise."""
        if stance == "medically-necessary" or len(items) < _LEAST_ITEMS:
            return items
        return [
            item
            for item in items
            if item.children
            or not (patterns.UNMET.search(item.text) or patterns.ALL_OTHER.search(item.text))
            or not self._leftovers.unmet(section, subject, stance, item.lines)
        ]

    def _tail(
        self, section: Section, tail: str, items: list[ListItem], citation: Item, *, announced: bool
    ) -> tuple[Item | None, Item | None]:
        """What follows the stance: for what (scope), and under which criteria. `announced`: some list follows."""
        tail = REMARK_ON_LIST.sub("", tail)
        quantifier = quantifier_in(tail)
        if quantifier is None and items and patterns.USES_FOLLOW.search(tail) is not None:
            quantifier = Quantifier(ANY, len(tail.rstrip(" :")), len(tail.rstrip(" :")), stated=False)
        elif items and quantifier is not None and not quantifier.stated and _FOR_THE_FOLLOWING.search(tail):
            quantifier = self._of_uses(quantifier)
        tail = give_predicate(items, tail, quantifier)
        if items and (named := patterns.NAMES_SOME_OF_THE_ITEMS.search(tail)) is not None:
            self._doubt(f"“{named.group()}” says which of the listed conditions are needed together: write it as it is said")
        if quantifier is not None and not announced and tail.rstrip().endswith((":", "met", "met.")):
            self._doubt("a list of criteria is announced here, and none could be read")
        lists = CriteriaLists(self._extraction, section, self._conditions)
        ruled = exception_before(tail, quantifier) if items else None
        if items and ruled is None:
            lists.doubt_of_denial(tail, quantifier)
        tree = lists.read(items, quantifier) if items else None
        if ruled is not None and tree is not None:  # "not necessary unless all of the following apply:"
            tree = {"not": tree}
            tail = f"{ruled}:"
            quantifier = None
        if quantifier is not None and not items:
            tail, tree = lists.within_sentence(tail, quantifier, citation)
        for further in self._further if items else ():  # "AND BOTH of the following:", behind the first list
            tree = joined(further.kind, [tree, lists.read(further.items, further.quantifier)])
        alternatives = last_alternative(tail, quantifier) if items and tree is not None else None
        if alternatives is not None:  # "an AHI of 15 or more, or an AHI of 5 to 14 with one of the following:"
            left, right = (self._conditions.read(patterns.SCOPE_OPENER.sub("", part), citation) for part in alternatives)
            return None, joined("any", [left, joined("all", [right, tree])])
        words = content_of_lead_in(tail, quantifier) if quantifier is not None or items else tail
        if patterns.OF_THE_BENEFIT.search(words) is not None:
            self._doubt("it speaks of what plans pay for: is the stance a medical one?")
        words = patterns.OF_THE_BENEFIT.sub("", patterns.CALLED_A_CONVENIENCE.sub("", words))
        words = patterns.INSTEAD_OF.sub("", patterns.BECAUSE.sub("", patterns.ALL_OTHER.sub("", words)))
        words = without_examples(words)
        for_each = patterns.CRITERIA_FOR_EACH.search(words)
        referred = None
        if for_each is not None:
            referred = self._criteria_of_each(tail)
            words = f"{words[: for_each.start()]} {words[for_each.end() :]}"
        words = without_remarks(words)
        exception = None
        waiver = None
        excepted = search_outside(UNLESS, words)
        opened = patterns.WHEN.search(words)
        if excepted is not None and (opened is None or excepted.start() < opened.start()):
            unless = self._conditions.read(words[excepted.end() :], citation)
            said = words[excepted.start() :].strip(" ,.")
            if not self._denies and WAIVES.search(said) and (tree is not None or patterns.WHEN.search(words[: excepted.start()])):
                self._doubt(f"“{said}” was read as waiving all that is asked for: or only a part of it?")
                waiver, unless = unless, None
            elif "unless" in excepted.group().lower() and patterns.WHEN.search(words[: excepted.start()]):
                self._doubt(f"“{said}” was read as a bar: or does it waive what stands before?")
            exception = None if unless is None else {"not": unless}
            words = words[: excepted.start()]
        sooner = patterns.OR_SOONER.search(words)
        if sooner is not None:  # "after 5 years, or sooner if it is broken"
            either = [self._conditions.read(part, citation) for part in (words[: sooner.start()], words[sooner.end() :])]
            return None, joined("all", [referred, joined("any", either), tree, exception])
        pieces = patterns.WHEN.split(words, maxsplit=1)
        barred = BUT_NOT_AT_END.search(pieces[0]) if len(pieces) > 1 else None
        if barred is not None:  # "for gout, but not when it is infected"
            pieces[0] = pieces[0][: barred.start()]
        pieces[0], limits = without_limits(pieces[0])
        self._limits += limits
        scope_words = patterns.OR_AT_END.sub("", patterns.SCOPE_OPENER.sub("", pieces[0].strip(" ,;:."))).strip(" ,;:.")
        scope = None
        self._lines_named = names_only_lines(self._extraction, patterns.IN_ACCORDANCE.sub("", scope_words))
        if scope_words and not self._lines_named and not patterns.NO_SCOPE.match(scope_words):
            scope = self._scope(scope_words, citation)
        condition = None
        if len(pieces) > 1:
            rest = re.sub(r"^(?:and|or)\s+", "", pieces[1].strip(" ,;:."))
            condition = self._conditions.read(rest, citation) if rest else None
            if barred is not None and condition is not None:
                condition = {"not": condition}
            if patterns.OR_AT_END.search(pieces[0]) is not None:  # "for screening, or when done twice a year"
                scope, condition = None, joined("any", [scope, condition])
        asked = joined("all", [referred, condition, tree, exception])
        return scope, asked if waiver is None else joined("any", [asked, waiver])

    def _of_uses(self, quantifier: Quantifier) -> Quantifier:
        """How "for the following:" counts: what is denied for a list of uses is denied for each."""
        if self._denies:
            return replace(quantifier, kind=ANY)
        self._doubt("“for the following” does not say whether all or any of the listed conditions are needed: read as all")
        return quantifier

    def _scope(self, words: str, citation: Item) -> Item | None:
        """ "orthopedic applications", "children <18 years of age", "symptomatic varicose veins"."""
        plain = re.sub(r"^(?:all|any|every|each)\s+", "", words, flags=re.IGNORECASE)
        if plain != words:
            plain = singular(plain)
            fact = self._facts.boolean(plain, citation, ask=f"Is this {with_article(plain)}?")
            return {"fact": fact}
        uses = uses_in_series(plain)
        if uses:  # "for gout, lupus, and rash": each is a use of its own
            return joined("any", [self._conditions.read(use, citation) for use in uses])
        return self._conditions.read(plain, citation)

    def _subject(self, subject: str, procedures: list[str], citation: Item) -> Item | None:
        if procedures:
            return {"procedure": procedures}
        core = core_of(subject)
        containing = re.search(r"\bcontaining\s+(?P<what>[^,;]+)", core)
        must = re.search(r"\bthat\s+(?:must|have to|need to|are|is)\s+(?:be\s+)?(?P<what>[a-z]+ed\s+[^,;]+)", core)
        if containing is not None:
            what = containing["what"].strip()
            fact = self._facts.boolean(f"contains {what}", citation, ask=f"Does the product used contain {what}?")
        elif must is not None:
            what = must["what"].strip()
            fact = self._facts.boolean(what, citation, ask=f"Is a product used that must be {what}?")
        else:
            fact = self._facts.boolean(core, citation, ask=f"Is the service this: {core[:1].lower() + core[1:]}?")
        return {"fact": fact}

    def _named(self, items: Sequence[ListItem], section: Section) -> Item | None:
        """The services that a list names: any of them."""
        found = []
        for item in items:
            citation = self._extraction.cite(section, item.lines)
            name = name_of_service(item.text)
            found.append({"fact": self._facts.boolean(name, citation, ask=f"Is the service this: {name}?"), "citation": citation})
        return {"any": found} if len(found) > 1 else (found[0] if found else None)

    def _condition_in_subject(self, subject: str, citation: Item) -> Item | None:
        match = re.search(r",\s*(?:when|if|where)\s+(?P<condition>[^,]+(?:,[^,]+)*?)(?:,|$)", subject)
        if match is None or patterns.UNMET.search(match["condition"]):
            return None
        words = patterns.NOT_LISTED.sub("", re.sub(r"\busing any other.*$", "", match["condition"]))
        return self._conditions.read(words, citation) if words.strip() else None

    def _criteria_of_each(self, text: str) -> Item | None:
        """The criteria of the earlier statements that the sentence speaks of, as definitions that both use."""
        wanted = content_words(text)
        found: list[Item] = []
        for statement in self._said_once():
            provision = statement.provision
            if "criteria" not in provision or not (objects(statement.subject) & wanted):
                continue
            found.append(self._leftovers.as_definition(statement))
        if not found:
            self._doubt("the criteria of each service are referred to, and it is not clear which they are")
        return joined("all", found)

    def _delegated(self, section: Section, sentence: str, lines: list[int]) -> None:
        citation = self._extraction.cite(section, lines)
        match = patterns.SOMEONE_ELSES.search(sentence)
        assert match is not None
        provision: Item = {
            "id": self._ids.give(f"criteria-of-{slug(match['whose'])}"),
            "text": f"The criteria of {match['whose']} decide.",
            "stance": "delegated",
        }
        named = patterns.FOR_A_SERVICE.match(sentence)
        if named is not None:  # "For widgets, refer to the criteria of ..."
            provision["when"] = self._subject(named["service"], [], citation)
        self._restrict(provision, section)
        hand_over(provision, sentence)
        if named is None:
            mark(provision, "say of which service these criteria decide")
        provision["citation"] = citation
        self._statements.append(ReadStatement(provision, sentence, section, lines))
        self._extraction.use(lines, f"provisions[{provision['id']}]")

    def _said_once(self) -> Iterable[ReadStatement]:
        """The statements so far, without those that repeat an earlier one word for word."""
        for statement in self._statements[self._compared :]:
            text = " ".join(" ".join(self._extraction.document.text_of(statement.lines)).split())
            self._different.setdefault((text, statement.subject, "criteria" in statement.provision), statement)
        self._compared = len(self._statements)
        return self._different.values()

    def _restrict(self, provision: Item, section: Section) -> None:
        """Say for which lines of business the section speaks, where it does not speak for all of the policy's."""
        lines = lines_of_section(self._extraction, section)
        if lines and set(lines) != set(self._extraction.version.get("lines_of_business", lines)):
            provision["lines_of_business"] = lines

    def _products(self, section: Section, statement: ReadStatement, items: Sequence[ListItem], when: Item | None) -> None:
        implied = {
            test["fact"]: True for test in tests_of(statement.provision.get("criteria", {})) if set(test) <= {"fact", "citation"}
        }
        provision = statement.provision["id"]
        found = product_list_of(
            self._extraction,
            section,
            provision,
            items,
            implied,
            statement.lines,
            ids=self._product_list_ids,
        )
        self._product_lists.append(found)

    def _products_named_later(self, section: Section, sentence: str, lines: list[int], items: list[ListItem]) -> bool:
        """Read a list of products that stands by itself behind the statement that it belongs to; False where it is none."""
        before = self._last_of(section)
        names = is_product_list([item.text for item in items]) and patterns.NAMES_PRODUCTS.search(sentence)
        if not names or before is None or any(known["provision"] == before.provision["id"] for known in self._product_lists):
            return False
        found = product_list_of(
            self._extraction,
            section,
            before.provision["id"],
            items,
            {},
            lines,
            ids=self._product_list_ids,
        )
        mark(found, "it was read as the products of the statement above; say which questions the naming of one of them answers")
        self._product_lists.append(found)
        self._extraction.use(lines, f"product_lists[{found['id']}]")
        return True

    def _examples(self, section: Section, statement: ReadStatement, items: Sequence[ListItem]) -> None:
        """What a catch-all names as examples decides by itself; other examples only illustrate."""
        provision = statement.provision
        if not patterns.NOT_LISTED.search(statement.subject):
            for item in items:
                self._extraction.use(item.lines, f"provisions[{provision['id']}].text")
            return
        for item in items:
            citation = self._extraction.cite(section, item.lines)
            name = item.text.strip(" .;,")
            fact = self._facts.boolean(name, citation, ask=f"Is the service this: {name}?")
            example: Item = {
                "id": self._ids.give(slug(name) or "example"),
                "text": text_of_statement(name, provision["stance"], has_criteria=False),
                "stance": provision["stance"],
                "when": {"fact": fact},
                "citation": citation,
            }
            self._statements.append(ReadStatement(example, name, section, item.lines))
            self._extraction.use(item.lines, f"provisions[{example['id']}]")

    def _use_scales(self) -> None:
        for scale in self._scales:
            if any(value.lower() in self._conditions.scales_used for value, _ in scale.choices):
                self._extraction.use(scale.lines, f"facts[{slug(scale.title) or 'scale'}].choices")

    def _doubt(self, reason: str) -> None:
        if reason not in self._conditions.doubts:
            self._conditions.doubts.append(reason)
