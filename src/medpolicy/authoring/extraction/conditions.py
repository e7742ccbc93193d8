"""One condition in words -> a criterion: tests of facts, joined as the words join them.

What is read, in this order: connectors in capitals; "unless" and "except when"; clauses joined by "and" or "or"; "when"; what
stands in a series; scales; measures; negation. What remains is a yes-no question in the condition's own words.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Final

from medpolicy.authoring.extraction import condition_patterns as patterns
from medpolicy.authoring.extraction.choices import either
from medpolicy.authoring.extraction.condition_diagnoses import diagnoses_in, series_with_codes
from medpolicy.authoring.extraction.condition_joints import (
    RULES,
    Split,
    alternatives_with,
    for_some,
    listed_within,
    of_listed,
    said_of_each,
    series_of_nouns,
    series_of_predicates,
)
from medpolicy.authoring.extraction.condition_text import (
    DANGLING,
    brackets_around,
    cleaned,
    is_clause,
    is_clause_or_participle,
    is_predicate,
    joints,
    says_something,
    search_outside,
    split_outside,
    what_remains,
    with_subject,
    within_relative,
    without_negation,
)
from medpolicy.authoring.extraction.context import Item
from medpolicy.authoring.extraction.criteria_nodes import (
    are_of_one_thing,
    as_years,
    is_length,
    joined,
    qualifies,
    years_of,
)
from medpolicy.authoring.extraction.facts import FactBook, says_nothing
from medpolicy.authoring.extraction.measured_subjects import SINCE, subject_of_measure
from medpolicy.authoring.extraction.measures import Measure, ScaleTest, begins_with_measure, measures_in, scales_in
from medpolicy.authoring.extraction.second_measures import (
    Beside,
    counted_back,
    dates_the_service,
    is_window,
    names_the_service,
    number_beside,
)
from medpolicy.authoring.extraction.wording import connector_at_end, quantifier_in

UNLESS: Final = re.compile(
    r"[,;]?\s*\b(?:unless|except (?:when|if|where|in|for|that|as|(?=those\b))|other than when|"
    r"with (?:the )?exceptions? (?:of|that|when)|excluding|apart from)\b\s*",
    re.IGNORECASE,
)
# Exceptions that waive a demand, since nobody could meet it; others bar the service.
WAIVES: Final = re.compile(
    r"\bcontra-?indicat|\bintoleran|\bnot (?:be )?tolerat|\bunable\b|\bcannot\b|\ballerg|\bharmful\b|"
    r"\bnot (?:medically |clinically )?(?:appropriate|indicated|available|feasible|possible|an option|a candidate)\b",
    re.IGNORECASE,
)
# Letters of a condition that is taken apart: the work grows with their square, and each clause within the one before it.
LONGEST: Final = 1_500


@dataclass(slots=True)
class Conditions:
    """Turns conditions into criteria; the facts go to `facts`.

    `legends`: the scales that the document explains, by a value that stands on them (in lower case): (value, meaning) in order.
    `doubts`: what a reviewer should look at, gathered for the provision.
    """

    facts: FactBook
    legends: dict[str, tuple[tuple[str, str], ...]] = field(default_factory=dict)
    doubts: list[str] = field(default_factory=list)
    scales_used: set[str] = field(default_factory=set)

    def read(self, text: str, citation: Item) -> Item | None:
        """The criterion of a condition; None where nothing is left of it."""
        plain = cleaned(text)
        return self._read(plain, citation) if plain else None

    # -- the joints of a sentence ---------------------------------------------------------------------------------

    def _read(self, text: str, citation: Item) -> Item | None:
        if len(text) > LONGEST:
            self._doubt("a condition is too long to be taken apart, and was read as one question: which conditions does it hold?")
            return {"fact": self.facts.boolean(text, citation)}
        for part in (
            self._only_if,
            self._diagnoses,
            self._enumerated,
            self._listed,
            self._capitals,
            self._alternative_in_brackets,
            self._unless,
            self._denials,
            self._clauses,
            self._further_predicate,
            self._when,
            self._by_rules,
            self._predicates,
            self._series_of_measures,
            self._measures_apart,
            self._measured_alternative,
            self._alternative_that_begins_with_its_measure,
            self._those_with,
            self._series_of_nouns,
        ):
            found = part(text, citation)
            if found is not None:
                return found
        return self._clause(text, citation)

    def _only_if(self, text: str, citation: Item) -> Item | None:
        """ "If there was surgery before, 6 months have passed": asked only of those of whom the first holds."""
        match = patterns.IF_THEN.match(text)
        found = for_some(text)
        if match is not None and (match["whom"] or is_clause(match["condition"])) and says_something(match["demand"]):
            found = match["condition"] or match["whom"], match["demand"]
        if found is None:
            return None
        condition, demand = (self._read(part, citation) for part in found)
        if condition is None or demand is None:
            return None
        self._doubt(f"“{found[1]}” was read as asked only where “{found[0]}” holds: is it so?")
        denied = {**condition, "is": False} if set(condition) == {"fact"} else {"not": condition}
        return joined("any", [denied, demand])

    def _enumerated(self, text: str, citation: Item) -> Item | None:
        """ "with 1) gout, 2) lupus, or 3) rash": a list within the sentence."""
        marks = list(patterns.INLINE_MARK.finditer(text))
        wanted = "123456789" if marks and marks[0]["mark"] == "1" else "abcdefghi"
        if len(marks) < 2 or "".join(mark["mark"].lower() for mark in marks) != wanted[: len(marks)]:
            return None
        ends = [*(mark.start() for mark in marks[1:]), len(text)]
        said = [connector_at_end(text[mark.end() : end].strip(" ,;")) for mark, end in zip(marks, ends, strict=True)]
        connectors = {connector for _, connector in said} - {""}
        if len(connectors) != 1:
            self._doubt("a list within a sentence does not say whether all or any are needed: read as all")
        kind = "any" if connectors == {"or"} else "all"
        lead = DANGLING.sub("", f" {text[: marks[0].start()].strip(' ,;:')}").strip(" ,;:")
        head = self._read(lead, citation) if says_something(patterns.OF_THOSE.sub("", lead)) else None
        return joined("all", [head, self._joined(kind, [part for part, _ in said], citation)])

    def _listed(self, text: str, citation: Item) -> Item | None:
        """ "Failure of at least one of the following: tablets, cream, rest": a list behind a colon."""
        quantifier = quantifier_in(text)
        listed = None if quantifier is None else listed_within(text, quantifier)
        if quantifier is None or listed is None:
            return None
        lead = text[: quantifier.start]
        for joint, kind in ((r"[,;]\s+and\s+", "all"), (r"[,;]\s+or\s+", "any")):
            for at, end in joints(lead, joint):
                return self._joined(kind, [text[:at], text[end:]], citation)
        lead, said = said_of_each(lead)
        found = [self.read(f"{said} {part}".strip(), citation) for part in listed.parts]
        lead = DANGLING.sub("", f" {lead}").strip(" ,;:")
        head = self._read(lead, citation) if says_something(patterns.OF_THOSE.sub("", lead)) else None
        return joined("all", [head, of_listed(listed, [node for node in found if node is not None])])

    def _by_rules(self, text: str, citation: Item) -> Item | None:
        split = next((found for rule in RULES if (found := rule(text)) is not None), None)
        return None if split is None else self._split(split, citation)

    def _series_of_nouns(self, text: str, citation: Item) -> Item | None:
        split = series_of_nouns(text)
        return None if split is None else self._split(split, citation)

    def _split(self, split: Split, citation: Item) -> Item | None:
        if split.doubt:
            self._doubt(split.doubt)
        return self._joined(split.kind, split.parts, citation)

    def _capitals(self, text: str, citation: Item) -> Item | None:
        for word, kind in (("AND", "all"), ("OR", "any")):
            parts = split_outside(text, rf"[,;]?\s+{word}\s+")
            # "prescribed by a surgeon OR a nurse": the second is no condition of its own.
            if len(parts) > 1 and not (is_clause(parts[0]) and any(patterns.ONLY_A_NOUN.match(part) for part in parts[1:])):
                shared = alternatives_with(*parts) if kind == "any" and len(parts) == 2 else None
                if shared is not None:
                    return self._shared(*shared, parts[1], citation)
                return self._joined(kind, _with_subject_of_first(parts), citation)
        return None

    def _shared(self, head: str, first: str, second: str, citation: Item) -> Item | None:
        """ "Gout with pain for 6 weeks OR more than 2 attacks": the head is needed in either case."""
        self._doubt(f"“{second}” was read as the alternative to “{first}”, and “{head}” as needed with either: is it so?")
        return joined("all", [self.read(head, citation), self._joined("any", [first, second], citation)])

    def _alternative_in_brackets(self, text: str, citation: Item) -> Item | None:
        """ "22 years of age or older (or 13-18 years of age with Down syndrome)"."""
        match = patterns.OR_IN_BRACKETS.search(text)
        if match is None or not measures_in(match["alternative"]):
            return None
        rest = text[match.end() :].strip(" .;,")
        if rest:
            return None
        return self._joined("any", [text[: match.start()], match["alternative"]], citation)

    def _unless(self, text: str, citation: Item) -> Item | None:
        match = search_outside(UNLESS, text)
        if match is None:
            return None
        before, after = text[: match.start()].strip(" ,;"), text[match.end() :].strip(" ,;")
        if not before and "," in after:
            after, _, before = (part.strip() for part in after.partition(","))
        exception = self._read(with_subject(after, before), citation) if after else None
        rule = self._read(before, citation) if before else None
        if rule is not None and exception is not None and (WAIVES.search(after) or without_negation(before)[1]):
            # "No surgery before, unless it was long ago": then the surgery is no bar.
            return joined("any", [rule, exception])  # "rest has been tried, unless it is harmful": then it need not be tried
        if rule is not None and exception is not None and patterns.OF_SOME_PEOPLE.match(text[match.start() :].strip(" ,;")):
            self._doubt(f"“{text[match.start() :].strip(' ,;')}” was read as waiving what stands before it: or does it bar them?")
            return joined("any", [rule, exception])
        if rule is not None and exception is not None:
            self._doubt(f"“{text[match.start() :].strip(' ,;')}” was read as a bar: or does it waive what stands before?")
        parts = [*([rule] if rule else []), *([{"not": exception}] if exception else [])]
        return joined("all", parts)

    def _denials(self, text: str, citation: Item) -> Item | None:
        """ "Not a candidate for surgery and not on dialysis": each is denied for itself."""
        barred = search_outside(patterns.BUT_NOT, text)
        if barred is None and (bare := search_outside(patterns.BUT_NOT_BARE, text)) is not None:
            barred = None if is_clause(text[: bare.start()]) else bare  # "is worn but not lost" says two things of one subject
        if barred is not None and says_something(text[: barred.start()]):  # "gout, but not lupus"
            excepted = self.read(text[barred.end() :], citation)
            return joined("all", [self.read(text[: barred.start()], citation), excepted and {"not": excepted}])
        for at, end in joints(text, r",?\s+and\s+(?=(?:not|without|no)\s+[a-z])"):
            left, right = text[:at].strip(" ,;"), text[end:].strip(" ,;")
            if without_negation(left)[1] and says_something(left) and all(one.elapsed for one in measures_in(right)):
                return self._joined("all", [left, right], citation)
        for at, end in joints(text, r",?\s+or\s+(?=with\s)"):  # "without fever or with a fever that is low"
            left, right = text[:at].strip(" ,;"), text[end:].strip(" ,;")
            if without_negation(left)[1] and says_something(left):
                return self._joined("any", [left, right], citation)
        return None

    def _clauses(self, text: str, citation: Item) -> Item | None:
        either = re.match(r"either\s+", text, re.IGNORECASE)
        if either is not None:  # "either the cuff is torn or the joint is stiff"
            for at, end in joints(text, r",?\s+or\s+"):
                left, right = text[either.end() : at].strip(" ,;"), text[end:].strip(" ,;")
                if is_clause(left) and is_clause(right) and not within_relative(left):
                    return self._joined("any", [left, right], citation)
        for joint, kind in ((r"[,;]\s+or\s+", "any"), (r"[,;]\s+and\s+", "all"), (r"(?<!\btried)\s+and\s+", "all")):
            for at, end in joints(text, joint):
                left, right = text[:at].strip(" ,;"), text[end:].strip(" ,;")
                if (is_clause(left) or is_predicate(left)) and is_clause(right) and not within_relative(left):
                    series = split_outside(left, r",\s+") if "," in text[at:end] else [left]
                    parts = series if all(map(is_clause, series)) else [left]  # "A is new, B is old, or C is worn"
                    return self._joined(kind, [*parts, right], citation)
        return None

    def _further_predicate(self, text: str, citation: Item) -> Item | None:
        """ "The pain is severe and has lasted 3 months", "It is worn and is not under warranty": both have one subject."""
        if series_of_predicates(text) is not None:
            return self._by_rules(text, citation)
        for at, end in joints(text, rf",?\s+(?:and|or)\s+(?=(?:{patterns.COPULA}|{patterns.DECLINES})\s)"):
            left, right = text[:at].strip(" ,;"), text[end:].strip(" ,;")
            kind = "any" if " or " in text[at:end] else "all"
            is_denied = any(patterns.DENIED.search(part) is not None for part in (left, right))
            is_measured = bool(measures_in(right)) and not measures_in(left)
            if within_relative(left) or not (is_denied or is_measured):
                continue
            if kind == "any" and search_outside(patterns.WHEN, left) is not None:
                continue  # "A when B is denied or is rare": the alternatives stand within the condition
            series = self._predicates(text, citation) if kind == "any" else None
            if series is not None:
                return series
            subject = re.match(rf"(?P<subject>.+?)\s+{patterns.COPULA}\b", left)
            return self._joined(kind, [left, f"{subject['subject']} {right}" if subject is not None else right], citation)
        return None

    def _measures_apart(self, text: str, citation: Item) -> Item | None:
        """ "BMI of 35 or more with diabetes or BMI of 40 or more": each side of "or" has a number of its own."""
        for at, end in joints(text, rf"(?<!\bone)(?<!\beither),?\s+or\s+(?!{patterns.OR_MORE})"):
            left, right = text[:at].strip(" ,;"), text[end:].strip(" ,;")
            named = patterns.NAMED_MEASURE.match(right) or begins_with_measure(right)
            if not named or not measures_in(left) or not measures_in(right) or within_relative(left):
                continue
            if begins_with_measure(left):
                continue
            if begins_with_measure(right):  # "a level over 150 within 6 weeks or over 300 within a year"
                shared = _with_subject_of_first([left, right])
                if shared[1] == right or len(measures_in(left)) == 1:
                    continue
                right = shared[1]
            behind = right[measures_in(right)[-1].end :].strip(" .,;")
            if says_something(behind) and not says_something(left[measures_in(left)[-1].end :]):
                self._doubt(f"“{behind}” was read as said of “{right[: -len(behind)].strip()}” only: or of “{left}” too?")
            if " with " in left or " and " in left:
                self._doubt(f"“{right}” was read as the alternative to all that stands before it: is it?")
            return self._joined("any", [re.sub(r"^either\s+", "", left, flags=re.IGNORECASE), right], citation)
        return None

    def _measured_alternative(self, text: str, citation: Item) -> Item | None:
        """ "Kidney failure, or eGFR below 15": the number belongs to what stands behind "or" only."""
        for at, end in joints(text, rf",\s+or\s+(?!{patterns.OR_MORE})"):
            left, right = text[:at].strip(), text[end:].strip(" ,;")
            measures = measures_in(right)
            if not measures or measures_in(left):
                continue
            if begins_with_measure(right):
                if SINCE.match(right[measures[0].end :]) is None:
                    continue
            elif patterns.NAMED_MEASURE.match(right) is None:
                continue
            if "," in left or "," in right[: measures[0].start] or not says_something(left) or DANGLING.search(left):
                continue
            if measures[0].kind == "duration" and not begins_with_measure(right):
                length = right[measures[0].start : measures[0].end].strip()
                self._doubt(f"“{length}” was read as said of “{right}” only: or of “{left}” too?")
            return self._joined("any", [re.sub(r"^either\s+", "", left, flags=re.IGNORECASE), right], citation)
        return None

    def _alternative_that_begins_with_its_measure(self, text: str, citation: Item) -> Item | None:
        """ "Pregnant or less than 12 weeks after childbirth": what stands before "or" has no number."""
        for at, end in joints(text, rf",?\s+or\s+(?!{patterns.OR_MORE}(?!\s+than\b))"):
            left, right = text[:at].strip(), text[end:].strip(" ,;")
            if not begins_with_measure(right) or measures_in(left) or DANGLING.search(left) or not says_something(left):
                continue
            shared = alternatives_with(left, right)
            if shared is not None:
                return self._shared(*shared, right, citation)
            if says_something(right[measures_in(right)[0].end :]):
                if "," in left:
                    self._doubt(f"“{right}” was read as the alternative to all of “{left}”: is it?")
                return self._joined("any", [re.sub(r"^either\s+", "", left, flags=re.IGNORECASE), right], citation)
        return None

    def _when(self, text: str, citation: Item) -> Item | None:
        match = search_outside(patterns.WHEN, text)
        if match is None or not text[: match.start()].strip() or not is_clause(text[match.end() :]):
            return None
        if within_relative(text[: match.start()]):  # "a joint that clicks when it is bent" is one condition
            return None
        left = text[: match.start()]
        barred = patterns.BUT_NOT_AT_END.search(left)
        if barred is not None:  # "for gout, but not when infection is present"
            condition = self.read(text[match.end() :], citation)
            return joined("all", [self.read(left[: barred.start()], citation), condition and {"not": condition}])
        kind = "any" if re.search(r"\bor\s*$", left, re.IGNORECASE) is not None else "all"  # "if it is worn or if it is lost"
        return self._joined(
            kind, [re.sub(r"[,;]?\s*\b(?:and|or)\s*$", "", left, flags=re.IGNORECASE), text[match.end() :]], citation
        )

    def _predicates(self, text: str, citation: Item) -> Item | None:
        """ "X is not effective, is contraindicated, or is not tolerated", "X is not effective or contraindicated"."""
        match = re.match(r"(?P<subject>.+?)\s+(?P<rest>(?:is|are|was|were)\s+.+)$", text)
        if match is None or measures_in(match["rest"]):
            return None
        parts = [part.strip() for part in re.split(r",\s+or\s+|,\s+|\s+or\s+", match["rest"])]
        if len(parts) < 2 or any(len(part.split()) > 8 for part in parts):
            return None
        verb = parts[0].split()[0]
        same = [re.match(r"(?:is|are|was|were)\b", part) for part in parts]
        if all(same):
            predicates = parts
        elif len(parts) == 2 and not same[1] and len(parts[1].split()) == 1 and len(parts[0].split()) <= 3:
            if patterns.DENIES_WHAT_FOLLOWS.match(parts[0]) and patterns.FAILS.match(parts[1]) is None:
                return None  # "there is no infection or fever", "is not pregnant or nursing": both are denied
            predicates = [parts[0], f"{verb} {parts[1]}"]
        else:
            return None
        return self._joined("any", [f"{match['subject']} {predicate}" for predicate in predicates], citation)

    def _series_of_measures(self, text: str, citation: Item) -> Item | None:
        """ "A in the last 120 days, B less than 24 hours, or C": a series in which a member has a measure of its own."""
        parts = split_outside(text, rf",\s+(?:or\s+)?(?!{patterns.OR_MORE})|\s+or\s+(?!{patterns.OR_MORE})(?=[^,]*$)")
        if len(parts) < 2 or not re.search(r",\s+or\s+", text) or not any(measures_in(part) for part in parts[:-1]):
            return None
        if patterns.ONLY_HOW.match(parts[-1]) is not None and len(parts) > 2:  # "..., taken at rest": no alternative of its own
            parts = [*parts[:-2], f"{parts[-2]} {parts[-1]}"]
        if any(len(part.split()) < 2 for part in parts[:-1]) or patterns.SERIES_BEHIND.search(parts[0]) is not None:
            return None
        self._doubt(f"read as alternatives: {len(parts)} conditions in one series; check what each number belongs to")
        grouped: list[list[str]] = []
        for part in parts:
            if grouped and qualifies(part, grouped[-1][0]):
                grouped[-1].append(part)
            else:
                grouped.append([part])
        return joined("any", [self._joined("all", group, citation) for group in grouped])

    def _those_with(self, text: str, citation: Item) -> Item | None:
        match = search_outside(patterns.IN_THOSE_WITH, text)
        if match is None:
            return None
        what = text[match.end() :]
        needed_together = patterns.LAST_OF_SERIES.search(what)  # "with gout, fever, and rash": by "and" all are needed
        word = "and" if needed_together is not None else "or"
        series = split_outside(what, rf",\s+(?:{word}\s+)?|\s+{word}\s+(?=[^,]*$)")
        if len(series) < 2 or (len(series) == 2 and "," not in what):
            return None  # "chronic back or neck pain" shares its noun
        head = self._read(text[: match.start()], citation) if text[: match.start()].strip() else None
        kind = "all" if needed_together is not None else "any"
        return joined("all", [*([head] if head else []), self._joined(kind, series, citation)])

    def _joined(self, kind: str, parts: Sequence[str], citation: Item) -> Item | None:
        found = [self.read(part, citation) for part in parts]
        return joined(kind, [part for part in found if part is not None])

    # -- one clause -----------------------------------------------------------------------------------------------

    def _diagnoses(self, text: str, citation: Item) -> Item | None:
        """ "Osteoarthritis of the knee (M17.0-M17.9)": codes say exactly which diagnoses are meant."""
        several = series_with_codes(text)
        if several is not None:
            return self._joined(several[0], several[1], citation)
        found = diagnoses_in(text)
        if found is None:
            return None
        codes, rest = found
        more = self._read(rest, citation) if measures_in(rest) or is_clause(rest) else None
        return joined("all", [{"diagnosis": codes}, more])

    def _clause(self, text: str, citation: Item) -> Item | None:
        sex = patterns.SEX.fullmatch(text)
        if sex is not None:
            return {"sex": "female" if sex["sex"].lower() in ("female", "woman", "women") else "male"}
        scales = scales_in(text)
        if scales:
            return self._scale(text, scales[0], citation)
        measures = measures_in(text)
        if measures:
            bare, is_denied = without_negation(text)
            if is_denied and len(measures) == 1 and measures[0].elapsed:  # "no surgery within 5 years": none so late
                within = self._clause(bare, citation)
                return None if within is None else {"not": within}
            if is_denied and measures[0].kind == "duration" and re.match(r"\s+of\s", text[measures[0].end :]) is None:
                self._doubt(f"“{text}” denies something and states a length of time: of what is it the length?")
            return self._measured(text, measures, citation)
        choice = either(text, self.facts, citation)
        if choice is not None:
            return choice
        return self._question(text, citation)

    def _question(self, text: str, citation: Item) -> Item | None:
        text, is_negated = without_negation(text)
        if not re.search(r"[A-Za-z]{2}", text) or says_nothing(text):
            return None
        fact = self.facts.boolean(text, citation)
        if patterns.OTHER_CRITERIA.search(text):
            self.facts.mark(
                fact, "other criteria of this document are meant: write them as a definition and point to it by `see`"
            )
        if patterns.SOMEONE_ELSES.search(text):
            self.facts.mark(fact, "the criteria of someone else are meant; name them as delegated, or write them down here")
        return {"fact": fact, "is": False} if is_negated else {"fact": fact}

    def _scale(self, text: str, scale: ScaleTest, citation: Item) -> Item | None:
        legend = self.legends.get(scale.value.lower())
        if legend is None:
            named = patterns.NAME_OF_SCALE.search(text[: scale.start])
            if named is not None:  # "manual muscle test grade 3 or less"
                scale = replace(scale, start=named.start(), name=f"{named.group()}{scale.name}")
            fact = self.facts.boolean(f"{scale.name} {scale.comparator.replace('_', ' ')} {scale.value}", citation)
            self.facts.mark(
                fact, f"a place on a scale ({scale.name}) that the document does not explain: make it a choice, least first"
            )
            test: Item = {"fact": fact}
        else:
            fact = self.facts.choice(scale.name, legend, citation, ordered=True)
            self.facts.mark(
                fact, "the order of the scale is that of the document's list; check that it goes from the least to the greatest"
            )
            value = next(value for value, _ in legend if value.lower() == scale.value.lower())
            test = {"fact": fact, scale.comparator: value}
            self.scales_used.add(scale.value.lower())
        rest = what_remains(text, scale.start, scale.end)
        before = self._read(rest, citation) if says_something(rest) else None
        return joined("all", [*([before] if before else []), test])

    def _measured(self, text: str, measures: Sequence[Measure], citation: Item) -> Item | None:
        first = measures[0]
        despite = patterns.DESPITE.match(text[first.end :]) if first.kind == "number" and text[: first.start].strip() else None
        if despite is not None:  # "blood pressure of 180 mm Hg or more despite three drugs"
            return self._joined("all", [text[: first.end + despite.end("value")], despite["more"]], citation)
        if len(measures) > 1:
            second = number_beside(text, first, measures[1])
            if second is not None:
                return self._beside(second, citation)
            apart = brackets_around(text, first)
            if apart is not None and measures[1].start > apart[1]:
                inside, outside = text[apart[0] + 1 : apart[1]], f"{text[: apart[0]].rstrip()} {text[apart[1] + 1 :].lstrip()}"
                return self._joined("all", [outside, inside], citation)
            between = text[first.end : measures[1].start].strip().lower()
            if between.strip(" ,") in ("or", "and", "but", "to") and are_of_one_thing(first, measures[1]):
                return self._two_bounds(text, measures, "any" if "or" in between else "all", citation)
            if patterns.LASTS.search(text[first.end : measures[1].start]) and first.kind == "number" and is_length(measures[1]):
                return self._lasting(text, measures[1], citation)
            for at, end in joints(
                text, r",\s+(?=[A-Za-z][\w-]*\s+[A-Za-z])(?!(?:and|or|but|with|for|in|of|on|at|including|such)\b)"
            ):
                if (
                    first.end <= at
                    and end < measures[1].start
                    and text[: first.start].strip()
                    and re.search(rf"\bor\s+(?!{patterns.OR_MORE})", text[first.end :]) is None
                ):
                    return self._joined("all", [text[:at], text[end:]], citation)
            for at, end in joints(text, r"[,;]?\s+and\s+"):
                is_example = re.search(r"\b(?:including|such as)\b[^;]*$", text[:at]) is not None
                if first.end <= at and end <= measures[1].start and not is_example:
                    return self._joined("all", [text[:at], text[end:]], citation)
        own = brackets_around(text, first)
        if own is not None and text[: own[0]].strip() and _has_a_subject(text[own[0] + 1 : first.start]):
            # "Osteoporosis (T-score below -2.5)": what stands in the brackets has a subject of its own.
            outside = f"{text[: own[0]].rstrip()} {text[own[1] + 1 :].lstrip()}".strip()
            return self._joined("all", [outside, text[own[0] + 1 : own[1]]], citation)
        if first.kind == "age":
            return self._age(text, first, citation)
        for at, end in joints(text, r"[,;]\s+and\s+"):
            if at >= first.end and text[: first.start].strip() and len(text[end:].split()) > 1:
                return self._joined("all", [text[:at], text[end:]], citation)
        beside = patterns.BESIDE.match(text[first.end :])
        if beside is not None and text[: first.start].strip():
            return self._joined("all", [text[: first.end], beside["more"]], citation)
        claim, test = self._one_measure(text, first, citation)
        asked = self.facts.question(test["fact"]) if "fact" in test else ""  # "the level within the last 6 weeks" names the time
        others = [(text[other.start : other.end].strip(), other) for other in measures[1:]]
        unread = [
            words
            for words, other in others
            if patterns.COUNTS_AGAIN.search(text[first.end : other.start])
            or (words not in claim and not (words in asked and is_window(text, first, other)))
        ]
        if unread:
            numbers = ", ".join(f"“{words}”" for words in unread)
            self._doubt(f"of a condition with more than one number only the first was read; left out: {numbers}")
        if not claim:
            return test
        return joined("all", [self._clause(claim, citation), test])

    def _lasting(self, text: str, length: Measure, citation: Item) -> Item | None:
        """ "A pain score above 5 for at least 6 months": the number, and for how long it has been so."""
        state = DANGLING.sub("", text[: length.start]).strip(" ,;")
        fact = self.facts.duration(state, length.unit, citation, elapsed=False)
        return joined("all", [self.read(f"{state} {text[length.end :]}", citation), {"fact": fact, **dict(length.bounds)}])

    def _beside(self, beside: Beside, citation: Item) -> Item | None:
        """A number, and when it was measured or on how many days it was so."""
        if beside.doubt:
            self._doubt(beside.doubt)
        if beside.measure.elapsed or not beside.of_days:
            fact = self.facts.duration(beside.subject, beside.measure.unit, citation, elapsed=beside.measure.elapsed)
            test: Item = {"fact": fact, **dict(beside.measure.bounds)}
        else:
            fact = self.facts.number(beside.subject, "1", citation)
            test = {"fact": fact, **{comparator: value.split()[0] for comparator, value in beside.measure.bounds}}
        return joined("all", [self.read(beside.rest, citation), test])

    def _one_measure(self, text: str, measure: Measure, citation: Item) -> tuple[str, Item]:
        """What the clause claims besides the measure, and the test of the measure."""
        if measure.kind == "duration" and patterns.FOR_UP_TO.search(text[: measure.end]) is not None:
            self._doubt(f"“{text[measure.start : measure.end].strip()}” may limit how long it is approved: or is it a condition?")
        if measure.elapsed and names_the_service(text[measure.end :]):  # "within 6 months of the request"
            text = text[: measure.end]
        since = SINCE.match(text[measure.end :]) if measure.kind == "duration" else None
        if since is not None:
            fact = self.facts.duration(since["what"], measure.unit, citation, elapsed=True)
            claim = re.sub(r"[\s,;]*(?:and|is|are|was|were)?\s*$", "", text[: measure.start])
            claim = re.sub(
                r"^(?:it is |they are )?(?:performed|repeated|given|used|done)$", "", claim.strip(), flags=re.IGNORECASE
            )
            return claim if says_something(claim) else "", {"fact": fact, **dict(measure.bounds)}
        counted = patterns.OF_EVENT.match(text[measure.end :]) if measure.kind == "duration" and measure.elapsed else None
        if counted is not None and patterns.WITHIN.search(text[: measure.start + len("within")]):
            if patterns.OF_THE_SERVICE.fullmatch(counted["what"].strip()):
                text = f"{text[: measure.end]}{text[measure.end + counted.end() :]}"
            elif says_something(text[: measure.start]) and is_clause_or_participle(text[: measure.start]):
                fact = self.facts.duration(counted["what"], measure.unit, citation, elapsed=True)
                return text[: measure.start].strip(" ,;"), {"fact": fact, **dict(measure.bounds)}
        if measure.elapsed and not dates_the_service(text[measure.end :]):
            self._doubt(counted_back(text, measure))
        alternative = search_outside(patterns.OR, text[measure.end :])
        if alternative is not None:
            self._doubt(f"“{text}” has an “or” behind its number, and was read as one condition: what is the alternative?")
        subject, claim = subject_of_measure(text, measure)
        claim = "" if says_nothing(claim) else claim
        if measure.kind != "number":
            if len(measure.bounds) > 1 and not measure.elapsed:
                self._doubt(f"“{text[measure.start : measure.end].strip()}” was read as a range: is a longer time too long?")
            fact = self.facts.duration(subject, measure.unit, citation, elapsed=measure.elapsed)
            return claim, {"fact": fact, **dict(measure.bounds)}
        if not re.search(r"[A-Za-z]{2}", subject):  # "three or more episodes per week"
            counted = re.search(r"[a-z]+s\s+(?:per|an?)\s+[a-z]+$", text[measure.start : measure.end], re.IGNORECASE)
            subject = subject if counted is None else f"number of {counted.group()}"
        fact = self.facts.number(subject, measure.unit, citation)
        if patterns.OR.search(subject) is not None:  # "AST or ALT above 40 U/L"
            self.facts.mark(fact, f"“{subject}” is asked as one number: is either meant, or is the number of one of them only?")
        unit = self.facts.unit_of(fact)
        if unit != measure.unit:  # "BMI of 40" beside "BMI of 35 kg/m2"
            return claim, {"fact": fact, **{comparator: f"{value} {unit}" for comparator, value in measure.bounds}}
        return claim, {"fact": fact, **dict(measure.bounds)}

    def _two_bounds(self, text: str, measures: Sequence[Measure], kind: str, citation: Item) -> Item | None:
        """ "greater than 7 % or less than 4 %", "at least 12 years and less than 65 years": two bounds of one number."""
        first, second = measures[0], measures[1]
        if first.kind == "number" and first.unit == "1" and second.kind == "age":  # "at least 18 but under 65 years of age"
            first = replace(first, kind="age")
        if first.kind == "age" and _are_years(second):
            joined_bounds = replace(first, end=second.end, bounds=(*first.bounds, *as_years(second.bounds)))
            if kind == "all":
                return self._age(text, joined_bounds, citation)
            return {"any": [{"age": years_of(first.bounds)}, {"age": years_of(as_years(second.bounds))}]}
        beside = patterns.BESIDE.match(text[second.end :])
        subject = text[: first.start].strip()
        if beside is not None and subject and kind == "any" and begins_with_measure(text[second.start :]):
            right = f"{subject} {text[second.start :]}"  # "BMI over 40 or over 35 with diabetes"
            self._doubt(f"“{right}” was read as the alternative to all that stands before it: is it?")
            return self._joined("any", [text[: first.end], right], citation)
        if beside is not None and subject:
            return self._joined("all", [text[: second.end], beside["more"]], citation)
        around = f"{text[: first.end]}{text[second.end :]}"
        claim, test = self._one_measure(around, first, citation)
        other = {"fact": test["fact"], **dict(second.bounds)}
        bounds = {**test, **other} if kind == "all" else {"any": [test, other]}
        return joined("all", [self._clause(claim, citation) if claim else None, bounds])

    def _age(self, text: str, measure: Measure, citation: Item) -> Item | None:
        test: Item = {"age": years_of(measure.bounds)}
        other = re.match(r",?\s+or\s+(?P<other>[a-z].*)$", text[measure.end :])
        if other is not None:  # "An adult 18 years of age or older or an adolescent whose bones are grown"
            return self._joined("any", [text[: measure.end], other["other"]], citation)
        if search_outside(patterns.OR, text[measure.end :]) is not None:
            self._doubt(f"“{text}” has an “or” behind the age, and was read as needed in addition to it: is it an alternative?")
        rest = patterns.AGE_WITH.sub("", what_remains(text, measure.start, measure.end))
        if patterns.OF_SOME_AGES.search(text[: measure.start]):
            self._doubt("it may be asked of some ages only, and was read as a demand on the age too: which is meant?")
        before = self._read(rest, citation) if re.search(r"[A-Za-z]{3}", patterns.OF_AGES.sub(" ", rest)) else None
        return joined("all", [before, test])

    def _doubt(self, reason: str) -> None:
        if reason not in self.doubts:
            self.doubts.append(reason)


def _with_subject_of_first(parts: Sequence[str]) -> list[str]:
    """ "PaCO2 above 50 mm Hg awake OR above 55 mm Hg asleep": a part that only states a measure has the first one's subject."""
    measures = measures_in(parts[0])
    subject = parts[0][: measures[0].start].strip(" ,;") if measures and measures[0].kind == "number" else ""
    if not says_something(subject):
        return list(parts)
    return [parts[0], *(f"{subject} {part}" if begins_with_measure(part) else part for part in parts[1:])]


def _has_a_subject(text: str) -> bool:
    """Whether words before a measure in brackets name what is measured; "generally" does not."""
    return says_something(patterns.ROUGHLY.sub(" ", text))


def _are_years(measure: Measure) -> bool:
    return measure.kind == "age" or measure.unit in ("1", "years")
