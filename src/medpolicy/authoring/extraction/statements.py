"""The statements of the policy: which service, which stance, under which criteria, and what holds otherwise.

Each sentence that takes a stance becomes a provision. Sentences that only explain are narrative; others are left in the ledger
as not understood.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import replace

from medpolicy.authoring.document import Block, BlockKind
from medpolicy.authoring.extraction import statement_patterns as patterns
from medpolicy.authoring.extraction.authorization import states_a_rule
from medpolicy.authoring.extraction.condition_text import search_outside
from medpolicy.authoring.extraction.conditions import UNLESS, Conditions
from medpolicy.authoring.extraction.context import Extraction, Ids, Item, mark, section_name, slug
from medpolicy.authoring.extraction.criteria_lists import (
    CriteriaLists,
    ListItem,
    breaks_off,
    content_of_lead_in,
    give_predicate,
    items_of,
)
from medpolicy.authoring.extraction.criteria_nodes import joined
from medpolicy.authoring.extraction.criteria_tables import is_of_a_table, items_of_table_behind
from medpolicy.authoring.extraction.delegation import hand_over
from medpolicy.authoring.extraction.facts import FactBook, abbreviations_in
from medpolicy.authoring.extraction.limits import (
    APPROVED_FOR,
    is_limit,
    is_limit_of,
    is_more_of_something,
    note_limits,
    without_limits,
)
from medpolicy.authoring.extraction.lines_of_business import lines_of_section
from medpolicy.authoring.extraction.listed_services import demands_of, name_of_service
from medpolicy.authoring.extraction.measures import measures_in
from medpolicy.authoring.extraction.otherwise import Statement, left_open_by
from medpolicy.authoring.extraction.products import is_product_list, product_list_of
from medpolicy.authoring.extraction.scales import find_scales
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
    with_article,
    without_codes,
    without_examples,
    without_remarks,
)
from medpolicy.authoring.extraction.wording import ANY, Quantifier, StanceSaid, quantifier_in, sentences_of, stance_in
from medpolicy.authoring.outline import Section, SectionKind, kind_of_heading


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
        self._statements: list[Statement] = []
        self._different: dict[tuple[str, str, bool], Statement] = {}
        self._compared = 0  # how many statements were looked at for being different
        self._product_lists: list[Item] = []
        self._ids, self._product_list_ids = Ids(), Ids()
        self._definitions: list[Item] = []
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
        version["definitions"] = self._definitions
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
            if not items:
                items, taken = items_of_table_behind(self._extraction.outline.sections, section, at)
            if self._block(section, block, items) and items:
                at += taken
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
            said = stance_in(sentence)
            label = patterns.STANCE_LABEL.fullmatch(sentence.strip())
            if label is not None and not announced:
                book.narrative(lines, f"{section_name(section)}: heading")
            elif label is not None:
                took_list = self._under_label(section, label["stance"], lines, announced) or took_list
            elif said is not None and patterns.IN_CERTAIN_CASES.match(said.tail):
                book.narrative(lines, f"{section_name(section)}: criteria follow")
            elif said is not None and self._refers_back(section, said, lines):
                continue
            elif said is not None and patterns.HAS_NO_SERVICE.search(said.subject):
                book.not_understood(lines, "it takes a stance, and of which service cannot be told")
            elif said is not None and said.subject.strip():
                self._statement(section, said, lines, announced)
                took_list = took_list or bool(announced)
            elif announced and self._products_named_later(section, sentence, lines, announced):
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

    def _refers_back(self, section: Section, said: StanceSaid, lines: list[int]) -> bool:
        """Read a sentence whose subject is what stands before it; False where it has a subject of its own."""
        subject = said.subject.strip()
        if patterns.EVERYTHING_ELSE.match(subject):
            return self._everything_else(section, said.stance, lines)
        named = patterns.EVERYTHING_ELSE_OF.match(subject)
        if named is not None and not said.tail.strip(" .;"):
            return self._everything_else(section, said.stance, lines, of=named["service"])
        before = self._statements[-1] if self._statements and self._statements[-1].section is section else None
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
        elif provision["stance"] != said.stance:
            mark(provision, f"line {lines[0]} calls it {patterns.STANCE_WORDS[said.stance]}: which holds?")
        self._extraction.use(lines, f"provisions[{provision['id']}].stance")
        return True

    def _everything_else(self, section: Section, stance: str, lines: list[int], *, of: str = "") -> bool:
        """ "All other indications are ...": what holds otherwise for each statement of the section that leaves it open.

        `of`: the service that it speaks of, if it names one.
        """
        wanted = content_words(self._facts.spelled_out(of)) - patterns.WORDS_OF_ANY_SERVICE
        conditional = [
            statement
            for statement in self._statements
            if "criteria" in statement.provision
            and statement.provision["stance"] not in (stance, "delegated")
            and statement.provision.get("otherwise") in (None, stance)
            and wanted <= content_words(self._facts.spelled_out(statement.subject))
        ]
        if of and not wanted:
            return False
        open_ones = [statement for statement in conditional if statement.section is section] or conditional
        for statement in open_ones:
            self._attach_otherwise(statement, section, stance, lines)
            if len(open_ones) > 1 or of:
                mark(statement.provision, f"“all other” of line {lines[0]} was read for each statement of the section")
        return bool(open_ones)

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
        subject, procedures = without_codes(patterns.NOT_PROVEN_AND.sub("", patterns.REASON_BEFORE.sub("", said.subject)))
        tail, more = without_codes(said.tail)
        second = patterns.SECOND_STANCE.search(tail) if said.stance == "medically-necessary" else None
        if second is not None and second["else"]:
            tail = f"{tail[: second.start()]}{tail[second.end() :]}"
        open_list = patterns.OPEN_LIST.search(tail) if items else None
        if open_list is not None:
            tail = f"{tail[: open_list.start()]}{open_list['lead']}:"
        names_services = patterns.THE_FOLLOWING.match(subject.strip()) is not None
        listed = patterns.FOR_LISTED_USES.search(subject) if items and not names_services else None
        if listed is not None:  # "Widgets for the following conditions are investigational:"
            subject, tail = subject[: listed.start()], f"{tail.rstrip(' :')}{listed.group()}:"
        other = patterns.WHICH_ARE.search(tail)
        other_said = stance_in(other["said"]) if other is not None else None
        if other is not None and other_said is not None:
            tail = tail[: other.start()]
        procedures += [code for code in more if code not in procedures]
        all_lines = sorted({*lines, *(line for item in items for line in item.lines)})
        opened = patterns.CONDITION_BEFORE_SUBJECT.match(subject)
        if opened is not None and (patterns.UNMET.search(opened[0]) or patterns.ALL_OTHER.search(opened[0])):
            opened = None  # it says what holds otherwise
        if opened is not None:  # "In the absence of fever, widgets are ..."
            subject = opened["service"]
        people = patterns.PEOPLE_IN_SUBJECT.search(subject)
        if people is not None and measures_in(people.group()):  # "Widgets in persons under 18 years of age are ..."
            subject, tail = subject[: people.start()], f"{people.group()} {tail}"
        lists_services = bool(items) and patterns.THE_FOLLOWING.match(subject.strip()) and not patterns.EXAMPLES_LEAD.search(tail)
        if lists_services and not of_list and self._each_service(section, said, lines, items):
            return
        otherwise = (
            patterns.UNMET.search(subject)
            or patterns.UNMET.search(tail)
            or patterns.ALL_OTHER.search(tail)
            or patterns.ALL_OTHER.search(subject)
        )
        if otherwise is not None and self._otherwise(section, subject, said.stance, all_lines):
            return
        self._conditions.doubts.clear()
        self._limits.clear()
        if items and not of_list and breaks_off(items):
            self._doubt(
                f"the list breaks off at line {max(items[-1].lines)}, where its last item announces more: what belongs to it?"
            )
        if other is not None and other_said is not None:
            self._doubt(
                f"“{other['said'].strip(' .')}” calls what stands before it {patterns.STANCE_WORDS[other_said.stance]}: "
                "write it as a statement of its own"
            )
        if open_list is not None:
            self._doubt("the list names some of the cases only, and was read as all of them: what else belongs to it?")
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
        if otherwise is not None:
            self._doubt(
                "what holds for all else is said here, and no earlier statement of the same service was found to attach it to"
            )
        if is_limit(subject):
            self._doubt("it sets a limit on how much or how often, and was read as a service: of which service is it?")
        elif is_more_of_something(core_of(subject)):
            self._doubt(f"“{core_of(subject)}” was read as a service of its own: of which service is it a part?")
        subject_condition = self._condition_in_subject(subject, citation)
        opening = self._conditions.read(opened["condition"], citation) if opened is not None else None
        conditions = joined("all", [shared, opening, subject_condition, scope, criteria])
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
        if second is not None and second["else"] and "criteria" in provision:
            otherwise_said = stance_in(f"it is {second['words']}")
            assert otherwise_said is not None
            self._attach_otherwise(Statement(provision, subject, section, all_lines), section, otherwise_said.stance, lines)
        elif second is not None:
            mark(
                provision,
                f"the sentence takes a second stance, “{second['words']}”, which was not read apart: of what does it hold?",
            )
        self._restrict(provision, section)
        for doubt in self._conditions.doubts:
            mark(provision, doubt)
        note_limits(self._extraction, section, provision, self._limits, lines)
        if patterns.NOT_LISTED.search(said.subject):
            mark(provision, "speaks of what is not listed: say by facts or codes what that is")
        provision["citation"] = citation
        statement = Statement(provision, subject, section, all_lines)
        self._statements.append(statement)
        self._extraction.use(lines if examples else all_lines, f"provisions[{provision['id']}]")
        if lists_products:
            self._products(section, statement, items, when)
        elif examples:
            self._examples(section, statement, items)

    def _tail(
        self, section: Section, tail: str, items: list[ListItem], citation: Item, *, announced: bool
    ) -> tuple[Item | None, Item | None]:
        """What follows the stance: for what (scope), and under which criteria. `announced`: some list follows."""
        quantifier = quantifier_in(tail)
        if quantifier is None and items and patterns.USES_FOLLOW.search(tail) is not None:
            quantifier = Quantifier(ANY, len(tail.rstrip(" :")), len(tail.rstrip(" :")), stated=False)
        tail = give_predicate(items, tail, quantifier)
        if quantifier is not None and not announced and tail.rstrip().endswith((":", "met", "met.")):
            self._doubt("a list of criteria is announced here, and none could be read")
        lists = CriteriaLists(self._extraction, section, self._conditions)
        tree = lists.read(items, quantifier) if items else None
        if quantifier is not None and not items:
            tail, tree = lists.within_sentence(tail, quantifier, citation)
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
        excepted = search_outside(UNLESS, words)
        opened = patterns.WHEN.search(words)
        if excepted is not None and (opened is None or excepted.start() < opened.start()):
            unless = self._conditions.read(words[excepted.end() :], citation)
            exception = None if unless is None else {"not": unless}
            words = words[: excepted.start()]
        pieces = patterns.WHEN.split(words, maxsplit=1)
        pieces[0], limits = without_limits(pieces[0])
        self._limits += limits
        scope_words = patterns.OR_AT_END.sub("", patterns.SCOPE_OPENER.sub("", pieces[0].strip(" ,;:."))).strip(" ,;:.")
        scope = None
        if scope_words and not patterns.NO_SCOPE.match(scope_words):
            scope = self._scope(scope_words, citation)
        condition = None
        if len(pieces) > 1:
            rest = re.sub(r"^(?:and|or)\s+", "", pieces[1].strip(" ,;:."))
            condition = self._conditions.read(rest, citation) if rest else None
            if patterns.OR_AT_END.search(pieces[0]) is not None:  # "for screening, or when done twice a year"
                scope, condition = None, joined("any", [scope, condition])
        return scope, joined("all", [referred, condition, tree, exception])

    def _scope(self, words: str, citation: Item) -> Item | None:
        """ "orthopedic applications", "children <18 years of age", "symptomatic varicose veins"."""
        plain = re.sub(r"^(?:all|any|every|each)\s+", "", words, flags=re.IGNORECASE)
        if plain != words:
            plain = singular(plain)
            fact = self._facts.boolean(plain, citation, ask=f"Is this {with_article(plain)}?")
            return {"fact": fact}
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

    def _otherwise(self, section: Section, subject: str, stance: str, lines: list[int]) -> bool:
        """Attach the stance to the earlier statement about the same service; False where there is none."""
        spell = self._facts.spelled_out
        wanted = content_words(spell(patterns.ALL_OTHER.sub("", patterns.UNMET.sub("", subject))))
        found, settled = left_open_by(self._statements, wanted, section, stance, spell)
        if settled is not None:
            provision = settled.provision
            mark(
                provision,
                f"line {lines[0]} says {patterns.STANCE_WORDS[stance]} of what is left, and another line "
                f"{patterns.STANCE_WORDS[provision['otherwise']]}: which of them holds where?",
            )
            self._extraction.use(lines, f"provisions[{provision['id']}].otherwise")
            return True
        if not found:
            return False
        for statement in found:
            self._attach_otherwise(statement, section, stance, lines)
        return True

    def _attach_otherwise(self, statement: Statement, section: Section, stance: str, lines: list[int]) -> None:
        provision = statement.provision
        self._extraction.use(lines, f"provisions[{provision['id']}].otherwise")
        if "otherwise" in provision:
            return  # said before, in other words
        provision["otherwise"] = stance
        provision["otherwise_text"] = f"Where these criteria are not met it is {patterns.STANCE_WORDS[stance]}."
        provision["otherwise_citation"] = self._extraction.cite(section, lines)
        if "when" not in provision:
            mark(provision, "`otherwise` needs a `when` that says of which service it speaks")

    def _criteria_of_each(self, text: str) -> Item | None:
        """The criteria of the earlier statements that the sentence speaks of, as definitions that both use."""
        wanted = content_words(text)
        found: list[Item] = []
        for statement in self._said_once():
            provision = statement.provision
            if "criteria" not in provision or not (objects(statement.subject) & wanted):
                continue
            if set(provision["criteria"]) != {"see"}:
                name = f"criteria-of-{provision['id']}"
                self._definitions.append(
                    {
                        "id": name,
                        "text": f"The criteria for {core_of(statement.subject)}.",
                        "criteria": provision["criteria"],
                        "citation": provision["citation"],
                    }
                )
                provision["criteria"] = {"see": name}
            found.append(dict(provision["criteria"]))
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
        self._statements.append(Statement(provision, sentence, section, lines))
        self._extraction.use(lines, f"provisions[{provision['id']}]")

    def _said_once(self) -> Iterable[Statement]:
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

    def _products(self, section: Section, statement: Statement, items: Sequence[ListItem], when: Item | None) -> None:
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
        before = self._statements[-1] if self._statements and self._statements[-1].section is section else None
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

    def _examples(self, section: Section, statement: Statement, items: Sequence[ListItem]) -> None:
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
            self._statements.append(Statement(example, name, section, item.lines))
            self._extraction.use(item.lines, f"provisions[{example['id']}]")

    def _use_scales(self) -> None:
        for scale in self._scales:
            if any(value.lower() in self._conditions.scales_used for value, _ in scale.choices):
                self._extraction.use(scale.lines, f"facts[{slug(scale.title) or 'scale'}].choices")

    def _doubt(self, reason: str) -> None:
        if reason not in self._conditions.doubts:
            self._conditions.doubts.append(reason)
