"""The statements of the policy: which service, which stance, under which criteria, and what holds otherwise.

Each sentence that takes a stance becomes a provision. Sentences that only explain are narrative; others are left in the ledger
as not understood.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Final

from medpolicy.authoring.document import Block, BlockKind
from medpolicy.authoring.extraction.conditions import UNLESS, Conditions, joined, search_outside
from medpolicy.authoring.extraction.context import Extraction, Item, mark, section_name, slug, unique
from medpolicy.authoring.extraction.criteria_lists import CriteriaLists, ListItem, content_of_lead_in, give_predicate, items_of
from medpolicy.authoring.extraction.facts import FactBook, abbreviations_in
from medpolicy.authoring.extraction.lines_of_business import lines_of_section
from medpolicy.authoring.extraction.products import is_product_list, product_list_of
from medpolicy.authoring.extraction.scales import find_scales
from medpolicy.authoring.extraction.wording import StanceSaid, quantifier_in, sentences_of, stance_in
from medpolicy.authoring.outline import Section, SectionKind

_STANCE_WORDS: Final = {
    "medically-necessary": "medically necessary",
    "not-medically-necessary": "not medically necessary",
    "investigational": "investigational",
    "cosmetic": "cosmetic",
    "delegated": "decided by the criteria of someone else",
}
# Sentences that give a reason for a stance and decide nothing.
_EXPLAINS: Final = re.compile(
    r"\b(?:evidence|literature|studies|efficacy|health outcomes?|clinical trials?|guidelines? (?:recommend|state)|"
    r"has been shown|have been shown|"
    r"safety and effectiveness)\b",
    re.IGNORECASE,
)
_NOTE: Final = re.compile(
    r"^\W*(?:note|click here|view the|for (?:more|additional) information|disclaimer|please note|see also|refer to|"
    r"for information|this (?:policy|guideline|document))\b|\bcan be found\b",
    re.IGNORECASE,
)
_LABEL: Final = re.compile(r"[A-Z][\w /&-]{1,50}:")
_UNMET: Final = re.compile(
    r"\b(?:(?:that|which|who|when|if)\s+)?(?:do|does|is|are|did)\s+not\s+meet(?:ing)?\s+(?:all\s+)?(?:of\s+)?(?:the|these|"
    r"this|any of the)?\s*(?:above\s+)?"
    r"(?:[a-z]+\s+){0,3}criteria\b[^,.;]*|\bnot meeting (?:the|these)?\s*(?:above\s+)?criteria[^,.;]*|\b(?:when|"
    r"if) (?:the |these |any of the )?(?:above )?criteria (?:above |listed above |described above )?"
    r"(?:(?:is|are) not|(?:has|have) not been) (?:met|satisfied)\b",
    re.IGNORECASE,
)
_ALL_OTHER: Final = re.compile(
    r"\b(?:(?:for|in|of|to)\s+)?(?:for|in|of|treating|treat)\s+(?:all|"
    r"any)\s+other\s+(?:[a-z-]+\s+){0,4}?(?:indications?|disorders?|uses?|conditions?|purposes?|situations?|circumstances?|"
    r"applications?|diagnos[ei]s)\b"
    r"|\bin all other (?:cases|situations)\b|\bfor (?:all|any) (?:indications?|uses?|conditions?|"
    r"reasons?) (?:other than|not)[^.;]*",
    re.IGNORECASE,
)
_NOT_LISTED: Final = re.compile(
    r"\b(?:not (?:specifically |otherwise )?(?:listed|described|addressed|noted|mentioned|included)(?: above| below| here)?"
    r"|other (?:[a-z]+ )?than (?:those|the ones) (?:noted|listed|described|mentioned)(?: above)?|"
    r"any other (?:[a-z]+ )?than those [a-z]+ above)\b",
    re.IGNORECASE,
)
_EXAMPLES: Final = re.compile(
    r",?\s*\b(?:including|includes?|such as|for example|e\.g\.)(?:,?\s*but (?:is |"
    r"are )?not limited to)?\b,?\s*(?P<rest>[^:]*):?\s*$",
    re.IGNORECASE,
)
_EXAMPLES_LEAD: Final = re.compile(
    r"\b(?:including|includes?|such as)(?:,?\s*but(?:,)?\s*(?:is |"
    r"are )?not limited to)?,?\s*(?:(?:any of )?the following\b[^:.]*)?:\s*$",
    re.IGNORECASE,
)
_THE_FOLLOWING: Final = re.compile(
    r"^(?:use of )?(?:any of |all of |each of )?(?:the )?following\b(?:\s+(?P<nouns>[a-z -]+?))?\s*$", re.IGNORECASE
)
_END_OF_CORE: Final = re.compile(r",?\s*\b(?:including|such as|e\.g\.)|,\s*(?:when|if|where)\b")
_CODES_IN_TEXT: Final = re.compile(
    r"\s*\((?:CPT|HCPCS)?\s*(?:[Cc]odes?|®)*\s*(?P<codes>(?:\d{4}[0-9TUFA]|[A-Z]\d{4})(?:\s*(?:,|and|or|/|-|"
    r"–)\s*(?:\d{4}[0-9TUFA]|[A-Z]\d{4}))*)\)"
)
_COVERED: Final = re.compile(r"\bcover|\b(?:approved|eligible|provided|available|allowed|granted)$", re.IGNORECASE)
# "They are considered investigational" says the stance of what stands before.
_REFERS_BACK: Final = re.compile(
    r"^(?:(?:all|any|each)\s+(?:of\s+)?)?(?:these|this|such|they|it|the above)(?:\s+(?:above|listed))?"
    r"(?:\s+(?:services?|procedures?|tests?|devices?|items?|products?|treatments?|therap(?:y|ies)|technologies|"
    r"indications?|uses?))?$",
    re.IGNORECASE,
)
_EVERYTHING_ELSE: Final = re.compile(
    r"^(?:all|any)\s+other\s+(?:[a-z-]+\s+){0,2}?(?:indications?|uses?|conditions?|circumstances|situations|"
    r"applications?|reasons|purposes)"
    r"(?:\s+(?:for|of)\s+(?:these|this|the above)\s+[a-z]+)?$",
    re.IGNORECASE,
)
# A sentence that only says that criteria will follow.
_IN_CERTAIN_CASES: Final = re.compile(
    r"^\s*(?:in|under|for|when)\s+(?:certain|some|specific|limited|selected)\s+(?:circumstances|situations|cases|"
    r"conditions|indications)"
    r"(?:\s+(?:are\s+)?met)?\s*[.:]?\s*$",
    re.IGNORECASE,
)
_BECAUSE: Final = re.compile(
    r"\s*\b(?:due to|because|since|as (?:there|it|they|these|this) (?:is|are)|as the|"
    r"as (?:defined|described|stated) (?:in|by|under) (?:the|a|this|your|their)(?: \w+[’']s)? (?:\w+ )?"
    r"(?:contract|certificate|benefit|plan|policy|evidence of coverage)\b)\b.*$",
    re.IGNORECASE | re.DOTALL,
)
_INSTEAD_OF: Final = re.compile(
    r",?\s*\bas an? (?:[a-z-]+ )?(?:alternative|option) to\b[^,;:.]*?(?=\s+(?:when|if|for|in|where|only)\b|[,;:.]|$)",
    re.IGNORECASE,
)
_WHEN: Final = re.compile(r",?\s+(?:when|if|where|provided that|as long as)\s+", re.IGNORECASE)
_SCOPE_OPENER: Final = re.compile(
    r"^(?:[,;]?\s*(?:and\s+)?(?:as an?\s+(?:[a-z-]+\s+)?(?:treatment|alternative|adjunct|component|part|"
    r"option)(?:\s+of\s+the\s+treatment)?\s+(?:of|for|to|in)|"
    r"for\s+(?:use\s+in\s+)?(?:the\s+)?(?:treatment|management|diagnosis|evaluation|repair)\s+of|for\s+use\s+in|"
    r"(?:for|in)\s+treating|for|only(?=\s+(?:in|for|when|if|to)\b)|"
    r"to\s+treat|of|"
    r"in\s+the\s+(?:treatment|management)\s+of|when\s+used\s+(?:to\s+treat|for|in|as)|when|if)\s+)+",
    re.IGNORECASE,
)
_NO_SCOPE: Final = re.compile(
    r"^(?:(?:any|all|every|each|these|such|this|the|an?)\s+)*(?:other\s+)?(?:indications?|uses?|conditions?|purposes?|"
    r"circumstances?|reasons?|"
    r"services?|situations?|treatment)?$",
    re.IGNORECASE,
)
_SOMEONE_ELSES: Final = re.compile(
    r"\b(?P<whose>InterQual|MCG|Milliman|eviCore|Carelon|AIM Specialty Health|local coverage determination|"
    r"national coverage determination|LCD|NCD)\b"
    r"(?:[^.;]*?\b(?P<identifier>L\d{5}|A\d{5}|\d{2,3}\.\d+(?:\.\d+)?))?"
)
_HANDS_OVER: Final = re.compile(
    r"\b(?:follow|refer|use|apply|according|per|see)\b|^\W*(?:local|national) coverage (?:determination|"
    r"article)\b",
    re.IGNORECASE,
)
_TITLED: Final = re.compile(r":\s*(?P<title>[^():]+?)\s*\((?P<identifier>[LA]\d{5}|\d{2,3}\.\d+)\)")
_CRITERIA_FOR_EACH: Final = re.compile(
    r"\b(?:the\s+)?(?:above\s+)?criteria\s+(?:described\s+above\s+)?(?:is|are|have been|has been)\s+met\s+for\s+(?:each|"
    r"both|all)\b[^,.;]*?(?=\s+and\s+|[,.;]|$)",
    re.IGNORECASE,
)


_HAS_NO_SERVICE: Final = re.compile(
    r"\b(?:evidence|studies|literature|data|trials)\b.*\b(?:it|they|these|this)\s*$", re.IGNORECASE | re.DOTALL
)
_NOT_PROVEN_AND: Final = re.compile(
    r",?\s*(?:has|have) not (?:yet )?been (?:proven|established|shown|"
    r"demonstrated)\b[^,;]*?,?\s+and(?:,? therefore,?)?\s*$",
    re.IGNORECASE,
)
_SECOND_STANCE: Final = re.compile(
    r"[,;]?\s*\b(?:and|but)\s+(?:(?:is|are|it is|they are)\s+)?(?:considered\s+)?(?P<words>(?:experimental|"
    r"investigational|unproven|"
    r"not medically necessary|not covered|cosmetic)(?:(?:\s*,\s*|\s+(?:and|or)\s+|/)(?:experimental|investigational|"
    r"unproven|not medically necessary))*)"
    r"(?P<else>\s+(?:otherwise|in all other (?:cases|situations|circumstances)|for (?:all|any) other \w+))?",
    re.IGNORECASE,
)
_NAMES_PRODUCTS: Final = re.compile(
    r"\b(?:products?|devices?|substitutes?|systems?|materials?|brands?|grafts?|implants?)\b.*\b(?:are|is|include|"
    r"includes|following)\b",
    re.I,
)
_LONGEST_TITLE: Final = 10  # words
_REASON_BEFORE: Final = re.compile(r"^(?:due to|because of|based on|given|owing to)\s+[^,]*,\s*(?=\S)", re.IGNORECASE)
_FOR_LISTED_USES: Final = re.compile(
    r"(?<=\w)\s+(?:for|of|in|to treat)\s+(?:(?:any|either|all|each) of\s+)?the following\s+(?:[a-z-]+\s+){0,2}?"
    r"(?:indications?|conditions?|diagnos[ei]s|diseases?|disorders?|uses|purposes|situations|circumstances)\s*$",
    re.IGNORECASE,
)
_NOT_WHY: Final = "and not why: check the stance"
_ALIKE: Final = 0.4  # of two names of a service, by their words


@dataclass(slots=True)
class _Statement:
    """A provision on its way: what it speaks of, for finding what a later sentence refers back to."""

    provision: Item
    subject: str
    section: Section
    lines: list[int] = field(default_factory=list)


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
        self._statements: list[_Statement] = []
        self._product_lists: list[Item] = []
        self._definitions: list[Item] = []

    def run(self) -> None:
        for section in self._extraction.outline.of_kind(SectionKind.POLICY):
            self._section(section)
        self._use_scales()
        self._compare_with_later_conditions()
        version = self._extraction.version
        provisions = [statement.provision for statement in self._statements]
        version["facts"] = [*version.get("facts", []), *self._facts.items]
        version["definitions"] = self._definitions
        version["provisions"] = [*provisions, *version.get("provisions", [])]
        version["product_lists"] = self._product_lists

    # -- from blocks to sentences ---------------------------------------------------------------------------------

    def _section(self, section: Section) -> None:
        book = self._extraction.book
        at = 0
        while at < len(section.blocks):
            block = section.blocks[at]
            at += 1
            if block.kind is BlockKind.FURNITURE:
                book.furniture(block.lines, block.furniture or "furniture")
                continue
            if block.kind is BlockKind.TABLE:
                continue
            items, taken = items_of(section.blocks[at:])
            announces = bool(items) and (block.kind is BlockKind.PARAGRAPH or items[0].block.level > block.level)
            if block.kind is BlockKind.ITEM and announces:
                items, taken = items_of(list(_deeper(section.blocks[at:], block.level)))
            used = self._block(section, block, items if announces else [])
            if announces and used:
                at += taken
        if section.heading is not None:
            book.in_section(section.heading.lines, section_name(section))

    def _block(self, section: Section, block: Block, items: list[ListItem]) -> bool:
        """Read a paragraph and the list that it announces; whether the list was taken."""
        book = self._extraction.book
        text = block.text
        spans = [part for start, end in sentences_of(text) for part in _statements_of(text, start, end)]
        took_list = False
        for number, (start, end) in enumerate(spans):
            sentence = text[start:end]
            lines = list(block.lines_of(start, end))
            last = number == len(spans) - 1
            announced = (
                items
                if last
                and (sentence.rstrip().endswith(":") or quantifier_in(sentence) is not None or _THE_FOLLOWING.search(sentence))
                else []
            )
            said = stance_in(sentence)
            if said is not None and _IN_CERTAIN_CASES.match(said.tail):
                book.narrative(lines, f"{section_name(section)}: criteria follow")
            elif said is not None and self._refers_back(section, said, lines):
                continue
            elif said is not None and _HAS_NO_SERVICE.search(said.subject):
                book.not_understood(lines, "it takes a stance, and of which service cannot be told")
            elif said is not None and said.subject.strip():
                self._statement(section, said, lines, announced)
                took_list = took_list or bool(announced)
            elif announced and self._products_named_later(section, sentence, lines, announced):
                took_list = True
            elif _SOMEONE_ELSES.search(sentence) is not None and _HANDS_OVER.search(sentence):
                self._delegated(section, sentence, lines)
            elif _EXPLAINS.search(sentence):
                book.narrative(lines, f"{section_name(section)}: rationale")
            elif (_LABEL.fullmatch(sentence.strip()) and not items) or _is_title(block):
                book.narrative(lines, f"{section_name(section)}: heading")
            elif _NOTE.search(sentence):
                book.narrative(lines, f"{section_name(section)}: note")
            else:
                book.not_understood(lines, "no stance, no criterion and no explanation was recognised")
        return took_list

    def _refers_back(self, section: Section, said: StanceSaid, lines: list[int]) -> bool:
        """Read a sentence whose subject is what stands before it; False where it has a subject of its own."""
        subject = said.subject.strip()
        if _EVERYTHING_ELSE.match(subject):
            return self._everything_else(section, said.stance, lines)
        if not _REFERS_BACK.match(subject):
            return False
        before = self._statements[-1] if self._statements and self._statements[-1].section is section else None
        if before is None:
            self._extraction.book.not_understood(lines, "it speaks of what stands before, and no statement stands there")
            return True
        provision = before.provision
        reasons = provision.get("review", [])
        unexplained = [reason for reason in reasons if reason.endswith(_NOT_WHY)]
        if provision["stance"] == "not-medically-necessary" and unexplained and said.stance != "medically-necessary":
            provision["stance"] = said.stance
            provision["text"] = _text(provision["text"].partition(":")[0], said.stance, "criteria" in provision)
            provision["review"] = [reason for reason in reasons if reason not in unexplained]
            if not provision["review"]:
                del provision["review"]
        elif provision["stance"] != said.stance:
            mark(provision, f"line {lines[0]} calls it {_STANCE_WORDS[said.stance]}: which holds?")
        self._extraction.use(lines, f"provisions[{provision['id']}].stance")
        return True

    def _everything_else(self, section: Section, stance: str, lines: list[int]) -> bool:
        """ "All other indications are ...": what holds otherwise for each statement of the section that leaves it open."""
        conditional = [
            statement
            for statement in self._statements
            if "criteria" in statement.provision
            and statement.provision["stance"] not in (stance, "delegated")
            and statement.provision.get("otherwise") in (None, stance)
        ]
        open_ones = [statement for statement in conditional if statement.section is section] or conditional
        for statement in open_ones:
            self._attach_otherwise(statement, section, stance, lines)
            if len(open_ones) > 1:
                mark(statement.provision, f"“all other” of line {lines[0]} was read for each statement of the section")
        return bool(open_ones)

    # -- one statement --------------------------------------------------------------------------------------------

    def _statement(self, section: Section, said: StanceSaid, lines: list[int], items: list[ListItem]) -> None:
        subject, procedures = _without_codes(_NOT_PROVEN_AND.sub("", _REASON_BEFORE.sub("", said.subject)))
        tail, more = _without_codes(said.tail)
        second = _SECOND_STANCE.search(tail) if said.stance == "medically-necessary" else None
        if second is not None and second["else"]:
            tail = f"{tail[: second.start()]}{tail[second.end() :]}"
        listed = _FOR_LISTED_USES.search(subject) if items else None
        if listed is not None:  # "Widgets for the following conditions are investigational:"
            subject, tail = subject[: listed.start()], f"{tail.rstrip(' :')}{listed.group()}:"
        procedures += [code for code in more if code not in procedures]
        all_lines = sorted({*lines, *(line for item in items for line in item.lines)})
        otherwise = _UNMET.search(subject) or _UNMET.search(tail) or _ALL_OTHER.search(tail) or _ALL_OTHER.search(subject)
        if otherwise is not None and self._otherwise(section, subject, said.stance, all_lines):
            return
        self._conditions.doubts.clear()
        lists_products = bool(items) and is_product_list([item.text for item in items])
        examples = bool(items) and (lists_products or _EXAMPLES_LEAD.search(tail) is not None)
        following = _THE_FOLLOWING.match(subject.strip())
        citation = self._extraction.cite(section, all_lines if not examples else lines)
        name = subject if following is None else f"{following['nouns'] or 'services'} listed"
        when = self._subject(subject, procedures, citation) if following is None else self._named(items, section)
        scope, criteria = self._tail(section, tail, [] if examples or following else items, citation, announced=bool(items))
        if _COVERED.search(said.words) and "necessary" not in said.words.lower():
            self._doubt(f'the document says "{said.words.strip()}" {_NOT_WHY}')
        if otherwise is not None:
            self._doubt(
                "what holds for all else is said here, and no earlier statement of the same service was found to attach it to"
            )
        subject_condition = self._condition_in_subject(subject, citation)
        conditions = joined("all", [subject_condition, scope, criteria])
        provision: Item = {
            "id": unique(slug(_core(name)) or "statement", [statement.provision["id"] for statement in self._statements]),
            "text": _text(_core(name), said.stance, conditions is not None),
            "stance": said.stance,
        }
        if said.stance != "delegated" and _SOMEONE_ELSES.search(tail):
            self._hand_over(provision, tail)
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
            self._attach_otherwise(_Statement(provision, subject, section, all_lines), section, otherwise_said.stance, lines)
        elif second is not None:
            mark(
                provision,
                f"the sentence takes a second stance, “{second['words']}”, which was not read apart: of what does it hold?",
            )
        self._restrict(provision, section)
        for doubt in self._conditions.doubts:
            mark(provision, doubt)
        if _NOT_LISTED.search(said.subject):
            mark(provision, "speaks of what is not listed: say by facts or codes what that is")
        provision["citation"] = citation
        statement = _Statement(provision, subject, section, all_lines)
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
        tail = give_predicate(items, tail, quantifier)
        if quantifier is not None and not announced and tail.rstrip().endswith((":", "met", "met.")):
            self._doubt("a list of criteria is announced here, and none could be read")
        tree = CriteriaLists(self._extraction, section, self._conditions).read(items, quantifier) if items else None
        words = content_of_lead_in(tail, quantifier) if quantifier is not None or items else tail
        words = _INSTEAD_OF.sub("", _BECAUSE.sub("", _ALL_OTHER.sub("", words)))
        words = _without_examples(words)
        for_each = _CRITERIA_FOR_EACH.search(words)
        referred = None
        if for_each is not None:
            referred = self._criteria_of_each(tail)
            words = f"{words[: for_each.start()]} {words[for_each.end() :]}"
        words = _without_remarks(words)
        exception = None
        excepted = search_outside(UNLESS, words)
        if excepted is not None:
            unless = self._conditions.read(words[excepted.end() :], citation)
            exception = None if unless is None else {"not": unless}
            words = words[: excepted.start()]
        pieces = _WHEN.split(words, maxsplit=1)
        scope_words = _SCOPE_OPENER.sub("", pieces[0].strip(" ,;:.")).strip(" ,;:.")
        scope = None
        if scope_words and not _NO_SCOPE.match(scope_words):
            scope = self._scope(scope_words, citation)
        condition = None
        if len(pieces) > 1:
            rest = re.sub(r"^(?:and|or)\s+", "", pieces[1].strip(" ,;:."))
            condition = self._conditions.read(rest, citation) if rest else None
        return scope, joined("all", [referred, condition, tree, exception])

    def _scope(self, words: str, citation: Item) -> Item | None:
        """ "orthopedic applications", "children <18 years of age", "symptomatic varicose veins"."""
        plain = re.sub(r"^(?:all|any|every|each)\s+", "", words, flags=re.IGNORECASE)
        if plain != words:
            plain = _singular(plain)
            fact = self._facts.boolean(plain, citation, ask=f"Is this {_with_article(plain)}?")
            return {"fact": fact}
        return self._conditions.read(plain, citation)

    def _subject(self, subject: str, procedures: list[str], citation: Item) -> Item | None:
        if procedures:
            return {"procedure": procedures}
        core = _core(subject)
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
            name = item.text.strip(" .;,")
            found.append({"fact": self._facts.boolean(name, citation, ask=f"Is the service this: {name}?"), "citation": citation})
        return {"any": found} if len(found) > 1 else (found[0] if found else None)

    def _condition_in_subject(self, subject: str, citation: Item) -> Item | None:
        match = re.search(r",\s*(?:when|if|where)\s+(?P<condition>[^,]+(?:,[^,]+)*?)(?:,|$)", subject)
        if match is None or _UNMET.search(match["condition"]):
            return None
        words = _NOT_LISTED.sub("", re.sub(r"\busing any other.*$", "", match["condition"]))
        return self._conditions.read(words, citation) if words.strip() else None

    def _otherwise(self, section: Section, subject: str, stance: str, lines: list[int]) -> bool:
        """Attach the stance to the earlier statement about the same service; False where there is none."""
        spell = self._facts.spelled_out
        wanted = _content_words(spell(_ALL_OTHER.sub("", _UNMET.sub("", subject))))
        best: tuple[float, _Statement] | None = None
        named: list[tuple[set[str], _Statement]] = []
        for statement in self._statements:
            known = statement.provision.get("otherwise")
            if known not in (None, stance) or statement.provision["stance"] == stance or "criteria" not in statement.provision:
                continue
            own = _content_words(spell(statement.subject))
            if own and own < wanted and statement.section.kind is section.kind:
                named.append((own, statement))
            alike = len(wanted & own) / max(1, len(wanted | own))
            if statement.section is section:
                alike += 0.1
            if best is None or alike >= best[0]:
                best = (alike, statement)
        # A sentence may speak of two services at once: "A and B are ... when the criteria are not met".
        both = [statement for own, statement in named if not any(own < other for other, _ in named)]
        if len(both) > 1 and set().union(*(own for own, _ in named)) == wanted:
            found = both
        elif best is not None and best[0] >= _ALIKE:
            found = [best[1]]
        else:
            return False
        for statement in found:
            self._attach_otherwise(statement, section, stance, lines)
        return True

    def _attach_otherwise(self, statement: _Statement, section: Section, stance: str, lines: list[int]) -> None:
        provision = statement.provision
        self._extraction.use(lines, f"provisions[{provision['id']}].otherwise")
        if "otherwise" in provision:
            return  # said before, in other words
        provision["otherwise"] = stance
        provision["otherwise_text"] = f"Where these criteria are not met it is {_STANCE_WORDS[stance]}."
        provision["otherwise_citation"] = self._extraction.cite(section, lines)
        if "when" not in provision:
            mark(provision, "`otherwise` needs a `when` that says of which service it speaks")

    def _criteria_of_each(self, text: str) -> Item | None:
        """The criteria of the earlier statements that the sentence speaks of, as definitions that both use."""
        wanted = _content_words(text)
        found: list[Item] = []
        for statement in self._statements:
            provision = statement.provision
            if "criteria" not in provision or not (_objects(statement.subject) & wanted):
                continue
            if set(provision["criteria"]) != {"see"}:
                name = f"criteria-of-{provision['id']}"
                self._definitions.append(
                    {
                        "id": name,
                        "text": f"The criteria for {_core(statement.subject)}.",
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
        match = _SOMEONE_ELSES.search(sentence)
        assert match is not None
        provision: Item = {
            "id": unique(f"criteria-of-{slug(match['whose'])}", [statement.provision["id"] for statement in self._statements]),
            "text": f"The criteria of {match['whose']} decide.",
            "stance": "delegated",
        }
        self._restrict(provision, section)
        self._hand_over(provision, sentence)
        mark(provision, "say of which service these criteria decide")
        provision["citation"] = citation
        self._statements.append(_Statement(provision, sentence, section, lines))
        self._extraction.use(lines, f"provisions[{provision['id']}]")

    def _restrict(self, provision: Item, section: Section) -> None:
        """Say for which lines of business the section speaks, where it does not speak for all of the policy's."""
        lines = lines_of_section(self._extraction, section)
        if lines and set(lines) != set(self._extraction.version.get("lines_of_business", lines)):
            provision["lines_of_business"] = lines

    def _hand_over(self, provision: Item, text: str) -> None:
        match = _SOMEONE_ELSES.search(text)
        assert match is not None
        kinds = {"lcd": "lcd", "local coverage determination": "lcd", "ncd": "ncd", "national coverage determination": "ncd"}
        target: Item = {"kind": kinds.get(match["whose"].lower(), "guidelines"), "title": match["whose"]}
        titled = _TITLED.search(text)
        if titled is not None:
            target.update(title=titled["title"].strip(), identifier=titled["identifier"])
        elif match["identifier"]:
            target["identifier"] = match["identifier"]
        if provision["stance"] != "delegated":
            mark(
                provision,
                f"the document calls it {_STANCE_WORDS[provision['stance']]} where the criteria of {match['whose']} are met",
            )
            provision["stance"] = "delegated"
        provision["delegated_to"] = [target]

    def _products(self, section: Section, statement: _Statement, items: Sequence[ListItem], when: Item | None) -> None:
        implied = {
            test["fact"]: True for test in _tests(statement.provision.get("criteria", {})) if set(test) <= {"fact", "citation"}
        }
        provision = statement.provision["id"]
        found = product_list_of(
            self._extraction,
            section,
            provision,
            items,
            implied,
            statement.lines,
            taken=[known["id"] for known in self._product_lists],
        )
        self._product_lists.append(found)

    def _products_named_later(self, section: Section, sentence: str, lines: list[int], items: list[ListItem]) -> bool:
        """Read a list of products that stands by itself behind the statement that it belongs to; False where it is none."""
        before = self._statements[-1] if self._statements and self._statements[-1].section is section else None
        names = is_product_list([item.text for item in items]) and _NAMES_PRODUCTS.search(sentence)
        if not names or before is None or any(known["provision"] == before.provision["id"] for known in self._product_lists):
            return False
        found = product_list_of(
            self._extraction,
            section,
            before.provision["id"],
            items,
            {},
            lines,
            taken=[known["id"] for known in self._product_lists],
        )
        mark(found, "it was read as the products of the statement above; say which questions the naming of one of them answers")
        self._product_lists.append(found)
        self._extraction.use(lines, f"product_lists[{found['id']}]")
        return True

    def _examples(self, section: Section, statement: _Statement, items: Sequence[ListItem]) -> None:
        """What a catch-all names as examples decides by itself; other examples only illustrate."""
        provision = statement.provision
        if not _NOT_LISTED.search(statement.subject):
            for item in items:
                self._extraction.use(item.lines, f"provisions[{provision['id']}].text")
            return
        for item in items:
            citation = self._extraction.cite(section, item.lines)
            name = item.text.strip(" .;,")
            fact = self._facts.boolean(name, citation, ask=f"Is the service this: {name}?")
            example: Item = {
                "id": unique(slug(name) or "example", [known.provision["id"] for known in self._statements]),
                "text": _text(name, provision["stance"], has_criteria=False),
                "stance": provision["stance"],
                "when": {"fact": fact},
                "citation": citation,
            }
            self._statements.append(_Statement(example, name, section, item.lines))
            self._extraction.use(item.lines, f"provisions[{example['id']}]")

    def _use_scales(self) -> None:
        for scale in self._scales:
            if any(value.lower() in self._conditions.scales_used for value, _ in scale.choices):
                self._extraction.use(scale.lines, f"facts[{slug(scale.title) or 'scale'}].choices")

    def _compare_with_later_conditions(self) -> None:
        """A statement without conditions, and another that sets conditions for the same service: which holds?"""
        conditional = {
            fact
            for statement in self._statements
            if "criteria" in statement.provision and statement.provision["stance"] == "medically-necessary"
            for fact in _facts_of(statement.provision.get("when", {}))
        }
        for statement in self._statements:
            provision = statement.provision
            if provision["stance"] != "medically-necessary" or "criteria" in provision:
                continue
            shared = [fact for fact in _facts_of(provision.get("when", {})) if fact in conditional]
            if shared:
                mark(provision, f"another statement sets conditions for the same service ({', '.join(shared)}): which holds?")

    def _doubt(self, reason: str) -> None:
        if reason not in self._conditions.doubts:
            self._conditions.doubts.append(reason)


def _statements_of(text: str, start: int, end: int) -> list[tuple[int, int]]:
    """A sentence in two where each side of its semicolon takes a stance of its own."""
    at = text.find("; ", start, end)
    if at < 0:
        return [(start, end)]
    first, second = stance_in(text[start:at]), stance_in(text[at + 2 : end])
    if first is None or second is None or not first.subject.strip() or not second.subject.strip():
        return [(start, end)]
    return [(start, at), (at + 2, end)]


def _is_title(block: Block) -> bool:
    """Whether a block in bold only names what stands under it."""
    return block.bold and len(block.text.split()) <= _LONGEST_TITLE and re.search(r"[.:;]\s*$|\d", block.text) is None


def _deeper(blocks: Sequence[Block], level: int) -> Sequence[Block]:
    """The items at the head of the blocks that are nested under an item of a level."""
    end = next(
        (at for at, block in enumerate(blocks) if block.kind is BlockKind.ITEM and block.level <= level),
        len(blocks),
    )
    return blocks[:end]


def _without_codes(text: str) -> tuple[str, list[str]]:
    """The text without codes in brackets, and the codes."""
    codes = [code for match in _CODES_IN_TEXT.finditer(text) for code in re.findall(r"\d{4}[0-9TUFA]|[A-Z]\d{4}", match["codes"])]
    return _CODES_IN_TEXT.sub("", text), codes


def _without_examples(text: str) -> str:
    match = re.search(r",?\s*\b(?:including|includes?|such as)\b", text, re.IGNORECASE)
    return text if match is None else text[: match.start()]


def _without_remarks(text: str) -> str:
    """The text without bracketed remarks that are sentences of their own."""
    return re.sub(r"\s*\((?=[^()]*\b(?:is|are|has|have)\b)[^()]{25,}\)", "", text)


def _core(subject: str) -> str:
    """The service that a subject names, without examples, remarks and what it says of criteria."""
    text = _UNMET.sub("", _ALL_OTHER.sub("", subject))
    end = search_outside(_END_OF_CORE, text)
    text = text if end is None else text[: end.start()]
    text = re.sub(r"^[A-Z][\w /-]{2,40}:\s+(?=\S)", "", text.strip())
    text = re.sub(r"^(?:the\s+)?(?:use of\s+(?:the\s+)?|the\s+)", "", text.strip(), flags=re.IGNORECASE)
    return re.sub(r"\s+", " ", text).strip(" ,;:.")


def _text(name: str, stance: str, has_criteria: bool) -> str:
    where = " where its conditions hold" if has_criteria else ""
    return f"{name[:1].upper()}{name[1:]}: {_STANCE_WORDS[stance]}{where}."


_PLAIN_WORDS: Final = frozenset(
    re.findall(
        r"\w+",
        "the a an of and or by for in with to that is are be not any all other use using treatment treatments when do does "
        "meet criteria described above",
    )
)


def _content_words(text: str) -> set[str]:
    plain = re.sub(r"\([^()]*\)", " ", text.lower())
    return {word.rstrip("s") for word in re.findall(r"[a-z][a-z-]+", plain)} - {word.rstrip("s") for word in _PLAIN_WORDS}


def _objects(subject: str) -> set[str]:
    return _content_words(subject)


def _singular(words: str) -> str:
    head, _, last = words.rpartition(" ")
    if last.endswith("ies"):
        last = f"{last[:-3]}y"
    elif last.endswith("s") and not last.endswith(("ss", "us", "is")):
        last = last[:-1]
    return f"{head} {last}".strip()


def _with_article(words: str) -> str:
    return f"{'an' if words[:1].lower() in 'aeiou' else 'a'} {words}"


def _facts_of(node: Item) -> list[str]:
    """The facts that a tree tests."""
    if "fact" in node:
        return [str(node["fact"])]
    return [fact for child in (*node.get("all", ()), *node.get("any", ())) for fact in _facts_of(child)]


def _tests(node: Item) -> list[Item]:
    """The tests of a tree of "all"; nothing under "any"."""
    if "fact" in node:
        return [node]
    return [test for child in node.get("all", []) for test in _tests(child)]
